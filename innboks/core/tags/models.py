"""A tag: a word that a team hangs on conversations. Tags belong to the whole account."""

from typing import Literal, get_args

import msgspec

Color = Literal["gray", "teal", "amber", "blue", "red", "green", "violet", "brown"]
COLORS: tuple[str, ...] = get_args(Color)


class Tag(msgspec.Struct, kw_only=True):
    """`count` is of the conversations that have it, at most `store.COUNT_CAP`; None where nobody asked for it."""

    id: int
    name: str
    color: Color
    count: int | None = None

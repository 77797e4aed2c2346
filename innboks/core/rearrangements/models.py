"""Messages that went from one conversation to another together: conversations merged, or one split. Kept for ever, because it can be undone for ever."""

from datetime import datetime
from typing import Any, Literal

import msgspec


class Rearrangement(msgspec.Struct, kw_only=True):
    """`changes` says what else changed on the target: field → [before, after]. `line_ids` are the system lines that tell of it."""

    id: int
    kind: Literal["merge", "split"]
    source_id: int
    target_id: int
    message_ids: list[int]
    changes: dict[str, list[Any]]
    line_ids: list[int]
    undone_at: datetime | None

"""The account's brand: a name, a logo and two colours that mails, chat and forms begin with. Read next: `store_brand.py`."""

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import store_brand as store
from innboks.errors import Invalid, NotFound, TooLarge
from innboks.lib.filetypes import file_type
from innboks.lib.text import storable

if TYPE_CHECKING:
    from innboks.core.parts import Parts

NAME_CHARS = 100
LOGO_MAX = 256 * 1024
LOGO_TYPES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """`name` "": the account's own. `colour`: of what can be pressed; `background`: behind it; as #rrggbb, "" where none is chosen.
    `logo`: the hash of the picture, None: there is none."""

    name: str = ""
    colour: str = ""
    background: str = ""
    logo: str | None = None


class Logo(msgspec.Struct, frozen=True):
    type: str
    hash: str
    content: bytes


async def brand_of(parts: "Parts", actor: Actor) -> Brand:
    async with parts.db.connection() as conn:
        kept, logo = await store.brand(conn, actor.account_id)
    return Brand(name=kept.get("name", ""), colour=kept.get("colour", ""), background=kept.get("background", ""), logo=logo)


async def change_brand(
    parts: "Parts", actor: Actor, *, name: str | None = None, colour: str | None = None, background: str | None = None
) -> Brand:
    """Changes what is given. Raises `Invalid` with the field."""
    actor.require(ACCOUNT_ACCESS)
    values: dict[str, str] = {}
    if name is not None:
        if len(name.strip()) > NAME_CHARS:
            raise Invalid(f"Give a name of at most {NAME_CHARS} characters.", field="name")
        values["name"] = storable(" ".join(name.split()), NAME_CHARS)
    if colour is not None:
        values["colour"] = _colour(colour, "colour")
    if background is not None:
        values["background"] = _colour(background, "background")
    async with parts.db.transaction() as conn:
        await store.set_brand(conn, actor.account_id, values)
    parts.wake.touch(actor.account_id)
    return await brand_of(parts, actor)


async def set_logo(parts: "Parts", actor: Actor, content: bytes) -> Brand:
    """The type is told by the content, not by what somebody says it is. Raises `Invalid`, `TooLarge`."""
    actor.require(ACCOUNT_ACCESS)
    if len(content) > LOGO_MAX:
        raise TooLarge(f"This picture is larger than {LOGO_MAX // 1024} kB. Make it smaller.", code="logo_too_large")
    kind = file_type(content, "application/octet-stream", "")
    if not content or kind not in LOGO_TYPES:
        raise Invalid("Choose a PNG, JPEG, GIF or WebP picture.", code="not_a_picture", field="logo")
    async with parts.db.transaction() as conn:
        await store.set_logo(conn, actor.account_id, kind, hashlib.sha256(content).hexdigest(), content)
    parts.wake.touch(actor.account_id)
    return await brand_of(parts, actor)


async def remove_logo(parts: "Parts", actor: Actor) -> None:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await store.remove_logo(conn, actor.account_id)
    parts.wake.touch(actor.account_id)


async def logo_of(parts: "Parts", actor: Actor) -> Logo:
    async with parts.db.connection() as conn:
        found = await store.logo(conn, actor.account_id)
    if found is None:
        raise NotFound("There is no logo.", code="no_logo")
    return Logo(*found)


def _colour(text: str, field: str) -> str:
    """#rrggbb in small letters; "" for none (R-202)."""
    if not text.strip():
        return ""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        raise Invalid("Write a colour as #rrggbb, for example #0a6b75.", code="not_a_colour", field=field)
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))

"""Pictures in signatures (R-113). The markup names one as `cid:picture-HASH@signature`; a message that carries the signature carries the picture as a part
of its own, so that the recipient's program loads nothing from here. Small, of the types every mail program shows, told by their content.

Read next: `conversations/send.py`, which adds them.
"""

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.connect import open_config
from innboks.core.files import store_pictures as store
from innboks.core.files.attach import SHOWN_IMAGES
from innboks.errors import Conflict, Invalid, NotFound, TooLarge
from innboks.lib.filetypes import file_type
from innboks.lib.text import one_line
from innboks.sdk.contract import OutgoingFile

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

PICTURE_MAX = 256 * 1024
PICTURES_MAX = 300
PER_SIGNATURE = 10
_NAMED = re.compile(r"cid:picture-([0-9a-f]{64})@signature")


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    hash: str
    type: str
    name: str
    content: bytes

    @property
    def content_id(self) -> str:
        return f"picture-{self.hash}@signature"


async def add_picture(parts: "Parts", actor: Actor, name: str, content: bytes) -> Picture:
    """Raises `Invalid` for what is no such picture, `TooLarge`, and `Conflict` where there are too many."""
    actor.require(ACCOUNT_ACCESS)
    if len(content) > PICTURE_MAX:
        raise TooLarge(
            f"This picture is larger than {PICTURE_MAX // 1024} kB. Every mail would carry it: make it smaller.", code="picture_too_large"
        )
    kind = file_type(content, "application/octet-stream", "")
    if not content or kind not in SHOWN_IMAGES:
        raise Invalid("Only a PNG, JPEG, GIF or WebP picture can stand in a signature.", code="not_a_picture")
    made = Picture(hash=hashlib.sha256(content).hexdigest(), type=kind, name=one_line(name, 100) or "picture", content=content)
    async with parts.db.transaction() as conn:
        if await store.count(conn, actor.account_id) >= PICTURES_MAX:
            await store.drop_others(conn, actor.account_id, await _in_use(parts, conn, actor.account_id))
            if await store.count(conn, actor.account_id) >= PICTURES_MAX:
                raise Conflict(f"There are {PICTURES_MAX} pictures already. Take some out of signatures first.", code="too_many_pictures")
        await store.insert(conn, actor.account_id, made.hash, made.type, made.name, made.content)
    return made


async def picture_of(parts: "Parts", actor: Actor, hash: str) -> Picture:
    """Anybody of the account may see it: it goes out with what they write."""
    async with parts.db.connection() as conn:
        found = (await store.find(conn, actor.account_id, [hash])).get(hash)
    if found is None:
        raise NotFound("There is no such picture.", code="unknown_picture")
    return Picture(hash=hash, type=found[0], name=found[1], content=found[2])


async def pictures_in(parts: "Parts", account_id: int, markup: str) -> list[OutgoingFile]:
    """Those that a signature names, as parts of the message. One that is gone is left out."""
    hashes = list(dict.fromkeys(_NAMED.findall(markup)))[:PER_SIGNATURE]
    if not hashes:
        return []
    async with parts.db.connection() as conn:
        found = await store.find(conn, account_id, hashes)
    return [_part(Picture(hash=hash, type=found[hash][0], name=found[hash][1], content=found[hash][2])) for hash in hashes if hash in found]


def shown_here(markup: str) -> str:
    """For our own pages, which get a picture from us."""
    return _NAMED.sub(lambda found: f"/api/pictures/{found[1]}", markup)


def _part(picture: Picture) -> OutgoingFile:
    async def content() -> bytes:
        return picture.content

    return OutgoingFile(
        name=picture.name, type=picture.type, size=len(picture.content), content=content, is_inline=True, content_id=picture.content_id
    )


async def _in_use(parts: "Parts", conn: "Connection", account_id: int) -> list[str]:
    """What is disconnected counts, too: it may come back as it was."""
    rows = await channel_accounts.every_one(conn, account_id)
    return _NAMED.findall(msgspec.json.encode([open_config(parts, row) for row in rows]).decode())

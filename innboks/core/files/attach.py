"""Files of messages: bytes first into the file store, by hash, then a row that refers to them (DESIGN §5). Read next: `sweep.py`."""

import asyncio
import re
import secrets
from collections.abc import Sequence

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations.models import Attachment
from innboks.core.files import store
from innboks.core.parts import Parts
from innboks.errors import Invalid, NotFound, TooLarge
from innboks.lib.db import Connection
from innboks.lib.filetypes import file_type
from innboks.lib.text import storable
from innboks.sdk.contract import Happening, Media, MessageReceived, ReceiptReceived

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
UPLOAD_MAX = 50 * 2**20
SHOWN_IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""What every mail program shows in a text."""


class Stored(msgspec.Struct, frozen=True):
    """Where the bytes of one media item are."""

    hash: str
    size: int
    type: str


async def store_media(parts: Parts, happenings: Sequence[Happening]) -> dict[int, Stored]:
    """Puts the bytes of all media into the file store; keyed by `id()` of the media item. Before any transaction, so that none waits for a disk."""
    media = [one for happening in happenings for one in _media_of(happening)]

    async def put(one: Media) -> tuple[int, Stored]:
        ref = await parts.files.put(one.content)
        return id(one), Stored(ref.hash, ref.size, file_type(one.content, one.type, one.name))

    return dict(await asyncio.gather(*map(put, media)))


def _media_of(happening: Happening) -> Sequence[Media]:
    if isinstance(happening, MessageReceived):
        return happening.media
    if isinstance(happening, ReceiptReceived) and happening.otherwise is not None:
        return happening.otherwise.media
    return ()


async def record(conn: Connection, account_id: int, message_id: int, media: Sequence[Media], stored: dict[int, Stored]) -> None:
    """The rows of a received message's files."""
    await store.insert_attachments(
        conn,
        account_id,
        message_id,
        hashes=[stored[id(one)].hash for one in media],
        names=[clean_name(one.name) or "file" for one in media],
        types=[stored[id(one)].type for one in media],
        sizes=[stored[id(one)].size for one in media],
        inlines=[one.is_inline for one in media],
        content_ids=[storable(one.content_id, 255) if one.content_id else None for one in media],
    )


async def upload(parts: Parts, actor: Actor, name: str, declared_type: str, content: bytes, *, is_inline: bool = False) -> Attachment:
    """A file that a person added to something they write. Belongs to them until it is sent. One that stands in the text (`is_inline`) must be a
    picture, and gets the content id by which the text names it."""
    if not content:
        raise Invalid("This file is empty.", code="empty_file")
    if len(content) > UPLOAD_MAX:
        raise TooLarge(f"This file is larger than {UPLOAD_MAX // 2**20} MB.", code="file_too_large")
    ref = await parts.files.put(content)
    clean = clean_name(name) or "file"
    kind = file_type(content, declared_type, clean)
    content_id = content_id_for(parts, kind) if is_inline else None
    async with parts.db.transaction() as conn:
        return await store.insert_upload(conn, actor.account_id, actor.user_id, ref.hash, clean, kind, ref.size, content_id)


def content_id_for(parts: Parts, kind: str) -> str:
    """By which a text names a picture that stands in it. Raises `Invalid` for what cannot stand there."""
    if kind not in SHOWN_IMAGES:
        raise Invalid("Only a PNG, JPEG, GIF or WebP picture can stand in the text. Attach this file instead.", code="not_a_picture")
    return f"{secrets.token_hex(12)}@{parts.settings.mail_domain}"


def clean_name(name: str) -> str:
    """A name that is a name on every disk and in every header; "" when nothing is left of it."""
    return _CONTROL.sub("", storable(name, 255)).replace("/", "_").replace("\\", "_").strip()


async def readable(parts: Parts, actor: Actor, attachment_id: int) -> Attachment:
    """The attachment, when the actor may see its message or uploaded it. Raises `NotFound`."""
    async with parts.db.connection() as conn:
        found = await store.get_visible(conn, actor.account_id, actor.user_id, attachment_id, list(actor.readable))
    if found is None:
        raise NotFound("There is no such file.", code="unknown_attachment")
    return found

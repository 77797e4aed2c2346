"""The raw original of a message: to save byte for byte, and to look at with its header lines. Safe to open: it is never shown as a page.

Read next: `core/messages/original.py`.
"""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import get
from litestar.response import Stream

from innboks.api.app.files import download
from innboks.api.call import Call, PathId
from innboks.core.messages import original
from innboks.core.messages.original import Header


class OriginalOut(msgspec.Struct):
    """`text` is the beginning, as far as it can be read as text; `is_cut`: the download has more. `headers` only where it is a mail.
    `origin`: what was found about the sender (spf, dkim, dmarc and one word for people)."""

    type: str
    name: str
    size: int
    text: str
    is_cut: bool
    headers: list[Header]
    origin: dict[str, Any]


@get("/messages/{message_id:str}/source", operation_id="get_message_source", tags=["messages"], summary="The raw original, byte for byte")
async def get_source(request: Call, message_id: PathId) -> Stream:
    found = await original.original_of(request.parts, request.actor, message_id)
    pieces = original.pieces_of(request.parts, found)
    first = await anext(pieces, b"")  # what is missing shows now, not after the status line
    headers = download(found.name, found.type) | {"Content-Length": str(found.size), "Cache-Control": "private, max-age=3600"}
    return Stream(_joined(first, pieces), media_type=found.type, headers=headers)


@get("/messages/{message_id:str}/original", operation_id="get_message_original", tags=["messages"], summary="The original to look at")
async def get_original(request: Call, message_id: PathId) -> OriginalOut:
    found = await original.original_of(request.parts, request.actor, message_id)
    head = await original.head_of(request.parts, found)
    return OriginalOut(
        type=found.type,
        name=found.name,
        size=found.size,
        text=head.decode("utf-8", "replace"),
        is_cut=len(head) < found.size,
        headers=original.headers_of(head) if found.type == original.MAIL else [],
        origin=found.message.origin,
    )


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


routes = [get_source, get_original]

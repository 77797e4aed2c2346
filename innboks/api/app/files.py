"""How bytes of strangers leave this server: as a download with a fixed type, unless they are plainly an image, a sound, a film or a PDF.

Such an answer carries a policy under which nothing in it runs, so that even a file that lies about itself does no harm
(DESIGN §6, Safety). Types were checked by content when the file came in. Read next: `attachments.py`, `frames.py`.
"""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

from innboks.core.conversations.models import Attachment
from innboks.core.library.models import LibraryFile
from innboks.core.parts import Parts
from innboks.errors import NotFound
from innboks.lib.files import FileMissing
from innboks.lib.filetypes import SHOWN

IMAGES = frozenset(kind for kind in SHOWN if kind.startswith("image/"))
_NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'self'; sandbox"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_WHOLE_BYTES = 256 * 1024
_PIECE_BYTES = 4 * 1024 * 1024


def download(name: str, kind: str) -> dict[str, str]:
    """Headers of a file that is saved, not shown (RFC 6266)."""
    return {"Content-Disposition": _disposition("attachment", name), "Content-Type": kind, "Content-Security-Policy": _NOTHING_RUNS}


def _disposition(how: str, name: str) -> str:
    plain = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def send_file(parts: Parts, file: Attachment | LibraryFile, wanted_range: str | None, *, cache: str) -> Response[bytes] | Stream:
    """The answer with this file, whole or the asked piece of it (RFC 9110, 14.2: one range; anything else gives the whole)."""
    is_shown = file.type in SHOWN
    kind = file.type if is_shown else "application/octet-stream"
    headers = download(file.name, kind) | {"Cache-Control": cache, "Accept-Ranges": "bytes"}
    if is_shown:
        headers["Content-Disposition"] = _disposition("inline", file.name)
    if file.type == "application/pdf":  # browsers' own viewers do not work in a sandbox
        headers["Content-Security-Policy"] = _NOTHING_RUNS.removesuffix("; sandbox")
    try:
        piece = _piece(wanted_range, file.size)
        if piece is not None:
            start, length = piece
            headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.size}"
            return Response(await parts.files.get_range(file.hash, start, length), status_code=206, media_type=kind, headers=headers)
        if file.size <= _WHOLE_BYTES:
            return Response(await parts.files.get(file.hash), media_type=kind, headers=headers)
        stream = parts.files.stream(file.hash)
        first = await anext(stream, b"")  # a missing file shows now, not after the status line
    except FileMissing as error:
        raise NotFound("The bytes of this file are missing on the server. An operator can bring them back from a backup.") from error
    return Stream(_joined(first, stream), media_type=kind, headers=headers | {"Content-Length": str(file.size)})


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _piece(wanted: str | None, size: int) -> tuple[int, int] | None:
    """(start, length) of a satisfiable single range, at most _PIECE_BYTES; None for the whole file."""
    found = _RANGE.fullmatch(wanted.strip()) if wanted else None
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, min(end - start, _PIECE_BYTES)) if 0 <= start < end else None

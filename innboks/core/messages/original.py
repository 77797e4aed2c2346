"""The raw original of a received message: the kept delivery, byte for byte, and what its head says.

Only for those who may read the message. Nothing here interprets the bytes but for the header lines of a mail, which people ask for when
they wonder where a mail came from; a channel says by `raw_type` what its payloads are. Read next: `api/app/originals.py`.
"""

import re
from collections.abc import AsyncIterator
from email.header import decode_header

import msgspec

from innboks.core.access import Actor
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.conversations.models import Message
from innboks.core.conversations.read import readable_message
from innboks.core.deliveries import store as deliveries
from innboks.core.parts import Parts
from innboks.errors import NotFound
from innboks.lib.files import FileMissing
from innboks.lib.text import one_line, storable

MAIL = "message/rfc822"
SHOWN_BYTES = 256 * 1024
"""As much of an original as is shown; the download has it all."""
HEADERS_MAX = 300
HEADER_CHARS = 4_000
_ENDINGS = {MAIL: "eml", "application/json": "json"}
_HEADER = re.compile(r"([\x21-\x39\x3b-\x7e]{1,100})[ \t]*:[ \t]?(.*)", re.DOTALL)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")


class Original(msgspec.Struct, kw_only=True):
    """Where the bytes are: in `body`, or in the file store under `file_hash`."""

    message: Message
    type: str
    name: str
    size: int
    body: bytes | None
    file_hash: str | None


class Header(msgspec.Struct):
    """One header line, unfolded and decoded."""

    name: str
    value: str


async def original_of(parts: Parts, actor: Actor, message_id: int) -> Original:
    """Raises `NotFound` when there is none, or not for this person."""
    async with parts.db.connection() as conn:
        message = await readable_message(conn, actor, message_id)
        kept = await deliveries.original_of(conn, actor.account_id, message.delivery_id) if message.delivery_id is not None else None
        account = await channel_accounts.get(conn, actor.account_id, kept.channel_account_id) if kept is not None else None
    if kept is None or account is None:
        raise NotFound("This message was written here; there is no raw original.", code="no_source")
    kind, ending = type_of(parts, account.kind)
    name = f"{_file_name(message)}.{ending}"
    return Original(message=message, type=kind, name=name, size=kept.size, body=kept.body, file_hash=kept.body_file)


def type_of(parts: Parts, kind: str) -> tuple[str, str]:
    """What the payloads of a kind of channel are, and how the name of a file of one ends."""
    type = next((channel.raw_type for channel in parts.registry if channel.kind == kind), "application/octet-stream")
    return type, _ENDINGS.get(type, "txt")


async def head_of(parts: Parts, original: Original) -> bytes:
    """The first SHOWN_BYTES."""
    if original.body is not None:
        return original.body[:SHOWN_BYTES]
    try:
        return await parts.files.get_range(original.file_hash or "", 0, SHOWN_BYTES)
    except FileMissing as error:
        raise bytes_missing() from error


async def pieces_of(parts: Parts, original: Original) -> AsyncIterator[bytes]:
    """All of it, in pieces. The first piece is asked for before anything is answered, so a missing file shows in time."""
    if original.body is not None:
        yield original.body
        return
    try:
        async for piece in parts.files.stream(original.file_hash or ""):
            yield piece
    except FileMissing as error:
        raise bytes_missing() from error


def headers_of(raw: bytes) -> list[Header]:
    """The header lines of a mail, in order (RFC 5322, 2.2). What is no header line is left out; nothing in it can fail."""
    end = _END_OF_HEAD.search(raw)
    lines = raw[: end.start() if end else len(raw)].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fields: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and fields:
            if len(fields[-1]) < HEADER_CHARS * 4:
                fields[-1] += " " + line.strip()
        elif line:
            fields.append(line)
        if len(fields) > HEADERS_MAX:
            break
    found = [match for match in map(_HEADER.fullmatch, fields[:HEADERS_MAX]) if match]
    return [Header(match.group(1), _decoded(storable(match.group(2), HEADER_CHARS)).strip()) for match in found]


def _decoded(value: str) -> str:
    """Encoded words read (RFC 2047), as far as they can be."""
    if "=?" not in value:
        return value
    try:
        words = [text if isinstance(text, str) else text.decode(charset or "ascii", "replace") for text, charset in decode_header(value)]
    except (LookupError, ValueError, UnicodeError):
        return value
    return storable("".join(words), HEADER_CHARS)


def _file_name(message: Message) -> str:
    words = re.sub(r"[^\w .,()+-]", " ", one_line(message.subject, 80))
    return " ".join(words.split()).strip(". ") or f"message-{message.id}"


def bytes_missing() -> NotFound:
    return NotFound("The bytes of this message are missing on the server. An operator can bring them back from a backup.")

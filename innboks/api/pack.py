"""Answers as JSON that are read are sent compressed to who takes it: a list of conversations is a tenth then, and the first page reads eight answers.

Only what is whole in one piece, so no stream; and no answer to a write, where secrets stand that are shown once. A page elsewhere cannot have our
answers asked for with the session (SameSite), so their lengths tell nobody what is in them. Read next: `guard.py`, which wraps answers in this.
"""

import asyncio
import zlib

from innboks.api.asgi import Message, Send

_SMALLEST = 1_000
_LARGE = 200_000
"""From here on it takes so long that the other requests would wait."""
_LEVEL = 4


def packed(send: Send) -> Send:
    """`send` for an answer that may go compressed."""
    held: Message | None = None

    async def pack(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start" and _is_json(message["headers"]):
            held = message
            return
        if held is not None and message["type"] == "http.response.body":
            start, held = held, None
            headers = [*start["headers"], (b"vary", b"accept-encoding")]
            body = message.get("body", b"")
            if not message.get("more_body") and len(body) >= _SMALLEST:
                body = await asyncio.to_thread(_gzip, body) if len(body) >= _LARGE else _gzip(body)
                length = (b"content-length", str(len(body)).encode())
                headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
                headers += [length, (b"content-encoding", b"gzip")]
                message = {**message, "body": body}
            await send({**start, "headers": headers})
        await send(message)

    return pack


def _is_json(headers: list[tuple[bytes, bytes]]) -> bool:
    kinds = [value for name, value in headers if name.lower() == b"content-type"]
    return any(kind.startswith(b"application/json") for kind in kinds) and not any(
        name.lower() == b"content-encoding" for name, _ in headers
    )


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()

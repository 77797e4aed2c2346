"""The sandbox's web page: files of the stand-ins, and what their scripts ask, as one small ASGI application.

Only pages of this very address may ask (Host and Origin are looked at), so that no web page elsewhere can play with it. Read next: `stand_in.py`.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from innboks.errors import Forbidden, Invalid, NotFound, Refused, TooLarge
from innboks.sandbox.stand_in import Answer, Request, StandIn

BODY_MAX = 40 * 2**20
SHARED = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Page:
    """`await page(scope, receive, send)`."""

    def __init__(self, stand_ins: Sequence[StandIn]) -> None:
        self._stand_ins = {one.kind: one for one in stand_ins}
        self._is_closing = asyncio.Event()

    def close(self) -> None:
        """Ends the live streams, which would last for ever."""
        self._is_closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except Refused as error:
            problem = {"status": error.status, "detail": error.sentence, "code": error.code, "field": error.field}
            answer = Answer(msgspec.json.encode(problem), "application/problem+json", error.status)
        await self._send(answer, receive, send, has_body=scope["method"] != "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        _require_near(headers, method)
        kind, _, rest = path.lstrip("/").partition("/")
        if not kind:
            return Answer(status=302, headers={"location": f"/{next(iter(self._stand_ins))}/"})
        if kind == "static":
            return _file(SHARED, rest)
        stand_in = self._stand_ins.get(kind)
        if stand_in is None:
            raise NotFound("There is no such page.")
        if not path.startswith(f"/{kind}/"):
            return Answer(status=302, headers={"location": f"/{kind}/"})
        if rest.split("/", 1)[0] in stand_in.provider_paths:
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            base = f"http://{headers.get('host', '')}/{kind}"
            raw_path = scope["raw_path"].decode("latin-1").split("?")[0].removeprefix(f"/{kind}/")  # ids may hold an escaped slash
            return await stand_in.call(Request(method, raw_path, dict(pairs), await _body(receive), headers, pairs, base))
        if not rest.startswith("api/"):
            return _file(stand_in.folder / "static", rest or "index.html")
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return await stand_in.answer(Request(method, rest.removeprefix("api/"), query, await _body(receive)))

    async def _send(self, answer: Answer, receive: Receive, send: Send, *, has_body: bool) -> None:
        headers = {"content-type": answer.type, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", **answer.headers}
        if answer.stream is None:
            headers["content-length"] = str(len(answer.body) + (1000 if answer.is_cut_off else 0))
        else:
            headers["cache-control"] = "no-store"
        wire = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": wire})
        if answer.stream is not None and has_body:
            await self._stream(answer.stream, receive, send)
        await send({"type": "http.response.body", "body": answer.body if has_body else b""})

    async def _stream(self, pieces: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
        """Until the page is left, or the sandbox closes."""
        gone, closing = asyncio.ensure_future(_until_gone(receive)), asyncio.ensure_future(self._is_closing.wait())
        try:
            while True:
                piece = asyncio.ensure_future(anext(pieces))
                await asyncio.wait([piece, gone, closing], return_when=asyncio.FIRST_COMPLETED)
                if gone.done() or closing.done():
                    piece.cancel()
                    return
                await send({"type": "http.response.body", "body": piece.result(), "more_body": True})
        finally:
            gone.cancel()
            closing.cancel()


def _require_near(headers: Mapping[str, str], method: str) -> None:
    """A name that somebody else's DNS points at this machine is refused, and so is another page's script."""
    host = headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if not _is_near(name.strip("[]")):
        raise Forbidden("The sandbox is for this machine only. Open it at 127.0.0.1.")
    if method not in ("GET", "HEAD") and headers.get("origin", f"http://{host}") != f"http://{host}":
        raise Forbidden("Only the sandbox's own page may do this.")


def _is_near(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _file(folder: Path, name: str) -> Answer:
    if name not in {path.name for path in folder.iterdir()}:
        raise NotFound("There is no such file.")
    path = folder / name
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
    return Answer(path.read_bytes(), TYPES.get(path.suffix, "application/octet-stream"), headers=headers)


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("The request broke off.")
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            raise TooLarge("This is more than 40 MB, the most that the sandbox takes.")
        if not message.get("more_body"):
            return bytes(body)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""The agent app's files: the built `web/dist`, or the copy that a package carries (`innboks/web_dist`).

Files under /assets have a hash in their name and never change; `index.html` is never kept by a browser and answers every address
of the app, because the app has its own history. Text is sent compressed: what the build compressed beforehand, else gzip made once
here. Read next: `guard.py`, which sends requests here.
"""

import asyncio
import gzip
import mimetypes
import os
from hashlib import sha256
from pathlib import Path

import msgspec

from innboks.api.asgi import Receive, Scope, Send
from innboks.api.problems import send_error
from innboks.errors import NotFound, Refused

_PACKAGE = Path(__file__).parent.parent
_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
_WORKER = "sw.js"
"""The service worker asks under the policy that it came with itself."""
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml", "application/wasm")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
}
_NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Innboks</title></head>
<body><h1>Innboks is running, but its web pages are not built</h1>
<p>Start it with <code>make run</code> in the project's folder: that builds them first. Then load this page again.</p>
<p>The API works: look at <a href="/api/schema">/api/schema</a>.</p></body></html>
"""


class _Entry(msgspec.Struct):
    """One file, ready to be sent. `etag` is of the plain content."""

    mtime_ns: int
    type: str
    etag: bytes
    plain: bytes
    packed: dict[str, bytes]


def dist_folder() -> Path:
    """Where the built pages are, or would be."""
    packaged = _PACKAGE / "web_dist"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "web" / "dist"


class StaticFiles:
    """An ASGI application that answers everything which is not the server's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, _Entry] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "OPTIONS"):
            await send_error(_WrongMethod("Pages are only read: use GET."), "static", send, is_last=True)
            return
        path = scope["path"].lstrip("/")
        file = self._find(path)
        if file is not None:
            await self._send(scope, send, file, "no-store" if file.name == "index.html" else _cache(path))
        elif path.startswith("assets/") or not _wants_page(scope, path):
            await send_error(NotFound("There is no such file. Load the page again."), "static", send)
        elif (index := self._find("index.html")) is not None:
            await self._send(scope, send, index, "no-store")
        else:
            await _answer(send, 200, _NOT_BUILT, [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")])

    def _find(self, path: str) -> Path | None:
        """A file inside the folder; anything that leads out of it is not there."""
        try:
            file = (self._folder / path).resolve()
            return file if file.is_relative_to(self._folder) and file.is_file() else None
        except (OSError, ValueError):
            return None

    async def _send(self, scope: Scope, send: Send, file: Path, cache: str) -> None:
        entry = self._kept.get(file)
        mtime_ns = os.stat(file).st_mtime_ns
        if entry is None or entry.mtime_ns != mtime_ns:
            entry = self._kept[file] = await asyncio.to_thread(_load, file, mtime_ns)
        wanted = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
        headers = [(b"cache-control", cache.encode()), (b"etag", entry.etag), (b"vary", b"accept-encoding")]
        if file.suffix == ".html" or file.name == _WORKER:
            headers.append((b"content-security-policy", _CSP.encode()))
        if entry.etag in wanted.get(b"if-none-match", b""):
            await _answer(send, 304, b"", headers)
            return
        headers.append((b"content-type", entry.type.encode()))
        accepted = wanted.get(b"accept-encoding", b"").decode("latin-1")
        for encoding in ("br", "gzip"):
            if encoding in entry.packed and encoding in accepted:
                await _answer(send, 200, entry.packed[encoding], [*headers, (b"content-encoding", encoding.encode())])
                return
        await _answer(send, 200, entry.plain, headers)


class _WrongMethod(Refused):
    status = 405
    code = "method_not_allowed"


def _cache(path: str) -> str:
    return "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"


def _wants_page(scope: Scope, path: str) -> bool:
    """Is this somebody opening an address of the app, rather than a program asking for a file that is not there?"""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"*/*")
    return "." not in path.rpartition("/")[2] or b"text/html" in accept


def _load(file: Path, mtime_ns: int) -> _Entry:
    plain = file.read_bytes()
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    packed = {
        encoding: beside.read_bytes() for encoding, end in (("br", ".br"), ("gzip", ".gz")) if (beside := Path(f"{file}{end}")).is_file()
    }
    if kind.startswith(_COMPRESSIBLE) and "gzip" not in packed and len(plain) > 500:
        packed["gzip"] = gzip.compress(plain, 9, mtime=0)
    etag = f'"{sha256(plain).hexdigest()[:24]}"'.encode()
    return _Entry(mtime_ns, kind, etag, plain, {name: body for name, body in packed.items() if len(body) < len(plain)})


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})

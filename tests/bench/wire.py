"""Clients as thin as can be, so that a figure says something about the server: HTTP/1.1, event streams and SMTP over asyncio's streams."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import msgspec

LIMIT = 4 * 2**20
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Http:
    """One kept-alive connection."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._place = (host, port)
        self._common = f"Host: {host}:{port}\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "")
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        self._streams = await asyncio.open_connection(*self._place, limit=LIMIT)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """(status, body)."""
        assert self._streams is not None, "used as a context manager"
        reader, writer = self._streams
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{self._common}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status == 204:  # which has no body and says no length (RFC 9110 §8.6)
            return status, b""
        length = _LENGTH.search(head)
        assert length is not None, head
        return status, await reader.readexactly(int(length[1]))

    async def json(self, method: str, path: str, given: Any = None) -> Any:
        """The decoded answer. Raises AssertionError for anything but a 2xx."""
        status, body = await self.request(
            method, path, b"" if given is None else msgspec.json.encode(given), {"Content-Type": "application/json"}
        )
        assert 200 <= status < 300, f"{method} {path}: {status} {body[:300]!r}"
        return msgspec.json.decode(body) if body else None


class Stream:
    """One agent's event stream, watched for marks: `seen` has the time at which each was first there, and how often it came."""

    def __init__(self, host: str, port: int, token: str, mark: str) -> None:
        """`mark` is a pattern that matches once for each message, say `mail-\\d+-`."""
        self._place = (host, port)
        self._ask = f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._mark = re.compile(rb"event: message\.added\ndata: [^\n]*?(" + mark.encode() + rb")")
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._news = asyncio.Event()
        self.seen: dict[str, float] = {}
        self.repeated: list[str] = []

    async def __aenter__(self) -> Self:
        reader, self._writer = await asyncio.open_connection(*self._place, limit=LIMIT)
        self._writer.write(self._ask.encode())
        await reader.readuntil(b"event: hello")
        self._task = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        assert self._writer is not None
        self._task.cancel()
        self._writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while piece := await reader.read(2**18):
            now = time.monotonic()
            whole, _, rest = (rest + re.sub(rb"\r\n[0-9a-fA-F]+\r\n", b"", piece)).rpartition(b"\n\n")
            for mark in self._mark.findall(whole):
                if self.seen.setdefault(mark.decode(), now) != now:
                    self.repeated.append(mark.decode())
            self._news.set()

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """False when `done` is not true within that time."""
        try:
            async with asyncio.timeout(seconds):
                while not done():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True


class Smtp:
    """One connection to an SMTP server that offers PIPELINING."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        self._streams = await asyncio.open_connection(*self._place)
        await self._answer(220)
        self._streams[1].write(b"EHLO bench.example.com\r\n")
        await self._answer(250)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """Returns when the server took responsibility. Raises AssertionError when it did not."""
        assert self._streams is not None, "used as a context manager"
        writer = self._streams[1]
        writer.write(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode())
        await self._answer(250)
        await self._answer(250)
        await self._answer(354)
        writer.write(mail + b"\r\n.\r\n")
        await self._answer(250)

    async def _answer(self, expected: int) -> None:
        assert self._streams is not None
        while True:
            line = await self._streams[0].readline()
            if line[3:4] != b"-":
                assert line.startswith(str(expected).encode()), line
                return

"""A proxy between our processes and PostgreSQL that reads along, so that a test can stop the world at a chosen statement.

It follows the frontend's messages (PostgreSQL manual, "Message Formats"): Parse tells the text of a prepared statement, Bind runs it, Query
is both. `strike_at` names a piece of a statement; when it is next run, `strike` is called either before the server sees it, or
after the server has answered and before our process learns so. Then the connection stays silent, as that of a dead process.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Literal

When = Literal["before", "after"]
_STARTUP = (196608, 196610)
_SSL, _GSS = 80877103, 80877104


class Proxy:
    """Listens on a port of this machine; talks to the server's Unix socket."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._server: asyncio.Server | None = None
        self._piece = b""
        self._when: When = "before"
        self._strike: Callable[[], None] | None = None
        self.struck = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.05)

    def strike_at(self, piece: str, when: When, strike: Callable[[], None]) -> None:
        """Once, at the next statement that contains `piece`."""
        self._piece, self._when, self._strike = piece.encode(), when, strike
        self.struck.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(self._socket_path)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, up_writer}
        connection = _Connection(self, reader, writer, up_reader, up_writer)
        await asyncio.gather(connection.forward(), connection.back(), return_exceptions=True)
        for one in (writer, up_writer):
            one.close()
            self._writers.discard(one)

    def is_due(self, statement: bytes) -> bool:
        return self._strike is not None and self._piece in statement

    def when(self) -> When:
        return self._when

    def strike(self) -> None:
        strike, self._strike = self._strike, None
        assert strike is not None
        strike()
        self.struck.set()


class _Connection:
    def __init__(
        self,
        proxy: Proxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._reader, self._writer = reader, writer
        self._up_reader, self._up_writer = up_reader, up_writer
        self._texts: dict[bytes, bytes] = {}
        self._is_silent = False
        self._strikes_at_answer = False

    async def forward(self) -> None:
        """Our process → server."""
        try:
            while True:  # requests for encryption are declined; then the startup message, which has no type
                length = struct.unpack("!I", await self._reader.readexactly(4))[0]
                rest = await self._reader.readexactly(length - 4)
                if struct.unpack("!I", rest[:4])[0] not in (_SSL, _GSS):
                    break
                self._writer.write(b"N")
            self._up_writer.write(struct.pack("!I", length) + rest)
            while True:
                head = await self._reader.readexactly(5)
                body = await self._reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
                statement = self._statement(head[:1], body)
                if statement and self._proxy.is_due(statement):
                    if self._proxy.when() == "before":
                        self._is_silent = True
                        self._proxy.strike()
                        return
                    self._strikes_at_answer = True
                self._up_writer.write(head + body)
        finally:
            self._up_writer.close()

    def _statement(self, kind: bytes, body: bytes) -> bytes:
        """The text of the statement that this message runs."""
        if kind == b"Q":
            return body
        if kind == b"P":
            name, _, rest = body.partition(b"\0")
            self._texts[name] = rest.partition(b"\0")[0]
        if kind == b"B":
            return self._texts.get(body.split(b"\0", 2)[1], b"")
        return b""

    async def back(self) -> None:
        """Server → our process."""
        try:
            while piece := await self._up_reader.read(65536):
                if self._strikes_at_answer and b"Z\0\0\0\5" in piece:  # ReadyForQuery: the statement is done
                    self._strikes_at_answer = False
                    self._is_silent = True
                    self._proxy.strike()
                if not self._is_silent:
                    self._writer.write(piece)
        finally:
            self._writer.close()

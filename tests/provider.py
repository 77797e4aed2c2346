"""A tiny provider on a real socket, which answers as a test says. The client of all channels has a more exact one in `sdk/test_http.py`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Provider:
    """Answers with what the test put into `answers` (None: hangs up), else 200 with a fresh id."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self.answers: list[bytes | None] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
        body = await reader.readexactly(length)
        self.requests.append((head, body))
        answer = self.answers.pop(0) if self.answers else http(200, f'{{"id": "out{len(self.requests)}"}}')
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        writer.close()


def http(status: int, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", "content-type: application/json", f"content-length: {len(body)}", "connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@asynccontextmanager
async def listening() -> AsyncIterator[Provider]:
    made = Provider()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made

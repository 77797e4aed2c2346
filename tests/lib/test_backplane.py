"""Notes between processes, over the database and over real Redis and NATS servers, started here when the programs are installed."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from innboks.lib.backplane import Backplane, open_backplane


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@asynccontextmanager
async def server(*command: str, port: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield
    finally:
        process.terminate()
        await process.wait()


async def hears_what_another_says(first: Backplane, second: Backplane) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connected = asyncio.Event()
    listening = asyncio.create_task(second.listen(heard.put_nowait, connected.set))
    async with asyncio.timeout(10):
        await connected.wait()
        await first.publish("one")
        await first.publish("two, with æøå")
        assert [await heard.get(), await heard.get()] == ["one", "two, with æøå"]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await first.close()
    await second.close()


async def test_over_the_database(dsn: str) -> None:
    await hears_what_another_says(open_backplane(None, dsn), open_backplane(None, dsn))


@pytest.mark.parametrize("program", ["redis-server", "nats-server"])
async def test_over_another_server(program: str, tmp_path: Path) -> None:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    assert found, f"install {program} for this test: make test does so from the system's packages"
    port = free_port()
    if program == "redis-server":
        command, url = (
            [found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
            f"redis://127.0.0.1:{port}",
        )
    else:
        command, url = [found, "-a", "127.0.0.1", "-p", str(port)], f"nats://127.0.0.1:{port}"
    async with server(*command, port=port):
        await hears_what_another_says(open_backplane(url, ""), open_backplane(url, ""))


async def test_a_server_that_is_away_costs_only_the_note(tmp_path: Path) -> None:
    for url in (f"redis://127.0.0.1:{free_port()}", f"nats://127.0.0.1:{free_port()}"):
        plane = open_backplane(url, "")
        async with asyncio.timeout(20):
            await plane.publish("nobody hears this")
        await plane.close()

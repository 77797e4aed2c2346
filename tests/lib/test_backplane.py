"""Notes between processes, over the database and over real Redis and NATS servers, started here when the programs are installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from innboks.core.events.wake import Wake
from innboks.lib.backplane import Backplane, open_backplane
from innboks.lib.db import Database
from tests.ports import free_port


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


@asynccontextmanager
async def hearing(plane: Backplane) -> AsyncIterator[asyncio.Queue[str]]:
    """What is heard over it, from the moment it listens; within ten seconds."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    connected = asyncio.Event()
    listening = asyncio.create_task(plane.listen(heard.put_nowait, connected.set))
    try:
        async with asyncio.timeout(10):
            await connected.wait()
            yield heard
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await plane.close()


async def hears_what_another_says(first: Backplane, second: Backplane) -> None:
    async with hearing(second) as heard:
        await first.publish("one")
        await first.publish("two, with æøå")
        assert [await heard.get(), await heard.get()] == ["one", "two, with æøå"]
    await first.close()


async def hears_nothing_of_another_installation(url: str) -> None:
    theirs, first = open_backplane(url, "", "theirs"), open_backplane(url, "", "ours")
    async with hearing(open_backplane(url, "", "ours")) as heard:
        await theirs.publish("not for you")
        await first.publish("for you")
        assert await heard.get() == "for you"
    await theirs.close()
    await first.close()


async def test_over_the_database(dsn: str) -> None:
    await hears_what_another_says(open_backplane(None, dsn, "ours"), open_backplane(None, dsn, "ours"))


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
        await hears_what_another_says(open_backplane(url, "", "ours"), open_backplane(url, "", "ours"))
        await hears_nothing_of_another_installation(url)


async def test_a_server_that_is_away_costs_only_the_note(tmp_path: Path) -> None:
    for url in (f"redis://127.0.0.1:{free_port()}", f"nats://127.0.0.1:{free_port()}"):
        plane = open_backplane(url, "", "ours")
        async with asyncio.timeout(20):
            await plane.publish("nobody hears this")
        await plane.close()


async def test_a_note_that_nobody_understands_makes_nobody_deaf(dsn: str, db: Database) -> None:
    wake, plane = Wake(open_backplane(None, dsn, "ours")), open_backplane(None, dsn, "ours")
    heard: asyncio.Queue[int] = asyncio.Queue()
    connected = asyncio.Event()

    def stumbles(account_id: int, signal: dict[str, object]) -> None:
        raise KeyError(account_id)

    listening = asyncio.create_task(wake.listen(heard.put_nowait, stumbles, connected.set))
    async with asyncio.timeout(20):
        await connected.wait()
        await plane.publish("no note")
        await wake.signal(7, {"type": "of a later version"})
        wake.touch(8)
        assert await heard.get() == 8
    assert not listening.done()
    listening.cancel()
    await asyncio.wait([listening])
    await wake.close()
    await plane.close()


async def test_all_who_listen_in_a_process_share_one_connection(dsn: str, db: Database) -> None:
    async def listening() -> int:
        async with db.connection() as conn:
            cursor = await conn.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and query = 'listen \"innboks\"'"
            )
            row = await cursor.fetchone()
            assert row is not None
            return int(row[0])

    wake, other = Wake(open_backplane(None, dsn, "ours")), Wake(open_backplane(None, dsn, "ours"))
    heard: list[asyncio.Queue[object]] = [asyncio.Queue() for _ in range(3)]
    connected = [asyncio.Event() for _ in range(3)]

    def listener(at: int) -> asyncio.Task[None]:
        hear = heard[at].put_nowait
        return asyncio.create_task(wake.listen(hear, lambda account, signal: hear((account, signal)), connected[at].set))

    async with asyncio.timeout(20):
        first, second = listener(0), listener(1)
        await connected[0].wait()
        third = listener(2)  # comes late, and is told that it may have missed something
        await asyncio.gather(*(one.wait() for one in connected))
        assert await listening() == 1
        other.touch(7)
        await other.signal(8, {"type": "typing"})
        assert [sorted([await one.get(), await one.get()], key=str) for one in heard] == [[(8, {"type": "typing"}), 7]] * 3
        first.cancel()  # who leaves takes nothing from the others
        await asyncio.wait([first])
        other.touch(9)
        assert (await heard[1].get(), await heard[2].get(), heard[0].empty()) == (9, 9, True)
        second.cancel()
        third.cancel()
        await asyncio.wait([second, third])
        while await listening():
            await asyncio.sleep(0.01)
        again = listener(0)
        connected[0].clear()
        await connected[0].wait()
        other.touch(10)
        assert await heard[0].get() == 10
        again.cancel()
        await asyncio.wait([again])
    await wake.close()
    await other.close()

"""Notes between processes, over the database and over real Redis and NATS servers, started here when the programs are installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from innboks.core.events.wake import Wake
from innboks.lib import backplane
from innboks.lib.backplane import Backplane, open_backplane
from innboks.lib.db import Database
from tests.ports import free_port
from tests.waiting import until


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


class Mute:
    """A server that takes connections. Mute, it answers nothing over them, as one that hangs; else it hands everything on to the one behind it."""

    def __init__(self, behind: int | None = None) -> None:
        self._behind = behind
        self._speaks = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    def hush(self) -> None:
        """What was said over the connections of until now is never answered; new ones get no answer either."""
        self._speaks.clear()

    def speak(self) -> None:
        """Over new connections: those of before stay as those of a machine that is gone."""
        self._speaks = asyncio.Event()
        self._speaks.set()

    @property
    def open_connections(self) -> int:
        return len(self._writers)

    async def close(self) -> None:
        for writer in tuple(self._writers):
            writer.close()
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        speaks = self._speaks
        try:
            if self._behind is None or not speaks.is_set():
                while await reader.read(4096):
                    pass
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._behind)
            await asyncio.gather(self._hand_on(reader, back, speaks), self._hand_on(there, writer, speaks))
            back.close()
        finally:
            writer.close()
            self._writers.discard(writer)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, speaks: asyncio.Event) -> None:
        with suppress(OSError):
            while said := await reader.read(4096):
                if speaks.is_set():
                    writer.write(said)
        if speaks.is_set():
            writer.close()


@pytest.mark.parametrize("scheme", ["redis", "nats"])
async def test_a_server_that_takes_connections_and_says_nothing_holds_nobody_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says something, as a browser that tells of typing, waits for it no longer than ANSWER_S; who comes right after that does not wait at all."""
    monkeypatch.setattr(backplane, "ANSWER_S", 0.3)
    monkeypatch.setattr(backplane, "CONNECT_S", 0.3)
    mute, loop = Mute(), asyncio.get_running_loop()
    wake = Wake(open_backplane(f"{scheme}://127.0.0.1:{await mute.open()}", "", "ours"))
    connected: list[bool] = []
    listening = asyncio.create_task(wake.listen(lambda _: None, lambda *_: None, lambda: connected.append(True)))
    began = loop.time()
    wake.touch(7)
    await asyncio.gather(*(wake.signal(7, {"type": "typing"}) for _ in range(50)))
    assert loop.time() - began < 2, "together they waited no longer than one"
    again = loop.time()
    await wake.signal(7, {"type": "typing"})
    assert loop.time() - again < 0.2
    await until(lambda: mute.open_connections <= 2)
    assert not connected, "nobody is told that notes come now"
    listening.cancel()
    await asyncio.wait([listening])
    async with asyncio.timeout(5):
        await wake.close()
    await until(lambda: mute.open_connections == 0)
    await mute.close()


async def test_who_listens_to_a_server_that_falls_silent_connects_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the machine of Redis is gone without a word: nothing tells it, so who listens asks."""
    monkeypatch.setattr(backplane, "SILENCE_S", 0.3)
    found = shutil.which("redis-server") or shutil.which("redis-server", path="/usr/sbin:/usr/local/sbin")
    assert found
    port = free_port()
    async with server(found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path), port=port):
        mute = Mute(port)
        mute.speak()
        url = f"redis://127.0.0.1:{await mute.open()}"
        plane, told = open_backplane(url, "", "ours"), open_backplane(f"redis://127.0.0.1:{port}", "", "ours")
        heard: asyncio.Queue[str] = asyncio.Queue()
        connected: asyncio.Queue[None] = asyncio.Queue()
        listening = asyncio.create_task(plane.listen(heard.put_nowait, lambda: connected.put_nowait(None)))
        async with asyncio.timeout(20):
            await connected.get()
            await told.publish("one")
            assert await heard.get() == "one"
            mute.hush()
            await told.publish("lost")
            mute.speak()
            await connected.get()  # what was missed meanwhile is asked for
            await told.publish("two")
            assert await heard.get() == "two"
        listening.cancel()
        await asyncio.wait([listening])
        await plane.close()
        await told.close()
        await mute.close()


async def test_a_note_that_nobody_understands_makes_nobody_deaf(dsn: str, db: Database) -> None:
    wake, plane = Wake(open_backplane(None, dsn, "ours")), open_backplane(None, dsn, "ours")
    heard: asyncio.Queue[int] = asyncio.Queue()
    beside: asyncio.Queue[object] = asyncio.Queue()
    connected = asyncio.Event()

    def stumbles(account_id: int, signal: dict[str, object]) -> None:
        raise KeyError(account_id)

    listening = asyncio.create_task(wake.listen(heard.put_nowait, stumbles, connected.set))
    after_it = asyncio.create_task(wake.listen(lambda _: None, lambda _, signal: beside.put_nowait(signal["type"]), lambda: None))
    async with asyncio.timeout(20):
        await connected.wait()
        await plane.publish("no note")
        await wake.signal(7, {"type": "of a later version"})
        wake.touch(8)
        assert await heard.get() == 8
        assert await beside.get() == "of a later version", "nor to the same note those who listen beside it"
    assert not listening.done()
    for one in (listening, after_it):
        one.cancel()
    await asyncio.wait([listening, after_it])
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

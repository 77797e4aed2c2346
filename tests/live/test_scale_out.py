"""Several machines: two `innboks web`, an `innboks worker` and an `innboks mail`, each a process with a data folder of its own. They share
nothing but what `docs/operate/scale.md` names: the database, the notes over Redis or NATS, the files, the secret.
"""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from innboks.lib.migrate import migrate
from tests.bench.place import Installation, Sink
from tests.bench.wire import Http, Stream
from tests.lib.test_backplane import server
from tests.live.fleet import ask
from tests.live.senders import send_mail, write_reply
from tests.live.test_steps import a_conversation, mail_with_file
from tests.ports import free_port
from tests.waiting import until

NAMES = ("web-a", "web-b", "worker", "mail")


class Machines(Installation):
    """Talks to web-a, and to the machine that takes mail."""

    def __init__(self, folder: Path, dsn: str, backplane_url: str) -> None:
        super().__init__(folder)
        self.shared = {
            "DATABASE_URL": dsn,
            "BACKPLANE_URL": backplane_url,
            "FILES_URL": f"file://{folder}/bucket",
            "INNBOKS_SECRET": "the same on every machine",
        }
        self.ports = {name: free_port() for name in NAMES}
        self.port, self.smtp_port = self.ports["web-a"], self.ports["mail"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def dsn(self) -> str:
        return self.shared["DATABASE_URL"]

    def environment(self) -> dict[str, str]:
        return super().environment() | self.shared | {"INNBOKS_DATA": str(self.data / "console")}

    def launch(self, name: str) -> None:
        listens = "INNBOKS_SMTP" if name == "mail" else "INNBOKS_HTTP"
        own = {"INNBOKS_DATA": str(self.data / name), listens: f"127.0.0.1:{self.ports[name]}"}
        with (self.data / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "innboks", name.partition("-")[0]],
                env=self.environment() | own,
                cwd=self.data,
                stdout=log,
                stderr=log,
            )

    async def is_up(self, name: str) -> bool:
        assert self.running[name].poll() is None, (self.data / f"{name}.log").read_text()[-3000:]
        if name == "worker":
            return True  # nobody talks to it
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.ports[name])
        except OSError:
            return False
        writer.close()
        return True

    def at(self, name: str) -> Http:
        return Http(self.host, self.ports[name], self.token)

    def stream(self, name: str, mark: str) -> Stream:
        return Stream(self.host, self.ports[name], self.token, mark)


@asynccontextmanager
async def carrier(program: str, folder: Path) -> AsyncIterator[str]:
    """A Redis or NATS server; its address."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    assert found, f"install {program} for this test: make test does so from the system's packages"
    port = free_port()
    if program == "redis-server":
        async with server(found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), port=port):
            yield f"redis://127.0.0.1:{port}"
    else:
        async with server(found, "-a", "127.0.0.1", "-p", str(port), port=port):
            yield f"nats://127.0.0.1:{port}"


@pytest.fixture(params=["redis-server", "nats-server"])
async def machines(request: pytest.FixtureRequest, tmp_path: Path, dsn: str, provider: str) -> AsyncIterator[Machines]:
    migrate(dsn)
    async with carrier(request.param, tmp_path) as backplane_url:
        place = Machines(tmp_path / "machines", dsn, backplane_url)
        place.data.mkdir(mode=0o755)
        try:
            for name in NAMES:
                place.launch(name)
            async with asyncio.timeout(180):
                for name in NAMES:
                    while not await place.is_up(name):
                        await asyncio.sleep(0.05)
            await place.settle_in(provider)
            yield place
        finally:
            for process in place.running.values():
                process.terminate()
            for process in place.running.values():
                process.wait(10)


async def test_what_comes_to_one_machine_is_seen_and_answered_on_every_other(machines: Machines) -> None:
    async with machines.stream("web-a", r"mail-\d") as at_a, machines.stream("web-b", r"mail-\d") as at_b:
        await send_mail(machines, "mail-1", mail_with_file("mail-1"))
        for stream in (at_a, at_b):
            assert await stream.until(lambda stream=stream: "mail-1" in stream.seen, 20)  # type: ignore[misc]
    async with machines.at("web-b") as other:
        (conversation,) = (await other.json("GET", "/api/conversations?view=all"))["items"]
        (message,) = [one for one in await messages(other, conversation["id"]) if one["type"] == "message"]
        (file,) = message["attachments"]
        status, content = await other.request("GET", f"/api/attachments/{file['id']}/content")
        assert (status, len(content)) == (200, file["size"]), "the files are shared"

    asks = await a_conversation(machines, "mia")
    answer = await write_reply(None, machines, asks, "client-1", "Yes, somebody is.")
    await until(lambda: Sink.seen.get(answer) == 1, 20, "the worker's sending what web-a wrote")


async def test_who_reads_on_one_machine_is_seen_on_the_other(machines: Machines) -> None:
    """A note without a row: only the backplane can have carried it, and the database is not asked to."""
    asks = await a_conversation(machines, "mia")
    async with machines.at("web-a") as here, machines.at("web-b") as there:
        async with asyncio.timeout(20):
            while not (await there.json("GET", "/api/presence"))["items"]:  # it may not listen yet: say it again, as browsers do
                await here.json("POST", f"/api/conversations/{asks}/presence", {"state": "writing"})
                await asyncio.sleep(0.05)
        (seen,) = (await there.json("GET", "/api/presence"))["items"]
        assert (seen["conversation_id"], seen["state"]) == (asks, "writing")
    listening = "select count(*)::int from pg_stat_activity where datname = current_database() and query = 'listen \"innboks\"'"
    assert ask(machines.dsn, listening) == [(0,)]


async def messages(api: Http, conversation: str) -> list[dict[str, Any]]:
    return list((await api.json("GET", f"/api/conversations/{conversation}/messages"))["items"])

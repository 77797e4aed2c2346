"""Web and worker processes of their own over one PostgreSQL, to be killed and started again at will.

`innboks web` and `innboks worker` are what `innboks run` starts; here the test starts them, so that a dead one is back at once and not
after the supervisor's pause. They reach the database through `proxy.py`. Load comes from `senders.py`.
"""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from innboks.lib import embedded_postgres
from innboks.lib.embedded_postgres import DATABASE, USER
from innboks.lib.migrate import migrate
from tests.bench.place import Installation
from tests.live.proxy import Proxy
from tests.ports import free_port
from tests.waiting import until

READY_S = 30.0
ROLES = ("web", "worker")


class Fleet(Installation):
    """One web and one worker process; `settle_in` and the clients are those of `Installation`."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.port, self.smtp_port = free_port(), free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.server: embedded_postgres.Server | None = None
        self.proxies: dict[str, Proxy] = {}
        self.database_urls: dict[str, str] = {}

    async def open(self) -> None:
        self.data.mkdir(mode=0o755, parents=True)
        self.server = embedded_postgres.start(self.data)
        migrate(self.server.dsn)
        folder = parse_qs(urlsplit(self.server.dsn).query)["host"][0]
        for role in ROLES:
            proxy = self.proxies[role] = Proxy(f"{folder}/.s.PGSQL.5432")
            self.database_urls[role] = f"postgresql://{USER}@127.0.0.1:{await proxy.open()}/{DATABASE}"

    @property
    def dsn(self) -> str:
        assert self.server is not None
        return self.server.dsn

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "INNBOKS_HTTP": f"127.0.0.1:{self.port}",
            "INNBOKS_SMTP": f"127.0.0.1:{self.smtp_port}",
            "DATABASE_URL": self.dsn,
        }

    async def launch(self, *roles: str) -> None:
        """Starts these roles and waits until they listen."""
        for role in roles:
            if role in self.running:
                self.kill(role)
                self.running[role].wait()
            with (self.data / f"{role}.log").open("ab") as log:
                self.running[role] = subprocess.Popen(  # noqa: ASYNC220 - takes a millisecond
                    [sys.executable, "-m", "innboks", role],
                    env=self.environment() | {"DATABASE_URL": self.database_urls[role]},
                    cwd=self.data,
                    stdout=log,
                    stderr=log,
                )
        for role in roles:
            await until(lambda role=role: self._listens(role), READY_S)  # type: ignore[misc]

    def _listens(self, role: str) -> bool:
        assert self.running[role].poll() is None, (self.data / f"{role}.log").read_text()[-3000:]
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port if role == "web" else self.smtp_port)) == 0

    def kill(self, role: str) -> None:
        self.running[role].send_signal(signal.SIGKILL)

    async def close(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.kill()
            process.wait()
        for proxy in self.proxies.values():
            await proxy.close()
        if self.server is not None:
            self.server.stop()


@asynccontextmanager
async def fleet(folder: Path, echo_url: str = "http://127.0.0.1:9") -> AsyncIterator[Fleet]:
    one = Fleet(folder / "data")
    try:
        await one.open()
        await one.launch(*ROLES)
        await one.settle_in(echo_url)
        yield one
    finally:
        await one.close()


def ask(dsn: str, question: str) -> list[tuple[object, ...]]:
    """What the database holds, asked past the proxy."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        return conn.execute(question.encode()).fetchall()


async def change(dsn: str, statement: str) -> None:
    """In a thread of its own: it may wait for a row that a transaction of the fleet holds, and what that one waits for comes through the proxy, which
    runs in this loop."""
    await asyncio.to_thread(ask, dsn, statement)

"""What the rows run against: `innboks run` in a folder of its own, on free ports, with an account, people and two channel accounts.

The echo channel of the tests stands for every provider with webhooks; its messages out go to `Sink`. Read next: any of the rows.
"""

import asyncio
import hashlib
import hmac
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import msgspec
import psycopg

from innboks.lib import embedded_postgres
from tests.bench.wire import Http

ROOT = Path(__file__).parents[2]
FOLDERS = ROOT / "tests" / "channel_folders"
PASSWORD = "correct horse battery staple"
PERSON = "ada@tindra.example"
MAILBOX = "support@tindra.example"
READY_S = 60.0


class Installation:
    """One running `innboks run`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.host, self.port, self.smtp_port = "127.0.0.1", 0, 0
        self.token = ""
        self.echo: dict[str, Any] = {}
        self.mail: dict[str, Any] = {}
        self.started_in_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        found = embedded_postgres.running_dsn(self.data)
        assert found is not None, "the database runs"
        return found

    async def start(self) -> "Installation":
        """Until it says that it is ready. Raises RuntimeError with what it said instead."""
        self.data.mkdir(parents=True, exist_ok=True)
        output = self.data / "output"
        began = time.monotonic()
        with output.open("wb") as out:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - takes a millisecond
                [sys.executable, "-m", "innboks", "run"],
                env=self.environment(),
                cwd=self.data,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        while "Innboks is ready." not in (said := output.read_text()):
            if self._process.poll() is not None or time.monotonic() - began > READY_S:
                raise RuntimeError(f"Innboks did not start: {said[-2000:]}")
            await asyncio.sleep(0.02)
        self.started_in_s = time.monotonic() - began
        places = re.search(r"Open +http://[^:]+:(\d+).*Mail +[^:]+:(\d+)", said, re.DOTALL)
        while places is None:
            await asyncio.sleep(0.01)
            places = re.search(r"Open +http://[^:]+:(\d+).*Mail +[^:]+:(\d+)", output.read_text(), re.DOTALL)
        self.port, self.smtp_port = int(places[1]), int(places[2])
        return self

    def environment(self) -> dict[str, str]:
        given = {name: text for name, text in os.environ.items() if name != "DATABASE_URL" and not name.startswith("INNBOKS_")}
        return given | {
            "INNBOKS_DATA": str(self.data),
            "INNBOKS_HTTP": "127.0.0.1:0",
            "INNBOKS_SMTP": "127.0.0.1:0",
            "INNBOKS_CHANNELS": str(FOLDERS),
            "INNBOKS_ALLOW_PRIVATE": "true",
            "INNBOKS_MAIL_DOMAIN": "in.tindra.example",
            "PYTHONPATH": str(ROOT),
        }

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    # ── what is in it ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def settle_in(self, echo_url: str = "http://127.0.0.1:9") -> "Installation":
        """An account, a token, an echo channel account and a mail address, by the API."""
        async with self.client("") as nobody:
            setup = {"account_name": "Tindra", "name": "Ada Example", "email": PERSON, "password": PASSWORD}
            if (await nobody.json("GET", "/api/setup"))["needed"]:
                await nobody.json("POST", "/api/setup", setup)
        self.token = await asyncio.to_thread(self.token_of, PERSON)
        config = {"room": "bench", "url": echo_url, "api_token": "a-token"}
        async with self.client() as api:
            for one in (await api.json("GET", "/api/channel-accounts"))["items"]:
                if one["name"] == "Bench echo":
                    self.echo = one
                elif one["name"] == "Bench mail":
                    self.mail = one
            if not self.echo:
                given = {"kind": "echo", "name": "Bench echo", "config": config}
                self.echo = await api.json("POST", "/api/channel-accounts", given)
            else:
                await api.json("PATCH", f"/api/channel-accounts/{self.echo['id']}", {"config": config})
            if not self.mail:
                given = {"kind": "email", "name": "Bench mail", "config": {"method": "forwarding", "address": MAILBOX}}
                self.mail = await api.json("POST", "/api/channel-accounts", given)
        return self

    def client(self, token: str | None = None) -> Http:
        return Http(self.host, self.port, self.token if token is None else token)

    def token_of(self, email: str) -> str:
        return self._command("token", "--email", email).strip()

    def _command(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, "-m", "innboks", *arguments], env=self.environment(), cwd=self.data, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def hook(self, number: int | str, sender: str, text: str) -> tuple[str, bytes, dict[str, str]]:
        """A message of the echo provider: (path, body, headers)."""
        body = msgspec.json.encode({"type": "message", "id": f"m{number}", "sender": sender, "name": sender.title(), "text": text})
        return f"/hooks/echo/{self.echo['id']}", body, {"x-echo-signature": signature(body)}

    async def know_itself(self) -> None:
        """Has the planner look at the tables, as it does by itself within the first minute of an installation's life."""
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as conn:
            await conn.execute("analyze")

    # ── what it costs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def processes(self) -> dict[int, str]:
        """Every process of the installation: number → role ("run", "web", "worker", or what it is called)."""
        assert self._process is not None
        parents = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        found, rest = {self._process.pid}, True
        while rest:
            rest = {pid for pid, parent in parents.items() if parent in found and pid not in found}  # type: ignore[assignment]
            found |= rest  # type: ignore[arg-type]
        return {pid: _role(pid) for pid in sorted(found)}

    def cpu_s(self) -> dict[str, float]:
        """Processor time used so far by web, worker (with its parser) and database."""
        used = {"web": 0.0, "worker": 0.0, "database": 0.0}
        inside = "run"
        for pid, role in self.processes().items():
            inside = role if role in ("run", "web", "worker") else "database" if "postgres" in role else inside
            if inside in used:
                used[inside] += cpu_s(pid)
        return used

    def pid_of(self, role: str) -> int:
        return next(pid for pid, name in self.processes().items() if name == role)


def _role(pid: int) -> str:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"innboks" in words:
            return words[words.index(b"innboks") + 1].decode()
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "gone"


def pss_kb(pid: int) -> int:
    """Proportional set size: what is shared counts by its share (proc(5), smaps_rollup)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def cpu_s(pid: int) -> float:
    """Processor time used so far, with that of children that ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def each_ms(before: dict[str, float], after: dict[str, float], items: float) -> str:
    """Processor time for each item, which says more than a rate on a busy machine: "web 0.51, worker 0.00, database 0.48 ms CPU each"."""
    return ", ".join(f"{name} {1000 * (after[name] - before[name]) / items:.2f}" for name in after) + " ms CPU each"


def signature(body: bytes) -> str:
    return hmac.new(b"echo-secret", body, hashlib.sha256).hexdigest()


class Sink(asyncio.Protocol):
    """The echo provider's side: says 200 with an id to every POST, and remembers which idempotency keys it saw."""

    seen: dict[str, int] = {}
    _next_id = 0
    _key = re.compile(rb"\r\nidempotency-key: *([^\r]+)", re.IGNORECASE)
    _length = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = self._length.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            self._buffer = self._buffer[whole:]
            key = self._key.search(head)
            name = key[1].decode() if key else ""
            Sink.seen[name] = Sink.seen.get(name, 0) + 1
            Sink._next_id += 1
            body = b'{"id":"e%d"}' % Sink._next_id
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


async def open_sink() -> tuple[asyncio.Server, str]:
    """The provider, listening; (server, address)."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

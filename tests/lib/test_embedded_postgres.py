"""The embedded database, really started: as root and as an ordinary user, in closed folders, after crashes."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from innboks.lib import embedded_postgres
from innboks.lib.embedded_postgres import DatabaseNotStarted, program, running_dsn, start

REPOSITORY = Path(__file__).parents[2]
INSTALLED = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []


def _ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as conn:
        cursor = conn.execute(query.encode())
        return None if cursor.description is None else (cursor.fetchone() or [None])[0]


def _processes(data: Path) -> list[int]:
    return embedded_postgres._processes_in(data / "postgres" / "cluster")


@pytest.mark.parametrize("pg_bin", [None, *INSTALLED])
def test_it_starts_keeps_and_stops(tmp_path: Path, pg_bin: Path | None) -> None:
    began = time.monotonic()
    server = start(tmp_path, pg_bin)
    assert time.monotonic() - began < 30  # hangs are found here; the figure stands in the bench
    assert server.alive()
    assert server.dsn == running_dsn(tmp_path)
    assert _ask(server.dsn, "SHOW fsync") == "on"
    assert _ask(server.dsn, "SHOW synchronous_commit") == "on"
    assert _ask(server.dsn, "SHOW listen_addresses") == ""
    assert _ask(server.dsn, "SELECT lower('ÅSE ÉCOLE')") == "åse école"
    _ask(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 30  # hangs are found here; the figure stands in the bench
    assert not server.alive()
    assert running_dsn(tmp_path) is None
    assert _processes(tmp_path) == []
    again = start(tmp_path, pg_bin)
    assert _ask(again.dsn, "SELECT answer FROM kept") == 42
    again.stop()


def test_any_path_will_do_also_a_closed_one(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    data = closed / 'it\'s, "odd" %s' / ("long" * 30)
    data.mkdir(parents=True)
    closed.chmod(0o700)
    server = start(data)
    dsn = server.dsn
    _ask(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    again = start(data)
    assert again.dsn == dsn  # whoever knew the address finds the server again
    assert _ask(dsn, "SELECT answer FROM kept") == 42
    again.stop()
    server.stop()
    assert not Path(parse_qs(urlsplit(dsn).query)["host"][0]).is_symlink()  # the short link is gone too


def _as_ordinary_user(work: Callable[[], None]) -> None:
    """Run it in a child that is 'nobody' (or, where the tests run as an ordinary user, as that user)."""
    if (child := os.fork()) == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                account = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def open_folder() -> Path:
    """A folder in which an ordinary user may work, outside pytest's closed one."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="innboks-test-", dir="/tmp"))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    return folder


def test_an_ordinary_user_and_then_root_may_start_it(open_folder: Path) -> None:
    data = open_folder / "data"

    def work() -> None:
        server = start(data)
        assert _ask(server.dsn, "SELECT current_user") == "innboks"
        _ask(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop()
        assert _processes(data) == []

    _as_ordinary_user(work)
    server = start(data)
    assert _ask(server.dsn, "SELECT answer FROM kept") == 42
    server.stop()
    _as_ordinary_user(lambda: start(data).stop())
    shutil.rmtree(open_folder)


def test_what_root_made_is_refused_to_others_in_a_sentence(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir()
    start(data).stop()
    if os.geteuid() != 0:
        shutil.rmtree(open_folder)
        return
    (data / "postgres").chmod(0o755)

    def work() -> None:
        with pytest.raises(DatabaseNotStarted, match="belongs to another user"):
            start(data)

    _as_ordinary_user(work)
    shutil.rmtree(open_folder)


def test_only_its_own_user_and_root_may_connect(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir()
    server = start(data)
    assert (data / "postgres").stat().st_mode & 0o077 == 0
    if os.geteuid() == 0:
        for folder in (data / "postgres", data / "postgres" / "run"):
            folder.chmod(0o755)
        (data / "postgres" / "run" / ".s.PGSQL.5432").chmod(0o777)  # even then the server asks the kernel who it is

        def work() -> None:
            with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
                psycopg.connect(server.dsn)

        _as_ordinary_user(work)
    server.stop()
    shutil.rmtree(open_folder)


def test_programs_in_a_closed_folder_are_made_reachable(tmp_path: Path) -> None:
    site = tmp_path / "closed"
    source = program("postgres").parents[2]
    shutil.copytree(source, site / "embedded_postgres")
    shutil.copytree(source.with_name("embedded_postgres.libs"), site / "embedded_postgres.libs")
    site.chmod(0o700)
    code = "import sys; from pathlib import Path; from innboks.lib.embedded_postgres import start, program; "
    code += "assert program('postgres').is_relative_to(sys.argv[2]); start(Path(sys.argv[1])).stop()"
    environment = os.environ | {"PYTHONPATH": f"{site}:{REPOSITORY}"}
    subprocess.run([sys.executable, "-c", code, tmp_path / "data", site], env=environment, check=True)


def test_a_server_left_running_is_ended_first(tmp_path: Path) -> None:
    first = start(tmp_path)
    _ask(first.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    busy = psycopg.connect(first.dsn)
    busy.execute("SELECT 1")
    second = start(tmp_path)
    assert not first.alive()
    busy.close()
    assert _ask(second.dsn, "SELECT answer FROM kept") == 42
    second.stop()


def test_when_its_parent_is_killed_it_ends_and_loses_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from innboks.lib.embedded_postgres import start\n"
        "server = start(Path(sys.argv[1])); print(server.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    dsn = running_dsn(tmp_path)
    assert dsn is not None
    _ask(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    parent.kill()
    parent.wait()
    server = start(tmp_path)  # at once, while the old one is still going down
    assert server.pid != pid
    assert _ask(server.dsn, "SELECT answer FROM kept") == 42
    server.stop()
    assert _processes(tmp_path) == []


def test_after_a_crash_of_the_server_every_committed_row_is_there(tmp_path: Path) -> None:
    server = start(tmp_path)
    _ask(server.dsn, "CREATE TABLE kept (id int)")
    for number in range(50):
        _ask(server.dsn, f"INSERT INTO kept VALUES ({number})")
    for pid in _processes(tmp_path):
        with suppress(ProcessLookupError):  # the others end by themselves when the first one dies
            os.kill(pid, signal.SIGKILL)
    again = start(tmp_path)
    assert _ask(again.dsn, "SELECT count(*) FROM kept") == 50
    again.stop()
    server.stop()


def test_a_stale_lock_file_that_names_another_process_is_no_obstacle(tmp_path: Path) -> None:
    start(tmp_path).stop()
    lock = tmp_path / "postgres" / "cluster" / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n/elsewhere\n1\n5432\n\n\n")
    server = start(tmp_path)
    server.stop()


def test_a_database_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    start(tmp_path).stop()
    (tmp_path / "postgres" / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseNotStarted, match=r"is of PostgreSQL 14, and the programs are of PostgreSQL 18.*innboks restore"):
        start(tmp_path)


def test_a_first_start_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    start(tmp_path).stop()


def test_a_database_that_cannot_start_says_why(tmp_path: Path) -> None:
    start(tmp_path).stop()
    control = tmp_path / "postgres" / "cluster" / "global" / "pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)
    with pytest.raises(DatabaseNotStarted, match=r"did not start: .*More is in"):
        start(tmp_path)

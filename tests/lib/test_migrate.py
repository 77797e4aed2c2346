"""The migrator: once, in order, whole, and never behind anybody's back."""

from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import psycopg
import pytest

from innboks.lib.migrate import MigrationFailed, migrate, pending, unknown


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE one (x int); INSERT INTO one VALUES (1);")
    (tmp_path / "0002_second.sql").write_text("ALTER TABLE one ADD COLUMN y text DEFAULT '50 %';")
    return tmp_path


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as conn:
        return (conn.execute(query.encode()).fetchone() or [None])[0]


def test_each_is_applied_once_and_in_order(empty_dsn: str, folder: Path) -> None:
    names = ["procrastinate/schema", "0001_first.sql", "0002_second.sql"]
    assert pending(empty_dsn, folder) == names
    assert migrate(empty_dsn, folder) == names
    assert pending(empty_dsn, folder) == []
    assert migrate(empty_dsn, folder) == []
    assert ask(empty_dsn, "SELECT y FROM one") == "50 %"
    (folder / "0003_third.sql").write_text("DROP TABLE one;")
    assert migrate(empty_dsn, folder) == ["0003_third.sql"]


def test_many_may_start_at_once(empty_dsn: str, folder: Path) -> None:
    with ThreadPoolExecutor(5) as pool:
        done = list(pool.map(lambda _: migrate(empty_dsn, folder), range(5)))
    assert sorted(map(len, done)) == [0, 0, 0, 0, 3]


def test_one_that_fails_leaves_what_was_before(empty_dsn: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text("CREATE TABLE two (x int); SELECT 1/0;")
    with pytest.raises(MigrationFailed, match=r"0002_second.sql failed and was undone: division by zero"):
        migrate(empty_dsn, folder)
    assert ask(empty_dsn, "SELECT to_regclass('one') IS NOT NULL AND to_regclass('two') IS NULL") is True
    (folder / "0002_second.sql").write_text("CREATE TABLE two (x int);")
    assert migrate(empty_dsn, folder) == ["0002_second.sql"]


def test_changed_history_is_an_error(empty_dsn: str, folder: Path) -> None:
    migrate(empty_dsn, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE one (x bigint);")
    with pytest.raises(MigrationFailed, match=r"0001_first.sql was changed after it had been applied"):
        migrate(empty_dsn, folder)


def test_a_database_of_a_newer_program_is_left_alone(empty_dsn: str, folder: Path) -> None:
    migrate(empty_dsn, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(MigrationFailed, match=r"newer than this program: it has 0002_second.sql"):
        migrate(empty_dsn, folder)
    assert unknown(["0001_first.sql", "0009_later.sql", "procrastinate/x"], folder) == ["0009_later.sql"]


def test_a_file_with_an_odd_name_is_refused(empty_dsn: str, folder: Path) -> None:
    (folder / "later.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationFailed, match=r"not named like 0001_what_it_does.sql"):
        migrate(empty_dsn, folder)


def test_the_job_queue_follows_its_package(empty_dsn: str, tmp_path: Path) -> None:
    """A database made with an older procrastinate gets the packaged steps that it lacks, and only those."""
    steps = resources.files("procrastinate.sql") / "migrations"
    files = sorted((file for file in steps.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    with psycopg.connect(empty_dsn, autocommit=True) as conn:
        conn.execute("CREATE TABLE migration (name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())")
        for file in files[:-2]:
            conn.execute(file.read_bytes())
            conn.execute("INSERT INTO migration (name, hash) VALUES (%s, '')", (f"procrastinate/{file.name.removesuffix('.sql')}",))
    expected = [f"procrastinate/{file.name.removesuffix('.sql')}" for file in files[-2:]]
    assert pending(empty_dsn, tmp_path) == expected
    assert migrate(empty_dsn, tmp_path) == expected
    assert migrate(empty_dsn, tmp_path) == []
    assert ask(empty_dsn, "SELECT count(*) FROM procrastinate_jobs") == 0


def test_our_own_schema_comes_up(dsn: str) -> None:
    assert pending(dsn) == []

"""The copy of a whole database, out and in, with PostgreSQL's own programs.

Why it exists: `pg_dump` and `psql` know every type, index and trigger, and read the dump of an older server into a newer
one; so a backup also moves people from the embedded database to a managed one. Read next: `innboks/backup.py`.
"""

import gzip
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from innboks.errors import InnboksError
from innboks.lib.embedded_postgres import program

_HEADER_LINES = 60
_NEWER_THAN_SERVER = b"SET transaction_timeout"
"""Written by the programs of PostgreSQL 17 and later, and not understood by older servers; it changes nothing for us."""


class DumpFailed(InnboksError):
    """The database could not be written out or read in; nothing was changed."""

    code = "dump_failed"


def dump(dsn: str, to: Path, pg_bin: Path | None = None) -> dict[str, int]:
    """Write the database as SQL, gzip-compressed, to the file `to`. Returns the rows of each table, of the same moment."""
    with psycopg.connect(dsn) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = _one(conn, "SELECT pg_export_snapshot()")
        rows = {table: int(_one(conn, f'SELECT count(*) FROM "{table}"')) for table in _tables(conn)}  # noqa: S608 - names from the catalogue
        address, environment = _connection(dsn)
        what = [f"--dbname={address}", f"--snapshot={snapshot}", f"--file={to}", "--no-owner", "--no-privileges", "--compress=6"]
        command: list[str | Path] = [program("pg_dump", pg_bin), *what]
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode != 0:
        raise DumpFailed(f"the database could not be written out: {made.stderr.strip()}")
    return rows


def load(dsn: str, dumped: Path, pg_bin: Path | None = None) -> None:
    """Replace the database's content by such a file: all of it, or, when anything fails, nothing."""
    address, environment = _connection(dsn)
    how = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=-"]
    command: list[str | Path] = [program("psql", pg_bin), f"--dbname={address}", *how]
    reading = subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert reading.stdin is not None
    assert reading.stderr is not None
    try:
        with reading.stdin as sql, gzip.open(dumped) as source:
            sql.write(b"SET client_min_messages = warning;\nDROP SCHEMA public CASCADE;\n")
            header = b"".join(source.readline() for _ in range(_HEADER_LINES))
            if b"CREATE SCHEMA public;" not in header:
                sql.write(b"CREATE SCHEMA public;\n")
            sql.write(b"".join(line for line in header.splitlines(keepends=True) if not line.startswith(_NEWER_THAN_SERVER)))
            while piece := source.read(1 << 20):
                sql.write(piece)
    except BrokenPipeError:
        pass  # psql gave up; it says why
    said = reading.stderr.read().decode(errors="replace").strip()
    if reading.wait() != 0:
        raise DumpFailed(f"the database could not be read in, and was left as it was: {said}")


def is_unused(dsn: str) -> bool:
    """Is there no account in this database, so that nothing is lost when it is replaced?"""
    with psycopg.connect(dsn) as conn:
        return "account" not in _tables(conn) or not _one(conn, "SELECT EXISTS (SELECT FROM account)")


def count_rows(dsn: str) -> dict[str, int]:
    """Rows of each table."""
    with psycopg.connect(dsn) as conn:
        return {table: int(_one(conn, f'SELECT count(*) FROM "{table}"')) for table in _tables(conn)}  # noqa: S608 - see above


def migrations(dsn: str) -> list[str]:
    """Names of the migrations that this database has seen."""
    with psycopg.connect(dsn) as conn:
        if "migration" not in _tables(conn):
            return []
        return [row[0] for row in conn.execute("SELECT name FROM migration ORDER BY name")]


def begin_new_epoch(dsn: str) -> None:
    """After a restore: readers that hold a place in the old event log begin again (see the table `server`)."""
    with psycopg.connect(dsn) as conn:
        conn.execute("UPDATE server SET epoch = %s", (secrets.token_hex(32),))


@contextmanager
def throwaway(dsn: str) -> Iterator[str]:
    """An empty database on the same server, dropped at the end of the block. The user needs the right to make databases."""
    name = f"innboks_check_{secrets.token_hex(6)}"
    with psycopg.connect(dsn, autocommit=True) as conn:
        try:
            conn.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except psycopg.errors.InsufficientPrivilege as error:
            raise DumpFailed("this database user may not make a database to try the backup in. Give it CREATEDB.") from error
        try:
            yield urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))
        finally:
            conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _tables(conn: psycopg.Connection) -> list[str]:
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
    return sorted(row[0] for row in conn.execute(query))


def _one(conn: psycopg.Connection, query: str) -> str | int | bool:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    value: str | int | bool = row[0]
    return value


def _connection(dsn: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and an environment that has it: arguments of programs are for all to see."""
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    address = make_conninfo("", **{name: str(value) for name, value in parts.items()})
    return address, environment | ({} if password is None else {"PGPASSWORD": str(password)})

"""Brings a database's schema to the version of this program. Forward only.

Why it exists: SQL is the schema's language, so a migration is a numbered file in `innboks/migrations`, run once, whole,
in its own transaction, under an advisory lock (several processes may start at once), and written down with its hash:
history that was changed afterwards is an error, never a surprise.

The job queue's tables belong to `procrastinate`. On a fresh database its packaged `schema.sql` is applied and the
packaged migrations, which that schema already contains, are written down as done. After an upgrade of the package, the
packaged migrations that are not yet written down run in the order of their names (`03.04.00_01_pre_…` before
`…_50_post_…`); both kinds at once, because `innboks run` migrates while nothing else runs. Read next: `migrations/`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import msgspec
import psycopg

from innboks.errors import InnboksError

LOCK_KEY = 0x696E6E626F6B73  # "innboks" in ASCII
OWN_FOLDER = Path(__file__).parent.parent / "migrations"

_NUMBERED = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_QUEUE = "procrastinate/"
_TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    hash text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationFailed(InnboksError):
    """The schema was not changed any further; `str()` is a sentence for the operator."""

    code = "migration_failed"


class Step(msgspec.Struct, frozen=True):
    """One migration. `sql` None: already contained in a step before it, only to be written down."""

    name: str
    sql: str | None
    hash: str


def migrate(dsn: str, folder: Path = OWN_FOLDER) -> list[str]:
    """Apply what is missing, in order; returns the names of what was applied. Raises MigrationFailed."""
    done: list[str] = []
    with psycopg.connect(dsn, autocommit=True, application_name="innboks migrate") as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))  # let go when the connection closes
        conn.execute("SET client_min_messages = warning")
        conn.execute(_TABLE)
        applied = _applied(conn)
        for step in _missing(folder, applied):
            try:
                with conn.transaction():
                    if step.sql is not None:
                        conn.execute(step.sql.encode())
                    conn.execute("INSERT INTO migration (name, hash) VALUES (%s, %s)", (step.name, step.hash))
            except psycopg.Error as error:
                raise MigrationFailed(f"migration {step.name} failed and was undone: {error}") from error
            if step.sql is not None:
                done.append(step.name)
    return done


def pending(dsn: str, folder: Path = OWN_FOLDER) -> list[str]:
    """Names of migrations that `migrate` would apply. Changes nothing. Raises MigrationFailed."""
    with psycopg.connect(dsn, autocommit=True, application_name="innboks migrate") as conn:
        exists = conn.execute("SELECT to_regclass('migration') IS NOT NULL").fetchone()
        applied = _applied(conn) if exists and exists[0] else {}
        return [step.name for step in _missing(folder, applied) if step.sql is not None]


def unknown(names: Iterable[str], folder: Path = OWN_FOLDER) -> list[str]:
    """Those of these names that this program does not have: their database was made by a newer one."""
    known = {file.name for file in folder.glob("*.sql")}
    return sorted(name for name in names if not name.startswith(_QUEUE) and name not in known)


def _applied(conn: psycopg.Connection) -> dict[str, str]:
    return dict(conn.execute("SELECT name, hash FROM migration").fetchall())


def _missing(folder: Path, applied: dict[str, str]) -> Iterator[Step]:
    own = [_step(file.name, file.read_bytes()) for file in sorted(folder.glob("*.sql"))]
    for step in own:
        if not _NUMBERED.fullmatch(step.name):
            raise MigrationFailed(f"{step.name} in {folder} is not named like 0001_what_it_does.sql")
        if applied.get(step.name, step.hash) != step.hash:
            raise MigrationFailed(
                f"migration {step.name} was changed after it had been applied here. Put it back as it was; write a new one instead."
            )
    if newer := unknown(applied, folder):
        raise MigrationFailed(f"the database is newer than this program: it has {newer[-1]}. Start the newer version, or restore a backup.")
    yield from (step for step in _queue_steps(applied) if step.name not in applied)
    yield from (step for step in own if step.name not in applied)


def _queue_steps(applied: dict[str, str]) -> Iterator[Step]:
    """procrastinate's own steps. A step of theirs whose text changed between versions is not run again."""
    package = resources.files("procrastinate.sql")
    is_fresh = not any(name.startswith(_QUEUE) for name in applied)
    if is_fresh:
        yield _step(f"{_QUEUE}schema", (package / "schema.sql").read_bytes())
    files = sorted((file for file in (package / "migrations").iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    for file in files:
        step = _step(_QUEUE + file.name.removesuffix(".sql"), file.read_bytes())
        yield Step(step.name, None, step.hash) if is_fresh else step


def _step(name: str, sql: bytes) -> Step:
    return Step(name, sql.decode(), hashlib.sha256(sql).hexdigest())

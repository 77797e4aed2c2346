"""Runs the tests marked `database` once more, on a PostgreSQL of another making than the bundled one.

Why it exists: operators bring their own server, of another version and with other settings, so what touches the database is tried there too.
With DATABASE_URL all of them run on that server. Without it, one that answers at 127.0.0.1:5432 and lets this user in is looked for: its programs
run all of them on servers made for the tests, side by side, for on a shared one a transaction of any database holds up what the event log gives out
in all of them; and what a running server can make different (reconnecting, migrations, the two roads, the stream) runs on it, too. The tests
make databases of their own and remove them. Where there is no server, this says so and leaves it at that: nothing else depends on it.
"""

import getpass
import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SIDE_BY_SIDE = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
ON_THE_SERVER = [
    "tests/lib",
    "tests/core/test_receive.py",
    "tests/core/test_send.py",
    "tests/core/test_reconnecting.py",
    "tests/channels/email/test_both_roads.py",
    "tests/api/test_stream.py",
]


def main() -> int:
    if given := os.environ.get("DATABASE_URL"):
        print("On the server of DATABASE_URL", flush=True)
        return run(given, *sys.argv[1:])
    url = find_server()
    if url is None:
        print(
            "No PostgreSQL server at 127.0.0.1:5432 lets this user in, and DATABASE_URL is not set: the bundled PostgreSQL alone is tested."
        )
        return 0
    programs = programs_of(url)
    if programs is None:
        print("On the server at 127.0.0.1:5432", flush=True)
        return run(url, *sys.argv[1:])
    print(f"With the programs of the server at 127.0.0.1:5432, in {programs}", flush=True)
    beside = run(None, *SIDE_BY_SIDE, *sys.argv[1:], INNBOKS_TEST_PROGRAMS=str(programs))
    if beside or sys.argv[1:]:
        return beside
    print("On the server at 127.0.0.1:5432", flush=True)
    return run(url, *ON_THE_SERVER)


def run(url: str | None, *more: str, **settings: str) -> int:
    environment = {**os.environ, **settings} | ({} if url is None else {"DATABASE_URL": url})
    return subprocess.run([sys.executable, "-m", "pytest", "-m", "database", *more], cwd=ROOT, env=environment).returncode


def find_server() -> str | None:
    for user in (getpass.getuser(), "postgres"):
        url = f"postgresql://{user}@127.0.0.1:5432/postgres"
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                row = connection.execute("select rolcreatedb or rolsuper from pg_roles where rolname = current_user").fetchone()
        except psycopg.OperationalError:
            continue
        if row and row[0]:
            return url
    return None


def programs_of(url: str) -> Path | None:
    """The folder of the server's programs; None where it is another machine's, or not told."""
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("select setting from pg_config where name = 'BINDIR'").fetchone()
    except psycopg.Error:
        return None
    folder = Path(row[0]) if row else None
    return folder if folder is not None and all((folder / name).exists() for name in ("initdb", "postgres")) else None


if __name__ == "__main__":
    sys.exit(main())

"""Runs the tests marked `database` once more, on a PostgreSQL server instead of the bundled one.

Why it exists: operators bring their own server, of another version and with other settings, so what touches the database is tried there
too. The server is DATABASE_URL or, without it, one that answers at 127.0.0.1:5432 and lets this user in. The tests make databases of their
own there and remove them. Where there is no server, this says so and leaves it at that: nothing else depends on it.
"""

import getpass
import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    given = os.environ.get("DATABASE_URL")
    url = given or find_server()
    if url is None:
        print(
            "No PostgreSQL server at 127.0.0.1:5432 lets this user in, and DATABASE_URL is not set: the bundled PostgreSQL alone is tested."
        )
        return 0
    print("On the server of DATABASE_URL" if given else "On the server at 127.0.0.1:5432", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", "database", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}).returncode


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


if __name__ == "__main__":
    sys.exit(main())

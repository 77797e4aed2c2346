"""A small program with the roles that the supervisor starts, for `test_supervise.py`: `python supervised.py web|worker|migrate|run`.

`web` says that it is ready. `worker` writes numbered rows, and after each commit the number into `<data>/committed`. Each
role writes its process id into `<data>/<role>.pid`. The environment makes them misbehave: DEAF (ignores SIGTERM), CODE.
"""

import os
import signal
import sys
import time
from pathlib import Path

from innboks.config import load_settings
from innboks.errors import InnboksError
from innboks.supervise import follow_parent, run

# What a role needs is imported by the role: `run` itself must stay small.


def _web(_: Path) -> None:
    import socket

    settings = load_settings(os.environ, Path.cwd())
    with socket.create_server((settings.http.host, settings.http.port)) as listening:
        while True:
            caller, _address = listening.accept()
            with caller:
                found = caller.recv(4096).startswith(b"GET /readyz ")
                caller.sendall(b"HTTP/1.0 200 OK\r\n\r\n" if found else b"HTTP/1.0 404 Not Found\r\n\r\n")


def _worker(data: Path) -> None:
    import psycopg

    with (data / "committed").open("a") as committed:
        while True:
            try:
                with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
                    conn.execute("CREATE TABLE IF NOT EXISTS kept (id bigint GENERATED ALWAYS AS IDENTITY)")
                    while True:
                        row = conn.execute("INSERT INTO kept DEFAULT VALUES RETURNING id").fetchone()
                        assert row is not None
                        committed.write(f"{row[0]}\n")
                        committed.flush()
                        time.sleep(0.001)
            except psycopg.OperationalError:
                time.sleep(0.05)


def _role(name: str) -> None:
    follow_parent()
    data = Path(os.environ["INNBOKS_DATA"])
    if os.environ.get("DEAF"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if code := os.environ.get("CODE"):
        sys.exit(int(code))
    (data / f"{name}.pid").write_text(str(os.getpid()))
    {"web": _web, "worker": _worker}[name](data)


def main(name: str) -> int:
    if name == "run":
        try:
            return run(load_settings(os.environ, Path.cwd()), program=(sys.executable, __file__))
        except InnboksError as error:
            print(error, file=sys.stderr)
            return 1
    if name == "migrate":
        from innboks.lib.migrate import migrate

        migrate(os.environ["DATABASE_URL"])
    else:
        _role(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

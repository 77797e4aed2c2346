"""Who may use the data folder: one Innboks at a time.

Why it exists: two servers on one database folder would destroy it. The lock is the kernel's (`flock`), so it ends with
the process that holds it, however that ends; the number in the file is for people. Commands such as `innboks setup` must
work whether Innboks runs or not: `database` gives them its address in both cases. Read next: `embedded_postgres.py`.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from innboks.config import Settings
from innboks.errors import InnboksError
from innboks.lib import embedded_postgres

STARTING_S = 30.0
"""How long a command waits for the database of an Innboks that is just starting."""


class AlreadyRunning(InnboksError):
    """Another process uses this data folder."""

    code = "already_running"


@contextmanager
def data_lock(data: Path) -> Iterator[None]:
    """Hold the folder for the length of the block. Makes the folder. Raises AlreadyRunning at once when somebody has it."""
    data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = os.read(descriptor, 20).decode(errors="replace").strip()
            whom = f" (process {who})" if who.isdecimal() else ""
            raise AlreadyRunning(
                f"Innboks already runs on the data folder {data}{whom}. Stop it first, or choose another folder with INNBOKS_DATA."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address (DSN) of the database, for a command.

    DATABASE_URL; or the embedded database of an Innboks that runs; or, when none runs, one started for the length of the
    block, with the folder locked. Raises AlreadyRunning when an Innboks runs here but its database does not come up.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with ExitStack() as held:
        try:
            held.enter_context(data_lock(settings.data))
        except AlreadyRunning as error:
            dsn = _running_dsn(settings.data, error)
        else:
            server = embedded_postgres.start(settings.data, settings.pg_bin)
            held.callback(server.stop)
            dsn = server.dsn
        yield dsn


def _running_dsn(data: Path, error: AlreadyRunning) -> str:
    deadline = time.monotonic() + STARTING_S
    while (dsn := embedded_postgres.running_dsn(data)) is None:
        if time.monotonic() > deadline:
            raise error
        time.sleep(0.1)
    return dsn

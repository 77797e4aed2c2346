"""Installations with a past: 10 000 or 1 000 000 conversations, made once and kept in a cache folder outside the project.

They are made by `stored.sql` straight in the database, in minutes instead of the hours that the roads would take. A later run uses them
again and brings them to this version's schema, as an update does. Read next: `pages.py`.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.bench.place import Installation

SQL = Path(__file__).parent / "stored.sql"
INBOXES = 3


def cache_folder() -> Path:
    """INNBOKS_BENCH_CACHE, or a folder of ours in the user's cache."""
    given = os.environ.get("INNBOKS_BENCH_CACHE")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "innboks-bench"


async def stored(total: int, say: Callable[[str], None], echo_url: str = "http://127.0.0.1:9") -> Installation:
    """An installation with that many conversations, running. The caller stops it."""
    mark = hashlib.sha256(SQL.read_bytes()).hexdigest()[:12]
    folder = cache_folder() / f"{total}-{mark}"
    done = folder / "done"
    if done.exists():
        try:
            return await (await Installation(folder / "data").start()).settle_in(echo_url)
        except RuntimeError as error:
            say(f"the kept data cannot be used any more, so it is made anew ({str(error)[-200:].strip()})")
    for old in folder.parent.glob(f"{total}-*"):
        shutil.rmtree(old)
    folder.mkdir(parents=True)
    say(f"making {total:,} conversations in {folder} (once)")
    place = await (await Installation(folder / "data").start()).settle_in(echo_url)
    began = time.monotonic()
    try:
        async with place.client() as api:
            for number in range(2, INBOXES + 1):
                await api.json("POST", "/api/inboxes", {"name": f"Inbox {number}"})
        await _fill(place, total, say)
    except BaseException:
        place.stop()
        raise
    say(f"{total:,} conversations made in {time.monotonic() - began:.0f} s")
    done.touch()
    return place


async def _fill(place: Installation, total: int, say: Callable[[str], None]) -> None:
    async with await psycopg.AsyncConnection.connect(place.dsn, autocommit=True, cursor_factory=psycopg.AsyncClientCursor) as conn:
        await conn.execute("set session_replication_role = replica")
        await conn.execute("set synchronous_commit = off")
        await conn.execute("set work_mem = '256MB'")
        for number, statement in enumerate(SQL.read_text().split(";\n\n"), 1):
            began = time.monotonic()
            await conn.execute(statement, {"total": total})
            if time.monotonic() - began > 5:
                say(f"step {number} of stored.sql took {time.monotonic() - began:.0f} s")
        await conn.execute("vacuum analyze")
        await conn.execute("checkpoint")

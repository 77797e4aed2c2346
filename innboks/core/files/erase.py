"""The files of what was deleted for good go at once, not with the nightly sweep (R-806): a job that is written with the deletion, so that a crash in
between forgets none of them. A file that somebody has stored again just now waits a little, for the row that will refer to it. Read beside `sweep.py`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from innboks.core.files import store
from innboks.core.parts import Parts

FRESH = timedelta(minutes=10)
"""Longer than from the bytes of an upload or a received file to their row."""


async def erase_files(parts: Parts, hashes: Sequence[str]) -> datetime | None:
    """Removes those that no row of any account refers to. Returns when to look again, None when all is done."""
    async with parts.db.connection() as conn:
        unused = await store.unreferenced(conn, hashes)
    again: datetime | None = None
    for one in unused:
        used_at = await parts.files.used_at(one)
        if used_at is not None and parts.clock.now() - used_at < FRESH:
            again = max(again or used_at, used_at + FRESH)
        else:
            await parts.files.delete(one)
    return again

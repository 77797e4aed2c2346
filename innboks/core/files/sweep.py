"""Removes from the file store what no row refers to (DESIGN §5). Bytes are stored before their row, so only old ones are looked at."""

from datetime import timedelta

import structlog

from innboks.core.contact_transfers import store as contact_transfers
from innboks.core.files import store
from innboks.core.library import store as library
from innboks.core.parts import Parts

log = structlog.get_logger("sweep")

AGE = timedelta(days=2)
"""Older than any transaction or upload that could still come to refer to it."""
UPLOAD_AGE = timedelta(days=7)
BATCH = 500


async def sweep_files(parts: Parts) -> int:
    """How many files were removed."""
    async with parts.db.transaction() as conn:
        await store.drop_old_uploads(conn, UPLOAD_AGE.total_seconds())
        await library.drop_deleted(conn, UPLOAD_AGE.total_seconds())
        await contact_transfers.clear_away(conn, UPLOAD_AGE.total_seconds())
    before = parts.clock.now() - AGE
    removed, batch = 0, list[str]()
    async for stored in parts.files.listing():
        if stored.used_at < before:
            batch.append(stored.hash)
        if len(batch) >= BATCH:
            removed += await _remove(parts, batch)
            batch = []
    removed += await _remove(parts, batch)
    log.info("files swept", removed=removed)
    return removed


async def _remove(parts: Parts, hashes: list[str]) -> int:
    async with parts.db.connection() as conn:
        unused = await store.unreferenced(conn, hashes)
    for one in unused:
        await parts.files.delete(one)
    return len(unused)

"""Keeps the search index up, in the worker: follows the event log, walks over what was there before, and has attached files read.

Nothing is written on the two roads for it. The log is read below the oldest running transaction (docs/decisions/0003-event-cursor.md), so a message that
commits late is never skipped, and the place up to which it is followed moves in the same transaction as the entries. When many messages come at
once, the index takes a small part of the database's time and catches up later. Read next: `store_index.py`, `files.py`.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from prometheus_client import Gauge

from innboks.core.events import store as events
from innboks.core.events.store import Row
from innboks.core.parts import Parts
from innboks.core.search import store_index as store
from innboks.core.search.files import READABLE, SIZE_MAX, read_next_file
from innboks.lib.db import Connection

log = structlog.get_logger("search")

POLL_S = 1.0
BATCH = 200
WALK_BATCH = 500
RELATED_MAX = 5_000
"""Messages that are looked at again for one change: of a conversation that was moved, a contact that was renamed."""
SOON_S = 0.02
"""A note is waited on so long, so that messages that come together are taken together."""
SHARE = 0.2
"""Of the time, this part goes to it at most: the more there is, the more is taken at once, which costs less for each message."""
PAUSE_AFTER_ERROR_S = 5.0
_waiting = Gauge("innboks_search_index_waiting_events", "Events of the log that the search index has not taken in")
_late_s = Gauge("innboks_search_index_late_seconds", "Age of the oldest event that the search index has not taken in")
_to_walk = Gauge("innboks_search_index_messages_to_walk", "Messages from before that the search index has not taken in")


async def keep_index(parts: Parts) -> None:
    """Runs until cancelled."""
    news = asyncio.Event()

    def on_news(account_id: int) -> None:
        news.set()

    def on_signal(account_id: int, signal: dict[str, Any]) -> None:
        pass

    listener = asyncio.create_task(parts.wake.listen(on_news, on_signal, news.set))
    reader = asyncio.create_task(_again_and_again(lambda: _read_files(parts)))
    try:
        await _again_and_again(lambda: _keep_up(parts, news))
    finally:
        listener.cancel()
        reader.cancel()
        await asyncio.gather(listener, reader, return_exceptions=True)


async def _again_and_again(work: Callable[[], Any]) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            log.warning("the search index stands still for a moment", error=type(error).__name__, code=getattr(error, "sqlstate", None))
            await asyncio.sleep(PAUSE_AFTER_ERROR_S)


async def _keep_up(parts: Parts, news: asyncio.Event) -> None:
    while True:
        try:
            async with asyncio.timeout(POLL_S):
                await news.wait()
            await asyncio.sleep(SOON_S)
        except TimeoutError:
            pass
        news.clear()
        async with parts.db.connection() as conn:
            accounts = await store.behind(conn)
        if accounts:
            for account_id in accounts:
                if await take_step(parts, account_id):
                    news.set()


async def measure(parts: Parts) -> None:
    """Sets the figures for Prometheus; asked when they are read, because the process that is asked is not the one that keeps the index."""
    async with parts.db.connection() as conn:
        lag = await store.lag(conn)
    _waiting.set(lag.events)
    _late_s.set(lag.waiting_s)
    _to_walk.set(lag.to_walk)


async def take_step(parts: Parts, account_id: int) -> bool:
    """One batch of what is new, and one of what is old. True when there is more to do at once."""
    began = time.monotonic()
    more = await follow(parts, account_id)
    if not more:
        more = await walk_back(parts, account_id)
    took = time.monotonic() - began
    await asyncio.sleep(took * (1 / SHARE - 1))
    return more


async def index_all(parts: Parts, account_id: int) -> None:
    """Until everything that is committed is in, without pauses. For tests, the demo and the bench."""
    while await follow(parts, account_id) or await walk_back(parts, account_id):
        pass
    while await read_next_file(parts):
        pass


async def follow(parts: Parts, account_id: int) -> bool:
    """Takes in the next events. True when there may be more."""
    async with parts.db.transaction() as conn:
        if not await store.try_lock(conn, account_id):
            return False
        place = await store.progress(conn, account_id)
        if place is None or place.is_astray:
            await store.begin(conn, account_id)
            return True
        read = await events.after(conn, account_id, place.tx, place.event_id, BATCH)
        if not read.rows:
            return False
        message_ids, is_all = await _touched(conn, account_id, read.rows)
        await _take_in(conn, account_id, message_ids)
        if not is_all:
            return True  # the same events once more, with fewer messages out of place
        await store.follow_to(conn, account_id, read.rows[-1].tx, read.rows[-1].id)
    return len(read.rows) == BATCH


async def _touched(conn: Connection, account_id: int, rows: list[Row]) -> tuple[list[int], bool]:
    """The messages whose entries may be different after these events, and whether these are all. The entries of contacts are made right on the way."""
    # How far a message has got is not looked for by words: half of the news of an answer.
    messages = {id for row in rows if row.data.get("of") != "dispatch" for id in _ids(row.data, "message_id", "message_ids")}
    contacts = {id for row in rows for id in _ids(row.data, "contact_id", "contact_ids") if row.type.startswith("contact")}
    moved = {row.conversation_id for row in rows if row.conversation_id is not None and row.type.startswith(("conversation.", "messages."))}
    misplaced = await store.misplaced(conn, account_id, sorted(moved), RELATED_MAX) if moved else []
    messages |= set(misplaced)
    if contacts and (renamed := await store.index_contacts(conn, account_id, sorted(contacts))):
        messages |= set(await store.of_contacts(conn, account_id, renamed, RELATED_MAX))
    return sorted(messages), len(misplaced) < RELATED_MAX


def _ids(data: dict[str, Any], one: str, several: str) -> list[int]:
    """Ids in an event, as numbers or as texts."""
    found = [data.get(one), *(data.get(several) or [])]
    return [int(id) for id in found if isinstance(id, int) or (isinstance(id, str) and id.isdecimal())]


async def _take_in(conn: Connection, account_id: int, message_ids: list[int]) -> None:
    """One message that cannot be taken in does not stop what stands behind it."""
    if not message_ids:
        return
    try:
        async with conn.transaction():
            await _write(conn, account_id, message_ids)
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        if len(message_ids) == 1:
            log.warning("a message cannot be taken into the search index", message_id=message_ids[0], code=error.sqlstate)
            return
        middle = len(message_ids) // 2
        await _take_in(conn, account_id, message_ids[:middle])
        await _take_in(conn, account_id, message_ids[middle:])


async def _write(conn: Connection, account_id: int, message_ids: list[int]) -> None:
    await store.list_files(conn, account_id, message_ids, READABLE, SIZE_MAX)
    await store.index_messages(conn, account_id, message_ids)
    await store.index_contacts(conn, account_id, await store.contacts_of(conn, account_id, message_ids))


async def walk_back(parts: Parts, account_id: int) -> bool:
    """Takes in the next of the messages that were there before the log was followed, the newest first. True when there may be more."""
    async with parts.db.transaction() as conn:
        if not await store.try_lock(conn, account_id):
            return False
        place = await store.progress(conn, account_id)
        if place is None or place.walk_before is None:
            return place is None
        ids = await store.next_of_walk(conn, account_id, place.walk_before, WALK_BATCH)
        await _take_in(conn, account_id, ids)
        is_done = len(ids) < WALK_BATCH
        if is_done:  # those who wrote are in by their messages; who was made by hand or imported never wrote
            others = await store.contacts_without_entry(conn, account_id, WALK_BATCH)
            await store.index_contacts(conn, account_id, others)
            is_done = len(others) < WALK_BATCH
        await store.walk_to(conn, account_id, None if is_done else (ids[-1] if ids else place.walk_before), len(ids))
    return not is_done


async def _read_files(parts: Parts) -> None:
    while True:
        began = time.monotonic()
        is_read = await read_next_file(parts)
        await asyncio.sleep((time.monotonic() - began) * (1 / SHARE - 1) if is_read else POLL_S)

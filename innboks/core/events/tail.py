"""Follows the event log of each account that somebody is looking at, once per process, and hands it to all who look.

The order is (tx, id), read only below the oldest running transaction, so an event that commits late is never skipped (see
`store.after`). A note from `wake.py` says that there is news; when notes are lost, a look each POLL_S finds it. Each batch is read
and written as JSON once, however many people look; who may see what is decided per subscriber, by inbox and user.
Read next: `api/stream.py`, which writes the frames to the browser.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from innboks.core.accounts.rights import CHANGED as ACCESS_CHANGED
from innboks.core.accounts.store import rights_of
from innboks.core.channel_accounts.changes import SIGNAL as CHANNEL_CHANGED
from innboks.core.events import store
from innboks.core.events.presence import Presence
from innboks.core.events.store import Row
from innboks.core.parts import Parts

log = structlog.get_logger("tail")

POLL_S = 1.0
SOON_S = 0.004
"""Events are committed but an older transaction still runs: look again this soon."""
NEXT_S = 0.015
"""As long as each look finds something and there is more to come, events come faster than anybody reads: they are told together."""
BATCH = 500
CATCH_UP_MAX = 5_000
"""A reader further behind than this begins anew."""


class Cursor(msgspec.Struct, frozen=True, order=True):
    """A place in the log of one account."""

    tx: int
    id: int


class Frame(msgspec.Struct, frozen=True):
    """One event ready to be written: bytes of a server-sent event, and who may see it. `unless_inbox_id`: not for those who may read that inbox
    (a conversation went there; they are told how it is now). `also_inbox_id`: only for those who may read that inbox, too."""

    data: bytes
    inbox_id: int | None
    user_id: int | None
    unless_inbox_id: int | None = None
    also_inbox_id: int | None = None


class Subscriber:
    """One open stream. `frames` fill up; `wake` is set when there are some. Slow readers are dropped when too many wait."""

    __slots__ = ("account_id", "frames", "is_gone", "readable", "user_id", "wake")
    LIMIT = 2_000

    def __init__(self, account_id: int, user_id: int, readable: frozenset[int]) -> None:
        self.account_id = account_id
        self.user_id = user_id
        self.readable = readable
        self.frames: list[bytes] = []
        self.wake = asyncio.Event()
        self.is_gone = False

    def may_see(self, frame: Frame) -> bool:
        if frame.user_id is not None and frame.user_id != self.user_id:
            return False
        if frame.unless_inbox_id is not None and frame.unless_inbox_id in self.readable:
            return False
        if frame.also_inbox_id is not None and frame.also_inbox_id not in self.readable:
            return False
        return frame.inbox_id is None or frame.inbox_id in self.readable

    def push(self, frame: Frame) -> None:
        if self.may_see(frame):
            if len(self.frames) >= self.LIMIT:
                self.is_gone = True
            else:
                self.frames.append(frame.data)
            self.wake.set()


class _Log:
    """One account's log as followed here."""

    __slots__ = ("cursor", "is_due", "subscribers")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.subscribers: set[Subscriber] = set()
        self.is_due = False


class Tail:
    """The reader of one process. `frames_of` turns rows into frames (it reads the conversations and messages that they speak of)."""

    def __init__(self, parts: Parts, frames_of: Callable[[Parts, int, str, list[Row]], Any]) -> None:
        self._parts = parts
        self._frames_of = frames_of
        self._logs: dict[int, _Log] = {}
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.epoch = ""
        self.presence = Presence(parts.clock)

    async def start(self) -> None:
        async with self._parts.db.connection() as conn:
            self.epoch, _ = await store.position(conn)
        listener = self._parts.wake.listen(self._on_news, self._on_signal, self._on_connected)
        self._tasks = [asyncio.create_task(listener), asyncio.create_task(self._read_on()), asyncio.create_task(self._poll())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for log_ in self._logs.values():
            for subscriber in log_.subscribers:
                subscriber.is_gone = True
                subscriber.wake.set()

    async def subscribe(self, subscriber: Subscriber, after: str | None) -> bool:
        """Begins to fill `subscriber`, from `after` (a cursor as text) or from now. False: that cursor is unknown or too old, and the reader
        must fetch everything anew; it is subscribed from now all the same."""
        known = self._logs.get(subscriber.account_id)
        if known is None:
            async with self._parts.db.connection() as conn:
                self.epoch, tx = await store.position(conn)
            known = self._logs.setdefault(subscriber.account_id, _Log(Cursor(tx, 2**62)))
        known.subscribers.add(subscriber)
        if after is None:
            return True
        start = self._parse(after)
        return start is not None and await self._catch_up(subscriber, start, known.cursor)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        known = self._logs.get(subscriber.account_id)
        if known is not None:
            known.subscribers.discard(subscriber)
            if not known.subscribers:
                del self._logs[subscriber.account_id]

    def cursor_of(self, account_id: int) -> str:
        known = self._logs.get(account_id)
        return self.write_cursor(known.cursor) if known else ""

    def write_cursor(self, cursor: Cursor) -> str:
        return f"{self.epoch}.{cursor.tx}.{cursor.id}"

    def _parse(self, text: str) -> Cursor | None:
        epoch, _, rest = text.partition(".")
        tx, _, id = rest.partition(".")
        if epoch != self.epoch or not tx.isdecimal() or not id.isdecimal() or len(tx) > 18 or len(id) > 19:
            return None
        return Cursor(int(tx), int(id))

    async def _catch_up(self, subscriber: Subscriber, start: Cursor, end: Cursor) -> bool:
        """Everything between `start` and where the live frames begin, in front of them."""
        frames: list[bytes] = []
        async with self._parts.db.connection() as conn:
            if start.tx < await store.horizon(conn):
                return False
        while start < end:
            async with self._parts.db.connection() as conn:
                read = await store.after(conn, subscriber.account_id, start.tx, start.id, BATCH)
            rows = [row for row in read.rows if Cursor(row.tx, row.id) <= end]
            for frame in await self._frames_of(self._parts, subscriber.account_id, self.epoch, rows):
                if subscriber.may_see(frame):
                    frames.append(frame.data)
            if len(rows) < BATCH:
                break
            if len(frames) > CATCH_UP_MAX:
                return False
            start = Cursor(rows[-1].tx, rows[-1].id)
        if frames:
            subscriber.frames[:0] = frames
            subscriber.wake.set()
        return True

    # ── following ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_news(self, account_id: int) -> None:
        known = self._logs.get(account_id)
        if known is not None:
            known.is_due = True
            self._news.set()

    def _on_connected(self) -> None:
        """Notes may have been missed while we were not listening."""
        for known in self._logs.values():
            known.is_due = True
        self._news.set()

    def _on_signal(self, account_id: int, signal: dict[str, Any]) -> None:
        self.presence.hear(account_id, signal)
        if signal.get("type") in ("looking", "news", CHANNEL_CHANGED):
            return  # for the processes themselves
        if signal.get("type") == ACCESS_CHANGED:
            self._parts.actors.forget(account_id)
            return  # browsers hear of it by the log
        known = self._logs.get(account_id)
        if known is None:
            return
        told = {name: value for name, value in signal.items() if name not in ("inbox_id", "type")}
        data = b"event: " + str(signal.get("type", "signal")).encode() + b"\ndata: " + msgspec.json.encode(told) + b"\n\n"
        only = signal.get("to_user_id")
        frame = Frame(data, signal.get("inbox_id"), int(only) if only is not None else None)
        for subscriber in tuple(known.subscribers):
            subscriber.push(frame)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            self._on_connected()

    async def _read_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            due = [(account_id, known) for account_id, known in self._logs.items() if known.is_due]
            for account_id, known in due:
                known.is_due = False
                try:
                    await self._read(account_id, known)
                except Exception as error:
                    log.warning("cannot read events", error=type(error).__name__)
                    asyncio.get_running_loop().call_later(POLL_S, self._on_news, account_id)

    async def _renew_rights(self, account_id: int, known: _Log) -> None:
        """Before anything later is told: what each reader may see now. Streams of people who may not come in any more end."""
        self._parts.actors.forget(account_id)
        async with self._parts.db.connection() as conn:
            rights = await rights_of(conn, account_id, {one.user_id for one in known.subscribers})
        for subscriber in known.subscribers:
            subscriber.readable = rights.get(subscriber.user_id, frozenset())
            if subscriber.user_id not in rights:
                subscriber.is_gone = True
                subscriber.wake.set()

    async def _read(self, account_id: int, known: _Log) -> None:
        async with self._parts.db.connection() as conn:
            read = await store.after(conn, account_id, known.cursor.tx, known.cursor.id, BATCH)
        if any(row.type == ACCESS_CHANGED for row in read.rows):
            await self._renew_rights(account_id, known)
        if read.rows:
            frames = await self._frames_of(self._parts, account_id, self.epoch, read.rows)
            known.cursor = Cursor(read.rows[-1].tx, read.rows[-1].id)
            subscribers = tuple(known.subscribers)
            for frame in frames:
                for subscriber in subscribers:
                    subscriber.push(frame)
        if read.more_to_come:
            pause = 0 if len(read.rows) == BATCH else NEXT_S if read.rows else SOON_S
            asyncio.get_running_loop().call_later(pause, self._on_news, account_id)

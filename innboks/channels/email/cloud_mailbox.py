"""Mail read over a provider's own API: every mail once, oldest first, also after days without a connection, never marking one as read.

`watch` is the loop: ask the provider what changed since our mark, fetch what was never delivered, move the mark, wait for a push or for the next
look. When the provider has forgotten our mark, everything that is ours is compared with what was delivered; so nothing is lost, and nothing
doubled. A `Source` is one provider (`gmail.py`, `graph.py`). The IMAP counterpart is `mailbox.py`; read `cloud_book.py` for what is kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import msgspec
import structlog

from innboks.channels.email.cloud_book import CloudBook, day_start
from innboks.channels.email.mail_book import Progress, backfill_wish
from innboks.channels.email.pulse import Pulse
from innboks.channels.email.sender_checks import check_fetched
from innboks.channels.email.too_large import PROVIDER_ID, head_of, told_of
from innboks.errors import Broken, InnboksError, Rejected, Retry, SendError, TooLarge
from innboks.sdk.contract import Context, Health, Inbound

log = structlog.get_logger("mailbox")
GAPS_SHOWN = 50
STEP = 100
"""Mails of the past between two looks for new mail."""
FAILURES_IN_A_ROW = 3
"""So many mails that cannot be stored, one after the other, mean that the fault is ours: stop and come back."""
RECENT = timedelta(days=2)
"""Compared anew each hour and after each start, whatever the provider said had changed; copies of what left through us are looked for in it."""
FETCHES_AT_ONCE = 4
"""In the whole process: a mail may have many megabytes, and is in memory twice."""

_slots: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that may be ours, as a list of the provider names it. `is_sent`: the team wrote it. What is not known is asked when it is fetched."""

    id: str
    is_sent: bool = False
    at: datetime | None = None
    folder: str = ""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    raw: bytes
    at: datetime
    folder: str
    is_sent: bool


class Lost(Exception):
    """The provider does not know our mark any more."""


class Source(Protocol):
    """One provider's mailbox. Everything raises `Retry`, `Rejected` or `Broken`; nothing changes the mailbox."""

    name: str

    async def begin(self, since: datetime) -> dict[str, Any]:
        """The mark of this moment. Changes after it are told; `since` bounds what a provider tells besides."""
        ...

    async def changes(self, cursor: Mapping[str, Any]) -> tuple[list[Found], dict[str, Any]]:
        """What came since the mark, oldest first, and the new mark. Raises `Lost`."""
        ...

    async def received_since(self, at: datetime) -> list[Found]:
        """Everything since then in which a customer's mail can be, oldest first; not what was sent, drafted, thrown away or marked as junk."""
        ...

    async def sent_since(self, at: datetime) -> list[Found]:
        """What the mailbox sent since then, copies of what left through us included."""
        ...

    async def fetch(self, found: Found) -> Fetched | None:
        """None: it is gone, or is none of ours (a draft, junk, a copy of what left through us)."""
        ...

    async def is_from_elsewhere(self, found: Found) -> bool:
        """Of a sent mail: was it written in another program?"""
        ...

    async def keep_push(self, push: Mapping[str, Any]) -> dict[str, Any]:
        """Asks for pushes, or renews the wish when it is due. Never raises for a push that cannot be had: looking goes on without. Withdrawn access
        does raise `Broken`."""
        ...


class Pace(msgspec.Struct, frozen=True):
    """In seconds. `look_s`: between two looks without a push; `pushed_s`: where pushes come. Withdrawn access shows within it. `Context.news` ends them
    sooner while somebody waits for a test."""

    look_s: float = 15
    pushed_s: float = 45
    full_s: float = 3600
    retry_s: float = 2
    retry_most_s: float = 120
    broken_s: float = 60
    broken_most_s: float = 1800


async def watch(ctx: Context, source: Source, pace: Pace | None = None) -> None:
    """Runs until cancelled. Withdrawn access makes the connection broken and is tried ever more rarely; the network may come and go."""
    await _Watcher(ctx, source, pace or Pace()).run()


async def ledger(ctx: Context, source: Source) -> Mapping[str, Any]:
    """What the provider holds of ours, and what of it we have not got. Copies of what left through us are not counted."""
    book = _book(ctx, source)
    wish = backfill_wish(ctx.settings)
    since = book.ours_since if wish is None else min(book.ours_since, day_start(wish))
    received = [one.id for one in await source.received_since(since)]
    sent = [one.id for one in await source.sent_since(since)]
    missing, unseen_sent = await _unseen(ctx, received), set(await _unseen(ctx, sent))
    recent = [one for one in await source.sent_since(max(since, ctx.clock.now() - RECENT)) if one.id in unseen_sent]
    missing_sent = [one.id for one in recent if await source.is_from_elsewhere(one)]
    rows = {
        "Mail": _row(book, len(received), missing),
        "Sent": _row(book, len(sent) - len(unseen_sent) + len(missing_sent), missing_sent),
    }
    return {
        "on_server": sum(row["on_server"] for row in rows.values()),
        "gap": len(missing) + len(missing_sent),
        "folders": rows,
        "backfill": msgspec.to_builtins(book.backfill),
    }


def _row(book: CloudBook, on_server: int, missing: Sequence[str]) -> dict[str, Any]:
    gaps = [(id, book.gaps[id]) for id in missing if id in book.gaps]
    return {
        "on_server": on_server,
        "unseen": len(missing),
        "gaps": [{"id": id, "reason": gap.reason, "tries": gap.tries, "next_at": gap.next_at.isoformat()} for id, gap in gaps[:GAPS_SHOWN]],
    }


def _book(ctx: Context, source: Source) -> CloudBook:
    return CloudBook.read(ctx.state, ctx.ref.connected_at or ctx.clock.now(), source.name)


async def _unseen(ctx: Context, ids: Sequence[str]) -> list[str]:
    """Those that were never delivered, in their order, asked in portions."""
    assert ctx.unseen is not None
    missing: list[str] = []
    for first in range(0, len(ids), 2000):
        missing += await ctx.unseen(ids[first : first + 2000])
    return missing


class _Watcher:
    """One mailbox being watched."""

    def __init__(self, ctx: Context, source: Source, pace: Pace) -> None:
        self._ctx = ctx
        self._source = source
        self._pace = pace
        self._book = _book(ctx, source)
        self._pulse = Pulse(ctx, pace)
        self._in_a_row = 0
        self._full_at: float | None = None
        self._tried: dict[str, int] = {}
        self._left: list[Found] | None = None

    async def run(self) -> None:
        while True:
            try:
                await self._look()
                self._pulse.failures = 0
                await self._pulse.tell(Health(state="connected", sentence=f"Connected to {self._source.name}."))
                is_filling = await self._fill()
            except SendError as error:
                await self._pulse.save(self._book.written())
                await asyncio.sleep(await self._after(error))
                continue
            await self._pulse.save(self._book.written())
            if not is_filling:
                await self._rest()

    async def _rest(self) -> None:
        has_pushes = bool(self._book.push) and not self._book.push.get("problem")
        seconds = self._pace.pushed_s if has_pushes else self._pace.look_s
        if self._ctx.news is not None:
            await self._ctx.news(seconds)
        else:
            await asyncio.sleep(seconds)

    async def _look(self) -> None:
        """What changed since the mark; besides, what is recent or all of it, when the mark was lost or it is time. Then the mark moves."""
        book, now = self._book, self._ctx.clock.now()
        found: list[Found] = []
        is_lost = not book.cursor
        if not is_lost:
            try:
                found, cursor = await self._source.changes(book.cursor)
            except Lost:
                log.info("the provider forgot our mark", channel_account=self._ctx.ref.id)
                is_lost = True
        if is_lost:
            cursor = await self._source.begin(book.began)  # before the lists, so that nothing falls in between
            found = await self._source.received_since(book.ours_since)
            found += await self._source.sent_since(max(book.began, (book.looked_at or book.began) - RECENT))
        elif self._is_full_due():
            since = max(book.began, now - RECENT)
            found += await self._source.received_since(since) + await self._source.sent_since(since)
        loop_time = asyncio.get_running_loop().time()
        await self._deliver([*found, *(Found(id=id) for id in book.due_gaps(now))])
        book.cursor, book.looked_at = cursor, now
        if is_lost or self._is_full_due():
            self._full_at = loop_time
        await self._pulse.save(self._book.written())
        book.push = await self._source.keep_push(book.push)

    def _is_full_due(self) -> bool:
        return self._full_at is None or asyncio.get_running_loop().time() - self._full_at > self._pace.full_s

    async def _deliver(self, found: Sequence[Found]) -> None:
        """Those that were never delivered, in the given order, each once."""
        by_id = {one.id: one for one in reversed(found)}
        now = self._ctx.clock.now()
        for id in await _unseen(self._ctx, list(dict.fromkeys(one.id for one in found))):
            if not self._book.is_held_back(id, now):
                await self._deliver_one(by_id[id])

    async def _deliver_one(self, found: Found) -> None:
        book, now = self._book, self._ctx.clock.now()
        try:
            async with _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(FETCHES_AT_ONCE)):
                fetched = await self._source.fetch(found)
                if fetched is None:
                    book.gaps.pop(found.id, None)
                else:
                    await self._hand_over(found, fetched)
        except Broken:
            raise
        except Retry as error:
            self._tried[found.id] = self._tried.get(found.id, 0) + 1
            if error.code != "answer_too_large" and (error.after is not None or self._tried[found.id] < 2):
                raise  # it may be the network, or our pace
            self._tried.pop(found.id)
            book.fail(found.id, f"{self._source.name} does not give this mail out. {error.sentence}", now)
            return
        except (Rejected, TooLarge) as error:
            book.fail(found.id, error.sentence, now)
            return
        self._tried.pop(found.id, None)

    async def _hand_over(self, found: Found, fetched: Fetched) -> None:
        assert self._ctx.deliver is not None
        headers = {"received-at": fetched.at.isoformat(), "folder": fetched.folder}
        if fetched.is_sent:
            headers["folder-role"] = "sent"
        if fetched.at < self._book.began:
            headers["is-past"] = "yes"
        elif not fetched.is_sent:
            headers |= await check_fetched(self._ctx, fetched.raw)
        try:
            await self._deliver_all_or_head(Inbound(body=fetched.raw, external_id=found.id, headers=headers))
        except InnboksError:
            raise  # switched off, or the database is away
        except Exception as error:
            self._in_a_row += 1
            log.warning("a mail could not be stored", channel_account=self._ctx.ref.id, error=type(error).__name__)
            if self._in_a_row >= FAILURES_IN_A_ROW:
                raise
            self._book.fail(found.id, f"It could not be stored ({type(error).__name__}).", self._ctx.clock.now())
            return
        self._in_a_row = 0
        self._book.gaps.pop(found.id, None)

    async def _deliver_all_or_head(self, inbound: Inbound) -> None:
        """Of what is too large only the header, so that it stands in quarantine with its reason instead of being a number without a name."""
        assert self._ctx.deliver is not None
        try:
            await self._ctx.deliver(inbound)
        except TooLarge:
            most = int(self._ctx.settings.get("mail_size") or 0)
            told = told_of(len(inbound.body), most, {PROVIDER_ID: inbound.external_id or ""})
            head = head_of(inbound.body, most) if most else head_of(inbound.body)
            await self._ctx.deliver(msgspec.structs.replace(inbound, body=head, headers={**inbound.headers, **told}))

    # ── the past ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _fill(self) -> bool:
        """One portion of the past that somebody wished for. False: nothing is to be done."""
        wish, book = backfill_wish(self._ctx.settings), self._book
        if wish is None or book.is_filled(wish):
            return False
        if self._left is None:
            self._left = await self._plan(wish)
        assert book.backfill is not None
        if not self._left:
            book.backfill.state = "done"
            book.filled = min(wish, book.filled or wish)
            return False
        portion, self._left = self._left[:STEP], self._left[STEP:]
        try:
            await self._deliver(portion)
        except SendError:
            self._left = [*portion, *self._left]
            raise
        book.backfill.done += len(portion)
        return True

    async def _plan(self, wish: date) -> list[Found]:
        since = day_start(wish)
        found = await self._source.received_since(since) + await self._source.sent_since(since)
        missing = set(await _unseen(self._ctx, [one.id for one in found]))
        self._book.backfill = Progress(since=wish, done=len(found) - len(missing), total=len(found))
        return [one for one in found if one.id in missing]

    # ── how it goes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _after(self, error: SendError) -> float:
        """How long to wait before the next look."""
        is_broken = isinstance(error, Broken)
        says_so = "Sign in again" in error.sentence  # once is enough: both stand below each other
        action = f"Sign in at {self._source.name} again." if is_broken and not says_so else ""
        await self._pulse.failed(error.sentence, is_broken=is_broken, action=action)
        log.info("mailbox not read", channel_account=self._ctx.ref.id, code=error.code, failures=self._pulse.failures)
        return self._pulse.pause_s(error, is_broken=is_broken)

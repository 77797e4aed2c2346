"""How conversations are found newest first among millions, in two ways.

*By time* asks the words' index, slice of time after slice of time, each eight times as long as the one before. A common word fills the page from the
newest slice, which is a small part of the index; a rare one is known to be rare (`Wanted.entries`) and asked for everywhere at once. What lies
between takes a few steps.

*Among the conversations* walks the indexes of the lists where something is asked of the conversation ("assignee:me", an inbox), and looks at their
messages. It is fast where the words are common and the conversations few, which is where the first way is slow, so each goes a short way before the
other goes far. Time is limited: what was not reached is said, and the next page goes on there. See docs/decisions/0014-search.md.
Read next: `store.hits`, `store_candidates.newest`.
"""

import time
from datetime import UTC, datetime, timedelta

import msgspec

from innboks.core.search import store, store_candidates
from innboks.core.search.resolve import FILE_MARK, Scope
from innboks.core.search.store import Hit, Key, OutOfTime, Place
from innboks.core.search.store_candidates import Candidate
from innboks.core.search.words import Wanted
from innboks.lib.db import Connection

SLICES = (("~p", 12), ("~q", 15), ("~r", 18), ("~s", 21), ("~t", 24))
"""Marks of the slices, and how many bits of the seconds since 1970 each leaves out: from 68 minutes to half a year."""
SHORT = 3
"""So many slices are a short way."""
RARE = 2_000
"""With at most so many entries, no slice is needed."""
RARE_S = 0.25
PROBE_S = 0.05
NEAR, FEW = 200, 5_000
"""Conversations that are looked at on a short way; and at most so many are all looked at, when the short ways were not enough."""
MANY = 20_000
"""With at most so many entries, these are looked at sooner than all messages of a few thousand conversations."""
TOGETHER, TOGETHER_MAX = 100, 1_600
"""Conversations whose messages are looked at in one statement: at first, and when few fulfil what is asked."""
AMONG_S = 0.15
BUDGET_S = 1.0


class Walked(msgspec.Struct):
    """What was found; `back_to` is set when time ran out: everything newer was looked through."""

    hits: list[Hit]
    has_more: bool = False
    back_to: datetime | None = None


def text_of(wanted: Wanted, scope: Scope) -> str:
    """The whole query in one, for a look at single messages."""
    return "&".join([*wanted.texts, *scope.marks]) or f"'~a{scope.place.account_id}'"


class _Walk:
    """What one of the two ways has found so far."""

    def __init__(self, conn: Connection, query: str, place: Place, limit: int, deadline: float) -> None:
        self.conn, self.query, self.place, self.limit, self.deadline = conn, query, place, limit, deadline
        self.found: dict[int, Hit] = {}
        self.shown: set[int] = set()

    def left_s(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def is_full(self) -> bool:
        return len(self.found) > self.limit

    async def fresh(self, rows: list[Hit]) -> None:
        """Adds what is not found yet and was on no earlier page."""
        new = [row for row in rows if row.conversation_id not in self.found and row.conversation_id not in self.shown]
        if new and self.place.key is not None:
            self.shown |= await store.shown_before(self.conn, self.query, self.place, new)
        for row in new:
            if row.conversation_id not in self.shown:
                self.found[row.conversation_id] = row

    def done(self, back_to: datetime | None = None) -> Walked:
        hits = sorted(self.found.values(), key=lambda one: (one.at, one.message_id), reverse=True)
        if back_to is not None:
            hits = [one for one in hits if one.at >= back_to]  # older ones come with the next page
        return Walked(hits[: self.limit], len(hits) > self.limit, None if len(hits) > self.limit else back_to)


async def walk(conn: Connection, wanted: Wanted, scope: Scope, limit: int, budget_s: float = BUDGET_S) -> Walked:
    """The newest conversations that match, by their newest message that does."""
    query, deadline = text_of(wanted, scope), time.monotonic() + budget_s
    by_time = _ByTime(conn, query, scope.place, limit, deadline, [*wanted.keys, *map(Key, scope.marks)], scope)
    if wanted.entries <= RARE and await by_time.everywhere(RARE_S):
        return by_time.done()
    among = _Among(conn, query, scope.place, limit, deadline)
    narrows = scope.inbox_mark is not None or any(one.name not in ("spam", "trash") or not one.is_negated for one in scope.place.conditions)
    lists_know_all = not wanted.has_words and (not scope.marks or (narrows and scope.marks == [FILE_MARK])) and scope.place.before is None
    if lists_know_all:
        if await among.go(None, budget_s):
            return among.done()
        if among.reached_at is not None:
            return among.done(back_to=among.reached_at)
    if narrows and await among.go(NEAR, AMONG_S):
        return among.done()
    if (walked := await by_time.go(SHORT)) is not None:
        return walked
    if not by_time.found and await by_time.everywhere(PROBE_S):
        return by_time.done()  # nothing in thousands of messages: so there are few, or none
    if narrows and wanted.entries > MANY and await among.all_if_few():
        return among.done()
    return await by_time.go(len(SLICES)) or await by_time.rest()


class _Among(_Walk):
    """Conversation after conversation, the newest first."""

    def __init__(self, conn: Connection, query: str, place: Place, limit: int, deadline: float) -> None:
        super().__init__(conn, query, place, limit, deadline)
        self.after: Candidate | None = None
        self.looked_at = 0
        self.together = TOGETHER

    @property
    def reached_at(self) -> datetime | None:
        """From here on everything was looked through; None: nothing was."""
        return self.after.last_message_at + timedelta(microseconds=1) if self.after is not None else None

    async def go(self, most: int | None, seconds: float) -> bool:
        """Looks until so many were looked at in all. True when none that is left can have a newer message than the page's last."""
        until = min(self.deadline, time.monotonic() + seconds)
        while most is None or self.looked_at < most:
            try:
                async with store.within(self.conn, max(0.01, until - time.monotonic())):
                    some = self.together if most is None else min(self.together, most - self.looked_at)
                    rows = await store_candidates.newest(self.conn, self.place, self.after, some)
                    if fitting := [one.id for one in rows if one.fits]:
                        await self.fresh(await store_candidates.hits_in(self.conn, self.query, self.place, fitting))
            except OutOfTime:
                return False
            if len(rows) < some:
                return True
            self.after = rows[-1]
            self.looked_at += len(rows)
            self.together = min(2 * self.together, TOGETHER_MAX)
            if self._is_enough(self.after.last_message_at):
                return True
            if time.monotonic() >= until:
                return False
        return False

    async def all_if_few(self) -> bool:
        """Looks at all that are left, when these are few. False when they are not, or time ran out."""
        try:
            async with store.within(self.conn, AMONG_S):
                rows = await store_candidates.newest(self.conn, self.place, self.after, FEW + 1)
            if len(rows) > FEW:
                return False
            fitting = [one for one in rows if one.fits]
            for start in range(0, len(fitting), 5 * TOGETHER):
                some = fitting[start : start + 5 * TOGETHER]
                if self._is_enough(some[0].last_message_at):
                    break
                async with store.within(self.conn, max(0.01, self.left_s())):
                    await self.fresh(await store_candidates.hits_in(self.conn, self.query, self.place, [one.id for one in some]))
        except OutOfTime:
            return False
        return True

    def _is_enough(self, at: datetime) -> bool:
        """Can no conversation whose last message is as old as that bring anything newer than what the page shows?"""
        if self.place.since is not None and at < self.place.since:
            return True
        return self.is_full and sorted((hit.at for hit in self.found.values()), reverse=True)[self.limit] > at


class _ByTime(_Walk):
    """Slice of time after slice of time."""

    def __init__(self, conn: Connection, query: str, place: Place, limit: int, deadline: float, keys: list[Key], scope: Scope) -> None:
        super().__init__(conn, query, place, limit, deadline)
        self.keys = keys
        narrowest = scope.inbox_mark if scope.inbox_mark is not None else scope.account_mark
        self.where = [Key(narrowest)] if narrowest is not None else []
        self.top: datetime | None = None
        self.began_at: datetime | None = None
        self.slices_done = 0

    async def everywhere(self, seconds: float) -> bool:
        """The whole index at once, for what is rare. False when it is more common than was thought."""
        if not self.keys:
            return False
        try:
            await self._slice([*self.keys, *self.where], self.place, seconds)
        except OutOfTime:
            self.found.clear()
            return False
        return True

    async def go(self, slices: int) -> Walked | None:
        """Up to that slice; None when it has to go on."""
        place = self.place
        if self.top is None:
            self.top = await store.newest_at(self.conn, place.account_id, _earliest(place.before, place.key[0] if place.key else None))
            if self.top is None:
                return self.done()
        for mark, bits in SLICES[self.slices_done : slices]:
            if place.since is not None and self.top < place.since:
                return self.done()
            number = int(self.top.timestamp()) >> bits
            keys = [Key(f"'{mark}{number}'|'{mark}{number - 1}'"), *self.keys, *self.where]
            try:
                await self._slice(keys, msgspec.structs.replace(place, before=_earliest(place.before, self.began_at)))
            except OutOfTime:
                return self.done(back_to=_after(self.began_at, self.top))
            if self.is_full:
                return self.done()
            self.slices_done += 1
            self.began_at = datetime.fromtimestamp((number - 1) << bits, UTC)
            # The last second before this slice.
            self.top = datetime.fromtimestamp(((number - 1) << bits) - 1, UTC)
        return None

    async def rest(self) -> Walked:
        """What is older than all slices."""
        place = msgspec.structs.replace(self.place, before=_earliest(self.place.before, self.began_at))
        if place.since is not None and place.before is not None and place.before <= place.since:
            return self.done()
        keys = [*self.keys, *self.where]
        try:
            await self._slice(keys, place)
        except OutOfTime:
            return self.done(back_to=place.before)
        return self.done()

    async def _slice(self, keys: list[Key], place: Place, most_s: float = BUDGET_S) -> None:
        """All of one slice, or until the page is full."""
        keys = keys if any(not key.is_negated for key in keys) else [Key(f"'~a{place.account_id}'"), *keys]
        while not self.is_full:
            async with store.within(self.conn, max(0.01, min(most_s, self.left_s()))):
                rows = await store.hits(self.conn, keys, place, self.limit + 1)
                await self.fresh(rows)
            if len(rows) <= self.limit:
                return
            place = msgspec.structs.replace(place, key=(rows[-1].at, rows[-1].message_id))


def _earliest(*times: datetime | None) -> datetime | None:
    return min((one for one in times if one is not None), default=None)


def _after(began_at: datetime | None, top: datetime) -> datetime:
    """Where the slices that were looked through begin; when none was, the newest message."""
    return began_at if began_at is not None else top + timedelta(microseconds=1)

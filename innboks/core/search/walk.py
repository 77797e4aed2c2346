"""How conversations are found newest first among millions: slice of time after slice of time, each eight times as long as the one before.

A common word fills the page from the newest slice, which is a small part of the index; a rare one is known to be rare (`Wanted.entries`) and asked
for everywhere at once. What lies between takes a few steps. Where a condition on the conversation holds for few ("assignee:me"), those
conversations are taken first and only their messages looked at. Time is limited: what was not reached is said, and the next page goes on there.
See docs/decisions/0014-search.md. Read next: `store.hits`.
"""

import time
from datetime import UTC, datetime, timedelta

import msgspec

from innboks.core.search import store
from innboks.core.search.resolve import Scope
from innboks.core.search.store import Candidate, Hit, OutOfTime, Place
from innboks.core.search.words import Wanted
from innboks.lib.db import Connection

SLICES = (("~p", 12), ("~q", 15), ("~r", 18), ("~s", 21), ("~t", 24))
"""Marks of the slices, and how many bits of the seconds since 1970 each leaves out: from 68 minutes to half a year."""
RARE = 500
"""With at most so many entries, no slice is needed."""
RARE_S = 0.25
FEW = 5_000
FEW_S = 0.15
TOGETHER = 100
"""Conversations whose messages are looked at in one statement."""
BUDGET_S = 1.0


class Walked(msgspec.Struct):
    """What was found; `back_to` is set when time ran out: everything newer was looked through."""

    hits: list[Hit]
    has_more: bool = False
    back_to: datetime | None = None


class _Walk:
    def __init__(self, conn: Connection, query: str, place: Place, limit: int, deadline: float) -> None:
        self.conn, self.query, self.place, self.limit, self.deadline = conn, query, place, limit, deadline
        self.found: dict[int, Hit] = {}
        self.shown: set[int] = set()

    def left_s(self) -> float:
        return self.deadline - time.monotonic()

    async def fresh(self, rows: list[Hit]) -> None:
        """Adds what is not found yet and was on no earlier page."""
        new = [row for row in rows if row.conversation_id not in self.found and row.conversation_id not in self.shown]
        if new and self.place.key is not None:
            self.shown |= await store.shown_before(self.conn, self.query, self.place, new)
        for row in new:
            if row.conversation_id not in self.shown:
                self.found[row.conversation_id] = row

    async def slice(self, query: str, place: Place, most_s: float = BUDGET_S) -> None:
        """All of one slice, or until the page is full."""
        while len(self.found) <= self.limit:
            async with store.within(self.conn, max(0.01, min(most_s, self.left_s()))):
                rows = await store.hits(self.conn, query, place, self.limit + 1)
                await self.fresh(rows)
            if len(rows) <= self.limit:
                return
            place = msgspec.structs.replace(place, key=(rows[-1].at, rows[-1].message_id))

    def done(self, back_to: datetime | None = None) -> Walked:
        hits = sorted(self.found.values(), key=lambda one: (one.at, one.message_id), reverse=True)
        return Walked(hits[: self.limit], len(hits) > self.limit, back_to)


async def walk(conn: Connection, wanted: Wanted, scope: Scope, limit: int, budget_s: float = BUDGET_S) -> Walked:
    """The newest conversations that match, by their newest message that does."""
    query = "&".join([*wanted.texts, *scope.marks])
    walk = _Walk(conn, query, scope.place, limit, time.monotonic() + budget_s)
    if wanted.entries > RARE and any(one.name in store.FEW and not one.is_negated for one in scope.place.conditions):
        try:
            async with store.within(conn, FEW_S):
                few = await store.few_conversations(conn, scope.place, FEW)
        except OutOfTime:
            few = None
        if few is not None:
            try:
                return await _among(walk, few)
            except OutOfTime:
                pass
    return await _by_time(walk, wanted.entries)


async def _among(walk: _Walk, few: list[Candidate]) -> Walked:
    """Conversation after conversation, the newest first, until none that is left can have a newer message than the page's last."""
    for start in range(0, len(few), TOGETHER):
        some = few[start : start + TOGETHER]
        if len(walk.found) > walk.limit:
            last = sorted((hit.at for hit in walk.found.values()), reverse=True)[walk.limit]
            if some[0].last_message_at < last:
                break
        async with store.within(walk.conn, max(0.01, walk.left_s())):
            await walk.fresh(await store.hits_in(walk.conn, walk.query, walk.place, [one.id for one in some], TOGETHER))
    return walk.done()


async def _by_time(walk: _Walk, entries: int) -> Walked:
    place = walk.place
    if entries <= RARE:
        try:
            await walk.slice(walk.query, place, RARE_S)
            return walk.done()
        except OutOfTime:
            walk.found.clear()  # more common than was known
    top = await store.newest_at(walk.conn, place.account_id, _earliest(place.before, place.key[0] if place.key else None))
    if top is None:
        return walk.done()
    began_at: datetime | None = None
    for mark, bits in SLICES:
        if place.since is not None and top < place.since:
            return walk.done()
        number = int(top.timestamp()) >> bits
        query = f"{walk.query}&('{mark}{number}'|'{mark}{number - 1}')"
        try:
            await walk.slice(query, msgspec.structs.replace(place, before=_earliest(place.before, began_at)))
        except OutOfTime:
            return walk.done(back_to=_after(began_at, top))
        if len(walk.found) > walk.limit:
            return walk.done()
        began_at = datetime.fromtimestamp((number - 1) << bits, UTC)
        # The last second before this slice.
        top = datetime.fromtimestamp(((number - 1) << bits) - 1, UTC)
    place = msgspec.structs.replace(place, before=_earliest(place.before, began_at))
    if place.since is not None and place.before is not None and place.before <= place.since:
        return walk.done()
    try:
        await walk.slice(walk.query, place)
    except OutOfTime:
        return walk.done(back_to=place.before)
    return walk.done()


def _earliest(*times: datetime | None) -> datetime | None:
    return min((one for one in times if one is not None), default=None)


def _after(began_at: datetime | None, top: datetime) -> datetime:
    """Where the slices that were looked through begin; when none was, the newest message."""
    return began_at if began_at is not None else top + timedelta(microseconds=1)

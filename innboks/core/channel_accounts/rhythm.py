"""Is a connection unusually quiet? Learned from its own rhythm (UI 4): a shop's mailbox is silent at night, and nobody is to hear of that.

Time is measured in messages: an hour in which four usually come counts four, a Sunday without any counts nothing. A silence is unusual when it is
clearly longer, so measured, than every other of the last weeks. Read next: `store_rhythm.py`; the counting is done in
`core/notifications/follow.py`, which reads the event log anyway.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from innboks.core.channel_accounts import store_rhythm as store
from innboks.core.events import store as events
from innboks.core.parts import Parts

log = structlog.get_logger("rhythm")

HOUR = timedelta(hours=1)
WEEK = 7 * 24
LEARNED = timedelta(weeks=4)
LEAST_HISTORY = timedelta(days=7)
LEAST_MESSAGES = 20
"""With less to learn from, nothing is said."""
LEAST_SILENCE = timedelta(minutes=30)
FEWEST_MISSING = 8.0
"""So many messages at least have to be missing. Where they come by chance, that is one false word in years."""
CLEARLY = 1.5


class Silence(msgspec.Struct, frozen=True):
    """An unusual one. `usual_s`: in hours like these, a message usually comes about so often."""

    after: datetime
    usual_s: int


class Figures(msgspec.Struct, frozen=True):
    """What a card shows: messages from outside per hour since `since` (24 hours, the last one running), and replies that wait for the connection."""

    since: datetime
    traffic: list[int]
    kept_count: int


def unusual_silence(hours: Mapping[datetime, int], last: datetime, now: datetime, tested_at: datetime | None = None) -> Silence | None:
    """None when the silence since `last` is nothing unusual, or too little is known. `hours`: messages per hour (UTC, those with any). Where a test
    came back in that silence (`tested_at`), what was missing before is explained: only what is missing since counts."""
    learned = {hour: count for hour, count in hours.items() if last - LEARNED < hour <= last}
    silence = now - last
    if silence < LEAST_SILENCE or sum(learned.values()) < LEAST_MESSAGES or last - min(learned) < LEAST_HISTORY:
        return None
    came, seen = [0.0] * WEEK, [0.0] * WEEK
    for hour, share in _parts(min(learned), last):
        came[_place(hour)] += learned.get(hour, 0)
        seen[_place(hour)] += share
    usual = [count / max(1.0, times) for count, times in zip(came, seen, strict=True)]
    begins = max(last, tested_at or last)
    missing = sum(usual[_place(hour)] * share for hour, share in _parts(begins, now))
    longest = run = 0.0
    for hour, _ in _parts(min(learned), last):
        run = 0.0 if learned.get(hour) else run + usual[_place(hour)]
        longest = max(longest, run)
    if missing < max(FEWEST_MISSING, CLEARLY * longest):
        return None
    return Silence(after=last, usual_s=round((now - begins).total_seconds() / missing))


async def look_for_silence(parts: Parts) -> None:
    """Looks at every connection that has been silent for a while. Run every few minutes; asks for a few numbers per connection."""
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        silent = await store.silent(conn, now - LEAST_SILENCE)
    for one in silent:
        last = one.last_received_at.astimezone(UTC)
        async with parts.db.transaction() as conn:
            hours = await store.hours(conn, one.account_id, one.id, last - LEARNED)
            told = one.quiet if one.quiet and one.quiet["after"] == last.isoformat() else {}
            tested_at = datetime.fromisoformat(told["tested_at"]) if "tested_at" in told else None
            found = unusual_silence(hours, last, now, tested_at)
            if found is None or (told and tested_at is None):
                continue
            await store.save_quiet(conn, one.account_id, one.id, {"after": found.after.isoformat(), "usual_s": found.usual_s})
            await events.add(conn, one.account_id, "channel_account.changed", data={"channel_account_id": one.id})
        log.info("unusually quiet", channel_account=one.id, usual_s=found.usual_s)
        parts.wake.touch(one.account_id)


async def figures_of(parts: Parts, account_id: int, channel_account_ids: list[int]) -> dict[int, Figures]:
    """For each of these channel accounts."""
    since = parts.clock.now().replace(minute=0, second=0, microsecond=0) - 23 * HOUR
    async with parts.db.connection() as conn:
        traffic = await store.traffic(conn, account_id, channel_account_ids, since)
        kept = await store.kept_counts(conn, account_id)
    places = [since + nth * HOUR for nth in range(24)]
    return {
        one: Figures(since=since, traffic=[traffic.get((one, hour), 0) for hour in places], kept_count=kept.get(one, 0))
        for one in channel_account_ids
    }


def _place(hour: datetime) -> int:
    """Of an hour in its week."""
    return hour.weekday() * 24 + hour.hour


def _parts(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """The hours between two moments, with the share of each that lies between them."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        yield hour, (min(end, hour + HOUR) - max(start, hour)) / HOUR
        hour += HOUR

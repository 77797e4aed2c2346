"""What a connection needs to have published elsewhere so that others believe what leaves (SPF, DKIM, DMARC), looked for every hour and kept with it: the
cards show it, and the radar tells when something that was in place is there no more (`core/radar/look.py`).

Each connection has an hour of its own, from when it was looked at last; every five minutes those are looked at whose hour is over, a few at a time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from innboks.core.channel_accounts import store_records as store
from innboks.core.channel_accounts.models import Record
from innboks.core.channel_accounts.store_records import Due
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import NotFound
from innboks.sdk.contract import Check
from innboks.sdk.registry import offers

log = structlog.get_logger("records")

AGAIN = timedelta(hours=1)
TAKEN = 500
"""At most so many at one time; the longest waiting first."""
AT_ONCE = 5
"""So many are waited for together: one whose DNS is silent keeps no other from its hour."""
LIMIT_S = 30.0
"""What has not answered by then is asked again in an hour."""


async def look_at_records(parts: Parts) -> None:
    """Run every few minutes by a worker."""
    kinds = [channel.kind for channel in parts.registry if offers(channel, "checks")]
    async with parts.db.connection() as conn:
        due = await store.due(conn, kinds, parts.clock.now() - AGAIN, TAKEN)
    places = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for one in due:
            group.create_task(_look(parts, one, places))


async def _look(parts: Parts, one: Due, places: asyncio.Semaphore) -> None:
    config_sealed, checks = one.config_sealed, list[Check]()
    async with places:
        try:
            connected = await parts.directory.find(parts, one.account_id, one.id)
            config_sealed = connected.row.config_sealed
            async with asyncio.timeout(LIMIT_S):
                checks = list(await connected.channel.checks(connected.context))
        except NotFound:
            return
        except Exception as error:  # one that cannot be looked at keeps no other from it
            log.warning("cannot look at records", channel_account=one.id, error=type(error).__name__)
        await keep(parts, one.account_id, one.id, checks, config_sealed)


async def keep(parts: Parts, account_id: int, channel_account_id: int, checks: Sequence[Check], config_sealed: bytes) -> None:
    """Writes down what was found just now with this configuration, and tells the screens when anything of it is new. Was it changed meanwhile, this
    is about something else: it is looked at again in a few minutes."""
    now = parts.clock.now()
    async with parts.db.transaction() as conn:
        one = await store.locked(conn, account_id, channel_account_id)
        if one is None or one.config_sealed != config_sealed:
            return
        before = one.records if one.records is not None and one.records["of"] == one.sends_from else None
        found = merged(before, checks, now)
        await store.save(conn, account_id, channel_account_id, {"of": one.sends_from, "found": found}, now)
        is_news = states_of(found) != states_of((one.records or {}).get("found", []))
        if is_news:
            await events.add(
                conn, account_id, "channel_account.changed", inbox_id=one.inbox_id, data={"channel_account_id": channel_account_id}
            )
    if is_news:
        parts.wake.touch(account_id)


def merged(before: Mapping[str, Any] | None, checks: Sequence[Check], now: datetime) -> list[dict[str, Any]]:
    """What is known after a look. Where nobody answered, what was known still holds."""
    known = {one["name"]: one for one in (before or {}).get("found", [])}
    found: list[dict[str, Any]] = [] if checks else list(known.values())
    for check in checks:
        old = known.get(check.name)
        if check.state == "unknown" and old is not None:
            found.append(old)
            continue
        since = old["since"] if old is not None and old["state"] == check.state else now.isoformat()
        held = check.state == "ok" or (old is not None and old["held"])
        found.append({"name": check.name, "state": check.state, "sentence": check.sentence, "since": since, "held": held})
    return found


def states_of(found: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(one["name"], one["state"]) for one in found]


def lost(records: Sequence[Record]) -> list[Record]:
    """Those that were in place once and are not any more, the longest gone first."""
    return sorted((one for one in records if one.held and one.state in ("missing", "wrong")), key=lambda one: one.since)

"""Finds what is stuck: asked by the app for one person, by `alarm.py` for an account, and by `innboks doctor` for all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from innboks.core.access import Actor
from innboks.core.channel_accounts import grants, store_rhythm
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.records import lost
from innboks.core.conversations import store as conversations
from innboks.core.parts import Parts
from innboks.core.radar import store
from innboks.core.radar.models import Trouble
from innboks.core.radar.store import CAP, Counted, Place
from innboks.lib.crypto import Vault
from innboks.lib.db import Connection

LATE = timedelta(minutes=3)
"""An answer that has not left so long after its time is stuck; trying again takes shorter."""
TRIED = timedelta(minutes=15)
"""What came in and could not be read is tried again for about ten minutes."""
RENEWED = timedelta(minutes=30)
"""A sign-in is renewed when it ends; later than this, something is wrong."""
UNREACHED = timedelta(minutes=5)
"""A provider that does not answer for a moment is nothing for people."""
FETCHED = timedelta(hours=2)
SILENT = timedelta(seconds=60)
"""A process says every 15 seconds that it lives."""


async def radar(parts: Parts, actor: Actor) -> list[Trouble]:
    """What concerns this person: of the inboxes they read, and what concerns everybody. The worst first."""
    async with parts.db.connection() as conn:
        found = await troubles(conn, parts.vault, actor.account_id, sorted(actor.readable), parts.clock.now())
        ids = {one_id for one in found for one_id in one.conversation_ids}
        rows = {row.id: row for row in await conversations.of_ids(conn, actor.account_id, list(ids))} if ids else {}
    for one in found:
        one.conversations = [rows[one_id] for one_id in one.conversation_ids if one_id in rows]
    return found


async def troubles(conn: Connection, vault: Vault, account_id: int, inbox_ids: Sequence[int], now: datetime) -> list[Trouble]:
    """Of these inboxes of an account, the worst first."""
    found: list[Trouble] = []
    since = await worker_silent_since(conn, now)
    if since is not None:
        found.append(Trouble(kind="worker", since=since))
    rows = {row.id: row for row in await channel_accounts.all_of(conn, account_id, inbox_ids) if not row.is_demo}
    found += _connections(vault, rows, await store_rhythm.kept_counts(conn, account_id), now)
    for kind, counted in (
        ("unsent", await store.unsent(conn, account_id, inbox_ids, now - LATE)),
        ("uncertain", await store.uncertain(conn, account_id, inbox_ids)),
        ("failed", await store.failed(conn, account_id, inbox_ids)),
    ):
        if counted.count:
            found.append(_counted(kind, counted, None))
    for place, counted in await store.quarantined(conn, account_id, inbox_ids, now - TRIED):
        found.append(_counted("quarantined", counted, place))
    for one in await store.gaps(conn, account_id, inbox_ids, now - FETCHED):
        if one.channel_account_id in rows:
            found.append(_counted("gap", Counted(one.gap, one.since), rows[one.channel_account_id]))
    return found + _lost_records(rows) + _quiet(rows)


async def worker_silent_since(conn: Connection, now: datetime) -> datetime | None:
    """Since when no worker has been heard of; None when one has, or when there has not been time for it yet."""
    beats = await store.last_beats(conn)
    started = beats["web"][0] if "web" in beats else now
    heard = beats["worker"][1] if "worker" in beats else started
    return heard if now - max(heard, started) > SILENT else None


def _connections(vault: Vault, rows: Mapping[int, ChannelAccount], kept: Mapping[int, int], now: datetime) -> list[Trouble]:
    found = []
    for row in rows.values():
        if not row.is_active:
            continue
        about = {"channel_account_id": row.id, "inbox_id": row.inbox_id, "name": row.name}
        if not row.is_authorized or row.health.get("state") == "broken":
            detail = str(row.health.get("sentence", ""))
            found.append(Trouble(kind="broken", count=kept.get(row.id, 0), since=row.health_at, detail=detail, **about))  # type: ignore[arg-type]
            continue
        if _is_unreachable(row):
            if row.health_at is None or now - row.health_at > UNREACHED:
                detail = str(row.health.get("sentence", ""))
                found.append(Trouble(kind="unreachable", count=kept.get(row.id, 0), since=row.health_at, detail=detail, **about))  # type: ignore[arg-type]
            continue
        ends_at = grants.ends_at(vault, row)
        if ends_at is not None and now - ends_at > RENEWED:
            found.append(Trouble(kind="expiring", since=ends_at, **about))  # type: ignore[arg-type]
    return found


def _lost_records(rows: Mapping[int, ChannelAccount]) -> list[Trouble]:
    found = []
    for row in rows.values():
        gone = lost(row.published) if row.is_active else []
        if gone:
            found.append(
                Trouble(
                    kind="records",
                    since=gone[0].since,
                    channel_account_id=row.id,
                    inbox_id=row.inbox_id,
                    name=row.name,
                    detail=gone[0].sentence,
                )
            )
    return found


def _quiet(rows: Mapping[int, ChannelAccount]) -> list[Trouble]:
    return [
        Trouble(kind="quiet", since=row.last_received_at, channel_account_id=row.id, inbox_id=row.inbox_id, name=row.name)
        for row in rows.values()
        if row.is_active
        and row.is_authorized
        and row.health.get("state") != "broken"
        and not _is_unreachable(row)
        and row.unusual_silence is not None
    ]


def _is_unreachable(row: ChannelAccount) -> bool:
    return row.health.get("state") == "unreachable"


def _counted(kind: str, counted: Counted, row: ChannelAccount | Place | None) -> Trouble:
    return Trouble(
        kind=kind,  # type: ignore[arg-type]
        count=min(counted.count, CAP - 1),
        is_capped=counted.count >= CAP,
        since=counted.since,
        conversation_id=counted.conversation_id,
        conversation_ids=list(dict.fromkeys(counted.conversation_ids)),
        detail=counted.reason,
        channel_account_id=row.id if row else None,
        inbox_id=row.inbox_id if row else None,
        name=row.name if row else "",
    )

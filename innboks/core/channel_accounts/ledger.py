"""The books of a connection: what its provider holds, what we hold, and what is missing between the two (AHEAD 1).

A wish to fetch older messages is kept in the channel account's settings (`backfill_since`); the channel sees it in its context,
does it while it watches, and keeps its progress in its state (`backfill`: since, done, total, state). Read next: `watch.py`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.connect import BACKFILL, get_channel_account
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid
from innboks.sdk.registry import offers


class Ledger(msgspec.Struct, kw_only=True):
    """`on_server` and `gap` are None where the provider cannot be counted. `gap`: on the server, but never offered to us.
    `quarantined`: came in and could not be read, whether a person has set it aside since or not."""

    on_server: int | None
    stored: int
    quarantined: int
    duplicates: int
    ignored: int
    gap: int | None
    folders: dict[str, Any]
    backfill: dict[str, Any] | None


async def ledger(parts: Parts, actor: Actor, channel_account_id: int) -> Ledger:
    """Asks the provider, and counts here. Raises the channel's `SendError` or `Refused` when it cannot be asked."""
    row = await get_channel_account(parts, actor, channel_account_id)
    connected = await parts.directory.find(parts, actor.account_id, channel_account_id)
    held: Mapping[str, Any] = {}
    if row.archived_at is None and offers(connected.channel, "ledger"):
        held = await connected.channel.ledger(connected.context)
    async with parts.db.connection() as conn:
        counts = await store.ledger_counts(conn, actor.account_id, channel_account_id)
    on_server = held.get("on_server")
    gap = held.get("gap", None if on_server is None else max(0, on_server - counts["offered"]))
    return Ledger(
        on_server=on_server,
        stored=counts.get("handled", 0),
        quarantined=counts.get("quarantined", 0) + counts.get("kept", 0) + counts.get("set_aside", 0),
        duplicates=counts.get("duplicate", 0),
        ignored=counts.get("ignored", 0),
        gap=gap,
        folders=dict(held.get("folders", {})),
        backfill=_backfill(row.settings.get(BACKFILL), row.state.get("backfill")),
    )


async def request_backfill(parts: Parts, actor: Actor, channel_account_id: int, since: date) -> dict[str, Any]:
    """Asks the channel to fetch what is older, back to `since`. Asking again with an earlier date goes on from there."""
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    if not offers(parts.registry.get(row.kind), "watch") or (await ledger(parts, actor, channel_account_id)).on_server is None:
        raise Invalid("This channel brings its messages by itself; there is nothing to fetch.", code="no_backfill")
    if since > parts.clock.now().date():
        raise Invalid("Choose a day in the past.", field="since")
    async with parts.db.transaction() as conn:
        await store.update(conn, actor.account_id, channel_account_id, {"settings": {**row.settings, BACKFILL: since.isoformat()}})
        await events.add(
            conn, actor.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": channel_account_id}
        )
    await tell_changed(parts, actor.account_id, channel_account_id)
    parts.wake.touch(actor.account_id)
    found = _backfill(since.isoformat(), row.state.get("backfill"))
    assert found is not None
    return found


def _backfill(wished: str | None, progress: dict[str, Any] | None) -> dict[str, Any] | None:
    """The progress, if it is that of the present wish; a wish that the channel has not seen yet is waiting."""
    if wished is None:
        return progress
    if progress is not None and progress.get("since") == wished:
        return progress
    return {"since": wished, "done": 0, "total": None, "state": "waiting"}

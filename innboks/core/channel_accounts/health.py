"""How a connection is, in words that everybody sees; and what happens to the queue when it breaks or comes back (R-042, R-044)."""

import msgspec
import structlog

from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.dispatches import store as dispatches
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.lib.db import retrying
from innboks.sdk.contract import Health

log = structlog.get_logger("health")


@retrying
async def record_health(parts: Parts, account_id: int, channel_account_id: int, health: Health) -> None:
    """Writes the state down; people are told only when the words changed. Back from broken: what waited goes out, in order.

    Whether the credentials are valid is known only when it works or when they were refused: pausing says nothing of it, nor does a silence."""
    is_authorized = {"connected": True, "broken": False}.get(health.state)
    async with parts.db.transaction() as conn:
        changed = await store.save_health(conn, account_id, channel_account_id, msgspec.to_builtins(health), is_authorized)
        if changed:
            await events.add(conn, account_id, "channel_account.changed", data={"channel_account_id": channel_account_id})
            await dispatches.release_if_back(conn, account_id, channel_account_id)
    if changed:
        log.info("connection changed", channel_account=channel_account_id, state=health.state)
        await tell_changed(parts, account_id, channel_account_id)
        parts.wake.touch(account_id)
        parts.jobs.announce_sending()


@retrying
async def release_if_back(parts: Parts, account_id: int, channel_account_id: int) -> None:
    """After a reply was put aside for a broken connection: it may have come back since it was looked at, and nobody would free the reply then."""
    async with parts.db.transaction() as conn:
        is_back = await dispatches.release_if_back(conn, account_id, channel_account_id)
    if is_back:
        await tell_changed(parts, account_id, channel_account_id)
        parts.jobs.announce_sending()


async def mark_broken(parts: Parts, account_id: int, channel_account_id: int, sentence: str) -> None:
    await record_health(
        parts, account_id, channel_account_id, Health(state="broken", sentence=sentence, action="Reconnect it. Replies wait until then.")
    )

"""The fallback address of an inbox (R-145): issued by us with the inbox, so that mail can come before anything is connected and answers can leave when what
was connected is gone. It receives from the first moment; it sends only when somebody allowed it. Read next: `conversations/write.py`, which falls back to it.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
import psycopg

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.connect import change_channel_account, draft_of, seal_config
from innboks.core.channel_accounts.directory import open_up
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.dispatches import store as dispatches
from innboks.core.events import store as events
from innboks.core.inboxes import store as inboxes
from innboks.core.parts import Parts
from innboks.errors import Conflict, NotFound
from innboks.sdk.contract import Health
from innboks.sdk.registry import offers


async def fallback_of(parts: Parts, actor: Actor, inbox_id: int) -> ChannelAccount:
    """Of an inbox older than this, it is issued when it is asked for: before that nobody can know it. Raises `NotFound`, and `Conflict` for an
    archived inbox."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        inbox = await inboxes.get(conn, actor.account_id, inbox_id)
        found = await store.fallback(conn, actor.account_id, inbox_id)
    if inbox is None:
        raise NotFound("There is no such inbox.", code="unknown_inbox")
    if found is not None:
        return await _moved(parts, actor, found)
    if inbox.archived_at is not None:
        raise Conflict("This inbox is archived. Bring it back first.", code="archived")
    for channel in parts.registry:
        if offers(channel, "fallback_config"):
            return await _issue(parts, actor, inbox_id, inbox.name, channel.kind)
    raise NotFound("No channel gives out addresses here.", code="no_fallback")


async def issue_fallback(parts: Parts, actor: Actor, inbox_id: int) -> None:
    """For a new inbox (R-025). Where no channel gives out addresses there is none."""
    with contextlib.suppress(NotFound):
        await fallback_of(parts, actor, inbox_id)


async def change_fallback(
    parts: Parts, actor: Actor, inbox_id: int, *, may_send: bool | None, config: Mapping[str, Any] | None
) -> ChannelAccount:
    """Allows sending, or changes what customers see."""
    row = await fallback_of(parts, actor, inbox_id)
    if config is not None:
        await change_channel_account(parts, actor, row.id, config=config)
    if may_send is not None:
        async with parts.db.transaction() as conn:
            await store.update(conn, actor.account_id, row.id, {"may_send": may_send})
            if may_send:
                await dispatches.release_held(conn, actor.account_id, row.id)
            await events.add(conn, actor.account_id, "channel_account.changed", inbox_id=inbox_id, data={"channel_account_id": row.id})
        await tell_changed(parts, actor.account_id, row.id)
        parts.wake.touch(actor.account_id)
        parts.jobs.announce_sending()
    return await fallback_of(parts, actor, inbox_id)


async def _moved(parts: Parts, actor: Actor, row: ChannelAccount) -> ChannelAccount:
    """An operator who gives the server its domain after the set-up gets addresses there, as long as nobody can have used the old one."""
    channel = parts.registry.get(row.kind)
    address = channel.hosted_address(open_up(parts, row, frozenset()).context)
    if address is None or address.lower() == row.hosted_address or row.may_send or row.last_received_at is not None:
        return row
    config = seal_config(parts, row.account_id, row.id, channel.fallback_config(address))
    values = {"identity": address.lower(), "address": address.lower(), "hosted_address": address.lower(), "config_sealed": config}
    async with parts.db.transaction() as conn:
        await store.update(conn, actor.account_id, row.id, values)
        moved = await store.fallback(conn, actor.account_id, row.inbox_id)
    await tell_changed(parts, actor.account_id, row.id)
    return moved or row


async def _issue(parts: Parts, actor: Actor, inbox_id: int, name: str, kind: str) -> ChannelAccount:
    channel = parts.registry.get(kind)
    draft = await draft_of(parts, actor, kind, name, inbox_id, channel.fallback_config(""))
    address = channel.hosted_address(draft.context)
    assert address is not None, "a channel that gives out addresses has one"
    config = channel.fallback_config(address)
    try:
        async with parts.db.transaction() as conn:
            await store.insert(
                conn,
                account_id=actor.account_id,
                id=draft.row.id,
                inbox_id=inbox_id,
                kind=kind,
                name=name,
                identity=address.lower(),
                address=address.lower(),
                hosted_address=address.lower(),
                config_sealed=seal_config(parts, actor.account_id, draft.row.id, config),
                reply_window_s=channel.abilities.reply_window_s,
                grant_sealed=None,
                settings={},
                owner_id=None,
                category=channel.category,
            )
            await store.mark_fallback(conn, actor.account_id, draft.row.id, msgspec.to_builtins(Health(state="connected")))
    except psycopg.errors.UniqueViolation:
        pass  # two asked at once: the other one's counts
    return await fallback_of(parts, actor, inbox_id)

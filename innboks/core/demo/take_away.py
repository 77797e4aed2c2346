"""The worker's part of removing demo data: exactly what the demo made, in small transactions, since nobody's screen hears of anything newer than the oldest
that runs. Each finds what is left to do by the marks, so whoever goes on after a killed worker does nothing twice.

What something of the account's own hangs on stays: a conversation with a message through a channel of its own, a contact who was merged or has a note,
somebody whom a conversation that stays was given to (they cannot sign in and are deactivated), an address or an inbox that is still needed. Read next: `store.py`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, LiteralString

from innboks.core.accounts import store as accounts
from innboks.core.accounts.rights import announce, note_change
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.conversations import store as conversations
from innboks.core.demo import store
from innboks.core.events import store as events

if TYPE_CHECKING:
    from innboks.core.parts import Parts

BATCH = 10


async def take_away(parts: "Parts", account_id: int) -> int:
    """Returns how much of it stays."""
    while await take_some(parts, account_id):
        parts.wake.touch(account_id)
    async with parts.db.transaction() as conn:
        gone = await store.remove_contacts(conn, account_id)
        if gone:
            await events.add(conn, account_id, "contacts.changed", data={"contact_ids": [str(one) for one in gone]})
    kept = 0
    for id in await _marked(parts, account_id, "channel_account"):
        kept += not await _take_channel_account(parts, account_id, id)
    for id in await _marked(parts, account_id, "inbox"):
        async with parts.db.transaction() as conn:
            await store.remove_inbox(conn, account_id, id)
            await note_change(conn, account_id, rights=True)
    for id in await _marked(parts, account_id, "app_user"):
        async with parts.db.transaction() as conn:
            if not await store.remove_user(conn, account_id, id):
                await accounts.update_user(conn, account_id, id, {"deactivated_at": parts.clock.now()})
                await accounts.end_all_access(conn, account_id, id)
            await note_change(conn, account_id, rights=True)
    async with parts.db.transaction() as conn:
        kept += await store.forget_mark(conn, account_id)
    parts.jobs.announce()
    await announce(parts, account_id)
    return kept


async def _marked(parts: "Parts", account_id: int, table: LiteralString) -> list[int]:
    async with parts.db.connection() as conn:
        return await store.marked(conn, account_id, table)


async def _take_channel_account(parts: "Parts", account_id: int, channel_account_id: int) -> bool:
    """False: something needs it, so it was disconnected only."""
    async with parts.db.transaction() as conn:
        files = await store.files_of_deliveries(conn, account_id, channel_account_id)
        is_gone = await store.remove_channel_account(conn, account_id, channel_account_id)
        if is_gone:
            await parts.jobs.erase_files(conn, files)
        else:
            await channel_accounts.archive(conn, account_id, channel_account_id)
    await tell_changed(parts, account_id, channel_account_id)
    return is_gone


async def take_some(parts: "Parts", account_id: int) -> bool:
    """True when there may be more."""
    async with parts.db.transaction() as conn:
        found = await store.removable_conversations(conn, account_id, BATCH)
        await parts.jobs.erase_files(conn, await conversations.delete(conn, account_id, found))
        await store.note_removed(conn, account_id, len(found))
    parts.jobs.announce()
    return len(found) == BATCH


async def remove_when_due(parts: "Parts", account_id: int) -> datetime | None:
    """What the job of a removal does; nothing where it was taken back. Returns when to come again, or None."""
    async with parts.db.transaction() as conn:
        found = await store.get(conn, account_id, lock=True)  # whoever keeps it holds it, too
        if found.state != "removing":
            return None
        if found.remove_at is not None and found.remove_at > parts.clock.now():
            return found.remove_at
        await store.begin_taking_away(conn, account_id)
    kept = await take_away(parts, account_id)
    async with parts.db.transaction() as conn:
        await store.finish_removal(conn, account_id, kept)
    return None

"""Undoing a merge of contacts, at any time: exactly what went comes back, and what came after stays with the contact that stayed.

Where that one was merged on since, what went is fetched from there. A value that somebody changed since is left as they wanted it. Read next: `merge.py`.
"""

from typing import Any

from innboks.core.access import Actor
from innboks.core.contacts import store, store_merge
from innboks.core.contacts.contacts import readable_contact, with_values, writable_contact
from innboks.core.contacts.merge import announce
from innboks.core.contacts.models import Contact, Merge
from innboks.core.parts import Parts
from innboks.core.tickets import store_tickets as tickets
from innboks.errors import NotFound
from innboks.lib.db import Connection, retrying


async def undo_merge(parts: Parts, actor: Actor, id: int) -> tuple[int, int]:
    """Returns (the contact that is back, the one that it had been merged into). Harmless to repeat."""
    both = await _undo(parts, actor, id)
    parts.wake.touch(actor.account_id)
    return both


@retrying
async def _undo(parts: Parts, actor: Actor, id: int) -> tuple[int, int]:
    account_id = actor.account_id
    async with parts.db.transaction() as conn:
        done = await store_merge.get(conn, account_id, id)
        if done is None:
            raise NotFound("There is no such merge.", code="unknown_merge")
        try:
            if done.undone_at is not None:
                await readable_contact(conn, actor, done.target_id)
                return done.source_id, done.target_id
            await writable_contact(conn, actor, done.target_id)
        except NotFound as error:
            raise NotFound("There is no such merge.", code="unknown_merge") from error
        carriers = await _held_carriers(conn, account_id, done)
        if await store_merge.mark_undone(conn, account_id, id, actor.user_id, parts.clock.now()):
            await _bring_back(conn, actor, done, carriers)
    return done.source_id, done.target_id


async def _held_carriers(conn: Connection, account_id: int, done: Merge) -> list[int]:
    """They are held until the commit. Whoever merged the last of them on in that moment is waited for, and then the chain is longer."""
    carriers = await _carriers(conn, account_id, done.target_id)
    while True:
        await store.lock_addresses(conn, account_id, carriers)
        await store.lock(conn, account_id, [done.source_id, *carriers])
        now = await _carriers(conn, account_id, done.target_id)
        if now == carriers:
            return carriers
        carriers = now


async def _carriers(conn: Connection, account_id: int, target_id: int) -> list[int]:
    """The contact, and those that it was merged into since: one of them has what went."""
    ids: list[int] = []
    at: int | None = target_id
    while at is not None and at not in ids:
        ids.append(at)
        found = await store.get(conn, account_id, at)
        at = found.merged_into_id if found else None
    return ids


async def _bring_back(conn: Connection, actor: Actor, done: Merge, carriers: list[int]) -> None:
    account_id, source_id = actor.account_id, done.source_id
    moved = await store_merge.move_conversations(conn, account_id, carriers, source_id, done.conversation_ids)
    await store_merge.move_messages_back(conn, account_id, done.message_ids, carriers, source_id)
    await store_merge.move_notes(conn, account_id, carriers, source_id, done.note_ids)
    await tickets.move_contact(conn, account_id, carriers, source_id, done.ticket_ids, stay=done.kept_ticket_ids)
    await store_merge.move_identities_back(conn, account_id, carriers, source_id, done.identities)
    await store.update(conn, account_id, source_id, {"merged_into_id": None})
    target = await store.get(conn, account_id, done.target_id)
    assert target is not None
    values = _before(done, target)
    if values:
        await store.update(conn, account_id, target.id, values)
    source = await store.get(conn, account_id, source_id)
    assert source is not None
    line = {"merge_id": str(done.id), "contact_id": str(source_id), "name": source.name}
    await store.note_change(conn, account_id, target.id, "merge_undone", actor.user_id, line)
    await announce(conn, actor, moved, [source_id, *carriers])


def _before(done: Merge, now: Contact) -> dict[str, Any]:
    """The columns that are still as the merge left them, as they were before it."""
    values = {name: change[0] for name, change in done.changes.items() if name != "properties" and getattr(now, name) == change[1]}
    kept = done.changes.get("properties", {})
    back = {key: before for key, (before, after) in kept.items() if now.properties.get(key) == after}
    if back:
        values["properties"] = with_values(now.properties, back)
    return values

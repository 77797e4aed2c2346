"""Two contacts become one: conversations, tickets, notes and addresses follow, empty properties are filled in, and the old id leads to the one that stays
(R-705, AHEAD 7). It can be undone for ever: `unmerge.py`.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store, store_merge
from innboks.core.contacts.contacts import MERGED_MAX, tell, with_values, writable_contact
from innboks.core.contacts.models import Contact
from innboks.core.conversations import store as conversations
from innboks.core.parts import Parts
from innboks.core.rearrangements.store import announce_moved
from innboks.core.tickets import store_tickets as tickets
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection, retrying

TOLD_MAX = 200
"""Conversations that are told one by one; older ones show the other contact when they are read again."""
Side = Literal["target", "source"]


class Choices(msgspec.Struct, kw_only=True):
    """Whose name, owner and values stay where both have one; `properties` by key. What is not said: the target's."""

    name: Side = "target"
    owner: Side = "target"
    properties: Mapping[str, Side] = {}


async def merge(parts: Parts, actor: Actor, target_id: int, source_id: int, choices: Choices | None = None) -> int:
    """Merges the source into the target; its number is for undoing. Harmless to repeat."""
    id = await _merge(parts, actor, target_id, source_id, choices or Choices())
    parts.wake.touch(actor.account_id)
    return id


@retrying
async def _merge(parts: Parts, actor: Actor, target_id: int, source_id: int, choices: Choices) -> int:
    account_id = actor.account_id
    async with parts.db.transaction() as conn:
        await store.lock_addresses(conn, account_id, [target_id, source_id])
        await store.lock(conn, account_id, [target_id, source_id])
        target = await writable_contact(conn, actor, target_id)
        given = await store.get(conn, account_id, source_id)
        source = await writable_contact(conn, actor, source_id)
        if target.id == source.id:
            done = await store_merge.standing(conn, account_id, target.id)
            known = next((one.merge_id for one in done if one.contact_id == source_id), None)
            if known is not None:
                return known
            raise Invalid("A contact cannot be merged into itself.", code="same_contact", field="contact_id")
        if target.id != target_id or given is None or given.merged_into_id is not None:
            raise Conflict("Somebody merged one of these meanwhile. Look at the contact again.", code="merged_already")
        if (target.blocked_at is None) != (source.blocked_at is None):
            raise Conflict("One of these is blocked and the other is not. Block or unblock one of them first.", code="one_blocked")
        taken = await store_merge.count_merged(conn, account_id, target.id) + await store_merge.count_merged(conn, account_id, source.id)
        if taken + 1 > MERGED_MAX:
            raise Conflict(f"A contact is made of at most {MERGED_MAX} others.", code="too_many_merged")
        return await _move_all(conn, actor, source, target, choices)


async def _move_all(conn: Connection, actor: Actor, source: Contact, target: Contact, choices: Choices) -> int:
    account_id = actor.account_id
    id = await store_merge.insert(conn, account_id, source.id, target.id, actor.user_id)
    moved = await store_merge.move_conversations(conn, account_id, [source.id], target.id)
    message_ids = await store_merge.move_messages(conn, account_id, moved, source.id, target.id)
    note_ids = await store_merge.move_notes(conn, account_id, [source.id], target.id)
    ticket_ids, kept_ticket_ids = await tickets.move_contact(conn, account_id, [source.id], target.id)
    identities = await store_merge.move_identities(conn, account_id, source.id, target.id)
    values = _joined(source, target, choices)
    changes: dict[str, Any] = {name: [getattr(target, name), value] for name, value in values.items() if name != "properties"}
    if "properties" in values:
        after = values["properties"]
        changes["properties"] = {
            key: [target.properties.get(key), value] for key, value in after.items() if target.properties.get(key) != value
        }
    await store.update(conn, account_id, source.id, {"merged_into_id": target.id})
    if values:
        await store.update(conn, account_id, target.id, values)
    await store_merge.keep(
        conn,
        account_id,
        id,
        conversation_ids=moved,
        message_ids=message_ids,
        note_ids=note_ids,
        ticket_ids=ticket_ids,
        kept_ticket_ids=kept_ticket_ids,
        identities=identities,
        changes=changes,
    )
    line = {
        "merge_id": str(id),
        "contact_id": str(source.id),
        "name": source.name or next((one.value for one in source.identities), ""),
        "conversations": len(moved),
        "identities": [one.value for one in source.identities],
    }
    await store.note_change(conn, account_id, target.id, "merged", actor.user_id, line)
    await announce(conn, actor, moved, [source.id, target.id])
    return id


async def announce(conn: Connection, actor: Actor, conversation_ids: list[int], contact_ids: list[int]) -> None:
    """Whoever shows one of these conversations or contacts looks again; the newest conversations are told one by one."""
    told = sorted(conversation_ids, reverse=True)[:TOLD_MAX]
    await conversations.announce(conn, actor.account_id, *told)
    await announce_moved(conn, actor.account_id, told)  # their messages name another contact now
    for contact_id in contact_ids:
        await tell(conn, actor, contact_id, {})


def _joined(source: Contact, target: Contact, choices: Choices) -> dict[str, Any]:
    """The columns of the target that change. Where only one has something, that stays."""
    values: dict[str, Any] = {}
    if source.name and source.name != target.name and (not target.name or choices.name == "source"):
        values["name"] = source.name
    if source.owner_id and source.owner_id != target.owner_id and (target.owner_id is None or choices.owner == "source"):
        values["owner_id"] = source.owner_id
    if target.is_shared and not source.is_shared:
        values["is_shared"] = False  # what belongs to an inbox is not shown to everybody because of a merge
    taken = {
        key: value
        for key, value in source.properties.items()
        if value != target.properties.get(key) and (key not in target.properties or choices.properties.get(key) == "source")
    }
    if taken:
        values["properties"] = with_values(target.properties, taken)
    return values

"""Conversations become one: their messages follow, and what is left of them leads to the one that stays. It can be undone for ever (AHEAD 7).

Rows are always locked in the order of their ids, so that two people who merge crosswise wait for each other instead of blocking each other for
good; whoever comes second is told that it has happened. Read next: `undo.py`.
"""

from collections.abc import Sequence
from typing import Any

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.change import PRIORITIES
from innboks.core.conversations.models import Conversation
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements import store
from innboks.core.tags import store as tags
from innboks.core.tickets import store_tickets as tickets
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection, retrying

AT_ONCE_MAX = 20


async def merge(parts: Parts, actor: Actor, target_id: int, source_ids: Sequence[int]) -> tuple[Conversation, list[int]]:
    """Merges each of these into the target. Returns (the target as it is now, the number of each merge). Harmless to repeat."""
    after, ids = await _merge(parts, actor, target_id, _checked(source_ids))
    parts.wake.touch(actor.account_id)
    return after, ids


@retrying
async def _merge(parts: Parts, actor: Actor, target_id: int, source_ids: list[int]) -> tuple[Conversation, list[int]]:
    async with parts.db.transaction() as conn:
        ids = await _merge_all(conn, actor, target_id, source_ids)
        after = await conversations.get(conn, actor.account_id, target_id, actor.user_id)
    assert after is not None
    return after, ids


async def _merge_all(conn: Connection, actor: Actor, target_id: int, source_ids: list[int]) -> list[int]:
    held = await lock_all(conn, actor, [target_id, *source_ids])
    if target_id in source_ids:
        raise Invalid("A conversation cannot be merged into itself.", code="same_conversation", field="conversation_ids")
    return [await _merge_one(conn, actor, held[source_id], target_id) for source_id in source_ids]


def _checked(source_ids: Sequence[int]) -> list[int]:
    if not 0 < len(source_ids) <= AT_ONCE_MAX:
        raise Invalid(f"Merge 1 to {AT_ONCE_MAX} conversations at once.", code="invalid", field="conversation_ids")
    return list(dict.fromkeys(source_ids))


async def lock_all(conn: Connection, actor: Actor, ids: Sequence[int]) -> dict[int, Conversation]:
    """These conversations, their rows held until the commit. Raises unless the actor may act in each."""
    held: dict[int, Conversation] = {}
    for one in sorted(set(ids)):
        found = await conversations.lock(conn, actor.account_id, one, actor.user_id)
        if found is None or not actor.can_read(found.inbox_id):
            raise NotFound("There is no such conversation.", code="unknown_conversation")
        held[one] = found
    for found in held.values():
        actor.require_write(found.inbox_id)
    return held


async def _merge_one(conn: Connection, actor: Actor, source: Conversation, target_id: int) -> int:
    account_id = actor.account_id
    target = await conversations.get(conn, account_id, target_id)
    assert target is not None
    if source.merged_into_id == target_id:
        standing = await store.standing_merge(conn, account_id, source.id, target_id)
        if standing is not None:
            return standing
    if source.merged_into_id is not None or target.merged_into_id is not None:
        raise Conflict("Somebody merged one of these meanwhile. Look at the list again.", code="merged_already")
    if any(one.spam or one.trashed_at is not None for one in (source, target)):
        raise Conflict("What is spam or in the trash cannot be merged. Take it out of there first.", code="not_mergeable")
    id = await store.insert(conn, account_id, "merge", source.id, target_id, actor.user_id)
    reading = await store.merge_reading(conn, account_id, source.id, target_id)
    why = {"how": "merged", "by": str(actor.user_id), "from": str(source.id), "rearrangement_id": str(id)}
    moved = await store.move_messages(conn, account_id, source.id, target_id, why)
    drafts = await store.move_drafts(conn, account_id, source.id, target_id)
    reminders = await store.move_reminders(conn, account_id, [source.id], target_id)
    linked = await tickets.move_links(conn, account_id, source.id, target_id, source.inbox_id, target.inbox_id)
    values, new_tags = _joined(source, target)
    changes: dict[str, list[Any]] = {name: [getattr(target, name), value] for name, value in values.items()}
    if new_tags:
        await tags.put_on(conn, account_id, [(target_id, one) for one in new_tags])
    await conversations.update(conn, account_id, source.id, {"merged_into_id": target_id})
    await conversations.update(conn, account_id, target_id, values)
    line = {
        "event": "merged",
        "rearrangement_id": str(id),
        "from": str(source.id),
        "to": str(target_id),
        "subject": source.subject,
        "count": len(moved),
    }
    line_ids = [await messages.add_system(conn, account_id, one, line, author_id=actor.user_id) for one in (source.id, target_id)]
    if "assignee_id" in values:
        handed = {"event": "assigned", "from": None, "to": str(values["assignee_id"]), "reason": "merge"}
        line_ids.append(await messages.add_system(conn, account_id, target_id, handed, author_id=actor.user_id))
    await conversations.recount(conn, account_id, target_id)
    await store.announce_moved(conn, account_id, [source.id, target_id])
    await store.announce_reading(conn, account_id, target_id)
    kept = {
        **changes,
        "tag_ids": new_tags,
        "reading": [list(one) for one in reading],
        "drafts": [list(one) for one in drafts],
        "reminders": reminders,
        "tickets": [list(one) for one in linked],
    }
    await store.keep(conn, account_id, id, message_ids=moved, changes=kept, line_ids=line_ids)
    return id


def _joined(source: Conversation, target: Conversation) -> tuple[dict[str, Any], list[int]]:
    """What the target takes over: (columns, tags). What is open in the one is open in both, the higher priority counts, and an owner stays."""
    values: dict[str, Any] = {}
    if source.status == "open" and target.status == "closed":
        values |= {"status": "open", "closed_at": None}
    if target.is_snoozed and source.status == "open" and not source.is_snoozed:
        values |= {"is_snoozed": False, "snoozed_until": None}
    if PRIORITIES.index(source.priority) > PRIORITIES.index(target.priority):
        values["priority"] = source.priority
    if target.assignee_id is None and source.assignee_id is not None and source.inbox_id == target.inbox_id:
        values["assignee_id"] = source.assignee_id
    return values, [one for one in source.tag_ids if one not in target.tag_ids]


class _Undone(Exception):
    """Ends the transaction of a preview."""


async def preview(parts: Parts, actor: Actor, target_id: int, source_ids: Sequence[int]) -> Conversation:
    """What merging would make, and nothing of it stays."""
    after: Conversation | None = None
    try:
        async with parts.db.transaction() as conn:
            await _merge_all(conn, actor, target_id, _checked(source_ids))
            after = await conversations.get(conn, actor.account_id, target_id, actor.user_id)
            raise _Undone
    except _Undone:
        assert after is not None
        return after

"""Undoing a merge or a split, at any time: exactly what went comes back, and what came after stays where it is.

A message that was moved on by hand since is where somebody wanted it, so it stays there. What was merged on together with its new
conversation is fetched from there. Read next: `merge.py`.
"""

from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements import store
from innboks.core.rearrangements.merge import lock_all
from innboks.core.rearrangements.models import Rearrangement
from innboks.core.tags import store as tags
from innboks.core.tickets import store_tickets as tickets
from innboks.errors import Conflict, NotFound
from innboks.lib.db import Connection, retrying

_TIMES = ("closed_at", "snoozed_until")
_BESIDE = ("tag_ids", "reading", "drafts", "reminders", "tickets")
"""What is kept among the changes but is no column of the conversation."""


async def undo(parts: Parts, actor: Actor, id: int) -> tuple[Conversation, Conversation]:
    """Returns (where the messages are back, where they had gone). Harmless to repeat."""
    both = await _undo(parts, actor, id)
    parts.wake.touch(actor.account_id)
    return both


@retrying
async def _undo(parts: Parts, actor: Actor, id: int) -> tuple[Conversation, Conversation]:
    account_id = actor.account_id
    async with parts.db.transaction() as conn:
        done = await store.get(conn, account_id, id)
        if done is None:
            raise NotFound("There is no such merge or split.", code="unknown_rearrangement")
        done = msgspec.structs.replace(done, source_id=await _home(conn, account_id, done))
        ends = await lock_all(conn, actor, await _carried(conn, account_id, done))
        if done.kind == "split" and ends[done.source_id].merged_into_id is not None:
            raise Conflict("The first conversation was merged into another one since. Undo that first.", code="merged_already")
        if await store.mark_undone(conn, account_id, id, actor.user_id, parts.clock.now()):
            await _bring_back(conn, actor, done, list(ends))
        source = await conversations.get(conn, account_id, done.source_id, actor.user_id)
        target = await conversations.get(conn, account_id, done.target_id, actor.user_id)
    assert source is not None
    assert target is not None
    return source, target


async def _home(conn: Connection, account_id: int, done: Rearrangement) -> int:
    """Where a part belongs again: in what it was split from, or, when that was a part itself and went back as a whole, in what that was split from."""
    at = done.source_id
    while done.kind == "split":
        found = await conversations.get(conn, account_id, at)
        leads_to = found.merged_into_id if found else None
        if leads_to is None or await store.standing_merge(conn, account_id, at, leads_to) is not None:
            break
        at = leads_to
    return at


async def _carried(conn: Connection, account_id: int, done: Rearrangement) -> list[int]:
    """The conversations that take part: the two, and those that the second was merged into since."""
    ids = [done.source_id]
    at: int | None = done.target_id
    while at is not None and at not in ids:
        ids.append(at)
        found = await conversations.get(conn, account_id, at)
        at = found.merged_into_id if found else None
    return ids


async def _bring_back(conn: Connection, actor: Actor, done: Rearrangement, ends: list[int]) -> None:
    account_id, source_id, target_id = actor.account_id, done.source_id, done.target_id
    carriers = [one for one in ends if one != source_id]
    await store.move_back(conn, account_id, carriers, source_id, done.message_ids, done.id)
    linked = done.changes.get("tickets", [])
    await tickets.move_links_back(conn, account_id, carriers, source_id, linked, is_merge=done.kind == "merge")
    target = await conversations.get(conn, account_id, target_id)
    assert target is not None
    if done.kind == "merge":
        await conversations.update(conn, account_id, source_id, {"merged_into_id": None})
        values = _before(done, target)
        await conversations.update(conn, account_id, target_id, values)
        if "assignee_id" in values:
            back = {"event": "assigned", "from": str(target.assignee_id), "to": None, "reason": "merge_undone"}
            await messages.add_system(conn, account_id, target_id, back, author_id=actor.user_id)
        await tags.take_off(conn, account_id, [(target_id, one) for one in done.changes.get("tag_ids", [])])
        await store.unmerge_reading(conn, account_id, target_id, done.changes.get("reading", []))
        await store.move_drafts_back(conn, account_id, carriers, source_id, done.changes.get("drafts", []))
        await store.move_reminders(conn, account_id, carriers, source_id, done.changes.get("reminders", []))
    elif target.merged_into_id is None and (await store.movable(conn, account_id, target_id, []))[1] == 0:
        await conversations.update(conn, account_id, target_id, {"merged_into_id": source_id})  # nothing is left: it leads back
    line = {"event": f"{done.kind}_undone", "rearrangement_id": str(done.id), "from": str(source_id), "to": str(target_id)}
    for one in (source_id, target_id):
        await messages.add_system(conn, account_id, one, line, author_id=actor.user_id)
    await store.mark_lines(conn, account_id, done.line_ids)
    for one in ends:
        await conversations.recount(conn, account_id, one)
    await store.announce_moved(conn, account_id, ends)
    for one in ends:
        await store.announce_reading(conn, account_id, one)


def _before(done: Rearrangement, now: Conversation) -> dict[str, Any]:
    """The columns that are still as the merge left them, as they were before it."""
    values: dict[str, Any] = {}
    for name, change in done.changes.items():
        if name in _BESIDE:
            continue
        before, after = (_value(name, one) for one in change)
        if getattr(now, name) == after:
            values[name] = before
    return values


def _value(name: str, kept: Any) -> Any:
    return datetime.fromisoformat(kept) if name in _TIMES and isinstance(kept, str) else kept

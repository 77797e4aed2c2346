"""What is closed with a ticket, and a ticket with what it is about (R-737).

Closing a ticket closes its conversations: those that the person may act in, and that no other open ticket is about. Where the account wants it, closing
the last open conversation of a ticket closes the ticket, if they may act in its inbox. Opened again by a person, as by an undo, each opens what it had
closed, unless somebody has changed that since; a customer who writes opens the conversation alone. Rows are held as everywhere: conversations, then
tickets.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.messages import store as messages
from innboks.core.tickets import store as pipelines
from innboks.core.tickets import store_together as store
from innboks.core.tickets.models import Stage
from innboks.core.tickets.store_tickets import tell
from innboks.lib.db import Connection


async def follow_ticket(conn: Connection, actor: Actor, ticket_id: int, name: str, *, is_closed: bool, now: datetime) -> None:
    """After a person closed a ticket, or opened it again; its conversations are held."""
    writable = sorted(actor.writable)
    if is_closed:
        ids = await store.threads_to_close(conn, actor.account_id, ticket_id, writable)
        line = {"event": "status_changed", "from": "open", "to": "closed"}
        values = {"status": "closed", "closed_at": now, "is_snoozed": False, "snoozed_until": None}
    else:
        ids = await store.threads_closed_with(conn, actor.account_id, ticket_id, writable)
        line = {"event": "status_changed", "from": "closed", "to": "open"}
        values = {"status": "open", "closed_at": None}
    if ids:
        await conversations.update_all(conn, actor.account_id, dict.fromkeys(ids, values))
        line |= {"reason": "ticket", "ticket_id": str(ticket_id), "name": name}
        await messages.add_lines(conn, actor.account_id, [(one, line) for one in ids], author_id=actor.user_id)


async def follow_conversations(conn: Connection, actor: Actor, conversation_ids: Sequence[int], *, is_closed: bool, now: datetime) -> None:
    """After a person closed conversations, or opened them again; they are held."""
    if is_closed:
        await _close_tickets(conn, actor, conversation_ids, now)
    else:
        await _open_tickets(conn, actor, conversation_ids, now)


async def _close_tickets(conn: Connection, actor: Actor, conversation_ids: Sequence[int], now: datetime) -> None:
    held = await store.lock_tickets_to_close(conn, actor.account_id, conversation_ids, sorted(actor.writable))
    if not held:
        return
    known = {one.id: one.stages for one in await pipelines.pipelines(conn, actor.account_id)}
    stay_open = await store.about_something_open(conn, actor.account_id, [one.id for one in held])
    moves: Moves = []
    for ticket in held:
        stages: Sequence[Stage] = known[ticket.pipeline_id]
        to = next((one for one in stages if one.state == "closed"), None)
        was = next(one for one in stages if one.id == ticket.stage_id)
        if to is not None and ticket.id not in stay_open:
            moves.append((ticket, was, to))
    await _move(conn, actor, moves, now, is_closed=True)


async def _open_tickets(conn: Connection, actor: Actor, conversation_ids: Sequence[int], now: datetime) -> None:
    held = await store.lock_tickets_closed_with(conn, actor.account_id, conversation_ids, sorted(actor.writable))
    if not held:
        return
    stages = {stage.id: stage for one in await pipelines.pipelines(conn, actor.account_id) for stage in one.stages}
    moves = [(one, stages[one.stage_id], stages[one.before_id]) for one in held if one.before_id in stages]
    await _move(conn, actor, moves, now, is_closed=False)


Moves = list[tuple[store.Held, Stage, Stage]]
"""(ticket, the stage it was in, the stage it goes to) each."""


async def _move(conn: Connection, actor: Actor, moves: Moves, now: datetime, *, is_closed: bool) -> None:
    if not moves:
        return
    await store.set_stages(conn, actor.account_id, {ticket.id: to.id for ticket, _, to in moves}, now if is_closed else None, now)
    lines = [(ticket.conversation_id, _line(ticket, was, to, is_closed=is_closed)) for ticket, was, to in moves]
    await messages.add_lines(conn, actor.account_id, lines, author_id=actor.user_id)
    await tell(conn, actor.account_id, *(ticket.id for ticket, _, _ in moves))


def _line(ticket: store.Held, was: Stage, to: Stage, *, is_closed: bool) -> dict[str, Any]:
    line = {
        "event": "ticket_stage_changed",
        "ticket_id": str(ticket.id),
        "name": ticket.name,
        "from": {"key": was.key, "name": was.name},
        "to": {"key": to.key, "name": to.name},
    }
    return line | {"reason": "conversation", "before_id": str(was.id), "after_id": str(to.id)} if is_closed else line

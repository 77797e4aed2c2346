"""What is closed with a ticket, and a ticket with what it is about (R-737).

Closing a ticket closes its conversations: those that the person may act in, and that no other open ticket is about. Where the account wants it, closing
the last open conversation of a ticket closes the ticket, if they may act in its inbox. Opened again by a person, as by an undo, each opens what it had
closed, unless somebody has changed that since; a customer who writes opens the conversation alone. Rows are held as everywhere: conversations, then
tickets.
"""

from collections.abc import Sequence
from datetime import datetime

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.messages import store as messages
from innboks.core.tickets import store as pipelines
from innboks.core.tickets import store_together as store
from innboks.core.tickets.models import Stage
from innboks.core.tickets.store_tickets import tell, update
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
    for one in ids:
        await conversations.update(conn, actor.account_id, one, values)
        why = {"reason": "ticket", "ticket_id": str(ticket_id), "name": name}
        await messages.add_system(conn, actor.account_id, one, line | why, author_id=actor.user_id)


async def follow_conversation(conn: Connection, actor: Actor, conversation_id: int, *, is_closed: bool, now: datetime) -> None:
    """After a person closed a conversation, or opened it again; it is held."""
    if is_closed:
        await _close_tickets(conn, actor, conversation_id, now)
    else:
        await _open_tickets(conn, actor, conversation_id, now)


async def _close_tickets(conn: Connection, actor: Actor, conversation_id: int, now: datetime) -> None:
    held = await store.lock_tickets_to_close(conn, actor.account_id, conversation_id, sorted(actor.writable))
    if not held:
        return
    known = {one.id: one for one in await pipelines.pipelines(conn, actor.account_id)}
    for ticket in held:
        stages: Sequence[Stage] = known[ticket.pipeline_id].stages
        to = next((one for one in stages if one.state == "closed"), None)
        was = next(one for one in stages if one.id == ticket.stage_id)
        if to is None or await store.is_about_something_open(conn, actor.account_id, ticket.id):
            continue
        await update(conn, actor.account_id, ticket.id, {"stage_id": to.id, "closed_at": now, "updated_at": now})
        await _say(conn, actor, conversation_id, ticket, was, to, reason="conversation")


async def _open_tickets(conn: Connection, actor: Actor, conversation_id: int, now: datetime) -> None:
    held = await store.lock_tickets_closed_with(conn, actor.account_id, conversation_id, sorted(actor.writable))
    if not held:
        return
    stages = {stage.id: stage for one in await pipelines.pipelines(conn, actor.account_id) for stage in one.stages}
    for ticket in held:
        was, to = stages[ticket.stage_id], stages.get(ticket.before_id or 0)
        if to is not None:
            await update(conn, actor.account_id, ticket.id, {"stage_id": to.id, "closed_at": None, "updated_at": now})
            await _say(conn, actor, conversation_id, ticket, was, to)


async def _say(
    conn: Connection, actor: Actor, conversation_id: int, ticket: store.Held, was: Stage, to: Stage, reason: str | None = None
) -> None:
    line = {
        "event": "ticket_stage_changed",
        "ticket_id": str(ticket.id),
        "name": ticket.name,
        "from": {"key": was.key, "name": was.name},
        "to": {"key": to.key, "name": to.name},
    }
    if reason is not None:
        line |= {"reason": reason, "before_id": str(was.id), "after_id": str(to.id)}
    await messages.add_system(conn, actor.account_id, conversation_id, line, author_id=actor.user_id)
    await tell(conn, actor.account_id, ticket.id)

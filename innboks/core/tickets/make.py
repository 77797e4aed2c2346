"""A person makes a ticket of a conversation, links one that is here, or takes the link away (R-652). The road in makes its own in the database
(`make_ticket`, migration 0162). Rows are held in one order: the contact, the conversation, the ticket; last whether the contact may have one more (R-073).

Read next: `change.py`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from innboks.core.access import Actor
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.contacts import store as contacts
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import readable_conversation
from innboks.core.messages import store as messages
from innboks.core.tickets import store as pipelines
from innboks.core.tickets import store_tickets as store
from innboks.core.tickets.change import checked
from innboks.core.tickets.models import NAME_MAX, Ticket
from innboks.core.tickets.read import readable_ticket
from innboks.errors import Conflict
from innboks.lib.db import Connection, retrying
from innboks.lib.text import one_line

if TYPE_CHECKING:
    from innboks.core.parts import Parts

TICKETS_MAX = 20
"""That one conversation may be linked to."""
CONVERSATIONS_MAX = 100
"""That one ticket may be linked to."""


async def create_ticket(
    parts: "Parts", actor: Actor, conversation_id: int, given: Mapping[str, Any], client_id: str | None = None
) -> tuple[Ticket, bool]:
    """Of this conversation; `given` as in `TicketChange`. Without a name it has the subject's (R-735), without an owner key the conversation's owner.
    Returns (ticket, True), or (the one that is there, False) when this person asked under this `client_id` before. Raises `Conflict` where the contact
    may have no more."""
    async with parts.db.transaction() as conn:
        found = await _held(conn, actor, conversation_id)  # also so that of two at the same moment the second finds the first one's
        known = await store.of_client_id(conn, actor.account_id, actor.user_id, client_id) if client_id else None
        ticket_id = known or await _make(parts, conn, actor, found, given, client_id)
        after = await readable_ticket(conn, actor, ticket_id)
    parts.wake.touch(actor.account_id)
    return after, known is None


async def _make(
    parts: "Parts", conn: Connection, actor: Actor, found: Conversation, given: Mapping[str, Any], client_id: str | None
) -> int:
    await _require_room_for_link(conn, actor, found.id)
    now, owner = parts.clock.now(), {"owner_id": found.assignee_id}
    named = {"name": await _name_of(conn, found)} if not given.get("name") else {}
    known = await pipelines.pipelines(conn, actor.account_id)
    values = await checked(conn, actor, found.inbox_id, {**owner, **given, **named}, known, None, now)
    if found.contact_id is not None:
        await _require_room(conn, actor, found.contact_id)
    values |= {"inbox_id": found.inbox_id, "created_by": actor.user_id, "created_at": now, "updated_at": now, "client_id": client_id}
    ticket_id = await store.insert(conn, actor.account_id, values)
    await store.link(conn, actor.account_id, ticket_id, found.id, found.contact_id)
    await _tell(conn, actor, "ticket_made", ticket_id, values["name"], found.id)
    return ticket_id


async def link_ticket(parts: "Parts", actor: Actor, conversation_id: int, ticket_id: int) -> Ticket:
    """Harmless to repeat. Raises `Conflict` where the contact, the conversation or the ticket may have no more."""
    after = await _link(parts, actor, conversation_id, ticket_id)
    parts.wake.touch(actor.account_id)
    return after


@retrying
async def _link(parts: "Parts", actor: Actor, conversation_id: int, ticket_id: int) -> Ticket:
    async with parts.db.transaction() as conn:
        found = await _held(conn, actor, conversation_id)
        ticket = await readable_ticket(conn, actor, ticket_id, lock=True)
        actor.require_write(ticket.inbox_id)
        linked = await store.conversations_of(conn, actor.account_id, ticket_id)
        if found.id in linked:
            return ticket
        if len(linked) >= CONVERSATIONS_MAX:
            raise Conflict(f"A ticket is linked to at most {CONVERSATIONS_MAX} conversations.", code="too_many_conversations")
        await _require_room_for_link(conn, actor, found.id)
        if found.contact_id is not None and not await store.has_contact(conn, actor.account_id, ticket_id, found.contact_id):
            await _require_room(conn, actor, found.contact_id)
        await store.link(conn, actor.account_id, ticket_id, found.id, found.contact_id)
        await _tell(conn, actor, "ticket_linked", ticket_id, ticket.name, found.id)
        return await readable_ticket(conn, actor, ticket_id)


async def unlink_ticket(parts: "Parts", actor: Actor, conversation_id: int, ticket_id: int) -> None:
    """The ticket stays. Harmless to repeat."""
    await _unlink(parts, actor, conversation_id, ticket_id)
    parts.wake.touch(actor.account_id)


@retrying
async def _unlink(parts: "Parts", actor: Actor, conversation_id: int, ticket_id: int) -> None:
    async with parts.db.transaction() as conn:
        found = await _held(conn, actor, conversation_id)
        ticket = await readable_ticket(conn, actor, ticket_id, lock=True)
        actor.require_write(ticket.inbox_id)
        if found.id not in await store.conversations_of(conn, actor.account_id, ticket_id):
            return
        await store.tell(conn, actor.account_id, ticket_id)  # while it still names the conversation that it leaves
        await store.unlink(conn, actor.account_id, ticket_id, found.id, found.contact_id)
        await _tell(conn, actor, "ticket_unlinked", ticket_id, ticket.name, found.id)


async def _held(conn: Connection, actor: Actor, conversation_id: int) -> Conversation:
    """The conversation that has its messages now, held until the commit, its contact before it. Raises unless the actor may act in it."""
    seen = await readable_conversation(conn, actor, conversation_id)
    if seen.contact_id is not None:
        await contacts.lock(conn, actor.account_id, [seen.contact_id])
    found = await readable_conversation(conn, actor, conversation_id, lock=True)
    actor.require_write(found.inbox_id)
    return found


async def _require_room(conn: Connection, actor: Actor, contact_id: int) -> None:
    if not await store.has_room(conn, actor.account_id, contact_id):
        raise Conflict(
            "This contact has as many tickets as one may have. An administrator can raise the limit in the settings.", code="contact_full"
        )


async def _require_room_for_link(conn: Connection, actor: Actor, conversation_id: int) -> None:
    if len(await store.tickets_of(conn, actor.account_id, conversation_id)) >= TICKETS_MAX:
        raise Conflict(f"A conversation is linked to at most {TICKETS_MAX} tickets.", code="too_many_tickets")


async def _name_of(conn: Connection, found: Conversation) -> str:
    if subject := one_line(found.subject, NAME_MAX):
        return subject
    channel = await channel_accounts.get(conn, found.account_id, found.channel_account_id)
    who = found.contact_name or found.party_address
    return one_line(" from ".join(one for one in (channel.name if channel else "", who) if one), NAME_MAX) or "Ticket"


async def _tell(conn: Connection, actor: Actor, event: str, ticket_id: int, name: str, conversation_id: int) -> None:
    line = {"event": event, "ticket_id": str(ticket_id), "name": name}
    await messages.add_system(conn, actor.account_id, conversation_id, line, author_id=actor.user_id)
    await store.tell(conn, actor.account_id, ticket_id)

"""What people may read of tickets: who reads its inbox reads a ticket, and who may act there changes it. What one may not read does not exist for one."""

from typing import TYPE_CHECKING, Literal

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts.contacts import readable_contact
from innboks.core.conversations.read import readable_conversation
from innboks.core.tickets import store_tickets as store
from innboks.core.tickets.models import Ticket
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import storable

if TYPE_CHECKING:
    from innboks.core.parts import Parts

PAGE_MAX = 100


class TicketPage(msgspec.Struct):
    items: list[Ticket]
    next: str | None


async def readable_ticket(conn: Connection, actor: Actor, ticket_id: int, *, lock: bool = False) -> Ticket:
    """Raises `NotFound`."""
    found = await store.get(conn, actor.account_id, ticket_id, sorted(actor.readable), lock=lock)
    if found is None or not actor.can_read(found.inbox_id):
        raise NotFound("There is no such ticket.", code="unknown_ticket")
    return found


async def get_ticket(parts: "Parts", actor: Actor, ticket_id: int) -> Ticket:
    async with parts.db.connection() as conn:
        return await readable_ticket(conn, actor, ticket_id)


async def list_tickets(
    parts: "Parts",
    actor: Actor,
    *,
    owner: str | None = None,
    pipeline_id: int | None = None,
    stage_id: int | None = None,
    state: Literal["open", "closed"] | None = None,
    contact_id: int | None = None,
    conversation_id: int | None = None,
    words: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> TicketPage:
    """The newest first. `owner`: an id, "me" or "nobody". A contact or conversation that one may not see gives an empty page."""
    wanted = store.Wanted(
        owner_id=None if owner is None else _owner(actor, owner),
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        state=state,
        contact_id=contact_id,
        conversation_id=conversation_id,
        words=storable(words, 200).strip(),
    )
    before = None if cursor is None else _place(cursor)
    limit = max(1, min(limit, PAGE_MAX))
    async with parts.db.connection() as conn:
        try:
            if conversation_id is not None:
                wanted.conversation_id = (await readable_conversation(conn, actor, conversation_id)).id
            if contact_id is not None:
                wanted.contact_id = (await readable_contact(conn, actor, contact_id)).id
        except NotFound:
            return TicketPage([], None)
        found = await store.page(conn, actor.account_id, sorted(actor.readable), wanted, before, limit + 1)
    is_more = len(found) > limit
    return TicketPage(found[:limit], str(found[limit - 1].id) if is_more else None)


def _owner(actor: Actor, owner: str) -> int:
    if owner in ("me", "nobody"):
        return actor.user_id if owner == "me" else 0
    if not (owner.isascii() and owner.isdigit() and len(owner) < 19):
        raise Invalid("An owner is somebody's id, “me” or “nobody”.", code="invalid", field="owner")
    return int(owner)


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("This cursor is not one of ours. Start the list from the beginning.", code="bad_cursor", field="cursor")
    return int(cursor)

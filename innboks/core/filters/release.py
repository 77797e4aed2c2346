"""A conversation that was kept apart comes to the inbox: what the road in left out is done now (R-804): the contact, whom a rule gives it to, and the ticket.
People are told by the line in the thread (`core/notifications/follow.py`)."""

from collections.abc import Sequence
from datetime import datetime

from innboks.core.contacts import store as contacts
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements.store import announce_moved
from innboks.core.routing.assign import route_released
from innboks.core.tickets.store import make_ticket
from innboks.lib.db import Connection

WERE_HERE = ("manual", "blocked")
"""What people put away had come to the inbox, and had its ticket then, if there was to be one."""


async def hold(conn: Connection, account_id: int, released: Sequence[int], changed: Sequence[int] = ()) -> None:
    """To be called before the first row is locked by a transaction that takes conversations out of spam (and changes others): a message of the same
    sender may come in just now, and holds their address before the conversation."""
    if released:
        await contacts.hold_addresses(conn, account_id, await conversations.parties(conn, account_id, released))
    await conversations.lock_rows(conn, account_id, [*released, *changed], kin_of=released)


async def release(parts: Parts, conn: Connection, conversation: Conversation, now: datetime) -> None:
    """Call in the transaction that takes it out of spam, with the conversation as it was before, its row locked."""
    if conversation.contact_id is None and conversation.party_address:
        await _know_sender(parts, conn, conversation)
    if conversation.assignee_id is None:
        await route_released(conn, conversation.account_id, conversation.last_received_id, now)
    if conversation.spam_reason not in WERE_HERE:
        await make_ticket(conn, conversation.account_id, conversation.last_received_id, now, is_released=True)


async def _know_sender(parts: Parts, conn: Connection, conversation: Conversation) -> None:
    """The contact with this address, a new one when there is none (R-120)."""
    account_id, address = conversation.account_id, conversation.party_address
    type = parts.registry.get(conversation.kind).abilities.identity
    scope_id = conversation.channel_account_id if type == "opaque" else 0
    contact_id = await contacts.owner_of_identity(conn, account_id, type=type, scope_id=scope_id, value=address)
    if contact_id is None:
        contact_id = await contacts.create(conn, account_id, await messages.sender_name(conn, account_id, conversation.id, address))
        await contacts.give_identity(conn, account_id, contact_id, type=type, scope_id=scope_id, value=address)
    moved = await contacts.move_conversations(
        conn,
        account_id,
        conversation_id=conversation.id,
        channel_account_id=conversation.channel_account_id,
        party=address,
        before=None,
        after=contact_id,
    )
    await announce_moved(conn, account_id, moved)

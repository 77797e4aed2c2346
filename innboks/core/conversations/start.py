"""A new conversation begun by us (R-645): the first message goes out on a channel that lets us begin."""

import psycopg

from innboks.core.access import Actor
from innboks.core.accounts.features import require_channel
from innboks.core.channel_accounts.directory import Connected
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store
from innboks.core.conversations.addressees import addressees, typed
from innboks.core.conversations.models import Conversation, Message, NewMessage
from innboks.core.conversations.record import Hold, record_written, require_same
from innboks.core.conversations.write import blocked, check_abilities, check_shape
from innboks.core.dispatches import store as dispatches
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line


async def start(parts: Parts, actor: Actor, channel_account_id: int, new: NewMessage) -> tuple[Conversation, Message, bool]:
    """Returns (conversation, message, True), or the stored ones and False when this `client_id` was posted before."""
    check_shape(new)
    if new.type != "reply" or not new.to:
        raise Invalid("Say whom the message is for.", code="no_recipient", field="to")
    connected = await parts.directory.find(parts, actor.account_id, channel_account_id)
    row, abilities = connected.row, connected.channel.abilities
    if not actor.can_read(row.inbox_id):
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    actor.require_write(row.inbox_id)
    if row.archived_at is not None or not abilities.may_start:
        raise Forbidden("A conversation cannot be started on this channel; the customer writes first.", code="cannot_start")
    if not row.may_send:
        raise Forbidden("This address only receives. Allow sending from it in the settings of the inbox first.", code="only_receives")
    check_abilities(new, abilities)
    try:
        return await _find_or_start(parts, actor, connected, new)
    except psycopg.errors.UniqueViolation:  # the same post twice at the same moment: the other one won, and is found now
        return await _find_or_start(parts, actor, connected, new)


async def _find_or_start(parts: Parts, actor: Actor, connected: Connected, new: NewMessage) -> tuple[Conversation, Message, bool]:
    hold: Hold | None = None
    async with parts.db.transaction() as conn:
        known = await dispatches.find_client_id(conn, actor.account_id, actor.user_id, new.client_id) if new.client_id else None
        if known is None:
            message_id, hold = await _start(parts, conn, actor, connected, new)
        else:
            message_id = known
        message = await messages.get(conn, actor.account_id, message_id)
        assert message is not None
        if known is not None:
            await require_same(message, new, [one["address"] for one in typed(new.to or [], "to", connected.channel.abilities)])
        conversation = await store.get(conn, actor.account_id, message.conversation_id, actor.user_id)
        assert conversation is not None
    parts.wake.touch(actor.account_id)
    if hold is not None and hold.until is not None and hold.reason == "undo":
        parts.jobs.announce_sending(hold.until)
    else:
        parts.jobs.announce_sending()
    return conversation, message, known is None


async def _start(parts: Parts, conn: Connection, actor: Actor, connected: Connected, new: NewMessage) -> tuple[int, Hold]:
    row, abilities = connected.row, connected.channel.abilities
    await require_channel(conn, actor.account_id, connected.channel)
    first = typed(new.to or [], "to", abilities)[0]
    contact_id = await contacts.find_or_add(
        conn,
        actor.account_id,
        type=abilities.identity,
        scope_id=row.id if abilities.identity == "opaque" else 0,
        value=first["address"],
        name=first["name"],
    )
    if await contacts.is_blocked(conn, actor.account_id, contact_id):
        raise blocked()
    conversation_id = await store.create(
        conn,
        account_id=actor.account_id,
        inbox_id=row.inbox_id,
        channel_account_id=row.id,
        contact_id=contact_id,
        subject=one_line(new.subject, 500),
        party_address=first["address"],
        assignee_id=actor.user_id,
    )
    ground = await dispatches.ground(conn, actor.account_id, conversation_id)
    assert ground is not None
    recipients = addressees(new, ground, connected)
    hold, _ = await record_written(
        parts, conn, actor, connected, new, conversation_id=conversation_id, ground=ground, recipients=recipients
    )
    return ground.new_message_id, hold

"""One conversation becomes two: the chosen messages go into a new one, and answers to them follow. It can be undone for ever. Read next: `undo.py`."""

from collections.abc import Sequence

from innboks.core.access import Actor
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import readable_conversation
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements import store
from innboks.core.tickets import store_tickets as tickets
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection
from innboks.lib.text import one_line

MESSAGES_MAX = 1000
SUBJECT_CHARS = 500


async def split(
    parts: Parts, actor: Actor, conversation_id: int, message_ids: Sequence[int], subject: str | None = None
) -> tuple[Conversation, int]:
    """Returns (the new conversation, the number of the split)."""
    chosen = sorted(set(message_ids))
    if not 0 < len(chosen) <= MESSAGES_MAX:
        raise Invalid(f"Choose 1 to {MESSAGES_MAX} messages.", code="invalid", field="message_ids")
    async with parts.db.transaction() as conn:
        # The contact before the conversation (ARCHITECTURE.md, "Data"): it is not merged away under the new conversation.
        seen, ground = (
            await readable_conversation(conn, actor, conversation_id),
            await store.ground_of_split(conn, actor.account_id, chosen),
        )
        await contacts.lock(conn, actor.account_id, [one for one in (seen.contact_id, ground and ground[1]) if one is not None])
        source = await readable_conversation(conn, actor, conversation_id, lock=True)
        actor.require_write(source.inbox_id)
        found, total = await store.movable(conn, actor.account_id, source.id, chosen)
        if found != len(chosen):
            raise Conflict("One of these messages is not in this conversation any more. Choose again.", code="message_gone")
        if found == total:
            raise Invalid("At least one message has to stay. Leave one out.", code="nothing_stays", field="message_ids")
        after, id = await _split(conn, actor, source, chosen, subject)
    parts.wake.touch(actor.account_id)
    return after, id


async def _split(conn: Connection, actor: Actor, source: Conversation, chosen: list[int], subject: str | None) -> tuple[Conversation, int]:
    account_id = actor.account_id
    ground = await store.ground_of_split(conn, account_id, chosen)
    assert ground is not None
    channel_account_id, contact_id, own_subject, sender = ground
    is_same_channel = channel_account_id == source.channel_account_id
    target_id = await conversations.create(
        conn,
        account_id=account_id,
        inbox_id=source.inbox_id,
        channel_account_id=channel_account_id,
        contact_id=contact_id or source.contact_id,
        subject=one_line(subject or own_subject or source.subject, SUBJECT_CHARS),
        party_address=source.party_address if is_same_channel and contact_id in (None, source.contact_id) else sender,
        assignee_id=source.assignee_id,
    )
    id = await store.insert(conn, account_id, "split", source.id, target_id, actor.user_id)
    why = {"how": "split", "by": str(actor.user_id), "from": str(source.id), "rearrangement_id": str(id)}
    moved = await store.move_messages(conn, account_id, source.id, target_id, why, chosen)
    await conversations.update(conn, account_id, target_id, {"priority": source.priority})
    linked = await tickets.copy_links(conn, account_id, source.id, target_id)  # what was of a ticket stays of it
    line = {"event": "split", "rearrangement_id": str(id), "from": str(source.id), "to": str(target_id), "count": len(moved)}
    line_ids = [await messages.add_system(conn, account_id, one, line, author_id=actor.user_id) for one in (source.id, target_id)]
    for one in (source.id, target_id):
        await conversations.recount(conn, account_id, one)
    read_to = source.read_message_id if source.is_unread else moved[-1]
    await conversations.save_read(conn, account_id, actor.user_id, target_id, read_to)
    await store.announce_moved(conn, account_id, [source.id, target_id])
    await store.keep(conn, account_id, id, message_ids=moved, changes={"tickets": [list(one) for one in linked]}, line_ids=line_ids)
    after = await conversations.get(conn, account_id, target_id, actor.user_id)
    assert after is not None
    return after, id

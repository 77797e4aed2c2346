"""Everything of one person that waits for a time or for a decision, in one list: answers to be sent later, answers that were held, reminders.

What needs a decision comes first, then what comes soonest. Read next: `release.py` (how a wait ends), `core/reminders/`.
"""

from datetime import UTC, datetime

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation, Message
from innboks.core.held import store
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.reminders import store as reminders
from innboks.core.reminders.store import Reminder

LISTED_MAX = 200
"""Of each kind; nobody reads more."""
_LAST = datetime.max.replace(tzinfo=UTC)


class Waiting(msgspec.Struct, kw_only=True):
    """One thing that waits: an answer, or a reminder."""

    conversation: Conversation
    message: Message | None = None
    reminder: Reminder | None = None


async def list_waiting(parts: Parts, actor: Actor) -> list[Waiting]:
    """The actor's own, in inboxes they may read."""
    async with parts.db.connection() as conn:
        inboxes = list(actor.readable)
        ids = await store.held_of(conn, actor.account_id, actor.user_id, inboxes, LISTED_MAX)
        held = await messages.of_ids(conn, actor.account_id, ids) if ids else []
        reminded = await reminders.of_user(conn, actor.account_id, actor.user_id, inboxes, None, LISTED_MAX)
        of = {one.conversation_id for one in held} | {one.conversation_id for one in reminded}
        rows = {one.id: one for one in await conversations.of_ids(conn, actor.account_id, list(of), actor.user_id)} if of else {}
    found = [Waiting(conversation=rows[one.conversation_id], message=one) for one in held if one.conversation_id in rows]
    found += [Waiting(conversation=rows[one.conversation_id], reminder=one) for one in reminded if one.conversation_id in rows]
    return sorted(found, key=_place)


def _place(one: Waiting) -> tuple[bool, datetime, int]:
    if one.reminder is not None:
        return True, one.reminder.at, one.reminder.id
    assert one.message is not None
    return one.message.held_for == "schedule", one.message.held_until or _LAST, one.message.id

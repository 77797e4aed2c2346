"""“Remind me if there is no answer”: somebody gets a conversation back at a time, unless the customer has written by then.

It comes back as what needs work does: open, awake, unread for that person, with a line that says why; the event `reminder` is for whoever
notifies people. Read next: `store.py`.
"""

from datetime import datetime, timedelta

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.read import readable_conversation
from innboks.core.events import store as events
from innboks.core.held import store as held
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.reminders import store
from innboks.core.reminders.store import Reminder
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection

BATCH = 200
LISTED_MAX = 200
LATER_MAX = timedelta(days=366)


async def remind_me(parts: Parts, actor: Actor, conversation_id: int, at: datetime) -> Reminder:
    """Asks for a conversation back, without writing anything. Raises `NotFound` or `Invalid`."""
    now = parts.clock.now()
    if not now < at <= now + LATER_MAX:
        raise Invalid("Choose a time to come, within a year.", code="not_in_future", field="at")
    async with parts.db.transaction() as conn:
        conversation = await readable_conversation(conn, actor, conversation_id)
        reminder_id = await set_reminder(conn, actor, conversation_id, at, after_message_id=conversation.last_message_id)
        found = await store.get(conn, actor.account_id, actor.user_id, reminder_id)
        assert found is not None
    parts.wake.touch(actor.account_id)
    return found


async def set_reminder(
    conn: Connection, actor: Actor, conversation_id: int, at: datetime, *, after_message_id: int, with_message: bool = False
) -> int:
    """In the caller's transaction. With a message, the reminder goes when that message is taken back."""
    message_id = after_message_id if with_message else None
    reminder_id = await store.add(conn, actor.account_id, actor.user_id, conversation_id, at, after_message_id, message_id)
    await _changed(conn, actor.account_id, actor.user_id, conversation_id)
    return reminder_id


async def list_reminders(parts: Parts, actor: Actor, conversation_id: int | None = None) -> list[Reminder]:
    """The actor's own that still wait, the soonest first."""
    async with parts.db.connection() as conn:
        return await store.of_user(conn, actor.account_id, actor.user_id, list(actor.readable), conversation_id, LISTED_MAX)


async def cancel_reminder(parts: Parts, actor: Actor, reminder_id: int) -> None:
    async with parts.db.transaction() as conn:
        found = await store.get(conn, actor.account_id, actor.user_id, reminder_id)
        if found is None or not actor.can_read(found.inbox_id):
            raise NotFound("There is no such reminder.", code="unknown_reminder")
        if await store.end(conn, actor.account_id, reminder_id, "cancelled"):
            await _changed(conn, actor.account_id, actor.user_id, found.conversation_id)
    parts.wake.touch(actor.account_id)


async def remind_due(parts: Parts) -> int:
    """Called each minute: brings back what is due. Returns how many came back."""
    reminded = 0
    while True:
        async with parts.db.transaction() as conn:
            found = await store.due(conn, parts.clock.now(), BATCH)
            for reminder, was_answered in found:
                await store.end(conn, reminder.account_id, reminder.id, "answered" if was_answered else "due")
                await _changed(conn, reminder.account_id, reminder.user_id, reminder.conversation_id)
                if not was_answered:
                    await _bring_back(conn, reminder)
                    reminded += 1
        for account_id in {reminder.account_id for reminder, _ in found}:
            parts.wake.touch(account_id)
        if len(found) < BATCH:
            return reminded


async def _bring_back(conn: Connection, reminder: Reminder) -> None:
    account_id, conversation_id = reminder.account_id, reminder.conversation_id
    standing = await held.standing(conn, account_id, conversation_id)
    awake = held.Standing(status="open", closed_at=None, is_snoozed=False, snoozed_until=None)
    if standing != awake:
        await conversations.update(conn, account_id, conversation_id, msgspec.structs.asdict(awake))
    line = {"event": "reminded", "user_id": str(reminder.user_id)}
    await messages.add_system(conn, account_id, conversation_id, line)
    read_to = await store.unread_before(conn, account_id, reminder.user_id, conversation_id)
    await conversations.save_read(conn, account_id, reminder.user_id, conversation_id, read_to)
    await events.add(
        conn,
        account_id,
        "reminder",
        inbox_id=reminder.inbox_id,
        conversation_id=conversation_id,
        user_id=reminder.user_id,
        data={"reminder_id": reminder.id},
    )


async def _changed(conn: Connection, account_id: int, user_id: int, conversation_id: int) -> None:
    await events.add(conn, account_id, "reminders.changed", conversation_id=conversation_id, user_id=user_id)

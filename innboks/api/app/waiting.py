"""What waits, of the person who asks: answers to be sent later or held, and reminders (R-643, AHEAD 10)."""

import msgspec
from litestar import get

from innboks.api.app.reminders import ReminderOut, reminder_out
from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Items
from innboks.core.held.waiting import list_waiting as list_of


class WaitingOut(msgspec.Struct):
    """Either an answer (`message.held_for` says what it waits for) or a reminder."""

    conversation: ListedConversation
    message: MessageOut | None
    reminder: ReminderOut | None


@get(
    "/waiting",
    operation_id="list_waiting",
    tags=["reminders"],
    summary="My answers that have not left and my reminders: what needs a decision first, then the soonest",
)
async def list_waiting(request: Call) -> Items[WaitingOut]:
    found = await list_of(request.parts, request.actor)
    return Items(
        [
            WaitingOut(
                listed_conversation(one.conversation),
                message_out(one.message) if one.message else None,
                reminder_out(one.reminder) if one.reminder else None,
            )
            for one in found
        ]
    )


routes = [list_waiting]

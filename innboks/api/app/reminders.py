"""Reminders: I get a conversation back at a time, unless the customer has answered by then."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, PathId, QueryId
from innboks.core.reminders import remind
from innboks.core.reminders.store import Reminder


class ReminderIn(Input):
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class ReminderOut(msgspec.Struct):
    """One per person and conversation; a new one takes the place of the old."""

    id: str
    conversation_id: str
    at: datetime
    created_at: datetime


def reminder_out(one: Reminder) -> ReminderOut:
    return ReminderOut(str(one.id), str(one.conversation_id), one.at, one.created_at)


@get("/reminders", operation_id="list_reminders", tags=["reminders"], summary="What I want to be reminded of, the soonest first")
async def list_reminders(request: Call, conversation_id: QueryId = None) -> Items[ReminderOut]:
    return Items([reminder_out(one) for one in await remind.list_reminders(request.parts, request.actor, conversation_id)])


@post(
    "/conversations/{conversation_id:str}/reminder",
    operation_id="remind_me",
    tags=["reminders"],
    summary="Remind me then, unless the customer has answered",
)
async def remind_me(request: Call, conversation_id: PathId, data: JSONBody[ReminderIn]) -> Response[ReminderOut]:
    return Response(reminder_out(await remind.remind_me(request.parts, request.actor, conversation_id, data.at)), status_code=201)


@delete("/reminders/{reminder_id:str}", operation_id="cancel_reminder", tags=["reminders"], summary="Do not remind me")
async def cancel_reminder(request: Call, reminder_id: PathId) -> None:
    await remind.cancel_reminder(request.parts, request.actor, reminder_id)


routes = [list_reminders, remind_me, cancel_reminder]

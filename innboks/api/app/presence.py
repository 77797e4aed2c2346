"""Who is where: colleagues who read or write in a conversation, and asking one of them to leave a reply to oneself (R-634)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from innboks.api.app.conversations import DraftOut, draft_out
from innboks.api.call import Call, Id, Input, Items, PathId, number
from innboks.core.events import presence
from innboks.core.events.tail import Tail


class PresenceIn(Input):
    """`since`: when it began, by the browser's clock set to the server's; without it, from now. Say it again each 15 s while it lasts."""

    state: Literal["reading", "writing", "away"]
    since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class PresentOut(msgspec.Struct):
    conversation_id: str
    user_id: str
    state: Literal["reading", "writing"]
    since: datetime


class TakeOver(Input):
    """`user_id`: who is asked, or who asked."""

    user_id: Id
    answer: Literal["asked", "accepted", "declined"] = "asked"


@get("/presence", operation_id="list_presence", tags=["presence"], summary="Who reads or writes where, now")
async def list_presence(request: Call) -> Items[PresentOut]:
    if await presence.is_hidden(request.parts, request.actor):
        return Items([])
    here = _presence(request).of(request.actor.account_id, request.actor.readable)
    return Items([PresentOut(str(one.conversation_id), str(one.user_id), one.state, one.since) for one in here])


@post(
    "/conversations/{conversation_id:str}/presence",
    operation_id="say_presence",
    tags=["presence"],
    summary="I read or write here, or have gone",
    status_code=204,
)
async def say_presence(request: Call, conversation_id: PathId, data: JSONBody[PresenceIn]) -> None:
    await presence.say_where(request.parts, _presence(request), request.actor, conversation_id, data.state, data.since)


@get(
    "/conversations/{conversation_id:str}/writers/{user_id:str}/draft",
    operation_id="get_draft_of_writer",
    tags=["presence"],
    summary="What a colleague is writing here at this moment",
)
async def get_draft_of_writer(request: Call, conversation_id: PathId, user_id: PathId) -> DraftOut:
    return draft_out(await presence.draft_of_writer(request.parts, _presence(request), request.actor, conversation_id, user_id))


@post(
    "/conversations/{conversation_id:str}/takeover",
    operation_id="take_over",
    tags=["presence"],
    summary="Ask a colleague to leave the reply to me, or answer that",
    status_code=204,
)
async def take_over(request: Call, conversation_id: PathId, data: JSONBody[TakeOver]) -> None:
    await presence.take_over(request.parts, _presence(request), request.actor, conversation_id, number(data.user_id), data.answer)


def _presence(request: Call) -> presence.Presence:
    tail: Tail = request.app.state["tail"]
    return tail.presence


routes: list[Any] = [list_presence, say_presence, get_draft_of_writer, take_over]

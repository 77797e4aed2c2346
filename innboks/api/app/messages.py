"""Messages: reading and writing them, their raw original, and what one can do about one that did not arrive or is in the wrong place."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.conversations import Addresses, HoldSeconds, Uploads
from innboks.api.app.frames import frame_address, has_remote_images
from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Id, Input, Limit, PathId, QueryId, QueryText, number, number_or_none
from innboks.core.conversations import change, read
from innboks.core.conversations.deal import deal_with
from innboks.core.conversations.models import NewMessage, Then
from innboks.core.conversations.write import write
from innboks.core.held.release import send_now
from innboks.core.held.take_back import take_back

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
ClientId = Annotated[str, msgspec.Meta(max_length=100)]


class ThenIn(Input):
    """Both in the same commit as the message, and undone with it. `snooze_until` null: until the customer answers."""

    close: bool = False
    snooze_until: Moment | msgspec.UnsetType | None = msgspec.UNSET


class MessageIn(Input):
    """A reply goes to the customer, a comment stays inside. A `client_id` makes it harmless to send this twice; with
    `expect_last_message_id` it is refused when something newer has come in meanwhile (the problem's `newer` says what).

    `hold_s`: seconds in which it can be taken back (`DELETE /api/messages/{id}`); left out, what a script writes with a token leaves at once, and
    what is written in a browser waits as long as the account says. `send_at`: it leaves then (within a minute), unless the customer has
    written; with `send_even_if_answered`, then too. `remind_at`: I get the conversation back then if there is no answer.
    `channel_account_id`: send it over this connection. `forward_of`: pass this message of the conversation on to those in `to`, with `text` above.
    `resend_of`: send this answer, which did not arrive, over that connection, with its own words, people and files; `text` and the like are not looked at."""

    type: Literal["reply", "comment"]
    text: str = ""
    html: str = ""
    subject: str = ""
    quoted: str = ""
    mentions: Annotated[list[Id], msgspec.Meta(max_length=100)] = []
    attachments: Uploads = []
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    client_id: ClientId | None = None
    expect_last_message_id: Id | None = None
    hold_s: HoldSeconds | None = None
    send_at: Moment | None = None
    send_even_if_answered: bool = False
    then: ThenIn | None = None
    remind_at: Moment | None = None
    channel_account_id: Id | None = None
    forward_of: Id | None = None
    resend_of: Id | None = None


class TakenBackOut(msgspec.Struct):
    """What was in it. `message.attachments` are uploads again; `conversation` as it is now, null where it began with this and is gone too.
    `is_sent_even_if_answered`: as `send_even_if_answered` was when it was written."""

    message: MessageOut
    html: str
    conversation: ListedConversation | None
    is_sent_even_if_answered: bool


class Retry(Input):
    even_if_uncertain: bool = False


class Settle(Input):
    state: Literal["sent"]


class Deal(Input):
    is_dealt_with: bool


class Move(Input):
    """`conversation_id` null: into a new conversation."""

    conversation_id: Id | None


class Moved(msgspec.Struct):
    conversation: ListedConversation
    message: MessageOut


class MessagesOut(msgspec.Struct):
    """`next` is the `before` of the older page, `previous` the `after` of the newer one; null: there is none."""

    items: list[MessageOut]
    next: str | None
    previous: str | None


class FoundOut(msgspec.Struct):
    """Ids of messages, the newest first. `is_capped`: there are more than these."""

    ids: list[str]
    is_capped: bool


class FrameOut(msgspec.Struct):
    """An address for a sandboxed frame, good for ten minutes."""

    url: str
    has_remote_images: bool


@get(
    "/conversations/{conversation_id:str}/messages",
    operation_id="list_messages",
    tags=["messages"],
    summary="The newest messages, oldest first; “next” goes back in time (before), “previous” forward (after); or those around one",
)
async def list_messages(
    request: Call,
    conversation_id: PathId,
    before: QueryId = None,
    after: QueryId = None,
    around: QueryId = None,
    limit: Limit = 50,
) -> MessagesOut:
    page = await read.list_messages(request.parts, request.actor, conversation_id, before=before, after=after, around=around, limit=limit)
    return MessagesOut([message_out(one) for one in page.items], page.next, page.previous)


@get(
    "/conversations/{conversation_id:str}/find",
    operation_id="find_messages",
    tags=["messages"],
    summary="Which messages of one conversation hold these words",
)
async def find_messages(request: Call, conversation_id: PathId, q: QueryText = "") -> FoundOut:
    ids, is_capped = await read.find_messages(request.parts, request.actor, conversation_id, q)
    return FoundOut([str(one) for one in ids], is_capped)


@post(
    "/conversations/{conversation_id:str}/messages",
    operation_id="write_message",
    tags=["messages"],
    summary="Answer the customer, or leave a comment",
)
async def write_message(request: Call, conversation_id: PathId, data: JSONBody[MessageIn]) -> Response[MessageOut]:
    hold_s = 0 if data.hold_s is None and request.visit.bearer is not None else data.hold_s
    new = NewMessage(
        type=data.type,
        text=data.text,
        html=data.html,
        subject=data.subject,
        quoted=data.quoted,
        mentions=[number(one) for one in data.mentions],
        attachments=[number(one) for one in data.attachments],
        to=data.to,
        cc=data.cc,
        bcc=data.bcc,
        client_id=data.client_id,
        expect_last_message_id=number_or_none(data.expect_last_message_id),
        hold_s=hold_s,
        send_at=data.send_at,
        send_even_if_answered=data.send_even_if_answered,
        then=None if data.then is None else Then(close=data.then.close, snooze_until=data.then.snooze_until),
        remind_at=data.remind_at,
        channel_account_id=number_or_none(data.channel_account_id),
        forward_of=number_or_none(data.forward_of),
        resend_of=number_or_none(data.resend_of),
    )
    message, is_new = await write(request.parts, request.actor, conversation_id, new)
    return Response(message_out(message), status_code=201 if is_new else 200)


@get("/messages/{message_id:str}", operation_id="get_message", tags=["messages"], summary="One message")
async def get_message(request: Call, message_id: PathId) -> MessageOut:
    return message_out(await read.get_message(request.parts, request.actor, message_id))


@get("/messages/{message_id:str}/frame", operation_id="get_message_frame", tags=["messages"], summary="Where its HTML can be shown safely")
async def get_frame(request: Call, message_id: PathId, images: Annotated[bool, QueryParameter()] = False) -> FrameOut:
    html = await read.html_of(request.parts, request.actor, message_id)
    return FrameOut(frame_address(request.parts, request.actor, message_id, images), has_remote_images(html))


@post(
    "/messages/{message_id:str}/retry",
    operation_id="retry_message",
    tags=["messages"],
    summary="Send a failed message again",
    status_code=200,
)
async def retry(request: Call, message_id: PathId, data: JSONBody[Retry | None] = None) -> MessageOut:
    parts, actor = request.parts, request.actor
    await change.retry_message(parts, actor, message_id, even_if_uncertain=data is not None and data.even_if_uncertain)
    return message_out(await read.get_message(parts, actor, message_id))


@delete(
    "/messages/{message_id:str}",
    operation_id="take_back_message",
    tags=["messages"],
    summary="Take back an answer that has not left",
    status_code=200,
)
async def take_back_message(request: Call, message_id: PathId) -> TakenBackOut:
    taken = await take_back(request.parts, request.actor, message_id)
    conversation = None if taken.conversation is None else listed_conversation(taken.conversation)
    return TakenBackOut(message_out(taken.message), taken.html, conversation, taken.is_sent_even_if_answered)


@post(
    "/messages/{message_id:str}/send",
    operation_id="send_message_now",
    tags=["messages"],
    summary="Send now what waits for its time",
    status_code=200,
)
async def send_message_now(request: Call, message_id: PathId) -> MessageOut:
    return message_out(await send_now(request.parts, request.actor, message_id))


@post(
    "/messages/{message_id:str}/settle",
    operation_id="settle_message",
    tags=["messages"],
    summary="An uncertain one did leave",
    status_code=200,
)
async def settle(request: Call, message_id: PathId, data: JSONBody[Settle]) -> MessageOut:
    parts, actor = request.parts, request.actor
    await change.settle_uncertain(parts, actor, message_id)
    return message_out(await read.get_message(parts, actor, message_id))


@post(
    "/messages/{message_id:str}/deal",
    operation_id="deal_with_message",
    tags=["messages"],
    summary="A failed one needs nobody any more, or does again",
    status_code=200,
)
async def deal(request: Call, message_id: PathId, data: JSONBody[Deal]) -> MessageOut:
    parts, actor = request.parts, request.actor
    await deal_with(parts, actor, message_id, is_dealt_with=data.is_dealt_with)
    return message_out(await read.get_message(parts, actor, message_id))


@post(
    "/messages/{message_id:str}/move",
    operation_id="move_message",
    tags=["messages"],
    summary="Move to another conversation",
    status_code=200,
)
async def move(request: Call, message_id: PathId, data: JSONBody[Move]) -> Moved:
    parts, actor = request.parts, request.actor
    conversation, moved_id = await change.move_message(parts, actor, message_id, number_or_none(data.conversation_id))
    return Moved(listed_conversation(conversation), message_out(await read.get_message(parts, actor, moved_id)))


routes = [
    list_messages,
    find_messages,
    write_message,
    get_message,
    get_frame,
    retry,
    settle,
    deal,
    move,
    take_back_message,
    send_message_now,
]

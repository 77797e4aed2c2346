"""Messages: reading and writing them, their raw original, and what one can do about one that did not arrive or is in the wrong place."""

from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.conversations import Addresses, Limit, Uploads
from innboks.api.app.files import download
from innboks.api.app.frames import frame_address, has_remote_images
from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Id, Input, Items, PathId, QueryId, number, number_or_none
from innboks.core.conversations import change, read
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.write import write

ClientId = Annotated[str, msgspec.Meta(max_length=100)]


class MessageIn(Input):
    """A reply goes to the customer, a comment stays inside. A `client_id` makes it harmless to send this twice; with
    `expect_last_message_id` it is refused when something newer has come in meanwhile."""

    type: Literal["reply", "comment"]
    text: str = ""
    html: str = ""
    subject: str = ""
    attachments: Uploads = []
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    client_id: ClientId | None = None
    expect_last_message_id: Id | None = None


class Retry(Input):
    even_if_uncertain: bool = False


class Settle(Input):
    state: Literal["sent"]


class Move(Input):
    """`conversation_id` null: into a new conversation."""

    conversation_id: Id | None


class Moved(msgspec.Struct):
    conversation: ListedConversation
    message: MessageOut


class FrameOut(msgspec.Struct):
    """An address for a sandboxed frame, good for ten minutes."""

    url: str
    has_remote_images: bool


@get(
    "/conversations/{conversation_id:str}/messages",
    operation_id="list_messages",
    tags=["messages"],
    summary="The newest messages, oldest first; “next” goes back in time",
)
async def list_messages(request: Call, conversation_id: PathId, before: QueryId = None, limit: Limit = 50) -> Items[MessageOut]:
    page = await read.list_messages(request.parts, request.actor, conversation_id, before=before, limit=limit)
    return Items([message_out(one) for one in page.items], page.next)


@post(
    "/conversations/{conversation_id:str}/messages",
    operation_id="write_message",
    tags=["messages"],
    summary="Answer the customer, or leave a comment",
)
async def write_message(request: Call, conversation_id: PathId, data: JSONBody[MessageIn]) -> Response[MessageOut]:
    new = NewMessage(
        type=data.type,
        text=data.text,
        html=data.html,
        subject=data.subject,
        attachments=[number(one) for one in data.attachments],
        to=data.to,
        cc=data.cc,
        bcc=data.bcc,
        client_id=data.client_id,
        expect_last_message_id=number_or_none(data.expect_last_message_id),
    )
    message, is_new = await write(request.parts, request.actor, conversation_id, new)
    return Response(message_out(message), status_code=201 if is_new else 200)


@get("/messages/{message_id:str}", operation_id="get_message", tags=["messages"], summary="One message")
async def get_message(request: Call, message_id: PathId) -> MessageOut:
    return message_out(await read.get_message(request.parts, request.actor, message_id))


@get("/messages/{message_id:str}/source", operation_id="get_message_source", tags=["messages"], summary="The raw original, byte for byte")
async def get_source(request: Call, message_id: PathId) -> Response[bytes]:
    raw = await read.source_of(request.parts, request.actor, message_id)
    return Response(raw, media_type="application/octet-stream", headers=download(f"message-{message_id}.txt", "application/octet-stream"))


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


routes = [list_messages, write_message, get_message, get_source, get_frame, retry, settle, move]

"""Conversations: the views, one conversation, what people change about it, and each person's own marks in it (read, draft, typing)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Id, Input, Items, PathId, QueryCursor, QueryId, QueryText, number, number_or_none
from innboks.core.channel_accounts.connect import list_channel_accounts
from innboks.core.conversations import change, read
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.start import start
from innboks.core.conversations.store import COUNT_CAP

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="More than the list's own maximum gives the maximum.")]
Mode = Literal["reply", "comment"]
ModeQuery = Annotated[Mode, QueryParameter()]
Addresses = Annotated[list[Annotated[str, msgspec.Meta(max_length=1000)]], msgspec.Meta(max_length=1000)]
Uploads = Annotated[list[Id], msgspec.Meta(max_length=1000)]


class ViewCount(msgspec.Struct):
    """`count` stops at 99: then `is_capped` is true, and there are more."""

    id: str
    name_key: str
    count: int
    is_capped: bool


class ConversationChange(Input):
    """Only what is given changes. `assignee_id` null: nobody."""

    status: Literal["open", "closed"] | msgspec.UnsetType = msgspec.UNSET
    assignee_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    inbox_id: Id | msgspec.UnsetType = msgspec.UNSET
    is_spam: bool | msgspec.UnsetType = msgspec.UNSET


class NewConversation(Input):
    """The first message of a conversation begun by us. A `client_id` makes it harmless to send this twice."""

    channel_account_id: Id
    to: Addresses
    text: str = ""
    subject: str = ""
    cc: Addresses | None = None
    bcc: Addresses | None = None
    html: str = ""
    attachments: Uploads = []
    client_id: str | None = None


class Started(msgspec.Struct):
    conversation: ListedConversation
    message: MessageOut


class ReadMark(Input):
    message_id: Id


class DraftContent(Input):
    """The composer's own; nothing of it is checked until it is sent."""

    text: str = ""
    html: str = ""
    subject: str = ""
    attachments: list[Any] = []
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None


class DraftOut(msgspec.Struct):
    mode: Mode
    text: str
    html: str
    subject: str
    attachments: list[Any]
    to: list[str] | None
    cc: list[str] | None
    bcc: list[str] | None
    updated_at: datetime


class Typing(Input):
    is_typing: bool


@get("/views", operation_id="list_views", tags=["conversations"], summary="The views with their counts")
async def list_views(request: Call) -> Items[ViewCount]:
    parts, actor = request.parts, request.actor
    channels = [one.id for one in await list_channel_accounts(parts, actor)]
    views, by_channel = await read.count_views(parts, actor, channels)
    counted = [(view, f"view.{view}", count) for view, count in views.items()]
    counted += [(f"channel:{channel}", "view.channel", count) for channel, count in by_channel.items()]
    return Items([ViewCount(id, key, min(count, COUNT_CAP - 1), count >= COUNT_CAP) for id, key, count in counted])


@get("/conversations", operation_id="list_conversations", tags=["conversations"], summary="One page of a view, newest first")
async def list_conversations(
    request: Call,
    view: QueryText = "open",
    inbox_id: QueryId = None,
    channel_account_id: QueryId = None,
    contact_id: QueryId = None,
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[ListedConversation]:
    page = await read.list_conversations(
        request.parts,
        request.actor,
        view=view,
        inbox_id=inbox_id,
        channel_account_id=channel_account_id,
        contact_id=contact_id,
        cursor=cursor,
        limit=limit,
    )
    return Items([listed_conversation(one) for one in page.items], page.next)


@post("/conversations", operation_id="start_conversation", tags=["conversations"], summary="Write to somebody first")
async def start_conversation(request: Call, data: JSONBody[NewConversation]) -> Response[Started]:
    new = NewMessage(
        type="reply",
        text=data.text,
        html=data.html,
        subject=data.subject,
        attachments=[number(one) for one in data.attachments],
        to=data.to,
        cc=data.cc,
        bcc=data.bcc,
        client_id=data.client_id,
    )
    conversation, message, is_new = await start(request.parts, request.actor, number(data.channel_account_id), new)
    return Response(Started(listed_conversation(conversation), message_out(message)), status_code=201 if is_new else 200)


@get("/conversations/{conversation_id:str}", operation_id="get_conversation", tags=["conversations"], summary="One conversation")
async def get_conversation(request: Call, conversation_id: PathId) -> ListedConversation:
    return listed_conversation(await read.get_conversation(request.parts, request.actor, conversation_id))


@patch(
    "/conversations/{conversation_id:str}",
    operation_id="change_conversation",
    tags=["conversations"],
    summary="Close, reopen, assign, move",
)
async def change_conversation(request: Call, conversation_id: PathId, data: JSONBody[ConversationChange]) -> ListedConversation:
    assignee, inbox = data.assignee_id, data.inbox_id
    wanted = change.Change(
        status=data.status,
        assignee_id=msgspec.UNSET if isinstance(assignee, msgspec.UnsetType) else number_or_none(assignee),
        inbox_id=msgspec.UNSET if isinstance(inbox, msgspec.UnsetType) else number(inbox),
        is_spam=data.is_spam,
    )
    return listed_conversation(await change.change(request.parts, request.actor, conversation_id, wanted))


@put(
    "/conversations/{conversation_id:str}/read",
    operation_id="mark_read",
    tags=["conversations"],
    summary="I have read so far",
    status_code=204,
)
async def mark_read(request: Call, conversation_id: PathId, data: JSONBody[ReadMark]) -> None:
    await read.mark_read(request.parts, request.actor, conversation_id, number(data.message_id))


@get(
    "/conversations/{conversation_id:str}/draft",
    operation_id="get_draft",
    tags=["drafts"],
    summary="What I have begun to write; 204 when there is nothing",
)
async def get_draft(request: Call, conversation_id: PathId, mode: ModeQuery = "reply") -> Response[DraftOut | None]:
    draft = await read.get_draft(request.parts, request.actor, conversation_id, mode)
    return Response(None, status_code=204) if draft is None else Response(_draft(draft))


@put("/conversations/{conversation_id:str}/draft", operation_id="save_draft", tags=["drafts"], summary="Keep what I have begun to write")
async def save_draft(request: Call, conversation_id: PathId, data: JSONBody[DraftContent], mode: ModeQuery = "reply") -> DraftOut:
    content = msgspec.to_builtins(data)
    return _draft(await read.save_draft(request.parts, request.actor, conversation_id, mode, content))


@delete(
    "/conversations/{conversation_id:str}/draft",
    operation_id="drop_draft",
    tags=["drafts"],
    summary="Throw away what I have begun to write",
)
async def drop_draft(request: Call, conversation_id: PathId, mode: ModeQuery = "reply") -> None:
    await read.drop_draft(request.parts, request.actor, conversation_id, mode)


@post(
    "/conversations/{conversation_id:str}/typing",
    operation_id="signal_typing",
    tags=["conversations"],
    summary="I am typing, or have stopped",
    status_code=204,
)
async def signal_typing(request: Call, conversation_id: PathId, data: JSONBody[Typing]) -> None:
    parts, actor = request.parts, request.actor
    conversation = await read.get_conversation(parts, actor, conversation_id)
    await parts.wake.signal(
        actor.account_id,
        {
            "type": "typing",
            "inbox_id": conversation.inbox_id,
            "conversation_id": str(conversation_id),
            "user_id": str(actor.user_id),
            "is_typing": data.is_typing,
        },
    )


def _draft(draft: read.Draft) -> DraftOut:
    content = msgspec.convert(draft.content, DraftContent)
    return DraftOut(
        mode=msgspec.convert(draft.mode, Mode),
        text=content.text,
        html=content.html,
        subject=content.subject,
        attachments=content.attachments,
        to=content.to,
        cc=content.cc,
        bcc=content.bcc,
        updated_at=draft.updated_at,
    )


routes = [
    list_views,
    list_conversations,
    start_conversation,
    get_conversation,
    change_conversation,
    mark_read,
    get_draft,
    save_draft,
    drop_draft,
    signal_typing,
]

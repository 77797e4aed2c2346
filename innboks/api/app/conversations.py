"""One conversation: what people change about it, and each person's own marks in it (read, draft, typing). Lists of them: `views.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Id, Input, PathId, number, number_or_none
from innboks.core.conversations import change, purge, read
from innboks.core.conversations.models import NewMessage, Priority
from innboks.core.conversations.start import start
from innboks.core.filters.models import Reason

Mode = Literal["reply", "comment", "forward"]
ModeQuery = Annotated[Mode, QueryParameter()]
Addresses = Annotated[list[Annotated[str, msgspec.Meta(max_length=1000)]], msgspec.Meta(max_length=1000)]
Uploads = Annotated[list[Id], msgspec.Meta(max_length=1000)]
HoldSeconds = Annotated[int, msgspec.Meta(ge=0, le=30)]
TagIds = Annotated[list[Id], msgspec.Meta(max_length=1000)]


class ConversationChange(Input):
    """Only what is given changes. `assignee_id` null: nobody; `snoozed_until` null: until the customer answers. `tag_ids` is the whole set, while adding
    and removing leave alone what somebody else does meanwhile. `is_unread` is the asking person's own mark. `spam_reason`, only with `is_spam` true:
    what was taken out of spam goes back for the reason that it had."""

    status: Literal["open", "closed"] | msgspec.UnsetType = msgspec.UNSET
    assignee_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    inbox_id: Id | msgspec.UnsetType = msgspec.UNSET
    is_spam: bool | msgspec.UnsetType = msgspec.UNSET
    spam_reason: Reason | msgspec.UnsetType = msgspec.UNSET
    is_trashed: bool | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    is_snoozed: bool | msgspec.UnsetType = msgspec.UNSET
    snoozed_until: datetime | msgspec.UnsetType | None = msgspec.UNSET
    tag_ids: TagIds | msgspec.UnsetType = msgspec.UNSET
    add_tag_ids: TagIds | msgspec.UnsetType = msgspec.UNSET
    remove_tag_ids: TagIds | msgspec.UnsetType = msgspec.UNSET
    is_unread: bool | msgspec.UnsetType = msgspec.UNSET

    def wanted(self) -> change.Change:
        """The same with ids as numbers."""
        given = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not msgspec.UNSET}
        for name, value in given.items():
            if name.endswith("_ids"):
                given[name] = [number(one) for one in value]
            elif name.endswith("_id"):
                given[name] = number_or_none(value)
        return change.Change(**given)


class NewConversation(Input):
    """The first message of a conversation begun by us. A `client_id` makes it harmless to send this twice. `hold_s`: so long it can be taken back,
    and the conversation with it; left out, as long as the account says, or not at all for a script."""

    channel_account_id: Id
    to: Addresses
    text: str = ""
    subject: str = ""
    cc: Addresses | None = None
    bcc: Addresses | None = None
    html: str = ""
    attachments: Uploads = []
    client_id: str | None = None
    hold_s: HoldSeconds | None = None


class Started(msgspec.Struct):
    conversation: ListedConversation
    message: MessageOut


class ReadMark(Input):
    message_id: Id


class DraftContent(Input):
    """The composer's own; nothing of it is checked until it is sent. `began_after`: the newest message when its first letter was written; whoever goes on
    with it, on whatever device, is warned of what came since (R-642). `client_id`: what it will be posted with, so that the same draft, sent from two
    devices, is one message."""

    text: str = ""
    html: str = ""
    subject: str = ""
    attachments: list[Any] = []
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    channel_account_id: Id | None = None
    has_no_quote: bool = False
    forward_of: Id | None = None
    began_after: Id | None = None
    client_id: str | None = None


class DraftOut(msgspec.Struct):
    mode: Mode
    text: str
    html: str
    subject: str
    attachments: list[Any]
    to: list[str] | None
    cc: list[str] | None
    bcc: list[str] | None
    channel_account_id: str | None
    has_no_quote: bool
    forward_of: str | None
    began_after: str | None
    client_id: str | None
    updated_at: datetime


class Typing(Input):
    is_typing: bool


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
        hold_s=0 if data.hold_s is None and request.visit.bearer is not None else data.hold_s,
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
    summary="Close, reopen, assign, move, snooze, tag, rank, mark as spam or unread, trash",
)
async def change_conversation(request: Call, conversation_id: PathId, data: JSONBody[ConversationChange]) -> ListedConversation:
    return listed_conversation(await change.change(request.parts, request.actor, conversation_id, data.wanted()))


@delete(
    "/conversations/{conversation_id:str}",
    operation_id="delete_conversation",
    tags=["conversations"],
    summary="Delete for good what is in the trash",
)
async def delete_conversation(request: Call, conversation_id: PathId) -> None:
    await purge.delete_for_good(request.parts, request.actor, conversation_id)


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
    return Response(None, status_code=204) if draft is None else Response(draft_out(draft))


@put("/conversations/{conversation_id:str}/draft", operation_id="save_draft", tags=["drafts"], summary="Keep what I have begun to write")
async def save_draft(request: Call, conversation_id: PathId, data: JSONBody[DraftContent], mode: ModeQuery = "reply") -> DraftOut:
    content = msgspec.to_builtins(data)
    return draft_out(await read.save_draft(request.parts, request.actor, conversation_id, mode, content))


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
    actor.require_write(conversation.inbox_id)
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


def draft_out(draft: read.Draft) -> DraftOut:
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
        channel_account_id=content.channel_account_id,
        has_no_quote=content.has_no_quote,
        forward_of=content.forward_of,
        began_after=content.began_after,
        client_id=content.client_id,
        updated_at=draft.updated_at,
    )


routes = [
    start_conversation,
    get_conversation,
    change_conversation,
    delete_conversation,
    mark_read,
    get_draft,
    save_draft,
    drop_draft,
    signal_typing,
]

"""Merging and splitting conversations, and undoing either at any time."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from innboks.api.app.shapes import ListedConversation, MessageOut, listed_conversation, message_out
from innboks.api.call import Call, Id, Input, PathId, QueryText, number
from innboks.core.conversations import read
from innboks.core.rearrangements.candidates import candidates
from innboks.core.rearrangements.merge import merge, preview
from innboks.core.rearrangements.split import split
from innboks.core.rearrangements.suggest import dismiss_suggestion
from innboks.core.rearrangements.undo import undo


class MergeIn(Input):
    """The conversations that go into this one."""

    conversation_ids: Annotated[list[Id], msgspec.Meta(max_length=1000)]


class Merged(msgspec.Struct):
    """`rearrangement_ids`: one for each that was merged, for undoing."""

    conversation: ListedConversation
    rearrangement_ids: list[str]


class SplitIn(Input):
    """`subject` null: that of the first of these messages."""

    message_ids: Annotated[list[Id], msgspec.Meta(max_length=10_000)]
    subject: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class Split(msgspec.Struct):
    """`conversation` is the new one."""

    conversation: ListedConversation
    rearrangement_id: str


class Suggestion(Input):
    """True: it belongs where it is. False: ask again."""

    is_dismissed: bool


class Undone(msgspec.Struct):
    """`source` has its messages back, `target` is where they had gone."""

    source: ListedConversation
    target: ListedConversation


class Candidates(msgspec.Struct):
    """`same_sender`: open ones first. `recent`: the newest with these words."""

    same_sender: list[ListedConversation]
    recent: list[ListedConversation]


@get(
    "/conversations/{conversation_id:str}/merge-candidates",
    operation_id="list_merge_candidates",
    tags=["conversations"],
    summary="What it may be merged with",
)
async def list_merge_candidates(request: Call, conversation_id: PathId, q: QueryText = "") -> Candidates:
    same, recent = await candidates(request.parts, request.actor, conversation_id, q)
    return Candidates([listed_conversation(one) for one in same], [listed_conversation(one) for one in recent])


@post(
    "/conversations/{conversation_id:str}/merge",
    operation_id="merge_conversations",
    tags=["conversations"],
    summary="Merge others into this one",
    status_code=200,
)
async def merge_conversations(request: Call, conversation_id: PathId, data: JSONBody[MergeIn]) -> Merged:
    sources = [number(one) for one in data.conversation_ids]
    after, ids = await merge(request.parts, request.actor, conversation_id, sources)
    return Merged(listed_conversation(after), [str(one) for one in ids])


@post(
    "/conversations/{conversation_id:str}/merge-preview",
    operation_id="preview_merge",
    tags=["conversations"],
    summary="What merging would make; nothing is changed",
    status_code=200,
)
async def preview_merge(request: Call, conversation_id: PathId, data: JSONBody[MergeIn]) -> ListedConversation:
    sources = [number(one) for one in data.conversation_ids]
    return listed_conversation(await preview(request.parts, request.actor, conversation_id, sources))


@post(
    "/conversations/{conversation_id:str}/split",
    operation_id="split_conversation",
    tags=["conversations"],
    summary="Put some of its messages into a new conversation",
)
async def split_conversation(request: Call, conversation_id: PathId, data: JSONBody[SplitIn]) -> Split:
    message_ids = [number(one) for one in data.message_ids]
    after, id = await split(request.parts, request.actor, conversation_id, message_ids, data.subject)
    return Split(listed_conversation(after), str(id))


@post(
    "/rearrangements/{rearrangement_id:str}/undo",
    operation_id="undo_rearrangement",
    tags=["conversations"],
    summary="Undo a merge or a split, at any time",
    status_code=200,
)
async def undo_rearrangement(request: Call, rearrangement_id: PathId) -> Undone:
    source, target = await undo(request.parts, request.actor, rearrangement_id)
    return Undone(listed_conversation(source), listed_conversation(target))


@post(
    "/messages/{message_id:str}/split-suggestion",
    operation_id="dismiss_split_suggestion",
    tags=["messages"],
    summary="A message with another subject belongs where it is; for everybody",
    status_code=200,
)
async def dismiss_split_suggestion(request: Call, message_id: PathId, data: JSONBody[Suggestion]) -> MessageOut:
    parts, actor = request.parts, request.actor
    await dismiss_suggestion(parts, actor, message_id, is_dismissed=data.is_dismissed)
    return message_out(await read.get_message(parts, actor, message_id))


routes = [
    list_merge_candidates,
    merge_conversations,
    preview_merge,
    split_conversation,
    undo_rearrangement,
    dismiss_split_suggestion,
]

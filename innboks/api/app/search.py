"""Search over everything that the asking person may read, as JSON. What a line may say: docs/guide/search.md."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar import get
from litestar.params import QueryParameter

from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, QueryCursor, QueryText, text_id
from innboks.core.contacts.models import Identity
from innboks.core.search.find import find
from innboks.core.search.models import Correction, FoundContact, FoundConversation, FoundMessage, Note, Piece
from innboks.lib.zones import require_zone

PER_PERSON_S, PER_PERSON_BURST = 10.0, 60.0
"""Searches of one person: more than anybody types."""
Line = Annotated[
    str, QueryParameter(max_length=2000, description="Words, “phrases”, -without, a OR b, and operators such as from: or is:open.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="Conversations of a page; more than the maximum of 50 gives 50.")]
Kind = Annotated[Literal["all", "conversations", "contacts"], QueryParameter(name="type")]


class SearchedMessage(msgspec.Struct):
    """`snippet` is plain text in pieces; whoever shows it marks the matches. `file`: the attachment in which the words stand."""

    id: str
    type: Literal["message", "reply", "comment", "system"]
    direction: Literal["in", "out", "none"]
    author_id: str | None
    sender_name: str
    created_at: datetime
    snippet: list[Piece]
    file: str | None


class SearchedConversation(msgspec.Struct):
    """A conversation with its best matching messages. `subject` and `contact` are what stands in its row, with the matches marked."""

    conversation: ListedConversation
    matched_at: datetime
    subject: list[Piece]
    contact: list[Piece]
    messages: list[SearchedMessage]


class SearchedContact(msgspec.Struct):
    id: str
    name: str
    identities: list[Identity]
    title: list[Piece]


class SearchOut(msgspec.Struct):
    """`is_partial`: time ran out; everything newer than `searched_back_to` was looked through, and `next` goes on from there. `corrections`: words that
    nobody wrote, and those that were searched for instead. `notes`: parts of the line that could not be understood."""

    items: list[SearchedConversation]
    contacts: list[SearchedContact]
    next: str | None
    corrections: list[Correction]
    notes: list[Note]
    is_partial: bool
    searched_back_to: datetime | None


@get("/search", operation_id="search", tags=["search"], summary="Search conversations and contacts, newest first")
async def search(
    request: Call, q: Line = "", kind: Kind = "all", cursor: QueryCursor = None, limit: Limit = 20, time_zone: QueryText = "UTC"
) -> SearchOut:
    parts, actor = request.parts, request.actor
    request.app.state["searches"].take((actor.account_id, actor.user_id), parts.clock.monotonic())
    require_zone(time_zone)
    found = await find(parts, actor, q, kind=kind, cursor=cursor, limit=limit, zone=ZoneInfo(time_zone))
    return SearchOut(
        items=[_conversation(one) for one in found.conversations],
        contacts=[_contact(one) for one in found.contacts],
        next=found.next,
        corrections=found.corrections,
        notes=found.notes,
        is_partial=found.is_partial,
        searched_back_to=found.searched_back_to,
    )


def _conversation(one: FoundConversation) -> SearchedConversation:
    return SearchedConversation(
        listed_conversation(one.conversation), one.matched_at, one.subject, one.contact, [_message(each) for each in one.messages]
    )


def _message(one: FoundMessage) -> SearchedMessage:
    return SearchedMessage(
        id=str(one.id),
        type=msgspec.convert(one.type, Literal["message", "reply", "comment", "system"]),
        direction=msgspec.convert(one.direction, Literal["in", "out", "none"]),
        author_id=text_id(one.author_id),
        sender_name=one.sender_name,
        created_at=one.created_at,
        snippet=one.snippet,
        file=one.file,
    )


def _contact(one: FoundContact) -> SearchedContact:
    return SearchedContact(str(one.id), one.name, one.identities, one.title)


routes = [search]

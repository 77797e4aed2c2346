"""A contact's timeline, who may be the same person, and merging two with undo at any time."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from innboks.api.app.contact_list import ContactRow, contact_row
from innboks.api.app.contacts import ContactOut, NoteOut, note_out, shown_contact
from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, Id, Input, Items, Limit, PathId, QueryCursor, number, text_id
from innboks.core.contacts import contacts
from innboks.core.contacts.duplicates import duplicates_of
from innboks.core.contacts.merge import Choices, merge
from innboks.core.contacts.models import ChangeKind
from innboks.core.contacts.timeline import Entry, timeline_of
from innboks.core.contacts.unmerge import undo_merge

Side = Literal["target", "source"]


class ChangeOut(msgspec.Struct):
    """Something that was done to the contact; `data` says what, by kind."""

    kind: ChangeKind
    user_id: str | None
    data: dict[str, Any]


class TimelineEntry(msgspec.Struct):
    """`type`: conversation (at its last message), note or change; the one of that name is set."""

    type: Literal["conversation", "note", "change"]
    id: str
    at: datetime
    conversation: ListedConversation | None
    note: NoteOut | None
    change: ChangeOut | None


class DuplicateOut(msgspec.Struct):
    """`why`: address (one of theirs stands in a property here), name, or mailbox (the same name before the @ elsewhere)."""

    contact: ContactRow
    why: Literal["address", "name", "mailbox"]


class ContactMergeIn(Input):
    """The contact that goes into this one. Where both have a name, an owner or a value, `target` keeps this one's, `source` takes the other's."""

    contact_id: Id
    name: Side = "target"
    owner: Side = "target"
    properties: Annotated[dict[str, Side], msgspec.Meta(max_length=100)] = {}


class ContactMerged(msgspec.Struct):
    """`merge_id` undoes it."""

    contact: ContactOut
    merge_id: str


class ContactMergeUndone(msgspec.Struct):
    """`source_id` is back, `target_id` is the one that it had been merged into."""

    source_id: str
    target_id: str


@get(
    "/contacts/{contact_id:str}/timeline",
    operation_id="get_contact_timeline",
    tags=["contacts"],
    summary="Conversations over all channels, notes and changes, newest first",
)
async def get_contact_timeline(request: Call, contact_id: PathId, cursor: QueryCursor = None, limit: Limit = 50) -> Items[TimelineEntry]:
    found = await timeline_of(request.parts, request.actor, contact_id, cursor=cursor, limit=limit)
    return Items([_entry(one) for one in found.items], found.next)


@get(
    "/contacts/{contact_id:str}/duplicates",
    operation_id="list_contact_duplicates",
    tags=["contacts"],
    summary="Who may be the same person, the likeliest first",
)
async def list_contact_duplicates(request: Call, contact_id: PathId) -> Items[DuplicateOut]:
    found = await duplicates_of(request.parts, request.actor, contact_id)
    return Items([DuplicateOut(contact_row(one.contact), one.why) for one in found])  # type: ignore[arg-type]


@post(
    "/contacts/{contact_id:str}/merge",
    operation_id="merge_contacts",
    tags=["contacts"],
    summary="Merge another contact into this one",
    status_code=200,
)
async def merge_contacts(request: Call, contact_id: PathId, data: JSONBody[ContactMergeIn]) -> ContactMerged:
    choices = Choices(name=data.name, owner=data.owner, properties=data.properties)
    id = await merge(request.parts, request.actor, contact_id, number(data.contact_id), choices)
    return ContactMerged(shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id)), str(id))


@post(
    "/contact-merges/{contact_merge_id:str}/undo",
    operation_id="undo_contact_merge",
    tags=["contacts"],
    summary="Undo a merge of contacts, at any time",
    status_code=200,
)
async def undo_contact_merge(request: Call, contact_merge_id: PathId) -> ContactMergeUndone:
    source_id, target_id = await undo_merge(request.parts, request.actor, contact_merge_id)
    return ContactMergeUndone(str(source_id), str(target_id))


def _entry(one: Entry) -> TimelineEntry:
    change = one.change
    return TimelineEntry(
        type=one.kind,
        id=str(one.id),
        at=one.at,
        conversation=None if one.conversation is None else listed_conversation(one.conversation),
        note=None if one.note is None else note_out(one.note),
        change=None if change is None else ChangeOut(change.kind, text_id(change.user_id), change.data),
    )


routes = [get_contact_timeline, list_contact_duplicates, merge_contacts, undo_contact_merge]

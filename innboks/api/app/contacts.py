"""Contacts: who a customer is, how they are reached, what they wrote lately, and what the team notes about them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, Id, Input, Items, Limit, Name, PathId, QueryId, QueryText, number, number_or_none, text_id
from innboks.core.contacts import contacts, link, notes, reach
from innboks.core.contacts.models import Contact, Identity, Note, ReachReason


class MergedContactOut(msgspec.Struct):
    """A contact that was merged into this one; `merge_id` undoes it."""

    merge_id: str
    contact_id: str
    name: str
    at: datetime


class ContactOut(msgspec.Struct):
    """`conversations`: the newest, open ones first. `conversation_count` stops at 100, which means “more than 99”. `merged`: what was merged into
    it, newest first. Asked for by the id of a merged contact, it is the one that stayed. `can_act`: the asking person may change it; who
    only reads the inboxes that it wrote to may not."""

    id: str
    name: str
    identities: list[Identity]
    owner_id: str | None
    properties: dict[str, Any]
    created_at: datetime
    is_blocked: bool
    blocked_at: datetime | None
    merged: list[MergedContactOut]
    conversations: list[ListedConversation]
    conversation_count: int
    can_act: bool


class ContactChange(Input):
    """Only what is given changes. `owner_id` null: nobody. Of `properties` only those that are named; null takes a value away. What a blocked
    contact writes is spam, and nobody is told; they cannot be written to."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    owner_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    is_blocked: bool | msgspec.UnsetType = msgspec.UNSET
    properties: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET

    def wanted(self) -> contacts.ContactChange:
        owner = self.owner_id
        return contacts.ContactChange(
            name=self.name,
            owner_id=msgspec.UNSET if isinstance(owner, msgspec.UnsetType) else number_or_none(owner),
            is_blocked=self.is_blocked,
            properties=self.properties,
        )


class NewIdentity(Input):
    """`type`: email or phone."""

    type: Annotated[str, msgspec.Meta(max_length=20)]
    value: Annotated[str, msgspec.Meta(max_length=1000)]


class ReachOut(msgspec.Struct):
    """One channel account, and whether this contact can be written to over it. `reason` "" = open. `until`: when the reply window closes, or
    closed. `sentence`: what a paused or broken connection says of itself."""

    channel_account_id: str
    kind: str
    name: str
    addresses: list[str]
    conversation_id: str | None
    is_open: bool
    reason: ReachReason
    until: datetime | None
    sentence: str


class NoteText(Input):
    text: str


class NoteChange(Input):
    """Only what is given changes. `is_deleted` false takes a deleted note back."""

    text: str | msgspec.UnsetType = msgspec.UNSET
    is_deleted: bool | msgspec.UnsetType = msgspec.UNSET


class NoteOut(msgspec.Struct):
    id: str
    contact_id: str
    author_id: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool


class ContactLink(Input):
    """A known contact (`contact_id`; null: nobody), or a new one with a name."""

    contact_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    name: Name = ""
    email: Name = ""
    phone: Name = ""


class RecipientSuggestion(msgspec.Struct):
    contact_id: str
    name: str
    address: str


@get("/contacts/{contact_id:str}", operation_id="get_contact", tags=["contacts"], summary="A contact with the latest conversations")
async def get_contact(request: Call, contact_id: PathId) -> ContactOut:
    return shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id))


@get("/recipients", operation_id="suggest_recipients", tags=["contacts"], summary="People and addresses that begin with these letters")
async def suggest_recipients(request: Call, q: QueryText = "", type: QueryText = "email") -> Items[RecipientSuggestion]:
    found = await contacts.suggest(request.parts, request.actor, q, type)
    return Items([RecipientSuggestion(str(one.contact_id), one.name, one.address) for one in found])


@patch(
    "/contacts/{contact_id:str}",
    operation_id="update_contact",
    tags=["contacts"],
    summary="Rename a contact, give it an owner or properties, block or unblock it",
)
async def update_contact(request: Call, contact_id: PathId, data: JSONBody[ContactChange]) -> ContactOut:
    await contacts.change_contact(request.parts, request.actor, contact_id, data.wanted())
    return shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id))


@post(
    "/contacts/{contact_id:str}/identities",
    operation_id="add_identity",
    tags=["contacts"],
    summary="Another address of a contact",
    status_code=200,
)
async def add_identity(request: Call, contact_id: PathId, data: JSONBody[NewIdentity]) -> ContactOut:
    await contacts.add_identity(request.parts, request.actor, contact_id, data.type, data.value)
    return shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id))


@delete(
    "/contacts/{contact_id:str}/identities",
    operation_id="drop_identity",
    tags=["contacts"],
    summary="An address is not theirs",
    status_code=200,
)
async def drop_identity(
    request: Call,
    contact_id: PathId,
    type: Annotated[str, QueryParameter(max_length=20)] = "",
    value: Annotated[str, QueryParameter(max_length=1000)] = "",
) -> ContactOut:
    await contacts.drop_identity(request.parts, request.actor, contact_id, type, value)
    return shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id))


@get("/contacts/{contact_id:str}/reach", operation_id="get_reach", tags=["contacts"], summary="Over which channels they can be written to")
async def get_reach(request: Call, contact_id: PathId) -> Items[ReachOut]:
    found = await reach.reach_of(request.parts, request.actor, contact_id)
    return Items(
        [
            ReachOut(
                channel_account_id=str(one.channel_account_id),
                kind=one.kind,
                name=one.name,
                addresses=one.addresses,
                conversation_id=text_id(one.conversation_id),
                is_open=one.is_open,
                reason=one.reason,
                until=one.until,
                sentence=one.sentence,
            )
            for one in found
        ]
    )


@get("/contacts/{contact_id:str}/notes", operation_id="list_notes", tags=["contacts"], summary="What the team noted, newest first")
async def list_notes(request: Call, contact_id: PathId, before: QueryId = None, limit: Limit = 50) -> Items[NoteOut]:
    page = await notes.list_notes(request.parts, request.actor, contact_id, before=before, limit=limit)
    return Items([note_out(one) for one in page.items], page.next)


@post("/contacts/{contact_id:str}/notes", operation_id="add_note", tags=["contacts"], summary="Note something about a contact")
async def add_note(request: Call, contact_id: PathId, data: JSONBody[NoteText]) -> Response[NoteOut]:
    return Response(note_out(await notes.add_note(request.parts, request.actor, contact_id, data.text)), status_code=201)


@patch("/contact-notes/{note_id:str}", operation_id="change_note", tags=["contacts"], summary="Other words for a note, or take it back")
async def change_note(request: Call, note_id: PathId, data: JSONBody[NoteChange]) -> NoteOut:
    text, is_deleted = data.text, data.is_deleted
    changed = await notes.change_note(
        request.parts,
        request.actor,
        note_id,
        text=None if isinstance(text, msgspec.UnsetType) else text,
        is_deleted=None if isinstance(is_deleted, msgspec.UnsetType) else is_deleted,
    )
    return note_out(changed)


@delete("/contact-notes/{note_id:str}", operation_id="delete_note", tags=["contacts"], summary="Delete a note", status_code=200)
async def delete_note(request: Call, note_id: PathId) -> NoteOut:
    return note_out(await notes.change_note(request.parts, request.actor, note_id, is_deleted=True))


@put(
    "/conversations/{conversation_id:str}/contact",
    operation_id="link_contact",
    tags=["contacts"],
    summary="Whom a conversation is with: a known contact, or a new one",
)
async def link_contact(request: Call, conversation_id: PathId, data: JSONBody[ContactLink]) -> ListedConversation:
    parts, actor = request.parts, request.actor
    if isinstance(data.contact_id, msgspec.UnsetType):
        return listed_conversation(await link.create_and_link(parts, actor, conversation_id, data.name, data.email, data.phone))
    wanted = None if data.contact_id is None else number(data.contact_id)
    return listed_conversation(await link.link_contact(parts, actor, conversation_id, wanted))


def shown_contact(page: contacts.ContactPage) -> ContactOut:
    contact: Contact = page.contact
    return ContactOut(
        id=str(contact.id),
        name=contact.name,
        identities=contact.identities,
        owner_id=text_id(contact.owner_id),
        properties=contact.properties,
        created_at=contact.created_at,
        is_blocked=contact.blocked_at is not None,
        blocked_at=contact.blocked_at,
        merged=[MergedContactOut(str(one.merge_id), str(one.contact_id), one.name, one.at) for one in page.merges],
        conversations=[listed_conversation(one) for one in page.conversations],
        conversation_count=page.count,
        can_act=page.can_act,
    )


def note_out(one: Note) -> NoteOut:
    return NoteOut(
        str(one.id), str(one.contact_id), str(one.author_id), one.text, one.created_at, one.edited_at, one.deleted_at is not None
    )


routes = [
    get_contact,
    suggest_recipients,
    update_contact,
    add_identity,
    drop_identity,
    get_reach,
    list_notes,
    add_note,
    change_note,
    delete_note,
    link_contact,
]

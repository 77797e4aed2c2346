"""The list of all contacts, a new one by hand, and many changed at once."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.bulk import each_of
from innboks.api.app.contacts import ContactChange, ContactOut, shown_contact
from innboks.api.call import Call, Id, Input, Items, Limit, Name, QueryCursor, QueryId, QueryText, number_or_none, text_id
from innboks.core.contacts import contacts
from innboks.core.contacts.bulk import AT_ONCE_MAX, change_many
from innboks.core.contacts.listing import ContactFilter, list_contacts
from innboks.core.contacts.models import Identity, ListedContact, Sort
from innboks.errors import Invalid

Owner = Annotated[str | None, QueryParameter(max_length=20, description="me, nobody, or a person's id.")]
QueryFlag = Annotated[bool | None, QueryParameter()]
PropertyKey = Annotated[str | None, QueryParameter(max_length=60)]
QueryValue = Annotated[str | None, QueryParameter(max_length=500)]


class ContactRow(msgspec.Struct):
    """`last_message_at`, `last_kind` (the kind of channel) and `open_count` (10 means 10 or more) are of the conversations that you may see.
    `can_act`: the asking person may change it."""

    id: str
    name: str
    identities: list[Identity]
    owner_id: str | None
    properties: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    is_blocked: bool
    last_message_at: datetime | None
    last_kind: str | None
    open_count: int
    can_act: bool


class NewContactIn(Input):
    """At least one of name, email and phone."""

    name: Name = ""
    email: Name = ""
    phone: Name = ""
    owner_id: Id | None = None
    properties: dict[str, Any] = {}


class OneContactChange(Input):
    id: Id
    change: ContactChange


class ContactsChange(Input):
    """Either `ids` and one `change` for all of them, or `changes`, each with its own. At most 500 at once."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=AT_ONCE_MAX)] | None = None
    change: ContactChange | None = None
    changes: Annotated[list[OneContactChange], msgspec.Meta(max_length=AT_ONCE_MAX)] | None = None


class ContactResult(msgspec.Struct):
    """When this one could not be changed: `code`, and a sentence that says why."""

    id: str
    code: str
    detail: str


class ContactResults(msgspec.Struct):
    results: list[ContactResult]
    changed_count: int


@get(
    "/contacts",
    operation_id="list_contacts",
    tags=["contacts"],
    summary="Contacts by words, owner, channel, property and more; a page may be short while there is a next one",
)
async def get_contacts(
    request: Call,
    q: QueryText = "",
    owner: Owner = None,
    channel_account_id: QueryId = None,
    is_blocked: QueryFlag = None,
    has_open: QueryFlag = None,
    property: PropertyKey = None,
    value: QueryValue = None,
    sort: Annotated[Literal["name", "newest", "changed"], QueryParameter()] = "name",
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[ContactRow]:
    wanted = ContactFilter(
        words=q,
        owner_id=owner_of(request, owner),
        channel_account_id=channel_account_id,
        is_blocked=is_blocked,
        has_open=has_open,
        property=property,
        value=value,
    )
    order: Sort = sort
    found = await list_contacts(request.parts, request.actor, wanted, sort=order, cursor=cursor, limit=limit)
    return Items([contact_row(one) for one in found.items], found.next)


@post("/contacts", operation_id="create_contact", tags=["contacts"], summary="A contact made by hand, whom everybody sees")
async def create_contact(request: Call, data: JSONBody[NewContactIn]) -> Response[ContactOut]:
    new = contacts.NewContact(
        name=data.name, email=data.email, phone=data.phone, owner_id=number_or_none(data.owner_id), properties=data.properties
    )
    contact_id = await contacts.create_contact(request.parts, request.actor, new)
    return Response(shown_contact(await contacts.get_contact(request.parts, request.actor, contact_id)), status_code=201)


@post(
    "/contacts/bulk",
    operation_id="change_contacts",
    tags=["contacts"],
    summary="Change up to 500 at once, with a result for each",
    status_code=200,
)
async def change_contacts(request: Call, data: JSONBody[ContactsChange]) -> ContactResults:
    outcomes = await change_many(request.parts, request.actor, each_of(data))
    results = [
        ContactResult(str(one.id), one.refused.code if one.refused else "", one.refused.sentence if one.refused else "") for one in outcomes
    ]
    return ContactResults(results, sum(one.refused is None for one in outcomes))


def owner_of(request: Call, owner: str | None) -> int | None:
    """0 for nobody. Raises `Invalid` for what is neither that nor a person's id."""
    if owner is None or owner == "":
        return None
    if owner in ("me", "nobody"):
        return request.actor.user_id if owner == "me" else 0
    if not (owner.isascii() and owner.isdecimal() and 0 < int(owner) < 2**63):
        raise Invalid("An owner is “me”, “nobody”, or the id of a person.", code="invalid", field="owner")
    return int(owner)


def contact_row(one: ListedContact) -> ContactRow:
    return ContactRow(
        id=str(one.id),
        name=one.name,
        identities=one.identities,
        owner_id=text_id(one.owner_id),
        properties=one.properties,
        created_at=one.created_at,
        updated_at=one.updated_at,
        is_blocked=one.is_blocked,
        last_message_at=one.last_message_at,
        last_kind=one.last_kind,
        open_count=one.open_count,
        can_act=one.can_act,
    )


routes = [get_contacts, create_contact, change_contacts]

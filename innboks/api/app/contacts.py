"""Contacts: who a customer is, how they are reached, and what they wrote lately."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, patch
from litestar.params import JSONBody

from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, Input, Name, PathId, text_id
from innboks.core.contacts import contacts
from innboks.core.contacts.models import Identity

LATEST = 5


class ContactOut(msgspec.Struct):
    id: str
    name: str
    identities: list[Identity]
    owner_id: str | None
    properties: dict[str, Any]
    created_at: datetime
    conversations: list[ListedConversation]


class ContactChange(Input):
    name: Name


@get("/contacts/{contact_id:str}", operation_id="get_contact", tags=["contacts"], summary="A contact with the latest conversations")
async def get_contact(request: Call, contact_id: PathId) -> ContactOut:
    return _shown(await contacts.get_contact(request.parts, request.actor, contact_id))


@patch("/contacts/{contact_id:str}", operation_id="update_contact", tags=["contacts"], summary="Rename a contact")
async def update_contact(request: Call, contact_id: PathId, data: JSONBody[ContactChange]) -> ContactOut:
    parts, actor = request.parts, request.actor
    await contacts.rename_contact(parts, actor, contact_id, data.name)
    return _shown(await contacts.get_contact(parts, actor, contact_id))


def _shown(page: contacts.ContactPage) -> ContactOut:
    contact = page.contact
    return ContactOut(
        id=str(contact.id),
        name=contact.name,
        identities=contact.identities,
        owner_id=text_id(contact.owner_id),
        properties=contact.properties,
        created_at=contact.created_at,
        conversations=[listed_conversation(one) for one in page.conversations[:LATEST]],
    )


routes = [get_contact, update_contact]

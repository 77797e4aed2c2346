"""The own properties of an account's contacts: which there are. Their values are changed with the contact (`contacts.py`)."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, Name, PathId
from innboks.core.contacts import properties
from innboks.core.contacts.models import Property, PropertyType

Options = Annotated[list[Name], msgspec.Meta(max_length=1000)]


class PropertyOut(msgspec.Struct):
    """`key` names it in a contact's `properties`; `options` are the values of a choice."""

    id: str
    key: str
    label: str
    type: PropertyType
    options: list[str]
    is_deleted: bool


class NewProperty(Input):
    label: Name
    type: PropertyType
    options: Options = []


class PropertyChange(Input):
    """Only what is given changes. `is_deleted` false brings a deleted one back, with its values."""

    label: Name | msgspec.UnsetType = msgspec.UNSET
    options: Options | msgspec.UnsetType = msgspec.UNSET
    is_deleted: bool | msgspec.UnsetType = msgspec.UNSET


@get("/contact-properties", operation_id="list_contact_properties", tags=["contacts"], summary="The own properties of contacts")
async def list_contact_properties(request: Call) -> Items[PropertyOut]:
    return Items([_out(one) for one in await properties.list_properties(request.parts, request.actor)])


@post("/contact-properties", operation_id="create_contact_property", tags=["contacts"], summary="Define a property of contacts")
async def create_contact_property(request: Call, data: JSONBody[NewProperty]) -> Response[PropertyOut]:
    made = await properties.create_property(request.parts, request.actor, data.label, data.type, data.options)
    return Response(_out(made), status_code=201)


@patch(
    "/contact-properties/{contact_property_id:str}",
    operation_id="change_contact_property",
    tags=["contacts"],
    summary="Rename it, change its choices, or bring it back",
)
async def change_contact_property(request: Call, contact_property_id: PathId, data: JSONBody[PropertyChange]) -> PropertyOut:
    changed = await properties.change_property(
        request.parts, request.actor, contact_property_id, label=data.label, options=data.options, is_deleted=data.is_deleted
    )
    return _out(changed)


@delete(
    "/contact-properties/{contact_property_id:str}",
    operation_id="delete_contact_property",
    tags=["contacts"],
    summary="Delete it; it can be brought back with its values",
    status_code=200,
)
async def delete_contact_property(request: Call, contact_property_id: PathId) -> PropertyOut:
    return _out(await properties.change_property(request.parts, request.actor, contact_property_id, is_deleted=True))


def _out(one: Property) -> PropertyOut:
    return PropertyOut(str(one.id), one.key, one.label, one.type, one.options, one.deleted_at is not None)


routes = [list_contact_properties, create_contact_property, change_contact_property, delete_contact_property]

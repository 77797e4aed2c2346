"""Roles: what people may do."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, Name, PathId
from innboks.core.accounts import roles
from innboks.core.accounts.models import Role

Permissions = Annotated[list[Name], msgspec.Meta(max_length=50)]


class RoleOut(msgspec.Struct):
    """`key` is set for the three that every account has and that stay as they are. `super_admin` among the permissions means all of them."""

    id: str
    key: Literal["super_admin", "admin", "agent"] | None
    name: str
    permissions: list[str]
    user_count: int


class NewRole(Input):
    name: Name
    permissions: Permissions = []


class RoleChange(Input):
    name: Name | None = None
    permissions: Permissions | None = None


def shown(role: Role) -> RoleOut:
    return RoleOut(str(role.id), role.key, role.name, role.permissions, role.user_count)


@get("/roles", operation_id="list_roles", tags=["users"], summary="The roles of the account")
async def list_roles(request: Call) -> Items[RoleOut]:
    return Items([shown(role) for role in await roles.list_roles(request.parts, request.actor)])


@post("/roles", operation_id="create_role", tags=["users"], summary="Make a role of our own")
async def create_role(request: Call, data: JSONBody[NewRole]) -> RoleOut:
    return shown(await roles.create_role(request.parts, request.actor, data.name, data.permissions))


@patch("/roles/{role_id:str}", operation_id="change_role", tags=["users"], summary="Rename a role, or change what it may do")
async def change_role(request: Call, role_id: PathId, data: JSONBody[RoleChange]) -> RoleOut:
    return shown(await roles.change_role(request.parts, request.actor, role_id, name=data.name, permissions=data.permissions))


@delete("/roles/{role_id:str}", operation_id="delete_role", tags=["users"], summary="Delete a role that nobody has")
async def delete_role(request: Call, role_id: PathId) -> None:
    await roles.delete_role(request.parts, request.actor, role_id)


routes = [list_roles, create_role, change_role, delete_role]

"""The people of an account."""

from typing import Annotated, Any

import msgspec
from litestar import get, patch, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, Name, PathId
from innboks.core.accounts import users
from innboks.core.accounts.models import User

Password = Annotated[str, msgspec.Meta(max_length=4096)]
Permissions = Annotated[list[str], msgspec.Meta(max_length=50)]


class UserOut(msgspec.Struct):
    id: str
    name: str
    first_name: str
    last_name: str
    email: str
    permissions: list[str]
    locale: str
    is_active: bool
    can_receive: bool


class Myself(UserOut):
    """What only the person themselves sees is more."""

    preferences: dict[str, Any]


class MyChange(Input):
    name: Name | None = None
    locale: Name | None = None
    preferences: dict[str, Any] | None = None


class NewUser(Input):
    name: Name
    email: Name
    password: Password
    permissions: Permissions = []


class UserChange(Input):
    name: Name | None = None
    permissions: Permissions | None = None
    can_receive: bool | None = None
    is_active: bool | None = None


class NewPassword(Input):
    current_password: Password
    password: Password


def shown(user: User) -> UserOut:
    return UserOut(**_shared(user))


def myself(user: User) -> Myself:
    return Myself(preferences=user.preferences, **_shared(user))


def _shared(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "permissions": user.permissions,
        "locale": user.locale,
        "is_active": user.deactivated_at is None,
        "can_receive": user.can_receive,
    }


@get("/users", operation_id="list_users", tags=["users"], summary="Everybody of the account")
async def list_users(request: Call) -> Items[UserOut]:
    return Items([shown(user) for user in await users.list_users(request.parts, request.actor)])


@post("/users", operation_id="create_user", tags=["users"], summary="Add a colleague")
async def create_user(request: Call, data: JSONBody[NewUser]) -> UserOut:
    actor = request.actor
    user = await users.create_user(
        request.parts, actor, name=data.name, email=data.email, password=data.password, permissions=data.permissions
    )
    return shown(user)


@get("/users/me", operation_id="get_me", tags=["users"], summary="Myself, with my preferences")
async def get_me(request: Call) -> Myself:
    actor = request.actor
    return myself(await users.get_user(request.parts, actor, actor.user_id))


@patch("/users/me", operation_id="update_me", tags=["users"], summary="Change my name, language or preferences")
async def update_me(request: Call, data: JSONBody[MyChange]) -> Myself:
    actor = request.actor
    change = users.UserChange(name=data.name, locale=data.locale, preferences=data.preferences)
    return myself(await users.update_user(request.parts, actor, actor.user_id, change))


@put(
    "/users/me/password",
    operation_id="change_my_password",
    tags=["users"],
    summary="Change my password; my other sessions end",
    status_code=204,
)
async def change_my_password(request: Call, data: JSONBody[NewPassword]) -> None:
    actor = request.actor
    await users.change_password(request.parts, actor, current=data.current_password, new=data.password, cookie=request.visit.cookie)


@patch("/users/{user_id:str}", operation_id="update_user", tags=["users"], summary="Change a colleague")
async def update_user(request: Call, user_id: PathId, data: JSONBody[UserChange]) -> UserOut:
    actor = request.actor
    change = users.UserChange(name=data.name, permissions=data.permissions, can_receive=data.can_receive, is_active=data.is_active)
    return shown(await users.update_user(request.parts, actor, user_id, change))


routes = [list_users, create_user, get_me, update_me, change_my_password, update_user]

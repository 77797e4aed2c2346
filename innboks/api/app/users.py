"""The people of an account."""

from typing import Annotated, Any

import msgspec
from litestar import get, patch, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, number, number_or_none
from innboks.core.accounts import users
from innboks.core.accounts.models import Status, User

Password = Annotated[str, msgspec.Meta(max_length=4096)]
TeamIds = Annotated[list[Id], msgspec.Meta(max_length=1000)]


class UserOut(msgspec.Struct):
    """`permissions` are those of the role. `is_active`: has come and was not deactivated. `can_receive`: has a seat, so rules may choose them."""

    id: str
    name: str
    first_name: str
    last_name: str
    email: str
    role_id: str
    permissions: list[str]
    locale: str
    status: Status
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
    role_id: Id | None = None


class TeamsOf(Input):
    """All teams of a person."""

    main_team_id: Id | None = None
    extra_team_ids: TeamIds = []


class UserChange(Input):
    name: Name | None = None
    role_id: Id | None = None
    can_receive: bool | None = None
    is_active: bool | None = None
    teams: TeamsOf | None = None


class NewPassword(Input):
    current_password: Password
    password: Password


def shown(user: User) -> UserOut:
    return UserOut(**shared(user))


def myself(user: User) -> Myself:
    return Myself(preferences=user.preferences, **shared(user))


def shared(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role_id": str(user.role_id),
        "permissions": user.permissions,
        "locale": user.locale,
        "status": user.status,
        "is_active": user.status == "active",
        "can_receive": user.can_receive,
    }


@get("/users", operation_id="list_users", tags=["users"], summary="Everybody of the account")
async def list_users(request: Call) -> Items[UserOut]:
    return Items([shown(user) for user in await users.list_users(request.parts, request.actor)])


@post("/users", operation_id="create_user", tags=["users"], summary="Add a colleague")
async def create_user(request: Call, data: JSONBody[NewUser]) -> UserOut:
    actor = request.actor
    user = await users.create_user(
        request.parts, actor, name=data.name, email=data.email, password=data.password, role_id=number_or_none(data.role_id)
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
    change = users.UserChange(
        name=data.name,
        role_id=number_or_none(data.role_id),
        can_receive=data.can_receive,
        is_active=data.is_active,
        main_team_id=msgspec.UNSET if data.teams is None else number_or_none(data.teams.main_team_id),
        extra_team_ids=[] if data.teams is None else [number(one) for one in data.teams.extra_team_ids],
    )
    return shown(await users.update_user(request.parts, actor, user_id, change))


routes = [list_users, create_user, get_me, update_me, change_my_password, update_user]

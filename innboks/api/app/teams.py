"""Teams and their members."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, numbers
from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import teams
from innboks.core.accounts.models import Team

Members = Annotated[list[Id], msgspec.Meta(max_length=teams.MEMBERS_MAX)]


class TeamOut(msgspec.Struct):
    """Somebody is a main member of one team at most. `inbox_ids`: those that name it, as far as the asking person may know of them."""

    id: str
    name: str
    main_member_ids: list[str]
    extra_member_ids: list[str]
    inbox_ids: list[str]


class NewTeam(Input):
    name: Name
    main_member_ids: Members = []
    extra_member_ids: Members = []


class TeamChange(Input):
    name: Name | None = None
    main_member_ids: Members | None = None
    extra_member_ids: Members | None = None


def shown(team: Team, actor: Actor) -> TeamOut:
    return TeamOut(
        id=str(team.id),
        name=team.name,
        main_member_ids=[str(one) for one in team.main_member_ids],
        extra_member_ids=[str(one) for one in team.extra_member_ids],
        inbox_ids=[str(one) for one in team.inbox_ids if actor.can_read(one) or actor.may(ACCOUNT_ACCESS)],
    )


@get("/teams", operation_id="list_teams", tags=["users"], summary="The teams of the account")
async def list_teams(request: Call) -> Items[TeamOut]:
    return Items([shown(team, request.actor) for team in await teams.list_teams(request.parts, request.actor)])


@post("/teams", operation_id="create_team", tags=["users"], summary="Make a team")
async def create_team(request: Call, data: JSONBody[NewTeam]) -> TeamOut:
    main, extra = numbers(data.main_member_ids), numbers(data.extra_member_ids)
    return shown(await teams.create_team(request.parts, request.actor, data.name, main, extra), request.actor)


@patch("/teams/{team_id:str}", operation_id="change_team", tags=["users"], summary="Rename a team, or replace its members")
async def change_team(request: Call, team_id: PathId, data: JSONBody[TeamChange]) -> TeamOut:
    team = await teams.change_team(
        request.parts,
        request.actor,
        team_id,
        name=data.name,
        main=None if data.main_member_ids is None else numbers(data.main_member_ids),
        extra=None if data.extra_member_ids is None else numbers(data.extra_member_ids),
    )
    return shown(team, request.actor)


@delete("/teams/{team_id:str}", operation_id="delete_team", tags=["users"], summary="Delete a team; restoring brings it back as it was")
async def delete_team(request: Call, team_id: PathId) -> None:
    await teams.delete_team(request.parts, request.actor, team_id)


@post("/teams/{team_id:str}/restore", operation_id="restore_team", tags=["users"], summary="Bring back a deleted team", status_code=200)
async def restore_team(request: Call, team_id: PathId) -> TeamOut:
    return shown(await teams.restore_team(request.parts, request.actor, team_id), request.actor)


routes = [list_teams, create_team, change_team, delete_team, restore_team]

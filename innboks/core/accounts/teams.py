"""Teams: people who work together, as main or extra members (R-554). An inbox may be for some teams only; rules choose main members.

A deleted team keeps its members and inboxes until it is restored, so that deleting can be undone. Read next: `seats.py`.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import psycopg

from innboks.core.access import ACCOUNT_ACCESS, USER_MANAGEMENT, Actor
from innboks.core.accounts import store_teams as store
from innboks.core.accounts.models import Team
from innboks.core.accounts.rights import announce, note_change
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.text import a_name

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

NAME_CHARS = 60
TEAMS_MAX = 1000
MEMBERS_MAX = 10_000
TEAMS_OF_ONE_MAX = 200


async def list_teams(parts: "Parts", actor: Actor) -> list[Team]:
    """All teams; of their inboxes those that the actor may read or that they configure is for the edge to show."""
    async with parts.db.connection() as conn:
        return await store.all_of(conn, actor.account_id)


async def create_team(parts: "Parts", actor: Actor, name: str, main: Sequence[int] = (), extra: Sequence[int] = ()) -> Team:
    actor.require(USER_MANAGEMENT)
    name = _name(name)
    async with parts.db.transaction() as conn:
        await store.hold(conn, actor.account_id)
        if await store.count(conn, actor.account_id) >= TEAMS_MAX:
            raise Conflict(f"An account has at most {TEAMS_MAX} teams. Delete some first.", code="too_many_teams")
        team_id = await store.insert(conn, actor.account_id, name)
        if team_id is None:
            raise _taken(name)
        await _set_members(conn, actor, team_id, main, extra)
        team = await _changed(conn, actor, team_id)
    await announce(parts, actor.account_id)
    return team


async def change_team(
    parts: "Parts",
    actor: Actor,
    team_id: int,
    *,
    name: str | None = None,
    main: Sequence[int] | None = None,
    extra: Sequence[int] | None = None,
) -> Team:
    """Changes what is given. Somebody who becomes a main member here becomes an extra one of the team they had."""
    async with parts.db.transaction() as conn:
        await store.hold(conn, actor.account_id)
        team = await _team(conn, actor, team_id)
        if name is not None:
            try:
                await store.update(conn, actor.account_id, team_id, {"name": _name(name)})
            except psycopg.errors.UniqueViolation as error:
                raise _taken(_name(name)) from error
        if main is not None or extra is not None:
            main = team.main_member_ids if main is None else main
            extra = team.extra_member_ids if extra is None else extra
            if {*main, *extra} - {*team.main_member_ids, *team.extra_member_ids}:
                await _require_may_open(conn, actor, [team_id])
            await _set_members(conn, actor, team_id, main, extra)
        team = await _changed(conn, actor, team_id)
    await announce(parts, actor.account_id)
    return team


async def delete_team(parts: "Parts", actor: Actor, team_id: int) -> None:
    """Who had access to an inbox by this team alone has none any more; `restore_team` undoes it."""
    async with parts.db.transaction() as conn:
        await _team(conn, actor, team_id)
        await store.update(conn, actor.account_id, team_id, {"deleted_at": parts.clock.now()})
        await note_change(conn, actor.account_id, rights=True)
    await announce(parts, actor.account_id)


async def restore_team(parts: "Parts", actor: Actor, team_id: int) -> Team:
    """Brings back a deleted team. Harmless when it is there."""
    async with parts.db.transaction() as conn:
        team = await store.get(conn, actor.account_id, team_id, is_deleted=True)
        if team is None:
            return await _team(conn, actor, team_id)
        actor.require(USER_MANAGEMENT)
        try:
            await store.update(conn, actor.account_id, team_id, {"deleted_at": None})
        except psycopg.errors.UniqueViolation as error:
            raise _taken(team.name) from error
        team = await _changed(conn, actor, team_id)
    await announce(parts, actor.account_id)
    return team


async def set_teams_of(conn: "Connection", actor: Actor, user_id: int, main: int | None, extra: Sequence[int]) -> None:
    """A person's teams, in the transaction that changes the person."""
    if len(extra) > TEAMS_OF_ONE_MAX:
        raise Invalid(f"A person is in at most {TEAMS_OF_ONE_MAX} teams.", field="extra_team_ids")
    await store.hold(conn, actor.account_id)
    wanted = {*extra, *(() if main is None else (main,))}
    await _require_may_open(conn, actor, wanted - await store.teams_of(conn, actor.account_id, user_id))
    if not await store.set_teams_of(conn, actor.account_id, user_id, main, extra):
        raise Invalid("One of these teams is not in your account.", code="unknown_team", field="team_ids")


async def _require_may_open(conn: "Connection", actor: Actor, team_ids: Collection[int]) -> None:
    """May the actor let somebody into these teams? Not where that opens an inbox to them in which the actor may not act: nobody gives what they do
    not have. Who sets inboxes up may."""
    if actor.may(ACCOUNT_ACCESS) or await store.opened_by(conn, actor.account_id, team_ids) <= actor.writable:
        return
    sentence = "This team opens an inbox that is not yours. Somebody who answers there, or who has the permission “Channels and inboxes”, can add people to it."
    raise Forbidden(sentence, code="opens_inbox")


async def _team(conn: "Connection", actor: Actor, team_id: int) -> Team:
    """For changing it."""
    team = await store.get(conn, actor.account_id, team_id)
    if team is None:
        raise NotFound("There is no such team in your account.", code="unknown_team")
    actor.require(USER_MANAGEMENT)
    return team


async def _changed(conn: "Connection", actor: Actor, team_id: int) -> Team:
    await note_change(conn, actor.account_id, rights=True)
    team = await store.get(conn, actor.account_id, team_id)
    assert team
    return team


async def _set_members(conn: "Connection", actor: Actor, team_id: int, main: Sequence[int], extra: Sequence[int]) -> None:
    if len(main) + len(extra) > MEMBERS_MAX:
        raise Invalid(f"A team has at most {MEMBERS_MAX} members.", field="main_member_ids")
    if not await store.set_members(conn, actor.account_id, team_id, main, extra):
        raise Invalid("One of these people is not in your account.", code="unknown_user", field="main_member_ids")


def _name(name: str) -> str:
    name = a_name(name, NAME_CHARS + 1)
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the team a name of 1 to {NAME_CHARS} characters.", field="name")
    return name


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a team “{name}” already.", code="name_taken", field="name")

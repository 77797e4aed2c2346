"""SQL about teams and seats. Every function takes a connection inside the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from innboks.core.accounts.models import Team
from innboks.lib.db import Connection, fetch_all, fetch_one

_TEAM = """select t.id, t.name,
    array(select m.user_id from team_member m where m.account_id = t.account_id and m.team_id = t.id and m.is_main order by 1) as main_member_ids,
    array(select m.user_id from team_member m where m.account_id = t.account_id and m.team_id = t.id and not m.is_main order by 1)
        as extra_member_ids,
    array(select i.inbox_id from inbox_team i where i.account_id = t.account_id and i.team_id = t.id order by 1) as inbox_ids,
    t.created_at from team t where t.account_id = %s"""


async def hold(conn: Connection, account_id: int) -> None:
    """Until the commit nobody else changes who is in which team of this account: a person has one main team, so one change touches rows of many."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended('team', %s))", (account_id,))


async def insert(conn: Connection, account_id: int, name: str) -> int | None:
    """The new team's id; None when there is one of this name."""
    cursor = await conn.execute(
        """insert into team (account_id, name) values (%s, %s)
           on conflict (account_id, (lower(name))) where deleted_at is null do nothing returning id""",
        (account_id, name),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def all_of(conn: Connection, account_id: int) -> list[Team]:
    return await fetch_all(await conn.execute(_TEAM + " and t.deleted_at is null order by lower(t.name), t.id", (account_id,)), Team)


async def get(conn: Connection, account_id: int, team_id: int, *, is_deleted: bool = False) -> Team | None:
    """Held until the commit, so that two changes of its members come one after the other."""
    query = _TEAM + f" and t.id = %s and t.deleted_at is {'not ' if is_deleted else ''}null for no key update of t"
    return await fetch_one(await conn.execute(query, (account_id, team_id)), Team)


async def count(conn: Connection, account_id: int) -> int:
    cursor = await conn.execute("select count(*) from team where account_id = %s and deleted_at is null", (account_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def update(conn: Connection, account_id: int, team_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request. Raises `UniqueViolation` for a name that is taken."""
    assert values
    assert set(values) <= {"name", "deleted_at"}
    names = ", ".join(f"{name} = %s" for name in values)
    await conn.execute(f"update team set {names} where account_id = %s and id = %s", (*values.values(), account_id, team_id))


async def set_members(conn: Connection, account_id: int, team_id: int, main: Sequence[int], extra: Sequence[int]) -> bool:
    """Replaces the members. Who becomes a main member here is an extra one of the team that was their main one. False when one of them is
    nobody of this account: then nothing may be kept."""
    values = {"account": account_id, "team": team_id, "main": list(main), "extra": list(extra)}
    for statement in (
        "delete from team_member where account_id = %(account)s and team_id = %(team)s",
        "update team_member set is_main = false where account_id = %(account)s and user_id = any(%(main)s) and is_main",
        """insert into team_member (account_id, team_id, user_id, is_main)
           select account_id, %(team)s, id, id = any(%(main)s) from app_user
           where account_id = %(account)s and (id = any(%(main)s) or id = any(%(extra)s))""",
    ):
        cursor = await conn.execute(statement, values)
    return cursor.rowcount == len({*main, *extra})


async def set_teams_of(conn: Connection, account_id: int, user_id: int, main: int | None, extra: Sequence[int]) -> bool:
    """Replaces the teams of a person. False when one of them is no team of this account."""
    await conn.execute("delete from team_member where account_id = %s and user_id = %s", (account_id, user_id))
    teams = {*extra, *(() if main is None else (main,))}
    cursor = await conn.execute(
        """insert into team_member (account_id, team_id, user_id, is_main)
           select account_id, id, %s, id = coalesce(%s, 0) from team where account_id = %s and id = any(%s) and deleted_at is null""",
        (user_id, main, account_id, list(teams)),
    )
    return cursor.rowcount == len(teams)


async def teams_of(conn: Connection, account_id: int, user_id: int) -> set[int]:
    cursor = await conn.execute("select team_id from team_member where account_id = %s and user_id = %s", (account_id, user_id))
    return {row[0] for row in await cursor.fetchall()}


async def opened_by(conn: Connection, account_id: int, team_ids: Collection[int]) -> set[int]:
    """The inboxes that are not for everyone, and for one of these teams."""
    cursor = await conn.execute(
        """select t.inbox_id from inbox_team t join inbox i on i.account_id = t.account_id and i.id = t.inbox_id
           where t.account_id = %s and t.team_id = any(%s) and i.access = 'members'""",
        (account_id, list(team_ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


# ── seats: what rules ask ────────────────────────────────────────────────────────────────────────────────────────────────


async def routable(conn: Connection, account_id: int, inbox_id: int, user_ids: Sequence[int], team_ids: Sequence[int]) -> list[int]:
    """Of these people and the main members of these teams (R-554), those whom a rule of this inbox may choose (R-011), by id."""
    cursor = await conn.execute(
        """select u.id from app_user u join inbox_access a on a.account_id = u.account_id and a.user_id = u.id and a.inbox_id = %(inbox)s
           where u.account_id = %(account)s and u.can_receive and a.may_act and (u.id = any(%(users)s) or u.id in (
               select m.user_id from team_member m join team t on t.account_id = m.account_id and t.id = m.team_id and t.deleted_at is null
               where m.account_id = %(account)s and m.team_id = any(%(teams)s) and m.is_main))
           order by u.id""",
        {"account": account_id, "inbox": inbox_id, "users": list(user_ids), "teams": list(team_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def seats(
    conn: Connection, account_id: int, inbox_id: int, user_ids: Sequence[int]
) -> dict[int, tuple[datetime | None, datetime | None, bool, bool]]:
    """By person: (joined at, deactivated at, has a seat, is a member of the inbox). Who is nobody of this account is left out."""
    cursor = await conn.execute(
        """select u.id, u.joined_at, u.deactivated_at, u.can_receive, coalesce(a.may_act, false) from app_user u
           left join inbox_access a on a.account_id = u.account_id and a.user_id = u.id and a.inbox_id = %s
           where u.account_id = %s and u.id = any(%s)""",
        (inbox_id, account_id, list(user_ids)),
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in await cursor.fetchall()}


async def living(conn: Connection, account_id: int, team_ids: Sequence[int]) -> set[int]:
    """Which of these teams are there."""
    cursor = await conn.execute(
        "select id from team where account_id = %s and id = any(%s) and deleted_at is null", (account_id, list(team_ids))
    )
    return {row[0] for row in await cursor.fetchall()}

"""SQL about inboxes and their members. Every function takes a connection inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from innboks.core.inboxes.models import Inbox
from innboks.lib.db import Connection, fetch_all, fetch_one

_SELECT = """select i.id, i.name, i.type, i.access,
    array(select m.user_id from inbox_member m where m.account_id = i.account_id and m.inbox_id = i.id order by m.user_id) as member_ids,
    array(select t.team_id from inbox_team t join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
        where t.account_id = i.account_id and t.inbox_id = i.id order by t.team_id) as team_ids,
    i.reply_within_s, i.changed_subject, i.several_answers, i.same_subject_days, i.is_assignee_only, i.created_at, i.updated_at, i.archived_at
    from inbox i where i.account_id = %s"""


async def insert(conn: Connection, account_id: int, name: str, *, access: str) -> int:
    cursor = await conn.execute("insert into inbox (account_id, name, access) values (%s, %s, %s) returning id", (account_id, name, access))
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def get(conn: Connection, account_id: int, inbox_id: int, *, lock: bool = False) -> Inbox | None:
    query = _SELECT + " and i.id = %s" + (" for no key update of i" if lock else "")
    return await fetch_one(await conn.execute(query, (account_id, inbox_id)), Inbox)


async def all_of(conn: Connection, account_id: int) -> list[Inbox]:
    return await fetch_all(await conn.execute(_SELECT + " order by i.archived_at is not null, lower(i.name), i.id", (account_id,)), Inbox)


async def update(conn: Connection, account_id: int, inbox_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    policies = {"changed_subject", "several_answers", "same_subject_days", "is_assignee_only"}
    assert set(values) <= policies | {"name", "access", "archived_at", "reply_within_s"}
    names = "".join(f"{name} = %s, " for name in values)
    await conn.execute(
        f"update inbox set {names} updated_at = now() where account_id = %s and id = %s",
        (*values.values(), account_id, inbox_id),
    )


async def set_members(conn: Connection, account_id: int, inbox_id: int, user_ids: Sequence[int]) -> bool:
    """Replaces the members. False when one of them is nobody of this account: then nothing may be kept."""
    await conn.execute(
        "delete from inbox_member where account_id = %s and inbox_id = %s and user_id <> all(%s)", (account_id, inbox_id, list(user_ids))
    )
    await conn.execute(
        """insert into inbox_member (account_id, inbox_id, user_id)
           select account_id, %s, id from app_user where account_id = %s and id = any(%s) on conflict do nothing""",
        (inbox_id, account_id, list(user_ids)),
    )
    cursor = await conn.execute("select count(*) from inbox_member where account_id = %s and inbox_id = %s", (account_id, inbox_id))
    row = await cursor.fetchone()
    return bool(row and row[0] == len(set(user_ids)))


async def set_teams(conn: Connection, account_id: int, inbox_id: int, team_ids: Sequence[int]) -> bool:
    """Replaces the teams; deleted ones keep their place, so that restoring them restores it. False when one is no team of this account."""
    await conn.execute(
        """delete from inbox_team o using team t where o.account_id = %s and o.inbox_id = %s and o.team_id <> all(%s)
               and t.account_id = o.account_id and t.id = o.team_id and t.deleted_at is null""",
        (account_id, inbox_id, list(team_ids)),
    )
    cursor = await conn.execute(
        """with named as (select id from team where account_id = %(account)s and id = any(%(teams)s) and deleted_at is null),
                added as (insert into inbox_team (account_id, inbox_id, team_id) select %(account)s, %(inbox)s, id from named on conflict do nothing)
           select count(*) from named""",
        {"account": account_id, "inbox": inbox_id, "teams": list(team_ids)},
    )
    row = await cursor.fetchone()
    return bool(row and row[0] == len(set(team_ids)))


async def add_member(conn: Connection, account_id: int, inbox_id: int, user_id: int) -> bool:
    """False when this is nobody of the account."""
    cursor = await conn.execute(
        """with named as (select id from app_user where account_id = %(account)s and id = %(user)s),
                added as (insert into inbox_member (account_id, inbox_id, user_id) select %(account)s, %(inbox)s, id from named on conflict do nothing)
           select 1 from named""",
        {"account": account_id, "inbox": inbox_id, "user": user_id},
    )
    return await cursor.fetchone() is not None


async def remove_member(conn: Connection, account_id: int, inbox_id: int, user_id: int) -> None:
    await conn.execute("delete from inbox_member where account_id = %s and inbox_id = %s and user_id = %s", (account_id, inbox_id, user_id))


async def shared_owner(conn: Connection, account_id: int, inbox_ids: Sequence[int]) -> str | None:
    """The name of somebody whose personal mailbox is in one of these inboxes, though the inbox is not theirs alone."""
    cursor = await conn.execute(
        """select u.name from channel_account c
           join inbox i on i.account_id = c.account_id and i.id = c.inbox_id
           join app_user u on u.account_id = c.account_id and u.id = c.owner_id
           where c.account_id = %s and c.inbox_id = any(%s) and c.archived_at is null and (
               i.access <> 'members'
               or array(select m.user_id from inbox_member m where m.account_id = i.account_id and m.inbox_id = i.id) <> array[c.owner_id]
               or exists (select 1 from inbox_team t join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
                          where t.account_id = i.account_id and t.inbox_id = i.id))
           limit 1""",
        (account_id, list(inbox_ids)),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def forget_teams(conn: Connection, account_id: int, inbox_id: int) -> None:
    """Also of deleted teams, which would come back with them."""
    await conn.execute("delete from inbox_team where account_id = %s and inbox_id = %s", (account_id, inbox_id))


async def connected(conn: Connection, account_id: int, inbox_id: int) -> list[int]:
    """The channel accounts that are connected to it."""
    cursor = await conn.execute(
        "select id from channel_account where account_id = %s and inbox_id = %s and archived_at is null and not is_fallback order by id",
        (account_id, inbox_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def is_open(conn: Connection, account_id: int, inbox_id: int) -> bool:
    """Is it there and not archived? Held until the commit, so that it is not archived meanwhile."""
    cursor = await conn.execute(
        "select 1 from inbox where account_id = %s and id = %s and archived_at is null for key share", (account_id, inbox_id)
    )
    return await cursor.fetchone() is not None


async def first_inbox(conn: Connection, account_id: int) -> int | None:
    """The oldest inbox that is not archived: where a channel goes when nobody said which."""
    cursor = await conn.execute("select id from inbox where account_id = %s and archived_at is null order by id limit 1", (account_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else None

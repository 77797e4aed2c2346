"""SQL about inboxes and their members. Every function takes a connection inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from innboks.core.inboxes.models import Inbox
from innboks.lib.db import Connection, fetch_all, fetch_one

_SELECT = """select i.id, i.name, i.type, i.access,
    array(select m.user_id from inbox_member m where m.account_id = i.account_id and m.inbox_id = i.id order by m.user_id) as member_ids,
    i.created_at, i.updated_at, i.archived_at
    from inbox i where i.account_id = %s"""


async def insert(conn: Connection, account_id: int, name: str, *, access: str) -> int:
    cursor = await conn.execute("insert into inbox (account_id, name, access) values (%s, %s, %s) returning id", (account_id, name, access))
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def get(conn: Connection, account_id: int, inbox_id: int) -> Inbox | None:
    return await fetch_one(await conn.execute(_SELECT + " and i.id = %s", (account_id, inbox_id)), Inbox)


async def all_of(conn: Connection, account_id: int) -> list[Inbox]:
    return await fetch_all(await conn.execute(_SELECT + " order by i.archived_at is not null, lower(i.name), i.id", (account_id,)), Inbox)


async def update(conn: Connection, account_id: int, inbox_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    assert set(values) <= {"name", "access", "archived_at"}
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


async def has_channel_accounts(conn: Connection, account_id: int, inbox_id: int) -> bool:
    cursor = await conn.execute(
        "select exists (select 1 from channel_account where account_id = %s and inbox_id = %s and archived_at is null)",
        (account_id, inbox_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def first_inbox(conn: Connection, account_id: int) -> int | None:
    """The oldest inbox that is not archived: where a channel goes when nobody said which."""
    cursor = await conn.execute("select id from inbox where account_id = %s and archived_at is null order by id limit 1", (account_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else None

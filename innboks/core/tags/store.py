"""SQL of tags, and of which conversation has which."""

from collections.abc import Collection, Sequence
from typing import Any

import psycopg

from innboks.core.tags.models import Tag
from innboks.lib.db import Connection, fetch_all, fetch_one

COUNT_CAP = 1000
"""Counting stops here."""


async def all_of(conn: Connection, account_id: int, *, is_counted: bool = False) -> list[Tag]:
    """By name. Deleted ones are not among them."""
    count = (
        f"(select count(*) from (select 1 from conversation_tag x where x.account_id = t.account_id and x.tag_id = t.id limit {COUNT_CAP}) capped)"
        if is_counted
        else "null::bigint"
    )
    cursor = await conn.execute(
        f"select t.id, t.name, t.color, {count} as count from tag t where t.account_id = %s and t.deleted_at is null order by lower(t.name), t.id",
        (account_id,),
    )
    return await fetch_all(cursor, Tag)


async def get(conn: Connection, account_id: int, tag_id: int, *, is_deleted: bool = False) -> Tag | None:
    """The tag, its row held until the commit."""
    cursor = await conn.execute(
        "select id, name, color, null::bigint as count from tag where account_id = %s and id = %s and (deleted_at is not null) = %s for update",
        (account_id, tag_id, is_deleted),
    )
    return await fetch_one(cursor, Tag)


async def named(conn: Connection, account_id: int, tag_ids: Collection[int]) -> dict[int, str]:
    """Name by id, of those that exist."""
    cursor = await conn.execute(
        "select id, name from tag where account_id = %s and id = any(%s) and deleted_at is null", (account_id, list(tag_ids))
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def count(conn: Connection, account_id: int) -> int:
    cursor = await conn.execute("select count(*) from tag where account_id = %s and deleted_at is null", (account_id,))
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def insert(conn: Connection, account_id: int, name: str, color: str) -> int | None:
    """None when the name is taken."""
    cursor = await conn.execute(
        """insert into tag (account_id, name, color) values (%s, %s, %s)
           on conflict (account_id, lower(name)) where deleted_at is null do nothing returning id""",
        (account_id, name, color),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def update(conn: Connection, account_id: int, tag_id: int, values: dict[str, Any]) -> bool:
    """False when the name is taken."""
    assert set(values) <= {"name", "color", "deleted_at", "merged_into_id"}
    names = ", ".join(f"{name} = %s" for name in values)
    try:
        async with conn.transaction():
            await conn.execute(f"update tag set {names} where account_id = %s and id = %s", (*values.values(), account_id, tag_id))
    except psycopg.errors.UniqueViolation:
        return False
    return True


async def copy(conn: Connection, account_id: int, from_id: int, to_id: int) -> None:
    """Whatever has the one tag has the other too; what had both already is left alone."""
    await conn.execute(
        """insert into conversation_tag (account_id, conversation_id, tag_id, from_tag_id)
           select account_id, conversation_id, %(to)s, %(from)s from conversation_tag where account_id = %(account)s and tag_id = %(from)s
           on conflict do nothing""",
        {"account": account_id, "from": from_id, "to": to_id},
    )


async def copy_back(conn: Connection, account_id: int, from_id: int) -> None:
    """Takes away what `copy` gave."""
    await conn.execute("delete from conversation_tag where account_id = %s and from_tag_id = %s", (account_id, from_id))


async def put_on(conn: Connection, account_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    """(conversation, tag) each."""
    await conn.execute(
        """insert into conversation_tag (account_id, conversation_id, tag_id)
           select %s, conversation_id, tag_id from unnest(%s::bigint[], %s::bigint[]) as given (conversation_id, tag_id)
           on conflict (account_id, conversation_id, tag_id) do update set from_tag_id = null where conversation_tag.from_tag_id is not null""",
        (account_id, [one for one, _ in pairs], [one for _, one in pairs]),
    )


async def take_off(conn: Connection, account_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    """(conversation, tag) each."""
    await conn.execute(
        """delete from conversation_tag t using unnest(%s::bigint[], %s::bigint[]) as given (conversation_id, tag_id)
           where t.account_id = %s and t.conversation_id = given.conversation_id and t.tag_id = given.tag_id""",
        ([one for one, _ in pairs], [one for _, one in pairs], account_id),
    )

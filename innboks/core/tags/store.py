"""SQL of tags, and of which conversation has which."""

from collections.abc import Collection, Sequence
from itertools import pairwise
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
    """The tag, its row held until the commit; not against who hangs it on a conversation, and holds that."""
    cursor = await conn.execute(
        "select id, name, color, null::bigint as count from tag where account_id = %s and id = %s and (deleted_at is not null) = %s for no key update",
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


async def hold_way(conn: Connection, account_id: int, tag_id: int) -> list[int]:
    """The tag, and the tags into which it was merged, one after the other; all of them held until the commit."""
    way: list[int] = []
    while True:
        cursor = await conn.execute(
            """with recursive way (id, into_id, nth) as (
                   select id, merged_into_id, 0 from tag where account_id = %(account)s and id = %(id)s
                   union all select t.id, t.merged_into_id, nth + 1 from way join tag t on t.account_id = %(account)s and t.id = way.into_id)
               select id from way order by nth""",
            {"account": account_id, "id": tag_id},
        )
        found = [row[0] for row in await cursor.fetchall()]
        if found == way:
            return way
        way = found
        await conn.execute("select 1 from tag where account_id = %s and id = any(%s) order by id for no key update", (account_id, way))


async def copy_some(conn: Connection, account_id: int, way: Sequence[int], before: int | None, limit: int) -> int | None:
    """Of what has the first tag, the newest conversations before this one get the next tags too; what had them already is left alone. Returns the last
    of them, None when these were all."""
    cursor = await conn.execute(
        f"""select conversation_id from conversation_tag where account_id = %s and tag_id = %s and conversation_id < %s
            order by conversation_id desc limit {limit:d}""",
        (account_id, way[0], 2**63 - 1 if before is None else before),
    )
    ids = [row[0] for row in await cursor.fetchall()]
    for from_id, to_id in pairwise(way):
        await conn.execute(
            """insert into conversation_tag (account_id, conversation_id, tag_id, from_tag_id)
               select %s, id, %s, %s from unnest(%s::bigint[]) as given (id) order by id on conflict do nothing""",
            (account_id, to_id, from_id, ids),
        )
    return ids[-1] if len(ids) == limit else None


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

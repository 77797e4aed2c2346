"""SQL about set-ups that were begun."""

from datetime import datetime

import msgspec

from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "account_id, id, kind, sealed, updated_at"


class Row(msgspec.Struct):
    account_id: int
    id: int
    kind: str
    sealed: bytes
    updated_at: datetime


async def all_of(conn: Connection, account_id: int) -> list[Row]:
    return await fetch_all(
        await conn.execute(f"select {_COLUMNS} from channel_draft where account_id = %s order by id", (account_id,)), Row
    )


async def get(conn: Connection, account_id: int, draft_id: int, *, lock: bool = False) -> Row | None:
    query = f"select {_COLUMNS} from channel_draft where account_id = %s and id = %s" + (" for update" if lock else "")
    return await fetch_one(await conn.execute(query, (account_id, draft_id)), Row)


async def next_id(conn: Connection) -> int:
    cursor = await conn.execute("select nextval(pg_get_serial_sequence('channel_draft', 'id'))")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def save(conn: Connection, account_id: int, draft_id: int, kind: str, sealed: bytes, user_id: int) -> datetime:
    """When it was changed, as `get` says it from now on."""
    cursor = await conn.execute(
        """insert into channel_draft (account_id, id, kind, sealed, changed_by) values (%s, %s, %s, %s, %s)
           on conflict (account_id, id) do update set sealed = excluded.sealed, changed_by = excluded.changed_by, updated_at = now()
           returning updated_at""",
        (account_id, draft_id, kind, sealed, user_id),
    )
    row = await cursor.fetchone()
    assert row
    at: datetime = row[0]
    return at


async def count(conn: Connection, account_id: int) -> int:
    cursor = await conn.execute("select count(*) from channel_draft where account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def drop(conn: Connection, account_id: int, draft_id: int) -> bool:
    cursor = await conn.execute("delete from channel_draft where account_id = %s and id = %s", (account_id, draft_id))
    return cursor.rowcount > 0

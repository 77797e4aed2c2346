"""SQL about an account's brand."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from innboks.core.events import store as events
from innboks.lib.db import Connection


async def brand(conn: Connection, account_id: int) -> tuple[dict[str, str], str | None]:
    """(name and colours, hash of the logo)."""
    cursor = await conn.execute(
        """select coalesce(a.settings -> 'brand', '{}'), l.hash from account a left join account_logo l on l.account_id = a.id where a.id = %s""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else ({}, None)


async def set_brand(conn: Connection, account_id: int, values: Mapping[str, str]) -> None:
    await conn.execute(
        """update account set settings = settings || jsonb_build_object('brand', coalesce(settings -> 'brand', '{}') || %s::jsonb) where id = %s""",
        (Jsonb(dict(values)), account_id),
    )
    await events.add(conn, account_id, "account.changed")


async def set_logo(conn: Connection, account_id: int, type: str, hash: str, content: bytes) -> None:
    await conn.execute(
        """insert into account_logo (account_id, type, hash, content) values (%s, %s, %s, %s)
           on conflict (account_id) do update set type = excluded.type, hash = excluded.hash, content = excluded.content, changed_at = now()""",
        (account_id, type, hash, content),
    )
    await events.add(conn, account_id, "account.changed")


async def remove_logo(conn: Connection, account_id: int) -> None:
    await conn.execute("delete from account_logo where account_id = %s", (account_id,))
    await events.add(conn, account_id, "account.changed")


async def logo(conn: Connection, account_id: int) -> tuple[str, str, bytes] | None:
    """(type, hash, bytes)."""
    cursor = await conn.execute("select type, hash, content from account_logo where account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return (row[0], row[1], bytes(row[2])) if row else None

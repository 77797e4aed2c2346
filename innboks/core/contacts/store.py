"""SQL about contacts. The road in makes them itself, in its one statement (`core/deliveries/store.py`)."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.contacts.models import Contact
from innboks.lib.db import Connection, fetch_one


async def get(conn: Connection, account_id: int, contact_id: int) -> Contact | None:
    cursor = await conn.execute(
        """select c.id, c.name, c.owner_id, c.properties, c.created_at, c.updated_at, coalesce((
                  select jsonb_agg(jsonb_build_object('type', i.type, 'value', i.value) order by i.created_at, i.value)
                  from contact_identity i where i.account_id = c.account_id and i.contact_id = c.id), '[]') as identities
           from contact c where c.account_id = %s and c.id = %s""",
        (account_id, contact_id),
    )
    return await fetch_one(cursor, Contact)


async def is_seen_in(conn: Connection, account_id: int, contact_id: int, inbox_ids: list[int]) -> bool:
    """Has this contact a conversation in one of these inboxes?"""
    cursor = await conn.execute(
        "select 1 from conversation where account_id = %s and contact_id = %s and inbox_id = any(%s) limit 1",
        (account_id, contact_id, inbox_ids),
    )
    return await cursor.fetchone() is not None


async def find_or_add(conn: Connection, account_id: int, *, type: str, scope_id: int, value: str, name: str) -> int:
    """The contact with this address; a new one when nobody has it."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", (value, account_id))
    cursor = await conn.execute(
        "select contact_id from contact_identity where account_id = %s and type = %s and scope_id = %s and value = %s",
        (account_id, type, scope_id, value),
    )
    row = await cursor.fetchone()
    if row is None:
        cursor = await conn.execute(
            """with added as (insert into contact (account_id, name) values (%(account)s, %(name)s) returning id)
               insert into contact_identity (account_id, type, scope_id, value, contact_id)
               select %(account)s, %(type)s, %(scope)s, %(value)s, id from added returning contact_id""",
            {"account": account_id, "name": name, "type": type, "scope": scope_id, "value": value},
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def update(conn: Connection, account_id: int, contact_id: int, values: Mapping[str, Any]) -> None:
    allowed = {"name", "owner_id", "properties"}
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(
        f"update contact set {names}, updated_at = now() where account_id = %s and id = %s", (*shown, account_id, contact_id)
    )

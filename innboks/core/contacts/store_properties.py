"""SQL about the own properties of an account's contacts. Values stand with the contact (`store.py`)."""

from collections.abc import Mapping
from typing import Any

import psycopg

from innboks.core.contacts.models import Property
from innboks.lib.db import Connection, fetch_all, fetch_one

_SELECT = "select id, key, label, type, options, created_at, deleted_at from contact_property where account_id = %s"


async def lock(conn: Connection, account_id: int) -> None:
    """Until the commit nobody else makes a property, so that keys and limits hold."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended('contact_property', %s))", (account_id,))


async def all_of(conn: Connection, account_id: int, *, with_deleted: bool = False) -> list[Property]:
    """In the order in which they were made."""
    cursor = await conn.execute(f"{_SELECT} {'' if with_deleted else 'and deleted_at is null'} order by id", (account_id,))
    return await fetch_all(cursor, Property)


async def get(conn: Connection, account_id: int, property_id: int) -> Property | None:
    return await fetch_one(await conn.execute(f"{_SELECT} and id = %s", (account_id, property_id)), Property)


async def insert(conn: Connection, account_id: int, key: str, label: str, type: str, options: list[str]) -> int | None:
    """None when another one has this name."""
    try:
        async with conn.transaction():
            cursor = await conn.execute(
                "insert into contact_property (account_id, key, label, type, options) values (%s, %s, %s, %s, %s) returning id",
                (account_id, key, label, type, options),
            )
            row = await cursor.fetchone()
    except psycopg.errors.UniqueViolation:
        return None
    assert row is not None
    return int(row[0])


async def update(conn: Connection, account_id: int, property_id: int, values: Mapping[str, Any]) -> bool:
    """False when another one has this name."""
    assert set(values) <= {"label", "options", "deleted_at"}
    names = ", ".join(f"{name} = %s" for name in values)
    try:
        async with conn.transaction():
            await conn.execute(
                f"update contact_property set {names} where account_id = %s and id = %s", (*values.values(), account_id, property_id)
            )
    except psycopg.errors.UniqueViolation:
        return False
    return True

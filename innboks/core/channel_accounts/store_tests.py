"""SQL about tests of connections."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "account_id, id, channel_account_id, started_by, address, created_at, taken_at, sent_at, returned_at, arrived_at, note, problem, delivery_id"
KEPT = 20
"""Tests of one channel account."""


class Test(msgspec.Struct):
    """One test. Each time is that of a step, None while it is still to come; `problem` says why it went no further."""

    account_id: int
    id: int
    channel_account_id: int
    started_by: int
    address: str
    created_at: datetime
    taken_at: datetime | None
    sent_at: datetime | None
    returned_at: datetime | None
    arrived_at: str
    note: str
    problem: str
    delivery_id: int | None


async def begin(conn: Connection, account_id: int, channel_account_id: int, user_id: int, address: str, now: datetime) -> Test:
    cursor = await conn.execute(
        f"insert into channel_test (account_id, channel_account_id, started_by, address, created_at) values (%s, %s, %s, %s, %s) returning {_COLUMNS}",
        (account_id, channel_account_id, user_id, address, now),
    )
    made = await fetch_one(cursor, Test)
    assert made
    await conn.execute(
        """delete from channel_test where account_id = %(account)s and channel_account_id = %(channel)s and id not in (
               select id from channel_test where account_id = %(account)s and channel_account_id = %(channel)s order by id desc limit %(kept)s)""",
        {"account": account_id, "channel": channel_account_id, "kept": KEPT},
    )
    return made


async def of_channel(conn: Connection, account_id: int, channel_account_id: int, limit: int) -> list[Test]:
    """The newest first."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_test where account_id = %s and channel_account_id = %s order by id desc limit %s",
        (account_id, channel_account_id, limit),
    )
    return await fetch_all(cursor, Test)


async def take(conn: Connection, account_id: int, test_id: int, now: datetime) -> Test | None:
    """Once: a job that runs again finds nothing to do, because it may have left."""
    cursor = await conn.execute(
        f"update channel_test set taken_at = %s where account_id = %s and id = %s and taken_at is null returning {_COLUMNS}",
        (now, account_id, test_id),
    )
    return await fetch_one(cursor, Test)


async def sent(conn: Connection, account_id: int, test_id: int, now: datetime) -> None:
    await conn.execute("update channel_test set sent_at = %s where account_id = %s and id = %s", (now, account_id, test_id))


async def failed(conn: Connection, account_id: int, test_id: int, problem: str) -> None:
    await conn.execute("update channel_test set problem = %s where account_id = %s and id = %s", (problem, account_id, test_id))


async def returned(
    conn: Connection, account_id: int, channel_account_id: int, test_id: int, arrived_at: str, note: str, delivery_id: int, now: datetime
) -> bool:
    """The first time counts."""
    cursor = await conn.execute(
        """update channel_test set returned_at = %s, sent_at = coalesce(sent_at, %s), arrived_at = %s, note = %s, delivery_id = %s
           where account_id = %s and channel_account_id = %s and id = %s and returned_at is null""",
        (now, now, arrived_at, note, delivery_id, account_id, channel_account_id, test_id),
    )
    return cursor.rowcount == 1


async def save_confirmation(conn: Connection, account_id: int, channel_account_id: int, confirmation: Mapping[str, Any] | None) -> None:
    shown = None if confirmation is None else Jsonb(dict(confirmation))
    await conn.execute(
        "update channel_account set confirmation = %s where account_id = %s and id = %s", (shown, account_id, channel_account_id)
    )

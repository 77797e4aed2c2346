"""SQL about sign-ins at providers that are under way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_one

KEPT = timedelta(days=1)
_COLUMNS = "account_id, id, user_id, kind, provider, channel_account_id, sealed, status, problem, expires_at"


class Row(msgspec.Struct):
    """One sign-in. `channel_account_id`: the one that is connected anew, and once it is *connected* the one that was made."""

    account_id: int
    id: int
    user_id: int
    kind: str
    provider: str
    channel_account_id: int | None
    sealed: bytes
    status: str
    problem: dict[str, Any]
    expires_at: datetime


async def next_id(conn: Connection) -> int:
    cursor = await conn.execute("select nextval(pg_get_serial_sequence('sign_in', 'id'))")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def insert(conn: Connection, row: Row, state_hash: bytes, now: datetime) -> None:
    """Also clears away this account's old ones."""
    await conn.execute("delete from sign_in where account_id = %s and expires_at < %s", (row.account_id, now - KEPT))
    await conn.execute(
        """insert into sign_in (account_id, id, user_id, kind, provider, channel_account_id, state_hash, sealed, expires_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (row.account_id, row.id, row.user_id, row.kind, row.provider, row.channel_account_id, state_hash, row.sealed, row.expires_at),
    )


async def get(conn: Connection, account_id: int, user_id: int, sign_in_id: int) -> Row | None:
    """A person's own."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from sign_in where account_id = %s and user_id = %s and id = %s", (account_id, user_id, sign_in_id)
    )
    return await fetch_one(cursor, Row)


async def take(conn: Connection, account_id: int, user_id: int, state_hash: bytes, now: datetime) -> Row | None:
    """The waiting one with this state, which can be taken once. None: there is none, it is another person's, or it has expired."""
    cursor = await conn.execute(
        f"""update sign_in set status = 'working'
            where state_hash = %s and account_id = %s and user_id = %s and status = 'waiting' and expires_at > %s returning {_COLUMNS}""",
        (state_hash, account_id, user_id, now),
    )
    return await fetch_one(cursor, Row)


async def give_up(conn: Connection, account_id: int, sign_in_id: int, problem: Mapping[str, Any]) -> None:
    """Where nobody has come back yet: the way back finds nothing afterwards."""
    await conn.execute(
        "update sign_in set status = 'failed', problem = %s, sealed = '' where account_id = %s and id = %s and status = 'waiting'",
        (Jsonb(dict(problem)), account_id, sign_in_id),
    )


async def settle(
    conn: Connection, account_id: int, sign_in_id: int, status: str, channel_account_id: int | None, problem: Mapping[str, Any]
) -> None:
    """It is over; what was sealed is needed no more."""
    await conn.execute(
        """update sign_in set status = %s, channel_account_id = coalesce(%s, channel_account_id), problem = %s, sealed = ''
           where account_id = %s and id = %s""",
        (status, channel_account_id, Jsonb(dict(problem)), account_id, sign_in_id),
    )

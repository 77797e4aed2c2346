"""SQL about what a connection needs to have published elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_all, fetch_one


class Due(msgspec.Struct):
    """A connection that is to be looked at. `sends_from`: the address that what is published belongs to; `config_sealed` is another with each change."""

    account_id: int
    id: int
    inbox_id: int
    sends_from: str
    config_sealed: bytes
    records: dict[str, Any] | None


_DUE = "select account_id, id, inbox_id, coalesce(nullif(from_address, ''), address) as sends_from, config_sealed, records from channel_account"


async def due(conn: Connection, kinds: Sequence[str], before: datetime, limit: int) -> list[Due]:
    """Connected ones of these kinds that were not looked at since then, the longest waiting first."""
    cursor = await conn.execute(
        f"""{_DUE} where kind = any(%s) and archived_at is null and is_active and is_authorized and not is_fallback and not is_demo
            and (records_at is null or records_at < %s) order by records_at nulls first, account_id, id limit %s""",
        (list(kinds), before, limit),
    )
    return await fetch_all(cursor, Due)


async def locked(conn: Connection, account_id: int, channel_account_id: int) -> Due | None:
    """None when it was disconnected meanwhile."""
    cursor = await conn.execute(
        f"{_DUE} where account_id = %s and id = %s and archived_at is null for no key update", (account_id, channel_account_id)
    )
    return await fetch_one(cursor, Due)


async def save(conn: Connection, account_id: int, channel_account_id: int, records: Mapping[str, Any], at: datetime) -> None:
    await conn.execute(
        "update channel_account set records = %s, records_at = %s where account_id = %s and id = %s",
        (Jsonb(records), at, account_id, channel_account_id),
    )

"""SQL about how much comes in over a channel account, hour by hour."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_all

KEPT_DAYS = 35


class Silent(msgspec.Struct):
    """A connection that works, from which nothing has come for a while."""

    account_id: int
    id: int
    last_received_at: datetime
    quiet: dict[str, Any] | None


async def count(conn: Connection, account_id: int, message_ids: Collection[int], now: datetime) -> None:
    """Adds those of these messages that came from outside; each must be given once. What was fetched from long ago tells nothing of today."""
    await conn.execute(
        """insert into channel_traffic (account_id, channel_account_id, hour, received)
           select account_id, channel_account_id, date_trunc('hour', created_at, 'UTC') as hour, count(*) from message
           where account_id = %s and id = any(%s) and direction = 'in' and created_at > %s
           group by 1, 2, 3 order by 1, 2, 3
           on conflict (account_id, channel_account_id, hour) do update set received = channel_traffic.received + excluded.received""",
        (account_id, list(message_ids), now - timedelta(days=KEPT_DAYS)),
    )


async def silent(conn: Connection, before: datetime) -> list[Silent]:
    cursor = await conn.execute(
        """select account_id, id, last_received_at, quiet from channel_account
           where archived_at is null and is_active and is_authorized and last_received_at < %s order by account_id, id""",
        (before,),
    )
    return await fetch_all(cursor, Silent)


async def hours(conn: Connection, account_id: int, channel_account_id: int, since: datetime) -> dict[datetime, int]:
    cursor = await conn.execute(
        "select hour, received from channel_traffic where account_id = %s and channel_account_id = %s and hour > %s",
        (account_id, channel_account_id, since),
    )
    return {row[0].astimezone(UTC): row[1] for row in await cursor.fetchall()}


async def traffic(
    conn: Connection, account_id: int, channel_account_ids: Sequence[int], since: datetime
) -> Mapping[tuple[int, datetime], int]:
    """By channel account and hour."""
    cursor = await conn.execute(
        "select channel_account_id, hour, received from channel_traffic where account_id = %s and channel_account_id = any(%s) and hour >= %s",
        (account_id, list(channel_account_ids), since),
    )
    return {(row[0], row[1].astimezone(UTC)): row[2] for row in await cursor.fetchall()}


async def kept_counts(conn: Connection, account_id: int) -> dict[int, int]:
    """Replies that wait for their connection, by channel account."""
    cursor = await conn.execute(
        """select m.channel_account_id, count(*) from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
           where d.account_id = %s and d.held_for = 'connection' group by 1""",
        (account_id,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def save_quiet(conn: Connection, account_id: int, channel_account_id: int, quiet: Mapping[str, Any]) -> None:
    await conn.execute(
        "update channel_account set quiet = %s where account_id = %s and id = %s", (Jsonb(dict(quiet)), account_id, channel_account_id)
    )


async def explain_quiet(conn: Connection, account_id: int, channel_account_id: int, now: datetime) -> bool:
    """A test came back: the connection works, and its silence is only that. False where none was told."""
    cursor = await conn.execute(
        "update channel_account set quiet = quiet || %s where account_id = %s and id = %s and quiet is not null",
        (Jsonb({"tested_at": now.isoformat()}), account_id, channel_account_id),
    )
    return cursor.rowcount == 1


async def sweep(conn: Connection) -> None:
    """What is too old to be learned from."""
    await conn.execute("delete from channel_traffic where hour < now() - make_interval(days => %s)", (KEPT_DAYS,))

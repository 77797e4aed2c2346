"""SQL about rules and lists, and what releasing a conversation brings with it. Deciding is done in `record_received` (migration 0070)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from innboks.core.filters.models import RULES, Filters, ListedSender
from innboks.lib.db import Connection, fetch_all, fetch_one

FLOOD_WITHIN_S = 600


async def filters_of(conn: Connection, account_id: int) -> Filters:
    """What was chosen, or what holds where nothing was: every rule, no brake."""
    cursor = await conn.execute("select rules, flood_count, flood_within_s from filter_setting where account_id = %s", (account_id,))
    found = await fetch_one(cursor, Filters)
    return found or Filters(rules=list(RULES), flood_count=None, flood_within_s=FLOOD_WITHIN_S)  # type: ignore[arg-type]


async def save_filters(conn: Connection, account_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns. Names come from our own code."""
    assert set(values) <= {"rules", "flood_count", "flood_within_s"}
    names = list(values)
    await conn.execute(
        f"""insert into filter_setting (account_id, {", ".join(names)}) values (%s, {", ".join(["%s"] * len(names))})
            on conflict (account_id) do update set {", ".join(f"{name} = excluded.{name}" for name in names)}""",
        (account_id, *values.values()),
    )


async def page(conn: Connection, account_id: int, is_allowed: bool, q: str, after: str, limit: int) -> list[ListedSender]:
    cursor = await conn.execute(
        """select id, value, is_allowed, added_by, added_at from listed_sender
           where account_id = %s and is_allowed = %s and value > %s and (%s = '' or position(%s in value) > 0) order by value limit %s""",
        (account_id, is_allowed, after, q, q, limit),
    )
    return await fetch_all(cursor, ListedSender)


async def add(conn: Connection, account_id: int, user_id: int, is_allowed: bool, values: Sequence[str], now: datetime) -> tuple[int, int]:
    """(new, moved from the other list)."""
    cursor = await conn.execute(
        """insert into listed_sender as l (account_id, value, is_allowed, added_by, added_at)
           select %(account)s, value, %(allowed)s, %(user)s, %(now)s from unnest(%(values)s::text[]) as value order by value
           on conflict (account_id, value) do update set is_allowed = excluded.is_allowed, added_by = excluded.added_by, added_at = excluded.added_at
           where l.is_allowed <> excluded.is_allowed returning xmax = 0""",
        {"account": account_id, "allowed": is_allowed, "user": user_id, "now": now, "values": list(values)},
    )
    rows = await cursor.fetchall()
    added = sum(1 for row in rows if row[0])
    return added, len(rows) - added


async def count(conn: Connection, account_id: int) -> int:
    cursor = await conn.execute("select count(*) from listed_sender where account_id = %s", (account_id,))
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def drop(conn: Connection, account_id: int, listed_sender_id: int) -> bool:
    cursor = await conn.execute("delete from listed_sender where account_id = %s and id = %s", (account_id, listed_sender_id))
    return cursor.rowcount > 0


async def note_lists(conn: Connection, account_id: int) -> None:
    """Whether the road in has to look at the lists at all."""
    await conn.execute(
        """insert into filter_setting (account_id, has_lists) values (%(account)s, exists (select 1 from listed_sender where account_id = %(account)s))
           on conflict (account_id) do update set has_lists = excluded.has_lists""",
        {"account": account_id},
    )

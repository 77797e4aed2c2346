"""SQL of the event log. Order and gaplessness: see `tail.py` and docs/decisions."""

from collections.abc import Mapping
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection


async def add(
    conn: Connection,
    account_id: int,
    type: str,
    *,
    inbox_id: int | None = None,
    conversation_id: int | None = None,
    user_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """One event in the caller's transaction. After the commit, call `wake.touch`."""
    await conn.execute(
        "insert into event (account_id, type, inbox_id, conversation_id, user_id, data) values (%s, %s, %s, %s, %s, %s)",
        (account_id, type, inbox_id, conversation_id, user_id, Jsonb(dict(data or {}))),
    )


class Row(msgspec.Struct):
    """One event. (`tx`, `id`) is its place in the order."""

    tx: int
    id: int
    type: str
    inbox_id: int | None
    conversation_id: int | None
    user_id: int | None
    data: dict[str, Any]


class Read(msgspec.Struct):
    """Events after a cursor; `more_to_come`: some are committed or being written above the line that may be read now."""

    rows: list[Row]
    more_to_come: bool


_AFTER = """
select tx::text::bigint, id, type, inbox_id, conversation_id, user_id, data, tx < pg_snapshot_xmin(pg_current_snapshot()) from event
where account_id = %(account)s and (tx, id) > (%(tx)s::text::xid8, %(id)s) order by event.tx, event.id limit {more:d}"""


async def after(conn: Connection, account_id: int, tx: int, id: int, limit: int) -> Read:
    """Only below the oldest transaction that still runs: so whatever commits later sorts after everything read here. One row more is asked for than
    is read: is it there, or not to be read yet, there is more to come. (Whether there is any could also be asked by `exists`, but such a question
    the planner likes to answer by reading the whole log from its beginning.)"""
    cursor = await conn.execute(_AFTER.format(more=limit + 1), {"account": account_id, "tx": str(tx), "id": id}, prepare=True)
    found = await cursor.fetchall()
    rows = [Row(*row) for *row, may_be_read in found[:limit] if may_be_read]
    return Read(rows, len(rows) < len(found))


async def position(conn: Connection) -> tuple[str, int]:
    """(epoch, tx): a cursor that stands behind all that is readable now."""
    cursor = await conn.execute("select epoch, pg_snapshot_xmin(pg_current_snapshot())::text::bigint from server")
    row = await cursor.fetchone()
    assert row is not None
    return row[0][:12], row[1] - 1


async def horizon(conn: Connection) -> int:
    """Events up to this transaction may have been swept: a cursor before it is too old."""
    cursor = await conn.execute("select events_swept_to from server")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def sweep(conn: Connection, older_than_s: float) -> int:
    """Deletes old events and remembers up to where. Returns how many went."""
    cursor = await conn.execute(
        """with gone as (delete from event where at < now() - make_interval(secs => %s::float8) returning tx),
                line as (update server set events_swept_to = greatest(events_swept_to, (select max(tx::text::bigint) from gone)))
           select count(*) from gone""",
        (older_than_s,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])

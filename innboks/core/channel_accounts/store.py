"""SQL about channel accounts. Every function takes a connection inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.channel_accounts.models import ChannelAccount
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = """account_id, id, inbox_id, kind, name, identity, address, hosted_address, config_sealed, state, settings, is_active,
    is_authorized, health, health_at, last_received_at, created_at, archived_at"""


async def get(conn: Connection, account_id: int, channel_account_id: int) -> ChannelAccount | None:
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where account_id = %s and id = %s", (account_id, channel_account_id)
    )
    return await fetch_one(cursor, ChannelAccount)


async def account_of(conn: Connection, channel_account_id: int) -> int | None:
    """Whose it is: ids of channel accounts are unique over all accounts."""
    cursor = await conn.execute("select account_id from channel_account where id = %s", (channel_account_id,))
    row = await cursor.fetchone()
    return row[0] if row else None


async def all_of(conn: Connection, account_id: int, inbox_ids: Sequence[int]) -> list[ChannelAccount]:
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where account_id = %s and inbox_id = any(%s) and archived_at is null order by name, id",
        (account_id, list(inbox_ids)),
    )
    return await fetch_all(cursor, ChannelAccount)


async def connected_of_kind(conn: Connection, kinds: Sequence[str]) -> list[ChannelAccount]:
    """Everybody's connected channel accounts of these kinds: what the watchers watch."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where kind = any(%s) and is_active and archived_at is null order by account_id, id",
        (list(kinds),),
    )
    return await fetch_all(cursor, ChannelAccount)


async def find_by_address(conn: Connection, address: str) -> tuple[int, int] | None:
    """(account id, channel account id) of the connected one with this hosted address; or with this own address, for servers that are the mail
    exchanger of a domain themselves. An own address that two accounts claim is nobody's."""
    cursor = await conn.execute(
        """select account_id, id, hosted_address is not distinct from %(address)s as is_hosted from channel_account
           where (hosted_address = %(address)s or address = %(address)s) and archived_at is null and is_active order by is_hosted desc limit 2""",
        {"address": address.lower()},
    )
    rows = await cursor.fetchall()
    if not rows or (len(rows) == 2 and not rows[0][2]):
        return None
    return rows[0][0], rows[0][1]


async def own_addresses(conn: Connection, account_id: int) -> frozenset[str]:
    cursor = await conn.execute(
        """select unnest(array_remove(array[lower(address), lower(identity), lower(hosted_address)], null))
           from channel_account where account_id = %s and archived_at is null""",
        (account_id,),
    )
    return frozenset(row[0] for row in await cursor.fetchall() if row[0])


async def next_id(conn: Connection) -> int:
    cursor = await conn.execute("select nextval(pg_get_serial_sequence('channel_account', 'id'))")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def is_connected(conn: Connection, account_id: int, kind: str, identity: str) -> bool:
    cursor = await conn.execute(
        "select 1 from channel_account where account_id = %s and kind = %s and identity = %s and archived_at is null",
        (account_id, kind, identity),
    )
    return await cursor.fetchone() is not None


async def insert(
    conn: Connection,
    *,
    account_id: int,
    id: int,
    inbox_id: int,
    kind: str,
    name: str,
    identity: str,
    address: str,
    hosted_address: str | None,
    config_sealed: bytes,
) -> None:
    await conn.execute(
        """insert into channel_account (account_id, id, inbox_id, kind, name, identity, address, hosted_address, config_sealed)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (account_id, id, inbox_id, kind, name, identity, address, hosted_address, config_sealed),
    )


async def update(conn: Connection, account_id: int, channel_account_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    allowed = {"name", "inbox_id", "is_active", "is_authorized", "settings", "config_sealed", "identity", "address", "hosted_address"}
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(f"update channel_account set {names} where account_id = %s and id = %s", (*shown, account_id, channel_account_id))


async def save_state(conn: Connection, account_id: int, channel_account_id: int, state: Mapping[str, Any]) -> None:
    await conn.execute(
        "update channel_account set state = %s where account_id = %s and id = %s", (Jsonb(dict(state)), account_id, channel_account_id)
    )


async def save_health(conn: Connection, account_id: int, channel_account_id: int, health: Mapping[str, Any], is_authorized: bool) -> bool:
    """True when the words changed: then people are told."""
    cursor = await conn.execute(
        """update channel_account set health = %(health)s, health_at = now(), is_authorized = %(ok)s
           from (select health as before, is_authorized as ok_before from channel_account where account_id = %(account)s and id = %(id)s for update) old
           where account_id = %(account)s and id = %(id)s
           returning old.before is distinct from %(health)s or old.ok_before <> %(ok)s""",
        {"health": Jsonb(dict(health)), "ok": is_authorized, "account": account_id, "id": channel_account_id},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def archive(conn: Connection, account_id: int, channel_account_id: int) -> None:
    """Disconnected: kept for the history of its conversations (R-046), its hosted address free for nobody else."""
    await conn.execute(
        "update channel_account set archived_at = now(), is_active = false where account_id = %s and id = %s",
        (account_id, channel_account_id),
    )


async def unseen(conn: Connection, account_id: int, channel_account_id: int, sources: Sequence[str]) -> list[str]:
    """Those transport ids under which nothing was ever delivered."""
    cursor = await conn.execute(
        """select wanted.source from unnest(%s::text[]) with ordinality as wanted (source, nth)
           where not exists (select 1 from delivery_source as known
                             where known.account_id = %s and known.channel_account_id = %s and known.source = wanted.source)
           order by nth""",
        (list(sources), account_id, channel_account_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def ledger_counts(conn: Connection, account_id: int, channel_account_id: int) -> dict[str, int]:
    """What we hold of this channel account, by fate; "offered" counts transport ids."""
    cursor = await conn.execute(
        """select (select count(*) from delivery_source where account_id = %(a)s and channel_account_id = %(c)s) as offered,
                  fate, count(*) as deliveries
           from delivery where account_id = %(a)s and channel_account_id = %(c)s group by fate""",
        {"a": account_id, "c": channel_account_id},
    )
    rows = await cursor.fetchall()
    counts = {fate: number for _, fate, number in rows}
    return {"offered": rows[0][0] if rows else 0, **counts}


async def take_lock(conn: Connection, name: str) -> bool:
    """Held by this connection until released or closed. False: another connection holds it."""
    cursor = await conn.execute("select pg_try_advisory_lock(hashtextextended(%s, 7))", (name,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def release_lock(conn: Connection, name: str) -> bool:
    cursor = await conn.execute("select pg_advisory_unlock(hashtextextended(%s, 7))", (name,))
    row = await cursor.fetchone()
    return bool(row and row[0])

"""SQL about channel accounts. Every function takes a connection inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.channel_accounts.models import ChannelAccount
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = """account_id, id, inbox_id, kind, name, identity, address, hosted_address, config_sealed, state, settings, is_active,
    is_authorized, health, health_at, last_received_at, created_at, archived_at, grant_sealed, owner_id, is_assigning, quiet, category,
    setup_step, sender_name, confirmation, is_fallback, may_send, records, records_at, is_demo, is_ticketing"""


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


async def all_of(conn: Connection, account_id: int, inbox_ids: Sequence[int], *, also: Sequence[int] = ()) -> list[ChannelAccount]:
    """Those that are connected; and `also` these, though they were disconnected."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where account_id = %s and inbox_id = any(%s) and (archived_at is null "
        "and (not is_fallback or may_send or last_received_at is not null) or id = any(%s)) order by name, id",
        (account_id, list(inbox_ids), list(also)),
    )
    return await fetch_all(cursor, ChannelAccount)


async def every_one(conn: Connection, account_id: int) -> list[ChannelAccount]:
    """What is connected, was, and what we gave out."""
    cursor = await conn.execute(f"select {_COLUMNS} from channel_account where account_id = %s", (account_id,))
    return await fetch_all(cursor, ChannelAccount)


async def able_to_send(conn: Connection, account_id: int, kinds: Sequence[str]) -> list[int]:
    """The connected channel accounts of these kinds from which something may leave (R-042), the oldest first."""
    cursor = await conn.execute(
        """select id from channel_account where account_id = %s and kind = any(%s) and archived_at is null and is_active and is_authorized and may_send
               and not is_demo order by id""",
        (account_id, list(kinds)),
    )
    return [row[0] for row in await cursor.fetchall()]


async def connected_of_kind(conn: Connection, kinds: Sequence[str]) -> list[ChannelAccount]:
    """Everybody's connected channel accounts of these kinds: what the watchers watch."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where kind = any(%s) and is_active and archived_at is null order by account_id, id",
        (list(kinds),),
    )
    return await fetch_all(cursor, ChannelAccount)


async def find_by_address(conn: Connection, address: str) -> tuple[int, int] | None:
    """(account id, channel account id) of the connected one with this hosted address; or with this own address, for servers that are the mail
    exchanger of a domain themselves. An own address that two accounts claim is nobody's, unless one of them has paused it. A paused one is found:
    its mail is refused for now and not for ever (R-043). That of an archived inbox (R-028: only the address that we gave out is left there) is
    nobody's: nobody would see what came."""
    cursor = await conn.execute(
        """select account_id, id, hosted_address is not distinct from %(address)s as is_hosted, is_active from channel_account c
           where (hosted_address = %(address)s or address = %(address)s) and archived_at is null
               and exists (select 1 from inbox i where i.account_id = c.account_id and i.id = c.inbox_id and i.archived_at is null)
           order by is_hosted desc, is_active desc limit 2""",
        {"address": address.lower()},
    )
    rows = await cursor.fetchall()
    if not rows or (len(rows) == 2 and not rows[0][2] and rows[0][3] == rows[1][3]):
        return None
    return rows[0][0], rows[0][1]


async def own_addresses(conn: Connection, account_id: int) -> frozenset[str]:
    cursor = await conn.execute(
        """select unnest(array_remove(array[lower(address), lower(identity), lower(hosted_address), lower(from_address)], null))
           from channel_account where account_id = %s and archived_at is null""",
        (account_id,),
    )
    return frozenset(row[0] for row in await cursor.fetchall() if row[0])


async def next_id(conn: Connection) -> int:
    cursor = await conn.execute("select nextval(pg_get_serial_sequence('channel_account', 'id'))")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def next_message_id(conn: Connection) -> int:
    """For a message that is not stored."""
    cursor = await conn.execute("select nextval('message_id_seq')")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def connected_as(conn: Connection, account_id: int, kind: str, identity: str) -> tuple[int | None, str] | None:
    """(whose personal mailbox, their name) of what is connected with this identity; (None, "") for a team's. None: it is not connected."""
    cursor = await conn.execute(
        """select c.owner_id, coalesce(u.name, '') from channel_account c
           left join app_user u on u.account_id = c.account_id and u.id = c.owner_id
           where c.account_id = %s and c.kind = %s and c.identity = %s and c.archived_at is null""",
        (account_id, kind, identity),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


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
    reply_window_s: int,
    grant_sealed: bytes | None,
    settings: Mapping[str, Any],
    owner_id: int | None,
    category: str,
    setup_step: str | None = None,
    sender_name: str = "",
    from_address: str = "",
) -> None:
    await conn.execute(
        """insert into channel_account (account_id, id, inbox_id, kind, name, identity, address, hosted_address, config_sealed, reply_window_s,
               grant_sealed, settings, owner_id, category, setup_step, sender_name, from_address)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            account_id,
            id,
            inbox_id,
            kind,
            name,
            identity,
            address,
            hosted_address,
            config_sealed,
            reply_window_s,
            grant_sealed,
            Jsonb(dict(settings)),
            owner_id,
            category,
            setup_step,
            sender_name,
            from_address,
        ),
    )


async def former(conn: Connection, account_id: int, kind: str, identity: str, inbox_id: int, owner_id: int | None) -> int | None:
    """The newest disconnected one with this identity in this inbox, of the same person or of the team."""
    cursor = await conn.execute(
        """select id from channel_account
           where account_id = %s and kind = %s and identity = %s and inbox_id = %s and owner_id is not distinct from %s and archived_at is not null
           order by id desc limit 1""",
        (account_id, kind, identity, inbox_id, owner_id),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def add_setting(conn: Connection, account_id: int, channel_account_id: int, name: str, value: str) -> None:
    await conn.execute(
        "update channel_account set settings = settings || jsonb_build_object(%s::text, %s::text) where account_id = %s and id = %s",
        (name, value, account_id, channel_account_id),
    )


async def bring_back(conn: Connection, account_id: int, channel_account_id: int, values: Mapping[str, Any]) -> bool:
    """Connected again, with what it has now. False when somebody else did it meanwhile."""
    cursor = await conn.execute(
        "update channel_account set archived_at = null, health = '{}' where account_id = %s and id = %s and archived_at is not null",
        (account_id, channel_account_id),
    )
    if cursor.rowcount == 0:
        return False
    await update(conn, account_id, channel_account_id, {**values, "is_active": True, "is_authorized": True})
    return True


async def is_connected(conn: Connection, account_id: int, channel_account_id: int) -> bool:
    """Held until the commit, so that it is not disconnected meanwhile."""
    cursor = await conn.execute(
        "select 1 from channel_account where account_id = %s and id = %s and archived_at is null for no key update",
        (account_id, channel_account_id),
    )
    return await cursor.fetchone() is not None


async def fallback(conn: Connection, account_id: int, inbox_id: int) -> ChannelAccount | None:
    """The address that we issued to an inbox."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from channel_account where account_id = %s and inbox_id = %s and is_fallback and archived_at is null",
        (account_id, inbox_id),
    )
    return await fetch_one(cursor, ChannelAccount)


async def sending_fallback(conn: Connection, account_id: int, inbox_id: int, kind: str) -> int | None:
    """The one that answers may leave from, for a conversation of this kind."""
    cursor = await conn.execute(
        """select id from channel_account c where account_id = %s and inbox_id = %s and kind = %s and is_fallback and may_send
               and archived_at is null and is_active
               and exists (select 1 from inbox i where i.account_id = c.account_id and i.id = c.inbox_id and i.archived_at is null)""",
        (account_id, inbox_id, kind),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def mark_fallback(conn: Connection, account_id: int, channel_account_id: int, health: Mapping[str, Any]) -> None:
    await conn.execute(
        "update channel_account set is_fallback = true, may_send = false, health = %s where account_id = %s and id = %s",
        (Jsonb(dict(health)), account_id, channel_account_id),
    )


async def update(conn: Connection, account_id: int, channel_account_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    allowed = {
        "name",
        "inbox_id",
        "is_active",
        "is_authorized",
        "settings",
        "config_sealed",
        "identity",
        "address",
        "hosted_address",
        "grant_sealed",
        "setup_step",
        "sender_name",
        "from_address",
        "may_send",
        "records",
        "records_at",
    }
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(f"update channel_account set {names} where account_id = %s and id = %s", (*shown, account_id, channel_account_id))


async def lock_grant(conn: Connection, account_id: int, channel_account_id: int) -> bytes | None:
    """What a sign-in brought, as it is now; until the end of the transaction nobody else gets it this way. The row itself stays free, because
    mail comes in meanwhile."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", (f"grant:{account_id}:{channel_account_id}",))
    cursor = await conn.execute(
        "select grant_sealed from channel_account where account_id = %s and id = %s", (account_id, channel_account_id)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def save_grant(conn: Connection, account_id: int, channel_account_id: int, grant_sealed: bytes) -> None:
    await conn.execute(
        "update channel_account set grant_sealed = %s where account_id = %s and id = %s", (grant_sealed, account_id, channel_account_id)
    )


async def save_state(conn: Connection, account_id: int, channel_account_id: int, state: Mapping[str, Any]) -> None:
    await conn.execute(
        "update channel_account set state = %s where account_id = %s and id = %s", (Jsonb(dict(state)), account_id, channel_account_id)
    )


async def save_health(
    conn: Connection, account_id: int, channel_account_id: int, health: Mapping[str, Any], is_authorized: bool | None
) -> bool:
    """True when the words changed: then people are told. `is_authorized` None: as it was. A paused one keeps saying so, and a broken one that cannot
    even be reached stays broken; `health_at` is since when it has been in this state, whatever the words."""
    cursor = await conn.execute(
        """update channel_account set health = old.after, is_authorized = coalesce(%(ok)s, old.ok_before),
               health_at = case when old.before ->> 'state' is distinct from old.after ->> 'state' then now() else health_at end
           from (select health as before, is_authorized as ok_before,
                     case when not is_active and %(state)s <> 'paused' or not is_authorized and %(state)s = 'unreachable' then health
                          else %(health)s end as after
                 from channel_account where account_id = %(account)s and id = %(id)s for no key update) old
           where account_id = %(account)s and id = %(id)s
           returning old.before is distinct from old.after or old.ok_before <> is_authorized""",
        {"health": Jsonb(dict(health)), "state": health["state"], "ok": is_authorized, "account": account_id, "id": channel_account_id},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def archive(conn: Connection, account_id: int, channel_account_id: int) -> None:
    """Disconnected: kept for the history of its conversations (R-046), its hosted address free for nobody else."""
    await conn.execute(
        "update channel_account set archived_at = now(), is_active = false, grant_sealed = null where account_id = %s and id = %s",
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
    """What we hold of this channel account, by fate; "offered" counts transport ids. All of them are counted in an
    index, and those that were not handled in a small one of theirs: reading the fate of each takes seconds when there are a million."""
    cursor = await conn.execute(
        """select 'offered', count(*) from delivery_source where account_id = %(a)s and channel_account_id = %(c)s
           union all
           select 'handled', count(*) from delivery where account_id = %(a)s and channel_account_id = %(c)s
           union all
           select fate, count(*) from delivery where account_id = %(a)s and channel_account_id = %(c)s and fate <> 'handled' group by fate""",
        {"a": account_id, "c": channel_account_id},
    )
    counts = {name: number for name, number in await cursor.fetchall() if number}
    others = sum(number for name, number in counts.items() if name not in ("offered", "handled"))
    counts["handled"] = counts.get("handled", 0) - others
    return {"offered": 0} | {name: number for name, number in counts.items() if number}


async def count_offered(conn: Connection, account_id: int, channel_account_id: int) -> int:
    """How many transport ids this channel account ever offered."""
    cursor = await conn.execute(
        "select count(*) from delivery_source where account_id = %s and channel_account_id = %s", (account_id, channel_account_id)
    )
    row = await cursor.fetchone()
    return row[0] if row else 0


async def take_lock(conn: Connection, name: str) -> bool:
    """Held by this connection until released or closed. False: another connection holds it."""
    cursor = await conn.execute("select pg_try_advisory_lock(hashtextextended(%s, 7))", (name,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def release_lock(conn: Connection, name: str) -> bool:
    cursor = await conn.execute("select pg_advisory_unlock(hashtextextended(%s, 7))", (name,))
    row = await cursor.fetchone()
    return bool(row and row[0])

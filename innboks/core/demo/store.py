"""SQL of demo data: how far it is, and what of it can go. Every function takes a connection inside the caller's transaction."""

from datetime import datetime
from typing import Any

import psycopg

from innboks.core.demo.models import Demo
from innboks.lib.db import Connection, fetch_one

_SEEN = """select case when o.is_of_operator then 'loaded' else coalesce(d.state, 'none') end as state, coalesce(d.done, 0) as done,
    coalesce(d.total, 0) as total, coalesce(d.kept, 0) as kept, coalesce(d.turn, 0) as turn, coalesce(d.begun_by, 0) as begun_by, d.remove_at,
    o.is_of_operator
    from account a left join demo d on d.account_id = a.id
    cross join lateral (select a.settings ? 'demo' and coalesce(d.state in ('failed', 'removed'), true) as is_of_operator) o where a.id = %s"""


async def get(conn: Connection, account_id: int, *, lock: bool = False) -> Demo:
    if lock:
        await conn.execute("select 1 from account where id = %s for no key update", (account_id,))
    found = await fetch_one(await conn.execute(_SEEN, (account_id,)), Demo)
    return found or Demo()


async def begin(conn: Connection, account_id: int, user_id: int, now: datetime) -> None:
    await conn.execute(
        """insert into demo (account_id, state, begun_by, begun_at) values (%s, 'loading', %s, %s)
           on conflict (account_id) do update set state = 'loading', done = 0, total = 0, kept = 0, remove_at = null,
               begun_by = excluded.begun_by, begun_at = excluded.begun_at""",
        (account_id, user_id, now),
    )


async def take_turn(conn: Connection, account_id: int) -> Demo | None:
    """From now on, only this try loads. None: there is nothing to load."""
    cursor = await conn.execute(
        "update demo set turn = turn + 1, done = 0, total = 0 where account_id = %s and state = 'loading' returning turn", (account_id,)
    )
    return await get(conn, account_id) if await cursor.fetchone() else None


async def set_loading(conn: Connection, account_id: int, turn: int, *, state: str = "loading", done: int, total: int) -> bool:
    """False when another try has taken over."""
    cursor = await conn.execute(
        "update demo set state = %s, done = %s, total = %s where account_id = %s and turn = %s and state = 'loading'",
        (state, done, total, account_id, turn),
    )
    return cursor.rowcount == 1


async def begin_removal(conn: Connection, account_id: int, at: datetime) -> None:
    await conn.execute(
        """update demo set state = 'removing', remove_at = %s, done = 0,
               total = (select count(*) from conversation c where c.account_id = demo.account_id and c.is_demo)
           where account_id = %s""",
        (at, account_id),
    )


async def begin_taking_away(conn: Connection, account_id: int) -> None:
    """From now on its removal cannot be taken back."""
    await conn.execute("update demo set remove_at = null where account_id = %s", (account_id,))


async def keep(conn: Connection, account_id: int) -> None:
    """Its removal is taken back."""
    await conn.execute("update demo set state = 'loaded', remove_at = null, done = total where account_id = %s", (account_id,))


async def note_removed(conn: Connection, account_id: int, more: int) -> None:
    await conn.execute("update demo set done = least(total, done + %s) where account_id = %s and state = 'removing'", (more, account_id))


async def finish_removal(conn: Connection, account_id: int, kept: int) -> None:
    await conn.execute(
        "update demo set state = 'removed', remove_at = null, kept = %s where account_id = %s and state = 'removing'", (kept, account_id)
    )


async def stranded(conn: Connection, before: datetime) -> list[int]:
    """Accounts whose demo should have moved on since, should its job be gone. One that is still under way takes a second one for nothing to do."""
    cursor = await conn.execute(
        """select account_id from demo
           where state = 'loading' and begun_at < %(before)s or state = 'removing' and (remove_at is null or remove_at < %(before)s)""",
        {"before": before},
    )
    return [row[0] for row in await cursor.fetchall()]


# ── what can go ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def removable_conversations(conn: Connection, account_id: int, limit: int) -> list[int]:
    """Made by the demo, and nothing in them came or went through a channel of the account's own. One that was merged goes with the other."""
    cursor = await conn.execute(
        """select c.id from conversation c where c.account_id = %s and c.is_demo and c.merged_into_id is null and not exists (
               select 1 from message m join channel_account a on a.account_id = m.account_id and a.id = m.channel_account_id
               where m.account_id = c.account_id and m.conversation_id = c.id and not a.is_demo)
           order by c.id limit %s for update of c""",
        (account_id, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def remove_contacts(conn: Connection, account_id: int) -> list[int]:
    """Those it made who are in no conversation any more, with whom nobody was merged, and of whom nobody wrote a note."""
    cursor = await conn.execute(
        """delete from contact p where p.account_id = %s and p.is_demo and p.merged_into_id is null
           and not exists (select 1 from conversation c where c.account_id = p.account_id and c.contact_id = p.id)
           and not exists (select 1 from contact_note n where n.account_id = p.account_id and n.contact_id = p.id)
           and not exists (select 1 from contact_merge g where g.account_id = p.account_id and (g.source_id = p.id or g.target_id = p.id))
           returning p.id""",
        (account_id,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def marked(conn: Connection, account_id: int, table: str) -> list[int]:
    cursor = await conn.execute(f"select id from {table} where account_id = %s and is_demo order by id", (account_id,))
    return [row[0] for row in await cursor.fetchall()]


async def forget_mark(conn: Connection, account_id: int) -> int:
    """What is left belongs to the account from now on; only an address of the demo stays one for ever. Returns how much is left."""
    kept = 0
    for table in ("conversation", "contact", "inbox", "app_user"):
        cursor = await conn.execute(f"update {table} set is_demo = false where account_id = %s and is_demo", (account_id,))
        kept += cursor.rowcount
    return kept


async def files_of_deliveries(conn: Connection, account_id: int, channel_account_id: int) -> list[str]:
    cursor = await conn.execute(
        "select body_file from delivery where account_id = %s and channel_account_id = %s and body_file is not null",
        (account_id, channel_account_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def remove_channel_account(conn: Connection, account_id: int, channel_account_id: int) -> bool:
    """With the originals that came in through it. False, and nothing happened, when something that stays refers to it."""
    values = (account_id, channel_account_id)
    return await _tried(
        conn,
        values,
        "delete from delivery where account_id = %s and channel_account_id = %s",
        "delete from channel_account where account_id = %s and id = %s",
    )


async def remove_inbox(conn: Connection, account_id: int, inbox_id: int) -> bool:
    """With the address that we gave out for it, where nothing ever came. False, and nothing happened, when something that stays refers to it."""
    return await _tried(
        conn,
        (account_id, inbox_id),
        "delete from channel_account where account_id = %s and inbox_id = %s and is_fallback",
        "delete from inbox where account_id = %s and id = %s",
    )


async def remove_user(conn: Connection, account_id: int, user_id: int) -> bool:
    """False, and nothing happened, when something that stays refers to them."""
    return await _tried(conn, (account_id, user_id), "delete from app_user where account_id = %s and id = %s")


async def _tried(conn: Connection, values: tuple[Any, ...], *statements: str) -> bool:
    try:
        async with conn.transaction():
            for statement in statements:
                await conn.execute(statement, values)
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


async def take_seats(conn: Connection, account_id: int) -> None:
    """Invented people are given nothing by rules."""
    await conn.execute("update app_user set can_receive = false where account_id = %s and is_demo", (account_id,))

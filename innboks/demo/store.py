"""SQL of the demo: the mark that says it is there, and times that only the database sets by itself and that must lie in the past here."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_one


class Figures(msgspec.Struct, frozen=True):
    """What the account holds."""

    conversations: int
    messages: int


async def begin(conn: Connection, account_id: int) -> bool:
    """Puts the mark on the account; False when it was there."""
    cursor = await conn.execute(
        "update account set settings = settings || %s where id = %s and not settings ? 'demo'", (Jsonb({"demo": "loading"}), account_id)
    )
    return cursor.rowcount == 1


async def state(conn: Connection, account_id: int) -> str | None:
    """ "loading", "loaded", or None for an account without a demo."""
    row = await (await conn.execute("select settings ->> 'demo' from account where id = %s", (account_id,))).fetchone()
    return row[0] if row else None


async def finish(conn: Connection, account_id: int) -> None:
    await conn.execute("update account set settings = settings || %s where id = %s", (Jsonb({"demo": "loaded"}), account_id))


async def conversation_of(conn: Connection, account_id: int, message_id: int) -> int:
    row = await (
        await conn.execute("select conversation_id from message where account_id = %s and id = %s", (account_id, message_id))
    ).fetchone()
    assert row is not None
    return int(row[0])


async def date_system_entries(conn: Connection, account_id: int, conversation_id: int, since: datetime, at: datetime) -> None:
    """The grey lines that were just written get the story's time."""
    await conn.execute(
        "update message set created_at = %s where account_id = %s and conversation_id = %s and type = 'system' and created_at >= %s",
        (at, account_id, conversation_id, since),
    )


async def date_the_rest(conn: Connection, account_id: int, channel_account_ids: Sequence[int]) -> None:
    """People are known since they first wrote, and what was sent was settled when it was sent."""
    channels = list(channel_account_ids)
    await conn.execute(
        """update contact p set created_at = first.at, updated_at = first.at
           from (select contact_id, min(created_at) as at from conversation where account_id = %(account)s and channel_account_id = any(%(channels)s)
                 group by contact_id) first
           where p.account_id = %(account)s and p.id = first.contact_id and p.created_at > first.at""",
        {"account": account_id, "channels": channels},
    )
    await conn.execute(
        """update dispatch d set settled_at = coalesce(m.sent_at, m.created_at) from message m
           where m.account_id = d.account_id and m.id = d.message_id and d.account_id = %s and m.channel_account_id = any(%s)""",
        (account_id, channels),
    )
    await conn.execute(
        """update dispatch_recipient d set at = coalesce(m.sent_at, m.created_at) from message m
           where m.account_id = d.account_id and m.id = d.message_id and d.account_id = %s and m.channel_account_id = any(%s)""",
        (account_id, channels),
    )


async def mark_read(conn: Connection, account_id: int, channel_account_ids: Sequence[int], unread_since: datetime) -> None:
    """Everybody has read everything, but for what came lately and waits for an answer."""
    await conn.execute(
        """insert into read_state (account_id, user_id, conversation_id, message_id)
           select c.account_id, u.id, c.id, c.last_message_id from conversation c join app_user u on u.account_id = c.account_id
           where c.account_id = %s and c.channel_account_id = any(%s)
             and not (c.status = 'open' and c.last_direction = 'in' and c.last_message_at > %s)
           on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id""",
        (account_id, list(channel_account_ids), unread_since),
    )


async def figures(conn: Connection, account_id: int, channel_account_ids: Sequence[int]) -> Figures:
    cursor = await conn.execute(
        """select count(*) as conversations, coalesce(sum(message_count), 0)::bigint as messages
           from conversation where account_id = %s and channel_account_id = any(%s)""",
        (account_id, list(channel_account_ids)),
    )
    found = await fetch_one(cursor, Figures)
    assert found is not None
    return found

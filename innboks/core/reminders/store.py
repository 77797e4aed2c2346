"""SQL about reminders. One is open per person and conversation; a new one takes the place of the old."""

from datetime import datetime

import msgspec

from innboks.lib.db import Connection, fetch_all, fetch_one


class Reminder(msgspec.Struct, kw_only=True):
    account_id: int
    id: int
    user_id: int
    conversation_id: int
    inbox_id: int
    at: datetime
    after_message_id: int
    created_at: datetime


_COLUMNS = "r.account_id, r.id, r.user_id, r.conversation_id, c.inbox_id, r.at, r.after_message_id, r.created_at"
_FROM = "reminder r join conversation c on c.account_id = r.account_id and c.id = r.conversation_id"
# Worked out when somebody looks, so that a message that comes in need not know of reminders.
_ANSWERED = """exists (select 1 from message m where m.account_id = r.account_id and m.conversation_id = r.conversation_id and m.id > r.after_message_id
    and m.direction = 'in' and not m.is_automatic)"""


async def add(
    conn: Connection, account_id: int, user_id: int, conversation_id: int, at: datetime, after_message_id: int, message_id: int | None
) -> int:
    await conn.execute(  # of two at the same moment the second finds the first one's
        "select pg_advisory_xact_lock(hashtextextended(%s, %s))", (f"reminder {user_id} {conversation_id}", account_id)
    )
    await conn.execute(
        """update reminder set ended_at = now(), ended_by = 'replaced'
           where account_id = %s and user_id = %s and conversation_id = %s and ended_at is null""",
        (account_id, user_id, conversation_id),
    )
    cursor = await conn.execute(
        """insert into reminder (account_id, user_id, conversation_id, at, after_message_id, message_id) values (%s, %s, %s, %s, %s, %s) returning id""",
        (account_id, user_id, conversation_id, at, after_message_id, message_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def of_user(
    conn: Connection, account_id: int, user_id: int, inbox_ids: list[int], conversation_id: int | None, limit: int
) -> list[Reminder]:
    """Open ones of this person, the soonest first."""
    cursor = await conn.execute(
        f"""select {_COLUMNS} from {_FROM}
            where r.account_id = %(account)s and r.user_id = %(user)s and r.ended_at is null and c.inbox_id = any(%(inboxes)s)
              and (%(conversation)s::bigint is null or r.conversation_id = %(conversation)s::bigint) and not {_ANSWERED}
            order by r.at, r.id limit {limit:d}""",
        {"account": account_id, "user": user_id, "inboxes": inbox_ids, "conversation": conversation_id},
    )
    return await fetch_all(cursor, Reminder)


async def get(conn: Connection, account_id: int, user_id: int, reminder_id: int) -> Reminder | None:
    """This person's own, also one that has ended."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from {_FROM} where r.account_id = %s and r.user_id = %s and r.id = %s", (account_id, user_id, reminder_id)
    )
    return await fetch_one(cursor, Reminder)


async def end(conn: Connection, account_id: int, reminder_id: int, how: str) -> bool:
    """False when it had ended already."""
    cursor = await conn.execute(
        "update reminder set ended_at = now(), ended_by = %s where account_id = %s and id = %s and ended_at is null",
        (how, account_id, reminder_id),
    )
    return cursor.rowcount == 1


async def due(conn: Connection, now: datetime, limit: int) -> list[tuple[Reminder, bool]]:
    """(reminder, whether the customer has answered), locked; what another process is at is left out."""
    cursor = await conn.execute(
        f"""select {_COLUMNS}, {_ANSWERED} as was_answered from {_FROM}
            where r.at <= %s and r.ended_at is null order by r.at, r.account_id, r.id limit {limit:d} for update of r skip locked""",
        (now,),
    )
    return [(Reminder(**dict(zip(Reminder.__struct_fields__, row[:-1], strict=True))), row[-1]) for row in await cursor.fetchall()]


async def unread_before(conn: Connection, account_id: int, user_id: int, conversation_id: int) -> int:
    """Up to where somebody has read who has not read the customer's newest message."""
    cursor = await conn.execute(
        "select greatest(0, last_received_id - 1) from conversation where account_id = %s and id = %s", (account_id, conversation_id)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0

"""SQL for `together.py`: what is closed and opened together. Every function takes a connection inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from innboks.lib.db import Connection, fetch_all


class Held(msgspec.Struct):
    """A ticket whose row is held until the commit. `before_id`: the stage in which it was before the conversation closed it."""

    id: int
    name: str
    pipeline_id: int
    stage_id: int
    before_id: int | None
    conversation_id: int


async def threads_to_close(conn: Connection, account_id: int, ticket_id: int, inbox_ids: Sequence[int]) -> list[int]:
    """Of these inboxes, and about no other ticket that is open."""
    cursor = await conn.execute(
        """select c.id from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
           where x.account_id = %(account)s and x.ticket_id = %(ticket)s and c.inbox_id = any(%(inboxes)s) and c.shelf in ('open', 'snoozed')
               and not exists (select 1 from ticket_conversation y join ticket t on t.account_id = y.account_id and t.id = y.ticket_id
                   where y.account_id = x.account_id and y.conversation_id = c.id and y.ticket_id <> x.ticket_id and t.closed_at is null)
           order by c.id""",
        {"account": account_id, "ticket": ticket_id, "inboxes": list(inbox_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def threads_closed_with(conn: Connection, account_id: int, ticket_id: int, inbox_ids: Sequence[int]) -> list[int]:
    """Those that closing this ticket closed, and that nobody has opened or closed since."""
    cursor = await conn.execute(
        """select c.id from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
           cross join lateral (select m.data from message m where m.account_id = c.account_id and m.conversation_id = c.id and m.type = 'system'
               and m.data ->> 'event' = 'status_changed' order by m.id desc limit 1) line
           where x.account_id = %(account)s and x.ticket_id = %(ticket)s and c.inbox_id = any(%(inboxes)s) and c.shelf = 'closed'
               and line.data ->> 'reason' = 'ticket' and line.data ->> 'ticket_id' = %(ticket)s::bigint::text
           order by c.id""",
        {"account": account_id, "ticket": ticket_id, "inboxes": list(inbox_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock_tickets_to_close(conn: Connection, account_id: int, conversation_ids: Sequence[int], inbox_ids: Sequence[int]) -> list[Held]:
    """The open ones of these inboxes about these conversations, where the account wants them closed with the last one that is open: which is the last of these."""
    cursor = await conn.execute(
        """select t.id, t.name, t.pipeline_id, t.stage_id, null::bigint as before_id, x.conversation_id
           from ticket_conversation x join ticket t on t.account_id = x.account_id and t.id = x.ticket_id
           where x.account_id = %(account)s and x.conversation_id = any(%(conversations)s) and t.closed_at is null and t.inbox_id = any(%(inboxes)s)
               and (select (k.settings ->> 'closing_closes_tickets')::boolean from account k where k.id = %(account)s)
           order by t.id, x.conversation_id for update of t""",
        {"account": account_id, "conversations": list(conversation_ids), "inboxes": list(inbox_ids)},
    )
    return list({one.id: one for one in await fetch_all(cursor, Held)}.values())


async def about_something_open(conn: Connection, account_id: int, ticket_ids: Sequence[int]) -> set[int]:
    """Those of these tickets."""
    cursor = await conn.execute(
        """select asked.id from unnest(%s::bigint[]) as asked (id) where exists (
               select 1 from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
               where x.account_id = %s and x.ticket_id = asked.id and c.shelf in ('open', 'snoozed'))""",
        (list(ticket_ids), account_id),
    )
    return {row[0] for row in await cursor.fetchall()}


async def lock_tickets_closed_with(
    conn: Connection, account_id: int, conversation_ids: Sequence[int], inbox_ids: Sequence[int]
) -> list[Held]:
    """Those of these inboxes that closing one of these conversations closed, and that are as it left them."""
    cursor = await conn.execute(
        """select t.id, t.name, t.pipeline_id, t.stage_id, (line.data ->> 'before_id')::bigint as before_id, x.conversation_id
           from ticket_conversation x join ticket t on t.account_id = x.account_id and t.id = x.ticket_id
           cross join lateral (select m.data from message m where m.account_id = x.account_id and m.conversation_id = x.conversation_id
               and m.type = 'system' and m.data ->> 'event' = 'ticket_stage_changed' and m.data ->> 'ticket_id' = t.id::text
               order by m.id desc limit 1) line
           where x.account_id = %(account)s and x.conversation_id = any(%(conversations)s) and t.closed_at is not null and t.inbox_id = any(%(inboxes)s)
               and line.data ->> 'reason' = 'conversation' and line.data ->> 'after_id' = t.stage_id::text
           order by t.id, x.conversation_id desc for update of t""",
        {"account": account_id, "conversations": list(conversation_ids), "inboxes": list(inbox_ids)},
    )
    return list({one.id: one for one in await fetch_all(cursor, Held)}.values())


async def set_stages(conn: Connection, account_id: int, stages: Mapping[int, int], closed_at: datetime | None, now: datetime) -> None:
    """Ticket → the stage in which it is from now on."""
    await conn.execute(
        """update ticket t set stage_id = m.stage_id, closed_at = %s, updated_at = %s
           from unnest(%s::bigint[], %s::bigint[]) as m (ticket_id, stage_id) where t.account_id = %s and t.id = m.ticket_id""",
        (closed_at, now, list(stages), list(stages.values()), account_id),
    )

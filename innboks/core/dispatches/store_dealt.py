"""SQL of failed answers that need nobody any more: a person said so, or the same people were reached by a later one. They stay failed, for the record,
and leave the conversation's count. Read it beside `core/conversations/deal.py`."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from innboks.lib.db import Connection


async def set_dealt_with(conn: Connection, account_id: int, message_id: int, dealt_with: dict[str, Any] | None) -> None:
    """Of a failed message; None: it needs somebody again. What is so already is not written, counted or told again."""
    await conn.execute(
        """with before as (
               select d.account_id, d.message_id, m.conversation_id, c.inbox_id from dispatch d
               join message m on m.account_id = d.account_id and m.id = d.message_id
               join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
               where d.account_id = %(account)s and d.message_id = %(message)s and d.state = 'failed'
                   and (d.dealt_with is null) <> (%(dealt)s::jsonb is null)
           ), changed as (
               update dispatch d set dealt_with = %(dealt)s::jsonb from before b where d.account_id = b.account_id and d.message_id = b.message_id
           ), counted as (
               update conversation c set failed_count = greatest(0, failed_count + case when %(dealt)s::jsonb is null then 1 else -1 end)
               from before b where c.account_id = b.account_id and c.id = b.conversation_id
           )
           insert into event (account_id, type, inbox_id, conversation_id, data)
           select account_id, 'message.changed', inbox_id, conversation_id, jsonb_build_object('message_id', message_id, 'of', 'dispatch') from before""",
        {"account": account_id, "message": message_id, "dealt": None if dealt_with is None else Jsonb(dealt_with)},
    )


async def other_way(conn: Connection, account_id: int, message_id: int) -> str | None:
    """How far the message is that was sent in the place of this one (`instead_of`), where one is on its way or got through; None: there is none, or
    it failed, too. Ask it with the dispatch of this one held: whoever writes such a message holds it."""
    cursor = await conn.execute(
        """select d.state from message o
           join message n on n.account_id = o.account_id and n.conversation_id = o.conversation_id and n.id > o.id
               and n.data ->> 'instead_of' = o.id::text
           join dispatch d on d.account_id = n.account_id and d.message_id = n.id
           where o.account_id = %s and o.id = %s and d.state <> 'failed' order by n.id desc limit 1""",
        (account_id, message_id),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def got_through(conn: Connection, account_id: int, message_ids: Sequence[int]) -> None:
    """These left. Older answers of their conversations that failed are dealt with where everybody who did not get one was reached by a later one
    (a forward counts for forwards), or where these were sent in their place. In one transaction with `settle` this comes first: it takes dispatches,
    the newest first, and `settle` the conversation."""
    await conn.execute(
        """with through as (
               select m.id, m.conversation_id, m.data ->> 'instead_of' as instead_of from message m
               where m.account_id = %(account)s and m.id = any(%(messages)s)
           ), over as (
               select f.account_id, f.message_id, o.conversation_id, t.id as by_id, t.is_instead
               from message o join dispatch f on f.account_id = o.account_id and f.message_id = o.id
               cross join lateral (
                   select id, instead_of is not distinct from o.id::text as is_instead from through
                   where conversation_id = o.conversation_id and id > o.id order by 2 desc, id desc limit 1) t
               where o.account_id = %(account)s and o.conversation_id in (select conversation_id from through) and o.direction = 'out'
                   and f.state = 'failed' and f.dealt_with is null
                   and (t.is_instead or exists (select from dispatch_recipient r where r.account_id = f.account_id and r.message_id = f.message_id)
                       and not exists (
                           select from dispatch_recipient r where r.account_id = f.account_id and r.message_id = f.message_id and r.state = 'failed'
                               and not exists (
                                   select from message n
                                   join dispatch_recipient p on p.account_id = n.account_id and p.message_id = n.id and lower(p.address) = lower(r.address)
                                       and p.state in ('sent', 'delivered', 'read')
                                   where n.account_id = o.account_id and n.conversation_id = o.conversation_id and n.id > o.id
                                       and n.data ? 'forward_of' = o.data ? 'forward_of')))
               order by f.message_id desc for update of f
           ), changed as (
               update dispatch d set dealt_with = jsonb_build_object(
                   'how', case when v.is_instead then 'elsewhere' else 'answered' end, 'message_id', v.by_id::text, 'at', now())
               from over v where d.account_id = v.account_id and d.message_id = v.message_id
           ), counted as (
               update conversation c set failed_count = greatest(0, failed_count - v.number)
               from (select account_id, conversation_id, count(*) as number from over group by 1, 2) v
               where c.account_id = v.account_id and c.id = v.conversation_id
           )
           insert into event (account_id, type, inbox_id, conversation_id, data)
           select v.account_id, 'message.changed', c.inbox_id, c.id, jsonb_build_object('message_id', v.message_id, 'of', 'dispatch')
           from over v join conversation c on c.account_id = v.account_id and c.id = v.conversation_id""",
        {"account": account_id, "messages": list(message_ids)},
    )

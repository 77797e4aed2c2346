"""SQL of the queue on the road out, which is the table `dispatch` itself: what is due, who has it, how it left. In batches, because a round trip
and a commit cost more than the rows. Read it beside `work.py`, the loop that calls it, and `core/conversations/send.py`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from innboks.lib.db import Connection, fetch_all

THREAD_MAX = 30
"""How many of the messages before it an answer can refer to."""


class Claimed(msgspec.Struct, kw_only=True):
    """A message to send, with everything the channel needs. `was` is the state before the claim; `is_blocked`: its contact was blocked meanwhile."""

    account_id: int
    message_id: int
    was: str
    attempts: int
    queued_at: datetime
    created_at: datetime
    conversation_id: int
    channel_account_id: int
    inbox_id: int
    author_id: int
    author_name: str
    first_name: str
    last_name: str
    text: str
    html: str
    quoted: str
    subject: str
    external_id: str | None
    external_thread_id: str | None
    recipients: list[dict[str, Any]]
    open_addresses: list[str]
    has_attachments: bool
    is_blocked: bool
    thread: list[list[str]]
    """[external id, direction] of the messages before this one, oldest first: what the answer refers to. Another channel's ids mean nothing
    on this one."""


_ON_ITS_WAY = "{0}.state in ('queued', 'sending') and {0}.lane is not null and ({0}.held_for is null or {0}.held_for = 'undo')"
"""As the index dispatch_lane has it. What waits for a time, a decision or the channel holds up nobody."""

_CLAIM = f"""
with taken as (
    {{taken}}
), changed as (
    update dispatch d set state = 'sending', claimed_at = now(), claimed_by = %(worker)s, attempts = d.attempts + 1, next_try_at = null,
        held_for = null, held_until = null
    from taken t where d.account_id = t.account_id and d.message_id = t.message_id
)
select t.account_id, t.message_id, t.state as was, t.attempts, t.created_at as queued_at, m.created_at, m.conversation_id, m.channel_account_id,
    c.inbox_id, m.author_id, u.name as author_name, u.first_name, u.last_name,
    case when m.data ? 'forward_of' then concat_ws(E'\\n\\n', m.text, nullif(m.quoted, '')) else m.text end as text,
    case when m.data ? 'forward_of' then '' else m.quoted end as quoted, m.html, m.subject, m.external_id,
    case when m.channel_account_id = c.channel_account_id then c.external_thread_id end as external_thread_id, m.recipients,
    array(select r.address from dispatch_recipient r where r.account_id = m.account_id and r.message_id = m.id and r.state = 'queued')
        as open_addresses, m.has_attachments,
    not m.data ? 'forward_of' and exists (
        select 1 from contact p where p.account_id = c.account_id and p.id = c.contact_id and p.blocked_at is not null) as is_blocked,
    (select coalesce(jsonb_agg(jsonb_build_array(external_id, direction) order by id), '[]') from (
        select id, external_id, direction from message
        where account_id = m.account_id and conversation_id = m.conversation_id and id < m.id and external_id is not null
            and type in ('message', 'reply') and (channel_account_id = m.channel_account_id or channel_account_id in (
                select a.id from channel_account a join channel_account own on own.account_id = a.account_id and own.kind = a.kind
                where own.account_id = m.account_id and own.id = m.channel_account_id))
        order by id desc limit {THREAD_MAX}) newest) as thread
from taken t
cross join lateral (select * from message where account_id = t.account_id and id = t.message_id limit 1) m
cross join lateral (select * from conversation where account_id = m.account_id and id = m.conversation_id limit 1) c
cross join lateral (select * from app_user where account_id = m.account_id and id = m.author_id limit 1) u"""

_TAKE = _CLAIM.format(
    taken=f"""
    select d.* from dispatch d
    where d.state = 'queued' and d.lane is not null and (d.held_for is null or d.held_for = 'undo')
        and coalesce(d.next_try_at, d.held_until, d.created_at) <= %(now)s
        and not exists (select 1 from dispatch e where e.account_id = d.account_id and e.lane = d.lane and e.message_id < d.message_id
            and {_ON_ITS_WAY.format("e")})
    order by coalesce(d.next_try_at, d.held_until, d.created_at), d.message_id limit {{limit:d}} for update of d skip locked"""
)

_TAKE_ONE = _CLAIM.format(
    taken="""
    select d.* from dispatch d where d.account_id = %(account)s and d.message_id = %(message)s and d.state in ('queued', 'sending')
        and (d.held_for is null or d.held_for = 'undo' and d.held_until <= %(now)s) for update"""
)


async def take(conn: Connection, worker: str, now: datetime, limit: int) -> list[Claimed]:
    """Takes what is due, at most `limit` (one of a few numbers: the statement is planned for each), the longest due first; of each lane only its
    first, and none of a lane in which one is under way. One statement, so that only one worker can have a message, or the person who takes it back."""
    cursor = await conn.execute(_TAKE.format(limit=limit), {"worker": worker, "now": now}, prepare=True)
    return await fetch_all(cursor, Claimed)


async def take_one(conn: Connection, account_id: int, message_id: int, worker: str, now: datetime) -> Claimed | None:
    """Takes this queued message, or one found *sending* because its worker died; None when there is nothing to do (yet)."""
    cursor = await conn.execute(_TAKE_ONE, {"account": account_id, "message": message_id, "worker": worker, "now": now})
    found = await fetch_all(cursor, Claimed)
    return found[0] if found else None


async def undo_ends_at(conn: Connection, account_id: int, message_id: int) -> datetime | None:
    """Until when a message can still be taken back; None when it is not held for that."""
    cursor = await conn.execute(
        "select held_until from dispatch where account_id = %s and message_id = %s and state = 'queued' and held_for = 'undo'",
        (account_id, message_id),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


class Left(msgspec.Struct):
    """A claimed message that the provider took for everybody it was sent to."""

    account_id: int
    conversation_id: int
    message_id: int
    external_ids: list[str]
    sent_at: datetime


_SETTLE_SENT = """
with given as (
    select * from unnest(%(accounts)s::bigint[], %(conversations)s::bigint[], %(messages)s::bigint[], %(times)s::timestamptz[])
        as given (account_id, conversation_id, message_id, sent_at)
), before as (
    select g.*, d.state from given g join dispatch d on d.account_id = g.account_id and d.message_id = g.message_id
    order by g.message_id for update of d
), arrived as (
    update dispatch_recipient r set state = 'sent', reason = '', code = '', at = now()
    from given g where r.account_id = g.account_id and r.message_id = g.message_id and r.state not in ('delivered', 'read', 'failed')
), ended as (
    select b.*, b.state as was, case
        when b.state in ('delivered', 'read') then b.state
        when exists (select 1 from dispatch_recipient r where r.account_id = b.account_id and r.message_id = b.message_id)
            and not exists (select 1 from dispatch_recipient r where r.account_id = b.account_id and r.message_id = b.message_id and r.state <> 'failed')
            then 'failed'
        else 'sent' end as becomes
    from before b
), changed as (
    update dispatch d set state = e.becomes, reason = '', code = '', next_try_at = null, held_for = null, settled_at = now()
    from ended e where d.account_id = e.account_id and d.message_id = e.message_id
), names as (
    select * from unnest(%(name_accounts)s::bigint[], %(name_messages)s::bigint[], %(names)s::text[], %(firsts)s::boolean[])
        as names (account_id, message_id, external_id, is_first)
), left_at as (
    update message m set sent_at = g.sent_at, external_id = coalesce(m.external_id, (
        select n.external_id from names n where n.account_id = m.account_id and n.message_id = m.id and n.is_first))
    from given g where m.account_id = g.account_id and m.id = g.message_id
), named as (
    insert into message_reference (account_id, external_id, message_id, is_own)
    select account_id, external_id, message_id, true from names
    on conflict (account_id, external_id, message_id) do update set is_own = true
), counted as (
    update conversation c set failed_count = failed_count + f.number
    from (select account_id, conversation_id, count(*) as number from ended where becomes = 'failed' and was <> 'failed' group by 1, 2) f
    where c.account_id = f.account_id and c.id = f.conversation_id
), places as (
    select g.account_id, g.message_id, c.id, c.inbox_id, c.failed_count from given g
    cross join lateral (select id, inbox_id, failed_count from conversation where account_id = g.account_id and id = g.conversation_id limit 1) c
), told as (
    insert into event (account_id, type, inbox_id, conversation_id, data)
    select account_id, 'message.changed', inbox_id, id, jsonb_build_object('message_id', message_id, 'of', 'dispatch') from places
)
select p.account_id, p.message_id from places p join ended e on e.account_id = p.account_id and e.message_id = p.message_id
where p.failed_count > 0 and e.becomes <> 'failed'"""


async def settle_sent(conn: Connection, left: Sequence[Left]) -> list[tuple[int, int]]:
    """The provider took these: what `add_references`, `settle_recipients` and `settle` would write for each, in one statement for all. What a
    receipt or a bounce said meanwhile stays, and where a bounce was for everybody, the message has failed.
    Returns (account, message) of those that got through in conversations in which an answer had failed before."""
    named = [(one, name, nth == 0) for one in left for nth, name in enumerate(dict.fromkeys(one.external_ids))]
    cursor = await conn.execute(
        _SETTLE_SENT,
        {
            "accounts": _ids(one.account_id for one in left),
            "conversations": _ids(one.conversation_id for one in left),
            "messages": _ids(one.message_id for one in left),
            "times": [one.sent_at for one in left],
            "name_accounts": _ids(one.account_id for one, _, _ in named),
            "name_messages": _ids(one.message_id for one, _, _ in named),
            "names": [name for _, name, _ in named],
            "firsts": [is_first for _, _, is_first in named],
        },
        prepare=True,
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


def _ids(numbers: Iterable[int]) -> str:
    """An array written by hand: the driver asks each number of a list for its type, and makes another statement for each size of numbers."""
    return "{" + ",".join(map(str, numbers)) + "}"


async def take_over(conn: Connection, worker: str, silent_s: float, limit: int) -> list[tuple[int, int]]:
    """(account, message) of what workers were sending that have not been heard of for so long; from now on they are this worker's."""
    cursor = await conn.execute(
        f"""update dispatch d set claimed_by = %(worker)s, claimed_at = now() from (
               select account_id, message_id from dispatch s where state = 'sending' and lane is not null and claimed_by is distinct from %(worker)s
                   and not exists (select 1 from procrastinate_workers w
                       where w.id::text = s.claimed_by and w.last_heartbeat > now() - make_interval(secs => %(silent)s::float8))
               order by message_id limit {limit:d} for update skip locked) lost
           where d.account_id = lost.account_id and d.message_id = lost.message_id returning d.account_id, d.message_id""",
        {"worker": worker, "silent": silent_s},
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def held_by(conn: Connection, worker: str) -> list[tuple[int, int]]:
    """(account, message) of what this worker is said to be sending."""
    cursor = await conn.execute("select account_id, message_id from dispatch where state = 'sending' and claimed_by = %s", (worker,))
    return [(row[0], row[1]) for row in await cursor.fetchall()]

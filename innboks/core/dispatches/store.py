"""SQL of the road out: what is queued, who works on it, how it ended. Read it beside `core/conversations/send.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_one


class ReplyGround(msgspec.Struct, kw_only=True):
    """What *write* must know of a conversation before it accepts an answer. `last_external_id` is the newest message from outside (or of ours)
    that the answer refers to; `reply_to`, `sender`, `recipients` are those of the newest message from outside."""

    inbox_id: int
    channel_account_id: int
    kind: str
    can_send: bool
    is_archived: bool
    status: str
    assignee_id: int | None
    subject: str
    party_address: str
    contact_id: int | None
    last_message_id: int
    received_id: int | None
    received_at: datetime | None
    sender: dict[str, Any] | None
    reply_to: list[dict[str, Any]] | None
    recipients: list[dict[str, Any]] | None
    new_message_id: int
    known_message_id: int | None = None


async def ground(
    conn: Connection, account_id: int, conversation_id: int, user_id: int | None = None, client_id: str | None = None
) -> ReplyGround | None:
    """None when there is no such conversation. `known_message_id`: what this user already posted under this client id."""
    cursor = await conn.execute(
        """select c.inbox_id, c.channel_account_id, a.kind, a.is_active and a.is_authorized as can_send, a.archived_at is not null as is_archived,
                  c.status, c.assignee_id, c.subject, c.party_address, c.contact_id, c.last_message_id,
                  m.id as received_id, m.created_at as received_at, m.sender, m.reply_to, m.recipients,
                  nextval('message_id_seq') as new_message_id,
                  (select k.id from message k where k.account_id = c.account_id and k.author_id = %s::bigint and k.client_id = %s::text)
                      as known_message_id
           from conversation c
           join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id
           left join lateral (select * from message where account_id = c.account_id and id = c.last_received_id limit 1) m on true
           where c.account_id = %s and c.id = %s""",
        (user_id, client_id, account_id, conversation_id),
    )
    return await fetch_one(cursor, ReplyGround)


async def find_client_id(conn: Connection, account_id: int, user_id: int, client_id: str) -> int | None:
    """The message that this user already posted under this client id."""
    cursor = await conn.execute(
        "select id from message where account_id = %s and author_id = %s and client_id = %s", (account_id, user_id, client_id)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


_RECORD = """
with new_message as (
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, sender, recipients, subject, text, html,
        has_attachments, external_id, client_id, sent_at, created_at)
    values (%(account)s, %(message)s, %(conversation)s, %(channel)s, %(type)s, %(direction)s, %(author)s, %(sender)s, %(recipients)s, %(subject)s,
        %(text)s, %(html)s, %(has_attachments)s, %(external)s, %(client)s, %(sent_at)s, %(at)s)
), new_dispatch as (
    insert into dispatch (account_id, message_id, state, held_for, settled_at, created_at)
    select %(account)s, %(message)s, %(state)s, %(held_for)s, %(sent_at)s::timestamptz, %(at)s where %(is_reply)s
), new_recipients as (
    insert into dispatch_recipient (account_id, message_id, address, role, state, at)
    select %(account)s, %(message)s, address, role, 'queued', %(at)s
    from unnest(%(addresses)s::text[], %(roles)s::text[]) as given (address, role) where %(is_reply)s
), own_reference as (
    insert into message_reference (account_id, external_id, message_id, is_own)
    select %(account)s, %(external)s, %(message)s, true where %(external)s::text is not null
), conversation_changed as (
    update conversation set
        message_count = message_count + 1,
        last_message_id = %(message)s,
        last_message_at = case when %(is_reply)s then %(at)s else last_message_at end,
        last_direction = case when %(is_reply)s then 'out' else last_direction end,
        preview = case when %(is_reply)s then %(preview)s else preview end,
        waiting_since = case when %(is_reply)s then null else waiting_since end,
        assignee_id = case when %(is_reply)s then coalesce(assignee_id, %(author)s) else assignee_id end
    where account_id = %(account)s and id = %(conversation)s
), now_read as (
    insert into read_state (account_id, user_id, conversation_id, message_id) values (%(account)s, %(author)s, %(conversation)s, %(message)s)
    on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id, at = now()
), draft_gone as (
    delete from draft where account_id = %(account)s and conversation_id = %(conversation)s and user_id = %(author)s and mode = %(mode)s
)
insert into event (account_id, type, inbox_id, conversation_id, data)
values (%(account)s, 'message.added', %(inbox)s, %(conversation)s, %(event)s)"""


async def record(conn: Connection, values: Mapping[str, Any]) -> None:
    """Everything that one written message changes, in one statement (R-551: the first to reply becomes the assignee)."""
    await conn.execute(_RECORD, values)


class Claimed(msgspec.Struct, kw_only=True):
    """A message to send, with everything the channel needs. `was` is the state before the claim."""

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
    subject: str
    external_id: str | None
    external_thread_id: str | None
    recipients: list[dict[str, Any]]
    open_addresses: list[str]


async def claim(conn: Connection, account_id: int, message_id: int, worker: str) -> Claimed | None:
    """Takes a queued message, or one found *sending* because its worker died; None when there is nothing to do. The row stays locked until
    the commit, so that only one worker can have it."""
    cursor = await conn.execute(
        """with taken as (
               select d.* from dispatch d where d.account_id = %(account)s and d.message_id = %(message)s and d.state in ('queued', 'sending')
                   and d.held_for is null for update
           ), changed as (
               update dispatch d set state = 'sending', claimed_at = now(), claimed_by = %(worker)s, attempts = d.attempts + 1, next_try_at = null
               from taken t where d.account_id = t.account_id and d.message_id = t.message_id
           )
           select t.state as was, t.attempts, t.created_at as queued_at, m.created_at, m.conversation_id, m.channel_account_id, c.inbox_id, m.author_id,
               u.name as author_name, u.first_name, u.last_name, m.text, m.html, m.subject, m.external_id, c.external_thread_id, m.recipients,
               array(select r.address from dispatch_recipient r where r.account_id = m.account_id and r.message_id = m.id and r.state = 'queued')
                   as open_addresses
           from taken t
           cross join lateral (select * from message where account_id = t.account_id and id = t.message_id limit 1) m
           cross join lateral (select * from conversation where account_id = m.account_id and id = m.conversation_id limit 1) c
           join app_user u on u.account_id = m.account_id and u.id = m.author_id""",
        {"account": account_id, "message": message_id, "worker": worker},
    )
    return await fetch_one(cursor, Claimed)


async def thread_of(
    conn: Connection, account_id: int, conversation_id: int, before_message_id: int, limit: int = 30
) -> list[tuple[str, str]]:
    """(external id, direction) of the messages before this one, oldest first: what the answer refers to."""
    cursor = await conn.execute(
        """select external_id, direction from (
               select id, external_id, direction from message
               where account_id = %s and conversation_id = %s and id < %s and external_id is not null and type in ('message', 'reply')
               order by id desc limit %s) newest order by id""",
        (account_id, conversation_id, before_message_id, limit),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def settle(
    conn: Connection,
    account_id: int,
    message_id: int,
    *,
    state: str,
    reason: str = "",
    code: str = "",
    next_try_at: datetime | None = None,
    held_for: str | None = None,
    sent_at: datetime | None = None,
) -> None:
    """Writes how a try ended; also on the conversation's count of failed messages, and as an event."""
    await conn.execute(
        """with before as (
               select d.state, m.conversation_id, c.inbox_id from dispatch d
               cross join lateral (select * from message where account_id = d.account_id and id = d.message_id limit 1) m
               cross join lateral (select inbox_id from conversation where account_id = m.account_id and id = m.conversation_id limit 1) c
               where d.account_id = %(account)s and d.message_id = %(message)s
           ), changed as (
               update dispatch set state = %(state)s, reason = %(reason)s, code = %(code)s, next_try_at = %(next)s, held_for = %(held)s,
                   settled_at = case when %(state)s in ('queued', 'sending') then null else now() end
               where account_id = %(account)s and message_id = %(message)s
           ), left_at as (
               update message set sent_at = %(sent_at)s::timestamptz
               where account_id = %(account)s and id = %(message)s and %(sent_at)s::timestamptz is not null
           ), counted as (
               update conversation c set failed_count = greatest(0, failed_count + delta)
               from (select conversation_id, (%(state)s in ('failed', 'uncertain'))::int - (state in ('failed', 'uncertain'))::int as delta from before) d
               where c.account_id = %(account)s and c.id = d.conversation_id and d.delta <> 0
           )
           insert into event (account_id, type, inbox_id, conversation_id, data)
           select %(account)s, 'message.changed', inbox_id, conversation_id, %(event)s from before""",
        {
            "account": account_id,
            "message": message_id,
            "state": state,
            "reason": reason,
            "code": code,
            "next": next_try_at,
            "held": held_for,
            "sent_at": sent_at,
            "event": Jsonb({"message_id": message_id}),
        },
    )


async def settle_recipients(
    conn: Connection,
    account_id: int,
    message_id: int,
    *,
    state: str,
    addresses: Sequence[str] | None = None,
    reason: str = "",
    code: str = "",
) -> int:
    """Sets the state of these recipients (all when None). What arrived or was read stays so when an older word comes late."""
    cursor = await conn.execute(
        """update dispatch_recipient set state = %(state)s, reason = %(reason)s, code = %(code)s, at = now()
           where account_id = %(account)s and message_id = %(message)s and (%(addresses)s::text[] is null or lower(address) = any(%(addresses)s::text[]))
             and not (%(state)s in ('sent', 'delayed') and state in ('delivered', 'read', 'failed'))
             and not (%(state)s = 'delivered' and state = 'read')""",
        {
            "account": account_id,
            "message": message_id,
            "state": state,
            "reason": reason,
            "code": code,
            "addresses": None if addresses is None else [one.lower() for one in addresses],
        },
    )
    return cursor.rowcount


async def recipient_states(conn: Connection, account_id: int, message_id: int) -> list[str]:
    cursor = await conn.execute("select state from dispatch_recipient where account_id = %s and message_id = %s", (account_id, message_id))
    return [row[0] for row in await cursor.fetchall()]


async def add_references(conn: Connection, account_id: int, message_id: int, external_ids: Sequence[str]) -> None:
    """Ids by which answers and receipts will name this message; the first becomes its external id when it has none yet."""
    await conn.execute(
        """with own as (
               insert into message_reference (account_id, external_id, message_id, is_own)
               select %(account)s, id, %(message)s, true from unnest(%(ids)s::text[]) as given (id)
               on conflict (account_id, external_id, message_id) do update set is_own = true
           )
           update message set external_id = (%(ids)s::text[])[1] where account_id = %(account)s and id = %(message)s and external_id is null""",
        {"account": account_id, "message": message_id, "ids": list(external_ids)},
    )


class Found(msgspec.Struct, kw_only=True):
    """A message of ours that a receipt speaks of."""

    message_id: int
    conversation_id: int
    inbox_id: int
    state: str
    addresses: list[str]


async def find_sent(conn: Connection, account_id: int, external_ids: Sequence[str]) -> Found | None:
    """The message of ours with one of these ids, its dispatch row locked."""
    cursor = await conn.execute(
        """select m.id as message_id, m.conversation_id, c.inbox_id, d.state,
                  array(select r.address from dispatch_recipient r where r.account_id = m.account_id and r.message_id = m.id) as addresses
           from message_reference x
           join message m on m.account_id = x.account_id and m.id = x.message_id
           join dispatch d on d.account_id = m.account_id and d.message_id = m.id
           join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
           where x.account_id = %s and x.external_id = any(%s) and x.is_own
           order by m.id desc limit 1 for update of d""",
        (account_id, list(external_ids)),
    )
    return await fetch_one(cursor, Found)


async def lock(conn: Connection, account_id: int, message_id: int) -> str | None:
    """The state, with the dispatch held until the commit; None when this message is not one that is sent."""
    cursor = await conn.execute("select state from dispatch where account_id = %s and message_id = %s for update", (account_id, message_id))
    row = await cursor.fetchone()
    return row[0] if row else None


async def release_held(conn: Connection, account_id: int, channel_account_id: int) -> list[tuple[int, int]]:
    """(message id, conversation id) of the replies that waited for this connection, oldest first, free to go now."""
    cursor = await conn.execute(
        """with freed as (
               update dispatch d set held_for = null, next_try_at = null from message m
               where m.account_id = d.account_id and m.id = d.message_id and d.account_id = %s and m.channel_account_id = %s and d.held_for is not null
               returning d.message_id, m.conversation_id)
           select message_id, conversation_id from freed order by message_id""",
        (account_id, channel_account_id),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def stranded(conn: Connection, older_than_s: float, limit: int) -> list[tuple[int, int, int]]:
    """(account, message, conversation) of messages that should be on their way but have no job: the net under the queue."""
    cursor = await conn.execute(
        """select d.account_id, d.message_id, m.conversation_id from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
           where d.state in ('queued', 'sending') and d.held_for is null
             and greatest(d.created_at, d.claimed_at, d.next_try_at) < now() - make_interval(secs => %s::float8)
             and not exists (select 1 from procrastinate_jobs j
                             where j.lock = 'conversation:' || d.account_id || ':' || m.conversation_id and j.status in ('todo', 'doing')
                               and (j.args ->> 'message_id')::bigint = d.message_id)
           order by d.message_id limit %s""",
        (older_than_s, limit),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def start_again(conn: Connection, account_id: int, message_id: int) -> None:
    """Queued as if new, for the recipients who did not get it."""
    await conn.execute(
        "update dispatch_recipient set state = 'queued', reason = '', code = '', at = now() where account_id = %s and message_id = %s and state = 'failed'",
        (account_id, message_id),
    )
    await settle(conn, account_id, message_id, state="queued")
    await conn.execute(
        "update dispatch set attempts = 0, created_at = now() where account_id = %s and message_id = %s", (account_id, message_id)
    )

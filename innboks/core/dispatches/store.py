"""SQL of the road out: what is written down with a message that leaves, and how it ended. Read next: `store_queue.py`, how the workers take it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_all, fetch_one


class ReplyGround(msgspec.Struct, kw_only=True):
    """What *write* must know of a conversation before it accepts an answer. `last_external_id` is the newest message from outside (or of ours)
    that the answer refers to; `reply_to`, `sender`, `recipients` are those of the newest message from outside.
    `is_assignee_only`: in its inbox only the assignee answers what is assigned."""

    inbox_id: int
    channel_account_id: int
    kind: str
    can_send: bool
    is_archived: bool
    status: str
    assignee_id: int | None
    is_assignee_only: bool
    subject: str
    party_address: str
    contact_id: int | None
    last_message_id: int
    received_id: int | None
    sender: dict[str, Any] | None
    reply_to: list[dict[str, Any]] | None
    recipients: list[dict[str, Any]] | None
    undo_send_s: int | None
    merged_into_id: int | None
    new_message_id: int
    known_message_id: int | None = None
    is_blocked: bool = False


async def ground(
    conn: Connection,
    account_id: int,
    conversation_id: int,
    user_id: int | None = None,
    client_id: str | None = None,
    *,
    is_alone: bool = False,
) -> ReplyGround | None:
    """None when there is no such conversation. `known_message_id`: what this user already posted under this client id. With `is_alone`, nobody
    else adds to the conversation until the commit: so of two who answer at once, the second learns of the first."""
    cursor = await conn.execute(
        f"""select c.inbox_id, c.channel_account_id, a.kind, a.is_active and a.is_authorized and a.may_send as can_send, a.archived_at is not null as is_archived,
                  c.status, c.assignee_id, i.is_assignee_only, c.subject, c.party_address, c.contact_id, c.last_message_id,
                  c.merged_into_id, m.id as received_id, m.sender, m.reply_to, m.recipients,
                  (select (settings ->> 'undo_send_s')::integer from account where id = c.account_id) as undo_send_s,
                  nextval('message_id_seq') as new_message_id,
                  (select k.id from message k where k.account_id = c.account_id and k.author_id = %s::bigint and k.client_id = %s::text)
                      as known_message_id,
                  exists (select 1 from contact p where p.account_id = c.account_id and p.id = c.contact_id and p.blocked_at is not null) as is_blocked
           from conversation c
           join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id
           join inbox i on i.account_id = c.account_id and i.id = c.inbox_id
           left join lateral (select * from message where account_id = c.account_id and id = c.last_received_id limit 1) m on true
           where c.account_id = %s and c.id = %s {"for update of c" if is_alone else ""}""",
        (user_id, client_id, account_id, conversation_id),
        prepare=True,
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
with standing as (
    select account_id, id, assignee_id from conversation
    where account_id = %(account)s and id = %(conversation)s and merged_into_id is null
        and (not %(by_assignee)s or assignee_id is null or assignee_id = %(author)s) for no key update
), took as (
    select nextval('message_id_seq') as line_id from standing where %(is_answer)s and assignee_id is null
), line as (
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, data, created_at)
    select %(account)s, line_id, %(conversation)s, %(channel)s, 'system', 'none', %(author)s, jsonb_build_object(
        'event', 'assigned', 'from', null, 'to', %(author)s::bigint::text, 'reason', 'reply', 'message_id', %(message)s::bigint::text), %(at)s from took
), new_message as (
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, sender, recipients, subject, text, html,
        quoted, data, has_attachments, external_id, client_id, was_id, sent_at, created_at)
    select %(account)s, %(message)s, id, %(channel)s, %(type)s, %(direction)s, %(author)s, %(sender)s, %(recipients)s, %(subject)s,
        %(text)s, %(html)s, %(quoted)s, %(data)s, %(has_attachments)s, %(external)s, %(client)s, %(was)s, %(sent_at)s, %(at)s from standing
), new_dispatch as (
    insert into dispatch (account_id, message_id, lane, state, held_for, held_until, is_sent_even_if_answered, effects, settled_at, created_at)
    select %(account)s, %(message)s, case when %(goes)s then %(conversation)s::bigint end, %(state)s, %(held_for)s, %(held_until)s::timestamptz, %(even_if_answered)s,
        coalesce((select jsonb_build_object('took', line_id) from took), '{}'), %(sent_at)s::timestamptz, %(at)s from standing where %(is_reply)s
), new_recipients as (
    insert into dispatch_recipient (account_id, message_id, address, role, state, at)
    select %(account)s, %(message)s, address, role, 'queued', %(at)s
    from standing, unnest(%(addresses)s::text[], %(roles)s::text[]) as given (address, role) where %(is_reply)s
), own_reference as (
    insert into message_reference (account_id, external_id, message_id, is_own)
    select %(account)s, %(external)s, %(message)s, true from standing where %(external)s::text is not null
), conversation_changed as (
    update conversation c set
        message_count = message_count + 1 + (select count(*) from took),
        last_message_id = %(message)s,
        last_type = %(type)s,
        last_author_id = %(author)s,
        is_last_forward = %(data)s ? 'forward_of',
        last_comment = comment_start(%(type)s, %(text)s),
        last_message_at = case when %(is_answer)s then %(at)s else last_message_at end,
        last_direction = case when %(is_answer)s then 'out' else last_direction end,
        preview = case when %(is_answer)s then %(preview)s else preview end,
        waiting_since = case when %(is_answer)s then null else waiting_since end,
        assignee_id = case when %(is_answer)s then coalesce(c.assignee_id, %(author)s) else c.assignee_id end
    from standing where c.account_id = standing.account_id and c.id = standing.id
), now_read as (
    insert into read_state (account_id, user_id, conversation_id, message_id)
    select %(account)s, %(author)s, id, %(message)s from standing where %(is_here)s
    on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id, at = now()
), draft_gone as (
    delete from draft where account_id = %(account)s and conversation_id = %(conversation)s and user_id = %(author)s and mode = %(mode)s and %(is_here)s
        and exists (select from standing)
), told as (
    insert into event (account_id, type, inbox_id, conversation_id, data)
    select %(account)s, 'message.added', %(inbox)s, %(conversation)s, jsonb_build_object('message_id', id)
    from (select %(message)s::bigint as id from standing union all select line_id from took) added order by id
)
select 1 from standing"""


async def record(conn: Connection, values: Mapping[str, Any]) -> bool:
    """Everything that one written message changes, in one statement (R-551: the first to reply becomes the assignee, and a line below the answer
    says so, R-560; its id is kept as the effect "took"). `is_answer`: it counts as our word to the customer (a forward does not, nor what leaves
    later). `is_here`: its author is looking at the conversation. `goes`: the workers take it when its time comes (`store_queue.py`).

    False, and nothing written, when the conversation was merged into another one, or deleted, since it was read; with `by_assignee` also when somebody
    else got it."""
    return (await conn.execute(_RECORD, values, prepare=True)).rowcount > 0


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
    """Writes how a try ended; also on the conversation's count of failed messages, and as an event. What was dealt with stays so when it is told again
    that it failed, and no longer when it is tried anew."""
    await conn.execute(
        """with before as (
               select d.state, d.dealt_with, m.conversation_id, c.inbox_id from dispatch d
               cross join lateral (select * from message where account_id = d.account_id and id = d.message_id limit 1) m
               cross join lateral (select inbox_id from conversation where account_id = m.account_id and id = m.conversation_id limit 1) c
               where d.account_id = %(account)s and d.message_id = %(message)s
           ), changed as (
               update dispatch set state = %(state)s, reason = %(reason)s, code = %(code)s, next_try_at = %(next)s, held_for = %(held)s,
                   dealt_with = case when state = 'failed' and %(state)s = 'failed' then dealt_with end,
                   settled_at = case when %(state)s in ('queued', 'sending') then null else now() end
               where account_id = %(account)s and message_id = %(message)s
           ), left_at as (
               update message set sent_at = %(sent_at)s::timestamptz
               where account_id = %(account)s and id = %(message)s and %(sent_at)s::timestamptz is not null
           ), counted as (
               update conversation c set failed_count = greatest(0, failed_count + delta)
               from (select conversation_id,
                       (%(state)s in ('failed', 'uncertain') and not (state = 'failed' and %(state)s = 'failed' and dealt_with is not null))::int
                       - (state in ('failed', 'uncertain') and dealt_with is null)::int as delta from before) d
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
            "event": Jsonb({"message_id": message_id, "of": "dispatch"}),
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


_FOUND = """select m.id as message_id, m.conversation_id, c.inbox_id, d.state,
           array(select r.address from dispatch_recipient r where r.account_id = m.account_id and r.message_id = m.id) as addresses
       from message m
       join dispatch d on d.account_id = m.account_id and d.message_id = m.id
       join conversation c on c.account_id = m.account_id and c.id = m.conversation_id"""


async def find_sent(conn: Connection, account_id: int, external_ids: Sequence[str]) -> Found | None:
    """The message of ours with one of these ids, its dispatch row locked."""
    cursor = await conn.execute(
        f"""{_FOUND} join message_reference x on x.account_id = m.account_id and x.message_id = m.id
            where x.account_id = %s and x.external_id = any(%s) and x.is_own
            order by m.id desc limit 1 for update of d""",
        (account_id, list(external_ids)),
    )
    return await fetch_one(cursor, Found)


async def get_sent(conn: Connection, account_id: int, message_id: int) -> Found | None:
    """The same by our own id."""
    cursor = await conn.execute(f"{_FOUND} where m.account_id = %s and m.id = %s for update of d", (account_id, message_id))
    return await fetch_one(cursor, Found)


SENT_TO_MAX = 200


class SentTo(msgspec.Struct, kw_only=True):
    """A message that went, or may have gone, to somebody; `sent_at` None: that is not known."""

    message_id: int
    created_at: datetime
    sent_at: datetime | None


async def sent_to(
    conn: Connection,
    account_id: int,
    channel_account_id: int,
    address: str,
    *,
    since: datetime,
    until: datetime,
    conversation_id: int | None = None,
    limit: int = 20,
) -> list[SentTo]:
    """The newest messages of this channel account to this address that left in that time; with `conversation_id` only those in it, or in the one it
    was merged into. Among the newest to the address alone: whoever writes such reports must not have years of mail read."""
    cursor = await conn.execute(
        f"""select m.id as message_id, m.created_at, m.sent_at
           from (select account_id, message_id, state from dispatch_recipient
                 where account_id = %(account)s and lower(address) = %(address)s order by message_id desc limit {SENT_TO_MAX}) r
           cross join lateral (select state from dispatch where account_id = r.account_id and message_id = r.message_id limit 1) d
           cross join lateral (select * from message where account_id = r.account_id and id = r.message_id limit 1) m
           where m.channel_account_id = %(channel)s
             and (r.state <> 'queued' or d.state in ('sending', 'uncertain'))
             and coalesce(m.sent_at, m.created_at) between %(since)s and %(until)s
             and (%(conversation)s::bigint is null or m.conversation_id = %(conversation)s or m.conversation_id = (
                 select c.merged_into_id from conversation c where c.account_id = %(account)s and c.id = %(conversation)s))
           order by r.message_id desc limit %(limit)s""",
        {
            "account": account_id,
            "channel": channel_account_id,
            "address": address.lower(),
            "since": since,
            "until": until,
            "conversation": conversation_id,
            "limit": limit,
        },
    )
    return await fetch_all(cursor, SentTo)


async def lock(conn: Connection, account_id: int, message_id: int) -> str | None:
    """The state, with the dispatch held until the commit; None when this message is not one that is sent."""
    cursor = await conn.execute("select state from dispatch where account_id = %s and message_id = %s for update", (account_id, message_id))
    row = await cursor.fetchone()
    return row[0] if row else None


async def is_blocked(conn: Connection, account_id: int, conversation_id: int) -> bool:
    """Is the contact of this conversation blocked?"""
    cursor = await conn.execute(
        """select 1 from conversation c join contact p on p.account_id = c.account_id and p.id = c.contact_id and p.blocked_at is not null
           where c.account_id = %s and c.id = %s""",
        (account_id, conversation_id),
    )
    return await cursor.fetchone() is not None


async def release_held(conn: Connection, account_id: int, channel_account_id: int) -> None:
    """The replies that waited for this connection are free to go now."""
    await conn.execute(
        """update dispatch d set held_for = null, next_try_at = null from message m
           where m.account_id = d.account_id and m.id = d.message_id and d.account_id = %s and m.channel_account_id = %s and d.held_for = 'connection'""",
        (account_id, channel_account_id),
    )


async def release_if_back(conn: Connection, account_id: int, channel_account_id: int) -> bool:
    """Frees what was put aside for a connection that came back in the same moment. `for share` waits for whoever is writing its health: either
    they see what was put aside, or this sees that the connection is back. Returns whether it is."""
    cursor = await conn.execute(
        """select is_active and is_authorized and may_send and archived_at is null from channel_account
           where account_id = %s and id = %s for share""",
        (account_id, channel_account_id),
    )
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return False
    await release_held(conn, account_id, channel_account_id)
    return True


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


# ── what write asks before it records ────────────────────────────────────────────────────────────────────────────────────────


async def newer(
    conn: Connection, account_id: int, conversation_id: int, after_id: int, user_id: int, limit: int = 20
) -> list[dict[str, Any]]:
    """What others wrote into a conversation after this message, oldest first: shortly, as it may be shown beside a refusal."""
    cursor = await conn.execute(
        """select id::text, type, direction, coalesce(sender ->> 'name', nullif(sender ->> 'address', ''), ''), left(text, 200), created_at
           from message
           where account_id = %s and conversation_id = %s and id > %s and type in ('message', 'reply', 'comment') and author_id is distinct from %s
           order by id limit %s""",
        (account_id, conversation_id, after_id, user_id, limit),
    )
    names = ("id", "type", "direction", "author", "text", "created_at")
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


async def address_there(conn: Connection, account_id: int, contact_id: int, type: str, scope_id: int) -> str | None:
    """An address of this contact that such a channel can reach; the newest when there are several."""
    cursor = await conn.execute(
        """select value from contact_identity where account_id = %s and contact_id = %s and type = %s and scope_id = %s
           order by created_at desc, value limit 1""",
        (account_id, contact_id, type, scope_id),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def heard_at(conn: Connection, account_id: int, conversation_id: int, channel_account_id: int) -> datetime | None:
    """When the customer of this conversation last wrote to us on this channel account, in this conversation or in another of their newest: what
    the reply window counts from. None: never."""
    cursor = await conn.execute(
        """select max(m.created_at) from (
               select id, last_received_id from conversation where account_id = %(account)s and id = %(conversation)s
               union
               select o.id, o.last_received_id from conversation c
               cross join lateral (
                   select id, last_received_id from conversation where account_id = c.account_id and contact_id = c.contact_id
                   order by last_message_at desc, id desc limit 20) o
               where c.account_id = %(account)s and c.id = %(conversation)s) t
           cross join lateral (
               select created_at from message where account_id = %(account)s and conversation_id = t.id and id <= t.last_received_id
                   and direction = 'in' and channel_account_id = %(channel)s order by id desc limit 1) m""",
        {"account": account_id, "conversation": conversation_id, "channel": channel_account_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else None

"""SQL of the road in: the raw delivery, the match, and the record. Read it beside `core/conversations/receive.py`.

The happy path is five statements, one commit: `keep`, `hold_sender` and `match` see the world, `record` writes everything at once. `record` is one
statement with several inserts because each round trip costs more than the inserts in it; it is the hot path of the product.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.deliveries.models import Delivery
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "account_id, id, channel_account_id, fate, code, reason, envelope, size, attempts, seen_count, received_at, settled_at"


class Kept(msgspec.Struct):
    """The row of a raw payload. `is_new` False: the very same bytes were here before, with the fate shown."""

    id: int
    fate: str
    is_new: bool


_KEEP = """
with kept as (
    insert into delivery (account_id, channel_account_id, payload_hash, fate, code, reason, envelope, body, body_file, size, received_at, settled_at)
    values (%(account)s, %(channel)s, %(hash)s, %(fate)s, %(code)s, %(reason)s, %(envelope)s, %(body)s, %(file)s, %(size)s, %(at)s, %(settled)s)
    on conflict (account_id, channel_account_id, payload_hash) do update set seen_count = delivery.seen_count + 1
    returning id, fate, seen_count = 1 as is_new
), sourced as (
    insert into delivery_source (account_id, channel_account_id, source, delivery_id)
    select %(account)s, %(channel)s, %(source)s, id from kept where %(source)s::text is not null
    on conflict do nothing
)
select id, fate, is_new from kept"""


async def keep(
    conn: Connection,
    *,
    account_id: int,
    channel_account_id: int,
    payload_hash: bytes,
    fate: str,
    envelope: Mapping[str, Any],
    body: bytes | None,
    body_file: str | None,
    size: int,
    at: datetime,
    source: str | None,
    code: str = "",
    reason: str = "",
) -> Kept:
    """Insert or get the raw payload. Waits for another transaction that is keeping the same bytes."""
    cursor = await conn.execute(
        _KEEP,
        {
            "account": account_id,
            "channel": channel_account_id,
            "hash": payload_hash,
            "fate": fate,
            "code": code,
            "reason": reason,
            "envelope": Jsonb(dict(envelope)),
            "body": body,
            "file": body_file,
            "size": size,
            "at": at,
            "settled": None if fate == "kept" else at,
            "source": source,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return Kept(*row)


async def settle(
    conn: Connection, account_id: int, delivery_id: int, *, fate: str, code: str = "", reason: str = "", attempts: int = 0
) -> None:
    await conn.execute(
        """update delivery set fate = %s, code = %s, reason = %s, attempts = attempts + %s,
                  settled_at = case when %s = 'kept' then null else now() end
           where account_id = %s and id = %s""",
        (fate, code, reason, attempts, fate, account_id, delivery_id),
    )


async def hold_sender(conn: Connection, account_id: int, address: str) -> None:
    """Until the commit, nobody else records a message of this sender in this account: so two mails at once make one contact and, where they belong
    together, one conversation."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", (address, account_id))


class Match(msgspec.Struct):
    """What is known before recording: an equal message, the sender's contact, the conversation and by which key it was found, and fresh ids."""

    duplicate_id: int | None
    contact_id: int | None
    contact_name: str | None
    new_contact_id: int
    new_conversation_id: int
    new_message_id: int
    conversation_id: int | None
    nth_key: int | None
    by_message_id: int | None
    status: str | None
    assignee_id: int | None
    inbox_id: int | None
    via: str | None


_MATCH = """
with asked as (
    select nth, how, value from unnest(%(hows)s::text[], %(values)s::text[]) with ordinality as key (how, value, nth)
), sender as (
    select i.contact_id, c.name from contact_identity i join contact c on c.account_id = i.account_id and c.id = i.contact_id
    where i.account_id = %(account)s and i.type = %(type)s and i.scope_id = %(scope)s and i.value = %(address)s
), found as (
    select a.nth, m.conversation_id, m.id as message_id, 'own' as via
    from asked a
    join message_reference r on r.account_id = %(account)s and r.external_id = a.value and r.is_own
    join message m on m.account_id = r.account_id and m.id = r.message_id
    where a.how = 'message'
    union all
    select a.nth, c.id, null, 'own'
    from asked a join conversation c on c.account_id = %(account)s and c.id = case when a.how = 'conversation' then a.value::bigint end
    union all
    select a.nth, c.id, null, 'own'
    from asked a cross join lateral (
        select id from conversation where account_id = %(account)s and channel_account_id = %(channel)s and party_address = a.value
        order by id desc limit 1
    ) c where a.how = 'party'
    union all
    select a.nth, c.id, null, 'own'
    from asked a join conversation c on c.account_id = %(account)s and c.channel_account_id = %(channel)s and c.external_thread_id = a.value
    where a.how = 'external'
    union all
    select coalesce(a.nth, 0) + 1000, m.conversation_id, m.id, 'mentioned'
    from (select nth, value from asked where how = 'message' union all select 0, %(external)s::text) a
    join message_reference r on r.account_id = %(account)s and r.external_id = a.value and not r.is_own
    join message m on m.account_id = r.account_id and m.id = r.message_id and m.contact_id = (select contact_id from sender)
), best as (
    select f.nth, f.conversation_id, f.message_id, c.status, c.assignee_id, c.inbox_id, f.via
    from found f join conversation c on c.account_id = %(account)s and c.id = f.conversation_id
    where c.inbox_id = %(inbox)s or c.channel_account_id = %(channel)s
    order by f.nth, f.message_id desc limit 1
)
select (select m.id from message m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
        where m.account_id = %(account)s and m.dedupe_key = %(dedupe)s and (m.channel_account_id = %(channel)s or c.inbox_id = %(inbox)s) limit 1),
    (select contact_id from sender), (select name from sender),
    nextval(pg_get_serial_sequence('contact', 'id')), nextval(pg_get_serial_sequence('conversation', 'id')),
    nextval(pg_get_serial_sequence('message', 'id')),
    best.conversation_id, best.nth, best.message_id, best.status, best.assignee_id, best.inbox_id, best.via
from (select 1) as one left join best on true"""


async def match(
    conn: Connection,
    *,
    account_id: int,
    channel_account_id: int,
    inbox_id: int,
    hows: Sequence[str],
    values: Sequence[str],
    external_id: str | None,
    dedupe_key: str | None,
    identity_type: str,
    scope_id: int,
    address: str,
) -> Match:
    """Keys are tried in order; an id that a message merely mentions counts last, and only for the same person (AHEAD, "what breaks" 4)."""
    cursor = await conn.execute(
        _MATCH,
        {
            "account": account_id,
            "channel": channel_account_id,
            "inbox": inbox_id,
            "hows": list(hows),
            "values": list(values),
            "external": external_id,
            "dedupe": dedupe_key,
            "type": identity_type,
            "scope": scope_id,
            "address": address,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return Match(*row)


_RECORD = """
with new_contact as (
    insert into contact (account_id, id, name) select %(account)s, %(contact)s::bigint, %(contact_name)s where %(is_new_contact)s
), new_identity as (
    insert into contact_identity (account_id, type, scope_id, value, contact_id)
    select %(account)s, %(identity_type)s, %(scope)s, %(address)s, %(contact)s::bigint where %(is_new_contact)s
), new_conversation as (
    insert into conversation (account_id, id, inbox_id, channel_account_id, contact_id, subject, preview, party_address, external_thread_id,
        message_count, last_message_id, last_message_at, last_received_id, last_direction, waiting_since, created_at)
    select %(account)s, %(conversation)s, %(inbox)s, %(channel)s, %(contact)s::bigint, %(subject)s, %(preview)s, %(address)s, %(external_thread)s,
        1, %(message)s, %(at)s, case when %(direction)s = 'in' then %(message)s else 0 end, %(direction)s,
        case when %(waits)s then %(at)s end, %(at)s
    where %(is_new_conversation)s
), old_conversation as (
    update conversation set
        message_count = message_count + 1,
        last_message_id = greatest(last_message_id, %(message)s),
        last_message_at = greatest(last_message_at, %(at)s),
        last_received_id = case when %(direction)s = 'in' then %(message)s else last_received_id end,
        last_direction = %(direction)s,
        preview = %(preview)s,
        waiting_since = case when %(direction)s = 'out' then null when %(waits)s then coalesce(waiting_since, %(at)s) else waiting_since end,
        status = case when %(waits)s then 'open' else status end,
        closed_at = case when %(waits)s then null else closed_at end,
        snoozed_until = case when %(waits)s then null else snoozed_until end,
        trashed_at = null
    where account_id = %(account)s and id = %(conversation)s and not %(is_new_conversation)s
), new_message as (
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, contact_id, sender, recipients, reply_to, subject, text,
        html, quoted, signature, why, origin, data, is_automatic, may_answer_automatically, has_attachments, external_id, dedupe_key, delivery_id,
        sent_at, created_at)
    values (%(account)s, %(message)s, %(conversation)s, %(channel)s, %(message_type)s, %(direction)s, %(contact)s, %(sender)s, %(recipients)s,
        %(reply_to)s, %(message_subject)s, %(text)s, %(html)s, %(quoted)s, %(signature)s, %(why)s, %(origin)s, %(data)s, %(is_automatic)s,
        %(may_answer)s, %(has_attachments)s, %(external)s, %(dedupe)s, %(delivery)s, %(sent_at)s, %(at)s)
), own_references as (
    insert into message_reference (account_id, external_id, message_id, is_own)
    select %(account)s, id, %(message)s, own from unnest(%(reference_ids)s::text[], %(reference_owns)s::bool[]) as given (id, own)
    on conflict do nothing
), touched as (
    update channel_account set last_received_at = now()
    where account_id = %(account)s and id = %(channel)s and (last_received_at is null or last_received_at < now() - interval '10 seconds')
)
insert into event (account_id, type, inbox_id, conversation_id, data)
values (%(account)s, 'message.added', %(conversation_inbox)s, %(conversation)s, %(event)s)"""


async def record(conn: Connection, values: Mapping[str, Any]) -> None:
    """Everything that one received message changes, in one statement. `receive.py` says what each value is."""
    await conn.execute(_RECORD, values)


async def get(conn: Connection, account_id: int, delivery_id: int) -> Delivery | None:
    cursor = await conn.execute(f"select {_COLUMNS} from delivery where account_id = %s and id = %s", (account_id, delivery_id))
    return await fetch_one(cursor, Delivery)


async def body_of(conn: Connection, account_id: int, delivery_id: int) -> tuple[bytes | None, str | None] | None:
    """The raw payload: its bytes, or the hash under which the file store has them."""
    cursor = await conn.execute("select body, body_file from delivery where account_id = %s and id = %s", (account_id, delivery_id))
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def lock(conn: Connection, account_id: int, delivery_id: int) -> str | None:
    """The fate, with the row held until the commit: two replays of one payload follow each other."""
    cursor = await conn.execute("select fate from delivery where account_id = %s and id = %s for update", (account_id, delivery_id))
    row = await cursor.fetchone()
    return row[0] if row else None


async def in_need(
    conn: Connection, account_id: int, fates: Sequence[str], inbox_ids: Sequence[int], before: int | None, limit: int
) -> list[Delivery]:
    """Deliveries of these fates, newest first, of the inboxes that the reader may see."""
    cursor = await conn.execute(
        f"""select {", ".join("d." + name.strip() for name in _COLUMNS.split(","))}
            from delivery d join channel_account c on c.account_id = d.account_id and c.id = d.channel_account_id
            where d.account_id = %s and d.fate = any(%s) and c.inbox_id = any(%s) and (%s::bigint is null or d.id < %s)
            order by d.id desc limit %s""",
        (account_id, list(fates), list(inbox_ids), before, before, limit),
    )
    return await fetch_all(cursor, Delivery)


async def stranded(conn: Connection, older_than_s: float, limit: int) -> list[tuple[int, int]]:
    """(account id, delivery id) of payloads that are kept but not settled: the net under the retry job."""
    cursor = await conn.execute(
        "select account_id, id from delivery where fate = 'kept' and received_at < now() - make_interval(secs => %s) order by id limit %s",
        (older_than_s, limit),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def inbox_of(conn: Connection, account_id: int, channel_account_id: int) -> int:
    """The inbox whose members may see deliveries of this channel account; 0 when there is none."""
    cursor = await conn.execute("select inbox_id from channel_account where account_id = %s and id = %s", (account_id, channel_account_id))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0

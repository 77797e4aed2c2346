"""SQL that reads messages for people, and moves them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.conversations.models import Attachment, Message
from innboks.core.files import store as files_store
from innboks.lib.db import Connection, fetch_one, fetch_with

_FORMATTED = "<(b|strong|i|em|u|s|a|ul|ol|li|blockquote|pre|code|h[1-6]|img|table)[ >]"
"""What we write ourselves often has no more form than its plain text; then that is shown, and no frame."""


def is_formatted(html: str) -> bool:
    """`has_html` of a message that we write ourselves."""
    return re.search(_FORMATTED, html) is not None


# Lateral with a limit: looked up by the whole key, also while the tables are so young that the planner takes them for empty.
_ITS_CONVERSATION = (
    "cross join lateral (select inbox_id from conversation where account_id = m.account_id and id = m.conversation_id limit 1) c"
)


def _select(recipients: str, beside: str = "", inbox: str = "c.inbox_id", conversation: str = _ITS_CONVERSATION) -> str:
    return f"""
select m.account_id, m.id, m.conversation_id, m.channel_account_id, {inbox}, m.type, m.direction, m.author_id, m.contact_id, m.sender,
    {recipients} as recipients,
    m.reply_to, m.subject, m.text, m.html <> '' and (m.direction = 'in' or m.html ~ '{_FORMATTED}') as has_html,
    case when m.type in ('reply', 'comment') and m.author_id is not null then m.html else '' end as html, m.quoted, m.signature,
    m.data, m.why, m.origin, m.is_automatic, m.has_attachments,
    m.external_id, m.client_id, m.delivery_id, m.sent_at, m.created_at,
    d.state, coalesce(d.reason, '') as reason, coalesce(d.code, '') as code, d.next_try_at, d.held_for, d.held_until,
    case when d.state = 'failed' then d.dealt_with end as dealt_with{beside}
from message m {conversation}
left join lateral (select * from dispatch where account_id = m.account_id and message_id = m.id limit 1) d on true"""


_BESIDE = """,
    case when d.message_id is not null then (select jsonb_object_agg(address, jsonb_build_array(state, reason))
        from dispatch_recipient r where r.account_id = m.account_id and r.message_id = m.id) end as receipts,
    (m.external_id is not null or d.message_id is not null) and (exists (select from message_edit e where e.account_id = m.account_id and e.message_id = m.id)
        or exists (select from message_reaction e where e.account_id = m.account_id and e.message_id = m.id)) as is_marked"""
"""What is known of the delivery to each recipient, by address; and is there an edit or a reaction? `_with_rest` adds them."""
_SELECT = _select("m.recipients", _BESIDE)
_THEIRS = "select inbox_id from conversation where account_id = %(account)s and id = %(conversation)s and merged_into_id is null"
_SELECT_PAGE = _select("m.recipients", _BESIDE, f"({_THEIRS}) as inbox_id", "")
"""As `_SELECT`, of one conversation: it is looked up once, and not for each message. The caller asks for one that is there (`_IS_THERE`)."""
_IS_THERE = f"exists ({_THEIRS})"
_SELECT_ONE = _select("""case when d.message_id is null then m.recipients else (
        select coalesce(jsonb_agg(p || jsonb_build_object('state', r.state, 'reason', coalesce(r.reason, '')) order by nth), '[]')
        from jsonb_array_elements(m.recipients) with ordinality as given (p, nth)
        left join dispatch_recipient r on r.account_id = m.account_id and r.message_id = m.id and r.address = p ->> 'address') end""")


async def get(conn: Connection, account_id: int, message_id: int) -> Message | None:
    found = await of_ids(conn, account_id, [message_id])
    return found[0] if found else None


async def get_fresh(conn: Connection, account_id: int, message_id: int) -> Message | None:
    """A message that was written just now: with its files; there is nothing beside it yet."""
    cursor = await conn.execute(f"{_SELECT_ONE} where m.account_id = %s and m.id = %s", (account_id, message_id))
    message = await fetch_one(cursor, Message)
    if message is not None and message.has_attachments:
        message.attachments = await files_store.of_messages(conn, account_id, [message_id])
    return message


async def of_ids(conn: Connection, account_id: int, message_ids: Sequence[int]) -> list[Message]:
    cursor = await conn.execute(f"{_SELECT} where m.account_id = %s and m.id = any(%s) order by m.id", (account_id, list(message_ids)))
    return await _with_rest(conn, account_id, await fetch_with(cursor, Message, beside=2))


async def page(conn: Connection, account_id: int, conversation_id: int, before: int | None, limit: int) -> list[Message]:
    """The newest `limit` messages older than `before`, oldest first. None of a conversation that was merged, or is not there."""
    cursor = await conn.execute(
        f"""{_SELECT_PAGE} where m.account_id = %(account)s and m.conversation_id = %(conversation)s and m.id < %(before)s and {_IS_THERE}
            order by m.id desc limit {limit:d}""",
        {"account": account_id, "conversation": conversation_id, "before": before if before is not None else 2**63 - 1},
    )
    newest = await fetch_with(cursor, Message, beside=2)
    newest.reverse()
    return await _with_rest(conn, account_id, newest)


async def page_after(conn: Connection, account_id: int, conversation_id: int, after: int, limit: int) -> list[Message]:
    """The oldest `limit` messages newer than `after`, oldest first."""
    cursor = await conn.execute(
        f"""{_SELECT_PAGE} where m.account_id = %(account)s and m.conversation_id = %(conversation)s and m.id > %(after)s and {_IS_THERE}
            order by m.id limit {limit:d}""",
        {"account": account_id, "conversation": conversation_id, "after": after},
    )
    return await _with_rest(conn, account_id, await fetch_with(cursor, Message, beside=2))


async def find(conn: Connection, account_id: int, conversation_id: int, words: str, limit: int) -> list[int]:
    """Ids of the messages of one conversation that hold these words in text, subject or a file's name; newest first."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    cursor = await conn.execute(
        f"""select m.id from message m
            where m.account_id = %(account)s and m.conversation_id = %(conversation)s and m.type <> 'system'
                and (m.text ilike %(pattern)s or m.subject ilike %(pattern)s or m.has_attachments and exists (
                    select 1 from attachment a where a.account_id = m.account_id and a.message_id = m.id and a.name ilike %(pattern)s))
            order by m.id desc limit {limit:d}""",
        {"account": account_id, "conversation": conversation_id, "pattern": pattern},
    )
    return [row[0] for row in await cursor.fetchall()]


async def _with_rest(conn: Connection, account_id: int, found: list[tuple[Message, Sequence[Any]]]) -> list[Message]:
    """Adds what is known of deliveries, and files, edits and reactions: in one query for all messages, and none where there are none."""
    messages = [message for message, _ in found]
    for message, (receipts, _) in found:
        if receipts:
            for one in message.recipients:
                if one.address in receipts:
                    one.state, one.reason = receipts[one.address]
    with_files = [one.id for one in messages if one.has_attachments]
    if with_files:
        by_message: dict[int | None, list[Attachment]] = {}
        for attachment in await files_store.of_messages(conn, account_id, with_files):
            by_message.setdefault(attachment.message_id, []).append(attachment)
        for message in messages:
            message.attachments = by_message.get(message.id, [])
    marked = {message.id: message for message, (_, is_marked) in found if is_marked}
    if marked:
        await _add_marks(conn, account_id, marked)
    return messages


async def _add_marks(conn: Connection, account_id: int, messages: Mapping[int, Message]) -> None:
    cursor = await conn.execute(
        """(select 'edit', message_id, '', text, is_deleted, at from message_edit
                where account_id = %(account)s and message_id = any(%(ids)s) order by id)
           union all
           (select 'reaction', message_id, address, emoji, false, at from message_reaction
                where account_id = %(account)s and message_id = any(%(ids)s) order by at)""",
        {"account": account_id, "ids": list(messages)},
    )
    for what, message_id, address, text, is_deleted, at in await cursor.fetchall():
        message = messages[message_id]
        if what == "edit":
            message.edits = [*message.edits, {"text": text, "is_deleted": is_deleted, "at": at}]
        else:
            message.reactions = [*message.reactions, {"emoji": text, "address": address}]


async def now_known_as(conn: Connection, account_id: int, message_id: int) -> int | None:
    """The id that a scheduled message got when it left; None when there never was one with this id."""
    cursor = await conn.execute("select id from message where account_id = %s and was_id = %s", (account_id, message_id))
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def html_of(conn: Connection, account_id: int, message_id: int) -> str | None:
    """The sanitised HTML, None when there is no such message."""
    cursor = await conn.execute("select html from message where account_id = %s and id = %s", (account_id, message_id))
    row = await cursor.fetchone()
    return row[0] if row else None


class Placed(msgspec.Struct):
    """Where a message is."""

    conversation_id: int
    inbox_id: int
    type: str
    direction: str


async def place_of(conn: Connection, account_id: int, message_id: int) -> Placed | None:
    cursor = await conn.execute(
        """select m.conversation_id, c.inbox_id, m.type, m.direction from message m
           join conversation c on c.account_id = m.account_id and c.id = m.conversation_id where m.account_id = %s and m.id = %s""",
        (account_id, message_id),
    )
    return await fetch_one(cursor, Placed)


async def announce_changed(conn: Connection, account_id: int, placed: Placed, message_id: int) -> None:
    await conn.execute(
        "insert into event (account_id, type, inbox_id, conversation_id, data) values (%s, 'message.changed', %s, %s, %s)",
        (account_id, placed.inbox_id, placed.conversation_id, Jsonb({"message_id": message_id})),
    )


async def by_external_id(conn: Connection, account_id: int, channel_account_id: int, external_id: str) -> int | None:
    """The newest message with this external id on this channel account."""
    cursor = await conn.execute(
        """select m.id from message_reference r
           join message m on m.account_id = r.account_id and m.id = r.message_id
           where r.account_id = %s and r.external_id = %s and r.is_own and m.channel_account_id = %s order by m.id desc limit 1""",
        (account_id, external_id, channel_account_id),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def sender_name(conn: Connection, account_id: int, conversation_id: int, address: str) -> str:
    """By which name somebody wrote here last; "" when they gave none."""
    cursor = await conn.execute(
        """select coalesce(sender ->> 'name', '') from message where account_id = %s and conversation_id = %s and direction = 'in'
               and lower(sender ->> 'address') = %s order by id desc limit 1""",
        (account_id, conversation_id, address.lower()),
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else ""


async def insert_edit(conn: Connection, account_id: int, message_id: int, text: str, html: str, is_deleted: bool) -> None:
    await conn.execute(
        "insert into message_edit (account_id, message_id, text, html, is_deleted) values (%s, %s, %s, %s, %s)",
        (account_id, message_id, text, html, is_deleted),
    )


async def set_reaction(conn: Connection, account_id: int, message_id: int, address: str, emoji: str) -> None:
    """ "" takes it back."""
    if emoji:
        await conn.execute(
            """insert into message_reaction (account_id, message_id, address, emoji) values (%s, %s, %s, %s)
               on conflict (account_id, message_id, address) do update set emoji = excluded.emoji, at = now()""",
            (account_id, message_id, address, emoji),
        )
    else:
        await conn.execute(
            "delete from message_reaction where account_id = %s and message_id = %s and address = %s", (account_id, message_id, address)
        )


async def kept_apart_since(conn: Connection, account_id: int, conversation_id: int, reason: str) -> datetime | None:
    """When this conversation was last put into spam for this reason; None when it was not."""
    cursor = await conn.execute(
        """select coalesce((data ->> 'since')::timestamptz, created_at) from message where account_id = %s and conversation_id = %s and type = 'system'
               and data ->> 'event' = 'marked_spam' and data ->> 'reason' = %s order by id desc limit 1""",
        (account_id, conversation_id, reason),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def add_system(
    conn: Connection,
    account_id: int,
    conversation_id: int,
    data: dict[str, Any],
    *,
    author_id: int | None = None,
    delivery_id: int | None = None,
) -> int:
    """A grey line in the conversation: what happened, by whom. Does not change the conversation's place in lists."""
    (id,) = await add_lines(conn, account_id, [(conversation_id, data)], author_id=author_id, delivery_id=delivery_id)
    return id


async def add_lines(
    conn: Connection,
    account_id: int,
    lines: Sequence[tuple[int, dict[str, Any]]],
    *,
    author_id: int | None = None,
    delivery_id: int | None = None,
) -> list[int]:
    """Such lines of several conversations, (conversation, line) each, in this order."""
    cursor = await conn.execute(
        """with given as (
               select * from unnest(%(conversations)s::bigint[], %(lines)s::jsonb[]) with ordinality as g (conversation_id, data, nth)
           ), added as (
               insert into message (account_id, conversation_id, channel_account_id, type, direction, author_id, data, delivery_id)
               select c.account_id, c.id, c.channel_account_id, 'system', 'none', %(author)s::bigint, g.data, %(delivery)s::bigint
               from given g join conversation c on c.account_id = %(account)s and c.id = g.conversation_id order by g.nth
               returning id, conversation_id
           ), counted as (
               update conversation c set message_count = message_count + n.lines
               from (select conversation_id, count(*) as lines from given group by conversation_id) n
               where c.account_id = %(account)s and c.id = n.conversation_id returning c.id, c.inbox_id
           ), told as (
               insert into event (account_id, type, inbox_id, conversation_id, data)
               select %(account)s, 'message.added', counted.inbox_id, counted.id, jsonb_build_object('message_id', added.id)
               from added join counted on counted.id = added.conversation_id order by added.id
           )
           select id from added order by id""",
        {
            "account": account_id,
            "conversations": [id for id, _ in lines],
            "lines": [Jsonb(line) for _, line in lines],
            "author": author_id,
            "delivery": delivery_id,
        },
    )
    return [row[0] for row in await cursor.fetchall()]


async def move(conn: Connection, account_id: int, message_id: int, conversation_id: int, why: dict[str, Any]) -> None:
    await conn.execute(
        "update message set conversation_id = %s, why = %s where account_id = %s and id = %s",
        (conversation_id, Jsonb(why), account_id, message_id),
    )
    await conn.execute(
        "update mention set conversation_id = %s where account_id = %s and message_id = %s", (conversation_id, account_id, message_id)
    )

"""SQL about messages that wait: to be taken back, or for their time.

Whoever wants to send a message or take it away locks its dispatch row first, and its conversation after that: so one of the two wins, and
none waits for the other in a circle. Read next: `take_back.py`, `release.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.lib.db import Connection, fetch_one


class Held(msgspec.Struct, kw_only=True):
    """A message that has not left, its dispatch row locked. `is_untouched`: no try has begun that could have brought it to anybody."""

    message_id: int
    conversation_id: int
    inbox_id: int
    channel_account_id: int
    author_id: int
    state: str
    held_for: str | None
    held_until: datetime | None
    is_sent_even_if_answered: bool
    is_untouched: bool
    effects: dict[str, Any]
    sender: dict[str, Any]
    recipients: list[dict[str, Any]]
    subject: str
    text: str
    html: str
    quoted: str
    data: dict[str, Any]
    has_attachments: bool
    client_id: str | None


async def lock(conn: Connection, account_id: int, message_id: int) -> Held | None:
    """None when this is no message that is sent."""
    await conn.execute("select 1 from dispatch where account_id = %s and message_id = %s for update", (account_id, message_id))
    cursor = await conn.execute(
        """select m.id as message_id, m.conversation_id, c.inbox_id, m.channel_account_id, m.author_id, d.state, d.held_for, d.held_until,
                  d.is_sent_even_if_answered, d.effects, m.sender, m.recipients, m.subject, m.text, m.html, m.quoted, m.data, m.has_attachments, m.client_id,
                  (d.attempts = 0 or d.held_for in ('connection', 'blocked')) and not exists (
                      select 1 from dispatch_recipient r where r.account_id = d.account_id and r.message_id = d.message_id and r.state <> 'queued')
                      as is_untouched
           from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
           join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
           where d.account_id = %s and d.message_id = %s""",
        (account_id, message_id),
    )
    return await fetch_one(cursor, Held)


# ── away with it ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def remove(conn: Connection, account_id: int, inbox_id: int, conversation_id: int, message_ids: Sequence[int]) -> None:
    """As if they had never been written: the messages, and what hangs on them."""
    await conn.execute("delete from message where account_id = %s and id = any(%s)", (account_id, list(message_ids)))
    await conn.execute(
        """insert into event (account_id, type, inbox_id, conversation_id, data)
           select %s, 'message.removed', %s, %s, jsonb_build_object('message_id', id) from unnest(%s::bigint[]) as gone (id)""",
        (account_id, inbox_id, conversation_id, list(message_ids)),
    )


class Newest(msgspec.Struct):
    """The newest message that counts as a word to or from the customer."""

    text: str
    subject: str
    direction: str
    at: datetime


# What counts: neither a forward nor what leaves later.
_COUNTS = """m.direction <> 'none' and m.type in ('message', 'reply') and not m.data ? 'forward_of' and not exists (
    select 1 from dispatch d where d.account_id = m.account_id and d.message_id = m.id and d.held_for in ('schedule', 'newer'))"""


async def newest(conn: Connection, account_id: int, conversation_id: int) -> Newest | None:
    """Holds the conversation until the commit."""
    await conn.execute("select 1 from conversation where account_id = %s and id = %s for update", (account_id, conversation_id))
    cursor = await conn.execute(
        f"""select m.text, m.subject, m.direction, m.created_at as at from message m
            where m.account_id = %s and m.conversation_id = %s and {_COUNTS} order by m.id desc limit 1""",
        (account_id, conversation_id),
    )
    return await fetch_one(cursor, Newest)


async def gives_up(conn: Connection, account_id: int, held: Held, took: int | bool) -> bool:
    """Is the answer that made its author the assignee all that keeps them so? When another one of theirs stands, that one keeps them from now on
    (should it be on its way just now, it cannot be taken back, so it need not know). Holds the conversation."""
    values = {"account": account_id, "id": held.conversation_id, "author": held.author_id, "message": held.message_id}
    cursor = await conn.execute(
        """select id from message where account_id = %(account)s and conversation_id = %(id)s and type = 'reply' and author_id = %(author)s
               and id <> %(message)s order by id limit 1""",
        values,
    )
    other = await cursor.fetchone()
    if other is not None:
        await conn.execute(
            """update dispatch d set effects = effects || jsonb_build_object('took', %s::jsonb)
               from (select account_id, message_id from dispatch where account_id = %s and message_id = %s for update skip locked) o
               where d.account_id = o.account_id and d.message_id = o.message_id""",
            (Jsonb(took), account_id, other[0]),
        )
        return False
    cursor = await conn.execute(
        "select assignee_id = %(author)s from conversation where account_id = %(account)s and id = %(id)s for update", values
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def is_bare(conn: Connection, account_id: int, conversation_id: int) -> bool:
    """Is nothing in it that anybody has written? Then it was begun by a message that was taken back."""
    cursor = await conn.execute(
        "select not exists (select 1 from message where account_id = %s and conversation_id = %s and type <> 'system')",
        (account_id, conversation_id),
    )
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def restore(
    conn: Connection,
    account_id: int,
    conversation_id: int,
    *,
    removed: int,
    is_answer: bool,
    gives_up: bool,
    last: Newest | None,
    preview: str,
) -> None:
    """What lists show, as it was before a message was written. The customer waits again since their first message that no answer of ours follows.
    `gives_up`: who became the assignee by this answer is not any more."""
    await conn.execute(
        f"""update conversation c set
                message_count = message_count - %(removed)s,
                last_message_id = coalesce(e.id, 0), last_type = e.type, last_author_id = e.author_id,
                is_last_forward = coalesce(e.data ? 'forward_of', false), last_comment = coalesce(comment_start(e.type, e.text), ''),
                last_message_at = case when %(is_answer)s then coalesce(%(at)s, c.created_at) else last_message_at end,
                last_direction = case when %(is_answer)s then coalesce(%(direction)s, last_direction) else last_direction end,
                preview = case when %(is_answer)s then %(preview)s else preview end,
                waiting_since = case when not %(is_answer)s then waiting_since else (
                    select m.created_at from message m
                    where m.account_id = c.account_id and m.conversation_id = c.id and m.direction = 'in' and not m.is_automatic and m.id > coalesce((
                        select m.id from message m where m.account_id = c.account_id and m.conversation_id = c.id and m.direction = 'out' and {_COUNTS}
                        order by m.id desc limit 1), 0)
                    order by m.id limit 1) end,
                assignee_id = case when %(gives_up)s then null else assignee_id end
            from (select) one left join lateral (select * from message where account_id = %(account)s and conversation_id = %(id)s and type <> 'system'
                order by id desc limit 1) e on true
            where c.account_id = %(account)s and c.id = %(id)s""",
        {
            "account": account_id,
            "id": conversation_id,
            "removed": removed,
            "is_answer": is_answer,
            "at": last.at if last else None,
            "direction": last.direction if last else None,
            "preview": preview,
            "gives_up": gives_up,
        },
    )


async def keep_draft(conn: Connection, account_id: int, user_id: int, conversation_id: int, mode: str, content: dict[str, Any]) -> None:
    """So that the words are somewhere even when the browser that took them back is gone; a draft begun meanwhile stays."""
    await conn.execute(
        """with kept as (
               insert into draft (account_id, conversation_id, user_id, mode, content) values (%(account)s, %(id)s, %(user)s, %(mode)s, %(content)s)
               on conflict do nothing returning mode)
           insert into event (account_id, type, conversation_id, user_id, data)
           select %(account)s, 'draft.changed', %(id)s, %(user)s, jsonb_build_object('mode', mode) from kept""",
        {"account": account_id, "id": conversation_id, "user": user_id, "mode": mode, "content": Jsonb(content)},
    )


# ── send and close, send and snooze ──────────────────────────────────────────────────────────────────────────────────────────


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """Where a conversation stands."""

    status: str
    closed_at: datetime | None
    is_snoozed: bool
    snoozed_until: datetime | None


async def standing(conn: Connection, account_id: int, conversation_id: int) -> Standing:
    """Holds the conversation until the commit."""
    cursor = await conn.execute(
        "select status, closed_at, is_snoozed, snoozed_until from conversation where account_id = %s and id = %s for update",
        (account_id, conversation_id),
    )
    found = await fetch_one(cursor, Standing)
    assert found is not None
    return found


async def remember_then(
    conn: Connection, account_id: int, message_id: int, before: Standing, after: Standing, line_ids: Sequence[int]
) -> None:
    then = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after), "line_ids": list(line_ids)}
    await conn.execute(
        "update dispatch set effects = effects || jsonb_build_object('then', %s::jsonb) where account_id = %s and message_id = %s",
        (Jsonb(then), account_id, message_id),
    )


async def put_back(conn: Connection, account_id: int, conversation_id: int, before: Standing, after: Standing) -> bool:
    """Where it stood before; False when somebody has changed it since, and then it stays."""
    names = Standing.__struct_fields__
    cursor = await conn.execute(
        f"""update conversation set {", ".join(f"{name} = %(before_{name})s" for name in names)}
            where account_id = %(account)s and id = %(id)s and {" and ".join(f"{name} is not distinct from %(after_{name})s" for name in names)}""",
        {"account": account_id, "id": conversation_id}
        | {f"before_{name}": getattr(before, name) for name in names}
        | {f"after_{name}": getattr(after, name) for name in names},
    )
    return cursor.rowcount == 1


async def held_of(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int], limit: int) -> list[int]:
    """Answers of this person that wait for a time, for a decision or for the channel: the longest waiting first."""
    cursor = await conn.execute(
        f"""select m.id from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
            join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
            where d.account_id = %s and d.state = 'queued' and d.held_for in ('schedule', 'newer', 'connection', 'blocked') and m.author_id = %s
              and c.inbox_id = any(%s) order by d.held_until nulls first, m.id limit {limit:d}""",
        (account_id, user_id, list(inbox_ids)),
    )
    return [row[0] for row in await cursor.fetchall()]


# ── its time has come ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def due(conn: Connection, now: datetime, after: tuple[datetime, int] | None, limit: int) -> list[tuple[int, int, datetime]]:
    """(account, message, its time) of scheduled messages whose time has come, in order of their time."""
    cursor = await conn.execute(
        """select account_id, message_id, held_until from dispatch
           where held_for = 'schedule' and state = 'queued' and held_until <= %(now)s
             and (%(at)s::timestamptz is null or (held_until, message_id) > (%(at)s::timestamptz, %(id)s::bigint))
           order by held_until, message_id limit %(limit)s""",
        {"now": now, "at": after[0] if after else None, "id": after[1] if after else None, "limit": limit},
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def was_answered(conn: Connection, account_id: int, conversation_id: int, after_id: int) -> bool:
    """Has the customer (not their holiday robot) written since this message?"""
    cursor = await conn.execute(
        """select 1 from message where account_id = %s and conversation_id = %s and id > %s and direction = 'in' and not is_automatic limit 1""",
        (account_id, conversation_id, after_id),
    )
    return await cursor.fetchone() is not None


async def hold_newer(conn: Connection, account_id: int, held: Held) -> None:
    await conn.execute("update dispatch set held_for = 'newer' where account_id = %s and message_id = %s", (account_id, held.message_id))
    await _changed(conn, account_id, held)


async def go_now(conn: Connection, account_id: int, held: Held) -> None:
    """Ends the time in which it could be taken back."""
    await conn.execute(
        "update dispatch set held_for = null, held_until = null where account_id = %s and message_id = %s", (account_id, held.message_id)
    )
    await _changed(conn, account_id, held)


async def give_up_client_id(conn: Connection, account_id: int, message_id: int) -> None:
    """Its successor has the same."""
    await conn.execute("update message set client_id = null where account_id = %s and id = %s", (account_id, message_id))


async def follow(conn: Connection, account_id: int, old_id: int, new_id: int) -> None:
    """What was asked for with the scheduled message belongs to the one that leaves."""
    await conn.execute(
        "update reminder set message_id = %s, after_message_id = greatest(after_message_id, %s) where account_id = %s and message_id = %s",
        (new_id, new_id, account_id, old_id),
    )


async def uncount(conn: Connection, account_id: int, conversation_id: int, number: int) -> None:
    await conn.execute(
        "update conversation set message_count = message_count - %s where account_id = %s and id = %s",
        (number, account_id, conversation_id),
    )


async def _changed(conn: Connection, account_id: int, held: Held) -> None:
    await conn.execute(
        "insert into event (account_id, type, inbox_id, conversation_id, data) values (%s, 'message.changed', %s, %s, %s)",
        (account_id, held.inbox_id, held.conversation_id, Jsonb({"message_id": held.message_id})),
    )

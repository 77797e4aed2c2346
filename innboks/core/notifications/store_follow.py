"""SQL of the follower: its place in the event log, whom an event concerns, and the rows that come of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.notifications.models import Person
from innboks.core.notifications.store import read_choices
from innboks.lib.db import Connection, fetch_all


class Told(msgspec.Struct, kw_only=True):
    """A message with what matters for telling people of it."""

    id: int
    conversation_id: int
    inbox_id: int
    assignee_id: int | None
    type: str
    direction: str
    author_id: int | None
    data: dict[str, Any]
    state: str | None
    held_for: str | None
    contact_name: str
    author_name: str
    subject: str
    text: str
    last_received: str
    is_hidden: bool
    created_at: datetime


class Place(msgspec.Struct, kw_only=True):
    id: int
    inbox_id: int
    contact_name: str
    subject: str


class New(msgspec.Struct, kw_only=True):
    """A notification to be made, or to be counted in one that is unread."""

    user_id: int
    kind: str
    conversation_id: int | None
    message_id: int | None
    bundle: int
    count: int
    who: str
    about: str
    is_shown: bool
    at: datetime
    push_due_at: datetime | None
    mail_due_at: datetime | None
    is_for_away: bool = False


async def behind(conn: Connection) -> list[int]:
    """Accounts with events that were not looked at yet."""
    cursor = await conn.execute(
        """select a.id from account a left join event_follower f on f.account_id = a.id
           where (select e.id from event e where e.account_id = a.id and (e.tx, e.id) > (coalesce(f.tx, 0)::text::xid8, coalesce(f.id, 0))
               order by e.tx, e.id limit 1) is not null"""
    )
    return [row[0] for row in await cursor.fetchall()]


async def peek(conn: Connection, account_id: int) -> tuple[int, int]:
    """The place in the log."""
    cursor = await conn.execute("select tx, id from event_follower where account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else (0, 0)


async def take_place(conn: Connection, account_id: int) -> tuple[int, int] | None:
    """The place in the log, held until the commit; None when another process is at it."""
    await conn.execute("insert into event_follower (account_id, tx, id) values (%s, 0, 0) on conflict do nothing", (account_id,))
    cursor = await conn.execute("select tx, id from event_follower where account_id = %s for update skip locked", (account_id,))
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def move_on(conn: Connection, account_id: int, tx: int, id: int) -> None:
    await conn.execute("update event_follower set tx = %s, id = %s where account_id = %s", (tx, id, account_id))


async def messages(conn: Connection, account_id: int, ids: Iterable[int]) -> dict[int, Told]:
    """Of what is real: nobody is told of invented conversations."""
    cursor = await conn.execute(
        """select m.id, m.conversation_id, c.inbox_id, c.assignee_id, m.type, m.direction, m.author_id, m.data, d.state, d.held_for,
               coalesce(nullif(p.name, ''), c.party_address) as contact_name, coalesce(u.name, '') as author_name,
               c.subject, left(m.text, 300) as text, case when m.data ->> 'event' = 'owner_away' then coalesce((
                   select left(r.text, 2000) from message r where r.account_id = c.account_id and r.id = c.last_received_id), '') else '' end as last_received,
               (c.spam or c.trashed_at is not null) as is_hidden, m.created_at
           from message m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
           left join contact p on p.account_id = c.account_id and p.id = c.contact_id
           left join app_user u on u.account_id = m.account_id and u.id = m.author_id
           left join dispatch d on d.account_id = m.account_id and d.message_id = m.id
           where m.account_id = %s and m.id = any(%s) and not c.is_demo""",
        (account_id, list(ids)),
    )
    return {one.id: one for one in await fetch_all(cursor, Told)}


async def places(conn: Connection, account_id: int, ids: Iterable[int]) -> dict[int, Place]:
    cursor = await conn.execute(
        """select c.id, c.inbox_id, coalesce(nullif(p.name, ''), c.party_address) as contact_name, c.subject from conversation c
           left join contact p on p.account_id = c.account_id and p.id = c.contact_id where c.account_id = %s and c.id = any(%s)""",
        (account_id, list(ids)),
    )
    return {one.id: one for one in await fetch_all(cursor, Place)}


async def mentions(conn: Connection, account_id: int, message_ids: Iterable[int]) -> dict[int, list[int]]:
    """Who was named in these comments."""
    cursor = await conn.execute(
        "select message_id, array_agg(user_id) from mention where account_id = %s and message_id = any(%s) group by message_id",
        (account_id, list(message_ids)),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def already_failed(conn: Connection, account_id: int, message_ids: Iterable[int]) -> set[int]:
    """Messages whose failure was told already."""
    if not (ids := list(message_ids)):
        return set()
    cursor = await conn.execute(
        "select message_id from notification where account_id = %s and kind = 'failed' and message_id = any(%s)", (account_id, ids)
    )
    return {row[0] for row in await cursor.fetchall()}


async def people(conn: Connection, account_id: int) -> dict[int, Person]:
    """Everybody who works in this account; invented people of the demo do not."""
    cursor = await conn.execute(
        """select u.id, u.email, u.name, u.locale, s.settings, array(select a.inbox_id from inbox_access a
               where a.account_id = u.account_id and a.user_id = u.id and a.may_act) as inbox_ids
           from app_user u left join notification_setting s on s.account_id = u.account_id and s.user_id = u.id
           where u.account_id = %s and u.deactivated_at is null and u.joined_at is not null and not u.is_demo""",
        (account_id,),
    )
    return {
        row[0]: Person(id=row[0], email=row[1], name=row[2], locale=row[3], choices=read_choices(row[4]), inbox_ids=frozenset(row[5] or ()))
        for row in await cursor.fetchall()
    }


async def add(conn: Connection, account_id: int, news: Sequence[New]) -> None:
    """Each becomes a row, or is counted in the unread one of its bundle. A mail that is planned already stays planned (R-671)."""
    for one in news:
        await conn.execute(
            """insert into notification as n (account_id, user_id, kind, conversation_id, message_id, bundle, count, who, about, is_shown, at,
                   push_due_at, mail_due_at, is_for_away)
               values (%(account)s, %(user_id)s, %(kind)s, %(conversation_id)s, %(message_id)s, %(bundle)s, %(count)s, %(who)s, %(about)s, %(is_shown)s, %(at)s,
                   %(push_due_at)s, %(mail_due_at)s, %(is_for_away)s)
               on conflict (account_id, user_id, kind, bundle) where read_at is null do update set
                   conversation_id = excluded.conversation_id, message_id = excluded.message_id, count = n.count + excluded.count,
                   who = excluded.who, about = excluded.about, at = excluded.at, is_shown = excluded.is_shown, push_due_at = excluded.push_due_at, push_tries = 0,
                   mail_due_at = coalesce(n.mail_due_at, excluded.mail_due_at), mail_tries = 0,
                   is_for_away = n.is_for_away or excluded.is_for_away""",
            {"account": account_id, **msgspec.structs.asdict(one)},
        )

"""SQL of notifications: the lists people read, what is to leave, devices and choices. What the follower asks stands in `store_follow.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.access import MENDERS
from innboks.core.notifications.models import Choices, Device, Due, Notification
from innboks.lib.db import Connection, fetch_all, fetch_one

Way = Literal["push", "mail"]
UNREAD_CAP = 100
"""Counting stops here."""
_COLUMNS = (
    "n.id, n.kind, n.conversation_id, n.message_id, n.channel_account_id, n.trouble, n.over_at, n.count, n.who, n.about, n.at, n.read_at"
)
_OF_READER = """from notification n left join conversation c on c.account_id = n.account_id and c.id = n.conversation_id
    where n.account_id = %(account)s and n.user_id = %(user)s and n.is_shown
        and (c.inbox_id = any(%(inboxes)s) or (n.conversation_id is null and %(can_mend)s))"""
_DUE = "n.account_id, n.id, n.user_id, n.kind, n.conversation_id, n.message_id, n.channel_account_id, n.trouble, n.bundle, n.count, n.who, n.about, n.is_for_away"


async def page(
    conn: Connection,
    account_id: int,
    user_id: int,
    inbox_ids: Sequence[int],
    before: tuple[datetime, int] | None,
    limit: int,
    *,
    can_mend: bool,
) -> list[Notification]:
    """The newest first, of conversations that may (still) be read. `can_mend`: this person can do something about troubles, and sees them."""
    cursor = await conn.execute(
        f"""select {_COLUMNS} {_OF_READER}
            and (%(at)s::timestamptz is null or (n.at, n.id) < (%(at)s, %(id)s)) order by n.at desc, n.id desc limit {limit:d}""",
        {
            "account": account_id,
            "user": user_id,
            "inboxes": list(inbox_ids),
            "can_mend": can_mend,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
        },
    )
    return await fetch_all(cursor, Notification)


async def unread(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int], *, can_mend: bool) -> tuple[int, int]:
    """(notifications, conversations of mine) that are unread, each at most UNREAD_CAP. Mine are walked inbox by inbox, as the lists of them are."""
    cursor = await conn.execute(
        f"""select
            (select count(*) from (select 1 {_OF_READER} and n.read_at is null limit {UNREAD_CAP}) told),
            (select count(*) from (select 1 from unnest(%(inboxes)s::bigint[]) as readable (inbox_id)
                cross join (values ('open'), ('snoozed')) as place (shelf)
                cross join lateral (
                    select 1 from conversation c
                    left join read_state r on r.account_id = c.account_id and r.user_id = %(user)s and r.conversation_id = c.id
                    where c.account_id = %(account)s and c.inbox_id = readable.inbox_id and coalesce(c.assignee_id, 0) = %(user)s
                        and c.shelf = place.shelf and c.shelf in ('open', 'snoozed') and c.last_received_id > coalesce(r.message_id, 0)
                    limit {UNREAD_CAP}) one limit {UNREAD_CAP}) mine)""",
        {"account": account_id, "user": user_id, "inboxes": list(inbox_ids), "can_mend": can_mend},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]


async def mark_read(
    conn: Connection, account_id: int, user_id: int, now: datetime, *, id: int | None = None, conversation_id: int | None = None
) -> int:
    """One, those of a conversation, or all. What was not sent yet need not be any more. Returns how many were unread."""
    cursor = await conn.execute(
        """update notification set read_at = %(now)s, push_due_at = null, mail_due_at = null
           where account_id = %(account)s and user_id = %(user)s and read_at is null and (%(id)s::bigint is null or id = %(id)s)
           and (%(conversation)s::bigint is null or conversation_id = %(conversation)s)""",
        {"account": account_id, "user": user_id, "now": now, "id": id, "conversation": conversation_id},
    )
    return cursor.rowcount


async def read_with_conversation(
    conn: Connection, account_id: int, user_id: int, conversation_id: int, message_id: int, now: datetime
) -> int:
    """Who has read the conversation so far has seen what it was about. Returns how many were unread."""
    cursor = await conn.execute(
        """update notification set read_at = %s, push_due_at = null, mail_due_at = null
           where account_id = %s and user_id = %s and conversation_id = %s and read_at is null and coalesce(message_id, 0) <= %s""",
        (now, account_id, user_id, conversation_id, message_id),
    )
    return cursor.rowcount


async def exists(conn: Connection, account_id: int, user_id: int, id: int) -> bool:
    cursor = await conn.execute("select 1 from notification where account_id = %s and user_id = %s and id = %s", (account_id, user_id, id))
    return await cursor.fetchone() is not None


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def take_due(conn: Connection, way: Way, now: datetime, lease_until: datetime, limit: int) -> list[Due]:
    """What is to leave by this way now. Whoever took it has until `lease_until` to say what became of it; then somebody else tries."""
    cursor = await conn.execute(
        f"""with taken as (select account_id, id from notification where {way}_due_at <= %s order by {way}_due_at limit {limit:d} for update skip locked)
            update notification n set {way}_due_at = %s, {way}_tries = {way}_tries + 1 from taken
            where n.account_id = taken.account_id and n.id = taken.id returning {_DUE}, n.{way}_tries as tries""",
        (now, lease_until),
    )
    return await fetch_all(cursor, Due)


async def still_readable(conn: Connection, account_id: int, ids: Sequence[int]) -> set[int]:
    """Of these notifications, those that their reader may read now: rights may have changed since it happened."""
    cursor = await conn.execute(
        """select n.id from notification n join conversation c on c.account_id = n.account_id and c.id = n.conversation_id
            join inbox_access a on a.account_id = n.account_id and a.user_id = n.user_id and a.inbox_id = c.inbox_id and a.may_read
            where n.account_id = %(account)s and n.id = any(%(ids)s)
            union all
            select n.id from notification n join app_user u on u.account_id = n.account_id and u.id = n.user_id
            join role r on r.account_id = u.account_id and r.id = u.role_id
            where n.account_id = %(account)s and n.id = any(%(ids)s) and n.conversation_id is null and r.permissions && %(menders)s::text[]""",
        {"account": account_id, "ids": list(ids), "menders": list(MENDERS)},
    )
    return {row[0] for row in await cursor.fetchall()}


async def settle(conn: Connection, way: Way, account_id: int, ids: Sequence[int], again_at: datetime | None) -> None:
    """Left (None), or to be tried again at a time."""
    await conn.execute(
        f"update notification set {way}_due_at = %s where account_id = %s and id = any(%s) and {way}_due_at is not null",
        (again_at, account_id, list(ids)),
    )


async def forget_old(conn: Connection, before: datetime) -> None:
    await conn.execute("delete from notification where at < %s", (before,))


# ── choices and devices ──────────────────────────────────────────────────────────────────────────────────────────────────


async def choices(conn: Connection, account_id: int, user_id: int) -> Choices:
    cursor = await conn.execute("select settings from notification_setting where account_id = %s and user_id = %s", (account_id, user_id))
    row = await cursor.fetchone()
    return read_choices(row[0] if row else None)


def read_choices(kept: dict[str, Any] | None) -> Choices:
    try:
        return msgspec.convert(kept or {}, Choices)
    except msgspec.ValidationError:  # of another version
        return Choices()


async def save_choices(conn: Connection, account_id: int, user_id: int, chosen: Choices) -> None:
    await conn.execute(
        """insert into notification_setting (account_id, user_id, settings) values (%s, %s, %s)
           on conflict (account_id, user_id) do update set settings = excluded.settings""",
        (account_id, user_id, Jsonb(msgspec.to_builtins(chosen))),
    )


_DEVICE = "account_id, id, user_id, endpoint, p256dh, auth, label, created_at, reached_at, trouble"


async def add_device(conn: Connection, account_id: int, user_id: int, endpoint: str, p256dh: str, auth: str, label: str) -> Device:
    """A browser belongs to whoever signed in there last."""
    cursor = await conn.execute(
        f"""insert into push_device (account_id, user_id, endpoint, p256dh, auth, label) values (%s, %s, %s, %s, %s, %s)
            on conflict (account_id, md5(endpoint)) do update set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
                label = excluded.label, trouble = ''
            returning {_DEVICE}""",
        (account_id, user_id, endpoint, p256dh, auth, label),
    )
    device = await fetch_one(cursor, Device)
    assert device is not None
    return device


async def devices(conn: Connection, account_id: int, user_id: int) -> list[Device]:
    cursor = await conn.execute(
        f"select {_DEVICE} from push_device where account_id = %s and user_id = %s order by id", (account_id, user_id)
    )
    return await fetch_all(cursor, Device)


async def drop_device(conn: Connection, account_id: int, user_id: int, id: int) -> bool:
    cursor = await conn.execute("delete from push_device where account_id = %s and user_id = %s and id = %s", (account_id, user_id, id))
    return cursor.rowcount > 0


async def note_device(conn: Connection, account_id: int, id: int, *, reached_at: datetime | None, trouble: str) -> None:
    await conn.execute(
        "update push_device set reached_at = coalesce(%s, reached_at), trouble = %s where account_id = %s and id = %s",
        (reached_at, trouble, account_id, id),
    )


async def push_key(conn: Connection) -> tuple[bytes, str] | None:
    """(sealed private key, public key)."""
    cursor = await conn.execute("select private_sealed, public from push_key")
    row = await cursor.fetchone()
    return (bytes(row[0]), row[1]) if row else None


async def keep_push_key(conn: Connection, private_sealed: bytes, public: str) -> None:
    """The first one counts."""
    await conn.execute("insert into push_key (private_sealed, public) values (%s, %s) on conflict do nothing", (private_sealed, public))

"""SQL that reads and changes conversations. Lists walk one index per view by (last_message_at, id); see `_VIEWS`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.conversations.models import Conversation
from innboks.lib.db import Connection, fetch_all

_COLUMNS = """c.account_id, c.id, c.inbox_id, c.channel_account_id, a.kind, c.contact_id, coalesce(p.name, '') as contact_name, c.party_address,
    c.status, c.assignee_id, c.subject, c.preview, c.message_count, c.last_message_id, c.last_received_id, c.last_message_at, c.last_direction,
    c.waiting_since, c.failed_count, c.spam, c.closed_at, c.created_at"""
_JOINS = """join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id
    left join contact p on p.account_id = c.account_id and p.id = c.contact_id"""

# What each view shows, and (True) whether it walks the index inbox by inbox. Each condition is the leading part of one index of migration 0001.
_VIEWS: Mapping[str, tuple[str, bool]] = {
    "open": ("status = 'open' and trashed_at is null and not spam", True),
    "closed": ("status = 'closed' and trashed_at is null and not spam", True),
    "unassigned": ("status = 'open' and assignee_id is null and trashed_at is null and not spam", True),
    "mine": ("assignee_id = %(user)s and status = 'open' and trashed_at is null and not spam and inbox_id = any(%(inboxes)s)", False),
    "failed": ("failed_count > 0", True),
}
VIEWS = tuple(_VIEWS)
COUNT_CAP = 100
"""Counters stop here and show "99+": a bigger number helps nobody, and counting costs."""


async def page(
    conn: Connection,
    *,
    account_id: int,
    user_id: int,
    inbox_ids: Sequence[int],
    view: str,
    channel_account_id: int | None,
    contact_id: int | None,
    before: tuple[datetime, int] | None,
    limit: int,
) -> list[Conversation]:
    """One page of a view, newest first, with `is_unread` for this user. `before` is (last_message_at, id) of the last row of the page before."""
    condition, by_inbox = _VIEWS[view]
    if channel_account_id is not None:
        condition += " and channel_account_id = %(channel)s and inbox_id = any(%(inboxes)s)"
        by_inbox = False
    if contact_id is not None:
        condition += " and contact_id = %(contact)s and inbox_id = any(%(inboxes)s)"
        by_inbox = False
    if before is not None:
        condition += " and (last_message_at, id) < (%(at)s, %(id)s)"
    # The limit is part of the text: a plan made without knowing it would not walk the index.
    keys = f"""select account_id, id, last_message_at from conversation where account_id = %(account)s and {{}} {condition}
               order by last_message_at desc, id desc limit {limit:d}"""
    if by_inbox:
        inner = f"""select k.* from unnest(%(inboxes)s::bigint[]) as readable (inbox_id)
                    cross join lateral ({keys.format("inbox_id = readable.inbox_id and")}) k order by last_message_at desc, id desc limit {limit:d}"""
    else:
        inner = keys.format("")
    cursor = await conn.execute(
        f"""select {_COLUMNS}, c.last_received_id > coalesce(r.message_id, 0) as is_unread, coalesce(r.message_id, 0) as read_message_id
            from ({inner}) k join conversation c on c.account_id = k.account_id and c.id = k.id {_JOINS}
            left join read_state r on r.account_id = c.account_id and r.user_id = %(user)s and r.conversation_id = c.id
            order by k.last_message_at desc, k.id desc""",
        {
            "account": account_id,
            "user": user_id,
            "inboxes": list(inbox_ids),
            "channel": channel_account_id,
            "contact": contact_id,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
        },
    )
    return await fetch_all(cursor, Conversation)


async def counts(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int]) -> dict[str, int]:
    """How many conversations each view holds, at most COUNT_CAP."""
    parts = []
    for view in VIEWS:
        condition, by_inbox = _VIEWS[view]
        one = f"select 1 from conversation where account_id = %(account)s and {{}} {condition} limit {COUNT_CAP}"
        if by_inbox:
            rows = f"""select 1 from unnest(%(inboxes)s::bigint[]) as readable (inbox_id)
                       cross join lateral ({one.format("inbox_id = readable.inbox_id and")}) x limit {COUNT_CAP}"""
        else:
            rows = one.format("")
        parts.append(f"(select count(*) from ({rows}) capped) as {view}")
    cursor = await conn.execute(f"select {', '.join(parts)}", {"account": account_id, "user": user_id, "inboxes": list(inbox_ids)})
    row = await cursor.fetchone()
    assert row is not None
    return dict(zip(VIEWS, row, strict=True))


async def counts_by_channel(conn: Connection, account_id: int, channel_account_ids: Sequence[int]) -> dict[int, int]:
    """Open conversations of each channel account, at most COUNT_CAP each."""
    cursor = await conn.execute(
        f"""select wanted.id, (select count(*) from (select 1 from conversation where account_id = %(account)s and channel_account_id = wanted.id
                and status = 'open' and trashed_at is null and not spam limit {COUNT_CAP}) capped)
            from unnest(%(ids)s::bigint[]) as wanted (id)""",
        {"account": account_id, "ids": list(channel_account_ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def get(conn: Connection, account_id: int, conversation_id: int, user_id: int = 0) -> Conversation | None:
    found = await of_ids(conn, account_id, [conversation_id], user_id)
    return found[0] if found else None


async def of_ids(conn: Connection, account_id: int, conversation_ids: Sequence[int], user_id: int = 0) -> list[Conversation]:
    cursor = await conn.execute(
        f"""select {_COLUMNS}, c.last_received_id > coalesce(r.message_id, 0) as is_unread, coalesce(r.message_id, 0) as read_message_id from conversation c {_JOINS}
            left join read_state r on r.account_id = c.account_id and r.user_id = %s and r.conversation_id = c.id
            where c.account_id = %s and c.id = any(%s)""",
        (user_id, account_id, list(conversation_ids)),
    )
    return await fetch_all(cursor, Conversation)


async def lock(conn: Connection, account_id: int, conversation_id: int) -> Conversation | None:
    """The conversation, its row held until the commit."""
    await conn.execute("select 1 from conversation where account_id = %s and id = %s for update", (account_id, conversation_id))
    return await get(conn, account_id, conversation_id)


async def update(conn: Connection, account_id: int, conversation_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns and tells everybody."""
    allowed = {"status", "closed_at", "assignee_id", "inbox_id", "spam", "waiting_since"}
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    await conn.execute(
        f"update conversation set {names} where account_id = %s and id = %s", (*values.values(), account_id, conversation_id)
    )
    await announce(conn, account_id, conversation_id)


async def announce(conn: Connection, account_id: int, conversation_id: int) -> None:
    await conn.execute(
        """insert into event (account_id, type, inbox_id, conversation_id)
           select account_id, 'conversation.changed', inbox_id, id from conversation where account_id = %s and id = %s""",
        (account_id, conversation_id),
    )


async def create(
    conn: Connection,
    *,
    account_id: int,
    inbox_id: int,
    channel_account_id: int,
    contact_id: int | None,
    subject: str,
    party_address: str,
    assignee_id: int | None,
) -> int:
    cursor = await conn.execute(
        """insert into conversation (account_id, inbox_id, channel_account_id, contact_id, subject, party_address, assignee_id, last_direction)
           values (%s, %s, %s, %s, %s, %s, %s, 'out') returning id""",
        (account_id, inbox_id, channel_account_id, contact_id, subject, party_address, assignee_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def recount(conn: Connection, account_id: int, conversation_id: int) -> None:
    """Makes the kept figures true again after messages were moved."""
    await conn.execute(
        """update conversation c set
               message_count = coalesce(n.count, 0), last_message_id = coalesce(n.last_id, 0), last_received_id = coalesce(n.received_id, 0),
               last_message_at = coalesce(n.last_at, c.last_message_at), last_direction = coalesce(n.direction, c.last_direction),
               preview = coalesce(n.preview, ''), failed_count = coalesce(n.failed, 0),
               waiting_since = case when n.direction = 'in' then coalesce(c.waiting_since, n.last_at) end
           from (select count(*) as count, max(m.id) as last_id, max(m.id) filter (where m.direction = 'in') as received_id,
                        max(m.created_at) filter (where m.direction <> 'none') as last_at,
                        (array_agg(m.direction order by m.id desc) filter (where m.direction <> 'none'))[1] as direction,
                        left(regexp_replace((array_agg(m.text order by m.id desc) filter (where m.direction <> 'none'))[1], '\\s+', ' ', 'g'), 180) as preview,
                        count(*) filter (where d.state in ('failed', 'uncertain')) as failed
                 from message m left join dispatch d on d.account_id = m.account_id and d.message_id = m.id
                 where m.account_id = %(account)s and m.conversation_id = %(id)s) n
           where c.account_id = %(account)s and c.id = %(id)s""",
        {"account": account_id, "id": conversation_id},
    )
    await announce(conn, account_id, conversation_id)


async def save_read(conn: Connection, account_id: int, user_id: int, conversation_id: int, message_id: int) -> None:
    """Read up to this message. Going back (mark unread) is allowed; only this user is told."""
    await conn.execute(
        """with saved as (
               insert into read_state (account_id, user_id, conversation_id, message_id) values (%(account)s, %(user)s, %(id)s, %(message)s)
               on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id, at = now()
               where read_state.message_id <> excluded.message_id returning 1
           )
           insert into event (account_id, type, conversation_id, user_id, data)
           select %(account)s, 'read.changed', %(id)s, %(user)s, %(data)s from saved""",
        {"account": account_id, "user": user_id, "id": conversation_id, "message": message_id, "data": Jsonb({"message_id": message_id})},
    )


async def save_draft(
    conn: Connection, account_id: int, user_id: int, conversation_id: int, mode: str, content: Mapping[str, Any]
) -> datetime:
    cursor = await conn.execute(
        """insert into draft (account_id, conversation_id, user_id, mode, content) values (%s, %s, %s, %s, %s)
           on conflict (account_id, conversation_id, user_id, mode) do update set content = excluded.content, updated_at = now() returning updated_at""",
        (account_id, conversation_id, user_id, mode, Jsonb(dict(content))),
    )
    row = await cursor.fetchone()
    assert row is not None
    await _draft_event(conn, account_id, user_id, conversation_id, mode)
    return row[0]  # type: ignore[no-any-return]


async def drop_draft(conn: Connection, account_id: int, user_id: int, conversation_id: int, mode: str) -> None:
    await conn.execute(
        "delete from draft where account_id = %s and conversation_id = %s and user_id = %s and mode = %s",
        (account_id, conversation_id, user_id, mode),
    )
    await _draft_event(conn, account_id, user_id, conversation_id, mode)


async def _draft_event(conn: Connection, account_id: int, user_id: int, conversation_id: int, mode: str) -> None:
    await conn.execute(
        "insert into event (account_id, type, conversation_id, user_id, data) values (%s, 'draft.changed', %s, %s, %s)",
        (account_id, conversation_id, user_id, Jsonb({"mode": mode})),
    )


async def get_draft(
    conn: Connection, account_id: int, user_id: int, conversation_id: int, mode: str
) -> tuple[dict[str, Any], datetime] | None:
    cursor = await conn.execute(
        "select content, updated_at from draft where account_id = %s and conversation_id = %s and user_id = %s and mode = %s",
        (account_id, conversation_id, user_id, mode),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def user_may_read(conn: Connection, account_id: int, user_id: int, inbox_id: int) -> bool:
    """Is this an active user who is a member of the inbox (or it is open to everyone)?"""
    cursor = await conn.execute(
        """select 1 from app_user u join inbox i on i.account_id = u.account_id and i.id = %(inbox)s
           where u.account_id = %(account)s and u.id = %(user)s and u.deactivated_at is null and (i.access = 'everyone' or exists (
               select 1 from inbox_member m where m.account_id = u.account_id and m.inbox_id = i.id and m.user_id = u.id))""",
        {"account": account_id, "user": user_id, "inbox": inbox_id},
    )
    return await cursor.fetchone() is not None

"""SQL that reads and changes conversations. Which ones a list shows, and in what order, is in core/views/store.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.conversations.models import Conversation
from innboks.core.tickets import store_tickets as tickets
from innboks.lib.db import Connection, fetch_all

LISTED = """c.account_id, c.id, c.inbox_id, c.channel_account_id, a.kind, c.contact_id, coalesce(p.name, '') as contact_name, c.party_address,
    c.status, c.assignee_id, c.subject, c.preview, c.message_count, c.last_message_id, c.last_received_id, c.last_message_at, c.last_direction,
    c.waiting_since, c.due_at, c.due_kind, c.due_from, c.failed_count,
    case when c.failed_count > 0 then cardinality(array_positions(doubtful.ids, c.id)) else 0 end as uncertain_count,
    c.spam, c.spam_reason, c.priority, c.is_snoozed, c.snoozed_until, c.trashed_at, c.merged_into_id, c.closed_at, c.created_at,
    array(select x.tag_id from conversation_tag x join tag g on g.account_id = x.account_id and g.id = x.tag_id
          where x.account_id = c.account_id and x.conversation_id = c.id and g.deleted_at is null order by x.tag_id) as tag_ids,
    c.last_type, c.last_author_id, c.is_last_forward, c.last_comment,
    (select count(*) from unnest(c.heard) o where o <> lower(c.party_address) and o <> all (own.addresses)) as others_count,
    c.last_received_id > coalesce(r.message_id, 0) as is_unread, coalesce(r.message_id, 0) as read_message_id"""
"""What `Conversation` has, in its order, for somebody: of a conversation `c` beside `JOINS`."""
JOINS = """join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id
    cross join (select array(select lower(ours) from channel_account cross join unnest(array[address, hosted_address]) ours
        where account_id = %(account)s and ours is not null) as addresses) own
    cross join (select array(select m.conversation_id from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
        where d.account_id = %(account)s and d.state = 'uncertain') as ids) doubtful
    left join lateral (select name from contact where account_id = c.account_id and id = c.contact_id limit 1) p on true
    left join lateral (
        select message_id from read_state where account_id = c.account_id and user_id = %(user)s and conversation_id = c.id limit 1) r on true"""


COUNT_CAP = 100
"""Counting somebody's conversations stops here: a bigger number helps nobody, and counting costs."""


async def get(conn: Connection, account_id: int, conversation_id: int, user_id: int = 0) -> Conversation | None:
    found = await of_ids(conn, account_id, [conversation_id], user_id)
    return found[0] if found else None


async def of_ids(conn: Connection, account_id: int, conversation_ids: Sequence[int], user_id: int = 0) -> list[Conversation]:
    cursor = await conn.execute(
        f"select {LISTED} from conversation c {JOINS} where c.account_id = %(account)s and c.id = any(%(ids)s)",
        {"account": account_id, "user": user_id, "ids": list(conversation_ids)},
    )
    return await fetch_all(cursor, Conversation)


async def whereabouts(conn: Connection, account_id: int, conversation_id: int) -> tuple[int, int | None] | None:
    """(its inbox, the conversation it was merged into): all that reading its messages asks of it."""
    cursor = await conn.execute(
        "select inbox_id, merged_into_id from conversation where account_id = %s and id = %s", (account_id, conversation_id)
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def lock(conn: Connection, account_id: int, conversation_id: int, user_id: int = 0) -> Conversation | None:
    """The conversation, its row held until the commit."""
    await conn.execute("select 1 from conversation where account_id = %s and id = %s for update", (account_id, conversation_id))
    return await get(conn, account_id, conversation_id, user_id)


async def lock_rows(conn: Connection, account_id: int, conversation_ids: Sequence[int], kin_of: Sequence[int] = ()) -> None:
    """These rows, held until the commit, in the order of their ids, as by everybody. `kin_of`: with the others that the same contact (or nobody yet)
    had from the same address. Those are looked up first: asked for beside the ids, they had every conversation of the account read."""
    ids = set(conversation_ids)
    if kin_of:
        cursor = await conn.execute(
            """select o.id from conversation c join conversation o on o.account_id = c.account_id and o.channel_account_id = c.channel_account_id
                   and o.party_address = c.party_address and o.contact_id is not distinct from c.contact_id
               where c.account_id = %s and c.id = any(%s) and c.party_address <> ''""",
            (account_id, list(kin_of)),
        )
        ids |= {row[0] for row in await cursor.fetchall()}
    await conn.execute(
        "select 1 from conversation where account_id = %s and id = any(%s) order by id for update", (account_id, sorted(ids))
    )


async def parties(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> list[str]:
    """The addresses with which these conversations are had."""
    cursor = await conn.execute(
        "select distinct party_address from conversation where account_id = %s and id = any(%s)", (account_id, list(conversation_ids))
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock_unassigned(conn: Connection, account_id: int, conversation_id: int) -> bool:
    """Held until the commit. False when somebody has it by now, or it is not open any more."""
    cursor = await conn.execute(
        "select 1 from conversation where account_id = %s and id = %s and assignee_id is null and shelf = 'open' for update",
        (account_id, conversation_id),
    )
    return await cursor.fetchone() is not None


async def update(conn: Connection, account_id: int, conversation_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns and tells everybody."""
    await update_all(conn, account_id, {conversation_id: values})


async def update_all(conn: Connection, account_id: int, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """The same for several, each with its own columns; those that get the same are written together."""
    allowed = {
        "status",
        "closed_at",
        "assignee_id",
        "inbox_id",
        "spam",
        "spam_reason",
        "spam_at",
        "waiting_since",
        "priority",
        "is_snoozed",
        "snoozed_until",
        "trashed_at",
        "merged_into_id",
    }
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for id, values in changes.items():
        assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
        alike.setdefault(tuple(values.items()), []).append(id)
    for given, ids in alike.items():
        values = dict(given)
        if "inbox_id" in values:
            # Those who see only the inbox it leaves are told that it is gone.
            await conn.execute(
                """insert into event (account_id, type, inbox_id, conversation_id, data)
                   select account_id, 'conversation.gone', inbox_id, id, jsonb_build_object('to_inbox_id', %(to)s::bigint)
                   from conversation where account_id = %(account)s and id = any(%(ids)s) and inbox_id <> %(to)s order by id""",
                {"account": account_id, "ids": ids, "to": values["inbox_id"]},
            )
        if values:
            names = ", ".join(f"{name} = %s" for name in values)
            await conn.execute(
                f"update conversation set {names} where account_id = %s and id = any(%s)", (*values.values(), account_id, ids)
            )
    await announce(conn, account_id, *changes)


async def wake_due(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Ends the snoozes whose time has come, each with a line and an event. Returns the account of each."""
    cursor = await conn.execute(
        f"""with due as (
               select account_id, id, inbox_id, channel_account_id from conversation
               where is_snoozed and snoozed_until <= %(now)s and merged_into_id is null order by snoozed_until limit {limit:d} for no key update skip locked
           ), woken as (
               update conversation c set is_snoozed = false, snoozed_until = null, message_count = message_count + 1
               from due where c.account_id = due.account_id and c.id = due.id
           ), line as (
               insert into message (account_id, conversation_id, channel_account_id, type, direction, data, created_at)
               select account_id, id, channel_account_id, 'system', 'none', '{{"event": "woken", "reason": "time"}}', %(now)s from due
               returning account_id, id, conversation_id
           )
           insert into event (account_id, type, inbox_id, conversation_id, data)
           select due.account_id, 'message.added', due.inbox_id, due.id, jsonb_build_object('message_id', line.id)
           from due join line on line.account_id = due.account_id and line.conversation_id = due.id returning account_id""",
        {"now": now},
    )
    return [row[0] for row in await cursor.fetchall()]


async def announce(conn: Connection, account_id: int, *conversation_ids: int) -> None:
    if conversation_ids:
        await conn.execute(
            """insert into event (account_id, type, inbox_id, conversation_id)
               select account_id, 'conversation.changed', inbox_id, id from conversation where account_id = %s and id = any(%s) order by id""",
            (account_id, list(conversation_ids)),
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
    """Makes the kept figures true again after messages were moved. The customer waits since the first message that came after our last answer."""
    await conn.execute(
        """with mine as (
               select m.*, max(m.id) filter (where m.direction = 'out') over () as last_out, d.state, d.dealt_with from message m
               left join dispatch d on d.account_id = m.account_id and d.message_id = m.id
               where m.account_id = %(account)s and m.conversation_id = %(id)s
           ), counted as (
               select count(*) as count, max(id) filter (where type <> 'system') as last_id, max(id) filter (where direction = 'in') as received_id,
                   max(created_at) filter (where direction <> 'none') as last_at,
                   count(*) filter (where state in ('failed', 'uncertain') and dealt_with is null) as failed,
                   min(created_at) filter (where direction = 'in' and not is_automatic and id > coalesce(last_out, 0)) as waiting_since
               from mine
           ), last as (
               select direction, left(regexp_replace(coalesce(nullif(text, ''), subject), '\\s+', ' ', 'g'), 180) as preview from mine
               where direction <> 'none' order by id desc limit 1
           )
           update conversation c set
               message_count = n.count, last_message_id = coalesce(n.last_id, 0), last_received_id = coalesce(n.received_id, 0),
               last_message_at = coalesce(n.last_at, c.last_message_at), last_direction = coalesce(last.direction, c.last_direction),
               preview = coalesce(last.preview, ''), failed_count = n.failed, waiting_since = n.waiting_since, last_type = e.type,
               last_author_id = e.author_id, is_last_forward = coalesce(e.data ? 'forward_of', false),
               last_comment = coalesce(comment_start(e.type, e.text), ''), heard = (select heard_by(recipients) from mine where id = n.received_id)
           from counted n left join last on true left join mine e on e.id = n.last_id where c.account_id = %(account)s and c.id = %(id)s""",
        {"account": account_id, "id": conversation_id},
    )
    await announce(conn, account_id, conversation_id)


async def save_read(conn: Connection, account_id: int, user_id: int, conversation_id: int, message_id: int) -> None:
    """Read up to this message. Going back (mark unread) is allowed; only this user is told, also whether anything is unread now."""
    await save_reads(conn, account_id, user_id, {conversation_id: message_id})


async def save_reads(conn: Connection, account_id: int, user_id: int, read_to: Mapping[int, int]) -> None:
    """The same for several: conversation → message."""
    await conn.execute(
        """with saved as (
               insert into read_state (account_id, user_id, conversation_id, message_id)
               select %(account)s, %(user)s, id, message_id from unnest(%(ids)s::bigint[], %(messages)s::bigint[]) as given (id, message_id)
               on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id, at = now()
               where read_state.message_id <> excluded.message_id returning conversation_id, message_id
           )
           insert into event (account_id, type, conversation_id, user_id, data)
           select %(account)s, 'read.changed', c.id, %(user)s,
               jsonb_build_object('message_id', saved.message_id, 'is_unread', c.last_received_id > saved.message_id)
           from saved join conversation c on c.account_id = %(account)s and c.id = saved.conversation_id""",
        {"account": account_id, "user": user_id, "ids": list(read_to), "messages": list(read_to.values())},
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


async def inbox_rights(conn: Connection, account_id: int, user_id: int, inbox_id: int) -> tuple[bool, bool, bool]:
    """(may read, may act, may get its conversations), of an active person; nothing of somebody else."""
    cursor = await conn.execute(
        "select may_read, may_act, may_get from inbox_access where account_id = %s and user_id = %s and inbox_id = %s",
        (account_id, user_id, inbox_id),
    )
    row = await cursor.fetchone()
    return (row[0], row[1], row[2]) if row else (False, False, False)


async def readers(conn: Connection, account_id: int, inbox_id: int) -> list[int]:
    """Everybody who may read it."""
    cursor = await conn.execute(
        "select user_id from inbox_access where account_id = %s and inbox_id = %s and may_read order by user_id", (account_id, inbox_id)
    )
    return [row[0] for row in await cursor.fetchall()]


async def shut_out(conn: Connection, account_id: int, inbox_id: int, user_ids: Sequence[int]) -> list[str]:
    """The names of those of them who may not read it; "" for what is nobody of the account."""
    cursor = await conn.execute(
        """select coalesce(u.name, '') from unnest(%(users)s::bigint[]) as named (id)
           left join app_user u on u.account_id = %(account)s and u.id = named.id
           where not exists (select 1 from inbox_access a
               where a.account_id = %(account)s and a.inbox_id = %(inbox)s and a.user_id = named.id and a.may_read)
           order by 1""",
        {"account": account_id, "inbox": inbox_id, "users": list(user_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def sole_answerer(conn: Connection, account_id: int, conversation_id: int) -> int | None:
    """The assignee, where the inbox wants only them to answer. None: whoever may act there."""
    cursor = await conn.execute(
        """select c.assignee_id from conversation c join inbox i on i.account_id = c.account_id and i.id = c.inbox_id
           where c.account_id = %s and c.id = %s and i.is_assignee_only""",
        (account_id, conversation_id),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


class Aged(msgspec.Struct):
    """What has lain long enough to go. `at`: since when; `is_kept`: it stays all the same."""

    account_id: int
    id: int
    at: datetime
    is_kept: bool


async def long_in_trash(conn: Connection, before: datetime, after: Aged | None, limit: int) -> list[Aged]:
    """What was put in the trash before this, the oldest first, held until the commit; what somebody holds now is left out. `after`: where to go on."""
    cursor = await conn.execute(
        f"""select account_id, id, trashed_at as at, false as is_kept from conversation
            where trashed_at < %(before)s and merged_into_id is null and (trashed_at, account_id, id) > (%(at)s::timestamptz, %(account)s, %(id)s)
            order by trashed_at, account_id, id limit {limit:d} for update skip locked""",
        {"before": before, **_place(after)},
    )
    return await fetch_all(cursor, Aged)


async def long_in_spam(conn: Connection, before: datetime, after: Aged | None, limit: int) -> list[Aged]:
    """As `long_in_trash`, of what was kept out of the inbox before this. Kept is what somebody answered since, or what a rule put there and whose sender
    is on the allow list by now (R-800)."""
    cursor = await conn.execute(
        f"""select c.account_id, c.id, c.spam_at as at,
                exists (select 1 from message m where m.account_id = c.account_id and m.conversation_id = c.id and m.type = 'reply'
                    and m.author_id is not null and m.id > coalesce((select max(l.id) from message l where l.account_id = c.account_id
                        and l.conversation_id = c.id and l.type = 'system' and l.data ->> 'event' = 'marked_spam'), 0))
                or c.spam_reason not in ('manual', 'blocked') and coalesce((select bool_or(s.is_allowed) from listed_sender s
                    where s.account_id = c.account_id and s.value = any(sender_names(lower(c.party_address)))), false) as is_kept
            from conversation c where c.spam and c.spam_at < %(before)s and c.merged_into_id is null
                and (c.spam_at, c.account_id, c.id) > (%(at)s::timestamptz, %(account)s, %(id)s)
            order by c.spam_at, c.account_id, c.id limit {limit:d} for update of c skip locked""",
        {"before": before, **_place(after)},
    )
    return await fetch_all(cursor, Aged)


def _place(after: Aged | None) -> dict[str, Any]:
    return {"at": after.at, "account": after.account_id, "id": after.id} if after else {"at": "-infinity", "account": 0, "id": 0}


_RAW = """select m.delivery_id from message m where m.account_id = %(account)s and m.conversation_id = any(%(ids)s) and m.delivery_id is not null
    union select a.delivery_id from message m join delivery_about a on a.account_id = m.account_id and a.message_id = m.id
    where m.account_id = %(account)s and m.conversation_id = any(%(ids)s)"""
"""The raw payloads of the messages of these conversations, and of what came about them later: copies, receipts, edits, reactions."""


async def delete(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> list[str]:
    """Deletes conversations with all that was merged into them and the tickets that are about nothing else, and tells those who may have them on the screen;
    that they were erased, and not moved, stands in the log as an event of its own (R-806). Returns their files, by hash: `erase.py` removes those that nothing
    else has."""
    values: dict[str, Any] = {"account": account_id, "ids": list(conversation_ids)}
    cursor = await conn.execute(
        """with recursive merged (id) as (
               select unnest(%(ids)s::bigint[])
               union select c.id from conversation c join merged m on c.account_id = %(account)s and c.merged_into_id = m.id
           ) select id from merged order by id""",
        values,
    )
    values["ids"] = [row[0] for row in await cursor.fetchall()]
    cursor = await conn.execute(
        f"""select a.hash from attachment a join message m on m.account_id = a.account_id and m.id = a.message_id
           where m.account_id = %(account)s and m.conversation_id = any(%(ids)s)
           union select d.body_file from delivery d where d.account_id = %(account)s and d.body_file is not null and d.id in ({_RAW})""",
        values,
    )
    hashes = [row[0] for row in await cursor.fetchall()]
    await tickets.delete_with(conn, account_id, values["ids"])
    for statement in (
        """insert into event (account_id, type, inbox_id, conversation_id, data)
           select account_id, type, inbox_id, id, case when type = 'conversation.gone' then '{"to_inbox_id": 0}'::jsonb else '{}'::jsonb end
           from conversation cross join unnest(array['conversation.gone', 'conversation.erased']) as type
           where account_id = %(account)s and id = any(%(ids)s)""",
        """update delivery set body = '', body_file = null, size = 0, envelope = '{}', code = 'deleted', reason = 'Deleted with its conversation.'
           where account_id = %(account)s and id in ("""
        + _RAW
        + ")",
        "delete from message where account_id = %(account)s and conversation_id = any(%(ids)s)",
        "update conversation set merged_into_id = null where account_id = %(account)s and id = any(%(ids)s) and merged_into_id is not null",
        "delete from conversation where account_id = %(account)s and id = any(%(ids)s)",
    ):
        await conn.execute(statement, values)
    return hashes


class Assignee(msgspec.Struct):
    """Somebody who may get a conversation of this inbox. `open_count` stops at COUNT_CAP; `is_here`: was at the product in the last minutes."""

    id: int
    name: str
    open_count: int
    is_here: bool


async def assignees(conn: Connection, account_id: int, inbox_id: int, readable: Sequence[int], here_since: datetime) -> list[Assignee]:
    """By name; of teams the main members only (R-024). What is counted is limited to inboxes that the asking person may read."""
    cursor = await conn.execute(
        f"""select u.id, u.name,
                (select count(*) from (select 1 from conversation c where c.account_id = u.account_id and c.inbox_id = any(%(readable)s)
                    and coalesce(c.assignee_id, 0) = u.id and c.shelf = 'open' limit {COUNT_CAP}) capped) as open_count,
                exists (select 1 from session s where s.account_id = u.account_id and s.user_id = u.id and s.seen_at > %(since)s) as is_here
            from inbox_access a join app_user u on u.account_id = a.account_id and u.id = a.user_id
            where a.account_id = %(account)s and a.inbox_id = %(inbox)s and a.may_get
            order by lower(u.name), u.id""",
        {"account": account_id, "inbox": inbox_id, "readable": list(readable), "since": here_since},
    )
    return await fetch_all(cursor, Assignee)

"""SQL that moves many messages at once, and remembers what went where. Read it beside `merge.py`, `split.py` and `undo.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.rearrangements.models import Rearrangement
from innboks.lib.db import Connection, fetch_one

_MOVABLE = "(m.type <> 'system' or m.data ? 'rearrangement_id')"
"""What somebody wrote, and the lines that offer to undo an earlier rearrangement. Other system lines are a conversation's own story and stay."""


async def insert(conn: Connection, account_id: int, kind: str, source_id: int, target_id: int, user_id: int) -> int:
    cursor = await conn.execute(
        """insert into rearrangement (account_id, kind, source_id, target_id, message_ids, user_id) values (%s, %s, %s, %s, '{}', %s)
           returning id""",
        (account_id, kind, source_id, target_id, user_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def keep(
    conn: Connection, account_id: int, id: int, *, message_ids: Sequence[int], changes: Mapping[str, Any], line_ids: Sequence[int]
) -> None:
    await conn.execute(
        "update rearrangement set message_ids = %s, changes = %s, line_ids = %s where account_id = %s and id = %s",
        (list(message_ids), Jsonb(dict(changes)), list(line_ids), account_id, id),
    )


_SELECT = "select id, kind, source_id, target_id, message_ids, changes, line_ids, undone_at from rearrangement where account_id = %s"


async def get(conn: Connection, account_id: int, id: int) -> Rearrangement | None:
    return await fetch_one(await conn.execute(f"{_SELECT} and id = %s", (account_id, id)), Rearrangement)


async def standing_merge(conn: Connection, account_id: int, source_id: int, target_id: int) -> int | None:
    """The merge by which the one is in the other now."""
    cursor = await conn.execute(
        """select id from rearrangement where account_id = %s and source_id = %s and target_id = %s and kind = 'merge' and undone_at is null
           order by id desc limit 1""",
        (account_id, source_id, target_id),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def mark_undone(conn: Connection, account_id: int, id: int, user_id: int, at: datetime) -> bool:
    """False when somebody did already. The row is held until the commit."""
    cursor = await conn.execute(
        "update rearrangement set undone_at = %s, undone_by = %s where account_id = %s and id = %s and undone_at is null",
        (at, user_id, account_id, id),
    )
    return cursor.rowcount == 1


async def move_messages(
    conn: Connection, account_id: int, from_id: int, to_id: int, why: Mapping[str, Any], message_ids: Sequence[int] | None = None
) -> list[int]:
    """Moves these messages (all: None). Each keeps why it was where it was inside its new `why`. Returns the ids that went."""
    cursor = await conn.execute(
        f"""with moved as (
                update message m set conversation_id = %(to)s, why = %(why)s || jsonb_build_object('before', m.why)
                where m.account_id = %(account)s and m.conversation_id = %(from)s and {_MOVABLE}
                  and (%(ids)s::bigint[] is null or m.id = any(%(ids)s::bigint[])) returning m.id
            ), named as (
                update mention x set conversation_id = %(to)s from moved where x.account_id = %(account)s and x.message_id = moved.id
            )
            select id from moved""",
        {
            "account": account_id,
            "from": from_id,
            "to": to_id,
            "why": Jsonb(dict(why)),
            "ids": None if message_ids is None else list(message_ids),
        },
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def move_back(
    conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, message_ids: Sequence[int], id: int
) -> list[int]:
    """Of these messages, what is still in one of these conversations goes back, with the `why` that it had. Returns the ids that went."""
    cursor = await conn.execute(
        """with moved as (
               update message m set conversation_id = %(to)s, why = why_before(m.why, %(id)s)
               where m.account_id = %(account)s and (m.id = any(%(ids)s) or m.was_id = any(%(ids)s)) and m.conversation_id = any(%(from)s) returning m.id
           ), named as (
               update mention x set conversation_id = %(to)s from moved where x.account_id = %(account)s and x.message_id = moved.id
           )
           select id from moved""",
        {"account": account_id, "from": list(from_ids), "to": to_id, "ids": list(message_ids), "id": str(id)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def was_written_in(conn: Connection, account_id: int, message_id: int, conversation_id: int) -> bool:
    """Is it in this conversation, or did it go from there to another one?"""
    cursor = await conn.execute(
        """select m.conversation_id = %(in)s or exists (
               select from rearrangement r where r.account_id = m.account_id and r.source_id = %(in)s
                   and (m.id = any(r.message_ids) or m.was_id = any(r.message_ids)))
           from message m where m.account_id = %(account)s and m.id = %(id)s""",
        {"account": account_id, "id": message_id, "in": conversation_id},
    )
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def movable(conn: Connection, account_id: int, conversation_id: int, message_ids: Sequence[int]) -> tuple[int, int]:
    """(how many of these can be moved out of this conversation, how many written ones it has in all)."""
    cursor = await conn.execute(
        f"""select count(*) filter (where m.id = any(%s) and m.type <> 'system'), count(*) filter (where m.type <> 'system') from message m
            where m.account_id = %s and m.conversation_id = %s and {_MOVABLE}""",
        (list(message_ids), account_id, conversation_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def ground_of_split(conn: Connection, account_id: int, message_ids: Sequence[int]) -> tuple[int, int | None, str, str] | None:
    """(channel account, contact, subject, party address) for a conversation of these messages: those of the first from outside, else of the first."""
    cursor = await conn.execute(
        """select m.channel_account_id, m.contact_id, m.subject, coalesce(m.sender ->> 'address', '') from message m
           where m.account_id = %s and m.id = any(%s) and m.type <> 'system' order by m.direction <> 'in', m.id limit 1""",
        (account_id, list(message_ids)),
    )
    row = await cursor.fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


async def set_suggestion(conn: Connection, account_id: int, message_id: int, *, is_dismissed: bool) -> bool:
    """Whether the split that is suggested at this message still is, for everybody. False when none was."""
    cursor = await conn.execute(
        """update message set why = why || jsonb_build_object('split', %s::text)
           where account_id = %s and id = %s and why ->> 'split' in ('suggested', 'dismissed')""",
        ("dismissed" if is_dismissed else "suggested", account_id, message_id),
    )
    return cursor.rowcount > 0


async def mark_lines(conn: Connection, account_id: int, line_ids: Sequence[int]) -> None:
    """The lines learn that it was undone, and everybody who sees them."""
    await conn.execute(
        """with told as (
               update message set data = data || '{"is_undone": true}' where account_id = %s and id = any(%s) returning account_id, id, conversation_id
           )
           insert into event (account_id, type, inbox_id, conversation_id, data)
           select told.account_id, 'message.changed', c.inbox_id, c.id, jsonb_build_object('message_id', told.id)
           from told join conversation c on c.account_id = told.account_id and c.id = told.conversation_id""",
        (account_id, list(line_ids)),
    )


async def announce_moved(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> None:
    """One piece of news however many messages went: whoever shows one of these conversations reads it again."""
    await conn.execute(
        """insert into event (account_id, type, inbox_id, conversation_id, data)
           select c.account_id, 'messages.moved', c.inbox_id, c.id, '{}' from conversation c where c.account_id = %s and c.id = any(%s) order by c.id""",
        (account_id, list(conversation_ids)),
    )


async def merge_reading(conn: Connection, account_id: int, source_id: int, target_id: int) -> list[tuple[int, int | None, int]]:
    """Who had read both has read the result; who had not, has not. Call before anything moves. Returns (user, before, after) of what changed."""
    cursor = await conn.execute(
        """with known as (
               select user_id, max(message_id) filter (where conversation_id = %(source)s) as source,
                      max(message_id) filter (where conversation_id = %(target)s) as target
               from read_state where account_id = %(account)s and conversation_id in (%(source)s, %(target)s) group by user_id
           ), received as (
               select max(last_received_id) filter (where id = %(source)s) as source, max(last_received_id) filter (where id = %(target)s) as target
               from conversation where account_id = %(account)s and id in (%(source)s, %(target)s)
           ), wanted as (
               select known.user_id, known.target as before, case
                   when coalesce(known.target, 0) < received.target then known.target
                   when coalesce(known.source, 0) < received.source then coalesce(known.source, 0)
                   else greatest(known.source, known.target) end as after
               from known cross join received
           )
           insert into read_state (account_id, user_id, conversation_id, message_id)
           select %(account)s, user_id, %(target)s, after from wanted where after is distinct from before
           on conflict (account_id, user_id, conversation_id) do update set message_id = excluded.message_id, at = now()
           returning user_id, (select before from wanted w where w.user_id = read_state.user_id), message_id""",
        {"account": account_id, "source": source_id, "target": target_id},
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def unmerge_reading(conn: Connection, account_id: int, target_id: int, changed: Sequence[Sequence[int | None]]) -> None:
    """Gives back the marks that are still as the merge left them."""
    for user_id, before, after in changed:
        await conn.execute(
            "delete from read_state where account_id = %s and user_id = %s and conversation_id = %s and message_id = %s and %s::bigint is null",
            (account_id, user_id, target_id, after, before),
        )
        await conn.execute(
            "update read_state set message_id = %s where account_id = %s and user_id = %s and conversation_id = %s and message_id = %s",
            (before or 0, account_id, user_id, target_id, after),
        )


async def announce_reading(conn: Connection, account_id: int, conversation_id: int) -> None:
    """Tells everybody who has a mark in this conversation how it stands."""
    await conn.execute(
        """insert into event (account_id, type, conversation_id, user_id, data)
           select r.account_id, 'read.changed', c.id, r.user_id,
                  jsonb_build_object('message_id', r.message_id, 'is_unread', c.last_received_id > r.message_id)
           from read_state r join conversation c on c.account_id = r.account_id and c.id = r.conversation_id
           where r.account_id = %s and r.conversation_id = %s""",
        (account_id, conversation_id),
    )


async def move_reminders(
    conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, ids: Sequence[int] | None = None
) -> list[int]:
    """Who wanted this back at a time wants it back there, where nobody's own reminder stands in the way. Returns the ids of what went."""
    cursor = await conn.execute(
        """update reminder r set conversation_id = %(to)s
           where r.account_id = %(account)s and r.conversation_id = any(%(from)s) and r.ended_at is null
             and (%(ids)s::bigint[] is null or r.id = any(%(ids)s::bigint[]))
             and not exists (select 1 from reminder o where o.account_id = r.account_id and o.conversation_id = %(to)s and o.user_id = r.user_id
                             and o.ended_at is null)
           returning r.id""",
        {"account": account_id, "from": list(from_ids), "to": to_id, "ids": None if ids is None else list(ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def move_drafts(conn: Connection, account_id: int, from_id: int, to_id: int) -> list[tuple[int, str, str]]:
    """What people have begun to write goes along where there is room. Returns (user, mode, when it was saved)."""
    cursor = await conn.execute(
        """update draft d set conversation_id = %(to)s where d.account_id = %(account)s and d.conversation_id = %(from)s
             and not exists (select 1 from draft o where o.account_id = d.account_id and o.conversation_id = %(to)s and o.user_id = d.user_id and o.mode = d.mode)
           returning d.user_id, d.mode, d.updated_at::text""",
        {"account": account_id, "from": from_id, "to": to_id},
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def move_drafts_back(conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, moved: Sequence[Sequence[Any]]) -> None:
    """Those that nobody has gone on with."""
    for user_id, mode, saved_at in moved:
        await conn.execute(
            """update draft set conversation_id = %s where account_id = %s and conversation_id = any(%s) and user_id = %s and mode = %s
                 and updated_at = %s::timestamptz""",
            (to_id, account_id, list(from_ids), user_id, mode, saved_at),
        )


_MERGEABLE = "c.trashed_at is null and not c.spam and c.merged_into_id is null"
RECENT_MAX = 500
"""Words are looked for among so many of the newest of each inbox; beyond that there is the search."""
RECENT_IN_ALL = 5000
"""And among so many of them together, where somebody reads many inboxes: the name of each has to be looked up."""


async def of_same_sender(conn: Connection, account_id: int, conversation_id: int, inbox_ids: Sequence[int], limit: int) -> list[int]:
    """Other conversations of the same contact or address, open ones first, then the newest."""
    cursor = await conn.execute(
        f"""with here as (select contact_id, channel_account_id, party_address from conversation where account_id = %(account)s and id = %(id)s),
               same as (
                   (select c.id, c.status, c.last_message_at from here join conversation c on c.account_id = %(account)s and c.contact_id = here.contact_id
                    where c.id <> %(id)s and c.inbox_id = any(%(inboxes)s) and {_MERGEABLE} order by c.last_message_at desc, c.id desc limit 100)
                   union
                   (select c.id, c.status, c.last_message_at from here join conversation c on c.account_id = %(account)s
                        and c.channel_account_id = here.channel_account_id and c.party_address = here.party_address and here.party_address <> ''
                    where c.id <> %(id)s and c.inbox_id = any(%(inboxes)s) and {_MERGEABLE} order by c.id desc limit 100)
               )
            select id from same order by status desc, last_message_at desc, id desc limit {limit:d}""",
        {"account": account_id, "id": conversation_id, "inboxes": list(inbox_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def recent(conn: Connection, account_id: int, conversation_id: int, inbox_ids: Sequence[int], words: str, limit: int) -> list[int]:
    """The newest with these words in subject, name or address; without words, the newest."""
    newest = f"""select c.id, c.subject, c.party_address, c.contact_id, c.last_message_at from conversation c
                 where c.account_id = %(account)s and c.inbox_id = readable.inbox_id and c.shelf = place.shelf and c.merged_into_id is null
                 order by c.last_message_at desc, c.id desc limit {RECENT_MAX if words else limit + 1}"""
    cursor = await conn.execute(
        f"""select k.id from (
                select k.* from unnest(%(inboxes)s::bigint[]) as readable (inbox_id) cross join (values ('open'), ('snoozed'), ('closed')) as place (shelf)
                cross join lateral ({newest}) k order by k.last_message_at desc, k.id desc limit {RECENT_IN_ALL}) k
            left join lateral (select name from contact where account_id = %(account)s and id = k.contact_id limit 1) p on true
            where k.id <> %(id)s and (%(words)s = '' or concat_ws(' ', k.subject, p.name, k.party_address) ilike %(like)s)
            order by k.last_message_at desc, k.id desc limit {limit:d}""",
        {"account": account_id, "id": conversation_id, "inboxes": list(inbox_ids), "words": words, "like": f"%{_literal(words)}%"},
    )
    return [row[0] for row in await cursor.fetchall()]


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

"""SQL that keeps the search index: what an entry consists of, what is new since the last look, and the walk over what was there before.

One transaction per step, under an account's advisory lock, so that several workers do not do the same twice. Read next: `index.py`, which
takes the steps; `store.py`, which asks.
"""

from collections.abc import Sequence

import msgspec

from innboks.lib.db import Connection, fetch_all, fetch_one

BODY_MAX = 50_000
FILES_MAX = 100_000
LINE_MAX = 20_000
"""Characters of a message, of the files with it, and of each line beside it, that can be found: together below what a tsvector holds."""

# One row of `search_message` for each of the messages %(ids)s. The words of the conversation and its contact stand with every message, so that
# "kari refund" finds the message in Kari's conversation that speaks of a refund.
DOCUMENTS = f"""
select m.account_id, m.id as message_id, m.conversation_id, c.inbox_id, c.contact_id, m.created_at as at,
    setweight(search_vector(left(case when m.subject in ('', c.subject) then c.subject else c.subject || ' ' || m.subject end, {LINE_MAX})), 'A')
    || setweight(search_vector(left(concat_ws(' ', m.sender ->> 'name', m.sender ->> 'address', author.name, author.email), {LINE_MAX})), 'B')
    || setweight(coalesce(search_vector((
        select left(string_agg(concat_ws(' ', r ->> 'name', r ->> 'address'), ' '), {LINE_MAX}) from jsonb_array_elements(m.recipients) r)), ''), 'C')
    || search_vector(left(coalesce(edit.text, m.text), {BODY_MAX}) || ' ' || left(m.signature, {LINE_MAX}))
    || coalesce(search_vector(files.words), '')
    || search_vector(left(concat_ws(' ', contact.name, c.party_address), {LINE_MAX}))
    || array_to_tsvector(array_remove(array['~a' || m.account_id, '~i' || c.inbox_id, '~c' || m.channel_account_id, '~u' || m.author_id,
        case when files.count > 0 then '~file' end, case when m.type = 'comment' then '~comment' end] || search_times(m.created_at), null)) as tokens
from message m
join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
left join contact on contact.account_id = c.account_id and contact.id = c.contact_id
left join app_user author on author.account_id = m.account_id and author.id = m.author_id
left join lateral (select case when e.is_deleted then '' else e.text end as text from message_edit e
    where e.account_id = m.account_id and e.message_id = m.id order by e.id desc limit 1) edit on m.external_id is not null
left join lateral (select left(string_agg(a.name || ' ' || coalesce(f.text, ''), ' '), {FILES_MAX}) as words, count(*) filter (where not a.is_inline) as count
    from attachment a left join search_file f on f.account_id = a.account_id and f.hash = a.hash
    where a.account_id = m.account_id and a.message_id = m.id) files on m.has_attachments
where m.account_id = %(account)s and m.id = any(%(ids)s) and m.type <> 'system'"""

CONTACTS = """
select p.account_id, p.id as contact_id, setweight(search_vector(p.name), 'A') || coalesce(search_vector((
        select string_agg(case i.type when 'phone' then i.value || ' ' || right(i.value, 8) else i.value end, ' ')
        from contact_identity i where i.account_id = p.account_id and i.contact_id = p.id and i.type <> 'opaque')), '')
    || coalesce(search_vector((
        select left(string_agg(v.value #>> '{}', ' '), 20000) from jsonb_each(p.properties) v
        where jsonb_typeof(v.value) in ('string', 'number', 'array'))), '')
    || array_to_tsvector(array['~a' || p.account_id]) as tokens
from contact p where p.account_id = %(account)s and p.id = any(%(ids)s)"""


class Progress(msgspec.Struct):
    """How far an account's index is. `walk_before` None: everything older is in."""

    account_id: int
    tx: int
    event_id: int
    walk_before: int | None
    is_astray: bool


async def try_lock(conn: Connection, account_id: int) -> bool:
    """Until the commit nobody else works on this account's index. False: somebody does. The commit need not wait for the disk: how far the index
    goes is lost together with what it took in."""
    cursor = await conn.execute(
        "select pg_try_advisory_xact_lock(hashtextextended('search', %s)), set_config('synchronous_commit', 'off', true)", (account_id,)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def behind(conn: Connection) -> list[int]:
    """Accounts with something to do: events after the place they are followed to, an unfinished walk, or no place yet."""
    cursor = await conn.execute(
        """select a.id from account a left join search_progress s on s.account_id = a.id
           where s.account_id is null or s.walk_before is not null or s.epoch <> (select epoch from server)
               or (select e.id from event e where e.account_id = a.id and (e.tx, e.id) > (s.tx, s.event_id) order by e.tx, e.id limit 1) is not null"""
    )
    return [row[0] for row in await cursor.fetchall()]


_BEGIN = """
insert into search_progress (account_id, epoch, tx, event_id, walk_before, walk_total)
select a.id, s.epoch, (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8, 9223372036854775807,
    (select max(id) + 1 from message where account_id = a.id), (select count(*) from message where account_id = a.id)
from account a, server s where a.id = %(account)s
on conflict (account_id) do update set epoch = excluded.epoch, tx = excluded.tx, event_id = excluded.event_id, walk_before = excluded.walk_before,
    walked = 0, walk_total = excluded.walk_total, indexed_at = now()"""


async def begin(conn: Connection, account_id: int) -> None:
    """Follows the log from here, and walks over all that is there. The place is that of the snapshot in which the walk's upper end is found: an event
    above it is followed, a message below it can be seen by now."""
    await conn.execute(_BEGIN, {"account": account_id})


async def progress(conn: Connection, account_id: int) -> Progress | None:
    """`is_astray`: the log was swept beyond this place, or belongs to another server, so that only a new walk makes the index true."""
    cursor = await conn.execute(
        """select p.account_id, p.tx::text::bigint as tx, p.event_id, p.walk_before,
               p.epoch <> s.epoch or p.tx::text::bigint < s.events_swept_to as is_astray
           from search_progress p, server s where p.account_id = %s""",
        (account_id,),
    )
    return await fetch_one(cursor, Progress)


async def follow_to(conn: Connection, account_id: int, tx: int, event_id: int) -> None:
    await conn.execute(
        "update search_progress set tx = %s::text::xid8, event_id = %s, indexed_at = now() where account_id = %s",
        (str(tx), event_id, account_id),
    )


async def next_of_walk(conn: Connection, account_id: int, before: int, limit: int) -> list[int]:
    """The newest messages older than `before`."""
    cursor = await conn.execute(
        f"select id from message where account_id = %s and id < %s order by id desc limit {limit:d}", (account_id, before)
    )
    return [row[0] for row in await cursor.fetchall()]


async def walk_to(conn: Connection, account_id: int, before: int | None, count: int) -> None:
    await conn.execute(
        "update search_progress set walk_before = %s, walked = walked + %s where account_id = %s", (before, count, account_id)
    )


async def misplaced(conn: Connection, account_id: int, conversation_ids: Sequence[int], limit: int) -> list[int]:
    """Messages of these conversations whose entry says that they are elsewhere, or somebody else's, or that have none."""
    cursor = await conn.execute(
        f"""select m.id from message m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
            left join search_message s on s.account_id = m.account_id and s.message_id = m.id
            where m.account_id = %s and m.conversation_id = any(%s) and m.type <> 'system'
                and (s.conversation_id, s.inbox_id, s.contact_id) is distinct from (m.conversation_id, c.inbox_id, c.contact_id) limit {limit:d}""",
        (account_id, list(conversation_ids)),
    )
    return [row[0] for row in await cursor.fetchall()]


async def of_contacts(conn: Connection, account_id: int, contact_ids: Sequence[int], limit: int) -> list[int]:
    """The newest messages in the conversations of these contacts."""
    cursor = await conn.execute(
        f"""select m.id from conversation c join message m on m.account_id = c.account_id and m.conversation_id = c.id
            where c.account_id = %s and c.contact_id = any(%s) and m.type <> 'system' order by m.id desc limit {limit:d}""",
        (account_id, list(contact_ids)),
    )
    return [row[0] for row in await cursor.fetchall()]


async def with_file(conn: Connection, account_id: int, hash: str, limit: int) -> list[int]:
    """The newest messages with this file."""
    cursor = await conn.execute(
        f"""select distinct message_id from attachment where hash = %s and account_id = %s and message_id is not null
            order by message_id desc limit {limit:d}""",
        (hash, account_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def index_messages(conn: Connection, account_id: int, message_ids: Sequence[int]) -> None:
    """Makes the entries of these messages what they should be; those that are right already are left alone."""
    given = {"account": account_id, "ids": sorted(set(message_ids))}
    await conn.execute(
        f"""delete from search_message s using ({DOCUMENTS} and exists (
                select 1 from search_message x where x.account_id = m.account_id and x.message_id = m.id)) d
            where s.account_id = d.account_id and s.message_id = d.message_id
                and (s.tokens, s.conversation_id, s.inbox_id, s.contact_id, s.at)
                    is distinct from (d.tokens, d.conversation_id, d.inbox_id, d.contact_id, d.at)""",
        given,
        prepare=True,
    )
    await conn.execute(
        f"""insert into search_message (account_id, message_id, conversation_id, inbox_id, contact_id, at, tokens)
            {DOCUMENTS} and not exists (select 1 from search_message x where x.account_id = m.account_id and x.message_id = m.id)
            order by m.id on conflict do nothing""",
        given,
        prepare=True,
    )


async def index_contacts(conn: Connection, account_id: int, contact_ids: Sequence[int]) -> list[int]:
    """Makes the entries of these contacts what they should be. Returns those that were different, or had none."""
    given = {"account": account_id, "ids": sorted(set(contact_ids))}
    await conn.execute(
        f"""delete from search_contact s using ({CONTACTS}) d
            where s.account_id = d.account_id and s.contact_id = d.contact_id and s.tokens is distinct from d.tokens""",
        given,
        prepare=True,
    )
    cursor = await conn.execute(
        f"""insert into search_contact (account_id, contact_id, tokens) {CONTACTS} and not exists (
                select 1 from search_contact x where x.account_id = p.account_id and x.contact_id = p.id) on conflict do nothing returning contact_id""",
        given,
        prepare=True,
    )
    return [row[0] for row in await cursor.fetchall()]


async def contacts_without_entry(conn: Connection, account_id: int, limit: int) -> list[int]:
    """Contacts that were made by hand or imported, and are not in the index."""
    cursor = await conn.execute(
        f"""select c.id from contact c where c.account_id = %s and c.is_shared
                and not exists (select 1 from search_contact s where s.account_id = c.account_id and s.contact_id = c.id) limit {limit:d}""",
        (account_id,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def contacts_of(conn: Connection, account_id: int, message_ids: Sequence[int]) -> list[int]:
    """The contacts of the conversations of these messages, and those who wrote them."""
    cursor = await conn.execute(
        """select distinct unnest(array[m.contact_id, c.contact_id]) from message m
           join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
           where m.account_id = %s and m.id = any(%s)""",
        (account_id, list(message_ids)),
    )
    return [row[0] for row in await cursor.fetchall() if row[0] is not None]


# ── text of files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class FileToRead(msgspec.Struct):
    """An attached file whose text is not known yet."""

    account_id: int
    hash: str
    type: str
    name: str
    attempts: int


async def list_files(conn: Connection, account_id: int, message_ids: Sequence[int], types: Sequence[str], size_max: int) -> bool:
    """Notes the readable files of these messages, once each. True when there is a new one."""
    cursor = await conn.execute(
        """insert into search_file (account_id, hash, type, name)
           select distinct on (a.hash) a.account_id, a.hash, a.type, a.name from attachment a
           where a.account_id = %s and a.message_id = any(%s) and a.size <= %s
               and (a.type = any(%s) or lower(substring(a.name from '[.][^.]+$')) = any(%s))
           on conflict do nothing""",
        (account_id, list(message_ids), size_max, list(types), list(types)),
    )
    return cursor.rowcount > 0


async def next_file(conn: Connection) -> FileToRead | None:
    """The file that waits longest, its row held until the commit, so that no other worker reads it too."""
    cursor = await conn.execute(
        """select account_id, hash, type, name, attempts from search_file where state = 'waiting' and at <= now() order by at limit 1
           for update skip locked"""
    )
    return await fetch_one(cursor, FileToRead)


async def postpone_file(conn: Connection, account_id: int, hash: str, seconds: float) -> None:
    """Tried, and to be tried again: when the process dies while reading it, that counts as a try too."""
    await conn.execute(
        "update search_file set attempts = attempts + 1, at = now() + make_interval(secs => %s::float8) where account_id = %s and hash = %s",
        (seconds, account_id, hash),
    )


async def save_file(conn: Connection, account_id: int, hash: str, state: str, text: str, reason: str) -> None:
    await conn.execute(
        "update search_file set state = %s, text = %s, reason = %s, at = now() where account_id = %s and hash = %s",
        (state, text, reason, account_id, hash),
    )


async def drop_gone_files(conn: Connection) -> None:
    """Text of files that no message has any more."""
    await conn.execute(
        """delete from search_file f where not exists (select 1 from attachment a where a.hash = f.hash and a.account_id = f.account_id)"""
    )


# ── for the operator ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Lag(msgspec.Struct):
    """How far the index is behind, over all accounts: `waiting_s` since the oldest event that is not in, `to_walk` older messages to come."""

    waiting_s: float
    events: int
    to_walk: int
    files: int


async def lag(conn: Connection) -> Lag:
    cursor = await conn.execute(
        """select coalesce(extract(epoch from now() - min(e.first_at)), 0)::float8 as waiting_s, coalesce(sum(e.count), 0)::bigint as events,
               coalesce(sum(case when s.account_id is null then e.messages when s.walk_before is not null then greatest(1, s.walk_total - s.walked)
                   else 0 end), 0)::bigint as to_walk,
               (select count(*) from (select 1 from search_file where state = 'waiting' limit 10000) waiting) as files
           from account a left join search_progress s on s.account_id = a.id
           cross join lateral (select min(at) as first_at, count(*) as count,
                   case when s.account_id is null then (select count(*) from (select 1 from message where account_id = a.id limit 10000) m) else 0 end as messages
               from (select at from event e where e.account_id = a.id and s.account_id is not null and (e.tx, e.id) > (s.tx, s.event_id)
                   order by e.tx, e.id limit 10000) behind) e"""
    )
    found = await fetch_all(cursor, Lag)
    return found[0]

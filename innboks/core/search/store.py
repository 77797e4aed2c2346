"""SQL that asks the search index. The way of a search stands in `find.py`; what an entry consists of in `store_index.py`.

`tokens @@ …` walks the index by words and marks together: inboxes and the slice of time are marks, so a common word costs no more than the slice
that it is looked for in. Each word and each mark is a condition of its own (`keys`): the index then leaps from a match of one to the next place where
another may match; joined by "&" it would look up all of them at every place of the rarest. Subject, sender and recipients are columns of the index
too. Marks only make it fast: what may be read is decided by the conversation's own row, each time. Read next: `store_candidates.py`, the other way round.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg import errors

from innboks.core.contacts.models import Identity
from innboks.lib.db import Connection, Database, fetch_all

FORMS_MAX = 16
"""Other forms of one word that are looked for too."""
ENDINGS_MAX = 32
LOOKED_AT_MAX = 2_000
"""Words that are looked at for one beginning: more only for beginnings so short that they mean nothing yet."""
LIMIT_MIN_MS = 10
WALK_MAX = 200
"""Messages of one conversation that are looked at for the best of them."""
TEXT_MAX = 20_000
CONTACTS_WALKED_MAX = 2_000
CONTACTS_LOOKED_AT_MAX = 1_000
"""Contacts with a name as common as can be are looked at from the newest on, and no further."""


class OutOfTime(Exception):
    """The statement was cut off."""


@asynccontextmanager
async def searching(db: Database) -> AsyncIterator[Connection]:
    """A read-only transaction whose statements are planned with the words that are asked for, and may be cut off one by one (`within`)."""
    async with db.transaction() as conn:
        await conn.execute(
            """select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
                   set_config('enable_seqscan', 'off', true), set_config('transaction_read_only', 'on', true)"""
        )
        yield conn


@asynccontextmanager
async def within(conn: Connection, seconds: float) -> AsyncIterator[None]:
    """Raises `OutOfTime` when one of the block's statements takes longer; the transaction goes on, and nothing after the block is cut off: the limit
    is set and taken back inside the savepoint."""
    try:
        async with conn.transaction():
            await conn.execute("select set_config('statement_timeout', %s, true)", (str(max(LIMIT_MIN_MS, int(seconds * 1000))),))
            yield
            await conn.execute("select set_config('statement_timeout', '0', true)")
    except errors.QueryCanceled as error:
        raise OutOfTime from error


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fold(conn: Connection, texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in order, as they stand in the index."""
    cursor = await conn.execute(
        """select (select coalesce(array_agg(t.lexeme order by place), '{}') from unnest(search_vector(given.text)) t, unnest(t.positions) place)
           from unnest(%s::text[]) with ordinality as given (text, nth) order by nth""",
        (list(texts),),
    )
    return [row[0] for row in await cursor.fetchall()]


class Form(msgspec.Struct):
    """A word of the account that stands for the `nth` word that was asked for."""

    nth: int
    word: str
    entries: int


async def forms(conn: Connection, account_id: int, words: Sequence[str], are_open: Sequence[bool]) -> list[Form]:
    """The word itself, other forms of it by its English and Norwegian stem, and, for an open one, what begins so. A Norwegian stem of three letters is
    none ("order" would become "ord")."""
    cursor = await conn.execute(
        f"""select given.nth::int, w.word, max(w.entries) as entries
            from unnest(%(words)s::text[], %(opens)s::bool[]) with ordinality as given (word, is_open, nth)
            cross join lateral (
                (select word, entries from search_word where account_id = %(account)s and word = given.word)
                union all
                (select word, entries from search_word where account_id = %(account)s and english = (ts_lexize('english_stem', given.word))[1]
                    and length(english) >= 3 order by entries desc limit {FORMS_MAX})
                union all
                (select word, entries from search_word where account_id = %(account)s and norwegian = (ts_lexize('norwegian_stem', given.word))[1]
                    and length(norwegian) >= 4 order by entries desc limit {FORMS_MAX})
                union all
                (select word, entries from (select word, entries from search_word where account_id = %(account)s and given.is_open
                    and length(given.word) >= 2 and word >= given.word and word < given.word || chr(1114111) limit {LOOKED_AT_MAX}) begun
                 order by entries desc limit {ENDINGS_MAX})
            ) w group by given.nth, w.word order by given.nth, entries desc""",
        {"account": account_id, "words": list(words), "opens": list(are_open)},
    )
    return await fetch_all(cursor, Form)


class Written(msgspec.Struct, frozen=True):
    """A word that somebody wrote, and in how many entries it stands."""

    word: str
    entries: int


async def existing(conn: Connection, account_id: int, words: Sequence[str]) -> list[Written]:
    """Those of these words that somebody wrote, the most written first."""
    cursor = await conn.execute(
        "select word, entries from search_word where account_id = %s and word = any(%s) order by entries desc", (account_id, list(words))
    )
    return await fetch_all(cursor, Written)


async def alike(conn: Connection, account_id: int, word: str) -> list[Written]:
    """Words that share most of their three-letter pieces with this one."""
    cursor = await conn.execute(
        """select word, entries from search_word where word %% %s and account_id = %s and length(word) >= 6 and length(word) between %s and %s
           order by similarity(word, %s) desc, entries desc limit 12""",
        (word, account_id, len(word) - 2, len(word) + 2, word),
    )
    return await fetch_all(cursor, Written)


# ── conversations ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CONDITIONS: Mapping[str, str] = {
    "open": "c.status = 'open'",
    "closed": "c.status = 'closed'",
    "assignee": "coalesce(c.assignee_id, 0) = any({values})",
    "unread": "c.last_received_id > coalesce(r.message_id, 0)",
    "snoozed": "c.is_snoozed",
    "spam": "c.spam",
    "trash": "c.trashed_at is not null",
    "tag": """exists (select 1 from conversation_tag t where t.account_id = c.account_id and t.conversation_id = c.id and t.tag_id = any({values}))""",
}
"""What can be asked of a conversation. Assignee 0 is nobody."""


class Condition(msgspec.Struct, frozen=True):
    """One condition on the conversation; `values` are ids, where it takes some."""

    name: str
    values: tuple[int, ...] = ()
    is_negated: bool = False


class Place(msgspec.Struct, frozen=True):
    """What may be found by whom, and when it must have been written. `key` is the last result of the page before; `with_file`: only messages with a
    file are asked for."""

    account_id: int
    user_id: int
    inboxes: tuple[int, ...]
    conditions: tuple[Condition, ...]
    since: datetime | None = None
    before: datetime | None = None
    key: tuple[datetime, int] | None = None
    with_file: bool = False


class Hit(msgspec.Struct, frozen=True):
    """A conversation with the newest of its messages that match."""

    conversation_id: int
    at: datetime
    message_id: int


def where(place: Place) -> tuple[str, str, dict[str, Any]]:
    """(join, condition on the conversation, values)."""
    given: dict[str, Any] = {"account": place.account_id, "user": place.user_id, "inboxes": list(place.inboxes)}
    conditions = ["c.inbox_id = any(%(inboxes)s)"]
    for nth, one in enumerate(place.conditions):
        text = CONDITIONS[one.name].replace("{values}", f"%(values{nth})s::bigint[]")
        given[f"values{nth}"] = list(one.values)
        conditions.append(f"({text}) is not true" if one.is_negated else text)
    join = "left join read_state r on r.account_id = c.account_id and r.user_id = %(user)s and r.conversation_id = c.id"
    return join if any(one.name == "unread" for one in place.conditions) else "", " and ".join(conditions), given


def when_of(place: Place, given: dict[str, Any]) -> str:
    conditions = []
    for name, sign, value in (("since", ">=", place.since), ("before", "<", place.before)):
        if value is not None:
            given[name] = value
            conditions.append(f" and h.at {sign} %({name})s")
    if place.key is not None:
        given["key_at"], given["key_id"] = place.key
        conditions.append(" and (h.at, h.message_id) < (%(key_at)s, %(key_id)s)")
    return "".join(conditions)


Weight = Literal["", "A", "B", "C"]
"""Where a word must stand: anywhere, in the subject, in the sender's name or address, in a recipient's."""
_COLUMNS: Mapping[Weight, str] = {
    "": "h.tokens",
    "A": "ts_filter(h.tokens, '{a}')",
    "B": "ts_filter(h.tokens, '{b}')",
    "C": "ts_filter(h.tokens, '{c}')",
}
"""The columns of the words' index (migration 0132). A weight in a tsquery is not known to it; a column is."""


class Key(msgspec.Struct, frozen=True):
    """One condition on the words and marks: a tsquery, asked of what stands in one place; or a `run` of words that follow each other (migration 0158),
    which says little of itself, since two runs may look alike: the tsquery stands beside it."""

    text: str = ""
    weight: Weight = ""
    run: tuple[str, ...] = ()

    @property
    def is_negated(self) -> bool:
        """Every entry would have to be looked at for it alone."""
        return self.text.startswith(("!", "(!"))


class Surroundings(msgspec.Struct, frozen=True):
    """What marks have to keep apart: other accounts, and inboxes of this one."""

    is_alone: bool
    inboxes: list[int]


async def surroundings(conn: Connection, account_id: int) -> Surroundings:
    cursor = await conn.execute(
        """select not exists (select 1 from account where id <> %(account)s) as is_alone,
               coalesce((select array_agg(id) from inbox where account_id = %(account)s), '{}') as inboxes""",
        {"account": account_id},
    )
    return (await fetch_all(cursor, Surroundings))[0]


async def newest_at(conn: Connection, account_id: int, before: datetime | None) -> datetime | None:
    """When the newest message (before a time) was written."""
    cursor = await conn.execute(
        f"select at from search_message where account_id = %s {'and at < %s' if before else ''} order by at desc limit 1",
        (account_id, before) if before else (account_id,),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def hits(conn: Connection, keys: Sequence[Key], place: Place, limit: int) -> list[Hit]:
    """The newest conversations with a message that matches all keys, by that message. Materialized, and `account_id + 0`: the words' index is the
    one to walk. The conversations are looked up from the newest on, until the page is full: lateral with a limit, so that none is read for nothing."""
    join, condition, given = where(place)
    when = when_of(place, given)
    given |= {f"key{nth}": list(key.run) or key.text for nth, key in enumerate(keys)}
    match = " and ".join(
        f"search_pairs(h.tokens) @> search_run(%(key{nth})s)" if key.run else f"{_COLUMNS[key.weight]} @@ %(key{nth})s::tsquery"
        for nth, key in enumerate(keys)
    )
    cursor = await conn.execute(
        f"""with h as materialized (
                select h.conversation_id, h.at, h.message_id from search_message h where {match}
                    and h.account_id + 0 = %(account)s and h.inbox_id = any(%(inboxes)s))
            select n.conversation_id, n.at, n.message_id from (
                select * from (
                    select distinct on (h.conversation_id) h.conversation_id, h.at, h.message_id from h where true{when}
                    order by h.conversation_id, h.at desc, h.message_id desc) each
                order by at desc, message_id desc) n
            cross join lateral (
                select 1 from conversation c {join} where c.account_id = %(account)s and c.id = n.conversation_id and {condition} limit 1) readable
            order by n.at desc, n.message_id desc limit {limit:d}""",
        given,
    )
    return await fetch_all(cursor, Hit)


async def shown_before(conn: Connection, tsquery: str, place: Place, found: Sequence[Hit]) -> set[int]:
    """Those of these conversations that stood on an earlier page already, with a newer message."""
    assert place.key is not None
    given: dict[str, Any] = {"account": place.account_id, "query": tsquery, "ids": [one.conversation_id for one in found]}
    given["key_at"], given["key_id"] = place.key
    when = when_of(msgspec.structs.replace(place, key=None), given)
    cursor = await conn.execute(
        f"""select given.id from unnest(%(ids)s::bigint[]) as given (id)
            where exists (select 1 from search_message h where h.account_id = %(account)s and h.conversation_id = given.id
                and (h.at, h.message_id) >= (%(key_at)s, %(key_id)s) and ts_match_vq(h.tokens, %(query)s::tsquery){when})""",
        given,
    )
    return {row[0] for row in await cursor.fetchall()}


# ── what is shown of them ────────────────────────────────────────────────────────────────────────────────────────────────────


class Shown(msgspec.Struct):
    """What is needed to show one matching message."""

    id: int
    conversation_id: int
    type: str
    direction: str
    author_id: int | None
    sender: dict[str, Any]
    text: str
    has_attachments: bool
    created_at: datetime


async def best_messages(conn: Connection, tsquery: str, account_id: int, found: Sequence[Hit], each: int) -> list[Shown]:
    """Of each conversation the messages that match best, of the newest that match."""
    cursor = await conn.execute(
        f"""select m.id, m.conversation_id, m.type, m.direction, m.author_id, m.sender,
                   left(coalesce(edit.text, m.text), {TEXT_MAX}) as text, m.has_attachments, m.created_at
            from unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) with ordinality as given (id, at, nth)
            cross join lateral (
                select message_id, rank from (
                    select message_id, at, ts_rank(tokens, %(query)s::tsquery) as rank from (
                        select message_id, at, tokens from search_message where account_id = %(account)s and conversation_id = given.id and at <= given.at
                        order by at desc, message_id desc limit {WALK_MAX}) walked
                    where ts_match_vq(tokens, %(query)s::tsquery) limit 20) matching
                order by rank desc, at desc, message_id desc limit {each:d}) best
            join message m on m.account_id = %(account)s and m.id = best.message_id
            left join lateral (select case when e.is_deleted then '' else e.text end as text from message_edit e
                where e.account_id = m.account_id and e.message_id = m.id order by e.id desc limit 1) edit on m.external_id is not null
            order by given.nth, best.rank desc, m.id desc""",
        {
            "account": account_id,
            "query": tsquery,
            "ids": [one.conversation_id for one in found],
            "ats": [one.at for one in found],
        },
    )
    return await fetch_all(cursor, Shown)


class FileText(msgspec.Struct):
    message_id: int
    name: str
    text: str


async def file_texts(conn: Connection, account_id: int, message_ids: Sequence[int]) -> list[FileText]:
    cursor = await conn.execute(
        """select a.message_id, a.name, coalesce(left(f.text, 100000), '') as text from attachment a
           left join search_file f on f.account_id = a.account_id and f.hash = a.hash
           where a.account_id = %s and a.message_id = any(%s) order by a.message_id, a.id""",
        (account_id, list(message_ids)),
    )
    return await fetch_all(cursor, FileText)


# ── contacts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class ContactRow(msgspec.Struct):
    id: int
    name: str
    identities: list[Identity]


async def contacts(
    conn: Connection, keys: Sequence[str], account_id: int, inboxes: Sequence[int], before: int | None, limit: int, *, is_common: bool
) -> list[ContactRow]:
    """The newest contacts that match and who wrote to one of these inboxes, or were made by hand or imported. What stands with very many
    (`is_common`) is found by looking at the newest, and the index is asked when there were too few among them."""
    given: dict[str, Any] = {"account": account_id, "inboxes": list(inboxes), "before": before if before is not None else 2**63 - 1}
    given |= {f"key{nth}": key for nth, key in enumerate(keys)}
    if is_common:
        match = " and ".join(f"ts_match_vq(h.tokens, %(key{nth})s::tsquery)" for nth in range(len(keys)))
        found = f"""select h.contact_id from (
                select contact_id, tokens from search_contact where account_id = %(account)s and contact_id < %(before)s
                order by contact_id desc limit {CONTACTS_WALKED_MAX}) h where {match}"""
        rows = await _contacts(conn, found, given, limit)
        if len(rows) >= limit:
            return rows
    match = " and ".join(f"h.tokens @@ %(key{nth})s::tsquery" for nth in range(len(keys)))
    found = f"""select h.contact_id from search_contact h
                where {match} and h.account_id + 0 = %(account)s and h.contact_id + 0 < %(before)s"""
    return await _contacts(conn, found, given, limit)


async def _contacts(conn: Connection, found: str, given: Mapping[str, Any], limit: int) -> list[ContactRow]:
    cursor = await conn.execute(
        f"""with found as materialized ({found})
            select p.id, p.name, coalesce((
                select jsonb_agg(jsonb_build_object('type', i.type, 'value', i.value) order by i.created_at, i.value)
                from contact_identity i where i.account_id = p.account_id and i.contact_id = p.id), '[]') as identities
            from (select h.contact_id from (select contact_id from found order by contact_id desc limit {CONTACTS_LOOKED_AT_MAX}) h
                  where exists (select 1 from conversation c where c.account_id = %(account)s and c.contact_id = h.contact_id
                          and c.inbox_id = any(%(inboxes)s) and not c.spam and c.trashed_at is null)
                      or exists (select 1 from contact s where s.account_id = %(account)s and s.id = h.contact_id and s.is_shared
                          and s.merged_into_id is null)
                  order by h.contact_id desc limit {limit:d}) k
            join contact p on p.account_id = %(account)s and p.id = k.contact_id order by p.id desc""",
        given,
    )
    return await fetch_all(cursor, ContactRow)

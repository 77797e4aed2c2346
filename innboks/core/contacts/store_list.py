"""SQL of the list of contacts: which there are, in what order, page by page.

Two ways lead to a page. Where something names few contacts (words, a value, an owner, the block), these are found first by its own index, FEW at
most, and the page is made of them. Otherwise the order's index is walked from a key, SCAN_MAX rows a page at most, and what does not fit is left
out; then the page says where to go on, though it may not be full. So no page costs more than so many rows, however many contacts there are. Limits
stand in the text, because plans are made without knowing parameters (`lib/db.py`). Read next: `listing.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.contacts.models import ListedContact, Sort
from innboks.core.contacts.store import LAST_CHARACTER
from innboks.lib.db import Connection, fetch_all

FEW = 2000
SCAN_MAX = 2000
OPEN_CAP = 10


class Wanted(msgspec.Struct, kw_only=True):
    """What is asked for. `tsquery` holds the words as the search index knows them ("": too short to ask it), `owner_id` 0 is nobody, `value` is what
    the properties must contain."""

    account_id: int
    inbox_ids: list[int]
    sort: Sort
    words: str = ""
    tsquery: str = ""
    owner_id: int | None = None
    channel_account_id: int | None = None
    is_blocked: bool | None = None
    has_open: bool | None = None
    value: dict[str, Any] | None = None
    ids: list[int] | None = None


Key = tuple[str | datetime, int]


class Found(msgspec.Struct):
    """The ids of a page in order, and the key to go on from (None at the end)."""

    ids: list[int]
    next: Key | None


_ORDERS: dict[Sort, tuple[str, str]] = {
    "name": ("sort_name", "sort_name, id"),
    "newest": ("created_at", "id desc"),
    "changed": ("updated_at", "updated_at desc, id desc"),
}
_AFTER: dict[Sort, str] = {
    "name": "(c.sort_name, c.id) > (%(after_key)s, %(after_id)s)",
    "newest": "c.id < %(after_id)s",
    "changed": "(c.updated_at, c.id) < (%(after_key)s, %(after_id)s)",
}


async def page(conn: Connection, wanted: Wanted, after: Key | None, limit: int) -> Found:
    given = _given(wanted) | ({} if after is None else {"after_key": after[0], "after_id": after[1]})
    column, order = _ORDERS[wanted.sort]
    begins = "true" if after is None else _AFTER[wanted.sort]
    ids = wanted.ids if wanted.ids is not None else await _few(conn, wanted, given)
    fits = " and ".join(["c.merged_into_id is null", *_conditions(wanted)])
    if ids is not None:
        cursor = await conn.execute(
            f"""select c.id, c.{column} from contact c where c.account_id = %(account)s and c.id = any(%(ids)s) and {begins} and {fits}
                order by {order} limit {limit + 1}""",
            given | {"ids": ids},
        )
        rows = await cursor.fetchall()
        return Found([row[0] for row in rows[:limit]], (rows[limit - 1][1], rows[limit - 1][0]) if len(rows) > limit else None)
    # The last row that was looked at comes along, fitting or not: the place to go on from.
    walk = f"""select c.* from contact c where c.account_id = %(account)s and c.merged_into_id is null and {begins}
               order by {order} limit {SCAN_MAX}"""
    looked_at = f"select c.id, c.{column}, {fits} as fits, row_number() over (order by {order}) as nth from ({walk}) c"
    cursor = await conn.execute(
        f"select id, {column}, fits, nth from ({looked_at}) w where fits or nth = {SCAN_MAX} order by {order} limit {limit + 1}", given
    )
    rows = await cursor.fetchall()
    fitting = [row for row in rows if row[2]]
    if len(fitting) > limit:
        return Found([row[0] for row in fitting[:limit]], (fitting[limit - 1][1], fitting[limit - 1][0]))
    is_cut = bool(rows) and rows[-1][3] == SCAN_MAX
    return Found([row[0] for row in fitting], (rows[-1][1], rows[-1][0]) if is_cut else None)


def _given(wanted: Wanted) -> dict[str, Any]:
    return {
        "account": wanted.account_id,
        "inboxes": wanted.inbox_ids,
        "start": wanted.words.lower(),
        "end": wanted.words.lower() + LAST_CHARACTER,
        "tsquery": wanted.tsquery,
        "mark": f"'~a{wanted.account_id}'",
        "owner": wanted.owner_id,
        "channel": wanted.channel_account_id,
        "value": Jsonb(wanted.value),
    }


_QUERY = "to_tsquery('public.search_plain', %(tsquery)s) && %(mark)s::tsquery"


async def _few(conn: Connection, wanted: Wanted, given: dict[str, Any]) -> list[int] | None:
    """The contacts that the narrowest part names; None when that is more than FEW, or nothing is narrow. Words are always answered from FEW: whoever
    finds more than that types on, and walking a million rows to ask each for a common word would take minutes."""
    by_words: list[int] | None = None
    for nth, text in enumerate(_narrow(wanted)):
        cursor = await conn.execute(f"{text} limit {FEW + 1}", given)
        ids = [row[0] for row in await cursor.fetchall()]
        if len(ids) <= FEW:
            return ids
        if nth == 0 and wanted.words:
            by_words = ids[:FEW]
    return by_words


def _narrow(wanted: Wanted) -> list[str]:
    own = "select c.id from contact c where c.account_id = %(account)s and c.merged_into_id is null"
    found = []
    if wanted.words:
        arms = [
            f"({own} and lower(c.name) ~>=~ %(start)s and lower(c.name) ~<~ %(end)s limit {FEW + 1})",
            f"""(select i.contact_id from contact_identity i where i.account_id = %(account)s
                 and i.type in ('email', 'phone', 'opaque') and i.value ~>=~ %(start)s and i.value ~<~ %(end)s limit {FEW + 1})""",
        ]
        if wanted.tsquery:
            arms.append(
                f"""(select s.contact_id from search_contact s where s.tokens @@ ({_QUERY}) and s.account_id + 0 = %(account)s limit {FEW + 1})"""
            )
        found.append(f"select id from ({' union '.join(arms)}) found (id)")
    if wanted.value is not None:
        found.append(f"{own} and c.properties @> %(value)s")
    if wanted.is_blocked:
        found.append(f"{own} and c.blocked_at is not null")
    if wanted.owner_id:
        found.append(f"{own} and c.owner_id = %(owner)s")
    return found


def _conditions(wanted: Wanted) -> list[str]:
    """What each row must be. Each question about conversations is a scalar one, so that it is asked row by row and stops at the first."""
    theirs = "v.account_id = c.account_id and v.contact_id = c.id and v.inbox_id = any(%(inboxes)s)"
    found = []
    if wanted.channel_account_id is None and not wanted.has_open:  # who has such a conversation is seen by everybody who reads it
        found.append(f"(c.is_shared or (select true from conversation v where {theirs} limit 1) is not null)")
    if wanted.words:
        arms = [
            "(lower(c.name) ~>=~ %(start)s and lower(c.name) ~<~ %(end)s)",
            """(select true from contact_identity i where i.account_id = c.account_id and i.contact_id = c.id and i.value ~>=~ %(start)s
                and i.value ~<~ %(end)s limit 1) is not null""",
        ]
        if wanted.tsquery:
            arms.append(
                f"""(select s.tokens @@ ({_QUERY}) from search_contact s where s.account_id = c.account_id and s.contact_id = c.id)"""
            )
        found.append(f"({' or '.join(arms)})")
    if wanted.value is not None:
        found.append("c.properties @> %(value)s")
    if wanted.is_blocked is not None:
        found.append(f"c.blocked_at is {'not' if wanted.is_blocked else ''} null")
    if wanted.owner_id is not None:
        found.append("c.owner_id = %(owner)s" if wanted.owner_id else "c.owner_id is null")
    if wanted.channel_account_id is not None:
        found.append(f"(select true from conversation v where {theirs} and v.channel_account_id = %(channel)s limit 1) is not null")
    if wanted.has_open is not None:
        is_there = "is not null" if wanted.has_open else "is null"
        found.append(f"(select true from conversation v where {theirs} and v.shelf in ('open', 'snoozed') limit 1) {is_there}")
    return found


async def rows(
    conn: Connection, account_id: int, inbox_ids: Sequence[int], writable_ids: Sequence[int], ids: Sequence[int]
) -> list[ListedContact]:
    """In the order given; with what the reader may see of their conversations, and whether they may change them, as `contacts.writable_contact` says."""
    theirs = "v.account_id = c.account_id and v.contact_id = c.id and v.inbox_id = any(%(inboxes)s)"
    cursor = await conn.execute(
        f"""select c.id, c.name, c.owner_id, c.properties, c.created_at, c.updated_at, c.blocked_at is not null as is_blocked, coalesce((
                select jsonb_agg(jsonb_build_object('type', i.type, 'value', i.value) order by i.created_at, i.value)
                from contact_identity i where i.account_id = c.account_id and i.contact_id = c.id), '[]') as identities,
                latest.last_message_at, latest.kind as last_kind,
                (select count(*) from (select 1 from conversation v where {theirs} and v.shelf in ('open', 'snoozed') limit {OPEN_CAP}) o) as open_count,
                c.is_shared or (select true from conversation v where v.account_id = c.account_id and v.contact_id = c.id
                    and v.inbox_id = any(%(writable)s) limit 1) is not null as can_act
            from contact c left join lateral (
                select v.last_message_at, a.kind from conversation v join channel_account a on a.account_id = v.account_id and a.id = v.channel_account_id
                where {theirs} and v.trashed_at is null and v.merged_into_id is null order by v.last_message_at desc, v.id desc limit 1) latest on true
            where c.account_id = %(account)s and c.id = any(%(ids)s) order by array_position(%(ids)s, c.id)""",
        {"account": account_id, "inboxes": list(inbox_ids), "writable": list(writable_ids), "ids": list(ids)},
    )
    return await fetch_all(cursor, ListedContact)

"""SQL of lists: which conversations a view shows, in what order, page by page, and how many there are.

A list is a walk along an index from a key. `conversation.shelf` says where a conversation stands, `due_rank` its place in "due first" (migration
0011); each way to narrow has an index that leads with what narrows and goes on with the order. Several inboxes or shelves are several walks, merged
by the database as they go, so that a page reads little more than it shows. What no index narrows is looked at row by row, SCAN_MAX rows a
page at most: then the page says that it stopped early and where to go on. Limits and shelves stand in the text, because plans are made without
knowing parameters (`lib/db.py`). Read next: `models.py`, then `list_conversations` in core/conversations/read.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.conversations.models import Conversation, Priority
from innboks.core.conversations.store import JOINS, LISTED
from innboks.core.views.models import CLOSING_SOON, Counted, Key, SavedView, Walk
from innboks.lib.db import Connection, fetch_all, fetch_one, fetch_with

COUNT_CAP = 100
"""Counters stop here and show "99+": a bigger number helps nobody, and counting costs."""
SCAN_MAX = 500
"""How many rows a page looks at to find some that fit."""
ASSIGNEES_MAX = 3
"""So many people's conversations are walked person by person."""
OWN_MAX = 300
"""How many of a person's newest mentions and drafts are shown."""

LOOKED_AT = "id, account_id, assignee_id, channel_account_id, contact_id, priority, waiting_since, last_message_at, due_at, due_rank"
"""What `narrowing` asks about."""


class Parameters:
    """Values by made-up names, so that several walks can stand in one statement."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


class Found(msgspec.Struct):
    """A page, in order, and the key to go on from (None at the end). `is_partial`: it stopped looking before the page was full."""

    items: list[Conversation]
    next: Key | None
    is_partial: bool


async def page(conn: Connection, walk: Walk, after: Key | None, limit: int) -> Found:
    """One page, in one statement: each way to the database and back is a wait of its own. `after` is where the page before ended, by the same
    order."""
    if not walk.inbox_ids:
        return Found([], None, False)
    put = Parameters()
    fits = narrowing(walk, put)
    if fits is None:
        return await _all_of_page(conn, walk, after, limit, put)
    return await _fitting_of_page(conn, walk, after, limit, put, fits)


async def _all_of_page(conn: Connection, walk: Walk, after: Key | None, limit: int, put: Parameters) -> Found:
    """Where each row is shown that the walk meets."""
    column, order = _order(walk)
    rows = f"{_walks(walk, put, '*', after, limit + 1)} order by {order} limit {limit + 1}"
    text = f"select {LISTED}, c.{column} as key from ({rows}) c {JOINS} order by {order}"
    cursor = await conn.execute(text, put.values | {"account": walk.account_id, "user": walk.user_id})
    found = await fetch_with(cursor, Conversation, beside=1)
    items = [one for one, _ in found[:limit]]
    return Found(items, Key(walk.by, found[limit - 1][1][0], items[-1].id) if len(found) > limit else None, False)


async def _fitting_of_page(conn: Connection, walk: Walk, after: Key | None, limit: int, put: Parameters, fits: str) -> Found:
    """Where rows are looked at. The last one that was looked at comes along, fitting or not: the place to go on from."""
    column, order = _order(walk)
    rows = f"{_walks(walk, put, LOOKED_AT, after, SCAN_MAX)} order by {order} limit {SCAN_MAX}"
    # Lateral with a limit: looked up by the whole key, whatever the planner thinks of the tables.
    text = f"""select {LISTED}, w.{column} as key, w.fits, w.nth from (
                   select * from (select w.*, {fits} as fits, row_number() over (order by {order}) as nth from ({rows}) w) w
                   where fits or nth = {SCAN_MAX} order by {order} limit {limit + 1}) w
               cross join lateral (select * from conversation where account_id = w.account_id and id = w.id limit 1) c {JOINS} order by w.nth"""
    cursor = await conn.execute(text, put.values | {"account": walk.account_id, "user": walk.user_id})
    found = await fetch_with(cursor, Conversation, beside=3)
    fitting = [(one, key) for one, (key, is_fitting, _) in found if is_fitting]
    items = [one for one, _ in fitting[:limit]]
    if len(fitting) > limit:
        return Found(items, Key(walk.by, fitting[limit - 1][1], items[-1].id), False)
    if not found or found[-1][1][2] < SCAN_MAX:
        return Found(items, None, False)
    last, (key, *_) = found[-1]
    return Found(items, Key(walk.by, key, last.id), True)


async def count(conn: Connection, walks: Sequence[Walk]) -> list[Counted]:
    """How many each holds, at most COUNT_CAP, in one statement."""
    if not walks:
        return []
    put = Parameters()
    parts: list[str] = []
    scans: list[bool] = []
    for walk in walks:
        fits = narrowing(walk, put)
        scans.append(fits is not None)
        limit = COUNT_CAP if fits is None else SCAN_MAX
        rows = f"{_walks(walk, put, LOOKED_AT, None, None)} limit {limit}" if walk.inbox_ids else "select 1 where false"
        fitting = f" filter (where {fits})" if fits and walk.inbox_ids else ""
        parts.append(f"(select count(*){fitting} as fitting, count(*) as seen from ({rows}) w) n{len(parts)}")
    columns = ", ".join(f"n{number}.fitting, n{number}.seen" for number in range(len(parts)))
    text = f"select {columns} from {' cross join '.join(parts)}"
    row = await (await conn.execute(text, put.values, prepare=True)).fetchone()  # with many channels, planning it takes ten times as long
    assert row is not None
    return [
        Counted(min(fitting, COUNT_CAP - 1), fitting >= COUNT_CAP or (is_scan and seen >= SCAN_MAX))
        for fitting, seen, is_scan in zip(row[::2], row[1::2], scans, strict=True)
    ]


def _order(walk: Walk) -> tuple[str, str]:
    """(column, order by)."""
    if walk.by == "due":
        return "due_rank", "due_rank, id"
    direction = "" if walk.sort == "oldest" else " desc"
    return "last_message_at", f"last_message_at{direction}, id{direction}"


def _walks(walk: Walk, put: Parameters, names: str, after: Key | None, limit: int | None) -> str:
    """One walk for each index entry point, put together; with a limit, each in order."""
    column, order = _order(walk)
    conditions = [f"account_id = {put(walk.account_id)}"]
    if after is not None:
        way = ">" if walk.by == "due" or walk.sort == "oldest" else "<"
        conditions.append(f"({column}, id) {way} ({put(after.value)}, {put(after.id)})")
    if walk.is_closing and walk.by == "due":
        conditions.append(f"due_rank < micros({put(walk.now + CLOSING_SOON)})")
    if walk.by == "time" and walk.filters.since is not None:
        conditions.append(f"last_message_at >= {put(walk.filters.since)}")
    if walk.by == "time" and walk.filters.until is not None:
        conditions.append(f"last_message_at < {put(walk.filters.until)}")
    conditions += _place(walk, put)
    ending = "" if limit is None else f" order by {order} limit {limit}"
    walks = [f"(select {names} from conversation where {' and '.join([*conditions, *entry])}{ending})" for entry in _entries(walk, put)]
    return f"select * from ({' union all '.join(walks)}) merged"


def _entries(walk: Walk, put: Parameters) -> list[list[str]]:
    """What each walk begins with: the leading columns of an index, in its order, all with one value."""
    shelves = [f"shelf = '{shelf}'" for shelf in walk.shelves]
    filters = walk.filters
    if walk.source is not None or filters.contact_id is not None:
        return [[f"shelf in ({', '.join(repr(shelf) for shelf in walk.shelves)})"]]
    if walk.is_failed:
        return [[f"inbox_id = {put(inbox)}", "failed_count > 0", "shelf in ('open', 'closed', 'snoozed')"] for inbox in walk.inbox_ids]
    if filters.channel_account_ids:
        return [[f"channel_account_id = {put(channel)}", shelf] for channel in filters.channel_account_ids for shelf in shelves]
    narrowed = [""]
    if assignees := _leading_assignees(walk):
        narrowed = [f"coalesce(assignee_id, 0) = {put(one)}" for one in assignees]
    elif priorities := _leading_priorities(walk):
        narrowed = [f"priority = '{one}'" for one in priorities]
    inboxes = [f"inbox_id = {put(inbox)}" for inbox in walk.inbox_ids]
    return [[one for one in (inbox, narrow, shelf) if one] for inbox in inboxes for narrow in narrowed for shelf in shelves]


def _is_by_inbox(walk: Walk) -> bool:
    filters = walk.filters
    return walk.source is None and filters.contact_id is None and not (walk.is_failed or walk.is_sent or filters.channel_account_ids)


def _leading_assignees(walk: Walk) -> list[int]:
    """Those who have a walk each; with more of them, rows are looked at."""
    assignees = list(dict.fromkeys(walk.assignee_ids))
    return assignees if _is_by_inbox(walk) and len(assignees) <= ASSIGNEES_MAX else []


def _leading_priorities(walk: Walk) -> list[Priority]:
    """Those that have a walk each. Most conversations are of normal priority: an index of those would cost more than looking at rows."""
    wanted = [one for one in get_args(Priority) if one in walk.filters.priorities]
    return wanted if _is_by_inbox(walk) and "normal" not in wanted and not _leading_assignees(walk) else []


def _place(walk: Walk, put: Parameters) -> list[str]:
    """Conditions on walks that do not go inbox by inbox: rights, and what a person's own tables name."""
    conditions = []
    if walk.source is not None:
        table, at = {"mention": ("mention", "message_id"), "draft": ("draft", "updated_at")}[walk.source]
        conditions.append(
            f"""id in (select conversation_id from (select conversation_id from {table} where account_id = {put(walk.account_id)}
                    and user_id = {put(walk.user_id)} order by {at} desc limit {OWN_MAX}) own)"""
        )
    if walk.filters.contact_id is not None:
        conditions.append(f"contact_id = {put(walk.filters.contact_id)}")
    if walk.source is not None or walk.filters.contact_id is not None or walk.filters.channel_account_ids:
        conditions.append(f"inbox_id = any({put(list(walk.inbox_ids))})")
    return conditions


def narrowing(walk: Walk, put: Parameters) -> str | None:
    """What has to be looked at row by row; None when the walk shows all that it meets. Questions to other tables are scalar ones, so that they are asked
    of the rows that are looked at: for `exists` the planner may first gather everything that has one of these tags."""
    filters = walk.filters
    conditions = []
    if walk.assignee_ids and not _leading_assignees(walk):
        conditions.append(f"coalesce(w.assignee_id, 0) = any({put(list(walk.assignee_ids))})")
    if filters.channel_account_ids and (walk.source is not None or filters.contact_id is not None or walk.is_failed or walk.is_sent):
        conditions.append(f"w.channel_account_id = any({put(list(filters.channel_account_ids))})")
    if walk.is_closing and walk.by == "time":
        conditions.append(f"w.due_at < {put(walk.now + CLOSING_SOON)}")
    if filters.priorities and not _leading_priorities(walk):
        conditions.append(f"w.priority = any({put(list(filters.priorities))})")
    if filters.tag_ids:
        conditions.append(
            f"""(select true from conversation_tag t where t.account_id = w.account_id and t.conversation_id = w.id
                    and t.tag_id = any({put(list(filters.tag_ids))}) limit 1) is not null"""
        )
    if filters.ticket is not None:
        conditions.append(
            f"""(select true from ticket_conversation k where k.account_id = w.account_id and k.conversation_id = w.id limit 1)
                    is {"not " if filters.ticket == "with" else ""}null"""
        )
    if filters.waiting_longer_than_s is not None:
        conditions.append(f"w.waiting_since < {put(walk.now)} - make_interval(secs => {put(filters.waiting_longer_than_s)})")
    if walk.by != "time" and filters.since is not None:
        conditions.append(f"w.last_message_at >= {put(filters.since)}")
    if walk.by != "time" and filters.until is not None:
        conditions.append(f"w.last_message_at < {put(filters.until)}")
    return " and ".join(conditions) or None


# ── deadlines ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def renew_due(conn: Connection, account_id: int, inbox_id: int, after_id: int, limit: int) -> int | None:
    """Works deadlines out anew after the answer target of an inbox changed, some at a time: the id to go on from, None when done. The
    trigger of migration 0011 does it when `due_at` is set."""
    cursor = await conn.execute(
        f"""with waiting as (
                select account_id, id from conversation where account_id = %(account)s and inbox_id = %(inbox)s and status = 'open'
                    and waiting_since is not null and id > %(after)s order by id limit {limit:d} for update
            )
            update conversation c set due_at = null from waiting w where c.account_id = w.account_id and c.id = w.id returning c.id""",
        {"account": account_id, "inbox": inbox_id, "after": after_id},
    )
    ids = [row[0] for row in await cursor.fetchall()]
    return max(ids) if len(ids) == limit else None


async def note_windows(conn: Connection, windows: Mapping[str, int]) -> None:
    """Writes the reply window of each kind of channel to where the trigger of migration 0011 finds it."""
    await conn.execute(
        """update channel_account a set reply_window_s = w.window_s from jsonb_each_text(%s) given (kind, seconds)
           cross join lateral (select seconds::integer as window_s) w where a.kind = given.kind and a.reply_window_s <> w.window_s""",
        (Jsonb(dict(windows)),),
    )


# ── saved views ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_SAVED = "id, user_id, is_shared, name, icon, filters, sort, position, created_at, updated_at"


async def saved_of(conn: Connection, account_id: int, user_id: int) -> list[SavedView]:
    """One's own and the shared ones, in order."""
    cursor = await conn.execute(
        f"select {_SAVED} from saved_view where account_id = %s and (user_id = %s or is_shared) order by is_shared, position, id",
        (account_id, user_id),
    )
    return await fetch_all(cursor, SavedView)


async def get_saved(conn: Connection, account_id: int, saved_view_id: int) -> SavedView | None:
    cursor = await conn.execute(f"select {_SAVED} from saved_view where account_id = %s and id = %s", (account_id, saved_view_id))
    return await fetch_one(cursor, SavedView)


async def insert_saved(conn: Connection, account_id: int, user_id: int, values: Mapping[str, Any]) -> int:
    """At the end of the person's views. `values` has name, icon, is_shared, filters and sort."""
    cursor = await conn.execute(
        """insert into saved_view (account_id, user_id, name, icon, is_shared, filters, sort, position)
           select %(account)s, %(user)s, %(name)s, %(icon)s, %(is_shared)s, %(filters)s, %(sort)s,
               coalesce((select least(max(position)::bigint + 1, 2147483647) from saved_view where account_id = %(account)s), 0) returning id""",
        {"account": account_id, "user": user_id, **values, "filters": Jsonb(values["filters"])},
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def update_saved(conn: Connection, account_id: int, saved_view_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    assert set(values) <= {"name", "icon", "is_shared", "filters", "sort", "position"}
    names = "".join(f"{name} = %s, " for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(
        f"update saved_view set {names} updated_at = now() where account_id = %s and id = %s", (*shown, account_id, saved_view_id)
    )


async def delete_saved(conn: Connection, account_id: int, saved_view_id: int) -> None:
    await conn.execute("delete from saved_view where account_id = %s and id = %s", (account_id, saved_view_id))


async def count_saved(conn: Connection, account_id: int, user_id: int) -> int:
    cursor = await conn.execute("select count(*) from saved_view where account_id = %s and user_id = %s", (account_id, user_id))
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])

"""SQL of the view "Sent" (R-621): what somebody has answered, by their newest answer there.

Kept nowhere: it follows from the messages, so taking back, merging and splitting cannot leave it wrong. A page walks the index of one's own answers
(migrations 0164, 0175) from where the page before ended, ANSWERS_MAX of them at most, and takes each conversation once. What waits for its time
(scheduled, or held because the customer wrote first) has not been sent. Read next: `store.py`.
"""

from innboks.core.conversations.models import Conversation
from innboks.core.conversations.store import JOINS, LISTED
from innboks.core.views.models import Key, Walk
from innboks.core.views.store import Found, Parameters, narrowing
from innboks.lib.db import Connection, fetch_with

ANSWERS_MAX = 3_000
"""How many answers a page looks at to find its conversations: in a talk there are many to one."""


async def page(conn: Connection, walk: Walk, after: Key | None, limit: int) -> Found:
    """One page, as `store.page`. `after` is the id of an answer: where the page before ended."""
    if not walk.inbox_ids:
        return Found([], None, False)
    put = Parameters()
    is_oldest = walk.sort == "oldest"
    direction = "asc" if is_oldest else "desc"
    start = None if after is None else put(after.value)
    own = _own_answers("m", walk, put)
    beyond = "" if start is None else f" and m.id {'>' if is_oldest else '<'} {start}"
    # The newest answer is on this page when no newer one was on a page before, or is still to come.
    newer = f"> n.key {_own_answers('m', walk, put)}" if is_oldest else f">= {start} {_own_answers('m', walk, put)}"
    once = (
        ""
        if start is None and not is_oldest
        else f""" and not exists (select 1 from message m
            where m.account_id = {put(walk.account_id)} and m.conversation_id = n.conversation_id and m.id {newer})"""
    )
    conditions = [f"w.shelf in ({', '.join(repr(shelf) for shelf in walk.shelves)})", f"w.inbox_id = any({put(list(walk.inbox_ids))})"]
    if walk.filters.contact_id is not None:
        conditions.append(f"w.contact_id = {put(walk.filters.contact_id)}")
    if (narrowed := narrowing(walk, put)) is not None:
        conditions.append(narrowed)
    text = f"""
        with own as materialized (
            select m.id, m.conversation_id from message m where m.account_id = {put(walk.account_id)} {own}{beyond}
            order by m.id {direction} limit {ANSWERS_MAX}
        ), newest as (select conversation_id, max(id) as key from own group by conversation_id order by key {direction} offset 0)
        select {LISTED}, c.key, c.looked_to from (
            select w.*, n.key, (select {"max" if is_oldest else "min"}(id) from own having count(*) = {ANSWERS_MAX}) as looked_to from newest n
            cross join lateral (select * from conversation where account_id = {put(walk.account_id)} and id = n.conversation_id limit 1) w
            where {" and ".join(conditions)}{once} order by n.key {direction} limit {limit + 1}
        ) c {JOINS} order by c.key {direction}"""
    cursor = await conn.execute(text, put.values | {"account": walk.account_id, "user": walk.user_id})
    found = await fetch_with(cursor, Conversation, beside=2)
    items = [one for one, _ in found[:limit]]
    if len(found) > limit:
        return Found(items, Key("sent", found[limit - 1][1][0], items[-1].id), False)
    end = found[0][1][1] if found else await _end_of_look(conn, walk, after)
    return Found(items, None if end is None else Key("sent", end, 0), end is not None)


def _own_answers(name: str, walk: Walk, put: Parameters) -> str:
    """What makes a message one that this person has sent."""
    return f"""and {name}.author_id = {put(walk.user_id)} and {name}.type = 'reply' and {name}.id <> all (array(
        select message_id from dispatch where account_id = {put(walk.account_id)} and held_for in ('schedule', 'newer')))"""


async def _end_of_look(conn: Connection, walk: Walk, after: Key | None) -> int | None:
    """The last answer that a page looked at which found nothing; None when it looked at all there are."""
    put = Parameters()
    is_oldest = walk.sort == "oldest"
    beyond = "" if after is None else f" and m.id {'>' if is_oldest else '<'} {put(after.value)}"
    cursor = await conn.execute(
        f"""select m.id from message m where m.account_id = {put(walk.account_id)} {_own_answers("m", walk, put)}{beyond}
            order by m.id {"asc" if is_oldest else "desc"} offset {ANSWERS_MAX - 1} limit 1""",
        put.values,
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None

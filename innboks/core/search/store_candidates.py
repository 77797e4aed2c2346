"""SQL of the other way to search: conversation after conversation, the newest first, and of each the newest message that matches.

It walks the indexes of the lists (`shelf`, the assignee, a file; migrations 0070 and 0132), so what an operator says of a conversation costs nothing
here, however few conversations fulfil it. `ts_match_vq` is `@@` as a function: the words' index cannot be taken by mistake. Read next: `walk.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.search.store import Condition, Hit, Place, when_of, where
from innboks.lib.db import Connection, fetch_all

WALKS_MAX = 200
"""Walks along an index that are put together; with more inboxes and assignees than that, assignees are looked at row by row."""
TAGGED_MAX = 5_000
"""With at most so many conversations, these are taken by their tag."""


class Candidate(msgspec.Struct, frozen=True):
    """A conversation that was looked at; `fits`: it fulfils the conditions. None of its messages is newer than `last_message_at`."""

    id: int
    last_message_at: datetime
    fits: bool


async def newest(conn: Connection, place: Place, after: Candidate | None, most: int) -> list[Candidate]:
    """The next conversations that may fulfil the conditions, the newest first; fewer than `most` only when there are no more."""
    join, condition, given = where(place)
    walks = await _by_tag(conn, place, given) or _walks(place, given)
    if not walks:
        return []
    key = ""
    if after is not None:
        key = " and (c.last_message_at, c.id) < (%(after_at)s, %(after_id)s)"
        given |= {"after_at": after.last_message_at, "after_id": after.id}
    parts = [
        f"""(select c.account_id, c.id, c.last_message_at from conversation c where c.account_id = %(account)s and {walk}{key}
            order by c.last_message_at desc, c.id desc limit {most:d})"""
        for walk in walks
    ]
    cursor = await conn.execute(
        f"""select w.id, w.last_message_at, coalesce(c.fits, false) as fits
            from (select * from ({" union all ".join(parts)}) merged order by last_message_at desc, id desc limit {most:d}) w
            left join lateral (
                select ({condition}) as fits from conversation c {join} where c.account_id = w.account_id and c.id = w.id limit 1) c on true
            order by w.last_message_at desc, w.id desc""",
        given,
    )
    return await fetch_all(cursor, Candidate)


def _walks(place: Place, given: dict[str, Any]) -> list[str]:
    """What each walk begins with: the leading columns of an index of the lists, all with one value."""
    shelves = [f"c.shelf = '{one}'" for one in _shelves(place.conditions)]
    given |= {f"inbox{nth}": one for nth, one in enumerate(place.inboxes)}
    inboxes = [f"c.inbox_id = %(inbox{nth})s" for nth in range(len(place.inboxes))]
    if place.with_file:  # the index of those with a file knows no assignees
        return [f"{inbox} and {shelf} and c.has_file" for inbox in inboxes for shelf in shelves]
    people = next((one.values for one in place.conditions if one.name == "assignee" and not one.is_negated), ())
    if len(inboxes) * len(shelves) > WALKS_MAX:
        return ["c.inbox_id = any(%(inboxes)s)"]
    if people and len(inboxes) * len(shelves) * len(people) <= WALKS_MAX:
        given |= {f"assignee{nth}": one for nth, one in enumerate(people)}
        inboxes = [f"{inbox} and coalesce(c.assignee_id, 0) = %(assignee{nth})s" for inbox in inboxes for nth in range(len(people))]
    return [f"{inbox} and {shelf}" for inbox in inboxes for shelf in shelves]


def _shelves(conditions: Sequence[Condition]) -> list[str]:
    """Where a conversation that fulfils the conditions can stand (`shelf` in migration 0070)."""
    asked = {one.name for one in conditions if not one.is_negated}
    refused = {one.name for one in conditions if one.is_negated}
    if "trash" in asked:
        return ["trash"]
    if "spam" in asked:
        return ["spam", "filtered"]
    shelves = {"open", "snoozed", "closed"}
    if "open" in asked or "closed" in refused:
        shelves -= {"closed"}
    if "closed" in asked or "open" in refused:
        shelves -= {"open", "snoozed"}
    if "snoozed" in asked:
        shelves &= {"snoozed"}
    return sorted(shelves)


async def _by_tag(conn: Connection, place: Place, given: dict[str, Any]) -> list[str]:
    """The conversations that have a tag, when it is one that few have. Their ids stand in the tag's index."""
    tags = next((one.values for one in place.conditions if one.name == "tag" and not one.is_negated), None)
    if tags is None:
        return []
    cursor = await conn.execute(
        f"""select conversation_id from conversation_tag where account_id = %s and tag_id = any(%s) limit {TAGGED_MAX + 1}""",
        (place.account_id, list(tags)),
    )
    tagged = [row[0] for row in await cursor.fetchall()]
    if len(tagged) > TAGGED_MAX:
        return []
    given["tagged"] = tagged
    return ["c.id = any(%(tagged)s)"]


async def hits_in(conn: Connection, tsquery: str, place: Place, conversation_ids: Sequence[int]) -> list[Hit]:
    """Of each of these conversations the newest message that matches, if one does."""
    given: dict[str, Any] = {"account": place.account_id, "query": tsquery, "ids": list(conversation_ids)}
    when = when_of(place, given)
    cursor = await conn.execute(
        f"""select given.id as conversation_id, h.at, h.message_id from unnest(%(ids)s::bigint[]) as given (id)
            cross join lateral (
                select h.at, h.message_id from search_message h
                where h.account_id = %(account)s and h.conversation_id = given.id and ts_match_vq(h.tokens, %(query)s::tsquery){when}
                order by h.at desc, h.message_id desc limit 1) h
            order by h.at desc, h.message_id desc""",
        given,
    )
    return await fetch_all(cursor, Hit)

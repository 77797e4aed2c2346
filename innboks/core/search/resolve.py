"""From names to ids: who “assignee:kari” is, which channel accounts “channel:email” means, when “after:2026-05” begins.

A name that nobody has makes the search find nothing, with a note that says why: leaving the filter out would show more than was asked for.
Read next: `find.py`.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from innboks.core.access import Actor
from innboks.core.accounts import store as accounts
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.inboxes import store as inboxes
from innboks.core.parts import Parts
from innboks.core.search import store
from innboks.core.search.models import Filter, Note, Query
from innboks.core.search.query import span_of
from innboks.core.search.store import Condition, Place
from innboks.core.tags import store as tags
from innboks.lib.db import Connection

ME = ("me", "meg", "self")
NOBODY = ("nobody", "none", "ingen")
INBOX_MARKS_MAX = 64
FILE_MARK = "'~file'"


class Scope(msgspec.Struct):
    """Where is looked. `marks` are pieces of the index query, all of which must hold. `account_mark` and `inbox_mark` only make it fast, and are None
    where they would hold for every entry: then they cost more than they leave out. `is_nothing`: no conversation can be meant."""

    place: Place
    marks: list[str]
    account_mark: str | None
    inbox_mark: str | None
    notes: list[Note]
    is_nothing: bool


class _Growing:
    """What has been gathered so far."""

    def __init__(self, actor: Actor) -> None:
        self.inboxes = set(actor.readable)
        self.conditions: list[Condition] = []
        self.marks: list[str] = []
        self.since: datetime | None = None
        self.before: datetime | None = None
        self.notes: list[Note] = []
        self.is_nothing = False

    def unknown(self, one: Filter, sentence: str) -> None:
        self.notes.append(Note(f"unknown_{one.operator}", one.operator, one.value, sentence))
        self.is_nothing = self.is_nothing or not one.is_negated


async def resolve(parts: Parts, actor: Actor, conn: Connection, query: Query, zone: ZoneInfo) -> Scope:
    """Where the query's filters say to look, within what the actor may read."""
    so_far = _Growing(actor)
    for one in query.filters:
        if one.operator in ("before", "after", "on"):
            _add_time(so_far, one, parts.clock.now(), zone)
        else:
            await _FILTERS[one.operator](parts, actor, conn, so_far, one)
    asked = {one.name for one in so_far.conditions if not one.is_negated}
    if "trash" not in asked:
        so_far.conditions.append(Condition("trash", is_negated=True))
        if "spam" not in asked:
            so_far.conditions.append(Condition("spam", is_negated=True))
    chosen = sorted(so_far.inboxes)
    place = Place(
        actor.account_id,
        actor.user_id,
        tuple(chosen),
        tuple(so_far.conditions),
        so_far.since,
        so_far.before,
        with_file=FILE_MARK in so_far.marks,
    )
    around = await store.surroundings(conn, actor.account_id)
    account_mark = None if around.is_alone else f"'~a{actor.account_id}'"
    inbox_mark = (
        None if set(around.inboxes) <= so_far.inboxes or len(chosen) > INBOX_MARKS_MAX else "|".join(f"'~i{one}'" for one in chosen)
    )
    empty_time = so_far.since is not None and so_far.before is not None and so_far.since >= so_far.before
    contradiction = any(f"!{mark}" in so_far.marks for mark in so_far.marks)
    is_nothing = so_far.is_nothing or not chosen or empty_time or contradiction
    return Scope(place, so_far.marks, account_mark, inbox_mark, [*query.notes, *so_far.notes], is_nothing)


def _is_called(wanted: str, names: Iterable[str]) -> bool:
    """Does one of these names, or a word of it, begin so?"""
    wanted = wanted.casefold()
    return any(name.startswith(wanted) or f" {wanted}" in f" {name}" for name in (one.casefold() for one in names))


def _add_time(so_far: _Growing, one: Filter, now: datetime, zone: ZoneInfo) -> None:
    span = span_of(one.operator, one.value, now, zone)
    if span is None or one.is_negated:
        sentence = f"“{one.value}” is not a day that can be searched for. Write it like 2026-05-17, 2026-05 or 2026."
        so_far.notes.append(Note("unknown_day", one.operator, one.value, sentence))
        return
    since, before = span
    so_far.since = max(filter(None, (so_far.since, since)), default=None)
    so_far.before = min(filter(None, (so_far.before, before)), default=None)


async def _add_channel(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    """By the channel's kind or name ("WhatsApp"), or by that of one connected account."""
    kinds = {channel.kind for channel in parts.registry if _is_called(one.value, (channel.kind, channel.name))}
    rows = await channel_accounts.all_of(conn, actor.account_id, list(actor.readable))
    found = [row.id for row in rows if row.kind in kinds or _is_called(one.value, (row.name, row.address))]
    if not found:
        so_far.unknown(one, f"No channel is called “{one.value}”.")
        return
    so_far.marks.append(("!" if one.is_negated else "") + "(" + "|".join(f"'~c{id}'" for id in found) + ")")


async def _add_inbox(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    found = {
        row.id for row in await inboxes.all_of(conn, actor.account_id) if actor.can_read(row.id) and _is_called(one.value, (row.name,))
    }
    if not found:
        so_far.unknown(one, f"No inbox is called “{one.value}”.")
    elif one.is_negated:
        so_far.inboxes -= found
    else:
        so_far.inboxes &= found


async def _add_assignee(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    value = one.value.casefold()
    if value in NOBODY:
        so_far.conditions.append(Condition("assignee", (0,), one.is_negated))
        return
    people = [] if value in ME else await accounts.users(conn, actor.account_id)
    found = [actor.user_id] if value in ME else [row.id for row in people if _is_called(one.value, (row.name, row.email))]
    if found:
        so_far.conditions.append(Condition("assignee", tuple(found), one.is_negated))
    else:
        so_far.unknown(one, f"Nobody is called “{one.value}”.")


async def _add_author(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    so_far.marks.append(("!" if one.is_negated else "") + f"'~u{actor.user_id}'")


async def _add_state(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    if one.value == "unassigned":
        so_far.conditions.append(Condition("assignee", (0,), one.is_negated))
    else:
        so_far.conditions.append(Condition(one.value, is_negated=one.is_negated))


async def _add_mark(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    mark = {"attachment": FILE_MARK, "comments": "'~comment'"}[one.value]
    so_far.marks.append(("!" if one.is_negated else "") + mark)


async def _add_tag(parts: Parts, actor: Actor, conn: Connection, so_far: _Growing, one: Filter) -> None:
    found = tuple(tag.id for tag in await tags.all_of(conn, actor.account_id) if _is_called(one.value, (tag.name,)))
    if found:
        so_far.conditions.append(Condition("tag", found, one.is_negated))
    else:
        so_far.unknown(one, f"No tag is called “{one.value}”.")


_FILTERS: dict[str, Callable[[Parts, Actor, Connection, _Growing, Filter], Awaitable[None]]] = {
    "channel": _add_channel,
    "inbox": _add_inbox,
    "assignee": _add_assignee,
    "author": _add_author,
    "is": _add_state,
    "has": _add_mark,
    "in": _add_mark,
    "tag": _add_tag,
}

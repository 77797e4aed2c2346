"""What an account lets in: reading and changing its rules and lists. Changing needs “account access” (R-008); nothing changes at a provider (R-800)."""

import re
from typing import get_args

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.conversations.models import Page
from innboks.core.events import store as events
from innboks.core.filters import store
from innboks.core.filters.models import Added, BadLine, Filters
from innboks.core.parts import Parts
from innboks.errors import Invalid, NotFound
from innboks.lib.addresses import ADDRESS_MAX, as_seen, in_letters, mail_address
from innboks.lib.db import Connection
from innboks.lib.text import one_line, storable
from innboks.sdk.contract import Sign

AT_ONCE = 5_000
"""Entries that one paste may hold."""
LISTED_MAX = 100_000
"""Entries on both lists of an account."""
BAD_SHOWN = 100
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])\Z")


class Change(msgspec.Struct, kw_only=True):
    """Only what is given changes."""

    rules: list[Sign] | msgspec.UnsetType = msgspec.UNSET
    flood_count: int | msgspec.UnsetType | None = msgspec.UNSET
    flood_within_s: int | msgspec.UnsetType = msgspec.UNSET


async def get_filters(parts: Parts, actor: Actor) -> Filters:
    async with parts.db.connection() as conn:
        return await store.filters_of(conn, actor.account_id)


async def change_filters(parts: Parts, actor: Actor, wanted: Change) -> Filters:
    """Holds for what comes from now on; what was filtered stays where it is."""
    actor.require(ACCOUNT_ACCESS)
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    if "rules" in values:
        values["rules"] = [one for one in get_args(Sign) if one in values["rules"]]
    async with parts.db.transaction() as conn:
        if values:
            await store.save_filters(conn, actor.account_id, values)
            await _tell(conn, actor)
        after = await store.filters_of(conn, actor.account_id)
    parts.wake.touch(actor.account_id)
    return after


async def list_senders(parts: Parts, actor: Actor, *, is_allowed: bool, q: str, cursor: str | None, limit: int) -> Page:
    """One list in the order of its entries; `q`: only those that hold this text."""
    limit = max(1, min(limit, 200))
    after = storable(cursor, ADDRESS_MAX) if cursor else ""
    async with parts.db.connection() as conn:
        found = await store.page(conn, actor.account_id, is_allowed, storable(q, 100).strip().lower(), after, limit + 1)
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].value if more else None)


async def add_senders(parts: Parts, actor: Actor, is_allowed: bool, text: str) -> Added:
    """Puts every address and domain of a text on a list, and says which pieces are neither. What is on the other list moves."""
    actor.require(ACCOUNT_ACCESS)
    values, bad = read_senders(text)
    if len(values) > AT_ONCE:
        raise Invalid(f"These are more than {AT_ONCE} entries. Add them in parts.", code="too_many", field="text")
    async with parts.db.transaction() as conn:
        added, moved = await store.add(conn, actor.account_id, actor.user_id, is_allowed, values, parts.clock.now())
        if added and await store.count(conn, actor.account_id) > LISTED_MAX:
            raise Invalid(f"The lists hold at most {LISTED_MAX} entries. Name whole domains instead.", code="too_many", field="text")
        if added or moved:
            await store.note_lists(conn, actor.account_id)
            await _tell(conn, actor)
    parts.wake.touch(actor.account_id)
    return Added(added=added, moved=moved, known=len(values) - added - moved, bad=bad)


async def drop_sender(parts: Parts, actor: Actor, listed_sender_id: int) -> None:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        if not await store.drop(conn, actor.account_id, listed_sender_id):
            raise NotFound("There is no such entry on the lists.", code="unknown_listed_sender")
        await store.note_lists(conn, actor.account_id)
        await _tell(conn, actor)
    parts.wake.touch(actor.account_id)


def read_senders(text: str) -> tuple[list[str], list[BadLine]]:
    """(addresses and domains in one form, each once; the first of the pieces that are neither). Lines may hold several, names with them, and remarks
    after a “#”."""
    values: dict[str, None] = {}
    bad: list[BadLine] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        named = re.findall(r"<([^<>]{1,400})>", line)
        for piece in named or re.split(r"[\s,;]+", line):
            if not piece:
                continue
            value = sender_of(piece)
            if value is not None:
                values[value] = None
            elif len(bad) < BAD_SHOWN:
                bad.append(BadLine(number, one_line(piece, 120)))
    return list(values), bad


def sender_of(piece: str) -> str | None:
    """An address or a domain as the lists hold it: lower case, domains without “@” and “*” before them, and in letters, not in ASCII (RFC 5890)."""
    piece = as_seen(piece).strip().strip("\"'“”.,").removeprefix("mailto:").lower()
    if len(piece) > ADDRESS_MAX:
        return None
    if (domain := re.fullmatch(r"\*?@(.+)|\*\.(.+)", piece)) is not None:
        piece = domain[1] or domain[2]
    if "@" in piece:
        try:
            return mail_address(piece, "text")
        except Invalid:
            return None
    host = in_letters(piece)
    return host if _DOMAIN.match(host) else None


async def _tell(conn: Connection, actor: Actor) -> None:
    await events.add(conn, actor.account_id, "filters.changed")

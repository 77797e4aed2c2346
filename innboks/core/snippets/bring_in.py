"""Many snippets at once, from a file (R-660): each row is taken or refused by itself, with the reason, so that one slip does not stop the others."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec
import psycopg

from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.core.snippets import store
from innboks.core.snippets.models import Snippet
from innboks.core.snippets.snippets import COUNT_MAX, Wanted, checked
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection

AT_ONCE_MAX = 200


class ImportedRow(msgspec.Struct):
    """What became of one row. `code`, `detail` and `field` say why it was refused."""

    result: Literal["added", "replaced", "unchanged", "refused"]
    code: str = ""
    detail: str = ""
    field: str | None = None


async def bring_in(parts: Parts, actor: Actor, rows: Sequence[Wanted], *, replaces: bool) -> list[ImportedRow]:
    """One outcome a row, in their order. `replaces`: a snippet that has the shortcut already gets the row's content; else the row is refused."""
    if len(rows) > AT_ONCE_MAX:
        raise Invalid(
            f"At most {AT_ONCE_MAX} snippets can be imported at once. Send the rest after these.", code="too_many", field="snippets"
        )
    try:
        async with parts.db.transaction() as conn:
            known = {(one.owner_id, one.shortcut): one for one in await store.visible(conn, actor.account_id, actor.user_id)}
            seen: set[tuple[int | None, str]] = set()
            outcomes = [await _row(conn, actor, row, known, seen, replaces=replaces) for row in rows]
    except psycopg.errors.UniqueViolation as error:
        raise Conflict("Somebody added snippets at the same moment. Import again.", code="busy") from error
    parts.wake.touch(actor.account_id)
    return outcomes


async def _row(
    conn: Connection,
    actor: Actor,
    row: Wanted,
    known: dict[tuple[int | None, str], Snippet],
    seen: set[tuple[int | None, str]],
    *,
    replaces: bool,
) -> ImportedRow:
    try:
        values = await asyncio.to_thread(checked, actor, row, None)
    except Invalid as wrong:
        return ImportedRow("refused", wrong.code, wrong.sentence, wrong.field)
    owner_id = None if row.is_shared else actor.user_id
    key = (owner_id, str(values["shortcut"]))
    if key in seen:
        return ImportedRow("refused", "twice", f"/{key[1]} stands in the file more than once; the first one counts.", "shortcut")
    seen.add(key)
    before = known.get(key)
    if before is None:
        if sum(owner == owner_id for owner, _ in known) >= COUNT_MAX:
            return ImportedRow("refused", "too_many", f"There are {COUNT_MAX} snippets already. Delete some that nobody uses.")
        known[key] = made = await store.insert(conn, actor.account_id, values)
        await store.announce(conn, actor.account_id, made.id, owner_id)
        return ImportedRow("added")
    compared = ("name", "subject", "html", "text")
    if all(getattr(before, name) == values[name] for name in compared):
        return ImportedRow("unchanged")
    if not replaces:
        return ImportedRow("refused", "shortcut_taken", f"There is another snippet /{key[1]} already.", "shortcut")
    await store.update(conn, actor.account_id, before.id, values)
    await store.announce(conn, actor.account_id, before.id, owner_id)
    return ImportedRow("replaced")

"""An import of contacts, from the uploaded table to its report: looked at, mapped, started, and undone. What the worker does stands in `bring_in.py`
and `take_back.py`. An import is its maker's own: nobody else sees it."""

import asyncio
import re
from collections.abc import Sequence

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.contact_transfers import store, tables
from innboks.core.contact_transfers.models import Import, Options, RowResult
from innboks.core.contacts import store_properties
from innboks.core.contacts.models import Property
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound, TooLarge
from innboks.lib.db import Connection
from innboks.lib.text import one_line

SIZE_MAX = 50 * 1024 * 1024
LISTED_MAX = 20
BAD_ROWS_SHOWN = 10
TARGETS = ("name", "first_name", "last_name", "email", "phone", "owner")
SEVERAL = ("", "email", "phone")
"""What several columns may hold."""
_WORDS: dict[str, str] = {
    **dict.fromkeys(("name", "full name", "navn", "fullt navn", "contact", "contact name", "kontakt", "kontaktnavn"), "name"),
    **dict.fromkeys(("first name", "given name", "fornavn"), "first_name"),
    **dict.fromkeys(("last name", "surname", "family name", "etternavn"), "last_name"),
    **dict.fromkeys(("email", "e mail", "email address", "mail", "epost", "e post", "epostadresse", "e postadresse"), "email"),
    **dict.fromkeys(("phone", "phone number", "telephone", "mobile", "mobile phone", "tlf", "telefon", "mobil", "telefonnummer"), "phone"),
    **dict.fromkeys(("owner", "contact owner", "eier"), "owner"),
}


def may_upload(actor: Actor, size: int | None) -> None:
    """To be asked before the bytes are read. `size`: as they are announced, None when they are not."""
    actor.require(ACCOUNT_ACCESS)
    if size is not None and size > SIZE_MAX:
        raise TooLarge(f"A table has at most {SIZE_MAX // 2**20} MB. Bring it in in several files.", code="too_large")


async def upload(parts: Parts, actor: Actor, name: str, content: bytes) -> Import:
    """Looks at the table and keeps it; nothing is brought in yet."""
    may_upload(actor, len(content))
    table = await asyncio.to_thread(tables.look_at, content)
    stored = await parts.files.put(content)
    async with parts.db.transaction() as conn:
        id = await store.add_import(conn, actor.account_id, actor.user_id, one_line(name, 200) or "contacts.csv", stored.hash, table)
        return await _own(conn, actor, id)


async def list_imports(parts: Parts, actor: Actor) -> list[Import]:
    """The newest first."""
    async with parts.db.connection() as conn:
        return await store.imports_of(conn, actor.account_id, actor.user_id, LISTED_MAX)


async def get_import(parts: Parts, actor: Actor, id: int) -> tuple[Import, list[str]]:
    """With what each of its columns probably holds."""
    async with parts.db.connection() as conn:
        found = await _own(conn, actor, id)
        properties = await store_properties.all_of(conn, actor.account_id)
    return found, suggested(found.columns, properties)


async def read_again(parts: Parts, actor: Actor, id: int, encoding: str, delimiter: str) -> Import:
    """With another encoding or delimiter than was found."""
    if encoding not in tables.ENCODINGS and encoding not in ("utf-16-le", "utf-16-be"):
        raise Invalid(f"An encoding is one of: {', '.join(tables.ENCODINGS)}.", code="invalid", field="encoding")
    if delimiter not in tables.DELIMITERS:
        raise Invalid("Cells are parted by a comma, a semicolon, a tab or a bar.", code="invalid", field="delimiter")
    async with parts.db.connection() as conn:
        found = await _own(conn, actor, id)
    actor.require(ACCOUNT_ACCESS)
    _require_ready(found)
    content = await parts.files.get(found.file or "")
    table = await asyncio.to_thread(tables.look_at, content, encoding, delimiter)
    async with parts.db.transaction() as conn:
        _require_ready(await _own(conn, actor, id, lock=True))
        await store.set_import(conn, actor.account_id, id, msgspec.structs.asdict(table))
        return await _own(conn, actor, id)


async def start(parts: Parts, actor: Actor, id: int, options: Options) -> Import:
    async with parts.db.transaction() as conn:
        found = await _own(conn, actor, id, lock=True)
        actor.require(ACCOUNT_ACCESS)
        _require_ready(found)
        _check(options, found, await store_properties.all_of(conn, actor.account_id))
        await store.set_import(conn, actor.account_id, id, {"options": msgspec.structs.asdict(options), "state": "running"})
        await parts.jobs.transfer_contacts(conn, actor.account_id, "import", id)
        after = await _own(conn, actor, id)
    parts.jobs.announce()
    return after


async def undo(parts: Parts, actor: Actor, id: int) -> Import:
    """Takes back what the import did; harmless to repeat."""
    async with parts.db.transaction() as conn:
        found = await _own(conn, actor, id, lock=True)
        actor.require(ACCOUNT_ACCESS)
        if found.state in ("ready", "running"):
            raise Conflict("This import is not finished yet. Wait until it is.", code="not_finished")
        if found.state in ("done", "failed"):
            await store.set_import(conn, actor.account_id, id, {"state": "undoing"})
            await parts.jobs.transfer_contacts(conn, actor.account_id, "undo", id)
        after = await _own(conn, actor, id)
    parts.jobs.announce()
    return after


async def first_bad_rows(parts: Parts, actor: Actor, id: int) -> tuple[Import, list[RowResult]]:
    """What the page shows of the report."""
    async with parts.db.connection() as conn:
        found = await _own(conn, actor, id)
        return found, await store.bad_rows(conn, actor.account_id, id, -1, BAD_ROWS_SHOWN)


async def bad_rows(parts: Parts, actor: Actor, id: int, after: int) -> tuple[Import, str, int | None]:
    """(the import, a piece of the report as text, the number of the last row in it; None at the end). The first piece names the columns."""
    async with parts.db.connection() as conn:
        found = await _own(conn, actor, id)
        rows = await store.bad_rows(conn, actor.account_id, id, after, 1000)
    width = len(found.columns)
    lines = [[*found.columns, "Row", "Problem"]] if after < 0 else []
    for one in rows:
        cells = (one.cells or [])[:width]
        lines.append([*cells, *[""] * (width - len(cells)), str(one.row), one.reason])
    return found, tables.written(lines), rows[-1].row if len(rows) == 1000 else None


def suggested(columns: Sequence[str], properties: Sequence[Property]) -> list[str]:
    """What each column probably holds, by its name; nothing is suggested twice that can be there once."""
    by_name = {_plain(one.label): f"property:{one.key}" for one in properties} | {
        _plain(one.key): f"property:{one.key}" for one in properties
    }
    found: list[str] = []
    for column in columns:
        name = _plain(column)
        target = _WORDS.get(name) or by_name.get(name, "")
        found.append("" if target in found and target not in SEVERAL else target)
    return found


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.lower()))


def _check(options: Options, found: Import, properties: Sequence[Property]) -> None:
    known = {*TARGETS, "", *(f"property:{one.key}" for one in properties)}
    if len(options.mapping) != len(found.columns):
        raise Invalid("Say for each column what it holds.", code="invalid", field="mapping")
    for one in options.mapping:
        if one not in known:
            raise Invalid(f"“{one[:80]}” is nothing that a contact has.", code="unknown_target", field="mapping")
        if one not in SEVERAL and options.mapping.count(one) > 1:
            raise Invalid("Two columns hold the same. Leave one of them out.", code="mapped_twice", field="mapping")
    if not {"name", "first_name", "last_name", "email", "phone"} & set(options.mapping):
        raise Invalid("One column at least must hold a name, an email address or a phone number.", code="nothing_to_know", field="mapping")
    if options.match != "none" and options.match not in options.mapping:
        raise Invalid(
            "Known contacts are to be found by a column that is not there. Map it, or choose another way.", code="no_match", field="match"
        )


def _require_ready(found: Import) -> None:
    if found.state != "ready":
        raise Conflict("This import has begun already. Upload the file again for another one.", code="already_started")
    if found.file is None:
        raise Conflict("The file of this import was cleared away. Upload it again.", code="file_gone")


async def _own(conn: Connection, actor: Actor, id: int, *, lock: bool = False) -> Import:
    found = await store.get_import(conn, actor.account_id, id, lock=lock)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("There is no such import.", code="unknown_import")
    return found

"""The worker's part of an import: row by row, in batches that are each a transaction, so that what a killed worker left is taken up where it stopped.

A row that cannot be taken is kept with the reason and stops no other. Memory is that of one batch: the table lies in a temporary file. Read next:
`take_back.py`, which undoes it.
"""

import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import structlog

from innboks.core.access import Actor
from innboks.core.contact_transfers import store
from innboks.core.contact_transfers.beginner import who_began
from innboks.core.contact_transfers.models import Import, Options, RowResult
from innboks.core.contact_transfers.store import Known
from innboks.core.contact_transfers.tables import as_meant, rows_of
from innboks.core.contacts import store_properties
from innboks.core.contacts.contacts import IDENTITIES_MAX, NAME_CHARS
from innboks.core.contacts.models import Property
from innboks.core.contacts.values import from_text
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import Invalid
from innboks.lib.addresses import mail_address, typed_party
from innboks.lib.db import Connection, retrying
from innboks.lib.files import FileMissing
from innboks.lib.text import one_line

log = structlog.get_logger("contacts")

BATCH = 250
IN_MEMORY = 1024 * 1024


class Wanted(msgspec.Struct, kw_only=True):
    """A row as it is meant."""

    row: int
    cells: list[str]
    name: str = ""
    emails: list[str] = []
    phones: list[str] = []
    owner_id: int | None = None
    properties: dict[str, Any] = {}
    problem: str = ""
    bad_column: int | None = None
    columns: dict[str, int] = {}
    """Of each address, where it stands."""


class Ground(msgspec.Struct, kw_only=True):
    """What rows are read by."""

    options: Options
    properties: dict[str, Property]
    people: dict[str, int]


async def bring_in(parts: Parts, account_id: int, id: int) -> None:
    async with parts.db.connection() as conn:
        found = await store.get_import(conn, account_id, id)
    if found is None or found.state != "running":
        return
    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            async for piece in parts.files.stream(found.file or ""):
                file.write(piece)
            file.seek(0)
            await _rows(parts, account_id, found, file)  # type: ignore[arg-type]
    except FileMissing:
        await _end(parts, account_id, id, "failed", "The file is missing on the server. Upload it again.")
    except Invalid as error:
        await _end(parts, account_id, id, "failed", error.sentence)
    else:
        await _end(parts, account_id, id, "done", "")


async def _rows(parts: Parts, account_id: int, found: Import, file: BinaryIO) -> None:
    options = msgspec.convert(found.options, Options)
    rows: Iterator[tuple[int, list[str]]] = islice(rows_of(file, found.encoding, found.delimiter), found.done_count + 1, None)
    done = found.done_count
    while batch := list(islice(rows, BATCH)):
        if not await _batch(parts, account_id, found.id, done, batch, options):
            return
        done += len(batch)
        parts.wake.touch(account_id)


async def _end(parts: Parts, account_id: int, id: int, state: str, problem: str) -> None:
    log.info("import ended", state=state)
    async with parts.db.transaction() as conn:
        found = await store.get_import(conn, account_id, id, lock=True)
        if found is not None and found.state == "running":
            await store.set_import(conn, account_id, id, {"state": state, "problem": problem, "ended_at": parts.clock.now()})


def meant(number: int, cells: list[str], ground: Ground) -> Wanted:
    """What a row says, or what is wrong with it."""
    found = Wanted(row=number, cells=cells, emails=[], phones=[], properties={}, columns={})
    names = {"name": "", "first_name": "", "last_name": ""}
    try:
        for at, (target, cell) in enumerate(zip(ground.options.mapping, cells, strict=False)):
            found.bad_column = at
            text = as_meant(cell)
            if not text or not target:
                continue
            if target in names:
                names[target] = one_line(text, NAME_CHARS)
            elif target == "email":
                emails = [mail_address(one, "email") for one in text.split(";") if one.strip()]
                found.emails += emails
                found.columns |= dict.fromkeys(emails, at)
            elif target == "phone":
                phones = [typed_party(one, "phone", "phone")[0] for one in text.split(";") if one.strip()]
                found.phones += phones
                found.columns |= dict.fromkeys(phones, at)
            elif target == "owner":
                found.owner_id = ground.people.get(text.lower())
                if found.owner_id is None:
                    raise Invalid(f"“{text[:80]}” is not the email address of a colleague.")
            else:
                definition = ground.properties.get(target.removeprefix("property:"))
                if definition is None:
                    raise Invalid("The property of this column was deleted meanwhile.")
                found.properties[definition.key] = from_text(definition, text)
    except Invalid as error:
        found.problem = error.sentence
    else:
        found.bad_column = None
    found.name = names["name"] or f"{names['first_name']} {names['last_name']}".strip()
    if len(found.emails) + len(found.phones) > IDENTITIES_MAX:
        found.problem = f"A contact has at most {IDENTITIES_MAX} addresses."
    if not found.problem and not (found.name or found.emails or found.phones):
        found.problem = "The row has no name, no email address and no phone number."
    return found


class Batch:
    """A batch in the making: contacts as they will be, and what becomes of each row."""

    def __init__(self, owners: dict[str, int], known: dict[int, Known], fresh: list[int]) -> None:
        self.owners, self.contacts, self.fresh = owners, known, fresh
        self.new: list[Known] = []
        self.changed: dict[int, Known] = {}
        self.identities: list[tuple[str, str, int]] = []
        self.results: list[RowResult] = []

    def take(self, row: Wanted, options: Options) -> None:
        problem, column = row.problem, row.bad_column
        owners = {self.owners[one] for one in (*row.emails, *row.phones) if one in self.owners}
        by = {"email": row.emails, "phone": row.phones, "none": []}[options.match]
        matched = {self.owners[one] for one in by if one in self.owners}
        match = next(iter(matched), None)
        if not problem and (len(owners) > 1 or owners - matched):
            problem = (
                "An address in this row belongs to another contact." if len(owners) == 1 else "The addresses belong to different contacts."
            )
            column = next((at for one, at in row.columns.items() if self.owners.get(one, match) != match), None)
        if not problem and match is not None and not self.contacts[match].may_change:
            problem = "An address in this row belongs to a contact that you may not change."
            column = next((at for one, at in row.columns.items() if self.owners.get(one) == match), None)
        if not problem and match is not None and options.on_match == "update":
            added = {one for one in (*row.emails, *row.phones) if one not in self.owners}
            if added and self.contacts[match].address_count + len(added) > IDENTITIES_MAX:
                problem = f"A contact has at most {IDENTITIES_MAX} addresses."
                column = next(at for one, at in row.columns.items() if one in added)
        if problem:
            self.results.append(RowResult(row=row.row, outcome="bad", reason=problem, cells=row.cells, bad_column=column))
        elif match is None:
            self._create(row)
        elif options.on_match == "skip":
            self.results.append(RowResult(row=row.row, outcome="skipped", contact_id=match))
        else:
            self._update(row, self.contacts[match])

    def _create(self, row: Wanted) -> None:
        values = {key: value for key, value in row.properties.items() if value is not None}
        made = Known(id=self.fresh.pop(), name=row.name, owner_id=row.owner_id, properties=values, may_change=True)
        self.contacts[made.id] = made
        self.new.append(made)
        self._addresses(row, made.id)
        self.results.append(RowResult(row=row.row, outcome="created", contact_id=made.id))

    def _update(self, row: Wanted, one: Known) -> None:
        before: dict[str, Any] = {}
        if row.name and row.name != one.name:
            before["name"] = [one.name, row.name]
            one.name = row.name
        if row.owner_id is not None and row.owner_id != one.owner_id:
            before["owner_id"] = [one.owner_id, row.owner_id]
            one.owner_id = row.owner_id
        changed = {key: [one.properties.get(key), value] for key, value in row.properties.items() if one.properties.get(key) != value}
        if changed:
            before["properties"] = changed
            one.properties = {**one.properties, **{key: value for key, (_, value) in changed.items()}}
        added = self._addresses(row, one.id)
        if added:
            before["identities"] = added
        if before and all(one.id != made.id for made in self.new):
            self.changed[one.id] = one
        self.results.append(RowResult(row=row.row, outcome="updated" if before else "skipped", contact_id=one.id, before=before))

    def _addresses(self, row: Wanted, contact_id: int) -> list[list[str]]:
        added: list[list[str]] = []
        for type, values in (("email", row.emails), ("phone", row.phones)):
            for value in values:
                if value not in self.owners:
                    self.owners[value] = contact_id
                    self.identities.append((type, value, contact_id))
                    self.contacts[contact_id].address_count += 1
                    added.append([type, value])
        return added


@retrying
async def _batch(parts: Parts, account_id: int, id: int, done: int, cells: list[tuple[int, list[str]]], options: Options) -> bool:
    """False when this is not to be gone on with: somebody else has come further. Raises `Invalid` when whoever began it may not import any more."""
    async with parts.db.transaction() as conn:
        found = await store.get_import(conn, account_id, id, lock=True)
        if found is None or found.state != "running" or found.done_count != done:
            return False
        actor = await who_began(conn, account_id, found.user_id)
        if actor is None:
            raise Invalid("Whoever began this import has no access any more.")
        ground = await _ground(conn, account_id, options)
        rows = [meant(number, line, ground) for number, line in cells]
        addresses = [one for row in rows for one in (*row.emails, *row.phones)]
        owners, known = await store.held(conn, account_id, addresses, list(actor.writable))
        batch = Batch(owners, known, await store.new_ids(conn, len(rows)))
        for row in rows:
            batch.take(row, options)
        await _write(conn, actor, id, batch)
    return True


async def _ground(conn: Connection, account_id: int, options: Options) -> Ground:
    """As it is now: hours may lie between the first row and the last, in which people leave and properties are deleted."""
    properties = {one.key: one for one in await store_properties.all_of(conn, account_id)}
    return Ground(options=options, properties=properties, people=await store.people_by_mail(conn, account_id))


async def _write(conn: Connection, actor: Actor, id: int, batch: Batch) -> None:
    account_id = actor.account_id
    touched = [one.id for one in batch.new] + list(batch.changed)
    if batch.new:
        await store.add_contacts(conn, account_id, batch.new)
    if batch.changed:
        await store.change_contacts(conn, account_id, list(batch.changed.values()))
    if batch.identities:
        await store.give_identities(conn, account_id, batch.identities)
    await store.add_results(conn, account_id, id, batch.results)
    if touched:
        await store.note_changes(conn, account_id, "imported", actor.user_id, id, touched)
        await events.add(conn, account_id, "contacts.changed", data={"contact_ids": [str(one) for one in touched]})

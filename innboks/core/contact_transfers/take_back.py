"""The worker's part of undoing an import, the last row first: who was made by it and with whom nothing has happened since is gone; what it changed, and is
still as it left it, is as it was before. Each batch is a transaction and forgets its rows, so that a killed worker goes on where it stopped, and so does
whoever undoes it once more after they lost the right in between."""

from typing import Any

from innboks.core.contact_transfers import store
from innboks.core.contact_transfers.beginner import who_began
from innboks.core.contact_transfers.models import RowResult
from innboks.core.contact_transfers.store import Known
from innboks.core.contacts import store as contacts
from innboks.core.contacts.contacts import with_values
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.lib.db import Connection, retrying

BATCH = 250


async def take_back(parts: Parts, account_id: int, id: int) -> None:
    while await _batch(parts, account_id, id):
        parts.wake.touch(account_id)
    parts.wake.touch(account_id)


@retrying
async def _batch(parts: Parts, account_id: int, id: int) -> bool:
    """True when there is more."""
    async with parts.db.transaction() as conn:
        found = await store.get_import(conn, account_id, id, lock=True)
        if found is None or found.state != "undoing":
            return False
        if await who_began(conn, account_id, found.user_id) is None:
            problem = "Whoever began this import has no access any more."
            await store.set_import(conn, account_id, id, {"state": "failed", "problem": problem, "ended_at": parts.clock.now()})
            return False
        rows = await store.rows_before(conn, account_id, id, 2**31 - 1, BATCH)
        created = [one.contact_id for one in rows if one.outcome == "created" and one.contact_id is not None]
        everybody = [one.contact_id for one in rows if one.contact_id is not None]
        await contacts.lock_addresses(conn, account_id, everybody)
        await contacts.lock(conn, account_id, everybody)
        changed = await _restore(conn, account_id, [one for one in rows if one.outcome == "updated"])
        gone = await store.remove_untouched(conn, account_id, id, created)
        kept = found.kept_count + len(created) - len(gone)
        await store.forget_rows(conn, account_id, id, [one.row for one in rows])
        await store.note_changes(conn, account_id, "import_undone", found.user_id, id, changed)
        touched = [*gone, *changed]
        if touched:
            await events.add(conn, account_id, "contacts.changed", data={"contact_ids": [str(one) for one in touched]})
        is_over = len(rows) < BATCH
        values: dict[str, Any] = {"kept_count": kept}
        if is_over:
            values |= {"state": "undone", "ended_at": parts.clock.now()}
        await store.set_import(conn, account_id, id, values)
    return not is_over


async def _restore(conn: Connection, account_id: int, rows: list[RowResult]) -> list[int]:
    """Gives back what is still as the import left it. Returns whose values changed."""
    known = await store.known(conn, account_id, [one.contact_id for one in rows if one.contact_id is not None], [])
    dropped: list[tuple[str, str, int]] = []
    for row in rows:
        one = known.get(row.contact_id or 0)
        if one is not None:
            _back(one, row.before)
            dropped += [(type, value, one.id) for type, value in row.before.get("identities", [])]
    if known:
        await store.change_contacts(conn, account_id, list(known.values()))
    if dropped:
        await store.drop_identities(conn, account_id, dropped)
    return list(known)


def _back(one: Known, before: dict[str, Any]) -> None:
    if "name" in before and one.name == before["name"][1]:
        one.name = before["name"][0]
    if "owner_id" in before and one.owner_id == before["owner_id"][1]:
        one.owner_id = before["owner_id"][0]
    values = {key: was for key, (was, left) in before.get("properties", {}).items() if one.properties.get(key) == left}
    one.properties = with_values(one.properties, values)

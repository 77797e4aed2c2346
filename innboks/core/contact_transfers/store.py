"""SQL of imports and exports of contacts. Read it beside `bring_in.py`, `take_back.py` and `write_out.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.contact_transfers.models import Export, Import, RowResult
from innboks.core.contact_transfers.tables import Table
from innboks.core.contacts.store import hold_addresses
from innboks.lib.db import Connection, fetch_all, fetch_one

_IMPORT = """id, user_id, name, file, encoding, delimiter, columns, sample, row_count, options, state, done_count, created_count, updated_count,
    skipped_count, bad_count, kept_count, problem, created_at, ended_at"""
_EXPORT = "id, user_id, filter, state, done_count, next, files, size, problem, created_at, ended_at"


async def add_import(conn: Connection, account_id: int, user_id: int, name: str, file: str, table: Table) -> int:
    cursor = await conn.execute(
        """insert into contact_import (account_id, user_id, name, file, encoding, delimiter, columns, sample, row_count)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id""",
        (
            account_id,
            user_id,
            name,
            file,
            table.encoding,
            table.delimiter,
            table.columns,
            Jsonb(table.sample),
            table.row_count,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def get_import(conn: Connection, account_id: int, id: int, *, lock: bool = False) -> Import | None:
    cursor = await conn.execute(
        f"select {_IMPORT} from contact_import where account_id = %s and id = %s {'for update' if lock else ''}", (account_id, id)
    )
    return await fetch_one(cursor, Import)


async def imports_of(conn: Connection, account_id: int, user_id: int, limit: int) -> list[Import]:
    cursor = await conn.execute(
        f"select {_IMPORT} from contact_import where account_id = %s and user_id = %s order by id desc limit {limit:d}",
        (account_id, user_id),
    )
    return await fetch_all(cursor, Import)


async def set_import(conn: Connection, account_id: int, id: int, values: Mapping[str, Any]) -> None:
    allowed = {
        "encoding",
        "delimiter",
        "columns",
        "sample",
        "row_count",
        "options",
        "state",
        "done_count",
        "problem",
        "ended_at",
        "kept_count",
    }
    assert set(values) <= allowed
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if name in ("sample", "options") else value for name, value in values.items()]
    await conn.execute(f"update contact_import set {names} where account_id = %s and id = %s", (*shown, account_id, id))


async def add_results(conn: Connection, account_id: int, import_id: int, results: Sequence[RowResult]) -> None:
    """With the counts of the import."""
    await conn.execute(
        """insert into contact_import_row (account_id, import_id, row, outcome, contact_id, before, reason, cells, bad_column)
           select %s, %s, r.row, r.outcome, r.contact_id, coalesce(r.before, '{}'), r.reason, r.cells, r.bad_column
           from jsonb_to_recordset(%s) as r (row integer, outcome text, contact_id bigint, before jsonb, reason text, cells text[],
               bad_column integer)""",
        (account_id, import_id, Jsonb([msgspec.structs.asdict(one) for one in results])),
    )
    counts = {name: sum(one.outcome == name for one in results) for name in ("created", "updated", "skipped", "bad")}
    await conn.execute(
        """update contact_import set done_count = done_count + %s, created_count = created_count + %s, updated_count = updated_count + %s,
               skipped_count = skipped_count + %s, bad_count = bad_count + %s where account_id = %s and id = %s""",
        (len(results), counts["created"], counts["updated"], counts["skipped"], counts["bad"], account_id, import_id),
    )


async def bad_rows(conn: Connection, account_id: int, import_id: int, after: int, limit: int) -> list[RowResult]:
    cursor = await conn.execute(
        f"""select row, outcome, contact_id, before, reason, cells, bad_column from contact_import_row
            where account_id = %s and import_id = %s and row > %s and outcome = 'bad' order by row limit {limit:d}""",
        (account_id, import_id, after),
    )
    return await fetch_all(cursor, RowResult)


async def rows_before(conn: Connection, account_id: int, import_id: int, before: int, limit: int) -> list[RowResult]:
    """What an import did, the last row first."""
    cursor = await conn.execute(
        f"""select row, outcome, contact_id, before, reason, cells from contact_import_row
            where account_id = %s and import_id = %s and row < %s and outcome in ('created', 'updated') order by row desc limit {limit:d}""",
        (account_id, import_id, before),
    )
    return await fetch_all(cursor, RowResult)


async def forget_rows(conn: Connection, account_id: int, import_id: int, rows: Sequence[int]) -> None:
    await conn.execute(
        "delete from contact_import_row where account_id = %s and import_id = %s and row = any(%s)", (account_id, import_id, list(rows))
    )


# ── contacts, many at once ───────────────────────────────────────────────────────────────────────────────────────────────────


class Known(msgspec.Struct, kw_only=True):
    """A contact as it is. `may_change`: by the person who imports; `address_count`: with those that are being added, where somebody counted."""

    id: int
    name: str
    owner_id: int | None
    properties: dict[str, Any]
    may_change: bool
    address_count: int = 0


async def held(
    conn: Connection, account_id: int, addresses: Sequence[str], inbox_ids: Sequence[int]
) -> tuple[dict[str, int], dict[int, Known]]:
    """Address → contact, and these contacts. Until the commit nobody else gives one of these addresses away, and nobody merges one of these contacts: whoever
    did in the moment in which they were waited for, without holding an address that was new to them, has been seen."""
    await hold_addresses(conn, account_id, addresses)
    owners = await _owners_of(conn, account_id, addresses)
    while True:
        contacts = await known(conn, account_id, list(owners.values()), inbox_ids)
        now = await _owners_of(conn, account_id, addresses)
        if now == owners:
            break
        owners = now
    cursor = await conn.execute(
        "select contact_id, count(*) from contact_identity where account_id = %s and contact_id = any(%s) group by contact_id",
        (account_id, list(contacts)),
    )
    for id, count in await cursor.fetchall():
        contacts[id].address_count = count
    return owners, contacts


async def _owners_of(conn: Connection, account_id: int, addresses: Sequence[str]) -> dict[str, int]:
    cursor = await conn.execute(
        "select value, contact_id from contact_identity where account_id = %s and type in ('email', 'phone') and scope_id = 0 and value = any(%s)",
        (account_id, list(addresses)),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def known(conn: Connection, account_id: int, contact_ids: Sequence[int], inbox_ids: Sequence[int]) -> dict[int, Known]:
    cursor = await conn.execute(
        """select c.id, c.name, c.owner_id, c.properties, c.is_shared or exists (select 1 from conversation v where v.account_id = c.account_id
               and v.contact_id = c.id and v.inbox_id = any(%s)) as may_change
           from contact c where c.account_id = %s and c.id = any(%s) order by c.id for no key update of c""",
        (list(inbox_ids), account_id, sorted(set(contact_ids))),
    )
    return {one.id: one for one in await fetch_all(cursor, Known)}


async def new_ids(conn: Connection, count: int) -> list[int]:
    cursor = await conn.execute("select nextval(pg_get_serial_sequence('contact', 'id')) from generate_series(1, %s)", (count,))
    return [row[0] for row in await cursor.fetchall()]


async def add_contacts(conn: Connection, account_id: int, contacts: Sequence[Known]) -> None:
    await conn.execute(
        """insert into contact (account_id, id, name, owner_id, properties, is_shared)
           select %s, r.id, r.name, r.owner_id, r.properties, true
           from jsonb_to_recordset(%s) as r (id bigint, name text, owner_id bigint, properties jsonb)""",
        (account_id, _rows(contacts)),
    )


async def change_contacts(conn: Connection, account_id: int, contacts: Sequence[Known]) -> None:
    await conn.execute(
        """update contact c set name = r.name, owner_id = r.owner_id, properties = r.properties, updated_at = now()
           from jsonb_to_recordset(%s) as r (id bigint, name text, owner_id bigint, properties jsonb) where c.account_id = %s and c.id = r.id""",
        (_rows(contacts), account_id),
    )


async def give_identities(conn: Connection, account_id: int, given: Sequence[tuple[str, str, int]]) -> None:
    """(type, value, contact) of addresses that nobody has."""
    await conn.execute(
        """insert into contact_identity (account_id, type, scope_id, value, contact_id)
           select %s, type, 0, value, contact_id from unnest(%s::text[], %s::text[], %s::bigint[]) as g (type, value, contact_id)""",
        (account_id, [one[0] for one in given], [one[1] for one in given], [one[2] for one in given]),
    )


async def drop_identities(conn: Connection, account_id: int, given: Sequence[tuple[str, str, int]]) -> None:
    """Those that are still theirs."""
    await conn.execute(
        """delete from contact_identity i using unnest(%s::text[], %s::text[], %s::bigint[]) as g (type, value, contact_id)
           where i.account_id = %s and i.type = g.type and i.scope_id = 0 and i.value = g.value and i.contact_id = g.contact_id""",
        ([one[0] for one in given], [one[1] for one in given], [one[2] for one in given], account_id),
    )


async def note_changes(conn: Connection, account_id: int, kind: str, user_id: int, import_id: int, contact_ids: Sequence[int]) -> None:
    await conn.execute(
        """insert into contact_change (account_id, contact_id, kind, user_id, data)
           select %s, c.id, %s, %s, %s from contact c where c.account_id = %s and c.id = any(%s)""",
        (account_id, kind, user_id, Jsonb({"import_id": str(import_id)}), account_id, list(contact_ids)),
    )


async def remove_untouched(conn: Connection, account_id: int, import_id: int, contact_ids: Sequence[int]) -> list[int]:
    """Removes those with whom nothing has happened but this import: no conversation, no message in somebody else's, no note, no merge, nothing that
    anybody changed. Returns who is gone. Their addresses and rows are to be held already: a statement of its own sees what was waited for."""
    cursor = await conn.execute(
        """delete from contact c where c.account_id = %(account)s and c.id = any(%(ids)s) and c.merged_into_id is null
               and not exists (select 1 from conversation v where v.account_id = c.account_id and v.contact_id = c.id)
               and not exists (select 1 from message m where m.account_id = c.account_id and m.contact_id = c.id and m.direction = 'in')
               and not exists (select 1 from contact_note n where n.account_id = c.account_id and n.contact_id = c.id)
               and not exists (select 1 from contact_merge m where m.account_id = c.account_id and c.id in (m.source_id, m.target_id))
               and not exists (select 1 from contact_change h where h.account_id = c.account_id and h.contact_id = c.id
                   and (h.kind not in ('imported', 'import_undone') or h.data ->> 'import_id' <> %(import)s::bigint::text))
           returning c.id""",
        {"account": account_id, "ids": list(contact_ids), "import": import_id},
    )
    return [row[0] for row in await cursor.fetchall()]


async def people_by_mail(conn: Connection, account_id: int) -> dict[str, int]:
    """Address → person, of those who are not deactivated."""
    cursor = await conn.execute("select lower(email), id from app_user where account_id = %s and deactivated_at is null", (account_id,))
    return {row[0]: row[1] for row in await cursor.fetchall()}


def _rows(contacts: Sequence[Known]) -> Jsonb:
    return Jsonb([{"id": one.id, "name": one.name, "owner_id": one.owner_id, "properties": one.properties} for one in contacts])


# ── exports ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def add_export(conn: Connection, account_id: int, user_id: int, filter: Mapping[str, Any]) -> int:
    cursor = await conn.execute(
        "insert into contact_export (account_id, user_id, filter) values (%s, %s, %s) returning id",
        (account_id, user_id, Jsonb(dict(filter))),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def get_export(conn: Connection, account_id: int, id: int) -> Export | None:
    cursor = await conn.execute(f"select {_EXPORT} from contact_export where account_id = %s and id = %s", (account_id, id))
    return await fetch_one(cursor, Export)


async def exports_of(conn: Connection, account_id: int, user_id: int, limit: int) -> list[Export]:
    cursor = await conn.execute(
        f"select {_EXPORT} from contact_export where account_id = %s and user_id = %s order by id desc limit {limit:d}",
        (account_id, user_id),
    )
    return await fetch_all(cursor, Export)


async def add_piece(
    conn: Connection, account_id: int, id: int, *, after: str | None, hash: str, size: int, count: int, next: str | None
) -> bool:
    """False when somebody else has written this piece already."""
    cursor = await conn.execute(
        """update contact_export set files = files || %s::text, size = size + %s, done_count = done_count + %s, next = %s
           where account_id = %s and id = %s and state = 'running' and next is not distinct from %s""",
        (hash, size, count, next, account_id, id, after),
    )
    return cursor.rowcount == 1


async def end_export(conn: Connection, account_id: int, id: int, at: datetime) -> None:
    await conn.execute("update contact_export set state = 'done', ended_at = %s where account_id = %s and id = %s", (at, account_id, id))


async def fail_export(conn: Connection, account_id: int, id: int, problem: str, at: datetime) -> None:
    """What was written so far goes too."""
    await conn.execute(
        "update contact_export set state = 'failed', problem = %s, ended_at = %s, files = '{}', size = 0 where account_id = %s and id = %s",
        (problem, at, account_id, id),
    )


async def clear_away(conn: Connection, older_than_s: float) -> None:
    """Uploaded tables, and exports, that are older: what an import did stays, so that it can still be undone."""
    await conn.execute(
        "update contact_import set file = null where file is not null and created_at < now() - make_interval(secs => %s::float8)",
        (older_than_s,),
    )
    await conn.execute("delete from contact_export where created_at < now() - make_interval(secs => %s::float8)", (older_than_s,))

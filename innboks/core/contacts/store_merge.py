"""SQL that moves all of a contact to another one, and remembers what went. Read it beside `merge.py` and `unmerge.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.contacts.models import Merge
from innboks.lib.db import Connection, fetch_all, fetch_one


class MergedContact(msgspec.Struct):
    """A contact that was merged into another one, by the merge that can be undone."""

    merge_id: int
    contact_id: int
    name: str
    at: datetime


_SELECT = """select id, source_id, target_id, conversation_ids, message_ids, note_ids, ticket_ids, kept_ticket_ids, identities, changes, created_at, undone_at
    from contact_merge where account_id = %s"""


async def standing(conn: Connection, account_id: int, target_id: int) -> list[MergedContact]:
    """What was merged into this contact and not undone, the newest first."""
    cursor = await conn.execute(
        """select m.id as merge_id, m.source_id as contact_id, c.name, m.created_at as at from contact_merge m
           join contact c on c.account_id = m.account_id and c.id = m.source_id
           where m.account_id = %s and m.target_id = %s and m.undone_at is null order by m.id desc limit 250""",
        (account_id, target_id),
    )
    return await fetch_all(cursor, MergedContact)


async def count_merged(conn: Connection, account_id: int, contact_id: int) -> int:
    """How many contacts this one has taken in, with those that they had taken in."""
    cursor = await conn.execute(
        """with recursive taken as (
               select c.id from contact c where c.account_id = %(account)s and c.merged_into_id = %(id)s
               union all select c.id from taken join contact c on c.account_id = %(account)s and c.merged_into_id = taken.id
           ) select count(*) from taken""",
        {"account": account_id, "id": contact_id},
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def insert(conn: Connection, account_id: int, source_id: int, target_id: int, user_id: int) -> int:
    cursor = await conn.execute(
        "insert into contact_merge (account_id, source_id, target_id, user_id) values (%s, %s, %s, %s) returning id",
        (account_id, source_id, target_id, user_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def keep(
    conn: Connection,
    account_id: int,
    id: int,
    *,
    conversation_ids: Sequence[int],
    message_ids: Sequence[int],
    note_ids: Sequence[int],
    ticket_ids: Sequence[int],
    kept_ticket_ids: Sequence[int],
    identities: Sequence[Sequence[Any]],
    changes: Mapping[str, Any],
) -> None:
    await conn.execute(
        """update contact_merge set conversation_ids = %s, message_ids = %s, note_ids = %s, ticket_ids = %s, kept_ticket_ids = %s,
               identities = %s, changes = %s
           where account_id = %s and id = %s""",
        (
            list(conversation_ids),
            list(message_ids),
            list(note_ids),
            list(ticket_ids),
            list(kept_ticket_ids),
            Jsonb([list(one) for one in identities]),
            Jsonb(dict(changes)),
            account_id,
            id,
        ),
    )


async def get(conn: Connection, account_id: int, id: int) -> Merge | None:
    return await fetch_one(await conn.execute(f"{_SELECT} and id = %s", (account_id, id)), Merge)


async def mark_undone(conn: Connection, account_id: int, id: int, user_id: int, at: datetime) -> bool:
    """False when somebody did already. The row is held until the commit."""
    cursor = await conn.execute(
        "update contact_merge set undone_at = %s, undone_by = %s where account_id = %s and id = %s and undone_at is null",
        (at, user_id, account_id, id),
    )
    return cursor.rowcount == 1


async def move_conversations(
    conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, ids: Sequence[int] | None = None
) -> list[int]:
    """All (or, of these, those that are still there). Returns what went. The ids are a table to the database: each looked for in a list of 20 000 took
    five times as long as all the rest."""
    these = "" if ids is None else "and id in (select unnest(%(ids)s::bigint[]))"
    cursor = await conn.execute(
        f"""update conversation set contact_id = %(to)s where account_id = %(account)s and id in (
                select id from conversation where account_id = %(account)s and contact_id = any(%(from)s) {these} order by id for update) returning id""",
        {"to": to_id, "account": account_id, "from": list(from_ids), "ids": _list(ids)},
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def move_messages(conn: Connection, account_id: int, conversation_ids: Sequence[int], from_id: int, to_id: int) -> list[int]:
    """What this contact wrote in these conversations is the other's. Returns what went."""
    cursor = await conn.execute(
        """update message set contact_id = %s where account_id = %s and conversation_id = any(%s) and contact_id = %s returning id""",
        (to_id, account_id, list(conversation_ids), from_id),
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def move_messages_back(conn: Connection, account_id: int, message_ids: Sequence[int], from_ids: Sequence[int], to_id: int) -> None:
    await conn.execute(
        "update message set contact_id = %s where account_id = %s and id = any(%s) and contact_id = any(%s)",
        (to_id, account_id, list(message_ids), list(from_ids)),
    )


async def move_notes(conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, ids: Sequence[int] | None = None) -> list[int]:
    """Deleted ones too, so that they can still be brought back. Returns what went."""
    cursor = await conn.execute(
        """update contact_note set contact_id = %s where account_id = %s and contact_id = any(%s) and (%s::bigint[] is null or id = any(%s::bigint[]))
           returning id""",
        (to_id, account_id, list(from_ids), _list(ids), _list(ids)),
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def move_identities(conn: Connection, account_id: int, from_id: int, to_id: int) -> list[list[Any]]:
    """Returns what went, as [type, scope, value]."""
    cursor = await conn.execute(
        "update contact_identity set contact_id = %s where account_id = %s and contact_id = %s returning type, scope_id, value",
        (to_id, account_id, from_id),
    )
    return [list(row) for row in await cursor.fetchall()]


async def move_identities_back(
    conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, identities: Sequence[Sequence[Any]]
) -> None:
    """Those that are still there; what was taken away since stays away."""
    await conn.execute(
        """update contact_identity i set contact_id = %s
           from unnest(%s::text[], %s::bigint[], %s::text[]) as given (type, scope_id, value)
           where i.account_id = %s and i.type = given.type and i.scope_id = given.scope_id and i.value = given.value and i.contact_id = any(%s)""",
        (
            to_id,
            [one[0] for one in identities],
            [int(one[1]) for one in identities],
            [one[2] for one in identities],
            account_id,
            list(from_ids),
        ),
    )


def _list(ids: Sequence[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)


# ── who may be the same person ───────────────────────────────────────────────────────────────────────────────────────────────


async def alike(
    conn: Connection,
    account_id: int,
    contact_id: int,
    inbox_ids: Sequence[int],
    local_parts: Sequence[str],
    values: Sequence[str],
    limit: int,
) -> list[tuple[int, str]]:
    """(contact, why): one of these addresses as a value of a property, the same name, or the same name before the @ elsewhere."""
    cursor = await conn.execute(
        f"""with here as (select id, sort_name, name from contact where account_id = %(account)s and id = %(id)s), found as (
                (select i.contact_id as id, 1 as rank from contact_identity i where i.account_id = %(account)s and i.value = any(%(values)s)
                    and i.type in ('email', 'phone') limit 50)
                union all
                (select c.id, 2 from here join contact c on c.account_id = %(account)s and c.sort_name = here.sort_name and c.merged_into_id is null
                    where here.name <> '' limit 50)
                union all
                (select i.contact_id, 3 from unnest(%(locals)s::text[]) as part (text) join contact_identity i on i.account_id = %(account)s
                    and i.type = 'email' and i.value ~>=~ (part.text || '@') and i.value ~<~ (part.text || 'A') limit 50)
            )
            select c.id, min(found.rank) from found join contact c on c.account_id = %(account)s and c.id = found.id
            where c.id <> %(id)s and c.merged_into_id is null and (c.is_shared or exists (
                select 1 from conversation v where v.account_id = c.account_id and v.contact_id = c.id and v.inbox_id = any(%(inboxes)s)))
            group by c.id order by 2, c.id desc limit {limit:d}""",
        {
            "account": account_id,
            "id": contact_id,
            "inboxes": list(inbox_ids),
            "locals": list(local_parts),
            "values": list(values),
        },
    )
    whys = {1: "address", 2: "name", 3: "mailbox"}
    return [(row[0], whys[row[1]]) for row in await cursor.fetchall()]

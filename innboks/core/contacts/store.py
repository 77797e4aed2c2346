"""SQL about contacts. The road in makes them itself, in its one statement (`core/deliveries/store.py`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.contacts.models import ChangeKind, Contact, Note, Suggested
from innboks.core.tickets import store_tickets as tickets
from innboks.lib.db import Connection, fetch_all, fetch_one

_SELECT = """select c.id, c.name, c.owner_id, c.properties, c.created_at, c.updated_at, c.blocked_at, c.is_shared, c.merged_into_id, coalesce((
        select jsonb_agg(jsonb_build_object('type', i.type, 'value', i.value) order by i.created_at, i.value)
        from contact_identity i where i.account_id = c.account_id and i.contact_id = c.id), '[]') as identities
    from contact c"""

LAST_CHARACTER = "\U0010ffff"
"""Behind every text that begins so. A range, not LIKE: a prepared statement does not know its pattern when it is planned."""


async def get(conn: Connection, account_id: int, contact_id: int) -> Contact | None:
    cursor = await conn.execute(f"{_SELECT} where c.account_id = %s and c.id = %s", (account_id, contact_id))
    return await fetch_one(cursor, Contact)


async def current_id(conn: Connection, account_id: int, contact_id: int) -> int:
    """The contact, or the one that it was merged into."""
    cursor = await conn.execute(
        """with recursive led as (
               select id, merged_into_id from contact where account_id = %(account)s and id = %(id)s
               union select c.id, c.merged_into_id from led join contact c on c.account_id = %(account)s and c.id = led.merged_into_id
           ) select id from led where merged_into_id is null""",
        {"account": account_id, "id": contact_id},
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else contact_id


async def lock(conn: Connection, account_id: int, contact_ids: Sequence[int]) -> None:
    """Holds these rows until the commit, in the order of their ids. `no key`: whoever writes a conversation twice in one transaction has its foreign keys
    checked again, and would wait for this while holding the conversation."""
    await conn.execute(
        "select 1 from contact where account_id = %s and id = any(%s) order by id for no key update", (account_id, sorted(set(contact_ids)))
    )


async def hold_addresses(conn: Connection, account_id: int, values: Iterable[str]) -> None:
    """Until the commit, nothing is received from these addresses, and nobody else gives one of them to a contact. To be taken before any row is, and
    all of them at once: then they are taken in the order of their letters, as by everybody (ARCHITECTURE.md, "Data")."""
    await conn.execute(
        "select pg_advisory_xact_lock(hashtextextended(v, %s)) from unnest(%s::text[]) v",
        (account_id, sorted({one for one in values if one})),
    )


async def lock_addresses(conn: Connection, account_id: int, contact_ids: Sequence[int]) -> None:
    """As `hold_addresses`, of all addresses that these contacts have."""
    await conn.execute(
        """select pg_advisory_xact_lock(hashtextextended(value, %(account)s)) from (
               select distinct value collate "C" as value from contact_identity where account_id = %(account)s and contact_id = any(%(ids)s)
               order by 1) own""",
        {"account": account_id, "ids": list(contact_ids)},
    )


async def is_seen_in(conn: Connection, account_id: int, contact_id: int, inbox_ids: list[int]) -> bool:
    """Has this contact a conversation in one of these inboxes?"""
    cursor = await conn.execute(
        "select 1 from conversation where account_id = %s and contact_id = %s and inbox_id = any(%s) limit 1",
        (account_id, contact_id, inbox_ids),
    )
    return await cursor.fetchone() is not None


async def suggest(conn: Connection, account_id: int, *, type: str, start: str, inbox_ids: list[int], limit: int) -> list[Suggested]:
    """Addresses of this type that begin so, or whose person's first or last name does; people first who wrote lately. Each arm walks an index by
    its first letters and stops early, so that one letter among a million contacts costs no more than a whole name."""
    cursor = await conn.execute(
        f"""with found as (
               (select i.contact_id from contact_identity i where i.account_id = %(account)s and i.type = %(type)s
                   and i.value ~>=~ %(start)s and i.value ~<~ %(end)s limit 200)
               union
               (select c.id from contact c where c.account_id = %(account)s and lower(c.name) ~>=~ %(start)s and lower(c.name) ~<~ %(end)s limit 200)
               union
               (select c.id from contact c where c.account_id = %(account)s and lower(split_part(c.name, ' ', -1)) ~>=~ %(start)s
                   and lower(split_part(c.name, ' ', -1)) ~<~ %(end)s limit 200)
           ), seen as (
               select f.contact_id, v.last_message_at from found f
               cross join lateral (select last_message_at from conversation v where v.account_id = %(account)s and v.contact_id = f.contact_id
                   and v.inbox_id = any(%(inboxes)s) order by last_message_at desc limit 1) v
           )
           select s.contact_id, c.name, i.value as address from seen s
           join contact c on c.account_id = %(account)s and c.id = s.contact_id
           join contact_identity i on i.account_id = %(account)s and i.contact_id = s.contact_id and i.type = %(type)s
           order by starts_with(i.value, %(start)s) desc, s.last_message_at desc, i.value limit {limit:d}""",
        {"account": account_id, "type": type, "start": start, "end": start + LAST_CHARACTER, "inboxes": inbox_ids},
    )
    return await fetch_all(cursor, Suggested)


async def find_or_add(conn: Connection, account_id: int, *, type: str, scope_id: int, value: str, name: str) -> int:
    """The contact with this address; a new one when nobody has it."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", (value, account_id))
    cursor = await conn.execute(
        "select contact_id from contact_identity where account_id = %s and type = %s and scope_id = %s and value = %s",
        (account_id, type, scope_id, value),
    )
    row = await cursor.fetchone()
    if row is None:
        cursor = await conn.execute(
            """with added as (insert into contact (account_id, name) values (%(account)s, %(name)s) returning id)
               insert into contact_identity (account_id, type, scope_id, value, contact_id)
               select %(account)s, %(type)s, %(scope)s, %(value)s, id from added returning contact_id""",
            {"account": account_id, "name": name, "type": type, "scope": scope_id, "value": value},
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def update(conn: Connection, account_id: int, contact_id: int, values: Mapping[str, Any]) -> None:
    allowed = {"name", "owner_id", "properties", "blocked_at", "blocked_by", "merged_into_id", "is_shared"}
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(
        f"update contact set {names}, updated_at = now() where account_id = %s and id = %s", (*shown, account_id, contact_id)
    )


async def create(conn: Connection, account_id: int, name: str, *, is_shared: bool = False) -> int:
    cursor = await conn.execute(
        "insert into contact (account_id, name, is_shared) values (%s, %s, %s) returning id", (account_id, name, is_shared)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def owner_of_identity(conn: Connection, account_id: int, *, type: str, scope_id: int, value: str) -> int | None:
    """Whose address this is. Until the commit nobody else gives it to a contact."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", (value, account_id))
    cursor = await conn.execute(
        "select contact_id from contact_identity where account_id = %s and type = %s and scope_id = %s and value = %s",
        (account_id, type, scope_id, value),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def give_identity(conn: Connection, account_id: int, contact_id: int, *, type: str, scope_id: int, value: str) -> None:
    """This address is this contact's from now on, whoever had it."""
    await conn.execute(
        """insert into contact_identity (account_id, type, scope_id, value, contact_id) values (%s, %s, %s, %s, %s)
           on conflict (account_id, type, scope_id, value) do update set contact_id = excluded.contact_id""",
        (account_id, type, scope_id, value, contact_id),
    )


async def drop_identity(conn: Connection, account_id: int, contact_id: int, *, type: str, value: str) -> bool:
    cursor = await conn.execute(
        "delete from contact_identity where account_id = %s and contact_id = %s and type = %s and value = %s",
        (account_id, contact_id, type, value),
    )
    return cursor.rowcount > 0


async def scoped_identities(conn: Connection, account_id: int, contact_id: int) -> list[tuple[str, int, str]]:
    """(type, scope, value) of each address."""
    cursor = await conn.execute(
        "select type, scope_id, value from contact_identity where account_id = %s and contact_id = %s order by created_at, value limit 100",
        (account_id, contact_id),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def newest_conversations(conn: Connection, account_id: int, contact_id: int, inbox_ids: Sequence[int]) -> dict[int, int]:
    """By channel account: the conversation in which this contact last wrote there, or the newest that we began. Looks at the newest 200."""
    cursor = await conn.execute(
        """select distinct on (channel_account_id) channel_account_id, id
           from (select id, channel_account_id, last_received_id from conversation
                 where account_id = %(account)s and contact_id = %(contact)s and inbox_id = any(%(inboxes)s)
                 order by last_message_at desc, id desc limit 200) c
           order by channel_account_id, last_received_id desc nulls last, id desc""",
        {"account": account_id, "contact": contact_id, "inboxes": list(inbox_ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def move_conversations(
    conn: Connection, account_id: int, *, conversation_id: int, channel_account_id: int, party: str, before: int | None, after: int | None
) -> list[int]:
    """Gives this conversation, and the others that the same contact had from the same address, to another contact (None: to nobody); with their
    messages. Returns the conversations."""
    cursor = await conn.execute(
        """update conversation set contact_id = %(after)s where account_id = %(account)s and (id = %(id)s or %(party)s <> '' and
               channel_account_id = %(channel)s and party_address = %(party)s and contact_id = %(before)s::bigint) returning id""",
        {
            "account": account_id,
            "id": conversation_id,
            "channel": channel_account_id,
            "party": party,
            "before": before,
            "after": after,
        },
    )
    moved = [row[0] for row in await cursor.fetchall()]
    await conn.execute(
        """update message set contact_id = %s where account_id = %s and conversation_id = any(%s) and direction = 'in'
           and contact_id is not distinct from %s::bigint""",
        (after, account_id, moved, before),
    )
    await tickets.follow_contact(conn, account_id, moved, before, after)
    return moved


async def latest_conversations(conn: Connection, account_id: int, contact_id: int, limit: int) -> list[int]:
    cursor = await conn.execute(
        "select id from conversation where account_id = %s and contact_id = %s order by last_message_at desc, id desc limit %s",
        (account_id, contact_id, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def count_conversations(conn: Connection, account_id: int, contact_id: int, inbox_ids: Sequence[int], cap: int) -> int:
    """Of those that ordinary views show; at most `cap`."""
    cursor = await conn.execute(
        """select count(*) from (select 1 from conversation where account_id = %s and contact_id = %s and inbox_id = any(%s)
               and trashed_at is null and not spam limit %s) capped""",
        (account_id, contact_id, list(inbox_ids), cap),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def is_blocked(conn: Connection, account_id: int, contact_id: int) -> bool:
    cursor = await conn.execute(
        "select 1 from contact where account_id = %s and id = %s and blocked_at is not null", (account_id, contact_id)
    )
    return await cursor.fetchone() is not None


async def release_spam(conn: Connection, account_id: int, contact_id: int, since: datetime, told: int) -> list[int]:
    """What this contact began since then is no spam any more. Returns the newest of these conversations."""
    cursor = await conn.execute(
        """update conversation set spam = false where account_id = %s and id in (
               select id from conversation where account_id = %s and contact_id = %s and spam and created_at >= %s order by id for update) returning id""",
        (account_id, account_id, contact_id, since),
    )
    return sorted((row[0] for row in await cursor.fetchall()), reverse=True)[:told]


async def note_change(
    conn: Connection, account_id: int, contact_id: int, kind: ChangeKind, user_id: int | None, data: Mapping[str, Any] | None = None
) -> None:
    """For the contact's timeline."""
    await conn.execute(
        "insert into contact_change (account_id, contact_id, kind, user_id, data) values (%s, %s, %s, %s, %s)",
        (account_id, contact_id, kind, user_id, Jsonb(dict(data or {}))),
    )


# ── notes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

_NOTE = "id, contact_id, author_id, text, created_at, edited_at, deleted_at"


async def notes(conn: Connection, account_id: int, contact_id: int, before: int | None, limit: int) -> list[Note]:
    """The newest first."""
    cursor = await conn.execute(
        f"""select {_NOTE} from contact_note where account_id = %s and contact_id = %s and deleted_at is null and id < %s
            order by id desc limit {limit:d}""",
        (account_id, contact_id, before if before is not None else 2**63 - 1),
    )
    return await fetch_all(cursor, Note)


async def get_note(conn: Connection, account_id: int, note_id: int) -> Note | None:
    cursor = await conn.execute(f"select {_NOTE} from contact_note where account_id = %s and id = %s", (account_id, note_id))
    return await fetch_one(cursor, Note)


async def add_note(conn: Connection, account_id: int, contact_id: int, author_id: int, text: str) -> Note:
    cursor = await conn.execute(
        f"insert into contact_note (account_id, contact_id, author_id, text) values (%s, %s, %s, %s) returning {_NOTE}",
        (account_id, contact_id, author_id, text),
    )
    made = await fetch_one(cursor, Note)
    assert made is not None
    return made


async def change_note(conn: Connection, account_id: int, note_id: int, *, text: str, is_deleted: bool) -> Note:
    """Only other words count as an edit; deleting and taking it back leave its time alone."""
    cursor = await conn.execute(
        f"""update contact_note set text = %(text)s, edited_at = case when text = %(text)s then edited_at else now() end,
                deleted_at = case when %(gone)s then coalesce(deleted_at, now()) end
            where account_id = %(account)s and id = %(id)s returning {_NOTE}""",
        {"text": text, "gone": is_deleted, "account": account_id, "id": note_id},
    )
    changed = await fetch_one(cursor, Note)
    assert changed is not None
    return changed

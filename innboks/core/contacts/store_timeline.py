"""SQL of a contact's timeline: each kind of entry walks its own index from a place in time. `timeline.py` puts them together."""

from collections.abc import Sequence
from datetime import datetime

from innboks.core.contacts.models import Change, Note
from innboks.lib.db import Connection, fetch_all

Place = tuple[datetime, int]
"""Entries before (time, id) are wanted."""


async def conversations(
    conn: Connection, account_id: int, contact_id: int, inbox_ids: Sequence[int], before: Place, limit: int
) -> list[Place]:
    """(last message, id) of conversations in these inboxes, newest first."""
    cursor = await conn.execute(
        f"""select last_message_at, id from conversation where account_id = %s and contact_id = %s and (last_message_at, id) < (%s, %s)
            and inbox_id = any(%s) and trashed_at is null and merged_into_id is null order by last_message_at desc, id desc limit {limit:d}""",
        (account_id, contact_id, *before, list(inbox_ids)),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def notes(conn: Connection, account_id: int, contact_id: int, before: Place, limit: int) -> list[Note]:
    cursor = await conn.execute(
        f"""select id, contact_id, author_id, text, created_at, edited_at, deleted_at from contact_note
            where account_id = %s and contact_id = %s and deleted_at is null and (created_at, id) < (%s, %s)
            order by created_at desc, id desc limit {limit:d}""",
        (account_id, contact_id, *before),
    )
    return await fetch_all(cursor, Note)


async def changes(conn: Connection, account_id: int, contact_id: int, before: Place, limit: int) -> list[Change]:
    cursor = await conn.execute(
        f"""select id, kind, data, user_id, at from contact_change where account_id = %s and contact_id = %s and (at, id) < (%s, %s)
            order by at desc, id desc limit {limit:d}""",
        (account_id, contact_id, *before),
    )
    return await fetch_all(cursor, Change)

"""SQL about snippets. Every write leaves an event: of one's own for oneself, of a shared one for everybody."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.snippets.models import Snippet
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "id, owner_id, name, shortcut, subject, html, text, created_at, updated_at"


async def visible(conn: Connection, account_id: int, user_id: int) -> list[Snippet]:
    """One's own and everybody's, by shortcut."""
    cursor = await conn.execute(
        f"select {_COLUMNS} from snippet where account_id = %s and coalesce(owner_id, 0) in (0, %s) order by shortcut, owner_id, id",
        (account_id, user_id),
    )
    return await fetch_all(cursor, Snippet)


async def get(conn: Connection, account_id: int, user_id: int, snippet_id: int) -> Snippet | None:
    cursor = await conn.execute(
        f"select {_COLUMNS} from snippet where account_id = %s and id = %s and coalesce(owner_id, 0) in (0, %s) for update",
        (account_id, snippet_id, user_id),
    )
    return await fetch_one(cursor, Snippet)


async def count(conn: Connection, account_id: int, owner_id: int | None) -> int:
    """How many there are in this scope; it is kept small."""
    cursor = await conn.execute(
        "select count(*) from snippet where account_id = %s and coalesce(owner_id, 0) = %s", (account_id, owner_id or 0)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def insert(conn: Connection, account_id: int, values: Mapping[str, Any]) -> Snippet:
    cursor = await conn.execute(
        f"""insert into snippet (account_id, owner_id, name, shortcut, subject, html, text)
            values (%(account)s, %(owner_id)s, %(name)s, %(shortcut)s, %(subject)s, %(html)s, %(text)s) returning {_COLUMNS}""",
        {"account": account_id, **values},
    )
    made = await fetch_one(cursor, Snippet)
    assert made is not None
    return made


async def update(conn: Connection, account_id: int, snippet_id: int, values: Mapping[str, Any]) -> Snippet:
    cursor = await conn.execute(
        f"""update snippet set owner_id = %(owner_id)s, name = %(name)s, shortcut = %(shortcut)s, subject = %(subject)s, html = %(html)s,
                text = %(text)s, updated_at = now()
            where account_id = %(account)s and id = %(id)s returning {_COLUMNS}""",
        {"account": account_id, "id": snippet_id, **values},
    )
    changed = await fetch_one(cursor, Snippet)
    assert changed is not None
    return changed


async def delete(conn: Connection, account_id: int, snippet_id: int) -> None:
    await conn.execute("delete from snippet where account_id = %s and id = %s", (account_id, snippet_id))


async def announce(conn: Connection, account_id: int, snippet_id: int, owner_id: int | None) -> None:
    await conn.execute(
        "insert into event (account_id, type, user_id, data) values (%s, 'snippet.changed', %s, %s)",
        (account_id, owner_id, Jsonb({"snippet_id": snippet_id})),
    )

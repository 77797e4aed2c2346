"""SQL about the file library. Every write leaves an event: of one's own for oneself, of a shared file for everybody."""

from psycopg.types.json import Jsonb

from innboks.core.conversations.models import Attachment
from innboks.core.library.models import LibraryFile
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "id, owner_id, hash, name, type, size, created_at"


async def visible(conn: Connection, account_id: int, user_id: int) -> list[LibraryFile]:
    """One's own and everybody's, by name."""
    cursor = await conn.execute(
        f"""select {_COLUMNS} from library_file where account_id = %s and coalesce(owner_id, 0) in (0, %s) and deleted_at is null
            order by lower(name), id""",
        (account_id, user_id),
    )
    return await fetch_all(cursor, LibraryFile)


async def get(conn: Connection, account_id: int, user_id: int, file_id: int, *, with_deleted: bool = False) -> LibraryFile | None:
    cursor = await conn.execute(
        f"""select {_COLUMNS} from library_file where account_id = %s and id = %s and coalesce(owner_id, 0) in (0, %s)
              and (deleted_at is null or %s)""",
        (account_id, file_id, user_id, with_deleted),
    )
    return await fetch_one(cursor, LibraryFile)


async def same(conn: Connection, account_id: int, owner_id: int | None, hash: str, name: str) -> LibraryFile | None:
    """What is there already with this content under this name."""
    cursor = await conn.execute(
        f"""select {_COLUMNS} from library_file where account_id = %s and coalesce(owner_id, 0) = %s and hash = %s and name = %s and deleted_at is null
            limit 1""",
        (account_id, owner_id or 0, hash, name),
    )
    return await fetch_one(cursor, LibraryFile)


async def count(conn: Connection, account_id: int, owner_id: int | None) -> int:
    """How many there are in this scope; it is kept small."""
    cursor = await conn.execute(
        "select count(*) from library_file where account_id = %s and coalesce(owner_id, 0) = %s and deleted_at is null",
        (account_id, owner_id or 0),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def insert(conn: Connection, account_id: int, owner_id: int | None, name: str, of: Attachment) -> LibraryFile:
    cursor = await conn.execute(
        f"""insert into library_file (account_id, owner_id, hash, name, type, size) values (%s, %s, %s, %s, %s, %s) returning {_COLUMNS}""",
        (account_id, owner_id, of.hash, name, of.type, of.size),
    )
    made = await fetch_one(cursor, LibraryFile)
    assert made is not None
    return made


async def update(conn: Connection, account_id: int, file_id: int, name: str, owner_id: int | None) -> LibraryFile | None:
    cursor = await conn.execute(
        f"""update library_file set name = %s, owner_id = %s where account_id = %s and id = %s and deleted_at is null returning {_COLUMNS}""",
        (name, owner_id, account_id, file_id),
    )
    return await fetch_one(cursor, LibraryFile)


async def set_deleted(conn: Connection, account_id: int, file_id: int, *, is_deleted: bool) -> None:
    await conn.execute(
        "update library_file set deleted_at = case when %s then now() end where account_id = %s and id = %s",
        (is_deleted, account_id, file_id),
    )


async def drop_deleted(conn: Connection, older_than_s: float) -> int:
    """Those that nobody has put back."""
    cursor = await conn.execute("delete from library_file where deleted_at < now() - make_interval(secs => %s::float8)", (older_than_s,))
    return cursor.rowcount


async def announce(conn: Connection, account_id: int, file_id: int, owner_id: int | None) -> None:
    await conn.execute(
        "insert into event (account_id, type, user_id, data) values (%s, 'library.changed', %s, %s)",
        (account_id, owner_id, Jsonb({"library_file_id": file_id})),
    )

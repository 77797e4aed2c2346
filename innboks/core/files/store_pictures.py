"""SQL about the pictures of signatures."""

from collections.abc import Sequence

from innboks.lib.db import Connection


async def count(conn: Connection, account_id: int) -> int:
    cursor = await conn.execute("select count(*) from picture where account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return row[0] if row else 0


async def insert(conn: Connection, account_id: int, hash: str, type: str, name: str, content: bytes) -> None:
    """The same picture once more is the one that is there."""
    await conn.execute(
        "insert into picture (account_id, hash, type, name, content) values (%s, %s, %s, %s, %s) on conflict do nothing",
        (account_id, hash, type, name, content),
    )


async def drop_others(conn: Connection, account_id: int, wanted: Sequence[str]) -> None:
    """Those that nothing names; what was added within the last day may still be put somewhere."""
    await conn.execute(
        "delete from picture where account_id = %s and hash <> all(%s) and added_at < now() - interval '1 day'", (account_id, list(wanted))
    )


async def find(conn: Connection, account_id: int, hashes: Sequence[str]) -> dict[str, tuple[str, str, bytes]]:
    """(type, name, bytes) by hash."""
    cursor = await conn.execute(
        "select hash, type, name, content from picture where account_id = %s and hash = any(%s)", (account_id, list(hashes))
    )
    return {row[0]: (row[1], row[2], bytes(row[3])) for row in await cursor.fetchall()}

"""SQL about files and attachments."""

from collections.abc import Sequence

from innboks.core.conversations.models import Attachment
from innboks.lib.db import Connection, fetch_all, fetch_one

_COLUMNS = "id, message_id, hash, name, type, size, is_inline, content_id"
_INSERT = f"""
with listed as (
    insert into file (account_id, hash, size)
    select distinct on (hash) %(account)s, hash, size from unnest(%(hashes)s::text[], %(sizes)s::bigint[]) as given (hash, size)
    on conflict do nothing
)
insert into attachment (account_id, message_id, uploaded_by, hash, name, type, size, is_inline, content_id)
select %(account)s, %(message)s::bigint, %(user)s::bigint, hash, name, type, size, is_inline, content_id
from unnest(%(hashes)s::text[], %(names)s::text[], %(types)s::text[], %(sizes)s::bigint[], %(inlines)s::bool[], %(content_ids)s::text[])
    as given (hash, name, type, size, is_inline, content_id)
returning {_COLUMNS}"""


async def insert_attachments(
    conn: Connection,
    account_id: int,
    message_id: int | None,
    *,
    hashes: Sequence[str],
    names: Sequence[str],
    types: Sequence[str],
    sizes: Sequence[int],
    inlines: Sequence[bool],
    content_ids: Sequence[str | None],
    user_id: int | None = None,
) -> list[Attachment]:
    cursor = await conn.execute(
        _INSERT,
        {
            "account": account_id,
            "message": message_id,
            "user": user_id,
            "hashes": list(hashes),
            "names": list(names),
            "types": list(types),
            "sizes": list(sizes),
            "inlines": list(inlines),
            "content_ids": list(content_ids),
        },
    )
    return await fetch_all(cursor, Attachment)


async def insert_upload(
    conn: Connection, account_id: int, user_id: int, hash: str, name: str, type: str, size: int, content_id: str | None = None
) -> Attachment:
    rows = await insert_attachments(
        conn,
        account_id,
        None,
        hashes=[hash],
        names=[name],
        types=[type],
        sizes=[size],
        inlines=[content_id is not None],
        content_ids=[content_id],
        user_id=user_id,
    )
    return rows[0]


async def get_visible(conn: Connection, account_id: int, user_id: int, attachment_id: int, inbox_ids: list[int]) -> Attachment | None:
    """One's own upload, or a file of a message in a readable inbox."""
    cursor = await conn.execute(
        f"""select {", ".join("a." + name.strip() for name in _COLUMNS.split(","))} from attachment a
            left join message m on m.account_id = a.account_id and m.id = a.message_id
            left join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
            where a.account_id = %s and a.id = %s and (c.inbox_id = any(%s) or (a.message_id is null and a.uploaded_by = %s))""",
        (account_id, attachment_id, inbox_ids, user_id),
    )
    return await fetch_one(cursor, Attachment)


async def of_messages(conn: Connection, account_id: int, message_ids: Sequence[int]) -> list[Attachment]:
    cursor = await conn.execute(
        f"select {_COLUMNS} from attachment where account_id = %s and message_id = any(%s) order by id", (account_id, list(message_ids))
    )
    return await fetch_all(cursor, Attachment)


async def claim_uploads(
    conn: Connection, account_id: int, user_id: int, attachment_ids: Sequence[int], message_id: int
) -> list[Attachment]:
    """Gives uploads of this user to a message; those that are not theirs or were sent already are left out."""
    cursor = await conn.execute(
        f"""update attachment set message_id = %s where account_id = %s and id = any(%s) and uploaded_by = %s and message_id is null
            returning {_COLUMNS}""",
        (message_id, account_id, list(attachment_ids), user_id),
    )
    return await fetch_all(cursor, Attachment)


async def copy_to(conn: Connection, account_id: int, from_message_id: int, to_message_id: int) -> None:
    """The same files on another message; nobody's upload, so that they go when that message goes."""
    await conn.execute(
        """insert into attachment (account_id, message_id, hash, name, type, size, is_inline, content_id)
           select account_id, %s, hash, name, type, size, is_inline, content_id from attachment where account_id = %s and message_id = %s order by id""",
        (to_message_id, account_id, from_message_id),
    )


async def copy_as_uploads(conn: Connection, account_id: int, message_id: int, user_id: int) -> list[int]:
    """The ids of uploads of this user with the same files, in their order."""
    cursor = await conn.execute(
        """insert into attachment (account_id, hash, name, type, size, is_inline, content_id, uploaded_by)
           select account_id, hash, name, type, size, is_inline, content_id, %s from attachment where account_id = %s and message_id = %s order by id
           returning id""",
        (user_id, account_id, message_id),
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def become_uploads(conn: Connection, account_id: int, message_id: int, user_id: int) -> list[Attachment]:
    """The uploads of a message that was taken back are uploads again, of this user; what was copied to it stays."""
    cursor = await conn.execute(
        f"""update attachment set message_id = null, uploaded_by = %s, created_at = now()
            where account_id = %s and message_id = %s and uploaded_by is not null returning {_COLUMNS}""",
        (user_id, account_id, message_id),
    )
    return sorted(await fetch_all(cursor, Attachment), key=lambda one: one.id)


async def move_to(conn: Connection, account_id: int, from_message_id: int, to_message_id: int) -> None:
    await conn.execute(
        "update attachment set message_id = %s where account_id = %s and message_id = %s", (to_message_id, account_id, from_message_id)
    )


async def drop_old_uploads(conn: Connection, older_than_s: float) -> int:
    """Uploads that were never sent."""
    cursor = await conn.execute(
        "delete from attachment where message_id is null and created_at < now() - make_interval(secs => %s::float8)", (older_than_s,)
    )
    return cursor.rowcount


async def unreferenced(conn: Connection, hashes: Sequence[str]) -> list[str]:
    """Those hashes that no row of any account refers to."""
    cursor = await conn.execute(
        """select hash from unnest(%s::text[]) as given (hash)
           where not exists (select 1 from attachment a where a.hash = given.hash) and not exists (select 1 from delivery d where d.body_file = given.hash)
             and not exists (select 1 from library_file l where l.hash = given.hash)
             and not exists (select 1 from contact_import i where i.file = given.hash)
             and not exists (select 1 from contact_export e where e.files @> array[given.hash])""",
        (list(hashes),),
    )
    return [row[0] for row in await cursor.fetchall()]

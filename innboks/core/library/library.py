"""The file library as people see and change it: price lists, forms and pictures that go along with answers again and again, one's own and everybody's
(R-631). The bytes are stored once, under their hash, however often a file goes out; what goes along with an answer is an upload like any other, so the
composer and the channel's limits treat it as one. Read next: `files/attach.py`."""

from innboks.core.access import Actor
from innboks.core.conversations.models import Attachment
from innboks.core.files import attach
from innboks.core.files import store as files
from innboks.core.library import store
from innboks.core.library.models import LibraryFile
from innboks.core.parts import Parts
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection

COUNT_MAX = 1_000


async def list_files(parts: Parts, actor: Actor) -> list[LibraryFile]:
    async with parts.db.connection() as conn:
        return await store.visible(conn, actor.account_id, actor.user_id)


async def keep_file(parts: Parts, actor: Actor, attachment_id: int, *, name: str, is_shared: bool) -> LibraryFile:
    """Keeps what one has uploaded, or can read in a message. The same content under the same name is kept once."""
    file = await attach.readable(parts, actor, attachment_id)
    owner_id = None if is_shared else actor.user_id
    called = attach.clean_name(name) or file.name
    async with parts.db.transaction() as conn:
        present = await store.same(conn, actor.account_id, owner_id, file.hash, called)
        if present is not None:
            return present
        await _refuse_too_many(conn, actor, owner_id)
        made = await store.insert(conn, actor.account_id, owner_id, called, file)
        await store.announce(conn, actor.account_id, made.id, owner_id)
    parts.wake.touch(actor.account_id)
    return made


async def change_file(parts: Parts, actor: Actor, file_id: int, *, name: str | None, is_shared: bool | None) -> LibraryFile:
    async with parts.db.transaction() as conn:
        before = await _get(conn, actor, file_id)
        called = before.name if name is None else attach.clean_name(name)
        if not called:
            raise Invalid("Give the file a name.", code="empty_name", field="name")
        owner_id = before.owner_id if is_shared is None else None if is_shared else actor.user_id
        if owner_id != before.owner_id:
            await _refuse_too_many(conn, actor, owner_id)
        changed = await store.update(conn, actor.account_id, file_id, called, owner_id)
        if changed is None:
            raise _unknown()
        await store.announce(conn, actor.account_id, file_id, None if before.owner_id is None else owner_id)
    parts.wake.touch(actor.account_id)
    return changed


async def delete_file(parts: Parts, actor: Actor, file_id: int) -> None:
    """It can be put back for a week. What went out with it keeps it."""
    async with parts.db.transaction() as conn:
        one = await _get(conn, actor, file_id)
        await store.set_deleted(conn, actor.account_id, file_id, is_deleted=True)
        await store.announce(conn, actor.account_id, file_id, one.owner_id)
    parts.wake.touch(actor.account_id)


async def restore_file(parts: Parts, actor: Actor, file_id: int) -> LibraryFile:
    async with parts.db.transaction() as conn:
        one = await _get(conn, actor, file_id, with_deleted=True)
        await store.set_deleted(conn, actor.account_id, file_id, is_deleted=False)
        await store.announce(conn, actor.account_id, file_id, one.owner_id)
    parts.wake.touch(actor.account_id)
    return one


async def readable(parts: Parts, actor: Actor, file_id: int) -> LibraryFile:
    async with parts.db.connection() as conn:
        return await _get(conn, actor, file_id)


async def attach_file(parts: Parts, actor: Actor, file_id: int, *, is_inline: bool = False) -> Attachment:
    """An upload of one's own with the same bytes, for what one writes; `is_inline`: a picture that stands in the text."""
    async with parts.db.transaction() as conn:
        one = await _get(conn, actor, file_id)
        content_id = attach.content_id_for(parts, one.type) if is_inline else None
        return await files.insert_upload(conn, actor.account_id, actor.user_id, one.hash, one.name, one.type, one.size, content_id)


async def _get(conn: Connection, actor: Actor, file_id: int, *, with_deleted: bool = False) -> LibraryFile:
    found = await store.get(conn, actor.account_id, actor.user_id, file_id, with_deleted=with_deleted)
    if found is None:
        raise _unknown()
    return found


async def _refuse_too_many(conn: Connection, actor: Actor, owner_id: int | None) -> None:
    if await store.count(conn, actor.account_id, owner_id) >= COUNT_MAX:
        raise Invalid(f"There are {COUNT_MAX} files in the library already. Delete some that nobody uses.", code="too_many")


def _unknown() -> NotFound:
    return NotFound("There is no such file in the library.", code="unknown_library_file")

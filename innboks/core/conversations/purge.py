"""Deleting for good (R-639): what has been in the trash for KEPT (R-805), or out of the inbox as spam for SPAM_KEPT (R-801), goes with the nightly sweep;
a person may delete one from the trash at once (R-806). Gone are the messages, the raw originals, and by a job that begins at once their files; of the
originals the fingerprint stays, so that a mailbox does not bring them again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from innboks.core.access import Actor
from innboks.core.conversations import store
from innboks.core.conversations.store import Aged
from innboks.core.parts import Parts
from innboks.errors import Conflict, NotFound
from innboks.lib.db import Connection, retrying

KEPT = timedelta(days=30)
SPAM_KEPT = timedelta(days=90)
"""What people, the deny list, a filter or the brake put there; a new message does not make it longer. What we answered since is a correspondence, and what a
rule kept apart of a sender who is on the allow list by now was none of its business (R-800): both stay."""
BATCH = 200


Find = Callable[[Connection, datetime, Aged | None, int], Awaitable[list[Aged]]]


async def empty_trash(parts: Parts) -> int:
    """Returns how many conversations went."""
    return await _delete_old(parts, store.long_in_trash, KEPT)


async def empty_spam(parts: Parts) -> int:
    """Returns how many conversations went."""
    return await _delete_old(parts, store.long_in_spam, SPAM_KEPT)


async def _delete_old(parts: Parts, find: Find, kept: timedelta) -> int:
    """Some at a time, so that nobody waits for the night's work; what stays is not looked at again."""
    gone, after = 0, None
    while True:
        looked_at, going = await _delete_some(parts, find, parts.clock.now() - kept, after)
        parts.jobs.announce()
        for account_id in {one.account_id for one in going}:
            parts.wake.touch(account_id)
        gone += len(going)
        if len(looked_at) < BATCH:
            return gone
        after = looked_at[-1]


@retrying
async def _delete_some(parts: Parts, find: Find, before: datetime, after: Aged | None) -> tuple[list[Aged], list[Aged]]:
    """(what was looked at, what went of it)."""
    async with parts.db.transaction() as conn:
        found = await find(conn, before, after, BATCH)
        going = [one for one in found if not one.is_kept]
        for account_id in sorted({one.account_id for one in going}):
            hashes = await store.delete(conn, account_id, [one.id for one in going if one.account_id == account_id])
            await parts.jobs.erase_files(conn, hashes)
    return found, going


async def delete_for_good(parts: Parts, actor: Actor, conversation_id: int) -> None:
    async with parts.db.transaction() as conn:
        found = await store.lock(conn, actor.account_id, conversation_id, actor.user_id)
        if found is None or not actor.can_read(found.inbox_id):
            raise NotFound("There is no such conversation.", code="unknown_conversation")
        actor.require_write(found.inbox_id)
        if found.trashed_at is None:
            raise Conflict("Only what is in the trash can be deleted for good. Move it there first.", code="not_in_trash")
        await parts.jobs.erase_files(conn, await store.delete(conn, actor.account_id, [found.id]))
    parts.jobs.announce()
    parts.wake.touch(actor.account_id)

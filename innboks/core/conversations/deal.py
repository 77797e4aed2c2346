"""A failed answer that somebody has dealt with: called, written to from elsewhere, or not worth it. It stays marked as failed, for the record, and needs
nobody any more: not in the list of what failed, not on the radar (AHEAD 4). Undone by saying that it is not. Where a later answer gets through, this
happens by itself (`core/dispatches/store_dealt.py`)."""

from typing import Any

from innboks.core.access import Actor
from innboks.core.conversations.answerer import check_answer
from innboks.core.conversations.read import readable_message
from innboks.core.dispatches import store as dispatches
from innboks.core.dispatches import store_dealt
from innboks.core.parts import Parts
from innboks.errors import Conflict


async def deal_with(parts: Parts, actor: Actor, message_id: int, *, is_dealt_with: bool) -> None:
    """Raises `Conflict` for what did not fail, and what `check_answer` raises."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        await check_answer(conn, actor, message)
        if await dispatches.lock(conn, actor.account_id, message_id) != "failed":
            raise Conflict("Only a message that was not delivered can be dealt with.", code="not_failed")
        dealt_with: dict[str, Any] | None = None
        if is_dealt_with:
            dealt_with = {"how": "person", "by": str(actor.user_id), "at": parts.clock.now().isoformat()}
        await store_dealt.set_dealt_with(conn, actor.account_id, message_id, dealt_with)
    parts.wake.touch(actor.account_id)

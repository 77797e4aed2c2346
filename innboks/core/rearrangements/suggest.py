"""A mail answers one of ours and has another subject: the road in suggests to split there (migration 0163, AHEAD 8). Somebody does (`split.py`), or says that
it belongs where it is, for everybody. Read next: `split.py`."""

from innboks.core.access import Actor
from innboks.core.conversations.read import readable_message
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements import store
from innboks.errors import Conflict


async def dismiss_suggestion(parts: Parts, actor: Actor, message_id: int, *, is_dismissed: bool) -> None:
    """Harmless to repeat, and taken back with `is_dismissed` False. Raises `Conflict` where no split is suggested, as after one."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        actor.require_write(message.inbox_id)
        if not await store.set_suggestion(conn, actor.account_id, message.id, is_dismissed=is_dismissed):
            raise Conflict("Nothing is suggested at this message any more.", code="nothing_suggested")
        placed = await messages.place_of(conn, actor.account_id, message.id)
        assert placed is not None
        await messages.announce_changed(conn, actor.account_id, placed, message.id)
    parts.wake.touch(actor.account_id)

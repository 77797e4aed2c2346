"""“Send and close”, “send and snooze”: what happens to the conversation in the commit that records the answer, remembered with the answer, so that
taking it back takes this back too. Read next: `core/held/take_back.py`."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import SNOOZE_MAX, Then
from innboks.core.held import store
from innboks.core.held.store import Standing
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.tickets.together import follow_conversations
from innboks.errors import Invalid
from innboks.lib.db import Connection


async def do_then(parts: Parts, conn: Connection, actor: Actor, conversation_id: int, message_id: int, then: Then) -> None:
    """Raises `Invalid` for a time that has passed or is more than ten years away, or for both at once."""
    now, until = parts.clock.now(), then.snooze_until
    if then.close and until is not msgspec.UNSET:
        raise Invalid("What is snoozed stays open. Close it, or snooze it.", code="invalid", field="then")
    if isinstance(until, datetime) and not timedelta() < until - now <= SNOOZE_MAX:
        raise Invalid("Choose a time to come, within ten years, with its time zone.", code="not_in_future", field="then")
    before = await store.standing(conn, actor.account_id, conversation_id)
    after, lines = before, list[dict[str, Any]]()
    if then.close and before.status != "closed":
        after = Standing(status="closed", closed_at=now, is_snoozed=False, snoozed_until=None)
        lines.append({"event": "status_changed", "from": before.status, "to": "closed"})
    elif until is not msgspec.UNSET:
        after = Standing(status="open", closed_at=None, is_snoozed=True, snoozed_until=until)
        if before.status != "open":
            lines.append({"event": "status_changed", "from": before.status, "to": "open"})
        lines.append({"event": "snoozed", "until": until.isoformat() if until else None})
    if after == before:
        return
    await conversations.update(conn, actor.account_id, conversation_id, msgspec.structs.asdict(after))
    line_ids = [await messages.add_system(conn, actor.account_id, conversation_id, line, author_id=actor.user_id) for line in lines]
    if after.status != before.status:
        await follow_conversations(conn, actor, [conversation_id], is_closed=after.status == "closed", now=now)
    await store.remember_then(conn, actor.account_id, message_id, before, after, line_ids)

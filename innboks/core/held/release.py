"""A wait ends: by the clock, or because somebody says “send now”.

A scheduled message is written anew when its time comes, with a new id: so it stands where it belongs in the conversation, answers the
newest message, and counts as our word from then on. All of that is one transaction under the lock of its dispatch row, so it leaves once.
When the customer wrote before its time, it is held and shown instead (unless its author wanted it sent all the same); and so it is when the contact
was blocked meanwhile, until somebody unblocks them and says “send now”.
Read next: `take_back.py`.
"""

from datetime import datetime, timedelta

import structlog
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.conversations.answerer import check_answer
from innboks.core.conversations.models import Message
from innboks.core.conversations.read import readable_message
from innboks.core.conversations.send import BLOCKED
from innboks.core.conversations.window import CLOSED, closes_at, require_open
from innboks.core.conversations.write import blocked
from innboks.core.dispatches import store as dispatches
from innboks.core.files import store as files_store
from innboks.core.held import store
from innboks.core.held.store import Held
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import Conflict
from innboks.lib.db import Connection
from innboks.lib.text import preview

log = structlog.get_logger("release")

BATCH = 200
HELD = ("schedule", "newer", "blocked")


async def send_now(parts: Parts, actor: Actor, message_id: int) -> Message:
    """Ends any wait for time. Raises `Conflict` when it does not wait (any more)."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        await check_answer(conn, actor, message)
        held = await store.lock(conn, actor.account_id, message.id)
        if held is None or held.state != "queued" or held.held_for not in (*HELD, "undo"):
            raise Conflict("This message does not wait for a time, or has left already.", code="not_waiting")
        if "forward_of" not in held.data and await dispatches.is_blocked(conn, actor.account_id, held.conversation_id):
            raise blocked()
        if held.held_for == "undo":
            await store.go_now(conn, actor.account_id, held)
            sent_id = held.message_id
        else:
            connected = await parts.directory.find(parts, actor.account_id, held.channel_account_id, conn)
            until = await closes_at(conn, actor.account_id, held.conversation_id, held.channel_account_id, connected.channel.abilities)
            require_open(until, parts.clock.now())
            sent_id = await _leave(parts, conn, actor.account_id, held)
        after = await messages.get(conn, actor.account_id, sent_id)
        assert after is not None
    parts.wake.touch(actor.account_id)
    parts.jobs.announce_sending()
    return after


async def release_due(parts: Parts) -> int:
    """Called each minute: whatever is to leave by now. Returns how many left."""
    left, after, until = 0, None, parts.clock.now()
    while True:
        async with parts.db.connection() as conn:
            rows = await store.due(conn, until, after, BATCH)
        for account_id, message_id, at in rows:
            after = (at, message_id)
            try:
                left += await _release(parts, account_id, message_id)
            except Exception as error:  # the next ones leave all the same, and this one is tried again in a minute
                log.exception("a scheduled message did not leave", message=message_id, error=type(error).__name__)
        if len(rows) < BATCH:
            return left


async def _release(parts: Parts, account_id: int, message_id: int) -> bool:
    async with parts.db.transaction() as conn:
        held = await store.lock(conn, account_id, message_id)
        if held is None or held.state != "queued" or held.held_for != "schedule" or not _is_due(held, parts.clock.now()):
            return False
        is_stopped = not held.is_sent_even_if_answered and await store.was_answered(conn, account_id, held.conversation_id, message_id)
        if is_stopped:
            await store.hold_newer(conn, account_id, held)
        else:
            await _leave(parts, conn, account_id, held)
    parts.wake.touch(account_id)
    parts.jobs.announce_sending()
    return not is_stopped


def _is_due(held: Held, now: datetime) -> bool:
    return held.held_until is not None and held.held_until <= now + timedelta(milliseconds=1)


async def _leave(parts: Parts, conn: Connection, account_id: int, held: Held) -> int:
    """Onto the road out, as a new message in the place of the old one. Returns its id."""
    now = parts.clock.now()
    connected = await parts.directory.find(parts, account_id, held.channel_account_id, conn)
    ground = await dispatches.ground(conn, account_id, held.conversation_id, is_alone=True)
    assert ground is not None
    abilities, new_id = connected.channel.abilities, ground.new_message_id
    is_forward = "forward_of" in held.data
    is_blocked = ground.is_blocked and not is_forward
    is_sent_at_once = abilities.is_recorded_sent and not is_blocked
    can_send = connected.row.can_send
    until = await closes_at(conn, account_id, held.conversation_id, held.channel_account_id, abilities)
    external_id = connected.channel.message_id_for(connected.context, new_id)
    await store.give_up_client_id(conn, account_id, held.message_id)
    is_recorded = await dispatches.record(
        conn,
        {
            "account": account_id,
            "message": new_id,
            "conversation": held.conversation_id,
            "channel": held.channel_account_id,
            "inbox": held.inbox_id,
            "type": "reply",
            "mode": "",
            "is_reply": True,
            "is_answer": not is_forward,
            "by_assignee": False,  # its author could answer when it was written
            "is_here": False,
            "direction": "out",
            "author": held.author_id,
            "sender": Jsonb(held.sender),
            "recipients": Jsonb([{name: one.get(name, "") for name in ("address", "name", "role")} for one in held.recipients]),
            "addresses": [one["address"] for one in held.recipients],
            "roles": [one.get("role", "to") for one in held.recipients],
            "subject": held.subject,
            "text": held.text,
            "html": held.html,
            "quoted": held.quoted,
            "data": Jsonb(held.data),
            "preview": preview(held.text),
            "has_attachments": held.has_attachments,
            "external": external_id,
            "client": held.client_id,
            "was": held.message_id,
            "state": "sent" if is_sent_at_once else "queued",
            "held_for": "blocked" if is_blocked else None if can_send or is_sent_at_once else "connection",
            "held_until": None,
            "even_if_answered": False,
            "sent_at": now if is_sent_at_once else None,
            "at": now,
            "goes": parts.jobs.writes_sending,
        },
    )
    if not is_recorded:
        raise Conflict("This conversation was merged into another one at this moment. Try again.", code="merged")
    await files_store.move_to(conn, account_id, held.message_id, new_id)
    await store.follow(conn, account_id, held.message_id, new_id)
    await store.remove(conn, account_id, held.inbox_id, held.conversation_id, [held.message_id])
    await store.uncount(conn, account_id, held.conversation_id, 1)
    if is_blocked:
        await dispatches.settle(conn, account_id, new_id, state="queued", reason=BLOCKED, code="held", held_for="blocked")
    elif until is not None and until <= now:
        await dispatches.settle(conn, account_id, new_id, state="failed", reason=CLOSED, code="window_closed")
        await dispatches.settle_recipients(conn, account_id, new_id, state="failed", reason=CLOSED, code="window_closed")
    return new_id

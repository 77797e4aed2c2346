"""Second tries: payloads that could not be handled when they came, and those that a person replays from quarantine, or sets aside there."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from innboks.core.access import Actor
from innboks.core.conversations.models import Page
from innboks.core.conversations.receive import FIRST_RETRY, take_in, what_failed
from innboks.core.deliveries import store
from innboks.core.deliveries.models import Delivery, Fate
from innboks.core.events import store as events
from innboks.core.messages.original import bytes_missing, type_of
from innboks.core.parts import Parts
from innboks.errors import Conflict, NotFound, Unrecognised
from innboks.lib.db import Connection
from innboks.lib.files import FileMissing
from innboks.sdk.contract import Delivered, Inbound

log = structlog.get_logger("replay")

TRIES = 6
"""With doubling pauses from 20 s: the last try comes about ten minutes after the first. Then it is quarantined."""
IN_NEED: tuple[Fate, ...] = ("kept", "quarantined")
SET_ASIDE = "set_aside"


async def retry_delivery(parts: Parts, account_id: int, delivery_id: int) -> datetime | None:
    """One more try of the retry job. Returns when to try again, None when it is settled."""
    async with parts.db.connection() as conn:
        delivery = await store.get(conn, account_id, delivery_id)
    if delivery is None or delivery.fate != "kept":
        return None
    try:
        await _again(parts, delivery)
        return None
    except Exception as error:
        code, reason = what_failed(error)
        is_last = delivery.attempts + 1 >= TRIES or isinstance(error, Unrecognised)
        log.warning("still not handled", delivery=delivery_id, code=code, error=type(error).__name__, quarantined=is_last)
        async with parts.db.transaction() as conn:
            fate = "quarantined" if is_last else "kept"
            await store.settle(conn, account_id, delivery_id, fate=fate, code=code, reason=reason, attempts=1, was=("kept",))
        return None if is_last else parts.clock.now() + FIRST_RETRY * 2 ** (delivery.attempts - 1)


async def list_deliveries(parts: Parts, actor: Actor, fate: Fate | None, cursor: str | None, limit: int) -> Page:
    """What needs a person, newest first: quarantined payloads, and those still being tried."""
    fates: Sequence[Fate] = [fate] if fate else IN_NEED
    before = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else None
    limit = max(1, min(limit, 100))
    async with parts.db.connection() as conn:
        found = await store.in_need(conn, actor.account_id, fates, list(actor.readable), before, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return Page(found, str(found[-1].id) if more else None)


async def readable_delivery(parts: Parts, actor: Actor, delivery_id: int) -> Delivery:
    async with parts.db.connection() as conn:
        delivery = await store.get(conn, actor.account_id, delivery_id)
    if delivery is not None and actor.can_read(delivery.inbox_id):
        return delivery
    raise NotFound("There is no such delivery.", code="unknown_delivery")


async def raw_of(parts: Parts, actor: Actor, delivery_id: int) -> tuple[str, str, bytes]:
    """(name of a file, type, the payload byte for byte). What became a message is read as the original of that message (`core/messages/original.py`): it may have
    been moved to an inbox that not everybody here may read."""
    delivery = await readable_delivery(parts, actor, delivery_id)
    if delivery.fate in ("handled", "duplicate"):
        raise NotFound("This became a message. Read it as the original of that message.", code="became_message")
    type, ending = type_of(parts, delivery.kind)
    try:
        async with parts.db.connection() as conn:
            return f"delivery-{delivery.id}.{ending}", type, await _body(parts, conn, delivery)
    except FileMissing as error:
        raise bytes_missing() from error


async def replay(parts: Parts, actor: Actor, delivery_id: int) -> Delivery:
    """Tries a quarantined payload again, now. What fails again stays in quarantine, with the new reason. Of one that was fetched whole only now (it had been
    too large), returns the delivery that this made."""
    delivery = await readable_delivery(parts, actor, delivery_id)
    actor.require_write(delivery.inbox_id)
    if delivery.fate == SET_ASIDE:
        raise Conflict("This was set aside. Put it back first, then try it again.", code="set_aside")
    if delivery.fate not in IN_NEED:
        raise Conflict("This was handled already.", code="not_quarantined")
    try:
        delivery_id = (await _again(parts, delivery)).delivery_id
    except Exception as error:
        code, reason = what_failed(error)
        async with parts.db.transaction() as conn:
            await store.settle(conn, actor.account_id, delivery_id, fate="quarantined", code=code, reason=reason, attempts=1, was=IN_NEED)
    return await readable_delivery(parts, actor, delivery_id)


async def set_aside(parts: Parts, actor: Actor, delivery_id: int, *, is_set_aside: bool) -> Delivery:
    """A quarantined payload that needs nobody, or needs somebody again. It is kept as it came, also of a channel that was disconnected, and the books count
    it with what came in and could not be read, never as a gap. Whoever may replay it may do this; what is so already is not told again."""
    delivery = await readable_delivery(parts, actor, delivery_id)
    actor.require_write(delivery.inbox_id)
    fate, was = (SET_ASIDE, IN_NEED) if is_set_aside else ("quarantined", (SET_ASIDE,))
    if delivery.fate != fate:
        async with parts.db.transaction() as conn:
            if not await store.set_fate(conn, actor.account_id, delivery_id, fate, was):
                raise Conflict("This was handled already.", code="not_quarantined")
            await announce(conn, delivery, fate, actor.user_id)
        parts.wake.touch(actor.account_id)
    return await readable_delivery(parts, actor, delivery_id)


async def announce(conn: Connection, delivery: Delivery, fate: str, user_id: int) -> None:
    """Who did what with it stands in the event log; lists and the radar of those who read its inbox follow."""
    data = {"delivery_id": delivery.id, "channel_account_id": delivery.channel_account_id, "fate": fate, "by_user_id": user_id}
    await events.add(conn, delivery.account_id, "delivery.changed", inbox_id=delivery.inbox_id, data=data)


async def _again(parts: Parts, delivery: Delivery) -> Delivered:
    connected = await parts.directory.find(parts, delivery.account_id, delivery.channel_account_id)
    async with parts.db.connection() as conn:
        body = await _body(parts, conn, delivery)
    envelope = delivery.envelope
    inbound = Inbound(
        body=body,
        headers=envelope.get("headers", {}),
        method=envelope.get("method", "POST"),
        path=envelope.get("path", ""),
        query=envelope.get("query", {}),
    )
    whole = await connected.channel.whole(connected.context, inbound)
    if whole is inbound:
        return await take_in(parts, connected, inbound, delivery.id)
    delivered = await take_in(parts, connected, whole)
    async with parts.db.transaction() as conn:
        reason = "It was too large, and was fetched whole later."
        await store.settle(conn, delivery.account_id, delivery.id, fate="duplicate", code="fetched_whole", reason=reason, was=IN_NEED)
    return delivered


async def _body(parts: Parts, conn: Connection, delivery: Delivery) -> bytes:
    found = await store.body_of(conn, delivery.account_id, delivery.id)
    assert found is not None
    in_row, file_hash = found
    return in_row if in_row is not None else await parts.files.get(file_hash or "")

"""What people do with their notifications: look at them, mark them read, choose what reaches them and where."""

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.conversations.models import Page
from innboks.core.cursors import read_cursor, write_cursor
from innboks.core.events import store as events
from innboks.core.notifications import push, store, words
from innboks.core.notifications.deliver import push_to
from innboks.core.notifications.models import Choices, Device
from innboks.core.parts import Parts
from innboks.errors import Conflict, NotFound
from innboks.lib.text import one_line
from innboks.lib.zones import require_zone

PAGE_MAX = 100
DEVICES_MAX = 20


async def list_notifications(parts: Parts, actor: Actor, cursor: str | None, limit: int) -> Page:
    limit = max(1, min(limit, PAGE_MAX))
    async with parts.db.connection() as conn:
        found = await store.page(
            conn,
            actor.account_id,
            actor.user_id,
            list(actor.readable),
            read_cursor(cursor) if cursor else None,
            limit + 1,
            can_mend=actor.may(ACCOUNT_ACCESS),
        )
    more = len(found) > limit
    found = found[:limit]
    return Page(found, write_cursor(found[-1].at, found[-1].id) if more else None)


async def count_unread(parts: Parts, actor: Actor) -> tuple[int, int]:
    """(notifications, conversations of mine), each at most `store.UNREAD_CAP`."""
    async with parts.db.connection() as conn:
        return await store.unread(conn, actor.account_id, actor.user_id, list(actor.readable), can_mend=actor.may(ACCOUNT_ACCESS))


async def mark_read(parts: Parts, actor: Actor, notification_id: int | None) -> None:
    """One, or all."""
    async with parts.db.transaction() as conn:
        if notification_id is not None and not await store.exists(conn, actor.account_id, actor.user_id, notification_id):
            raise NotFound("There is no such notification.", code="unknown_notification")
        if await store.mark_read(conn, actor.account_id, actor.user_id, parts.clock.now(), id=notification_id):
            await events.add(conn, actor.account_id, "notification.changed", user_id=actor.user_id, data={"news": []})
    parts.wake.touch(actor.account_id)


async def get_choices(parts: Parts, actor: Actor) -> Choices:
    async with parts.db.connection() as conn:
        return await store.choices(conn, actor.account_id, actor.user_id)


async def save_choices(parts: Parts, actor: Actor, chosen: Choices) -> Choices:
    require_zone(chosen.quiet.time_zone)
    async with parts.db.transaction() as conn:
        await store.save_choices(conn, actor.account_id, actor.user_id, chosen)
        await events.add(conn, actor.account_id, "notification.changed", user_id=actor.user_id, data={"news": []})
    parts.wake.touch(actor.account_id)
    return chosen


async def list_devices(parts: Parts, actor: Actor) -> list[Device]:
    async with parts.db.connection() as conn:
        return await store.devices(conn, actor.account_id, actor.user_id)


async def add_device(parts: Parts, actor: Actor, endpoint: str, p256dh: str, auth: str, label: str) -> Device:
    push.check_subscription(parts, endpoint, p256dh, auth)
    async with parts.db.transaction() as conn:
        known = await store.devices(conn, actor.account_id, actor.user_id)
        if len(known) >= DEVICES_MAX and all(one.endpoint != endpoint for one in known):
            raise Conflict(f"At most {DEVICES_MAX} devices get notifications. Remove one first.", code="too_many_devices")
        return await store.add_device(conn, actor.account_id, actor.user_id, endpoint, p256dh, auth, one_line(label, 200))


async def drop_device(parts: Parts, actor: Actor, device_id: int) -> None:
    async with parts.db.transaction() as conn:
        if not await store.drop_device(conn, actor.account_id, actor.user_id, device_id):
            raise NotFound("There is no such device.", code="unknown_device")


async def test_device(parts: Parts, actor: Actor, device_id: int) -> str:
    """Sends a push now. Returns "" when the push service took it, else what went wrong: "again", "gone" or "refused"."""
    device = next((one for one in await list_devices(parts, actor) if one.id == device_id), None)
    if device is None:
        raise NotFound("There is no such device.", code="unknown_device")
    title, body = words.test_push(actor.locale)
    return await push_to(parts, device, {"title": title, "body": body, "url": "/settings/notifications", "tag": "test"}, topic="test")


async def say_looking(parts: Parts, actor: Actor) -> None:
    """The app is before this person's eyes: nothing needs to be pushed or mailed for a while."""
    await parts.wake.signal(actor.account_id, {"type": "looking", "user_id": str(actor.user_id)})

"""Notifications: a person's own list, what they want to be told and how, and the devices that take pushes (R-670, R-671)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Limit, Name, PathId, QueryCursor, number_or_none, text_id
from innboks.core import own_mail
from innboks.core.notifications import push, read
from innboks.core.notifications.models import Choices, Device, Kind, Notification
from innboks.core.notifications.store import UNREAD_CAP
from innboks.core.radar.models import Kind as Trouble

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Endpoint = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class NotificationOut(msgspec.Struct):
    """`count`: how often it happened since it was last read; of a trouble, how much is stuck. `who` and `about` are for showing.

    A trouble is about no conversation: `trouble` says what is stuck, `channel_account_id` where, if at a channel, and `is_over` that it is not any more."""

    id: str
    kind: Kind
    conversation_id: str | None
    message_id: str | None
    channel_account_id: str | None
    trouble: Trouble | None
    is_over: bool
    count: int
    who: str
    about: str
    at: datetime
    is_read: bool


class UnreadOut(msgspec.Struct):
    """Each stops at 99. `mine`: conversations of mine with something unread."""

    notifications: int
    mine: int


class ReadIn(Input):
    """Without an id: all."""

    id: Id | None = None


class SettingsOut(msgspec.Struct):
    """`has_mail`: is a server for such mail set up (INNBOKS_SMTP_OUT, or a connected address that sends)?"""

    choices: Choices
    has_mail: bool


class PushKeyOut(msgspec.Struct):
    public_key: str


class DeviceIn(Input):
    """What the browser's push subscription says. `label` is how its owner knows it again."""

    endpoint: Endpoint
    p256dh: Key
    auth: Key
    label: Name = ""


class DeviceOut(msgspec.Struct):
    """`trouble`: what its push service last said; empty when all is well."""

    id: str
    endpoint: str
    label: str
    created_at: datetime
    reached_at: datetime | None
    trouble: str


class TestOut(msgspec.Struct):
    """What the push service said."""

    outcome: Literal["taken", "again", "gone", "refused"]


@get("/notifications", operation_id="list_notifications", tags=["notifications"], summary="What I was told, the newest first")
async def list_notifications(request: Call, cursor: QueryCursor = None, limit: Limit = 30) -> Items[NotificationOut]:
    page = await read.list_notifications(request.parts, request.actor, cursor, limit)
    return Items([notification_out(one) for one in page.items], page.next)


@get("/notifications/unread", operation_id="count_unread", tags=["notifications"], summary="How much is unread")
async def count_unread(request: Call) -> UnreadOut:
    told, mine = await read.count_unread(request.parts, request.actor)
    return UnreadOut(min(told, UNREAD_CAP - 1), min(mine, UNREAD_CAP - 1))


@post("/notifications/read", operation_id="mark_notifications_read", tags=["notifications"], summary="I have seen it", status_code=204)
async def mark_read(request: Call, data: JSONBody[ReadIn]) -> None:
    await read.mark_read(request.parts, request.actor, number_or_none(data.id))


@get("/notifications/settings", operation_id="get_notification_settings", tags=["notifications"], summary="What reaches me, and how")
async def get_settings(request: Call) -> SettingsOut:
    return SettingsOut(
        await read.get_choices(request.parts, request.actor), await own_mail.can_send(request.parts, request.actor.account_id)
    )


@put(
    "/notifications/settings", operation_id="save_notification_settings", tags=["notifications"], summary="Choose what reaches me, and how"
)
async def save_settings(request: Call, data: JSONBody[Choices]) -> SettingsOut:
    return SettingsOut(
        await read.save_choices(request.parts, request.actor, data), await own_mail.can_send(request.parts, request.actor.account_id)
    )


@post("/notifications/looking", operation_id="say_looking", tags=["notifications"], summary="The app is before my eyes", status_code=204)
async def say_looking(request: Call) -> None:
    await read.say_looking(request.parts, request.actor)


@get("/push-key", operation_id="get_push_key", tags=["notifications"], summary="The key a browser subscribes to pushes with")
async def get_push_key(request: Call) -> PushKeyOut:
    return PushKeyOut(await push.public_key(request.parts))


@get("/push-devices", operation_id="list_push_devices", tags=["notifications"], summary="My devices that take pushes")
async def list_devices(request: Call) -> Items[DeviceOut]:
    return Items([device_out(one) for one in await read.list_devices(request.parts, request.actor)])


@post("/push-devices", operation_id="add_push_device", tags=["notifications"], summary="Let this browser take pushes for me")
async def add_device(request: Call, data: JSONBody[DeviceIn]) -> DeviceOut:
    return device_out(await read.add_device(request.parts, request.actor, data.endpoint, data.p256dh, data.auth, data.label))


@delete("/push-devices/{device_id:str}", operation_id="drop_push_device", tags=["notifications"], summary="No more pushes to it")
async def drop_device(request: Call, device_id: PathId) -> None:
    await read.drop_device(request.parts, request.actor, device_id)


@post(
    "/push-devices/{device_id:str}/test",
    operation_id="test_push_device",
    tags=["notifications"],
    summary="Push something to it now",
    status_code=200,
)
async def test_device(request: Call, device_id: PathId) -> TestOut:
    outcome = await read.test_device(request.parts, request.actor, device_id)
    return TestOut(msgspec.convert(outcome or "taken", Literal["taken", "again", "gone", "refused"]))


def notification_out(one: Notification) -> NotificationOut:
    return NotificationOut(
        id=str(one.id),
        kind=one.kind,
        conversation_id=text_id(one.conversation_id),
        message_id=text_id(one.message_id),
        channel_account_id=text_id(one.channel_account_id),
        trouble=one.trouble,
        is_over=one.over_at is not None,
        count=one.count,
        who=one.who,
        about=one.about,
        at=one.at,
        is_read=one.read_at is not None,
    )


def device_out(one: Device) -> DeviceOut:
    return DeviceOut(str(one.id), one.endpoint, one.label, one.created_at, one.reached_at, one.trouble)


routes: list[Any] = [
    list_notifications,
    count_unread,
    mark_read,
    get_settings,
    save_settings,
    say_looking,
    get_push_key,
    list_devices,
    add_device,
    drop_device,
    test_device,
]

"""Raw deliveries that need a person: what they are, the bytes themselves, trying one again, and setting one aside."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.files import download
from innboks.api.call import Call, Input, Items, Limit, PathId, QueryCursor
from innboks.core.deliveries import replay
from innboks.core.deliveries.glimpse import glimpses
from innboks.core.deliveries.models import Delivery, Fate
from innboks.core.parts import Parts
from innboks.sdk.contract import Glimpse


class DeliveryOut(msgspec.Struct):
    """`fate`: kept = being tried again, quarantined = needs a person, set_aside = a person said that it needs nobody; `reason` says why, in a sentence.
    `channel_name` also of a channel that was disconnected. `sender` and `subject` as the payload itself says, not proved; "" where it does not."""

    id: str
    channel_account_id: str
    inbox_id: str
    channel_name: str
    fate: Fate
    code: str
    reason: str
    size: int
    received_at: datetime
    attempts: int
    seen_count: int
    sender: str
    subject: str


class SetAside(Input):
    is_set_aside: bool


def shown(one: Delivery, glimpse: Glimpse) -> DeliveryOut:
    return DeliveryOut(
        id=str(one.id),
        channel_account_id=str(one.channel_account_id),
        inbox_id=str(one.inbox_id),
        channel_name=one.channel_name,
        fate=one.fate,
        code=one.code,
        reason=one.reason,
        size=one.size,
        received_at=one.received_at,
        attempts=one.attempts,
        seen_count=one.seen_count,
        sender=glimpse.sender,
        subject=glimpse.subject,
    )


async def _shown(parts: Parts, one: Delivery) -> DeliveryOut:
    (glimpse,) = await glimpses(parts, [one])
    return shown(one, glimpse)


@get("/deliveries", operation_id="list_deliveries", tags=["deliveries"], summary="What could not be handled, newest first")
async def list_deliveries(
    request: Call,
    fate: Annotated[Fate | None, QueryParameter()] = None,
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[DeliveryOut]:
    page = await replay.list_deliveries(request.parts, request.actor, fate, cursor, limit)
    seen = await glimpses(request.parts, page.items)
    return Items([shown(one, glimpse) for one, glimpse in zip(page.items, seen, strict=True)], page.next)


@get("/deliveries/{delivery_id:str}", operation_id="get_delivery", tags=["deliveries"], summary="One delivery")
async def get_delivery(request: Call, delivery_id: PathId) -> DeliveryOut:
    return await _shown(request.parts, await replay.readable_delivery(request.parts, request.actor, delivery_id))


@get("/deliveries/{delivery_id:str}/raw", operation_id="get_delivery_raw", tags=["deliveries"], summary="The payload, byte for byte")
async def get_raw(request: Call, delivery_id: PathId) -> Response[bytes]:
    name, type, raw = await replay.raw_of(request.parts, request.actor, delivery_id)
    return Response(raw, media_type=type, headers=download(name, type))


@post(
    "/deliveries/{delivery_id:str}/replay",
    operation_id="replay_delivery",
    tags=["deliveries"],
    summary="Try it again, now",
    status_code=200,
)
async def replay_delivery(request: Call, delivery_id: PathId) -> DeliveryOut:
    return await _shown(request.parts, await replay.replay(request.parts, request.actor, delivery_id))


@post(
    "/deliveries/{delivery_id:str}/set-aside",
    operation_id="set_aside_delivery",
    tags=["deliveries"],
    summary="It needs nobody any more, or does again; it is kept as it came",
    status_code=200,
)
async def set_aside_delivery(request: Call, delivery_id: PathId, data: JSONBody[SetAside]) -> DeliveryOut:
    after = await replay.set_aside(request.parts, request.actor, delivery_id, is_set_aside=data.is_set_aside)
    return await _shown(request.parts, after)


routes = [list_deliveries, get_delivery, get_raw, replay_delivery, set_aside_delivery]

"""Raw deliveries that need a person: what they are, the bytes themselves, and trying one again."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from innboks.api.app.files import download
from innboks.api.call import Call, Items, Limit, PathId, QueryCursor
from innboks.core.deliveries import replay
from innboks.core.deliveries.models import Delivery, Fate


class DeliveryOut(msgspec.Struct):
    """`fate`: kept = being tried again, quarantined = needs a person; `reason` says why, in a sentence."""

    id: str
    channel_account_id: str
    fate: Fate
    code: str
    reason: str
    size: int
    received_at: datetime
    attempts: int
    seen_count: int
    preview: str


def shown(one: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=str(one.id),
        channel_account_id=str(one.channel_account_id),
        fate=one.fate,
        code=one.code,
        reason=one.reason,
        size=one.size,
        received_at=one.received_at,
        attempts=one.attempts,
        seen_count=one.seen_count,
        preview=_preview(one),
    )


def _preview(one: Delivery) -> str:
    """What the transport knew, in a line: enough to recognise it in a list, without opening foreign bytes."""
    headers = one.envelope.get("headers", {})
    if isinstance(headers, dict):
        return " · ".join(f"{name}: {value}" for name, value in list(headers.items())[:4])[:200]
    return ""


@get("/deliveries", operation_id="list_deliveries", tags=["deliveries"], summary="What could not be handled, newest first")
async def list_deliveries(
    request: Call,
    fate: Annotated[Fate | None, QueryParameter()] = None,
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[DeliveryOut]:
    page = await replay.list_deliveries(request.parts, request.actor, fate, cursor, limit)
    return Items([shown(one) for one in page.items], page.next)


@get("/deliveries/{delivery_id:str}", operation_id="get_delivery", tags=["deliveries"], summary="One delivery")
async def get_delivery(request: Call, delivery_id: PathId) -> DeliveryOut:
    return shown(await replay.readable_delivery(request.parts, request.actor, delivery_id))


@get("/deliveries/{delivery_id:str}/raw", operation_id="get_delivery_raw", tags=["deliveries"], summary="The payload, byte for byte")
async def get_raw(request: Call, delivery_id: PathId) -> Response[bytes]:
    raw = await replay.raw_of(request.parts, request.actor, delivery_id)
    return Response(raw, media_type="application/octet-stream", headers=download(f"delivery-{delivery_id}.bin", "application/octet-stream"))


@post(
    "/deliveries/{delivery_id:str}/replay",
    operation_id="replay_delivery",
    tags=["deliveries"],
    summary="Try it again, now",
    status_code=200,
)
async def replay_delivery(request: Call, delivery_id: PathId) -> DeliveryOut:
    return shown(await replay.replay(request.parts, request.actor, delivery_id))


routes = [list_deliveries, get_delivery, get_raw, replay_delivery]

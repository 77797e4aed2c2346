"""Channels: what can be connected (the catalogue), and what is connected. Nothing here knows a kind; a channel describes itself."""

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, number_or_none
from innboks.core.channel_accounts import connect
from innboks.core.channel_accounts import ledger as books
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.parts import Parts


class HealthOut(msgspec.Struct):
    """How the connection is, in words; `action` is what an administrator should do ("" = nothing)."""

    state: str = "unfinished"
    sentence: str = ""
    action: str = ""


class ChannelAccountOut(msgspec.Struct):
    """One connected mailbox, page, number or form. Secrets in `config` are blank."""

    id: str
    kind: str
    inbox_id: str
    name: str
    address: str
    hosted_address: str | None
    is_active: bool
    is_authorized: bool
    health: HealthOut
    last_received_at: datetime | None
    created_at: datetime
    archived_at: datetime | None
    settings: dict[str, Any]
    config: dict[str, Any]


class BackfillOut(msgspec.Struct):
    """How far the fetching of older messages is. `state`: waiting, running or done; `total` is null while it is not known."""

    since: str
    done: int = 0
    total: int | None = None
    state: str = "waiting"


class LedgerOut(msgspec.Struct):
    """The books: what the provider holds and what we hold. `gap` 0 means that nothing is missing; null: it cannot be counted."""

    on_server: int | None
    stored: int
    quarantined: int
    duplicates: int
    ignored: int
    gap: int | None
    folders: dict[str, Any]
    backfill: BackfillOut | None


class Backfill(Input):
    since: date


class NewChannelAccount(Input):
    kind: Name
    config: dict[str, Any]
    name: Name = ""
    inbox_id: Id | None = None


class ChannelAccountChange(Input):
    """Only what is given changes. Secrets left empty in `config` stay as they are."""

    name: Name | None = None
    inbox_id: Id | None = None
    is_active: bool | None = None
    settings: dict[str, Any] | None = None
    config: dict[str, Any] | None = None


def shown(parts: Parts, row: ChannelAccount) -> ChannelAccountOut:
    return ChannelAccountOut(
        id=str(row.id),
        kind=row.kind,
        inbox_id=str(row.inbox_id),
        name=row.name,
        address=row.address,
        hosted_address=row.hosted_address,
        is_active=row.is_active,
        is_authorized=row.is_authorized,
        health=msgspec.convert(row.health, HealthOut),
        last_received_at=row.last_received_at,
        created_at=row.created_at,
        archived_at=row.archived_at,
        settings=row.settings,
        config=connect.shown_config(parts, row),
    )


@get("/channels", operation_id="list_channels", tags=["channels"], summary="What can be connected, with forms and guides")
async def list_channels(request: Call) -> Items[dict[str, Any]]:
    registry = request.parts.registry
    return Items([registry.describe(channel) for channel in registry])


@get("/channel-accounts", operation_id="list_channel_accounts", tags=["channels"], summary="What is connected to the inboxes I may read")
async def list_channel_accounts(request: Call) -> Items[ChannelAccountOut]:
    parts = request.parts
    return Items([shown(parts, row) for row in await connect.list_channel_accounts(parts, request.actor)])


@post("/channel-accounts", operation_id="connect_channel", tags=["channels"], summary="Connect a channel")
async def connect_channel(request: Call, data: JSONBody[NewChannelAccount]) -> ChannelAccountOut:
    parts = request.parts
    row = await connect.connect(parts, request.actor, data.kind, data.name, number_or_none(data.inbox_id), data.config)
    return shown(parts, row)


@get("/channel-accounts/{channel_account_id:str}", operation_id="get_channel_account", tags=["channels"], summary="One connected channel")
async def get_channel_account(request: Call, channel_account_id: PathId) -> ChannelAccountOut:
    return shown(request.parts, await connect.get_channel_account(request.parts, request.actor, channel_account_id))


@patch(
    "/channel-accounts/{channel_account_id:str}",
    operation_id="change_channel_account",
    tags=["channels"],
    summary="Change, pause or resume",
)
async def change_channel_account(request: Call, channel_account_id: PathId, data: JSONBody[ChannelAccountChange]) -> ChannelAccountOut:
    parts = request.parts
    row = await connect.change_channel_account(
        parts,
        request.actor,
        channel_account_id,
        name=data.name,
        inbox_id=number_or_none(data.inbox_id),
        is_active=data.is_active,
        settings=data.settings,
        config=data.config,
    )
    return shown(parts, row)


@delete("/channel-accounts/{channel_account_id:str}", operation_id="disconnect_channel", tags=["channels"], summary="Disconnect")
async def disconnect_channel(request: Call, channel_account_id: PathId) -> Response[None]:
    await connect.disconnect(request.parts, request.actor, channel_account_id)
    return Response(None, status_code=204)


@get(
    "/channel-accounts/{channel_account_id:str}/ledger",
    operation_id="get_ledger",
    tags=["channels"],
    summary="What it holds, and what we do",
)
async def get_ledger(request: Call, channel_account_id: PathId) -> LedgerOut:
    found = await books.ledger(request.parts, request.actor, channel_account_id)
    return msgspec.convert(found, LedgerOut, from_attributes=True)


@post(
    "/channel-accounts/{channel_account_id:str}/backfill",
    operation_id="backfill_channel_account",
    tags=["channels"],
    summary="Fetch what is older, back to a day",
    status_code=202,
)
async def backfill(request: Call, channel_account_id: PathId, data: JSONBody[Backfill]) -> BackfillOut:
    return msgspec.convert(await books.request_backfill(request.parts, request.actor, channel_account_id, data.since), BackfillOut)


routes = [
    get_ledger,
    backfill,
    list_channels,
    list_channel_accounts,
    connect_channel,
    get_channel_account,
    change_channel_account,
    disconnect_channel,
]

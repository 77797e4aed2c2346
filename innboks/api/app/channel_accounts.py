"""Channels: what can be connected (the catalogue), and what is connected. Nothing here knows a kind; a channel describes itself."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody
from litestar.response import Stream

from innboks.api.app.files import download
from innboks.api.app.inboxes import Members, Teams
from innboks.api.call import Call, Id, Input, Items, Name, PathId, number_or_none, numbers, text_id
from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts.features import has_channel
from innboks.core.accounts.users import account_of
from innboks.core.channel_accounts import connect, drafts, rhythm
from innboks.core.channel_accounts import ledger as books
from innboks.core.channel_accounts.directory import operator_settings
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.deliveries.table import stream_ledger
from innboks.core.files.pictures import shown_here
from innboks.core.inboxes.make import NewInbox
from innboks.core.inboxes.models import Access
from innboks.core.parts import Parts

Step = Literal["account", "details", "assignment", "tickets"]
"""Of a set-up, as the agent app shows them: `STEPS` in `web/src/features/channels/setup/Head.tsx`."""
"""Of a set-up, as whoever draws it calls it."""
PastDays = Annotated[int, msgspec.Meta(ge=0, le=3650)]
"""Messages of so many days before the connection are fetched, too, where the channel can."""


class HealthOut(msgspec.Struct):
    """How the connection is, in words; `action` is what an administrator should do ("" = nothing). `since`: so long it has been so. `usual_s`, of a
    quiet one: how often a message usually comes, in seconds."""

    state: str = "unfinished"
    sentence: str = ""
    action: str = ""
    since: datetime | None = None
    usual_s: int | None = None


class ChannelAccountOut(msgspec.Struct):
    """One connected mailbox, page, number or form. Secrets in `config` are blank. `push_url`: an address that has to be entered at the provider; it and
    `confirmation` only for who may change channels (R-144).
    `owner_id`: whose personal mailbox it is; null: the team's. `traffic`: messages from outside in each hour from `traffic_from`, the last one running;
    `kept_count`: replies that wait for the connection. `test_address`:
    where a test goes that has to come back; null: there is no such way. `is_fallback`: issued to its inbox by us; it
    sends only with `may_send`. `records`: what it needs to have published elsewhere (SPF, DKIM, DMARC), as it was found at `records_at`; looked for
    every hour. `is_demo`: of the demo; nothing leaves from it."""

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
    setup_step: str | None
    traffic_from: datetime
    traffic: list[int]
    kept_count: int
    push_url: str | None = None
    owner_id: str | None = None
    confirmation: "ConfirmationOut | None" = None
    test_address: str | None = None
    is_fallback: bool = False
    may_send: bool = True
    records: list["RecordOut"] = []
    records_at: datetime | None = None
    is_demo: bool = False


class RecordOut(msgspec.Struct):
    name: str
    state: Literal["ok", "missing", "wrong", "unknown"]


class ConfirmationOut(msgspec.Struct):
    """A provider's mail that wants a forwarding confirmed. It may come from anybody who knows the address: look who sent it."""

    sender: str
    code: str
    link: str
    at: datetime


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


class SignatureOut(msgspec.Struct):
    text: str
    html: str


class Backfill(Input):
    since: date


class InboxToMake(Input):
    """Made with the channel that is connected to it; `member_ids` null: whoever makes it."""

    name: Name
    access: Access = "everyone"
    member_ids: Members | None = None
    team_ids: Teams = []


def inbox_to_make(data: InboxToMake | None) -> NewInbox | None:
    if data is None:
        return None
    members = None if data.member_ids is None else numbers(data.member_ids)
    return NewInbox(name=data.name, access=data.access, member_ids=members, team_ids=numbers(data.team_ids))


class NewChannelAccount(Input):
    """`new_inbox`: it goes into an inbox that is made with it, if it can be connected; then `inbox_id` does not matter."""

    kind: Name
    config: dict[str, Any]
    name: Name = ""
    inbox_id: Id | None = None
    is_personal: bool = False
    """Of the person who connects it alone, in an inbox that is theirs alone; otherwise it is the team's."""
    draft_id: Id | None = None
    """The set-up that ends with this; its secrets are used where `config` has none."""
    setup_step: Step | None = None
    """Where its set-up goes on; null: it is finished."""
    past_days: PastDays = 0
    new_inbox: InboxToMake | None = None


class ChannelAccountChange(Input):
    """Only what is given changes. Secrets left empty in `config` stay as they are."""

    name: Name | None = None
    inbox_id: Id | None = None
    is_active: bool | None = None
    settings: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    setup_step: Step | msgspec.UnsetType | None = msgspec.UNSET
    """null: the set-up is finished."""


def health_of(row: ChannelAccount) -> HealthOut:
    health = msgspec.convert(row.health, HealthOut)
    health.since = row.health_at
    if health.state == "connected" and (silence := row.unusual_silence) is not None:
        health = HealthOut(state="quiet", sentence="Unusually quiet.", since=row.last_received_at, usual_s=silence["usual_s"])
    if row.setup_step is not None and health.state in ("connected", "quiet"):
        return HealthOut(state="unfinished", sentence="It works; its set-up is not finished.", action="Continue", since=row.created_at)
    return health


async def shown_to(parts: Parts, actor: Actor, row: ChannelAccount) -> ChannelAccountOut:
    (one,) = await all_shown(parts, actor, [row])
    return one


async def all_shown(parts: Parts, actor: Actor, rows: list[ChannelAccount]) -> list[ChannelAccountOut]:
    figures = await rhythm.figures_of(parts, actor.account_id, [row.id for row in rows])
    return [_shown(parts, row, figures[row.id], may_change=actor.may(ACCOUNT_ACCESS)) for row in rows]


def _shown(parts: Parts, row: ChannelAccount, figures: rhythm.Figures, *, may_change: bool) -> ChannelAccountOut:
    return ChannelAccountOut(
        id=str(row.id),
        kind=row.kind,
        inbox_id=str(row.inbox_id),
        name=row.name,
        address=row.address,
        hosted_address=row.hosted_address,
        is_active=row.is_active,
        is_authorized=row.is_authorized,
        health=health_of(row),
        last_received_at=row.last_received_at,
        created_at=row.created_at,
        archived_at=row.archived_at,
        settings=row.settings,
        config=connect.shown_config(parts, row),
        push_url=connect.push_url(parts, row) if may_change else None,
        owner_id=text_id(row.owner_id),
        setup_step=row.setup_step,
        confirmation=msgspec.convert(row.confirmation, ConfirmationOut) if row.confirmation and may_change else None,
        is_fallback=row.is_fallback,
        may_send=row.may_send,
        is_demo=row.is_demo,
        test_address=connect.test_address(parts, row),
        records=[RecordOut(one.name, one.state) for one in row.published],
        records_at=row.records_at,
        traffic_from=figures.since,
        traffic=figures.traffic,
        kept_count=figures.kept_count,
    )


@get("/channels", operation_id="list_channels", tags=["channels"], summary="What can be connected, with forms and guides")
async def list_channels(request: Call) -> Items[dict[str, Any]]:
    """`is_switched_off`: the operator left it out for this account; what is connected is still shown and received."""
    registry, settings = request.parts.registry, operator_settings(request.parts)
    account = await account_of(request.parts, request.actor)
    return Items([registry.describe(channel, settings) | {"is_switched_off": not has_channel(account, channel)} for channel in registry])


@get("/channel-accounts", operation_id="list_channel_accounts", tags=["channels"], summary="What is connected to the inboxes I may read")
async def list_channel_accounts(request: Call) -> Items[ChannelAccountOut]:
    parts, actor = request.parts, request.actor
    return Items(await all_shown(parts, actor, await connect.list_channel_accounts(parts, actor)))


@post("/channel-accounts", operation_id="connect_channel", tags=["channels"], summary="Connect a channel")
async def connect_channel(request: Call, data: JSONBody[NewChannelAccount]) -> ChannelAccountOut:
    parts = request.parts
    actor, draft_id = request.actor, number_or_none(data.draft_id)
    config = data.config
    if draft_id is not None:
        config = await drafts.with_secrets(parts, actor, data.kind, draft_id, config)
    row = await connect.connect(
        parts,
        actor,
        data.kind,
        data.name,
        number_or_none(data.inbox_id),
        config,
        is_personal=data.is_personal,
        draft_id=draft_id,
        setup_step=data.setup_step,
        past_days=data.past_days,
        new_inbox=inbox_to_make(data.new_inbox),
    )
    return await shown_to(parts, request.actor, row)


@get("/channel-accounts/{channel_account_id:str}", operation_id="get_channel_account", tags=["channels"], summary="One connected channel")
async def get_channel_account(request: Call, channel_account_id: PathId) -> ChannelAccountOut:
    return await shown_to(request.parts, request.actor, await connect.get_channel_account(request.parts, request.actor, channel_account_id))


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
        setup_step=data.setup_step,
    )
    return await shown_to(parts, request.actor, row)


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


@get(
    "/channel-accounts/{channel_account_id:str}/ledger/file",
    operation_id="get_ledger_file",
    tags=["channels"],
    summary="What became of each thing that was offered, as a table",
)
async def get_ledger_file(request: Call, channel_account_id: PathId) -> Stream:
    pieces = await stream_ledger(request.parts, request.actor, channel_account_id)
    headers = download("ledger.csv", "text/csv; charset=utf-8") | {"Cache-Control": "private, no-store"}
    return Stream(pieces, media_type="text/csv", headers=headers)


@post(
    "/channel-accounts/{channel_account_id:str}/backfill",
    operation_id="backfill_channel_account",
    tags=["channels"],
    summary="Fetch what is older, back to a day",
    status_code=202,
)
async def backfill(request: Call, channel_account_id: PathId, data: JSONBody[Backfill]) -> BackfillOut:
    return msgspec.convert(await books.request_backfill(request.parts, request.actor, channel_account_id, data.since), BackfillOut)


@get(
    "/channel-accounts/{channel_account_id:str}/signature",
    operation_id="get_signature",
    tags=["channels"],
    summary="What is added below what I write here",
)
async def get_signature(request: Call, channel_account_id: PathId) -> SignatureOut:
    text, html = await connect.signature_of(request.parts, request.actor, channel_account_id)
    return SignatureOut(text, shown_here(html))


routes = [
    get_ledger,
    get_ledger_file,
    backfill,
    list_channels,
    list_channel_accounts,
    connect_channel,
    get_channel_account,
    change_channel_account,
    disconnect_channel,
    get_signature,
]

"""What is let in: filter rules and the brake on floods, the allow list and the deny list."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.call import Call, Input, Items, Limit, PathId, QueryCursor, text_id
from innboks.core.filters import filters
from innboks.core.filters.models import Filters, ListedSender
from innboks.sdk.contract import Sign

ListName = Literal["allow", "deny"]


class FiltersOut(msgspec.Struct):
    """`rules`: those that are on. `flood_count`: so many conversations of one sender within `flood_within_s` come through (null: all)."""

    rules: list[Sign]
    flood_count: int | None
    flood_within_s: int


class FiltersIn(Input):
    """Only what is given changes."""

    rules: list[Sign] | msgspec.UnsetType = msgspec.UNSET
    flood_count: Annotated[int, msgspec.Meta(ge=2, le=1000)] | msgspec.UnsetType | None = msgspec.UNSET
    flood_within_s: Annotated[int, msgspec.Meta(ge=10, le=86400)] | msgspec.UnsetType = msgspec.UNSET


class ListedSenderOut(msgspec.Struct):
    """`value` is an address, or a domain, which stands for everything at and below it."""

    id: str
    list: ListName
    value: str
    added_by: str | None
    added_at: datetime


class SendersIn(Input):
    """`text`: addresses and domains, as many as there are, in lines or with commas between them; names beside them are left out."""

    list: ListName
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500_000)]


class BadLineOut(msgspec.Struct):
    line: int
    text: str


class AddedOut(msgspec.Struct):
    """`moved`: were on the other list; `known`: on this one already; `bad`: the first pieces that are neither an address nor a domain."""

    added: int
    moved: int
    known: int
    bad: list[BadLineOut]


def _shown(one: Filters) -> FiltersOut:
    return FiltersOut(one.rules, one.flood_count, one.flood_within_s)


def _sender(one: ListedSender) -> ListedSenderOut:
    return ListedSenderOut(str(one.id), "allow" if one.is_allowed else "deny", one.value, text_id(one.added_by), one.added_at)


@get("/filters", operation_id="get_filters", tags=["filters"], summary="Which filter rules are on, and the brake on floods")
async def get_filters(request: Call) -> FiltersOut:
    return _shown(await filters.get_filters(request.parts, request.actor))


@patch("/filters", operation_id="change_filters", tags=["filters"], summary="Switch filter rules and the brake on and off")
async def change_filters(request: Call, data: JSONBody[FiltersIn]) -> FiltersOut:
    change = filters.Change(rules=data.rules, flood_count=data.flood_count, flood_within_s=data.flood_within_s)
    return _shown(await filters.change_filters(request.parts, request.actor, change))


@get("/listed-senders", operation_id="list_listed_senders", tags=["filters"], summary="The allow list or the deny list")
async def list_senders(
    request: Call,
    list: Annotated[ListName, QueryParameter()],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[ListedSenderOut]:
    page = await filters.list_senders(request.parts, request.actor, is_allowed=list == "allow", q=q, cursor=cursor, limit=limit)
    return Items([_sender(one) for one in page.items], page.next)


@post(
    "/listed-senders",
    operation_id="add_listed_senders",
    tags=["filters"],
    summary="Put addresses and domains on a list",
    status_code=200,
)
async def add_senders(request: Call, data: JSONBody[SendersIn]) -> AddedOut:
    done = await filters.add_senders(request.parts, request.actor, data.list == "allow", data.text)
    return AddedOut(done.added, done.moved, done.known, [BadLineOut(one.line, one.text) for one in done.bad])


@delete("/listed-senders/{listed_sender_id:str}", operation_id="drop_listed_sender", tags=["filters"], summary="Take an entry off its list")
async def drop_sender(request: Call, listed_sender_id: PathId) -> None:
    await filters.drop_sender(request.parts, request.actor, listed_sender_id)


routes = [get_filters, change_filters, list_senders, add_senders, drop_sender]

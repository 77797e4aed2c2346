"""Lists of conversations: the views with their counts, one page of a view, filters, and the views people save."""

from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, Id, Input, Items, Limit, Name, PathId, QueryCursor, QueryId, QueryText, number, text_id
from innboks.core.channel_accounts.connect import list_channel_accounts
from innboks.core.conversations import read
from innboks.core.conversations.models import Priority
from innboks.core.views import saved
from innboks.core.views.models import LIST_MAX, Filters, OfTicket, SavedView, Sort, Status
from innboks.errors import Invalid

QuerySort = Annotated[Sort, QueryParameter(description="“due”: what is due first; where nothing can be due, newest first.")]
Flag = Annotated[bool, QueryParameter()]
Seconds = Annotated[int | None, QueryParameter(ge=0, le=315_360_000)]
Ids = Annotated[list[Id], msgspec.Meta(max_length=LIST_MAX)]
Words = Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=LIST_MAX)]


class ViewCount(msgspec.Struct):
    """`count` stops at 99: then `is_capped` is true, and there are more. Of mentions only those count that are new."""

    id: str
    name_key: str
    count: int
    is_capped: bool


class MentionOut(msgspec.Struct):
    """Somebody named me there with @, and I have not looked yet."""

    conversation_id: str


class ConversationList(msgspec.Struct):
    """One page. `is_partial`: it has fewer rows than asked for, because enough were looked at; `next` goes on from there."""

    items: list[ListedConversation]
    next: str | None
    is_partial: bool


class ViewFilters(Input):
    """What narrows a list. `status` takes the place of the view's own. `assignees`: ids of people, "me", "nobody". `since` and `until` are about
    the last message, as is `active_within_s`, which moves along with the time. `waiting_longer_than_s`: for so long the customer waits."""

    status: Status | None = None
    inbox_ids: Ids = []
    channel_account_ids: Ids = []
    contact_id: Id | None = None
    assignees: Words = []
    tag_ids: Ids = []
    priorities: Annotated[list[Priority], msgspec.Meta(max_length=4)] = []
    ticket: OfTicket | None = None
    since: datetime | None = None
    until: datetime | None = None
    active_within_s: Annotated[int, msgspec.Meta(ge=0)] | None = None
    waiting_longer_than_s: Annotated[int, msgspec.Meta(ge=0)] | None = None
    hide_spam: bool = True
    hide_trash: bool = True


class SavedViewOut(msgspec.Struct):
    """`is_mine`: I made it. Shared ones are seen by everybody of the account."""

    id: str
    name: str
    icon: str
    is_shared: bool
    is_mine: bool
    filters: ViewFilters
    sort: Sort
    position: int


class NewSavedView(Input):
    name: Name
    filters: ViewFilters
    icon: str = "star"
    is_shared: bool = False
    sort: Sort = "due"
    position: int | msgspec.UnsetType = msgspec.UNSET


class SavedViewChange(Input):
    """Only what is given changes."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    icon: str | msgspec.UnsetType = msgspec.UNSET
    is_shared: bool | msgspec.UnsetType = msgspec.UNSET
    filters: ViewFilters | msgspec.UnsetType = msgspec.UNSET
    sort: Sort | msgspec.UnsetType = msgspec.UNSET
    position: int | msgspec.UnsetType = msgspec.UNSET


class SavedViewOrder(Input):
    ids: Annotated[list[Id], msgspec.Meta(max_length=1000)]


@get("/views", operation_id="list_views", tags=["conversations"], summary="The views with their counts")
async def list_views(request: Call) -> Items[ViewCount]:
    channels = [one.id for one in await list_channel_accounts(request.parts, request.actor)]
    counted = await read.count_views(request.parts, request.actor, channels)
    return Items([ViewCount(id, f"view.{id.partition(':')[0]}", one.count, one.is_capped) for id, one in counted.items()])


@get("/mentions", operation_id="list_mentions", tags=["conversations"], summary="Where I was mentioned and have not looked yet")
async def list_mentions(request: Call) -> Items[MentionOut]:
    return Items([MentionOut(str(id)) for id in await read.unseen_mentions(request.parts, request.actor)])


@get("/conversations", operation_id="list_conversations", tags=["conversations"], summary="One page of a view")
async def list_conversations(
    request: Call,
    view: QueryText = "open",
    sort: QuerySort = "newest",
    inbox_id: QueryId = None,
    channel_account_id: QueryId = None,
    contact_id: QueryId = None,
    status: Annotated[Status | None, QueryParameter()] = None,
    inbox_ids: QueryText = "",
    channel_account_ids: QueryText = "",
    assignees: QueryText = "",
    tag_ids: QueryText = "",
    priorities: QueryText = "",
    ticket: Annotated[OfTicket | None, QueryParameter()] = None,
    since: QueryText = "",
    until: QueryText = "",
    active_within_s: Seconds = None,
    waiting_longer_than_s: Seconds = None,
    hide_spam: Flag = True,
    hide_trash: Flag = True,
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> ConversationList:
    """Lists of values are written with commas: `assignees=me,nobody`, `priorities=high,urgent`."""
    filters = Filters(
        status=status,
        inbox_ids=_ids(inbox_ids, "inbox_ids"),
        channel_account_ids=_ids(channel_account_ids, "channel_account_ids"),
        contact_id=contact_id,
        assignees=_parts(assignees),
        tag_ids=_ids(tag_ids, "tag_ids"),
        priorities=_priorities(priorities),
        ticket=ticket,
        since=_time(since, "since"),
        until=_time(until, "until"),
        active_within_s=active_within_s,
        waiting_longer_than_s=waiting_longer_than_s,
        hide_spam=hide_spam,
        hide_trash=hide_trash,
    )
    page = await read.list_conversations(
        request.parts,
        request.actor,
        view=view,
        inbox_id=inbox_id,
        channel_account_id=channel_account_id,
        sort=sort,
        filters=saved.check(filters),
        cursor=cursor,
        limit=limit,
    )
    return ConversationList([listed_conversation(one) for one in page.items], page.next, page.is_partial)


@get("/saved-views", operation_id="list_saved_views", tags=["views"], summary="My views and the shared ones, in order")
async def list_saved_views(request: Call) -> Items[SavedViewOut]:
    return Items([_out(one, request) for one in await saved.list_saved(request.parts, request.actor)])


@post("/saved-views", operation_id="create_saved_view", tags=["views"], summary="Save a view")
async def create_saved_view(request: Call, data: JSONBody[NewSavedView]) -> SavedViewOut:
    return _out(await saved.create_saved(request.parts, request.actor, _wanted(data)), request)


@put("/saved-views/order", operation_id="order_saved_views", tags=["views"], summary="Put my views in this order")
async def order_saved_views(request: Call, data: JSONBody[SavedViewOrder]) -> Items[SavedViewOut]:
    after = await saved.order_saved(request.parts, request.actor, [number(one) for one in data.ids])
    return Items([_out(one, request) for one in after])


@patch("/saved-views/{saved_view_id:str}", operation_id="change_saved_view", tags=["views"], summary="Change a saved view")
async def change_saved_view(request: Call, saved_view_id: PathId, data: JSONBody[SavedViewChange]) -> SavedViewOut:
    return _out(await saved.change_saved(request.parts, request.actor, saved_view_id, _wanted(data)), request)


@delete("/saved-views/{saved_view_id:str}", operation_id="delete_saved_view", tags=["views"], summary="Delete a saved view")
async def delete_saved_view(request: Call, saved_view_id: PathId) -> None:
    await saved.delete_saved(request.parts, request.actor, saved_view_id)


# ── between JSON and the core ────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(data: NewSavedView | SavedViewChange) -> saved.Wanted:
    given: dict[str, Any] = msgspec.structs.asdict(data)
    if isinstance(data.filters, ViewFilters):
        given["filters"] = _filters_in(data.filters)
    return saved.Wanted(**given)


def _filters_in(given: ViewFilters) -> Filters:
    values: dict[str, Any] = msgspec.structs.asdict(given)
    for name in ("inbox_ids", "channel_account_ids", "tag_ids"):
        values[name] = [number(one) for one in values[name]]
    values["contact_id"] = None if given.contact_id is None else number(given.contact_id)
    for name in ("since", "until"):
        at: datetime | None = values[name]
        values[name] = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
    return Filters(**values)


def _out(view: SavedView, request: Call) -> SavedViewOut:
    stored = msgspec.convert(view.filters, Filters)
    values: dict[str, Any] = msgspec.structs.asdict(stored)
    for name in ("inbox_ids", "channel_account_ids", "tag_ids"):
        values[name] = [str(one) for one in values[name]]
    filters = ViewFilters(
        **values | {"contact_id": text_id(stored.contact_id), "assignees": list(stored.assignees), "priorities": list(stored.priorities)}
    )
    return SavedViewOut(
        id=str(view.id),
        name=view.name,
        icon=view.icon,
        is_shared=view.is_shared,
        is_mine=view.user_id == request.actor.user_id,
        filters=filters,
        sort=view.sort,
        position=view.position,
    )


def _parts(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _ids(text: str, field: str) -> list[int]:
    parts = _parts(text)
    if not all(part.isascii() and part.isdigit() and 0 < int(part) < 2**63 for part in parts):
        raise Invalid("Write ids with commas between them, like “1,2”.", field=field)
    return [int(part) for part in parts]


def _priorities(text: str) -> list[Priority]:
    known: tuple[Priority, ...] = get_args(Priority)
    parts = _parts(text)
    if not all(part in known for part in parts):
        raise Invalid(f"A priority is one of {', '.join(known)}.", field="priorities")
    return [one for one in known if one in parts]


def _time(text: str, field: str) -> datetime | None:
    """A moment, or a day (its beginning, UTC)."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Invalid("Write a time like 2026-11-22 or 2026-11-22T09:00:00Z.", field=field) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


routes = [
    list_views,
    list_mentions,
    list_conversations,
    list_saved_views,
    create_saved_view,
    order_saved_views,
    change_saved_view,
    delete_saved_view,
]

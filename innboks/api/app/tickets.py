"""Tickets, pipelines, and what tickets of a channel account begin with. Read next: `core/tickets/make.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import JSONBody, QueryParameter

from innboks.api.call import Call, Id, Input, Items, Limit, PathId, QueryCursor, QueryId, QueryText, number_or_none, text_id
from innboks.core.tickets import change, defaults, make, read
from innboks.core.tickets.models import Category, Defaults, Priority, Ticket


class TicketStageOut(msgspec.Struct):
    """`key`: of those that every account begins with, whose names are read in one's own language."""

    id: str
    key: str | None
    name: str
    state: Literal["open", "closed"]


class TicketPipelineOut(msgspec.Struct):
    id: str
    key: str | None
    name: str
    stages: list[TicketStageOut]


class TicketDefaultsOut(msgspec.Struct):
    """`is_on`: new conversations become tickets. `owner_id` null: the conversation's owner; `priority`, `category` null: left empty. `name`: text in which
    {conversation.subject}, {contact.name} and {channel.name} stand for what is known of the conversation."""

    is_on: bool
    pipeline_id: str
    stage_id: str
    owner_id: str | None
    priority: Priority | None
    category: Category | None
    name: str


class TicketDefaultsIn(Input):
    """Without a pipeline the account's first is meant, without a stage the pipeline's first, without a name the subject."""

    is_on: bool
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    owner_id: Id | None = None
    priority: Priority | None = None
    category: Category | None = None
    name: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


def _shown(found: Defaults) -> TicketDefaultsOut:
    return TicketDefaultsOut(
        is_on=found.is_on,
        pipeline_id=str(found.pipeline_id),
        stage_id=str(found.stage_id),
        owner_id=text_id(found.owner_id),
        priority=found.priority,
        category=found.category,
        name=found.name,
    )


@get(
    "/ticket-pipelines",
    operation_id="list_ticket_pipelines",
    tags=["tickets"],
    summary="The pipelines with their stages; the default first",
)
async def list_pipelines(request: Call) -> Items[TicketPipelineOut]:
    found = await defaults.list_pipelines(request.parts, request.actor)
    return Items(
        [
            TicketPipelineOut(
                str(one.id), one.key, one.name, [TicketStageOut(str(stage.id), stage.key, stage.name, stage.state) for stage in one.stages]
            )
            for one in found
        ]
    )


@get(
    "/channel-accounts/{channel_account_id:str}/tickets",
    operation_id="get_ticket_defaults",
    tags=["channel accounts"],
    summary="Do its conversations become tickets, and what do those begin with?",
)
async def get_defaults(request: Call, channel_account_id: PathId) -> TicketDefaultsOut:
    return _shown(await defaults.defaults_of(request.parts, request.actor, channel_account_id))


@put(
    "/channel-accounts/{channel_account_id:str}/tickets",
    operation_id="set_ticket_defaults",
    tags=["channel accounts"],
    summary="Say what its tickets begin with; it holds for those made afterwards",
)
async def set_defaults(request: Call, channel_account_id: PathId, data: JSONBody[TicketDefaultsIn]) -> TicketDefaultsOut:
    wish = defaults.Wish(
        is_on=data.is_on,
        pipeline_id=number_or_none(data.pipeline_id),
        stage_id=number_or_none(data.stage_id),
        owner_id=number_or_none(data.owner_id),
        priority=data.priority,
        category=data.category,
        name=data.name,
    )
    return _shown(await defaults.set_defaults(request.parts, request.actor, channel_account_id, wish))


class TicketOut(msgspec.Struct):
    """`channel_account_id`: the connection that made it; null: a person did (`created_by`). `closed_at`: while its stage is a closed one.
    `conversation_ids`, `contact_ids`: those that you may see."""

    id: str
    inbox_id: str
    name: str
    pipeline_id: str
    stage_id: str
    owner_id: str | None
    priority: Priority | None
    category: Category | None
    channel_account_id: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    conversation_ids: list[str]
    contact_ids: list[str]


class TicketIn(Input):
    """Only what is given changes. A pipeline without a stage means its first."""

    name: Annotated[str, msgspec.Meta(max_length=2000)] | msgspec.UnsetType = msgspec.UNSET
    pipeline_id: Id | msgspec.UnsetType = msgspec.UNSET
    stage_id: Id | msgspec.UnsetType = msgspec.UNSET
    owner_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    priority: Priority | msgspec.UnsetType | None = msgspec.UNSET
    category: Category | msgspec.UnsetType | None = msgspec.UNSET

    def values(self) -> dict[str, Any]:
        """Only what is given, with ids as numbers."""
        given = {name: value for name in TicketIn.__struct_fields__ if (value := getattr(self, name)) is not msgspec.UNSET}
        return {name: number_or_none(value) if name.endswith("_id") else value for name, value in given.items()}


class NewTicket(TicketIn):
    """Without a name it has the conversation's subject, without an owner the conversation's; `owner_id` null: nobody. A `client_id` makes it harmless to
    send this twice."""

    client_id: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,100}$(?!\n)")] | None = None


def ticket_out(one: Ticket) -> TicketOut:
    return TicketOut(
        id=str(one.id),
        inbox_id=str(one.inbox_id),
        name=one.name,
        pipeline_id=str(one.pipeline_id),
        stage_id=str(one.stage_id),
        owner_id=text_id(one.owner_id),
        priority=one.priority,
        category=one.category,
        channel_account_id=text_id(one.channel_account_id),
        created_by=text_id(one.created_by),
        created_at=one.created_at,
        updated_at=one.updated_at,
        closed_at=one.closed_at,
        conversation_ids=[str(id) for id in one.conversation_ids],
        contact_ids=[str(id) for id in one.contact_ids],
    )


@get("/tickets", operation_id="list_tickets", tags=["tickets"], summary="Tickets of the inboxes that you may read, the newest first")
async def list_tickets(
    request: Call,
    owner: Annotated[str | None, QueryParameter(max_length=20, description="Somebody's id, “me” or “nobody”.")] = None,
    pipeline_id: QueryId = None,
    stage_id: QueryId = None,
    status: Annotated[Literal["open", "closed"] | None, QueryParameter()] = None,
    contact_id: QueryId = None,
    conversation_id: QueryId = None,
    q: QueryText = "",
    cursor: QueryCursor = None,
    limit: Limit = 50,
) -> Items[TicketOut]:
    page = await read.list_tickets(
        request.parts,
        request.actor,
        owner=owner,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        state=status,
        contact_id=contact_id,
        conversation_id=conversation_id,
        words=q,
        cursor=cursor,
        limit=limit,
    )
    return Items([ticket_out(one) for one in page.items], page.next)


@get("/tickets/{ticket_id:str}", operation_id="get_ticket", tags=["tickets"], summary="One ticket")
async def get_ticket(request: Call, ticket_id: PathId) -> TicketOut:
    return ticket_out(await read.get_ticket(request.parts, request.actor, ticket_id))


@patch(
    "/tickets/{ticket_id:str}", operation_id="change_ticket", tags=["tickets"], summary="Change its name, stage, owner, priority, category"
)
async def change_ticket(request: Call, ticket_id: PathId, data: JSONBody[TicketIn]) -> TicketOut:
    return ticket_out(await change.change_ticket(request.parts, request.actor, ticket_id, change.TicketChange(**data.values())))


@post(
    "/conversations/{conversation_id:str}/tickets",
    operation_id="create_ticket",
    tags=["tickets"],
    summary="Make a ticket of a conversation",
)
async def create_ticket(request: Call, conversation_id: PathId, data: JSONBody[NewTicket]) -> Response[TicketOut]:
    made, is_new = await make.create_ticket(request.parts, request.actor, conversation_id, data.values(), data.client_id)
    return Response(ticket_out(made), status_code=201 if is_new else 200)


@put(
    "/conversations/{conversation_id:str}/tickets/{ticket_id:str}",
    operation_id="link_ticket",
    tags=["tickets"],
    summary="The conversation is about this ticket, too",
)
async def link_ticket(request: Call, conversation_id: PathId, ticket_id: PathId) -> TicketOut:
    return ticket_out(await make.link_ticket(request.parts, request.actor, conversation_id, ticket_id))


@delete(
    "/conversations/{conversation_id:str}/tickets/{ticket_id:str}",
    operation_id="unlink_ticket",
    tags=["tickets"],
    summary="The conversation is not about this ticket; the ticket stays",
)
async def unlink_ticket(request: Call, conversation_id: PathId, ticket_id: PathId) -> None:
    await make.unlink_ticket(request.parts, request.actor, conversation_id, ticket_id)


routes = [
    list_pipelines,
    get_defaults,
    set_defaults,
    list_tickets,
    get_ticket,
    change_ticket,
    create_ticket,
    link_ticket,
    unlink_ticket,
]

"""Pipelines, and what tickets of a channel account begin with. Read next: `core/tickets/defaults.py`."""

from typing import Literal

import msgspec
from litestar import get, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, PathId, number_or_none, text_id
from innboks.core.tickets import defaults
from innboks.core.tickets.models import Category, Defaults, Priority


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
    """`is_on`: new conversations are to become tickets. `owner_id` null: the conversation's owner; `priority`, `category` null: left empty."""

    is_on: bool
    pipeline_id: str
    stage_id: str
    owner_id: str | None
    priority: Priority | None
    category: Category | None


class TicketDefaultsIn(Input):
    """Without a pipeline the account's first is meant, without a stage the pipeline's first."""

    is_on: bool
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    owner_id: Id | None = None
    priority: Priority | None = None
    category: Category | None = None


def _shown(found: Defaults) -> TicketDefaultsOut:
    return TicketDefaultsOut(
        is_on=found.is_on,
        pipeline_id=str(found.pipeline_id),
        stage_id=str(found.stage_id),
        owner_id=text_id(found.owner_id),
        priority=found.priority,
        category=found.category,
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
    )
    return _shown(await defaults.set_defaults(request.parts, request.actor, channel_account_id, wish))


routes = [list_pipelines, get_defaults, set_defaults]

"""What people change of a ticket. Each field is the last writer's; undoing is changing it back. A new stage leaves a line in its conversations,
and closing it closes them (`together.py`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.messages import store as messages
from innboks.core.tickets import store as pipelines
from innboks.core.tickets import store_tickets as store
from innboks.core.tickets.models import NAME_MAX, Category, Pipeline, Priority, Stage, Ticket
from innboks.core.tickets.read import readable_ticket
from innboks.core.tickets.together import follow_ticket
from innboks.errors import Invalid
from innboks.lib.db import Connection, retrying
from innboks.lib.text import one_line

if TYPE_CHECKING:
    from innboks.core.parts import Parts

UNSET = msgspec.UNSET


class TicketChange(msgspec.Struct, kw_only=True):
    """Only what is given changes. A pipeline without a stage means its first. `owner_id` None: nobody; `priority`, `category` None: empty."""

    name: str | msgspec.UnsetType = UNSET
    pipeline_id: int | msgspec.UnsetType = UNSET
    stage_id: int | msgspec.UnsetType = UNSET
    owner_id: int | msgspec.UnsetType | None = UNSET
    priority: Priority | msgspec.UnsetType | None = UNSET
    category: Category | msgspec.UnsetType | None = UNSET


async def change_ticket(parts: "Parts", actor: Actor, ticket_id: int, wanted: TicketChange) -> Ticket:
    """The ticket as it is now. What is so already is not written again. Raises `NotFound`, `Forbidden`, `Invalid` with the field."""
    after = await _change(parts, actor, ticket_id, wanted)
    parts.wake.touch(actor.account_id)
    return after


@retrying
async def _change(parts: "Parts", actor: Actor, ticket_id: int, wanted: TicketChange) -> Ticket:
    async with parts.db.transaction() as conn:
        seen = await readable_ticket(conn, actor, ticket_id)
        actor.require_write(seen.inbox_id)
        linked = await store.conversations_of(conn, actor.account_id, ticket_id)
        await conversations.lock_rows(conn, actor.account_id, linked)  # conversations before tickets, as everybody
        before = await readable_ticket(conn, actor, ticket_id, lock=True)
        actor.require_write(before.inbox_id)
        known = await pipelines.pipelines(conn, actor.account_id)
        given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
        values = await checked(conn, actor, before.inbox_id, given, known, before, parts.clock.now())
        values = {name: value for name, value in values.items() if getattr(before, name) != value}
        if values:
            await store.update(conn, actor.account_id, ticket_id, values | {"updated_at": parts.clock.now()})
            if "stage_id" in values:
                line = {
                    "event": "ticket_stage_changed",
                    "ticket_id": str(ticket_id),
                    "name": values.get("name", before.name),
                    "from": _named(stage_of(known, before.pipeline_id, before.stage_id)),
                    "to": _named(stage_of(known, values.get("pipeline_id", before.pipeline_id), values["stage_id"])),
                }
                for one in await store.conversations_of(conn, actor.account_id, ticket_id):
                    await messages.add_system(conn, actor.account_id, one, line, author_id=actor.user_id)
            if "closed_at" in values and None in (before.closed_at, values["closed_at"]):
                is_closed, name = before.closed_at is None, values.get("name", before.name)
                await follow_ticket(conn, actor, ticket_id, name, is_closed=is_closed, now=parts.clock.now())
            await store.tell(conn, actor.account_id, ticket_id)
        return await readable_ticket(conn, actor, ticket_id)


async def checked(
    conn: Connection,
    actor: Actor,
    inbox_id: int,
    given: Mapping[str, Any],
    known: list[Pipeline],
    before: Ticket | None,
    now: datetime,
) -> dict[str, Any]:
    """Columns for what is given, of a ticket in this inbox; `before` None: a new one, which gets a stage in any case. Raises `Invalid`."""
    values = dict(given)
    if "name" in values:
        values["name"] = one_line(values["name"], NAME_MAX)
        if not values["name"]:
            raise Invalid("A ticket needs a name.", code="empty", field="name")
    if before is None or {"pipeline_id", "stage_id"} & values.keys():
        wanted_pipeline = values.get("pipeline_id", before.pipeline_id if before else None)
        pipeline = next((one for one in known if wanted_pipeline in (None, one.id)), None)
        if pipeline is None:
            raise Invalid("There is no such pipeline in your account.", code="unknown_pipeline", field="pipeline_id")
        wanted_stage = values.get("stage_id")
        if wanted_stage is None and before is not None and before.pipeline_id == pipeline.id:
            wanted_stage = before.stage_id
        stage = next((one for one in pipeline.stages if wanted_stage in (None, one.id)), None)
        if stage is None:
            raise Invalid("This pipeline has no such stage.", code="unknown_stage", field="stage_id")
        values |= {"pipeline_id": pipeline.id, "stage_id": stage.id}
        if stage.state == "open":
            values["closed_at"] = None
        elif before is None or before.closed_at is None:
            values["closed_at"] = now
    owner_id = values.get("owner_id")
    if owner_id is not None and (before is None or owner_id != before.owner_id):
        may_read, _, _ = await conversations.inbox_rights(conn, actor.account_id, owner_id, inbox_id)
        if not may_read:
            raise Invalid("This person cannot see the ticket's inbox, so they cannot own it.", code="not_a_member", field="owner_id")
    return values


def stage_of(known: list[Pipeline], pipeline_id: int, stage_id: int) -> Stage | None:
    return next((stage for one in known if one.id == pipeline_id for stage in one.stages if stage.id == stage_id), None)


def _named(stage: Stage | None) -> dict[str, Any] | None:
    """So that everybody reads it in their own language, and what is renamed or gone can still be read."""
    return None if stage is None else {"key": stage.key, "name": stage.name}

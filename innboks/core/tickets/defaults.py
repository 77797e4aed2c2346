"""Whether the conversations of a channel account are tickets, and what those begin with (R-050 to R-052, R-070 to R-072).

The road in makes the tickets and begins them with this (`make_ticket` in `store.py`). An account may be without them (`inbox_ticketing`): then
nothing here can be switched on, and none is made. Read next: `make.py`.
"""

import re
from typing import TYPE_CHECKING

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import store as accounts
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.events import store as events
from innboks.core.tickets import store
from innboks.core.tickets.models import NAME_MAX, SUBJECT, TOKENS, Category, Defaults, Pipeline, Priority
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line

if TYPE_CHECKING:
    from innboks.core.parts import Parts


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """As `Defaults`. Without a pipeline the account's first is meant, without a stage the first of the pipeline, without a name the subject."""

    is_on: bool
    pipeline_id: int | None = None
    stage_id: int | None = None
    owner_id: int | None = None
    priority: Priority | None = None
    category: Category | None = None
    name: str | None = None


async def list_pipelines(parts: "Parts", actor: Actor) -> list[Pipeline]:
    async with parts.db.connection() as conn:
        return await store.pipelines(conn, actor.account_id)


async def defaults_of(parts: "Parts", actor: Actor, channel_account_id: int) -> Defaults:
    """Where nothing was chosen yet: off, with the first pipeline's first stage. What was on is off while the account has no tickets from channels."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        await _row(conn, actor, channel_account_id)
        kept = await store.defaults_of(conn, actor.account_id, channel_account_id)
        found = kept or _settled(Wish(is_on=False), await store.pipelines(conn, actor.account_id))
        is_allowed = await _has_ticketing(conn, actor)
    return found if is_allowed else msgspec.structs.replace(found, is_on=False)


async def set_defaults(parts: "Parts", actor: Actor, channel_account_id: int, wish: Wish) -> Defaults:
    """Holds for tickets made afterwards (R-072). Raises `Conflict` where the account has no tickets from channels, `Invalid` with the field."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        row = await _row(conn, actor, channel_account_id)
        if wish.is_on and not await _has_ticketing(conn, actor):
            raise Conflict(
                "This account makes no tickets from the channels of an inbox. Help desk is the place for them: connect the channel there.",
                code="inbox_ticketing_off",
            )
        before = await store.defaults_of(conn, actor.account_id, channel_account_id)
        wanted = _settled(wish, await store.pipelines(conn, actor.account_id))
        if wanted.owner_id is not None and (before is None or wanted.owner_id != before.owner_id):
            user = await accounts.get_user(conn, actor.account_id, wanted.owner_id)
            if user is None or user.status != "active":
                raise Invalid("Choose somebody of your account who is active as the tickets' owner.", code="unknown_user", field="owner_id")
        await store.save_defaults(conn, actor.account_id, channel_account_id, wanted)
        changed = {"channel_account_id": channel_account_id}
        await events.add(conn, actor.account_id, "channel_account.changed", inbox_id=row.inbox_id, data=changed)
    await tell_changed(parts, actor.account_id, channel_account_id)
    parts.wake.touch(actor.account_id)
    return wanted


def _settled(wish: Wish, pipelines: list[Pipeline]) -> Defaults:
    pipeline = next((one for one in pipelines if wish.pipeline_id in (None, one.id)), None)
    if pipeline is None:
        raise Invalid("There is no such pipeline in your account.", code="unknown_pipeline", field="pipeline_id")
    stage = next((one for one in pipeline.stages if wish.stage_id in (None, one.id)), None)
    if stage is None:
        raise Invalid("This pipeline has no such stage.", code="unknown_stage", field="stage_id")
    return Defaults(
        is_on=wish.is_on,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        owner_id=wish.owner_id,
        priority=wish.priority,
        category=wish.category,
        name=_template(wish.name),
    )


def _template(wished: str | None) -> str:
    name = one_line(wished or "", NAME_MAX) or SUBJECT
    unknown = next((one for one in re.findall(r"\{[^{}]*\}", name) if one not in TOKENS), None)
    if unknown is not None:
        raise Invalid(f"“{unknown}” stands for nothing here. There are: {', '.join(TOKENS)}.", code="unknown_token", field="name")
    return name


async def _has_ticketing(conn: Connection, actor: Actor) -> bool:
    account = await accounts.get_account(conn, actor.account_id)
    return account is not None and account.inbox_ticketing


async def _row(conn: Connection, actor: Actor, channel_account_id: int) -> ChannelAccount:
    row = await channel_accounts.get(conn, actor.account_id, channel_account_id)
    if row is None or row.archived_at is not None:
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    return row

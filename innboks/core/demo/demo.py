"""Asking for demo data, and for its removal: both are work of the worker, so that a page that is closed, or a process that is killed, leaves nothing half
done. Only an account without a demo gets one; whose removal was asked for can be taken back for UNDO. Read next: `take_away.py`, `innboks/demo/background.py`.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from innboks.core.access import SUPER_ADMIN, Actor
from innboks.core.demo import store
from innboks.core.demo.models import Demo
from innboks.errors import Conflict

if TYPE_CHECKING:
    from innboks.core.parts import Parts

UNDO = timedelta(seconds=8)


async def demo_of(parts: "Parts", actor: Actor) -> Demo:
    """Everybody may know that what they see is invented."""
    async with parts.db.connection() as conn:
        return await store.get(conn, actor.account_id)


async def load(parts: "Parts", actor: Actor) -> Demo:
    """Raises `Conflict` where demo data is, or is on its way."""
    actor.require(SUPER_ADMIN)
    async with parts.db.transaction() as conn:
        found = await store.get(conn, actor.account_id, lock=True)
        if found.state not in ("none", "removed", "failed"):
            raise Conflict("There is demo data in this account already. Remove it first.", code="demo_is_here")
        await store.begin(conn, actor.account_id, actor.user_id, parts.clock.now())
        await parts.jobs.carry_demo(conn, actor.account_id)
    parts.jobs.announce()
    return await demo_of(parts, actor)


async def remove(parts: "Parts", actor: Actor) -> Demo:
    """Begins after UNDO. Asked for twice, it is the same removal. Raises `Conflict` where there is nothing to remove yet."""
    actor.require(SUPER_ADMIN)
    async with parts.db.transaction() as conn:
        found = await store.get(conn, actor.account_id, lock=True)
        if found.is_of_operator:
            raise Conflict("This demo was loaded by whoever runs this server. It goes with the data folder.", code="demo_of_operator")
        if found.state == "loading":
            raise Conflict("The demo data is still being loaded. Remove it when it is here.", code="demo_is_loading")
        if found.state in ("none", "removed", "failed"):  # what a loading that failed had made is gone already
            raise Conflict("There is no demo data in this account.", code="no_demo")
        if found.state != "removing":
            at = parts.clock.now() + UNDO
            await store.begin_removal(conn, actor.account_id, at)
            await parts.jobs.carry_demo(conn, actor.account_id, UNDO)
    parts.jobs.announce()
    return await demo_of(parts, actor)


async def keep(parts: "Parts", actor: Actor) -> Demo:
    """Takes the removal back. Raises `Conflict` when it has begun, or none was asked for."""
    actor.require(SUPER_ADMIN)
    async with parts.db.transaction() as conn:
        found = await store.get(conn, actor.account_id, lock=True)
        if found.state != "removing" or found.remove_at is None or found.remove_at <= parts.clock.now():
            raise Conflict("It is too late to keep the demo data. It can be loaded anew.", code="too_late")
        await store.keep(conn, actor.account_id)
    return await demo_of(parts, actor)

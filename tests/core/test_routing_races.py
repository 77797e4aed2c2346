"""Somebody cannot take any more in the very moment in which something is offered to them: what is answered holds for whatever is given after it (R-561,
R-595, R-601)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.accounts import users
from innboks.core.channel_accounts.connect import connect
from innboks.core.conversations.change import Change, change
from innboks.core.inboxes import inboxes
from innboks.core.parts import Parts
from innboks.core.routing import rules, store
from innboks.core.routing.availability import PlanChange, change_plan
from innboks.core.routing.models import Rule
from tests.core.test_routing import Desk
from tests.waiting import somebody_waits

Leaving = Callable[[Desk, Actor], Awaitable[Any]]
LEAVINGS: dict[str, Leaving] = {
    "away": lambda desk, bo: change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away")),
    "no hours": lambda desk, bo: change_plan(desk.parts, bo, bo.user_id, PlanChange(hours=[])),
    "a limit of what they have": lambda desk, bo: change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=0)),
    "no seat": lambda desk, bo: users.update_user(desk.parts, desk.actor, bo.user_id, users.UserChange(can_receive=False)),
    "deactivated": lambda desk, bo: users.update_user(desk.parts, desk.actor, bo.user_id, users.UserChange(is_active=False)),
    "no member any more": lambda desk, bo: inboxes.set_member(desk.parts, desk.actor, desk.row.inbox_id, bo.user_id, is_member=False),
    "the rule switched off": lambda desk, bo: rules.set_rule(desk.parts, desk.actor, desk.row.id, Rule(is_on=False)),
}


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    return Desk(parts, actor, await connect(parts, actor, "echo", "Warranty", None, {"room": "lobby"}))


@pytest.mark.parametrize("how", LEAVINGS)
async def test_who_leaves_while_something_is_offered_gets_that_and_nothing_after_it(desk: Desk, how: str) -> None:
    """The offer that came first is theirs; the answer waits for it, and one that comes after the answer goes elsewhere."""
    bo = await desk.person("Bo")
    both = [bo.user_id, desk.actor.user_id]
    await inboxes.update_inbox(desk.parts, desk.actor, desk.row.inbox_id, access="members", member_ids=both)
    await desk.rule(bo)
    async with desk.parts.db.connection() as conn:
        # "A message came" is noted once in ten seconds, and holds the channel account's row, which who changes the rule waits for: so it is noted already, and
        # all three stand before the same lock, in the order in which they came.
        await conn.execute("update channel_account set last_received_at = now() + interval '1 hour'")
    async with desk.parts.db.transaction() as conn:
        await store.lock(conn, desk.actor.account_id)  # somebody else's turn to choose
        offered = asyncio.create_task(desk.arrives())
        await somebody_waits(desk.parts)
        leaving = asyncio.ensure_future(LEAVINGS[how](desk, bo))
        await somebody_waits(desk.parts, 2)
        later = asyncio.create_task(desk.arrives())
        await somebody_waits(desk.parts, 3)
    await leaving
    assert [(await one).assignee_id for one in (offered, later)] == [bo.user_id, None]
    assert (await desk.arrives()).assignee_id is None


async def test_people_who_come_and_go_while_many_write(desk: Desk) -> None:
    """Whatever is given after somebody's leaving was answered is not theirs."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    await desk.rule(bo, cy, distribution="load_balanced")

    async def goes_and_comes() -> None:
        for nth in range(10):
            await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away"))
            assert (await desk.arrives(f"gone{nth}")).assignee_id == cy.user_id
            await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))

    async def writes() -> None:
        for _ in range(20):
            assert (await desk.arrives()).assignee_id in (bo.user_id, cy.user_id)

    await asyncio.gather(goes_and_comes(), *(writes() for _ in range(4)))


async def test_a_limit_below_what_somebody_has_takes_nothing_away_and_gives_nothing_more(desk: Desk) -> None:
    bo = await desk.person("Bo")
    await desk.rule(bo)
    had = [await desk.arrives() for _ in range(3)]
    assert {one.assignee_id for one in had} == {bo.user_id}
    colleague, _ = await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=2))
    assert (colleague.open_count, colleague.conversations_max) == (3, 2)
    waits = await desk.arrives()
    assert waits.assignee_id is None
    assert (await desk.lines(waits))[0]["how"] == "all_full"
    assert {(await desk.of(one.party_address)).assignee_id for one in had} == {bo.user_id}
    by_hand = await change(desk.parts, desk.actor, waits.id, Change(assignee_id=bo.user_id))
    assert by_hand.assignee_id == bo.user_id, "by hand the limit does not count (R-602)"
    for one in had[:2]:
        await change(desk.parts, desk.actor, one.id, Change(status="closed"))
        assert (await desk.arrives()).assignee_id is None, "two are left, as many as they may have"
    await change(desk.parts, desk.actor, had[2].id, Change(status="closed"))
    assert (await desk.arrives()).assignee_id == bo.user_id

"""Who has a conversation, by a rule or by hand, on every kind of channel; and how somebody stands, the same wherever it is asked."""

import asyncio
from typing import Any, get_args

import pytest

from innboks.core.access import Actor
from innboks.core.accounts import users
from innboks.core.accounts.sign_in import start_session
from innboks.core.channel_accounts.connect import connect
from innboks.core.contacts import contacts
from innboks.core.conversations.change import Change, change
from innboks.core.parts import Parts
from innboks.core.routing import availability, rules
from innboks.core.routing.availability import PlanChange, change_plan
from innboks.core.routing.models import Distribution, Rule, Target
from innboks.errors import Invalid
from tests.core.conftest import say
from tests.core.test_routing import Desk


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    return Desk(parts, actor, await connect(parts, actor, "echo", "Page of the shop", None, {"room": "lobby"}))


async def test_a_messenger_assigns_nobody_until_it_is_told_to_and_offers_the_same_two_ways(desk: Desk) -> None:
    """R-065; that availability counts there by default is decided in SPEC 25.9."""
    assert desk.row.category == "messaging"
    begun, _ = await rules.rule_of(desk.parts, desk.actor, desk.row.id)
    assert (begun.is_on, begun.only_available) == (False, True)
    first = await desk.arrives("leo")
    assert (first.assignee_id, await desk.lines(first)) == (None, []), "nothing is tried, so nothing is said"
    bo, cy = await desk.person("Bo"), await desk.person("Cy", status="away")
    await desk.rule(bo)
    assert (await desk.arrives()).assignee_id == bo.user_id, "specific users"
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(owner_id=bo.user_id))
    await desk.rule(targets=[], asks_owner=True)
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update conversation set party_address = 'before' where id = %s", (first.id,))
    assert (await desk.arrives("leo")).assignee_id == bo.user_id, "the contact's owner"
    await desk.rule(cy)
    assert (await desk.arrives()).assignee_id is None
    await desk.rule(cy, only_available=False)
    assert (await desk.arrives()).assignee_id == cy.user_id, "the checkbox is there, and can be unticked"


async def test_a_conversation_changes_hands_at_any_time(desk: Desk) -> None:
    """R-552, R-560: open, snoozed or closed, given by a rule or by hand; whoever is away or full can be given it by hand (R-602)."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy", status="away", conversations_max=0)
    await desk.rule(bo)
    given = await desk.arrives("leo")
    hands: list[tuple[Actor, int | None]] = [(bo, cy.user_id), (cy, desk.actor.user_id), (desk.actor, None), (cy, bo.user_id)]
    was = given.assignee_id
    assert was == bo.user_id
    states = [Change(), Change(is_snoozed=True), Change(status="closed"), Change(status="open")]
    for (who, to), state in zip(hands, states, strict=True):
        await change(desk.parts, desk.actor, given.id, state)
        after = await change(desk.parts, who, given.id, Change(assignee_id=to))
        assert after.assignee_id == to
        line = (await desk.lines(after))[-1]
        assert (line["event"], line["from"], line["to"]) == ("assigned", _id(was), _id(to))
        was = to
    again = await change(desk.parts, cy, given.id, Change(assignee_id=bo.user_id))
    assert len(await desk.lines(again)) == len(await desk.lines(after)), "what is so already is not said again"
    with pytest.raises(Invalid):
        await change(desk.parts, bo, given.id, Change(assignee_id=0))


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


async def test_somebody_stands_the_same_everywhere(desk: Desk) -> None:
    """R-590: one status, for every inbox and on every page."""
    bo = await desk.person("Bo")
    other = Desk(desk.parts, desk.actor, await connect(desk.parts, desk.actor, "echo", "Second page", None, {"room": "second"}))
    other.came = 100
    for one in (desk, other):
        await one.rule(bo)

    async def told() -> list[Any]:
        (listed,) = [one.standing for one in await availability.colleagues(desk.parts, desk.actor) if one.user_id == bo.user_id]
        own, _ = await availability.plan_of(desk.parts, bo, bo.user_id)
        people = {
            status: {one.user.id for one in (await users.list_people(desk.parts, desk.actor, status=status))[0]}
            for status in ("available", "away")
        }
        (status,) = [name for name, ids in people.items() if bo.user_id in ids]
        found = await rules.next_one(desk.parts, desk.actor, other.row.id, Rule(is_on=True, targets=(await other.rule(bo)).targets))
        return [listed.status, own.standing.status, status, found.people[0].standing.status]

    for status in ("available", "away", "available"):
        await change_plan(desk.parts, bo, bo.user_id, PlanChange(status=status))
        assert await told() == [status] * 4
        got = [(await one.arrives()).assignee_id for one in (desk, other)]
        assert got == [bo.user_id if status == "available" else None] * 2


async def test_all_at_their_limit_is_told_apart_from_all_away(desk: Desk) -> None:
    """R-605, R-601: a widget asks which of the two it is; whatever it shows, by hand more can be given (R-602)."""
    bo, cy = await desk.person("Bo", conversations_max=1), await desk.person("Cy", conversations_max=1)
    for one in (bo, cy):
        await start_session(desk.parts, one.account_id, one.user_id, remote_address="", user_agent="")
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update channel_account set category = 'chat'")
    rule = await desk.rule(bo, cy, distribution="first_available")

    async def next_one() -> tuple[int | None, str, list[bool]]:
        found = await rules.next_one(desk.parts, desk.actor, desk.row.id, rule)
        return found.user_id, found.how, [one.is_full for one in found.people]

    assert await next_one() == (bo.user_id, "first_available", [False, False])
    first, second = await desk.arrives(), await desk.arrives()
    assert [first.assignee_id, second.assignee_id] == [bo.user_id, cy.user_id]
    assert await next_one() == (None, "all_full", [True, True])
    third = await desk.arrives()
    assert (third.assignee_id, (await desk.lines(third))[0]["how"]) == (None, "all_full")
    assert (await change(desk.parts, desk.actor, third.id, Change(assignee_id=bo.user_id))).assignee_id == bo.user_id
    await change(desk.parts, desk.actor, second.id, Change(status="closed"))
    assert (await next_one())[:2] == (cy.user_id, "first_available")
    for one in (bo, cy):
        await change_plan(desk.parts, one, one.user_id, PlanChange(status="away"))
    assert (await next_one())[:2] == (None, "nobody_available")


@pytest.mark.parametrize("distribution", get_args(Distribution))
async def test_more_at_once_than_all_may_have_fill_everybody_and_lose_nothing(desk: Desk, distribution: Distribution) -> None:
    """R-555, R-561, R-601: whichever way they are given out, nobody has one too many, nobody has room while something waits, and what waits says why."""
    limits = {
        (await desk.person(name, conversations_max=limit)).user_id: limit for name, limit in (("Bo", 3), ("Cy", 7), ("Di", 0), ("Ed", 10))
    }
    targets = [Target("user", one) for one in limits]
    await rules.set_rule(desk.parts, desk.actor, desk.row.id, Rule(is_on=True, targets=targets, distribution=distribution))
    taken = await asyncio.gather(*(say(desk.parts, desk.row, "Hello", sender=f"someone{nth}", id=f"one{nth}") for nth in range(40)))
    assert {one.fate for one in taken} == {"handled"}
    async with desk.parts.db.connection() as conn:
        cursor = await conn.execute("select assignee_id, count(*) from conversation group by 1")
        got = dict(await cursor.fetchall())
        cursor = await conn.execute("select data ->> 'how', count(*) from message where type = 'system' group by 1")
        why = dict(await cursor.fetchall())
    assert got == {user_id: limit for user_id, limit in limits.items() if limit} | {None: 20}
    assert why == {distribution: 20, "all_full": 20}

"""A rule that keeps returning customers with the same person, over the real road: who answered last, who cannot, and many at once."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import contacts
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.write import write
from innboks.core.routing import rules
from innboks.core.routing.availability import PlanChange, change_plan
from innboks.lib.clock import FakeClock
from tests.core.conftest import say
from tests.core.test_routing import Desk, desk

__all__ = ["desk"]


async def answered_by(desk: Desk, person: Actor, sender: str) -> Conversation:
    """A conversation of this customer that this person answered and closed; what the customer writes next begins another one."""
    asked = await desk.arrives(sender)
    await write(desk.parts, person, asked.id, NewMessage(type="reply", text="Gladly"))
    await change(desk.parts, desk.actor, asked.id, Change(is_trashed=True))
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update conversation set party_address = 'before' where id = %s", (asked.id,))
    return asked


async def test_a_returning_customer_stays_with_the_same_person(desk: Desk, clock: FakeClock) -> None:
    """Whoever answered last gets it, if the rule names them and they can; the thread says why; otherwise the rule goes on."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    await answered_by(desk, bo, "leo")
    clock.advance(3 * 86400)
    rule = await desk.rule(cy, bo, distribution="first_available", returning_days=14)
    new = await desk.arrives("mia")
    assert (new.assignee_id, (await desk.lines(new))[0]["how"]) == (cy.user_id, "first_available"), "nobody ever answered her"
    back = await desk.arrives("leo")
    (line,) = await desk.lines(back)
    assert (back.assignee_id, line["how"]) == (bo.user_id, "same_person")
    assert desk.parts.clock.now() - datetime.fromisoformat(line["answered_at"]) == timedelta(days=3)
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, rule)
    told = {one.conversation.id: (one.choice.user_id, one.choice.how) for one in played}
    assert (told[new.id], told[back.id]) == ((cy.user_id, "first_available"), (bo.user_id, "same_person")), "the simulator knows it"
    without = await rules.simulate(desk.parts, desk.actor, desk.row.id, msgspec.structs.replace(rule, returning_days=2))
    assert {one.conversation.id: one.choice.user_id for one in without}[back.id] == cy.user_id, "and how long it was"


async def test_the_same_person_is_not_forced(desk: Desk, clock: FakeClock) -> None:
    """Not away, not full, not after the days have passed, not where the rule does not name them; and the contact's owner comes first (R-066)."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")

    async def next_of(sender: str) -> int | None:
        await answered_by(desk, bo, sender)
        return (await desk.arrives(sender)).assignee_id

    await desk.rule(cy, bo, distribution="first_available", returning_days=14)
    assert await next_of("leo") == bo.user_id
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away"))
    assert await next_of("mia") == cy.user_id, "away"
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))
    await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=1))
    assert await next_of("noa") == cy.user_id, "full"
    await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=None))
    await answered_by(desk, bo, "ole")
    clock.advance(14 * 86400 + 1)
    assert (await desk.arrives("ole")).assignee_id == cy.user_id, "too long ago"
    await desk.rule(cy, returning_days=14)
    assert await next_of("pia") == cy.user_id, "not named by the rule"
    first = await answered_by(desk, bo, "rut")
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(owner_id=cy.user_id))
    await desk.rule(bo, asks_owner=True, returning_days=14)
    assert (await desk.arrives("rut")).assignee_id == cy.user_id, "the owner comes first"


async def test_many_returning_customers_at_once_never_pass_a_limit(desk: Desk) -> None:
    """R-561: all were answered by the same person, who has room for three."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    for nth in range(12):
        await answered_by(desk, bo, f"back{nth}")
    await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=3))
    await desk.rule(cy, bo, distribution="first_available", returning_days=14)
    came = await asyncio.gather(*(say(desk.parts, desk.row, "Again", sender=f"back{nth}", id=f"again{nth}") for nth in range(12)))
    assert {one.fate for one in came} == {"handled"}
    got = Counter([(await desk.of(f"back{nth}")).assignee_id for nth in range(12)])
    assert got == {bo.user_id: 3, cy.user_id: 9}


async def test_who_passed_something_on_to_others_has_not_answered(desk: Desk, clock: FakeClock) -> None:
    """A forward goes to somebody else; nor does it hide who answered before."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    asked = await answered_by(desk, bo, "leo")
    passed_on, _ = await write(desk.parts, cy, asked.id, NewMessage(type="reply", text="Can you help?"))
    async with desk.parts.db.transaction() as conn:  # this channel forwards nothing itself
        await conn.execute('update message set data = \'{"forward_of": "1"}\' where id = %s', (passed_on.id,))
        await conn.execute("update conversation set is_last_forward = true where last_message_id = %s", (passed_on.id,))
    clock.advance(60)
    rule = await desk.rule(cy, bo, distribution="first_available", returning_days=14)
    back = await desk.arrives("leo")
    assert back.assignee_id == bo.user_id
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, rule)
    assert {one.conversation.id: one.choice.user_id for one in played}[back.id] == bo.user_id

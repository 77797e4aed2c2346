"""What people can, and what conversations need: over the real road (R-558)."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect
from innboks.core.contacts import contacts
from innboks.core.contacts.properties import create_property
from innboks.core.parts import Parts
from innboks.core.routing import assign, rules, skills
from innboks.core.routing.availability import PlanChange, change_plan
from innboks.core.routing.models import Bearer, Need, Skill
from innboks.core.routing.needs import applies
from innboks.core.routing.store_skills import Facts
from innboks.errors import Conflict, Invalid
from tests.core.test_routing import Desk


class SkilledDesk(Desk):
    async def language(self, code: str, *main: Actor, also: tuple[Actor, ...] = ()) -> Skill:
        skill = await skills.create_skill(self.parts, self.actor, language=code)
        people = [Bearer(one.user_id) for one in main] + [Bearer(one.user_id, False) for one in also]
        return await skills.change_skill(self.parts, self.actor, skill.id, people=people)

    async def all_need(self, skill: Skill) -> Need:
        return await skills.create_need(
            self.parts, self.actor, Need(skill_id=skill.id, source="channel_account", channel_account_id=self.row.id)
        )

    async def contact_needs(self, skill: Skill) -> str:
        """Of contacts whose language is Norwegian. The key of the property."""
        made = await create_property(self.parts, self.actor, "Language", "choice", ["Norwegian", "German"])
        await skills.create_need(self.parts, self.actor, Need(skill_id=skill.id, source="contact", property=made.key, value="norwegian"))
        return made.key


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> SkilledDesk:
    return SkilledDesk(parts, actor, await connect(parts, actor, "echo", "Warranty", None, {"room": "lobby"}))


async def test_the_main_language_comes_before_a_further_one_and_the_thread_says_so(desk: SkilledDesk) -> None:
    bo, cy, di = await desk.person("Bo"), await desk.person("Cy"), await desk.person("Di")
    await desk.all_need(await desk.language("nb", bo, also=(cy,)))
    await desk.rule(bo, cy, di, distribution="load_balanced", skills="require")
    arrived = [await desk.arrives() for _ in range(3)]
    assert {one.assignee_id for one in arrived} == {bo.user_id}, "although the others have fewer open"
    (line,) = await desk.lines(arrived[0])
    assert (line["how"], line["fit"], line["among"]) == ("load_balanced", "main", 1)
    assert line["skills"] == [{"name": "Norwegian Bokmål", "language": "nb"}]
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away"))
    later = await desk.arrives()
    assert later.assignee_id == cy.user_id
    assert (await desk.lines(later))[0]["fit"] == "secondary"


@pytest.mark.parametrize(("wanted", "how"), [("prefer", "load_balanced"), ("require", "nobody_skilled")])
async def test_when_nobody_can_it_the_rule_says_whether_anybody_else_may(desk: SkilledDesk, wanted: Any, how: str) -> None:
    bo = await desk.person("Bo")
    await desk.all_need(await desk.language("de"))
    await desk.rule(bo, distribution="load_balanced", skills=wanted)
    arrived = await desk.arrives()
    assert arrived.assignee_id == (bo.user_id if wanted == "prefer" else None)
    (line,) = await desk.lines(arrived)
    assert (line["how"], line["skills"][0]["language"]) == (how, "de")
    assert line["fit"] == ("lacking" if wanted == "prefer" else "main")


async def test_when_who_can_it_is_away_or_full(desk: SkilledDesk) -> None:
    bo, cy = await desk.person("Bo", status="away"), await desk.person("Cy")
    await desk.all_need(await desk.language("nb", bo))
    await desk.rule(bo, cy, distribution="round_robin", skills="require")
    waits = await desk.arrives()
    assert (waits.assignee_id, (await desk.lines(waits))[0]["how"]) == (None, "nobody_available")
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))
    await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(conversations_max=0))
    assert (await desk.lines(await desk.arrives()))[0]["how"] == "all_full"
    await desk.rule(bo, cy, distribution="round_robin", skills="prefer")
    assert (await desk.arrives()).assignee_id == cy.user_id


async def test_a_property_of_the_contact_needs_it_and_without_a_need_nothing_is_narrowed(desk: SkilledDesk) -> None:
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    skill = await desk.language("nb", bo)
    key = await desk.contact_needs(skill)
    await desk.rule(bo, cy, distribution="round_robin", skills="require")
    first = await desk.arrives("kari")
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(properties={key: "Norwegian"}))
    got = Counter([(await desk.arrives(f"anybody{nth}")).assignee_id for nth in range(5)])
    assert set(got) == {bo.user_id, cy.user_id}
    rule, _ = await rules.rule_of(desk.parts, desk.actor, desk.row.id)
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, rule)
    assert (played[0].choice.user_id, [one.id for one in played[0].skills]) == (bo.user_id, [skill.id])
    assert {one.choice.user_id for one in played[1:]} == {bo.user_id, cy.user_id}
    assert all(one.skills == () for one in played[1:])


async def test_what_stands_beside_the_rule_knows_what_everything_here_needs(desk: SkilledDesk) -> None:
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    skill = await desk.language("nb", cy)
    await desk.all_need(skill)
    rule = await desk.rule(bo, cy, distribution="first_available", skills="require")
    found = await rules.next_one(desk.parts, desk.actor, desk.row.id, rule)
    assert (found.user_id, [one.id for one in found.skills]) == (cy.user_id, [skill.id])
    assert [(one.user_id, one.is_able, one.fit) for one in found.people] == [(cy.user_id, True, "main"), (bo.user_id, False, "lacking")]


@pytest.mark.parametrize("skilled", ["prefer", "require"])
async def test_many_at_once_never_pass_a_limit_and_go_to_nobody_who_lacks_it(desk: SkilledDesk, skilled: Any) -> None:
    """R-561, narrowed."""
    able = [await desk.person(name, conversations_max=3) for name in ("Bo", "Cy")]
    other = await desk.person("Di", conversations_max=4)
    await desk.all_need(await desk.language("nb", *able))
    await desk.rule(*able, other, distribution="round_robin", skills=skilled)
    arrived = await asyncio.gather(*(desk.arrives(f"at-once{nth}") for nth in range(14)))
    got = Counter(one.assignee_id for one in arrived)
    assert [got[one.user_id] for one in able] == [3, 3]
    assert got[other.user_id] == (4 if skilled == "prefer" else 0)
    assert got[None] == 14 - 6 - got[other.user_id]


async def test_what_waits_for_a_skill_holds_up_nothing_that_needs_another(desk: SkilledDesk) -> None:
    """R-562."""
    bo = await desk.person("Bo", status="away")
    key = await desk.contact_needs(await desk.language("nb"))
    await desk.rule(bo, skills="require")
    first = await desk.arrives("kari")
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(properties={key: "Norwegian"}))
    second = await desk.arrives("leo")
    async with desk.parts.db.transaction() as conn:
        await conn.execute("""update account set settings = settings || '{"assign_when_available": true}'""")
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))
    assert (await desk.of(first.party_address)).assignee_id is None
    assert (await desk.of(second.party_address)).assignee_id == bo.user_id
    assert await assign.route_waiting(desk.parts, desk.actor.account_id) == 0


async def test_a_skill_in_use_says_where_and_is_deleted_when_it_is_in_none(desk: SkilledDesk) -> None:
    bo = await desk.person("Bo")
    skill = await desk.language("nb", bo)
    need = await desk.all_need(skill)
    with pytest.raises(Conflict, match=r"These people have it: Bo. It is needed by: Warranty."):
        await skills.delete_skill(desk.parts, desk.actor, skill.id)
    await skills.delete_need(desk.parts, desk.actor, need.id)
    with pytest.raises(Conflict, match=r"These people have it: Bo. Take it away"):
        await skills.delete_skill(desk.parts, desk.actor, skill.id)
    await skills.change_skill(desk.parts, desk.actor, skill.id, people=[])
    await skills.delete_skill(desk.parts, desk.actor, skill.id)
    assert await skills.list_skills(desk.parts, desk.actor) == ([], [])


async def test_what_cannot_be_is_refused(desk: SkilledDesk) -> None:
    category = await skills.create_category(desk.parts, desk.actor, "Products")
    tents = await skills.create_skill(desk.parts, desk.actor, category_id=category.id, name="Tents")
    with pytest.raises(Conflict, match="Tents"):
        await skills.delete_category(desk.parts, desk.actor, category.id)
    with pytest.raises(Conflict, match="already"):
        await skills.create_skill(desk.parts, desk.actor, category_id=category.id, name="tents")
    for wrong in (
        Need(skill_id=tents.id, source="subject", value="?!"),
        Need(skill_id=tents.id, source="contact", property="nobody", value="x"),
        Need(skill_id=tents.id, source="channel_account", channel_account_id=10**9),
    ):
        with pytest.raises(Invalid):
            await skills.create_need(desk.parts, desk.actor, wrong)
    with pytest.raises(Invalid, match="not in your account"):
        await skills.change_skill(desk.parts, desk.actor, tents.id, people=[Bearer(10**9)])
    with pytest.raises(Invalid, match="ISO 639"):
        await skills.create_skill(desk.parts, desk.actor, language="xx")


@pytest.mark.parametrize(
    ("value", "subject", "is_needed"),
    [
        ("garanti", "Spørsmål om Garantien", True),
        ("garanti", "Utengaranti", False),
        ("tent pole", "A broken TENT-POLE!", True),
        ("tent pole", "A tent and a pole", False),
        ("ærlig", "ÆRLIG talt", True),
        ("a", "", False),
    ],
)
def test_words_of_the_subject(value: str, subject: str, is_needed: bool) -> None:
    need = Need(skill_id=1, source="subject", value=value)
    assert applies(need, Facts(id=1, channel_account_id=1, subject=subject, properties={})) is is_needed


@pytest.mark.parametrize(("held", "value"), [("VIP", "vip"), (True, "true"), (12.0, "12"), (["Gold", "Old"], "gold")])
def test_values_of_properties(held: Any, value: str) -> None:
    need = Need(skill_id=1, source="contact", property="kind", value=value)
    assert applies(need, Facts(id=1, channel_account_id=1, subject="", properties={"kind": held}))
    assert not applies(need, Facts(id=1, channel_account_id=1, subject="", properties={"kind": None}))

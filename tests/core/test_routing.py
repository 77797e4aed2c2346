"""Who gets what comes in, over the real road: rules, availability, limits, what comes back, and a thousand at once."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.accounts import sign_in, teams, users
from innboks.core.accounts.actors import actor_for
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts import contacts
from innboks.core.conversations import store as conversations
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.read import get_conversation, list_conversations, list_messages
from innboks.core.conversations.write import write
from innboks.core.inboxes.inboxes import update_inbox
from innboks.core.notifications.follow import Follower
from innboks.core.parts import Parts
from innboks.core.routing import assign, availability, rules
from innboks.core.routing.availability import PlanChange, change_plan
from innboks.core.routing.models import Absence, Hours, Rule, Target
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.clock import FakeClock
from tests.core.conftest import say


class Desk:
    """A channel account, and people who may get what comes over it."""

    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount) -> None:
        self.parts, self.actor, self.row = parts, actor, row
        self.came = 0

    async def person(self, name: str, **plan: Any) -> Actor:
        made = await users.create_user(
            self.parts, self.actor, name=name, email=f"{name.lower()}@tindra.example", password="a long enough password"
        )
        if plan:
            await change_plan(self.parts, self.actor, made.id, PlanChange(**plan))
        found = await actor_for(self.parts, self.actor.account_id, made.id)
        assert found is not None
        return found

    async def rule(self, *named: Actor, **more: Any) -> Rule:
        targets = [Target("user", one.user_id) for one in named]
        return (await rules.set_rule(self.parts, self.actor, self.row.id, Rule(is_on=True, **({"targets": targets} | more))))[0]

    async def arrives(self, sender: str = "") -> Conversation:
        self.came += 1
        who = sender or f"customer{self.came}"
        assert (await say(self.parts, self.row, f"Hello {self.came}", sender=who, id=f"in{self.came}")).fate == "handled"
        return await self.of(who)

    async def of(self, sender: str) -> Conversation:
        async with self.parts.db.connection() as conn:
            cursor = await conn.execute("select max(id) from conversation where party_address = %s", (sender,))
            row = await cursor.fetchone()
        assert row is not None
        return await get_conversation(self.parts, self.actor, row[0])

    async def lines(self, conversation: Conversation) -> list[dict[str, Any]]:
        return [one.data for one in (await list_messages(self.parts, self.actor, conversation.id)).items if one.type == "system"]


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    return Desk(parts, actor, await connect(parts, actor, "echo", "Warranty", None, {"room": "lobby"}))


async def test_without_a_rule_nobody_gets_it(desk: Desk) -> None:
    """R-060, R-550."""
    arrived = await desk.arrives()
    assert (arrived.assignee_id, await desk.lines(arrived)) == (None, [])


async def test_the_rule_gives_it_and_says_why(desk: Desk) -> None:
    bo = await desk.person("Bo")
    await desk.rule(bo, distribution="load_balanced")
    arrived = await desk.arrives()
    assert arrived.assignee_id == bo.user_id
    (line,) = await desk.lines(arrived)
    assert line == {
        "event": "assigned",
        "from": None,
        "to": str(bo.user_id),
        "reason": "rule",
        "how": "load_balanced",
        "rule": "Warranty",
        "among": 1,
        "open_count": 0,
    }


async def test_of_thirty_none_goes_to_who_is_away(desk: Desk) -> None:
    """Scenario 3."""
    here, there, away = await desk.person("Bo"), await desk.person("Cy"), await desk.person("Di", status="away")
    await desk.rule(here, there, away)
    got = Counter([(await desk.arrives()).assignee_id for _ in range(30)])
    assert set(got) == {here.user_id, there.user_id}


async def test_when_all_are_away(desk: Desk) -> None:
    """Scenario 4: with the box ticked it stays unassigned and says so; without it somebody gets it."""
    away = await desk.person("Di", status="away")
    await desk.rule(away)
    arrived = await desk.arrives()
    assert arrived.assignee_id is None
    assert [(one["event"], one["how"]) for one in await desk.lines(arrived)] == [("not_assigned", "nobody_available")]
    await desk.rule(away, only_available=False)
    assert (await desk.arrives()).assignee_id == away.user_id


async def test_who_has_no_seat_cannot_be_named_and_is_skipped_when_it_is_taken(desk: Desk) -> None:
    """Scenario 5, R-011 and R-013."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    await users.update_user(desk.parts, desk.actor, cy.user_id, users.UserChange(can_receive=False))
    with pytest.raises(Invalid, match="seat"):
        await desk.rule(bo, cy)
    await desk.rule(bo)
    await users.update_user(desk.parts, desk.actor, bo.user_id, users.UserChange(can_receive=False))
    arrived = await desk.arrives()
    assert (arrived.assignee_id, (await desk.lines(arrived))[0]["how"]) == (None, "no_members")
    rule, named = await rules.rule_of(desk.parts, desk.actor, desk.row.id)
    assert [(one.target.id, one.flaw) for one in named] == [(bo.user_id, "no_seat")]
    assert (await rules.set_rule(desk.parts, desk.actor, desk.row.id, rule))[1][0].flaw == "no_seat", "who is in it may stay"


async def test_of_a_team_only_main_members_count(desk: Desk) -> None:
    """R-554."""
    main, extra = await desk.person("Bo"), await desk.person("Cy")
    team = await teams.create_team(desk.parts, desk.actor, "Workshop", [main.user_id], [extra.user_id])
    await desk.rule(targets=[Target("team", team.id)], distribution="round_robin")
    assert {(await desk.arrives()).assignee_id for _ in range(4)} == {main.user_id}


async def test_nobody_gets_more_than_their_limit(desk: Desk) -> None:
    """R-600 to R-602: closing makes room, and by hand one may give more."""
    bo = await desk.person("Bo", conversations_max=2)
    await desk.rule(bo)
    first = await desk.arrives()
    await desk.arrives()
    full = await desk.arrives()
    assert (full.assignee_id, (await desk.lines(full))[0]["how"]) == (None, "all_full")
    await change(desk.parts, desk.actor, full.id, Change(assignee_id=bo.user_id))
    await change(desk.parts, desk.actor, first.id, Change(status="closed"))
    assert (await desk.arrives()).assignee_id is None, "two are open still"
    await change(desk.parts, desk.actor, full.id, Change(status="closed"))
    assert (await desk.arrives()).assignee_id == bo.user_id


async def test_a_kind_of_conversation_can_have_a_limit_of_its_own(desk: Desk) -> None:
    """R-604: the channel of these tests is for messages."""
    bo = await desk.person("Bo", calling_max=0, other_max=0)
    await desk.rule(bo)
    first = await desk.arrives()
    assert first.assignee_id == bo.user_id, "calls and mails have limits that messages do not count for"
    await change_plan(desk.parts, desk.actor, bo.user_id, PlanChange(messaging_max=1))
    full = await desk.arrives()
    assert (full.assignee_id, (await desk.lines(full))[0]["how"]) == (None, "all_full")
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, (await rules.rule_of(desk.parts, desk.actor, desk.row.id))[0])
    assert [one.choice.user_id for one in played] == [bo.user_id, None], "what is tried on the past keeps to it, too"
    await change(desk.parts, desk.actor, first.id, Change(status="closed"))
    assert (await desk.arrives()).assignee_id == bo.user_id
    with pytest.raises(Forbidden):
        await change_plan(desk.parts, bo, bo.user_id, PlanChange(messaging_max=None))


async def test_each_kind_of_channel_begins_with_its_own_way_of_sharing_out(desk: Desk) -> None:
    """R-553: by chance, but a live chat to the first who is there. What was chosen stays."""
    assert (await rules.rule_of(desk.parts, desk.actor, desk.row.id))[0] == Rule(distribution="random")
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update channel_account set category = 'chat'")
    assert (await rules.rule_of(desk.parts, desk.actor, desk.row.id))[0] == Rule(distribution="first_available")
    await desk.rule(await desk.person("Bo"), distribution="random")
    assert (await rules.rule_of(desk.parts, desk.actor, desk.row.id))[0].distribution == "random"


async def test_a_live_chat_goes_to_who_is_connected(desk: Desk, clock: FakeClock) -> None:
    """R-596: without a sign of life for five minutes somebody gets no live chat, and is available as before."""
    bo = await desk.person("Bo")
    rule = await desk.rule(bo, only_available=False)
    assert (await desk.arrives()).assignee_id == bo.user_id, "elsewhere it does not count"
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update channel_account set category = 'chat'")
    assert (await desk.arrives()).assignee_id is None
    await sign_in.start_session(desk.parts, bo.account_id, bo.user_id, remote_address="", user_agent="")
    assert (await desk.arrives()).assignee_id == bo.user_id
    clock.advance(301)
    assert (await desk.arrives()).assignee_id is None
    assert await rules.is_live(desk.parts, desk.actor, desk.row.id)
    found = await rules.next_one(desk.parts, desk.actor, desk.row.id, rule)
    assert [(one.is_able, one.is_full, one.standing.status) for one in found.people] == [(False, False, "available")]
    seen, _ = await availability.plan_of(desk.parts, desk.actor, bo.user_id)
    assert (seen.is_connected, seen.standing.status) == (False, "available")


async def test_the_owner_of_a_contact_comes_first(desk: Desk) -> None:
    """R-061, R-062, R-066, R-557."""
    owner, other = await desk.person("Bo"), await desk.person("Cy")
    await desk.rule(other, asks_owner=True)
    first = await desk.arrives("leo")
    assert first.assignee_id == other.user_id, "a contact without an owner goes to the others"
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(owner_id=owner.user_id))
    await change(desk.parts, desk.actor, first.id, Change(is_trashed=True))
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update conversation set party_address = 'before' where id = %s", (first.id,))
    second = await desk.arrives("leo")
    assert second.id != first.id
    assert (second.assignee_id, (await desk.lines(second))[0]["how"]) == (owner.user_id, "owner")


async def test_an_owner_who_is_away_gets_it_by_mail(desk: Desk) -> None:
    """Scenario 6, R-063, and SPEC 25.2."""
    owner = await desk.person("Bo", status="away")
    await desk.rule(targets=[], asks_owner=True)
    first = await desk.arrives("leo")
    assert (await desk.lines(first))[0]["how"] == "no_owner"
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(owner_id=owner.user_id))
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update conversation set party_address = 'before'")
    arrived = await desk.arrives("leo")
    assert arrived.assignee_id is None
    away, waits = await desk.lines(arrived)
    assert (away["event"], waits["event"], waits["how"]) == ("owner_away", "not_assigned", "nobody_available")
    while await Follower(desk.parts).follow(desk.actor.account_id):
        pass
    async with desk.parts.db.connection() as conn:
        cursor = await conn.execute(
            "select about, mail_due_at is not null from notification where kind = 'message' and user_id = %s and conversation_id = %s",
            (owner.user_id, arrived.id),
        )
        assert await cursor.fetchall() == [("Hello 2", True)]
    await desk.rule(targets=[], asks_owner=True, only_available=False)
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update conversation set party_address = 'before'")
    both = await desk.arrives("leo")
    assert (both.assignee_id, [one["event"] for one in await desk.lines(both)]) == (owner.user_id, ["owner_away", "assigned"])


async def test_why_an_owner_does_not_get_it_is_said(desk: Desk) -> None:
    """R-560, R-601: as many as they may have, without a seat, and away are three things; what is tried on the past says the same."""
    owner = await desk.person("Bo", conversations_max=0)
    rule = await desk.rule(targets=[], asks_owner=True)
    first = await desk.arrives("leo")
    assert first.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, first.contact_id, contacts.ContactChange(owner_id=owner.user_id))

    async def told() -> tuple[str, str]:
        async with desk.parts.db.transaction() as conn:
            await conn.execute("update conversation set party_address = 'before'")
        arrived = await desk.arrives("leo")
        assert arrived.assignee_id is None
        (line,) = [one for one in await desk.lines(arrived) if one["event"] == "not_assigned"]
        played = await rules.simulate(desk.parts, desk.actor, desk.row.id, rule)
        return line["how"], next(one.choice.how for one in played if one.conversation.id == arrived.id)

    assert await told() == ("all_full", "all_full")
    await users.update_user(desk.parts, desk.actor, owner.user_id, users.UserChange(can_receive=False))
    assert await told() == ("no_members", "no_members")
    await users.update_user(desk.parts, desk.actor, owner.user_id, users.UserChange(can_receive=True))
    await change_plan(desk.parts, desk.actor, owner.user_id, PlanChange(hours=[], conversations_max=None))
    assert await told() == ("nobody_available", "nobody_available")


async def test_what_comes_back_stays_with_its_person_or_is_given_again(desk: Desk) -> None:
    """R-559."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy", status="away")
    await desk.rule(bo, cy)
    given = await desk.arrives("leo")
    assert given.assignee_id == bo.user_id

    async def comes_back() -> int | None:
        await change(desk.parts, desk.actor, given.id, Change(status="closed"))
        return (await desk.arrives("leo")).assignee_id

    assert await comes_back() == bo.user_id
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away"))
    await change_plan(desk.parts, cy, cy.user_id, PlanChange(status="available"))
    assert await comes_back() == cy.user_id, "who had it by a rule is away"
    await change(desk.parts, desk.actor, given.id, Change(assignee_id=bo.user_id))
    assert await comes_back() == bo.user_id, "given by hand, it stays, also while they are away"
    await update_inbox(desk.parts, desk.actor, desk.row.inbox_id, access="members", member_ids=[desk.actor.user_id, cy.user_id])
    assert await comes_back() == cy.user_id, "they have left the inbox"
    await update_inbox(desk.parts, desk.actor, desk.row.inbox_id, access="everyone")
    await change(desk.parts, desk.actor, given.id, Change(assignee_id=bo.user_id))
    assert await comes_back() == bo.user_id
    await users.update_user(desk.parts, desk.actor, bo.user_id, users.UserChange(is_active=False))
    assert await comes_back() == cy.user_id, "nobody works with it any more"


async def test_a_second_message_changes_nothing(desk: Desk) -> None:
    bo = await desk.person("Bo")
    arrived = await desk.arrives("leo")
    await desk.rule(bo)
    assert (await desk.arrives("leo")).assignee_id is None, "it is not new, and was open"
    await write(desk.parts, desk.actor, arrived.id, NewMessage(type="reply", text="Mine"))
    assert (await desk.arrives("leo")).assignee_id == desk.actor.user_id


async def test_what_waits_is_given_out_when_somebody_comes_only_if_the_account_wants_it(desk: Desk) -> None:
    """R-562: off by default."""
    bo = await desk.person("Bo", status="away", conversations_max=2)
    await desk.rule(bo)
    waiting = [await desk.arrives() for _ in range(3)]
    by_hand = await desk.arrives()
    await change(desk.parts, desk.actor, by_hand.id, Change(assignee_id=desk.actor.user_id))
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))
    assert {(await get_conversation(desk.parts, desk.actor, one.id)).assignee_id for one in waiting} == {None}
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="away"))
    await users.change_account(desk.parts, desk.actor, assigns_when_available=True)
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(status="available"))
    got = [(await get_conversation(desk.parts, desk.actor, one.id)).assignee_id for one in waiting]
    assert got == [bo.user_id, bo.user_id, None], "the oldest first, up to the limit"
    assert (await get_conversation(desk.parts, desk.actor, by_hand.id)).assignee_id == desk.actor.user_id


async def test_what_waits_for_others_holds_up_nothing_and_room_counts_like_coming_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-562: the oldest wait for somebody who is away, more of them than are looked up at once; and a place that somebody gets free is given within a minute."""
    monkeypatch.setattr(assign, "AT_ONCE", 2)
    away, bo = await desk.person("Di", status="away"), await desk.person("Bo", conversations_max=1)
    other = Desk(desk.parts, desk.actor, await connect(desk.parts, desk.actor, "echo", "Repairs", None, {"room": "repairs"}))
    other.came = 100
    await desk.rule(away)
    await other.rule(bo)
    await users.change_account(desk.parts, desk.actor, assigns_when_available=True)
    stuck = [await desk.arrives() for _ in range(5)]
    first, second = [await other.arrives(f"repair{nth}") for nth in range(2)]
    assert (first.assignee_id, second.assignee_id) == (bo.user_id, None)
    await availability.tell(desk.parts)
    assert (await get_conversation(desk.parts, desk.actor, second.id)).assignee_id is None
    await change(desk.parts, desk.actor, first.id, Change(status="closed"))
    await availability.tell(desk.parts)
    assert (await get_conversation(desk.parts, desk.actor, second.id)).assignee_id == bo.user_id
    assert {(await get_conversation(desk.parts, desk.actor, one.id)).assignee_id for one in stuck} == {None}


async def test_a_boundary_is_told_once_and_wakes_what_waits(desk: Desk, clock: FakeClock) -> None:
    """R-592: back by itself when an absence ends."""
    now = desk.parts.clock.now()
    bo = await desk.person("Bo", absences=[Absence(now - timedelta(hours=1), now + timedelta(minutes=30))])
    await desk.rule(bo)
    await users.change_account(desk.parts, desk.actor, assigns_when_available=True)
    waiting = await desk.arrives()
    assert waiting.assignee_id is None
    await availability.tell(desk.parts)
    clock.advance(31 * 60)
    await availability.tell(desk.parts)
    await availability.tell(desk.parts)
    assert (await get_conversation(desk.parts, desk.actor, waiting.id)).assignee_id == bo.user_id
    async with desk.parts.db.connection() as conn:
        cursor = await conn.execute("select data ->> 'status' from event where type = 'availability.changed' order by id")
        assert [row[0] for row in await cursor.fetchall()] == ["away", "available"]


async def test_who_may_set_what(desk: Desk) -> None:
    """R-007, R-009, R-591, R-594."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    hours = [Hours(0, "09:00", "17:00")]
    await change_plan(desk.parts, bo, bo.user_id, PlanChange(hours=hours, time_zone="Europe/Oslo", country="NO"))
    with pytest.raises(Forbidden):
        await change_plan(desk.parts, bo, cy.user_id, PlanChange(status="away"))
    with pytest.raises(Forbidden):
        await change_plan(desk.parts, bo, bo.user_id, PlanChange(conversations_max=None))
    with pytest.raises(NotFound):
        await change_plan(desk.parts, desk.actor, 999_999, PlanChange(status="away"))
    seen, _ = await change_plan(desk.parts, desk.actor, cy.user_id, PlanChange(status="away"))
    assert seen.set_away_by == desk.actor.user_id
    seen, _ = await change_plan(desk.parts, cy, cy.user_id, PlanChange(status="available"))
    assert (seen.standing.status, seen.set_away_by) == ("available", None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
        ({"hours": [Hours(0, "17:00", "09:00")]}, "ends_before"),
        ({"hours": [Hours(0, "09:00", "12:00"), Hours(0, "11:00", "13:00")]}, "overlap"),
        ({"country": "XX"}, "unknown_country"),
        ({"country": "NO", "region": "BY"}, "unknown_region"),
        ({"region": "BY"}, "unknown_region"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused(desk: Desk, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await change_plan(desk.parts, desk.actor, desk.actor.user_id, PlanChange(**wrong))
    assert refused.value.code == code


async def test_the_simulator_says_who_would_have_got_it(desk: Desk, clock: FakeClock) -> None:
    bo, cy = await desk.person("Bo"), await desk.person("Cy", conversations_max=1)
    for _ in range(6):
        await desk.arrives()
        clock.advance(5 * 60)
    async with desk.parts.db.transaction() as conn:  # one that we began: no rule would give it to anybody
        place = {"inbox_id": desk.row.inbox_id, "channel_account_id": desk.row.id}
        await conversations.create(
            conn, account_id=desk.actor.account_id, contact_id=None, subject="", party_address="mia", assignee_id=None, **place
        )
    targets = [Target("user", bo.user_id), Target("user", cy.user_id)]
    rule = Rule(is_on=True, targets=targets, distribution="round_robin")
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, rule)
    assert [one.choice.user_id for one in played] == [bo.user_id, cy.user_id, *[bo.user_id] * 4]
    assert played == await rules.simulate(desk.parts, desk.actor, desk.row.id, rule), "the same past gives the same answer"
    assert (await rules.rule_of(desk.parts, desk.actor, desk.row.id))[0].is_on is False, "nothing was changed"
    assert {one.assignee_id for one in (await list_conversations(desk.parts, desk.actor)).items} == {None}


async def test_the_simulator_tells_an_owner_who_was_away_from_none(desk: Desk) -> None:
    """As the rule itself does: without others to fall back on, whose contact it is was not there, or it is nobody's."""
    bo = await desk.person("Bo", hours=[])
    owned, nobodys = await desk.arrives("kari"), await desk.arrives("leo")
    assert owned.contact_id is not None
    await contacts.change_contact(desk.parts, desk.actor, owned.contact_id, contacts.ContactChange(owner_id=bo.user_id))
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, Rule(is_on=True, asks_owner=True))
    told = {one.conversation.id: (one.choice.user_id, one.choice.how) for one in played}
    assert told == {owned.id: (None, "nobody_available"), nobodys.id: (None, "no_owner")}
    played = await rules.simulate(desk.parts, desk.actor, desk.row.id, Rule(is_on=True, asks_owner=True, only_available=False))
    assert played[0].choice.user_id == bo.user_id, "availability does not count there"


async def test_who_is_next_and_why_not_the_others(desk: Desk) -> None:
    bo, cy = await desk.person("Bo", conversations_max=1), await desk.person("Cy")
    di, ed = await desk.person("Di", status="away"), await desk.person("Ed")
    team = await teams.create_team(desk.parts, desk.actor, "Workshop", [ed.user_id, di.user_id], [])
    rule = await desk.rule(
        targets=[Target("user", bo.user_id), Target("user", cy.user_id), Target("team", team.id)], distribution="load_balanced"
    )

    async def told(rule: Rule) -> tuple[int | None, str, list[tuple[int, bool]]]:
        found = await rules.next_one(desk.parts, desk.actor, desk.row.id, rule)
        return found.user_id, found.how, [(one.user_id, one.is_able) for one in found.people]

    everybody = [(bo.user_id, True), (cy.user_id, True), (ed.user_id, True), (di.user_id, False)]
    assert await told(rule) == (bo.user_id, "load_balanced", everybody)
    assert (await desk.arrives()).assignee_id == bo.user_id, "what is told is what happens"
    await users.update_user(desk.parts, desk.actor, ed.user_id, users.UserChange(can_receive=False))
    found = await rules.next_one(desk.parts, desk.actor, desk.row.id, rule)
    assert [(one.user_id, one.team_id, one.flaw, one.is_able) for one in found.people] == [
        (cy.user_id, None, None, True),
        (bo.user_id, None, None, False),
        (di.user_id, team.id, None, False),
        (ed.user_id, team.id, "no_seat", False),
    ]
    assert (found.people[1].open_count, found.people[1].conversations_max) == (1, 1)
    by_lot = Rule(targets=rule.targets, only_available=False)
    assert (await told(by_lot))[:2] == (None, "random"), "two of them are drawn from"
    await teams.delete_team(desk.parts, desk.actor, team.id)
    assert {one for one, _ in (await told(rule))[2]} == {bo.user_id, cy.user_id}


@pytest.mark.parametrize("distribution", ["round_robin", "load_balanced"])
async def test_a_thousand_at_once_for_twenty_people(desk: Desk, distribution: str) -> None:
    """R-561: nobody over the limit, fair within one, none lost."""
    now = desk.parts.clock.now()
    dice = random.Random(7)
    people = [await desk.person(f"P{nth}") for nth in range(20)]
    limits: dict[int, int | None] = {}
    for nth, one in enumerate(people):
        limits[one.user_id] = None if nth % 4 else dice.randint(5, 30)
        away = nth % 5 == 4
        absences = [Absence(now - timedelta(hours=1), now + timedelta(hours=9))] if away and nth % 2 else []
        place, spans = (
            ("Asia/Tokyo", ("09:00", "17:00")) if away else ("Europe/Oslo", ("08:00", "12:00"))
        )  # it is Monday, 10 in Oslo and 18 in Tokyo
        hours = [Hours(now.weekday(), *spans)] if nth % 2 == 0 else None
        plan = PlanChange(conversations_max=limits[one.user_id], absences=absences, hours=hours, time_zone=place)
        await change_plan(desk.parts, desk.actor, one.user_id, plan)
        if away:
            limits[one.user_id] = 0
    await desk.rule(*people, distribution=distribution)
    gate = asyncio.Semaphore(16)

    async def arrives(nth: int) -> None:
        async with gate:
            assert (await say(desk.parts, desk.row, f"Hello {nth}", sender=f"someone{nth}", id=f"one{nth}")).fate == "handled"

    await asyncio.gather(*(arrives(nth) for nth in range(1000)))
    async with desk.parts.db.connection() as conn:
        cursor = await conn.execute("select assignee_id, count(*) from conversation group by 1")
        got: dict[int | None, int] = dict(await cursor.fetchall())
        cursor = await conn.execute("select count(*) from message where type = 'system' and data ->> 'event' = 'assigned'")
        assert await cursor.fetchone() == (1000,), "each explains itself once"
    assert sum(got.values()) == 1000
    assert None not in got
    for user_id, limit in limits.items():
        assert limit is None or got.get(user_id, 0) <= limit
    free = [got.get(user_id, 0) for user_id, limit in limits.items() if limit is None]
    assert max(free) - min(free) <= 1
    assert all(got.get(user_id, 0) == limit for user_id, limit in limits.items() if limit is not None)

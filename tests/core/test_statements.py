"""What is done to many takes as many statements as what is done to a few (R-640). Read next: `test_rows_read.py`."""

from datetime import timedelta

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.users import change_account, create_user
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.bulk import BATCH, change_many
from innboks.core.conversations.change import Change
from innboks.core.conversations.read import list_conversations
from innboks.core.inboxes import inboxes
from innboks.core.parts import Parts
from innboks.core.rearrangements.merge import merge
from innboks.core.routing.models import Distribution, Rule, Target
from innboks.core.routing.rules import rules_of_all, set_rule
from innboks.core.tags import tags
from innboks.core.tickets.defaults import Wish, set_defaults
from innboks.lib.clock import FakeClock
from tests.core.conftest import say
from tests.statements import counted

FEW = 3


@pytest.fixture
async def ids(parts: Parts, actor: Actor, echo: ChannelAccount) -> list[int]:
    """Of a batch of conversations, each with a ticket that is closed with it."""
    await set_defaults(parts, actor, echo.id, Wish(is_on=True))
    await change_account(parts, actor, closing_closes_tickets=True)
    for nth in range(BATCH):
        await say(parts, echo, "Hello", id=f"m{nth}", sender=f"leo{nth}")
    return [one.id for one in (await list_conversations(parts, actor, limit=100)).items]


@pytest.fixture
async def wanted(parts: Parts, actor: Actor, clock: FakeClock) -> dict[str, tuple[Change, Change]]:
    """A change, and what takes it back."""
    tag = await tags.create_tag(parts, actor, "Billing", "blue")
    other = await inboxes.create_inbox(parts, actor, "Other")
    (first,) = [one for one in await inboxes.list_inboxes(parts, actor) if one.id != other.id]
    return {
        "closing": (Change(status="closed"), Change(status="open")),
        "assigning": (Change(assignee_id=actor.user_id), Change(assignee_id=None)),
        "tagging": (Change(add_tag_ids=[tag.id]), Change(remove_tag_ids=[tag.id])),
        "moving": (Change(inbox_id=other.id), Change(inbox_id=first.id)),
        "snoozing": (Change(is_snoozed=True, snoozed_until=clock.now() + timedelta(days=1)), Change(is_snoozed=False)),
        "trashing": (Change(is_trashed=True), Change(is_trashed=False)),
        "ranking and unreading": (Change(priority="high", is_unread=True), Change(priority="normal", is_unread=False)),
    }


KINDS = ["closing", "assigning", "tagging", "moving", "snoozing", "trashing", "ranking and unreading"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_batch_is_changed_and_changed_back_with_as_many_statements_as_a_few(
    parts: Parts, actor: Actor, ids: list[int], wanted: dict[str, tuple[Change, Change]], kind: str
) -> None:
    again = await actor_for(parts, actor.account_id, actor.user_id)  # with the inbox that was made since
    assert again is not None
    for change in wanted[kind]:
        with counted() as few:
            await change_many(parts, again, [(id, change) for id in ids[:FEW]])
        with counted() as all:
            outcomes = await change_many(parts, again, [(id, change) for id in ids[FEW:]])
        assert {one.refused for one in outcomes} == {None}
        assert all.count <= few.count


async def test_marking_a_batch_as_spam_takes_no_more_statements_than_a_few(parts: Parts, actor: Actor, ids: list[int]) -> None:
    with counted() as few:
        await change_many(parts, actor, [(id, Change(is_spam=True)) for id in ids[:FEW]])
    with counted() as all:
        await change_many(parts, actor, [(id, Change(is_spam=True)) for id in ids[FEW:]])
    assert all.count <= few.count


async def test_one_that_was_merged_into_another_of_the_batch_is_changed_there(parts: Parts, actor: Actor, ids: list[int]) -> None:
    await merge(parts, actor, ids[0], [ids[1]])
    outcomes = await change_many(
        parts, actor, [(ids[1], Change(priority="high")), (ids[0], Change(status="closed")), (ids[2], Change(status="closed"))]
    )
    assert [one.conversation and one.conversation.id for one in outcomes] == [ids[0], ids[0], ids[2]]
    first = outcomes[0].conversation
    assert first is not None
    assert (first.priority, first.status) == ("high", "closed")


async def test_all_rules_are_read_with_as_many_statements_as_one(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    target = Target("user", actor.user_id)
    await set_rule(parts, actor, echo.id, Rule(is_on=True, targets=[target]))
    with counted() as one:
        await rules_of_all(parts, actor)
    for nth in range(5):
        row = await connect(parts, actor, "echo", f"Echo {nth}", echo.inbox_id, {"room": f"room{nth}"})
        await set_rule(parts, actor, row.id, Rule(is_on=True, targets=[target]))
    with counted() as all:
        found = await rules_of_all(parts, actor)
    assert [(rule.is_on, named[0].target, named[0].flaw) for _, rule, named in found if rule.is_on] == [(True, target, None)] * 6
    assert all.count <= one.count


@pytest.mark.parametrize("distribution", ["random", "load_balanced", "round_robin", "first_available"])
async def test_what_arrives_is_given_to_one_of_many_with_few_statements(
    parts: Parts, actor: Actor, echo: ChannelAccount, distribution: Distribution
) -> None:
    """They run one after the other while all that arrives beside it waits for its turn (R-561)."""
    people = [actor.user_id]
    for nth in range(12):
        email = f"kim{nth}@tindra.example"
        people.append((await create_user(parts, actor, name=f"Kim {nth}", email=email, password="a long enough password")).id)
    await set_rule(parts, actor, echo.id, Rule(is_on=True, distribution=distribution, targets=[Target("user", one) for one in people]))
    await say(parts, echo, "Hello", sender="maja", id="first")  # what the channel is was looked up
    with counted() as statements:
        await say(parts, echo, "Hello")
    assert statements.count <= 11, "with its beginning and its end"
    assert {one.assignee_id in people for one in (await list_conversations(parts, actor)).items} == {True}

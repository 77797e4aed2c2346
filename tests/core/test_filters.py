"""What must not get in (SPEC 18): lists, rules, the brake, release, and what is deleted when. Scenario 43 of the specification."""

import time
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, Message
from innboks.core.conversations.purge import KEPT, SPAM_KEPT, delete_for_good, empty_spam, empty_trash
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.filters import filters
from innboks.core.filters.models import Added, BadLine
from innboks.core.notifications.follow import Follower
from innboks.core.parts import Parts
from innboks.core.routing import rules
from innboks.core.routing.models import Rule, Target
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.clock import FakeClock
from tests.core.conftest import signed

LEO = "leo@y.example"


class Desk:
    """An account that gets messages, each with an id of its own."""

    def __init__(self, parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
        self.parts, self.actor, self.echo, self._ids = parts, actor, echo, 0

    async def gets(self, text: str = "Hello", sender: str = LEO, **more: Any) -> str:
        """Without `thread`, it goes on with the newest conversation of its sender. Returns its id."""
        self._ids += 1
        payload = {"type": "message", "id": f"m{self._ids}", "sender": sender, "name": "Leo Customer", "text": text, **more}
        await receive(self.parts, self.echo.account_id, self.echo.id, signed(payload))
        return f"m{self._ids}"

    async def begins(self, text: str = "Hello", sender: str = LEO, **more: Any) -> str:
        return await self.gets(text, sender, thread="new", **more)

    async def view(self, view: str) -> list[Conversation]:
        return (await list_conversations(self.parts, self.actor, view=view)).items

    async def only(self, view: str) -> Conversation:
        (one,) = await self.view(view)
        return one

    async def messages(self, one: Conversation) -> list[Message]:
        return (await list_messages(self.parts, self.actor, one.id)).items

    async def lines(self, one: Conversation) -> list[dict[str, Any]]:
        return [message.data for message in await self.messages(one) if message.type == "system"]

    async def lists(self, allow: str = "", deny: str = "") -> None:
        for is_allowed, text in ((True, allow), (False, deny)):
            if text:
                await filters.add_senders(self.parts, self.actor, is_allowed, text)

    async def change(self, one: Conversation, **wanted: Any) -> Conversation:
        return await change(self.parts, self.actor, one.id, Change(**wanted))

    async def number(self, of: str) -> int:
        async with self.parts.db.connection() as conn:
            row = await (await conn.execute(f"select count(*) from {of}")).fetchone()
        assert row is not None
        return int(row[0])

    async def told(self) -> int:
        """How many notifications there are once all that happened was looked at."""
        follower = Follower(self.parts)
        while await follower.follow(self.actor.account_id):
            pass
        return await self.number("notification")


@pytest.fixture
def desk(parts: Parts, actor: Actor, echo: ChannelAccount) -> Desk:
    return Desk(parts, actor, echo)


async def test_a_denied_sender_is_spam_makes_no_contact_and_is_deleted_after_90_days(desk: Desk, clock: FakeClock) -> None:
    """Scenario 43 (R-800, R-801, R-804)."""
    await desk.lists(deny=LEO)
    await desk.begins()
    assert await desk.view("open") == []
    one = await desk.only("spam")
    assert (one.spam_reason, one.contact_id, one.assignee_id, one.party_address) == ("denied", None, None, LEO)
    assert await desk.lines(one) == [{"event": "marked_spam", "reason": "denied"}]
    assert (await desk.number("contact"), await desk.told()) == (0, 0)
    clock.advance(step=SPAM_KEPT - timedelta(seconds=1))
    assert await empty_spam(desk.parts) == 0
    clock.advance(2)
    assert await empty_spam(desk.parts) == 1
    assert await desk.number("conversation") == 0


async def test_deleting_archives_for_30_days_in_which_it_can_be_restored(desk: Desk, clock: FakeClock) -> None:
    """Scenario 39 (R-805), and what deleting for good leaves in the log (R-806)."""
    await desk.begins()
    one = await desk.change(await desk.only("open"), is_trashed=True)
    assert (await desk.view("open"), await desk.view("all")) == ([], [])
    assert (await desk.only("trash")).trashed_at is not None
    await desk.change(one, is_trashed=False)
    assert (await desk.only("open")).trashed_at is None
    await desk.change(one, is_trashed=True)
    clock.advance(step=KEPT - timedelta(seconds=1))
    assert await empty_trash(desk.parts) == 0
    clock.advance(2)
    assert await empty_trash(desk.parts) == 1
    assert await desk.number("message") == 0
    assert await desk.number("event where type = 'conversation.erased'") == 1


async def test_a_person_erases_at_once_and_it_is_told_as_an_event_of_its_own(desk: Desk) -> None:
    await desk.begins("My secret is 4711.")
    one = await desk.change(await desk.only("open"), is_trashed=True)
    await delete_for_good(desk.parts, desk.actor, one.id)
    assert await desk.number("message where text like '%4711%'") == 0
    assert await desk.number("delivery where convert_from(coalesce(body, ''), 'UTF8') like '%4711%'") == 0
    assert await desk.number("event where type = 'conversation.erased'") == 1


async def test_the_nightly_deletion_takes_many_in_parts(desk: Desk, clock: FakeClock) -> None:
    await desk.lists(deny="y.example")
    for nth in range(120):
        await desk.begins(sender=f"robot{nth}@y.example")
    await desk.begins(sender="ella@other.example")
    clock.advance(step=SPAM_KEPT + timedelta(seconds=1))
    assert await empty_spam(desk.parts) == 120
    assert len(await desk.view("open")) == 1


@pytest.mark.parametrize("sign", ["automated", "marketing", "unsubscribe", "role_based"])
async def test_each_rule_is_on_filters_with_its_reason_and_can_be_switched_off(desk: Desk, sign: str) -> None:
    """R-802."""
    await desk.begins(signs=[sign])
    one = await desk.only("filtered")
    assert (one.spam_reason, one.contact_id) == (sign, None)
    assert await desk.lines(one) == [{"event": "marked_spam", "reason": sign}]
    assert (await desk.view("open"), await desk.view("spam"), await desk.number("contact"), await desk.told()) == ([], [], 0, 0)
    others = [rule for rule in ("automated", "marketing", "unsubscribe", "role_based") if rule != sign]
    await filters.change_filters(desk.parts, desk.actor, filters.Change(rules=others))  # type: ignore[arg-type]
    await desk.begins(signs=[sign], sender="mia@y.example")
    assert (await desk.only("open")).party_address == "mia@y.example"


async def test_of_several_signs_the_first_whose_rule_is_on_is_the_reason(desk: Desk) -> None:
    await filters.change_filters(desk.parts, desk.actor, filters.Change(rules=["role_based", "unsubscribe"]))
    await desk.begins(signs=["automated", "marketing", "unsubscribe", "role_based"])
    assert (await desk.only("filtered")).spam_reason == "unsubscribe"


async def test_the_allow_list_goes_before_the_deny_list_and_that_before_the_rules(desk: Desk) -> None:
    """R-804, whatever is the narrower entry."""
    await desk.lists(allow="good.example ella@bad.example", deny="leo@good.example bad.example")
    await desk.begins(sender="leo@good.example", signs=["marketing"])
    await desk.begins(sender="ella@bad.example", signs=["automated"])
    await desk.begins(sender="mia@bad.example", signs=["automated"])
    await desk.begins(sender="news@mail.bad.example")
    await desk.begins(sender="mia@notbad.example")
    assert {one.party_address for one in await desk.view("open")} == {"leo@good.example", "ella@bad.example", "mia@notbad.example"}
    assert {(one.party_address, one.spam_reason) for one in await desk.view("spam")} == {
        ("mia@bad.example", "denied"),
        ("news@mail.bad.example", "denied"),
    }


async def test_taking_a_sender_off_the_list_holds_from_the_next_message_on(desk: Desk) -> None:
    await desk.lists(deny=LEO)
    page = await filters.list_senders(desk.parts, desk.actor, is_allowed=False, q="LEO", cursor=None, limit=10)
    await filters.drop_sender(desk.parts, desk.actor, page.items[0].id)
    await desk.begins()
    assert (await desk.only("open")).contact_id is not None
    with pytest.raises(NotFound):
        await filters.drop_sender(desk.parts, desk.actor, page.items[0].id)


async def test_a_denied_sender_does_not_get_into_what_people_work_on(desk: Desk) -> None:
    first = await desk.begins("Where is it?", sender="ella@y.example")
    await desk.lists(deny=LEO)
    await desk.gets("Buy now", in_reply_to=first)
    worked_on, spam = await desk.only("open"), await desk.only("spam")
    assert [message.text for message in await desk.messages(worked_on)] == ["Where is it?"]
    await desk.gets("Buy more")
    assert [message.text for message in await desk.messages(spam)] == ["Buy now", "", "Buy more"]


async def test_an_automatic_answer_stays_with_the_conversation_that_it_answers(desk: Desk) -> None:
    """A rule is about what would be a new conversation: what belongs to one is lost nowhere."""
    await desk.begins()
    await desk.gets("I am away.", is_automatic=True, signs=["automated"])
    one = await desk.only("open")
    assert [message.text for message in await desk.messages(one)] == ["Hello", "I am away."]


async def test_releasing_makes_the_contact_assigns_and_tells_people(desk: Desk) -> None:
    """R-804."""
    await desk.begins(signs=["automated"])
    one = await desk.only("filtered")
    rule = Rule(is_on=True, targets=[Target("user", desk.actor.user_id)], only_available=False)
    await rules.set_rule(desk.parts, desk.actor, desk.echo.id, rule)
    after = await desk.change(one, is_spam=False)
    assert (after.spam, after.spam_reason, after.assignee_id, after.contact_name) == (False, None, desk.actor.user_id, "Leo Customer")
    received = (await desk.messages(after))[0]
    assert received.contact_id == after.contact_id is not None
    assert [line["event"] for line in await desk.lines(after)] == ["marked_spam", "unmarked_spam", "assigned"]
    assert await desk.told() == 1
    await desk.gets("And another thing")
    assert (await desk.only("open")).id == one.id, "the next one belongs to the same contact and conversation"
    assert await desk.number("contact") == 1


async def test_what_a_colleague_releases_to_nobody_is_told_to_the_others_and_by_hand_spam_is_not(desk: Desk) -> None:
    await desk.begins(signs=["marketing"])
    one = await desk.only("filtered")
    assert await desk.told() == 0
    await desk.change(one, is_spam=False)
    assert await desk.told() == 0, "nobody is told of their own doing"
    again = await desk.change(one, is_spam=True)
    assert again.spam_reason == "manual"
    await desk.change(one, is_spam=False)
    assert [line.get("was") for line in await desk.lines(one) if line["event"] == "unmarked_spam"] == ["marketing", "manual"]


async def test_undoing_a_release_gives_back_the_reason_and_the_time(desk: Desk, clock: FakeClock) -> None:
    """What one press took out by mistake goes back to where it was, and is not kept longer for that (R-801)."""
    await desk.begins(signs=["automated"])
    one = await desk.only("filtered")

    async def since() -> Any:
        async with desk.parts.db.connection() as conn:
            row = await (await conn.execute("select spam_at from conversation where id = %s", (one.id,))).fetchone()
        assert row is not None
        return row[0]

    before = await since()
    for _ in range(2):
        clock.advance(3600)
        await desk.change(one, is_spam=False)
        again = await desk.change(one, is_spam=True, spam_reason="automated")
        assert (again.spam, again.spam_reason) == (True, "automated")
    assert abs(await since() - before) < timedelta(minutes=1)
    assert (await desk.only("filtered")).id == one.id
    with pytest.raises(Invalid):
        await desk.change(one, is_spam=False, spam_reason="automated")


async def test_releasing_what_came_from_a_known_contact_makes_no_other(desk: Desk) -> None:
    await desk.begins()
    known = await desk.only("open")
    await desk.begins(signs=["marketing"])
    held = await desk.only("filtered")
    assert held.contact_id == known.contact_id, "who is known is shown as such"
    await desk.change(held, is_spam=False)
    assert await desk.number("contact") == 1


async def test_a_persons_message_brings_what_a_rule_held_back_to_the_inbox(desk: Desk) -> None:
    await desk.begins(signs=["automated"], is_automatic=True)
    held = await desk.only("filtered")
    await desk.gets("This is really me.")
    one = await desk.only("open")
    assert (one.id, one.spam_reason, one.contact_name) == (held.id, None, "Leo Customer")
    assert all(message.contact_id == one.contact_id for message in await desk.messages(one) if message.direction == "in")
    assert (await desk.lines(one))[1] == {"event": "unmarked_spam", "reason": "message", "was": "automated", "to": "open"}
    assert await desk.told() == 1


async def test_what_a_person_put_in_spam_stays_there_until_its_sender_is_allowed(desk: Desk) -> None:
    await desk.begins()
    await desk.change(await desk.only("open"), is_spam=True)
    await desk.gets("Me again")
    assert (await desk.only("spam")).spam_reason == "manual"
    await desk.lists(allow=LEO)
    await desk.gets("And again")
    assert (await desk.only("open")).spam_reason is None


async def test_the_brake_gathers_what_comes_too_often_and_loses_nothing(desk: Desk, clock: FakeClock) -> None:
    await filters.change_filters(desk.parts, desk.actor, filters.Change(flood_count=3, flood_within_s=600))
    for nth in range(10):
        await desk.begins(f"Alarm {nth}")
    await desk.begins("Not I", sender="ella@y.example")
    assert len(await desk.view("open")) == 4
    gathered = await desk.only("filtered")
    assert gathered.spam_reason == "flood"
    assert [message.text for message in await desk.messages(gathered) if message.type == "message"] == [
        f"Alarm {nth}" for nth in range(3, 10)
    ]
    clock.advance(step=timedelta(minutes=9))
    await desk.begins("Alarm 10")
    assert (await desk.only("filtered")).id == gathered.id, "as long as it goes on"
    clock.advance(step=timedelta(minutes=11))
    await desk.begins("All is well")
    assert len(await desk.view("open")) == 5
    await desk.lists(allow=LEO)
    for nth in range(5):
        await desk.begins(f"Allowed {nth}")
    assert len(await desk.view("open")) == 10


async def test_of_a_sender_who_never_calms_down_the_newest_is_kept_as_long_as_all_else(desk: Desk, clock: FakeClock) -> None:
    await filters.change_filters(desk.parts, desk.actor, filters.Change(flood_count=2, flood_within_s=24 * 3600))
    for nth in range(2):
        await desk.begins(f"Hello {nth}")
    for nth in range(1, 9):
        clock.advance(step=timedelta(hours=12))
        await desk.begins(f"Alarm {nth}")
    assert len(await desk.view("open")) == 2
    gathered = await desk.view("filtered")
    assert {one.spam_reason for one in gathered} == {"flood"}
    assert [one.message_count - 1 for one in gathered] == [2, 2, 2, 2], "one for each day, without its line"
    clock.advance(step=SPAM_KEPT - timedelta(hours=13))
    await empty_spam(desk.parts)
    (left,) = await desk.view("filtered")
    assert [message.text for message in await desk.messages(left) if message.type == "message"] == ["Alarm 7", "Alarm 8"]


async def test_without_a_brake_everything_comes_through(desk: Desk) -> None:
    for nth in range(30):
        await desk.begins(f"Alarm {nth}")
    assert len(await desk.view("open")) == 30


async def test_a_paste_is_read_line_by_line_and_says_what_it_could_not_read(desk: Desk) -> None:
    text = """Leo <LEO@Y.example>, mia@y.example; @partner.example
    *.shop.example   # the whole shop
    xn--bcher-kva.example

    not an address
    two@@signs.example
    \u202aleo@y.example\u202c \ufeffshop\u200b.example"""
    values, bad = filters.read_senders(text)
    assert values == ["leo@y.example", "shop.example", "bücher.example"]
    assert bad == [BadLine(5, "not"), BadLine(5, "an"), BadLine(5, "address"), BadLine(6, "two@@signs.example")]
    assert await filters.add_senders(desk.parts, desk.actor, True, text) == Added(added=3, moved=0, known=0, bad=bad)
    again = await filters.add_senders(desk.parts, desk.actor, False, "leo@y.example, new.example")
    assert (again.added, again.moved, again.known) == (1, 1, 0)
    page = await filters.list_senders(desk.parts, desk.actor, is_allowed=True, q="", cursor=None, limit=1)
    assert [one.value for one in page.items] == ["bücher.example"]
    rest = await filters.list_senders(desk.parts, desk.actor, is_allowed=True, q="", cursor=page.next, limit=5)
    assert ([one.value for one in rest.items], rest.next) == (["shop.example"], None)


async def test_changing_needs_account_access(desk: Desk) -> None:
    """R-008."""
    agent = msgspec.structs.replace(desk.actor, permissions=frozenset())
    with pytest.raises(Forbidden):
        await filters.add_senders(desk.parts, agent, False, LEO)
    with pytest.raises(Forbidden):
        await filters.change_filters(desk.parts, agent, filters.Change(rules=[]))
    assert (await filters.get_filters(desk.parts, agent)).rules == ["automated", "marketing", "unsubscribe", "role_based"]


def test_a_piece_far_too_long_is_not_gone_through_letter_by_letter() -> None:
    """Turning half a million characters from their ASCII form took seconds, in which nobody else was answered."""
    began = time.monotonic()
    values, bad = filters.read_senders(f"xn--{'a' * 490_000}.example\ngood.example")
    assert values == ["good.example"]
    assert [one.line for one in bad] == [1]
    assert time.monotonic() - began < 1

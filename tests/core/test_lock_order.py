"""Nobody waits in a circle: what takes addresses, contacts, conversations and the turn of the rules takes them in one order (ARCHITECTURE.md, "Data").

Nothing is tried again here, so a circle is an error. In the first tests one transaction stands still in the middle of the order, and what is tried has to
wait for it before it holds anything that comes later; in the last ones all of it happens at once, many times.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts import store as contacts
from innboks.core.contacts.contacts import ContactChange, NewContact, change_contact, create_contact
from innboks.core.contacts.link import create_and_link, link_contact
from innboks.core.contacts.merge import merge
from innboks.core.conversations import receive as road
from innboks.core.conversations import store as conversations
from innboks.core.conversations.bulk import change_many
from innboks.core.conversations.change import Change, change, move_message, settle_uncertain
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.parts import Parts
from innboks.core.rearrangements.split import split
from innboks.core.routing import rules
from innboks.core.routing import store as routing
from innboks.core.routing.models import Rule, Target
from innboks.lib import db
from innboks.lib.db import Connection
from tests.core.conftest import say, signed
from tests.waiting import somebody_waits

Step = Callable[[Connection], Awaitable[Any]]
RELEASE = Change(is_spam=False)


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second try hides a circle."""
    monkeypatch.setattr(db, "TRIES", 1)
    monkeypatch.setattr(road, "TRIES", 1)


class Desk:
    """An account whose customers write."""

    def __init__(self, parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
        self.parts, self.actor, self.echo, self._ids = parts, actor, echo, 0
        self.account_id = actor.account_id

    async def gets(self, sender: str, **more: Any) -> None:
        self._ids += 1
        payload = {"type": "message", "id": f"m{self._ids}", "sender": sender, "name": sender.title(), "text": f"Hello {self._ids}", **more}
        delivered = await road.receive(self.parts, self.account_id, self.echo.id, signed(payload))
        assert delivered.fate == "handled", delivered

    async def of(self, sender: str) -> Conversation:
        """The newest conversation with this sender, wherever it is."""
        found = [one for view in ("all", "filtered", "spam") for one in (await list_conversations(self.parts, self.actor, view=view)).items]
        return max((one for one in found if one.party_address == sender), key=lambda one: one.id)

    async def begins(self, sender: str, **more: Any) -> Conversation:
        await self.gets(sender, thread="new", **more)
        return await self.of(sender)

    async def meets(self, first: Step, trial: Awaitable[Any], second: Step) -> Any:
        """Somebody holds what comes first in the order and then what comes later; the trial begins in between."""
        async with self.parts.db.transaction() as conn:
            await first(conn)
            tried = asyncio.ensure_future(trial)
            await somebody_waits(self.parts)
            await second(conn)
        return await tried

    async def answers(self, one: Conversation, state: str) -> int:
        """The id of an answer that is in this state."""
        written, _ = await write(self.parts, self.actor, one.id, NewMessage(type="reply", text="Yes.", hold_s=0))
        async with self.parts.db.transaction() as conn:
            await dispatches.add_references(conn, self.account_id, written.id, [f"out{written.id}"])
            if state == "failed":
                await dispatches.settle_recipients(conn, self.account_id, written.id, state=state)
            await dispatches.settle(conn, self.account_id, written.id, state=state)
        return written.id

    def holds(self, *addresses: str) -> Step:
        return lambda conn: contacts.hold_addresses(conn, self.account_id, addresses)

    def holds_contact(self, contact_id: int | None) -> Step:
        return lambda conn: contacts.lock(conn, self.account_id, [contact_id or 0])

    def holds_conversation(self, one: Conversation) -> Step:
        return lambda conn: conversations.lock(conn, self.account_id, one.id)


@pytest.fixture
async def desk(parts: Parts, actor: Actor, echo: ChannelAccount) -> Desk:
    await rules.set_rule(parts, actor, echo.id, Rule(is_on=True, only_available=False, targets=[Target("user", actor.user_id)]))
    return Desk(parts, actor, echo)


async def test_a_release_waits_for_the_sender_before_it_holds_the_conversation(desk: Desk) -> None:
    """As the road in does when the sender goes on writing."""
    one = await desk.begins("leo", signs=["marketing"])
    after = await desk.meets(desk.holds("leo"), change(desk.parts, desk.actor, one.id, RELEASE), desk.holds_conversation(one))
    assert (after.spam, after.contact_id is not None, after.assignee_id) == (False, True, desk.actor.user_id)


async def test_many_releases_hold_all_their_rows_before_a_rule_chooses(desk: Desk) -> None:
    first, second = await desk.begins("leo", signs=["marketing"]), await desk.begins("maja", signs=["marketing"])

    async def as_the_road_in(conn: Connection) -> None:
        await desk.holds("maja")(conn)
        await desk.holds_conversation(second)(conn)

    outcomes = await desk.meets(
        as_the_road_in,
        change_many(desk.parts, desk.actor, [(first.id, RELEASE), (second.id, RELEASE)]),
        lambda conn: routing.lock(conn, desk.account_id),
    )
    assert [outcome.refused for outcome in outcomes] == [None, None]


@pytest.mark.parametrize("how", ["to another", "to a new one"])
async def test_linking_waits_for_the_sender_before_it_holds_the_conversation(desk: Desk, how: str) -> None:
    one, other = await desk.begins("leo"), await desk.begins("maja")
    assert other.contact_id is not None
    trial = (
        link_contact(desk.parts, desk.actor, one.id, other.contact_id)
        if how == "to another"
        else create_and_link(desk.parts, desk.actor, one.id, "Leo", "z@kunde.example", "+4722222222")
    )
    after = await desk.meets(desk.holds("leo"), trial, desk.holds_conversation(one))
    assert after.contact_id not in (None, one.contact_id)


async def test_linking_waits_for_the_contact_before_it_holds_the_conversation(desk: Desk) -> None:
    """As a merge of that contact does."""
    one, other = await desk.begins("leo"), await desk.begins("maja")
    assert other.contact_id is not None
    trial = link_contact(desk.parts, desk.actor, one.id, other.contact_id)
    assert (await desk.meets(desk.holds_contact(other.contact_id), trial, desk.holds_conversation(one))).contact_id == other.contact_id


@pytest.mark.parametrize("how", ["split", "move"])
async def test_a_new_conversation_out_of_another_waits_for_the_contact_first(desk: Desk, how: str) -> None:
    one = await desk.begins("leo")
    await desk.gets("leo")
    message = max(
        (each for each in (await list_messages(desk.parts, desk.actor, one.id)).items if each.type == "message"), key=lambda m: m.id
    )
    trial = (
        split(desk.parts, desk.actor, one.id, [message.id]) if how == "split" else move_message(desk.parts, desk.actor, message.id, None)
    )
    after, _ = await desk.meets(desk.holds_contact(one.contact_id), trial, desk.holds_conversation(one))
    assert after.contact_id == one.contact_id


async def test_a_contact_made_by_hand_takes_its_addresses_in_the_order_of_letters(desk: Desk) -> None:
    """As an import and a merge do: the number before the mail address."""
    new = NewContact(name="Kari", email="kari@kunde.example", phone="+47 22 22 22 22")
    contact_id = await desk.meets(
        desk.holds("+4722222222"), create_contact(desk.parts, desk.actor, new), desk.holds("+4722222222", "kari@kunde.example")
    )
    assert contact_id


@pytest.mark.parametrize("how", ["a person", "a receipt"])
async def test_what_got_through_takes_the_answers_that_failed_before_it_holds_the_conversation(desk: Desk, how: str) -> None:
    """As a retry of one of them does, and whoever deals with it."""
    one = await desk.begins("leo")
    failed, unsure = await desk.answers(one, "failed"), await desk.answers(one, "uncertain")
    told = {"type": "receipt", "message": f"out{unsure}", "state": "sent"}
    trial: Awaitable[Any] = (
        settle_uncertain(desk.parts, desk.actor, unsure)
        if how == "a person"
        else road.receive(desk.parts, desk.account_id, desk.echo.id, signed(told))
    )
    await desk.meets(lambda conn: dispatches.lock(conn, desk.account_id, failed), trial, desk.holds_conversation(one))
    async with desk.parts.db.connection() as conn:
        cursor = await conn.execute("select message_id, state, dealt_with ->> 'how' from dispatch order by 1")
        assert await cursor.fetchall() == [(failed, "failed", "answered"), (unsure, "sent", None)]


async def test_releases_and_messages_of_the_same_senders_at_once(desk: Desk) -> None:
    for nth in range(15):
        senders = [f"{name}{nth}" for name in ("leo", "maja", "ida")]
        apart = [await desk.begins(one, signs=["automated"]) for one in senders]
        await asyncio.gather(
            change(desk.parts, desk.actor, apart[0].id, RELEASE),
            *(desk.gets(one) for one in senders * 2),
            *(desk.gets(one, signs=["automated"]) for one in senders),
            change_many(desk.parts, desk.actor, [(one.id, RELEASE) for one in apart[1:]]),
            change(desk.parts, desk.actor, apart[2].id, RELEASE),
        )
        for sender, before in zip(senders, apart, strict=True):
            after = await desk.of(sender)
            written = [one for one in (await list_messages(desk.parts, desk.actor, before.id)).items if one.type == "message"]
            assert (after.id, after.spam, len(written)) == (before.id, False, 4)
            assert {one.contact_id for one in written} == {after.contact_id} != {None}


async def test_everything_about_contacts_and_messages_of_them_at_once(desk: Desk) -> None:
    for nth in range(12):
        names = [f"{name}{nth}" for name in ("leo", "maja", "ida", "kim")]
        leo, maja, ida, kim = [await desk.begins(one) for one in names]
        assert leo.contact_id is not None
        assert maja.contact_id is not None
        assert ida.contact_id is not None
        await desk.gets(names[0])
        last = max(one.id for one in (await list_messages(desk.parts, desk.actor, leo.id)).items if one.type == "message")
        again = NewContact(name="New", email=f"z{nth}@kunde.example", phone=f"+472222{nth:04}")
        done = await asyncio.gather(
            merge(desk.parts, desk.actor, maja.contact_id, leo.contact_id),
            link_contact(desk.parts, desk.actor, kim.id, ida.contact_id),
            split(desk.parts, desk.actor, leo.id, [last]),
            create_contact(desk.parts, desk.actor, again),
            change_contact(desk.parts, desk.actor, ida.contact_id, ContactChange(is_blocked=True)),
            change_many(desk.parts, desk.actor, [(one.id, Change(priority="high")) for one in (leo, maja, ida, kim)]),
            *(desk.gets(one) for one in names * 2),
            return_exceptions=True,
        )
        assert [one for one in done if isinstance(one, BaseException)] == []
    async with desk.parts.db.connection() as conn:
        stale = await conn.execute(
            """select count(*) from conversation v join contact c on c.account_id = v.account_id and c.id = v.contact_id
               where c.merged_into_id is not null"""
        )
        assert await stale.fetchone() == (0,), "nothing stays with a contact that was merged away"


async def test_more_who_write_than_there_are_connections_do_not_wait_for_a_second_one_each(
    parts: Parts, actor: Actor, echo: ChannelAccount
) -> None:
    for number in range(30):
        await say(parts, echo, "Hello", id=f"m{number}", sender=f"leo{number}")
    found = (await list_conversations(parts, actor, limit=50)).items
    parts.directory.forget(actor.account_id, echo.id)  # each must look it up while it holds a connection
    answers = [write(parts, actor, one.id, NewMessage(type="reply", text="Hi")) for one in found]
    assert [is_new for _, is_new in await asyncio.gather(*answers)] == [True] * 30

"""What is closed with a ticket, and a ticket with what it is about (R-737)."""

import asyncio

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.users import change_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.conversations.bulk import change_many
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage, Then
from innboks.core.conversations.read import get_conversation
from innboks.core.conversations.write import write
from innboks.core.held.take_back import take_back
from innboks.core.inboxes import inboxes
from innboks.core.parts import Parts
from innboks.core.tickets.change import TicketChange, change_ticket
from innboks.core.tickets.defaults import Wish, list_pipelines, set_defaults
from innboks.core.tickets.make import create_ticket, link_ticket
from innboks.core.tickets.models import Ticket
from tests.core.test_tickets import Desk as TicketDesk


class Desk(TicketDesk):
    """One ticket about two conversations."""

    def set_up(self, ticket: Ticket, stages: list[int], *about: Conversation) -> None:
        self.ticket_id, self.stages, self.about = ticket.id, stages, [one.id for one in about]
        self.new, self.waiting, self.closed = stages[0], stages[1], stages[3]

    async def moves(self, stage_id: int, actor: Actor | None = None) -> None:
        await change_ticket(self.parts, actor or self.actor, self.ticket_id, TicketChange(stage_id=stage_id))

    async def stage(self) -> int:
        (found,) = [one for one in await self.tickets() if one.id == self.ticket_id]
        return found.stage_id

    async def statuses(self) -> list[str]:
        return [(await get_conversation(self.parts, self.actor, one)).status for one in self.about]

    async def sets(self, nth: int, status: str) -> None:
        await change(self.parts, self.actor, self.about[nth], Change(status=status))


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    made = Desk(parts, actor, await connect(parts, actor, "echo", "Support email", None, {"room": "lobby"}))
    await set_defaults(parts, actor, made.row.id, Wish(is_on=True))
    one, other = await made.begins("leo"), await made.begins("maja")
    for ticket in await made.tickets(other):
        await change_ticket(parts, actor, ticket.id, TicketChange(stage_id=(await list_pipelines(parts, actor))[0].stages[3].id))
    await change(parts, actor, other.id, Change(status="open"))
    (ticket,) = await made.tickets(one)
    await link_ticket(parts, actor, other.id, ticket.id)
    made.set_up(ticket, [stage.id for stage in (await list_pipelines(parts, actor))[0].stages], one, other)
    return made


async def test_closing_a_ticket_closes_what_it_is_about_and_opening_it_opens_that(desk: Desk) -> None:
    await change(desk.parts, desk.actor, desk.about[1], Change(is_snoozed=True))
    await desk.moves(desk.waiting)
    assert await desk.statuses() == ["open", "open"], "another open stage changes nothing"
    await desk.moves(desk.closed)
    assert await desk.statuses() == ["closed", "closed"]
    two = await get_conversation(desk.parts, desk.actor, desk.about[1])
    assert (two.is_snoozed, two.closed_at is not None) == (False, True)
    line = (await desk.lines(two))[-1]
    assert (line["event"], line["to"], line["reason"], line["ticket_id"]) == ("status_changed", "closed", "ticket", str(desk.ticket_id))
    await desk.sets(0, "open")
    await desk.sets(0, "closed")
    await desk.moves(desk.waiting)
    assert await desk.statuses() == ["closed", "open"], "what somebody closed by themselves since stays closed"


async def found(desk: Desk, actor: Actor) -> Actor:
    """The same person, with the inboxes that they have now."""
    again = await actor_for(desk.parts, actor.account_id, actor.user_id)
    assert again is not None
    return again


async def test_what_another_open_ticket_is_about_stays_open(desk: Desk) -> None:
    one = desk.about[0]
    other, _ = await create_ticket(desk.parts, desk.actor, one, {})
    await desk.moves(desk.closed)
    assert await desk.statuses() == ["open", "closed"]
    await change_ticket(desk.parts, desk.actor, other.id, TicketChange(stage_id=desk.closed))
    assert await desk.statuses() == ["closed", "closed"]


async def test_what_somebody_may_not_act_in_is_not_closed_by_their_ticket(desk: Desk) -> None:
    bo = await desk.person("Bo")
    elsewhere = await inboxes.create_inbox(desk.parts, desk.actor, "Elsewhere", access="members", member_ids=[desk.actor.user_id])
    ticket_inbox = (await get_conversation(desk.parts, desk.actor, desk.about[0])).inbox_id
    async with desk.parts.db.transaction() as conn:  # one ticket, conversations of two inboxes
        await conn.execute("update conversation set inbox_id = %s where id = %s", (elsewhere.id, desk.about[1]))
        await conn.execute("update ticket set inbox_id = %s where id = %s", (ticket_inbox, desk.ticket_id))
    await desk.moves(desk.closed, bo)
    desk.actor = await found(desk, desk.actor)
    assert await desk.statuses() == ["closed", "open"]
    await desk.moves(desk.new)
    await change_account(desk.parts, desk.actor, closing_closes_tickets=True)
    await desk.sets(1, "closed")
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update ticket set inbox_id = %s where id = %s", (elsewhere.id, desk.ticket_id))
    await change(desk.parts, bo, desk.about[0], Change(status="closed"))
    assert await desk.stage() == desk.new, "nor does theirs close a ticket of an inbox that is not theirs"


async def test_closing_the_last_open_conversation_closes_the_ticket_only_where_that_is_wanted(desk: Desk) -> None:
    await desk.moves(desk.waiting)
    for nth in (0, 1):
        await desk.sets(nth, "closed")
    assert await desk.stage() == desk.waiting, "off by default"
    for nth in (0, 1):
        await desk.sets(nth, "open")
    await change_account(desk.parts, desk.actor, closing_closes_tickets=True)
    await desk.sets(0, "closed")
    assert await desk.stage() == desk.waiting, "one is left"
    await desk.sets(1, "closed")
    assert await desk.stage() == desk.closed
    line = (await desk.lines(await get_conversation(desk.parts, desk.actor, desk.about[1])))[-1]
    assert (line["event"], line["reason"], line["to"]["key"]) == ("ticket_stage_changed", "conversation", "closed")
    await desk.sets(0, "open")
    assert await desk.stage() == desk.closed, "this one did not close it"
    await desk.sets(1, "open")
    assert (await desk.stage(), await desk.statuses()) == (desk.waiting, ["open", "open"]), "as an undo does"
    both = await change_many(desk.parts, desk.actor, [(one, Change(status="closed")) for one in desk.about])
    assert [one.refused for one in both] == [None, None]
    assert await desk.stage() == desk.closed
    await desk.moves(desk.new)
    assert await desk.statuses() == ["closed", "closed"], "the ticket did not close them"
    await desk.sets(1, "open")
    assert await desk.stage() == desk.new, "somebody has set it since"


async def test_send_and_close_takes_the_ticket_along_and_back(desk: Desk) -> None:
    await change_account(desk.parts, desk.actor, closing_closes_tickets=True)
    await desk.sets(0, "closed")
    sent, _ = await write(desk.parts, desk.actor, desk.about[1], NewMessage(type="reply", text="Done", then=Then(close=True), hold_s=10))
    assert (await desk.stage(), await desk.statuses()) == (desk.closed, ["closed", "closed"])
    await take_back(desk.parts, desk.actor, sent.id)
    assert (await desk.stage(), await desk.statuses()) == (desk.new, ["closed", "open"])


async def test_both_conversations_closed_in_the_same_moment_close_the_ticket_once(desk: Desk) -> None:
    await change_account(desk.parts, desk.actor, closing_closes_tickets=True)
    for _ in range(5):
        await asyncio.gather(desk.sets(0, "closed"), desk.sets(1, "closed"))
        assert (await desk.stage(), await desk.statuses()) == (desk.closed, ["closed", "closed"])
        await asyncio.gather(desk.sets(0, "open"), desk.sets(1, "open"))
        assert (await desk.stage(), await desk.statuses()) == (desk.new, ["open", "open"])

"""Tickets between inboxes, contacts and two people at once: nobody gets to see one by moving what they may move, and what is undone leaves the rest alone."""

import asyncio

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.contacts.merge import merge as merge_contacts
from innboks.core.contacts.unmerge import undo_merge
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.purge import delete_for_good
from innboks.core.conversations.read import list_messages
from innboks.core.inboxes import inboxes
from innboks.core.rearrangements.merge import merge
from innboks.core.rearrangements.split import split
from innboks.core.rearrangements.undo import undo
from innboks.core.tickets import store_tickets as store
from innboks.core.tickets.make import create_ticket, link_ticket
from innboks.core.tickets.models import Ticket
from innboks.core.tickets.read import get_ticket, list_tickets
from tests.core.test_tickets import Desk, desk  # noqa: F401 - a fixture
from tests.waiting import somebody_waits


async def again(here: Desk, actor: Actor | None = None) -> Actor:
    """Somebody as they may now."""
    found = await actor_for(here.parts, here.actor.account_id, (actor or here.actor).user_id)
    assert found is not None
    return found


class Apart:
    """A conversation in an inbox that Di sees, and a ticket of another one that she does not see, which it is linked to; she sees a third inbox, too."""

    def __init__(self, mine: Conversation, ticket: Ticket, third: int, di: Actor) -> None:
        self.mine, self.ticket, self.third, self.di = mine, ticket, third, di


@pytest.fixture
async def apart(desk: Desk) -> Apart:  # noqa: F811
    di = await desk.person("Di")
    closed, mine = await desk.begins("leo"), await desk.begins("maja")
    sales, third = [await inboxes.create_inbox(desk.parts, desk.actor, name, "everyone", []) for name in ("Sales", "Third")]
    desk.actor = await again(desk)
    mine = await change(desk.parts, desk.actor, mine.id, Change(inbox_id=sales.id))
    await inboxes.update_inbox(desk.parts, desk.actor, closed.inbox_id, access="members", member_ids=[desk.actor.user_id])
    (ticket,) = await desk.tickets(closed)
    await link_ticket(desk.parts, desk.actor, mine.id, ticket.id)
    di = await again(desk, di)
    assert (closed.inbox_id in di.readable, {sales.id, third.id} <= set(di.readable)) == (False, True)
    return Apart(mine, ticket, third.id, di)


async def seen_by(desk: Desk, actor: Actor, conversation_id: int) -> list[int]:  # noqa: F811
    return [one.id for one in (await list_tickets(desk.parts, actor, conversation_id=conversation_id)).items]


async def test_moving_a_conversation_brings_nobody_a_ticket_of_another_inbox(desk: Desk, apart: Apart) -> None:  # noqa: F811
    assert apart.ticket.id not in await seen_by(desk, apart.di, apart.mine.id)
    await change(desk.parts, apart.di, apart.mine.id, Change(inbox_id=apart.third))
    assert apart.ticket.id not in await seen_by(desk, apart.di, apart.mine.id)
    assert (await get_ticket(desk.parts, desk.actor, apart.ticket.id)).inbox_id == apart.ticket.inbox_id


async def test_merging_brings_nobody_a_ticket_of_another_inbox(desk: Desk, apart: Apart) -> None:  # noqa: F811
    other = await desk.begins("nils")
    await change(desk.parts, desk.actor, other.id, Change(inbox_id=apart.third))
    _, (merge_id,) = await merge(desk.parts, apart.di, other.id, [apart.mine.id])
    assert apart.ticket.id not in await seen_by(desk, apart.di, other.id)
    await undo(desk.parts, apart.di, merge_id)
    assert (await get_ticket(desk.parts, desk.actor, apart.ticket.id)).inbox_id == apart.ticket.inbox_id


async def test_tickets_of_a_contact_whom_one_may_not_see_are_not_told(desk: Desk, apart: Apart) -> None:  # noqa: F811
    """A ticket of an inbox that one reads may be about somebody who wrote to another inbox only."""
    (closed,) = [one for one in await desk.tickets() if one.id == apart.ticket.id]
    (stranger,) = [id for id in closed.contact_ids if id != apart.mine.contact_id]
    (own,) = [one for one in await desk.tickets(apart.mine) if one.id != apart.ticket.id]
    await link_ticket(desk.parts, desk.actor, closed.conversation_ids[0], own.id)
    assert (await get_ticket(desk.parts, apart.di, own.id)).contact_ids == [apart.mine.contact_id]
    assert (await list_tickets(desk.parts, apart.di, contact_id=stranger)).items == []
    assert [one.id for one in (await list_tickets(desk.parts, apart.di, contact_id=apart.mine.contact_id)).items] == [own.id]


async def test_undoing_a_split_brings_the_ticket_back_from_where_the_other_half_went(desk: Desk) -> None:  # noqa: F811
    one = await desk.begins("leo")
    (ticket,) = await desk.tickets(one)
    sales = await inboxes.create_inbox(desk.parts, desk.actor, "Sales", "everyone", [])
    desk.actor = await again(desk)
    await desk.gets("More", "leo")
    said = [message for message in (await list_messages(desk.parts, desk.actor, one.id)).items if message.type != "system"]
    apart, split_id = await split(desk.parts, desk.actor, one.id, [said[-1].id])
    await change(desk.parts, desk.actor, apart.id, Change(inbox_id=sales.id))
    await undo(desk.parts, desk.actor, split_id)
    assert (await get_ticket(desk.parts, desk.actor, ticket.id)).inbox_id == one.inbox_id


async def test_undoing_a_merge_of_contacts_leaves_the_other_what_it_came_to_have_itself(desk: Desk) -> None:  # noqa: F811
    leo, maja = await desk.begins("leo"), await desk.begins("maja")
    assert leo.contact_id is not None
    assert maja.contact_id is not None
    (of_leo,) = await desk.tickets(leo)
    merge_id = await merge_contacts(desk.parts, desk.actor, maja.contact_id, leo.contact_id)
    await link_ticket(desk.parts, desk.actor, maja.id, of_leo.id)
    await undo_merge(desk.parts, desk.actor, merge_id)
    assert (await get_ticket(desk.parts, desk.actor, of_leo.id)).contact_ids == sorted([leo.contact_id, maja.contact_id])


async def test_a_ticket_that_is_linked_while_its_conversation_is_deleted_stays(desk: Desk) -> None:  # noqa: F811
    one, other = await desk.begins("leo"), await desk.begins("maja")
    shared, _ = await create_ticket(desk.parts, desk.actor, one.id, {"name": "Both"})
    await change(desk.parts, desk.actor, one.id, Change(is_trashed=True))
    async with desk.parts.db.transaction() as conn:
        await store.get(conn, desk.actor.account_id, shared.id, [], lock=True)
        deleting = asyncio.ensure_future(delete_for_good(desk.parts, desk.actor, one.id))
        await somebody_waits(desk.parts)
        await store.link(conn, desk.actor.account_id, shared.id, other.id, other.contact_id)
    await deleting
    assert shared.id in [found.id for found in await desk.tickets(other)]

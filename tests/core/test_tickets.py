"""The tickets that channels make (SPEC 3.1, 3.3; scenarios 11 and 12), over the real road in, and what becomes of them when what they are about is merged,
split, moved or deleted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.flags import set_ticketing
from innboks.core.accounts.users import change_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts.merge import merge as merge_contacts
from innboks.core.contacts.unmerge import undo_merge
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.purge import KEPT, delete_for_good, empty_trash
from innboks.core.conversations.read import list_messages
from innboks.core.conversations.receive import receive
from innboks.core.deliveries.replay import replay
from innboks.core.filters import filters
from innboks.core.inboxes import inboxes
from innboks.core.parts import Parts
from innboks.core.rearrangements.merge import merge
from innboks.core.rearrangements.split import split
from innboks.core.rearrangements.undo import undo
from innboks.core.tickets import store_tickets
from innboks.core.tickets.change import TicketChange, change_ticket
from innboks.core.tickets.defaults import Wish, list_pipelines, set_defaults
from innboks.core.tickets.make import create_ticket, link_ticket, unlink_ticket
from innboks.core.tickets.models import Ticket
from innboks.core.tickets.read import list_tickets
from innboks.errors import Conflict, Invalid
from innboks.lib.clock import FakeClock
from tests.core.conftest import signed
from tests.core.test_routing import Desk as RoutingDesk


class Desk(RoutingDesk):
    """A channel account whose conversations become tickets."""

    async def gets(self, text: str = "Hello", sender: str = "leo", headers: dict[str, str] | None = None, **more: Any) -> str:
        self.came += 1
        payload = {"type": "message", "id": f"m{self.came}", "sender": sender, "name": sender.title(), "text": text, **more}
        inbound = signed(payload)
        inbound.headers.update(headers or {})  # type: ignore[attr-defined]
        return (await receive(self.parts, self.row.account_id, self.row.id, inbound)).fate

    async def begins(self, sender: str = "leo", **more: Any) -> Conversation:
        assert await self.gets(sender=sender, thread="new", **more) == "handled"
        return await self.of(sender)

    async def tickets(self, one: Conversation | None = None, **more: Any) -> list[Ticket]:
        return (await list_tickets(self.parts, self.actor, conversation_id=one.id if one else None, **more)).items

    async def events(self, one: Conversation) -> list[str]:
        return [line["event"] for line in await self.lines(one)]

    async def count(self, table: str = "ticket") -> int:
        async with self.parts.db.connection() as conn:
            return int((await (await conn.execute(f"select count(*) from {table}")).fetchall())[0][0])

    async def orphans(self) -> list[tuple[int]]:
        async with self.parts.db.connection() as conn:
            return await (
                await conn.execute(
                    "select id from ticket t where not exists (select 1 from ticket_conversation x where x.ticket_id = t.id)"
                )
            ).fetchall()


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    made = Desk(parts, actor, await connect(parts, actor, "echo", "Support email", None, {"room": "lobby"}))
    await set_defaults(parts, actor, made.row.id, Wish(is_on=True, priority="high", category="billing_issue"))
    return made


async def test_a_new_conversation_makes_exactly_one_ticket(desk: Desk) -> None:
    """R-735: without a subject it is called after channel and contact. Answers, and the same payload again, make none."""
    first = await desk.begins()
    (ticket,) = await desk.tickets(first)
    assert (ticket.name, ticket.priority, ticket.category) == ("Support email from Leo", "high", "billing_issue")
    assert (ticket.owner_id, ticket.inbox_id, ticket.channel_account_id) == (None, first.inbox_id, desk.row.id)
    assert (ticket.conversation_ids, ticket.contact_ids, ticket.closed_at) == ([first.id], [first.contact_id], None)
    assert await desk.lines(first) == [
        {"event": "ticket_made", "ticket_id": str(ticket.id), "name": "Support email from Leo", "channel": "Support email"}
    ]
    desk.came -= 1
    assert await desk.gets(thread="new") == "duplicate"
    await desk.gets("And another thing")
    await change(desk.parts, desk.actor, first.id, Change(status="closed"))
    await desk.gets("And yet another")
    assert [one.id for one in await desk.tickets()] == [ticket.id]
    await desk.begins()
    assert len(await desk.tickets()) == 2


async def test_a_ticket_is_called_as_its_channel_wants(desk: Desk) -> None:
    await set_defaults(
        desk.parts, desk.actor, desk.row.id, Wish(is_on=True, name="{channel.name} · {contact.name} · {conversation.subject}")
    )
    first = await desk.begins("leo {channel.name}")
    (ticket,) = await desk.tickets(first)
    assert ticket.name == f"Support email · {first.contact_name} ·"
    with pytest.raises(Invalid, match="shoe"):
        await set_defaults(desk.parts, desk.actor, desk.row.id, Wish(is_on=True, name="{contact.shoe_size}"))


async def test_its_owner_is_the_conversations_and_an_override_wins(desk: Desk) -> None:
    """Scenario 12 (R-071); what is chosen holds for tickets made afterwards (R-072). Who is gone owns none."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    await desk.rule(bo)
    routed = await desk.begins("first")
    assert [one.owner_id for one in await desk.tickets(routed)] == [routed.assignee_id] == [bo.user_id]
    assert await desk.events(routed) == ["assigned", "ticket_made"]
    await set_defaults(desk.parts, desk.actor, desk.row.id, Wish(is_on=True, owner_id=cy.user_id))
    overridden = await desk.begins("second")
    assert (overridden.assignee_id, (await desk.tickets(overridden))[0].owner_id) == (bo.user_id, cy.user_id)
    assert (await desk.tickets(routed))[0].owner_id == bo.user_id
    async with desk.parts.db.connection() as conn:
        await conn.execute("update app_user set deactivated_at = now() where id = %s", (cy.user_id,))
    assert (await desk.tickets(await desk.begins("third")))[0].owner_id == bo.user_id


async def test_where_tickets_are_off_there_are_none(desk: Desk) -> None:
    """R-050 to R-052, and what a mailbox has from its past (closed) begins none."""
    past = await desk.begins("past", headers={"is-past": "yes"})
    assert (past.status, await desk.tickets(past)) == ("closed", [])
    await set_ticketing(desk.parts, desk.actor.account_id, "by_date")
    assert await desk.tickets(await desk.begins("young")) == [], "this account is younger than April 2024"
    async with desk.parts.db.connection() as conn:
        await conn.execute("update account set created_at = '2024-04-01T23:59:59Z'")
    assert len(await desk.tickets(await desk.begins("old"))) == 1
    await set_ticketing(desk.parts, desk.actor.account_id, "on")
    await set_defaults(desk.parts, desk.actor, desk.row.id, Wish(is_on=False))
    assert await desk.tickets(await desk.begins("without")) == []


async def test_what_is_kept_out_has_none_until_it_is_released(desk: Desk) -> None:
    """R-804. What a person put among spam and takes out again keeps the one it had."""
    await filters.add_senders(desk.parts, desk.actor, False, "bad@y.example")
    await desk.gets("Buy", "bad@y.example", thread="new")
    kept = await desk.of("bad@y.example")
    assert (kept.spam, await desk.count()) == (True, 0)
    out = await change(desk.parts, desk.actor, kept.id, Change(is_spam=False))
    (ticket,) = await desk.tickets(out)
    assert ticket.contact_ids == [out.contact_id]
    assert out.contact_id is not None
    for is_spam in (True, False, True, False):
        await change(desk.parts, desk.actor, kept.id, Change(is_spam=is_spam))
    assert await desk.tickets(out) == [ticket]


async def test_at_the_limit_the_conversation_comes_and_says_why_there_is_no_ticket(desk: Desk) -> None:
    """Scenario 11 (R-073, R-074)."""
    await change_account(desk.parts, desk.actor, tickets_per_contact_max=2)
    for _ in range(2):
        await desk.begins()
    third = await desk.begins()
    assert (await desk.tickets(third), await desk.count()) == ([], 2)
    assert await desk.lines(third) == [{"event": "ticket_not_made", "reason": "contact_full"}]
    for refused in (create_ticket(desk.parts, desk.actor, third.id, {}), create_ticket(desk.parts, desk.actor, third.id, {"name": "X"})):
        with pytest.raises(Conflict, match="as many tickets"):
            await refused
    with_another = await desk.begins("maja")
    (theirs,) = await desk.tickets(with_another)
    with pytest.raises(Conflict, match="as many tickets"):
        await link_ticket(desk.parts, desk.actor, third.id, theirs.id)
    (own,) = [one for one in await desk.tickets() if one.conversation_ids == [third.id - 1]]
    assert (await link_ticket(desk.parts, desk.actor, third.id, own.id)).conversation_ids == [third.id - 1, third.id], (
        "it is theirs already"
    )


async def test_many_at_once_at_the_limit_are_never_one_too_many(desk: Desk) -> None:
    """Conversations of one contact begin over two channel accounts while people make tickets by hand."""
    await change_account(desk.parts, desk.actor, tickets_per_contact_max=5)
    first = await desk.begins()
    other = await connect(desk.parts, desk.actor, "echo", "Sales", None, {"room": "sales"})
    await set_defaults(desk.parts, desk.actor, other.id, Wish(is_on=True))

    async def by_hand() -> bool:
        try:
            await create_ticket(desk.parts, desk.actor, first.id, {"name": "By hand"})
        except Conflict:
            return False
        return True

    async def arrives(row: ChannelAccount, nth: int) -> bool:
        payload = {"type": "message", "id": f"r{row.id}-{nth}", "sender": "leo", "name": "Leo", "text": "Hi", "thread": "new"}
        return (await receive(desk.parts, row.account_id, row.id, signed(payload))).fate == "handled"

    done = await asyncio.gather(
        *(arrives(desk.row, nth) for nth in range(6)), *(arrives(other, nth) for nth in range(6)), *(by_hand() for _ in range(6))
    )
    assert all(done[:12]), "every conversation came"
    held = [await list_tickets(desk.parts, desk.actor, contact_id=contact) for contact in {first.contact_id}]
    assert [len(page.items) for page in held] == [5]


async def test_what_fails_between_leaves_nothing_half_and_is_made_once_later(desk: Desk) -> None:
    """The ticket cannot be made: neither is the conversation, and the payload waits. Tried again, there is one of each."""
    async with desk.parts.db.connection() as conn:
        await conn.execute("create function breaks() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$")
        await conn.execute("create trigger breaks before insert on ticket for each row execute function breaks()")
    assert await desk.gets(thread="new") == "quarantined", "it waits for the next try"
    assert (await desk.count("conversation"), await desk.count("message")) == (0, 0)
    async with desk.parts.db.connection() as conn:
        await conn.execute("drop function breaks() cascade")
        ((delivery_id,),) = await (await conn.execute("select id from delivery")).fetchall()
    both = await asyncio.gather(*(replay(desk.parts, desk.actor, delivery_id) for _ in range(2)), return_exceptions=True)
    assert any(not isinstance(one, BaseException) for one in both)
    assert (await desk.count("conversation"), await desk.count()) == (1, 1)
    assert (await desk.tickets())[0].conversation_ids == [(await desk.of("leo")).id]


async def test_people_make_change_link_and_unlink(desk: Desk, clock: FakeClock) -> None:
    await set_defaults(desk.parts, desk.actor, desk.row.id, Wish(is_on=False))
    bo = await desk.person("Bo")
    one, other = await desk.begins("leo"), await desk.begins("maja")
    await change(desk.parts, desk.actor, one.id, Change(assignee_id=bo.user_id))
    made, _ = await create_ticket(desk.parts, desk.actor, one.id, {})
    assert (made.owner_id, made.created_by, made.name) == (bo.user_id, desk.actor.user_id, "Support email from Leo")
    (pipeline,) = await list_pipelines(desk.parts, desk.actor)
    new, closed = pipeline.stages[0], pipeline.stages[3]
    clock.advance(60)
    after = await change_ticket(desk.parts, desk.actor, made.id, TicketChange(stage_id=closed.id, owner_id=None, priority="urgent"))
    assert (after.closed_at, after.owner_id, after.priority) == (clock.now(), None, "urgent")
    assert (await desk.lines(one))[-2] == {
        "event": "ticket_stage_changed", "ticket_id": str(made.id), "name": made.name,
        "from": {"key": "new", "name": "New"}, "to": {"key": "closed", "name": "Closed"},
    }  # fmt: skip
    back = await change_ticket(desk.parts, desk.actor, made.id, TicketChange(stage_id=new.id))
    assert back.closed_at is None
    assert [len(await desk.tickets(state=state)) for state in ("open", "closed")] == [1, 0]
    assert (await link_ticket(desk.parts, desk.actor, other.id, made.id)).contact_ids == [one.contact_id, other.contact_id]
    await unlink_ticket(desk.parts, desk.actor, one.id, made.id)
    await unlink_ticket(desk.parts, desk.actor, one.id, made.id)
    (left,) = await desk.tickets(other)
    assert (left.conversation_ids, left.contact_ids) == ([other.id], [other.contact_id])
    assert (await desk.events(one))[-1] == "ticket_unlinked"
    outsider = await desk.person("Di")
    await inboxes.update_inbox(desk.parts, desk.actor, one.inbox_id, access="members", member_ids=[desk.actor.user_id])
    for wrong in (TicketChange(owner_id=outsider.user_id), TicketChange(name=" "), TicketChange(stage_id=0), TicketChange(pipeline_id=0)):
        with pytest.raises(Invalid):
            await change_ticket(desk.parts, desk.actor, made.id, wrong)


async def test_tickets_follow_a_merge_of_contacts_and_come_back(desk: Desk) -> None:
    """R-705. What both had is both's again."""
    leo, maja = await desk.begins("leo"), await desk.begins("maja")
    (of_leo,), (of_maja,) = await desk.tickets(leo), await desk.tickets(maja)
    both, _ = await create_ticket(desk.parts, desk.actor, leo.id, {"name": "Both"})
    await link_ticket(desk.parts, desk.actor, maja.id, both.id)
    assert leo.contact_id is not None
    assert maja.contact_id is not None

    async def held(contact_id: int) -> list[int]:
        return sorted(one.id for one in await desk.tickets(contact_id=contact_id))

    merge_id = await merge_contacts(desk.parts, desk.actor, leo.contact_id, maja.contact_id)
    assert await held(leo.contact_id) == [of_leo.id, of_maja.id, both.id]
    await undo_merge(desk.parts, desk.actor, merge_id)
    assert await held(leo.contact_id) == [of_leo.id, both.id]
    assert await held(maja.contact_id) == [of_maja.id, both.id]


async def test_merging_and_splitting_conversations_keeps_the_links(desk: Desk) -> None:
    one, other = await desk.begins("leo"), await desk.begins("maja")
    (of_one,), (of_other,) = await desk.tickets(one), await desk.tickets(other)
    _, (merge_id,) = await merge(desk.parts, desk.actor, one.id, [other.id])
    assert {found.id for found in await desk.tickets(one)} == {of_one.id, of_other.id} == {found.id for found in await desk.tickets(other)}
    await undo(desk.parts, desk.actor, merge_id)
    assert [[found.id for found in await desk.tickets(place)] for place in (one, other)] == [[of_one.id], [of_other.id]]
    await desk.gets("More", "leo")
    said = [message for message in (await list_messages(desk.parts, desk.actor, one.id)).items if message.type != "system"]
    apart, split_id = await split(desk.parts, desk.actor, one.id, [said[-1].id])
    assert (await desk.tickets(apart))[0].conversation_ids == [one.id, apart.id]
    await undo(desk.parts, desk.actor, split_id)
    assert (await desk.tickets(one))[0].conversation_ids == [one.id]


async def test_a_ticket_goes_where_its_conversation_goes(desk: Desk, clock: FakeClock) -> None:
    """R-637; and nothing is left of one whose conversations were deleted for good."""
    one, other = await desk.begins("leo"), await desk.begins("maja")
    (ticket,) = await desk.tickets(one)
    sales = await inboxes.create_inbox(desk.parts, desk.actor, "Sales", "everyone", [])
    actor = await _again(desk)
    await change(desk.parts, actor, one.id, Change(inbox_id=sales.id))
    assert [found.inbox_id for found in (await list_tickets(desk.parts, actor, conversation_id=one.id)).items] == [sales.id]
    shared = (await list_tickets(desk.parts, actor, conversation_id=other.id)).items[0]
    await link_ticket(desk.parts, actor, one.id, shared.id)
    await change(desk.parts, actor, one.id, Change(is_trashed=True))
    await delete_for_good(desk.parts, actor, one.id)
    assert [found.id for found in (await list_tickets(desk.parts, actor)).items] == [shared.id] != [ticket.id]
    await change(desk.parts, actor, other.id, Change(is_trashed=True))
    clock.advance((KEPT + timedelta(days=1)).total_seconds())
    assert await empty_trash(desk.parts) == 1
    assert (await desk.count(), await desk.count("ticket_contact"), await desk.orphans()) == (0, 0, [])


async def _again(desk: Desk) -> Actor:
    found = await actor_for(desk.parts, desk.actor.account_id, desk.actor.user_id)
    assert found is not None
    return found


async def test_pages_go_on_from_a_key(desk: Desk) -> None:
    for nth in range(5):
        await desk.begins(f"c{nth}")
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await list_tickets(desk.parts, desk.actor, cursor=cursor, limit=2)
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    assert [len(await desk.tickets(owner=owner)) for owner in ("me", "nobody", str(desk.actor.user_id))] == [0, 5, 0]
    with pytest.raises(Invalid, match="cursor"):
        await list_tickets(desk.parts, desk.actor, cursor="x")


async def test_a_ticket_without_an_owner_is_whose_its_conversation_is_given_to_first(desk: Desk) -> None:
    """R-071, where nobody was there when it came."""
    bo, cy = await desk.person("Bo"), await desk.person("Cy")
    one = await desk.begins()
    for who in (bo, cy):
        await change(desk.parts, desk.actor, one.id, Change(assignee_id=who.user_id))
        assert [ticket.owner_id for ticket in await desk.tickets(one)] == [bo.user_id]


async def test_who_has_all_tickets_they_may_gets_no_more_from_a_rule(desk: Desk, clock: FakeClock) -> None:
    """R-600 to R-604: by the ticket's owner; only open stages, only what channels made; without stages and an age that the account leaves out. By hand more
    can be given."""
    bo = await desk.person("Bo", tickets_max=2, tickets_calling_max=0)
    await desk.rule(bo)
    first, second, third = [await desk.begins(f"c{nth}") for nth in range(3)]
    assert [one.assignee_id for one in (first, second, third)] == [bo.user_id, bo.user_id, None], "what comes is no call"
    await change(desk.parts, desk.actor, third.id, Change(assignee_id=bo.user_id))
    assert (await desk.tickets(third))[0].owner_id == bo.user_id
    (pipeline,) = await list_pipelines(desk.parts, desk.actor)
    for one in (second, third):
        await change_ticket(desk.parts, desk.actor, (await desk.tickets(one))[0].id, TicketChange(stage_id=pipeline.stages[3].id))
    await create_ticket(desk.parts, desk.actor, first.id, {"name": "By hand", "owner_id": bo.user_id})
    assert (await desk.begins("c4")).assignee_id == bo.user_id, "one open ticket that a channel made, and one more"
    assert (await desk.begins("c5")).assignee_id is None
    await change_account(desk.parts, desk.actor, tickets_uncounted_stage_ids=[pipeline.stages[0].id])
    assert (await desk.begins("c6")).assignee_id == bo.user_id
    await change_account(desk.parts, desk.actor, tickets_uncounted_stage_ids=[], tickets_uncounted_after_days=30)
    assert (await desk.begins("c7")).assignee_id is None
    clock.advance(timedelta(days=31).total_seconds())
    assert (await desk.begins("c8")).assignee_id == bo.user_id
    with pytest.raises(Invalid, match="no such stage"):
        await change_account(desk.parts, desk.actor, tickets_uncounted_stage_ids=[0])


async def test_many_at_once_give_nobody_a_ticket_too_many(desk: Desk) -> None:
    """R-561 for tickets; and a limit of one kind alone."""
    bo = await desk.person("Bo", tickets_messaging_max=3)
    await desk.rule(bo)
    await asyncio.gather(*(desk.gets(sender=f"s{nth}", thread="new") for nth in range(10)))
    assert len(await desk.tickets(owner=str(bo.user_id))) == 3
    await set_defaults(desk.parts, desk.actor, desk.row.id, Wish(is_on=True, owner_id=desk.actor.user_id))
    assert (await desk.begins("other")).assignee_id == bo.user_id, "the ticket is not theirs"


async def test_words_find_an_old_ticket_without_a_look_at_all_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are looked at one by one, older ones by an index. What stands for anything in a pattern stands for itself here."""
    first = await desk.begins()
    for name in ("Old: 100 % wool_socks", "Old: 100 percent wool socks"):
        await create_ticket(desk.parts, desk.actor, first.id, {"name": name})
    async with desk.parts.db.connection() as conn:
        await conn.execute(
            """insert into ticket (account_id, inbox_id, name, pipeline_id, stage_id)
               select t.account_id, t.inbox_id, 'Order ' || n, t.pipeline_id, t.stage_id from ticket t, generate_series(1, 4000) n
               where t.source_conversation_id is not null"""
        )
        await conn.execute("analyze ticket")
    monkeypatch.setattr(store_tickets, "LOOKED_AT", 200)

    async def found(words: str, before: int | None = None) -> tuple[list[str], int]:
        """Names, and how many tickets were read for them."""
        wanted, inbox_ids = store_tickets.Wanted(words=words), sorted(desk.actor.readable)
        read = "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'ticket'"
        async with desk.parts.db.transaction() as conn:
            ((earlier,),) = await (await conn.execute(read)).fetchall()
            page = await store_tickets.page(conn, desk.actor.account_id, inbox_ids, wanted, before, 3)
            ((later,),) = await (await conn.execute(read)).fetchall()
        return [one.name for one in page], later - earlier

    names, looked_at = await found("WOOL")
    assert names == ["Old: 100 percent wool socks", "Old: 100 % wool_socks"]
    assert looked_at < 500
    assert [(await found(words))[0] for words in ("100 % W", "wool_s", "lost", "4")] == [
        ["Old: 100 % wool_socks"],
        ["Old: 100 % wool_socks"],
        [],
        ["Order 4000", "Order 3994", "Order 3984"],
    ]
    names, looked_at = await found("order")
    assert names == ["Order 4000", "Order 3999", "Order 3998"]
    assert looked_at < 500

"""What goes for good in the night (R-801, R-805): all that must, nothing else, in steps that nobody waits for."""

import asyncio
from datetime import timedelta
from typing import LiteralString

import pytest

from innboks.core.conversations import purge
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.purge import KEPT, SPAM_KEPT, empty_spam, empty_trash
from innboks.core.conversations.write import write
from innboks.core.parts import Parts
from innboks.core.routing.models import Rule, Target
from innboks.core.routing.rules import set_rule
from innboks.core.tickets.defaults import Wish, set_defaults
from innboks.lib.clock import FakeClock
from tests.core.test_filters import Desk, desk
from tests.core.test_rows_read import filled
from tests.statements import counted
from tests.waiting import somebody_waits

__all__ = ["desk"]

PAST = timedelta(seconds=1)


async def spam_of(desk: Desk, sender: str, how: str) -> Conversation:
    """A new conversation that stays out of the inbox: by hand, by the deny list, or by a filter rule."""
    if how == "denied":
        await desk.lists(deny=sender)
    await desk.begins(sender=sender, signs=["marketing"] if how == "filtered" else [])
    if how == "manual":
        (one,) = [one for one in await desk.view("open") if one.party_address == sender]
        return await desk.change(one, is_spam=True)
    (one,) = [one for one in await desk.view("spam" if how == "denied" else "filtered") if one.party_address == sender]
    return one


async def answer(desk: Desk, one: Conversation) -> None:
    await write(desk.parts, desk.actor, one.id, NewMessage(type="reply", text="We do read this.", hold_s=0))


async def left(desk: Desk) -> set[str]:
    """The senders of all that is still there, wherever it is."""
    found = [one for view in ("open", "closed", "filtered", "spam", "trash") for one in await desk.view(view)]
    return {one.party_address for one in found}


@pytest.mark.parametrize("how", ["manual", "denied", "filtered"])
async def test_of_old_spam_only_goes_what_still_is_spam(desk: Desk, clock: FakeClock, how: str) -> None:
    await spam_of(desk, "gone@y.example", how)
    await desk.change(await spam_of(desk, "released@y.example", how), is_spam=False)
    answered = await spam_of(desk, "answered@y.example", how)
    await answer(desk, answered)
    clock.advance(step=SPAM_KEPT + PAST)
    await spam_of(desk, "young@y.example", how)
    assert await empty_spam(desk.parts) == 1
    assert await left(desk) == {"released@y.example", "answered@y.example", "young@y.example"}


async def test_what_a_rule_kept_apart_stays_when_its_sender_is_on_the_allow_list_by_now(desk: Desk, clock: FakeClock) -> None:
    """R-800: whoever is on that list is never marked spam. What a person marked is theirs to judge."""
    for how in ("filtered", "denied", "manual"):
        await spam_of(desk, f"{how}@partner.example", how)
    await spam_of(desk, "other@y.example", "filtered")
    await desk.lists(allow="partner.example, denied@partner.example")
    clock.advance(step=SPAM_KEPT + PAST)
    assert await empty_spam(desk.parts) == 2
    assert await left(desk) == {"filtered@partner.example", "denied@partner.example"}
    await desk.lists(deny="partner.example, denied@partner.example")
    assert await empty_spam(desk.parts) == 2


async def test_what_was_answered_before_it_was_marked_goes(desk: Desk, clock: FakeClock) -> None:
    await desk.begins()
    await answer(desk, await desk.only("open"))
    await desk.change(await desk.only("open"), is_spam=True)
    clock.advance(step=SPAM_KEPT + PAST)
    assert await empty_spam(desk.parts) == 1


async def test_of_the_trash_what_was_restored_stays(desk: Desk, clock: FakeClock) -> None:
    for nth in range(2):
        await desk.begins(sender=f"{nth}@y.example")
    for one in await desk.view("open"):
        await desk.change(one, is_trashed=True)
    restored = await desk.change((await desk.view("trash"))[0], is_trashed=False)
    clock.advance(step=KEPT + PAST)
    assert await empty_trash(desk.parts) == 1
    assert await left(desk) == {restored.party_address}


async def test_behind_many_that_stay_the_others_go_all_the_same(desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "BATCH", 3)
    for nth in range(10):
        await spam_of(desk, f"{nth}@{'partner' if nth < 7 else 'y'}.example", "filtered")
    await desk.lists(allow="partner.example")
    clock.advance(step=SPAM_KEPT + PAST)
    assert await empty_spam(desk.parts) == 3
    assert len(await left(desk)) == 7


async def test_what_somebody_holds_is_not_waited_for_and_goes_the_next_night(desk: Desk, clock: FakeClock) -> None:
    held = await spam_of(desk, "held@y.example", "manual")
    await spam_of(desk, "free@y.example", "manual")
    clock.advance(step=SPAM_KEPT + PAST)
    async with desk.parts.db.transaction() as conn:
        await conversations.lock(conn, desk.actor.account_id, held.id)
        assert await empty_spam(desk.parts) == 1
    assert await empty_spam(desk.parts) == 1


@pytest.mark.parametrize("is_assigning", [False, True])
async def test_a_message_in_the_moment_of_the_deletion_begins_another_conversation(desk: Desk, is_assigning: bool) -> None:
    if is_assigning:
        await set_rule(desk.parts, desk.actor, desk.echo.id, Rule(is_on=True, targets=[Target("user", desk.actor.user_id)]))
    await desk.begins("Forget me")
    one = await desk.only("open")
    async with desk.parts.db.transaction() as conn:
        await conversations.delete(conn, desk.actor.account_id, [one.id])
        coming = asyncio.create_task(desk.gets("I changed my mind"))
        await somebody_waits(desk.parts)
    await coming
    assert await desk.number("delivery where fate = 'handled'") == 2
    again = await desk.only("open")
    assert (again.id != one.id, again.preview) == (True, "I changed my mind")


async def test_many_go_with_as_many_statements_as_one(desk: Desk, clock: FakeClock) -> None:
    await set_defaults(desk.parts, desk.actor, desk.echo.id, Wish(is_on=True))
    counts = []
    for size in (1, 20):
        for nth in range(size):
            await spam_of(desk, f"{size}.{nth}@y.example", "manual")
        clock.advance(step=SPAM_KEPT + PAST)
        with counted() as statements:
            assert await empty_spam(desk.parts) == size
        counts.append(statements.count)
    assert counts[0] == counts[1]
    assert await desk.number("ticket") == 0


OLD: LiteralString = """with made as (
        insert into conversation (account_id, inbox_id, channel_account_id, party_address, last_message_at, created_at, spam, spam_reason, spam_at, trashed_at)
        select account_id, inbox_id, id, 'leo' || n, now(), now(), n % 2 = 0, case n % 2 when 0 then 'marketing' end,
            case n % 2 when 0 then timestamptz '2025-01-01' end, case n % 2 when 1 then timestamptz '2025-01-01' end
        from channel_account, generate_series(1, 4000) n where kind = 'echo' returning *)
    insert into message (account_id, conversation_id, channel_account_id, type, direction) select account_id, id, channel_account_id, 'message', 'in' from made"""


@pytest.mark.parametrize("find", [conversations.long_in_spam, conversations.long_in_trash])
async def test_a_step_reads_no_more_than_it_deletes(desk: Desk, parts: Parts, clock: FakeClock, find: purge.Find) -> None:
    """Also where thousands were put away in the same moment."""
    async with filled(parts, OLD) as counting:
        first = await find(counting.conn, clock.now(), None, 20)
        found = await find(counting.conn, clock.now(), first[-1], 20)
        assert len({one.id for one in (*first, *found)}) == 40
        assert await counting.read_of("conversation") <= 4 * 40, "found, held, and joined"
        before = await counting.read_of("message")
        await conversations.delete(counting.conn, desk.actor.account_id, [one.id for one in found])
        assert await counting.read_of("message") - before <= 6 * 20

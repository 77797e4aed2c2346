"""What waits: an answer that can be taken back, one for a later time, one for a moment when the customer wrote first."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.users import change_account
from innboks.core.channel_accounts.connect import change_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, Message, NewMessage, Then
from innboks.core.conversations.read import get_conversation, get_draft, get_message, list_messages
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.dispatches import store_queue
from innboks.core.files import store as files_store
from innboks.core.held.release import release_due, send_now
from innboks.core.held.take_back import take_back
from innboks.core.parts import Parts
from innboks.core.reminders.remind import cancel_reminder, list_reminders, remind_due, remind_me
from innboks.errors import Conflict, Invalid, NewerMessage, NotFound, Refused
from innboks.lib.clock import FakeClock
from tests.core.conftest import say
from tests.provider import Provider

HOLD = timedelta(seconds=8)
AHEAD_S = 0.3


async def reply(parts: Parts, actor: Actor, conversation: Conversation, text: str = "Hi Leo", **more: Any) -> Message:
    given = {"hold_s": None} | more
    message, _ = await write(parts, actor, conversation.id, NewMessage(type="reply", text=text, **given))
    return message


async def on_its_way(parts: Parts) -> list[int]:
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            """select message_id from dispatch where lane is not null and state in ('queued', 'sending')
                   and (held_for is null or held_for = 'undo') order by message_id"""
        )
        return [one[0] for one in await cursor.fetchall()]


async def texts(parts: Parts, actor: Actor, conversation: Conversation) -> list[str]:
    page = await list_messages(parts, actor, conversation.id)
    return [one.text or str(one.data.get("event")) for one in page.items]


async def test_a_held_answer_leaves_when_its_time_is_over(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider, clock: FakeClock
) -> None:
    message = await reply(parts, actor, conversation)
    assert (message.state, message.held_for, message.held_until) == ("queued", "undo", clock.now() + HOLD)
    again = await send(parts, actor.account_id, message.id, worker="early")
    assert again == message.held_until
    assert provider.requests == []
    clock.advance(8)
    assert await send(parts, actor.account_id, message.id, worker="test") is None
    sent = await get_message(parts, actor, message.id)
    assert (sent.state, sent.held_for, sent.held_until) == ("sent", None, None)
    with pytest.raises(Conflict, match="left already"):
        await take_back(parts, actor, message.id)
    assert len(provider.requests) == 1


async def test_taken_back_it_is_as_if_it_had_never_been_written(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, provider: Provider, clock: FakeClock
) -> None:
    before = await get_conversation(parts, actor, conversation.id)
    message = await reply(parts, actor, conversation, "Too early", html="<p>Too early</p>", client_id="c-1")
    during = await get_conversation(parts, actor, conversation.id)
    assert (during.assignee_id, during.waiting_since, during.preview) == (actor.user_id, None, "Too early")
    taken = await take_back(parts, actor, message.id)
    assert (taken.message.text, taken.html) == ("Too early", "<p>Too early</p>")
    after = await get_conversation(parts, actor, conversation.id)
    same = (
        "assignee_id",
        "waiting_since",
        "preview",
        "message_count",
        "last_message_id",
        "last_message_at",
        "last_direction",
        "failed_count",
    )
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}
    assert await texts(parts, actor, conversation) == ["hello"]
    assert await on_its_way(parts) == []
    draft = await get_draft(parts, actor, conversation.id, "reply")
    assert draft is not None
    assert (draft.content["text"], draft.content["to"]) == ("Too early", ["leo"])
    # Its writer had read up to itself; on this channel nothing is quoted, so nobody has chosen that.
    chosen = ("began_after", "channel_account_id", "has_no_quote")
    assert [draft.content[name] for name in chosen] == [str(message.id), None, False]
    clock.advance(20)
    assert await send(parts, actor.account_id, message.id, worker="late") is None
    assert provider.requests == []
    again, is_new = await write(parts, actor, conversation.id, NewMessage(type="reply", text="Now", client_id="c-1"))
    assert is_new
    assert again.id != message.id
    with pytest.raises(NotFound):
        await take_back(parts, actor, message.id)


async def test_who_takes_it_by_replying_stands_in_a_line_that_goes_with_the_answer(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount
) -> None:
    first = await reply(parts, actor, conversation, "one")
    line = (await list_messages(parts, actor, conversation.id)).items[-1]
    to = str(actor.user_id)
    told = {"event": "assigned", "from": None, "to": to, "reason": "reply", "message_id": str(first.id)}
    assert (line.type, line.author_id, line.data) == ("system", actor.user_id, told)
    second = await reply(parts, actor, conversation, "two")
    assert await texts(parts, actor, conversation) == ["hello", "one", "assigned", "two"]
    assert (await get_conversation(parts, actor, conversation.id)).message_count == 4
    await take_back(parts, actor, first.id)
    assert await texts(parts, actor, conversation) == ["hello", "assigned", "two"], "the other answer keeps the assignment"
    await take_back(parts, actor, second.id)
    assert await texts(parts, actor, conversation) == ["hello"]
    assert (await get_conversation(parts, actor, conversation.id)).assignee_id is None


async def test_the_line_stays_when_somebody_assigned_it_since(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount
) -> None:
    message = await reply(parts, actor, conversation)
    await change(parts, actor, conversation.id, Change(assignee_id=None))
    await change(parts, actor, conversation.id, Change(assignee_id=actor.user_id))
    await change(parts, actor, conversation.id, Change(assignee_id=None))
    await take_back(parts, actor, message.id)
    assert await texts(parts, actor, conversation) == ["hello", "assigned", "assigned", "assigned", "assigned"]


async def test_a_scheduled_answer_takes_it_when_it_leaves_and_a_forward_or_comment_never(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, clock: FakeClock
) -> None:
    await write(parts, actor, conversation.id, NewMessage(type="comment", text="Who?"))
    await reply(parts, actor, conversation, "later", send_at=clock.now() + timedelta(hours=1))
    assert "assigned" not in await texts(parts, actor, conversation)
    clock.advance(3601)
    assert await release_due(parts) == 1
    assert await texts(parts, actor, conversation) == ["hello", "Who?", "later", "assigned"]


async def test_two_who_answer_at_once_leave_one_line(parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount) -> None:
    await asyncio.gather(*(reply(parts, actor, conversation, f"{number}") for number in range(6)))
    found = await texts(parts, actor, conversation)
    assert (found.count("assigned"), len(found)) == (1, 8)
    assert (await get_conversation(parts, actor, conversation.id)).message_count == 8


async def test_what_the_customer_wrote_meanwhile_stays(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, clock: FakeClock
) -> None:
    first = await get_conversation(parts, actor, conversation.id)
    message = await reply(parts, actor, conversation)
    clock.advance(3)
    await say(parts, row, "one more thing", id="m2")
    await take_back(parts, actor, message.id)
    after = await get_conversation(parts, actor, conversation.id)
    assert (after.preview, after.waiting_since, after.last_direction) == ("one more thing", first.waiting_since, "in")
    assert after.message_count == 2
    assert after.assignee_id is None


async def test_of_two_taken_back_in_either_order_nothing_is_left(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    before = await get_conversation(parts, actor, conversation.id)
    for order in ((0, 1), (1, 0)):
        both = [await reply(parts, actor, conversation, text) for text in ("one", "two")]
        await take_back(parts, actor, both[order[0]].id)
        between = await get_conversation(parts, actor, conversation.id)
        assert (between.waiting_since, between.assignee_id) == (None, actor.user_id)
        await take_back(parts, actor, both[order[1]].id)
        after = await get_conversation(parts, actor, conversation.id)
        assert (after.waiting_since, after.preview, after.assignee_id) == (before.waiting_since, "hello", None)
    assert (await get_conversation(parts, actor, conversation.id)).message_count == 1


async def test_files_can_be_sent_again(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    async with parts.db.transaction() as conn:
        upload = await files_store.insert_upload(conn, actor.account_id, actor.user_id, "a" * 64, "a.txt", "text/plain", 5)
    comment, _ = await write(parts, actor, conversation.id, NewMessage(type="comment", text="x"))
    with pytest.raises(Invalid):
        await take_back(parts, actor, comment.id)
    message = await _reply_with_file(parts, actor, conversation, upload.id)
    taken = await take_back(parts, actor, message.id)
    assert [(one.id, one.message_id) for one in taken.message.attachments] == [(upload.id, None)]
    again = await _reply_with_file(parts, actor, conversation, upload.id)
    assert [one.id for one in again.attachments] == [upload.id]


async def _reply_with_file(parts: Parts, actor: Actor, conversation: Conversation, upload_id: int) -> Message:
    """Echo takes no files; so it is a comment's road that is not wanted here: the row is given to the message by hand."""
    message = await reply(parts, actor, conversation)
    async with parts.db.transaction() as conn:
        claimed = await files_store.claim_uploads(conn, actor.account_id, actor.user_id, [upload_id], message.id)
        assert len(claimed) == 1
        await conn.execute("update message set has_attachments = true where id = %s", (message.id,))
    return await get_message(parts, actor, message.id)


async def test_either_the_claim_wins_or_the_hand_never_both(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider, clock: FakeClock
) -> None:
    chance = random.Random(13)
    left = taken = 0
    for number in range(60):
        message = await reply(parts, actor, conversation, f"number {number}")
        clock.advance(8)

        # Two of three rounds are a race; in the others one side is well ahead, so that each has won whatever the machine does.
        ahead = AHEAD_S if number % 6 == 0 else -AHEAD_S if number % 6 == 3 else 0.0

        async def worker(message: Message = message, ahead: float = ahead) -> None:
            await asyncio.sleep(chance.random() * 0.006 + max(0.0, -ahead))
            await send(parts, actor.account_id, message.id, worker="w")

        async def hand(message: Message = message, ahead: float = ahead) -> bool:
            await asyncio.sleep(chance.random() * 0.006 + max(0.0, ahead))
            try:
                await take_back(parts, actor, message.id)
            except Refused:
                return False
            return True

        sent_before = len(provider.requests)
        results = await asyncio.gather(worker(), hand(), hand())  # one worker takes it at a time
        sent = len(provider.requests) - sent_before
        hands = [one for one in results if one is True]
        assert sent + len(hands) == 1, f"number {number}: sent {sent} times, taken back {len(hands)} times"
        left, taken = left + sent, taken + len(hands)
    assert min(left, taken) > 5, "the race was no race"
    found = await get_conversation(parts, actor, conversation.id)
    assert found.message_count == 2 + left, "and the line that says who took it"


async def test_later_ones_wait_for_the_held_one(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    """Of a conversation one is under way at a time, the first written first."""
    held = await reply(parts, actor, conversation, "first")
    at_once = await reply(parts, actor, conversation, "second", hold_s=0)
    assert await on_its_way(parts) == [held.id, at_once.id]
    async with parts.db.connection() as conn:
        assert await store_queue.take(conn, "w", parts.clock.now(), 5) == []
    await take_back(parts, actor, held.id)
    assert await on_its_way(parts) == [at_once.id]
    async with parts.db.connection() as conn:
        (taken,) = await store_queue.take(conn, "w", parts.clock.now(), 5)
    assert taken.message_id == at_once.id


async def test_send_now_ends_the_wait(parts: Parts, actor: Actor, conversation: Conversation, provider: Provider) -> None:
    message = await reply(parts, actor, conversation)
    assert (await send_now(parts, actor, message.id)).held_for is None
    await send(parts, actor.account_id, message.id, worker="w")
    assert len(provider.requests) == 1
    with pytest.raises(Conflict):
        await send_now(parts, actor, message.id)


async def test_the_account_says_how_long(parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock) -> None:
    assert (await change_account(parts, actor, undo_send_s=0)).undo_send_s == 0
    assert (await reply(parts, actor, conversation)).held_for is None
    await change_account(parts, actor, undo_send_s=30)
    assert (await reply(parts, actor, conversation)).held_until == clock.now() + timedelta(seconds=30)
    with pytest.raises(Invalid):
        await change_account(parts, actor, undo_send_s=31)


async def test_a_broken_connection_lets_it_be_taken_back_too(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount
) -> None:
    await change_channel_account(parts, actor, row.id, is_active=False)
    message = await reply(parts, actor, conversation)
    assert (message.held_for, message.held_until) == ("connection", None)
    later = await reply(parts, actor, conversation, "later", send_at=parts.clock.now() + timedelta(hours=1))
    await take_back(parts, actor, message.id)
    await change_channel_account(parts, actor, row.id, is_active=True)
    assert (await get_message(parts, actor, later.id)).held_for == "schedule", "the connection's return lets no scheduled one go"


async def test_close_and_snooze_come_and_go_with_the_answer(
    parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock
) -> None:
    message = await reply(parts, actor, conversation, then=Then(close=True))
    closed = await get_conversation(parts, actor, conversation.id)
    assert (closed.status, closed.closed_at) == ("closed", clock.now())
    assert await texts(parts, actor, conversation) == ["hello", "Hi Leo", "assigned", "status_changed"]
    await take_back(parts, actor, message.id)
    back = await get_conversation(parts, actor, conversation.id)
    assert (back.status, back.closed_at, back.message_count) == ("open", None, 1)
    assert await texts(parts, actor, conversation) == ["hello"]

    snoozed = await reply(parts, actor, conversation, then=Then(snooze_until=clock.now() + timedelta(hours=2)))
    assert await texts(parts, actor, conversation) == ["hello", "Hi Leo", "assigned", "snoozed"]
    await take_back(parts, actor, snoozed.id)
    assert await texts(parts, actor, conversation) == ["hello"]
    async with parts.db.connection() as conn:
        cursor = await conn.execute("select is_snoozed, snoozed_until from conversation")
        assert await cursor.fetchone() == (False, None)
    with pytest.raises(Invalid):
        await reply(parts, actor, conversation, then=Then(snooze_until=clock.now() - timedelta(hours=2)))
    assert await texts(parts, actor, conversation) == ["hello"], "what is refused is refused whole"


async def test_what_a_colleague_did_meanwhile_is_not_undone(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    message = await reply(parts, actor, conversation, then=Then(close=True))
    await change(parts, actor, conversation.id, Change(status="open"))
    await change(parts, actor, conversation.id, Change(status="closed"))
    parts.clock.advance(1)  # type: ignore[attr-defined]
    await change(parts, actor, conversation.id, Change(status="open"))
    await change(parts, actor, conversation.id, Change(status="closed"))
    await take_back(parts, actor, message.id)
    after = await get_conversation(parts, actor, conversation.id)
    assert after.status == "closed"
    assert (await texts(parts, actor, conversation)).count("status_changed") == 5


# ── send later ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_scheduled_answer_leaves_at_its_time_and_counts_from_then(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider, clock: FakeClock
) -> None:
    at = clock.now() + timedelta(days=3)
    message = await reply(parts, actor, conversation, "On Thursday", send_at=at, client_id="later-1")
    assert (message.state, message.held_for, message.held_until, message.external_id) == ("queued", "schedule", at, None)
    waits = await get_conversation(parts, actor, conversation.id)
    assert (waits.waiting_since, waits.preview, waits.assignee_id) == (conversation.waiting_since, "hello", None)
    assert await on_its_way(parts) == []
    between = await reply(parts, actor, conversation, "Soon", hold_s=0)
    assert await send(parts, actor.account_id, between.id, worker="w") is None, "what leaves now does not wait for what leaves later"
    clock.advance(step=timedelta(days=3) - timedelta(seconds=1))
    assert await release_due(parts) == 0
    clock.advance(1)
    assert await release_due(parts) == 1
    assert await release_due(parts) == 0
    now = await get_message(parts, actor, message.id)
    assert now.id > between.id, "it stands where it was sent, and its old id still finds it"
    assert (now.state, now.client_id, now.created_at, now.text) == ("queued", "later-1", clock.now(), "On Thursday")
    assert await send(parts, actor.account_id, now.id, worker="w") is None
    after = await get_conversation(parts, actor, conversation.id)
    assert (after.preview, after.message_count, after.last_message_at) == ("On Thursday", 4, clock.now())
    assert [body.decode() for _, body in provider.requests] == ['{"to":"leo","text":"Soon"}', '{"to":"leo","text":"On Thursday"}']
    _, is_new = await write(parts, actor, conversation.id, NewMessage(type="reply", text="On Thursday", client_id="later-1"))
    assert not is_new


async def test_it_is_held_when_the_customer_writes_first(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, provider: Provider, clock: FakeClock
) -> None:
    at = clock.now() + timedelta(hours=1)
    held = await reply(parts, actor, conversation, "Still there?", send_at=at)
    anyway = await reply(parts, actor, conversation, "Closing hours change", send_at=at, send_even_if_answered=True)
    await say(parts, row, "I am here", id="m2")
    clock.advance(step=timedelta(hours=1))
    assert await release_due(parts) == 1
    assert (await get_message(parts, actor, held.id)).held_for == "newer"
    assert (await get_message(parts, actor, anyway.id)).held_for is None
    assert await release_due(parts) == 0
    sent = await send_now(parts, actor, held.id)
    assert (sent.state, sent.text) == ("queued", "Still there?")
    with pytest.raises(NotFound, match="no such message"):
        await take_back(parts, actor, 10**9)
    await take_back(parts, actor, sent.id)


async def test_two_workers_release_one_once(parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock) -> None:
    for number in range(12):
        await reply(parts, actor, conversation, f"later {number}", send_at=clock.now() + timedelta(minutes=1))
    clock.advance(60)
    released = await asyncio.gather(*(release_due(parts) for _ in range(4)))
    assert sum(released) == 12
    assert len(set(await on_its_way(parts))) == 12
    assert len(await on_its_way(parts)) == 12
    assert (await get_conversation(parts, actor, conversation.id)).message_count == 14, "and the line that says who took it"


async def test_a_hand_and_the_clock_do_not_both_have_it(parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock) -> None:
    for number in range(20):
        message = await reply(parts, actor, conversation, f"later {number}", send_at=clock.now() + timedelta(minutes=1))
        clock.advance(60)
        released, taken = await asyncio.gather(release_due(parts), take_back(parts, actor, message.id), return_exceptions=True)
        # What left by the clock is queued anew, and can still be taken back by its old id; then it has gone for good.
        assert released == 1 or not isinstance(taken, BaseException)
    found = await get_conversation(parts, actor, conversation.id)
    assert len(await on_its_way(parts)) == sum(one not in ("hello", "assigned") for one in await texts(parts, actor, conversation))
    assert found.message_count == len(await texts(parts, actor, conversation))


async def test_times_are_checked(parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock) -> None:
    for at in (clock.now(), clock.now() - timedelta(days=1), clock.now() + timedelta(days=367)):
        with pytest.raises(Invalid):
            await reply(parts, actor, conversation, send_at=at)
    with pytest.raises(Invalid):
        await write(parts, actor, conversation.id, NewMessage(type="comment", text="x", send_at=clock.now() + timedelta(days=1)))


# ── reminders ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reminder_brings_the_conversation_back(parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock) -> None:
    at = clock.now() + timedelta(days=2)
    await reply(parts, actor, conversation, then=Then(close=True), remind_at=at)
    (waiting,) = await list_reminders(parts, actor)
    assert (waiting.at, waiting.conversation_id) == (at, conversation.id)
    assert await remind_due(parts) == 0
    clock.advance(step=timedelta(days=2))
    assert await remind_due(parts) == 1
    assert await remind_due(parts) == 0
    after = await get_conversation(parts, actor, conversation.id)
    assert (after.status, after.is_unread) == ("open", True)
    assert (await texts(parts, actor, conversation))[-1] == "reminded"
    assert await list_reminders(parts, actor) == []
    async with parts.db.connection() as conn:
        cursor = await conn.execute("select count(*), min(user_id) from event where type = 'reminder'")
        assert await cursor.fetchone() == (1, actor.user_id)


async def test_an_answer_ends_a_reminder(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, clock: FakeClock
) -> None:
    await remind_me(parts, actor, conversation.id, clock.now() + timedelta(days=1))
    await say(parts, row, "here is the answer", id="m2")
    assert await list_reminders(parts, actor) == []
    clock.advance(step=timedelta(days=1))
    assert await remind_due(parts) == 0
    assert "reminded" not in await texts(parts, actor, conversation)


async def test_a_reminder_is_replaced_cancelled_and_taken_back(
    parts: Parts, actor: Actor, conversation: Conversation, clock: FakeClock
) -> None:
    await remind_me(parts, actor, conversation.id, clock.now() + timedelta(days=1))
    second = await remind_me(parts, actor, conversation.id, clock.now() + timedelta(days=2))
    assert [one.id for one in await list_reminders(parts, actor)] == [second.id]
    await cancel_reminder(parts, actor, second.id)
    assert await list_reminders(parts, actor) == []
    message = await reply(parts, actor, conversation, remind_at=clock.now() + timedelta(days=1))
    assert len(await list_reminders(parts, actor)) == 1
    await take_back(parts, actor, message.id)
    assert await list_reminders(parts, actor) == []


# ── something newer ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_came_meanwhile_holds_an_answer_and_says_what(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount
) -> None:
    seen = (await get_conversation(parts, actor, conversation.id)).last_message_id
    await write(parts, actor, conversation.id, NewMessage(type="comment", text="my own note"))
    await reply(parts, actor, conversation, "own words are no news", expect_last_message_id=seen)
    await say(parts, row, "wait, it is the red one", id="m2")
    with pytest.raises(NewerMessage) as caught:
        await reply(parts, actor, conversation, expect_last_message_id=seen)
    assert [(one["author"], one["text"]) for one in caught.value.newer] == [("Leo", "wait, it is the red one")]
    await reply(parts, actor, conversation, "sent anyway")


async def test_of_two_who_answer_at_once_the_second_is_held(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    from innboks.core.accounts.actors import actor_for
    from innboks.core.accounts.users import create_user

    bo = await create_user(parts, actor, name="Bo Member", email="bo@tindra.example", password="a long enough password")
    other = await actor_for(parts, actor.account_id, bo.id)
    assert other is not None
    seen = conversation.last_message_id
    results = await asyncio.gather(
        *(reply(parts, who, conversation, who.name, expect_last_message_id=seen) for who in (actor, other)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["Message", "NewerMessage"]

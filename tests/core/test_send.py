"""The road out: an answer leaves once, in order, or shows why not."""

import asyncio
from datetime import timedelta

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import change_channel_account, get_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import retry_message, settle_uncertain
from innboks.core.conversations.models import Conversation, Message, NewMessage
from innboks.core.conversations.read import get_conversation, get_message, list_conversations, list_messages
from innboks.core.conversations.receipts import record_receipt
from innboks.core.conversations.receive import receive
from innboks.core.conversations.send import carry, send, settle_sent
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.dispatches import store_queue
from innboks.core.dispatches.store_queue import Left
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import ReceiptReceived
from tests.core.conftest import say, signed
from tests.provider import Provider, http


async def reply(parts: Parts, actor: Actor, conversation: Conversation, text: str = "Hi Leo", **more: object) -> Message:
    message, _ = await write(parts, actor, conversation.id, NewMessage(type="reply", text=text, **more))  # type: ignore[arg-type]
    return message


async def try_it(parts: Parts, message: Message) -> Message:
    await send(parts, message.account_id, message.id, worker="test")
    async with parts.db.connection() as conn:
        from innboks.core.messages import store

        found = await store.get(conn, message.account_id, message.id)
    assert found is not None
    return found


async def test_an_answer_is_queued_then_sent_with_our_key(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider
) -> None:
    queued = await reply(parts, actor, conversation)
    assert (queued.state, queued.direction, queued.recipients[0].address) == ("queued", "out", "leo")
    sent = await try_it(parts, queued)
    assert (sent.state, sent.external_id, sent.recipients[0].state) == ("sent", "out1", "sent")
    head, body = provider.requests[0]
    assert f"idempotency-key: {queued.id}" in head
    assert body == b'{"to":"leo","text":"Hi Leo"}'
    after = await get_conversation(parts, actor, conversation.id)
    assert (after.assignee_id, after.waiting_since, after.last_direction) == (actor.user_id, None, "out")


async def test_a_second_try_of_a_sent_message_does_nothing(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider
) -> None:
    message = await try_it(parts, await reply(parts, actor, conversation))
    await try_it(parts, message)
    assert len(provider.requests) == 1


async def test_the_same_client_id_is_one_message(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    made = await asyncio.gather(*(reply(parts, actor, conversation, client_id="c-1") for _ in range(6)))
    assert len({one.id for one in made}) == 1
    assert (await get_conversation(parts, actor, conversation.id)).message_count == 3, (
        "what the customer wrote, the answer, and who took it by answering"
    )


async def test_a_passing_problem_is_tried_again_and_given_up_after_a_day(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider, clock: FakeClock
) -> None:
    message = await reply(parts, actor, conversation)
    provider.answers = [http(503, "{}") for _ in range(60)]
    tries = 0
    while (again := await send(parts, message.account_id, message.id, worker="test")) is not None:
        tries += 1
        assert again - message.created_at <= timedelta(hours=24)
        clock.advance(step=again - clock.now())
    failed = await get_message(parts, actor, message.id)
    assert (failed.state, failed.code) == ("failed", "http_503")
    assert tries > 20
    assert (await get_conversation(parts, actor, conversation.id)).failed_count == 1
    provider.answers = []
    await retry_message(parts, actor, message.id)
    assert (await try_it(parts, failed)).state == "sent"
    assert (await get_conversation(parts, actor, conversation.id)).failed_count == 0


async def test_a_refused_message_fails_at_once_with_its_reason(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider
) -> None:
    provider.answers = [http(400, '{"error": "no"}')]
    failed = await try_it(parts, await reply(parts, actor, conversation))
    assert (failed.state, failed.reason) == ("failed", "The provider refused this.")


async def test_a_revoked_token_holds_the_queue_until_reconnected(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider, row: ChannelAccount
) -> None:
    provider.answers = [http(401, "{}")]
    first = await try_it(parts, await reply(parts, actor, conversation, "one"))
    assert (first.state, first.code) == ("queued", "held")
    broken = await get_channel_account(parts, actor, row.id)
    assert (broken.is_authorized, broken.health["state"]) == (False, "broken")
    second = await try_it(parts, await reply(parts, actor, conversation, "two"))
    assert second.state == "queued"
    assert len(provider.requests) == 1
    async with parts.db.connection() as conn:
        assert await store_queue.take(conn, "w", parts.clock.now(), 5) == [], "they wait"
    await change_channel_account(parts, actor, row.id, config={"api_token": "new"})
    for message in (first, second):
        async with parts.db.connection() as conn:
            (taken,) = await store_queue.take(conn, "w", parts.clock.now(), 5)
        assert taken.message_id == message.id, "in order"
        left = await carry(parts, taken)
        assert isinstance(left, Left)
        await settle_sent(parts, [left])
        assert (await get_message(parts, actor, message.id)).state == "sent"


async def test_found_sending_after_a_crash_is_uncertain_until_a_person_says(
    parts: Parts, actor: Actor, conversation: Conversation, provider: Provider
) -> None:
    message = await reply(parts, actor, conversation)
    async with parts.db.transaction() as conn:
        await conn.execute("update dispatch set state = 'sending' where message_id = %s", (message.id,))
    lost = await try_it(parts, message)
    assert (lost.state, lost.code) == ("uncertain", "lost_worker")
    assert provider.requests == []
    with pytest.raises(Conflict):
        await retry_message(parts, actor, message.id)

    async def counted() -> tuple[int, int]:
        now = await get_conversation(parts, actor, conversation.id)
        return now.failed_count, now.uncertain_count

    assert await counted() == (1, 1)
    provider.answers = [http(400, "{}")]
    assert (await try_it(parts, await reply(parts, actor, conversation))).state == "failed"
    assert await counted() == (2, 1)
    (listed,) = (await list_conversations(parts, actor, view="failed")).items
    assert (listed.failed_count, listed.uncertain_count) == (2, 1)
    await settle_uncertain(parts, actor, message.id)
    assert (await get_message(parts, actor, message.id)).state == "sent"
    assert await counted() == (1, 0)


async def test_receipts_move_the_state_forward_only(parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount) -> None:
    message = await try_it(parts, await reply(parts, actor, conversation))

    async def receipt(state: str, n: int, reason: str = "") -> str:
        payload = {"type": "receipt", "message": message.external_id, "state": state, "reason": reason, "id": str(n)}
        await receive(parts, row.account_id, row.id, signed(payload))
        return (await get_message(parts, actor, message.id)).state or ""

    assert await receipt("read", 1) == "read"
    assert await receipt("delivered", 2) == "read"


async def test_a_late_failure_reopens_the_conversation_and_says_why(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount
) -> None:
    message = await try_it(parts, await reply(parts, actor, conversation))
    payload = {"type": "receipt", "message": message.external_id, "state": "failed", "reason": "The mailbox is full."}
    await receive(parts, row.account_id, row.id, signed(payload))
    failed = await get_message(parts, actor, message.id)
    assert (failed.state, failed.reason) == ("failed", "The mailbox is full.")
    after = await get_conversation(parts, actor, conversation.id)
    assert (after.status, after.failed_count) == ("open", 1)
    last = (await list_messages(parts, actor, conversation.id)).items[-1]
    assert (last.type, last.data["event"]) == ("system", "message_failed")


@pytest.mark.parametrize(("told", "failed"), [("failed", 1), ("delivered", 0)])
async def test_a_receipt_that_comes_before_the_provider_has_answered_stays(
    parts: Parts, actor: Actor, conversation: Conversation, told: str, failed: int
) -> None:
    message = await reply(parts, actor, conversation)
    account_id, now = message.account_id, parts.clock.now()
    async with parts.db.connection() as conn:
        assert await store_queue.take_one(conn, account_id, message.id, "test", now) is not None
        await dispatches.settle_recipients(conn, account_id, message.id, state=told, reason="No such room")
        await dispatches.settle(conn, account_id, message.id, state=told, reason="No such room")
        await store_queue.settle_sent(conn, [Left(account_id, conversation.id, message.id, ["late"], now)])
    after = await get_message(parts, actor, message.id)
    assert (after.state, after.recipients[0].state, after.external_id) == (told, told, "late")
    assert (await get_conversation(parts, actor, conversation.id)).failed_count == failed


@pytest.mark.parametrize("told", ["failed", "delivered"])
async def test_a_receipt_of_one_does_not_take_the_message_from_the_queue_for_the_others(
    parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount, told: str
) -> None:
    message = await reply(parts, actor, conversation)
    next_try = parts.clock.now() + timedelta(minutes=5)
    async with parts.db.transaction() as conn:
        await conn.execute(
            "insert into dispatch_recipient (account_id, message_id, address, state) values (%s, %s, 'ella', 'sent')",
            (message.account_id, message.id),
        )
        await dispatches.add_references(conn, message.account_id, message.id, ["out-1"])
        await dispatches.settle(conn, message.account_id, message.id, state="queued", reason="Greylisted", next_try_at=next_try)
        connected = await parts.directory.find(parts, row.account_id, row.id)
        kept = await say(parts, row, "beside", id="beside")
        receipt = ReceiptReceived(external_ids=["out-1"], state=told, address="ella", reason="No such room")  # type: ignore[arg-type]
        assert await record_receipt(parts, conn, connected, receipt, kept.delivery_id, parts.clock.now()) == "marked"
    after = await get_message(parts, actor, message.id)
    assert (after.state, after.next_try_at, after.reason) == ("queued", next_try, "Greylisted")
    parts.clock.advance(600)  # type: ignore[attr-defined]
    sent = await try_it(parts, message)
    assert (sent.state, sent.recipients[0].state) == ("sent", "sent")


async def test_comments_are_never_sent(parts: Parts, actor: Actor, conversation: Conversation, provider: Provider) -> None:
    comment, _ = await write(parts, actor, conversation.id, NewMessage(type="comment", text="for us only"))
    assert (comment.state, comment.direction) == (None, "none")
    assert await send(parts, actor.account_id, comment.id, worker="test") is None
    assert provider.requests == []


async def test_a_newer_message_holds_the_answer_once(parts: Parts, actor: Actor, conversation: Conversation, row: ChannelAccount) -> None:
    seen = (await get_conversation(parts, actor, conversation.id)).last_message_id
    await say(parts, row, "wait, one more thing", id="m2")
    with pytest.raises(Conflict) as refused:
        await reply(parts, actor, conversation, expect_last_message_id=seen)
    assert refused.value.code == "newer_message"
    assert (await reply(parts, actor, conversation)).state == "queued"


async def test_what_the_channel_cannot_do_is_refused_early(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    for new in (
        NewMessage(type="reply", text="x" * 4001),
        NewMessage(type="reply", text="", html="<p>only html</p>"),
        NewMessage(type="reply", text="x", cc=["mia"]),
        NewMessage(type="reply", text="   "),
    ):
        with pytest.raises(Invalid):
            await write(parts, actor, conversation.id, new)


async def test_a_subject_is_one_line(parts: Parts, actor: Actor, conversation: Conversation) -> None:
    message = await reply(parts, actor, conversation, subject="Hello\r\nBcc: evil@example.org")
    assert message.subject == "Hello Bcc: evil@example.org"

"""A failed answer that needs nobody any more: because somebody says so, or because the same people were reached. It stays failed, and is not counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.users import create_user
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import move_message, retry_message
from innboks.core.conversations.deal import deal_with
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import get_conversation, get_message, list_conversations
from innboks.core.conversations.receive import receive
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.parts import Parts
from innboks.core.radar.look import radar
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Inbound
from tests.channels.email.scripted_smtp import ScriptedServer, scripted
from tests.core.conftest import say
from tests.waiting import somebody_waits

NOBODY = "550 5.1.1 nobody here"


class Desk:
    """A conversation by mail with a server that refuses whom the test says."""

    def __init__(self, parts: Parts, actor: Actor, server: ScriptedServer, row: ChannelAccount, conversation_id: int) -> None:
        self.parts, self.actor, self.server, self.row, self.conversation_id = parts, actor, server, row, conversation_id

    def refuse(self, *addresses: str) -> None:
        self.server.answers.clear()
        self.server.answers.update({f"RCPT TO:<{one}>": NOBODY for one in addresses})

    async def answer(self, *to: str, **more: object) -> Message:
        """An answer to these, once the worker has tried it."""
        new = NewMessage(type="reply", text="Yes.", to=list(to), cc=[], **more)  # type: ignore[arg-type]
        message, _ = await write(self.parts, self.actor, self.conversation_id, new)
        await send(self.parts, message.account_id, message.id, worker="test")
        return await self.now(message)

    async def now(self, message: Message) -> Message:
        return await get_message(self.parts, self.actor, message.id)

    async def failed(self) -> int:
        """The conversation's count; the view and the radar must agree with it."""
        count = (await get_conversation(self.parts, self.actor, self.conversation_id)).failed_count
        shown = (await list_conversations(self.parts, self.actor, view="failed")).items
        stuck = [one.kind for one in await radar(self.parts, self.actor)]
        assert (bool(count), bool(count)) == (bool(shown), "failed" in stuck)
        return count


@pytest.fixture
async def bo(parts: Parts, actor: Actor) -> Actor:
    """A colleague."""
    user = await create_user(parts, actor, name="Bo Example", email="bo@tindra.example", password="a long enough password")
    found = await actor_for(parts, actor.account_id, user.id)
    assert found is not None
    return found


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> AsyncIterator[Desk]:
    async with scripted() as server:
        config = {"address": "sales@tindra.test", "company_name": "Tindra", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        row = await connect(parts, actor, "email", "Sales", None, config)
        raw = b"From: Leo <leo@customer.test>\r\nTo: sales@tindra.test\r\nMessage-ID: <1@customer.test>\r\nSubject: Tent\r\n\r\nIs it there?\r\n"
        await receive(parts, row.account_id, row.id, Inbound(body=raw))
        (conversation,) = (await list_conversations(parts, actor)).items
        yield Desk(parts, actor, server, row, conversation.id)


async def test_a_person_deals_with_it_and_takes_that_back(desk: Desk, parts: Parts, actor: Actor) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    assert (failed.state, failed.dealt_with, await desk.failed()) == ("failed", None, 1)
    for _ in range(2):  # twice is once
        await deal_with(parts, actor, failed.id, is_dealt_with=True)
        after = await desk.now(failed)
        assert after.dealt_with is not None
        assert (after.state, after.dealt_with.how, after.dealt_with.by) == ("failed", "person", str(actor.user_id))
        assert after.reason == failed.reason != "", "for the record"
        assert await desk.failed() == 0
    for _ in range(2):
        await deal_with(parts, actor, failed.id, is_dealt_with=False)
        assert ((await desk.now(failed)).dealt_with, await desk.failed()) == (None, 1)


async def test_a_retry_that_fails_again_needs_somebody_again(desk: Desk, parts: Parts, actor: Actor) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    await deal_with(parts, actor, failed.id, is_dealt_with=True)
    await retry_message(parts, actor, failed.id)
    assert ((await desk.now(failed)).dealt_with, await desk.failed()) == (None, 0), "it is on its way"
    await send(parts, failed.account_id, failed.id, worker="test")
    assert ((await desk.now(failed)).state, await desk.failed()) == ("failed", 1)


async def test_a_second_word_of_the_same_failure_changes_nothing(desk: Desk, parts: Parts, actor: Actor) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    await deal_with(parts, actor, failed.id, is_dealt_with=True)
    async with parts.db.transaction() as conn:
        await dispatches.settle(conn, actor.account_id, failed.id, state="failed", reason="550 still nobody")
    assert ((await desk.now(failed)).dealt_with is not None, await desk.failed()) == (True, 0)


async def test_a_later_answer_to_the_same_people_deals_with_it(desk: Desk) -> None:
    desk.refuse("leo@customer.test", "mia@customer.test")
    failed = await desk.answer("leo@customer.test", "mia@customer.test")
    assert (failed.state, await desk.failed()) == ("failed", 1)
    desk.refuse("mia@customer.test")
    first = await desk.answer("Leo@Customer.test")
    assert (first.state, await desk.failed()) == ("sent", 1), "one of two does not have it yet"
    desk.refuse()
    second = await desk.answer("mia@customer.test")
    after = await desk.now(failed)
    assert after.dealt_with is not None
    assert (after.state, after.dealt_with.how, after.dealt_with.message_id) == ("failed", "answered", str(second.id))
    assert await desk.failed() == 0


async def test_an_answer_to_somebody_else_and_a_forward_do_not(desk: Desk) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    desk.refuse()
    await desk.answer("mia@customer.test")
    assert ((await desk.now(failed)).dealt_with, await desk.failed()) == (None, 1)
    await desk.answer("leo@customer.test", forward_of=failed.id)
    assert ((await desk.now(failed)).dealt_with, await desk.failed()) == (None, 1), "passing something on is no answer"


async def test_one_that_only_some_got_is_not_counted_and_one_that_reaches_the_rest_counts_for_them(desk: Desk) -> None:
    desk.refuse("leo@customer.test", "mia@customer.test")
    failed = await desk.answer("leo@customer.test", "mia@customer.test")
    desk.refuse("mia@customer.test")
    partly = await desk.answer("leo@customer.test", "mia@customer.test")
    assert (partly.state, [one.state for one in partly.recipients]) == ("sent", ["sent", "failed"])
    assert ((await desk.now(failed)).dealt_with, await desk.failed()) == (None, 1)
    desk.refuse()
    await desk.answer("mia@customer.test")
    assert ((await desk.now(failed)).dealt_with is not None, await desk.failed()) == (True, 0)


@pytest.mark.parametrize(("command", "refusal"), [("DOT", "554 5.6.0 not with such words"), ("MAIL", "451 4.3.0 later")])
async def test_what_fails_for_the_rest_takes_it_from_nobody_who_has_it(
    desk: Desk, parts: Parts, actor: Actor, clock: FakeClock, command: str, refusal: str
) -> None:
    """Refused as a whole at a later try, or given up after a day: Retry is for those who never got it."""
    desk.refuse("leo@customer.test")
    before = await desk.answer("leo@customer.test")
    desk.server.answers.clear()
    desk.server.answers["RCPT TO:<mia@customer.test>"] = "450 4.7.1 greylisted"
    waits = await desk.answer("leo@customer.test", "mia@customer.test")
    assert (waits.state, [one.state for one in waits.recipients]) == ("queued", ["sent", "queued"])
    desk.server.answers.clear()
    desk.server.answers[command] = refusal
    clock.advance(86400)
    await send(parts, waits.account_id, waits.id, worker="test")
    partly = await desk.now(waits)
    assert (partly.state, [one.state for one in partly.recipients]) == ("sent", ["sent", "failed"])
    assert ("", partly.reason) == tuple(one.reason for one in partly.recipients) != ("", "")
    assert ((await desk.now(before)).dealt_with is not None, await desk.failed()) == (True, 0), "it did reach Leo"
    desk.server.answers.clear()
    desk.server.commands.clear()
    await retry_message(parts, actor, waits.id)
    await send(parts, waits.account_id, waits.id, worker="test")
    assert [one for one in desk.server.commands if one.startswith("RCPT")] == ["RCPT TO:<mia@customer.test>"], "nobody gets it twice"
    assert [one.state for one in (await desk.now(waits)).recipients] == ["sent", "sent"]


async def test_the_same_words_another_way_deal_with_it_when_they_get_through(desk: Desk, parts: Parts, actor: Actor) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    async with scripted() as other:
        config = {"address": "team@tindra.test", "company_name": "Tindra Team", "smtp_host": "127.0.0.1", "smtp_port": other.port}
        row = await connect(parts, actor, "email", "Team", desk.row.inbox_id, config)
        other.answers["RCPT"] = NOBODY
        again = await desk.answer("leo@home.test", channel_account_id=row.id, resend_of=failed.id)
        assert (again.state, (await desk.now(failed)).dealt_with, await desk.failed()) == ("failed", None, 2)
        other.answers.clear()
        await retry_message(parts, actor, again.id)
        await send(parts, again.account_id, again.id, worker="test")
    after = await desk.now(failed)
    assert after.dealt_with is not None
    assert (after.dealt_with.how, after.dealt_with.message_id, await desk.failed()) == ("elsewhere", str(again.id), 0)


async def test_of_two_who_send_it_another_way_at_once_one_does(desk: Desk, parts: Parts, actor: Actor, bo: Actor) -> None:
    """And none does after it got through: it stands as failed for the record. When that fails, too, it is open again."""
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")

    def elsewhere(who: Actor) -> Awaitable[tuple[Message, bool]]:
        return write(parts, who, desk.conversation_id, NewMessage(type="reply", resend_of=failed.id, hold_s=0))

    for arrives in (False, True):
        tried = await asyncio.gather(*(elsewhere(who) for who in (actor, bo, actor, bo)), return_exceptions=True)
        (first,) = [one[0] for one in tried if isinstance(one, tuple)]
        assert {str(one) for one in tried if not isinstance(one, tuple)} == {"Somebody has sent this another way already."}
        with pytest.raises(Conflict, match="on its way to them another way"):
            await retry_message(parts, bo, failed.id)
        desk.refuse(*([] if arrives else ["leo@customer.test"]))
        await send(parts, first.account_id, first.id, worker="test")
        assert (await desk.now(first)).state == ("sent" if arrives else "failed")
    with pytest.raises(Conflict, match="another way already"):
        await elsewhere(bo)
    with pytest.raises(Conflict, match="another way already"):
        await retry_message(parts, bo, failed.id)
    await deal_with(parts, bo, failed.id, is_dealt_with=False)
    await retry_message(parts, bo, failed.id)


async def test_a_retry_waits_for_who_is_sending_it_another_way(desk: Desk, parts: Parts, actor: Actor) -> None:
    """And the other way round: whoever comes first, it goes once."""
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    async with parts.db.transaction() as conn:
        await dispatches.lock(conn, actor.account_id, failed.id)
        elsewhere = asyncio.create_task(write(parts, actor, desk.conversation_id, NewMessage(type="reply", resend_of=failed.id, hold_s=0)))
        await somebody_waits(parts)
        await dispatches.start_again(conn, actor.account_id, failed.id)
    with pytest.raises(Invalid, match="did not arrive"):
        await elsewhere


async def test_what_was_dealt_with_is_not_counted_where_it_is_moved_to(desk: Desk, parts: Parts, actor: Actor) -> None:
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    await deal_with(parts, actor, failed.id, is_dealt_with=True)
    there, _ = await move_message(parts, actor, failed.id, None)
    assert (there.failed_count, await desk.failed()) == (0, 0)
    await deal_with(parts, actor, failed.id, is_dealt_with=False)
    assert (await get_conversation(parts, actor, there.id)).failed_count == 1


async def test_only_what_failed_and_only_who_may_act(
    desk: Desk, parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock
) -> None:
    sent = await desk.answer("leo@customer.test")
    with pytest.raises(Conflict):
        await deal_with(parts, actor, sent.id, is_dealt_with=True)
    with pytest.raises(Invalid, match="did not arrive"):
        await desk.answer("leo@customer.test", resend_of=sent.id)
    desk.refuse("leo@customer.test")
    failed = await desk.answer("leo@customer.test")
    reader = msgspec.structs.replace(actor, writable=frozenset())
    with pytest.raises(Forbidden):
        await deal_with(parts, reader, failed.id, is_dealt_with=True)
    stranger = msgspec.structs.replace(actor, readable=frozenset(), writable=frozenset())
    with pytest.raises(NotFound):
        await deal_with(parts, stranger, failed.id, is_dealt_with=True)
    await say(parts, echo, "Another conversation")
    other = next(one for one in (await list_conversations(parts, actor)).items if one.id != desk.conversation_id)
    with pytest.raises(Invalid, match="did not arrive"):
        await write(parts, actor, other.id, NewMessage(type="reply", text="x", resend_of=failed.id))
    assert await desk.failed() == 1

"""Somebody blocks a contact while an answer to them waits: nothing leaves, its writer is told, and a person decides."""

from datetime import timedelta

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import change_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts import contacts
from innboks.core.conversations.change import retry_message
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import get_conversation, get_message, list_messages
from innboks.core.conversations.send import send
from innboks.core.held.release import release_due, send_now
from innboks.core.held.take_back import take_back
from innboks.core.held.waiting import list_waiting
from innboks.core.notifications.follow import Follower
from innboks.core.parts import Parts
from innboks.errors import Forbidden
from innboks.lib.clock import FakeClock
from tests.core.test_held import reply
from tests.provider import Provider, http


async def block(parts: Parts, actor: Actor, conversation: Conversation, is_blocked: bool = True) -> None:
    assert conversation.contact_id is not None
    await contacts.change_contact(parts, actor, conversation.contact_id, contacts.ContactChange(is_blocked=is_blocked))


async def told(parts: Parts, actor: Actor) -> list[str]:
    while await Follower(parts).follow(actor.account_id):
        pass
    async with parts.db.connection() as conn:
        cursor = await conn.execute("select about from notification where kind = 'failed' and user_id = %s order by id", (actor.user_id,))
        return [one[0] for one in await cursor.fetchall()]


async def test_a_scheduled_answer_is_held_and_its_writer_is_told(
    parts: Parts,
    actor: Actor,
    conversation: Conversation,
    provider: Provider,
    clock: FakeClock,
) -> None:
    await reply(parts, actor, conversation, "See you on Monday", send_at=clock.now() + timedelta(hours=1))
    await block(parts, actor, conversation)
    clock.advance(step=timedelta(hours=1))
    await release_due(parts)
    (waiting,) = await list_waiting(parts, actor)
    held = waiting.message
    assert held is not None
    assert (held.state, held.held_for, held.code) == ("queued", "blocked", "held")
    assert await send(parts, actor.account_id, held.id, "1") is None
    assert provider.requests == []
    assert await told(parts, actor) == [conversation.subject or "See you on Monday"]
    with pytest.raises(Forbidden, match="blocked"):
        await send_now(parts, actor, held.id)
    await block(parts, actor, conversation, False)
    sent = await send_now(parts, actor, held.id)
    await send(parts, actor.account_id, sent.id, "1")
    assert ((await get_message(parts, actor, sent.id)).state, len(provider.requests)) == ("sent", 1)
    texts = [one.text for one in (await list_messages(parts, actor, conversation.id)).items]
    assert (texts.count("See you on Monday"), (await get_conversation(parts, actor, conversation.id)).message_count) == (1, len(texts))


async def test_what_waited_for_the_connection_or_failed_does_not_leave_either(
    parts: Parts,
    actor: Actor,
    conversation: Conversation,
    provider: Provider,
    row: ChannelAccount,
) -> None:
    failed = await reply(parts, actor, conversation, "Refused", hold_s=0)
    provider.answers.append(http(422, '{"error": "no"}'))
    await send(parts, actor.account_id, failed.id, "1")
    assert (await get_message(parts, actor, failed.id)).state == "failed"
    await change_channel_account(parts, actor, row.id, is_active=False)
    kept = await reply(parts, actor, conversation, "Kept", hold_s=0)
    assert kept.held_for == "connection"
    await block(parts, actor, conversation)
    with pytest.raises(Forbidden, match="blocked"):
        await retry_message(parts, actor, failed.id)
    await change_channel_account(parts, actor, row.id, is_active=True)
    await send(parts, actor.account_id, kept.id, "1")
    assert (await get_message(parts, actor, kept.id)).held_for == "blocked"
    assert len(provider.requests) == 1
    taken = await take_back(parts, actor, kept.id)
    assert taken.message.text == "Kept"

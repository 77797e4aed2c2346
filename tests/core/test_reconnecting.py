"""Paused, disconnected and connected again: nothing that waited is lost (R-042, R-046)."""

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import change_channel_account, connect, disconnect, get_channel_account
from innboks.core.channel_accounts.health import mark_broken, record_health
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.rhythm import figures_of
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import get_message, list_conversations
from innboks.core.conversations.write import write
from innboks.core.parts import Parts
from innboks.errors import Forbidden
from innboks.sdk.contract import Health
from tests.channels.email.scripted_smtp import scripted
from tests.core.conftest import say


async def kept(parts: Parts, row: ChannelAccount) -> int:
    return (await figures_of(parts, row.account_id, [row.id]))[row.id].kept_count


async def answer(parts: Parts, actor: Actor, conversation_id: int, text: str) -> int:
    message, _ = await write(parts, actor, conversation_id, NewMessage(type="reply", text=text, hold_s=0))
    return message.id


async def only_conversation(parts: Parts, actor: Actor) -> int:
    (one,) = (await list_conversations(parts, actor)).items
    return int(one.id)


async def test_paused_replies_wait_and_leave_when_it_goes_on(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    conversation_id = await only_conversation(parts, actor)
    await change_channel_account(parts, actor, echo.id, is_active=False)
    message_id = await answer(parts, actor, conversation_id, "Soon")
    row = await get_channel_account(parts, actor, echo.id)
    assert (row.health["state"], row.health["sentence"]) == ("paused", "Paused by Ada Example.")
    assert await kept(parts, echo) == 1
    with pytest.raises(Forbidden):
        await say(parts, echo, "Is anybody there?", id="m2")
    await change_channel_account(parts, actor, echo.id, is_active=True)
    assert await kept(parts, echo) == 0
    assert (await get_message(parts, actor, message_id)).state == "queued"


async def test_what_waits_for_a_broken_connection_is_counted_and_freed(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    await mark_broken(parts, actor.account_id, echo.id, "The token has expired.")
    await answer(parts, actor, await only_conversation(parts, actor), "One")
    await answer(parts, actor, await only_conversation(parts, actor), "Two")
    assert await kept(parts, echo) == 2
    await change_channel_account(parts, actor, echo.id, config={"room": "lobby"})
    assert await kept(parts, echo) == 0


async def test_disconnected_it_can_be_read_not_answered_and_comes_back_as_itself(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    conversation_id = await only_conversation(parts, actor)
    await mark_broken(parts, actor.account_id, echo.id, "The token has expired.")
    message_id = await answer(parts, actor, conversation_id, "On its way")
    await disconnect(parts, actor, echo.id)
    assert await only_conversation(parts, actor) == conversation_id
    with pytest.raises(Forbidden) as refused:
        await answer(parts, actor, conversation_id, "More")
    assert refused.value.code == "disconnected"
    assert (await get_message(parts, actor, message_id)).state == "queued"

    again = await connect(parts, actor, "echo", "Echo again", None, {"room": "lobby"})
    assert (again.id, again.name, again.archived_at, again.can_send) == (echo.id, "Echo again", None, True)
    assert await kept(parts, echo) == 0
    await answer(parts, actor, conversation_id, "More")
    await say(parts, again, "Thanks", id="m2")
    assert await only_conversation(parts, actor) == conversation_id


async def test_in_another_inbox_it_is_another_connection(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    from innboks.core.inboxes.inboxes import create_inbox

    await disconnect(parts, actor, echo.id)
    other = await create_inbox(parts, actor, "Other", "everyone", None, [])
    made = await connect(parts, actor, "echo", "Echo", other.id, {"room": "lobby"})
    assert made.id != echo.id


async def test_a_paused_channel_says_so_whatever_is_saved_or_reported(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await change_channel_account(parts, actor, echo.id, is_active=False)
    row = await change_channel_account(parts, actor, echo.id, config={"api_token": "another"})
    assert (row.health["state"], row.is_active) == ("paused", False)
    await record_health(parts, echo.account_id, echo.id, Health(state="connected", sentence="Late news of a watcher."))
    assert (await get_channel_account(parts, actor, echo.id)).health["sentence"] == "Paused by Ada Example."


async def test_pausing_or_silence_makes_no_refused_credentials_valid(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    await mark_broken(parts, actor.account_id, echo.id, "The token has expired.")
    await answer(parts, actor, await only_conversation(parts, actor), "Soon")
    await record_health(parts, echo.account_id, echo.id, Health(state="unreachable", sentence="No answer."))
    row = await get_channel_account(parts, actor, echo.id)
    assert (row.is_authorized, row.health["sentence"]) == (False, "The token has expired."), "an admin is still needed"
    row = await change_channel_account(parts, actor, echo.id, is_active=False)
    assert (row.is_authorized, row.health["state"], await kept(parts, echo)) == (False, "paused", 1)


async def test_a_broken_channel_that_is_resumed_is_tried_first(parts: Parts, actor: Actor) -> None:
    async with scripted() as server:
        config = {"address": "team@tindra.test", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        team = await connect(parts, actor, "email", "Team", None, config)
        await mark_broken(parts, actor.account_id, team.id, "The server does not take our mail.")
        await change_channel_account(parts, actor, team.id, is_active=False)
        server.answers["MAIL"] = "550 5.7.1 not you"
        row = await change_channel_account(parts, actor, team.id, is_active=True)
        assert (row.is_active, row.is_authorized, row.health["state"]) == (True, False, "broken")
        assert "not you" in row.health["sentence"]
        del server.answers["MAIL"]
        row = await change_channel_account(parts, actor, team.id, is_active=True)
        assert (row.is_active, row.is_authorized, row.health["state"]) == (True, True, "connected")

"""The address that we give out for each inbox (R-145): it receives at once, and sends when that is allowed."""

import email
import email.policy

import pytest

from innboks.core.channel_accounts.connect import disconnect, list_channel_accounts
from innboks.core.channel_accounts.fallback import change_fallback, fallback_of
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.start import start
from innboks.errors import Forbidden
from tests.channels.email.test_both_roads import FIRST, Team, team

__all__ = ["team"]


async def test_it_is_issued_once_and_receives(team: Team) -> None:
    one = await fallback_of(team.parts, team.actor, team.row.inbox_id)
    again = await fallback_of(team.parts, team.actor, team.row.inbox_id)
    assert (one.id, one.is_fallback, one.may_send, one.address) == (again.id, True, False, one.hosted_address)
    assert one.id not in [row.id for row in await list_channel_accounts(team.parts, team.actor)]
    await team.gets(FIRST, to=one.address)
    (came,) = (await list_conversations(team.parts, team.actor)).items
    assert came.subject == "Where is my order?"
    assert one.id in [row.id for row in await list_channel_accounts(team.parts, team.actor)]


async def test_nothing_is_begun_from_it_until_it_may_send(team: Team) -> None:
    one = await fallback_of(team.parts, team.actor, team.row.inbox_id)
    hello = NewMessage(type="reply", text="Hello", to=[{"address": "leo@customer.example"}])  # type: ignore[list-item]
    with pytest.raises(Forbidden) as refused:
        await start(team.parts, team.actor, one.id, hello)
    assert refused.value.code == "only_receives"


async def test_answers_leave_from_it_when_what_was_connected_is_gone(team: Team) -> None:
    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    await disconnect(team.parts, team.actor, team.row.id)
    with pytest.raises(Forbidden) as refused:
        await team.answers(conversation_id, text="Hello")
    assert refused.value.code == "disconnected"
    config = {"company_name": "Team desk", "smtp_host": "127.0.0.1", "smtp_port": team.server.port}
    one = await change_fallback(team.parts, team.actor, team.row.inbox_id, may_send=True, config=config)
    answer = await team.answers(conversation_id, text="It is on its way.")
    assert (answer.state, answer.channel_account_id) == ("sent", one.id)
    mail = email.message_from_bytes(team.server.mails[-1], policy=email.policy.default)
    assert mail["From"] == f"Ada Example at Team desk <{one.address}>"
    assert mail["In-Reply-To"] == "<first@customer.example>"
    await team.gets(
        f"From: leo@customer.example\nSubject: Re\nMessage-ID: <9@c.example>\nIn-Reply-To: {mail['Message-ID']}\n\nThanks.\n",
        to=one.address,
    )
    assert await team.only_conversation() == conversation_id

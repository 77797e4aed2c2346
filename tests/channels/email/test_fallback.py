"""The address that we give out for each inbox (R-145): it receives at once, and sends when that is allowed."""

import email
import email.policy
import smtplib

import pytest

from innboks.core.accounts.actors import first_admin
from innboks.core.channel_accounts.connect import change_channel_account, disconnect, list_channel_accounts
from innboks.core.channel_accounts.fallback import change_fallback, fallback_of
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.start import start
from innboks.core.inboxes.inboxes import create_inbox, update_inbox
from innboks.errors import Conflict, Forbidden, Invalid
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


async def test_it_stays_what_it_is_and_where_it_is(team: Team) -> None:
    """By the ordinary ways to change a channel, too."""
    one = await fallback_of(team.parts, team.actor, team.row.inbox_id)
    other = await create_inbox(team.parts, team.actor, "Repairs")
    for change in (
        {"is_active": False},
        {"inbox_id": other.id},
        {"config": {"address": "mine@team.example"}},
        {"config": {"method": "gmail"}},
        {"config": {"method": "imap", "imap_host": "127.0.0.1", "imap_password": "x", "smtp_host": "127.0.0.1"}},
    ):
        with pytest.raises(Conflict) as refused:
            await change_channel_account(team.parts, team.actor, one.id, **change)
        assert refused.value.code == "fallback"
    with pytest.raises(Conflict):
        await disconnect(team.parts, team.actor, one.id)
    changed = await change_channel_account(
        team.parts, team.actor, one.id, inbox_id=one.inbox_id, is_active=True, config={"company_name": "Team desk", "signature_html": "Bye"}
    )
    kept = (changed.address, changed.hosted_address, changed.inbox_id, changed.is_active, changed.may_send)
    assert kept == (one.address, one.hosted_address, one.inbox_id, True, False)
    with pytest.raises(Invalid):
        await change_channel_account(team.parts, team.actor, one.id, config={"from_address": "boss@team.example"})


async def test_an_archived_inbox_takes_nothing_until_it_is_brought_back(team: Team) -> None:
    """Nobody looks there: the sender hears at once that it did not arrive."""
    other = await create_inbox(team.parts, team.actor, "Repairs")
    actor = await first_admin(team.parts)
    assert actor is not None
    team.actor = actor  # who reads the new one, too
    one = await fallback_of(team.parts, team.actor, other.id)
    await team.gets(FIRST, to=one.address)
    conversation_id = await team.only_conversation()
    await change_fallback(team.parts, team.actor, other.id, may_send=True, config=None)
    await update_inbox(team.parts, team.actor, other.id, is_archived=True)
    for address in (one.address, one.address.replace("@", "+whatever@")):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await team.gets(FIRST.replace("first@", "second@"), to=address)
        assert [code for code, _ in refused.value.recipients.values()] == [550]
    assert await team.only_conversation() == conversation_id
    await update_inbox(team.parts, team.actor, other.id, is_archived=False)
    await team.gets(FIRST.replace("first@", "third@"), to=one.address)
    assert len((await list_conversations(team.parts, team.actor)).items) == 2

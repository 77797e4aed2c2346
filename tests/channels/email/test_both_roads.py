"""A customer's mail through our SMTP receiver, an answer through a real SMTP server, the customer's next mail, and what bounces: end to end."""

import asyncio
import email
import email.policy
import smtplib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from innboks.app import build_parts, web_app
from innboks.channels.email.receiver import Listener, listen
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import change_channel_account, connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.watch import RoadIn
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import get_message, list_conversations, list_messages
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.files.attach import upload
from innboks.core.files.pictures import add_picture
from innboks.core.parts import Parts
from tests.api.test_files import PNG
from tests.channels.email.dns_server import dns_server
from tests.channels.email.scripted_smtp import ScriptedServer, scripted
from tests.channels.email.test_authentication import DNS, MAIL, keys, signed

FIRST = """From: Leo Customer <leo@customer.example>
To: Team <team@team.example>
Cc: Mia <mia@partner.example>
Subject: Where is my order?
Message-ID: <first@customer.example>

It has not arrived.
"""


class Team:
    """An account with one forwarded address, our receiver, and the server that takes its mail."""

    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount, listener: Listener, server: ScriptedServer) -> None:
        self.parts, self.actor, self.row, self.listener, self.server = parts, actor, row, listener, server

    async def gets(self, raw: str, to: str = "") -> None:
        def talk() -> None:
            with smtplib.SMTP("127.0.0.1", self.listener.port, timeout=20) as client:
                client.sendmail("leo@customer.example", [to or str(self.row.hosted_address)], raw.encode())

        await asyncio.to_thread(talk)

    async def answers(self, conversation_id: int, **words: Any) -> Message:
        message, _ = await write(self.parts, self.actor, conversation_id, NewMessage(type="reply", **words))
        assert message == await get_message(self.parts, self.actor, message.id), "what writing answers is what reading gives"
        await send(self.parts, message.account_id, message.id, worker="test")
        return await get_message(self.parts, self.actor, message.id)

    async def only_conversation(self) -> int:
        (one,) = (await list_conversations(self.parts, self.actor)).items
        return int(one.id)

    async def messages(self) -> list[Message]:
        return list((await list_messages(self.parts, self.actor, await self.only_conversation())).items)


@pytest.fixture
async def team(settings: Settings, dsn: str) -> AsyncIterator[Team]:
    async with build_parts(settings, dsn, "worker") as parts, scripted() as server:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        config = {"address": "team@team.example", "company_name": "Team", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        row = await connect(parts, actor, "email", "Team", None, config)
        listener = await listen(RoadIn(parts), {"smtp": "127.0.0.1:0"})
        yield Team(parts, actor, row, listener, server)
        await listener.close()


async def test_there_and_back_and_there_again(team: Team) -> None:
    await team.gets(FIRST)
    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    answer = await team.answers(conversation_id, text="It is on its way.")
    assert answer.state == "sent"
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert mail["In-Reply-To"] == "<first@customer.example>"
    assert mail["Message-ID"] == f"<{answer.external_id}>"
    assert mail["From"] == "Ada Example at Team <team@team.example>"
    reply_to = mail["Reply-To"].addresses[0].addr_spec

    await team.gets(
        f"From: leo@customer.example\nSubject: Re: x\nMessage-ID: <2@customer.example>\nIn-Reply-To: {mail['Message-ID']}\n\nThanks.\n"
    )
    await team.gets("From: leo@customer.example\nSubject: Another client\nMessage-ID: <3@customer.example>\n\nHere it is.\n", to=reply_to)
    await team.gets(f"From: leo@private.example\nTo: {reply_to}\nSubject: Another address\n\nIt is me.\n")
    messages = [one for one in await team.messages() if one.type != "system"]
    assert [one.text for one in messages] == ["It has not arrived.", "It is on its way.", "Thanks.", "Here it is.", "It is me."]
    assert [one.why.get("label") for one in messages if one.direction == "in"][1:] == ["In-Reply-To", "reply address", "reply address"]
    assert reply_to not in str([one.recipients for one in messages])


async def test_an_answer_carries_its_pictures_and_what_it_quotes(team: Team) -> None:
    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    picture = await upload(team.parts, team.actor, "seam.png", "image/png", PNG, is_inline=True)
    html = f'<div>See the <strong>seam</strong>: <img src="cid:{picture.content_id}" alt="seam.png"></div>'
    quoted = "On 1 Nov, Leo wrote:\n> It has not\n> arrived <yet>."
    answer = await team.answers(conversation_id, text="See the seam: [seam.png]", html=html, quoted=quoted, attachments=[picture.id])
    assert (answer.state, answer.html, answer.quoted) == ("sent", html, quoted)
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert mail.get_content_type() == "multipart/related"
    (shown,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (shown["Content-ID"], shown.get_content_disposition()) == (f"<{picture.content_id}>", "inline")
    text, markup = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert markup is not None
    assert text.get_content().replace("\r\n", "\n") == f"See the seam: [seam.png]\n\n{quoted}\n"
    assert f'<img src="cid:{picture.content_id}"' in markup.get_content()
    assert "It has not<br>" in markup.get_content()
    assert "arrived &lt;yet&gt;." in markup.get_content()
    assert "&gt; It has" not in markup.get_content()


async def test_a_signature_brings_its_picture_along(team: Team) -> None:
    """R-113: as a part of the mail, beside a picture of the answer itself; one that is not there is left out."""
    logo = await add_picture(team.parts, team.actor, "logo.png", PNG)
    signature = f'<p>{{{{first_name}}}} <img src="cid:{logo.content_id}" alt="Tindra"><img src="cid:picture-{"0" * 64}@signature"></p>'
    await change_channel_account(team.parts, team.actor, team.row.id, config={"signature_html": signature})
    await team.gets(FIRST)
    picture = await upload(team.parts, team.actor, "seam.png", "image/png", PNG + b"seam", is_inline=True)
    html = f'<div>See: <img src="cid:{picture.content_id}" alt="seam.png"></div>'
    answer = await team.answers(await team.only_conversation(), text="See: [seam.png]", html=html, attachments=[picture.id])
    assert (answer.state, [one.content_id for one in answer.attachments]) == ("sent", [picture.content_id])
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    shown = {str(part["Content-ID"]): part for part in mail.walk() if part.get_content_type() == "image/png"}
    assert shown.keys() == {f"<{picture.content_id}>", f"<{logo.content_id}>"}
    assert shown[f"<{logo.content_id}>"].get_content() == PNG
    assert shown[f"<{logo.content_id}>"].get_content_disposition() == "inline"
    assert mail.get_content_type() == "multipart/related"


async def test_script_in_a_signature_is_not_kept(team: Team) -> None:
    """Neither the settings page that shows it nor a customer's mail program meets it."""
    signature = '<p>{{first_name}}</p><img src="x" onerror="hit()"><script>hit()</script><a href="javascript:hit()">press</a>'
    await change_channel_account(team.parts, team.actor, team.row.id, config={"signature_html": signature})
    connected = await team.parts.directory.find(team.parts, team.row.account_id, team.row.id)
    kept = str(connected.context.config.signature_html)
    assert kept.startswith("<p>{{first_name}}</p>")
    assert "hit()" not in kept


async def test_people_read_who_is_verified(team: Team) -> None:
    records = {**DNS, ("s1._domainkey.kunde.example", "TXT"): [keys()[1]]}
    async with dns_server(records) as dns:
        listener = await listen(RoadIn(team.parts), {"smtp": "127.0.0.1:0", "mail_checks": True, "dns": dns.address})
        checked = Team(team.parts, team.actor, team.row, listener, team.server)
        await checked.gets(signed().decode())
        await checked.gets(signed(MAIL.replace(b"Order 17", b"Order 17 ")).replace(b"Where is it?", b"Pay me.").decode())
        await listener.close()
    words = [one.origin["word"] for page in [await list_conversations(team.parts, team.actor)] for one in await _firsts(team, page.items)]
    assert sorted(words) == ["unverified", "verified"]


async def _firsts(team: Team, conversations: Sequence[Any]) -> list[Message]:
    return [(await list_messages(team.parts, team.actor, int(one.id))).items[0] for one in conversations]


async def test_nobody_hands_in_a_mail_past_the_receiver(team: Team) -> None:
    forged = {"checked-authentication": '{"word":"verified"}', "folder-role": "sent", "mail-from": "team@team.example"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web_app(team.parts)), base_url=team.parts.settings.url) as client:
        answer = await client.post(f"/hooks/{team.row.kind}/{team.row.id}", content=FIRST.encode(), headers=forged)
    assert answer.status_code == 404
    assert list((await list_conversations(team.parts, team.actor)).items) == []


async def test_one_of_two_bounces_later(team: Team) -> None:
    await team.gets(FIRST)
    answer = await team.answers(
        await team.only_conversation(),
        text="Hello both",
        to=["leo@customer.example"],
        cc=["mia@partner.example"],
    )
    await team.gets(
        f"""From: MAILER-DAEMON@partner.example
To: team@team.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn@partner.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r

It could not be delivered.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.partner.example

Final-Recipient: rfc822; mia@partner.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--r
Content-Type: text/rfc822-headers

Message-ID: <{answer.external_id}>

--r--
"""
    )
    found = await get_message(team.parts, team.actor, answer.id)
    states = {one.address: one.state for one in found.recipients}
    assert states == {"leo@customer.example": "sent", "mia@partner.example": "failed"}
    found_lines = [one.data["event"] for one in await team.messages() if one.type == "system"]
    assert found_lines == ["assigned", "message_failed"]


async def test_a_report_about_somebody_elses_mail_is_shown_among_what_is_filtered(team: Team) -> None:
    await team.gets(
        "From: MAILER-DAEMON@partner.example\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <dsn2@partner.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nNot delivered.\n--r\n"
        "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; mia@partner.example\nAction: failed\nStatus: 5.1.1\n\n"
        "--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: <elsewhere@team.example>\n\n--r--\n"
    )
    assert (await list_conversations(team.parts, team.actor)).items == []
    (one,) = (await list_conversations(team.parts, team.actor, view="filtered")).items
    assert one.spam_reason == "automated"
    message = (await list_messages(team.parts, team.actor, one.id)).items[0]
    assert message.is_automatic
    assert message.text == "Not delivered."


async def test_an_unknown_address_is_refused_and_leaves_nothing(team: Team) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await team.gets(FIRST, to="nobody@in.example.com")
    assert (await list_conversations(team.parts, team.actor)).items == []


async def test_mail_to_a_paused_address_stays_with_its_sender_and_comes_when_it_goes_on(team: Team) -> None:
    """R-043: refused for now, or it would bounce."""
    await change_channel_account(team.parts, team.actor, team.row.id, is_active=False)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await team.gets(FIRST)
    assert refused.value.smtp_code == 450
    assert (await list_conversations(team.parts, team.actor)).items == []
    await change_channel_account(team.parts, team.actor, team.row.id, is_active=True)
    await team.gets(FIRST)
    assert [one.type for one in await team.messages()] == ["message"]

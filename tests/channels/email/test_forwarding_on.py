"""A message passed on to others, a reply over another connection, and one that leaves later: through real SMTP servers."""

import email
import email.policy
from datetime import timedelta

import pytest

from innboks.channels.email.own import second_id
from innboks.core.channel_accounts.connect import connect
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import get_conversation, get_message
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.dispatches import store_queue
from innboks.core.held.take_back import take_back
from innboks.errors import Invalid, NotFound
from tests.channels.email.test_both_roads import FIRST, Team, team  # noqa: F401 - a fixture

WITH_FILE = (
    "From: Leo Customer <leo@customer.example>\nTo: Team <team@team.example>\nSubject: Broken tent\nMessage-ID: <tent@customer.example>\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>It is <b>torn</b>.</p>\n"
    "--b\nContent-Type: text/plain; name=bill.txt\nContent-Disposition: attachment; filename=bill.txt\n\nTent: 100\n--b--\n"
)


async def test_forwarded_it_carries_the_original_and_the_customer_waits_on(team: Team) -> None:  # noqa: F811
    await team.gets(WITH_FILE)
    conversation_id = await team.only_conversation()
    before = await get_conversation(team.parts, team.actor, conversation_id)
    (original,) = await team.messages()
    sent = await team.answers(conversation_id, text="Can you mend this?", to=["Kari <kari@tents.example>"], forward_of=original.id)
    assert (sent.state, sent.subject, sent.data) == ("sent", "Fwd: Broken tent", {"forward_of": str(original.id)})
    assert (sent.text, [one.name for one in sent.attachments]) == ("Can you mend this?", ["bill.txt"])
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert mail["To"] == "Kari <kari@tents.example>"
    plain, rich = (str(mail.get_body((kind,)).get_content()) for kind in ("plain", "html"))  # type: ignore[union-attr]
    for words in ("Can you mend this?", "Forwarded message", "From: Leo Customer <leo@customer.example>", "Subject: Broken tent", "torn"):
        assert words in plain
    assert "<b>torn</b>" in rich
    assert [part.get_filename() for part in mail.iter_attachments()] == ["bill.txt"]
    after = await get_conversation(team.parts, team.actor, conversation_id)
    same = ("waiting_since", "preview", "last_message_at", "last_direction", "assignee_id")
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}

    await team.gets(
        f"From: Kari <kari@tents.example>\nSubject: Re: Fwd\nMessage-ID: <k1@tents.example>\nIn-Reply-To: {mail['Message-ID']}\n\nYes, on Friday.\n"
    )
    *_, answer = await team.messages()
    assert (answer.text, answer.sender["name"], answer.why["message_id"]) == ("Yes, on Friday.", "Kari", str(sent.id))
    assert answer.contact_id != before.contact_id

    with pytest.raises(Invalid):
        await team.answers(conversation_id, text="x", forward_of=original.id)
    with pytest.raises(NotFound):
        await team.answers(conversation_id, text="x", to=["a@b.example"], forward_of=10**9)


async def test_a_forward_taken_back_leaves_the_original_its_files(team: Team) -> None:  # noqa: F811
    await team.gets(WITH_FILE)
    conversation_id = await team.only_conversation()
    (original,) = await team.messages()
    new = NewMessage(type="reply", text="Look", to=["kari@tents.example"], forward_of=original.id, hold_s=8)
    message, _ = await write(team.parts, team.actor, conversation_id, new)
    taken = await take_back(team.parts, team.actor, message.id)
    assert taken.message.attachments == []
    (left,) = await team.messages()
    assert [one.name for one in left.attachments] == ["bill.txt"]


async def test_a_forward_taken_back_gives_its_own_words_and_what_was_chosen(team: Team) -> None:  # noqa: F811
    await team.gets(WITH_FILE)
    conversation_id = await team.only_conversation()
    (original,) = await team.messages()
    new = NewMessage(
        type="reply",
        text="Look",
        html="<p><b>Look</b></p>",
        to=["kari@tents.example"],
        forward_of=original.id,
        send_at=team.parts.clock.now() + timedelta(hours=1),
        send_even_if_answered=True,
    )
    message, _ = await write(team.parts, team.actor, conversation_id, new)
    taken = await take_back(team.parts, team.actor, message.id)
    assert (taken.message.text, taken.html, taken.is_sent_even_if_answered) == ("Look", "<p><b>Look</b></p>", True)


async def test_a_reply_over_another_connection(team: Team) -> None:  # noqa: F811
    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    config = {"address": "repairs@team.example", "company_name": "Repairs", "smtp_host": "127.0.0.1", "smtp_port": team.server.port}
    other = await connect(team.parts, team.actor, "email", "Repairs", team.row.inbox_id, config)
    sent = await team.answers(conversation_id, text="From the workshop", channel_account_id=other.id)
    assert (sent.channel_account_id, sent.state) == (other.id, "sent")
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert "repairs@team.example" in mail["From"]
    assert (mail["To"], mail["Cc"]) == ("Leo Customer <leo@customer.example>", "Mia <mia@partner.example>")
    assert mail["In-Reply-To"] == "<first@customer.example>"
    await team.gets(
        f"From: leo@customer.example\nTo: repairs@team.example\nSubject: Re: x\nMessage-ID: <2@customer.example>\nIn-Reply-To: {mail['Message-ID']}\n\nThanks.\n",
        to=str(other.hosted_address),
    )
    assert [one.text for one in await team.messages()][-1] == "Thanks."
    with pytest.raises(NotFound):
        await team.answers(conversation_id, text="x", channel_account_id=10**9)


async def test_a_scheduled_mail_answers_what_is_newest_when_it_leaves(team: Team) -> None:  # noqa: F811
    from innboks.core.held.release import send_now

    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    at = team.parts.clock.now() + timedelta(days=1)
    new = NewMessage(type="reply", text="As promised", send_at=at, send_even_if_answered=True)
    scheduled, _ = await write(team.parts, team.actor, conversation_id, new)
    between = await team.answers(conversation_id, text="Soon")
    first = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert str(first["References"]).split() == ["<first@customer.example>", f"<{second_id(str(between.external_id))}>"], (
        "what has not left is nothing to refer to"
    )
    now = await send_now(team.parts, team.actor, scheduled.id)
    await send(team.parts, now.account_id, now.id, worker="test")
    mail = email.message_from_bytes(team.server.mails[1], policy=email.policy.default)
    own_id = str(mail["Message-ID"]).strip("<>")
    assert str(mail["References"]).split() == [f"<{between.external_id}>", "<first@customer.example>", f"<{second_id(own_id)}>"]
    assert (await get_message(team.parts, team.actor, scheduled.id)).external_id == own_id
    async with team.parts.db.connection() as conn:
        assert await store_queue.undo_ends_at(conn, now.account_id, now.id) is None

"""Reports about a mail of ours that do not name it by our Message-ID, because a server put its own in its place: through our receiver and a real SMTP
server, by each thing that may come back of the mail. And what such a report must never do: mark the wrong message."""

import asyncio
import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import get_message, list_conversations, list_messages
from innboks.core.conversations.send import send
from innboks.core.conversations.start import start
from tests.channels.email.test_both_roads import FIRST, Team, team  # noqa: F401 - a fixture

LEO, MIA = "leo@customer.example", "mia@partner.example"
THEIRS = "<0100018f-6a2b-000000@email.provider.example>"


async def answered(team: Team, **words: object) -> Message:  # noqa: F811
    """A customer's mail and an answer that left."""
    await team.gets(FIRST)
    return await team.answers(await team.only_conversation(), **{"text": "It is on its way.", "to": [LEO], "cc": [], **words})


def sent_header(team: Team, number: int = -1, *, only: Callable[[str], bool] = lambda name: True) -> str:  # noqa: F811
    """The header fields with which our mail left, under the Message-ID that its server gave it; of them those that `only` lets come back."""
    mail = email.message_from_bytes(team.server.mails[number], policy=email.policy.default)
    named = [(name, THEIRS if name == "Message-ID" else " ".join(str(value).split())) for name, value in mail.items()]
    return "".join(f"{name}: {value}\n" for name, value in named if only(name))


def report(returned: str, *recipients: str, action: str = "failed", status: str = "5.1.1", id: str = "dsn1") -> str:
    blocks = "\n".join(f"Final-Recipient: rfc822; {one}\nAction: {action}\nStatus: {status}\n" for one in recipients)
    back = f"--r\nContent-Type: text/rfc822-headers\n\n{returned}\n" if returned else ""
    return (
        f"From: MAILER-DAEMON@provider.example\nTo: team@team.example\nSubject: Delivery status\nMessage-ID: <{id}@provider.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nThis is about your mail.\n"
        f"--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; provider.example\n\n{blocks}\n{back}--r--\n"
    )


async def state_of(team: Team, message: Message) -> tuple[str | None, dict[str, str | None]]:  # noqa: F811
    found = await get_message(team.parts, team.actor, message.id)
    return found.state, {one.address: one.state for one in found.recipients}


async def filtered(team: Team) -> list[str]:  # noqa: F811
    return [str(one.subject) for one in (await list_conversations(team.parts, team.actor, view="filtered")).items]


async def in_the_inbox(team: Team) -> list[str]:  # noqa: F811
    return sorted(str(one.subject) for one in (await list_conversations(team.parts, team.actor)).items)


async def until_the_next_second(team: Team) -> None:  # noqa: F811
    """A Date has no smaller parts."""
    second = team.parts.clock.now().second
    while team.parts.clock.now().second == second:
        await asyncio.sleep(0.02)


async def test_by_our_second_id_in_the_returned_references(team: Team) -> None:  # noqa: F811
    """Of two answers to the same person, written in the same conversation, the newer one came back; its References name the older one, too."""
    older = await answered(team)
    newer = await team.answers(await team.only_conversation(), text="By the way.", to=[LEO], cc=[])
    await team.gets(report(sent_header(team, only=lambda name: name in ("Message-ID", "References", "Subject")), LEO))
    assert await state_of(team, older) == ("sent", {LEO: "sent"})
    assert await state_of(team, newer) == ("failed", {LEO: "failed"})
    assert [one.data["event"] for one in await team.messages() if one.type == "system"] == ["assigned", "message_failed"]
    assert await filtered(team) == []


async def test_older_ids_of_ours_in_the_returned_references_are_not_the_mail_itself(team: Team) -> None:  # noqa: F811
    """What people write from the same address in another program goes on in the same thread: its References name our answer, which did arrive."""
    message = await answered(team)
    mine = sent_header(team, only=lambda name: name == "References").strip()
    await team.gets(
        report(f"Message-ID: <phone@team.example>\n{mine} <thanks@customer.example>\nDate: Mon, 05 Jan 2026 09:30:00 +0000\n", LEO)
    )
    assert await state_of(team, message) == ("sent", {LEO: "sent"})


async def test_by_our_mark_and_the_date(team: Team) -> None:  # noqa: F811
    """Two answers to the same person; the Date says which one came back."""
    older = await answered(team)
    await until_the_next_second(team)
    newer = await team.answers(await team.only_conversation(), text="By the way.", to=[LEO], cc=[])
    only = sent_header(team, 0, only=lambda name: name in ("Message-ID", "Date", "X-Innboks-Loop"))
    assert "X-Innboks-Loop" in only
    await team.gets(report(only, LEO))
    assert await state_of(team, older) == ("failed", {LEO: "failed"})
    assert await state_of(team, newer) == ("sent", {LEO: "sent"})


async def test_by_the_token_in_the_returned_reply_to(team: Team) -> None:  # noqa: F811
    """Two conversations with the same person: the token says in which one something came back."""
    message = await answered(team)
    other, written, _ = await start(
        team.parts, team.actor, team.row.id, NewMessage(type="reply", to=[LEO], subject="Another matter", text="Hello")
    )
    await send(team.parts, written.account_id, written.id, worker="test")
    await team.gets(report(sent_header(team, 0, only=lambda name: name in ("Message-ID", "Reply-To")), LEO))
    assert await state_of(team, message) == ("failed", {LEO: "failed"})
    assert await state_of(team, written) == ("sent", {LEO: "sent"})
    assert (await list_messages(team.parts, team.actor, other.id)).items[-1].type == "reply"


async def test_by_recipient_when_nothing_of_the_mail_came_back(team: Team) -> None:  # noqa: F811
    message = await answered(team, cc=[MIA])
    await team.gets(report("", MIA))
    assert await state_of(team, message) == ("sent", {LEO: "sent", MIA: "failed"})
    assert await filtered(team) == []


async def test_one_of_two_marks_neither_and_is_shown_to_people(team: Team) -> None:  # noqa: F811
    """Two mails to the same person, and nothing says which one it is about. That something did not arrive is not for the filter."""
    first = await answered(team)
    second = await team.answers(await team.only_conversation(), text="By the way.", to=[LEO], cc=[])
    await team.gets(report("", LEO))
    for message in (first, second):
        assert await state_of(team, message) == ("sent", {LEO: "sent"})
    assert await in_the_inbox(team) == ["Delivery status", "Where is my order?"]
    assert await filtered(team) == []


async def test_one_of_two_in_a_conversation_stands_in_it(team: Team) -> None:  # noqa: F811
    first = await answered(team)
    second = await team.answers(await team.only_conversation(), text="By the way.", to=[LEO], cc=[])
    await team.gets(report(sent_header(team, only=lambda name: name in ("Message-ID", "Reply-To")), LEO))
    for message in (first, second):
        assert await state_of(team, message) == ("sent", {LEO: "sent"})
    told = (await team.messages())[-1]
    assert (told.text, told.is_automatic, told.why["label"]) == ("This is about your mail.", True, "returned mail")


async def test_a_mail_written_elsewhere_marks_nothing(team: Team) -> None:  # noqa: F811
    """From the same address to the same person, with another program: it bears another Date and no mark of ours."""
    message = await answered(team)
    for number, shown in enumerate(
        ("Subject: Lunch\nDate: Mon, 05 Jan 2026 09:30:00 +0000\n", "Subject: Lunch\n", f"Message-ID: {THEIRS}\n")
    ):
        await team.gets(report(f"From: team@team.example\n{shown}", LEO, id=f"phone{number}"))
    assert await state_of(team, message) == ("sent", {LEO: "sent"})
    assert await in_the_inbox(team) == ["Where is my order?"]


async def test_our_mark_without_a_fitting_date_marks_nothing(team: Team) -> None:  # noqa: F811
    """A mail of ours that is gone from here, or left long ago, is not the one that is here."""
    message = await answered(team)
    mark = sent_header(team, only=lambda name: name == "X-Innboks-Loop")
    await team.gets(report(f"Message-ID: {THEIRS}\nDate: Mon, 05 Jan 2026 09:30:00 +0000\n{mark}", LEO))
    assert await state_of(team, message) == ("sent", {LEO: "sent"})


async def test_after_days_a_report_without_an_id_is_about_nothing_here(team: Team) -> None:  # noqa: F811
    message = await answered(team)
    async with team.parts.db.transaction() as conn:
        await conn.execute(
            "update message set sent_at = sent_at - interval '6 days', created_at = created_at - interval '6 days' where id = %s",
            (message.id,),
        )
    await team.gets(report("", LEO))
    assert await state_of(team, message) == ("sent", {LEO: "sent"})


async def test_a_report_of_success_marks_its_recipient_and_is_no_message(team: Team) -> None:  # noqa: F811
    message = await answered(team, cc=[MIA])
    mine = sent_header(team).replace(THEIRS, f"<{message.external_id}>")
    await team.gets(report(mine, MIA, action="delivered", status="2.0.0", id="ok1"))
    assert await state_of(team, message) == ("sent", {LEO: "sent", MIA: "delivered"}), "it is not there for everybody yet"
    await team.gets(report(mine, LEO, action="relayed", status="2.0.0", id="ok2"))
    assert await state_of(team, message) == ("sent", {LEO: "sent", MIA: "delivered"})
    await team.gets(report(sent_header(team), LEO, action="delivered", status="2.0.0", id="ok3"))
    assert await state_of(team, message) == ("delivered", {LEO: "delivered", MIA: "delivered"})
    await team.gets(report(mine, LEO, action="delayed", status="4.4.1", id="late"))
    assert (await state_of(team, message))[0] == "delivered", "an older word that came late takes nothing back"
    assert [one.type for one in await team.messages()] == ["message", "reply", "system"], "nothing but that somebody took it"
    assert await filtered(team) == []


async def test_success_for_one_takes_no_failure_of_another_back(team: Team) -> None:  # noqa: F811
    message = await answered(team, cc=[MIA])
    await team.gets(report(sent_header(team), MIA, id="no"))
    before = await get_message(team.parts, team.actor, message.id)
    await team.gets(report(sent_header(team), LEO, action="delivered", status="2.0.0", id="ok"))
    after = await get_message(team.parts, team.actor, message.id)
    assert {one.address: one.state for one in after.recipients} == {LEO: "delivered", MIA: "failed"}
    assert (after.state, after.reason) == ("sent", before.reason)


async def test_a_report_of_success_for_somebody_elses_mail_is_filtered(team: Team) -> None:  # noqa: F811
    await team.gets(report("Message-ID: <elsewhere@team.example>\n", LEO, action="delivered", status="2.0.0"))
    assert await in_the_inbox(team) == []
    assert await filtered(team) == ["Delivery status"]


async def test_an_answer_to_a_mail_whose_id_was_replaced_finds_it(team: Team) -> None:  # noqa: F811
    """We wrote first, and the customer's program knows the mail by the provider's id alone; our address has no token where a mailbox is fetched."""
    _, written, _ = await start(
        team.parts, team.actor, team.row.id, NewMessage(type="reply", to=[LEO], subject="Your tent", text="It is here.")
    )
    await send(team.parts, written.account_id, written.id, worker="test")
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert str(mail["References"]) != str(mail["Message-ID"]), "no mail is its own parent"
    await team.gets(
        f"From: {LEO}\nTo: team@team.example\nSubject: Re: Your tent\nMessage-ID: <thanks@customer.example>\nIn-Reply-To: {THEIRS}\n"
        f"References: {mail['References']} {THEIRS}\n\nThank you.\n"
    )
    messages = [one for one in await team.messages() if one.type != "system"]
    assert [one.text for one in messages] == ["It is here.", "Thank you."]
    assert (messages[1].why["label"], messages[1].why["message_id"]) == ("References", str(written.id))


async def test_an_answer_to_an_answer_whose_id_was_replaced_finds_it(team: Team) -> None:  # noqa: F811
    """Also where the customer's program names only the last of the References."""
    message = await answered(team)
    mail = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)
    last = str(mail["References"]).split()[-1]
    await team.gets(f"From: {LEO}\nMessage-ID: <2@customer.example>\nIn-Reply-To: {THEIRS}\nReferences: {last} {THEIRS}\n\nThanks.\n")
    told = (await team.messages())[-1]
    assert (told.text, told.why["message_id"]) == ("Thanks.", str(message.id))

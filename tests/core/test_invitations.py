"""An invitation on the whole road in: its words stand in the message, and what a card shows beside it."""

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect
from innboks.core.conversations.models import Message
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.sdk.contract import Inbound

CALENDAR = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
ORGANIZER;CN=Leo:mailto:leo@shop.example
SUMMARY:Fitting\x00 of the tent
DTSTART;TZID=Europe/Oslo:20261103T140000
DTEND;TZID=Europe/Oslo:20261103T150000
LOCATION:Hall 2
END:VEVENT
END:VCALENDAR
"""


async def taken_in(parts: Parts, actor: Actor, body: str) -> Message:
    row = await connect(parts, actor, "email", "Team", None, {"method": "forwarding", "address": "team@tindra.example"})
    mail = f"From: leo@shop.example\nTo: team@tindra.example\nSubject: Invitation\nMIME-Version: 1.0\n{body}"
    await receive(parts, row.account_id, row.id, Inbound(body=mail.replace("\n", "\r\n").encode()))
    (conversation,) = (await list_conversations(parts, actor)).items
    (message,) = (await list_messages(parts, actor, conversation.id)).items
    return message


async def test_a_mail_that_is_only_an_invitation(parts: Parts, actor: Actor) -> None:
    message = await taken_in(parts, actor, f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\n{CALENDAR}")
    assert message.text == "Fitting of the tent\n2026-11-03 14:00–15:00 Europe/Oslo\nHall 2\nLeo <leo@shop.example>"
    told = message.data["invitation"]
    assert (told["what"], told["starts"], told["ends"]) == ("request", "2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z")
    assert (told["title"], told["place"], told["is_alone"]) == ("Fitting of the tent", "Hall 2", True)
    assert [one.type for one in message.attachments] == ["text/calendar"]


async def test_beside_words_it_is_a_card_only(parts: Parts, actor: Actor) -> None:
    body = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nDo come.\n'
        f"--b\nContent-Type: text/calendar; method=REQUEST\n\n{CALENDAR}--b--\n"
    )
    message = await taken_in(parts, actor, body)
    assert (message.text, message.data["invitation"].get("is_alone", False)) == ("Do come.", False)
    assert message.data["invitation"]["title"] == "Fitting of the tent"

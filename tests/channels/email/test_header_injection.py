"""Line breaks in every word that can get into a mail of ours: no field, no recipient and no command comes of them, from the API to the wire.

What customers write is as hostile as what is typed: names, subjects, ids and file names come back in our answers. The mail itself, byte by byte,
is `test_compose.py`'s.
"""

import base64
import email
import email.policy
from typing import Any

import msgspec
import pytest

from innboks.core.accounts.users import UserChange, update_user
from innboks.core.channel_accounts.connect import change_channel_account
from innboks.core.channel_accounts.preview import Sample, send_preview
from innboks.core.files.attach import upload
from innboks.errors import Invalid
from tests.channels.email.test_both_roads import FIRST, Team, team  # noqa: F401 - a fixture

EVIL = "x\r\nBcc: evil@z.example\r\nX-Evil: 1\r\n\r\nMAIL FROM:<evil@z.example>\r\nRCPT TO:<evil@z.example>\r\n.\r\n"
WORD = f"=?utf-8?B?{base64.b64encode(EVIL.encode()).decode()}?="
HOSTILE = f"""From: {WORD} <leo@customer.example>
Reply-To: {WORD} <leo@private.example>, "a {WORD}"@bad.example
To: Team <team@team.example>
Cc: {WORD} <mia@partner.example>
Subject: {WORD}
Message-ID: <first@customer.example>{WORD}
References: <older@customer.example> {WORD} <a@b.example>\rBcc:<evil@z.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

It has not arrived.
--b
Content-Type: image/png
Content-Disposition: attachment; filename*=utf-8''a%0D%0ABcc:%20evil@z.example%0D%0A.png

x
--b--
"""
FIELDS = {
    "date", "from", "reply-to", "to", "cc", "subject", "message-id", "in-reply-to", "references", "x-innboks-loop", "mime-version", "content-type",
}  # fmt: skip
PART_FIELDS = {"content-type", "content-transfer-encoding", "content-disposition", "content-id"}


def assert_nothing_slipped_in(team: Team, *envelopes: set[str]) -> None:  # noqa: F811
    """Each mail went to exactly these, by the commands of a usual session, and has the fields of a usual mail."""
    sessions: list[set[str]] = []
    for command in team.server.commands:
        verb, _, rest = command.partition(" ")
        assert verb.upper() in ("EHLO", "MAIL", "RCPT", "DATA", "QUIT"), command
        assert verb.upper() != "MAIL" or rest.startswith("FROM:<team@team.example>"), command
        if verb.upper() == "MAIL":
            sessions.append(set())
        elif verb.upper() == "RCPT":
            sessions[-1].add(rest.partition("<")[2].partition(">")[0])
    assert [one for one in sessions if one] == [set(one) for one in envelopes], "besides the test that connecting makes"
    assert len(team.server.mails) == len(envelopes)
    for raw in team.server.mails:
        assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        first, *others = mail.walk()
        assert {name.lower() for name in first} <= FIELDS
        assert len(list(first)) == len(set(first))
        for part in others:
            assert {name.lower() for name in part} <= PART_FIELDS
        assert mail.defects == []


async def test_what_a_customer_wrote_starts_no_field_in_our_answer(team: Team) -> None:  # noqa: F811
    await team.gets(HOSTILE)
    conversation_id = await team.only_conversation()
    (came,) = [one for one in await team.messages() if one.type != "system"]
    words = [came.subject, came.sender["name"], *(one.name for one in came.recipients), *(one.name for one in came.attachments)]
    assert not [one for one in words if "\r" in one or "\n" in one]

    answer = await team.answers(conversation_id, text="On its way.", to=["leo@private.example"], cc=["mia@partner.example"])
    passed_on = await team.answers(conversation_id, text="Look", to=["kari@tents.example"], forward_of=came.id)
    assert (answer.state, passed_on.state) == ("sent", "sent")
    assert_nothing_slipped_in(team, {"leo@private.example", "mia@partner.example"}, {"kari@tents.example"})
    first, second = (email.message_from_bytes(raw, policy=email.policy.default) for raw in team.server.mails)
    assert first["Subject"].startswith("Re: x Bcc: evil@z.example X-Evil: 1")
    assert [part.get_filename() for part in second.iter_attachments()] == [came.attachments[0].name]


async def test_an_address_that_none_can_write_to_fails_with_its_reason(team: Team) -> None:  # noqa: F811
    """A customer's own headers named it; nothing leaves, so nobody is asked whether it may have arrived."""
    await team.gets(HOSTILE)
    answer = await team.answers(await team.only_conversation(), text="To whoever you named.")
    assert (answer.state, answer.code) == ("failed", "invalid_address"), answer.reason
    assert "is not a mail address" in answer.reason
    assert team.server.mails == []


async def test_what_is_typed_starts_no_field(team: Team) -> None:  # noqa: F811
    await update_user(team.parts, team.actor, team.actor.user_id, UserChange(name="Ada Example"))
    tokens = "<p>{{first_name}} {{last_name}} {{full_name}}</p>"
    await change_channel_account(team.parts, team.actor, team.row.id, config={"company_name": EVIL, "signature_html": tokens + EVIL})
    await team.gets(FIRST)
    conversation_id = await team.only_conversation()
    file = await upload(team.parts, team.actor, EVIL, EVIL, b"words")
    words = {"text": EVIL, "html": f"<p>{EVIL}</p>", "subject": EVIL, "quoted": EVIL}
    answer = await team.answers(
        conversation_id, to=['"x, y" <leo@customer.example>'], bcc=["Bo <bo@hidden.example>"], attachments=[file.id], **words
    )
    assert answer.state == "sent", answer.reason
    await send_preview(team.parts, team.actor, team.row.id, Sample(subject=EVIL, text=EVIL))
    assert_nothing_slipped_in(team, {"leo@customer.example", "bo@hidden.example"}, {"ada@team.example"})
    assert b"hidden.example" not in team.server.mails[0]


@pytest.mark.parametrize("role", ["to", "cc", "bcc"])
@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: evil@z.example", "a@b.example\nRCPT TO:<evil@z.example>", "x\r\nX-Evil: 1 <a@b.example>", "a@b.example\x00", "a b@c.example",
     "a@b.example> NOTIFY=NEVER", "<a@b.example>, evil@z.example", "a@b.example\u2028x"],
)  # fmt: skip
async def test_a_typed_recipient_with_more_than_an_address_is_refused(team: Team, role: str, address: str) -> None:  # noqa: F811
    await team.gets(FIRST)
    with pytest.raises(Invalid) as refused:
        await team.answers(await team.only_conversation(), text="x", **{role: [address]})
    assert (refused.value.code, refused.value.field) == ("invalid_address", role)
    assert team.server.mails == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("address", "a@b.example\r\nBcc: evil@z.example"),
        ("reply_to", "a@b.example>\r\nBcc: evil@z.example"),
        ("reply_to", "evil@z.example, a@b.example"),
        ("from_address", "a@b.example\r\nBcc: evil@z.example"),
        ("from_address", "a@b.example> BODY=x"),
        ("smtp_host", "127.0.0.1\r\nRCPT TO:<evil@z.example>"),
    ],
)
async def test_an_address_in_the_settings_is_an_address_and_nothing_more(team: Team, field: str, given: str) -> None:  # noqa: F811
    config: dict[str, Any] = {field: given}
    with pytest.raises(Invalid) as refused:
        await change_channel_account(team.parts, team.actor, team.row.id, config=config)
    assert (refused.value.field or "").endswith(field)
    assert msgspec.json.encode(refused.value.sentence)

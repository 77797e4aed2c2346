"""Mail made to hurt, over real SMTP and all the way to what the app reads: it is stored whole, opens fast and small, and what comes after it arrives.

What the parser makes of such mail by itself is `test_mime.py`'s and `test_mime_bounds.py`'s.
"""

from typing import Any

import msgspec
import pytest

from innboks.api.app.shapes import conversation_out, message_out
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.messages.original import original_of, pieces_of
from innboks.errors import Invalid
from tests.channels.email.test_both_roads import FIRST, Team, team  # noqa: F401 - a fixture

HEAD = "From: Leo Customer <leo@customer.example>\nSubject: A bomb\nMessage-ID: <bomb@customer.example>\nMIME-Version: 1.0\n"
CROWD = (
    "From: Leo Customer <leo@customer.example>\nTo: team@team.example,\n "
    + ",\n ".join(f"Person {n} <p{n}@crowd.example>" for n in range(10_000))
    + "\nSubject: To everybody\nMessage-ID: <crowd@customer.example>\n\nHello all.\n"
)
DEPTH = 5_000
BOMBS = {
    "multiparts": HEAD + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(DEPTH)) + "\nThe core.\n",
    "mails": HEAD + "Content-Type: message/rfc822\n\n" * DEPTH + "Subject: innermost\n\nThe core.\n",
    "mails in multiparts": HEAD
    + "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n"
        for n in range(DEPTH)
    )
    + "Subject: innermost\n\nThe core.\n",
    "digests": HEAD + "".join(f"Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\n\n" for n in range(DEPTH)) + "\nThe core.\n",
    "siblings": HEAD + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n" * 20_000,
}


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_bomb_of_nested_parts_is_a_message_like_any_other(team: Team, kind: str) -> None:  # noqa: F811
    await team.gets(BOMBS[kind])
    await team.gets(FIRST)
    listed = (await list_conversations(team.parts, team.actor)).items
    assert sorted(one.subject for one in listed) == ["A bomb", "Where is my order?"]
    bomb = next(one for one in listed if one.subject == "A bomb")
    (message,) = [one for one in (await list_messages(team.parts, team.actor, bomb.id)).items if one.type == "message"]
    assert 0 < len(message.attachments) <= 2_000, "what nests too deep is a file"
    assert len(msgspec.json.encode(message_out(message))) < 300_000
    assert len(msgspec.json.encode(conversation_out(bomb))) < 2_000
    kept = await original_of(team.parts, team.actor, message.id)
    raw = b"".join([piece async for piece in pieces_of(team.parts, kept)])
    assert raw.replace(b"\r\n", b"\n").rstrip() == BOMBS[kind].encode().rstrip(), "nothing of it is lost"
    assert (await team.answers(bomb.id, text="What is this?")).state == "sent"


async def test_a_mail_to_ten_thousand_is_small_to_read_and_answered_to_its_sender(team: Team) -> None:  # noqa: F811
    await team.gets(CROWD)
    await team.gets(FIRST)
    crowd = next(one for one in (await list_conversations(team.parts, team.actor)).items if one.subject == "To everybody")
    assert len(msgspec.json.encode(conversation_out(crowd))) < 2_000
    (message,) = [one for one in (await list_messages(team.parts, team.actor, crowd.id)).items if one.type == "message"]
    assert (len(message.recipients), message.data) == (1_000, {"recipients_left_out": 9_001})
    assert len(msgspec.json.encode(message_out(message))) < 100_000
    kept = await original_of(team.parts, team.actor, message.id)
    assert b"p9999@crowd.example" in b"".join([piece async for piece in pieces_of(team.parts, kept)])

    everybody = [f"Person {n} <p{n}@crowd.example>" for n in range(10_000)]
    refusals: list[tuple[dict[str, Any], str, str]] = [
        (
            {},
            "to",
            "This one would go to 1000: leave some out, or answer only who wrote.",
        ),  # whoever was in it, as the API does when nobody is named
        ({"to": everybody}, "to", "At most 100 people"),
        ({"to": ["leo@customer.example"], "cc": everybody}, "cc", "At most 100 people"),
        ({"to": ["leo@customer.example"], "bcc": everybody}, "bcc", "At most 100 people"),
        ({"to": everybody[:60], "cc": everybody[60:120]}, "to", "This one would go to 120: leave some out"),
    ]
    for people, field, sentence in refusals:
        with pytest.raises(Invalid, match=sentence) as refused:
            await team.answers(crowd.id, text="x", **people)
        assert (refused.value.code, refused.value.field) == ("too_many_recipients", field)
    assert team.server.mails == []
    answer = await team.answers(crowd.id, text="To you alone.", to=["leo@customer.example"])
    assert (answer.state, [one.address for one in answer.recipients]) == ("sent", ["leo@customer.example"])

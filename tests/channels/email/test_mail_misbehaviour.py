"""The shared table of misbehaviour (`ROWS` in `innboks/sdk/testing.py`) as a mail server and a sender of mail play it: the provider out is a real SMTP server
that answers by a script, the way in is our own receiver with the whole road behind it. A new row of the table fails here until mail has an answer to it."""

import email
import email.policy
from collections.abc import Awaitable, Callable

import pytest

from innboks.channels.email.channel import Email
from innboks.channels.email.settings import Config
from innboks.core.conversations.models import Message
from innboks.core.conversations.read import list_conversations
from innboks.errors import SendError
from innboks.sdk.testing import MISBEHAVIOURS, ON_THE_ROAD, ROWS
from tests.channels.email.context import World, outgoing
from tests.channels.email.scripted_smtp import CLOSE, HANG, scripted
from tests.channels.email.test_both_roads import FIRST, Team
from tests.channels.email.test_both_roads import team as team

PASSWORD = "a-password-of-tests"
SAID: dict[str, list[dict[str, str]]] = {
    "answers 401 (a revoked token)": [
        {"AUTH": "535 5.7.8 Username and password not accepted"},
        {"MAIL": "530 5.7.0 Authentication required"},
    ],
    "answers 403": [{"MAIL": "553 5.7.1 Sender address not owned by user"}, {"RCPT": "550 5.7.1 relaying denied"}],
    "answers 404": [{"RCPT": "550 5.1.1 user unknown"}, {"RCPT": "550 5.1.2 no such domain"}],
    "answers 429": [{"GREETING": "421 4.7.0 too many connections"}, {"RCPT": "450 4.2.0 Greylisted"}, {"DOT": "451 4.7.1 slow down"}],
    "answers 500": [{"EHLO": "421 4.3.0 internal error"}, {"DATA": "451 4.3.0 internal error"}, {"DOT": "451 4.3.0 internal error"}],
    "answers with a web page": [{"GREETING": "<html>Sign in</html>"}, {"DOT": "<html>Sign in</html>"}],
    "answers nothing": [{"GREETING": ""}, {"RCPT": CLOSE}, {"DOT": ""}],
    "breaks off in the middle": [{"GREETING": "220-scr"}, {"DATA": CLOSE}, {"DOT": CLOSE}],
    "does not answer in time": [{"GREETING": HANG}, {"MAIL": HANG}, {"DOT": HANG}],
}
"""What a mail server says, at the places where it can say it, for each row."""


@pytest.mark.parametrize(
    ("row", "script"), [(row, script) for row in MISBEHAVIOURS for script in SAID.get(row[0], [])], ids=lambda value: str(value)[:60]
)
async def test_a_mail_server_that_misbehaves(row: tuple[object, ...], script: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("smtp_session.CONNECT_TIMEOUT_S", "smtp_session.COMMAND_TIMEOUT_S", "outbox.FINAL_TIMEOUT_S"):
        monkeypatch.setattr(f"innboks.channels.email.{name}", 0.3)
    async with scripted({**script, "AUTH": script.get("AUTH", "235 2.7.0 OK")}, extensions=("8BITMIME", "AUTH PLAIN")) as server:
        place = World(
            Config(
                address="team@team.example",
                smtp_host="127.0.0.1",
                smtp_port=server.port,
                smtp_tls="none",
                smtp_user="team",
                smtp_password=PASSWORD,
            )
        )
        with pytest.raises(SendError) as raised:
            await Email().send(place.context(), outgoing())
    assert isinstance(raised.value, row[2]), f"when it {row[0]} ({script}): {type(raised.value).__name__}"  # type: ignore[arg-type]
    assert PASSWORD not in raised.value.sentence + raised.value.detail


async def messages(team: Team) -> list[Message]:
    return [one for one in await team.messages() if one.type in ("message", "reply")]


async def twice(team: Team) -> None:
    """A sender that did not hear our 250 sends again; another machine of theirs may do so with other lines of its own above."""
    for raw in (FIRST, FIRST, "Received: from another.example\n" + FIRST):
        await team.gets(raw)
    assert [one.text for one in await messages(team)] == ["It has not arrived."]


async def out_of_order(team: Team) -> None:
    """An answer overtakes what it answers: both stand in one conversation, and so does what refers to both."""
    answer = (
        "From: Leo <leo@customer.example>\nTo: team@team.example\nSubject: Re: Where is my order?\nMessage-ID: <second@customer.example>\n"
    )
    await team.gets(answer + "In-Reply-To: <first@customer.example>\nReferences: <first@customer.example>\n\nFound it.\n")
    await team.gets(FIRST)
    assert {one.text for one in await messages(team)} == {"It has not arrived.", "Found it."}


async def signed_wrongly(team: Team) -> None:
    """Mail has no signature of the transport; what claims to be a reply to ours under a forged token finds no conversation by it."""
    await team.gets(FIRST)
    await team.answers(await team.only_conversation(), text="It is on its way.")
    reply_to = email.message_from_bytes(team.server.mails[0], policy=email.policy.default)["Reply-To"].addresses[0].addr_spec
    local, _, domain = reply_to.partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    for number, (address, expected) in enumerate(((reply_to, 1), (forged, 2))):
        await team.gets(FIRST.replace("<first@", f"<other{number}@").replace("leo@", "eve@"), to=address)
        found = (await list_conversations(team.parts, team.actor)).items
        assert len(found) == expected, "a forged reply token led into somebody else's conversation, or a true one did not lead there"


async def unheard_of(team: Team) -> None:
    """A body of a type nobody knows is a file of the message, and bytes that are hardly a mail are on disk as well."""
    await team.gets(FIRST.replace("\n\n", "\nMIME-Version: 1.0\nContent-Type: application/x-invented-since\n\n"))
    (one,) = await messages(team)
    assert [file.type for file in one.attachments] != []
    await team.gets("\n\n\n")
    async with team.parts.db.connection() as conn:
        fates = [row[0] for row in await (await conn.execute("select fate from delivery order by id")).fetchall()]
    assert len(fates) == 2, "what was answered with 250 is on disk"


async def window_closed(team: Team) -> None:
    """Mail has no reply window: nothing may ever be refused for one."""
    assert Email.abilities.reply_window_s == 0


ROAD: dict[str, Callable[[Team], Awaitable[None]]] = {
    "delivers twice": twice,
    "delivers out of order": out_of_order,
    "signs wrongly": signed_wrongly,
    "tells of something unknown": unheard_of,
    "says that the reply window is closed": window_closed,
}


@pytest.mark.parametrize("row", ON_THE_ROAD)
async def test_a_sender_that_misbehaves(team: Team, row: str) -> None:
    await ROAD[row](team)


def test_mail_has_an_answer_to_every_row() -> None:
    assert {*SAID, *ROAD} == set(ROWS)
    assert all(SAID.values())

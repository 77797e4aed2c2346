"""Handing mail to real, scripted SMTP servers: what each answer at each command means, and what is known when the server falls silent."""

from datetime import timedelta

import pytest

from innboks.channels.email.compose import Composed
from innboks.channels.email.outbox import hand_over
from innboks.channels.email.settings import Server
from innboks.errors import Blocked, Broken, Rejected, Retry, SendError, Uncertain
from innboks.sdk.contract import Sent
from tests.channels.email.scripted_smtp import CLOSE, HANG, ScriptedServer, scripted

MAIL = Composed(raw=b"Subject: Hi\r\n\r\nHello\n.dot\r\n", message_id="1.abc@team.example", needs_utf8=False)


async def send(script: ScriptedServer, *recipients: str, mail: Composed = MAIL, final_timeout_s: float = 5, **server: object) -> Sent:
    place = Server(host="127.0.0.1", port=script.port, tls="offered", **server)  # type: ignore[arg-type]
    return await hand_over(
        place, "inbox.example", "team@team.example", recipients or ("ada@customer.example",), mail, final_timeout_s=final_timeout_s
    )


async def test_a_mail_goes_out_whole() -> None:
    async with scripted() as script:
        sent = await send(script, "ada@customer.example", "bob@customer.example")
    assert [result.state for result in sent.results] == ["sent", "sent"]
    assert list(sent.external_ids) == ["1.abc@team.example"]
    assert script.mails == [b"Subject: Hi\r\n\r\nHello\r\n..dot\r\n.\r\n"]
    assert script.commands == [
        "EHLO inbox.example",
        "MAIL FROM:<team@team.example>",
        "RCPT TO:<ada@customer.example>",
        "RCPT TO:<bob@customer.example>",
        "DATA",
        "QUIT",
    ]


async def test_reports_of_failures_are_asked_for_where_the_server_can() -> None:
    async with scripted(extensions=("DSN", "SIZE 100000")) as script:
        await send(script, "a+b@customer.example")
    assert "MAIL FROM:<team@team.example> SIZE=27 RET=HDRS ENVID=1.abc@team.example" in script.commands
    assert "RCPT TO:<a+b@customer.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@customer.example" in script.commands


async def test_one_of_three_refused_means_two_sent_and_one_failed_visibly() -> None:
    async with scripted({"RCPT TO:<gone@": "550 5.1.1 <gone@customer.example>: user unknown"}) as script:
        sent = await send(script, "ada@customer.example", "gone@customer.example", "bob@customer.example")
    assert [(result.address[:4], result.state, result.code) for result in sent.results] == [
        ("ada@", "sent", ""),
        ("gone", "failed", "unknown_address"),
        ("bob@", "sent", ""),
    ]
    assert sent.results[1].reason == "There is no mailbox with this address. Check the address."
    assert len(script.mails) == 1


async def test_one_of_three_greylisted_is_tried_again_alone() -> None:
    async with scripted({"RCPT TO:<slow@": "451 4.7.1 Greylisted, come back in five minutes"}) as script:
        sent = await send(script, "ada@customer.example", "slow@customer.example")
    assert [result.state for result in sent.results] == ["sent", "retry"]


async def test_greylisting_of_everybody_is_a_retry_after_some_minutes() -> None:
    async with scripted({"RCPT": "450 4.2.0 Greylisted"}) as script:
        with pytest.raises(Retry) as caught:
            await send(script)
    assert caught.value.after is not None
    assert caught.value.after >= timedelta(minutes=5)
    assert script.mails == []


@pytest.mark.parametrize(
    ("answers", "expected", "code"),
    [
        ({"GREETING": "421 4.3.2 busy"}, Retry, "later"),
        ({"GREETING": "554 5.7.1 your address is listed"}, Broken, "server_refused"),
        ({"GREETING": "<html>hello</html>"}, Retry, "later"),
        ({"GREETING": CLOSE}, Retry, "connection"),
        ({"EHLO": "421 4.3.2 closing"}, Retry, "later"),
        ({"EHLO": "550 no", "HELO": "550 no"}, Broken, "server_refused"),
        ({"EHLO": CLOSE}, Retry, "connection"),
        ({"MAIL": "451 4.3.0 later"}, Retry, "later"),
        ({"MAIL": "530 5.7.0 Authentication required"}, Broken, "auth"),
        ({"MAIL": "553 5.7.1 Sender address not owned by user"}, Broken, "sender_refused"),
        ({"MAIL": "552 5.3.4 message size exceeds limit"}, Rejected, "too_large"),
        ({"MAIL": CLOSE}, Retry, "connection"),
        ({"RCPT": "421 4.3.2 shutting down"}, Retry, "later"),
        ({"RCPT": "452 4.2.2 mailbox full"}, Retry, "later"),
        ({"RCPT": "550 5.1.1 user unknown"}, Blocked, "unknown_address"),
        ({"RCPT": "550 No such user here"}, Blocked, "unknown_address"),
        ({"RCPT": "550 5.1.2 unknown domain"}, Blocked, "unknown_domain"),
        ({"RCPT": "552 5.2.2 over quota"}, Rejected, "mailbox_full"),
        ({"RCPT": "554 5.7.1 blocked using a blocklist"}, Rejected, "reputation"),
        ({"RCPT": "550 5.7.1 relaying denied"}, Rejected, "not_allowed"),
        ({"RCPT": "530 5.7.0 Must authenticate"}, Broken, "auth"),
        ({"RCPT": CLOSE}, Retry, "connection"),
        ({"DATA": "451 4.3.0 later"}, Retry, "later"),
        ({"DATA": "554 5.5.1 no valid recipients"}, Rejected, "refused_content"),
        ({"DATA": CLOSE}, Retry, "connection"),
        ({"DOT": "451 4.7.1 try again"}, Retry, "later"),
        ({"DOT": "421 4.3.2 closing"}, Retry, "later"),
        ({"DOT": "552 5.3.4 too big"}, Rejected, "too_large"),
        ({"DOT": "554 5.7.1 looks like spam"}, Rejected, "spam"),
        ({"DOT": "550 no"}, Rejected, "refused_content"),
        ({"DOT": CLOSE}, Uncertain, "no_answer"),
        ({"DOT": "what?"}, Uncertain, "no_answer"),
        ({"DURING": "552 5.3.4 too big"}, Rejected, "too_large"),
        ({"DURING": "451 4.3.0 disk full"}, Retry, "later"),
    ],
)
async def test_every_answer_has_its_class(answers: dict[str, str], expected: type[SendError], code: str) -> None:
    big = Composed(raw=b"Subject: Hi\r\n\r\n" + b"x" * 70 + b"\r\n" * 400_000, message_id="1.abc@team.example", needs_utf8=False)
    async with scripted(answers) as script:
        with pytest.raises(SendError) as caught:
            await send(script, mail=big if "DURING" in answers else MAIL)
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert "@customer" not in caught.value.sentence + caught.value.detail.replace("…@customer", "")


async def test_a_server_that_takes_the_mail_and_falls_silent_leaves_it_uncertain() -> None:
    async with scripted({"DOT": HANG}) as script:
        with pytest.raises(Uncertain):
            await send(script, final_timeout_s=0.2)
        assert len(script.mails) == 1


async def test_an_answer_after_the_mail_counts_even_when_the_farewell_fails() -> None:
    async with scripted({"QUIT": CLOSE}) as script:
        assert (await send(script)).results[0].state == "sent"


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_silence_before_the_mail_is_handed_over_is_a_retry(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("innboks.channels.email.smtp_session.CONNECT_TIMEOUT_S", 0.2)
    monkeypatch.setattr("innboks.channels.email.smtp_session.COMMAND_TIMEOUT_S", 0.2)
    async with scripted({stage: HANG}) as script:
        with pytest.raises(Retry):
            await send(script)
        assert script.mails == []


async def test_a_message_larger_than_the_server_takes_is_refused_before_it_is_sent() -> None:
    async with scripted(extensions=("SIZE 10",)) as script:
        with pytest.raises(Rejected, match="too large"):
            await send(script)
    assert not any(command.startswith("MAIL") for command in script.commands)


async def test_addresses_in_other_scripts() -> None:
    mixed = ("ada@müller.example", "jörg@customer.example")
    async with scripted() as script:
        sent = await send(script, *mixed)
        assert "RCPT TO:<ada@xn--mller-kva.example>" in script.commands
        assert [(result.state, result.code) for result in sent.results] == [("sent", ""), ("failed", "smtputf8")]
    async with scripted(extensions=("SMTPUTF8",)) as script:
        sent = await send(script, *mixed)
        assert "MAIL FROM:<team@team.example> SMTPUTF8" in script.commands
        assert [result.state for result in sent.results] == ["sent", "sent"]


async def test_a_recipient_cannot_carry_a_command() -> None:
    async with scripted() as script:
        sent = await send(script, "ada@customer.example", "x@y.example>\r\nRCPT TO:<evil@z.example")
    assert [result.state for result in sent.results] == ["sent", "failed"]
    assert not any("evil" in command for command in script.commands)


async def test_sign_in_refused_is_broken_and_passing_trouble_is_not() -> None:
    async with scripted({"AUTH": "535 5.7.8 bad credentials"}, extensions=("AUTH PLAIN LOGIN",)) as script:
        with pytest.raises(Broken, match="user name or password"):
            await send(script, user="team", password="wrong")
    async with scripted({"AUTH": "454 4.7.0 try later"}, extensions=("AUTH PLAIN",)) as script:
        with pytest.raises(Retry):
            await send(script, user="team", password="right")
    async with scripted() as script:
        with pytest.raises(Broken, match="lets nobody sign in"):
            await send(script, user="team", password="right")


async def test_a_password_does_not_travel_in_the_clear_to_another_machine() -> None:
    async with scripted(extensions=("AUTH PLAIN",)) as script:
        place = Server(host="127.0.0.1", port=script.port, tls="starttls", user="team", password="secret")
        with pytest.raises(Broken, match="no encryption"):
            await hand_over(place, "inbox.example", "team@team.example", ["ada@customer.example"], MAIL)
    assert not any("AUTH" in command for command in script.commands)


async def test_wrong_names_and_closed_ports_are_said_in_words() -> None:
    async with scripted() as script:
        port = script.port
    with pytest.raises(Retry, match="refused the connection"):
        await hand_over(Server(host="127.0.0.1", port=port, tls="offered"), "inbox.example", "t@team.example", ["a@b.example"], MAIL)
    with pytest.raises(Retry, match="was not found"):
        await hand_over(
            Server(host="no-such-host.invalid", port=25, tls="offered"), "inbox.example", "t@team.example", ["a@b.example"], MAIL
        )

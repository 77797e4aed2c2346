"""Sending through a big provider's API: exactly once, whatever became of the answer, and so that it stands in the mailbox's Sent."""

import email
import email.policy
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from innboks.channels.email import own
from innboks.errors import Broken, Rejected, Retry, SendError, Uncertain
from innboks.sandbox.email.provider import Trouble
from innboks.sdk.contract import OutgoingFile, Party
from tests.channels.email.cloud import TEAM, CloudBox, Providers, mail
from tests.channels.email.context import outgoing
from tests.channels.email.test_cloud_mailbox import METHODS
from tests.waiting import until

LEO = "leo@customer.example"
SENDING = r"^POST .*(messages/send|/send)$"


@pytest.fixture(params=METHODS)
async def box(providers: Providers, request: pytest.FixtureRequest) -> AsyncIterator[CloudBox]:
    made = CloudBox(providers, request.param)
    yield made
    await made.http.close()


async def failure(work: Awaitable[object]) -> SendError | None:
    try:
        await work
    except SendError as error:
        return error
    return None


def sent_mails(box: CloudBox) -> list[EmailMessage]:
    """What stands in Sent."""
    found = [one for one in box.box.newest_first() if one.folder == "sent"][::-1]
    return [email.message_from_bytes(one.raw, policy=email.policy.default) for one in found]


def arrived(box: CloudBox, person: str = LEO) -> list[str]:
    return [one.subject for one in box.desk.mailbox.of(person)]


async def test_it_stands_in_sent_in_the_thread_and_arrives(box: CloudBox) -> None:
    asked = await box.box.put(mail("Where is it?", Message_ID="<asked@customer.example>"))
    sent = await box.channel.send(box.context(), outgoing(in_reply_to="asked@customer.example", references=["asked@customer.example"]))
    (copy,) = sent_mails(box)
    assert sent.external_ids[0] == own.message_id_for(box.context(), 4711) == str(copy["message-id"]).strip("<>")
    assert str(copy["in-reply-to"]) == "<asked@customer.example>"
    assert str(copy["subject"]) == "Re: Where is it?"
    (in_thread,) = [one for one in box.box.mails.values() if one.folder == "sent"]
    assert in_thread.thread == asked.thread
    await until(lambda: arrived(box) == ["Re: Where is it?"])


async def test_hidden_recipients_get_it_and_nobody_sees_them(box: CloudBox) -> None:
    people = [Party(address=LEO), Party(address="cc@customer.example", role="cc"), Party(address="hidden@customer.example", role="bcc")]
    await box.channel.send(box.context(), outgoing(recipients=people))
    for person in (LEO, "cc@customer.example", "hidden@customer.example"):
        await until(lambda person=person: len(arrived(box, person)) == 1)  # type: ignore[misc]
        assert b"hidden@" not in box.desk.mailbox.of(person)[0].raw


async def test_files_of_every_size(box: CloudBox) -> None:
    contents = {"small.txt": b"small", "three.bin": bytes(range(256)) * 14_000, "large.bin": b"abc" * 6_000_000}

    def file(name: str) -> OutgoingFile:
        async def read() -> bytes:
            return contents[name]

        return OutgoingFile(name=name, type="application/octet-stream", size=len(contents[name]), content=read)

    await box.channel.send(box.context(), outgoing(files=[file(name) for name in contents]))
    (copy,) = sent_mails(box)
    assert {part.get_filename(): part.get_payload(decode=True) for part in copy.iter_attachments()} == contents
    assert str(copy["message-id"]).strip("<>") == own.message_id_for(box.context(), 4711)


async def test_a_lost_answer_is_looked_up_and_not_sent_twice(box: CloudBox) -> None:
    box.provider.troubles.append(Trouble(call=SENDING, loses_answer=True))
    sent = await box.channel.send(box.context(), outgoing())
    assert sent.external_ids
    assert len(sent_mails(box)) == 1


async def test_a_crash_between_sending_and_settling_is_looked_up(box: CloudBox) -> None:
    await box.channel.send(box.context(), outgoing())
    found = await box.channel.find_sent(box.context(), outgoing(attempt=2))
    assert found is not None
    assert found.external_ids[0] == own.message_id_for(box.context(), 4711)
    again = await box.channel.send(box.context(), outgoing(attempt=2))  # and whoever sends without looking does no harm
    assert again.external_ids
    assert len(sent_mails(box)) == 1


async def test_a_crash_before_sending_sends_once(box: CloudBox) -> None:
    later = await failure(box.channel.find_sent(box.context(), outgoing(attempt=2)))
    assert later is None or (isinstance(later, Retry) and later.after is not None)
    await box.channel.send(box.context(), outgoing(attempt=2))
    assert len(sent_mails(box)) == 1
    await until(lambda: len(arrived(box)) == 1)


async def test_again_to_some_only_reaches_them_only(box: CloudBox) -> None:
    people = [Party(address=LEO), Party(address="cc@customer.example", role="cc")]
    await box.channel.send(box.context(), outgoing(recipients=people))
    await until(lambda: len(arrived(box)) == 1 and len(arrived(box, "cc@customer.example")) == 1)
    await box.channel.send(box.context(), outgoing(recipients=people, only=["cc@customer.example"], attempt=2))
    await until(lambda: len(arrived(box, "cc@customer.example")) == 2)
    assert len(arrived(box)) == 1
    with pytest.raises(Uncertain):
        await box.channel.find_sent(box.context(), outgoing(recipients=people, only=["cc@customer.example"], attempt=2))


async def test_who_cannot_be_reached_comes_back_as_a_report(box: CloudBox) -> None:
    await box.channel.send(box.context(), outgoing(recipients=[Party(address="nobody@customer.example")]))
    await until(lambda: any(one.folder == "inbox" and b"Undelivered" in one.raw for one in box.box.mails.values()))


def troubles(box: CloudBox) -> list[tuple[str, Trouble, tuple[type[SendError], ...]]]:
    page = "<html><body>Sign in to the Wi-Fi</body></html>"
    return [
        ("is slow down", box.provider.too_fast(1), (Retry,)),
        ("is 429", Trouble(call=".", status=429, headers={"retry-after": "7"}), (Retry,)),
        ("is 500", Trouble(call=".", status=500, body=page), (Retry,)),
        ("is a web page", Trouble(call=".", status=200, body=page), (Retry, Uncertain)),
        ("is nothing", Trouble(call=".", status=200, body=None), (Retry, Uncertain)),
        (
            "is not allowed",
            Trouble(call="v1", status=403, body={"error": {"code": "ErrorAccessDenied", "message": "no"}}),
            (Broken, Rejected),
        ),
        ("is wrong", Trouble(call="v1", status=400, body={"error": {"code": "ErrorInvalidRecipients", "message": "no"}}), (Rejected,)),
    ]


async def test_every_trouble_at_every_call_ends_in_an_error_of_the_right_class_and_one_mail(box: CloudBox) -> None:
    for nth, (what, _, _) in enumerate(troubles(box)):
        for call in ("messages(/send)?$|messages\\?", "/send$|messages/send$", "token$"):
            trouble, allowed = troubles(box)[nth][1:]
            if "token" in call and trouble.status in (400, 403):
                continue  # a refusal there has its own meaning: see the tests of the sign-in
            trouble.call = call
            box.provider.oauth.expire()
            box.provider.troubles.append(trouble)
            number = 10_000 + nth * 10 + len(call)
            error = await failure(box.channel.send(box.context(), outgoing(message_id=number, subject=f"{what} {call}")))
            if error is not None:
                assert isinstance(error, allowed), f"when the answer to {call} {what}: {type(error).__name__} {error.sentence}"
                assert "secret" not in f"{error.sentence} {error.detail}", what
            if trouble.headers and trouble.times == 0:
                assert isinstance(error, Retry)
                assert error.after == timedelta(seconds=int(trouble.headers["retry-after"]))
            box.provider.troubles.clear()
            await box.channel.send(box.context(), outgoing(message_id=number, subject=f"{what} {call}", attempt=2))
            wanted = own.message_id_for(box.context(), number)
            assert len([one for one in sent_mails(box) if wanted in str(one["message-id"])]) == 1, (what, call)


async def test_withdrawn_leave_is_broken_and_says_what_to_do(box: CloudBox) -> None:
    box.provider.oauth.withdraw(TEAM)
    with pytest.raises(Broken) as refused:
        await box.channel.send(box.context(), outgoing())
    assert "Sign in again" in refused.value.sentence
    box.provider.oauth.client_ids = {"another"}
    with pytest.raises(Broken) as refused:
        await box.channel.send(box.context(), outgoing())
    assert "operator" in refused.value.sentence


async def test_from_name(box: CloudBox, **_: Any) -> None:
    await box.channel.send(box.context(), outgoing())
    (copy,) = sent_mails(box)
    wanted = "Ada Example at Tindra" if box.config.method == "gmail" else ""
    assert copy["from"].addresses[0].display_name == wanted
    assert copy["from"].addresses[0].addr_spec == TEAM

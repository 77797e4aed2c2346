"""The customer's desk by HTTP, Innboks behind real SMTP: mails arrive, answers come back, threads hold, and mailboxes misbehave as asked."""

import base64
from typing import Any, get_args

import httpx
import pytest

from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.try_out import list_tests, send_test, start_test
from innboks.core.conversations.models import Conversation, Message, NewMessage
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.parts import Parts
from innboks.sandbox.email import Desk, connection
from innboks.sandbox.email.letters import Client
from tests.sandbox.conftest import SUPPORT, eventually

MAJA = "maja@lindqvist.example"


async def mail(page: httpx.AsyncClient, person: str = MAJA, **typed: Any) -> httpx.Response:
    return await page.post(
        "/email/api/mails", json={"person": person, "to": SUPPORT, "subject": "The seam leaks", "text": "It is wet.", **typed}
    )


async def threads(page: httpx.AsyncClient, person: str = MAJA) -> list[dict[str, Any]]:
    return (await page.get("/email/api/threads", params={"person": person})).json()["threads"]


async def the_conversation(parts: Parts) -> Conversation:
    """In the inbox, or filtered: what machines and addresses of a role write."""
    actor = await _ada(parts)
    (found,) = [one for view in ("open", "filtered") for one in (await list_conversations(parts, actor, view=view)).items]
    return found


async def messages(parts: Parts, conversation_id: int) -> list[Message]:
    """The mails; what the thread says of assignments is no mail."""
    thread = (await list_messages(parts, await _ada(parts), conversation_id)).items
    return [one for one in thread if one.direction != "none"]


async def answer(parts: Parts, conversation_id: int, text: str) -> Message:
    """Written by Ada, sent at once; how it is now."""
    actor = await _ada(parts)
    message, _ = await write(parts, actor, conversation_id, NewMessage(type="reply", text=text))
    await send(parts, message.account_id, message.id, "test")
    return next(one for one in await messages(parts, conversation_id) if one.id == message.id)


async def _ada(parts: Parts) -> Actor:
    found = await first_admin(parts)
    assert found is not None
    return found


@pytest.mark.parametrize("client", [one for one in get_args(Client) if one != "auto_reply"])
async def test_a_talk_stays_in_one_thread_on_both_sides(
    parts: Parts, support: ChannelAccount, page: httpx.AsyncClient, client: Client
) -> None:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\nnot much of a picture").decode()
    made = await mail(page, client=client, files=[{"name": "seam.png", "type": "image/png", "content": picture}])
    assert made.status_code == 201
    conversation = await the_conversation(parts)
    assert (conversation.subject, conversation.party_address) == ("The seam leaks", MAJA)

    sent = await answer(parts, conversation.id, "Sorry! A new one leaves today.")
    assert sent.state == "sent"
    (thread,) = await threads(page)
    theirs = thread["mails"][-1]
    assert theirs["text"].startswith("Sorry! A new one leaves today.")
    assert (theirs["is_own"], theirs["from"]) == (False, {"name": "Ada Example at Tindra", "address": SUPPORT})

    made = await mail(page, client=client, text="Thank you!", answers=theirs["id"], to=theirs["answer_to"])
    assert made.json()["thread"] == thread["id"]
    (first, _, last) = await messages(parts, (await the_conversation(parts)).id)
    assert [one.name for one in first.attachments] == ["seam.png"]
    assert last.text.startswith("Thank you!")
    assert "A new one leaves today" not in last.text
    assert last.why["label"] == "In-Reply-To"


async def test_an_automatic_reply_is_seen_as_one(parts: Parts, support: ChannelAccount, page: httpx.AsyncClient) -> None:
    await mail(page, client="auto_reply")
    (only,) = await messages(parts, (await the_conversation(parts)).id)
    assert only.is_automatic


@pytest.mark.parametrize(
    ("person", "state", "words"),
    [
        ("bounce+ola@example.com", "failed", "no mailbox"),
        ("nobody@example.com", "failed", "no mailbox"),
        ("full+ola@example.com", "failed", "full"),
        ("spam+ola@example.com", "failed", "spam"),
        ("greylist+ola@example.com", "queued", "later"),
        ("hang+ola@example.com", "uncertain", "did not say"),
    ],
)
async def test_addresses_misbehave_as_they_say(
    parts: Parts, support: ChannelAccount, page: httpx.AsyncClient, person: str, state: str, words: str
) -> None:
    await mail(page, person)
    conversation = await the_conversation(parts)
    sent = await answer(parts, conversation.id, "Hello?")
    assert sent.state == state
    assert words in sent.reason
    if state == "queued":
        await send(parts, sent.account_id, sent.id, "test")
        assert (await messages(parts, conversation.id))[-1].state == "sent"
        assert len((await threads(page, person))[0]["mails"]) == 2


async def test_the_teams_provider_forwards_what_is_sent_to_a_connected_address(
    parts: Parts, support: ChannelAccount, page: httpx.AsyncClient, desk: Desk, near: Settings
) -> None:
    """So a test comes back (R-144), and what one address of the team writes to another."""
    ada = await _ada(parts)
    test = await start_test(parts, ada, support.id)
    await send_test(parts, ada.account_id, test.id)

    async def came_back() -> bool:
        return (await list_tests(parts, ada, support.id))[0].returned_at is not None

    await eventually(came_back)
    assert (await threads(page, SUPPORT)) == []
    await mail(page)
    conversation = await the_conversation(parts)
    sales = await connect(parts, ada, "email", "Sales", None, connection("sales@tindra.example", "Tindra sales", near.sandbox_smtp))
    desk.google.spread("maja@box.example", SENT_FROM_A_BOX, ["sales@tindra.example", MAJA])

    async def both() -> bool:
        found = (await list_conversations(parts, ada)).items
        return {one.channel_account_id for one in found} == {support.id, sales.id}

    await eventually(both)
    assert conversation.channel_account_id == support.id
    assert len(await threads(page)) == 2


SENT_FROM_A_BOX = b"""From: Maja <maja@box.example>\r
To: sales@tindra.example, maja@lindqvist.example\r
Subject: Fifty jackets\r
Message-ID: <jackets@box.example>\r
\r
What do they cost?\r
"""


async def test_a_failure_report_comes_back_by_mail(parts: Parts, support: ChannelAccount, page: httpx.AsyncClient) -> None:
    await mail(page, "later+ola@example.com")
    conversation = await the_conversation(parts)
    sent = await answer(parts, conversation.id, "Hello?")

    async def bounced() -> Message | None:
        return next((one for one in await messages(parts, conversation.id) if one.id == sent.id and one.state == "failed"), None)

    assert "does not exist" in (await eventually(bounced)).reason


async def test_a_holidaymaker_answers_automatically(parts: Parts, support: ChannelAccount, page: httpx.AsyncClient) -> None:
    await mail(page)
    await page.post("/email/api/people", json={"address": MAJA, "name": "Maja Lindqvist", "behaviour": "away"})
    conversation = await the_conversation(parts)
    await answer(parts, conversation.id, "Hello?")

    async def came() -> Message | None:
        return next((one for one in await messages(parts, conversation.id) if one.is_automatic), None)

    reply = await eventually(came)
    assert "on holiday" in reply.text
    assert reply.why["label"] == "In-Reply-To"


async def test_the_page_knows_connected_addresses(support: ChannelAccount, page: httpx.AsyncClient) -> None:
    about = (await page.get("/email/api/people")).json()
    first, given_out = about["addresses"]
    assert first == {"address": SUPPORT, "name": "Support"}, "the inbox's own address, which Innboks gave out, comes last"
    assert given_out["address"].startswith("in-")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"to": "stranger@elsewhere.example"}, "not connected"),
        ({"to": "nothing"}, "not an email address"),
        ({"person": "no address"}, "not an email address"),
        ({"text": " "}, "Write something"),
        ({"answers": 99}, "not here any more"),
        ({"client": "pigeon"}, "Invalid enum value"),
    ],
)
async def test_what_cannot_be_sent_is_said(support: ChannelAccount, page: httpx.AsyncClient, typed: dict[str, Any], words: str) -> None:
    refused = await page.post("/email/api/mails", json={"person": MAJA, "to": SUPPORT, "text": "Hi", **typed})
    assert refused.status_code in (400, 404)
    assert words in refused.json()["detail"]
    assert await threads(page) == []


async def test_without_innboks_the_page_says_so(page: httpx.AsyncClient) -> None:
    refused = await mail(page)
    assert refused.status_code == 400
    assert "Is Innboks running?" in refused.json()["detail"]

"""Reply windows (DESIGN §6): a channel that takes answers for a day only says so, refuses later ones with the reason, and lets comments be."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.conversations.send import send
from innboks.core.held.release import release_due
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem
from tests.provider import Provider, http

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)


@pytest.fixture
async def pager(api: httpx.AsyncClient, provider: Provider) -> dict[str, Any]:
    made = await api.post("/api/channel-accounts", json={"kind": "pager", "name": "Line 7", "config": {"line": "7", "url": provider.url}})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def calls(api: httpx.AsyncClient, pager: dict[str, Any], id: str = "c1", sender: str = "mia") -> None:
    """The customer writes: the provider posts to our webhook."""
    body = msgspec.json.encode({"call": id, "sender": sender, "text": f"Words of {id}"})
    signature = hmac.new(b"pager-secret", body, hashlib.sha256).hexdigest()
    answer = await api.post(f"/hooks/pager/{pager['id']}", content=body, headers={"x-pager-signature": signature})
    assert answer.status_code == 200, answer.text


@pytest.fixture
async def conversation(api: httpx.AsyncClient, pager: dict[str, Any]) -> dict[str, Any]:
    await calls(api, pager)
    (found,) = (await api.get("/api/conversations")).json()["items"]
    return dict(found)


async def writes(api: httpx.AsyncClient, conversation: dict[str, Any], type: str = "reply", **more: Any) -> httpx.Response:
    return await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": type, "text": "It is."} | more)


async def accepted(api: httpx.AsyncClient, conversation: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await writes(api, conversation, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def tries(parts: Parts, api: httpx.AsyncClient, ada: Actor, message: dict[str, Any]) -> dict[str, Any]:
    """What a worker does with it, and how it stands then."""
    await send(parts, ada.account_id, int(message["id"]), worker="test")
    return dict((await api.get(f"/api/messages/{message['id']}")).json())


async def the_reply(api: httpx.AsyncClient, conversation: dict[str, Any]) -> dict[str, Any]:
    messages = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"]
    (one,) = [message for message in messages if message["type"] == "reply"]
    return dict(one)


async def scheduled_past_the_end(api: httpx.AsyncClient, conversation: dict[str, Any], clock: FakeClock) -> datetime:
    """An answer for an hour after the window closes; when that is."""
    at = clock.now() + DAY + timedelta(hours=1)
    await accepted(api, conversation, send_at=at.isoformat(), send_even_if_answered=True)
    return at


async def released(parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any], clock: FakeClock, at: datetime) -> dict[str, Any]:
    """The scheduled answer once its time has come."""
    clock.advance((at - clock.now()).total_seconds())
    assert await release_due(parts) == 1
    return await the_reply(api, conversation)


async def reach_of(api: httpx.AsyncClient, conversation: dict[str, Any]) -> dict[str, Any]:
    (one,) = (await api.get(f"/api/contacts/{conversation['contact']['id']}/reach")).json()["items"]
    return dict(one)


async def test_answers_are_taken_until_the_last_moment_and_comments_always(
    parts: Parts, api: httpx.AsyncClient, pager: dict[str, Any], conversation: dict[str, Any], clock: FakeClock
) -> None:
    closes = clock.now() + DAY
    clock.advance((DAY - MOMENT).total_seconds())
    assert (await writes(api, conversation)).status_code == 201
    there = await reach_of(api, conversation)
    assert (there["is_open"], there["reason"], datetime.fromisoformat(there["until"])) == (True, "", closes)

    clock.advance(1)
    problem = assert_problem(await writes(api, conversation), 403, code="window_closed")
    assert f"until {closes:%Y-%m-%dT%H:%MZ}." in problem["detail"], "whoever shows it finds the moment"
    there = await reach_of(api, conversation)
    assert (there["is_open"], there["reason"], datetime.fromisoformat(there["until"])) == (False, "window_closed", closes)
    assert (await writes(api, conversation, type="comment")).status_code == 201

    await calls(api, pager, "c2")
    assert (await writes(api, conversation)).status_code == 201
    there = await reach_of(api, conversation)
    assert (there["is_open"], datetime.fromisoformat(there["until"])) == (True, clock.now() + DAY)


async def test_the_window_is_the_customers_not_the_conversations(
    parts: Parts, api: httpx.AsyncClient, pager: dict[str, Any], conversation: dict[str, Any], clock: FakeClock
) -> None:
    clock.advance(DAY.total_seconds() - 60)
    await calls(api, pager, "c2")
    messages = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"]
    (second,) = [one for one in messages if one["text"] == "Words of c2"]
    split = await api.post(f"/api/conversations/{conversation['id']}/split", json={"message_ids": [second["id"]]})
    assert split.status_code in (200, 201), split.text
    clock.advance(120)
    # The older conversation holds only a message from more than a day ago; the customer has written on this channel since.
    assert (await writes(api, conversation)).status_code == 201
    await calls(api, pager, "other", sender="sam")
    clock.advance(DAY.total_seconds() - 60)
    assert_problem(await writes(api, conversation), 403, code="window_closed")  # what somebody else writes opens nothing for this one


async def test_a_time_after_the_end_is_refused_and_one_before_it_leaves(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, conversation: dict[str, Any], clock: FakeClock, provider: Provider
) -> None:
    closes = clock.now() + DAY
    for at in (closes, closes + timedelta(hours=1)):
        problem = assert_problem(await writes(api, conversation, send_at=at.isoformat()), 403, code="window_closes_before")
        assert f"until {closes:%Y-%m-%dT%H:%MZ} only." in problem["detail"]
    await accepted(api, conversation, send_at=(closes - timedelta(minutes=1)).isoformat())
    left = await released(parts, api, conversation, clock, closes - timedelta(minutes=1))
    assert (await tries(parts, api, ada, left))["state"] == "sent"
    assert len(provider.requests) == 1


async def test_a_scheduled_answer_whose_window_closed_fails_with_the_reason_and_asks_nobody(
    parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any], clock: FakeClock, provider: Provider
) -> None:
    at = await scheduled_past_the_end(api, conversation, clock)
    left = await released(parts, api, conversation, clock, at)
    assert (left["state"], left["code"]) == ("failed", "window_closed")
    assert "reply window closed" in left["reason"]
    assert [one["state"] for one in left["recipients"]] == ["failed"]
    assert provider.requests == []
    assert_problem(await api.post(f"/api/messages/{left['id']}/retry"), 403, code="window_closed")


async def test_a_scheduled_answer_leaves_when_the_customer_opened_the_window_again(
    parts: Parts,
    api: httpx.AsyncClient,
    ada: Actor,
    pager: dict[str, Any],
    conversation: dict[str, Any],
    clock: FakeClock,
    provider: Provider,
) -> None:
    at = await scheduled_past_the_end(api, conversation, clock)
    clock.advance(2 * 3600)
    await calls(api, pager, "c2")
    left = await released(parts, api, conversation, clock, at)
    assert (await tries(parts, api, ada, left))["state"] == "sent"


async def test_an_answer_that_waited_for_the_connection_is_not_sent_after_the_end(
    parts: Parts,
    api: httpx.AsyncClient,
    ada: Actor,
    pager: dict[str, Any],
    conversation: dict[str, Any],
    clock: FakeClock,
    provider: Provider,
) -> None:
    async def switch(is_active: bool) -> None:
        answer = await api.patch(f"/api/channel-accounts/{pager['id']}", json={"is_active": is_active})
        assert answer.status_code == 200, answer.text

    await switch(False)
    held = await accepted(api, conversation)
    assert (held["state"], held["held_for"]) == ("queued", "connection")
    clock.advance(DAY.total_seconds())
    await switch(True)
    failed = await tries(parts, api, ada, held)
    assert (failed["state"], failed["code"]) == ("failed", "window_closed")
    assert provider.requests == []

    assert_problem(await api.post(f"/api/messages/{held['id']}/retry"), 403, code="window_closed")
    await calls(api, pager, "c2")
    assert (await api.post(f"/api/messages/{held['id']}/retry")).status_code < 300
    assert (await tries(parts, api, ada, held))["state"] == "sent"
    assert len(provider.requests) == 1


async def test_an_answer_held_back_for_something_newer_is_not_sent_by_hand_after_the_end(
    parts: Parts, api: httpx.AsyncClient, pager: dict[str, Any], conversation: dict[str, Any], clock: FakeClock, provider: Provider
) -> None:
    held = await accepted(api, conversation, send_at=(clock.now() + timedelta(hours=2)).isoformat())
    clock.advance(3600)
    await calls(api, pager, "c2")
    clock.advance(3600)
    assert await release_due(parts) == 0
    assert (await api.get(f"/api/messages/{held['id']}")).json()["held_for"] == "newer"
    clock.advance(DAY.total_seconds())
    assert_problem(await api.post(f"/api/messages/{held['id']}/send"), 403, code="window_closed")
    assert (await api.get(f"/api/messages/{held['id']}")).json()["state"] == "queued"
    assert provider.requests == []


async def test_what_the_provider_counts_otherwise_fails_with_its_reason(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, conversation: dict[str, Any], provider: Provider
) -> None:
    """Its clock decides in the end: by ours the window is open."""
    provider.answers.append(http(409, '{"refused": "outside_window"}'))
    failed = await tries(parts, api, ada, await accepted(api, conversation))
    assert (failed["state"], failed["code"]) == ("failed", "window_closed")
    assert "a day after the customer's last message" in failed["reason"]

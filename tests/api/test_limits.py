"""How often is too often (DESIGN §6): per person, per account and per address; who is refused hears when to come again, and nothing is lost by it."""

from typing import Any

import httpx
import msgspec
import pytest

from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague, say

BURST = 20
"""Ten seconds' worth of two a second, which is the limit wherever a test sets one."""


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """With one limit, the one that the test names."""
    limits = {f"limit_{name}": 2 if name == request.param else 0 for name in ("person", "account", "address")}
    return msgspec.structs.replace(settings, **limits)


async def statuses(client: httpx.AsyncClient, times: int) -> list[int]:
    return [(await client.get("/api/account")).status_code for _ in range(times)]


def assert_later(answer: httpx.Response) -> None:
    problem = assert_problem(answer, 429, code="too_many")
    assert "moment" in problem["detail"]
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("settings", ["person"], indirect=True)
async def test_one_person_who_asks_too_often_waits_and_nobody_else_does(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Actor, clock: FakeClock
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        clock.advance(60)
        assert await statuses(api, BURST) == [200] * BURST
        assert_later(await api.get("/api/account"))
        assert_later(await api.post("/api/inboxes", json={"name": "Not now"}))
        assert await statuses(bo, 1) + await statuses(stranger, 1) == [200, 200]
        clock.advance(0.5)
        assert await statuses(api, 2) == [200, 429]
        clock.advance(60)
        assert "Not now" not in (await api.get("/api/inboxes")).text


@pytest.mark.parametrize("settings", ["account"], indirect=True)
async def test_everybody_of_an_account_together_does_not_take_the_share_of_another(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Actor, clock: FakeClock
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        clock.advance(60)
        assert await statuses(api, BURST // 2) + await statuses(bo, BURST // 2) == [200] * BURST
        for one in (api, bo):
            assert_later(await one.get("/api/account"))
        assert await statuses(stranger, 1) == [200]


async def texts(api: httpx.AsyncClient) -> list[str]:
    (one,) = (await api.get("/api/conversations")).json()["items"]
    return [message["text"] for message in (await api.get(f"/api/conversations/{one['id']}/messages?limit=100")).json()["items"]]


@pytest.mark.parametrize("settings", ["account"], indirect=True)
async def test_more_webhooks_than_an_account_may_take_in_come_again_later(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, echo: dict[str, Any], clock: FakeClock
) -> None:
    made = await stranger.post(
        "/api/channel-accounts", json={"kind": "echo", "name": "Theirs", "config": {"room": "hall", "api_token": "s"}}
    )
    for number in range(BURST):
        assert (await say(api, echo, f"Number {number}", id=f"m{number}")).status_code == 200
    assert_later(await say(api, echo, "One too many", id="late"))
    assert (await say(stranger, made.json(), "Good day")).status_code == 200
    clock.advance(60)
    assert "One too many" not in await texts(api)
    assert (await say(api, echo, "One too many", id="late")).status_code == 200  # the provider sends what was refused again
    assert await texts(api) == [*(f"Number {number}" for number in range(BURST)), "One too many"]


@pytest.mark.parametrize("settings", ["address"], indirect=True)
async def test_one_address_that_posts_too_much_waits_whatever_it_posts(
    parts: Parts, api: httpx.AsyncClient, echo: dict[str, Any], clock: FakeClock
) -> None:
    for number in range(BURST - 1):
        forged = await api.post(f"/hooks/echo/{echo['id']}", content=b"{}", headers={"x-echo-signature": f"{number}"})
        assert forged.status_code == 403
    assert (await say(api, echo, "Is the tent back?")).status_code == 200
    assert_later(await say(api, echo, "Hello?", id="m2"))
    assert_later(await api.post("/hooks/echo/999999", content=b"{}"))
    clock.advance(1)
    assert (await say(api, echo, "Hello?", id="m2")).status_code == 200
    assert await texts(api) == ["Is the tent back?", "Hello?"]

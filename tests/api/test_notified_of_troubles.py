"""Administrators find among their notifications what is stuck, in the app and on their devices, once while it lasts (UI.md §4, AHEAD 4)."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.channel_accounts.health import mark_broken, record_health
from innboks.core.notifications.deliver import deliver_due
from innboks.core.notifications.follow import Follower
from innboks.core.parts import Parts
from innboks.core.radar.alarm import look_for_alarms
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Health
from tests.api.conftest import colleague
from tests.api.push_service import PushOffice, push_service
from tests.api.test_stream import following


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, allow_private=True)


@pytest.fixture
async def pushes() -> AsyncIterator[PushOffice]:
    async with push_service() as service:
        yield service


async def told(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/notifications")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def unread(client: httpx.AsyncClient) -> int:
    return (await client.get("/api/notifications/unread")).json()["notifications"]


async def break_it(parts: Parts, ada: Actor, echo: dict[str, Any], clock: FakeClock) -> None:
    await mark_broken(parts, ada.account_id, int(echo["id"]), "The token was withdrawn.")
    await look_for_alarms(parts)
    clock.advance(61)
    await look_for_alarms(parts)


async def choose(client: httpx.AsyncClient, **ways: bool) -> None:
    choices = (await client.get("/api/notifications/settings")).json()["choices"]
    choices["trouble"] |= ways
    assert (await client.put("/api/notifications/settings", json=choices)).status_code == 200


async def test_a_broken_channel_is_told_once_to_who_can_mend_it_and_is_read_when_it_is_over(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock
) -> None:
    async with await colleague(parts, api, address, ada) as bo, following(api) as stream:
        await stream.next()
        await mark_broken(parts, ada.account_id, int(echo["id"]), "The token was withdrawn.")
        await look_for_alarms(parts)
        assert await told(api) == [], "it may be over in a moment"
        for _ in range(3):
            clock.advance(61)
            await look_for_alarms(parts)
        (one,) = await told(api)
        seen = {key: one[key] for key in ("kind", "trouble", "who", "channel_account_id", "conversation_id", "is_read", "is_over")}
        assert seen == {
            "kind": "trouble",
            "trouble": "broken",
            "who": "Echo",
            "channel_account_id": echo["id"],
            "conversation_id": None,
            "is_read": False,
            "is_over": False,
        }
        assert one["about"] == "The connection “Echo” does not work. The token was withdrawn."
        assert await unread(api) == 1
        assert (await stream.until("notification.changed"))[2]["news"] == [{"kind": "trouble", "conversation_id": None}]
        assert (await told(bo), await unread(bo)) == ([], 0), "who cannot connect channels has the radar"

        await record_health(parts, ada.account_id, int(echo["id"]), Health(state="connected"))
        await look_for_alarms(parts)
        (over,) = await told(api)
        assert (over["id"], over["is_over"], over["is_read"]) == (one["id"], True, True)
        assert await unread(api) == 0

        await break_it(parts, ada, echo, clock)
        assert [(one["is_over"], one["is_read"]) for one in await told(api)] == [(False, False), (True, True)]


async def test_what_was_read_while_it_lasts_stays_read(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], clock: FakeClock
) -> None:
    """Also where no mail could be sent, which is tried again and again."""
    await break_it(parts, ada, echo, clock)
    (one,) = await told(api)
    assert (await api.post("/api/notifications/read", json={"id": one["id"]})).status_code == 204
    for _ in range(3):
        clock.advance(61)
        await look_for_alarms(parts)
    (still,) = await told(api)
    assert (still["id"], still["is_read"], still["is_over"]) == (one["id"], True, False)


async def test_who_may_mend_nothing_any_more_sees_no_troubles_and_gets_no_push(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock, pushes: PushOffice
) -> None:
    role = await api.post("/api/roles", json={"name": "Connector", "permissions": ["account_access"]})
    assert role.status_code == 201, role.text
    async with await colleague(parts, api, address, ada, role_id=role.json()["id"]) as bo:
        await bo.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))
        await break_it(parts, ada, echo, clock)
        assert [one["kind"] for one in await told(bo)] == ["trouble"], "also of an inbox they are no member of"
        my_id = (await bo.get("/api/users/me")).json()["id"]
        agent = next(one for one in (await api.get("/api/roles")).json()["items"] if not one["permissions"])
        assert (await api.patch(f"/api/users/{my_id}", json={"role_id": agent["id"]})).status_code == 200
        assert (await told(bo), await unread(bo)) == ([], 0)
        await deliver_due(parts, Follower(parts).looking)
        assert pushes.taken == []


async def test_a_push_says_which_channel_it_is_and_leads_to_it(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], clock: FakeClock, pushes: PushOffice
) -> None:
    await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))
    await break_it(parts, ada, echo, clock)
    for _ in range(2):
        await deliver_due(parts, Follower(parts).looking)
    (push,) = pushes.taken
    assert (push["title"], push["body"]) == ("Echo needs you", "The connection “Echo” does not work. The token was withdrawn.")
    assert push["url"] == f"/settings/channels/{echo['id']}"


async def test_what_one_chose_not_to_be_told_is_not(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], clock: FakeClock
) -> None:
    await choose(api, app=False, push=False, mail=False)
    await break_it(parts, ada, echo, clock)
    assert (await told(api), await unread(api)) == ([], 0)
    async with parts.db.connection() as conn:
        row = await (await conn.execute("select told_at is not null from alarm")).fetchone()
    assert row == (True,), "nobody wants the mail, so it is not tried again every minute"


async def test_a_disconnected_channel_is_not_stuck_any_more(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], clock: FakeClock
) -> None:
    await break_it(parts, ada, echo, clock)
    assert (await api.delete(f"/api/channel-accounts/{echo['id']}")).status_code in (200, 204)
    await look_for_alarms(parts)
    (one,) = await told(api)
    assert (one["is_over"], await unread(api)) == (True, 0)

"""What an operator takes away from an account (R-002, R-003, R-014): everything is there at first, and what is off is refused by the server."""

from typing import Any

import httpx

from innboks.core.access import Actor
from innboks.core.accounts.flags import set_feature
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say
from tests.api.test_presence import present, until_present
from tests.api.test_stream import following


async def test_an_account_begins_with_everything(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    assert (await api.get("/api/account")).json()["switched_off"] == []
    await set_feature(parts, ada.account_id, "at_capacity_chat", is_on=False)
    await set_feature(parts, ada.account_id, "presence", is_on=False)
    assert (await api.get("/api/session")).json()["account"]["switched_off"] == ["at_capacity_chat", "presence"]
    await set_feature(parts, ada.account_id, "presence", is_on=True)
    assert (await api.get("/api/account")).json()["switched_off"] == ["at_capacity_chat"]


async def test_without_automatic_assignment_no_rule_chooses(
    api: httpx.AsyncClient, echo: dict[str, Any], parts: Parts, ada: Actor, address: str
) -> None:
    where = f"/api/channel-accounts/{echo['id']}/assignment"
    rule = {"is_on": True, "targets": [{"type": "user", "id": str(ada.user_id)}]}

    async def assignee_of(nth: int) -> str | None:
        assert (await say(api, echo, "Hello", sender=f"customer{nth}", id=f"m{nth}")).status_code == 200
        (newest, *_) = (await api.get("/api/conversations", params={"view": "all"})).json()["items"]
        return newest["assignee_id"]

    assert (await api.put(where, json=rule)).json()["is_on"] is True
    assert await assignee_of(1) == str(ada.user_id)
    await set_feature(parts, ada.account_id, "automatic_assignment", is_on=False)
    assert (await api.get(where)).json()["is_on"] is False
    assert await assignee_of(2) is None
    assert_problem(await api.put(where, json=rule), 403, code="feature_off")
    await set_feature(parts, ada.account_id, "automatic_assignment", is_on=True)
    assert (await api.get(where)).json()["is_on"] is True, "it was kept"
    assert await assignee_of(3) == str(ada.user_id)


async def test_without_presence_nobody_sees_who_else_is_there(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}/presence"
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos:
        await bos.next()
        assert (await api.post(where, json={"state": "reading"})).status_code == 204
        await until_present(bo, 1)
        assert (await bos.next())[0] == "presence"
        await set_feature(parts, ada.account_id, "presence", is_on=False)
        assert (await bos.next())[0] == "account.changed"
        assert await present(bo) == [], "what was heard before is not told either"
        assert (await api.post(where, json={"state": "writing"})).status_code == 204
        await set_feature(parts, ada.account_id, "presence", is_on=True)
        assert (await bos.next())[0] == "account.changed", "nothing was told in between"
        assert [one["state"] for one in await present(bo)] == ["reading"]


async def test_a_channel_that_is_left_out_is_neither_connected_nor_sent_over(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any], parts: Parts, ada: Actor, stranger: httpx.AsyncClient
) -> None:
    new = {"kind": "echo", "name": "Second", "config": {"room": "second"}}
    reply = {"type": "reply", "text": "It is back."}
    where = f"/api/conversations/{conversation['id']}/messages"

    async def left_out(client: httpx.AsyncClient) -> list[str]:
        return [one["kind"] for one in (await client.get("/api/channels")).json()["items"] if one["is_switched_off"]]

    assert await left_out(api) == []
    await set_feature(parts, ada.account_id, "channel.echo", is_on=False)
    assert (await left_out(api), await left_out(stranger)) == (["echo"], [])
    refused = assert_problem(await api.post("/api/channel-accounts", json=new), 403, code="feature_off")
    assert refused["detail"].startswith("Echo is switched off")
    assert_problem(await api.post("/api/channel-drafts", json={"kind": "echo", "name": "Later"}), 403, code="feature_off")
    assert_problem(await api.post(where, json=reply), 403, code="feature_off")
    assert (await api.post(where, json={"type": "comment", "text": "We wait."})).status_code == 201
    assert (await api.patch(f"/api/channel-accounts/{echo['id']}", json={"is_active": False})).status_code == 200
    assert_problem(await api.patch(f"/api/channel-accounts/{echo['id']}", json={"is_active": True}), 403, code="feature_off")
    await set_feature(parts, ada.account_id, "channel.echo", is_on=True)
    assert (await api.patch(f"/api/channel-accounts/{echo['id']}", json={"is_active": True})).status_code == 200
    assert (await api.post(where, json=reply)).status_code == 201
    assert (await stranger.post("/api/channel-accounts", json=new)).status_code == 201


async def test_the_basic_channels_cannot_be_left_out(parts: Parts) -> None:
    """R-001."""
    assert [channel.kind for channel in parts.registry if channel.is_plan_bound] == ["echo"]

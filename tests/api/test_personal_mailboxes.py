"""A mailbox is one person's own or the team's, never both (R-102, R-103; scenario 1 of the specification)."""

from typing import Any

import httpx

from tests.api.conftest import assert_problem, colleague

ADDRESS = "support@x.example"


def mailbox(inbox_id: str | None = None, **more: Any) -> dict[str, Any]:
    config = {"method": "forwarding", "address": ADDRESS}
    return {"kind": "email", "name": "Mail", "config": config, **({"inbox_id": inbox_id} if inbox_id else {}), **more}


async def own_inbox(api: httpx.AsyncClient, user_id: str) -> str:
    made = await api.post("/api/inboxes", json={"name": "Mine", "access": "members"})
    assert made.status_code == 201, made.text
    members = await api.put(f"/api/inboxes/{made.json()['id']}/members", json={"member_ids": [user_id]})
    assert members.status_code in (200, 204), members.text
    return str(made.json()["id"])


async def test_a_personal_mailbox_cannot_be_a_team_address_until_it_is_disconnected(api: httpx.AsyncClient, ada: Any) -> None:
    mine = await own_inbox(api, str(ada.user_id))
    made = await api.post("/api/channel-accounts", json=mailbox(mine, is_personal=True))
    assert made.status_code == 201, made.text
    assert made.json()["owner_id"] == str(ada.user_id)
    refused = assert_problem(await api.post("/api/channel-accounts", json=mailbox()), 409)
    assert "personal mailbox of Ada Example" in refused["detail"]
    assert refused["code"] == "connected_as_personal"
    teams = next(one["id"] for one in (await api.get("/api/inboxes")).json()["items"] if one["id"] != mine)
    moved = await api.patch(f"/api/channel-accounts/{made.json()['id']}", json={"inbox_id": teams})
    assert assert_problem(moved, 409)["code"] == "personal"
    await api.delete(f"/api/channel-accounts/{made.json()['id']}")
    again = await api.post("/api/channel-accounts", json=mailbox())
    assert (again.status_code, again.json()["owner_id"]) == (201, None)


async def test_a_team_address_cannot_be_a_personal_mailbox(api: httpx.AsyncClient, ada: Any) -> None:
    assert (await api.post("/api/channel-accounts", json=mailbox())).status_code == 201
    mine = await own_inbox(api, str(ada.user_id))
    refused = assert_problem(await api.post("/api/channel-accounts", json=mailbox(mine, is_personal=True)), 409)
    assert refused["code"] == "connected_as_team"


async def test_a_personal_mailbox_needs_an_inbox_of_ones_own(api: httpx.AsyncClient) -> None:
    refused = assert_problem(await api.post("/api/channel-accounts", json=mailbox(is_personal=True)), 400)
    assert refused["field"] == "inbox_id"


async def test_an_inbox_with_a_personal_mailbox_is_opened_to_nobody(parts: Any, api: httpx.AsyncClient, address: str, ada: Any) -> None:
    """R-102: whichever way somebody tries."""
    bo = await colleague(parts, api, address, ada)
    await bo.aclose()
    bo_id = next(one["id"] for one in (await api.get("/api/users")).json()["items"] if one["name"] == "Bo Member")
    team = (await api.post("/api/teams", json={"name": "Night", "main_member_ids": [bo_id]})).json()["id"]
    gone = (await api.post("/api/teams", json={"name": "Day", "main_member_ids": [bo_id]})).json()["id"]
    mine = await own_inbox(api, str(ada.user_id))
    where = f"/api/inboxes/{mine}"
    assert (await api.patch(where, json={"team_ids": [gone]})).status_code == 200
    await api.delete(f"/api/teams/{gone}")
    made = await api.post("/api/channel-accounts", json=mailbox(mine, is_personal=True))
    assert made.status_code == 201, made.text
    mail = made.json()["id"]

    invitation = {"email": "zoe@tindra.example", "name": "Zoe", "inbox_ids": [mine], "by_mail": False}
    for answer in (
        await api.patch(where, json={"access": "everyone"}),
        await api.patch(where, json={"member_ids": [str(ada.user_id), bo_id]}),
        await api.patch(where, json={"member_ids": [bo_id]}),
        await api.patch(where, json={"team_ids": [team]}),
        await api.put(f"{where}/members", json={"member_ids": [str(ada.user_id), bo_id]}),
        await api.put(f"{where}/members/{bo_id}"),
        await api.delete(f"{where}/members/{ada.user_id}"),
        await api.post("/api/invitations", json=invitation),
    ):
        assert "personal mailbox of Ada Example" in assert_problem(answer, 409, code="personal")["detail"]
    await api.post(f"/api/teams/{gone}/restore")
    inbox = next(one for one in (await api.get("/api/inboxes")).json()["items"] if one["id"] == mine)
    assert (inbox["access"], inbox["member_ids"], inbox["team_ids"]) == ("members", [str(ada.user_id)], []), "the team that came back, too"
    assert (await api.patch(where, json={"name": "My own", "reply_within_s": 3600})).status_code == 200

    await api.delete(f"/api/channel-accounts/{mail}")
    assert (await api.patch(where, json={"access": "everyone"})).status_code == 200

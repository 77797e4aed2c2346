"""What tickets of a channel begin with, and whether an account has tickets from channels at all (R-050 to R-052, R-070 to R-072; scenario 10)."""

import asyncio
from typing import Any

import httpx

from innboks.core.access import Actor
from innboks.core.accounts.flags import accounts_named, set_ticketing
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say
from tests.api.test_stream import following


async def test_defaults_are_checked_kept_and_shown_again(
    api: httpx.AsyncClient, echo: dict[str, Any], stranger: httpx.AsyncClient, parts: Parts, ada: Actor, address: str
) -> None:
    (pipeline,) = (await api.get("/api/ticket-pipelines")).json()["items"]
    stages = [(one["key"], one["name"], one["state"]) for one in pipeline["stages"]]
    assert (pipeline["key"], pipeline["name"]) == ("support", "Support pipeline")
    assert stages == [
        ("new", "New", "open"),
        ("waiting_on_contact", "Waiting on contact", "open"),
        ("waiting_on_us", "Waiting on us", "open"),
        ("closed", "Closed", "closed"),
    ]
    where = f"/api/channel-accounts/{echo['id']}/tickets"
    first = {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    nothing = {"owner_id": None, "priority": None, "category": None, "name": "{conversation.subject}"}
    assert (await api.get(where)).json() == {"is_on": False, **first, **nothing}

    wanted = {"is_on": True, "pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][2]["id"]}
    wanted |= {"owner_id": str(ada.user_id), "priority": "high", "category": "billing_issue", "name": "{channel.name}: {contact.name}"}
    assert (await api.put(where, json=wanted)).json() == wanted
    assert (await api.get(where)).json() == wanted

    (theirs,) = (await stranger.get("/api/ticket-pipelines")).json()["items"]
    eve = (await stranger.get("/api/session")).json()["user"]["id"]
    for wrong, field in (
        ({"pipeline_id": theirs["id"]}, "pipeline_id"),
        ({"stage_id": theirs["stages"][0]["id"]}, "stage_id"),
        ({"stage_id": "999999"}, "stage_id"),
        ({"owner_id": eve}, "owner_id"),
        ({"owner_id": "ada"}, "owner_id"),
        ({"priority": "highest"}, "priority"),
        ({"category": 7}, "category"),
        ({"is_on": "yes"}, "is_on"),
        ({"name": "For {contact.shoe_size}"}, "name"),
        ({"subject": "x"}, None),
    ):
        refused = assert_problem(await api.put(where, json={**wanted, **wrong}), 400)
        assert field is None or field in refused.get("field", field)
    assert_problem(await api.put(where, json={"priority": "low"}), 400)
    assert_problem(await stranger.get(where), 404)
    assert_problem(await stranger.put(where, json={"is_on": False}), 404)
    assert (await api.get(where)).json() == wanted, "what is refused changes nothing"

    bo = await colleague(parts, api, address, ada)
    async with bo:
        assert_problem(await bo.put(where, json={"is_on": False}), 403)
        bo_id = (await bo.get("/api/session")).json()["user"]["id"]
    assert (await api.put(where, json={**wanted, "owner_id": bo_id})).status_code == 200
    await api.patch(f"/api/users/{bo_id}", json={"is_active": False})
    assert (await api.put(where, json={**wanted, "owner_id": bo_id})).status_code == 200, "who was chosen may stay"
    assert (await api.put(where, json={"is_on": False})).json() == {"is_on": False, **first, **nothing}
    assert_problem(await api.put(where, json={**wanted, "owner_id": bo_id}), 400, field="owner_id")
    await api.delete(f"/api/channel-accounts/{echo['id']}")
    assert_problem(await api.get(where), 404)


async def test_an_operator_decides_whether_there_are_tickets_from_channels(
    api: httpx.AsyncClient, echo: dict[str, Any], parts: Parts, ada: Actor
) -> None:
    """Scenario 10. Without a word of the operator there are; by date, accounts made on or before 1 April 2024 have them."""
    where = f"/api/channel-accounts/{echo['id']}/tickets"

    async def is_on() -> bool:
        account = (await api.get("/api/account")).json()
        assert (await api.get("/api/session")).json()["account"] == account
        assert (await api.get(where)).json()["is_on"] is account["inbox_ticketing"], "it is kept as on"
        return bool(account["inbox_ticketing"])

    assert (await api.put(where, json={"is_on": True})).status_code == 200
    assert await is_on()
    await set_ticketing(parts, ada.account_id, "by_date")
    assert not await is_on(), "this account is younger"
    refused = assert_problem(await api.put(where, json={"is_on": True, "priority": "high"}), 409, code="inbox_ticketing_off")
    assert "elp desk" in refused["detail"]
    for made, allowed in (("2024-04-01T23:59:59Z", True), ("2024-04-02T00:00:00Z", False), ("2019-01-01T00:00:00Z", True)):
        async with parts.db.transaction() as conn:
            await conn.execute("update account set created_at = %s where id = %s", (made, ada.account_id))
        assert await is_on() is allowed, made
    await set_ticketing(parts, ada.account_id, "off")
    assert not await is_on(), "whatever the date"
    assert (await api.put(where, json={"is_on": False})).status_code == 200, "off may be said"
    await set_ticketing(parts, ada.account_id, "on")
    assert [one.inbox_ticketing for one in await accounts_named(parts, "tindra")] == [True]

    assert (await api.get("/api/account")).json()["tickets_per_contact_max"] == 10_000
    assert (await api.patch("/api/account", json={"tickets_per_contact_max": 3})).json()["tickets_per_contact_max"] == 3
    assert_problem(await api.patch("/api/account", json={"tickets_per_contact_max": -1}), 400)


async def test_an_inbox_has_its_address_from_the_beginning(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    """R-025, R-145: mail to it is taken before anybody has looked for it; and it moves with the server's domain while nobody can know it."""
    made = (await api.post("/api/inboxes", json={"name": "Sales"})).json()
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            "select inbox_id, address from channel_account where account_id = %s and is_fallback order by inbox_id", (ada.account_id,)
        )
        issued = {str(inbox_id): address for inbox_id, address in await cursor.fetchall()}
    assert issued.keys() == {one["id"] for one in (await api.get("/api/inboxes")).json()["items"]}
    assert made["id"] in issued
    for inbox_id, address in issued.items():
        assert (await api.get(f"/api/inboxes/{inbox_id}/fallback")).json()["address"] == address
        assert await parts.directory.resolve(parts, address) is not None
    async with parts.db.transaction() as conn:
        await conn.execute(
            """update channel_account set address = 'in-x@old.example', identity = 'in-x@old.example', hosted_address = 'in-x@old.example'
               where account_id = %s and inbox_id = %s""",
            (ada.account_id, int(made["id"])),
        )
    assert (await api.get(f"/api/inboxes/{made['id']}/fallback")).json()["address"] == issued[made["id"]]


async def test_a_ticket_that_is_asked_for_again_is_made_once(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/tickets"
    first = await api.post(where, json={"name": "Chair", "client_id": "once"})
    again = await api.post(where, json={"name": "Chair", "client_id": "once"})
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    many = await asyncio.gather(*(api.post(where, json={"client_id": "at-once"}) for _ in range(4)))
    assert sorted(one.status_code for one in many) == [200, 200, 200, 201]
    assert len({one.json()["id"] for one in many}) == 1
    for client_id in ("", "with space", "x" * 101):
        assert_problem(await api.post(where, json={"client_id": client_id}), 400)
    assert (await api.post(where, json={})).json()["id"] != (await api.post(where, json={})).json()["id"]
    assert len((await api.get("/api/tickets")).json()["items"]) == 4


async def test_who_hears_of_a_ticket_hears_of_no_conversation_that_they_may_not_see(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    board = (await api.post("/api/inboxes", json={"name": "Board", "access": "members"})).json()
    await api.put(f"/api/inboxes/{board['id']}/members/{ada.user_id}", json={})
    await say(api, echo, "For the board", sender="mia", id="b1")
    secret = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["contact"]["name"] == "Mia")
    assert (await api.patch(f"/api/conversations/{secret['id']}", json={"inbox_id": board["id"]})).status_code == 200
    ticket = (await api.post(f"/api/conversations/{conversation['id']}/tickets", json={"name": "Chair"})).json()
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(api) as adas:
        linked = await api.put(f"/api/conversations/{secret['id']}/tickets/{ticket['id']}")
        assert linked.json()["conversation_ids"] == [conversation["id"], secret["id"]]
        await api.patch(f"/api/tickets/{ticket['id']}", json={"name": "Armchair"})
        for reader, seen in ((bos, [[conversation["id"]]]), (adas, [[conversation["id"]], [secret["id"]]])):
            told = [(await reader.until("ticket.changed"))[2] for _ in range(2 * len(seen))]
            assert all(set(one) == {"ticket_id", "conversation_ids"} for one in told)
            assert sorted(one["conversation_ids"] for one in told) == sorted(seen * 2)

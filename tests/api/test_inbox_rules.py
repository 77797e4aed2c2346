"""What an inbox and its connections tell of themselves, that everything of an inbox stands together in it, and what a lost permission at the provider means
for everybody."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from innboks.core.access import Actor
from innboks.core.channel_accounts import store_tests
from innboks.core.channel_accounts.health import mark_broken, record_health
from innboks.core.parts import Parts
from innboks.sdk.contract import Health
from tests.api.conftest import assert_problem, colleague, say


async def connected(api: httpx.AsyncClient, room: str, inbox_id: str | None = None) -> dict[str, Any]:
    body = {"kind": "echo", "name": room.title(), "inbox_id": inbox_id, "config": {"room": room, "api_token": "s3cret"}}
    made = await api.post("/api/channel-accounts", json=body)
    assert made.status_code == 201, made.text
    return made.json()


async def inbox_of(api: httpx.AsyncClient, id: str) -> dict[str, Any]:
    return next(one for one in (await api.get("/api/inboxes")).json()["items"] if one["id"] == id)


async def test_an_inbox_tells_what_it_is_and_since_when(api: httpx.AsyncClient, ada: Actor) -> None:
    """R-027."""
    made = (await api.post("/api/inboxes", json={"name": "Repairs"})).json()
    assert (made["name"], made["type"], made["is_archived"], made["archived_at"]) == ("Repairs", "INBOX", False, None)
    assert made["created_at"] == made["updated_at"]
    where = f"/api/inboxes/{made['id']}"
    renamed = (await api.patch(where, json={"name": "Workshop"})).json()
    assert (renamed["name"], renamed["created_at"]) == ("Workshop", made["created_at"])
    assert datetime.fromisoformat(renamed["updated_at"]) > datetime.fromisoformat(made["updated_at"])
    archived = (await api.patch(where, json={"is_archived": True})).json()
    assert archived["is_archived"] is True
    assert timedelta() <= datetime.fromisoformat(archived["updated_at"]) - datetime.fromisoformat(renamed["updated_at"])
    again = (await api.patch(where, json={"is_archived": True})).json()
    assert again["archived_at"] == archived["archived_at"] is not None, "since when does not move"
    assert (await inbox_of(api, made["id"]))["archived_at"] == archived["archived_at"]
    back = (await api.patch(where, json={"is_archived": False})).json()
    assert (back["is_archived"], back["archived_at"], back["name"]) == (False, None, "Workshop")


async def test_everything_over_any_connection_of_an_inbox_stands_together_in_it(api: httpx.AsyncClient, ada: Actor) -> None:
    """R-029."""
    first = await connected(api, "lobby")
    second = await connected(api, "garden", first["inbox_id"])
    other_inbox = (await api.post("/api/inboxes", json={"name": "Repairs"})).json()["id"]
    elsewhere = await connected(api, "workshop", other_inbox)
    for nth, (where, sender) in enumerate([(first, "leo"), (second, "maja"), (first, "ida"), (elsewhere, "kim"), (second, "leo")]):
        assert (await say(api, where, f"Hello {nth}", sender=sender, id=f"m{nth}")).status_code == 200

    async def senders(inbox_id: str, **asked: str) -> list[tuple[str, str]]:
        page = (await api.get("/api/conversations", params={"inbox_id": inbox_id, **asked})).json()
        assert page["next"] is None
        return sorted((one["contact"]["address"], one["channel_account_id"]) for one in page["items"])

    everything = sorted([("leo", first["id"]), ("ida", first["id"]), ("maja", second["id"]), ("leo", second["id"])])
    assert await senders(first["inbox_id"]) == everything
    assert await senders(other_inbox) == [("kim", elsewhere["id"])]
    assert await senders(first["inbox_id"], channel_account_id=second["id"]) == [one for one in everything if one[1] == second["id"]]
    assert (await api.patch(f"/api/channel-accounts/{second['id']}", json={"is_active": False})).status_code == 200
    assert await senders(first["inbox_id"]) == everything, "what came over a paused connection stays where it is"
    assert (await api.delete(f"/api/channel-accounts/{second['id']}")).status_code == 204
    assert await senders(first["inbox_id"]) == everything


async def test_the_connections_of_an_inbox_are_listed_with_their_switch(api: httpx.AsyncClient, ada: Actor) -> None:
    """R-030, R-041: id, channel, inbox, name, both states, archived or not, since when."""
    first = await connected(api, "lobby")
    second = await connected(api, "garden", first["inbox_id"])
    kinds = {one["kind"]: one["name"] for one in (await api.get("/api/channels")).json()["items"]}
    assert kinds["echo"] == "Echo"

    async def listed() -> dict[str, tuple[Any, ...]]:
        found = (await api.get("/api/channel-accounts")).json()["items"]
        told = ("kind", "name", "is_active", "is_authorized", "archived_at")
        return {
            one["id"]: tuple(one[name] for name in told) for one in found if one["inbox_id"] == first["inbox_id"] and one["kind"] == "echo"
        }

    assert await listed() == {
        first["id"]: ("echo", "Lobby", True, True, None),
        second["id"]: ("echo", "Garden", True, True, None),
    }
    assert datetime.fromisoformat(first["created_at"]) <= datetime.fromisoformat(second["created_at"])
    assert first["hosted_address"] is None, "a connection without an address of ours has none"
    where = f"/api/channel-accounts/{second['id']}"
    await api.patch(where, json={"is_active": False})
    assert (await listed())[second["id"]] == ("echo", "Garden", False, True, None)
    await api.patch(where, json={"is_active": True})
    assert (await listed())[second["id"]] == ("echo", "Garden", True, True, None)
    assert (await api.delete(where)).status_code == 204
    assert (await api.get(where)).json()["archived_at"] is not None


async def test_a_lost_permission_is_seen_by_every_member_and_nothing_leaves_until_it_is_back(
    api: httpx.AsyncClient, parts: Parts, address: str, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """R-042, R-044."""
    where = f"/api/channel-accounts/{echo['id']}"
    await mark_broken(parts, ada.account_id, int(echo["id"]), "The token has expired.")
    async with await colleague(parts, api, address, ada) as bo:
        for client in (api, bo):
            seen = (await client.get(where)).json()
            assert (seen["is_active"], seen["is_authorized"]) == (True, False)
            assert (seen["health"]["state"], seen["health"]["sentence"]) == ("broken", "The token has expired.")
            assert echo["id"] in [
                one["id"] for one in (await client.get("/api/channel-accounts")).json()["items"] if not one["is_authorized"]
            ]
        radar = (await bo.get("/api/radar")).json()
        assert "The token has expired." in str(radar), "and it stands on the radar, which everybody sees"
        reply = await bo.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "reply", "text": "It is.", "hold_s": 0})
        assert reply.status_code == 201, reply.text
        kept = (await bo.get(f"/api/messages/{reply.json()['id']}")).json()
        assert (kept["state"], kept["held_for"]) == ("queued", "connection")
        assert (await api.get(where)).json()["kept_count"] == 1
        assert_problem(await bo.post(f"/api/messages/{kept['id']}/send", json={}), 409)
        await record_health(parts, ada.account_id, int(echo["id"]), Health(state="connected", sentence="Connected."))
        after = (await bo.get(where)).json()
        assert (after["is_authorized"], after["kept_count"], after["health"]["state"]) == (True, 0, "connected")
        freed = (await bo.get(f"/api/messages/{kept['id']}")).json()
        assert (freed["state"], freed["held_for"]) == ("queued", None), "it leaves now, in its turn"


async def test_a_connection_moves_to_another_inbox_and_both_hear_of_it(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any]
) -> None:
    """What the refusal to archive an inbox tells people to do."""
    other = (await api.post("/api/inboxes", json={"name": "Repairs"})).json()["id"]
    where = f"/api/channel-accounts/{echo['id']}"
    moved = await api.patch(where, json={"inbox_id": other})
    assert (moved.status_code, moved.json()["inbox_id"]) == (200, other)
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            "select inbox_id from event where type = 'channel_account.changed' and inbox_id is not null order by id desc limit 2"
        )
        assert {str(row[0]) for row in await cursor.fetchall()} == {echo["inbox_id"], other}
    await say(api, echo, "Hello", id="there")
    (came,) = (await api.get("/api/conversations", params={"inbox_id": other})).json()["items"]
    assert came["channel_account_id"] == echo["id"]
    assert (await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"is_archived": True})).status_code == 200
    refused = await api.patch(where, json={"inbox_id": echo["inbox_id"]})
    assert_problem(refused, 404, code="unknown_inbox")


async def test_what_confirms_a_forwarding_is_for_who_may_change_channels(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor
) -> None:
    """R-144: the code and the link open the mailbox's way to us, so they are an administrator's."""
    config = {"method": "forwarding", "address": "team@tindra.example"}
    made = (await api.post("/api/channel-accounts", json={"kind": "email", "name": "Team", "config": config})).json()
    told = {"sender": "forwarding@provider.example", "code": "428117", "link": "https://provider.example/yes", "at": made["created_at"]}
    async with parts.db.transaction() as conn:
        await store_tests.save_confirmation(conn, ada.account_id, int(made["id"]), told)
    bo = await colleague(parts, api, address, ada)
    for client, expected in ((api, "428117"), (bo, None)):
        shown = [(await client.get(f"/api/channel-accounts/{made['id']}")).json()]
        shown += [one for one in (await client.get("/api/channel-accounts")).json()["items"] if one["id"] == made["id"]]
        assert [one["confirmation"] and one["confirmation"]["code"] for one in shown] == [expected, expected]
    for answer in (
        await bo.patch(f"/api/channel-accounts/{made['id']}", json={"is_active": False}),
        await bo.delete(f"/api/channel-accounts/{made['id']}"),
        await bo.delete(f"/api/channel-accounts/{made['id']}/confirmation"),
    ):
        assert_problem(answer, 403)
    await bo.aclose()

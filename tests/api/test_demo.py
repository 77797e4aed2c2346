"""Demo data and the first steps over HTTP: who may ask, what is answered, and what is refused. What a worker does stands in `tests/sandbox/test_demo_in_app.py`."""

from datetime import datetime, timedelta

import httpx

from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague

NONE = {"state": "none", "done": 0, "total": 0, "kept": 0, "can_be_kept_until": None, "is_of_operator": False}


async def test_a_super_admin_asks_and_everybody_may_see(api: httpx.AsyncClient, parts: Parts, ada: Actor, address: str) -> None:
    assert (await api.get("/api/demo")).json() == NONE
    async with await colleague(parts, api, address, ada) as bo:
        assert (await bo.get("/api/demo")).json() == NONE
        assert_problem(await bo.post("/api/demo"), 403)
        assert_problem(await bo.delete("/api/demo"), 403)
        assert_problem(await bo.post("/api/demo/kept"), 403)
    for answer in (await api.delete("/api/demo"), await api.post("/api/demo/kept")):
        assert_problem(answer, 409)
    begun = await api.post("/api/demo")
    assert (begun.status_code, begun.json()["state"]) == (202, "loading")
    assert_problem(await api.post("/api/demo"), 409, code="demo_is_here")
    assert_problem(await api.delete("/api/demo"), 409, code="demo_is_loading")


async def test_hostile_input_is_answered_in_words(api: httpx.AsyncClient) -> None:
    for content in (b"{", b"[1]", b'{"account_id": "2"}', b"\x00" * 100):
        answer = await api.post("/api/demo", content=content, headers={"content-type": "application/json"})
        assert answer.status_code in (202, 400, 409), answer.text
    assert (await api.put("/api/demo")).status_code == 405
    for name in ("", "   ", "x" * 201):
        assert_problem(await api.patch("/api/account", json={"name": name}), 400, field="name")
    for strange in (None, 7, ["Tindra"], "x" * 5000):
        assert (await api.patch("/api/account", json={"name": strange})).status_code in ((200,) if strange is None else (400,))
    changed = await api.patch("/api/account", json={"name": "  Tindra   Outdoor  "})
    assert changed.json()["name"] == "Tindra Outdoor"


async def test_removal_waits_so_that_it_can_be_taken_back(api: httpx.AsyncClient, parts: Parts, ada: Actor, clock: FakeClock) -> None:
    await api.post("/api/demo")
    async with parts.db.transaction() as conn:
        await conn.execute("update demo set state = 'loaded'")
    asked = (await api.delete("/api/demo")).json()
    assert asked["state"] == "removing"
    assert datetime.fromisoformat(asked["can_be_kept_until"]) - clock.now() == timedelta(seconds=8)
    assert (await api.post("/api/demo/kept")).json()["state"] == "loaded"
    await api.delete("/api/demo")
    clock.advance(9)
    assert_problem(await api.post("/api/demo/kept"), 409, code="too_late")


async def test_the_demo_of_the_command_line_is_not_ours_to_remove(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    async with parts.db.transaction() as conn:
        await conn.execute("""update account set settings = settings || '{"demo": "loaded"}' where id = %s""", (ada.account_id,))
    assert (await api.get("/api/demo")).json() == NONE | {"state": "loaded", "is_of_operator": True}
    assert_problem(await api.post("/api/demo"), 409, code="demo_is_here")
    assert_problem(await api.delete("/api/demo"), 409, code="demo_of_operator")


async def test_the_first_steps_say_what_is_so(api: httpx.AsyncClient, ada: Actor, stranger: httpx.AsyncClient) -> None:
    nothing = {"has_channel": False, "has_team": False, "has_hours": False}
    assert (await api.get("/api/first-steps")).json() == nothing
    echo = {"kind": "echo", "name": "Echo", "config": {"room": "lobby", "api_token": "s3cret"}}
    made = await api.post("/api/channel-accounts", json=echo | {"setup_step": "details"})
    assert made.status_code == 201, made.text
    assert (await api.get("/api/first-steps")).json() == nothing, "its set-up is not finished"
    await api.patch(f"/api/channel-accounts/{made.json()['id']}", json={"setup_step": None})
    await api.post("/api/invitations", json={"name": "Bo Member", "email": "bo@tindra.example"})
    hours = [{"day": 1, "from": "09:00", "to": "17:00"}]
    set_hours = await api.patch(f"/api/users/{ada.user_id}/availability", json={"hours": hours})
    assert set_hours.status_code == 200, set_hours.text
    assert (await api.get("/api/first-steps")).json() == dict.fromkeys(nothing, True)
    assert (await stranger.get("/api/first-steps")).json() == nothing

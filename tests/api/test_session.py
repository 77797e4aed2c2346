"""Who comes in, how, and for how long."""

import asyncio
from collections import Counter
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx

from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import ORIGIN, PASSWORD, assert_problem, bearer, colleague

SETUP = {"account_name": "Tindra", "name": "Ada Example", "email": "ada@tindra.example", "password": PASSWORD}
SIGN_IN = {"email": "ada@tindra.example", "password": PASSWORD}


async def test_setup_makes_the_first_account_once(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/setup")).json()["needed"] is True
    made = await browser.post("/api/setup", json=SETUP)
    assert made.status_code == 201
    assert made.json()["account"]["name"] == "Tindra"
    assert (await browser.get("/api/session")).json()["user"]["first_name"] == "Ada"
    assert [inbox["name"] for inbox in (await browser.get("/api/inboxes")).json()["items"]] == ["Tindra"]
    assert (await browser.get("/api/setup")).json()["needed"] is False
    assert_problem(await browser.post("/api/setup", json=SETUP | {"email": "second@tindra.example"}), 409, code="already_set_up")


async def test_setup_by_many_at_once_makes_one_account(browser: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(browser.post("/api/setup", json=SETUP | {"email": f"a{n}@tindra.example"}) for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


async def test_setup_says_what_is_wrong(browser: httpx.AsyncClient) -> None:
    for field, value in [("password", "short"), ("password", "aaaaaaaaaaaaaaa"), ("email", "nobody"), ("name", "  "), ("account_name", "")]:
        assert_problem(await browser.post("/api/setup", json=SETUP | {field: value}), 400, field=field)
    assert (await browser.get("/api/setup")).json()["needed"] is True


async def test_the_cookie_is_for_the_api_alone_and_not_for_scripts(browser: httpx.AsyncClient, ada: Actor) -> None:
    signed_in = await browser.post("/api/session", json=SIGN_IN)
    cookie, here = (next(iter(SimpleCookie(line).values())) for line in signed_in.headers.get_list("set-cookie"))
    assert (cookie.key, here.key, here.value, here["path"], here["httponly"]) == ("innboks_session", "innboks_here", "1", "/", "")
    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"], cookie["secure"]) == (True, "lax", "/api", "")
    assert int(cookie["max-age"]) == 30 * 24 * 3600


async def test_a_wrong_password_and_an_unknown_address_are_the_same(browser: httpx.AsyncClient, ada: Actor) -> None:
    wrong = assert_problem(await browser.post("/api/session", json=SIGN_IN | {"password": "wrong wrong wrong"}), 401)
    unknown = assert_problem(await browser.post("/api/session", json=SIGN_IN | {"email": "x@tindra.example"}), 401)
    assert wrong.pop("request_id") != unknown.pop("request_id")
    assert wrong == unknown


async def test_the_address_is_read_as_people_type_it(browser: httpx.AsyncClient, ada: Actor) -> None:
    assert (await browser.post("/api/session", json=SIGN_IN | {"email": " Ada@Tindra.example "})).status_code == 201


async def test_guessing_gets_slow_but_never_impossible(browser: httpx.AsyncClient, ada: Actor, clock: FakeClock) -> None:
    wrong = SIGN_IN | {"password": "wrong wrong wrong"}
    answers = await asyncio.gather(*(browser.post("/api/session", json=wrong) for _ in range(30)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == 9, "also when all come at once"
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert_problem(await browser.post("/api/session", json=SIGN_IN), 429, code="too_many_attempts")
    for _ in range(14):
        clock.advance(3600)
        await browser.post("/api/session", json=wrong)
    clock.advance(15 * 60 + 1)
    assert (await browser.post("/api/session", json=SIGN_IN)).status_code == 201


async def test_guessing_at_many_addresses_gets_slow_too(browser: httpx.AsyncClient, ada: Actor) -> None:
    answers = await asyncio.gather(
        *(browser.post("/api/session", json={"email": f"guess{n}@tindra.example", "password": "wrong wrong wrong"}) for n in range(60))
    )
    assert Counter(answer.status_code for answer in answers) == {401: 41, 429: 19}


async def test_an_office_behind_one_address_signs_in(browser: httpx.AsyncClient, ada: Actor) -> None:
    statuses = {(await browser.post("/api/session", json=SIGN_IN)).status_code for _ in range(45)}
    assert statuses == {201}


async def test_signing_in_rotates_the_session(browser: httpx.AsyncClient, address: str, ada: Actor) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    old = browser.cookies["innboks_session"]
    await browser.post("/api/session", json=SIGN_IN)
    assert browser.cookies["innboks_session"] != old
    async with httpx.AsyncClient(base_url=address, cookies={"innboks_session": old}) as thief:
        assert_problem(await thief.get("/api/session"), 401, code="session_ended")


async def test_signing_out_ends_the_session_at_once(browser: httpx.AsyncClient, address: str, ada: Actor) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    kept = browser.cookies["innboks_session"]
    assert (await browser.get("/api/users")).status_code == 200
    assert (await browser.delete("/api/session")).status_code == 204
    assert "innboks_session" not in browser.cookies
    async with httpx.AsyncClient(base_url=address, cookies={"innboks_session": kept}) as thief:
        assert (await thief.get("/api/users")).status_code == 401


async def test_my_browsers_are_listed_and_can_be_signed_out(browser: httpx.AsyncClient, address: str, ada: Actor) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    async with httpx.AsyncClient(base_url=address, headers={"origin": ORIGIN, "user-agent": "Old Phone"}) as phone:
        await phone.post("/api/session", json=SIGN_IN)
        assert (await phone.get("/api/session")).status_code == 200
        sessions = (await browser.get("/api/sessions")).json()["items"]
        assert {(one["user_agent"], one["is_current"]) for one in sessions} == {("Test Browser", True), ("Old Phone", False)}
        (other,) = [one["id"] for one in sessions if not one["is_current"]]
        assert (await browser.delete(f"/api/sessions/{other}")).status_code == 204
        assert (await phone.get("/api/session")).status_code == 401
        assert_problem(await browser.delete(f"/api/sessions/{other}"), 404)


async def test_a_session_lives_while_it_is_used(browser: httpx.AsyncClient, ada: Actor, clock: FakeClock) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    cookie = {"cookie": f"innboks_session={browser.cookies['innboks_session']}"}
    browser.cookies.clear()  # a browser's own clock would drop it
    for _ in range(4):
        clock.advance(step=timedelta(days=20))
        assert (await browser.get("/api/users", headers=cookie)).status_code == 200
    clock.advance(step=timedelta(days=31))
    assert (await browser.get("/api/users", headers=cookie)).status_code == 401


async def test_writes_with_a_cookie_need_our_own_origin(browser: httpx.AsyncClient, ada: Actor) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    del browser.headers["origin"]
    new = {"name": "Sales"}
    assert_problem(await browser.post("/api/inboxes", json=new), 403, code="origin_missing")
    for foreign in ("https://evil.example", "null", "http://inbox.example.com.evil.example", "http://inbox.example.com:81"):
        assert_problem(await browser.post("/api/inboxes", json=new, headers={"origin": foreign}), 403, code="foreign_origin")
    own_host = str(browser.base_url).rstrip("/")
    for own in (ORIGIN, own_host):
        assert (await browser.post("/api/inboxes", json=new, headers={"origin": own})).status_code == 201
    rebound = {"origin": "http://evil.example:8080", "host": "evil.example:8080"}
    assert_problem(await browser.post("/api/inboxes", json=new, headers=rebound), 403, code="foreign_origin")
    for local in ("nas.local:8080", "inbox", "localhost:8080", "192.168.1.5:8080", "[::1]:8080"):
        made = await browser.post("/api/inboxes", json=new, headers={"origin": f"http://{local}", "host": local})
        assert made.status_code == 201, local
    assert (await browser.get("/api/inboxes")).status_code == 200
    assert_problem(await browser.post("/api/session", json=SIGN_IN, headers={"origin": "https://evil.example"}), 403)


async def test_tokens_are_shown_once_and_can_be_revoked(api: httpx.AsyncClient, address: str) -> None:
    made = (await api.post("/api/tokens", json={"name": "  nightly export "})).json()
    assert made["name"] == "nightly export"
    async with httpx.AsyncClient(base_url=address, headers={"authorization": f"bearer {made['token']}"}) as script:
        assert (await script.get("/api/users")).status_code == 200
        listed = (await api.get("/api/tokens")).json()["items"]
        assert made["id"] in {one["id"] for one in listed}
        assert made["token"] not in str(listed)
        assert (await api.delete(f"/api/tokens/{made['id']}")).status_code == 204
        assert_problem(await script.get("/api/users"), 401, code="bad_token")


async def test_what_is_no_token_is_401(browser: httpx.AsyncClient, ada: Actor) -> None:
    values = [
        "Bearer",
        "Bearer x",
        "Basic YTpi",
        "Bearer inb_1_",
        "Bearer inb_99999999999999999999_x",
        "Bearer inb_1_" + "a" * 5000,
    ]
    for value in values:
        assert_problem(await browser.get("/api/users", headers={"authorization": value}), 401)
    for value in ("", "1.", ".x", "1", "0.x", "-1.x", "9" * 40 + ".x"):
        assert (await browser.get("/api/users", headers={"cookie": f"innboks_session={value}"})).status_code == 401


async def test_somebody_deactivated_is_out_at_once(parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor) -> None:
    async with await colleague(parts, api, address, ada) as bo, httpx.AsyncClient(base_url=address, headers={"origin": ORIGIN}) as browser:
        await browser.post("/api/session", json={"email": "bo@tindra.example", "password": PASSWORD})
        me = (await bo.get("/api/users/me")).json()["id"]
        assert (await api.patch(f"/api/users/{me}", json={"is_active": False})).json()["is_active"] is False
        assert (await bo.get("/api/users")).status_code == 401
        assert (await browser.get("/api/session")).status_code == 401
        assert_problem(await browser.post("/api/session", json={"email": "bo@tindra.example", "password": PASSWORD}), 401)


async def test_only_an_administrator_changes_people(parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        me = (await bo.get("/api/users/me")).json()["id"]
        highest = (await api.get("/api/roles")).json()["items"][0]["id"]
        assert_problem(await bo.patch(f"/api/users/{me}", json={"role_id": highest}), 403)
        assert_problem(await bo.patch(f"/api/users/{ada.user_id}", json={"name": "Changed"}), 403)
        assert_problem(await bo.post("/api/users", json={"name": "C", "email": "c@tindra.example", "password": PASSWORD}), 403)
        assert (await bo.patch("/api/users/me", json={"name": "Bo Renamed", "locale": "nb"})).json()["last_name"] == "Renamed"
        assert_problem(await api.patch(f"/api/users/{ada.user_id}", json={"is_active": False}), 409, code="last_admin")


async def test_a_new_password_ends_the_other_sessions(parts: Parts, browser: httpx.AsyncClient, address: str, ada: Actor) -> None:
    await browser.post("/api/session", json=SIGN_IN)
    async with httpx.AsyncClient(base_url=address, headers={"origin": ORIGIN}) as phone:
        await phone.post("/api/session", json=SIGN_IN)
        change = {"current_password": PASSWORD, "password": "another long password"}
        assert_problem(
            await browser.put("/api/users/me/password", json=change | {"current_password": "wrong"}), 400, field="current_password"
        )
        assert (await browser.put("/api/users/me/password", json=change)).status_code == 204
        assert (await browser.get("/api/session")).status_code == 200
        assert (await phone.get("/api/session")).status_code == 401
    assert_problem(await browser.post("/api/session", json=SIGN_IN), 401)
    assert (await browser.post("/api/session", json=SIGN_IN | {"password": change["password"]})).status_code == 201


async def test_a_token_outlives_sessions(parts: Parts, api: httpx.AsyncClient, ada: Actor, clock: FakeClock) -> None:
    headers = await bearer(parts, ada)
    clock.advance(step=timedelta(days=400))
    assert (await api.get("/api/session", headers=headers)).status_code == 200


async def test_what_changes_of_an_account_together_is_told_once(parts: Parts, api: httpx.AsyncClient, ada: Actor) -> None:
    assert (await api.patch("/api/account", json={"undo_send_s": 5})).status_code == 200
    changed = (await api.patch("/api/account", json={"name": "Tindra Two", "assigns_when_available": True})).json()
    assert (changed["name"], changed["assigns_when_available"], changed["undo_send_s"]) == ("Tindra Two", True, 5)
    async with parts.db.connection() as conn:
        told = await (await conn.execute("select count(*) from event where type = 'account.changed'")).fetchone()
    assert told == (2,)
    assert changed["closing_closes_tickets"] is False
    assert (await api.patch("/api/account", json={"closing_closes_tickets": True})).json()["closing_closes_tickets"] is True

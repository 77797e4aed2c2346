"""Connecting by signing in at a provider, over real HTTP: the app begins it, a browser goes through the sandbox's page and comes back."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Endpoint, ProviderClient, Settings
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from innboks.sandbox.email import Desk
from innboks.sandbox.serve import open_sandbox
from tests.api.conftest import FOLDERS, PASSWORD, assert_problem, colleague

TEAM = "team@tindra.example"
CLIENTS = {"google": ProviderClient(id="innboks", secret="s3cret"), "microsoft": ProviderClient(id="innboks", secret="s3cret")}


@pytest.fixture
async def desk(settings: Settings) -> Desk:
    return Desk(msgspec.structs.replace(settings, sandbox_smtp=Endpoint("127.0.0.1", 0)), report_after_s=0.0)


@pytest.fixture
async def parts(settings: Settings, dsn: str, clock: FakeClock, desk: Desk) -> AsyncIterator[Parts]:
    near = msgspec.structs.replace(settings, sandbox_http=Endpoint("127.0.0.1", 0))
    async with open_sandbox(near, [desk]) as url:
        wide = msgspec.structs.replace(
            settings,
            channel_folders=(FOLDERS,),
            provider_urls={key: f"{url}/email/{key}" for key in desk.providers},
            provider_clients=CLIENTS,
            allow_private=False,  # the operator named the stand-in, so it may be called all the same
        )
        async with build_parts(wide, dsn, "web", clock=clock) as built:
            yield built


@pytest.fixture
async def app(browser: httpx.AsyncClient, ada: Any) -> httpx.AsyncClient:
    """Ada's browser, signed in."""
    assert (await browser.post("/api/session", json={"email": ada.email, "password": PASSWORD})).status_code == 201
    return browser


def wish(**more: Any) -> dict[str, Any]:
    config = {"method": "gmail", "address": TEAM, "company_name": "Tindra"}
    return {"provider": "google", "kind": "email", "name": "Team", "config": config, "accepts_terms": True, **more}


async def through_the_page(url: str, answer: str = "Allow") -> str:
    """Presses the button; returns the way back (path and query)."""
    async with httpx.AsyncClient() as browser:
        page = await browser.get(url)
        buttons = re.findall(r'<a class="btn[^"]*" href="([^"]+)">(\w+)', page.text)
        link = next(html.unescape(href) for href, word in buttons if word == answer)
        back = httpx.URL((await browser.get(link)).headers["location"])
    assert back.path == "/api/oauth/callback"
    return back.raw_path.decode()


async def begin(app: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    started = await app.post("/api/sign-ins", json=wish(**more))
    assert started.status_code == 201, started.text
    return started.json()


async def test_the_whole_way(app: httpx.AsyncClient, desk: Desk) -> None:
    (email,) = [one for one in (await app.get("/api/channels")).json()["items"] if one["sign_ins"]]
    google = email["sign_ins"][0]
    assert (google["provider"], google["when"], google["problem"]) == ("google", {"method": ["gmail"]}, "")
    assert "team address" in google["terms"]
    started = await begin(app)
    assert started["status"] == "waiting"
    back = await app.get(await through_the_page(started["url"]))
    assert back.status_code == 200
    assert "You can close this window" in back.text
    done = (await app.get(f"/api/sign-ins/{started['id']}")).json()
    assert (done["status"], done["problem"]) == ("connected", None)
    account = (await app.get(f"/api/channel-accounts/{done['channel_account_id']}")).json()
    assert (account["address"], account["health"]["state"], account["is_authorized"]) == (TEAM, "connected", True)
    assert account["settings"]["terms_accepted_at"]
    assert "token" not in str(account["config"]).replace("'refresh_token': ''", "")
    assert desk.google.oauth.address_of({}) is None


async def test_back_to_a_path_of_the_app(app: httpx.AsyncClient) -> None:
    started = await begin(app, return_to="/settings/channels?tab=email")
    back = await app.get(await through_the_page(started["url"]))
    assert (back.status_code, back.headers["location"]) == (303, f"/settings/channels?tab=email&sign_in={started['id']}")


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/a b", "settings", "/x\r\nset-cookie: a=b"])
async def test_back_to_elsewhere_is_refused(app: httpx.AsyncClient, path: str) -> None:
    assert_problem(await app.post("/api/sign-ins", json=wish(return_to=path)), 400)


async def test_denied(app: httpx.AsyncClient) -> None:
    started = await begin(app)
    back = await app.get(await through_the_page(started["url"], "Deny"))
    assert back.status_code == 400
    done = (await app.get(f"/api/sign-ins/{started['id']}")).json()
    assert (done["status"], done["problem"]["code"]) == ("failed", "access_denied")
    assert (await app.get("/api/channel-accounts")).json()["items"] == []


async def test_what_was_given_up_connects_nothing_when_it_is_allowed_after_all(app: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    started = await begin(app)
    where = f"/api/sign-ins/{started['id']}"
    assert_problem(await stranger.delete(where), 404)
    assert (await app.delete(where)).status_code == 204
    assert (await app.delete(where)).status_code == 204
    left = (await app.get(where)).json()
    assert (left["status"], left["problem"]["code"]) == ("failed", "cancelled")
    assert (await app.get(await through_the_page(started["url"]))).status_code == 400
    assert (await app.get("/api/channel-accounts")).json()["items"] == []


async def test_what_is_connected_stays_so_when_it_is_given_up(app: httpx.AsyncClient) -> None:
    started = await begin(app)
    await app.get(await through_the_page(started["url"]))
    assert (await app.delete(f"/api/sign-ins/{started['id']}")).status_code == 204
    assert (await app.get(f"/api/sign-ins/{started['id']}")).json()["status"] == "connected"


async def test_an_inbox_that_is_wished_for_is_there_only_when_access_was_given(app: httpx.AsyncClient) -> None:
    """R-021: nothing is left behind by somebody who turns back."""

    async def complaints() -> list[dict[str, Any]]:
        return [one for one in (await app.get("/api/inboxes")).json()["items"] if one["name"] == "Complaints"]

    new_inbox = {"name": "Complaints", "access": "members"}
    for answer, expected in (("Deny", 0), ("Allow", 1)):
        started = await begin(app, new_inbox=new_inbox)
        await app.get(await through_the_page(started["url"], answer))
        assert len(await complaints()) == expected
    assert (await complaints())[0]["access"] == "members"


async def test_the_fallback_address_is_signed_in_nowhere(app: httpx.AsyncClient) -> None:
    (inbox,) = (await app.get("/api/inboxes")).json()["items"]
    fallback = (await app.get(f"/api/inboxes/{inbox['id']}/fallback")).json()
    answer = await app.post("/api/sign-ins", json=wish(channel_account_id=fallback["id"]))
    assert_problem(answer, 409, code="fallback")


async def test_what_is_connected_by_forwarding_goes_over_to_signing_in(app: httpx.AsyncClient) -> None:
    """Saving says that one has to sign in; signing in brings what was typed with it."""
    config = {"method": "forwarding", "address": TEAM}
    made = (await app.post("/api/channel-accounts", json={"kind": "email", "name": "Team", "config": config})).json()
    where = f"/api/channel-accounts/{made['id']}"
    assert_problem(await app.patch(where, json={"config": {"method": "gmail"}}), 400)
    started = await begin(app, channel_account_id=made["id"], config={"method": "gmail", "company_name": "Tindra AS"})
    await app.get(await through_the_page(started["url"]))
    now = (await app.get(where)).json()
    kept = (now["config"]["method"], now["config"]["company_name"], now["hosted_address"], now["health"]["state"])
    assert kept == ("gmail", "Tindra AS", None, "connected")


async def test_the_terms_come_first(app: httpx.AsyncClient) -> None:
    refused = assert_problem(await app.post("/api/sign-ins", json=wish(accepts_terms=False)), 400)
    assert refused["field"] == "accepts_terms"


async def test_what_cannot_work_is_refused_before_the_person_leaves(app: httpx.AsyncClient) -> None:
    assert assert_problem(await app.post("/api/sign-ins", json=wish(provider="yahoo")), 400)["field"] == "provider"
    bad = wish(config={"method": "gmail", "address": "nobody"})
    assert assert_problem(await app.post("/api/sign-ins", json=bad), 400)["field"] == "address"
    assert_problem(await app.post("/api/sign-ins", json=wish(kind="echo")), 400)
    assert_problem(await app.post("/api/sign-ins", json=wish(kind="nothing")), 404)
    assert_problem(await app.post("/api/sign-ins", json=wish(inbox_id="99999")), 404)
    assert_problem(await app.post("/api/sign-ins", json=wish(channel_account_id="99999")), 404)
    assert_problem(await app.post("/api/sign-ins", json={"provider": 7}), 400)


async def test_a_way_back_works_once_and_for_its_own_person_only(app: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    started = await begin(app)
    way = await through_the_page(started["url"])
    assert (await stranger.get(way)).status_code == 400  # another account's admin holds somebody's link
    assert (await stranger.get(f"/api/sign-ins/{started['id']}")).status_code == 404
    async with httpx.AsyncClient(base_url=app.base_url) as nobody:
        assert (await nobody.get(way)).status_code == 401
    assert (await app.get(way)).status_code == 200
    again = await app.get(way)
    assert again.status_code == 400
    assert len((await app.get("/api/channel-accounts")).json()["items"]) == 1


async def test_an_hour_later_it_is_over(app: httpx.AsyncClient, clock: FakeClock) -> None:
    started = await begin(app)
    way = await through_the_page(started["url"])
    clock.advance(3700)
    assert (await app.get(way)).status_code == 400
    done = (await app.get(f"/api/sign-ins/{started['id']}")).json()
    assert (done["status"], done["problem"]["code"]) == ("failed", "expired")


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?state=%FF%FE&code=x", "?state=x&code=%00", f"?state={'x' * 7000}", "?error=access_denied"]
)
async def test_a_made_up_way_back_does_no_harm(app: httpx.AsyncClient, query: str) -> None:
    assert (await app.get(f"/api/oauth/callback{query}")).status_code == 400


async def test_one_address_is_connected_once(app: httpx.AsyncClient) -> None:
    first = await begin(app)
    second = await begin(app)
    assert (await app.get(await through_the_page(first["url"]))).status_code == 200
    refused = await app.get(await through_the_page(second["url"]))
    assert refused.status_code == 400
    assert "connected already" in refused.text
    forwarding = {"kind": "email", "name": "Again", "config": {"method": "forwarding", "address": TEAM.upper()}}
    assert_problem(await app.post("/api/channel-accounts", json=forwarding), 409)


async def test_signing_in_again_mends_a_withdrawn_leave(app: httpx.AsyncClient, desk: Desk) -> None:
    started = await begin(app)
    await app.get(await through_the_page(started["url"]))
    id = (await app.get(f"/api/sign-ins/{started['id']}")).json()["channel_account_id"]
    desk.google.oauth.withdraw(TEAM)
    assert_problem(await app.patch(f"/api/channel-accounts/{id}", json={"config": {"company_name": "Tindra AS"}}), 400)
    again = await app.post("/api/sign-ins", json={"provider": "google", "channel_account_id": id, "accepts_terms": True})
    assert again.status_code == 201, again.text
    assert (await app.get(await through_the_page(again.json()["url"]))).status_code == 200
    assert len((await app.get("/api/channel-accounts")).json()["items"]) == 1
    changed = await app.patch(f"/api/channel-accounts/{id}", json={"config": {"company_name": "Tindra AS"}})
    assert changed.status_code == 200, changed.text
    assert changed.json()["config"]["company_name"] == "Tindra AS"


async def test_microsoft_the_whole_way_and_its_handshake(app: httpx.AsyncClient) -> None:
    config = {"method": "microsoft365", "address": TEAM}
    started = await begin(app, provider="microsoft", config=config)
    assert (await app.get(await through_the_page(started["url"]))).status_code == 200
    done = (await app.get(f"/api/sign-ins/{started['id']}")).json()
    assert done["status"] == "connected"
    hook = f"/hooks/email/{done['channel_account_id']}/microsoft"
    async with httpx.AsyncClient(base_url=app.base_url) as graph:
        said = await graph.post(hook, params={"validationToken": "Validation: <b>&+=ø"})
        assert (said.status_code, said.text) == (200, "Validation: <b>&+=ø")
        assert said.headers["content-type"].startswith("text/plain")
        assert said.headers["x-content-type-options"] == "nosniff"
        assert (await graph.post(hook, json={"value": [{"clientState": "made up"}]})).status_code == 403
        assert (await graph.post(hook.replace("microsoft", "google"), json={})).status_code == 404
    assert (await app.get("/api/conversations")).json()["items"] == []


async def test_pushes_only_from_who_knows_the_address(app: httpx.AsyncClient, parts: Parts, ada: Any, address: str) -> None:
    config = {"method": "gmail", "address": TEAM, "push_topic": "projects/tindra/topics/innboks"}
    started = await begin(app, config=config)
    await app.get(await through_the_page(started["url"]))
    id = (await app.get(f"/api/sign-ins/{started['id']}")).json()["channel_account_id"]
    push = httpx.URL((await app.get(f"/api/channel-accounts/{id}")).json()["push_url"])
    bo = await colleague(parts, app, address, ada)
    assert (await bo.get(f"/api/channel-accounts/{id}")).json()["push_url"] is None, "its token is for who sets it up"
    await bo.aclose()
    async with httpx.AsyncClient(base_url=app.base_url) as google:
        assert (await google.post(push.raw_path.decode(), json={"message": {"data": "e30="}})).status_code == 200
        assert (await google.post(f"{push.path}?token=wrong", json={})).status_code == 403
        assert (await google.post(push.path, json={})).status_code == 403
        assert (await google.post(f"/hooks/email/{id}", content=b"From: a@b.example\r\n\r\nforged")).status_code == 404
        assert (await google.post(f"/hooks/email/{id}/elsewhere?token={push.params['token']}", json={})).status_code == 404
    assert (await app.get("/api/conversations")).json()["items"] == []

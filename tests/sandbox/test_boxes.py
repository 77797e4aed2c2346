"""The page on which the team's mailboxes at Google and Microsoft are shown, and the bad days that can be played there."""

from typing import Any

import httpx
import pytest

from innboks.sandbox.email import Desk

TEAM = "team@tindra.example"


async def play(page: httpx.AsyncClient, provider: str, deed: str, **more: Any) -> dict[str, Any]:
    answer = await page.post("/email/api/boxes", json={"provider": provider, "do": deed, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_page_and_its_files(page: httpx.AsyncClient) -> None:
    for name in ("boxes.html", "boxes.js", "boxes.css"):
        assert (await page.get(f"/email/{name}")).status_code == 200
    assert "script-src 'self'" in (await page.get("/email/boxes.html")).headers["content-security-policy"]


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_mailbox_is_opened_written_to_and_shown(page: httpx.AsyncClient, desk: Desk, provider: str) -> None:
    await play(page, provider, "open", address=TEAM)
    await page.post("/email/api/mails", json={"person": "maja@lindqvist.example", "to": TEAM, "subject": "Hello", "text": "Is it back?"})
    (mail,) = desk.providers[provider].box(TEAM).mails.values()
    assert b"Is it back?" in mail.raw
    await play(page, provider, "move", address=TEAM, id=mail.id, folder="archive")
    shown = next(one for one in (await page.get("/email/api/boxes")).json()["providers"] if one["provider"] == provider)
    assert [(one["id"], one["folder"]) for one in shown["boxes"][0]["mails"]] == [(mail.id, "archive")]
    assert TEAM in [one["address"] for one in (await page.get("/email/api/people")).json()["addresses"]]


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_the_bad_days(page: httpx.AsyncClient, desk: Desk, provider: str) -> None:
    token = (await play(page, provider, "token", address=TEAM))["refresh_token"]
    path = "/email/google/token" if provider == "google" else "/email/microsoft/common/oauth2/v2.0/token"
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "x"}
    await play(page, provider, "fail", times=1)
    assert (await page.post(path, data=form)).status_code == 500
    given = (await page.post(path, data=form)).json()
    headers = {"authorization": f"Bearer {given['access_token']}"}
    me = "/email/google/gmail/v1/users/me/profile" if provider == "google" else "/email/microsoft/v1.0/me"
    assert (await page.get(me, headers=headers)).status_code == 200
    await play(page, provider, "slow", times=1)
    assert (await page.get(me, headers=headers)).status_code in (403, 429)
    await play(page, provider, "expire")
    assert (await page.get(me, headers=headers)).status_code == 401
    await play(page, provider, "withdraw", address=TEAM)
    form["refresh_token"] = given.get("refresh_token", token)
    assert (await page.post(path, data=form)).json()["error"] == "invalid_grant"
    await play(page, provider, "lose")
    assert desk.providers[provider].troubles[-1].loses_answer


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"provider": "yahoo", "do": "open"}', b'{"provider": "google", "do": "explode"}', b'{"provider": "google", "do": "open"}',
     b'{"provider": "google", "do": "move", "address": "a@b.example", "id": "none"}'],
)  # fmt: skip
async def test_what_cannot_be_played_is_refused(page: httpx.AsyncClient, body: bytes) -> None:
    assert (await page.post("/email/api/boxes", content=body)).status_code in (400, 404)


@pytest.mark.parametrize(
    "path", ["google", "google/", "google/gmail/v1/users/me/messages", "microsoft/v1.0/me/messages", "microsoft/x", "google/consent?page=x"]
)
async def test_providers_let_nobody_in_without_a_token(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(f"/email/{path}")).status_code in (400, 401, 404)

"""A conversation that we begin (R-645): it waits like an answer does, and taken back it was never there."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP

from tests.api.conftest import ORIGIN, PASSWORD, assert_problem


class Postbox:
    """A mail server that answers and takes everything."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        return "250 taken"


@pytest.fixture
async def account(api: httpx.AsyncClient) -> AsyncIterator[dict[str, Any]]:
    """An address that mail leaves by."""
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Postbox()), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = {"method": "forwarding", "address": "support@tindra.example", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}
    made = await api.post("/api/channel-accounts", json={"kind": "email", "name": "Support", "config": config})
    assert made.status_code == 201, made.text
    yield made.json()
    server.close()


@pytest.fixture
async def app(api: httpx.AsyncClient, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    signed_in = await browser.post("/api/session", json={"email": "ada@tindra.example", "password": PASSWORD}, headers={"origin": ORIGIN})
    assert signed_in.status_code == 201, signed_in.text
    return browser


def words(account: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "channel_account_id": account["id"],
        "to": ["Mia <mia@customer.example>"],
        "subject": "Your tent",
        "text": "It is ready.",
    } | more


async def test_begun_in_a_browser_it_waits_and_by_a_script_it_leaves(
    api: httpx.AsyncClient, app: httpx.AsyncClient, account: dict[str, Any]
) -> None:
    begun = await app.post("/api/conversations", json=words(account))
    assert begun.status_code == 201, begun.text
    assert (begun.json()["message"]["state"], begun.json()["message"]["held_for"]) == ("queued", "undo")
    by_script = await api.post("/api/conversations", json=words(account))
    assert by_script.json()["message"]["held_for"] is None
    asked = await api.post("/api/conversations", json=words(account, hold_s=20))
    assert asked.json()["message"]["held_for"] == "undo"
    assert_problem(await api.post("/api/conversations", json=words(account, hold_s=31)), 400)


async def test_taken_back_the_conversation_is_gone_and_its_words_are_given_back(app: httpx.AsyncClient, account: dict[str, Any]) -> None:
    begun = (await app.post("/api/conversations", json=words(account, html="<p>It is <b>ready</b>.</p>"))).json()
    taken = await app.delete(f"/api/messages/{begun['message']['id']}")
    assert taken.status_code == 200, taken.text
    assert taken.json()["conversation"] is None
    assert (taken.json()["message"]["text"], taken.json()["message"]["subject"]) == ("It is ready.", "Your tent")
    assert "<b>ready</b>" in taken.json()["html"] or "<strong>ready</strong>" in taken.json()["html"]
    assert_problem(await app.get(f"/api/conversations/{begun['conversation']['id']}"), 404)
    assert (await app.get("/api/conversations?view=all")).json()["items"] == []


async def test_taken_back_where_somebody_has_commented_the_conversation_stays(app: httpx.AsyncClient, account: dict[str, Any]) -> None:
    begun = (await app.post("/api/conversations", json=words(account))).json()
    where = f"/api/conversations/{begun['conversation']['id']}"
    await app.post(f"{where}/messages", json={"type": "comment", "text": "Wait, not that one"})
    taken = (await app.delete(f"/api/messages/{begun['message']['id']}")).json()
    assert taken["conversation"]["id"] == begun["conversation"]["id"]
    assert (await app.get(f"{where}/draft?mode=reply")).json()["text"] == "It is ready."


async def test_posted_twice_at_the_same_moment_it_is_begun_once(api: httpx.AsyncClient, account: dict[str, Any]) -> None:
    posts = await asyncio.gather(*(api.post("/api/conversations", json=words(account, client_id="begin-1")) for _ in range(6)))
    assert {one.status_code for one in posts} <= {200, 201}, [one.text for one in posts]
    assert len((await api.get("/api/conversations")).json()["items"]) == 1
    elsewhere = await api.post("/api/conversations", json=words(account, client_id="begin-1", to=["ola@customer.example"]))
    assert_problem(elsewhere, 409, code="client_id_used")

"""Inviting people: the mail, the link that works once, and what an invited person is before they come."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from innboks.config import MailRelay, Settings
from innboks.lib.clock import FakeClock
from tests.api.conftest import PASSWORD, assert_problem
from tests.api.mail_server import Postbox, mail_server
from tests.api.test_files import PNG
from tests.api.test_people import People, people

__all__ = ["people"]
NEW = {"email": "bo@tindra.example", "name": "Bo Newcomer"}


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
def settings(settings: Settings, postbox: Postbox) -> Settings:
    return msgspec.structs.replace(settings, smtp_out=MailRelay(host="127.0.0.1", port=postbox.port, tls="none"))


def link_in(postbox: Postbox) -> str:
    (found,) = re.findall(r"http://inbox\.example\.com/invitation#(\S+)", postbox.mails[-1].get_content())
    return str(found)


async def accept(browser: httpx.AsyncClient, token: str, **more: Any) -> httpx.Response:
    return await browser.post("/api/invitations/accept", json={"token": token, "name": "Bo Newcomer", "password": PASSWORD, **more})


async def test_from_the_mail_to_the_inbox(people: People, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    repairs = (await people.api.post("/api/inboxes", json={"name": "Repairs", "access": "members", "member_ids": []})).json()["id"]
    await people.api.post("/api/inboxes", json={"name": "Board", "access": "members", "member_ids": []})
    team = (await people.api.post("/api/teams", json={"name": "Tents"})).json()["id"]
    more = {"main_team_id": team, "inbox_ids": [repairs], "can_receive": False}
    invited = await people.api.post("/api/invitations", json=NEW | more)
    assert invited.status_code == 201, invited.text
    assert (invited.json()["mail"], invited.json()["link"]) == ("sent", None)
    mail = postbox.mails[-1]
    assert (mail["to"], mail["subject"]) == ("Bo Newcomer <bo@tindra.example>", "Ada Example invites you to Tindra")
    token = link_in(postbox)

    opened = (await browser.post("/api/invitations/open", json={"token": token})).json()
    assert (opened["account_name"], opened["email"], opened["invited_by"]) == ("Tindra", "bo@tindra.example", "Ada Example")
    entered = await accept(browser, token, name="Bo Arrived", locale="nb-NO")
    assert entered.status_code == 201, entered.text
    assert (entered.json()["user"]["name"], entered.json()["user"]["locale"]) == ("Bo Arrived", "nb")
    assert [one["name"] for one in (await browser.get("/api/inboxes")).json()["items"]] == ["Repairs", "Tindra"]
    assert (await browser.get("/api/teams")).json()["items"][0]["main_member_ids"] == [invited.json()["user_id"]]
    assert entered.json()["user"]["can_receive"] is False
    for _ in range(2):
        assert_problem(await accept(browser, token), 404, code="unknown_invitation")
    assert (await browser.post("/api/session", json={"email": NEW["email"], "password": PASSWORD})).status_code == 201


async def test_the_mail_wears_the_brand(people: People, postbox: Postbox) -> None:
    """The logo inside the mail, the way in as a button in the brand's colour with letters that can be read on it; the words are the same without."""
    assert (await people.api.post("/api/brand/logo", content=PNG)).status_code == 200
    assert (await people.api.patch("/api/brand", json={"colour": "#ffe100", "name": 'Tindra "& <b>'})).status_code == 200
    made = await people.api.post("/api/invitations", json={"email": "zoe@tindra.example", "name": "Zoe <script>"})
    assert made.json()["mail"] == "sent", made.text
    mail = postbox.mails[-1]
    plain, markup = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert markup is not None
    (link,) = re.findall(r"http://inbox\.example\.com/invitation#\S+", plain.get_content())
    shown = markup.get_content()
    assert f'<a href="{link}" style="display:inline-block' in shown
    assert "background:#ffe100;color:#000000" in shown
    assert ">Choose a password</a>" in shown
    assert "<script" not in shown
    assert "<b>" not in shown
    (logo,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (logo["Content-ID"], logo.get_content_disposition(), logo.get_content()) == ("<logo@innboks>", "inline", PNG)
    assert 'src="cid:logo@innboks"' in shown


async def test_two_who_open_the_link_at_once_are_one(people: People, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    await people.api.post("/api/invitations", json=NEW)
    token = link_in(postbox)
    answers = await asyncio.gather(*(accept(browser, token) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 404, 404, 404, 404]


async def test_a_link_expires(people: People, postbox: Postbox, browser: httpx.AsyncClient, clock: FakeClock) -> None:
    user = (await people.api.post("/api/invitations", json=NEW)).json()["user_id"]
    token = link_in(postbox)
    clock.advance(step=timedelta(days=7, seconds=1))
    assert_problem(await browser.post("/api/invitations/open", json={"token": token}), 409, code="invitation_expired")
    assert_problem(await accept(browser, token), 409, code="invitation_expired")
    assert (await people.api.get(f"/api/people/{user}")).json()["invitation"]["is_expired"] is True
    await people.api.post(f"/api/invitations/{user}/renew", json={})
    assert_problem(await accept(browser, token), 404, code="unknown_invitation")
    assert (await accept(browser, link_in(postbox))).status_code == 201


async def test_revoked_is_as_if_never_invited(people: People, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    user = (await people.api.post("/api/invitations", json=NEW)).json()["user_id"]
    assert (await people.api.delete(f"/api/invitations/{user}")).status_code == 204
    assert_problem(await accept(browser, link_in(postbox)), 404, code="unknown_invitation")
    assert [one["name"] for one in (await people.api.get("/api/people")).json()["items"]] == ["Ada Example"]
    assert (await people.api.post("/api/invitations", json=NEW)).status_code == 201


async def test_whoever_was_named_meanwhile_stays_to_be_named(people: People, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    """A contact's owner, say: deleting the person would break what names them."""
    user = (await people.api.post("/api/invitations", json=NEW)).json()["user_id"]
    async with people.parts.db.transaction() as conn:
        await conn.execute("insert into contact (account_id, name, owner_id) values (%s, 'Leo', %s)", (people.ada.account_id, int(user)))
    assert (await people.api.delete(f"/api/invitations/{user}")).status_code == 204
    assert (await people.api.get(f"/api/people/{user}")).json()["status"] == "deactivated"
    assert_problem(await accept(browser, link_in(postbox)), 404)


async def test_without_mail_the_link_is_for_passing_on(people: People, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    postbox.refuses = True
    failed = (await people.api.post("/api/invitations", json=NEW)).json()
    assert failed["mail"] == "failed"
    assert (await people.api.get(f"/api/people/{failed['user_id']}")).json()["invitation"]["trouble"] != ""
    only_link = (await people.api.post(f"/api/invitations/{failed['user_id']}/renew", json={"by_mail": False})).json()
    assert only_link["mail"] == "unwanted"
    assert_problem(await accept(browser, failed["link"].partition("#")[2]), 404)
    assert (await accept(browser, only_link["link"].partition("#")[2])).status_code == 201
    assert postbox.mails == []


async def test_who_was_invited_is_nobody_yet(people: People, postbox: Postbox, browser: httpx.AsyncClient, conversation: Any) -> None:
    user = (await people.api.post("/api/invitations", json=NEW)).json()["user_id"]
    where = f"/api/conversations/{conversation['id']}"
    assert_problem(await people.api.patch(where, json={"assignee_id": user}), 400, field="assignee_id")
    assert_problem(await people.api.post(f"{where}/messages", json={"type": "comment", "text": "x", "mentions": [user]}), 400)
    offered = await people.api.get(f"/api/inboxes/{conversation['inbox_id']}/assignees")
    assert user not in [one["id"] for one in offered.json()["items"]]
    assert_problem(await browser.post("/api/session", json={"email": NEW["email"], "password": PASSWORD}), 401)
    listed = {one["id"]: one for one in (await people.api.get("/api/users")).json()["items"]}
    assert (listed[user]["status"], listed[user]["is_active"]) == ("invited", False)


async def test_what_cannot_be_invited(people: People, stranger: httpx.AsyncClient, postbox: Postbox, browser: httpx.AsyncClient) -> None:
    api = people.api
    for wrong in (
        "nobody",
        "cy@tindra..example",
        "cy@.example",
        "cy@tindra.",
        "\u202ecy@tindra.example",
        "cy\u200b@tindra.example",
        "c\x7fy@tindra.example",
    ):
        assert_problem(await api.post("/api/invitations", json={"email": wrong, "by_mail": False}), 400, code="not_an_email", field="email")
    for blank in ("\u200b", "\u2066 \u2069", "\x07"):
        assert_problem(await api.post("/api/invitations", json=NEW | {"name": blank}), 400, field="name")
    assert_problem(await api.post("/api/invitations", json={"email": "ada@TINDRA.example"}), 409, code="is_active")
    assert_problem(await api.post("/api/invitations", json={"email": "eve@elsewhere.example"}), 409, code="email_taken")
    their_inbox = (await stranger.get("/api/inboxes")).json()["items"][0]["id"]
    assert_problem(await api.post("/api/invitations", json=NEW | {"inbox_ids": [their_inbox]}), 400, code="unknown_inbox")
    assert_problem(await api.post("/api/invitations", json=NEW | {"main_team_id": "999"}), 400, code="unknown_team")
    await api.post("/api/invitations", json=NEW)
    assert_problem(await api.post("/api/invitations", json=NEW), 409, code="is_invited")
    clerk_role = await people.role("Clerks", ["user_management"])
    _, clerk = await people.new("Cleo Clerk", clerk_role)
    other = {"email": "cy@tindra.example"}
    assert_problem(await clerk.post("/api/invitations", json=other | {"role_id": await people.role("admin")}), 403, code="more_than_own")
    inbox = (await api.get("/api/inboxes")).json()["items"][0]["id"]
    assert_problem(await clerk.post("/api/invitations", json=other | {"inbox_ids": [inbox]}), 403, code="missing_permission")
    assert (await clerk.post("/api/invitations", json=other)).status_code == 201
    assert_problem(await api.post(f"/api/invitations/{people.ada.user_id}/renew", json={}), 409, code="not_invited")
    assert_problem(await api.delete(f"/api/invitations/{people.ada.user_id}"), 409, code="not_invited")
    token = link_in(postbox)
    for wrong in ("", "x", "1.x", "0." + "a" * 43, "9" * 30 + ".x", "é.x", token + "x", token[:-1], "2" + token[1:]):
        assert_problem(await browser.post("/api/invitations/open", json={"token": wrong}), 404)
    assert_problem(await accept(browser, token, password="short"), 400, code="password_too_short")
    assert_problem(await accept(browser, token, name=" "), 400, field="name")
    assert (await accept(browser, token)).status_code == 201


async def test_the_table_of_people_is_found_by_name_status_and_inbox(people: People, postbox: Postbox) -> None:
    """R-026."""
    team = (await people.api.post("/api/teams", json={"name": "Tents"})).json()["id"]
    bo, client = await people.new("Bo Agent", teams={"extra_team_ids": [team]})
    cy, _ = await people.new("Cy Gone")
    await people.api.patch(f"/api/users/{cy}", json={"is_active": False})
    di = (await people.api.post("/api/invitations", json={"email": "di@tindra.example", "name": "Di Newcomer"})).json()["user_id"]
    closed = {"name": "Repairs", "access": "members", "member_ids": [], "team_ids": [team]}
    repairs = (await people.api.post("/api/inboxes", json=closed)).json()["id"]

    async def found(**by: Any) -> list[str]:
        answer = await people.api.get("/api/people", params=by)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    ada = str(people.ada.user_id)
    assert await found() == [ada, bo, cy, di]
    assert await found(status="active") == [ada, bo]
    assert await found(status="invited") == [di]
    assert await found(status="deactivated") == [cy]
    assert await found(status="here") == []
    assert await found(q="NEWCOMER") == [di]
    assert await found(q="tindra.example", status="active", inbox_id=repairs) == [bo]
    assert await found(q="100%_") == []
    first = (await people.api.get("/api/people", params={"limit": 3})).json()
    assert await found(cursor=first["next"]) == [di]
    for wrong in ("x", "é", "MQ", "LTF8eA"):
        assert_problem(await people.api.get("/api/people", params={"cursor": wrong}), 400, code="bad_cursor")
    assert_problem(await people.api.get("/api/people", params={"status": "asleep"}), 400)
    row = (await people.api.get(f"/api/people/{bo}")).json()
    reach = {one["inbox_id"]: (one["may_read"], one["may_act"], one["is_named"]) for one in row["reach"]}
    assert reach[repairs] == (True, True, False)
    assert row["extra_team_ids"] == [team]
    admins = (await people.api.get(f"/api/people/{ada}")).json()
    assert {one["inbox_id"]: (one["may_read"], one["may_act"]) for one in admins["reach"]}[repairs] == (True, False)
    assert_problem(await client.get("/api/people"), 403, code="missing_permission")
    assert_problem(await client.get(f"/api/people/{ada}"), 403, code="missing_permission")

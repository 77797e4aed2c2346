"""Who is told what, by which way, and when not (R-670, R-671)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from innboks.config import MailRelay, Settings
from innboks.core import own_mail
from innboks.core.access import Actor
from innboks.core.notifications import store
from innboks.core.notifications.deliver import deliver_due
from innboks.core.notifications.follow import LOOKED_S, Follower
from innboks.core.notifications.models import KINDS, Choices
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague, say
from tests.api.mail_server import Postbox, mail_server
from tests.api.push_service import PushOffice, push_service
from tests.api.test_stream import following


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return msgspec.structs.replace(settings, allow_private=True)


@pytest.fixture
async def follower(parts: Parts) -> Follower:
    return Follower(parts)


@pytest.fixture
async def pushes() -> AsyncIterator[PushOffice]:
    async with push_service() as service:
        yield service


async def catch_up(follower: Follower, actor: Actor) -> None:
    while await follower.follow(actor.account_id):
        pass


async def told(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/notifications")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def unread(client: httpx.AsyncClient) -> dict[str, int]:
    return (await client.get("/api/notifications/unread")).json()


async def me(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/users/me")).json()["id"])


async def test_a_new_conversation_an_assignment_and_a_message_in_mine(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], follower: Follower
) -> None:
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos:
        await bos.next()
        await say(api, echo, "Is the tent back?")
        await catch_up(follower, ada)
        (one,) = await told(bo)
        assert (one["kind"], one["who"], one["about"], one["count"], one["is_read"]) == ("unassigned", "Leo", "Is the tent back?", 1, False)
        assert (await bos.until("notification.changed"))[2]["news"] == [{"kind": "unassigned", "conversation_id": one["conversation_id"]}]
        where = f"/api/conversations/{one['conversation_id']}"
        await api.patch(where, json={"assignee_id": await me(bo)})
        await say(api, echo, "Hello?", id="m2")
        await say(api, echo, "Anybody?", id="m3")
        await catch_up(follower, ada)
        kinds = {one["kind"]: one for one in await told(bo)}
        assert set(kinds) == {"unassigned", "assigned", "message"}
        assert kinds["assigned"]["who"] == ada.name
        assert (kinds["message"]["count"], kinds["message"]["about"]) == (2, "Anybody?")
        assert await unread(bo) == {"notifications": 3, "mine": 1}
        assert {one["kind"] for one in await told(api)} == {"unassigned"}, "one's own doing is no news"
        # Who reads the conversation has seen what it was about.
        last = (await bo.get(where)).json()["last_message_id"]
        await bo.put(f"{where}/read", json={"message_id": last})
        await catch_up(follower, ada)
        assert await unread(bo) == {"notifications": 0, "mine": 0}


async def test_what_was_read_before_it_could_be_told_is_not_told(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], follower: Follower
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        await say(api, echo, "Is the tent back?")
        (row,) = (await bo.get("/api/conversations")).json()["items"]
        where = f"/api/conversations/{row['id']}"
        await bo.put(f"{where}/read", json={"message_id": row["last_message_id"]})
        await bo.patch(where, json={"assignee_id": await me(bo)})
        await say(api, echo, "Hello?", id="m2")
        await catch_up(follower, ada)
        (one,) = await told(bo)
        assert (one["kind"], one["about"], one["count"]) == ("message", "Hello?", 1)


async def test_what_is_days_old_when_it_comes_is_no_news(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], follower: Follower, clock: FakeClock
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        await say(api, echo, "From the mailbox's past")
        clock.advance(3 * 86_400)
        await say(api, echo, "From today", id="m2", sender="mia")
        await catch_up(follower, ada)
        assert [one["about"] for one in await told(bo)] == ["From today"]


async def test_what_one_chose_not_to_see_is_not_shown_and_all_can_be_marked_read(
    api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], follower: Follower
) -> None:
    settings = (await api.get("/api/notifications/settings")).json()
    assert settings["has_mail"] is False
    assert set(settings["choices"]) == {*KINDS, "quiet"}
    chosen = settings["choices"] | {"unassigned": {"app": False, "push": False, "mail": False, "sound": False}}
    assert (await api.put("/api/notifications/settings", json=chosen)).json()["choices"] == chosen
    await say(api, echo, "one")
    await catch_up(follower, ada)
    assert await told(api) == []
    await api.put("/api/notifications/settings", json=settings["choices"])
    await say(api, echo, "two", id="m2", sender="mia")
    await say(api, echo, "three", id="m3", sender="ida")
    await catch_up(follower, ada)
    (one,) = await told(api)
    assert one["count"] == 2, "a burst of new conversations is one line"
    assert (await api.post("/api/notifications/read", json={})).status_code == 204
    assert (await unread(api))["notifications"] == 0
    assert [one["is_read"] for one in await told(api)] == [True]
    assert_problem(await api.post("/api/notifications/read", json={"id": "999"}), 404)
    for zone in ("Nowhere/Else", "localtime"):
        bad = settings["choices"] | {"quiet": {"is_on": True, "begins": "18:00", "ends": "08:00", "time_zone": zone}}
        assert_problem(await api.put("/api/notifications/settings", json=bad), 400, code="unknown_time_zone")


async def test_nobody_is_told_of_an_inbox_they_do_not_work_in(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], follower: Follower
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        await say(api, echo, "for all")
        await catch_up(follower, ada)
        assert len(await told(bo)) == 1
        await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"access": "members"})
        await say(api, echo, "for members", id="m2", sender="mia")
        await catch_up(follower, ada)
        assert await told(bo) == [], "what was told before is not shown any more"
        assert (await unread(bo))["notifications"] == 0
        assert await told(stranger) == []


async def test_a_push_reaches_the_browser_and_only_it_can_read_it(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], follower: Follower, pushes: PushOffice, clock: FakeClock
) -> None:
    key = (await api.get("/api/push-key")).json()["public_key"]
    assert (await api.get("/api/push-key")).json()["public_key"] == key
    device = (await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))).json()
    again = (await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))).json()
    assert device["id"] == again["id"]
    assert (await api.post(f"/api/push-devices/{device['id']}/test")).json() == {"outcome": "taken"}
    assert pushes.taken[-1]["body"] == "Notifications reach this device."
    claims = pushes.claims(key)
    assert claims["aud"] == pushes.url
    assert timedelta() < timedelta(seconds=claims["exp"] - clock.now().timestamp()) <= timedelta(hours=24)
    assert claims["sub"].startswith(("mailto:", "https://"))

    await say(api, echo, "Is the tent back?")
    await catch_up(follower, ada)
    conversation = (await api.get("/api/conversations")).json()["items"][0]
    await api.patch(f"/api/conversations/{conversation['id']}", json={"assignee_id": str(ada.user_id)})
    await say(api, echo, "Still there?", id="m2")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert [one["title"] for one in pushes.taken[1:]] == ["New message from Leo"]
    assert pushes.taken[-1] | {"id": ""} == {
        "title": "New message from Leo",
        "body": "Still there?",
        "url": f"/inbox/mine/{conversation['id']}",
        "tag": f"message:{conversation['id']}",
        "id": "",
        "silent": False,
    }
    assert int(pushes.headers[-1]["ttl"]) > 0
    await deliver_due(parts, follower.looking)
    assert len(pushes.taken) == 2, "once"
    assert (await api.get("/api/push-devices")).json()["items"][0]["reached_at"] is not None


async def test_a_push_service_in_trouble_is_tried_again_and_a_gone_browser_forgotten(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], follower: Follower, pushes: PushOffice, clock: FakeClock
) -> None:
    await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))
    choices = (await api.get("/api/notifications/settings")).json()["choices"]
    choices["unassigned"]["push"] = True
    await api.put("/api/notifications/settings", json=choices)
    pushes.answer = 503
    await say(api, echo, "Is the tent back?")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert (await api.get("/api/push-devices")).json()["items"][0]["trouble"] == "http_503"
    pushes.answer = 201
    await deliver_due(parts, follower.looking)
    assert pushes.taken == [], "not at once"
    clock.advance(10)
    await deliver_due(parts, follower.looking)
    assert [one["title"] for one in pushes.taken] == ["New conversation: Leo"]
    pushes.answer = 410
    await say(api, echo, "Hello?", id="m2", sender="mia")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert (await api.get("/api/push-devices")).json()["items"] == []


async def test_who_looks_at_the_app_or_has_quiet_hours_is_not_pushed_to(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], follower: Follower, pushes: PushOffice, clock: FakeClock
) -> None:
    await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))
    choices = (await api.get("/api/notifications/settings")).json()["choices"]
    choices["unassigned"]["push"] = True
    await api.put("/api/notifications/settings", json=choices)
    assert (await api.post("/api/notifications/looking")).status_code == 204
    follower.looking.hear(ada.account_id, {"type": "looking", "user_id": str(ada.user_id)})
    await say(api, echo, "one")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert pushes.taken == []
    clock.advance(LOOKED_S + 1)
    choices["quiet"] = {"is_on": True, "begins": "23:00", "ends": "10:30", "time_zone": "Europe/Oslo"}  # it is ten there
    await api.put("/api/notifications/settings", json=choices)
    await say(api, echo, "two", id="m2", sender="mia")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert pushes.taken == []
    clock.advance(3600)
    await say(api, echo, "three", id="m3", sender="ida")
    await catch_up(follower, ada)
    await deliver_due(parts, follower.looking)
    assert [one["title"] for one in pushes.taken] == ["3 new conversations"]
    assert pushes.taken[0]["url"] == "/inbox/unassigned"


async def test_mail_waits_a_minute_for_what_else_happens_and_what_was_read_is_not_mailed(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock, postbox: Postbox
) -> None:
    relay = MailRelay(host="127.0.0.1", port=postbox.port, tls="none")
    mailing = msgspec.structs.replace(parts.settings, smtp_out=relay)
    object.__setattr__(parts, "settings", mailing)
    follower = Follower(parts)
    async with await colleague(parts, api, address, ada) as bo:
        choices = (await bo.get("/api/notifications/settings")).json()["choices"]
        choices["message"]["mail"] = True
        await bo.put("/api/notifications/settings", json=choices)
        await say(api, echo, "Is the tent back?")
        await catch_up(follower, ada)
        conversation = (await api.get("/api/conversations")).json()["items"][0]
        where = f"/api/conversations/{conversation['id']}"
        await api.patch(where, json={"assignee_id": await me(bo)})
        await say(api, echo, "Hello?", id="m2")
        await catch_up(follower, ada)
        clock.advance(40)
        await say(api, echo, "Anybody?", id="m3")
        await catch_up(follower, ada)
        await deliver_due(parts, follower.looking)
        assert postbox.mails == []
        clock.advance(20)
        await deliver_due(parts, follower.looking)
        (mail,) = postbox.mails
        assert (mail["to"], mail["subject"], mail["auto-submitted"]) == (
            "Bo Member <bo@tindra.example>",
            "2 notifications",
            "auto-generated",
        )
        text = mail.get_content().replace("\r\n", "\n")
        assert "Ada Example assigned a conversation to you" in text
        assert "2 new messages from Leo\nAnybody?" in text
        assert f"http://inbox.example.com/inbox/mine/{conversation['id']}" in text
        await deliver_due(parts, follower.looking)
        assert len(postbox.mails) == 1
        await bo.post("/api/notifications/read", json={})
        await say(api, echo, "One more", id="m4")
        await catch_up(follower, ada)
        last = (await bo.get(where)).json()["last_message_id"]
        await bo.put(f"{where}/read", json={"message_id": last})
        await catch_up(follower, ada)
        clock.advance(120)
        await deliver_due(parts, follower.looking)
        assert len(postbox.mails) == 1


async def test_who_is_away_is_pushed_nothing_and_mail_waits_until_they_are_back_if_they_want(
    parts: Parts,
    api: httpx.AsyncClient,
    address: str,
    ada: Actor,
    echo: dict[str, Any],
    clock: FakeClock,
    postbox: Postbox,
    pushes: PushOffice,
) -> None:
    """Quiet hours follow availability: the hours, and what is set by hand. It is ten in Oslo, a Monday."""
    relay = MailRelay(host="127.0.0.1", port=postbox.port, tls="none")
    object.__setattr__(parts, "settings", msgspec.structs.replace(parts.settings, smtp_out=relay))
    follower = Follower(parts)
    async with await colleague(parts, api, address, ada) as bo:
        id = await me(bo)
        await bo.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))
        hours = [{"day": 0, "from": "11:00", "to": "16:00"}]
        plan = {"time_zone": "Europe/Oslo", "hours": hours}
        assert (await bo.patch(f"/api/users/{id}/availability", json=plan)).json()["status"] == "away"
        await say(api, echo, "Is the tent back?")
        (conversation,) = (await api.get("/api/conversations")).json()["items"]
        where = f"/api/conversations/{conversation['id']}"

        async def mention(text: str) -> None:
            comment = {"type": "comment", "text": f"@Bo {text}", "mentions": [id]}
            assert (await api.post(f"{where}/messages", json=comment)).status_code == 201
            await catch_up(follower, ada)
            await deliver_due(parts, follower.looking)
            clock.advance(60)
            await deliver_due(parts, follower.looking)

        await mention("one")
        assert pushes.taken == [], "as everybody begins"
        assert [mail["subject"] for mail in postbox.mails] == ["Ada Example mentioned you"]
        choices = (await bo.get("/api/notifications/settings")).json()["choices"]
        assert (choices["quiet"]["while_away"], choices["quiet"]["mail_waits"]) == (True, False)
        choices["quiet"] |= {"while_away": False, "mail_waits": True}
        await bo.put("/api/notifications/settings", json=choices)
        await mention("two")
        assert [one["body"] for one in pushes.taken] == ["@Bo two"]
        assert len(postbox.mails) == 1, "it waits"
        choices["quiet"]["while_away"] = True
        await bo.put("/api/notifications/settings", json=choices)
        clock.advance(3600)  # the hours have begun
        await deliver_due(parts, follower.looking)
        assert len(postbox.mails) == 2, "back, and there it is"
        await mention("three")
        assert len(pushes.taken) == 2
        assert len(postbox.mails) == 3
        await bo.patch(f"/api/users/{id}/availability", json={"status": "away"})
        await mention("four")
        assert (len(pushes.taken), len(postbox.mails)) == (2, 3), "set by hand"
        await bo.patch(f"/api/users/{id}/availability", json={"status": "available"})
        clock.advance(600)
        await deliver_due(parts, follower.looking)
        assert len(postbox.mails) == 4


async def test_an_owner_who_is_away_gets_by_mail_what_the_contact_wrote(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock, postbox: Postbox
) -> None:
    """Scenario 6, R-063: whatever they chose in their notifications. What waits until they are back does not leave along with it."""
    relay = MailRelay(host="127.0.0.1", port=postbox.port, tls="none")
    object.__setattr__(parts, "settings", msgspec.structs.replace(parts.settings, smtp_out=relay))
    follower = Follower(parts)
    async with await colleague(parts, api, address, ada) as bo:
        await say(api, echo, "Is the tent back?")
        (conversation,) = (await api.get("/api/conversations")).json()["items"]
        where, owner = f"/api/conversations/{conversation['id']}", await me(bo)
        await api.patch(f"/api/contacts/{conversation['contact']['id']}", json={"owner_id": owner})
        await api.patch(where, json={"status": "closed"})
        await bo.patch(f"/api/users/{owner}/availability", json={"status": "away"})
        choices = (await bo.get("/api/notifications/settings")).json()["choices"]
        choices["quiet"]["mail_waits"] = True
        await bo.put("/api/notifications/settings", json=choices)
        rule = {"is_on": True, "asks_owner": True}
        assert (await api.put(f"/api/channel-accounts/{echo['id']}/assignment", json=rule)).status_code == 200
        comment = {"type": "comment", "text": "@Bo a look at the seam?", "mentions": [owner]}
        assert (await api.post(f"{where}/messages", json=comment)).status_code == 201
        await say(api, echo, "It rains in again", id="m2")
        await catch_up(follower, ada)
        clock.advance(60)
        await deliver_due(parts, follower.looking)
        (mail,) = postbox.mails
        assert mail["to"] == "Bo Member <bo@tindra.example>"
        assert "It rains in again" in mail.get_content()
        assert "a look at the seam" not in mail.get_content()
        assert (await api.get(where)).json()["assignee_id"] is None
        await bo.patch(f"/api/users/{owner}/availability", json={"status": "available"})
        clock.advance(600)
        await deliver_due(parts, follower.looking)
        assert "a look at the seam" in postbox.mails[1].get_content()


async def test_without_a_mail_server_of_the_installation_mail_leaves_through_a_connected_address_and_never_into_an_inbox(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock, postbox: Postbox
) -> None:
    follower = Follower(parts)
    assert (await api.get("/api/notifications/settings")).json()["has_mail"] is False
    config = {
        "method": "forwarding",
        "address": "team@tindra.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": postbox.port,
        "smtp_tls": "none",
    }
    made = await api.post("/api/channel-accounts", json={"kind": "email", "name": "Team", "config": config})
    assert made.status_code == 201, made.text
    assert (await api.get("/api/notifications/settings")).json()["has_mail"] is True
    team = {"name": "The inbox itself", "email": "team@tindra.example", "password": "quiet-heron-walks-home"}
    assert (await api.post("/api/users", json=team)).status_code == 201
    async with await colleague(parts, api, address, ada) as bo:
        choices = (await bo.get("/api/notifications/settings")).json()["choices"]
        choices["unassigned"]["mail"] = True
        await bo.put("/api/notifications/settings", json=choices)
        people = (await api.get("/api/users")).json()["items"]
        itself = next(int(one["id"]) for one in people if one["email"] == team["email"])
        async with parts.db.transaction() as conn:
            await store.save_choices(conn, ada.account_id, itself, msgspec.convert(choices, Choices))
        await say(api, echo, "Is the tent back? Grüße")
        await catch_up(follower, ada)
        clock.advance(60)
        await deliver_due(parts, follower.looking)
        (mail,) = postbox.mails
        assert (mail["to"], mail["from"]) == ("Bo Member <bo@tindra.example>", "Innboks <team@tindra.example>")
        assert (mail["auto-submitted"], bool(mail["message-id"]), bool(mail["x-innboks-loop"])) == ("auto-generated", True, True)
        assert "Is the tent back? Grüße" in mail.get_content()
        # What is switched off sends nothing, not even this.
        assert (await api.patch(f"/api/channel-accounts/{made.json()['id']}", json={"is_active": False})).status_code == 200
        assert (await api.get("/api/notifications/settings")).json()["has_mail"] is False


async def test_nothing_is_mailed_to_who_lost_the_inbox_meanwhile(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], clock: FakeClock, postbox: Postbox
) -> None:
    relay = MailRelay(host="127.0.0.1", port=postbox.port, tls="none")
    object.__setattr__(parts, "settings", msgspec.structs.replace(parts.settings, smtp_out=relay))
    follower = Follower(parts)
    async with await colleague(parts, api, address, ada) as bo:
        await say(api, echo, "Is the tent back?")
        conversation = (await api.get("/api/conversations")).json()["items"][0]
        await api.patch(f"/api/conversations/{conversation['id']}", json={"assignee_id": await me(bo)})
        await catch_up(follower, ada)
        await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})
        clock.advance(120)
        await deliver_due(parts, follower.looking)
        assert postbox.mails == []
        assert (await bo.get("/api/notifications")).json()["items"] == []


async def test_a_device_is_its_owners_and_its_address_must_be_one(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, pushes: PushOffice
) -> None:
    device = (await api.post("/api/push-devices", json=pushes.browser.subscription(f"{pushes.url}/p/1"))).json()
    assert_problem(await stranger.delete(f"/api/push-devices/{device['id']}"), 404)
    assert_problem(await stranger.post(f"/api/push-devices/{device['id']}/test"), 404)
    assert (await stranger.get("/api/push-devices")).json()["items"] == []
    assert (await api.delete(f"/api/push-devices/{device['id']}")).status_code == 204
    wrong = pushes.browser.subscription("https://push.example/x")
    for part in ({"endpoint": "nowhere"}, {"endpoint": "https://["}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "é"}):
        assert_problem(await api.post("/api/push-devices", json=wrong | part), 400)


async def test_two_workers_tell_everything_once(
    parts: Parts, api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    await api.patch(f"/api/conversations/{conversation['id']}", json={"assignee_id": str(ada.user_id)})
    for number in range(2, 12):
        await say(api, echo, f"news {number}", id=f"m{number}")
    await asyncio.gather(*(catch_up(Follower(parts), ada) for _ in range(4)))
    (count,) = [one["count"] for one in await told(api) if one["kind"] == "message"]
    assert count == 10, "the first message is told with the conversation: of what one took oneself, one knows"


async def test_an_address_with_letters_of_its_own_gets_its_mail_and_one_that_cannot_be_written_stops_nobody(
    parts: Parts, ada: Actor, postbox: Postbox
) -> None:
    relay = MailRelay(host="127.0.0.1", port=postbox.port, tls="none")
    object.__setattr__(parts, "settings", msgspec.structs.replace(parts.settings, smtp_out=relay))
    for address in ("bo@blåbær.example", "åse@tindra.example", "a" * 70 + "@" + "x" * 64 + "ø.example"):
        try:
            await own_mail.send(parts, ada.account_id, name="Bo Åsen", email=address, subject="Hello", text="There is news.")
        except own_mail.NotTaken:
            assert address[0] != "b", "our own server takes only what is written in ASCII"
    (mail,) = postbox.mails
    assert mail["to"].addresses[0].addr_spec == "bo@xn--blbr-roah.example"
    assert mail["to"].addresses[0].display_name == "Bo Åsen"

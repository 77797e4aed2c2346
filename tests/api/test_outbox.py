"""What waits before it leaves, over the API: who is held by default, taking back, sending later, reminders."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from innboks.core.parts import Parts
from tests.api.conftest import ORIGIN, PASSWORD, assert_problem, bearer, colleague, say


async def sign_in(browser: httpx.AsyncClient, ada: Any) -> None:
    assert (await browser.post("/api/session", json={"email": ada.email, "password": PASSWORD})).status_code == 201


async def test_a_script_is_not_held_unless_it_asks_and_a_browser_is(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, conversation: dict[str, Any], ada: Any
) -> None:
    where, new = f"/api/conversations/{conversation['id']}/messages", {"type": "reply", "text": "Yes."}
    assert (await api.post(where, json=new)).json()["held_for"] is None
    assert (await api.post(where, json=new | {"hold_s": 5})).json()["held_for"] == "undo"
    await sign_in(browser, ada)
    held = (await browser.post(where, json=new)).json()
    assert (held["state"], held["held_for"]) == ("queued", "undo")
    assert (await browser.post(where, json=new | {"hold_s": 0})).json()["held_for"] is None
    assert_problem(await api.post(where, json=new | {"hold_s": 31}), 400, field="hold_s")
    assert_problem(await api.post(where, json=new | {"hold_s": -1}), 400, field="hold_s")


@pytest.mark.parametrize(
    "new",
    [
        {"type": "reply", "text": "Yes. \U0001f600", "client_id": "once", "subject": "Another\r\nsubject", "quoted": "before"},
        {"type": "reply", "text": "Held", "html": "<p>H<b>el</b>d</p><script>alert(1)</script>", "hold_s": 9, "then": {"close": True}},
        {"type": "reply", "text": "Later", "send_at": timedelta(days=1)},
        {"type": "comment", "text": "Inside", "html": "<p>Inside</p>"},
    ],
    ids=["reply", "held", "later", "comment"],
)
async def test_what_writing_answers_is_what_reading_gives(
    parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any], new: dict[str, Any]
) -> None:
    if "send_at" in new:
        new = new | {"send_at": (parts.clock.now() + new["send_at"]).isoformat()}
    answer = await api.post(f"/api/conversations/{conversation['id']}/messages", json=new)
    assert answer.status_code == 201, answer.text
    assert answer.json() == (await api.get(f"/api/messages/{answer.json()['id']}")).json()


async def test_taking_back_gives_the_words_and_tells_everybody(
    parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any], address: str, ada: Any
) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    before = (await api.get(f"/api/conversations/{conversation['id']}")).json()
    sent = (await api.post(where, json={"type": "reply", "text": "Oops", "hold_s": 8, "then": {"close": True}})).json()
    assert (await api.get(f"/api/conversations/{conversation['id']}")).json()["status"] == "closed"
    taken = await api.delete(f"/api/messages/{sent['id']}")
    assert taken.status_code == 200
    assert taken.json()["message"]["text"] == "Oops"
    after = (await api.get(f"/api/conversations/{conversation['id']}")).json()
    assert after == taken.json()["conversation"]
    marks = {"is_unread", "read_message_id"}
    assert {k: v for k, v in after.items() if k not in marks} == {k: v for k, v in before.items() if k not in marks}
    assert_problem(await api.delete(f"/api/messages/{sent['id']}"), 404)
    async with parts.db.connection() as conn:
        cursor = await conn.execute("select count(*) from event where type = 'message.removed'")
        assert (await cursor.fetchone()) == (3,), "the message, who took it by answering, and the line that said it was closed"
    at_once = (await api.post(where, json={"type": "reply", "text": "Right", "hold_s": 0})).json()
    assert (await api.delete(f"/api/messages/{at_once['id']}")).status_code == 200, "no worker has taken it yet"
    comment = (await api.post(where, json={"type": "comment", "text": "x"})).json()
    assert_problem(await api.delete(f"/api/messages/{comment['id']}"), 400, code="not_outgoing")


async def test_later_now_and_what_may_not_be(parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    at = (parts.clock.now() + timedelta(days=1)).isoformat()
    later = (await api.post(where, json={"type": "reply", "text": "Tomorrow", "send_at": at})).json()
    assert (later["state"], later["held_for"], later["external_id"]) == ("queued", "schedule", None)
    now = (await api.post(f"/api/messages/{later['id']}/send")).json()
    assert (now["held_for"], now["id"]) == (None, (await api.get(f"/api/messages/{later['id']}")).json()["id"])
    assert_problem(await api.post(f"/api/messages/{now['id']}/send"), 409, code="not_waiting")
    for wrong in ("2026-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "2026-01-06T12:00:00", "tomorrow"):
        assert_problem(await api.post(where, json={"type": "reply", "text": "x", "send_at": wrong}), 400)
    assert_problem(await api.post(where, json={"type": "comment", "text": "x", "send_at": at}), 400, code="only_replies")
    both = {"type": "reply", "text": "x", "then": {"close": True, "snooze_until": at}}
    assert_problem(await api.post(where, json=both), 400)
    assert_problem(await api.post(where, json={"type": "reply", "text": "x", "forward_of": later["id"], "to": ["a@b.example"]}), 403)


async def test_a_newer_message_is_told_with_its_words(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    seen = (await api.get(where)).json()["items"][-1]["id"]
    await say(api, echo, "Forget it, I found it.", id="m2")
    problem = assert_problem(
        await api.post(where, json={"type": "reply", "text": "In the cellar.", "expect_last_message_id": seen}), 409, code="newer_message"
    )
    (newer,) = problem["newer"]
    assert (newer["author"], newer["text"], newer["direction"]) == ("Leo", "Forget it, I found it.", "in")


async def test_reminders_are_ones_own(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]) -> None:
    at = (parts.clock.now() + timedelta(days=1)).isoformat()
    made = await api.post(f"/api/conversations/{conversation['id']}/reminder", json={"at": at})
    assert made.status_code == 201
    async with await colleague(parts, api, address, ada) as bo:
        assert (await bo.get("/api/reminders")).json()["items"] == []
        assert_problem(await bo.delete(f"/api/reminders/{made.json()['id']}"), 404)
    listed = (await api.get(f"/api/reminders?conversation_id={conversation['id']}")).json()["items"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert (await api.delete(f"/api/reminders/{made.json()['id']}")).status_code == 204
    assert (await api.get("/api/reminders")).json()["items"] == []


async def test_what_waits_stands_in_one_list(
    parts: Parts,
    api: httpx.AsyncClient,
    echo: dict[str, Any],
    address: str,
    ada: Any,
    conversation: dict[str, Any],
    stranger: httpx.AsyncClient,
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    days = [(parts.clock.now() + timedelta(days=day)).isoformat() for day in (1, 2, 3)]
    later = (await api.post(f"{where}/messages", json={"type": "reply", "text": "In two days", "send_at": days[1]})).json()
    sooner = (await api.post(f"{where}/messages", json={"type": "reply", "text": "Tomorrow", "send_at": days[0]})).json()
    await api.post(f"{where}/messages", json={"type": "reply", "text": "For a moment", "hold_s": 8})
    reminder = (await api.post(f"{where}/reminder", json={"at": days[2]})).json()

    async def waiting(who: httpx.AsyncClient) -> list[tuple[str | None, str]]:
        found = (await who.get("/api/waiting")).json()["items"]
        return [(one["message"]["held_for"], one["message"]["id"]) if one["message"] else (None, one["reminder"]["id"]) for one in found]

    assert await waiting(api) == [("schedule", sooner["id"]), ("schedule", later["id"]), (None, reminder["id"])]
    first = (await api.get("/api/waiting")).json()["items"][0]
    assert (first["conversation"]["id"], first["message"]["text"], first["reminder"]) == (conversation["id"], "Tomorrow", None)
    async with await colleague(parts, api, address, ada) as bo:
        assert await waiting(bo) == [], "everybody has their own"
    assert await waiting(stranger) == []
    await api.patch(f"/api/channel-accounts/{echo['id']}", json={"is_active": False})
    kept = (await api.post(f"{where}/messages", json={"type": "reply", "text": "When it works again"})).json()
    assert await waiting(api) == [("connection", kept["id"]), ("schedule", sooner["id"]), ("schedule", later["id"]), (None, reminder["id"])]
    for one in (kept, sooner, later):
        assert (await api.delete(f"/api/messages/{one['id']}")).status_code == 200
    await api.delete(f"/api/reminders/{reminder['id']}")
    assert await waiting(api) == []


async def test_how_long_an_answer_is_held_is_an_administrators_to_say(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any) -> None:
    assert (await api.get("/api/account")).json()["undo_send_s"] == 8
    assert (await api.patch("/api/account", json={"undo_send_s": 0})).json()["undo_send_s"] == 0
    assert_problem(await api.patch("/api/account", json={"undo_send_s": 31}), 400, field="undo_send_s")
    async with await colleague(parts, api, address, ada) as bo:
        assert_problem(await bo.patch("/api/account", json={"undo_send_s": 3}), 403)
    async with httpx.AsyncClient(base_url=address, headers=(await bearer(parts, ada)) | {"origin": ORIGIN}) as client:
        assert (await client.get("/api/session")).json()["account"]["undo_send_s"] == 0

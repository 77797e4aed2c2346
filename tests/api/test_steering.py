"""What people do to a conversation: snooze, rank, tag, spam, trash, mark unread, move and assign (SPEC 15.2)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from innboks.core.conversations.wake import wake_due
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague, say


async def lines(api: httpx.AsyncClient, conversation_id: str) -> list[dict[str, Any]]:
    """What the system lines of a conversation tell."""
    found = (await api.get(f"/api/conversations/{conversation_id}/messages")).json()["items"]
    return [one["data"] for one in found if one["type"] == "system"]


async def shown(api: httpx.AsyncClient, view: str = "open") -> list[str]:
    return [one["id"] for one in (await api.get("/api/conversations", params={"view": view})).json()["items"]]


async def test_a_priority_is_kept_and_told(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    assert conversation["priority"] == "normal"
    assert (await api.patch(where, json={"priority": "urgent"})).json()["priority"] == "urgent"
    await api.patch(where, json={"priority": "urgent"})
    assert await lines(api, conversation["id"]) == [{"event": "priority_changed", "from": "normal", "to": "urgent", "reason": "manual"}]
    assert_problem(await api.patch(where, json={"priority": "soon"}), 400)
    assert_problem(await api.patch(where, json={"priority": None}), 400)


async def test_a_snoozed_one_is_hidden_until_its_time(
    parts: Parts, clock: FakeClock, api: httpx.AsyncClient, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    until = (clock.now() + timedelta(hours=1)).isoformat()
    snoozed = (await api.patch(where, json={"snoozed_until": until})).json()
    assert (snoozed["is_snoozed"], snoozed["status"]) == (True, "open")
    assert snoozed["snoozed_until"].replace("Z", "+00:00") == until
    assert await shown(api) == []
    clock.advance(3599)
    assert await wake_due(parts) == 0
    clock.advance(1)
    assert await wake_due(parts) == 1
    assert await wake_due(parts) == 0
    after = (await api.get(where)).json()
    assert (after["is_snoozed"], after["snoozed_until"], after["status"]) == (False, None, "open")
    assert await shown(api) == [conversation["id"]]
    assert [one["event"] for one in await lines(api, conversation["id"])] == ["snoozed", "woken"]
    assert (await lines(api, conversation["id"]))[1]["reason"] == "time"


async def test_an_answer_ends_a_snooze_and_reopens(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    snoozed = (await api.patch(where, json={"is_snoozed": True})).json()
    assert (snoozed["is_snoozed"], snoozed["snoozed_until"]) == (True, None)
    await say(api, echo, "Are you there?", id="m2")
    assert (await api.get(where)).json()["is_snoozed"] is False
    assert (await lines(api, conversation["id"]))[-1] == {"event": "woken", "reason": "message"}
    await api.patch(where, json={"status": "closed"})
    await say(api, echo, "Hello?", id="m3")
    after = (await api.get(where)).json()
    assert (after["status"], after["closed_at"], after["preview"]) == ("open", None, "Hello?")
    assert (await lines(api, conversation["id"]))[-1]["reason"] == "message"
    everything = (await api.get(f"{where}/messages")).json()["items"]
    assert len(everything) == after["message_count"]
    assert everything[-1]["text"] == "Hello?"


async def test_closing_ends_a_snooze_and_snoozing_reopens(clock: FakeClock, api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    until = (clock.now() + timedelta(days=1)).isoformat()
    await api.patch(where, json={"snoozed_until": until})
    closed = (await api.patch(where, json={"status": "closed"})).json()
    assert (closed["status"], closed["is_snoozed"], closed["snoozed_until"]) == ("closed", False, None)
    again = (await api.patch(where, json={"is_snoozed": True, "snoozed_until": until})).json()
    assert (again["status"], again["is_snoozed"], again["closed_at"]) == ("open", True, None)
    woken = (await api.patch(where, json={"is_snoozed": False})).json()
    assert (woken["is_snoozed"], woken["snoozed_until"]) == (False, None)


async def test_a_snooze_needs_a_time_to_come(clock: FakeClock, api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    now = clock.now()
    for wrong in (now, now - timedelta(days=1), now + timedelta(days=5000)):
        assert_problem(await api.patch(where, json={"snoozed_until": wrong.isoformat()}), 400, code="not_in_future")
    assert_problem(await api.patch(where, json={"snoozed_until": "2030-01-01T10:00:00"}), 400)
    assert_problem(await api.patch(where, json={"snoozed_until": "tomorrow"}), 400)
    assert_problem(await api.patch(where, json={"is_snoozed": True, "status": "closed"}), 400, field="is_snoozed")
    assert (await api.get(where)).json()["is_snoozed"] is False


async def test_spam_and_trash_leave_the_views_and_come_back(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    for field, words in (("is_spam", ["marked_spam", "unmarked_spam"]), ("is_trashed", ["trashed", "restored"])):
        assert (await api.patch(where, json={field: True})).json()[field] is True
        assert await shown(api) == []
        assert (await api.patch(where, json={field: False})).json()[field] is False
        assert await shown(api) == [conversation["id"]]
        assert [one["event"] for one in await lines(api, conversation["id"])][-2:] == words


async def test_a_message_restores_what_was_trashed(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    await api.patch(where, json={"is_trashed": True})
    await say(api, echo, "Still waiting", id="m2")
    assert (await api.get(where)).json()["is_trashed"] is False
    assert (await lines(api, conversation["id"]))[-1] == {"event": "restored", "reason": "message"}


async def test_unread_is_ones_own_mark_and_leaves_no_line(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    async with await colleague(parts, api, address, ada) as bo:
        for client in (api, bo):
            assert (await client.patch(where, json={"is_unread": False})).json()["is_unread"] is False
        assert (await api.patch(where, json={"is_unread": True})).json()["is_unread"] is True
        assert (await bo.get(where)).json()["is_unread"] is False
        # Reading is allowed to whoever may read, also where they may not act.
        await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})
        await api.put(f"/api/inboxes/{conversation['inbox_id']}/members", json={"member_ids": []})
        assert (await api.patch(where, json={"is_unread": False})).json()["is_unread"] is False
        assert_problem(await api.patch(where, json={"is_unread": True, "priority": "low"}), 403)
        assert (await api.get(where)).json()["is_unread"] is False
        assert_problem(await bo.patch(where, json={"is_unread": True}), 404)
    assert await lines(api, conversation["id"]) == []


async def test_tags_are_added_and_taken_one_by_one(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    ids = [(await api.post("/api/tags", json={"name": name, "color": "teal"})).json()["id"] for name in ("tent", "warranty", "VIP")]
    assert (await api.patch(where, json={"add_tag_ids": ids[:1]})).json()["tag_ids"] == ids[:1]
    assert (await api.patch(where, json={"add_tag_ids": ids[1:], "remove_tag_ids": ids[:1]})).json()["tag_ids"] == ids[1:]
    assert (await api.patch(where, json={"tag_ids": ids})).json()["tag_ids"] == ids
    assert (await api.patch(where, json={"tag_ids": []})).json()["tag_ids"] == []
    told = await lines(api, conversation["id"])
    assert [one["event"] for one in told] == ["tags_changed"] * 4
    assert told[1] == {
        "event": "tags_changed",
        "added": [{"id": ids[1], "name": "warranty"}, {"id": ids[2], "name": "VIP"}],
        "removed": [{"id": ids[0], "name": "tent"}],
    }
    assert_problem(await api.patch(where, json={"add_tag_ids": ["999"]}), 400, code="unknown_tag")
    assert_problem(await api.patch(where, json={"add_tag_ids": ["x"]}), 400)
    assert_problem(await api.patch(where, json={"add_tag_ids": ids * 500}), 400)


async def test_a_tag_of_another_account_is_no_tag(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, conversation: dict[str, Any]
) -> None:
    theirs = (await stranger.post("/api/tags", json={"name": "theirs"})).json()["id"]
    assert_problem(await api.patch(f"/api/conversations/{conversation['id']}", json={"tag_ids": [theirs]}), 400, code="unknown_tag")
    assert (await api.get("/api/tags")).json()["items"] == []


async def test_tags_are_made_renamed_and_coloured(api: httpx.AsyncClient) -> None:
    made = await api.post("/api/tags", json={"name": "  Tent \n"})
    assert made.status_code == 201
    tag = made.json()
    assert (tag["name"], tag["color"], tag["count"]) == ("Tent", "gray", None)
    assert_problem(await api.post("/api/tags", json={"name": "TENT"}), 409, code="name_taken")
    where = f"/api/tags/{tag['id']}"
    assert (await api.patch(where, json={"name": "tents", "color": "amber"})).json() == {**tag, "name": "tents", "color": "amber"}
    other = (await api.post("/api/tags", json={"name": "other"})).json()
    assert_problem(await api.patch(f"/api/tags/{other['id']}", json={"name": "Tents"}), 409, code="name_taken")
    for wrong in ("", "   ", "x" * 61):
        assert_problem(await api.post("/api/tags", json={"name": wrong}), 400, field="name")
    assert_problem(await api.post("/api/tags", json={"name": "ok", "color": "hotpink"}), 400)
    assert [one["name"] for one in (await api.get("/api/tags?counts=true")).json()["items"]] == ["other", "tents"]


async def test_a_deleted_tag_comes_back_with_its_conversations(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    tag = (await api.post("/api/tags", json={"name": "tent"})).json()["id"]
    await api.patch(where, json={"add_tag_ids": [tag]})
    assert (await api.delete(f"/api/tags/{tag}")).status_code == 204
    assert (await api.get(where)).json()["tag_ids"] == []
    assert (await api.get("/api/tags")).json()["items"] == []
    assert_problem(await api.delete(f"/api/tags/{tag}"), 404)
    assert (await api.post(f"/api/tags/{tag}/restore")).json()["name"] == "tent"
    assert (await api.post(f"/api/tags/{tag}/restore")).status_code == 200
    assert (await api.get(where)).json()["tag_ids"] == [tag]
    await api.delete(f"/api/tags/{tag}")
    await api.post("/api/tags", json={"name": "Tent"})
    assert_problem(await api.post(f"/api/tags/{tag}/restore"), 409, code="name_taken")


async def test_merged_tags_can_be_told_apart_again(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for n in range(3):
        await say(api, echo, "Hello", sender=f"person{n}", id=f"m{n}")
    first, second, third = sorted(await shown(api), key=int)
    tent, tents = [(await api.post("/api/tags", json={"name": name})).json()["id"] for name in ("tent", "tents")]
    await api.patch(f"/api/conversations/{first}", json={"tag_ids": [tents]})
    await api.patch(f"/api/conversations/{second}", json={"tag_ids": [tent, tents]})
    await api.patch(f"/api/conversations/{third}", json={"tag_ids": [tent]})

    async def tags() -> list[list[str]]:
        return [(await api.get(f"/api/conversations/{one}")).json()["tag_ids"] for one in (first, second, third)]

    before = await tags()
    assert (await api.post(f"/api/tags/{tents}/merge", json={"into_id": tent})).json()["id"] == tent
    assert await tags() == [[tent], [tent], [tent]]
    assert (await api.get("/api/tags?counts=true")).json()["items"][0]["count"] == 3
    await api.post(f"/api/tags/{tents}/restore")
    assert await tags() == before
    assert_problem(await api.post(f"/api/tags/{tent}/merge", json={"into_id": tent}), 400, code="same_tag")
    assert_problem(await api.post(f"/api/tags/{tent}/merge", json={"into_id": "999"}), 404)


async def test_whoever_is_not_in_the_new_inbox_loses_the_conversation(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    async with await colleague(parts, api, address, ada) as bo:
        bo_id = (await bo.get("/api/users/me")).json()["id"]
        inbox = (await api.post("/api/inboxes", json={"name": "Returns", "access": "members", "member_ids": [str(ada.user_id)]})).json()
        await api.patch(where, json={"assignee_id": bo_id})
        assert_problem(await bo.patch(where, json={"inbox_id": inbox["id"]}), 400, code="unknown_inbox")
        moved = (await api.patch(where, json={"inbox_id": inbox["id"]})).json()
        assert (moved["inbox_id"], moved["assignee_id"]) == (inbox["id"], None)
        assert (await lines(api, conversation["id"]))[-1] == {"event": "assigned", "from": bo_id, "to": None, "reason": "not_a_member"}
        assert_problem(await bo.get(where), 404)


async def test_two_people_at_once_merge_by_field(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    tag, other = [(await api.post("/api/tags", json={"name": name})).json()["id"] for name in ("one", "two")]
    async with await colleague(parts, api, address, ada) as bo:
        answers = await asyncio.gather(
            api.patch(where, json={"priority": "high", "add_tag_ids": [tag]}),
            bo.patch(where, json={"status": "closed", "add_tag_ids": [other]}),
        )
    assert [one.status_code for one in answers] == [200, 200]
    after = (await api.get(where)).json()
    assert (after["priority"], after["status"], sorted(after["tag_ids"])) == ("high", "closed", sorted([tag, other]))
    authors = {
        one["data"]["event"]: one["author_id"]
        for one in (await api.get(f"{where}/messages")).json()["items"]
        if one["type"] == "system" and one["data"]["event"] != "tags_changed"
    }
    assert authors["priority_changed"] == str(ada.user_id) != authors["status_changed"]

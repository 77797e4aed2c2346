"""Views over the API: saved ones and who may change them, filters as they stand in an address, mentions, drafts, and what others never see."""

from typing import Any

import httpx
import pytest

from innboks.core.mentions import store as mentions
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say


async def counts(api: httpx.AsyncClient) -> dict[str, int]:
    return {one["id"]: one["count"] for one in (await api.get("/api/views")).json()["items"]}


async def listed(api: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await api.get("/api/conversations", params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def unseen(api: httpx.AsyncClient) -> list[str]:
    return [one["conversation_id"] for one in (await api.get("/api/mentions")).json()["items"]]


async def test_a_view_is_saved_changed_and_deleted(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    filters = {"status": "open", "assignees": ["nobody"], "waiting_longer_than_s": 3600, "since": "2026-11-01T00:00:00Z", "tag_ids": ["1"]}
    made = await api.post("/api/saved-views", json={"name": " VIP  waiting ", "icon": "truck", "filters": filters, "sort": "oldest"})
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["name"], view["icon"], view["sort"], view["is_shared"], view["is_mine"]) == ("VIP waiting", "truck", "oldest", False, True)
    assert view["filters"] == {
        **filters,
        "inbox_ids": [],
        "channel_account_ids": [],
        "contact_id": None,
        "priorities": [],
        "ticket": None,
        "until": None,
        "active_within_s": None,
        "hide_spam": True,
        "hide_trash": True,
    }
    changed = (await api.patch(f"/api/saved-views/{view['id']}", json={"filters": {"assignees": ["nobody"]}, "is_shared": True})).json()
    assert (changed["filters"]["assignees"], changed["filters"]["status"], changed["is_shared"], changed["name"]) == (
        ["nobody"],
        None,
        True,
        "VIP waiting",
    )
    assert (await counts(api))[f"saved:{view['id']}"] == 1
    assert (await api.delete(f"/api/saved-views/{view['id']}")).status_code == 204
    assert (await api.get("/api/saved-views")).json()["items"] == []
    assert_problem(await api.patch(f"/api/saved-views/{view['id']}", json={"name": "x"}), 404, code="unknown_saved_view")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"icon": "../star"},
        {"filters": {"assignees": ["everybody"]}},
        {"filters": {"status": "gone"}},
        {"filters": {"waiting_longer_than_s": -1}},
        {"filters": {"inbox_ids": [str(n) for n in range(1, 60)]}},
        {"filters": {"colour": "red"}},
        {"position": -1},
    ],
)
async def test_what_cannot_be_saved_is_refused(api: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    assert_problem(await api.post("/api/saved-views", json={"name": "x", "filters": {}, **wrong}), 400)


async def test_shared_views_are_seen_by_all_and_changed_by_their_owner_or_an_administrator(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]
) -> None:
    mine = (await api.post("/api/saved-views", json={"name": "Mine alone", "filters": {}})).json()
    ours = (await api.post("/api/saved-views", json={"name": "Ours", "filters": {"assignees": ["me"]}, "is_shared": True})).json()
    async with await colleague(parts, api, address, ada) as bo:
        seen = (await bo.get("/api/saved-views")).json()["items"]
        assert [(one["id"], one["is_mine"]) for one in seen] == [(ours["id"], False)]
        assert_problem(await bo.patch(f"/api/saved-views/{mine['id']}", json={"name": "x"}), 404)
        assert_problem(await bo.delete(f"/api/saved-views/{ours['id']}"), 403, code="not_your_view")
        bos = (await bo.post("/api/saved-views", json={"name": "Bo's", "filters": {}, "is_shared": True})).json()
        # "me" is whoever looks.
        await api.patch(f"/api/conversations/{conversation['id']}", json={"assignee_id": str(ada.user_id)})
        assert (await counts(api))[f"saved:{ours['id']}"] == 1
        assert (await counts(bo))[f"saved:{ours['id']}"] == 0
        # A shared view opens nothing that one may not see.
        await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})
        assert (await counts(bo))[f"saved:{bos['id']}"] == 0
        assert await listed(bo, view="all") == []
    assert (await api.patch(f"/api/saved-views/{bos['id']}", json={"name": "Bo's own"})).json()["name"] == "Bo's own"


async def test_views_are_put_in_order(api: httpx.AsyncClient) -> None:
    ids = [(await api.post("/api/saved-views", json={"name": name, "filters": {}})).json()["id"] for name in "abc"]
    ordered = (await api.put("/api/saved-views/order", json={"ids": [ids[2], ids[0], ids[1]]})).json()["items"]
    assert [one["name"] for one in ordered] == ["c", "a", "b"]
    assert_problem(await api.put("/api/saved-views/order", json={"ids": ["999"]}), 404)


async def test_filters_stand_in_the_address(api: httpx.AsyncClient, echo: dict[str, Any], ada: Any) -> None:
    for n in range(4):
        await say(api, echo, f"number {n}", sender=f"p{n}", id=f"m{n}")
    ids = await listed(api, sort="oldest")
    await api.patch(f"/api/conversations/{ids[0]}", json={"assignee_id": str(ada.user_id), "priority": "urgent"})
    await api.patch(f"/api/conversations/{ids[1]}", json={"status": "closed"})
    tag = (await api.post("/api/tags", json={"name": "warranty"})).json()["id"]
    await api.patch(f"/api/conversations/{ids[2]}", json={"tag_ids": [tag]})
    await api.patch(f"/api/conversations/{ids[3]}", json={"is_spam": True})
    assert await listed(api, assignees="me,nobody", sort="oldest") == [ids[0], ids[2]]
    assert await listed(api, assignees=str(ada.user_id)) == [ids[0]]
    assert await listed(api, priorities="urgent,high", sort="due") == [ids[0]]
    assert await listed(api, tag_ids=tag) == [ids[2]]
    assert await listed(api, view="all", status="any", sort="oldest") == ids[:3]
    assert await listed(api, view="all", hide_spam="false", sort="oldest") == ids
    assert await listed(api, status="closed") == [ids[1]]
    assert await listed(api, view="spam") == [ids[3]]
    assert await listed(api, channel_account_ids=echo["id"], inbox_ids=echo["inbox_id"], sort="oldest") == [ids[0], ids[2]]
    assert await listed(api, channel_account_ids="999") == []
    assert await listed(api, since="2020-01-01", until="2021-01-01") == []
    assert await listed(api, waiting_longer_than_s=3600) == []
    assert (await api.post(f"/api/conversations/{ids[2]}/tickets", json={})).status_code == 201
    assert await listed(api, ticket="with", sort="due") == [ids[2]]
    assert await listed(api, view="all", ticket="without", sort="oldest") == ids[:2]
    saved = await api.post("/api/saved-views", json={"name": "Tickets", "filters": {"ticket": "with"}, "is_shared": True})
    assert (saved.json()["filters"]["ticket"], (await counts(api))[f"saved:{saved.json()['id']}"]) == ("with", 1)
    for wrong in (
        {"assignees": "x"},
        {"tag_ids": "1;2"},
        {"priorities": "most"},
        {"since": "soon"},
        {"sort": "up"},
        {"view": "x"},
        {"ticket": "some"},
    ):
        assert_problem(await api.get("/api/conversations", params=wrong), 400)


async def test_mentions_are_counted_until_they_are_read(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        bo_id = int((await bo.get("/api/users/me")).json()["id"])
        written = await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "comment", "text": "@Bo look"})
        async with parts.db.transaction() as conn:
            for _ in range(2):  # naming somebody twice counts once; whom we do not know is left out
                await mentions.add(conn, ada.account_id, int(conversation["id"]), int(written.json()["id"]), [bo_id, bo_id, 999])
        assert ((await counts(bo))["mentions"], (await counts(api))["mentions"]) == (1, 0)
        assert [await unseen(one) for one in (bo, api, stranger)] == [[conversation["id"]], [], []]
        assert await listed(bo, view="mentions", sort="due") == [conversation["id"]]
        assert await listed(api, view="mentions") == []
        assert await listed(stranger, view="mentions") == []
        await bo.put(f"/api/conversations/{conversation['id']}/read", json={"message_id": written.json()["id"]})
        assert ((await counts(bo))["mentions"], await unseen(bo)) == (0, [])
        assert await listed(bo, view="mentions") == [conversation["id"]]  # still to be found


async def test_drafts_are_ones_own(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]) -> None:
    await api.put(f"/api/conversations/{conversation['id']}/draft", json={"text": "Dear Leo"})
    assert (await counts(api))["drafts"] == 1
    assert await listed(api, view="drafts") == [conversation["id"]]
    async with await colleague(parts, api, address, ada) as bo:
        assert ((await counts(bo))["drafts"], await listed(bo, view="drafts")) == (0, [])
    await api.delete(f"/api/conversations/{conversation['id']}/draft")
    assert await listed(api, view="drafts") == []


async def test_the_clock_is_told_and_an_inbox_sets_it(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    assert (conversation["due_kind"], conversation["due_from"]) == ("reply", conversation["waiting_since"])
    inbox = (await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"reply_within_s": 600})).json()
    assert inbox["reply_within_s"] == 600
    assert (await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"name": "Help"})).json()["reply_within_s"] == 600
    assert (await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"reply_within_s": None})).json()["reply_within_s"] is None
    assert_problem(await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"reply_within_s": 5}), 400, field="reply_within_s")
    await say(api, echo, "And the pegs?", sender="mia", id="m9")
    due = {one["preview"]: one["due_at"] for one in (await api.get("/api/conversations")).json()["items"]}
    assert due["And the pegs?"] is None


async def test_a_view_at_the_very_end_leaves_room_for_others(api: httpx.AsyncClient) -> None:
    first = await api.post("/api/saved-views", json={"name": "Last", "filters": {}, "position": 2**31 - 1})
    assert first.status_code in (200, 201)
    second = await api.post("/api/saved-views", json={"name": "After it", "filters": {}})
    assert second.status_code in (200, 201), second.text
    assert [one["name"] for one in (await api.get("/api/saved-views")).json()["items"]] == ["Last", "After it"]

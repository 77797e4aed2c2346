"""Filters and lists over the API: what is sent and answered, and whom it concerns (R-008, R-800, R-802). What they do: tests/core/test_filters.py."""

from typing import Any

import httpx

from innboks.core.access import Actor
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say

ALL = ["automated", "marketing", "unsubscribe", "role_based"]


async def test_rules_and_the_brake_are_switched(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    assert (await api.get("/api/filters")).json() == {"rules": ALL, "flood_count": None, "flood_within_s": 600}
    changed = await api.patch("/api/filters", json={"rules": ["role_based", "automated"], "flood_count": 20})
    assert changed.json() == {"rules": ["automated", "role_based"], "flood_count": 20, "flood_within_s": 600}
    assert (await api.patch("/api/filters", json={"flood_count": None})).json()["flood_count"] is None
    assert (await stranger.get("/api/filters")).json()["rules"] == ALL
    for wrong in ({"flood_count": 1}, {"flood_within_s": 5}, {"rules": ["everything"]}, {"rules": None}):
        assert_problem(await api.patch("/api/filters", json=wrong), 400)


async def test_a_list_is_pasted_paged_searched_and_taken_apart(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    added = await api.post("/api/listed-senders", json={"list": "deny", "text": "B@x.example\n@a.example\nnonsense\n\nc@x.example"})
    assert added.json() == {"added": 3, "moved": 0, "known": 0, "bad": [{"line": 3, "text": "nonsense"}]}
    page = (await api.get("/api/listed-senders", params={"list": "deny", "limit": 2})).json()
    assert [(one["value"], one["list"]) for one in page["items"]] == [("a.example", "deny"), ("b@x.example", "deny")]
    rest = (await api.get("/api/listed-senders", params={"list": "deny", "cursor": page["next"]})).json()
    assert ([one["value"] for one in rest["items"]], rest["next"]) == (["c@x.example"], None)
    found = (await api.get("/api/listed-senders", params={"list": "deny", "q": "B@"})).json()["items"]
    assert [one["value"] for one in found] == ["b@x.example"]
    assert (await stranger.get("/api/listed-senders", params={"list": "deny"})).json()["items"] == []
    where = f"/api/listed-senders/{found[0]['id']}"
    assert_problem(await stranger.delete(where), 404, code="unknown_listed_sender")
    assert (await api.delete(where)).status_code == 204
    assert_problem(await api.delete(where), 404)
    assert_problem(await api.get("/api/listed-senders"), 400)


async def test_more_than_a_list_holds_is_refused_with_a_sentence(api: httpx.AsyncClient) -> None:
    text = "\n".join(f"x{nth}.example" for nth in range(5_001))
    assert_problem(await api.post("/api/listed-senders", json={"list": "deny", "text": text}), 400, code="too_many")
    assert (await api.get("/api/listed-senders", params={"list": "deny"})).json()["items"] == []


async def test_an_agent_reads_lists_and_releases_but_does_not_change_them(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any]
) -> None:
    await say(api, echo, "Buy now", signs=["marketing"])
    (one,) = (await api.get("/api/conversations", params={"view": "filtered"})).json()["items"]
    assert (one["is_spam"], one["spam_reason"], one["contact"]) == (True, "marketing", {"id": None, "name": "", "address": "leo"})
    counts = {view["id"]: view["count"] for view in (await api.get("/api/views")).json()["items"]}
    assert (counts["filtered"], counts["spam"], counts["open"]) == (1, 0, 0)
    shown = (await api.get("/api/conversations", params={"view": "all", "hide_spam": "false"})).json()["items"]
    assert [row["id"] for row in shown] == [one["id"]]
    async with await colleague(parts, api, address, ada) as bo:
        assert (await bo.get("/api/filters")).status_code == 200
        assert_problem(await bo.post("/api/listed-senders", json={"list": "allow", "text": "y.example"}), 403, code="missing_permission")
        assert_problem(await bo.patch("/api/filters", json={"rules": []}), 403, code="missing_permission")
        released = (await bo.patch(f"/api/conversations/{one['id']}", json={"is_spam": False})).json()
        assert (released["is_spam"], released["spam_reason"], released["contact"]["name"]) == (False, None, "Leo")
    (row,) = (await api.get("/api/conversations")).json()["items"]
    assert row["contact"]["id"] is not None


async def test_many_are_released_at_once(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for sender in ("leo", "mia"):
        await say(api, echo, "Buy now", sender=sender, id=sender, signs=["marketing"])
    ids = [one["id"] for one in (await api.get("/api/conversations", params={"view": "filtered"})).json()["items"]]
    await api.post("/api/conversations/bulk", json={"ids": ids, "change": {"is_spam": False}})
    rows = (await api.get("/api/conversations")).json()["items"]
    assert sorted(row["contact"]["name"] for row in rows) == ["Leo", "Mia"]

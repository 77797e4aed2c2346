"""One change on many conversations (R-640): a result for each, at most 500, and all of it undone."""

import asyncio
from typing import Any

import httpx
import pytest

from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say


@pytest.fixture
async def many(api: httpx.AsyncClient, echo: dict[str, Any]) -> list[str]:
    """Thirty open conversations."""
    for n in range(30):
        assert (await say(api, echo, f"Number {n}", sender=f"person{n}", id=f"m{n}")).status_code == 200
    return sorted((one["id"] for one in (await api.get("/api/conversations?limit=100")).json()["items"]), key=int)


async def bulk(api: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await api.post("/api/conversations/bulk", json=body)


async def test_many_are_changed_and_changed_back(api: httpx.AsyncClient, many: list[str]) -> None:
    await api.patch(f"/api/conversations/{many[0]}", json={"priority": "high"})
    before = [(await api.get(f"/api/conversations/{one}")).json()["priority"] for one in many]
    answer = await bulk(api, ids=many[::-1], change={"priority": "urgent", "status": "closed"})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["id"] for one in results] == many[::-1], "in the order asked for"
    assert answer.json()["changed_count"] == 30
    assert {(one["conversation"]["priority"], one["conversation"]["status"], one["code"]) for one in results} == {("urgent", "closed", "")}
    assert (await api.get("/api/conversations")).json()["items"] == []
    back = [{"id": one, "change": {"priority": was, "status": "open"}} for one, was in zip(many, before, strict=True)]
    assert (await bulk(api, changes=back)).json()["changed_count"] == 30
    assert [(await api.get(f"/api/conversations/{one}")).json()["priority"] for one in many] == before


async def test_one_that_cannot_be_changed_stops_no_other(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, many: list[str]
) -> None:
    inbox = (await api.post("/api/inboxes", json={"name": "Returns", "access": "members", "member_ids": [str(ada.user_id)]})).json()
    await api.patch(f"/api/conversations/{many[3]}", json={"inbox_id": inbox["id"]})
    async with await colleague(parts, api, address, ada) as bo:
        answer = (await bulk(bo, ids=[*many, "987654"], change={"is_spam": True})).json()
        refused = {one["id"]: (one["code"], one["detail"]) for one in answer["results"] if one["conversation"] is None}
        assert answer["changed_count"] == 29
        assert refused == dict.fromkeys((many[3], "987654"), ("unknown_conversation", "There is no such conversation."))
        me = (await bo.get("/api/users/me")).json()["id"]
        mixed = (await bulk(api, ids=many[2:5], change={"assignee_id": me})).json()
        assert [one["code"] for one in mixed["results"]] == ["", "not_a_member", ""]


async def test_nothing_of_another_account_is_changed(api: httpx.AsyncClient, stranger: httpx.AsyncClient, many: list[str]) -> None:
    answer = (await bulk(stranger, ids=many, change={"status": "closed"})).json()
    assert answer["changed_count"] == 0
    assert {one["code"] for one in answer["results"]} == {"unknown_conversation"}
    assert len((await api.get("/api/conversations?limit=100")).json()["items"]) == 30


async def test_what_is_asked_wrongly_is_refused_whole(api: httpx.AsyncClient, many: list[str]) -> None:
    change = {"priority": "low"}
    assert_problem(await bulk(api, ids=[], change=change), 400)
    assert_problem(await bulk(api, ids=[str(n) for n in range(1, 502)], change=change), 400)
    assert_problem(await bulk(api, ids=[many[0], many[0]], change=change), 400, code="named_twice")
    assert_problem(await bulk(api, ids=many), 400)
    assert_problem(await bulk(api, change=change), 400)
    assert_problem(await bulk(api, ids=many, change=change, changes=[]), 400)
    assert_problem(await bulk(api, ids=many, change={"snoozed_until": "2001-01-01T00:00:00Z"}), 400, code="not_in_future")
    assert_problem(await bulk(api, ids=many, change={"colour": "red"}), 400)
    assert_problem(await bulk(api, ids=["x"], change=change), 400)
    assert all(one["priority"] == "normal" for one in (await api.get("/api/conversations?limit=100")).json()["items"])


async def test_five_hundred_at_once(api: httpx.AsyncClient, many: list[str]) -> None:
    ids = [*many, *(str(10_000 + n) for n in range(470))]
    answer = (await bulk(api, ids=ids, change={"priority": "low"})).json()
    assert (answer["changed_count"], len(answer["results"])) == (30, 500)


async def test_two_people_at_once_lose_nothing(api: httpx.AsyncClient, many: list[str]) -> None:
    tags = [(await api.post("/api/tags", json={"name": name})).json()["id"] for name in ("one", "two")]
    answers = await asyncio.gather(
        bulk(api, ids=many, change={"add_tag_ids": tags[:1]}), bulk(api, ids=many[::-1], change={"add_tag_ids": tags[1:]})
    )
    assert [one.json()["changed_count"] for one in answers] == [30, 30]
    rows = (await api.get("/api/conversations?limit=100")).json()["items"]
    assert {tuple(one["tag_ids"]) for one in rows} == {tuple(sorted(tags, key=int))}


async def test_people_are_listed_with_what_they_have(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, many: list[str]) -> None:
    async with await colleague(parts, api, address, ada) as bo:
        me = (await bo.get("/api/users/me")).json()["id"]
        await bulk(api, ids=many[:4], change={"assignee_id": me})
        await api.patch(f"/api/conversations/{many[0]}", json={"status": "closed"})
        inbox_id = (await api.get("/api/inboxes")).json()["items"][0]["id"]
        found = (await bo.get(f"/api/inboxes/{inbox_id}/assignees")).json()["items"]
        assert [(one["name"], one["open_count"], one["is_capped"]) for one in found] == [("Ada Example", 0, False), ("Bo Member", 3, False)]
        await api.patch(f"/api/inboxes/{inbox_id}", json={"access": "members"})
        assert_problem(await bo.get(f"/api/inboxes/{inbox_id}/assignees"), 404)

"""Snippets: one's own and everybody's, each under a shortcut of its own (R-660)."""

from typing import Any

import httpx

from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague


async def shortcuts(client: httpx.AsyncClient) -> list[str]:
    return [one["shortcut"] for one in (await client.get("/api/snippets")).json()["items"]]


async def test_ones_own_are_ones_own_and_shared_ones_everybodys(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any) -> None:
    shared = (
        await api.post("/api/snippets", json={"shortcut": "/Return-Label", "html": "<p>Print <b>this</b></p>", "is_shared": True})
    ).json()
    own = (await api.post("/api/snippets", json={"shortcut": "hi", "name": "Greeting", "text": "Hi {contact.first_name|there}"})).json()
    assert (shared["shortcut"], shared["name"], shared["text"]) == ("return-label", "return-label", "Print this")
    assert (own["html"], own["text"], own["is_shared"]) == ("", "Hi {contact.first_name|there}", False)
    async with await colleague(parts, api, address, ada) as bo:
        assert await shortcuts(bo) == ["return-label"]
        assert_problem(await bo.patch(f"/api/snippets/{own['id']}", json={"name": "Mine"}), 404)
        assert_problem(await bo.delete(f"/api/snippets/{own['id']}"), 404)
        assert (await bo.post("/api/snippets", json={"shortcut": "hi", "text": "Hello"})).status_code == 201
        changed = await bo.patch(f"/api/snippets/{shared['id']}", json={"html": "<p>Print it</p>"})
        assert (changed.json()["text"], changed.json()["is_shared"]) == ("Print it", True)
    assert await shortcuts(api) == ["hi", "return-label"]
    assert (await api.delete(f"/api/snippets/{shared['id']}")).status_code == 204
    assert await shortcuts(api) == ["hi"]


async def test_a_shortcut_is_taken_once_and_what_is_wrong_is_said(api: httpx.AsyncClient) -> None:
    first = await api.post("/api/snippets", json={"shortcut": "refund", "text": "Within 5 days"})
    taken = await api.post("/api/snippets", json={"shortcut": "REFUND", "text": "x"})
    assert_problem(taken, 409, code="shortcut_taken", field="shortcut")
    assert (await api.post("/api/snippets", json={"shortcut": "refund", "text": "x", "is_shared": True})).status_code == 201
    assert_problem(await api.patch(f"/api/snippets/{first.json()['id']}", json={"is_shared": True}), 409, code="shortcut_taken")
    for wrong in ("", "two words", "-", "x" * 41, "a/b"):
        assert_problem(await api.post("/api/snippets", json={"shortcut": wrong, "text": "x"}), 400, field="shortcut")
    assert_problem(await api.post("/api/snippets", json={"shortcut": "empty", "text": " "}), 400, field="text")
    assert_problem(await api.post("/api/snippets", json={"shortcut": "long", "text": "x" * 20_001}), 400, field="text")


async def test_with_a_subject_it_is_a_template(api: httpx.AsyncClient) -> None:
    """R-661: a whole email, with a subject that may hold tokens too."""
    new = {"shortcut": "welcome", "text": "Welcome", "subject": "Your order\r\n {order.number|1}", "is_shared": True}
    made = (await api.post("/api/snippets", json=new)).json()
    assert made["subject"] == "Your order {order.number|1}"
    path = f"/api/snippets/{made['id']}"
    assert (await api.patch(path, json={"name": "Hello"})).json()["subject"] == made["subject"]
    assert (await api.patch(path, json={"subject": ""})).json()["subject"] == ""
    assert_problem(await api.patch(path, json={"subject": "x" * 501}), 400, code="too_long", field="subject")
    rows = [{"shortcut": "welcome", "name": "Hello", "text": "Welcome", "is_shared": True}]
    again = await api.post("/api/snippets/import", json={"snippets": rows})
    assert [one["result"] for one in again.json()["results"]] == ["unchanged"]
    rows[0]["subject"] = "Another"
    for replace, result in ((False, "refused"), (True, "replaced")):
        answer = await api.post("/api/snippets/import", json={"snippets": rows, "replace": replace})
        assert [one["result"] for one in answer.json()["results"]] == [result]
    assert [one["subject"] for one in (await api.get("/api/snippets")).json()["items"]] == ["Another"]


async def test_markup_is_made_harmless(api: httpx.AsyncClient) -> None:
    html = '<p onclick="x()">Hi {contact.name}<script>x()</script></p>'
    made = (await api.post("/api/snippets", json={"shortcut": "x", "html": html})).json()
    assert (made["html"], made["text"]) == ("<p>Hi {contact.name}</p>", "Hi {contact.name}")


async def test_many_are_imported_and_bad_rows_are_told(api: httpx.AsyncClient) -> None:
    await api.post("/api/snippets", json={"shortcut": "refund", "text": "Within 5 days", "is_shared": True})
    rows = [
        {"shortcut": "hello", "name": "Greeting", "html": "<p>Hi <b>{contact.first_name|there}</b></p>", "is_shared": True},
        {"shortcut": "two words", "text": "x"},
        {"shortcut": "empty", "text": " "},
        {"shortcut": "refund", "text": "Within 3 days", "is_shared": True},
        {"shortcut": "refund", "text": "My own", "is_shared": False},
        {"shortcut": "HELLO", "text": "Again", "is_shared": True},
        {"shortcut": "late", "text": "x" * 20_001},
    ]
    answer = await api.post("/api/snippets/import", json={"snippets": rows})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [(one["result"], one["code"], one["field"]) for one in results] == [
        ("added", "", None),
        ("refused", "invalid", "shortcut"),
        ("refused", "empty_text", "text"),
        ("refused", "shortcut_taken", "shortcut"),
        ("added", "", None),
        ("refused", "twice", "shortcut"),
        ("refused", "too_long", "text"),
    ]
    assert all(one["detail"].endswith(".") for one in results if one["result"] == "refused")
    assert await shortcuts(api) == ["hello", "refund", "refund"]
    again = (await api.post("/api/snippets/import", json={"snippets": rows[:4], "replace": True})).json()["results"]
    assert [one["result"] for one in again] == ["unchanged", "refused", "refused", "replaced"]
    items = (await api.get("/api/snippets")).json()["items"]
    assert {one["text"] for one in items} == {"Hi {contact.first_name|there}", "My own", "Within 3 days"}
    assert_problem(await api.post("/api/snippets/import", json={"snippets": rows[:1] * 201}), 400, code="too_many")


async def test_ones_own_import_leaves_others_alone(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any) -> None:
    await api.post("/api/snippets", json={"shortcut": "hi", "text": "Ada's"})
    async with await colleague(parts, api, address, ada) as bo:
        row = {"shortcut": "hi", "text": "Bo's"}
        assert (await bo.post("/api/snippets/import", json={"snippets": [row], "replace": True})).json()["results"][0]["result"] == "added"
    assert [one["text"] for one in (await api.get("/api/snippets")).json()["items"]] == ["Ada's"]

"""Search over HTTP: shapes, limits, whom it serves."""

from typing import Any

import httpx

from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.core.search.index import index_all
from tests.api.conftest import assert_problem, colleague, say


async def test_what_is_found_travels_as_text_in_pieces(parts: Parts, ada: Actor, api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    await say(api, echo, "The <b>tent</b> is <script>here</script>")
    await index_all(parts, ada.account_id)
    found = (await api.get("/api/search", params={"q": "tent scri"})).json()
    (item,) = found["items"]
    assert item["messages"][0]["snippet"] == [
        {"text": "The <b>", "is_match": False},
        {"text": "tent", "is_match": True},
        {"text": "</b> is <", "is_match": False},
        {"text": "script", "is_match": True},
        {"text": ">here</", "is_match": False},
        {"text": "script", "is_match": True},
        {"text": ">", "is_match": False},
    ]
    assert item["conversation"]["contact"]["name"] == "Leo"
    assert (found["next"], found["is_partial"], found["corrections"], found["notes"]) == (None, False, [], [])
    only = (await api.get("/api/search", params={"q": "leo", "type": "contacts"})).json()
    assert (only["items"], [one["name"] for one in only["contacts"]]) == ([], ["Leo"])
    assert (await api.get("/api/search")).json()["items"] == []


async def test_bad_input_gets_a_sentence(api: httpx.AsyncClient) -> None:
    assert_problem(await api.get("/api/search", params={"q": "x", "cursor": "nonsense"}), 400, code="bad_cursor")
    for zone in ("Mars/Olympus", "localtime"):
        assert_problem(await api.get("/api/search", params={"q": "x", "time_zone": zone}), 400, code="unknown_time_zone")
    assert_problem(await api.get("/api/search", params={"q": "x" * 5000}), 400)
    assert_problem(await api.get("/api/search", params={"q": "x", "type": "secrets"}), 400)


async def test_a_day_is_that_of_the_one_who_asks(parts: Parts, ada: Actor, api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    await say(api, echo, "The tent is here")
    await index_all(parts, ada.account_id)
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # never the same day
        for day in ("today", "yesterday"):
            found = await api.get("/api/search", params={"q": f"tent on:{day}", "time_zone": zone})
            days[zone, day] = len(found.json()["items"])
    assert days == {
        ("Pacific/Kiritimati", "today"): 1,
        ("Pacific/Kiritimati", "yesterday"): 0,
        ("Pacific/Pago_Pago", "today"): 1,
        ("Pacific/Pago_Pago", "yesterday"): 0,
    }


async def test_a_closed_inbox_and_another_account_find_nothing(
    parts: Parts, ada: Actor, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, echo: dict[str, Any]
) -> None:
    await say(api, echo, "The secret is plumbago")
    await index_all(parts, ada.account_id)
    inbox = (await api.get("/api/inboxes")).json()["items"][0]["id"]
    await api.patch(f"/api/inboxes/{inbox}", json={"access": "members"})
    async with await colleague(parts, api, address, ada) as bo:
        for client in (stranger, bo):
            for line in ("plumbago", "plumbogo", "leo", "from:leo", "is:open"):
                found = (await client.get("/api/search", params={"q": line})).json()
                assert (found["items"], found["contacts"], found["corrections"]) == ([], [], []), line


async def test_nobody_searches_without_end(api: httpx.AsyncClient) -> None:
    answers = [await api.get("/api/search", params={"q": ""}) for _ in range(120)]
    assert_problem(next(one for one in answers if one.status_code == 429), 429)

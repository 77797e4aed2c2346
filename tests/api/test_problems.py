"""Bad input gets a 4xx with a sentence that says what to do; never a 500 (DESIGN §3)."""

import asyncio
import io
import json
import re
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from tests.api.conftest import assert_problem


def logged(log_lines: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, log_lines.getvalue().splitlines()) if line["event"] == event]


WRONG_BODIES: list[tuple[bytes, str, str | None]] = [
    (b"", "no body", None),
    (b"   ", "no body", None),
    (b"{", "not JSON", None),
    (b'{"name": "x"', "not JSON", None),
    (b'{"name": x}', "not JSON", None),
    (b"\xff\xfe\x00", "not JSON", None),
    (b'{"name": "\xff"}', "not JSON", None),
    (b'{"name": "\\ud800"}', "not JSON", None),
    (b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}", "“name”", "name"),
    (b"[]", "must be an object", None),
    (b"null", "must be an object", None),
    (b"{}", "“name” is missing", "name"),
    (b'{"name": 5}', "“name” must be a text", "name"),
    (b'{"name": null}', "“name” must be a text", "name"),
    (b'{"name": {"a": 1}}', "“name” must be a text", "name"),
    (b'{"name": "x", "nmae": "y"}', "“nmae” is not known", "nmae"),
    (b'{"name": "x", "access": "secret"}', "“access” is not one of", "access"),
    (b'{"name": "x", "member_ids": "1"}', "“member_ids” must be a list", "member_ids"),
    (b'{"name": "x", "member_ids": [1]}', "“member_ids[0]” must be a text", "member_ids[0]"),
    (b'{"name": "x", "member_ids": ["one"]}', "“member_ids[0]” is not an id", "member_ids[0]"),
    (b'{"name": "x", "member_ids": ["99999999999999999999"]}', "is not an id", "member_ids[0]"),
    (b'{"name": "a\\u0000b"}', "NUL", None),
    (b'{"name": "\\u200b\\u2066"}', "name", "name"),
    (b'{"name": "' + b"x" * 2000 + b'"}', "at most 1000", "name"),
]


async def test_a_wrong_body_is_told_in_a_sentence(api: httpx.AsyncClient) -> None:
    for body, words, field in WRONG_BODIES:
        answer = await api.post("/api/inboxes", content=body, headers={"content-type": "application/json"})
        problem = assert_problem(answer, 400)
        assert words in problem["detail"], body[:100]
        assert problem.get("field") == field, body[:100]


async def test_a_wrong_time_is_told_how_to_write_one(api: httpx.AsyncClient) -> None:
    for where, body, words in (
        ("/api/conversations/1/reminder", {"at": "tomorrow"}, "“at” must be a time like 2026-01-31T12:00:00Z."),
        ("/api/conversations/1/reminder", {"at": "2026-01-31T12:00:00"}, "“at” must be a time like 2026-01-31T12:00:00Z."),
        ("/api/channel-accounts/1/backfill", {"since": "2026-13-45"}, "“since” must be a date like 2026-01-31."),
    ):
        assert assert_problem(await api.post(where, json=body), 400)["detail"] == words
    nine = {"hours": [{"day": 0, "from": "9", "to": "17:00"}]}
    refused = assert_problem(await api.patch("/api/users/1/availability", json=nine), 400)
    assert refused["detail"] == "“hours[0].from” must be a time of day like 09:00."


async def test_json_nested_without_end_is_refused(api: httpx.AsyncClient) -> None:
    body = b'{"preferences": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    assert "nested too deeply" in assert_problem(await api.patch("/api/users/me", content=body), 400)["detail"]


async def test_a_written_backslash_is_no_nul(api: httpx.AsyncClient) -> None:
    made = await api.post("/api/inboxes", content=b'{"name": "C:\\\\u0000"}', headers={"content-type": "application/json"})
    assert made.json()["name"] == "C:\\u0000"


async def test_text_of_all_kinds_is_kept(api: httpx.AsyncClient) -> None:
    for name in ("日本語", "🏕️ tent", "a\tb", "‮right to left", "'; drop table inbox; --", "%s %d {x}", "\\"):
        assert (await api.post("/api/inboxes", json={"name": name})).json()["name"] == name.strip()


async def test_addresses_and_methods_that_are_not(api: httpx.AsyncClient) -> None:
    for path in ("/api", "/api/nothing", "/api/conversations/1/nothing", "/hooks", "/frame", "/oauth/x"):
        assert_problem(await api.get(path), 404)
    wrong = await api.put("/api/inboxes", json={})
    assert_problem(wrong, 405)
    assert "POST" in wrong.headers["allow"]
    assert_problem(await api.request("PROPFIND", "/api/inboxes"), 405)


async def test_wrong_query_parameters(api: httpx.AsyncClient) -> None:
    for query, field in [
        ("limit=x", "limit"),
        ("limit=0", "limit"),
        ("limit=-5", "limit"),
        ("limit=1e9", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("view=nothing", "view"),
        ("cursor=zzz", "cursor"),
        ("cursor=" + "A" * 600, "cursor"),
        ("inbox_id=one", "inbox_id"),
        ("inbox_id=99999999999999999999", "inbox_id"),
    ]:
        assert_problem(await api.get(f"/api/conversations?{query}"), 400, field=field)
    assert_problem(await api.get("/api/conversations?view=a%00b"), 400, code="nul_character")
    assert (await api.get("/api/conversations?limit=1000&unknown=1")).status_code == 200
    assert (await api.get("/api/conversations?inbox_id=999")).json()["items"] == []


async def test_too_large_is_413(api: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(await api.post("/api/inboxes", content=b'{"name": "' + b"x" * 3_000_000 + b'"}', headers=headers), 413)

    async def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 100_000

    assert_problem(await api.post("/api/inboxes", content=pieces(), headers=headers), 413)


async def test_every_answer_carries_the_security_headers(api: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    for answer in (
        await api.get("/api/inboxes"),
        await api.get("/api/nothing"),
        await browser.get("/"),
        await browser.post("/api/inboxes"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]
    assert (await api.get("/api/inboxes")).headers["cache-control"] == "no-store"


async def test_head_answers_like_get_without_a_body(api: httpx.AsyncClient) -> None:
    whole, head = await api.get("/api/inboxes"), await api.head("/api/inboxes")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


async def test_the_server_says_how_it_is(api: httpx.AsyncClient, browser: httpx.AsyncClient, ada: Actor) -> None:
    assert (await browser.get("/healthz")).text == "ok\n"
    assert (await browser.get("/readyz")).json()["status"] == "ready"
    assert "innboks_http_requests_total" in (await browser.get("/metrics")).text
    assert_problem(await browser.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"}), 401)
    assert (await api.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})).status_code == 200


async def test_a_mistake_of_ours_gets_a_number_and_tells_nothing(
    api: httpx.AsyncClient, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("inner secret")

    monkeypatch.setattr("innboks.api.app.inboxes.shown", broken)
    answer = await api.get("/api/inboxes")
    problem = assert_problem(answer, 500)
    number = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    assert problem["detail"].endswith(f"number: {number}.")
    assert problem["request_id"] == number
    assert "secret" not in str(problem)
    [line] = logged(log_lines, "internal_error")
    assert line["request_id"] == number
    assert "ZeroDivisionError" in line["exception"]


async def test_what_is_refused_is_found_in_the_log_by_its_number(api: httpx.AsyncClient, log_lines: io.StringIO) -> None:
    wrong, foreign = await asyncio.gather(
        api.post("/api/inboxes", json={"name": 5}),
        httpx.AsyncClient().post(f"{api.base_url}/api/inboxes", headers={"cookie": "innboks_session=x", "origin": "https://evil.example"}),
    )
    numbers = [answer.headers["x-request-id"] for answer in (wrong, foreign)]
    assert [answer.json()["request_id"] for answer in (wrong, foreign)] == numbers
    refused = {line["request_id"]: (line["status"], line["code"], line.get("field")) for line in logged(log_lines, "refused")}
    assert refused == {
        numbers[0]: (400, wrong.json()["code"], "name"),
        numbers[1]: (403, "foreign_origin", None),
    }
    good = [await api.get("/api/inboxes") for _ in range(2)]
    assert len({answer.headers["x-request-id"] for answer in good}) == 2
    assert len(logged(log_lines, "refused")) == 2


async def test_the_schema_names_every_operation(browser: httpx.AsyncClient) -> None:
    schema = (await browser.get("/api/schema")).json()
    operations = [(path, method, one) for path, item in schema["paths"].items() for method, one in item.items()]
    ids = [one["operationId"] for _, _, one in operations]
    assert len(ids) == len(set(ids)) > 45
    for path, method, one in operations:
        assert one["tags"], path
        assert one["summary"], path
        assert "default" in one["responses"], path
        if method == "post" and path == "/api/inboxes":
            assert one["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("NewInbox")
        for parameter in one.get("parameters", []):
            if parameter["name"].endswith("_id"):
                assert parameter["schema"]["type"] == "string", f"{path}: ids are texts"


async def test_a_stranger_cannot_fill_the_log(browser: httpx.AsyncClient, log_lines: io.StringIO) -> None:
    answers = [await browser.get("/hooks/echo/999999999") for _ in range(250)]
    assert {answer.status_code for answer in answers} == {404}
    assert all(answer.json()["request_id"] for answer in answers)
    assert 100 <= len(logged(log_lines, "refused")) < 250, "some have a line, and not all"

"""What would do, with one value that would not, at every route; and the very same request ten times at once: a clear answer each time, never a 5xx, and the
server goes on. Beside `test_fuzz.py`, whose requests are seldom right enough to come far."""

import asyncio
import json
from typing import Any

import httpx

from innboks.api.routes import openapi
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem
from tests.api.everything import PARAMETERS, Route, bodies, every_route, one_of_everything
from tests.api.test_people import people
from tests.api.test_roles_and_routes import Cast, cast

__all__ = ["cast", "people"]

SCHEMA = openapi()
ELSEWHERE = {
    "follow_events",
    "poll_events",
    "sign_out",
    "revoke_token",
    "create_first_account",
    "change_my_password",
    "sign_in",
    "accept_invitation",
}
"""Streams, signing in and out, and what is braked."""
NASTY = [
    "null", "true", "0", "-1", "1.5", "1e400", "-1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" + "0" * 400,
    '""', '" "', '"0"', '"-1"', '"9223372036854775807"', '"9223372036854775808"', '"99999999999999999999999"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"',
    '"\\u202e\\u200b"', '"' + "x" * 3000 + '"', '"%"', '"١"', '"1_0"', '"²"', '"2026-13-45T99:99:99Z"',
    '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999-14:00"', '"24:00"',
    "[]", "[null]", "[[]]", '["999"]', '["0", "0"]', '["a\\u0000b"]', '["\\ud800"]', "{}", '{"a\\u0000b": 1}', '{"\\ud800": "\\ud800"}', '{"": null}',
    "[" + ",".join(['"1"'] * 3000) + "]",
]  # fmt: skip


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _resolved(SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for one in schema.get("oneOf") or schema.get("anyOf") or ():
        if (found := _resolved(one)).get("properties") or found.get("items"):
            return found
    return schema


def _description(operation_id: str) -> dict[str, Any]:
    return next(
        operation for item in SCHEMA["paths"].values() for operation in item.values() if operation.get("operationId") == operation_id
    )


def one_wrong(value: Any, schema: dict[str, Any], nasty: str, deep: int = 3) -> list[str]:
    """The JSON of this value with one of its parts replaced, for each part that the description names."""
    schema, found = _resolved(schema), [nasty]
    if deep and "properties" in schema:
        whole = value if isinstance(value, dict) else {}
        for name, inner in schema["properties"].items():
            others = "".join(f"{json.dumps(key)}: {json.dumps(one)}, " for key, one in whole.items() if key != name)
            found += [f"{{{others}{json.dumps(name)}: {text}}}" for text in one_wrong(whole.get(name), inner, nasty, deep - 1)]
    elif deep and "items" in schema:
        first = value[0] if isinstance(value, list) and value else None
        found += [f"[{text}]" for text in one_wrong(first, schema["items"], nasty, deep - 1)]
    return found


def in_area(route: Route) -> bool:
    return (
        route.path.startswith("/api")
        and route.operation not in ELSEWHERE
        and not route.operation.startswith(("upload_", "set_logo", "add_picture"))
    )


async def test_one_wrong_value_is_refused_or_read_and_breaks_nothing(cast: Cast, clock: FakeClock) -> None:
    """Each route meets every fifth of them, and its neighbours the others: all at all take minutes."""
    api = cast.people.api
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    requests, broken = bodies(ids, 1), []
    for nth, route in enumerate(every_route()):
        description = _description(route.operation) if in_area(route) else {}
        content = description.get("requestBody", {}).get("content", {})
        texts = [
            text
            for nasty in NASTY[nth % 5 :: 5]
            for media in content.values()
            for text in one_wrong(requests.get(route.operation), media["schema"], nasty)
        ]
        for text in dict.fromkeys(texts):
            clock.advance(10)
            answer = await api.request(route.method, route.filled(ids), content=text.encode(), headers={"content-type": "application/json"})
            if answer.status_code >= 500 or (answer.status_code >= 400 and not answer.json().get("detail")):
                broken.append(f"{route.operation} {text[:200]}: {answer.status_code} {answer.text[:200]}")
        for parameter in description.get("parameters", []):
            if parameter["in"] == "query":
                for nasty in NASTY[nth % 5 :: 5]:
                    clock.advance(10)
                    value = json.loads(nasty) if nasty.startswith('"') and "\\ud" not in nasty and "\\udc" not in nasty else nasty
                    answer = await api.request(
                        route.method, route.filled(ids), params={**PARAMETERS.get(route.operation, {}), parameter["name"]: value}
                    )
                    if answer.status_code >= 500:
                        broken.append(f"{route.operation}?{parameter['name']}={nasty[:80]}: {answer.status_code} {answer.text[:200]}")
    assert not broken, f"{len(broken)}\n" + "\n".join(broken)


async def test_the_same_ten_times_at_once(cast: Cast, clock: FakeClock) -> None:
    api = cast.people.api
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    requests, broken = bodies(ids, 1), []
    for route in every_route():
        if in_area(route):
            clock.advance(60)
            sent: dict[str, Any] = {"params": PARAMETERS.get(route.operation), "json": requests.get(route.operation)}
            answers = await asyncio.gather(*(api.request(route.method, route.filled(ids), **sent) for _ in range(10)))
            odd = sorted({one.status_code for one in answers if one.status_code >= 500 or one.status_code == 405})
            if odd:
                broken.append(f"{route.operation}: {odd} {[one.text[:150] for one in answers if one.status_code in odd][:1]}")
    assert not broken, "\n".join(broken)
    reminders = (await api.get("/api/reminders")).json()["items"]
    assert len({one["conversation_id"] for one in reminders}) == len(reminders), "one for each conversation"


async def test_an_answer_snoozes_for_no_longer_than_can_be_read_again(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    """It could never be read, changed or listed again."""
    where = f"/api/conversations/{conversation['id']}"
    for until in ("9999-12-31T23:59:59-14:00", "2040-01-01T00:00:00Z"):
        sent = {"type": "reply", "text": "Later", "then": {"snooze_until": until}}
        assert_problem(await api.post(f"{where}/messages", json=sent), 400, code="not_in_future", field="then")
    assert (await api.get(where)).json()["message_count"] == 1


async def test_a_digit_that_is_none_is_no_place_in_a_list(api: httpx.AsyncClient) -> None:
    assert (await api.get("/api/deliveries", params={"cursor": "²"})).status_code < 500

"""The description at /api/schema is true: what each operation answers is what is described there. The agent app's types are made from it.

Walks every route, with one of everything there; a small reader of JSON Schema stands here, for the few words that msgspec writes.
"""

from typing import Any

import httpx
import pytest

from tests.api.everything import PARAMETERS, bodies, every_route, one_of_everything
from tests.api.test_people import people
from tests.api.test_roles_and_routes import Cast, cast

__all__ = ["cast", "people"]
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None),
}  # fmt: skip


def differences(schema: dict[str, Any], value: Any, known: dict[str, Any], where: str = "answer") -> list[str]:
    """How `value` differs from `schema`. A field that is not described counts too: nobody could know of it."""
    if "$ref" in schema:
        return differences(known[schema["$ref"].rsplit("/", 1)[1]], value, known, where)
    if any_of := schema.get("oneOf") or schema.get("anyOf"):
        tried = [differences(one, value, known, where) for one in any_of]
        return [] if [] in tried else min(tried, key=len)
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if "const" in schema and value != schema["const"]:
        return [f"{where}: {value!r} is not {schema['const']!r}"]
    types = schema.get("type", [])
    allowed = [types] if isinstance(types, str) else types
    if allowed and not any(_is(value, one) for one in allowed):
        return [f"{where}: {value!r} is no {' or '.join(allowed)}"]
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [found for nth, one in enumerate(value) for found in differences(schema["items"], one, known, f"{where}[{nth}]")]
    return _in_object(schema, value, known, where) if isinstance(value, dict) else []


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (kind in ("integer", "number") and isinstance(value, bool))


def _in_object(schema: dict[str, Any], value: dict[str, Any], known: dict[str, Any], where: str) -> list[str]:
    described = schema.get("properties", {})
    found = [f"{where}: “{name}” is missing" for name in schema.get("required", []) if name not in value]
    for name, one in value.items():
        if name in described:
            found += differences(described[name], one, known, f"{where}.{name}")
        elif isinstance(more := schema.get("additionalProperties"), dict):
            found += differences(more, one, known, f"{where}.{name}")
        elif described and more is not True:
            found.append(f"{where}: “{name}” is not described")
    return found


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, 1),
        ({"type": "integer"}, True),
        ({"enum": ["a"]}, "b"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1]),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, {}),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"b": "x"}),
        ({"$ref": "#/components/schemas/One"}, 1),
    ],
)
def test_a_difference_is_seen(schema: dict[str, Any], value: Any) -> None:
    assert differences(schema, value, {"One": {"type": "string"}}) != []


async def test_every_answer_is_as_described(cast: Cast, browser: httpx.AsyncClient) -> None:
    schema = (await browser.get("/api/schema")).json()
    known = schema["components"]["schemas"]
    operations = {one["operationId"]: one for item in schema["paths"].values() for one in item.values()}
    ids = await one_of_everything(cast.people.api, cast.inbox_id, 1, cast.ids)
    requests = bodies(ids, 1)
    wrong: list[str] = []
    looked = 0
    for route in every_route():
        described = operations.get(route.operation)
        if described is None or not route.path.startswith("/api/") or route.operation == "follow_events":
            continue
        given = requests.get(route.operation)
        answer = await cast.clients["member"].request(route.method, route.filled(ids), params=PARAMETERS.get(route.operation), json=given)
        if answer.status_code == 403:
            answer = await cast.people.api.request(route.method, route.filled(ids), params=PARAMETERS.get(route.operation), json=given)
        if not answer.is_success:
            continue
        response = described["responses"].get(str(answer.status_code))
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if response is None:
            wrong.append(f"{route.operation}: {answer.status_code} is not described")
        elif answer.content and not {kind, f"{kind.partition('/')[0]}/*", "*/*"} & response.get("content", {}).keys():
            wrong.append(f"{route.operation}: answers {kind}, described are {list(response.get('content', {}))}")
        elif kind == "application/json":
            looked += 1
            wrong += [f"{route.operation}: {one}" for one in differences(response["content"][kind]["schema"], answer.json(), known)][:3]
    assert not wrong, "\n".join(wrong)
    assert looked > 60

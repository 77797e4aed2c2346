"""Anything at all, at every route, made from the API's own description: whatever comes, the answer is never a 5xx."""

from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from innboks.api.routes import openapi

SCHEMA = openapi()
OPERATIONS = [
    (method, path, operation)
    for path, item in SCHEMA["paths"].items()
    for method, operation in item.items()
    if path.startswith("/api")
    and path not in ("/api/events", "/api/events/poll")
    and operation["operationId"] not in ("sign_out", "create_user", "change_my_password", "revoke_token")
]
TEXT = st.text(max_size=20) | st.sampled_from(["", " ", "1", "0", "a\x00b", "x" * 3000, "<b>", "ada@tindra.example", "open", "email"])
SCALAR = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT
ANYTHING = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)
ID = st.sampled_from(["1", "2", "3", "999", "0", "-1", "9223372036854775807", "99999999999999999999", "x"])


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what the schema asks for, sometimes something else."""
    if "$ref" in schema:
        return values(SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "oneOf" in schema or "anyOf" in schema:
        return st.one_of(*map(values, schema.get("oneOf") or schema["anyOf"]), ANYTHING)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | ANYTHING
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        required = {name: values(schema["properties"][name]) for name in schema.get("required", [])}
        optional = {name: values(one) for name, one in schema["properties"].items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional) | ANYTHING
    if kind == "array":
        return st.lists(values(schema.get("items", {})), max_size=3) | ANYTHING
    if kind == "string":
        return ID if "pattern" in schema else TEXT | ANYTHING
    return ANYTHING


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], bytes | None]:
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    query = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(draw(ID | TEXT.filter(bool)), safe=""))
        elif draw(st.booleans()):
            query[parameter["name"]] = draw(TEXT | ID)
    body = None
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        value = draw(values(next(iter(content.values()))["schema"]))
        body = msgspec.json.encode(_writable(value)) if draw(st.integers(0, 9)) else draw(st.binary(max_size=30))
    return method.upper(), path, query, body


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, dict):
        return {_writable(key): _writable(inner) for key, inner in value.items()}
    return [_writable(inner) for inner in value] if isinstance(value, list) else value


async def test_no_input_breaks_the_server(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    cases: list[tuple[str, str, dict[str, str], bytes | None]] = []

    @settings(
        max_examples=600, database=None, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(requests())
    def collect(case: tuple[str, str, dict[str, str], bytes | None]) -> None:
        cases.append(case)

    collect()
    statuses: dict[int, int] = {}
    for method, path, query, body in cases:
        headers = {"content-type": "application/json"} if body is not None else {}
        answer = await api.request(method, path, params=query, content=body, headers=headers)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{method} {path} {query} {body!r}: {answer.status_code} {answer.text}"
        if answer.status_code >= 400 and path != "/api/oauth/callback":  # which answers with a page, because a browser is sent there
            assert answer.json()["detail"], f"{method} {path}"
    assert statuses[200] > 20
    assert (await api.get("/api/session")).status_code == 200

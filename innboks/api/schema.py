"""The OpenAPI description of the API, from which the agent app's types are generated.

The framework writes it from the routes; what it cannot know is added here: ids are texts, errors are problem documents, and how
one signs in. Read next: `app.py`, which serves it at /api/schema.
"""

from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.openapi.config import OpenAPIConfig

from innboks import __version__
from innboks.api.call import IS_PUBLIC, Call
from innboks.api.guard import COOKIE
from innboks.api.problems import MEDIA_TYPE, Problem

config = OpenAPIConfig(title="Innboks", version=__version__, create_examples=False, path="/api/-/schema", render_plugins=[])
_PROBLEM = {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_ID = {"type": "string", "pattern": "^[0-9]{1,19}$"}
_PUBLIC = {"get_setup", "create_first_account", "sign_in", "sign_out", "healthz", "readyz", "show_frame", "show_frame_file", "get_schema"}
_FILES = {
    "get_attachment": "*/*",
    "get_delivery_raw": "application/octet-stream",
    "get_ledger_file": "text/csv",
    "get_contact_export_file": "text/csv",
    "get_bad_rows": "text/csv",
    "get_library_file": "*/*",
    "get_logo": "image/*",
    "get_message_files": "application/zip",
    "get_message_source": "application/octet-stream",
    "get_picture": "image/*",
    "get_schema": "application/vnd.oai.openapi+json",
}
"""What answers with something else than JSON."""
_MAY_BE_EMPTY = {"get_draft"}
"""What answers 204 where there is nothing."""


def describe(app: Litestar) -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema()))
    parts = schema.setdefault("components", {})
    problems = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")[1]
    parts.setdefault("schemas", {}).update(problems)
    parts["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "token": {"type": "http", "scheme": "bearer"},
    }
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict):
                _complete(operation)
    return schema


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["name"].endswith(("_id", "before")) and parameter.get("schema", {}).get("type") != "string":
            parameter["schema"] = dict(_ID)
    responses = {code: answer for code, answer in operation.get("responses", {}).items() if code.startswith("2")}
    if kind := _FILES.get(operation.get("operationId", "")):
        responses["200"]["content"] = {kind: {"schema": {"type": "string", "format": "binary"}}}
    if operation.get("operationId") in _MAY_BE_EMPTY:
        responses["204"] = {"description": "There is none"}
    operation["responses"] = {**responses, "default": _PROBLEM}
    if operation.get("operationId") not in _PUBLIC:
        operation["security"] = [{"session": []}, {"token": []}]


@get("/api/schema", operation_id="get_schema", tags=["server"], opt=IS_PUBLIC, summary="This description (OpenAPI 3.1)")
async def get_schema(request: Call) -> Response[bytes]:
    state = request.app.state
    if "schema" not in state:
        state["schema"] = msgspec.json.encode(describe(request.app))
    return Response(state["schema"], media_type="application/vnd.oai.openapi+json", headers={"Cache-Control": "no-cache"})


routes = [get_schema]

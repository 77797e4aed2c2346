"""Microsoft Graph as its maker describes it, where the published descriptions lie beside the project: what a request may say, and how an answer is shaped.

Beyond the descriptions stands only what they leave out: the pages of changes are those of the list, and fields with "@" are OData's own.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from innboks.sandbox.stand_in import Answer, Request

SPECS = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "graph"

Paths = dict[str, dict[str, Any]]


def published() -> Paths:
    """Path → method → operation; "document" is what it refers into."""
    paths: Paths = {}
    for file in sorted(SPECS.glob("*.json")):
        document = json.loads(file.read_text())
        paths |= {path: methods | {"document": document} for path, methods in document["paths"].items()}
    return paths


def described(paths: Paths, request: Request) -> tuple[str, list[str]]:
    """(the path in the description, what in the request does not stand there)."""
    path = _path_of(paths, request, request.path)
    if not path:
        return "", ["no such path"]
    methods = paths[path]
    document = methods["document"]
    declared = {str(_resolved(document, one).get("name")) for one in methods[request.method.lower()].get("parameters", [])}
    declared |= {"$select", "$filter", "$orderby", "$top", "$skip"}
    said = [f"no parameter {name}" for name, _ in request.pairs if name not in declared]
    if request.body and request.headers.get("content-type", "").startswith("application/json"):
        body = methods[request.method.lower()].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        fields = _fields(document, body)
        said += [f"no field {name}" for name in json.loads(request.body) if name not in fields]
    return path, said


def misfits(paths: Paths, request: Request, answer: Answer) -> tuple[str, list[str]]:
    """(the path in the description, what in the answer is not as described)."""
    path = _path_of(paths, request, re.sub(r"/delta(\(\))?$", "", request.path).replace("/childFolders", ""))
    if not path:
        return "", ["no such path"]
    document, operation = paths[path]["document"], paths[path][request.method.lower()]
    responses: dict[str, Any] = operation["responses"]
    described = responses["default"] if answer.status >= 400 else next(one for status, one in responses.items() if status[0] == "2")
    if request.path.endswith("/childFolders"):
        described = paths["/users/{user-id}/mailFolders"]["get"]["responses"]["200"]
    content = _resolved(document, described).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None and request.method == "PATCH" and answer.body:  # described as 204; the vendor's page shows the updated resource
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    if schema is None:
        return path, [] if content or not answer.body else ["a body where none is described"]
    return path, _misfits(document, schema, json.loads(answer.body), "")


def _path_of(paths: Paths, request: Request, asked: str) -> str:
    mine = "/" + asked.removeprefix("v1.0/").replace("me/", "users/me/", 1)
    for path, methods in paths.items():
        pattern = re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(path)).replace("microsoft\\.graph\\.", "(microsoft\\.graph\\.)?")
        if re.fullmatch(pattern, mine) and request.method.lower() in methods:
            return path
    return ""


def _misfits(document: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> list[str]:
    schema = _resolved(document, schema)
    if value is None:
        return []  # which fields may be null is described for some only
    if options := [one for one in schema.get("anyOf", ()) if _resolved(document, one) != {"type": "object", "nullable": True}]:
        return min((_misfits(document, one, value, where) for one in options), key=len)
    properties = _properties(document, schema)
    if properties or schema.get("type") == "object":
        if not isinstance(value, dict):
            return [f"{where or 'it'} is no object"]
        unknown = [f"{where}.{name} is not described" for name in value if properties and "@" not in name and name not in properties]
        unknown += [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        known = [
            said
            for name, one in value.items()
            if name in properties
            for said in _misfits(document, properties[name], one, f"{where}.{name}")
        ]
        return unknown + known
    if schema.get("type") == "array":
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [said for nth, one in enumerate(value) for said in _misfits(document, schema.get("items", {}), one, f"{where}[{nth}]")]
    return _misfit_of_plain(schema, value, where)


def _misfit_of_plain(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}
    kind = schema.get("type")
    if kind in kinds and (not isinstance(value, kinds[kind]) or (kind != "boolean" and isinstance(value, bool))):
        return [f"{where} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is none of {schema['enum']}"]
    if schema.get("format") == "date-time":
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                return [f"{where} has no time zone"]
        except ValueError:
            return [f"{where} is no time"]
    return []


def _properties(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    schema = _resolved(document, schema)
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
        found |= _properties(document, part)
    return found


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    return set(_properties(document, schema))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = document
    for name in schema["$ref"].removeprefix("#/").split("/"):
        found = found.get(name, {})
    return dict(found)

"""Every error as an answer: problem documents (RFC 9457) with a sentence that says what to do.

Bad input is always a 4xx; a 500 means a mistake of ours, and its traceback is in the log. Either names the number of its request
(`guard.py`), which is on every line of the log about it. Nothing about our inside goes out. Read next: `innboks/errors.py`.
"""

import math
import time
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.enums import ParamType
from litestar.exceptions import HTTPException, ValidationException

from innboks.api.asgi import Send
from innboks.errors import Invalid, NewerMessage, NotFound, Refused, SendError, TooMany
from innboks.lib.db import DatabaseUnavailable
from innboks.lib.files import StorageFull, StorageUnavailable
from innboks.lib.limits import Limits
from innboks.lib.log import bound, get_logger
from innboks.lib.wrong_values import invalid_of, wish

MEDIA_TYPE = "application/problem+json"
log = get_logger(__name__)


class Newer(msgspec.Struct, kw_only=True):
    """A message that came while an answer was written. `text` is its first words."""

    id: str
    type: str
    direction: str
    author: str
    text: str
    created_at: datetime


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 9457. `detail` is the sentence to show; `code` is for programs; `field` names the part of the input that is wrong. `request_id` finds
    it in the log. With the code “newer_message” comes `newer`: what came meanwhile."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str = ""
    code: str = ""
    field: str | None = None
    request_id: str = ""
    newer: list[Newer] | None = None

    def __post_init__(self) -> None:
        if self.type == "about:blank" and self.code:
            self.type = f"urn:innboks:problem:{self.code}"


_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    411: "Length required",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not possible",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
    507: "Storage full",
}
_SENTENCES = {
    404: ("not_found", "There is nothing at this address. Look at /api/schema for what there is."),
    405: ("method_not_allowed", "This address does not take that method. The Allow header says which it takes."),
    413: ("too_large", "This is more than we take in one request. Send less."),
    415: ("unsupported_media_type", "This content type is not understood here. Send application/json."),
}


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The exception handler of the whole API."""
    problem, headers = describe(error, request.scope.get("path_template", ""))
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


async def send_error(error: Exception, route: str, send: Send, *, is_last: bool = False) -> None:
    """Answers with a problem outside the framework. `is_last`: the connection ends with it, because the body was not read."""
    problem, headers = describe(error, route)
    body = msgspec.json.encode(problem)
    raw = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    raw += [(b"connection", b"close")] if is_last else []
    raw += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def describe(error: Exception, route: str) -> tuple[Problem, dict[str, str]]:
    """The problem document for an error, and the headers that go with it. What it says can be found in the log by its number, unless the same is
    asked and refused very often."""
    problem, headers = _described(error, route)
    problem.request_id = bound("request_id")
    if problem.status not in _UNREMARKABLE and _is_remarked(route, problem.status):
        log.info("refused", status=problem.status, code=problem.code, field=problem.field, route=route)
    return problem, headers


_UNREMARKABLE = (401, 429, 500, 503)
"""Not logged as refused: a first visit, what comes in floods, and what has a line of its own."""
_REMARKS = Limits(10, 100)
"""Lines a second, and at once, for each route and status: a stranger who asks thousands of times must not fill the disk."""


def _is_remarked(route: str, status: int) -> bool:
    try:
        _REMARKS.take((route, status), time.monotonic())
    except TooMany:
        return False
    return True


def _described(error: Exception, route: str) -> tuple[Problem, dict[str, str]]:
    match error:
        case TooMany():
            return _refused(error), {"Retry-After": str(max(1, math.ceil(error.after.total_seconds())))}
        case Refused():
            return _refused(error), {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        case ValidationException():
            return _refused(_from_parameters(error)), {}
        case HTTPException() if error.status_code < 500:
            code, sentence = _SENTENCES.get(error.status_code, ("bad_request", "This request could not be understood."))
            return _problem(error.status_code, code, sentence), dict(error.headers or {})
        case SendError():
            return _problem(422, error.code, error.sentence), {}
        case StorageFull():
            return _problem(507, error.code, "The disk for files is full, so this was not stored. An operator has to make room."), {}
        case StorageUnavailable() | DatabaseUnavailable() | psycopg.OperationalError() | psycopg.InterfaceError():
            log.warning("unavailable", route=route, error=type(error).__name__, reason=str(error))
            return _problem(503, "unavailable", "This is not available just now. Try again in a moment."), {"Retry-After": "2"}
        case HTTPException() if "disconnected" in error.detail:
            return _problem(400, "disconnected", "The connection ended before the request was complete."), {}
    log.error("internal_error", route=route, exc_info=error)
    number = bound("request_id")
    return _problem(500, "internal", f"Something went wrong on our side. Tell an operator this number: {number}."), {}


def _refused(error: Refused) -> Problem:
    problem = _problem(error.status, error.code, error.sentence, error.field)
    if isinstance(error, NewerMessage):
        problem.newer = msgspec.convert(error.newer, list[Newer])
    return problem


def _problem(status: int, code: str, sentence: str, field: str | None = None) -> Problem:
    return Problem(title=_TITLES.get(status, "Bad request"), status=status, detail=sentence, code=code, field=field)


# ── wrong input, in words ────────────────────────────────────────────────────────────────────────────────────────────────


def decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """JSON into a struct. Raises `Invalid` with the field and a sentence."""
    try:
        content = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid_of(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not body.strip():
            raise Invalid("The request has no body. Send JSON.", code="no_body") from error
        raise Invalid(f"This is not JSON: {str(error).removeprefix('JSON is malformed: ')}.", code="not_json") from error
    except RecursionError as error:
        raise Invalid("This JSON is nested too deeply.", code="not_json") from error
    if b"\\u0000" in body and _has_nul(msgspec.json.decode(body)):
        raise Invalid("Text must not contain a NUL character. Leave it out.", code="nul_character")
    return content


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


def _from_parameters(error: ValidationException) -> Refused:
    """The framework's complaint about a path, query or body. An id in a path that cannot be one is simply not there."""
    extra = error.extra if isinstance(error.extra, list) else []
    first: dict[str, Any] = extra[0] if extra and isinstance(extra[0], dict) else {}
    key, source = str(first.get("key", "")), first.get("source")
    if source == ParamType.PATH:
        return NotFound("There is nothing with this id.")
    if key == "data" or source == "body":
        return Invalid("The request has no body. Send JSON.", code="no_body")
    if not first:
        return Invalid("A part of this request's address or headers is missing or wrong.")
    return Invalid(f"“{key}” {wish(str(first.get('message', '')))}.", field=key or None)

"""A request as our routes see it: who is asking, the parts of the product, and the body as a checked struct.

Who is asking is found before the body is read (`require_actor`), mostly without a query (`core/accounts/actors.py`). Ids are
texts in JSON, because a 64-bit number does not fit JavaScript's. Read next: any file of `app/`.
"""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter

from innboks.api.guard import Visit
from innboks.api.problems import decode
from innboks.core.access import Actor
from innboks.core.accounts.actors import authenticate
from innboks.core.parts import Parts
from innboks.errors import NotFound, Unauthenticated

IS_PUBLIC = {"is_public": True}
"""Option of a route that needs nobody to be signed in."""
INT64 = 2**63 - 1
T = TypeVar("T")

Id = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$")]
"""An id in JSON."""
PathId = Annotated[int, PathParameter(ge=1, le=INT64)]
"""An id in a path; what cannot be one is answered with 404."""
PathText = Annotated[str, PathParameter(max_length=500)]
QueryId = Annotated[int | None, QueryParameter(ge=1, le=INT64)]
QueryText = Annotated[str, QueryParameter(max_length=500)]
QueryCursor = Annotated[str | None, QueryParameter(max_length=500)]
Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="More than the list's own maximum gives the maximum.")]
Name = Annotated[str, msgspec.Meta(max_length=1000)]


class Items(msgspec.Struct, Generic[T]):
    """A list. `next` is the cursor of the following page, null at the end."""

    items: list[T]
    next: str | None = None


class Input(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a request's body may say. A field we do not know is refused, so that a slip of the pen is never dropped silently."""


def number(text: str) -> int:
    """An id of JSON as a number. One that no row can have is `NotFound`."""
    value = int(text)
    if not 0 < value <= INT64:
        raise NotFound("There is nothing with this id.")
    return value


def numbers(texts: Iterable[str]) -> list[int]:
    """As `number`, of each."""
    return [number(text) for text in texts]


def number_or_none(text: str | None) -> int | None:
    return None if text is None else number(text)


def text_id(value: int | None) -> str | None:
    return None if value is None else str(value)


class Call(Request[Any, Any, Any]):
    """One request of the agent app or a script."""

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state["parts"]
        return parts

    @property
    def visit(self) -> Visit:
        visit: Visit = self.scope["visit"]  # type: ignore[typeddict-item]
        return visit

    @property
    def remote_address(self) -> str:
        """The client's address, as far as we know it ("" for a local socket)."""
        client = self.scope.get("client")
        return client[0] if client else ""

    @property
    def actor(self) -> Actor:
        """Who is asking, on routes that stand behind `require_actor`."""
        actor: Actor = self.scope["actor"]  # type: ignore[typeddict-item]
        return actor

    async def json(self) -> Any:
        """The body, decoded straight into what the route declares for `data`."""
        handler: Any = self.route_handler
        return decode(_decoder(handler.parsed_data_field.annotation), await self.body())


async def require_actor(call: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Stands before every route, and finds out who is asking before anything else of the request is looked at."""
    for name, value in call.scope["path_params"].items():
        if name.endswith("_id") and not (value.isascii() and value.isdecimal()):
            raise NotFound("There is nothing with this id.")  # “1.0” and the like would pass for a number
    if "is_public" not in route.opt:
        assert isinstance(call, Call)
        call.scope["actor"] = await identify(call)  # type: ignore[typeddict-unknown-key]


async def identify(call: Call) -> Actor:
    """Who is asking. Raises `Unauthenticated`, and `TooMany` when this person, all of this account, or this address with wrong
    tokens, asks too often."""
    parts, visit = call.parts, call.visit
    if visit.bearer is None and visit.cookie is None:
        raise Unauthenticated("You are not signed in. Sign in, or send an API token as “Authorization: Bearer …”.")
    actor = await authenticate(parts, cookie=visit.cookie, bearer=visit.bearer)
    now = parts.clock.monotonic()
    if actor is None:
        call.app.state["strangers"].take(call.remote_address, now)
        if visit.bearer is not None:
            raise Unauthenticated("This API token is not valid; it may have been revoked. Make a new one.", code="bad_token")
        raise Unauthenticated("You are not signed in any more. Sign in again.", code="session_ended")
    call.app.state["people"].take((actor.account_id, actor.user_id), now)
    call.app.state["accounts"].take(actor.account_id, now)
    return actor


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)

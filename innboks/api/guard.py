"""What stands before every route: one ASGI wrapper, because it sees each request and must cost next to nothing.

It reads the few headers that matter once (`Visit`), refuses writes that a foreign page makes with our cookie, refuses NUL
characters (PostgreSQL stores none), sends what is not the API to the static files, puts the security headers and the number of the
request on every answer and measures. Who is asking is found later, by the routes that need it (`call.py`). Read next: `call.py`, `problems.py`.
"""

import secrets
from functools import cache
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from prometheus_client import Counter, Histogram

from innboks.api.asgi import App, Message, Receive, Scope, Send
from innboks.api.pack import packed
from innboks.api.problems import send_error
from innboks.errors import Forbidden, Invalid
from innboks.lib.log import bind

COOKIE = "innboks_session"
SERVER_PATHS = ("api", "hooks", "w", "f", "frame", "conversations", "crm", "webhooks", "oauth", "healthz", "readyz", "metrics")
"""First parts of paths that belong to the server (DESIGN §3); everything else is the agent app."""
HOOKS = "/hooks/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_API_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
_NO_STORE = (b"cache-control", b"no-store")

requests_total = Counter("innboks_http_requests_total", "Answered HTTP requests.", ["method", "route", "status"])
request_seconds = Histogram(
    "innboks_http_request_seconds",
    "Time to the first byte of the answer.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


@cache
def _measures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The two figures of one kind of answer; looking them up by their labels costs as much as a small query."""
    return requests_total.labels(method, route, status), request_seconds.labels(route)


class Visit:
    """The headers that matter, read once. `is_forwarded`: a proxy stands before us, so the peer's address says nothing about who asks."""

    __slots__ = ("bearer", "cookie", "host", "is_forwarded", "origin", "takes_gzip", "user_agent")

    def __init__(self, headers: Any) -> None:
        self.cookie: str | None = None
        self.bearer: str | None = None
        self.origin: str | None = None
        self.host = ""
        self.user_agent = ""
        self.is_forwarded = False
        self.takes_gzip = False
        for name, value in headers:
            if name == b"cookie":
                self.cookie = _cookie(value.decode("latin-1")) or self.cookie
            elif name == b"authorization":
                scheme, _, token = value.decode("latin-1").partition(" ")
                self.bearer = token.strip() if scheme.lower() == "bearer" else ""
            elif name == b"origin":
                self.origin = value.decode("latin-1")
            elif name == b"host":
                self.host = value.decode("latin-1")
            elif name == b"accept-encoding":
                self.takes_gzip = b"gzip" in value
            elif name == b"user-agent":
                self.user_agent = value.decode("latin-1")
            elif name in (b"x-forwarded-for", b"forwarded"):
                self.is_forwarded = True


def _cookie(header: str) -> str | None:
    for pair in header.split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            return value.strip()
    return None


class Guard:
    """The ASGI application: wraps `api` (routes), `hooks` (webhooks) and `static` (the agent app's files)."""

    def __init__(self, api: Litestar, hooks: App, static: App, public_url: str) -> None:
        self.api = api
        self._api: App = api
        self._hooks = hooks
        self._static = static
        self._origin = _origin(public_url)
        self._headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]
        if public_url.startswith("https://"):
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            number = secrets.token_hex(8)
            with bind(request_id=number):
                await self._answer(scope, receive, send, number)
        elif scope["type"] == "lifespan":
            await self._api(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4404, "reason": "There is no such address."})

    async def _answer(self, scope: Scope, receive: Receive, send: Send, number: str) -> None:
        """`number`: what the log calls this request; whoever was refused can tell it to an operator."""
        started = perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        is_head = method == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        is_api = scope["path"].split("/", 2)[1:2] in _SERVER_PARTS if scope["path"].startswith("/") else True

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                names = {name for name, _ in headers}
                headers += self._headers
                if is_api:
                    headers.append((b"x-request-id", number.encode()))
                if b"content-security-policy" not in names:
                    headers.append(_API_CSP)
                if b"cache-control" not in names:
                    headers.append(_NO_STORE)
                message = {**message, "headers": headers}
                route = str(scope.get("path_template", "")) if is_api else "static"
                count, seconds = _measures(method, route, message["status"])
                count.inc()
                seconds.observe(perf_counter() - started)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        visit = Visit(scope["headers"])
        scope["visit"] = visit
        refusal = self._refusal(scope, visit)
        if refusal is not None:
            await send_error(refusal, "", answer, is_last=True)
        elif scope["path"].startswith(HOOKS):
            await self._hooks(scope, receive, answer)
        elif is_api:
            await self._api(scope, receive, packed(answer) if visit.takes_gzip and method in ("GET", "HEAD") else answer)
        else:
            await self._static(scope, receive, answer)

    def _refusal(self, scope: Scope, visit: Visit) -> Forbidden | Invalid | None:
        """Is there something wrong with the request, whatever its route?"""
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            return Invalid("An address must not contain a NUL character. Leave it out.", code="nul_character")
        if scope["method"] in _SAFE or visit.bearer is not None:
            return None
        if visit.origin is None:
            if visit.cookie is None:
                return None  # a script without a browser's session: there is nothing to abuse
            return Forbidden(
                "A write with a session cookie needs an Origin header. Scripts use an API token instead.", code="origin_missing"
            )
        if not self._is_own(visit):
            return Forbidden(
                "This request comes from another site, so it was refused. Open the app at its own address (INNBOKS_URL).",
                code="foreign_origin",
            )
        return None

    def _is_own(self, visit: Visit) -> bool:
        """Ours is the public address, and an address or local name by which the browser itself reached us. Not any name: whoever owns a
        domain can let it point to this machine, and a page of theirs would then speak to us as if it were ours (DNS rebinding)."""
        origin, host = (visit.origin or "").lower(), visit.host.lower()
        return origin == self._origin or (bool(host) and origin.partition("://")[2] == host and _is_local_name(host))


def _origin(url: str) -> str:
    """As a browser writes it: no path, and no port that the scheme has anyway (RFC 6454, 6.1)."""
    parts = urlsplit(url.lower())
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def _is_local_name(host: str) -> bool:
    """An IP address, or a name that nobody can register: without a dot, or under a domain for local use (RFC 6761, 6762, 8375, 9476)."""
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    if "." not in name or name.startswith("[") or name.endswith((".localhost", ".local", ".internal", ".home.arpa", ".lan")):
        return True
    return name.replace(".", "").isdecimal()


_SERVER_PARTS = [[part] for part in SERVER_PATHS]

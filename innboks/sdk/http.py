"""The HTTP client that every channel must use: time-outs, errors by class, a redacted log, and no way into the private network.

A request to an address that somebody typed resolves the name first and refuses loopback, private and link-local targets, then
connects to exactly the address it looked at, so that a name cannot change its mind in between (DESIGN §6, "Safety on both
roads"). Tests and the sandbox allow private targets by INNBOKS_ALLOW_PRIVATE. Read next: `errors.py`, whose classes `send`
raises; any channel's `channel.py`.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from innboks.errors import Broken, Rejected, Retry, Uncertain
from innboks.lib.clock import Clock

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger("http")

CONNECT_S = 10.0
READ_S = 30.0
ANSWER_MAX = 10 * 2**20
BROKEN = frozenset({401, 403})
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class Response(msgspec.Struct, frozen=True):
    """An answer, read whole. `headers` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body. Raises `Retry` when it is not JSON: a proxy's error page stands in for the provider."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise Retry("The provider answered something that is not JSON.", code="not_json") from error

    def into(self, kind: type[msgspec.Struct]) -> Any:
        """The decoded body as a struct. Raises `Retry` when it has another shape."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Retry("The provider answered in a way that is not understood.", code="unexpected_answer") from error


class HttpClient:
    """One client for a process. `open` connections are kept for a while; `close` ends them."""

    def __init__(self, clock: Clock, *, allow_private: bool = False, read_s: float = READ_S) -> None:
        self._clock = clock
        self._allow_private = allow_private
        self._read_s = read_s
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        is_idempotent: bool = False,
        allow: frozenset[int] = frozenset(),
    ) -> Response:
        """A request whose failure is one of the errors that decide what happens next:

        connection refused, name unknown, 408/425/429/5xx → `Retry`; 401 and 403 → `Broken`; other 4xx → `Rejected`. When the connection
        breaks after the request was written, nobody knows whether it counted: `Uncertain`, unless `is_idempotent` (a GET, or a request
        with an idempotency key), then `Retry`. Statuses in `allow` are returned like a success."""
        import httpx

        content = msgspec.json.encode(json) if json is not None else body
        sent = dict(headers or {})
        if json is not None:
            sent.setdefault("content-type", "application/json")
        started = self._clock.monotonic()
        request = self._request(method, url, content, sent, query)
        try:
            await self._pin(request)
            response = await self._read(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, socket.gaierror) as error:
            raise Retry("The provider could not be reached.", code="unreachable", detail=type(error).__name__) from error
        except (httpx.TimeoutException, httpx.TransportError) as error:
            self._note(method, request, None, started)
            if is_idempotent or method in ("GET", "HEAD"):
                raise Retry("The provider did not answer in time.", code="timeout", detail=type(error).__name__) from error
            raise Uncertain("The connection broke after this was handed over. It may have arrived.", code="connection_lost") from error
        self._note(method, request, response.status, started)
        if response.status < 400 or response.status in allow:
            return response
        raise self._error(response)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str], query: Mapping[str, str] | None
    ) -> "httpx.Request":
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(self._read_s, connect=CONNECT_S), follow_redirects=False, trust_env=False
            )
        try:
            request = self._client.build_request(method, url, content=content, headers=headers, params=query)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError, TypeError) as error:
            raise Rejected("This address is not one that can be called.", code="bad_address") from error
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise Rejected("Only http and https addresses can be called.", code="bad_address")
        return request

    async def _pin(self, request: "httpx.Request") -> None:
        """Resolves, refuses what is not public, and pins the request to the address that was looked at."""
        if self._allow_private:
            return
        host = request.url.host
        found = await asyncio.get_running_loop().getaddrinfo(host, request.url.port or 0, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(one[4][0]).split("%")[0]) for one in found]
        if not addresses or not all(is_public(one) for one in addresses):
            raise Rejected("This address points into a private network, where nothing is called.", code="private_address")
        request.extensions["sni_hostname"] = host
        request.url = request.url.copy_with(host=str(addresses[0]))

    async def _read(self, request: "httpx.Request") -> Response:
        assert self._client is not None
        answer = await self._client.send(request, stream=True)
        try:
            parts: list[bytes] = []
            size = 0
            async for part in answer.aiter_bytes():
                size += len(part)
                if size > ANSWER_MAX:
                    raise Retry("The provider answered with more than can be taken.", code="answer_too_large")
                parts.append(part)
        finally:
            await answer.aclose()
        return Response(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, b"".join(parts))

    def _error(self, response: Response) -> Exception:
        detail = response.body[:300].decode("utf-8", "replace") if "json" in response.headers.get("content-type", "") else ""
        code = f"http_{response.status}"
        if response.status in BROKEN:
            return Broken("The provider refused the credentials. Connect this channel again.", code=code, detail=detail)
        if response.status in RETRIED or response.status >= 500:
            return Retry("The provider has a passing problem.", code=code, detail=detail, after=self._wish(response))
        return Rejected("The provider refused this.", code=code, detail=detail)

    def _wish(self, response: Response) -> timedelta | None:
        """Retry-After, in seconds or as a date (RFC 9110 §10.2.3)."""
        given = response.headers.get("retry-after", "")
        if given.isdigit() and len(given) < 7:
            return timedelta(seconds=int(given))
        try:
            return max(timedelta(), parsedate_to_datetime(given) - self._clock.now()) if given else None
        except (ValueError, TypeError):
            return None

    def _note(self, method: str, request: "httpx.Request", status: int | None, started: float) -> None:
        """Host and status, never path or query: they carry tokens at some providers."""
        log.info(
            "called", method=method, host=request.headers.get("host"), status=status, seconds=round(self._clock.monotonic() - started, 3)
        )


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Is this an address of the public internet? Looks through IPv4 addresses that hide in IPv6 ones."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast

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
    import aiohttp
    from yarl import URL

log = structlog.get_logger("http")

CONNECT_S = 10.0
READ_S = 30.0
KEPT_S = 15.0
"""So long an unused connection is kept; most servers keep theirs longer, so that none is used that they close in that moment."""
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

    def __init__(self, clock: Clock, *, allow_private: bool = False, trusted: frozenset[str] = frozenset(), read_s: float = READ_S) -> None:
        """`trusted`: hosts with their port that the operator named, such as a stand-in on this machine; they may be private."""
        self._clock = clock
        self._allow_private = allow_private
        self._trusted = trusted
        self._read_s = read_s
        self._session: aiohttp.ClientSession | None = None

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
        answer_max: int = ANSWER_MAX,
    ) -> Response:
        """A request whose failure is one of the errors that decide what happens next:

        connection refused, name unknown, 408/425/429/5xx → `Retry`; 401 and 403 → `Broken`; other 4xx → `Rejected`. When the connection
        breaks after the request was written, nobody knows whether it counted: `Uncertain`, unless `is_idempotent` (a GET, or a request
        with an idempotency key), then `Retry`. Statuses in `allow` are returned like a success. An answer of more than `answer_max` bytes is `Retry`."""
        import aiohttp

        content = msgspec.json.encode(json) if json is not None else body
        sent = dict(headers or {})
        if json is not None:
            sent.setdefault("content-type", "application/json")
        target = _target(url, query)
        self._refuse_private(target)
        started = self._clock.monotonic()
        try:
            response = await self._ask(method, target, content, sent, answer_max)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Retry("The provider could not be reached.", code="unreachable", detail=type(error).__name__) from error
        except aiohttp.InvalidURL as error:  # such as an address in an old way of writing numbers
            raise Rejected("This address is not one that can be called.", code="bad_address") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._note(method, target, None, started)
            if is_idempotent or method in ("GET", "HEAD"):
                raise Retry("The provider did not answer in time.", code="timeout", detail=type(error).__name__) from error
            raise Uncertain("The connection broke after this was handed over. It may have arrived.", code="connection_lost") from error
        except ValueError as error:  # a header with a line break in it, and the like: nothing was sent
            raise Rejected("This request cannot be written as HTTP.", code="bad_request") from error
        self._note(method, target, response.status, started)
        if response.status < 400 or response.status in allow:
            return response
        raise self._error(response)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _refuse_private(self, target: "URL") -> None:
        """What is written as a number is connected to without asking for a name."""
        if self._may_be_private(target.raw_host or "", target.port or 0):
            return
        try:
            address = ipaddress.ip_address(target.raw_host or "")
        except ValueError:
            return
        if not is_public(address):
            raise _private()

    def _may_be_private(self, host: str, port: int) -> bool:
        return self._allow_private or f"{host}:{port}" in self._trusted or (port in (80, 443) and host in self._trusted)

    async def _ask(self, method: str, target: "URL", content: bytes | None, headers: Mapping[str, str], answer_max: int) -> Response:
        if self._session is None:
            self._session = self._new_session()
        async with self._session.request(method, target, data=content, headers=headers, allow_redirects=False) as answer:
            parts: list[bytes] = []
            size = 0
            async for part in answer.content.iter_any():
                size += len(part)
                if size > answer_max:
                    raise Retry("The provider answered with more than can be taken.", code="answer_too_large")
                parts.append(part)
            return Response(answer.status, {name.lower(): value for name, value in answer.headers.items()}, b"".join(parts))

    def _new_session(self) -> "aiohttp.ClientSession":
        import aiohttp
        from aiohttp.abc import AbstractResolver, ResolveResult

        client = self

        class Resolver(AbstractResolver):
            """Resolves, refuses what is not public, and has the connection made to exactly the addresses that were looked at."""

            async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
                addresses = [str(one[4][0]).split("%")[0] for one in found]
                if not client._may_be_private(host, port) and not all(is_public(ipaddress.ip_address(one)) for one in addresses):
                    raise _private()
                return [
                    ResolveResult(hostname=host, host=address, port=port, family=one[0], proto=one[2], flags=socket.AI_NUMERICHOST)
                    for address, one in zip(addresses, found, strict=True)
                ]

            async def close(self) -> None:
                return None

        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Resolver(), use_dns_cache=False, keepalive_timeout=KEPT_S),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_connect=CONNECT_S, sock_read=self._read_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": "Innboks"},
            trust_env=False,
        )

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
        if given.isascii() and given.isdigit() and len(given) < 7:
            return timedelta(seconds=int(given))
        try:
            return max(timedelta(), parsedate_to_datetime(given) - self._clock.now()) if given else None
        except (ValueError, TypeError):
            return None

    def _note(self, method: str, target: "URL", status: int | None, started: float) -> None:
        """Host and status, never path or query: they carry tokens at some providers. A call that went well is no news, and a line for each message
        that leaves costs as much as the call itself."""
        tell = log.debug if status is not None and status < 400 else log.info
        tell("called", method=method, host=target.host, status=status, seconds=round(self._clock.monotonic() - started, 3))


def _target(url: str, query: Mapping[str, str] | None) -> "URL":
    from yarl import URL

    try:
        target = URL(url)
        target = target.update_query(query) if query else target
        is_callable = target.scheme in ("http", "https") and bool(target.host) and target.port != 0
    except (ValueError, TypeError) as error:
        raise Rejected("This address is not one that can be called.", code="bad_address") from error
    if not is_callable:
        raise Rejected("Only http and https addresses can be called.", code="bad_address")
    return target


def _private() -> Rejected:
    return Rejected("This address points into a private network, where nothing is called.", code="private_address")


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Is this an address of the public internet? Looks through IPv4 addresses that hide in IPv6 ones."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast

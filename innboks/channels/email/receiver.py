"""Our SMTP receiver: where forwarded mail arrives (RFC 5321), one listener for the whole process.

It says 250 only after `Receiver.deliver` returned, that is, when the mail is on disk; whatever goes wrong before is a 451, and the sender
tries again. Everything a stranger can make large or slow is bounded here. `smtp_protocol.py` has the wire; `own.py` explains the addresses.
"""

import asyncio
import contextlib
import ssl
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

import msgspec
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from innboks.channels.email.authentication import CHECKED
from innboks.channels.email.sender_checks import Connection, SenderChecks
from innboks.channels.email.settings import normal_address
from innboks.channels.email.smtp_protocol import SmtpProtocol
from innboks.errors import Forbidden, TooMany
from innboks.lib.limits import Limits
from innboks.sdk.contract import Inbound, Receiver

MAX_RECIPIENTS = 100  # RFC 5321 §4.5.3.1.8: at least this many
MAX_UNKNOWN = 100
"""Recipients nobody has, per connection, before we stop looking them up."""
MAX_CONNECTIONS = 1000
MAX_CONNECTIONS_PER_CLIENT = 200
MAX_BYTES_UNDER_WAY = 400 * 1024 * 1024
DELIVER_TIMEOUT_S = 240.0  # the sender waits ten minutes (RFC 5321 §4.5.3.2.6), so it hears our 451
CLOSE_TIMEOUT_S = 4.0

log = structlog.get_logger(__name__)


class Listener:
    """The open port. `port` is the one in use, also where the system chose it. `limit_address`: mails a second from one address, 0: any number."""

    def __init__(
        self, receiver: Receiver, tls: ssl.SSLContext | None, checks: SenderChecks | None = None, limit_address: float = 0
    ) -> None:
        self._receiver = receiver
        self._tls = tls
        self._checks = checks
        self._server: asyncio.Server | None = None
        self._protocols: set[SmtpProtocol] = set()
        self._per_client: Counter[str] = Counter()
        self._deliveries: set[asyncio.Task[Any]] = set()
        self._mails = Limits(limit_address)
        self.now: Callable[[], float] = time.monotonic
        self.bytes_under_way = 0

    async def open(self, host: str, port: int) -> None:
        """Raises OSError when the port cannot be had."""
        self._server = await asyncio.get_running_loop().create_server(self._protocol, host or None, port, backlog=1024)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening, lets deliveries that have begun end, and drops the connections."""
        if self._server is not None:
            self._server.close()
        if self._deliveries:
            await asyncio.wait(self._deliveries, timeout=CLOSE_TIMEOUT_S)
            await asyncio.sleep(0)  # the answers go out
        for protocol in list(self._protocols):
            protocol.drop()
        if self._checks is not None:
            self._checks.close()

    def _protocol(self) -> SMTP:
        return SmtpProtocol(
            _Conversation(self),
            size_limit=self._receiver.size_limit,
            hostname=self._receiver.domain,
            tls_context=self._tls,
            listener=self,
        )

    # ── asked by the protocol ────────────────────────────────────────────────────────────────────────────────────────────────

    def admit(self, protocol: SmtpProtocol, client: str) -> bool:
        """May one more connection of this client stay? `leave` must follow when it ends, whatever the answer."""
        self._protocols.add(protocol)
        self._per_client[client] += 1
        return len(self._protocols) <= MAX_CONNECTIONS and self._per_client[client] <= MAX_CONNECTIONS_PER_CLIENT

    def leave(self, protocol: SmtpProtocol, client: str) -> None:
        if protocol in self._protocols:
            self._protocols.discard(protocol)
            self._per_client[client] -= 1
            if not self._per_client[client]:
                del self._per_client[client]

    def take(self, client: str) -> None:
        """One more mail of this client. Raises `TooMany`."""
        self._mails.take(client, self.now())

    def has_room(self, more: int) -> bool:
        return self.bytes_under_way + more <= MAX_BYTES_UNDER_WAY

    # ── asked by the conversation ────────────────────────────────────────────────────────────────────────────────────────────

    async def resolve(self, address: str) -> tuple[int, int] | None:
        """The channel account with this address; what stands after a plus in the local part is ours to read (reply tokens)."""
        normal = normal_address(address)
        if normal is None:
            return None
        found = await self._receiver.resolve(normal)
        local, _, domain = normal.rpartition("@")
        if found is None and "+" in local:
            found = await self._receiver.resolve(f"{local.partition('+')[0]}@{domain}")
        return found

    async def check(self, raw: bytes, connection: Connection) -> Mapping[str, str]:
        """What became known about the sender, as a header for the road in; nothing when the operator wants no checks."""
        found = await self._checks.check(raw, connection) if self._checks is not None else None
        return {CHECKED: msgspec.json.encode(found).decode()} if found is not None else {}

    async def deliver(self, account_id: int, channel_account_id: int, inbound: Inbound) -> None:
        """Goes on to its end even when the sender hangs up meanwhile: half a delivery helps nobody."""
        task = asyncio.create_task(self._receiver.deliver(account_id, channel_account_id, inbound))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, also when nobody waits any more
        async with asyncio.timeout(DELIVER_TIMEOUT_S):
            await asyncio.shield(task)


class _Conversation:
    """What we answer to one connected client."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._targets: dict[tuple[int, int], str] = {}
        self._unknown = 0

    async def handle_EHLO(  # noqa: N802 - the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        ours = [line for line in responses[:-1] if not line.startswith("250-AUTH")]
        return [*ours, "250-PIPELINING", "250 ENHANCEDSTATUSCODES"]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._targets.clear()
        try:
            self._listener.take(str(session.peer[0]) if isinstance(session.peer, tuple) else "")
        except TooMany:  # before its text travels
            return "450 4.7.1 Too many mails from your address at the moment, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._targets.clear()
        return "250 2.0.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients in one mail, send the rest in another"
        if self._unknown >= MAX_UNKNOWN:
            return "452 4.5.3 Too many unknown recipients"
        try:
            target = await self._listener.resolve(address)
        except Exception:
            log.exception("smtp_lookup_failed")
            return "451 4.3.0 Cannot look up the address now, try again later"
        if target is None:
            self._unknown += 1
            return "550 5.1.1 There is no mailbox with this address here"
        self._targets.setdefault(target, address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        targets = dict(self._targets)
        self._targets.clear()
        assert isinstance(envelope.content, bytes)
        facts = {
            "mail-from": "" if envelope.mail_from in (None, "<>") else _plain(str(envelope.mail_from)),
            "client-address": _plain(str(session.peer[0])) if isinstance(session.peer, tuple) else "",
            "client-name": _plain(session.host_name or ""),
            "tls": "yes" if session.ssl else "no",
        }
        if targets:
            connection = Connection(
                client=facts["client-address"], helo=facts["client-name"], sender=facts["mail-from"], recipients=list(targets.values())
            )
            facts |= await self._listener.check(envelope.content, connection)
        started = time.monotonic()
        try:
            for (account_id, channel_account_id), address in targets.items():
                inbound = Inbound(body=envelope.content, headers={**facts, "rcpt-to": _plain(address)})
                await self._listener.deliver(account_id, channel_account_id, inbound)
        except Forbidden:  # a 5xx would bounce it: the sender keeps it until the connection goes on
            return "450 4.2.1 This mailbox is paused, try again later"
        except TooMany:
            return "451 4.3.2 More mail arrives here than is taken at the moment, try again later"
        except Exception as error:  # whatever it is, the mail is not surely stored: the sender keeps it
            log.warning("smtp_delivery_failed", error=type(error).__name__, seconds=round(time.monotonic() - started, 1))
            return "451 4.3.0 Could not store the mail now, try again later"
        return "250 2.0.0 OK, stored"

    async def handle_exception(self, error: Exception) -> str:
        log.warning("smtp_session_failed", error=type(error).__name__)
        return "451 4.3.0 Something went wrong here, try again later"


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")[:1000]


def tls_of(settings: Mapping[str, Any]) -> ssl.SSLContext | None:
    """STARTTLS is offered when the operator gave a certificate and its key."""
    certificate, key = settings.get("smtp_cert"), settings.get("smtp_key")
    if not certificate or not key:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(certificate), str(key))
    return context


async def listen(receiver: Receiver, settings: Mapping[str, Any]) -> Listener:
    """Opens the receiver at `settings["smtp"]` (host:port); with `mail_checks` it checks senders, asking `dns`. Raises OSError when the port cannot be had."""
    host, _, port = str(settings["smtp"]).rpartition(":")
    checks = SenderChecks(receiver.domain, settings.get("dns")) if settings.get("mail_checks") else None
    listener = Listener(receiver, tls_of(settings), checks, float(settings.get("limit_address", 0)))
    await listener.open(host.strip("[]"), int(port))
    return listener


async def serve(receiver: Receiver, settings: Mapping[str, Any]) -> AsyncGenerator[None, None]:
    """See `Channel.serve`."""
    listener = await listen(receiver, settings)
    log.info("smtp_listening", port=listener.port)
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            await listener.close()

"""Who really sent a mail that our receiver took or that was fetched: when `authentication_check.py` is asked, with what, and for how long.

A check may only add to a mail. It holds a mail up for LIMIT_S at most and never refuses it; whatever goes wrong means that nothing is known.
What a trusted server wrote into the mail counts more: `happenings.py` decides that. Read `dns_lookups.py` for what the DNS may cost.
"""

import asyncio
import ipaddress
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import structlog

from innboks.channels.email.authentication import CHECKED, Authentication, by_host, is_aligned
from innboks.channels.email.dkim_body import LONGEST_HEAD, head_of
from innboks.channels.email.mail import Mail
from innboks.channels.email.mime import parse_mail
from innboks.channels.email.settings import normal_address
from innboks.sdk.contract import Context

if TYPE_CHECKING:
    from innboks.channels.email.dns_lookups import Lookups

LIMIT_S = 2.0
THREADS = 8
MOST_WAITING = 200
"""Checks at the same time; a mail beyond that goes on unchecked."""
_RETURN_S = 0.1  # of the limit, for the way back from the thread

# Where our own relays stand; a stranger's server has another address.
_NEAR = [
    ipaddress.ip_network(one)
    for one in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1", "fe80::/10", "fc00::/7")
]  # fmt: skip
# Each says that somebody passed the mail on after its sender's server had sent it.
_PASSED_ON = frozenset(
    ("delivered-to", "list-id", "resent-from", "resent-sender", "resent-to", "x-forwarded-for", "x-forwarded-to", "x-original-to")
)

log = structlog.get_logger(__name__)


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """What SMTP said: the address of the connected server, the name it gave, the sender ("" for the null sender), the recipients here."""

    client: str
    helo: str
    sender: str
    recipients: Sequence[str]


class SenderChecks:
    """The checks of one listener. `domain` is that of our hosted addresses; `dns` is "address:port" of the server to ask, None: the system's."""

    def __init__(self, domain: str, dns: str | None = None) -> None:
        self._domain = domain
        self._dns = dns
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sender-check")
        self._opening = threading.Lock()
        self._lookups: Lookups | None = None
        self._waiting = 0

    @property
    def is_dns_away(self) -> bool:
        return self._lookups is not None and self._lookups.is_away

    async def check(self, raw: bytes, connection: Connection) -> Authentication | None:
        """None when nothing became known: the mail carries nothing to check, the DNS is away, or there was no time. Never raises."""
        head = head_of(raw, LONGEST_HEAD)
        client = client_of(connection.client)
        if head is None or (client is None and b"dkim-signature" not in head.lower()):
            return None
        if self.is_dns_away or self._waiting >= MOST_WAITING:
            return None
        deadline = time.monotonic() + LIMIT_S - _RETURN_S
        self._waiting += 1
        try:
            async with asyncio.timeout(LIMIT_S):
                return await asyncio.get_running_loop().run_in_executor(
                    self._threads, self._checked, raw, head, client, connection, deadline
                )
        except TimeoutError:
            log.info("sender_check_took_too_long", size=len(raw))
        except Exception as error:
            log.warning("sender_check_failed", error=type(error).__name__)
        finally:
            self._waiting -= 1
        return None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _checked(self, raw: bytes, head: bytes, client: str | None, connection: Connection, deadline: float) -> Authentication | None:
        """Runs in a thread. What it needs is imported at the first mail: a machine that is sent none need not hold it in memory."""
        from innboks.channels.email.authentication_check import check_authentication
        from innboks.channels.email.dns_lookups import Lookups

        if time.monotonic() >= deadline:
            return None
        with self._opening:
            lookups = self._lookups = self._lookups or Lookups(self._dns)
        mail = parse_mail(head)
        mail.return_path = connection.sender
        found = check_authentication(
            raw,
            mail,
            client,
            connection.helo,
            lambda name, kind: lookups.ask(name, kind, deadline),
            is_direct=is_direct(mail, connection, self._domain),
        )
        return None if found == Authentication() else found


async def check_fetched(ctx: Context, raw: bytes) -> Mapping[str, str]:
    """What its signature tells of a mail from somebody's mailbox, as a header for the road in; nothing when the operator wants no checks, and when
    nothing became known. Never raises. Nobody here saw the server that sent it: SPF has nothing to say, and nobody is blamed."""
    if not ctx.settings.get("mail_checks"):
        return {}
    found = await _of_fetched(ctx.domain, ctx.settings.get("dns")).check(raw, _NOBODY)
    return {CHECKED: msgspec.json.encode(found).decode()} if found is not None else {}


_NOBODY = Connection(client="", helo="", sender="", recipients=())


@cache
def _of_fetched(domain: str, dns: str | None) -> SenderChecks:
    """One for all mailboxes of the process: what the DNS said of a domain is asked once."""
    return SenderChecks(domain, dns)


def client_of(address: str) -> str | None:
    """The address of a stranger's server; None for one of our own relays, about which SPF has nothing to say."""
    try:
        client = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    client = getattr(client, "ipv4_mapped", None) or client
    return None if any(client in network for network in _NEAR) else str(client)


def is_direct(mail: Mail, connection: Connection, domain: str) -> bool:
    """Whether the connected server is likely the sender's own. A forwarded mail is addressed to the team and not to our hosted address, or
    carries a mark of who passed it on, or was taken by another server of ours before. In doubt it was forwarded: then it is never blamed."""
    addressed = {_plain(one.address) for one in (*mail.to, *mail.cc)}
    if not any(_plain(one) in addressed for one in connection.recipients):
        return False
    for name, value in mail.headers:
        key = name.lower()
        if key in _PASSED_ON or (key == "received" and is_aligned(by_host(value), domain)):
            return False
    return True


def _plain(address: str) -> str:
    """Without what stands after a plus (reply tokens)."""
    local, _, domain = (normal_address(address) or "").rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"

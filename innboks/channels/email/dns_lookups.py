"""Questions to the DNS for `authentication_check.py`: answers are kept for a while, and a DNS that is away is left alone for a while.

Everything here blocks and is called from threads. A domain whose own servers do not answer must not switch the checks off for everybody, so
after a silence the resolver is asked something that every resolver knows. Read `sender_checks.py` for who opens this.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Literal

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import structlog

LOOKUP_S = 1.2
TRY_S = 0.5
"""Seconds until a question is asked again, or of the next server: a packet may get lost."""
PROBE_S = 0.4
AWAY_S = 60.0
"""Seconds without any question after the DNS was away."""
TROUBLE_S = 60.0
"""Seconds for which a name that nobody answered for is not asked about again."""
SHORTEST_S, LONGEST_S, NOTHING_S = 30, 3600, 300
KEPT_MAX = 5_000
_TEXTS_MAX = 50
_LONGEST_TEXT = 4_000  # characters

log = structlog.get_logger(__name__)


class DnsTrouble(Exception):
    """The DNS did not answer: the verdict is "temperror", and later it may be another."""


class Lookups:
    """Answers of the servers in /etc/resolv.conf, or of `server` ("address:port")."""

    def __init__(self, server: str | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._now = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[float, tuple[str, ...] | None]] = OrderedDict()
        self._resolver: dns.resolver.Resolver | None = None
        self._away_until: float | None = None

    @property
    def is_away(self) -> bool:
        """Not to be asked now. Afterwards one question tries again, while the others still go unasked."""
        until = self._away_until
        return until is not None and self._now() < until

    def ask(self, name: str, kind: str, deadline: float) -> Sequence[str]:
        """See `authentication_check.Resolver`; `deadline` by the same clock as ours. Raises `DnsTrouble`."""
        name = name.rstrip(".").lower()
        with self._lock:
            found = self._kept.get((name, kind))
        if found is not None and self._now() < found[0]:
            if found[1] is None:
                raise DnsTrouble
            return found[1]
        remaining = deadline - self._now()
        if remaining <= 0 or not self._may_ask():
            raise DnsTrouble
        return self._asked(name, kind, min(LOOKUP_S, remaining))

    def _may_ask(self) -> bool:
        with self._lock:
            if self.is_away:
                return False
            if self._away_until is not None:  # this question tries whether it is back
                self._away_until = self._now() + AWAY_S
                self._resolver = None  # the network may be another by now
            return True

    def _asked(self, name: str, kind: str, seconds: float) -> Sequence[str]:
        try:
            question = dns.name.from_text(name + ".")
        except (dns.exception.DNSException, UnicodeError):
            return ()  # no name: nobody can have written anything there
        try:
            answer = self._resolve(question, kind, seconds)
        except dns.resolver.NXDOMAIN:
            return self._keep(name, kind, (), NOTHING_S)
        except dns.exception.Timeout:
            had_time = seconds >= LOOKUP_S / 2
            self._failed(name, kind, "unknown" if not had_time else "answers" if self._answers_at_all() else "away")
            raise DnsTrouble from None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            self._failed(name, kind, "answers" if _has_answer(error) else "away")
            raise DnsTrouble from None
        if answer.rrset is None:
            return self._keep(name, kind, (), NOTHING_S)
        texts = tuple(text for one in list(answer.rrset)[:_TEXTS_MAX] if len(text := _text(one, kind)) <= _LONGEST_TEXT)
        return self._keep(name, kind, texts, min(LONGEST_S, max(SHORTEST_S, answer.rrset.ttl)))

    def _resolve(self, name: dns.name.Name, kind: str, seconds: float) -> dns.resolver.Answer:
        resolver = self._resolver
        if resolver is None:
            resolver = dns.resolver.Resolver(configure=self._server is None)
            if self._server is not None:
                host, _, port = self._server.rpartition(":")
                resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
            resolver.timeout = TRY_S
            self._resolver = resolver
        return resolver.resolve(name, kind, lifetime=seconds, raise_on_no_answer=False, search=False)

    def _answers_at_all(self) -> bool:
        """Every resolver knows who serves the root."""
        try:
            self._resolve(dns.name.root, "NS", PROBE_S)
        except (dns.exception.DNSException, OSError, ValueError) as error:
            return isinstance(error, dns.resolver.NXDOMAIN) or _has_answer(error)
        return True

    def _keep(self, name: str, kind: str, texts: tuple[str, ...], seconds: float) -> Sequence[str]:
        with self._lock:
            self._away_until = None
            self._remember(name, kind, texts, seconds)
        return texts

    def _failed(self, name: str, kind: str, resolver: Literal["answers", "away", "unknown"]) -> None:
        with self._lock:
            if resolver == "answers":
                self._away_until = None
                self._remember(name, kind, None, TROUBLE_S)
            elif resolver == "away":
                if not self.is_away:
                    log.warning("dns_away", seconds=AWAY_S)
                self._away_until = self._now() + AWAY_S

    def _remember(self, name: str, kind: str, texts: tuple[str, ...] | None, seconds: float) -> None:
        self._kept[name, kind] = (self._now() + seconds, texts)
        self._kept.move_to_end((name, kind))
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)


def _has_answer(error: Exception) -> bool:
    """Whether a server did answer, if only that it cannot say: then it is there."""
    if isinstance(error, dns.resolver.YXDOMAIN):
        return True
    tries: Sequence[Any] = error.kwargs.get("errors", ()) if isinstance(error, dns.resolver.NoNameservers) else ()
    return any(one[4] is not None for one in tries)


def _text(record: Any, kind: str) -> str:
    return b"".join(record.strings).decode("utf-8", "replace") if kind == "TXT" else str(record)

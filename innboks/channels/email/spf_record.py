"""Does an SPF record name a server, be it by way of other records (`include:`, `redirect=`)? Read as a receiver reads it (RFC 7208 §4.6, §5, §6.1), but for
a name instead of an address: what is behind the name is the provider's own business. Used by `dns_records.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from innboks.channels.email.dns_lookups import DnsTrouble

LOOKUPS_MAX = 10
"""RFC 7208 §4.6.4: who has to ask more often gives the record up as faulty."""
_TERM = re.compile(r"(?P<qualifier>[+\-~?]?)(?P<name>[a-z][a-z0-9_.-]*)(?:[:=](?P<value>[^\s/]*))?(?:/\S*)?", re.IGNORECASE)
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})

Texts = Callable[[str], Sequence[str]]
Answer = Literal["named", "not_named", "unsure", "too_many"]
"""named: our mail passes. unsure: a part of it could not be read. too_many: the record asks for more than receivers look up."""


class _TooMany(Exception):
    pass


def spf_records(texts: Sequence[str]) -> list[str]:
    """Those of a domain's TXT records that are SPF: there should be one."""
    return [one for one in texts if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]


def names(record: str, wanted: str, texts: Texts) -> Answer:
    """`wanted` is a mechanism: "include:_spf.example.com" or "a:mail.example.com". A record that is handed on by `redirect=` to the same name is as
    good as one that includes it. `texts` asks for the TXT records of a name and may raise `DnsTrouble`."""
    walk = _Walk(wanted.lower(), texts)
    try:
        is_named = walk.finds(record)
    except _TooMany:
        return "too_many"
    return "named" if is_named else "unsure" if walk.is_unsure else "not_named"


class _Walk:
    def __init__(self, wanted: str, texts: Texts) -> None:
        self.is_unsure = False
        self._wanted, self._texts = wanted, texts
        self._asked = 0

    def finds(self, record: str) -> bool:
        redirect = ""
        for qualifier, name, value in _terms(record):
            passes = qualifier in ("", "+")
            if name == "all":
                return False  # what stands behind it does not count, nor does a redirect (RFC 7208 §5.1, §6.1)
            if name == "redirect":
                redirect = value
            if name in _ASKING:
                self._count()
            if passes and f"{name}:{value}" == self._wanted:
                return True
            if passes and name == "include" and self._finds_in(value):
                return True
        if not redirect:
            return False
        self._count()
        return f"include:{redirect}" == self._wanted or self._finds_in(redirect)

    def _finds_in(self, domain: str) -> bool:
        if "%" in domain:  # a macro (RFC 7208 §7): another name for each mail
            self.is_unsure = True
            return False
        try:
            found = spf_records(self._texts(domain))
        except DnsTrouble:
            self.is_unsure = True
            return False
        return len(found) == 1 and self.finds(found[0])

    def _count(self) -> None:
        self._asked += 1
        if self._asked > LOOKUPS_MAX:
            raise _TooMany


def _terms(record: str) -> Iterator[tuple[str, str, str]]:
    """(qualifier, name, value) of each, in small letters."""
    for text in record.split()[1:]:
        found = _TERM.fullmatch(text)
        if found is not None:
            yield found["qualifier"], found["name"].lower(), (found["value"] or "").lower().rstrip(".")

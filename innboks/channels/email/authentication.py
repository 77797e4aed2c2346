"""What a mail's own server says about who sent it: Authentication-Results (RFC 8601), believed only from servers that the admin trusts.

Everybody can write such a header into a mail, so only what stands in the part of the headers that our side wrote counts. Where mail
reaches our own receiver without such a server, or is fetched, `authentication_check.py` checks what it can of SPF, DKIM and DMARC. Both end in one
word for people.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, cast, get_args

import msgspec
from publicsuffixlist import PublicSuffixList

from innboks.channels.email.mail import Mail

Verdict = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]
Word = Literal["verified", "unverified", "suspicious"]

CHECKED = "checked-authentication"
"""The header of an `Inbound` in which our receiver, or who fetches, hands our own `Authentication` over, as JSON."""

_VERDICTS = frozenset(get_args(Verdict))
_SYNONYMS = {"hardfail": "fail", "permfail": "fail", "policy": "neutral", "discard": "fail", "bestguesspass": "none", "error": "temperror"}
_LONGEST = 8_000  # characters of one header
_MOST_HEADERS = 300
_RESULT = re.compile(r"\s*([a-z0-9-]{1,30})\s*(?:/\s*\d+\s*)?=\s*([a-z]{1,20})", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.d|header\.i|header\.from|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]{1,320})", re.IGNORECASE)
_SEAL_NUMBER = re.compile(r"\A\s*i\s*=\s*\d{1,3}\s*;")
_BY_HOST = re.compile(r"\bby\s+([a-z0-9](?:[a-z0-9._-]{0,250}[a-z0-9])?)", re.IGNORECASE)


class Authentication(msgspec.Struct, frozen=True, kw_only=True):
    """The three verdicts in RFC 8601 words, and what to show: "verified" (the domain in From stands behind it), "suspicious" (it disowns it),
    "unverified" (nobody knows)."""

    spf: Verdict = "none"
    dkim: Verdict = "none"
    dmarc: Verdict = "none"
    word: Word = "unverified"


class Provider(msgspec.Struct, frozen=True):
    """A provider of mailboxes: the header in which it says what it found, the name that it gives itself there ("" none), the domains of its servers,
    and that of those which take mail from strangers."""

    header: str
    authserv_id: str
    domains: tuple[str, ...]
    border: str


# Gmail writes the same results twice: below the Received line of its border, where nobody can tell its header from one that came with the mail, and
# above, as part of its seal (RFC 8617 §4.1.1). Behind its border its servers have no names in Received lines.
GOOGLE = Provider("arc-authentication-results", "mx.google.com", ("google.com",), "google.com")
MICROSOFT = Provider("authentication-results", "", ("outlook.com", "office365.com"), "mail.protection.outlook.com")


def authentication_of(mail: Mail, trusted_authserv_ids: Sequence[str]) -> Authentication:
    """The results of the trusted servers (names as in the header, any case). None trusted, or none of them spoke: "unverified"."""
    trusted = frozenset(one.strip().lower().rstrip(".") for one in trusted_authserv_ids if one.strip())
    return _judged(mail, _trusted_headers(mail.headers, trusted) if trusted else [])


def authentication_by_provider(mail: Mail, provider: Provider) -> Authentication:
    """The results of the provider in whose mailbox the mail lay; nobody has to name it as trusted. "unverified" when it did not speak."""
    header = _provider_header(mail.headers, provider)
    return _judged(mail, [header] if header is not None else [])


def _judged(mail: Mail, headers: Sequence[str]) -> Authentication:
    results: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for header in headers:
        for method, result, properties in _results(header):
            results.setdefault(method, []).append((result, properties))
    sender = from_domain(mail)
    spf, is_spf_aligned = _spf(results.get("spf", []), sender)
    dkim, is_dkim_aligned = _dkim(results.get("dkim", []), sender)
    dmarc = _verdict(results["dmarc"][0][0]) if results.get("dmarc") else "none"
    return Authentication(spf=spf, dkim=dkim, dmarc=dmarc, word=word_for(spf, dmarc, is_aligned=is_spf_aligned or is_dkim_aligned))


def word_for(spf: Verdict, dmarc: Verdict, *, is_aligned: bool) -> Word:
    """`is_aligned`: SPF or DKIM passed for the domain in From. Without a DMARC policy that is proof enough; a refused server is suspicious."""
    if dmarc == "pass":
        return "verified"
    if dmarc == "fail":
        return "suspicious"
    if is_aligned:
        return "verified"
    return "suspicious" if spf == "fail" else "unverified"


# ---- domains


def from_domain(mail: Mail) -> str:
    """The domain in From, in ASCII; "" unless there is exactly one address: DMARC speaks of no other mail (RFC 7489 §6.6.1)."""
    if len(mail.sender) != 1:
        return ""
    return ascii_domain(mail.sender[0].address.rpartition("@")[2])


def ascii_domain(domain: str) -> str:
    """Lower case, without the last dot, international labels as xn--; "" when that is impossible."""
    text = domain.strip().rstrip(".").lower()[:253]
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:  # loaded at first use: 90 ms
    return PublicSuffixList()


def organisation_of(domain: str) -> str:
    """The domain that an organisation registered ("mail.shop.co.uk" → "shop.co.uk"), by the public suffix list; DMARC's relaxed alignment
    compares these (RFC 7489 §3.2). The domain itself when it is a public suffix or unknown."""
    return _suffixes().privatesuffix(domain) or domain


def is_aligned(domain: str, sender: str, *, strict: bool = False) -> bool:
    """Whether an authenticated domain stands for the domain in From."""
    domain = ascii_domain(domain)
    if not domain or not sender:
        return False
    return domain == sender or (not strict and organisation_of(domain) == organisation_of(sender))


# ---- which headers count


def _trusted_headers(headers: Sequence[tuple[str, str]], trusted: frozenset[str]) -> list[str]:
    """The Authentication-Results of trusted servers that our side wrote: all above the newest Received line; else the first below it, as long
    as no strange server's Received line comes before. What stands deeper came with the mail and may be forged (RFC 8601 §5)."""
    found: list[str] = []
    by = ""
    for name, value in headers[:_MOST_HEADERS]:
        key = name.lower()
        if key == "received":
            if found:
                break
            by = by_host(value)
            if by and not _is_ours(by, trusted):
                break
        elif key == "authentication-results":
            authserv_id = _authserv_id(value[:_LONGEST]) or by  # Microsoft 365 leaves its id out: then the server above speaks
            if authserv_id in trusted or (authserv_id == by and by and _is_ours(by, trusted)):
                found.append(value[:_LONGEST])
                if by:
                    break
    return found


def _provider_header(headers: Sequence[tuple[str, str]], provider: Provider) -> str | None:
    """The topmost of its kind, if the provider wrote it: it bears the provider's name, and below it stands a Received line of the provider, so that it
    came onto the mail after the provider had taken it. A header that came with the mail stands below all of those. Which line is the border is told by who
    wrote it: whom a server took the mail from is what that one called itself."""
    found: str | None = None
    for name, value in headers[:_MOST_HEADERS]:
        key = name.lower()
        if key == "received" and (by := by_host(value)):
            if not any(_is_of(by, one) for one in provider.domains):
                return None
            if found is not None:
                return found
            if _is_of(by, provider.border):
                return None  # nothing was said above it
        elif key == provider.header and found is None:
            found = _SEAL_NUMBER.sub("", value[:_LONGEST])
            if _authserv_id(found) != provider.authserv_id:
                return None
    return None


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def by_host(received: str) -> str:
    """The server that wrote a Received line; "" for the inner hops that name an address or a bare host."""
    match = _BY_HOST.search(received[:_LONGEST])
    host = match[1].lower() if match else ""
    return host if re.search(r"\.[a-z]", host) else ""


def _is_ours(host: str, trusted: frozenset[str]) -> bool:
    """A trusted server, one below its name, or another of the same organisation."""
    return any(host == one or host.endswith("." + one) or ("." in one and organisation_of(host) == organisation_of(one)) for one in trusted)


def _authserv_id(value: str) -> str:
    """The name before the first semicolon; "" when the header begins with a result at once."""
    first = _without_comments(value).partition(";")[0].split()
    return first[0].lower().strip('"').rstrip(".") if first and "=" not in first[0] else ""


def _results(value: str) -> list[tuple[str, str, dict[str, str]]]:
    found = []
    for piece in _without_comments(value).split(";")[:60]:
        match = _RESULT.match(piece)
        if match:
            properties = {one[1].lower(): one[2].lower() for one in _PROPERTY.finditer(piece)}
            found.append((match[1].lower(), match[2].lower(), properties))
    return found


def _without_comments(value: str) -> str:
    """The header without its (nested (comments)), RFC 5322 §3.2.2."""
    if "(" not in value:
        return value
    kept: list[str] = []
    depth = 0
    for piece in re.split(r"([()])", value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(piece)
    return " ".join(kept)


# ---- what they say


def _verdict(word: str) -> Verdict:
    word = _SYNONYMS.get(word, word)
    return cast(Verdict, word) if word in _VERDICTS else "none"


def _spf(results: list[tuple[str, dict[str, str]]], sender: str) -> tuple[Verdict, bool]:
    if not results:
        return "none", False
    result, properties = results[0]
    verdict = _verdict(result)
    domain = (properties.get("smtp.mailfrom") or properties.get("smtp.helo") or "").rpartition("@")[2]
    return verdict, verdict == "pass" and is_aligned(domain, sender)


def _dkim(results: list[tuple[str, dict[str, str]]], sender: str) -> tuple[Verdict, bool]:
    """One signature that holds is enough; best one of From's own domain."""
    verdicts = [(_verdict(result), (found.get("header.d") or found.get("header.i", "")).rpartition("@")[2]) for result, found in results]
    passed = [domain for verdict, domain in verdicts if verdict == "pass"]
    if passed:
        return "pass", any(is_aligned(domain, sender) for domain in passed)
    return (verdicts[0][0] if verdicts else "none"), False

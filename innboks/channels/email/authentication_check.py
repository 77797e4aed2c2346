"""SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) of a mail that reached us directly, with a DNS resolver that the caller brings.

DKIM is `dkimpy`, SPF `pyspf`, both fed by `resolver` alone; DMARC's alignment is here. The mail and the records are hostile: sizes are
bounded, and whatever the libraries raise becomes a verdict. Read `authentication.py` for what the verdicts mean to people.
"""

import ipaddress
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, cast

import dkim  # type: ignore[import-untyped]
import spf  # type: ignore[import-untyped]

from innboks.channels.email.authentication import Authentication, Verdict, ascii_domain, from_domain, is_aligned, organisation_of, word_for
from innboks.channels.email.mail import Mail

Resolver = Callable[[str, str], Sequence[str]]
"""`resolver(name, kind)`, kind TXT, A, AAAA, MX or PTR: the records, MX as "10 mail.example.org", TXT with its pieces joined; [] when there is
none. Raises `DnsTrouble` when the answer is not known now. It blocks: call `check_authentication` in a thread."""

_MOST_SIGNATURES = 5
_LONGEST_RECORD = 4_000  # characters: keys of 4096 bits need 750
_LONG_BLANKS = re.compile(rb"[\t ]{50,}+")
_QUIET = logging.getLogger("innboks.dkim")
_QUIET.setLevel(logging.CRITICAL + 1)  # it would log addresses and selectors


class DnsTrouble(Exception):
    """The DNS did not answer: the verdict is "temperror", and later it may be another."""


def check_authentication(raw: bytes, mail: Mail, client_ip: str | None, helo: str | None, resolver: Resolver) -> Authentication:
    """Check the mail as it was received: `raw` unchanged, `mail` parsed from it with the envelope's sender as `return_path`.

    `client_ip` is the server that handed it over, or None when a mailbox passed the mail on: SPF then says nothing, and a missing DKIM
    signature proves nothing. Never raises; blocks while `resolver` does."""
    sender = from_domain(mail)
    spf_verdict, spf_domain = _check_spf(mail.return_path, client_ip, helo, resolver)
    dkim_verdict, signers = _check_dkim(raw, resolver)
    policy, dmarc = _policy(sender, resolver) if sender else ({}, "permerror" if mail.sender else "none")
    spf_aligned = spf_verdict == "pass" and is_aligned(spf_domain, sender, strict=policy.get("aspf") == "s")
    dkim_aligned = any(is_aligned(domain, sender, strict=policy.get("adkim") == "s") for domain in signers)
    if policy:
        unknown = client_ip is None or "temperror" in (spf_verdict, dkim_verdict)
        dmarc = "pass" if spf_aligned or dkim_aligned else ("none" if client_ip is None else "temperror") if unknown else "fail"
    word = word_for(spf_verdict, dmarc, is_aligned=spf_aligned or dkim_aligned)
    return Authentication(spf=spf_verdict, dkim=dkim_verdict, dmarc=dmarc, word=word)


# ---- SPF


class _Query(spf.query):  # type: ignore[misc]
    """`pyspf` with our resolver instead of its own lookups. The library counts lookups (RFC 7208 §4.6.4); empty answers are counted here."""

    resolver: Resolver

    def dns(self, name: str, qtype: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
        name = str(name).rstrip(".").lower()
        if not name or any(not 0 < len(label) < 64 for label in name.split(".")) or qtype == "SPF":
            return []
        known = self.cache.get((name, qtype))
        if known is None:
            known = self.cache[name, qtype] = [_as_pyspf(one, qtype) for one in _ask(self.resolver, name, qtype)]
        if not known and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("Void lookup limit exceeded")
        return cast(list[Any], known)


def _as_pyspf(record: str, kind: str) -> Any:
    if kind == "TXT":
        return [record.encode("utf-8", "replace")]
    if kind == "MX":
        preference, _, host = record.strip().partition(" ")
        return int(preference) if preference.isdigit() else 0, host.strip().rstrip(".")
    return record.strip().rstrip(".")


def _check_spf(return_path: str | None, client_ip: str | None, helo: str | None, resolver: Resolver) -> tuple[Verdict, str]:
    """The verdict and the domain that it is about: the envelope sender's, or the server's own name for a null sender (RFC 7208 §2.4)."""
    if client_ip is None or return_path is None or not (return_path or helo):
        return "none", ""
    domain = ascii_domain(return_path.rpartition("@")[2] if return_path else (helo or ""))
    try:
        address = ipaddress.ip_address(client_ip)
        address = getattr(address, "ipv4_mapped", None) or address
        query = _Query(
            i=str(address), s=return_path[:320], h=ascii_domain(helo or "") or domain, receiver="innboks", timeout=20, querytime=0
        )
        query.resolver = resolver
        verdict = str(query.check()[0])
    except DnsTrouble:
        verdict = "temperror"
    except Exception:  # the library raises all sorts of errors on hostile names and records
        verdict = "permerror"
    return cast(Verdict, verdict), domain


# ---- DKIM


def _check_dkim(raw: bytes, resolver: Resolver) -> tuple[Verdict, list[str]]:
    """The best verdict over the first signatures, and the domains whose signature holds."""
    in_trouble = False

    def key(name: bytes, timeout: int = 5) -> bytes | None:
        nonlocal in_trouble
        try:
            records = _ask(resolver, name.decode("ascii", "replace").rstrip("."), "TXT")
        except DnsTrouble:
            in_trouble = True
            raise dkim.DnsTimeoutError from None
        return records[0].encode("utf-8", "replace") if records else None

    try:
        whole = dkim.DKIM(raw, logger=_QUIET)
        # The library needs quadratic time on long blanks, which relaxed canonicalisation shrinks anyway (RFC 6376 §3.4.4).
        shrunk = dkim.DKIM(_LONG_BLANKS.sub(b" ", raw), logger=_QUIET) if _LONG_BLANKS.search(raw) else whole
    except Exception:  # headers that are none
        return "permerror", []
    signatures = [value for name, value in whole.headers if name.lower() == b"dkim-signature"]
    signers: list[str] = []
    worst: Verdict = "none"
    for number, signature in enumerate(signatures[:_MOST_SIGNATURES]):
        in_trouble = False
        is_relaxed = re.search(rb"\bc\s*=\s*[a-z]+/relaxed", signature, re.IGNORECASE) is not None
        checker = shrunk if is_relaxed else whole
        try:
            holds = checker.verify(idx=number, dnsfunc=key)
        except Exception as error:  # DKIMException, and hostile tags and keys reach base64, ASN.1 and arithmetic
            if isinstance(error, dkim.ValidationError) and "body hash" in str(error):
                worst = worst if worst == "temperror" else "fail"
            elif worst == "none":
                worst = "permerror"
            continue
        if holds and re.search(rb"[;\s]l\s*=", signature):
            worst = "neutral" if worst in ("none", "permerror") else worst  # it covers the beginning only: the rest may be anybody's
        elif holds:
            signers.append(checker.domain.decode("ascii", "replace").lower())
        elif in_trouble:
            worst = "temperror"
        elif worst != "temperror":
            worst = "fail"
    return ("pass", signers) if signers else (worst, [])


# ---- DMARC


def _policy(sender: str, resolver: Resolver) -> tuple[dict[str, str], Verdict]:
    """The tags of the DMARC record for the domain in From, or of its organisation (RFC 7489 §6.6.3); {} and a verdict without one."""
    try:
        for domain in dict.fromkeys((sender, organisation_of(sender))):
            records = [one for one in _ask(resolver, f"_dmarc.{domain}", "TXT") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", one)]
            if len(records) == 1:
                tags = (piece.partition("=") for piece in records[0].split(";"))
                found = {name.strip().lower(): value.strip().lower() for name, _, value in tags if name.strip()}
                return (found, "none") if "p" in found else ({}, "permerror")
            if records:
                return {}, "none"
    except DnsTrouble:
        return {}, "temperror"
    return {}, "none"


def _ask(resolver: Resolver, name: str, kind: str) -> list[str]:
    return [record for record in resolver(name, kind)[:50] if len(record) <= _LONGEST_RECORD]

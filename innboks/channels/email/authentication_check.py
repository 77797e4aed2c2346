"""SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) of a mail that reached us directly, with a DNS resolver that the caller brings.

DKIM is `dkimpy`, SPF `pyspf`, both fed by `resolver` alone; DMARC's alignment is here. The mail and the records are hostile: sizes are
bounded, and whatever the libraries raise becomes a verdict. Read `sender_checks.py` for when this is asked, `authentication.py` for what
the verdicts mean to people.
"""

import base64
import ipaddress
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, cast

import dkim  # type: ignore[import-untyped]
import spf  # type: ignore[import-untyped]

from innboks.channels.email.authentication import Authentication, Verdict, Word, ascii_domain, from_domain, is_aligned, organisation_of
from innboks.channels.email.dkim_body import LONGEST_HEAD, body_hash, head_of
from innboks.channels.email.dns_lookups import DnsTrouble
from innboks.channels.email.mail import Mail

Resolver = Callable[[str, str], Sequence[str]]
"""`resolver(name, kind)`, kind TXT, A, AAAA, MX or PTR: the records, MX as "10 mail.example.org", TXT with its pieces joined; [] when there is
none. Raises `DnsTrouble` when the answer is not known now. It blocks: call `check_authentication` in a thread."""

_MOST_SIGNATURES = 5
_LONGEST_SIGNATURE = 4_000  # bytes: the library's patterns need quadratic time on a hostile one
_LONGEST_RECORD = 4_000  # characters: keys of 4096 bits need 750
_LONG_BLANKS = re.compile(rb"[\t ]{50,}+")
_QUIET = logging.getLogger("innboks.dkim")
_QUIET.setLevel(logging.CRITICAL + 1)  # it would log addresses and selectors


def check_authentication(
    raw: bytes, mail: Mail, client_ip: str | None, helo: str | None, resolver: Resolver, *, is_direct: bool = True
) -> Authentication:
    """Check the mail as it was received: `raw` unchanged, `mail` parsed from at least its headers, with the envelope's sender as `return_path`.

    `client_ip` is the server that handed it over, None when that server is no stranger's. `is_direct`: it is the sender's own server, as far
    as can be told. Otherwise somebody passed the mail on, which breaks SPF and may break a signature, so that neither proves anything
    against the sender. SPF is asked only for a domain that stands for the one in From: no other result could count.
    Never raises; blocks while `resolver` does."""
    is_direct = is_direct and client_ip is not None
    sender = from_domain(mail)
    dkim_verdict, signers = _check_dkim(raw, resolver)
    spf_verdict, spf_domain = _check_spf(mail.return_path, client_ip, helo, sender, resolver)
    if spf_verdict != "pass" and not is_direct:
        spf_verdict = "none"
    could_pass = spf_verdict == "pass" or any(is_aligned(domain, sender) for domain in signers)
    policy: dict[str, str] = {}
    dmarc: Verdict = "none"
    if sender and (could_pass or is_direct):
        policy, dmarc = _policy(sender, resolver)
    elif mail.sender and not sender:
        dmarc = "permerror"
    spf_aligned = spf_verdict == "pass" and is_aligned(spf_domain, sender, strict=policy.get("aspf") == "s")
    dkim_aligned = any(is_aligned(domain, sender, strict=policy.get("adkim") == "s") for domain in signers)
    is_proved = spf_aligned or dkim_aligned
    if policy:
        dmarc = "pass" if is_proved else _failure(is_direct, spf_verdict, dkim_verdict)
    word: Word = "unverified"
    if is_proved:
        word = "verified"
    elif dmarc == "fail" and _is_enforced(policy):
        word = "suspicious"
    return Authentication(spf=spf_verdict, dkim=dkim_verdict, dmarc=dmarc, word=word)


def _failure(is_direct: bool, spf_verdict: Verdict, dkim_verdict: Verdict) -> Verdict:
    """DMARC's verdict when nothing stands for the domain in From: "fail" only where both checks could be made."""
    if not is_direct:
        return "none"
    return "temperror" if "temperror" in (spf_verdict, dkim_verdict) else "fail"


def _is_enforced(policy: dict[str, str]) -> bool:
    """Whether the domain asks to distrust what fails. "t=y" and "pct=0" are policies that are only tried out."""
    return policy["p"] in ("quarantine", "reject") and policy.get("t") != "y" and policy.get("pct") != "0"


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
        return int(preference) if preference.isascii() and preference.isdigit() else 0, host.strip().rstrip(".")
    return record.strip().rstrip(".")


def _check_spf(return_path: str | None, client_ip: str | None, helo: str | None, sender: str, resolver: Resolver) -> tuple[Verdict, str]:
    """The verdict and the domain that it is about: the envelope sender's, or the server's own name for a null sender (RFC 7208 §2.4).
    "none" for a domain that does not stand for `sender`, the domain in From."""
    if client_ip is None or return_path is None or not (return_path or helo):
        return "none", ""
    domain = ascii_domain(return_path.rpartition("@")[2] if return_path else (helo or ""))
    if not is_aligned(domain, sender):
        return "none", domain
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

    head = head_of(raw, LONGEST_HEAD)
    if head is None:
        return "none", []
    try:
        whole = _Signed(head, raw)
        # Relaxed canonicalisation shrinks blanks anyway (RFC 6376 §3.4.2); the library would take quadratic time on long ones.
        shrunk = _Signed(_LONG_BLANKS.sub(b" ", head), raw, len(head)) if _LONG_BLANKS.search(head) else whole
    except Exception:  # headers that are none
        return "permerror", []
    signatures = [value for name, value in whole.headers if name.lower() == b"dkim-signature"]
    signers: list[str] = []
    worst: Verdict = "none"
    for number, signature in enumerate(signatures[:_MOST_SIGNATURES]):
        in_trouble = False
        checker = shrunk if re.search(rb"\bc\s*=\s*relaxed", signature, re.IGNORECASE) else whole
        try:
            verdict: Verdict = "permerror" if len(signature) > _LONGEST_SIGNATURE else checker.verdict(number, key)
        except Exception:  # DKIMException, and hostile tags and keys reach base64, ASN.1 and arithmetic
            verdict = "permerror"
        if verdict == "pass":
            signers.append(checker.domain.decode("ascii", "replace").lower())
        worst = max(worst, "temperror" if in_trouble else verdict, key=_BADNESS.index)
    return ("pass", signers) if signers else (worst, [])


_BADNESS: Sequence[Verdict] = ("none", "pass", "permerror", "neutral", "fail", "temperror")


class _Signed(dkim.DKIM):  # type: ignore[misc]
    """`dkimpy` for the headers and the key; the body is hashed here, once for each way to do it."""

    def __init__(self, head: bytes, raw: bytes, head_size: int | None = None) -> None:
        super().__init__(head, logger=_QUIET)
        self._raw = raw
        self._head_size = len(head) if head_size is None else head_size
        self._hashes: dict[bool, bytes] = {}

    def verdict(self, number: int, key: Callable[..., bytes | None]) -> Verdict:
        """Raises whatever the library raises. The body comes first: when it was changed, nobody need be asked for the key."""
        prepared = self.verify_headerprep(number)
        if not prepared:
            return "none"
        fields, signed_headers, found = prepared
        if b"l" in fields:  # it covers the beginning only: the rest may be anybody's
            return "neutral"
        if not fields[b"a"].endswith(b"-sha256"):  # SHA-1 proves nothing any more (RFC 8301 §3.1)
            return "permerror"
        if base64.b64decode(re.sub(rb"\s+", b"", fields.pop(b"bh"))) != self._body_hash(fields.get(b"c", b"")):
            return "fail"
        return "pass" if self.verify_sig(fields, signed_headers, found[number], key) else "fail"

    def _body_hash(self, canonicalisation: bytes) -> bytes:
        is_relaxed = canonicalisation.partition(b"/")[2].strip().lower() == b"relaxed"
        if is_relaxed not in self._hashes:
            self._hashes[is_relaxed] = body_hash(self._raw, self._head_size, is_relaxed=is_relaxed)
        return self._hashes[is_relaxed]


# ---- DMARC


def _policy(sender: str, resolver: Resolver) -> tuple[dict[str, str], Verdict]:
    """The tags of the DMARC record for the domain in From, or of its organisation (RFC 7489 §6.6.3); {} and a verdict without one."""
    try:
        for domain in dict.fromkeys((sender, organisation_of(sender))):
            records = [one for one in _ask(resolver, f"_dmarc.{domain}", "TXT") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", one)]
            if len(records) == 1:
                tags = (piece.partition("=") for piece in records[0].split(";"))
                found = {name.strip().lower(): value.strip().lower() for name, _, value in tags if name.strip()}
                if "p" not in found:
                    return {}, "permerror"
                if domain != sender:
                    found["p"] = found.get("sp", found["p"])  # subdomains may have a policy of their own
                return found, "none"
            if records:
                return {}, "none"
    except DnsTrouble:
        return {}, "temperror"
    return {}, "none"


def _ask(resolver: Resolver, name: str, kind: str) -> list[str]:
    return [record for record in resolver(name, kind)[:50] if len(record) <= _LONGEST_RECORD]

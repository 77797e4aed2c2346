"""Who may be believed about a sender: trusted results in the headers, and our own checks with real signatures and invented DNS."""

import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dkim.canonicalization import CanonicalizationPolicy  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.authentication import Authentication, authentication_of, organisation_of
from innboks.channels.email.authentication_check import check_authentication
from innboks.channels.email.dkim_body import canonical
from innboks.channels.email.dns_lookups import DnsTrouble
from innboks.channels.email.mime import parse_mail

OURS = "Received: from mx.kunde.example by mx.innboks.example with ESMTPS; Mon, 5 Oct 2026 10:00:00 +0000"
THEIRS = "Received: from [192.0.2.9] by out.kunde.example; Mon, 5 Oct 2026 09:59:59 +0000"
PASSED = "Authentication-Results: mx.innboks.example; spf=pass smtp.mailfrom=kunde.example; dkim=pass header.d=kunde.example; dmarc=pass header.from=kunde.example"
FORGED = "Authentication-Results: mx.innboks.example; dmarc=pass header.from=bank.example"


def told(*headers: str, trusted: Sequence[str] = ("mx.innboks.example",), sender: str = "ola@kunde.example") -> Authentication:
    return authentication_of(parse_mail("\r\n".join([*headers, f"From: Ola <{sender}>", "", "Hi"]).encode()), trusted)


# ---- what a trusted server says


@pytest.mark.parametrize(
    "headers", [(PASSED, OURS, THEIRS), (OURS, PASSED, THEIRS), (PASSED,), (PASSED.replace("mx.innboks", "MX.Innboks"), OURS)]
)
def test_a_trusted_server_is_believed(headers: tuple[str, ...]) -> None:
    assert told(*headers) == Authentication(spf="pass", dkim="pass", dmarc="pass", word="verified")


@pytest.mark.parametrize(
    "headers",
    [
        (OURS, THEIRS, FORGED),  # came with the mail
        (THEIRS, FORGED),
        (FORGED.replace("mx.innboks.example", "mx.kunde.example"),),  # somebody else's
        (FORGED.replace("mx.innboks.example", "mx.innboks.example.kunde.example"),),
        (OURS, "Received: from a by b.kunde.example; x", FORGED),
    ],
)
def test_others_are_not(headers: tuple[str, ...]) -> None:
    assert told(*headers) == Authentication()


def test_our_own_result_beats_a_forged_one() -> None:
    failed = "Authentication-Results: mx.innboks.example; spf=fail smtp.mailfrom=bank.example; dmarc=fail"
    assert told(failed, OURS, FORGED).word == "suspicious"
    assert told(OURS, failed, FORGED).dmarc == "fail"
    silent = "Authentication-Results: mx.innboks.example; spf=none"
    assert told(OURS, silent, FORGED).dmarc == "none"
    assert told(silent, OURS, FORGED).dmarc == "none"


def test_nobody_trusted_nothing_believed() -> None:
    assert told(PASSED, OURS, trusted=()) == Authentication()
    assert told(PASSED, OURS, trusted=("", " ")) == Authentication()


def test_several_headers_of_one_server_are_one_result() -> None:
    found = told(
        "Authentication-Results: mx.innboks.example; dmarc=fail (p=none dis=none) header.from=kunde.example",
        "Authentication-Results: mx.innboks.example; dkim=fail reason=\"bad; signature\" header.d=kunde.example",
        "Authentication-Results: mx.innboks.example 1; spf=softfail (a (nested) comment; dkim=pass) smtp.mailfrom=ola@kunde.example",
        OURS,
    )  # fmt: skip
    assert found == Authentication(spf="softfail", dkim="fail", dmarc="fail", word="suspicious")


def test_microsoft_leaves_its_name_out() -> None:
    by = "Received: from mail.kunde.example by A1.mail.protection.outlook.com with SMTP; Mon, 5 Oct 2026 10:00:00 +0000"
    said = (
        "Authentication-Results: spf=pass (sender IP is 192.0.2.9) smtp.mailfrom=kunde.example; dkim=none; dmarc=bestguesspass action=none"
    )
    assert told(by, said, THEIRS, trusted=["protection.outlook.com"]) == Authentication(spf="pass", word="verified")
    assert told(said, THEIRS, trusted=["protection.outlook.com"]) == Authentication()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("spf=pass smtp.mailfrom=kunde.example", "verified"),
        ("spf=pass smtp.mailfrom=bounce.kunde.example", "verified"),
        ("spf=pass smtp.mailfrom=annen.example", "unverified"),
        ("dkim=pass header.i=@kunde.example", "verified"),
        ("dkim=pass header.d=annen.example; dkim=pass header.d=kunde.example", "verified"),
        ("dkim=fail header.d=kunde.example", "unverified"),
        ("spf=fail smtp.mailfrom=kunde.example", "suspicious"),
        ("none", "unverified"),
        ("spf=wonderful", "unverified"),
    ],
)
def test_one_word_for_people(said: str, word: str) -> None:
    assert told(f"Authentication-Results: mx.innboks.example; {said}", OURS).word == word


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("mail.shop.co.uk", "shop.co.uk"),
        ("shop.no", "shop.no"),
        ("a.b.shop.com", "shop.com"),
        ("kunde.github.io", "kunde.github.io"),
        ("com", "com"),
        ("", ""),
    ],
)
def test_organisations(domain: str, organisation: str) -> None:
    assert organisation_of(domain) == organisation


# ---- our own check


@cache
def keys() -> tuple[bytes, str]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return pem, "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])


MAIL = b"From: Ola <ola@kunde.example>\r\nTo: hjelp@shop.example\r\nSubject: Order 17\r\nDate: Mon, 5 Oct 2026 10:00:00 +0000\r\n\r\nWhere is it?\r\n\r\nOla\r\n"
DNS = {
    ("kunde.example", "TXT"): ["unrelated", "v=spf1 ip4:192.0.2.0/28 include:sending.example mx -all"],
    ("kunde.example", "MX"): ["10 mx.kunde.example"],
    ("mx.kunde.example", "A"): ["192.0.2.77"],
    ("sending.example", "TXT"): ["v=spf1 ip6:2001:db8::/32 ~all"],
    ("_dmarc.kunde.example", "TXT"): ["v=DMARC1; p=reject"],
}
GOOD, BAD = "192.0.2.9", "198.51.100.1"


def signed(
    message: bytes = MAIL, domain: bytes = b"kunde.example", canonicalize: tuple[bytes, bytes] = (b"relaxed", b"relaxed"), **more: object
) -> bytes:
    return bytes(dkim.sign(message, b"s1", domain, keys()[0], canonicalize=canonicalize, **more)) + message


def check(
    raw: bytes = MAIL,
    ip: str | None = GOOD,
    sender: str | None = "ola@kunde.example",
    helo: str = "out.kunde.example",
    records: Mapping[tuple[str, str], list[str]] = DNS,
    trouble: Sequence[str] = (),
    is_direct: bool = True,
) -> Authentication:
    known = {("s1._domainkey.kunde.example", "TXT"): [keys()[1]], ("s1._domainkey.mail.kunde.example", "TXT"): [keys()[1]]}
    known |= {("s1._domainkey.annen.example", "TXT"): [keys()[1]], **records}

    def resolver(name: str, kind: str) -> list[str]:
        if name in trouble:
            raise DnsTrouble
        return known.get((name, kind), [])

    mail = parse_mail(raw)
    mail.return_path = sender
    return check_authentication(raw, mail, ip, helo, resolver, is_direct=is_direct)


def test_everything_in_order() -> None:
    assert check(signed()) == Authentication(spf="pass", dkim="pass", dmarc="pass", word="verified")


@pytest.mark.parametrize("canonicalize", [(b"simple", b"simple"), (b"relaxed", b"simple"), (b"simple", b"relaxed")])
def test_a_signature_in_each_form(canonicalize: tuple[bytes, bytes]) -> None:
    raw = signed(MAIL + b"a" + b" " * 300 + b"b  \r\n\r\n", canonicalize=canonicalize)
    assert check(raw, ip=BAD).dkim == "pass"


def test_a_changed_mail_and_a_strange_server() -> None:
    assert check(signed().replace(b"Where is it?", b"Pay me."), ip=BAD) == Authentication(
        spf="fail", dkim="fail", dmarc="fail", word="suspicious"
    )


def test_a_signature_survives_another_server() -> None:
    assert check(signed(), ip=BAD) == Authentication(spf="fail", dkim="pass", dmarc="pass", word="verified")


@pytest.mark.parametrize(
    ("ip", "verdict"),
    [
        (GOOD, "pass"),
        ("192.0.2.77", "pass"),
        ("2001:db8::1", "pass"),
        ("::ffff:192.0.2.9", "pass"),
        (BAD, "fail"),
        ("nonsense", "permerror"),
    ],
)
def test_spf(ip: str, verdict: str) -> None:
    assert check(ip=ip).spf == verdict


def test_spf_of_a_null_sender_is_about_the_server() -> None:
    records = {**DNS, ("out.kunde.example", "TXT"): ["v=spf1 ip4:192.0.2.9 -all"]}
    assert check(sender="", records=records) == Authentication(spf="pass", dmarc="pass", word="verified")
    assert check(sender="", records=DNS).spf == "none"
    assert check(sender=None).spf == "none"


def test_spf_stops_counting_lookups() -> None:
    many = {(f"a{number}.example", "TXT"): [f"v=spf1 include:a{number + 1}.example -all"] for number in range(30)}
    assert check(records={**many, ("kunde.example", "TXT"): ["v=spf1 include:a0.example -all"]}).spf == "permerror"
    empty = " ".join(f"a:leer{number}.example" for number in range(9))
    assert check(records={("kunde.example", "TXT"): [f"v=spf1 {empty} -all"]}).spf == "permerror"


def test_alignment_relaxed_and_strict() -> None:
    below = signed(domain=b"mail.kunde.example")
    assert check(below, ip=BAD).dmarc == "pass"
    strict = {**DNS, ("_dmarc.kunde.example", "TXT"): ["v=DMARC1; p=none; adkim=s; aspf=s"]}
    assert check(below, ip=BAD, records=strict).dmarc == "fail"
    assert check(signed(domain=b"annen.example"), ip=BAD) == Authentication(spf="fail", dkim="pass", dmarc="fail", word="suspicious")


def test_the_policy_of_the_organisation_holds_below_it() -> None:
    raw = signed(MAIL.replace(b"ola@kunde", b"ola@butikk.kunde"))
    assert check(raw, ip=BAD).dmarc == "pass"


def test_without_a_policy_an_aligned_signature_is_enough() -> None:
    records = {key: value for key, value in DNS.items() if not key[0].startswith("_dmarc")}
    assert check(signed(), ip=BAD, records=records) == Authentication(spf="fail", dkim="pass", word="verified")
    assert check(MAIL, records={}) == Authentication(word="unverified")


def test_two_signatures_one_good() -> None:
    raw = signed(signed())
    broken = raw.replace(b"s=s1", b"s=s2", 1)
    assert check(broken, ip=BAD).dkim == "pass"


def test_dns_in_trouble_is_not_a_verdict() -> None:
    assert check(signed(), ip=BAD, trouble=["s1._domainkey.kunde.example"]) == Authentication(
        spf="fail", dkim="temperror", dmarc="temperror", word="unverified"
    )
    assert check(trouble=["kunde.example"]).spf == "temperror"
    assert check(trouble=["_dmarc.kunde.example"]).dmarc == "temperror"


def test_a_mail_passed_on_by_a_mailbox_is_not_blamed() -> None:
    assert check(ip=None) == Authentication(word="unverified")
    assert check(signed(), ip=None) == Authentication(dkim="pass", dmarc="pass", word="verified")


def test_what_was_passed_on_is_never_blamed() -> None:
    changed = signed().replace(b"Where is it?", b"[list] Where is it?")
    assert check(changed, ip=BAD, is_direct=False) == Authentication(dkim="fail", word="unverified")
    assert check(MAIL, ip=BAD, is_direct=False) == Authentication()
    assert check(MAIL, ip=GOOD, is_direct=False).word == "verified"
    assert check(signed(), ip=BAD, is_direct=False) == Authentication(dkim="pass", dmarc="pass", word="verified")


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ("p=reject", "suspicious"),
        ("p=quarantine; pct=50", "suspicious"),
        ("p=quarantine; pct=0", "unverified"),
        ("p=reject; t=y", "unverified"),
        ("p=none", "unverified"),
        ("p=none; sp=reject", "unverified"),
    ],
)
def test_only_a_policy_that_is_enforced_makes_a_mail_suspicious(policy: str, word: str) -> None:
    records = {**DNS, ("_dmarc.kunde.example", "TXT"): [f"v=DMARC1; {policy}"]}
    assert check(MAIL, ip=BAD, records=records) == Authentication(spf="fail", dmarc="fail", word=word)  # type: ignore[arg-type]
    del records["_dmarc.kunde.example", "TXT"]
    assert check(MAIL, ip=BAD, records=records) == Authentication(spf="fail", word="unverified")


def test_subdomains_may_have_a_policy_of_their_own() -> None:
    below = MAIL.replace(b"ola@kunde", b"ola@butikk.kunde")
    for policy, word in (("p=none; sp=reject", "suspicious"), ("p=reject; sp=none", "unverified")):
        records = {**DNS, ("_dmarc.kunde.example", "TXT"): [f"v=DMARC1; {policy}"]}
        assert check(below, ip=BAD, records=records).word == word


def test_spf_of_a_strange_domain_is_not_even_asked() -> None:
    assert check(MAIL, sender="list@annen.example", trouble=["annen.example"]).spf == "none"


def test_a_header_that_is_signed_cannot_be_doubled_and_a_hash_of_old_proves_nothing() -> None:
    assert check(b"From: eve@kunde.example\r\n" + signed(), ip=BAD).dkim == "fail"
    assert check(signed().replace(b"a=rsa-sha256", b"a=rsa-sha1"), ip=BAD).dkim == "permerror"


BODIES = st.lists(st.sampled_from([b"a", b"b c", b" ", b"\t ", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" \r\n", b"." * 30]), max_size=30).map(
    b"".join
)


@given(BODIES, st.booleans(), st.integers(1, 7))
@settings(max_examples=400, deadline=None)
def test_the_body_is_hashed_as_the_library_does_it_whole(body: bytes, is_relaxed: bool, size: int) -> None:
    whole = dkim.rfc822_parse(b"\r\n" + body)[1]
    way = CanonicalizationPolicy.from_c_value(b"simple/relaxed" if is_relaxed else b"simple/simple")
    if is_relaxed and not whole.endswith(b"\r\n"):
        whole = whole.rstrip(b" \t")  # RFC 6376 §3.4.4 (a): blanks at the end of a line, of the last one too
    expected = way.canonicalize_body(whole)
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    assert b"".join(canonical(pieces, is_relaxed=is_relaxed)) == expected


def test_a_large_mail_does_not_hold_up_the_others() -> None:
    raw = signed(MAIL + b"Y2FsbCBtZSBJc2htYWVs  bmV4dA== \r\n" * 600_000)
    longest, is_done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal longest
        last = time.monotonic()
        while not is_done.is_set():
            time.sleep(0.001)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()

    others = threading.Thread(target=watch)
    others.start()
    assert check(raw, ip=BAD).dkim == "pass"
    is_done.set()
    others.join()
    assert longest < 0.25  # 20 MB in one call: 0.5 s


def test_a_signature_of_the_beginning_only_proves_nothing() -> None:
    raw = signed(length=True)
    assert check(raw + b"Pay me.\r\n", ip=BAD).dkim == "neutral"


def test_two_people_in_from_have_no_domain() -> None:
    assert check(signed(MAIL.replace(b"From: Ola", b"From: eve@bank.example, Ola"))).dmarc == "permerror"


def test_hostile_blanks_take_no_time() -> None:
    raw = signed().replace(b"Where", b" " * 1_000_000 + b"Where")
    started = time.process_time()
    check(raw, ip=BAD)
    assert time.process_time() - started < 1


@given(st.binary(max_size=600), st.binary(max_size=200), st.text(max_size=200), st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_never_raises(raw: bytes, tags: bytes, record: str, name: str) -> None:
    mail = parse_mail(b"Authentication-Results: mx.innboks.example; " + raw)
    authentication_of(mail, ["mx.innboks.example", name])
    message = b"DKIM-Signature: v=1; a=rsa-sha256; d=kunde.example; s=s1; h=from; bh=; b=;" + tags + b"\r\n" + raw
    found = parse_mail(message)
    found.return_path = name
    check_authentication(message, found, GOOD, name, lambda asked, kind: [record, "v=spf1 " + record, "v=DMARC1;" + record])

"""Who wrote a mail that the receiver takes: real SMTP, a real key, a real DNS server on loopback. And when there is none: no mail waits long."""

import asyncio
import smtplib
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
import pytest

from innboks.channels.email import sender_checks
from innboks.channels.email.authentication import CHECKED, Authentication
from innboks.channels.email.dns_lookups import AWAY_S, LOOKUP_S, PROBE_S, DnsTrouble, Lookups
from innboks.channels.email.happenings import happenings_of
from innboks.channels.email.mime import parse_mail
from innboks.channels.email.sender_checks import Connection, SenderChecks, client_of, is_direct
from innboks.channels.email.settings import Config
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Inbound, MessageReceived
from tests.channels.email.context import World
from tests.channels.email.dns_server import DnsServer, dns_server
from tests.channels.email.test_authentication import BAD, DNS, GOOD, MAIL, PASSED, keys, signed
from tests.channels.email.test_receiver import Storage, listening, talk

HOSTED = "in-abc@mail.example"
RECORDS = {**DNS, ("s1._domainkey.kunde.example", "TXT"): [keys()[1]], ("", "NS"): ["a.root.example."]}
TO_US = MAIL.replace(b"hjelp@shop.example", b"in-abc+r12-XyZ@mail.example")


def origin(inbound: Inbound, **config: Any) -> Mapping[str, Any]:
    """What people are told, after the road in has parsed it."""
    ctx = World(Config(address="hjelp@shop.example", **config)).context()
    [message] = happenings_of(ctx, inbound)
    assert isinstance(message, MessageReceived)
    return message.origin


async def received(raw: bytes, dns: DnsServer | None) -> tuple[Inbound, float]:
    """The mail after our receiver took it from a relay on this machine, and the seconds until it said so."""
    storage = Storage()
    settings = {"mail_checks": True, "dns": dns.address} if dns else {}
    async with listening(storage, **settings) as listener:
        started = time.monotonic()
        await talk(listener, lambda client: client.sendmail("ola@kunde.example", [HOSTED], raw))
        seconds = time.monotonic() - started
    [(_, _, inbound)] = storage.stored
    return inbound, seconds


def sent(client: smtplib.SMTP, raw: bytes) -> None:
    client.sendmail("ola@kunde.example", [HOSTED], raw)


def stranger(client: str = BAD, sender: str = "ola@kunde.example") -> Connection:
    return Connection(client=client, helo="out.kunde.example", sender=sender, recipients=["in-abc+r12-xyz@mail.example"])


# ---- through the receiver


async def test_a_signature_makes_a_forwarded_mail_verified() -> None:
    raw = signed()  # once: it says the second at which it was signed
    async with dns_server(RECORDS) as dns:
        inbound, _ = await received(raw, dns)
    assert inbound.body == raw
    assert origin(inbound) == {"spf": "none", "dkim": "pass", "dmarc": "pass", "word": "verified"}


async def test_a_changed_mail_is_not_and_the_forwarder_is_not_blamed() -> None:
    async with dns_server(RECORDS) as dns:
        inbound, _ = await received(signed().replace(b"Where is it?", b"Pay me."), dns)
    assert origin(inbound) == {"spf": "none", "dkim": "fail", "dmarc": "none", "word": "unverified"}


async def test_mail_without_a_signature_asks_nobody() -> None:
    async with dns_server(RECORDS) as dns:
        inbound, _ = await received(MAIL, dns)
        assert dns.asked == []
    assert CHECKED not in inbound.headers
    assert origin(inbound)["word"] == "unverified"


async def test_switched_off_it_asks_nobody() -> None:
    inbound, _ = await received(signed(), None)
    assert CHECKED not in inbound.headers


async def test_several_recipients_cost_one_check() -> None:
    storage = Storage()
    async with dns_server(RECORDS) as dns, listening(storage, mail_checks=True, dns=dns.address) as listener:
        await talk(listener, lambda client: client.sendmail("ola@kunde.example", [HOSTED, "sales@mail.example"], signed()))
        await talk(listener, lambda client: client.sendmail("ola@kunde.example", [HOSTED], signed()))
        assert sorted(dns.asked) == [("_dmarc.kunde.example", "TXT"), ("s1._domainkey.kunde.example", "TXT")]
    assert [CHECKED in inbound.headers for _, _, inbound in storage.stored] == [True] * 3


async def test_a_dns_that_is_away_costs_one_mail_two_seconds_and_the_others_nothing() -> None:
    storage = Storage()
    times: list[float] = []
    async with dns_server(RECORDS) as dns, listening(storage, mail_checks=True, dns=dns.address) as listener:
        dns.is_away = True
        for _ in range(20):
            started = time.monotonic()
            await talk(listener, lambda client: client.sendmail("ola@kunde.example", [HOSTED], signed()))
            times.append(time.monotonic() - started)
            if len(times) == 1:
                questions = len(dns.asked)
        assert len(dns.asked) == questions
    assert times[0] < sender_checks.LIMIT_S + 0.5
    assert sum(times[1:]) < 1.5
    assert len(storage.stored) == 20
    assert origin(storage.stored[0][2])["word"] == "unverified"


async def test_many_mails_at_once_wait_no_longer_than_one() -> None:
    storage = Storage()
    async with dns_server(RECORDS) as dns, listening(storage, mail_checks=True, dns=dns.address) as listener:
        dns.is_away = True
        mails = [signed(MAIL.replace(b"17", str(number).encode()), domain=f"d{number}.example".encode()) for number in range(40)]
        started = time.monotonic()
        await asyncio.gather(*(talk(listener, partial(sent, raw=raw)) for raw in mails))
    assert time.monotonic() - started < 2 * sender_checks.LIMIT_S
    assert len(storage.stored) == 40


# ---- what a trusted server says counts more


def test_a_trusted_header_wins_over_our_own_check() -> None:
    ours = msgspec.json.encode(Authentication(spf="fail", dkim="fail", dmarc="fail", word="suspicious")).decode()
    inbound = Inbound(body=PASSED.encode() + b"\r\n" + MAIL, headers={CHECKED: ours})
    assert origin(inbound, trusted_authserv_ids="mx.innboks.example")["word"] == "verified"
    assert origin(inbound)["word"] == "suspicious"


def test_nobody_is_verified_whom_another_names_as_the_sender() -> None:
    raw = MAIL.replace(b"Subject: Order 17", b"Subject: Fwd: Order 17").replace(
        b"Where is it?",
        b"---------- Forwarded message ---------\r\nFrom: Boss <boss@bank.example>\r\nDate: Mon, 5 Oct 2026 at 10:00\r\n"
        b"Subject: Order 17\r\nTo: <ola@kunde.example>\r\n\r\nPay me.",
    )
    proved = msgspec.json.encode(Authentication(dkim="pass", dmarc="pass", word="verified")).decode()
    inbound = Inbound(body=raw, headers={CHECKED: proved})
    assert origin(inbound, use_original_sender=False)["word"] == "verified"
    assert origin(inbound)["word"] == "unverified"


# ---- from a stranger's server


@pytest.mark.parametrize(
    ("raw", "client", "expected"),
    [
        (TO_US, GOOD, Authentication(spf="pass", dmarc="pass", word="verified")),
        (TO_US, BAD, Authentication(spf="fail", dmarc="fail", word="suspicious")),
        (signed(TO_US).replace(b"Where is it?", b"Pay me."), BAD, Authentication(spf="fail", dkim="fail", dmarc="fail", word="suspicious")),
        (signed(TO_US), BAD, Authentication(spf="fail", dkim="pass", dmarc="pass", word="verified")),
        (b"Delivered-To: a@b.example\r\n" + TO_US, BAD, None),
        (MAIL, BAD, None),  # to the team's own address: somebody passed it on
        (TO_US, "192.168.1.2", None),  # our own relay
    ],
)
async def test_a_mail_straight_from_its_sender(raw: bytes, client: str, expected: Authentication | None) -> None:
    async with dns_server(RECORDS) as dns:
        checks = SenderChecks("mail.example", dns.address)
        assert await checks.check(raw, stranger(client)) == expected
        checks.close()


async def test_a_strange_envelope_asks_nobody() -> None:
    async with dns_server(RECORDS) as dns:
        checks = SenderChecks("mail.example", dns.address)
        assert await checks.check(MAIL, stranger(BAD, "hjelp+caf_=in-abc@shop.example")) is None
        checks.close()
        assert dns.asked == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("To: in-abc@mail.example", True),
        ("Cc: x@y.example, IN-abc+r1@Mail.Example", True),
        ("To: hjelp@shop.example", False),
        ("To: in-abc@mail.example\r\nList-Id: <all.kunde.example>", False),
        ("X-Forwarded-To: in-abc@mail.example\r\nTo: in-abc@mail.example", False),
        ("Received: from a by gate.mail.example; x\r\nTo: in-abc@mail.example", False),
        ("Received: from a by out.kunde.example; x\r\nTo: in-abc@mail.example", True),
    ],
)
def test_what_came_directly(headers: str, expected: bool) -> None:
    mail = parse_mail(f"From: ola@kunde.example\r\n{headers}\r\n\r\n".encode())
    assert is_direct(mail, stranger(), "mail.example") is expected


def test_our_own_relays_are_no_strangers() -> None:
    near = ("127.0.0.1", "::1", "10.1.2.3", "172.20.0.1", "::ffff:192.168.0.9", "fe80::1%eth0", "fd00::1", "", "unix")
    assert [client_of(one) for one in near] == [None] * len(near)
    assert [client_of(one) for one in ("198.51.100.1", "::ffff:198.51.100.1", "2001:db8::1")] == ["198.51.100.1"] * 2 + ["2001:db8::1"]


async def test_hostile_mails_do_no_harm() -> None:
    hostile = [
        b"", b"\r\n", b"DKIM-Signature:", b"DKIM-Signature: v=1\r\n\r\n", b"dkim-signature: " + b" " * 200_000 + b"\r\n\r\nx",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=..; s=" + b"a" * 300 + b"; h=from; bh=AAAA; b=" + b" " * 3000 + b"!\r\nFrom: a@..\r\n\r\n",
        b"DKIM-Signature: x\r\n" * 20_000 + b"\r\n", b"From: " + b"<" * 100_000 + b"\r\nDKIM-Signature: v=1\r\n\r\n",
        signed().replace(b"s=s1", "s=\u00e9\u4e2d".encode()), signed().replace(b"s=s1", b"s=" + b"a." * 200),
    ]  # fmt: skip
    async with dns_server(RECORDS) as dns:
        checks = SenderChecks("mail.example", dns.address)
        for raw in hostile:
            started = time.monotonic()
            found = await checks.check(raw, stranger(sender="\x00@" + "\u00fc" * 80))
            assert found is None or found.word == "unverified"
            assert time.monotonic() - started < 1
        assert (await checks.check(signed(), stranger())) is not None
        checks.close()


# ---- the DNS


async def asked(lookups: Lookups, name: str, clock: Callable[[], float], kind: str = "TXT") -> list[str]:
    return list(await asyncio.to_thread(lookups.ask, name, kind, clock() + 10))


async def test_answers_and_troubles_are_kept_for_a_while() -> None:
    clock = FakeClock()
    async with dns_server(RECORDS) as dns:
        lookups = Lookups(dns.address, clock.monotonic)
        dns.broken.add("broken.example")
        for _ in range(3):
            assert sorted(await asked(lookups, "Kunde.example.", clock.monotonic)) == DNS["kunde.example", "TXT"]
            assert await asked(lookups, "kunde.example", clock.monotonic, "MX") == ["10 mx.kunde.example."]
            assert await asked(lookups, "nothing.example", clock.monotonic) == []
            assert await asked(lookups, "kunde.example", clock.monotonic, "AAAA") == []
            assert await asked(lookups, "a..b", clock.monotonic) == []
            assert await asked(lookups, "x" * 70, clock.monotonic) == []
            with pytest.raises(DnsTrouble):
                await asked(lookups, "broken.example", clock.monotonic)
        assert not lookups.is_away
        first = len(dns.asked)
        assert len(set(dns.asked)) == 5
        clock.advance(301)
        assert len(await asked(lookups, "kunde.example", clock.monotonic)) == 2
        assert len(dns.asked) == first + 1


async def test_a_domain_that_is_silent_does_not_switch_the_checks_off() -> None:
    clock = FakeClock()
    async with dns_server(RECORDS) as dns:
        lookups = Lookups(dns.address, clock.monotonic)
        dns.silent.add("tarpit.example")
        with pytest.raises(DnsTrouble):
            await asked(lookups, "tarpit.example", clock.monotonic)
        assert not lookups.is_away
        assert await asked(lookups, "kunde.example", clock.monotonic)
        questions = len(dns.asked)
        with pytest.raises(DnsTrouble):
            await asked(lookups, "tarpit.example", clock.monotonic)
        assert len(dns.asked) == questions


async def test_after_a_minute_one_question_tries_again() -> None:
    clock = FakeClock()
    async with dns_server(RECORDS) as dns:
        lookups = Lookups(dns.address, clock.monotonic)
        dns.is_away = True
        started = time.monotonic()
        with pytest.raises(DnsTrouble):
            await asked(lookups, "kunde.example", clock.monotonic)
        assert time.monotonic() - started < LOOKUP_S + PROBE_S + 0.3 < sender_checks.LIMIT_S
        assert lookups.is_away
        clock.advance(AWAY_S + 1)
        assert not lookups.is_away
        answers = await asyncio.gather(
            *(asked(lookups, f"d{number}.example", clock.monotonic) for number in range(5)), return_exceptions=True
        )
        assert [type(one) for one in answers] == [DnsTrouble] * 5
        assert len({name for name, _ in dns.asked if name.startswith("d")}) == 1
        dns.is_away = False
        clock.advance(AWAY_S + 1)
        assert await asked(lookups, "kunde.example", clock.monotonic)
        assert not lookups.is_away


async def test_without_any_server_the_dns_is_away() -> None:
    lookups = Lookups("nonsense:53")
    with pytest.raises(DnsTrouble):
        await asked(lookups, "kunde.example", time.monotonic)
    assert lookups.is_away

"""Who wrote a mail that was fetched from a mailbox: by its signature (a real mailbox, a real key, a real DNS server), and by what the provider of the
mailbox wrote above it. What came with the mail itself is believed in neither."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from innboks.channels.email.authentication import CHECKED, GOOGLE, MICROSOFT, Authentication, Provider, authentication_by_provider
from innboks.channels.email.mime import parse_mail
from tests.channels.email.cloud import CloudBox, Providers
from tests.channels.email.dns_server import DnsServer, dns_server
from tests.channels.email.dovecot import Dovecot
from tests.channels.email.test_authentication import MAIL, signed
from tests.channels.email.test_mailbox import DAY, Mailbox
from tests.channels.email.test_sender_checks import RECORDS, origin
from tests.waiting import until

FORGED = b"Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=bank.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
FORGED_SEAL = b"ARC-Authentication-Results: i=1; mx.google.com; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
FORGED_NAMELESS = b"Authentication-Results: spf=pass smtp.mailfrom=bank.example; dmarc=pass action=none header.from=bank.example\r\n"
FROM_BANK = MAIL.replace(b"ola@kunde.example", b"boss@bank.example")
PROVED = {"spf": "none", "dkim": "pass", "dmarc": "pass", "word": "verified"}
NOTHING = {"spf": "none", "dkim": "none", "dmarc": "none", "word": "unverified"}


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with dns_server(RECORDS) as running:
        yield running


def checking(box: Any, dns: DnsServer) -> Any:
    box.settings = {**box.settings, "mail_checks": True, "dns": dns.address}
    return box


# ---- by its signature


async def test_a_signature_proves_a_mail_from_a_mailbox(server: Dovecot, dns: DnsServer) -> None:
    box = checking(Mailbox(server), dns)
    mails = [signed(), signed().replace(b"Where is it?", b"Pay me."), MAIL, FORGED + FORGED_SEAL + FORGED_NAMELESS + FROM_BANK]
    async with box.watched():
        for number, raw in enumerate(mails, 1):
            server.put(raw)
            await until(lambda wanted=number: len(box.delivered) == wanted)  # type: ignore[misc]
    found = [origin(one) for one in box.delivered]
    assert found == [PROVED, {"spf": "none", "dkim": "fail", "dmarc": "none", "word": "unverified"}, NOTHING, NOTHING]
    assert sorted(dns.asked) == [("_dmarc.kunde.example", "TXT"), ("s1._domainkey.kunde.example", "TXT")], "each once, for both mails"


async def test_what_is_past_and_what_the_team_sent_is_not_checked(server: Dovecot, dns: DnsServer) -> None:
    box = checking(Mailbox(server), dns)
    box.settings = {**box.settings, "backfill_since": (datetime.now(UTC) - timedelta(days=9)).date().isoformat()}
    server.put(signed(), at=time.time() - 3 * DAY)
    async with box.watched():
        await until(lambda: len(box.delivered) == 1)
        server.put(signed().replace(b"ola@kunde.example", b"team@team.example"), "Sent")
        await until(lambda: len(box.delivered) == 2)
    assert [CHECKED in one.headers for one in box.delivered] == [False, False]
    assert box.delivered[0].headers["is-past"] == "yes"
    assert dns.asked == []


async def test_a_dns_that_is_away_holds_a_whole_portion_up_once(server: Dovecot, dns: DnsServer) -> None:
    """And all of it arrives: a check only adds. One after the other they would take a minute."""
    dns.is_away = True
    box = checking(Mailbox(server), dns)
    box.connected_at -= timedelta(hours=1)
    for number in range(30):
        server.put(signed(MAIL.replace(b"17", str(number).encode()), domain=f"d{number}.example".encode()))
    async with box.watched():
        await until(lambda: len(box.delivered) == 30, 20)
    assert {origin(one)["word"] for one in box.delivered} == {"unverified"}


async def test_switched_off_nobody_is_asked(server: Dovecot, dns: DnsServer) -> None:
    box = Mailbox(server)
    box.settings = {"mail_checks": False, "dns": dns.address}
    async with box.watched():
        server.put(signed())
        await until(lambda: len(box.delivered) == 1)
    assert origin(box.delivered[0]) == NOTHING
    assert dns.asked == []


@pytest.mark.parametrize("method", ["gmail", "microsoft365"])
async def test_a_signature_proves_a_mail_from_a_big_provider(providers: Providers, dns: DnsServer, method: str) -> None:
    box = checking(CloudBox(providers, method), dns)
    async with box.watched():
        await box.box.put(signed())
        await until(lambda: len(box.delivered) == 1)
        await box.box.put(FORGED + FORGED_SEAL + FORGED_NAMELESS + FROM_BANK)
        await until(lambda: len(box.delivered) == 2)
    found = [origin(one, method=method) for one in box.delivered]
    assert found == [PROVED, NOTHING]
    await box.http.close()


# ---- by what the provider wrote above it

SEAL = (
    "ARC-Authentication-Results: i=1; mx.google.com; dkim=pass header.i=@kunde.example; spf=pass smtp.mailfrom=ola@kunde.example; "
    "dmarc=pass (p=REJECT) header.from=kunde.example"
)
AT_GOOGLE = (
    "Delivered-To: team@shop.example",
    "Received: by 2002:a05:6500:1b0:b0:1 with SMTP id x; Mon, 5 Oct 2026 10:00:01 +0000 (UTC)",
    "X-Received: by 2002:a05:6500:1b0:b0:1 with SMTP id y; Mon, 5 Oct 2026 10:00:01 +0000 (UTC)",
)
GOOGLES_BORDER = (
    "Received: from out.kunde.example (out.kunde.example. [192.0.2.9]) by mx.google.com with ESMTPS id z for <team@shop.example>; "
    "Mon, 5 Oct 2026 10:00:00 +0000"
)
SAID = (
    "Authentication-Results: spf=pass (sender IP is 192.0.2.9) smtp.mailfrom=kunde.example; dkim=pass (signature was verified) "
    "header.d=kunde.example;dmarc=pass action=none header.from=kunde.example;compauth=pass reason=100"
)
AT_MICROSOFT = (
    "Received: from AM0PR04.eurprd04.prod.outlook.com (2603:10a6::1) by DB7PR04.eurprd04.prod.outlook.com with HTTPS; Mon, 5 Oct 2026 10:00:02 +0000",
    "Received: from AM7EUR03.eop-EUR03.prod.protection.outlook.com (2603:10a6::2) by AM0PR04.outlook.office365.com with Microsoft "
    "SMTP Server; Mon, 5 Oct 2026 10:00:01 +0000",
)
MICROSOFTS_BORDER = (
    "Received: from out.kunde.example (192.0.2.9) by AM7EUR03.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server; "
    "Mon, 5 Oct 2026 10:00:00 +0000"
)
PASSED = Authentication(spf="pass", dkim="pass", dmarc="pass", word="verified")


def told(provider: Provider, *headers: str) -> Authentication:
    return authentication_by_provider(parse_mail("\r\n".join([*headers, "From: Ola <ola@kunde.example>", "", "Hi"]).encode()), provider)


def test_what_the_provider_says_above_its_border_is_believed() -> None:
    assert told(GOOGLE, *AT_GOOGLE, SEAL, GOOGLES_BORDER) == PASSED
    assert (
        told(GOOGLE, *AT_GOOGLE, SEAL.replace("i=1;", "i=2;"), GOOGLES_BORDER, "ARC-Authentication-Results: i=1; list.example; dmarc=fail")
        == PASSED
    )
    assert told(MICROSOFT, *AT_MICROSOFT, SAID, MICROSOFTS_BORDER) == PASSED
    assert told(MICROSOFT, *AT_MICROSOFT, SAID.replace("=pass", "=fail"), MICROSOFTS_BORDER).word == "suspicious"


@pytest.mark.parametrize(
    ("provider", "above", "border", "said"),
    [(GOOGLE, AT_GOOGLE, GOOGLES_BORDER, SEAL), (MICROSOFT, AT_MICROSOFT, MICROSOFTS_BORDER, SAID)],
    ids=["google", "microsoft"],
)
def test_what_came_with_the_mail_is_not(provider: Provider, above: Sequence[str], border: str, said: str) -> None:
    """Whoever writes the mail can put the very same lines into it, Received lines of the provider, too."""
    failed = said.replace("=pass", "=fail")
    named = border.replace("from out.kunde.example", f"from mail.{provider.domains[0]}")  # whoever sends says who he is
    for forged in ([said], [said, border], [*above, said, border], [border, said, border]):
        for own in (border, named):
            assert told(provider, *above, own, *forged) == Authentication(), "the provider said nothing"
            assert told(provider, *above, failed, own, *forged).word == "suspicious", "the provider said something else"
    assert told(provider, said) == Authentication()
    assert told(provider, said, "Received: from a.example by b.example; x") == Authentication()
    assert (
        told(
            provider, said, border.replace(".google.com", ".google.com.kunde.example").replace(".outlook.com", ".outlook.com.kunde.example")
        )
        == Authentication()
    )


def test_another_ones_name_is_not_the_providers() -> None:
    assert told(GOOGLE, SEAL.replace("mx.google.com", "mx.kunde.example"), SEAL, GOOGLES_BORDER) == Authentication(), (
        "the topmost alone counts"
    )
    assert told(MICROSOFT, SAID.replace("spf=", "mx.kunde.example; spf="), SAID, MICROSOFTS_BORDER) == Authentication()


def test_only_in_a_mailbox_of_that_provider() -> None:
    from innboks.sdk.contract import Inbound

    gmail = "\r\n".join([*AT_GOOGLE, SEAL, GOOGLES_BORDER, ""]).encode() + MAIL
    microsoft = "\r\n".join([*AT_MICROSOFT, SAID, MICROSOFTS_BORDER, ""]).encode() + MAIL
    imap = {"method": "imap", "imap_host": "imap.gmail.com"}
    assert [origin(Inbound(body=gmail), **config)["word"] for config in ({"method": "gmail"}, imap)] == ["verified"] * 2
    assert origin(Inbound(body=microsoft), method="microsoft365")["word"] == "verified"
    for raw, config in (
        (gmail, {"method": "microsoft365"}),
        (microsoft, {"method": "gmail"}),
        (gmail, {"method": "imap", "imap_host": "imap.gmail.com.kunde.example"}),
        (gmail, {"method": "forwarding"}),
    ):
        assert origin(Inbound(body=raw), **config) == NOTHING

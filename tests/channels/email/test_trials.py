"""What is found before anything is connected: the servers' certificates, the newest mail, and what the sender's domain says (picture 03a)."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from innboks.channels.email.certificate import read_certificate
from innboks.channels.email.connecting import DOMAIN, RECEIVING, SENDING, try_one
from innboks.channels.email.settings import Config
from innboks.errors import Invalid
from innboks.sdk.contract import Finding
from tests.channels.email.context import World
from tests.channels.email.dns_server import dns_server
from tests.channels.email.dovecot import Dovecot
from tests.channels.email.scripted_smtp import scripted
from tests.channels.email.test_mailbox import Mailbox, mail
from tests.channels.email.test_receiver import self_signed


async def tried(what: str, world: World) -> list[Finding]:
    return list(await try_one(world.config, world.context(), what))


def encrypting(server: Dovecot, certificate: Path, key: Path) -> None:
    both = server.home / "server.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    server.stop()
    server.configure(both)
    server.start()


def mailbox(server: Dovecot, **config: Any) -> Mailbox:
    return Mailbox(server, imap_host="localhost", imap_tls="starttls", **config)


async def test_of_the_mailbox_its_certificate_and_its_newest_mail_are_told(server: Dovecot, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, days=60)
    encrypting(server, certificate, key)
    box = mailbox(server, tls_ca=certificate.read_text())
    signed_in, opened = await tried(RECEIVING, box)
    assert (signed_in.name, signed_in.state) == ("Signed in to IMAP", "ok")
    assert signed_in.sentence == "TLS 1.3, certificate by localhost, valid until {when}."
    assert signed_in.at is not None
    assert abs(signed_in.at - datetime.now(UTC) - timedelta(days=60)) < timedelta(minutes=5)
    assert (opened.sentence, opened.at) == ("Mails in the INBOX: 0.", None)
    server.put(mail("one"))
    server.put(mail("two"))
    _, opened = await tried(RECEIVING, box)
    assert opened.sentence == "Mails in the INBOX: 2, the newest {when}."
    assert opened.at is not None
    assert abs(opened.at - datetime.now(UTC)) < timedelta(minutes=5)
    unchecked, _ = await tried(RECEIVING, mailbox(server, tls_verify=False))
    assert (unchecked.state, unchecked.sentence) == ("unknown", "TLS 1.3. The certificate is not checked, as it is set here.")


async def test_a_certificate_that_ends_soon_is_told_before_the_mail_stops(server: Dovecot, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, days=3)
    encrypting(server, certificate, key)
    signed_in, _ = await tried(RECEIVING, mailbox(server, tls_ca=certificate.read_text()))
    assert signed_in.state == "wrong"
    assert "It ends {when}: mail stops then, unless it is renewed." in signed_in.sentence


@pytest.mark.parametrize(
    ("host", "days", "is_known", "reason"),
    [
        ("localhost", 60, False, "it is signed by nobody else"),
        ("localhost", -2, True, "it has expired"),
        ("mail.provider.example", 60, True, "it is made out to another name"),
    ],
)
async def test_why_a_certificate_is_refused_and_what_it_says_of_itself(
    server: Dovecot, tmp_path: Path, host: str, days: int, is_known: bool, reason: str
) -> None:
    certificate, key = self_signed(tmp_path, host=host, days=days)
    encrypting(server, certificate, key)
    known = certificate.read_text() if is_known else ""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    ends = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    async with scripted(encrypted=context) as smtp:
        box = mailbox(server, tls_ca=known, smtp_host="localhost", smtp_port=smtp.port, smtp_tls="tls")
        for what in (RECEIVING, SENDING):
            with pytest.raises(Invalid) as refused:
                await tried(what, box)
            assert reason in refused.value.sentence
            assert re.search(rf"It says: for {host}, by {host}, until {ends}T\d\d:\d\dZ\.$", refused.value.sentence)
            assert refused.value.code == "certificate"
        assert not [line for line in smtp.commands if line.startswith(("AUTH", "MAIL"))], "the server that is not believed is told nothing"


async def test_by_forwarding_ones_own_server_is_tried_or_that_of_the_installation() -> None:
    async with scripted() as smtp:
        config = Config(method="forwarding", address="team@tindra.example", smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_tls="none")
        world = World(config)
        reached, takes = await tried(SENDING, world)
        assert (reached.name, reached.sentence) == ("Reached the SMTP server", "Without encryption, on this machine.")
        assert takes.name == "It takes mail from team@tindra.example"
        smtp.answers["MAIL"] = "553 5.7.1 not yours"
        with pytest.raises(Invalid) as refused:
            await tried(SENDING, world)
        assert refused.value.field == "address"
        assert smtp.mails == []
    with pytest.raises(Invalid, match="no server to send mail through") as none:
        await tried(SENDING, World(Config(method="forwarding", address="team@tindra.example")))
    assert none.value.field == "smtp_host"


async def test_the_domain_of_the_sender_is_asked_for_its_records() -> None:
    async with dns_server({("tindra.example", "TXT"): ["v=spf1 include:_spf.google.com ~all"]}) as dns:
        world = World(Config(method="gmail", address="support@tindra.example"))
        world.settings = {**world.settings, "dns": dns.address}
        found = await tried(DOMAIN, world)
    assert [one.name for one in found] == [
        "SPF is in place for tindra.example",
        "DKIM is missing for tindra.example",
        "DMARC is missing for tindra.example",
    ]
    assert (found[2].record_name, found[2].record_type) == ("_dmarc.tindra.example", "TXT")
    assert found[2].record_value.startswith("v=DMARC1; p=none")
    with pytest.raises(Invalid) as empty:
        await tried(DOMAIN, World(Config(method="forwarding", address="")))
    assert empty.value.field == "address"


def test_what_is_no_certificate_is_not_told_of(tmp_path: Path) -> None:
    certificate, _ = self_signed(tmp_path, host="mail.tindra.example")
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    assert read_certificate(der) is not None
    for broken in (b"", b"\x30\x80", der[:-20], der[:40] + b"\xff" * 40 + der[80:]):
        assert read_certificate(broken) is None

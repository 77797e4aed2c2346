"""The SMTP receiver, spoken to by the standard library's client and by hand: nothing is acknowledged before it is stored."""

import asyncio
import datetime
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from innboks.channels.email import receiver as receiver_module
from innboks.channels.email.receiver import Listener, listen
from innboks.channels.email.smtp_protocol import SmtpProtocol
from innboks.sdk.contract import Delivered, Inbound
from tests.waiting import until

TEAM = "team@mail.example"
MAIL = b"From: a@b.example\r\nSubject: Hi\r\n\r\nHello\r\n"


class Storage:
    """Takes deliveries as the road in would: an address book, and a list of what was stored."""

    domain = "mail.example"
    size_limit = 5_000_000

    def __init__(self) -> None:
        self.accounts = {TEAM: (1, 10), "in-abc@mail.example": (1, 10), "sales@mail.example": (1, 11), "other@mail.example": (2, 12)}
        self.stored: list[tuple[int, int, Inbound]] = []
        self.lookups = 0
        self.before_storing: Callable[[], Any] | None = None

    async def resolve(self, address: str) -> tuple[int, int] | None:
        self.lookups += 1
        if address == "broken@mail.example":
            raise OSError("database away")
        return self.accounts.get(address)

    async def deliver(self, account_id: int, channel_account_id: int, inbound: Inbound) -> Delivered:
        if self.before_storing is not None:
            await self.before_storing()
        self.stored.append((account_id, channel_account_id, inbound))
        return Delivered(delivery_id=len(self.stored), fate="handled")


@asynccontextmanager
async def listening(storage: Storage, **settings: Any) -> AsyncIterator[Listener]:
    listener = await listen(storage, {"smtp": "127.0.0.1:0", **settings})
    try:
        yield listener
    finally:
        await listener.close()


async def talk(listener: Listener, conversation: Callable[[smtplib.SMTP], Any]) -> Any:
    def run() -> Any:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=20) as client:
            return conversation(client)

    return await asyncio.to_thread(run)


def raw_talk(port: int, *pieces: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answers = b""
        while block := connection.recv(65536):
            answers += block
        return answers


async def test_a_mail_is_stored_byte_for_byte_before_it_is_acknowledged() -> None:
    storage = Storage()
    body = b"Subject: \xc3\xa9\r\n\r\n.\r\n..two dots\r\nbare\nline and bare\rreturn\r\n" + b"x" * 300_000 + b"\r\n\x00\r\n\r\n.end\r\n"
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    async with listening(storage) as listener:
        commands = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\n"
        answers = await asyncio.to_thread(raw_talk, listener.port, commands + stuffed + b".\r\nQUIT\r\n")
    assert b"250 2.0.0 OK" in answers
    [(account_id, channel_account_id, inbound)] = storage.stored
    assert (account_id, channel_account_id) == (1, 10)
    assert inbound.body == body
    assert inbound.headers == {
        "mail-from": "a@b.example", "rcpt-to": TEAM, "client-address": "127.0.0.1", "client-name": "c", "tls": "no",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", [b"", b"\r\n", b".", b"x", b"\r\n\r\n", b"..\r\n", b"a\r\n.", b"\r", b"\n.\n", b"\r\n.\n\r\n", b"\r\r\n.\r"]
)
@pytest.mark.parametrize("is_slow", [False, True])
async def test_the_end_is_found_wherever_it_stands_and_nowhere_else(text: bytes, is_slow: bool) -> None:
    storage = Storage()
    stuffed = (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:] + b"\r\n.\r\n" if text else b".\r\n"
    whole = b"EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\n" + stuffed + b"MAIL FROM:<next@b.example>\r\nQUIT\r\n"
    async with listening(storage) as listener:
        pieces = [whole[index : index + 1] for index in range(len(whole))] if is_slow else [whole]
        answers = await asyncio.to_thread(raw_talk, listener.port, *pieces)
    assert answers.rstrip().splitlines()[-3:] == [b"250 2.0.0 OK, stored", b"250 2.1.0 OK", b"221 Bye"]
    assert [inbound.body for _, _, inbound in storage.stored] == [text + b"\r\n" if text else b""]


def smuggle(client: smtplib.SMTP, text: bytes) -> None:
    client.ehlo("c")
    client.docmd("MAIL FROM:<a@b.example>")
    client.docmd(f"RCPT TO:<{TEAM}>")
    client.docmd("DATA")
    client.send(text + b".\r\n")
    client.getreply()


async def test_a_lax_end_cannot_smuggle_a_second_mail() -> None:
    storage = Storage()
    for end in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r"):
        text = (
            b"Subject: one\r\n\r\nx"
            + end
            + b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\nSubject: two\r\n\r\ny\r\n"
        )
        async with listening(storage) as listener:
            await talk(listener, partial(smuggle, text=text))
        assert len(storage.stored) == 1
        storage.stored.clear()


async def test_who_is_unknown_is_refused_and_the_others_are_served() -> None:
    storage = Storage()
    async with listening(storage) as listener:
        refused = await talk(
            listener, lambda client: client.sendmail("a@b.example", [TEAM, "nobody@mail.example", "sales@mail.example"], MAIL)
        )
    assert refused["nobody@mail.example"][0] == 550
    assert refused["nobody@mail.example"][1].startswith(b"5.1.1")
    assert sorted(channel for _, channel, _ in storage.stored) == [10, 11]


async def test_two_addresses_of_one_channel_account_get_one_copy() -> None:
    storage = Storage()
    async with listening(storage) as listener:
        await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM, "in-abc@mail.example", "TEAM@Mail.Example"], MAIL))
    assert [channel for _, channel, _ in storage.stored] == [10]


async def test_reply_tokens_after_a_plus_reach_the_address() -> None:
    storage = Storage()
    async with listening(storage) as listener:
        await talk(listener, lambda client: client.sendmail("a@b.example", ["in-abc+r12-XyZ@mail.example"], MAIL))
    assert storage.stored[0][2].headers["rcpt-to"] == "in-abc+r12-XyZ@mail.example"


async def test_what_cannot_be_stored_is_never_acknowledged() -> None:
    storage = Storage()

    async def fail() -> None:
        raise RuntimeError("disk full")

    storage.before_storing = fail
    async with listening(storage) as listener:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], MAIL))
        assert caught.value.smtp_code == 451
        assert b"disk full" not in caught.value.smtp_error
        storage.before_storing = None
        await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], MAIL))
    assert len(storage.stored) == 1


async def test_an_address_that_cannot_be_looked_up_now_is_a_later_not_a_never() -> None:
    async with listening(Storage()) as listener:
        assert (await talk(listener, lambda client: (client.ehlo("c"), client.mail("a@b.example"), client.rcpt("broken@mail.example"))))[2][
            0
        ] == 451


async def test_storing_goes_on_when_the_sender_hangs_up() -> None:
    storage = Storage()
    begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await may_go_on.wait()

    storage.before_storing = wait
    async with listening(storage) as listener:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\n" + MAIL + b".\r\n")
        await begun.wait()
        writer.transport.abort()
        await until(lambda: not listener._protocols)
        may_go_on.set()
    assert len(storage.stored) == 1


async def test_half_a_mail_is_no_mail() -> None:
    storage = Storage()
    async with listening(storage) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\n")
        await reader.readuntil(b"354 ")
        writer.write(MAIL)
        await writer.drain()
        writer.close()
        await until(lambda: not listener._protocols)
    assert storage.stored == []


async def test_ten_thousand_recipients_are_bounded() -> None:
    storage = Storage()
    for number in range(500):
        storage.accounts[f"t{number}@mail.example"] = (1, 1000 + number)

    def many(client: smtplib.SMTP) -> list[int]:
        client.ehlo("c")
        client.mail("a@b.example")
        return [client.rcpt(f"t{number}@mail.example")[0] for number in range(10_000)]

    async with listening(storage) as listener:
        codes = await talk(listener, many)
        assert codes.count(250) == receiver_module.MAX_RECIPIENTS
        assert set(codes[receiver_module.MAX_RECIPIENTS :]) == {452}
        unknown = await talk(
            listener,
            lambda client: (client.ehlo("c"), client.mail("a@b.example"), [client.rcpt(f"no{n}@mail.example")[0] for n in range(300)])[2],
        )
    assert unknown.count(550) == receiver_module.MAX_UNKNOWN
    assert storage.lookups <= receiver_module.MAX_RECIPIENTS + 2 * receiver_module.MAX_UNKNOWN


async def test_the_size_limit_is_announced_and_kept() -> None:
    storage = Storage()
    storage.size_limit = 100_000

    def too_much(client: smtplib.SMTP) -> tuple[Any, ...]:
        client.ehlo("c")
        announced = client.esmtp_features["size"]
        early = client.docmd("MAIL FROM:<a@b.example> SIZE=100001")[0]
        client.mail("a@b.example")
        client.rcpt(TEAM)
        late = client.data(b"x" * 2_000_000)
        return announced, early, late[0]

    async with listening(storage) as listener:
        with pytest.raises(smtplib.SMTPServerDisconnected):  # smtplib gives up after 552, which is fine
            assert await talk(listener, too_much) == ("100000", 552, 552)
            raise smtplib.SMTPServerDisconnected
        await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], MAIL + b"x" * (100_000 - len(MAIL) - 2)))
    assert len(storage.stored) == 1


async def test_memory_for_mail_under_way_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "MAX_BYTES_UNDER_WAY", 1_000_000)
    storage = Storage()
    async with listening(storage) as listener:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], b"x" * 3_000_000))
        assert caught.value.smtp_code == 452
        await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], b"x" * 500_000))
        assert listener.bytes_under_way == 0
    assert len(storage.stored) == 1


async def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "MAX_CONNECTIONS_PER_CLIENT", 2)
    async with listening(Storage()) as listener:
        first = await asyncio.open_connection("127.0.0.1", listener.port)
        second = await asyncio.open_connection("127.0.0.1", listener.port)
        await first[0].readline()
        await second[0].readline()
        third = await asyncio.open_connection("127.0.0.1", listener.port)
        assert (await third[0].read()).startswith(b"421 4.7.0")
        first[1].close()
        await until(lambda: len(listener._protocols) == 1)
        fourth = await asyncio.open_connection("127.0.0.1", listener.port)
        assert (await fourth[0].readline()).startswith(b"220 ")
        for _, writer in (second, third, fourth):
            writer.close()


async def test_a_client_that_says_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("innboks.channels.email.smtp_protocol.IDLE_TIMEOUT_S", 0.2)
    async with listening(Storage()) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<team@mail.example>\r\nDATA\r\nSubj")
        async with asyncio.timeout(5):
            assert b"354" in await reader.read()
        writer.close()


async def test_nonsense_is_answered_and_does_no_harm() -> None:
    storage = Storage()
    nonsense = [
        b"\xff\xfe\r\nHELO\r\nEHLO c\r\nRCPT TO:<x>\r\n",
        b"MAIL FROM:" + b"<" * 400 + b"\r\nMAIL FROM:<a@" + b"b" * 3000 + b">\r\n",
        b"Y" * 400_000 + b"\r\nDATA\r\n",
        b"MAIL FROM:<a@b.example>\r\nRCPT TO:<>\r\nRCPT TO:<team@mail.example\x00>\r\n",
    ]
    async with listening(storage) as listener:
        answers = await asyncio.to_thread(raw_talk, listener.port, *nonsense, b"DATA\r\nQUIT\r\n")
        assert answers.rstrip().endswith(b"221 Bye")
        assert b"354" not in answers
        await talk(listener, lambda client: client.sendmail("a@b.example", [TEAM], MAIL))
    assert len(storage.stored) == 1


async def test_addresses_in_other_scripts_and_pipelining() -> None:
    storage = Storage()
    storage.accounts["jörg@mail.example"] = (1, 20)
    storage.accounts["team@müller.example"] = (1, 21)
    recipients = "RCPT TO:<jörg@mail.example>\r\nRCPT TO:<team@müller.example>\r\n"
    commands = f"EHLO c\r\nMAIL FROM:<é@b.example> SMTPUTF8 BODY=8BITMIME\r\n{recipients}DATA\r\n"
    async with listening(storage) as listener:
        answers = await asyncio.to_thread(raw_talk, listener.port, commands.encode() + MAIL + b".\r\nQUIT\r\n")
    for feature in (b"PIPELINING", b"8BITMIME", b"SMTPUTF8", b"SIZE 5000000", b"ENHANCEDSTATUSCODES"):
        assert feature in answers
    assert b"AUTH" not in answers
    assert [channel for _, channel, _ in storage.stored] == [20, 21]


async def test_a_plain_address_is_read_as_the_library_would() -> None:
    plain = "<a@b.example>| <a.b+c@x-y.example> SIZE=3 BODY=8BITMIME|<A@localhost>\tSIZE=1|<a@b.example>x|<a@b.example>\nx|<a@b.example><c@d.example>"
    odd = '<a@b.example|a@b.example|<>||<@>|<a>|<"q q"@b.example>|<a..b@c.example>|<.a@c.example>|<@r.example:a@b.example>|<a@[127.0.0.1]>|<é@b.example>'
    paths = [*plain.split("|"), *odd.split("|"), "<a@b..c>", "<a b@c.example>", "<" + "x" * 400 + "@b.example>"]
    async with listening(Storage()) as listener:
        ours = SmtpProtocol(None, size_limit=0, hostname="mail.example", tls_context=None, listener=listener)
        assert [ours._getaddr(path) for path in paths] == [super(SmtpProtocol, ours)._getaddr(path) for path in paths]


async def test_starttls_with_a_certificate(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    storage = Storage()
    big = MAIL + b"y" * 3_000_000 + b"\r\n"

    def encrypted(client: smtplib.SMTP) -> Any:
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        client.starttls(context=context)
        client.ehlo("c")
        assert "starttls" not in client.esmtp_features
        assert "auth" not in client.esmtp_features
        return client.sendmail("a@b.example", [TEAM], big)

    async with listening(storage, smtp_cert=certificate, smtp_key=key) as listener:
        assert await talk(listener, encrypted) == {}
        smuggled = await asyncio.to_thread(_starttls_with_more, listener.port)
        assert b"250" not in smuggled
    assert storage.stored[0][2].headers["tls"] == "yes"
    assert storage.stored[0][2].body == big


def _starttls_with_more(port: int) -> bytes:
    """Commands sent behind STARTTLS in the clear must not count as said under TLS (RFC 3207 §4.2)."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.recv(1000)
        connection.sendall(b"EHLO c\r\n")
        connection.recv(1000)
        connection.sendall(b"STARTTLS\r\nNOOP\r\n")
        connection.recv(1000)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection.settimeout(0.5)
        try:
            with context.wrap_socket(connection) as encrypted:
                return encrypted.recv(1000)
        except (OSError, ssl.SSLError):
            return b""


def self_signed(folder: Path, *, host: str = "localhost", days: float = 1) -> tuple[Path, Path]:
    """A certificate for `host`, valid for so many days yet, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=100))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return certificate_file, key_file

"""Finding the servers of a mailbox from its address: the domain's own file and records, who takes its mail, and usual names. Every server here is real."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from innboks.channels.email import autoconfig
from innboks.channels.email.server_search import greets, suggest
from innboks.channels.email.settings import Config
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Context
from innboks.sdk.http import HttpClient
from tests.channels.email.context import World
from tests.channels.email.dns_server import Records, dns_server
from tests.channels.email.dovecot import dovecot

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="tindra.example"><domain>tindra.example</domain>
  <incomingServer type="pop3"><hostname>pop.tindra.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>plain.tindra.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
  <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
    <username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.tindra.example</hostname><port>587</port><socketType>STARTTLS</socketType>
    <username>%EMAILADDRESS%</username><authentication>OAuth2</authentication><authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>"""
FOUND = {
    "imap_host": "imap.tindra.example",
    "imap_port": 993,
    "imap_tls": "tls",
    "imap_user": "support",
    "smtp_host": "smtp.tindra.example",
    "smtp_port": 587,
    "smtp_tls": "starttls",
    "smtp_user": "",
}


@asynccontextmanager
async def asking(records: Records, *, address: str = "support@tindra.example", may: bool = False) -> AsyncIterator[Context]:
    """A context with a DNS of these records and the product's own HTTP client. `may`: into the private network too."""
    http = HttpClient(FakeClock(datetime.now(UTC)), allow_private=may)
    async with dns_server(records) as dns:
        context = World(Config(method="imap", address=address), settings={"dns": dns.address, "allow_private": may}).context()
        try:
            yield msgspec.structs.replace(context, http=http)
        finally:
            await http.close()


@asynccontextmanager
async def web_server(answers: Mapping[str, tuple[str, str]]) -> AsyncIterator[tuple[str, list[str]]]:
    """Gives (status line and header lines, body) for a path; also what was asked for."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        asked.append(path)
        head, body = answers.get(path, ("404 Not Found", ""))
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body.encode())}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


def test_the_file_of_a_domain_names_its_encrypted_servers() -> None:
    assert autoconfig.values_of(FILE.encode(), "support@tindra.example") == FOUND


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "<html><body>No such page",
        '<!DOCTYPE x [<!ENTITY a "b">]>' + FILE.partition("?>")[2],
        FILE.replace("password-cleartext", "OAuth2").replace("STARTTLS", "plain"),
        FILE.replace("imap.%EMAILDOMAIN%", "http://imap").replace("smtp.tindra.example", "smtp tindra"),
        FILE.replace("993", "99993").replace("587", "-1"),
        FILE + " " * autoconfig.SIZE_MAX,
    ],
)
def test_a_file_that_says_nothing_usable_gives_nothing(raw: str) -> None:
    assert autoconfig.values_of(raw.encode(), "support@tindra.example") == {}


def test_the_file_is_asked_for_encrypted_only() -> None:
    assert autoconfig.urls_of("tindra.example", "a&b@tindra.example") == [
        "https://autoconfig.tindra.example/mail/config-v1.1.xml?emailaddress=a%26b%40tindra.example",
        "https://tindra.example/.well-known/autoconfig/mail/config-v1.1.xml",
    ]


async def test_the_file_is_fetched_over_a_redirect_and_never_from_a_private_network() -> None:
    answers = {"/old": ("302 Found\r\nLocation: /new", ""), "/new": ("200 OK", FILE), "/round": ("302 Found\r\nLocation: /round", "")}
    async with web_server(answers) as (url, asked):
        async with asking({}, may=True) as context:
            assert await autoconfig.ask(context, f"{url}/old", "support@tindra.example") == FOUND
            assert await autoconfig.ask(context, f"{url}/none", "support@tindra.example") == {}
            assert await autoconfig.ask(context, f"{url}/round", "support@tindra.example") == {}
        before = len(asked)
        async with asking({}) as context:
            assert await autoconfig.ask(context, f"{url}/new", "support@tindra.example") == {}
            assert await autoconfig.ask(context, url.replace("127.0.0.1", "localhost") + "/new", "support@tindra.example") == {}
        assert len(asked) == before


SRV: dict[tuple[str, str], list[str]] = {
    ("_imaps._tcp.tindra.example", "SRV"): ["20 0 993 second.tindra.example.", "10 5 1993 imap.tindra.example."],
    ("_submissions._tcp.tindra.example", "SRV"): ["0 0 0 ."],
    ("_submission._tcp.tindra.example", "SRV"): ["0 0 587 smtp.tindra.example."],
}


async def test_srv_records_name_the_servers_and_what_is_not_offered() -> None:
    async with asking(SRV) as context:
        (found,) = await suggest(context)
    assert found.values == {
        "imap_host": "imap.tindra.example",
        "imap_port": 1993,
        "imap_tls": "tls",
        "smtp_host": "smtp.tindra.example",
        "smtp_port": 587,
        "smtp_tls": "auto",
    }
    assert found.sentence == "The DNS records of tindra.example say so (SRV)."


@pytest.mark.parametrize(
    ("exchanger", "expected"),
    [
        ("aspmx.l.google.com.", ["imap.gmail.com", "gmail"]),
        ("tindra-example.mail.protection.outlook.com.", ["microsoft365"]),
        ("in1-smtp.messagingengine.com.", ["imap.fastmail.com"]),
    ],
)
async def test_who_takes_the_mail_says_where_it_is(exchanger: str, expected: list[str]) -> None:
    async with asking({("tindra.example", "MX"): [f"10 {exchanger}"]}) as context:
        found = await suggest(context)
    assert [one.values.get("imap_host", one.values.get("method")) for one in found] == expected


async def test_the_records_of_the_provider_that_takes_the_mail_are_read() -> None:
    records: dict[tuple[str, str], list[str]] = {
        ("tindra.example", "MX"): ["20 mx2.hosting.example.", "10 mx1.hosting.example."],
        ("_imaps._tcp.hosting.example", "SRV"): ["0 0 993 imap.hosting.example."],
    }
    async with asking(records) as context:
        (found,) = await suggest(context)
    assert found.values["imap_host"] == "imap.hosting.example"
    assert found.sentence == "tindra.example has its mail at hosting.example, whose DNS records say so (SRV)."


@pytest.mark.parametrize("address", ["", "support", "support@localhost", "support@-x.example", "support@tindra.example"])
async def test_nothing_is_found_where_nobody_says_anything(address: str) -> None:
    async with asking({}, address=address) as context:
        assert await suggest(context) == []


async def test_a_usual_name_counts_only_where_such_a_server_greets_in_public() -> None:
    with dovecot() as server:
        async with asking({}, may=True) as context:
            assert await greets(context, "imap", "localhost", server.port, "starttls")
            assert not await greets(context, "smtp", "localhost", server.port, "starttls"), "it is no SMTP server"
            assert not await greets(context, "imap", "localhost", server.port, "tls"), "it has no certificate"
        async with asking({}) as context:
            assert not await greets(context, "imap", "localhost", server.port, "starttls"), "it is not public"


async def test_a_dns_that_is_silent_ends_the_search() -> None:
    async with dns_server({}) as dns:
        dns.is_away = True
        settings: dict[str, Any] = {"dns": dns.address}
        http = HttpClient(FakeClock(datetime.now(UTC)))
        context = World(Config(method="imap", address="support@tindra.example"), settings=settings).context()
        assert await suggest(msgspec.structs.replace(context, http=http)) == []
        await http.close()

"""Headers of mail: encoded words, parameters, mailboxes, dates, ids and file names."""

from datetime import UTC, datetime

import pytest

from innboks.channels.email.addresses import parse_addresses
from innboks.channels.email.attached import safe_name
from innboks.channels.email.dates import parse_date
from innboks.channels.email.encoded_words import decode_words, parse_parameters, raw_text
from innboks.channels.email.message_ids import first_message_id, message_ids


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?bl=C3=A5?=", "blå"),
        (b"=?utf-8?b?YmzD?= =?utf-8?b?pQ==?=", "blå"),
        (b"=?utf-8?b?YmzD?=\r\n =?utf-8?b?pQ==?= tail", "blå tail"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8?q?hello world?=", "hello world"),
        (b"=?utf-8?Q?what=3F?= yes", "what? yes"),
        (b"Re:=?utf-8?q?bl=C3=A5?=ne", "Re:blåne"),
        (b"=?utf-8?b?YmzDpQ?=", "blå"),
        (b"=?utf-8*no?q?bl=C3=A5?=", "blå"),
        (b"=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"),
        (b"=?ISO-2022-JP?B?g2OBW4OL?=", "ツール"),
        (b"=?iso-2022-jp?B?GyRCJUsl?= =?iso-2022-jp?B?YyE8JXMbKEI=?=", "ニャーン"),  # cut inside a character
        (b"=?koi8-r?q?=F0=D2=C9=D7=C5=D4?=", "Привет"),
        (b"=?utf-8?q?open", "open"),
        (b"=?x?", "=?x?"),
        (b"bl\xc3\xa5", "blå"),
        (b"bl\xe5", "blå"),
        (b"a\x00b", "ab"),
    ],
)
def test_encoded_words(raw: bytes, text: str) -> None:
    assert decode_words(raw_text(raw)) == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="a;b.txt"', "a;b.txt"),
        ("attachment; filename*=UTF-8''bl%C3%A5.txt", "blå.txt"),
        ("attachment; filename*0*=utf-8''bl%C3; filename*1*=%A5b; filename*2=\".txt\"", "blåb.txt"),
        ("attachment; filename*1=\"b.txt\"; filename*0=\"a\"", "ab.txt"),
        ('attachment; filename="=?utf-8?q?bl=C3=A5.txt?="', "blå.txt"),
        ("attachment; filename=a b.txt", "a b.txt"),
        ('attachment; filename="=?utf-8?b?YQpiLnR4dA==?="', "a_b.txt"),
        ('attachment; filename="open.txt', "open.txt"),
        ("attachment; filename = spaced.txt ; size=1", "spaced.txt"),
        ("attachment; filename*=no-such-charset''x%41", "xA"),
    ],
)  # fmt: skip
def test_parameters(value: str, name: str) -> None:
    assert parse_parameters(value) == ("attachment", {**parse_parameters(value)[1], "filename": name})


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ("a@example.org", [("", "a@example.org")]),
        ("Kari N <a@example.org>", [("Kari N", "a@example.org")]),
        ('"N, Kari" <a@example.org>, b@example.org', [("N, Kari", "a@example.org"), ("", "b@example.org")]),
        ('"Kari \\"K\\" N" <a@example.org>', [('Kari "K" N', "a@example.org")]),
        ("a@example.org (Kari (K) N)", [("Kari (K) N", "a@example.org")]),
        ("=?utf-8?q?N=C3=A5,_K?= <a@example.org>", [("Nå, K", "a@example.org")]),
        ("=?utf-8?q?N,K?= <a@example.org>", [("N,K", "a@example.org")]),
        ("Team: a@example.org, B <b@example.org>;, c@example.org", [("", "a@example.org"), ("B", "b@example.org"), ("", "c@example.org")]),
        ("undisclosed-recipients:;", []),
        ("<undisclosed-recipients:;>", []),
        ('"john doe"@example.org', [("", '"john doe"@example.org')]),
        ("john.doe @ example.org", [("", "john.doe@example.org")]),
        ("<@relay.example:a@example.org>", [("", "a@example.org")]),
        ("Kari a@example.org", [("Kari", "a@example.org")]),
        ("Kari <a@example.org", [("Kari", "a@example.org")]),
        ("<<a@example.org>>", [("", "a@example.org")]),
        ("a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ("<mailto:a@example.org>", [("", "a@example.org")]),
        ("MAILER-DAEMON (Mail Delivery System)", [("Mail Delivery System", "MAILER-DAEMON")]),
        ("ola@xn--mnchen-3ya.example", [("", "ola@münchen.example")]),
        ("Blå <blå@bjørk.example>", [("Blå", "blå@bjørk.example")]),
        ("N, Kari <a@example.org>, B <b@example.org>", [("N, Kari", "a@example.org"), ("B", "b@example.org")]),
        ("'N, Kari' via Help <a@example.org>", [("'N, Kari' via Help", "a@example.org")]),
        ("=?utf-8?q?N=C3=A5?=, Kari <a@example.org>", [("Nå, Kari", "a@example.org")]),
        ("Kari, <a@example.org>", [("Kari", ""), ("", "a@example.org")]),
        ("b@example.org, Kari <a@example.org>", [("", "b@example.org"), ("Kari", "a@example.org")]),
        ("", []),
        (",,;", []),
    ],
)
def test_mailboxes(header: str, people: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in parse_addresses(header)] == people


def test_an_address_in_a_display_name_is_never_the_sender() -> None:
    assert [(one.name, one.address) for one in parse_addresses('"boss@example.org"')] == [("boss@example.org", "")]
    assert [one.address for one in parse_addresses('"boss@example.org" <thief@example.net>')] == ["thief@example.net"]
    assert [one.address for one in parse_addresses("=?utf-8?q?boss=40example=2Eorg?= <thief@example.net>")] == ["thief@example.net"]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 5 Oct 2026 10:15:00 +0200", datetime(2026, 10, 5, 8, 15, tzinfo=UTC)),
        ("Mon, 5 Oct 2026 10:15:00 +0200 (CEST)", datetime(2026, 10, 5, 8, 15, tzinfo=UTC)),
        ("5 Oct 26 10:15 EST", datetime(2026, 10, 5, 15, 15, tzinfo=UTC)),
        ("Mon, 05 Oct 2026 10:15:60 GMT+02:00", datetime(2026, 10, 5, 8, 15, 59, tzinfo=UTC)),
        ("2026-10-05T10:15:00.123Z", datetime(2026, 10, 5, 10, 15, tzinfo=UTC)),
        ("2026-10-05 10:15:00 +0200", datetime(2026, 10, 5, 8, 15, tzinfo=UTC)),
        ("October 5, 2026 4:15:14 PM CST", datetime(2026, 10, 5, 22, 15, 14, tzinfo=UTC)),
        ("Mon, 32 Foo 2026", None),
        ("Mon, 5 Oct 9999999 10:15:00", None),
        ("", None),
    ],
)
def test_dates(value: str, moment: datetime | None) -> None:
    assert parse_date(value) == moment


def test_message_ids() -> None:
    assert message_ids("<a@b> <c@d>\t<a@b>") == ["a@b", "c@d"]
    assert message_ids("a@b, c@d and more") == ["a@b", "c@d"]
    assert first_message_id("< a@b >") == "a@b"
    assert first_message_id("bare-id") == "bare-id"
    assert first_message_id("") is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\TEMP\\picture.png", "picture.png"),
        ("a/b\\c.txt", "a_b_c.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("Invoice\u2028of\u2029May\x85.pdf", "InvoiceofMay.pdf"),
        ("..", ""),
        ("e\u0301.txt", "é.txt"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_file_names_are_only_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe

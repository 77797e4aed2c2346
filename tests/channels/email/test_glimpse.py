"""Sender and subject of a mail that could not be taken in: from its beginning, whatever it is."""

import time

import pytest

from innboks.channels.email.glimpse import glimpse_of
from innboks.sdk.contract import Inbound


@pytest.mark.parametrize(
    ("raw", "headers", "expected"),
    [
        (b"From: Leo <leo@customer.example>\r\nSubject: Tent\r\n\r\nBody", {}, ("Leo <leo@customer.example>", "Tent")),
        (b"From: leo@customer.example\nSubject: Tent\n\nBody", {}, ("leo@customer.example", "Tent")),
        (b"Subject: No sender\r\n\r\n", {"mail-from": "bounce@shop.example"}, ("bounce@shop.example", "No sender")),
        (b"From: =?utf-8?b?w4VzZQ==?= <aase@customer.example>\r\n\r\n", {}, ("Åse <aase@customer.example>", "")),
        (b"Subject: cut off in the mid", {}, ("", "cut off in the mid")),
        (b"", {}, ("", "")),
        (b"\x00\xff\xfe", {}, ("", "")),
        (b'{"not": "a mail"}', {}, ("", "")),
    ],
)
def test_what_a_header_tells(raw: bytes, headers: dict[str, str], expected: tuple[str, str]) -> None:
    found = glimpse_of(Inbound(body=raw, headers=headers))
    assert (found.sender, found.subject) == expected


HOSTILE = {
    "words": b"Subject: " + b"=?utf-8?q?x?= " * 5_000,
    "brackets": b"From: " + b'<("' * 20_000,
    "lines": b"X: y\r\n" * 10_000,
    "blanks": b" " * 65_536,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_headers_take_no_time(kind: str) -> None:
    began = time.process_time()
    glimpse_of(Inbound(body=HOSTILE[kind][:65_536]))
    assert time.process_time() - began < 2

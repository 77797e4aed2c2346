"""Header lines of a mail as people see them: in order, unfolded, decoded, and never a failure, whatever the bytes are."""

import random

from innboks.core.messages.original import HEADER_CHARS, HEADERS_MAX, headers_of


def pairs(raw: bytes) -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in headers_of(raw)]


def test_lines_are_unfolded_and_decoded_in_order() -> None:
    raw = b"Received: from a\r\n\tby b;\r\n  Mon\r\nSubject: =?utf-8?q?Bl=C3=A5b=C3=A6r?= now\r\nX-Plain:no space\r\nReceived: second\r\n\r\nBody: no\r\n"
    assert pairs(raw) == [("Received", "from a by b; Mon"), ("Subject", "Blåbær now"), ("X-Plain", "no space"), ("Received", "second")]


def test_any_line_ending_and_no_body() -> None:
    assert pairs(b"A: 1\nB: 2\n\nC: 3") == [("A", "1"), ("B", "2")]
    assert pairs(b"A: 1\rB: 2\r\rC: 3") == [("A", "1"), ("B", "2")]
    assert pairs(b"A: 1") == [("A", "1")]
    assert pairs(b"") == []


def test_hostile_heads_are_bounded_and_harmless() -> None:
    assert len(headers_of(b"A: 1\r\n" * 5000)) == HEADERS_MAX
    (long,) = headers_of(b"A: " + b"x" * 100_000)
    assert len(long.value) == HEADER_CHARS
    (folded,) = headers_of(b"A: 1\r\n" + b" y" * 10 + b"\r\n" + b" zzzz\r\n" * 50_000)
    assert len(folded.value) <= HEADER_CHARS
    assert pairs(b"no colon\r\n: nothing\r\nOk: =?nonsense?b?!!!?=\r\nNul: a\x00b\r\n\r\n")[1] == ("Nul", "ab")
    dice = random.Random(7)
    for _ in range(300):
        headers_of(dice.randbytes(dice.randrange(400)))

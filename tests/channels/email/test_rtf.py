"""RTF bodies, written here by the rules of [MS-OXRTFCP], RTF 1.9.1 and [MS-OXRTFEX], and damaged in every way."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innboks.channels.email.rtf import decompress_rtf, read_rtf

HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 MS Gothic;}}"
    rb"{\colortbl;\red0\green0\blue255;}{\*\generator Riched20;}\pard "
)


def compressed(packed: bytes, size: int) -> bytes:
    return struct.pack("<IIII", len(packed) + 12, size, 0x75465A4C, 0) + packed


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"Hei p\'e5 deg\par\b bold\b0  text}", "Hei på deg\nbold text\n"),
        (rb"{\f1 \'cf\'f0\'e8\'e2\'e5\'f2} \'e5}", "Привет å\n"),
        (rb"{\f2\'83A\'83\'7e} a}", "アミ a\n"),  # the second byte of a character may be a letter
        (rb"\u8364? \u-10179?\u-8704?}", "€ 😀\n"),
        (rb"\uc2\u248\'c3\'b8l\uc0\u230.}", "ølæ.\n"),
        (rb"a\tab b\line c\~d\_e\{\}\\\emdash\ldblquote x\rdblquote}", "a\tb\nc\xa0d-e{}\\—“x”\n"),
        (rb"{\field{\*\fldinst HYPERLINK https://shop.example}{\fldrslt our shop}}{\pict 0102ff}{\v hidden}!}", "our shop!\n"),
        (rb"one  \par\par{\*\unknown no}\bin4 }}}}two}", "one\n\ntwo\n"),
        (rb"never closed {\b here", "never closed here\n"),
    ],
)
def test_text(rtf: bytes, text: str) -> None:
    assert read_rtf(HEAD + rtf) == (text, "")


def test_html_that_was_wrapped_comes_out_as_it_was() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 "
        rb"Hei {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0\'cf{\*\mhtmltag84 <a>}{\*\htmltag72 </p>}\htmlrtf\par}\htmlrtf0{\*\htmltag27 </html>}}"
    )
    assert read_rtf(rtf) == ("", "<html><p>Hei &lt;П</p></html>")


def test_what_is_no_rtf_gives_nothing() -> None:
    assert read_rtf(b"hello") == ("", "")
    assert read_rtf(rb"{\rtf1{\pict ff}\par}") == ("", "")


def test_decompression() -> None:
    # "{\rtf1\ansi" comes from the dictionary's first bytes, the rest is literal; a reference to the place being written ends the stream
    packed = b"\x01" + struct.pack(">H", (0 << 4) | (11 - 2)) + b" hello}"
    assert decompress_rtf(compressed(packed, 18)) == b"{\\rtf1\\ansi hello}"
    assert decompress_rtf(struct.pack("<IIII", 20, 5, 0x414C454D, 0) + b"{\\rtf and more") == b"{\\rtf"
    assert decompress_rtf(b"\x00\x00") == b""


def test_a_reference_may_run_into_what_it_writes() -> None:
    assert decompress_rtf(compressed(b"\x02a" + struct.pack(">H", (207 << 4) | 8), 11)) == b"a" * 11


def test_the_example_of_the_specification() -> None:
    packed = bytes.fromhex("0300 0a00 7263 7067 3132 3542 320a f320 6865 6c09 0020 6277 05b0 6c64 7d0a 800f a0")
    assert decompress_rtf(compressed(packed, 43)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@given(st.binary(max_size=400), st.integers(0, 5000))
def test_damage_never_raises(data: bytes, size: int) -> None:
    assert len(decompress_rtf(compressed(data, size))) <= size
    read_rtf(HEAD + data)


def test_mutations_never_raise() -> None:
    chance = random.Random(7)
    words = [
        b"\\u",
        b"\\'",
        b"{",
        b"}",
        b"\\*",
        b"\\bin",
        b"\\htmltag ",
        b"\\htmlrtf ",
        b"\\fonttbl",
        b"\\f",
        b"-1",
        b"99999999",
        b"\\uc",
        b"\\",
    ]
    for _ in range(2000):
        read_rtf(HEAD + b"".join(chance.choice(words) for _ in range(chance.randrange(40))))


def test_reading_is_bounded() -> None:
    assert len(read_rtf(HEAD + b"\\u230?" * 600_000)[0]) < 300_000
    assert read_rtf(HEAD + b"{" * 600_000 + b"deep") == ("", "")
    assert read_rtf(HEAD + b"{" * 2000 + b"deep") == ("deep\n", "")
    assert len(decompress_rtf(compressed(b"\xfe" + b"a" + struct.pack(">H", (207 << 4) | 15) * 7, 2**31))) < 200

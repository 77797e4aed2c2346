"""Mail of absurd size and shape: what is too much is left out with a sentence or shown as it is, and nothing is ever raised."""

import random
from pathlib import Path

import msgspec
import pytest

from innboks.channels.email.charsets import decode_text
from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.mail_json import mail_as_json
from innboks.channels.email.mime import parse_mail
from innboks.channels.email.read import read_mail
from innboks.channels.email.reply import split_html, split_reply
from innboks.channels.email.uuencode import take_uuencoded

FIXTURES = Path(__file__).parent / "fixtures"
HEAD = b"From: Kari <kari@example.org>\r\nSubject: Hi\r\n"
SCRAPS = (
    b"=?utf-8?q?", b"?=", b"\r\n", b"\n\n", b"\x00", b"\xff", b"--", b"boundary=", b"Content-Type: message/rfc822\nContent-Disposition: inline\n\n",
    b"begin 644 x\n", b"<div>", b"<!--", b"> ", b'"', b"(", b"\\", b"charset=utf-7", b"charset=utf-16", b"charset=hz", b"+3PA-", b"filename*0*=",
    b"\x1b$B", b"On Mon, Kari wrote:\n", b"{\\rtf1 ", b"Final-Recipient: rfc822; ", b"Content-Transfer-Encoding: base64\n", b"format=flowed",
)  # fmt: skip


def test_half_a_character_never_leaves_the_decoder() -> None:
    assert decode_text(b"a+3PA-b", "utf-7") == "a\ufffdb"
    assert decode_text(b"+2D3eAA-", "utf-7") == "😀"
    assert decode_text(b"many words \xff a+3PA-b", "utf-7") == "many words \ufffd a\ufffdb"


def test_headers_without_end() -> None:
    mail = parse_mail(HEAD + b"X: y\r\n z\r\n" * 5 + b"To: team@example.com" + b",\r\n a@example.org" * 300_000 + b"\r\n\r\nhei")
    assert "The headers are too long: their end is read as text." in mail.problems
    assert 1000 < len(mail.to) <= 50_000
    assert mail.subject == "Hi"


def test_ten_thousand_recipients_are_all_read() -> None:
    people = b",\r\n ".join(b"Person %d <p%d@example.org>" % (n, n) for n in range(10_000))
    mail = parse_mail(HEAD + b"To: " + people + b"\r\n\r\nhei")
    assert (len(mail.to), mail.to[-1].address, mail.problems) == (10_000, "p9999@example.org", [])


def test_the_newest_of_too_many_references_count() -> None:
    mail = parse_mail(HEAD + b"References: " + b"<a@example.org> " * 20_000 + b"<last@example.org>\r\n\r\nhei")
    assert mail.references[-1] == "last@example.org"


def test_closing_delimiters_without_end() -> None:
    mail = parse_mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhei\r\n" + b"--b--\r\n" * 150_000)
    assert mail.body_text == "hei"


def test_no_more_than_two_thousand_uuencoded_files() -> None:
    rest, files = take_uuencoded(b"begin 644 a\n#0V%T\n`\nend\n" * 2001)
    assert (len(files), rest) == (2000, b"begin 644 a\n#0V%T\n`\nend\n")


def test_a_text_far_too_long_for_a_person_stays_whole() -> None:
    text = "2026-10-05 10:00 started\r\n> ok\r\n" * 40_000
    reply = split_reply(text)
    assert (reply.text, reply.quoted, reply.signature) == (text.replace("\r\n", "\n").rstrip(), "", "")
    page = "<div>line</div>" * 100_000 + "<blockquote>quoted</blockquote>"
    reply = split_reply("", page)
    assert (reply.text.count("line"), reply.quoted) == (100_000, "")
    assert split_html(page) == (page, "")
    assert html_to_text("<p>a" * 500_000).count("a") <= 400_000


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("*.eml")))
def test_damage_never_raises(name: str) -> None:
    whole = (FIXTURES / name).read_bytes()
    chance = random.Random(name)
    for _ in range(400):
        raw = bytearray(whole)
        for _ in range(chance.choice((1, 2, 5, 20))):
            at = chance.randrange(len(raw) + 1)
            match chance.randrange(5):
                case 0:
                    del raw[at : at + chance.choice((1, 10, 300))]
                case 1:
                    raw[at:at] = chance.choice(SCRAPS) * chance.choice((1, 1, 200))
                case 2:
                    raw[at : at + 1] = bytes([chance.randrange(256)])
                case 3:
                    raw[at:at] = raw[at : at + 300]
                case _:
                    raw[:] = raw.replace(chance.choice(SCRAPS), chance.choice(SCRAPS))[:100_000]
        msgspec.json.encode(mail_as_json(read_mail(bytes(raw))))

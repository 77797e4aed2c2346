"""Raw bytes → Mail: structure, bodies, attachments, and mail that breaks the rules."""

import base64
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.mail import Address, Mail
from innboks.channels.email.mime import parse_mail

FIXTURES = Path(__file__).parent / "fixtures"
HEAD = b"From: Kari <kari@example.org>\r\nTo: team@example.com\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"


def fixture(name: str) -> Mail:
    return parse_mail((FIXTURES / name).read_bytes())


def test_an_ordinary_mail_of_a_phone() -> None:
    mail = fixture("picture_and_both_forms.eml")
    assert mail.subject == "Øl og brød 🍞"
    assert mail.sender == [Address("Åse Ødegård", "ase@example.org")]
    assert mail.to == [Address("Team, Support", "team@example.com"), Address("", "b@example.com")]
    assert mail.date == datetime(2026, 10, 5, 8, 15, tzinfo=UTC)
    assert mail.message_id == "one@example.org"
    assert mail.references == ["zero@example.com", "half@example.com"]
    assert mail.body_text == "Hei på deg\r\n"
    assert '<img src="cid:pic@example.org">' in mail.body_html
    assert [(one.name, one.type, one.size, one.inline) for one in mail.attachments] == [
        ("bilde.png", "image/png", 68, True),
        ("Résumé – siste.pdf", "application/pdf", 9, False),
    ]
    assert mail.problems == []


def test_an_attached_mail_is_a_file_named_after_its_subject() -> None:
    mail = fixture("attached_mail.eml")
    assert mail.body_text.strip() == "See below."
    assert [(one.name, one.type) for one in mail.attachments] == [("Price - offer.eml", "message/rfc822")]
    assert parse_mail(mail.attachments[0].content).subject == "Price / offer"


def test_texts_around_a_file_are_all_shown_in_both_forms() -> None:
    mail = parse_mail(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>one</p>\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n"
        b"--b\r\n\r\ntwo & three\r\n--b--\r\n"
    )
    assert mail.body_text.split() == ["one", "two", "&", "three"]
    assert mail.body_html == "<p>one</p><br/>\n<p>two &amp; three</p>"
    assert [one.name for one in mail.attachments] == ["a.pdf"]


def test_a_text_among_html_keeps_its_paragraphs() -> None:
    mail = parse_mail(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>one</p>\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBl\xc3\xa5b\xc3\xa6r  \r\n1 < 2\r\n\r\n\r\n\xf0\x9f\x8d\x9e\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b--\r\n"
    )
    assert mail.body_html == "<p>one</p><br/>\n<p>Bl&aring;b&aelig;r<br/>1 &lt; 2</p><p>🍞</p><br/>\n"


SHOWN = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee this.\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: %b\r\n\r\n"
    b"From: Ola <ola@example.net>\r\nSubject: =?utf-8?q?=C3=98l?=\r\nX-Other: x\r\n"
    b"Content-Type: multipart/related; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n<img src=cid:p@x>Cheers\r\n"
    b"--c\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nPNG\r\n--c--\r\n--b--\r\n"
)


def test_a_mail_put_inline_is_shown_and_stays_a_file() -> None:
    mail = parse_mail(HEAD + SHOWN % b"inline")
    assert mail.body_text.split() == ["See", "this.", "From:", "Ola", "<ola@example.net>", "Subject:", "Øl", "Cheers"]
    assert "From: Ola &lt;ola@example.net&gt;<br/>Subject: &Oslash;l</p>" in mail.body_html
    assert [(one.name, one.inline) for one in mail.attachments] == [("image.png", True), ("Øl.eml", False)]


@pytest.mark.parametrize("disposition", [b"attachment", b"inline; filename=a.eml"])
def test_a_mail_attached_as_a_file_is_a_file_only(disposition: bytes) -> None:
    mail = parse_mail(HEAD + SHOWN % disposition)
    assert (mail.body_text.strip(), mail.body_html, len(mail.attachments)) == ("See this.", "", 1)


def test_mails_inside_a_shown_mail_are_files() -> None:
    inner = b"Subject: 0\r\n\r\nhei"
    for number in range(1, 60):
        inner = b"Subject: %d\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n%b" % (number, inner)
    mail = parse_mail(inner)
    assert mail.body_text.split() == ["Subject:", "58"]
    assert [one.name for one in mail.attachments] == ["58.eml"]


def test_forms_of_the_text_for_other_screens_are_no_files() -> None:
    mail = parse_mail(
        HEAD + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nhei\r\n"
        b"--b\r\nContent-Type: text/x-amp-html\r\n\r\n<html amp4email>\r\n--b\r\nContent-Type: text/watch-html\r\n\r\n<b>\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>hei</p>\r\n--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
    )
    assert (mail.body_text, mail.body_html, [one.name for one in mail.attachments]) == ("hei", "<p>hei</p>", ["invite.ics"])


def test_an_html_only_mail_has_no_plain_body() -> None:
    mail = parse_mail(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n<b>hei</b>")
    assert (mail.body_text, mail.body_html) == ("", "<b>hei</b>")


def test_flowed_text_is_joined() -> None:
    mail = parse_mail(HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\none \r\ntwo\r\n> a \r\n> b\r\n-- \r\nKari\r\n")
    assert mail.body_text == "onetwo\n> ab\n-- \nKari\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVp", "hei"),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVpI", "hei"),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVpIQ", "hei!"),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVpIQ==aGVp", "hei!hei"),
        (b"Content-Transfer-Encoding: base64\r\n\r\nThis is plain, not base64.", "This is plain, not base64."),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVpIQ==\r\n\r\n_____\r\nlist footer", "hei!\r\n_____\r\nlist footer"),
        (b"Content-Transfer-Encoding: Quoted-Printable\r\n\r\nh=65i =\r\n=E6 =ZZ ==", "hei \ufffd =ZZ ="),
        (b"Content-Transfer-Encoding: 8bits\r\n\r\nh=65i", "h=65i"),
        (b"Content-Type: text/plain; charset=windows-1251\r\n\r\n\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        (b"Content-Type: text/plain; charset=x-nothing\r\n\r\nbl\xc3\xa5b\xc3\xa6r", "blåbær"),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\nbl\xe5b\xe6r", "blåbær"),
        (b"Content-Type: text/plain; charset=gb2312\r\n\r\n\x95\xee\xd2\xbb\xcf\xc2", "曨一下"),
        (b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B-!\x1b(B \x1b$B4]\x1b(B", "① 丸"),
        (b"Content-Type: text/plain; charset=unicode-1-1-utf-7\r\n\r\nH+AOU-r", "Hår"),
        (b"Content-Type: text/plain; charset=x-mac-roman\r\n\r\n\x8c", "å"),
        (b"\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nafter", "after"),
        (b"\r\nnul\x00byte", "nulbyte"),
    ],
)
def test_bodies_are_decoded(body: bytes, text: str) -> None:
    assert parse_mail(HEAD + body).body_text == text.replace("\ufffd", "æ")


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"", "", ""),
        (b"\x00\xff\xfe", "", ""),
        (b"just words", "", "just words"),
        (b"Subject: a\r\rbody\r", "a", "body\n"),
        (b"Subject: a\n\r\nbody", "a", "body"),
        (b"From x@example.org Mon Oct  5 2026\nSubject: a\n\nbody", "a", "body"),
        (b"Received: by x\nwith lost blanks;\nmore lost\nSubject: a\n\nbody", "a", "body"),
        (b"Subject: a\nbody at once", "a", "body at once"),
        (b"Subject: a\r\n b\r\n\tc\r\n\r\nbody", "a b c", "body"),
        (b"Subject: a\rBcc: victim@example.org\r\n\r\nbody", "a Bcc: victim@example.org", "body"),
        (b"Subject: =?utf-8?q?a=0D=0ABcc:_victim=40example.org?=\r\n\r\nbody", "a Bcc: victim@example.org", "body"),
    ],
)
def test_broken_heads(raw: bytes, subject: str, text: str) -> None:
    mail = parse_mail(raw)
    assert (mail.subject, mail.bcc) == (subject, [])
    assert mail.body_text.replace("\ufffd", "").strip("ÿþ") == text


def test_multiparts_without_end_or_boundary() -> None:
    part = b"Content-Type: text/plain\r\n\r\nhei"
    for parameter, body in ((b"; boundary=b", b"--b\r\n" + part), (b"", b"--q\r\n" + part + b"\r\n--q--"), (b"; boundary=no", part)):
        mail = parse_mail(HEAD + b"Content-Type: multipart/mixed" + parameter + b"\r\n\r\n" + body)
        assert "hei" in mail.body_text


def test_where_no_part_can_be_read_the_raw_body_is_shown() -> None:
    """A boundary that ends in dashes closes what it should open; the words behind it are somebody's all the same."""
    dashes = (
        b'Content-Type: multipart/mixed; boundary="a--"\r\n\r\n--a--\r\nContent-Type: multipart/mixed; boundary="a----"\r\n\r\n--a----\r\n'
    )
    mail = parse_mail(HEAD + dashes + "Content-Type: text/plain\r\n\r\nDet er på vei.\r\n--a------\r\n".encode())
    assert "Det er på vei." in mail.body_text
    assert "The parts of the mail cannot be read: its body is shown as it came." in mail.problems


@pytest.mark.parametrize("preamble", [b"", b"This is a multi-part message in MIME format.\r\n"])
@pytest.mark.parametrize("part", [b"", b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nDQo=\r\n"])
def test_a_mail_whose_parts_say_nothing_stays_empty(preamble: bytes, part: bytes) -> None:
    mail = parse_mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + preamble + b"--b\r\n" + part + b"\r\n--b--\r\n\r\n")
    assert (mail.body_text.strip(), mail.attachments) == ("", [])


def test_similar_boundaries_are_told_apart() -> None:
    mail = parse_mail(
        HEAD + b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary="a1"\r\n\r\n'
        b"--a1\r\n\r\nhei\r\n--a1--\r\n--a\r\nContent-Type: image/png\r\n\r\nx\r\n--a--\r\n"
    )
    assert (mail.body_text, len(mail.attachments)) == ("hei", 1)


def test_nesting_and_part_bombs_are_bounded() -> None:
    nested = HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(5000)) + b"\r\nhei"
    many = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 50_000
    for raw in (nested, many):
        started = time.process_time()
        mail = parse_mail(raw)
        assert time.process_time() - started < 2
        assert mail.problems
        assert len(mail.attachments) <= 2000


@pytest.mark.parametrize("unit", [b'"', b"<", b"<a ", b"(", b"=?utf-8?q?", b'"\\', b'"<a@b>,', b"a@ ", b"a:", b",", b"(((a", b"=?x?q?a?= "])
def test_hostile_address_headers_take_linear_time(unit: bytes) -> None:
    def cost(size: int) -> float:
        raw = b"To: " + unit * (size // len(unit)) + b")>\r\n\r\nhei"
        started = time.process_time()
        parse_mail(raw)
        return time.process_time() - started

    assert cost(400_000) < max(cost(50_000), 0.02) * 30


@pytest.mark.parametrize("name", [b"Message-ID", b"In-Reply-To", b"References"])
def test_blanks_in_an_id_take_no_time(name: bytes) -> None:
    started = time.process_time()
    mail = parse_mail(name + b": <" + b" " * 100_000 + b"x\r\nSubject: hei\r\n\r\nhei")
    assert time.process_time() - started < 0.5
    assert mail.subject == "hei"


def test_ten_thousand_recipients() -> None:
    people = b",\r\n ".join(b'"Person, %d" <p%d@example.com>' % (n, n) for n in range(10_000))
    started = time.process_time()
    mail = parse_mail(b"To: " + people + b"\r\n\r\nhei")
    assert time.process_time() - started < 2
    assert len(mail.to) == 10_000
    assert mail.to[-1] == Address("Person, 9999", "p9999@example.com")


def test_a_large_file_costs_time_in_proportion() -> None:
    content = bytes(range(256)) * 80_000
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhei\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\n"
    raw += b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content) + b"\r\n--b--\r\n"
    started = time.process_time()
    mail = parse_mail(raw)
    assert time.process_time() - started < 3
    assert mail.attachments[0].content == content


@settings(max_examples=300, deadline=2000)
@given(st.binary(max_size=3000))
def test_any_bytes_make_a_mail(raw: bytes) -> None:
    assert isinstance(parse_mail(raw), Mail)


_SCRAPS = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b" ", b"--b", b"--b--", b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html; charset=",
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-Transfer-Encoding: x-uuencode",
        b"Content-Type: message/rfc822", b"Content-Type: application/ms-tnef", b"Content-Disposition: attachment; filename*0*=utf-8''%C3",
        b"Subject: =?iso-2022-jp?b?GyRC", b"From: \"a\" <b@c>, (d", b"Date: 99 99 99", b"begin 644 x", b"end", b"=?", b"?=", b"\x1b$B", b"\xff\x00",
        b"utf-7", b"+A", b"<p>", b"References: <a@b> <", b"eJ8+Ij", b"; ", b"name=\"", b"\"", b"hei", b"=E5", b"\xc3",
    ]
)  # fmt: skip


@settings(max_examples=500, deadline=2000)
@given(st.lists(_SCRAPS, max_size=60).map(b"".join))
def test_any_pile_of_scraps_makes_a_mail(raw: bytes) -> None:
    mail = parse_mail(raw)
    assert all("\r" not in value and "\n" not in value for _, value in mail.headers)
    assert not any(set(one.name) & set("/\\\x00\n") for one in mail.attachments)


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=80)
_WORD = st.text("abcdefghijklmnopqrstuvwxyzæøå日本 ", min_size=1, max_size=40).filter(
    lambda word: word.strip() == word and "  " not in word
)


@settings(max_examples=150, deadline=2000)
@given(subject=_WORD, body=_TEXT, name=_WORD, content=st.binary(max_size=300), is_html=st.booleans())
def test_a_mail_built_by_the_standard_library_reads_back(subject: str, body: str, name: str, content: bytes, is_html: bool) -> None:
    built = EmailMessage(policy=SMTP)
    built["From"] = "Kari Nordmann <kari@example.org>"
    built["To"] = "team@example.com"
    built["Subject"] = subject
    built["Message-ID"] = "<x@example.org>"
    built.set_content(body, subtype="html" if is_html else "plain", cte="base64")
    built.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{name}.bin")
    mail = parse_mail(built.as_bytes())
    assert (mail.subject, mail.message_id) == (subject, "x@example.org")
    assert mail.sender == [Address("Kari Nordmann", "kari@example.org")]
    assert (mail.body_html if is_html else mail.body_text).replace("\r\n", "\n").removesuffix("\n") == body
    assert mail.attachments[0].content == content


SIGNED = HEAD + (
    b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nsigned text\r\n"
    b"--b\r\nContent-Type: application/pgp-signature%s\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--b--\r\n"
)


def test_a_bare_signature_is_no_file_and_one_sent_as_a_file_is() -> None:
    assert parse_mail(SIGNED % b"").attachments == []
    assert [one.name for one in parse_mail(SIGNED % b"; name=signature.asc").attachments] == ["signature.asc"]
    assert [one.name for one in parse_mail(SIGNED % b"\r\nContent-Disposition: attachment").attachments] == ["signature.asc"]


PICTURE = b"--b\r\nContent-Type: image/png\r\nContent-ID: <p>\r\n\r\nx\r\n"
PAGE = b"--b\r\nContent-Type: text/html\r\nContent-ID: <h>\r\n\r\n<img src=cid:p>\r\n"
FRAME = b"--b\r\nContent-Type: text/html\r\nContent-ID: <f>\r\n\r\nframe\r\n"


@pytest.mark.parametrize(
    ("start", "parts", "files"),
    [
        (b"", PAGE + PICTURE, ["image.png"]),
        (b"", PICTURE + PAGE, ["image.png"]),
        (b'; start="<h>"', FRAME + PICTURE + PAGE, ["document.html", "image.png"]),
        (b'; start="<none>"', PAGE + FRAME, ["document.html"]),
    ],
)
def test_a_related_page_is_shown_wherever_it_stands(start: bytes, parts: bytes, files: list[str]) -> None:
    mail = parse_mail(HEAD + b"Content-Type: multipart/related; boundary=b" + start + b"\r\n\r\n" + parts + b"--b--\r\n")
    assert mail.body_html == "<img src=cid:p>"
    assert [one.name for one in mail.attachments] == files
    assert all(one.inline for one in mail.attachments if one.type == "image/png")


def test_a_mail_of_an_unknown_kind_of_text_is_shown() -> None:
    mail = parse_mail(HEAD + b"Content-Type: text/markdown\r\n\r\n# Title")
    assert (mail.body_text, mail.attachments) == ("# Title", [])
    assert [one.name for one in parse_mail(HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR").attachments] == ["invite.ics"]


@pytest.mark.parametrize("label", [b"base64", b"BASE64 (see RFC 2045)", b"(a comment) base64", b'"base64"', b"base64; x=y"])
def test_a_transfer_encoding_written_in_other_ways(label: bytes) -> None:
    assert parse_mail(HEAD + b"Content-Transfer-Encoding: " + label + b"\r\n\r\nSGVsbG8=").body_text == "Hello"


@pytest.mark.parametrize(
    ("location", "name"),
    [
        (b"logo.png", "logo.png"),
        (b"http://www.example.org/pictures/our%20logo.png?size=2", "our logo.png"),
        (b"http://www.example.org/", "image.png"),
        (b"http://www.example.org", "image.png"),
        (b"cid:part1@example.org", "image.png"),
        (b"../..%2f..%2fetc/x%2fa.png", "x_a.png"),
    ],
)
def test_a_nameless_file_is_named_after_its_place(location: bytes, name: str) -> None:
    part = b"--b\r\nContent-Type: image/png\r\nContent-Location: " + location + b"\r\n\r\nx\r\n--b--\r\n"
    mail = parse_mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part)
    assert [one.name for one in mail.attachments] == [name]


def test_a_file_without_a_type_gets_that_of_its_ending() -> None:
    part = b'--b\r\nContent-Disposition: attachment; filename="%s"\r\n\r\nx\r\n'
    parts = part % b"a.PDF" + part % b"photo.jpg" + part % b"data.xyz"
    mail = parse_mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n")
    assert [one.type for one in mail.attachments] == ["application/pdf", "image/jpeg", "application/octet-stream"]
    mail = parse_mail(HEAD + b"\r\nsee\r\nbegin 644 note.txt\r\n#0V%T\r\n`\r\nend\r\n")
    assert [(one.name, one.type, one.content) for one in mail.attachments] == [("note.txt", "text/plain", b"Cat")]

"""winmail.dat, built here by the rules of [MS-OXTNEF], and damaged in every way."""

import base64
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.mime import parse_mail
from innboks.channels.email.tnef import read_tnef


def attribute(level: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*pairs: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(pairs))
    for kind, key, value in pairs:
        out += struct.pack("<HHII", kind, key, 1, len(value)) + value + b"\x00" * (-len(value) % 4)
    return out


def container(body: bytes = b"") -> bytes:
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00069007, struct.pack("<II", 1251, 0))
        + attribute(1, 0x00069003, properties((0x1E, 0x1000, body)))
        + attribute(2, 0x00069002, b"\x00" * 14)
        + attribute(2, 0x00018010, "Отчёт.doc".encode("cp1251") + b"\x00")
        + attribute(2, 0x0006800F, b"file content")
        + attribute(2, 0x00069002, b"\x00" * 14)
        + attribute(2, 0x00018010, b"LONGNA~1.PDF\x00")
        + attribute(2, 0x0006800F, b"%PDF")
        + attribute(
            2, 0x00069005, properties((0x1F, 0x3707, "Long – name.pdf\x00".encode("utf-16-le")), (0x1E, 0x370E, b"application/pdf\x00"))
        )
    )


def mail(content: bytes, text: bytes = b"") -> bytes:
    return (
        b"From: kari@example.org\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + text + b"\r\n"
        b"--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"--b--\r\n"
    )


def test_files_and_body_are_unpacked() -> None:
    read = parse_mail(mail(container("Привет".encode("cp1251"))))
    assert read.body_text.strip() == "Привет"
    assert [(one.name, one.type, one.content) for one in read.attachments] == [
        ("Отчёт.doc", "application/octet-stream", b"file content"),
        ("Long – name.pdf", "application/pdf", b"%PDF"),
    ]


def test_the_body_beside_it_is_not_doubled() -> None:
    assert parse_mail(mail(container(b"hei"), b"hei")).body_text == "hei"


def test_what_is_no_container_stays_a_file() -> None:
    assert [one.name for one in parse_mail(mail(b"something else")).attachments] == ["winmail.dat"]


def test_a_body_in_rtf_only_is_read() -> None:
    rtf = rb"{\rtf1\ansi\ansicpg1252 Hei p\'e5 deg\par}"
    stored = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    content = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00069003, properties((0x102, 0x1009, stored)))
    read = parse_mail(mail(content))
    assert (read.body_text.strip(), read.attachments) == ("Hei på deg", [])


def test_rtf_without_words_stays_a_file() -> None:
    rtf = rb"{\rtf1{\pict ff}}"
    stored = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    content = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00069003, properties((0x102, 0x1009, stored)))
    assert [(one.name, one.content) for one in parse_mail(mail(content)).attachments] == [("message.rtf", rtf)]


@settings(max_examples=300, deadline=1000)
@given(st.data())
def test_damage_never_raises(data: st.DataObject) -> None:
    content = bytearray(container(b"hei"))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(6, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_tnef(bytes(content[: data.draw(st.integers(0, len(content)))]))

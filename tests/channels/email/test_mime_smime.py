"""Opaque S/MIME: signed mail is readable, what cannot be opened stays a file."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.mime import parse_mail
from innboks.channels.email.smime import signed_content

INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nbl\xc3\xa5b\xc3\xa6r\r\n"


@pytest.fixture(scope="module")
def signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kari@example.org")])
    now = datetime(2026, 10, 5, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def mail(content: bytes) -> bytes:
    return (
        b"From: kari@example.org\r\nSubject: x\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)
    )


def test_signed_mail_is_readable(signed: bytes) -> None:
    read = parse_mail(mail(signed))
    assert (read.body_text, read.attachments) == ("blåbær\r\n", [])


def test_content_in_pieces_of_unknown_length() -> None:
    pieces = b"".join(bytes([0x04, len(one)]) + one for one in (INNER[:20], INNER[20:]))
    encapsulated = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80\x24\x80" + pieces + b"\x00" * 8
    data = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + encapsulated
    assert signed_content(data) == INNER


def test_what_cannot_be_opened_stays_a_file(signed: bytes) -> None:
    for content in (b"", b"garbage", signed[:30]):
        assert [one.name for one in parse_mail(mail(content)).attachments] == ["smime.p7m"]


@settings(max_examples=200, deadline=1000)
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    signed_content(data)
    signed_content(b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + data)


def field(tag: int, content: bytes) -> bytes:
    length = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + content


def wrapped(entity: bytes) -> bytes:
    encapsulated = field(0x30, field(0x06, bytes.fromhex("2a864886f70d010701")) + field(0xA0, field(0x04, entity)))
    data = field(0x30, field(0x06, bytes.fromhex("2a864886f70d010702")) + field(0xA0, field(0x30, b"\x02\x01\x01\x31\x00" + encapsulated)))
    return b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: binary\r\n\r\n" + data


def test_signatures_around_signatures_are_opened_a_few_times_only() -> None:
    entity = INNER
    for count in range(1, 10):
        entity = wrapped(entity)
        read = parse_mail(b"From: kari@example.org\r\n" + entity)
        assert (read.body_text, len(read.attachments)) == (("blåbær\r\n", 0) if count <= 5 else ("", 1))

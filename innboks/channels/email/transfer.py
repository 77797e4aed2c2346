"""Content-Transfer-Encoding: from the bytes on the wire to the bytes that were meant (RFC 2045 §6), however damaged.

Broken base64 gives all that can be saved; a label that the bytes contradict is ignored. Read `parts.py` for the tree around it.
"""

import binascii
import re

from innboks.channels.email.uuencode import decode_uuencode

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_NOT_BASE64_OR_PAD = bytes(set(range(256)) - set(_BASE64) - {ord("=")})
_SPACE = b" \t\r\n\x00"
_TRAILING_SPACE = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|\Z)")
_CODED_BYTE = re.compile(rb"=[0-9A-Fa-f]{2}|=\r?\n")


def transfer_encoding(value: str) -> str:
    """The encoding that a Content-Transfer-Encoding value means: base64, quoted-printable, uuencode or identity."""
    squeezed = re.sub(r"[^a-z0-9]", "", value.split(";", 1)[0].split("(", 1)[0].lower())
    if squeezed.startswith(("base64", "xbase64")):
        return "base64"
    if "quoted" in squeezed and "print" in squeezed or squeezed == "qp":
        return "quoted-printable"
    if squeezed in ("uuencode", "xuuencode", "uue", "xuue"):
        return "uuencode"
    return "identity"


def decode_transfer(data: bytes, encoding: str, *, text: bool = False) -> tuple[bytes, str | None]:
    """The decoded bytes and what was wrong with them, if anything. `text` says that the part should be readable text."""
    if encoding == "base64":
        return decode_base64(data, text=text)
    if encoding == "quoted-printable":
        return decode_quoted_printable(data), None
    if encoding == "uuencode":
        decoded = decode_uuencode(data)
        return (decoded, None) if decoded is not None else (data, "A part said to be uuencoded is not.")
    return data, None


def decode_quoted_printable(data: bytes) -> bytes:
    """RFC 2045 §6.7, with blanks at line ends (added in transport) removed first and wrong escapes kept as they are."""
    if b"=" not in data:
        return _TRAILING_SPACE.sub(b"", data)
    return binascii.a2b_qp(_TRAILING_SPACE.sub(b"", data))


def decode_base64(data: bytes, *, text: bool = False) -> tuple[bytes, str | None]:
    """RFC 2045 §6.8. Saves what it can of damaged input: foreign characters are skipped, missing padding is added, what follows padding
    is decoded too when it is base64 again (encoders that pad each chunk)."""
    first_pad = data.find(b"=")
    if first_pad < 0 or not data[first_pad:].strip(b"=" + _SPACE):
        compact = data.translate(None, _SPACE)
        clean = compact.translate(None, _NOT_BASE64)
        foreign = len(compact) - len(clean) - (compact.count(b"=") if first_pad >= 0 else 0)
        if text and foreign * 20 > len(compact):
            return data, "A part said to be base64 is plain text."
        return _join(clean), None if not foreign and len(clean) % 4 != 1 else "Damaged base64."
    compact = data.translate(None, _SPACE)
    foreign = len(compact) - len(compact.translate(None, _NOT_BASE64_OR_PAD))
    if text and foreign * 20 > len(compact):
        head = data[:first_pad].translate(None, _SPACE)
        tail = data[first_pad:].lstrip(b"=").lstrip(_SPACE)
        if len(head) > 16 and not head.translate(None, _BASE64):  # plain text that somebody appended, such as a list's footer
            return _join(head) + b"\r\n" + tail, "Plain text follows base64."
        return data, "A part said to be base64 is plain text."
    chunks = [chunk for chunk in re.split(rb"=+", compact.translate(None, _NOT_BASE64_OR_PAD)) if chunk]
    if foreign:
        return _join(chunks[0]) if chunks else b"", "Damaged base64."
    return b"".join(_join(chunk) for chunk in chunks), "Base64 with padding inside."


def _join(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))

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
_COMMENT = re.compile(r"\([^()]*+\)?")
_LONE_EQUALS = re.compile(rb"=(?==)")


def transfer_encoding(value: str) -> str:
    """The encoding that a Content-Transfer-Encoding value means: base64, quoted-printable, uuencode or identity."""
    squeezed = re.sub(r"[^a-z0-9]", "", _COMMENT.sub("", value.split(";", 1)[0]).lower())
    if squeezed.startswith(("base64", "xbase64")):
        return "base64"
    if ("quoted" in squeezed and "print" in squeezed) or squeezed == "qp":
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
    if b"==" in data:
        data = _LONE_EQUALS.sub(b"=3D", data)  # the decoder below would swallow one
    return binascii.a2b_qp(_TRAILING_SPACE.sub(b"", data))


def decode_base64(data: bytes, *, text: bool = False) -> tuple[bytes, str | None]:
    """RFC 2045 §6.8. Saves what it can of damaged input: foreign characters are skipped, missing padding is added, what follows padding
    is decoded too when it is base64 again (encoders that pad each chunk). With `text`, plain words in place of base64 stay as they are."""
    compact = data.translate(None, _SPACE)
    if len(compact) % 4 == 0 and compact.translate(None, _BASE64) == compact[-2:].translate(None, _BASE64):
        try:
            return binascii.a2b_base64(compact), None  # sound, as nearly always: no further copies of a large file
        except binascii.Error:
            pass
    first_pad = compact.find(b"=")
    head = compact if first_pad < 0 else compact[:first_pad]
    clean = head.translate(None, _NOT_BASE64) if head.translate(None, _BASE64) else head
    rest = b"" if first_pad < 0 else compact[first_pad:].lstrip(b"=")
    if not rest and len(clean) == len(head):
        return _join(clean), "Base64 is cut off." if len(clean) % 4 == 1 else None
    if text and len(clean) < len(head):
        decoded = _join(clean)
        if _is_readable(data) and not _is_readable(decoded):
            return data, "A part said to be base64 is plain text."
        return decoded, "Damaged base64."
    if rest and rest.translate(None, _NOT_BASE64_OR_PAD) != rest:
        decoded = _join(clean)
        if text:  # plain text that somebody appended, such as the footer of a mailing list
            tail = data[data.index(b"=") :].lstrip(b"=").lstrip(_SPACE)
            return decoded + b"\r\n" + tail, "Plain text follows base64."
        return decoded, "Damaged base64."
    if rest:
        chunks = [chunk for chunk in compact.split(b"=") if chunk]
        return b"".join(_join(chunk.translate(None, _NOT_BASE64)) for chunk in chunks), "Base64 with padding inside."
    return _join(clean), "Damaged base64."


def _is_readable(data: bytes) -> bool:
    """Whether the beginning is text: UTF-8 without control characters."""
    sample = data[:2000]
    try:
        text = sample.decode("utf-8", "ignore" if len(data) > 2000 else "strict")
    except UnicodeDecodeError:
        return False
    return sum(1 for c in text if c < " " and c not in "\t\r\n") * 50 <= len(text)


def _join(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4) if len(clean) % 4 else clean)

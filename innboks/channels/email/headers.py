"""Writing header fields, safely: one function per kind of field (RFC 5322, 2047, 2231, 6532).

The standard library's writer turns long Message-IDs in References into encoded words, which breaks threading, so fields are written here.
Nothing that comes in can end a field: control characters become spaces before anything else. Read `compose.py` for who uses it.
"""

import base64
import re
from collections.abc import Sequence
from urllib.parse import quote

from innboks.channels.email.settings import wire_address

FOLD_AT = 76
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
_ENDLESS = 20_000  # characters; nobody reads a longer subject or name
_ATEXT_WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ID = re.compile(r"[\x21-\x3b=\x3f-\x7e]+")


def clean(text: str, limit: int = _ENDLESS) -> str:
    """One line without control characters or lone surrogates: nothing in it can start another field."""
    return _CONTROL.sub(" ", text[:limit]).encode("utf-8", "replace").decode("utf-8").strip()


def unstructured(name: str, text: str) -> bytes:
    """A field of free text, such as Subject."""
    text = clean(text)
    if text.isascii() and "=?" not in text:
        return _fold(name, text.split(" "))
    return _fold(name, _encoded_words(text, len(name) + 2))


def addresses(name: str, people: Sequence[tuple[str, str]]) -> bytes:
    """A list of (display name, address). Addresses that need SMTPUTF8 stay as they are (RFC 6532)."""
    words: list[str] = []
    for index, (display, address) in enumerate(people):
        comma = "," if index < len(people) - 1 else ""
        mailbox = wire_address(address)
        display = clean(display, 500)
        if not display or display == address:
            words.append(mailbox + comma)
            continue
        words += [*_phrase(display), f"<{mailbox}>{comma}"]
    return _fold(name, words)


def message_ids(name: str, ids: Sequence[str]) -> bytes:
    """Message ids, one a line when they are many; never broken and never encoded."""
    usable = [word for word in (clean_id(one) for one in ids) if word]
    return _fold(name, [f"<{word}>" for word in usable]) if usable else b""


def clean_id(text: str) -> str:
    """A message id without brackets, "" when it cannot stand in a field."""
    text = text.strip().strip("<>")
    return text if len(text) <= 900 and _ID.fullmatch(text) else ""


def with_filename(name: str, value: str, parameter: str, filename: str) -> bytes:
    """A field with a file name as its parameter (RFC 2231); the name's path is cut off."""
    filename = clean(filename, 1000).replace("\\", "/").rpartition("/")[2] or "file"
    plain = filename.isascii() and len(filename) <= 60
    if plain:
        quoted = filename.replace('"', "'")
        return _fold(name, [value + ";", f'{parameter}="{quoted}"'])
    text = "utf-8''" + quote(filename, safe="!#$&+-.^_`{|}~")
    if len(text) <= 60:
        return _fold(name, [value + ";", f"{parameter}*={text}"])
    pieces = _pieces(text, 58)
    words = [f"{parameter}*{index}*={piece};" for index, piece in enumerate(pieces)]
    words[-1] = words[-1][:-1]
    return _fold(name, [value + ";", *words])


def plain(name: str, value: str) -> bytes:
    """A field whose value we made ourselves and that needs no care."""
    return f"{name}: {value}\r\n".encode("ascii")


def _fold(name: str, words: Sequence[str]) -> bytes:
    """Words joined by spaces, folded before the line gets too long (RFC 5322 §2.2.3)."""
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > FOLD_AT and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += " " + word
        while len(line) > 990:  # RFC 5322 §2.1.1: 998 octets a line, whatever the word
            lines.append(line[:900])
            line = " " + line[900:]
    lines.append(line)
    return ("\r\n".join(part for part in lines if part.strip()) + "\r\n").encode("utf-8")


def _phrase(display: str) -> list[str]:
    if display.isascii() and "=?" not in display:
        if _ATEXT_WORDS.fullmatch(display):
            return display.split(" ")
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'.split(" ")
    return _encoded_words(display, 10)


def _encoded_words(text: str, used: int) -> list[str]:
    """RFC 2047 words of at most 75 characters, never splitting a character. Base64: the same for every script, and safe in a phrase."""
    words: list[str] = []
    piece, size, room = "", 0, max(12, (FOLD_AT - used - 12) // 4 * 3)
    for character in text:
        width = len(character.encode("utf-8"))
        if size + width > room:
            words.append(piece)
            piece, size, room = "", 0, 45
        piece += character
        size += width
    words.append(piece)
    return [f"=?utf-8?B?{base64.b64encode(word.encode('utf-8')).decode('ascii')}?=" for word in words]


def _pieces(text: str, length: int) -> list[str]:
    """Cut percent-encoded text without cutting an escape in two."""
    pieces: list[str] = []
    while len(text) > length:
        cut = length - 1 if text[length - 1] == "%" else length - 2 if text[length - 2] == "%" else length
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]

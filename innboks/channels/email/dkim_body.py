"""The hash of a mail's body as DKIM defines it (RFC 6376 §3.4.3, §3.4.4), made in small pieces.

`dkimpy` canonicalises the whole body in a few calls, each of which holds the interpreter for hundreds of milliseconds with a large mail, and
everything else in the process waits; here nothing holds it for more than one piece. Read `authentication_check.py` for who asks.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

LONGEST_HEAD = 256 * 1024
"""Bytes of headers; a mail with a longer head is not checked."""
PIECE = 64 * 1024  # bytes: about a millisecond

_END_OF_HEAD = re.compile(rb"\r?\n(?=\r?\n)")
_LONE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_BLANKS = re.compile(rb"[ \t]{2,}|\t")


def head_of(raw: bytes, limit: int) -> bytes | None:
    """The headers with the end of their last line; None when they are longer than `limit` bytes."""
    if raw.startswith((b"\r\n", b"\n")):
        return b""
    end = _END_OF_HEAD.search(raw, 0, limit)
    if end is not None:
        return raw[: end.end()]
    return raw if len(raw) < limit else None


def body_hash(raw: bytes, head_size: int, *, is_relaxed: bool) -> bytes:
    """SHA-256 of the canonical body of `raw`, whose headers take `head_size` bytes. Linear in its size, whatever is in it."""
    start = head_size
    for line_end in (b"\r\n", b"\n"):  # the empty line between the two
        if raw.startswith(line_end, start):
            start += len(line_end)
            break
    hashed = hashlib.sha256()
    for piece in canonical((raw[at : at + PIECE] for at in range(start, len(raw), PIECE)), is_relaxed=is_relaxed):
        hashed.update(piece)
    return hashed.digest()


def canonical(pieces: Iterable[bytes], *, is_relaxed: bool) -> Iterator[bytes]:
    """The body without the empty lines at its end; relaxed, also without blanks at the ends of lines, and one where there are several."""
    held = b""  # of the end of the last piece: what follows decides what becomes of it
    empty_lines = 0  # ends of lines that count only when more text follows
    has_text = False
    for piece in pieces:
        text = _LONE_LINE_FEED.sub(b"\r\n", held + piece)
        text, held = _hold_back(text, is_relaxed)
        if is_relaxed:
            text = _BLANKS.sub(b" ", text).replace(b" \r\n", b"\r\n")
        end = len(text)
        count = 0
        while text.endswith(b"\r\n", 0, end):
            end -= 2
            count += 1
        if end:
            yield b"\r\n" * empty_lines
            yield text[:end]
            has_text = True
            empty_lines = 0
        empty_lines += count
    if is_relaxed and not held.endswith(b"\r"):
        held = b""  # blanks at the end of the last line
    if held:
        yield b"\r\n" * empty_lines + held
    if has_text or held or not is_relaxed:
        yield b"\r\n"


def _hold_back(text: bytes, is_relaxed: bool) -> tuple[bytes, bytes]:
    """What is settled, and what may be the beginning of an end of line."""
    carriage_return = b"\r" if text.endswith(b"\r") else b""
    settled = text[: len(text) - len(carriage_return)]
    if not is_relaxed:
        return settled, carriage_return
    stripped = settled.rstrip(b" \t")
    return stripped, (b" " if len(stripped) < len(settled) else b"") + carriage_return

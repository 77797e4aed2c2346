"""Raw bytes → the tree of MIME parts (RFC 2045, 2046), bounded in depth and number, without copying the message.

A part is a span of a buffer: headers, then a body that is only cut out when somebody reads it. Each level searches its own span for its
boundary, so the work is at most depth x size whatever the nesting. What is malformed becomes something sensible and a sentence in
`problems`; nothing raises. Read `mime.py` next: tree → Mail.
"""

import re
from collections.abc import Iterator

from innboks.channels.email.encoded_words import decode_words, parse_parameters, raw_text
from innboks.channels.email.smime import TYPES as SIGNED_TYPES
from innboks.channels.email.smime import signed_content
from innboks.channels.email.transfer import decode_transfer, transfer_encoding

DEEPEST = 40
MOST_PARTS = 2000
MOST_HEADERS = 5000
_LONGEST_HEAD = 4_000_000  # bytes: room for fifty thousand recipients
_MOST_SIGNATURES = 5  # opaque ones opened in a mail: each takes a copy of what it signs
_MOST_FOLDS = 50_000  # lines of one header
_MOST_DELIMITERS = 100_000  # lines looked at that may part one multipart
_LONGEST_FIELD = 65_536  # bytes read of Content-Type and its kin

_HEADER_NAME = re.compile(rb"[!-9;-~]{1,2000}")
_KNOWN_HEADER = re.compile(
    rb"\n(?:from|to|subject|date|message-id|mime-version|content-type|content-transfer-encoding|content-disposition)[ \t]*:", re.IGNORECASE
)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_TYPE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+")
_FIRST_DELIMITER = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n")


class Part:
    """One node: `headers` as (name, raw value), the decoded Content-Type and Content-Disposition, and `children` when it is a multipart."""

    __slots__ = (
        "boundary", "buffer", "children", "depth", "disposition", "disposition_parameters", "encoding", "end", "headers", "parameters",
        "start", "type",
    )  # fmt: skip

    def __init__(self, buffer: bytes, start: int, end: int, depth: int) -> None:
        self.buffer = buffer
        self.start = start
        self.end = end
        self.depth = depth
        self.headers: list[tuple[str, bytes]] = []
        self.type = "text/plain"
        self.parameters: dict[str, str] = {}
        self.disposition = ""
        self.disposition_parameters: dict[str, str] = {}
        self.encoding = "identity"
        self.boundary = ""
        self.children: list[Part] = []

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    def raw(self, name: str) -> bytes | None:
        """The first header of that name (given in lower case), undecoded."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def text(self, name: str) -> str:
        """The first header of that name (given in lower case), unfolded, encoded words still encoded; "" when missing."""
        value = self.raw(name)
        return raw_text(value) if value is not None else ""

    @property
    def filename(self) -> str:
        """The name that the part gives itself, as written ("" = none)."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name") or self.disposition_parameters.get("name") or ""

    @property
    def content_id(self) -> str | None:
        value = decode_words(self.text("content-id")).strip()
        return value.strip("<> ") or None

    def body(self) -> bytes:
        return self.buffer[self.start : self.end]

    def leaves(self) -> Iterator["Part"]:
        """All parts without children, in order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.children:
                waiting.extend(reversed(part.children))
            else:
                yield part


def parse_tree(raw: bytes, problems: list[str]) -> Part:
    """The tree of a whole message. `problems` receives what was odd."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        problems.append("Lines end in bare carriage returns.")
    root = Part(raw, 0, len(raw), 0)
    if raw.startswith((b"\r\n", b"\n", b" \n", b"\xef\xbb\xbf")):
        root.start = len(raw) - len(raw.lstrip(b"\xef\xbb\xbf\r\n "))
    waiting = [root]
    count = 1
    signatures = 0
    while waiting:
        part = waiting.pop()
        _read_head(part, problems, is_top=part is root)
        if part.type in SIGNED_TYPES and part.depth < DEEPEST and signatures < _MOST_SIGNATURES:
            signatures += _open_signed(part, waiting)
            continue
        if not part.type.startswith("multipart/"):
            continue
        if part.depth >= DEEPEST:
            problems.append(f"Parts nest deeper than {DEEPEST}: the innermost are kept as one file.")
            part.type = "application/octet-stream"
            continue
        if part.encoding != "identity" and not _has_delimiter(part):  # forbidden (RFC 2045 §6.4), yet it exists
            part.buffer, _ = decode_transfer(part.body(), part.encoding)
            part.start, part.end, part.encoding = 0, len(part.buffer), "identity"
        spans = _split(part, MOST_PARTS - count, problems)
        if not spans:
            problems.append("A multipart has no parts: its body is read as text.")
            part.type = "text/plain"
            continue
        count += len(spans)
        part.children = [Part(part.buffer, start, end, part.depth + 1) for start, end in spans]
        if part.type == "multipart/digest":
            for child in part.children:
                child.type = "message/rfc822"
        waiting.extend(reversed(part.children))
    return root


def _open_signed(part: Part, waiting: list[Part]) -> bool:
    """Puts the mail inside an opaque signature in the place of the part that carries it; whether there was one."""
    content = signed_content(decode_transfer(part.body(), part.encoding)[0])
    if content is None:
        return False
    part.type = "multipart/signed"
    part.children = [Part(content, 0, len(content), part.depth + 1)]
    waiting.append(part.children[0])
    return True


def _has_delimiter(part: Part) -> bool:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    return part.buffer.find(b"--" + boundary, part.start, part.end) >= 0


def _split(part: Part, most: int, problems: list[str]) -> list[tuple[int, int]]:
    """The spans of a multipart's children."""
    buffer, start, end = part.buffer, part.start, part.end
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    spans = _spans(buffer, start, end, boundary, most) if boundary else []
    if not spans:
        guess = _FIRST_DELIMITER.search(buffer, max(start - 1, 0), min(end, start + 65_536))
        if guess and guess[1].strip(b"-"):
            spans = _spans(buffer, start, end, guess[1], most)
            problems.append("A multipart's boundary is missing or wrong; the one in its body is used.")
    if len(spans) >= most:
        problems.append(f"More than {MOST_PARTS} parts: the rest is left in the last one.")
    return spans


def _spans(buffer: bytes, start: int, end: int, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """Spans between delimiter lines (RFC 2046 §5.1.1). The line break before a delimiter belongs to it. What follows the closing delimiter is
    dropped unless more parts follow; a missing closing delimiter ends the last part at the end."""
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened = -1
    position = start
    for _ in range(_MOST_DELIMITERS):
        found = buffer.find(mark, position, end) if len(spans) < most else -1
        if found < 0:
            break
        position = found + len(mark)
        if found > start and buffer[found - 1] not in b"\r\n":
            continue
        line_end = buffer.find(b"\n", position, min(position + 200, end))
        rest = buffer[position : line_end if line_end >= 0 else min(position + 200, end)].strip(b" \t\r")
        is_close = rest.startswith(b"--") and not rest[2:].strip()
        if rest and not is_close:
            continue
        if opened >= 0:
            cut = found
            if cut > opened and buffer[cut - 1] == 10:
                cut -= 1
            if cut > opened and buffer[cut - 1] == 13:
                cut -= 1
            spans.append((opened, cut))
        following = line_end + 1 if line_end >= 0 else end
        opened = -1 if is_close else following
        position = following if line_end >= 0 else position
    if opened >= 0 and (opened < end or not spans):
        spans.append((opened, end))
    return spans


def _read_head(part: Part, problems: list[str], *, is_top: bool) -> None:
    """Reads the headers of a part, moves `start` to its body and takes in what the headers say."""
    default_type = part.type
    part.start = read_headers(part, problems, is_top=is_top)
    found: dict[str, str] = {}
    for name, value in part.headers:
        key = name.lower()
        if key in ("content-type", "content-disposition", "content-transfer-encoding") and key not in found:
            found[key] = raw_text(value[:_LONGEST_FIELD])
    bare, part.parameters = parse_parameters(found.get("content-type", ""))
    if match := _TYPE.search(bare[:300]):
        part.type = match[0]
    elif bare.startswith("text"):
        part.type = "text/plain"
    elif bare in ("html", "plain"):
        part.type = f"text/{bare}"
    elif bare.startswith("multipart") and "boundary" in part.parameters:
        part.type = "multipart/mixed"
    else:
        part.type = default_type
    part.disposition, part.disposition_parameters = parse_parameters(found.get("content-disposition", ""))
    part.encoding = transfer_encoding(found.get("content-transfer-encoding", ""))


def read_headers(part: Part, problems: list[str], *, is_top: bool = True) -> int:
    """Fills `part.headers`; returns where the body begins."""
    buffer, position, end = part.buffer, part.start, part.end
    longest = position + _LONGEST_HEAD
    lines: list[bytes] = []
    name = ""
    last_known = -1  # where the last unmistakable header stands; searched when a line is no header
    headers = part.headers
    while position < end:
        if position > longest:
            problems.append("The headers are too long: their end is read as text.")
            break
        line_end = buffer.find(b"\n", position, end)
        following = line_end + 1 if line_end >= 0 else end
        line = buffer[position:following]
        stripped = line.rstrip(b"\r\n")
        if not stripped:
            position = following
            break
        if stripped[0] in b" \t" and (name or not stripped.strip()):
            if not stripped.strip() and not _goes_on(buffer, following, end):
                position = following  # a line of blanks only, then no header: meant as the empty line
                break
            if len(lines) < _MOST_FOLDS:
                lines.append(line)
        else:
            key, colon, _ = stripped.partition(b":")
            key = key.rstrip(b" \t")
            if colon and _HEADER_NAME.fullmatch(key):
                if name:
                    headers.append((name, b"".join(lines)))
                name, lines = key.decode("ascii"), [line[stripped.index(b":") + 1 :]]
                if len(headers) >= MOST_HEADERS:
                    problems.append(f"More than {MOST_HEADERS} headers: the rest is read as text.")
                    break
            elif stripped.startswith((b"From ", b">From ")) or _goes_on(buffer, following, end):
                pass  # an mbox line, or a broken line among headers
            elif position < (last_known := _last_known_header(buffer, position, end) if last_known < 0 else last_known):
                pass  # continuation lines that lost their blanks: real headers still follow
            else:
                if headers or name or not is_top:
                    problems.append("The headers end without an empty line.")
                break
        position = following
    if name:
        headers.append((name, b"".join(lines)))
    return position


def _last_known_header(buffer: bytes, position: int, end: int) -> int:
    """Where the last unmistakable header before the next empty line stands, 0 when there is none."""
    empty = _EMPTY_LINE.search(buffer, position, min(end, position + 262_144))
    if empty is None:
        return 0
    return max((match.start() for match in _KNOWN_HEADER.finditer(buffer, position, empty.start())), default=0)


def _goes_on(buffer: bytes, position: int, end: int) -> bool:
    """Whether the line at `position` is a header or a continuation of one."""
    line_end = buffer.find(b"\n", position, min(end, position + 2000))
    line = buffer[position : line_end if line_end >= 0 else min(end, position + 2000)]
    if line[:1] in (b" ", b"\t"):
        return bool(line.strip())
    key, colon, _ = line.partition(b":")
    return bool(colon) and _HEADER_NAME.fullmatch(key.rstrip(b" \t")) is not None and not key.startswith(b"--")

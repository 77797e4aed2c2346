"""Header text: RFC 2047 encoded words and RFC 2231 parameters, as senders really write them.

Raw header bytes become text with `raw_text` (8-bit headers are UTF-8 by RFC 6532, else guessed), encoded words are resolved by `decode_words`,
`name=value` lists by `parse_parameters`. All of it runs in linear time on any input. Read `addresses.py` for mailboxes.
"""

import binascii
import re

from innboks.channels.email.charsets import codec_named, decode_text

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]?")
_WORD_START = re.compile(r"=\?([A-Za-z0-9_.:()+\-*]{1,60})\?([bBqQ])\?")
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_QUOTED_HEX = re.compile(rb"=([0-9a-fA-F]{2})")


def raw_text(value: bytes) -> str:
    """One header value as text: unfolded, without control characters, encoded words still encoded."""
    text = value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode_text(value)
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(" ", text.replace("\r\n ", "\n ").replace("\r\n\t", "\n\t"))
    return _CONTROLS.sub("", text).strip()


def decode_words(text: str, line_break: str = " ") -> str:
    """`text` with its RFC 2047 encoded words resolved, line breaks inside them as `line_break`. Words side by side are joined before
    decoding, since senders cut inside characters; words that stand in quotes or touch other text are decoded too; what is malformed
    beyond reading stays as it is."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[tuple[str, str, str]] = []  # charset, encoding, payload
    position = 0
    for start, end, charset, encoding, payload in _words(text):
        between = text[position:start]
        if between.strip():
            out.append(_join(pending))
            pending = []
            out.append(between)
        elif between and not pending:
            out.append(between)
        pending.append((charset, encoding, payload))
        position = end
    out.append(_join(pending))
    out.append(text[position:])
    decoded = "".join(out)
    return _CONTROLS.sub("", decoded.replace("\r\n", "\n").replace("\r", "\n").replace("\n", line_break))


def _words(text: str) -> list[tuple[int, int, str, str, str]]:
    found: list[tuple[int, int, str, str, str]] = []
    position = 0
    while match := _WORD_START.search(text, position):
        start = match.end()
        close = text.find("?=", start)
        following = text.find("=?", start)
        if close >= 0 and 0 <= following < close - 1 and (again := _WORD_START.match(text, following)) and again.start() > start:
            end, resume = following, following  # never closed: the next word begins before
        elif close < 0:
            end, resume = len(text), len(text)
        else:
            end, resume = close, close + 2
            # "?==?=" closes a payload that ends in "=": a quoted-printable soft end or base64 padding
            while text.startswith("?=", end + 1) and not text.startswith("=?", end + 1) and match[2] in "bB":
                end, resume = end + 1, resume + 1
        payload = text[start:end]
        found.append((match.start(), resume, match[1], match[2].lower(), payload if resume != end else payload.rstrip("?")))
        position = resume
    return found


def _join(words: list[tuple[str, str, str]]) -> str:
    """Decodes neighbouring words; those of one charset as one run of bytes."""
    out: list[str] = []
    index = 0
    while index < len(words):
        charset, encoding, payload = words[index]
        label = charset.split("*", 1)[0].lower()
        run: list[bytes] = []
        open_base64 = ""
        while index < len(words) and words[index][0].split("*", 1)[0].lower() == label:
            _, encoding, payload = words[index]
            index += 1
            if encoding == "q":
                run.append(_flush(open_base64))
                open_base64 = ""
                run.append(_quoted(payload))
            else:
                open_base64 += "".join(payload.split())
                if len(open_base64) % 4 == 0 or "=" in open_base64:
                    run.append(_flush(open_base64))
                    open_base64 = ""
        run.append(_flush(open_base64))
        codec = codec_named(label)
        if codec and codec.startswith("iso2022"):  # every word starts anew in ASCII (RFC 2047 §3)
            run = [piece + b"\x1b(B" if _ends_wide(piece) else piece for piece in run]
        out.append(decode_text(b"".join(run), label))
    return "".join(out)


def _ends_wide(piece: bytes) -> bool:
    """Whether a word of ISO-2022 stops in two-byte mode after a whole character. Stopping inside one, it goes on in the next word."""
    start = piece.rfind(b"\x1b$")
    escape = 4 if piece[start + 2 : start + 3] == b"(" else 3
    return start > piece.rfind(b"\x1b(") and (len(piece) - start - escape) % 2 == 0


def _flush(payload: str) -> bytes:
    if not payload:
        return b""
    data = payload.encode("ascii", "ignore").translate(None, _NOT_BASE64)
    data = data[: len(data) - 1] if len(data) % 4 == 1 else data
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""


def _quoted(payload: str) -> bytes:
    data = payload.replace("_", " ").encode("utf-8", "surrogateescape")
    return _QUOTED_HEX.sub(lambda match: bytes([int(match[1], 16)]), data) if b"=" in data else data


def split_parameters(value: str) -> tuple[str, list[tuple[str, str]]]:
    """The value before the first ";" and the `name=value` pairs after it, as written but unquoted. Parts without "=" are dropped."""
    pieces = _split_semicolons(value)
    pairs: list[tuple[str, str]] = []
    for piece in pieces[1:]:
        name, equals, content = piece.partition("=")
        if equals:
            pairs.append((name.strip().lower(), _unquote(content.strip())))
    first = pieces[0].strip()
    if "=" in first and "/" not in first.partition("=")[0]:  # "name=x.txt" without any value before it
        name, _, content = first.partition("=")
        return "", [(name.strip().lower(), _unquote(content.strip())), *pairs]
    return first, pairs


def _split_semicolons(value: str) -> list[str]:
    if '"' not in value:
        return value.split(";")
    pieces: list[str] = []
    current: list[str] = []
    quoted = False
    position = 0
    last_quote = value.rfind('"')
    for match in re.finditer(r'\\.|[";]', value, re.DOTALL):
        mark = match[0]
        if mark == '"':
            quoted = not quoted and match.start() < last_quote  # a quote that never closes quotes nothing
        elif mark == ";" and not quoted:
            current.append(value[position : match.start()])
            pieces.append("".join(current))
            current = []
            position = match.end()
        if len(pieces) > 200:
            break
    current.append(value[position:])
    pieces.append("".join(current))
    return pieces


def _unquote(content: str) -> str:
    if content.startswith('"'):
        end = len(content) - 1 if content.endswith('"') and len(content) > 1 else len(content)
        content = content[1:end]
        return re.sub(r'\\(["\\])', r"\1", content)
    return content.strip("'\"") if content.endswith(('"', "'")) else content


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured value such as Content-Type: the bare value in lower case and its parameters, with RFC 2231 continuations joined, charsets
    decoded and (against the letter of RFC 2047 §5, as all senders do) encoded words resolved. The first of equal names wins."""
    bare, pairs = split_parameters(value)
    plain: dict[str, str] = {}
    extended: dict[str, list[tuple[int, bool, str]]] = {}
    for name, content in pairs:
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, decode_words(content, line_break="_"))  # in a name as good as a blank, and visible
            continue
        number = rest.rstrip("*")
        is_encoded = rest == "" or rest.endswith("*")
        if number.isascii() and number.isdigit() and len(number) < 5:
            extended.setdefault(base, []).append((int(number), is_encoded, content))
        elif not number:
            extended.setdefault(base, []).append((0, True, content))
    for base, segments in extended.items():
        joined = _join_segments(segments)
        if joined or base not in plain:
            plain[base] = joined
    return bare.lower(), plain


def _join_segments(segments: list[tuple[int, bool, str]]) -> str:
    """RFC 2231 §4.1: segments in order of number, percent-decoded where marked, in the charset that the first one names."""
    segments.sort(key=lambda segment: segment[0])
    charset: str | None = None
    out = bytearray()
    for index, (_, is_encoded, content) in enumerate(segments):
        if index == 0 and content.count("'") >= 2 and (is_encoded or re.match(r"[\w-]+'[\w-]*'", content)):
            charset, _, content = content.split("'", 2)
        data = content.encode("utf-8", "surrogateescape")
        if is_encoded or charset:
            data = _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), data)
        out += data
    text = decode_text(bytes(out), charset or None)
    return decode_words(text)

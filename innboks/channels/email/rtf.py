"""RTF to text or HTML, for mail that Outlook sent in a winmail.dat with no other body ([MS-OXRTFCP], RTF 1.9.1, [MS-OXRTFEX]).

Outlook wraps HTML mail into RTF: then the HTML comes out as it was. Other RTF gives its words, line breaks and tabs. Our own, since the
libraries for it fail on damage, know one of the two kinds only, or take quadratic time; here damage gives what can be read, one pass over
the bytes. Read `tnef.py` for the caller.
"""

import re
import struct

from innboks.channels.email.charsets import codec_named

_LONGEST = 10_000_000  # bytes of decompressed RTF; a stream says how long it becomes, and may lie
_MOST_TOKENS = 500_000
_DEEPEST = 500
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)  # [MS-OXRTFCP] §2.1.2.1: what the dictionary holds before the first byte
_WINDOW = 4096
_STORED, _COMPRESSED = 0x414C454D, 0x75465A4C  # "MELA", "LZFu"

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<open>\{)|(?P<close>\})"
    rb"|[\r\n]+"
    rb"|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
# Groups whose text is not the mail's.
_UNSEEN = frozenset(
    {
        b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"nonshppict", b"objdata", b"header", b"headerl", b"headerr", b"headerf",
        b"footer", b"footerl", b"footerr", b"footerf", b"ftnsep", b"ftnsepc", b"xe", b"tc", b"rxe", b"filetbl", b"listtable",
        b"listoverridetable", b"revtbl", b"rsidtbl", b"themedata", b"datastore", b"pntxta", b"pntxtb", b"fldinst", b"generator",
    }
)  # fmt: skip
_CHARACTERS = {
    b"tab": "\t", b"cell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": "\u2003", b"enspace": "\u2002", b"qmspace": "\u2005",
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"softline": "\n",
}  # fmt: skip
_SIGNS = {b"~": "\xa0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\r": "\n", b"\n": "\n"}
_FONT_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_PLATFORMS = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_BLANK_END = re.compile(r"(?<![ \t])[ \t]++(?=\n)")


def decompress_rtf(data: bytes) -> bytes:
    """Compressed RTF as RTF; what is damaged gives what came before."""
    if len(data) < 16:
        return b""
    _, raw_size, magic, _ = struct.unpack_from("<IIII", data)
    if magic == _STORED:
        return data[16 : 16 + min(raw_size, _LONGEST)]
    if magic != _COMPRESSED:
        return b""
    start = len(_START)
    out = bytearray(_START)
    most = start + min(raw_size, _LONGEST)
    position = 16
    while position < len(data) and len(out) < most:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(out) >= most:
                break
            if not flags >> bit & 1:
                out.append(data[position])
                position += 1
                continue
            if position + 2 > len(data):
                return bytes(out[start:])
            token = data[position] << 8 | data[position + 1]
            position += 2
            back = (len(out) - (token >> 4)) % _WINDOW
            if back == 0:  # a reference to the place being written ends the stream
                return bytes(out[start:most])
            _repeat(out, back, (token & 15) + 2)
    return bytes(out[start:most])


def _repeat(out: bytearray, back: int, length: int) -> None:
    """Appends `length` bytes from `back` bytes ago; they may run into those being written, and before the first byte there are zeros."""
    source = len(out) - back
    piece = out[source : source + length] if source >= 0 else bytearray(min(-source, length)) + out[: max(length + source, 0)]
    while len(piece) < length:
        piece += piece[: length - len(piece)]
    out += piece


def read_rtf(data: bytes) -> tuple[str, str]:
    """The text and the HTML that RTF holds: one of them, the other "". Both are empty when it is no RTF or says nothing. Never raises."""
    if not data[:64].lstrip().startswith(b"{\\rtf"):
        return "", ""
    reader = _Reader(is_html=b"\\fromhtml" in data[:2000])
    reader.read(data)
    found = "".join(reader.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")
    if reader.is_html:
        return "", found.strip()
    found = _BLANK_END.sub("", found).strip("\n").rstrip()
    return (f"{found}\n" if found else ""), ""


class _Reader:
    """One pass; what a group changes ends with it. `held` are bytes in `codec` that wait for their end, since characters may take two."""

    def __init__(self, *, is_html: bool) -> None:
        self.is_html = is_html
        self.out: list[str] = []
        self.held = bytearray()
        self.groups: list[tuple[bool, bool, bool, int, str]] = []
        self.too_deep = 0
        self.default = self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.is_unseen = False  # in a group that holds no text
        self.is_shadow = False  # in what only RTF readers show of a wrapped HTML mail, or in hidden text
        self.in_fonts = False
        self.skipped = 1  # characters that stand in for a Unicode one
        self.to_skip = 0
        self.is_optional = False  # "\*" was read: whoever does not know the next word leaves out the group

    def read(self, data: bytes) -> None:
        position = 0
        for _ in range(_MOST_TOKENS):
            match = _TOKEN.match(data, position)
            if match is None:
                break
            position = match.end()
            kind = match.lastgroup
            if kind == "text":
                self.add_bytes(match[0])
            elif kind in ("word", "number"):
                number = int(match["number"]) if match["number"] else None
                if match["word"] == b"bin":
                    position += max(number or 0, 0)
                self.word(match["word"], number)
            elif kind == "hex":
                self.add_bytes(bytes.fromhex(match["hex"].decode()))
            elif kind == "sign":
                self.sign(match["sign"])
            elif kind == "open":
                self.open_group()
            elif kind == "close":
                self.close_group()
        self.flush()

    def open_group(self) -> None:
        self.flush()
        self.to_skip = 0
        if len(self.groups) >= _DEEPEST:
            self.too_deep += 1
            return
        self.groups.append((self.is_unseen, self.is_shadow, self.in_fonts, self.skipped, self.codec))

    def close_group(self) -> None:
        self.flush()
        self.to_skip = 0
        self.is_optional = False
        if self.too_deep:
            self.too_deep -= 1
        elif self.groups:
            self.is_unseen, self.is_shadow, self.in_fonts, self.skipped, self.codec = self.groups.pop()

    def flush(self) -> None:
        if self.held:
            self.out.append(self.held.decode(self.codec, "replace"))
            self.held.clear()

    def add_bytes(self, data: bytes) -> None:
        if self.to_skip:
            skipped = min(self.to_skip, len(data))
            self.to_skip -= skipped
            data = data[skipped:]
        if not (self.is_unseen or self.is_shadow):
            self.held += data

    def add_text(self, text: str) -> None:
        self.flush()
        if not (self.is_unseen or self.is_shadow):
            self.out.append(text)

    def sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.is_optional = True
        elif self.to_skip:
            self.to_skip -= 1
        elif sign in _SIGNS:
            self.add_text(_SIGNS[sign])

    def word(self, word: bytes, number: int | None) -> None:
        is_optional, self.is_optional = self.is_optional, False
        if word == b"u" and number is not None:
            self.add_text(chr(number % 65536))
            self.to_skip = self.skipped
            return
        self.to_skip = 0
        if word in _CHARACTERS:
            self.add_text(_CHARACTERS[word])
        elif word == b"uc":
            self.skipped = min(max(number if number is not None else 1, 0), 100)
        elif word == b"htmlrtf" or word == b"v":
            self.flush()
            self.is_shadow = number != 0
        elif word == b"htmltag":
            self.is_unseen, self.is_shadow = not self.is_html, False
        elif word in _UNSEEN or is_optional:
            self.is_unseen = True
            self.in_fonts = word == b"fonttbl"
        else:
            self.charset(word, number)

    def charset(self, word: bytes, number: int | None) -> None:
        """Takes in what says how bytes are read: the platform, the code page, a font of the table, the font of the text."""
        if word in _PLATFORMS:
            self.use(_PLATFORMS[word], is_default=True)
        elif word == b"ansicpg" and number:
            self.use(codec_named(f"cp{number}") or "cp1252", is_default=True)
        elif word in (b"f", b"deff") and number is not None:
            if self.in_fonts:
                self.font = number
            else:
                self.use(self.fonts.get(number, self.default))
        elif word == b"fcharset" and self.in_fonts and number in _FONT_CHARSETS and len(self.fonts) < 5000:
            self.fonts[self.font] = _FONT_CHARSETS[number]
        elif word == b"plain":
            self.use(self.default)

    def use(self, codec: str, *, is_default: bool = False) -> None:
        if codec != self.codec:
            self.flush()
            self.codec = codec
        if is_default:
            self.default = codec

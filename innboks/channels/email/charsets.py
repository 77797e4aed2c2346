"""Bytes to text when the label is wrong, unknown or missing, as in much real mail.

The label is taken as a hint, like browsers do (encoding.spec.whatwg.org): Latin-1 means windows-1252, GB2312 means GB18030 and so on. When the
bytes contradict it, UTF-8 is tried, then what the bytes themselves tell. Nothing here ever raises. Read `charset_guess.py` for how
that is told, `encoded_words.py` for headers, `mime.py` for bodies.
"""

import codecs
import re
from functools import lru_cache

from innboks.channels.email.charset_guess import japanese, legacy, western

_ALIASES = {
    # ASCII and Latin-1 labels are used for anything in the West: windows-1252 is a superset of what is meant.
    "ascii": "cp1252", "usascii": "cp1252", "iso88591": "cp1252", "latin1": "cp1252", "l1": "cp1252", "ansi": "cp1252", "cp819": "cp1252",
    "win1252": "cp1252", "windows1252": "cp1252", "cp1252": "cp1252", "xansi": "cp1252", "westerneuropean": "cp1252", "iso646us": "cp1252",
    "ansix341968": "cp1252", "ansix34": "cp1252", "iso8859": "cp1252", "default": "cp1252", "iso88591windows31latin1": "cp1252",
    "latin9": "iso8859-15", "iso88599": "cp1254", "latin5": "cp1254", "iso885911": "cp874", "tis620": "cp874", "dosthai": "cp874",
    "iso88598e": "iso8859-8", "iso88598i": "iso8859-8", "iso8859-8-i": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "iso88596e": "iso8859-6", "iso88596i": "iso8859-6",
    "gb2312": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "cp936": "gb18030", "gb231280": "gb18030", "euccn": "gb18030",
    "csgb2312": "gb18030", "chinese": "gb18030", "windows936": "gb18030", "ms936": "gb18030", "gb": "gb18030", "hzgb2312": "hz",
    "big5": "big5hkscs", "xxbig5": "big5hkscs", "cnbig5": "big5hkscs", "csbig5": "big5hkscs", "cp950": "cp950", "big5eten": "big5hkscs",
    "ksc56011987": "cp949", "ksc56011989": "cp949", "ksc5601": "cp949", "ksc5601_1987": "cp949", "euckr": "cp949", "korean": "cp949",
    "windows949": "cp949", "ms949": "cp949", "uhc": "cp949", "cseuckr": "cp949", "cskoi8r": "koi8-r",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "mskanji": "cp932", "windows31j": "cp932", "csshiftjis": "cp932", "ms932": "cp932",
    "shiftjis2004": "shift_jis_2004", "eucjp": "euc_jp", "xeucjp": "euc_jp", "iso2022jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
    "iso2022jpms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext", "cp50222": "iso2022_jp_ext",
    "iso2022jp2": "iso2022_jp_2", "iso2022jp2004": "iso2022_jp_2004", "iso2022kr": "iso2022_kr",
    "macintosh": "mac_roman", "mac": "mac_roman", "macroman": "mac_roman", "xmacroman": "mac_roman", "applemacintosh": "mac_roman",
    "xmaccyrillic": "mac_cyrillic", "maccyrillic": "mac_cyrillic", "xmacukrainian": "mac_cyrillic", "xmacgreek": "mac_greek",
    "xmacturkish": "mac_turkish", "xmaccentraleurroman": "mac_latin2", "xmacce": "mac_latin2", "xmacicelandic": "mac_iceland",
    "koi8": "koi8-r", "koi": "koi8-r", "koi8ru": "koi8-u", "cp20866": "koi8-r", "cp21866": "koi8-u",
    "unicode11utf7": "utf-7", "unicode20utf7": "utf-7", "xunicode20utf7": "utf-7", "csunicode11utf7": "utf-7", "utf7": "utf-7",
    "unicode11utf8": "utf-8", "utf8mb4": "utf-8", "utf8mb3": "utf-8", "utf": "utf-8", "xutf8": "utf-8", "utf8n": "utf-8", "utf8": "utf-8",
    "unicode": "utf-16", "ucs2": "utf-16", "iso10646ucs2": "utf-16", "csunicode": "utf-16",
    "cp65001": "utf-8", "cp28591": "cp1252", "cp28592": "iso8859-2", "cp28605": "iso8859-15", "cp1361": "johab", "xjohab": "johab",
    "xvps": "cp1258", "viscii": "cp1258", "tcvn": "cp1258", "xviqr": "cp1258", "ibm850": "cp850", "dos850": "cp850",
}  # fmt: skip
_UNKNOWN = frozenset(
    {"", "unknown", "xunknown", "unknown8bit", "8bit", "xuserdefined", "userdefined", "binary", "none", "null", "iso8859xx"}
)
_SEVEN_BIT = frozenset({"ascii", "usascii", "iso646us", "ansix341968", "ansix34"})
# Codecs in which an ASCII byte does not always mean that character.
_STATEFUL = frozenset({"hz", "utf-7", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
_META_CHARSET = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_NOT_LABEL = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=256)
def codec_named(label: str) -> str | None:
    """Python's codec for a charset label as found in mail, or None when the label says nothing."""
    label = label.split("*", 1)[0].strip(" \t\r\n\"';,").lower()
    label = label.split(";", 1)[0].split(" ", 1)[0]
    squeezed = _NOT_LABEL.sub("", label)
    if squeezed in _UNKNOWN or len(squeezed) > 40:
        return None
    if squeezed in _ALIASES:
        return _ALIASES[squeezed]
    candidates = [label, squeezed, re.sub(r"^(?:x|cs|win|windows|ibm|dos|cp|oem)[-_]?(?=\d)", "cp", label.replace(" ", ""))]
    candidates.append(re.sub(r"^(?:x-|x_|cs)", "", label))
    if found := re.match(r"iso[-_ ]*8859[-_ ]*(\d{1,2})", label):
        candidates.insert(0, f"iso8859-{found[1]}")
    for start in ("utf-8", "utf8"):
        if label.startswith(start):
            candidates.append("utf-8")
    for candidate in candidates:
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        if getattr(info, "_is_text_encoding", True) and info.name not in (
            "idna",
            "punycode",
            "unicode_escape",
            "raw_unicode_escape",
            "undefined",
        ):
            return _ALIASES.get(_NOT_LABEL.sub("", info.name), info.name)
    return None


def decode_text(data: bytes, label: str | None = None, *, html: bool = False) -> str:
    """Text of `data`, which claims to be in the charset `label` (None: no claim). With `html` the document's own <meta> counts as a claim too."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
        label = "utf-8"
    codec = codec_named(label) if label else None
    if codec == "cp1252" and _NOT_LABEL.sub("", label.lower() if label else "") in _SEVEN_BIT and not data.isascii():
        codec = None  # the label promised 7-bit text, so it says nothing about these bytes
    if data.isascii() and codec not in _STATEFUL and b"\x1b" not in data:
        return data.decode("ascii")
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace")
    if codec is None and html and (meta := _META_CHARSET.search(data[:4096])):
        codec = codec_named(meta[1].decode("ascii"))
        codec = None if codec in _STATEFUL else codec
    if codec is None:
        return _guess(data)
    if codec == "utf-16":
        codec = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    if codec in ("utf-8", "cp1252"):
        return _guess(data, claimed=codec)
    text = _decode_as(data, codec)
    if codec == "utf-7":  # it lets halves of characters pass, which no database stores
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _decode_as(data: bytes, codec: str) -> str:
    for attempt in _attempts(codec):
        try:
            text = data.decode(attempt)
        except (UnicodeError, ValueError):
            continue
        return text
    if codec not in _STATEFUL and not data.isascii() and _is_utf8(data):
        return data.decode("utf-8")
    text = _iso2022jp(data) if codec == "iso2022_jp_ext" else data.decode(codec, "replace")
    if text.count("\ufffd") * 4 > len(text) + 8:  # so much is undecodable that the label must be wrong
        return _guess(data)
    return text


def _iso2022jp(data: bytes) -> str:
    """ISO-2022-JP with what Windows adds to it (CP50221: NEC and IBM signs, half-width katakana), and raw Shift JIS under that label.

    Two-byte characters are moved to their Shift JIS place, whose Windows variant knows the added signs."""
    if b"\x1b" not in data:
        return japanese(data)
    out: list[str] = []
    mode = b"B"
    for index, piece in enumerate(_ESCAPE.split(data)):
        if index % 2:
            mode = piece
        elif mode in (b"@", b"B$", b"D", b"$@", b"$B", b"$(D", b"$(@", b"$(B"):
            out.append(_shifted(piece).decode("cp932", "replace"))
        elif mode == b"(I":
            out.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            out.append(piece.decode("cp932", "replace"))
    return "".join(out)


_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BJIH])")


def _shifted(pairs: bytes) -> bytes:
    """JIS X 0208 rows and cells as Shift JIS bytes; line breaks inside pass through."""
    out = bytearray()
    index = 0
    while index < len(pairs):
        row = pairs[index]
        if not 0x21 <= row <= 0x7E or index + 1 >= len(pairs) or not 0x21 <= pairs[index + 1] <= 0x7E:
            out.append(row)
            index += 1
            continue
        cell = pairs[index + 1]
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        out.append(lead)
        out.append(cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E)
        index += 2
    return bytes(out)


def _attempts(codec: str) -> tuple[str, ...]:
    """Codecs to try in turn: vendor extensions that senders use under the plain label."""
    match codec:
        case "iso2022_jp_ext":
            return ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2")
        case "big5hkscs":
            return ("cp950", "big5hkscs")
        case "cp949":
            return ("cp949", "johab")
        case "euc_jp":
            return ("euc_jp", "euc_jis_2004", "cp932")
        case "cp932":
            return ("cp932", "shift_jis_2004")
    return (codec,)


def _guess(data: bytes, claimed: str | None = None) -> str:
    """Text without a label to trust: escape sequences, then UTF-8, then a legacy charset by the look of the bytes."""
    if b"\x1b" in data and (text := _escaped(data)) is not None:
        return text
    if _is_utf8(data):
        return data.decode("utf-8")
    if claimed == "utf-8":
        text = data.decode("utf-8", "replace")
        high = len(data) - len(data.translate(None, _HIGH))
        if text.count("\ufffd") * 3 < high:  # mostly good UTF-8 with damaged places
            return text
    if claimed == "cp1252":
        return western(data)
    return legacy(data)


def _escaped(data: bytes) -> str | None:
    for mark, codec in ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_ext"), (b"\x1b(", "iso2022_jp_ext")):
        if mark in data:
            for attempt in _attempts(codec):
                try:
                    return data.decode(attempt)
                except (UnicodeError, ValueError):
                    continue
            return _iso2022jp(data) if codec == "iso2022_jp_ext" and data.isascii() else None
    return None


_HIGH = bytes(range(0x80, 0x100))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""winmail.dat: the container into which Outlook packs bodies and files ([MS-OXTNEF]), unpacked so that people see what was sent.

Our own, since the one library for it keeps whole objects of every attribute and raises on damage; here a damaged container gives what stood
before the damage. Read `bodies.py` for the caller.
"""

import struct
from dataclasses import dataclass, field

from innboks.channels.email.charsets import decode_text
from innboks.channels.email.rtf import decompress_rtf, read_rtf

_SIGNATURE = 0x223E9F78
_ATTACH_TITLE, _ATTACH_DATA, _ATTACH_START, _ATTACH_PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_FIXED_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_MULTIPLE = 0x1000
_P_BODY, _P_HTML, _P_RTF, _P_DATA, _P_SHORT_NAME, _P_LONG_NAME, _P_TYPE, _P_CONTENT_ID, _P_CODE_PAGE = (
    0x1000, 0x1013, 0x1009, 0x3701, 0x3704, 0x3707, 0x370E, 0x3712, 0x3FDE,
)  # fmt: skip
_MOST_PROPERTIES = 2000
_MOST_FILES = 500
_DEEPEST = 3


@dataclass
class TnefFile:
    """An attached file; "" and None where the container does not say."""

    name: str = ""
    type: str = ""
    content: bytes = b""
    content_id: str | None = None


@dataclass
class Tnef:
    """What a container holds. `rtf` is decompressed RTF, given when the sender wrote in that form; `text` and `html` are read out of it
    where the container has neither."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes, depth: int = 0) -> Tnef | None:
    """The content of a winmail.dat, or None when `data` is none. Attached messages give their files too, three levels deep. Never raises."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    found = Tnef()
    code_page = "windows-1252"
    position = 6
    file: TnefFile | None = None
    while position + 9 <= len(data):
        _, attribute, length = struct.unpack_from("<BII", data, position)
        position += 9
        value = data[position : position + length]
        position += length + 2  # a checksum follows
        kind = attribute & 0xFFFF
        if kind == _CODE_PAGE and len(value) >= 4:
            code_page = _code_page(struct.unpack_from("<I", value)[0])
        elif kind == _BODY:
            found.text = found.text or decode_text(value.rstrip(b"\x00"), code_page)
        elif kind == _MESSAGE_PROPERTIES:
            _message(found, _properties(value), code_page)
        elif kind == _ATTACH_START:
            file = TnefFile()
            found.files.append(file)
            if len(found.files) > _MOST_FILES:
                break
        elif file is not None and kind == _ATTACH_TITLE:
            file.name = file.name or decode_text(value.rstrip(b"\x00"), code_page)
        elif file is not None and kind == _ATTACH_DATA:
            file.content = value
        elif file is not None and kind == _ATTACH_PROPERTIES:
            _attachment(found, file, _properties(value), code_page, depth)
    found.files = [one for one in found.files if one.content or one.name]
    if found.rtf and not found.text.strip() and not found.html.strip():
        found.text, found.html = read_rtf(found.rtf)
    return found


def _code_page(number: int) -> str:
    return {65001: "utf-8", 20127: "us-ascii", 28591: "iso-8859-1", 20866: "koi8-r", 50220: "iso-2022-jp"}.get(number, f"cp{number}")


def _message(found: Tnef, properties: dict[int, tuple[int, bytes]], code_page: str) -> None:
    if _P_CODE_PAGE in properties and len(properties[_P_CODE_PAGE][1]) == 4:
        code_page = _code_page(struct.unpack("<I", properties[_P_CODE_PAGE][1])[0])
    found.text = found.text or _string(properties, _P_BODY, code_page)
    found.html = found.html or _string(properties, _P_HTML, code_page)
    if _P_RTF in properties:
        found.rtf = decompress_rtf(properties[_P_RTF][1])


def _attachment(found: Tnef, file: TnefFile, properties: dict[int, tuple[int, bytes]], code_page: str, depth: int) -> None:
    file.name = _string(properties, _P_LONG_NAME, code_page) or file.name or _string(properties, _P_SHORT_NAME, code_page)
    file.type = _string(properties, _P_TYPE, code_page).lower()
    file.content_id = _string(properties, _P_CONTENT_ID, code_page).strip("<> ") or None
    if _P_DATA not in properties:
        return
    kind, value = properties[_P_DATA]
    content = value[16:] if kind == 0x0D else value  # an object begins with the id of its interface
    inner = read_tnef(content, depth + 1) if depth < _DEEPEST else None
    if inner is None:
        file.content = content
        return
    file.name = f"{file.name or 'message'}.{'html' if inner.html else 'txt'}"
    file.type = "text/html" if inner.html else "text/plain"
    file.content = (inner.html or inner.text).encode("utf-8", "replace")
    found.files.extend(inner.files[: _MOST_FILES - len(found.files)])


def _string(properties: dict[int, tuple[int, bytes]], key: int, code_page: str) -> str:
    if key not in properties:
        return ""
    kind, value = properties[key]
    if kind == 0x1F:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    return decode_text(value.rstrip(b"\x00"), code_page, html=key == _P_HTML)


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """MAPI properties by id as (type, first value); reading stops where the bytes make no sense."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        count = min(struct.unpack_from("<I", data)[0], _MOST_PROPERTIES)
        position = 4
        for _ in range(count):
            kind, key = struct.unpack_from("<HH", data, position)
            position += 4
            if key >= 0x8000:
                position = _skip_name(data, position)
            base = kind & ~_MULTIPLE
            values = 1
            if base in _VARIABLE or kind & _MULTIPLE:
                values = struct.unpack_from("<I", data, position)[0]
                position += 4
            for index in range(min(values, _MOST_PROPERTIES)):
                if base in _VARIABLE:
                    size = struct.unpack_from("<I", data, position)[0]
                    position += 4
                elif base in _FIXED_SIZES:
                    size = _FIXED_SIZES[base]
                else:
                    return found
                if index == 0:
                    found.setdefault(key, (base, data[position : position + size]))
                position += (size + 3) & ~3
    except struct.error:
        pass
    return found


def _skip_name(data: bytes, position: int) -> int:
    """Past the name of a named property: a set, then a number or a string."""
    kind, length = struct.unpack_from("<II", data, position + 16)
    return position + 24 + ((length + 3) & ~3 if kind else 0)

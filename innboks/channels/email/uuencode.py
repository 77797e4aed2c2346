"""Files that old mail programs put into the text between "begin" and "end" lines (uuencode, POSIX.1-2017 `uuencode`).

`take_uuencoded` lifts them out of a text body as attachments; `decode_uuencode` serves parts whose transfer encoding is uuencode.
Read `mime.py` for the callers.
"""

import binascii
import re

_BEGIN = re.compile(rb"^begin[ \t]{1,8}([0-7]{3,4})[ \t]{1,8}([^\s][^\r\n]{0,254})\r?\n", re.MULTILINE)

_MOST_FILES = 2000  # in one text; what follows stays text


def decode_uuencode(data: bytes) -> bytes | None:
    """The first uuencoded file in `data`, or None when there is none. A missing end line is forgiven."""
    begin = _BEGIN.search(data)
    if begin is None:
        return None
    content, _, is_good = _read_lines(data, begin.end())
    return content if is_good or content else None


def take_uuencoded(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """`data` without its uuencoded files, and these as (name as written, content). A begin line whose block has no end or does not decode
    is text like any other."""
    if b"begin " not in data:
        return data, []
    kept: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    position = 0
    for _ in range(_MOST_FILES):
        begin = _BEGIN.search(data, position)
        if begin is None:
            break
        content, end, is_good = _read_lines(data, begin.end())
        if is_good:
            kept.append(data[position : begin.start()])
            files.append((begin[2].rstrip(), content))
        else:
            kept.append(data[position:end])
        position = end
    kept.append(data[position:])
    return b"".join(kept), files


def _read_lines(data: bytes, position: int) -> tuple[bytes, int, bool]:
    """Decodes lines from `position` on: the content, where reading stopped, and whether that was at a proper end line."""
    out = bytearray()
    while position < len(data):
        line_end = data.find(b"\n", position)
        following = line_end + 1 if line_end >= 0 else len(data)
        line = data[position : min(following, position + 100)].rstrip(b"\r\n")
        if line.rstrip() == b"end":
            return bytes(out), following, True
        if line and line not in (b"`", b" "):
            length = (line[0] - 32) & 63
            if not 32 <= line[0] <= 96 or length == 0 or len(line) > 88:
                return bytes(out), position, False
            try:
                out += binascii.a2b_uu(line[: 1 + (length + 2) // 3 * 4])
            except binascii.Error:
                return bytes(out), position, False
        position = following
    return bytes(out), position, False

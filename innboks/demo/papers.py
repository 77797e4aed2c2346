"""Small real files for the demo's mails: pictures as PNG and documents as PDF, drawn here so that the product carries no pictures of anybody."""

import random
import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 320, 214


def photo(chance: random.Random) -> bytes:
    """A PNG: mountains under an evening sky, each a little different."""
    sky, far, near = chance.choice(_COLOURS)
    ridges = [_ridge(chance, base) for base in (HEIGHT * 0.55, HEIGHT * 0.72)]
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)  # filter: none
        shade = y / HEIGHT
        for x in range(WIDTH):
            colour = (
                near if y > ridges[1][x] else far if y > ridges[0][x] else tuple(int(part + (255 - part) * shade * 0.6) for part in sky)
            )
            rows += bytes(colour)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")


_COLOURS = (
    ((64, 110, 150), (60, 82, 96), (34, 52, 58)),
    ((196, 120, 96), (96, 72, 92), (46, 40, 58)),
    ((120, 150, 170), (90, 112, 104), (48, 70, 56)),
)


def _ridge(chance: random.Random, base: float) -> list[float]:
    """A jagged line by halving: each half's middle is moved by less and less."""
    points = {0: base + chance.uniform(-20, 20), WIDTH: base + chance.uniform(-20, 20)}

    def halve(left: int, right: int, rough: float) -> None:
        if right - left < 2:
            return
        middle = (left + right) // 2
        points[middle] = (points[left] + points[right]) / 2 + chance.uniform(-rough, rough)
        halve(left, middle, rough * 0.55)
        halve(middle, right, rough * 0.55)

    halve(0, WIDTH, 46)
    return [points[x] for x in range(WIDTH)]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def document(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of one page with a title and lines of text (PDF 1.4, a built-in font)."""
    shown = [("/F1 20 Tf", title), *(("/F1 11 Tf", line) for line in lines)]
    text = b"BT 56 760 Td 18 TL\n" + b"".join(
        f"{font} ".encode() + b"(" + _escaped(line) + b") Tj T* " + (b"T*\n" if nth == 0 else b"\n")
        for nth, (font, line) in enumerate(shown)
    )
    stream = text + b"ET\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        table,
        count,
        start,
    )
    return bytes(written)


def _escaped(text: str) -> bytes:
    return text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")

"""Tables as people have them: commas, semicolons, tabs or bars; UTF-8, UTF-16 or Windows-1252; and what a table may hold when a spreadsheet opens it.

Both encoding and delimiter are found by looking, and can be said instead. Rows are read one after the other, so a table of any size needs the memory
of one row.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from innboks.errors import Invalid
from innboks.lib.text import storable

ENCODINGS = ("utf-8", "utf-16", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
COLUMNS_MAX = 200
ROWS_MAX = 250_000
CELLS_OF_LINE_MAX = 20_000
CELL_CHARS = 20_000
SAMPLE_ROWS = 5
_NO_TABLES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")
"""How workbooks, documents, pictures and archives begin: of their bytes an encoding would make letters."""
_SAYS_DELIMITER = re.compile(r"sep=(.)")
_END = "\x00"
_LOOKED_AT = 64 * 1024
_PIECE = 1024 * 1024
# What a spreadsheet takes for a formula (OWASP, "CSV Injection"); a plain number with its sign is none.
_FORMULA = re.compile(r"[=+\-@]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,]*\Z")
_PIECE_OF_CELL = re.compile(r"((?:^|[;\t\r\n])[^\S\t\r\n]*)([=+\-@][^;\t\r\n]*)")
_APOSTROPHE = re.compile(r"((?:^|[;\t\r\n])[^\S\t\r\n]*)'(?=[=+\-@])")


class Table(msgspec.Struct, kw_only=True):
    """What is known of a table before it is brought in."""

    encoding: str
    delimiter: str
    columns: list[str]
    sample: list[list[str]]
    row_count: int


def look_at(content: bytes, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Reads it once. Raises `Invalid` for what is no table."""
    if content.startswith(_NO_TABLES):
        raise Invalid(
            "This is a workbook, a document or an archive, and no table in plain text. Save it as CSV, and take that file.",
            code="no_table",
            field="file",
        )
    encoding = encoding or encoding_of(content)
    try:
        head = codecs.getincrementaldecoder(_codec(encoding))("replace").decode(content[:_LOOKED_AT])
    except UnicodeError as error:
        raise Invalid("The file is not written in this encoding. Choose another one.", code="wrong_encoding", field="encoding") from error
    delimiter = delimiter or delimiter_of(head)
    rows = rows_of(io.BytesIO(content), encoding, delimiter)
    columns = next(rows, (0, []))[1]
    if not any(columns):
        raise Invalid("The file has no rows. Its first row names the columns.", code="empty_table", field="file")
    if len(columns) > COLUMNS_MAX:
        raise _too_wide()
    sample: list[list[str]] = []
    count = 0
    for count, (_, cells) in enumerate(rows, 1):
        if count <= SAMPLE_ROWS:
            sample.append([one[:200] for one in cells[: len(columns)]])
        if count > ROWS_MAX:
            raise Invalid(f"A table has at most {ROWS_MAX:,} rows. Bring it in in several files.", code="too_many_rows", field="file")
    return Table(encoding=encoding, delimiter=delimiter, columns=[one[:200] for one in columns], sample=sample, row_count=count)


def rows_of(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row that has anything in it, the names of the columns being the first. Numbers are those of a spreadsheet, which
    counts from 1 and empty rows too."""
    text = io.TextIOWrapper(file, encoding=_codec(encoding), errors="replace", newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_readable(text, delimiter), delimiter=delimiter), 1):
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):  # all that follows would have become one cell, and the people in it be lost
                raise _unreadable(number)
            if any(one.strip() for one in cells):
                yield number, [storable(one, CELL_CHARS).strip() for one in cells]
    except csv.Error as error:
        raise _unreadable(number + 1) from error
    finally:
        if not file.closed:
            text.detach()


def _unreadable(row: int) -> Invalid:
    return Invalid(f"Row {row} cannot be read: a cell is far too long, or a quotation mark is missing.", code="bad_table", field="file")


def _readable(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """Without NUL characters, but for one that stands alone at the end, and without a first line “sep=;”, which only tells how cells
    are parted. A line of millions of empty cells would take gigabytes, and nobody means it."""
    for nth, line in enumerate(lines):
        if nth == 0 and _SAYS_DELIMITER.fullmatch(line.rstrip("\r\n")):
            continue
        if line.count(delimiter) > CELLS_OF_LINE_MAX:
            raise _too_wide()
        yield line.replace(_END, "")
    yield _END


def _too_wide() -> Invalid:
    return Invalid(f"A table has at most {COLUMNS_MAX} columns.", code="too_many_columns", field="file")


def encoding_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in content[1:4000:2] or b"\x00" in content[0:4000:2]:
        return "utf-16-be" if content[0:1] == b"\x00" else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(content[start : start + _PIECE], final=start + _PIECE >= len(content))
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def delimiter_of(head: str) -> str:
    """The one by which most of the first rows have as many cells as the first, and more than one."""
    lines = head.splitlines()[:50]
    said = _SAYS_DELIMITER.fullmatch(lines[0]) if lines else None
    if said and said[1] in DELIMITERS:
        return said[1]
    best, score = ",", (0, 0)
    for one in DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=one) if cells]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            found = (sum(width == widths[0] for width in widths), widths[0])
            if found > score:
                best, score = one, found
    return best


def _codec(encoding: str) -> str:
    return {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}.get(encoding, encoding)


def written(rows: list[list[str]]) -> str:
    """Rows as text (RFC 4180), harmless in a spreadsheet."""
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(one) for one in row] for row in rows])
    return out.getvalue()


def harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula begins with an apostrophe, which shows it as text. Also behind what parts cells elsewhere: where a
    comma is the decimal mark, as in Norwegian, a spreadsheet parts by semicolons whatever the file was written with."""
    return _PIECE_OF_CELL.sub(lambda piece: _as_text(piece[1], piece[2]), cell)


def _as_text(space: str, words: str) -> str:
    return f"{space}'{words}" if _FORMULA.match(words) and not _PLAIN_NUMBER.match(words) else f"{space}{words}"


def as_meant(cell: str) -> str:
    """The other way round: what `harmless` put before a cell is taken away."""
    return _APOSTROPHE.sub(r"\1", cell)

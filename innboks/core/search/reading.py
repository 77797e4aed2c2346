"""The text of one attached file, read in a process of its own: `python -m innboks.core.search.reading TYPE NAME`, bytes in, text out.

Foreign files are what attackers send, so nothing is read in the worker itself: this process may use so much memory and so much time and no more,
opens no file and no connection, and follows nothing that a document names. Tags are cut out rather than parsed, so there are no entities to
expand. What cannot be read gives no text. Read next: `files.py`, which starts it.
"""

import html
import io
import os
import re
import resource
import sys
import time
import zipfile
from html.parser import HTMLParser

TEXT_MAX = 200_000
MEMORY_BYTES = 768 * 2**20
CPU_S = 20
NICE = 10
STOP_S = 12.0
"""Of a long document, what was read by then."""
PART_MAX = 24 * 2**20
"""Bytes of one part of a document after decompression."""
PARTS_MAX = 400

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"</(?:w:p|a:p|text:p|text:h|table:table-cell|si|is)>|<(?:w:br|w:tab|text:tab|text:s|text:line-break)\b[^>]*/>")
_PARTS = {
    ".docx": re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"),
    ".xlsx": re.compile(r"xl/(sharedStrings|comments\d*|worksheets/[^/]+)\.xml"),
    ".pptx": re.compile(r"ppt/(slides|notesSlides)/[^/]+\.xml"),
    ".odt": re.compile(r"content\.xml"),
    ".ods": re.compile(r"content\.xml"),
    ".odp": re.compile(r"content\.xml"),
}
_TYPES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_PLAIN = {".txt", ".csv", ".tsv", ".md", ".log", ".json", ".xml", ".yaml", ".yml", ".ics", ".vcf"}
READABLE = [
    *_TYPES,
    "text/plain",
    "text/csv",
    "text/tab-separated-values",
    "text/markdown",
    "text/calendar",
    *_PARTS,
    ".pdf",
    ".html",
    ".htm",
    *_PLAIN,
]
"""Types and endings of names that are worth trying."""


def text_of(content: bytes, kind: str, name: str) -> str:
    """At most TEXT_MAX characters; "" for what has no text or cannot be read."""
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    form = _TYPES.get(kind, ending)
    if content.startswith(b"%PDF-"):
        text = _pdf(content)
    elif content.startswith(b"PK\x03\x04"):
        text = _document(content, form)
    elif form in (".html", ".htm"):
        text = _html(_decoded(content))
    elif form in _PLAIN or kind.startswith("text/"):
        text = _decoded(content[: TEXT_MAX * 4])
    else:
        text = ""
    return re.sub(r"[\x00\ud800-\udfff]", "", text)[:TEXT_MAX]


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Cut in the middle of a letter, or not UTF-8 at all.
        text = content.decode("utf-8", "replace")
        return text if text.count("�") < len(text) / 200 else content.decode("cp1252", "replace")


class _Words(HTMLParser):
    """The text between the tags, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def _html(text: str) -> str:
    words = _Words()
    words.feed(text[: TEXT_MAX * 10])
    return " ".join(words.pieces)


def _document(content: bytes, form: str) -> str:
    pattern = _PARTS.get(form)
    found: list[str] = []
    size = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [one for one in archive.namelist() if pattern is not None and pattern.fullmatch(one)]
        for name in sorted(names, key=lambda one: (len(one), one))[:PARTS_MAX]:
            with archive.open(name) as part:
                raw = part.read(PART_MAX).decode("utf-8", "replace")
            if name.startswith("xl/worksheets/"):  # numbers and places of shared texts are not words
                raw = " ".join(re.findall(r"<is>.*?</is>", raw, re.DOTALL))
            found.append(html.unescape(_TAG.sub("", _BREAK.sub("\n", raw))))
            size += len(found[-1])
            if size > TEXT_MAX:
                break
    return "\n".join(found)


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader

    began = time.monotonic()
    found: list[str] = []
    size = 0
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return ""
    for page in reader.pages:
        try:
            found.append(page.extract_text())
        except Exception:  # noqa: S112 - one broken page does not hide the others
            continue
        size += len(found[-1])
        if size > TEXT_MAX or time.monotonic() - began > STOP_S:
            break
    return "\n".join(found)


def main() -> int:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        text = text_of(content, sys.argv[1], sys.argv[2])
    except Exception as error:  # whatever a broken document does to the library that reads it
        sys.stderr.write(type(error).__name__)
        return 1
    sys.stdout.buffer.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""HTML mail as plain text: what the reader would see, without a tree and in time linear in the input.

A mail's HTML is hostile input. Tree builders (lexbor, libxml2) need quadratic time or deep recursion on nested tags, so this is one pass
over the tags, keeping only what decides line breaks, quote marks and bullets. Quoted blocks become lines that start with "> ", as in plain
mail, so `reply.py` reads both kinds alike. Read `mime.py` for where it is used.
"""

import re
from html import unescape

# Attribute values may hold ">" only when quoted after "="; possessive quantifiers keep a failing match from backtracking.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)((?:[^>=]|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>")
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)([^<>]*+)>?")
_ATTRIBUTE = r"(?:^|[\s\"'/]){}\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))"
_ALT = re.compile(_ATTRIBUTE.format("alt"), re.IGNORECASE)
_STYLE = re.compile(_ATTRIBUTE.format("style"), re.IGNORECASE)
_START = re.compile(_ATTRIBUTE.format("start"), re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)

_INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]+")
_PADDING = re.compile("(?: [\u200c\u200d\u200e\u200f]++)++(?= |$)", re.MULTILINE)
_NON_SPACE = re.compile(r"\S")

# What the reader never sees: skipped up to the end tag.
_UNSEEN = frozenset({"script", "style", "title", "template", "iframe", "noembed", "noframes", "svg", "xml"})
# Elements that authors hide; the others' end tags are too often missing to be trusted.
_HIDEABLE = frozenset({"div", "span", "table", "td", "tr", "center", "font", "a", "section", "u", "b", "i"})
_PARAGRAPHS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "dl", "hr", "figure", "listing", "xmp"})
_LINES = frozenset(
    {
        "div", "tr", "table", "tbody", "thead", "tfoot", "caption", "li", "dt", "dd", "center", "section", "article", "header", "footer",
        "main", "nav", "aside", "address", "fieldset", "form", "option", "legend", "details", "summary", "figcaption", "body", "html",
        "head", "dir", "menu", "optgroup",
    }
)  # fmt: skip
_DEEPEST = 10  # quote marks and indents stop growing here, so that nested quotes cannot make the text quadratic
_MOST_MARKUP = 400_000  # tags read; what comes after so many is in the HTML only
_MOST_BLANKS = 3  # newlines in a row: authors' larger gaps carry no meaning


def html_to_text(html: str) -> str:
    """The visible text of an HTML document or fragment: paragraphs parted by a blank line, quotes marked "> ", list items "• " or "1. ".

    Links keep their text only (the HTML keeps the address). Never raises; time and memory are linear in the input."""
    return _Writer(html).write()


class _Writer:
    """One conversion: a cursor over the HTML and the lines written so far."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.out: list[str] = []
        self.breaks = 0  # newlines owed before the next text
        self.space = False  # a space owed before the next text
        self.quotes = 0
        self.written_quotes = 0
        self.pre = 0
        self.lists: list[int] = []  # per open list the next number, 0 for bullets
        self.marker = ""
        self.tight_paragraph = False
        self.hidden: tuple[str, int, int] | None = None  # element, depth of same-named ones inside, length of out before it
        self.unclosed: set[str] = set()
        self.loose = False

    def write(self) -> str:
        html, position, end = self.html, 0, len(self.html)
        for _ in range(_MOST_MARKUP):
            if position >= end:
                break
            start = html.find("<", position)
            if start < 0:
                self.text(html[position:])
                break
            if start > position:
                self.text(html[position:start])
            position = self.markup(start)
        text = "".join(self.out).replace("\x00", "")
        text = _INVISIBLE.sub("", text)
        text = _PADDING.sub("", text)
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").rstrip()

    def markup(self, start: int) -> int:
        """Takes in the markup at `start` (a "<") and returns where reading goes on."""
        html = self.html
        following = html[start + 1 : start + 2]
        if following in ("!", "?"):
            return self.declaration(start)
        match = None if self.loose else _TAG.match(html, start)
        if match is None and (following == "/" or (following.isascii() and following.isalpha())):
            self.loose = True  # one tag never ends: from here on quoted ">" end tags too, else every "<" would be scanned to the end
            match = _LOOSE_TAG.match(html, start)
        if match is None:
            if following == "/":
                return self.declaration(start)  # "</>" and "</ x>" are comments to browsers
            self.text("<")
            return start + 1
        name = match[2].lower()
        if match[1]:
            self.end_tag(name)
            return match.end()
        if name in _UNSEEN and not match[3].endswith("/"):
            return self.unseen(name, match.end())
        self.start_tag(name, match[3])
        return match.end()

    def declaration(self, start: int) -> int:
        """Skips a comment, a doctype or a conditional mark."""
        html = self.html
        if html.startswith("<!--", start) and "-->" not in self.unclosed:
            close = html.find("-->", start + 2)  # "<!-->" is a whole comment
            if close >= 0:
                return close + 3
            self.unclosed.add("-->")  # rather show a comment than lose a letter
        close = html.find(">", start) if ">" not in self.unclosed else -1
        if close < 0:
            self.unclosed.add(">")
            return start + 2
        return close + 1

    def unseen(self, name: str, position: int) -> int:
        if name in self.unclosed:
            return position
        close = re.compile(f"</{name}[^>]*+>?", re.IGNORECASE).search(self.html, position)
        if close is None:
            self.unclosed.add(name)
            return position
        return close.end()

    def start_tag(self, name: str, attributes: str) -> None:
        if self.hidden is not None:
            if name == self.hidden[0]:
                self.hidden = (name, self.hidden[1] + 1, self.hidden[2])
        elif name in _HIDEABLE and "none" in attributes and (style := _value(_STYLE, attributes)) and _HIDDEN.search(style):
            self.hidden = (name, 0, len(self.out))
        if name == "br":
            self.breaks = min(self.breaks + 1, _MOST_BLANKS)
        elif name == "p":
            self.tight_paragraph = "Mso" in attributes  # Outlook's paragraphs have no margins: blank lines are paragraphs of their own
            self.ensure(1 if self.tight_paragraph else 2)
        elif name in ("td", "th"):
            self.space = True
        elif name == "li":
            self.ensure(1)
            self.marker = self.list_marker()
        elif name == "img":
            self.image(attributes)
        elif name in _PARAGRAPHS:
            self.ensure(1 if name in ("ul", "ol") and self.lists else 2)
            self.open_block(name, attributes)
        elif name in _LINES:
            self.ensure(1)

    def open_block(self, name: str, attributes: str) -> None:
        if name == "blockquote":
            self.quotes += 1
        elif name == "pre":
            self.pre += 1
        elif name == "ul":
            self.lists.append(0)
        elif name == "ol":
            start = _value(_START, attributes)
            self.lists.append(int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1)

    def end_tag(self, name: str) -> None:
        if self.hidden is not None and name == self.hidden[0]:
            _, depth, length = self.hidden
            if depth:
                self.hidden = (name, depth - 1, length)
            else:
                del self.out[length:]
                self.hidden = None
                self.breaks = max(self.breaks, 1) if name != "span" else self.breaks
        if name == "p":
            self.ensure(1 if self.tight_paragraph else 2)
        elif name in _PARAGRAPHS:
            self.close_block(name)
        elif name in _LINES:
            self.ensure(1)

    def close_block(self, name: str) -> None:
        if name == "blockquote":
            self.quotes = max(self.quotes - 1, 0)
        elif name == "pre":
            self.pre = max(self.pre - 1, 0)
        elif name in ("ul", "ol") and self.lists:
            self.lists.pop()
        self.ensure(1 if name in ("ul", "ol") and self.lists else 2)

    def list_marker(self) -> str:
        indent = "  " * min(max(len(self.lists) - 1, 0), _DEEPEST)
        if not self.lists or not self.lists[-1]:
            return indent + "• "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1] - 1}. "

    def image(self, attributes: str) -> None:
        """Keeps emoji that mail programs send as pictures; other pictures have no text."""
        alt = unescape(_value(_ALT, attributes))
        if alt and len(alt) <= 8 and not alt.isascii() and not any(c.isalnum() for c in alt):
            self.text(alt)

    def ensure(self, breaks: int) -> None:
        if breaks > self.breaks:
            self.breaks = breaks

    def text(self, raw: str) -> None:
        text = unescape(raw) if "&" in raw else raw
        if self.pre:
            self.preformatted(text)
            return
        words = text.split()
        if not words:
            if self.tight_paragraph and "\xa0" in text and self.breaks == 1:
                self.breaks = 2
            self.space = True
            return
        self.place()
        if self.out and (self.space or text[0].isspace()) and not self.out[-1].endswith((" ", "\n")):
            self.out.append(" ")
        self.out.append(" ".join(words))
        self.space = text[-1].isspace()

    def preformatted(self, text: str) -> None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for index, line in enumerate(lines):
            if index:
                self.breaks = min(self.breaks + 1, _MOST_BLANKS)
            if line and _NON_SPACE.search(line):
                self.place()
                self.out.append(line)

    def place(self) -> None:
        """Writes the line breaks owed, then the quote marks and the bullet of the new line."""
        quotes = min(self.quotes, _DEEPEST)
        if not self.out:
            self.out.append("> " * quotes)
        elif self.breaks:
            blank = ("> " * min(quotes, self.written_quotes)).rstrip() + "\n"
            self.out.append("\n" + blank * (self.breaks - 1) + "> " * quotes)
        if self.breaks or self.marker:
            self.space = False
        self.written_quotes = quotes
        self.breaks = 0
        if self.marker:
            self.out.append(self.marker)
            self.marker = ""


def _value(pattern: re.Pattern[str], attributes: str) -> str:
    match = pattern.search(attributes)
    return next((group for group in match.groups() if group is not None), "") if match else ""

"""Foreign HTML in a form that any tree builder reads in time linear in its length, without changing what people see.

Tree builders need quadratic time for what no mail program writes: three hundred thousand nested elements, a hundred thousand attributes in one tag, a
million "&" in one text. One such mail of 3 MB kept a server busy for a quarter of an hour. So a page that could hold such a thing is written
anew from its tags: well nested, not deeper than DEEPEST, with few attributes each. Ordinary pages stay as they are. Read `html.py` for who needs it.
"""

import re
from collections import Counter
from itertools import islice

LONGEST = 4_000_000
"""Characters looked at; what is stored is half of that at most."""
DEEPEST = 200
_FEW_MARKS = 5_000  # with fewer "<" and "&" even the worst nesting is read in an instant
_LONG_PIECE = 4_096  # characters from one "<" to the next: where there are more, a tag may have very many attributes
_MOST_ATTRIBUTES = 60
_LONGEST_VALUE = 20_000  # of an attribute that is no picture
_MOST_REOPENED = 8
_MOST_TAGS = 400_000  # what comes after so many is in the original only
_BREAK = "<!---->"  # a comment, which the sanitiser takes out: it parts a text in two

# Attribute values may hold ">" only when quoted after "="; possessive quantifiers keep a failing match from backtracking.
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?+")
_ENDS = {
    name: re.compile(f"</{name}[^>]*+>", re.IGNORECASE)
    for name in (
        "script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp", "svg", "math", "object", "template",
    )
}  # fmt: skip
"""Elements of which nothing is shown, with what ends them."""
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_FORMATTING = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
_TABLE = frozenset({"table", "caption", "tbody", "thead", "tfoot", "tr", "td", "th"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "fieldset", "figure", "figcaption", "footer", "h1", "h2",
        "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul", "li", "dt", "dd",
    }
)  # fmt: skip
# What a start tag ends without a word, as far as one of the others (HTML §13.1.2.4, "Optional tags").
_ENDED = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "td": ({"td", "th", "caption"}, {"tr", "table"}),
    "th": ({"td", "th", "caption"}, {"tr", "table"}),
    "tr": ({"tr", "caption"}, {"table"}),
    "tbody": ({"tbody", "thead", "tfoot", "caption"}, {"table"}),
    "thead": ({"tbody", "thead", "tfoot", "caption"}, {"table"}),
    "tfoot": ({"tbody", "thead", "tfoot", "caption"}, {"table"}),
}


def bounded(html: str, tags: frozenset[str]) -> str:
    """The page itself, or, when it has what tree builders need long for, the page with those `tags` only, written anew. Never raises."""
    html = html[:LONGEST]
    if html.count("<") + html.count("&") <= _FEW_MARKS and max(map(len, html.split("<"))) <= _LONG_PIECE:
        return html
    return _Writer(html, tags).write()


class _Writer:
    """One page: the elements that are open, and what is written so far."""

    def __init__(self, html: str, tags: frozenset[str]) -> None:
        self.html = html
        self.tags = tags
        self.out: list[str] = []
        self.open: list[tuple[str, str]] = []  # names and the start tags as written
        self.count = Counter[str]()  # how many of each name are open
        self.left_out: dict[str, int] = {}  # start tags of a name that were too deep
        self.marks = 0  # "&" since the last tag
        self.unclosed: set[str] = set()

    def write(self) -> str:
        html, position = self.html, 0
        for _ in range(_MOST_TAGS):
            start = html.find("<", position)
            if start < 0:
                self.text(html[position:])
                break
            self.text(html[position:start])
            position = self.markup(start)
            if position < 0:  # a tag or a comment without an end: to browsers, it is the rest
                break
        self.close(0)
        return "".join(self.out)

    def text(self, text: str) -> None:
        for count, piece in enumerate(text.split("&")):
            self.marks += bool(count)
            if self.marks > _FEW_MARKS:
                self.out.append(_BREAK)
                self.marks = 0
            self.out.append(f"&{piece}" if count else piece)

    def markup(self, start: int) -> int:
        """Takes in the markup at `start` (a "<") and returns where reading goes on, -1 = nowhere."""
        html = self.html
        if html.startswith("<!--", start):
            return _after(html, "-->", start + 2)  # "<!-->" is a whole comment
        if html.startswith(("<!", "<?"), start):
            return _after(html, ">", start)
        name_at = start + 2 if html.startswith("/", start + 1) else start + 1
        if not (html[name_at : name_at + 1].isascii() and html[name_at : name_at + 1].isalpha()):
            if name_at == start + 2:
                return _after(html, ">", start)  # "</>" and "</ x>" are comments to browsers
            self.text("&lt;")
            return start + 1
        match = _TAG.match(html, start)
        if match is None:
            return -1
        name = match[2].lower()
        if match[1]:
            self.end(name)
        elif name in _ENDS and not match[3].endswith("/") and name not in self.unclosed:
            if ended := _ENDS[name].search(html, match.end()):
                return ended.end()
            self.unclosed.add(name)
        elif name in self.tags:
            self.start(name, match[3])
        return match.end()

    def start(self, name: str, attributes: str) -> None:
        if name in _BLOCKS:
            self.end_open({"p"}, _TABLE)
        if name in _ENDED:
            self.end_open(*_ENDED[name])
        tag = f"<{name}{_written(attributes)}>"
        if name in _VOID:
            self.tag(tag)
        elif len(self.open) >= DEEPEST:
            self.left_out[name] = self.left_out.get(name, 0) + 1
        else:
            self.enter(name, tag)

    def enter(self, name: str, tag: str) -> None:
        self.open.append((name, tag))
        self.count[name] += 1
        self.tag(tag)

    def end(self, name: str) -> None:
        if self.left_out.get(name):
            self.left_out[name] -= 1
            return
        within_table = frozenset() if name == "table" else frozenset({"table"})
        self.end_open({name}, within_table if name in _TABLE else _TABLE)

    def end_open(self, names: set[str], limits: set[str] | frozenset[str]) -> None:
        """Ends the innermost open element of one of these names, unless one of the limits stands between."""
        if not any(map(self.count.get, names)):
            return
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] in names:
                self.close(index)
                return
            if self.open[index][0] in limits:
                return

    def close(self, index: int) -> None:
        """Ends the element at `index` and all within it. Of these, what only formats goes on after it, as in browsers."""
        within = self.open[index + 1 :]
        for name, _ in reversed(self.open[index:]):
            self.count[name] -= 1
            self.tag(f"</{name}>")
        del self.open[index:]
        going_on = [one for one in within if one[0] in _FORMATTING] if not any(name in _TABLE for name, _ in within) else []
        for name, tag in going_on[:_MOST_REOPENED]:
            self.enter(name, tag)

    def tag(self, tag: str) -> None:
        self.out.append(tag)
        self.marks = 0


def _after(html: str, mark: str, start: int) -> int:
    found = html.find(mark, start)
    return found + len(mark) if found >= 0 else -1


def _written(attributes: str) -> str:
    """Attributes anew: in quotes, not too many, none too long unless it is a picture."""
    written = []
    for match in islice(_ATTRIBUTE.finditer(attributes), _MOST_ATTRIBUTES):
        value = match[2] or match[3] or match[4] or ""
        if len(value) <= _LONGEST_VALUE or (value.startswith("data:image/") and "&" not in value):
            written.append(f' {match[1]}="{value.replace(chr(34), "&quot;")}"')
    return "".join(written)

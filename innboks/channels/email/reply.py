"""What a person newly wrote in a mail, apart from the history quoted below it and the signature (R-124).

The door to four files: `reply_lines.py` judges lines, with the words of many languages in `quote_lines.py` and signatures in
`signature.py`; `reply_html.py` does the same for HTML. Read `reply_lines.py` next.
"""

from innboks.channels.email import quote_lines
from innboks.channels.email.reply_html import marks_quotation, read_html, split_html
from innboks.channels.email.reply_lines import Reply, split_lines

__all__ = ["Reply", "split_html", "split_reply"]

_MOST_LINES = 50_000  # a longer text is a log or an attack: it is shown whole
_LINE_BREAKS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\x00": None})


def split_reply(text: str, html: str = "") -> Reply:
    """Splits a decoded body. `text` is the plain part; when it is blank, `html` is read instead. When the plain part shows no quotation
    although the HTML part marks one, the HTML part decides. A mail that has nothing new keeps its whole text, except that a mail program's
    own marked quotation in HTML and not a word more gives an empty text. A mail far longer than people write stays whole. Never raises; time is
    linear in the input."""
    if not text.strip():
        return read_html(html) if html.strip() else Reply("", "", "")
    if max(text.count("\n"), text.count("\r")) > _MOST_LINES:
        return Reply(text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS).strip("\n").rstrip(), "", "")
    reply = split_lines(_lines(text))
    if not reply.quoted and html and marks_quotation(html):
        by_html = read_html(html)
        if by_html.quoted and by_html.text:
            return by_html
    return reply


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS).split("\n")
    if "On " not in text:
        return lines
    out: list[str] = []
    for line in lines:
        out.extend((quote_lines.unglue(line) if "On " in line else None) or (line,))
    return out

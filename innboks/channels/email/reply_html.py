"""The new part of an HTML mail: what mail programs mark as quotation or signature, combined with what `reply_lines.py` sees in the words.

The HTML is never built into a tree: hostile nesting would cost quadratic time. One pass notes the spans of telling elements and puts an
invisible checkpoint before each piece of text; `html_text.py` turns the marked HTML into lines; the checkpoints then tell for each line
where in the HTML it began and in which spans it lies. Thus text and HTML are cut at the same place.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.quote_lines import FORWARDED, separator
from innboks.channels.email.reply_lines import Hint, Kind, Reply, classify, split_lines

_FIRST = 0xF0000  # checkpoints are private-use characters: the n-th piece of text carries chr(_FIRST + n)
_MOST = 0x10FFFD - _FIRST
_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
_MOST_DEPTH = 5000  # open elements remembered
_MOST_MARKUP = 150_000  # tags; three megabytes of Outlook's HTML have half as many

# Possessive quantifiers: a tag that never ends must not be tried from each of its characters.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)((?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+'|[\"'])*+)>")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "track", "embed", "param", "o:p"})
_UNSEEN = frozenset({"script", "style", "title", "template", "head"})
_LEFT_OPEN = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "option"})  # closed by what follows (HTML §13.1.2.4)
_PLAIN = frozenset(
    {"b", "i", "u", "em", "strong", "font", "a", "br", "small", "s", "sub", "sup", "tt", "code", "o:p", "img"}
)  # never telling

# Elements by what only mail programs call them. Tested against "id=… class=… name=…" in lower case.
_QUOTE_NAMES = re.compile(
    r"\b(?:gmail_quote|yahoo_quoted|yahoo-quoted|protonmail_quote|tutanota_quote|missive_quote|zmail_extra|sh-quoted-content|freshdesk_quote|"
    r"front-blockquote|bloop_original_html|hs_reply|quoted-content|messagereplysection|appleoriginalcontents|moz-forward-container|"
    r"msg-quote|mcntmcntmcnt_quote|email-quoted-text|replybodysection|wisestamp_quote)\b|name=quote\b"
)
_CUT_NAMES = re.compile(
    r"id=(?:x_)*(?:divrplyfwdmsg|olk_src_body_section|appendonsend|stopspelling|mail-editor-reference-message-container|"
    r"ms-outlook-mobile-reference-message|reply-intro-cut|zwchr|isreplycontent|originalcontent|replysplit|replywithinfo)\b|\bdata-marker=__(?:divider|headers)__|"
    r"\b(?:outlookmessageheader|ms-outlook-mobile-reference-message|mail-editor-reference-message-container)\b"
)
_HEAD_NAMES = re.compile(r"\b(?:moz-cite-prefix|gmail_attr|airmail_on|reply-intro|email-attribution)\b")
_SIGNATURE_NAMES = re.compile(
    r"\b(?:gmail_signature|gmail_signature_prefix|moz-signature|protonmail_signature_block|applemailsignature|messagesignaturesection|"
    r"ms-outlook-mobile-signature|ms-outlook-ios-signature|bloop_sign\w*|sh-signature|tutanota-signature|zm_signature|__sig_post__|__sig_pre__)\b|"
    r"id=(?:x_)*signature\b|\bydp\w*signature\b"
)
_BORDER = re.compile(r"border-top:\s?solid\s#(?:b5c4df|e1e1e1)\s1\.0pt|border-top:\s?#(?:b5c4df|e1e1e1)\s1\.?0?pt\ssolid")
_LABEL = re.compile(r"[^\W\d_][^:：\n]{0,23}[:：]\s?\S")
_MARKED = re.compile(
    r"blockquote|gmail_quote|yahoo_quoted|divrplyfwdmsg|protonmail_quote|olk_src_body|stopspelling|name=\"?quote|appendonsend|reference-message|"
    r"moz-cite-prefix|border-top:solid #(?:b5c4df|e1e1e1)|tutanota_quote|zmail_extra|bloop_original|messagereplysection|zwchr|__headers__",
    re.IGNORECASE,
)


class _Span(msgspec.Struct):
    """One telling element: from its start tag to its end tag (or the end of the mail)."""

    start: int
    end: int
    hint: Hint  # NONE: a rule above it, as Outlook draws it above its block of headers


class _Flat(msgspec.Struct):
    """HTML as lines: for each line its text, its hint and where it begins in the HTML."""

    lines: list[str]
    hints: list[Hint]
    offsets: list[int]
    html: str


def marks_quotation(html: str) -> bool:
    """A cheap test: does the HTML hold anything that mail programs put around quotations?"""
    return _MARKED.search(html) is not None


def read_html(html: str) -> Reply:
    """`split_reply` for a mail that has only HTML. A program's own quotation and nothing else gives an empty text."""
    if html.count("<") > _MOST_MARKUP:
        return Reply(html_to_text(html), "", "")
    flat = _flatten(html)
    return split_lines(flat.lines, flat.hints)


def split_html(html: str) -> tuple[str, str]:
    """The HTML of the new part and that of the quotation, each with its elements closed. The signature stays in the new part. (html, "")
    when nothing is quoted or nothing would be left. Foreign HTML stays foreign: sanitise both before showing them."""
    if html.count("<") > _MOST_MARKUP:
        return html, ""
    flat = _flatten(html)
    kinds = classify(flat.lines, flat.hints)
    cut = [kind > Kind.NEW for kind in kinds]
    if not any(cut) or not any(kind is Kind.NEW for kind in kinds):
        return html, ""
    spans: list[tuple[int, int]] = []
    source = flat.html
    start: int | None = None
    for index in range(len(kinds)):
        if not flat.lines[index].strip():
            continue
        if cut[index] and start is None:
            start = _before_openers(source, flat.offsets[index])
        elif not cut[index] and start is not None:
            end = _before_openers(source, flat.offsets[index])
            if end > start:
                spans.append((start, end))
            start = None
    if start is not None:
        spans.append((start, len(source)))
    kept: list[tuple[int, int]] = []
    position = 0
    for begin, end in spans:
        kept.append((position, begin))
        position = end
    kept.append((position, len(source)))
    return _pieces(source, kept, spans), _pieces(source, spans, kept)


def _flatten(html: str) -> _Flat:
    source = _PRIVATE.sub("", html.replace("\x00", ""))
    marked, offsets, spans = _checkpoints(source)
    lines: list[str] = []
    places: list[int] = []
    place = 0
    for raw in html_to_text(marked).split("\n"):
        marks = _PRIVATE.findall(raw)
        if marks:
            number = ord(marks[0]) - _FIRST
            place = offsets[number] if number < len(offsets) else place
            raw = _PRIVATE.sub("", raw)
        lines.append(raw if lines else raw.lstrip())
        places.append(place)
    return _Flat(lines, _hints(lines, places, spans), places, source)


def _tokens(html: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """(start, end, tag) for each tag and (start, end, None) for each piece of text between; comments and unseen elements are left out."""
    position, end = 0, len(html)
    lost: set[str] = set()
    while position < end:
        start = html.find("<", position)
        if start < 0:
            yield position, end, None
            return
        if start > position:
            yield position, start, None
        if html.startswith(("<!", "<?"), start):
            close = "-->" if html.startswith("<!--", start) else ">"
            found = html.find(close, start + 2) if close not in lost else -1
            if found < 0:
                lost.add(close)
                position = start + 2
            else:
                position = found + len(close)
            continue
        tag = _TAG.match(html, start)
        if tag is None:
            position = start + 1
            continue
        position = tag.end()
        name = tag[2].lower()
        if name not in _UNSEEN or tag[1] or name in lost or tag[3].endswith("/"):
            yield start, position, tag
        elif close_tag := re.compile(rf"</{name}[^<>]*+>", re.IGNORECASE).search(html, position):
            position = close_tag.end()
        else:
            lost.add(name)


def _checkpoints(html: str) -> tuple[str, list[int], list[_Span]]:
    """The HTML with a checkpoint before each piece of text, the place of each checkpoint, and the telling elements."""
    out: list[str] = []
    places: list[int] = []
    spans: list[_Span] = []
    open_elements: list[tuple[str, _Span | None]] = []
    done = 0
    pre = 0
    for start, end, tag in _tokens(html):
        if tag is None:
            text = html[start:end]
            pieces = text.splitlines(keepends=True) if pre else [text]
            at = start
            for piece in pieces:
                bare = piece.lstrip()
                if bare and len(places) < _MOST:
                    inner = at + len(piece) - len(bare)
                    out.append(html[done:inner])
                    out.append(chr(_FIRST + len(places)))
                    places.append(inner)
                    done = inner
                at += len(piece)
            continue
        name = tag[2].lower()
        if name in _PLAIN:
            continue
        if name == "pre":
            pre = max(pre + (-1 if tag[1] else 1), 0)
        if tag[1]:
            _close(open_elements, name, start)
            continue
        span = _telling(name, tag[3], start)
        if span is not None:
            spans.append(span)
            if span.hint is Hint.CUT:
                span.end = len(html)
        if name not in _VOID and not tag[3].endswith("/") and len(open_elements) < _MOST_DEPTH:
            open_elements.append((name, span))
    for _, span in open_elements:
        if span is not None:
            span.end = len(html)
    out.append(html[done:])
    return "".join(out), places, spans


def _close(open_elements: list[tuple[str, _Span | None]], name: str, at: int) -> None:
    """Closes the innermost open element of that name, within reach: misnested tags are common and far searches would be quadratic."""
    for back in range(len(open_elements) - 1, max(len(open_elements) - 60, -1), -1):
        if open_elements[back][0] == name:
            for _, span in open_elements[back:]:
                if span is not None and span.hint is not Hint.CUT:
                    span.end = at
            del open_elements[back:]
            return


def _telling(name: str, attributes: str, start: int) -> _Span | None:
    if name == "blockquote":
        return _Span(start, start, Hint.BLOCK)
    if not attributes or "=" not in attributes:
        return None
    words: list[str] = []
    style = ""
    for match in _ATTRIBUTE.finditer(attributes[:2000]):
        key = match[1].lower()
        value = match[2] or match[3] or match[4] or ""
        if key in ("id", "class", "name", "data-marker"):
            words.append(f"{key}={value}")
        elif key == "style":
            style = value
    called = " ".join(words).lower()
    if called:
        if _CUT_NAMES.search(called):
            return _Span(start, start, Hint.CUT)
        if _HEAD_NAMES.search(called):
            return _Span(start, start, Hint.HEAD)
        if _QUOTE_NAMES.search(called):
            return _Span(start, start, Hint.QUOTE)
        if _SIGNATURE_NAMES.search(called):
            return _Span(start, start, Hint.SIGNATURE)
    if style and _BORDER.search(style.lower()):
        return _Span(start, start, Hint.NONE)
    return None


def _hints(lines: list[str], places: list[int], spans: list[_Span]) -> list[Hint]:
    """Lays the spans over the lines, outer before inner, then lets the words correct them."""
    hints = [Hint.NONE] * len(lines)
    words = [i for i, line in enumerate(lines) if line.strip()]
    if not words or not spans:
        return hints
    starts = [places[i] for i in words]
    painted = block_end = 0
    for span in spans:
        if span.hint is Hint.BLOCK:
            if span.end <= block_end:
                continue  # a blockquote in a blockquote says nothing new
            block_end = span.end
        first = bisect_right(starts, span.start)
        last = bisect_right(starts, span.end)
        if first >= last and span.hint is not Hint.CUT:
            continue
        if span.hint is Hint.CUT:
            if first < len(words):
                hints[words[first]] = Hint.CUT
            continue
        painted += last - first
        if painted > 20 * len(words) + 1000:
            break  # nested beyond what any mail program makes
        inside = words[first:last]
        if span.hint in (Hint.QUOTE, Hint.HEAD) and separator(lines[inside[0]]) is FORWARDED:
            continue  # Gmail and Thunderbird use the same elements for what somebody passes on
        if span.hint is Hint.QUOTE:
            _paint_container(lines, hints, inside)
            continue
        if span.hint is Hint.NONE:
            if sum(1 for i in inside[:6] if _LABEL.match(lines[i])) >= 2:
                hints[inside[0]] = Hint.CUT
            continue
        for index in inside:
            if hints[index] is not Hint.CUT and not (span.hint is Hint.BLOCK and hints[index] is Hint.QUOTE):
                hints[index] = span.hint
    return hints


def _paint_container(lines: list[str], hints: list[Hint], inside: list[int]) -> None:
    """A quotation's container: what stands before its blockquote introduces it, what stands after may be an answer; without a blockquote
    all of it is quoted."""
    marked = [lines[i].lstrip().startswith(">") for i in inside]
    first = marked.index(True) if True in marked else len(inside)
    for n, index in enumerate(inside):
        if hints[index] is Hint.CUT:
            continue
        if first == len(inside) or marked[n]:
            hints[index] = Hint.QUOTE
        elif n < first:
            hints[index] = Hint.HEAD


def _before_openers(html: str, at: int) -> int:
    """`at` moved up over the start tags, rules, breaks and blanks right before it, so that no empty element stays behind."""
    for _ in range(40):
        while at and html[at - 1].isspace():
            at -= 1
        if not at or html[at - 1] != ">":
            break
        start = html.rfind("<", max(at - 4000, 0), at)
        tag = _TAG.match(html, start) if start >= 0 else None
        if tag is None or tag.end() != at or tag[1] or tag[2].lower() in ("body", "html", "head", "img"):
            break
        at = start
    return at


def _pieces(html: str, kept: list[tuple[int, int]], dropped: list[tuple[int, int]]) -> str:
    """The kept spans, and of the dropped ones only the tags that open or close something across their borders."""
    out: list[str] = []
    open_names: list[str] = []
    for start, end, keep in sorted([(s, e, True) for s, e in kept] + [(s, e, False) for s, e in dropped]):
        part = html[start:end]
        if keep:
            out.append(part)
        pending: list[tuple[str, str]] = []  # elements opened in a dropped span and still open
        for _, _, tag in _tokens(part):
            if tag is None:
                continue
            name = tag[2].lower()
            if name in _VOID or tag[3].endswith("/"):
                continue
            if not tag[1]:
                open_names.append(name)
                pending.append((name, tag[0]))
            elif name in open_names[-60:]:
                back = len(open_names) - 1 - open_names[-60:][::-1].index(name)
                closed = len(open_names) - back
                del open_names[back:]
                if not keep:
                    if pending and any(p[0] == name for p in pending[-closed:]):
                        del pending[-closed:]
                    else:
                        out.append(tag[0])
        if not keep:
            out.extend(opener for _, opener in pending)
    out.extend(f"</{name}>" for name in reversed(open_names) if name not in _LEFT_OPEN)
    return "".join(out).strip()

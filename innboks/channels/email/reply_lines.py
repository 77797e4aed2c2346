"""Which lines of a mail are new, which are quoted and which are signature.

One walk over the lines: each is new, the head of a quotation ("On … wrote:", "From: …") or quoted; then the runs are judged together,
because an answer may stand above, below or between what it answers. Words and patterns are in `quote_lines.py`, signatures in
`signature.py`.
"""

from collections.abc import Sequence
from enum import IntEnum

import msgspec

from innboks.channels.email import quote_lines
from innboks.channels.email.signature import armour_lines, signature_start

_MOST_TRIES = 500  # attributions tried in one mail: hostile input must not cost more
_WRAPPED = 5  # lines over which an attribution may be wrapped
_MOST_HEADERS = 30  # lines that a block of headers may have


class Reply(msgspec.Struct, frozen=True):
    """`text` is what is new, `quoted` what was cut as history (attribution lines included), `signature` what was cut from the end of the
    new text. All are trimmed at the ends."""

    text: str
    quoted: str
    signature: str


class Kind(IntEnum):
    """What a line is. BLANK lines belong to what stands around them."""

    BLANK = 0
    NEW = 1
    HEAD = 2  # introduces a quotation
    QUOTE = 3


class Hint(IntEnum):
    """What the HTML says about a line; plain text has no hints."""

    NONE = 0
    HEAD = 1  # inside an element that mail programs use for attributions
    QUOTE = 2  # inside an element that only quotations use
    CUT = 3  # the first line of an element after which everything is history
    SIGNATURE = 4  # inside an element that mail programs put around signatures
    BLOCK = 5  # in a blockquote, which people use too


def split_lines(lines: Sequence[str], hints: Sequence[Hint] = ()) -> Reply:
    """Splits a mail given as lines; `hints` is empty or has one for each line."""
    kinds = classify(lines, hints)
    cut = [i for start, end in _runs(kinds) for i in range(start, end)]
    if Kind.NEW not in kinds:
        if hints and cut and all(hints[i] in (Hint.HEAD, Hint.QUOTE) or not lines[i].strip() for i in cut):
            return Reply("", _joined(lines, range(len(lines))), "")  # the program's own quotation and not a word more
        return Reply(_joined(lines, range(len(lines))), "", "")
    text, signature = _without_signature(lines, hints, kinds)
    return Reply(_joined(lines, text), _joined(lines, cut), _joined(lines, signature))


def _joined(lines: Sequence[str], chosen: Sequence[int] | range) -> str:
    """The chosen lines; where lines were left out between two blank ones, one blank is enough."""
    out: list[str] = []
    last = -1
    for index in chosen:
        line = lines[index].rstrip()
        if not (index > last + 1 and not line and out and not out[-1]):
            out.append(line)
        last = index
    return "\n".join(out).strip("\n").rstrip()


def _without_signature(lines: Sequence[str], hints: Sequence[Hint], kinds: Sequence[Kind]) -> tuple[list[int], list[int]]:
    """The new lines without and with signature. Every stretch of new lines may end with one; a text is never all signature."""
    stretches: list[list[int]] = []
    for index, kind in enumerate(kinds):
        if kind > Kind.NEW:
            continue
        if stretches and stretches[-1][-1] == index - 1:
            stretches[-1].append(index)
        else:
            stretches.append([index])
    text: list[int] = []
    signature: list[int] = []
    for stretch in stretches:
        armour = armour_lines([lines[i] for i in stretch])
        signature.extend(stretch[:armour])
        stretch = stretch[armour:]
        cut = signature_start([lines[i] for i in stretch])
        if hints:
            cut = min(cut, next((n for n, i in enumerate(stretch) if hints[i] is Hint.SIGNATURE), cut))
            tail = [i for i in stretch[cut:] if hints[i] is not Hint.SIGNATURE and lines[i].strip()]
            if tail and cut < signature_start([lines[i] for i in stretch]):  # words after the marked signature stay
                text.extend(i for i in stretch if hints[i] is not Hint.SIGNATURE)
                signature.extend(i for i in stretch if hints[i] is Hint.SIGNATURE)
                continue
        text.extend(stretch[:cut])
        signature.extend(stretch[cut:])
    if not any(lines[i].strip() for i in text):
        return sorted(text + signature), []
    return text, signature


def classify(lines: Sequence[str], hints: Sequence[Hint] = ()) -> list[Kind]:
    """The final kind of each line: quotations that stay part of the text (inline answers) are NEW."""
    kinds = _quote_marks(lines)
    if hints:
        for index, hint in enumerate(hints):
            if kinds[index] is not Kind.BLANK and hint in (Hint.HEAD, Hint.QUOTE, Hint.BLOCK):
                kinds[index] = Kind.HEAD if hint is Hint.HEAD else Kind.QUOTE
    _find_heads(lines, kinds, hints)
    _judge_runs(lines, kinds, hints)
    return kinds


def _quote_marks(lines: Sequence[str]) -> list[Kind]:
    """Kinds by quote marks alone (RFC 3676 §4.5), mending quoted lines that some server wrapped so that the rest lost its mark."""
    kinds = [Kind.QUOTE if _is_marked(line) else Kind.NEW if line.strip() else Kind.BLANK for line in lines]
    for index, line in enumerate(lines):
        if kinds[index] is Kind.QUOTE and len(line) < 60 and quote_lines.is_attribution_tail(line) and not _quote_above(kinds, index):
            kinds[index] = Kind.NEW
        if kinds[index] is Kind.NEW and (mark := _initials(line)):
            near = lines[index - 1 : index] + lines[index + 1 : index + 2] if isinstance(lines, list) else []
            if any(_initials(other) == mark for other in near):
                kinds[index] = Kind.QUOTE
    for index in range(1, len(lines) - 1):
        if kinds[index] is Kind.NEW and kinds[index - 1] is Kind.QUOTE and kinds[index + 1] is Kind.QUOTE:
            above, line = lines[index - 1][-2000:].rstrip(), lines[index].lstrip()
            open_end = above.count("(") > above.count(")") or (len(line) < 2000 and quote_lines.is_link(line))
            if open_end or (len(above) >= 55 and (line[:1].islower() or above[-1:] not in ".?!:")):
                kinds[index] = Kind.QUOTE
    return kinds


def _quote_above(kinds: Sequence[Kind], index: int) -> bool:
    return index > 0 and kinds[index - 1] is Kind.QUOTE


def _is_marked(line: str) -> bool:
    bare = line.lstrip(" \t\xa0\u200b\ufeff\u200e\u200f\u202a-")[:1] if line[:1] != ">" else ">"
    return bare == ">" and not line.lstrip().startswith("-")


def _initials(line: str) -> str:
    """The mark of Supercite and its kin ("JD> text"), or ""."""
    mark = line[:5].partition(">")
    return mark[0] if mark[1] and mark[0].isalpha() and mark[0].isupper() and len(mark[0]) <= 3 else ""


def _find_heads(lines: Sequence[str], kinds: list[Kind], hints: Sequence[Hint]) -> None:
    """Marks attributions, separators and header blocks as HEAD, and as QUOTE whatever a head without quote marks governs: all the rest."""
    tries = 0
    words = len(lines)  # the first line with new words seen so far
    index = marked = untitled = 0  # lines below `marked` are settled; none below `untitled` starts a block of headers
    while index < len(lines):
        kind = kinds[index]
        hint = hints[index] if hints else Hint.NONE
        if kind is not Kind.NEW or hint is Hint.CUT:
            governs = hint is Hint.CUT or (hint is Hint.HEAD and not _quote_follows(kinds, index + 1))
            if governs and kind is not Kind.BLANK and words < index:
                return _rest_is_quoted(lines, kinds, index, words)
            if kind is not Kind.NEW:
                index += 1
                continue
        line = lines[index]
        end = _separator_block(lines, index)
        if not end and index >= untitled and quote_lines.header_name(line) is not None:
            end, untitled = _headers(lines, index, lenient=hint is Hint.CUT)
        if not end and quote_lines.header_word(line) == quote_lines.TO and (top := _notes_block(lines, index)) is not None and words < top:
            return _rest_is_quoted(lines, kinds, top, words)
        if end:
            if words < index:
                return _rest_is_quoted(lines, kinds, index, words)
            if hints and quote_lines.separator(line) is quote_lines.FORWARDED:
                words = index  # passed on without a comment: the block is all there is to show
            else:
                _mark(kinds, marked, end, Kind.HEAD)  # rules above it too
            index = marked = end
            continue
        first = None
        if tries < _MOST_TRIES and len(line) <= quote_lines.LONGEST and quote_lines.ends_attribution(line):
            tries += 1
            first = _attribution_start(lines, kinds, index)
        if first is not None:
            if words < first and not _quote_follows(kinds, index + 1):
                return _rest_is_quoted(lines, kinds, first, words)
            _mark(kinds, first, index + 1, Kind.HEAD)
            words = words if words < first else len(lines)
        elif words > index and not quote_lines.is_rule(line):
            words = index
        index += 1
    return None


def _mark(kinds: list[Kind], start: int, end: int, kind: Kind) -> None:
    for index in range(start, end):
        if kinds[index] is not Kind.BLANK:
            kinds[index] = kind


def _rest_is_quoted(lines: Sequence[str], kinds: list[Kind], start: int, words: int) -> None:
    """Everything from `start`, and the rule or blank lines right above it, is history."""
    while start > words + 1 and (kinds[start - 1] is Kind.BLANK or quote_lines.is_rule(lines[start - 1])):
        start -= 1
    for index in range(start, len(kinds)):
        kinds[index] = Kind.QUOTE


def _quote_follows(kinds: Sequence[Kind], index: int) -> bool:
    while index < len(kinds) and kinds[index] is Kind.BLANK:
        index += 1
    return index < len(kinds) and kinds[index] is Kind.QUOTE


def _separator_block(lines: Sequence[str], index: int) -> int:
    """The end of the separator at this line, with the headers below it; 0 when it is none."""
    line = lines[index]
    kind = quote_lines.separator(line)
    if kind is None:
        return index + 1 if quote_lines.is_reply_above(line) else 0
    end = index + 1
    while kind is not quote_lines.HISTORY and end < len(lines) and not lines[end].strip() and end - index < 3:
        end += 1
    return _headers(lines, end, lenient=True)[0] or index + 1


def _notes_block(lines: Sequence[str], index: int) -> int | None:
    """Where the head of a quotation in Lotus Notes begins, given its line "To": name and date above, names of headers on lines of their own."""
    if not any(quote_lines.header_word(line) == quote_lines.SUBJECT for line in lines[index + 1 : index + 12]):
        return None
    dated = next((i for i in range(index - 1, max(index - 6, -1), -1) if quote_lines.has_date(lines[i][:80])), None)
    if dated is None or len(lines[dated]) > 80:
        return None
    return dated - 1 if dated and lines[dated - 1].strip() and len(lines[dated - 1]) < 80 else dated


def _headers(lines: Sequence[str], index: int, *, lenient: bool) -> tuple[int, int]:
    """The end of the block of header lines ("From: …", "Sent: …") that starts at `index`, 0 when it is not one; and how far it was looked for.

    A traveller's "From: Oslo / To: Bergen / Date: …" is no block: there must be an address, a subject or a time of day."""
    seen: set[int] = set()
    end, loose, last = index, 0, index
    evidence = timed = False
    while end < len(lines) and end - index < _MOST_HEADERS:
        line = lines[end]
        name = quote_lines.header_name(line) if len(line) < 4000 else None
        if name is None:
            blank = not line.strip()
            if blank and (end == index or end + 1 >= len(lines) or quote_lines.header_name(lines[end + 1]) is None):
                break
            loose += 1
            if loose > 3 or (len(seen) < 1):
                break
            evidence = evidence or ("@" in line[:400] and not blank)
        else:
            loose = 0
            seen.add(name)
            seen.update(quote_lines.names_within(line[:400]))
            last = end + 1
            timed = timed or (name == quote_lines.DATE and quote_lines.has_time(line[:200]))
            evidence = evidence or timed or "@" in line[:400]
        end += 1
    seen.discard(quote_lines.OTHER)
    subject = quote_lines.SUBJECT in seen
    origin = quote_lines.FROM in seen
    enough = len(seen) >= 3 and (evidence or subject) and (origin or subject)
    if not enough and len(seen) == 2 and evidence:
        enough = (origin and (quote_lines.DATE in seen or subject)) or (timed and {quote_lines.DATE, quote_lines.TO} == seen)
    if lenient:
        enough = enough or (origin and evidence) or len(seen) >= 2
    return (last if enough else 0), last


def _attribution_start(lines: Sequence[str], kinds: Sequence[Kind], end: int) -> int | None:
    """The line where the attribution that ends with line `end` begins; None when there is none."""
    follows = _quote_follows(kinds, end + 1)
    text = ""
    found: int | None = None
    for index in range(end, max(end - _WRAPPED - 1, -1), -1):
        line = lines[index].strip()
        if kinds[index] is Kind.BLANK:
            if not text.startswith("<"):
                break
            continue
        if kinds[index] is not Kind.NEW or len(line) + len(text) > quote_lines.LONGEST:
            break
        cut_off = text.count(">") > text.count("<")  # the line above holds the start of the address
        text = f"{line} {text}" if text else line
        if quote_lines.attribution(text, quote_follows=follows):
            if found is None or cut_off or quote_lines.has_date(line):
                found = index
            if quote_lines.has_date(text) and text.count(">") <= text.count("<"):
                break
        elif found is not None or (index < end and line.endswith((".", "!", "?")) and not quote_lines.opens_attribution(line)):
            break
    return found


def _judge_runs(lines: Sequence[str], kinds: list[Kind], hints: Sequence[Hint]) -> None:
    """Decides which quotations stay in the text. History below or above the answer goes; quotations between two or more answers stay, since
    the answers make no sense without them; a quotation above an answer stays when no program introduced it: a person chose it."""
    runs = _runs(kinds)
    if not runs:
        return
    first_new = next((i for i, kind in enumerate(kinds) if kind is Kind.NEW), None)
    if first_new is None:
        return
    last_new = _last_words(lines, kinds, runs[-1][1])
    between = [run for run in runs if run[0] < last_new]
    if len(between) >= 2 and first_new < last_new and _answers(kinds, between, last_new) >= 2:
        for start, end in between:
            for index in range(start, end):
                if kinds[index] is Kind.QUOTE:
                    kinds[index] = Kind.NEW
        return
    for start, end in between:
        head = any(kinds[i] is Kind.HEAD for i in range(start, end)) or _head_within(lines, start, end)
        sure = bool(hints) and any(hints[i] in (Hint.QUOTE, Hint.BLOCK, Hint.HEAD) for i in range(start, end))
        quoted = sum(1 for i in range(start, end) if kinds[i] is Kind.QUOTE)
        above = first_new < start
        if not head and ((above and quoted < 3 and not sure) or not above):
            _mark(kinds, start, end, Kind.NEW)


def _runs(kinds: Sequence[Kind]) -> list[tuple[int, int]]:
    """The stretches of HEAD and QUOTE lines, blanks inside included."""
    runs: list[tuple[int, int]] = []
    start = end = -1
    for index, kind in enumerate(kinds):
        if kind > Kind.NEW:
            if start < 0:
                start = index
            end = index + 1
        elif kind is Kind.NEW and start >= 0:
            runs.append((start, end))
            start = -1
    if start >= 0:
        runs.append((start, end))
    return runs


def _last_words(lines: Sequence[str], kinds: Sequence[Kind], last_run_end: int) -> int:
    """The index of the last new line that is no signature below the last quotation."""
    below = [i for i in range(last_run_end, len(lines)) if kinds[i] <= Kind.NEW]
    tail = [lines[i] for i in below]
    cut = signature_start(tail)
    words = [i for i in below[:cut] if lines[i].strip()]
    if words:
        return words[-1]
    return max((i for i in range(last_run_end) if kinds[i] is Kind.NEW), default=-1)


def _answers(kinds: Sequence[Kind], between: Sequence[tuple[int, int]], last_new: int) -> int:
    """How many of these quotations have words right below them."""
    return sum(1 for _, end in between if any(kinds[i] is Kind.NEW for i in range(end, min(end + 4, last_new + 1))))


def _head_within(lines: Sequence[str], start: int, end: int) -> bool:
    """Does the quotation itself open with an attribution, as Apple Mail and some phones write it ("> On … wrote:")?"""
    text = " ".join(lines[i].lstrip("> \t") for i in range(start, min(start + 3, end)))[: quote_lines.LONGEST]
    parts = [lines[i].lstrip("> \t")[: quote_lines.LONGEST] for i in range(start, min(start + 3, end))]
    joined = [parts[0], " ".join(parts[:2]), text]
    return any(quote_lines.ends_attribution(p) and quote_lines.attribution(p, quote_follows=True) for p in joined)

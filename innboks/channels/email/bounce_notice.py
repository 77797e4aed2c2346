"""A failure report taken apart: what it says in words, what it says in fields, and the headers of the mail that came back.

Reports come as RFC 3464 parts, as the same fields inside plain text, or as prose with the returned mail glued below, in every mixture.
This module only sorts; `bounce_prose.py` finds recipients in the words, `bounce.py` decides.
"""

import re
from itertools import islice

import msgspec

from innboks.channels.email.charsets import decode_text
from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.parts import Part, parse_tree
from innboks.channels.email.transfer import decode_transfer

MOST_PARTS = 40  # a report has three or four parts; hostile ones get no more work than this
MOST_TEXT = 40_000  # characters of prose that are read
MOST_LINE = 1_000

Fields = dict[str, str]


class Notice(msgspec.Struct):
    """`prose` is the text meant for people, without the returned mail; `recipients` the per-recipient fields of RFC 3464 §2.3 and
    `report` the per-message ones (§2.2), keys in lower case; `returned` the header fields of the mail that came back."""

    prose: str = ""
    report: Fields = {}
    recipients: list[Fields] = []
    returned: list[tuple[str, str]] = []
    is_feedback: bool = False  # an abuse report (RFC 5965) or a read receipt (RFC 8098): about a mail that did arrive


# Where prose ends and the returned mail begins.
_COPY = re.compile(
    r"^[\W_]*(?:below this line is|this is|enclosed is|here is|below is|included is|following is|attached is)? ?(?:a |the )?"
    r"(?:copy of (?:the|your)|(?:the )?(?:headers? of )?(?:the |your )?(?:original|returned|unsent|undelivered|rejected|bounced|"
    r"failed) (?:e-?)?(?:mail|message)\b(?! (?:was|were|is|has|have|had|could|cannot|can|will|to|from|sent|you)\b)"
    r"|message headers? follow|message text follows|message header\W*$|----- ?message header|start of (?:the )?(?:returned|"
    r"original) message)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^ {0,4}(?:return-path|received|x-received|delivered-to|dkim-signature|arc-seal|message-id|mime-version|x-[a-z-]{3,40}):",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^[ \t>]{0,4}([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]*(.*)$")
_DSN_FIELDS = frozenset(
    {
        "final-recipient", "original-recipient", "action", "status", "diagnostic-code", "remote-mta", "last-attempt-date", "final-log-id",
        "will-retry-until", "reporting-mta", "received-from-mta", "arrival-date", "original-envelope-id", "x-actual-recipient",
        "x-original-message-id", "x-supplementary-info", "x-display-name", "x-postfix-sender", "x-postfix-queue-id", "dsn-gateway",
    }
)  # fmt: skip
_PER_MESSAGE = frozenset(
    {"reporting-mta", "received-from-mta", "arrival-date", "original-envelope-id", "x-original-message-id", "dsn-gateway"}
)


def read_notice(root: Part) -> Notice:
    """Sort the parts of a mail that may be a failure report. Never raises."""
    notice = Notice()
    plain: list[str] = []
    html: list[str] = []
    for part in islice(root.leaves(), MOST_PARTS):
        kind = part.type
        if kind in ("message/feedback-report", "message/disposition-notification"):
            notice.is_feedback = True
        elif kind.startswith("message/") and kind.endswith("delivery-status"):
            _read_fields(_text_of(part).splitlines(), notice)
        elif kind in ("message/rfc822", "message/global", "message/partial", "message/external-body"):
            _keep_returned(part, notice)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            notice.returned = notice.returned or _headers_in(_text_of(part).splitlines())
        elif kind == "text/html":
            html.append(_text_of(part))
        elif kind.startswith("text/"):
            plain.append(_text_of(part))
    text = "\n".join(plain) if any(chunk.strip() for chunk in plain) else "\n".join(html_to_text(chunk) for chunk in html)
    _read_prose(text[:MOST_TEXT], notice)
    return notice


def _text_of(part: Part) -> str:
    content, _ = decode_transfer(part.buffer[part.start : min(part.end, part.start + MOST_TEXT * 6)], part.encoding, text=True)
    return decode_text(content, part.parameters.get("charset"))[: MOST_TEXT * 4]


def _keep_returned(part: Part, notice: Notice) -> None:
    if notice.returned:
        return
    content, _ = decode_transfer(part.buffer[part.start : min(part.end, part.start + MOST_TEXT * 6)], part.encoding)
    if not notice.recipients and b"multipart/report" in content[:20_000].lower():
        notice.recipients = _fields_inside(content)  # a gateway passed another server's report on
    notice.returned = _headers_in(content[:MOST_TEXT].decode("utf-8", "replace").splitlines())


def _fields_inside(report: bytes) -> list[Fields]:
    inside = Notice()
    for part in islice(parse_tree(report, []).leaves(), MOST_PARTS):
        if part.type == "message/delivery-status":
            _read_fields(_text_of(part).splitlines(), inside)
    return inside.recipients


def _headers_in(lines: list[str]) -> list[tuple[str, str]]:
    """The header fields of the returned mail: the first block that has a Message-ID, else the first that looks like a mail's."""
    found: list[tuple[str, str]] = []
    best: list[tuple[str, str]] = []
    for line in [*lines[:400], ""]:
        match = _FIELD.match(line[:MOST_LINE])
        if match:
            found.append((match[1].lower(), match[2].strip()))
        elif found and line[:1] in (" ", "\t"):
            found[-1] = (found[-1][0], found[-1][1] + " " + line.strip()[:MOST_LINE])
        elif found and not line.strip():
            names = {name for name, _ in found}
            if "message-id" in names:
                return found
            if not best and names & {"received", "subject"}:
                best = found
            found = []
    return best


def _read_fields(lines: list[str], notice: Notice) -> None:
    current: Fields = {}
    last = ""
    for line in [*lines, ""]:
        match = _FIELD.match(line[:MOST_LINE])
        if match and not (last and line[:1] in (" ", "\t") and match[1].lower() not in _DSN_FIELDS):
            last = match[1].lower()
            if last in _PER_MESSAGE:
                notice.report.setdefault(last, match[2].strip())
                continue
            if last == "final-recipient" and last in current:
                _close(current, notice)
                current = {}
            current.setdefault(last, match[2].strip())
        elif line.strip():
            if last in current and len(current[last]) < MOST_LINE * 4:
                current[last] += " " + line.strip()[:MOST_LINE]
        else:
            last = ""
            if current:
                _close(current, notice)
                current = {}


def _close(block: Fields, notice: Notice) -> None:
    """A block of fields ended: a recipient of its own, or (a stray blank line) more about the one before."""
    if "final-recipient" in block or "original-recipient" in block:
        notice.recipients.append(block)
    elif notice.recipients and not block.keys() & notice.recipients[-1].keys() and block.keys() & _DSN_FIELDS:
        notice.recipients[-1].update(block)


def _read_prose(text: str, notice: Notice) -> None:
    lines = [line[:MOST_LINE] for line in text.splitlines()]
    end = len(lines)
    for number, line in enumerate(lines):
        if number and (_HEADER.match(line) or (len(line) < 100 and _COPY.match(line))):
            end = number
            break
    below = lines[end:]
    words: list[str] = []
    fields: list[str] = []
    for line in [*lines[:end], ""]:
        match = _FIELD.match(line)
        if (match and match[1].lower() in _DSN_FIELDS) or (fields and line[:1] in (" ", "\t") and line.strip()):
            fields.append(line)
        else:
            if fields and not line.strip():
                fields.append("")
            words.append(line)
    if not notice.recipients:
        _read_fields(fields, notice)
        for start, line in enumerate(below):  # a report whose boundaries were lost
            if line.lower().startswith("final-recipient:"):
                _read_fields(below[max(0, start - 3) :], notice)
                break
    notice.returned = notice.returned or _headers_in(below)
    notice.prose = "\n".join(words)

"""The language of the search line: words, "phrases", -without, a OR b, and `operator:value` in English and Norwegian. Pure.

Nothing typed is an error: an operator that we do not know is a plain word, and a value that makes no sense becomes a note beside the results,
because people search while they type. `web/src/features/search/line.ts` knows the same operators, to draw them as chips.
Read next: `resolve.py` (names become ids).
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from innboks.core.search.models import Field, Filter, Note, Query, Term

TERMS_MAX = 24
"""More words than that are not looked for; a note says so."""

_OPERATORS = {
    **{name: name for name in ("from", "to", "subject", "channel", "inbox", "assignee", "tag", "is", "has", "before", "after", "on", "in")},
    "fra": "from",
    "til": "to",
    "emne": "subject",
    "kanal": "channel",
    "innboks": "inbox",
    "tildelt": "assignee",
    "ansvarlig": "assignee",
    "etikett": "tag",
    "merke": "tag",
    "er": "is",
    "har": "has",
    "før": "before",
    "etter": "after",
    "dato": "on",
    "i": "in",
}
_FIELDS: dict[str, Field] = {"from": "from", "to": "to", "subject": "subject"}
_STATES = {
    **{name: name for name in ("open", "closed", "unread", "unassigned", "snoozed", "spam", "trash")},
    "åpen": "open",
    "åpne": "open",
    "lukket": "closed",
    "lukkede": "closed",
    "ulest": "unread",
    "uleste": "unread",
    "utildelt": "unassigned",
    "utsatt": "snoozed",
    "utsatte": "snoozed",
    "søppel": "spam",
    "søppelpost": "spam",
    "papirkurv": "trash",
    "papirkurven": "trash",
}
_HAVING = {"attachment": "attachment", "attachments": "attachment", "file": "attachment", "vedlegg": "attachment", "fil": "attachment"}
_PLACES = {"comments": "comments", "comment": "comments", "kommentarer": "comments", "kommentar": "comments"}
_OR = {"OR", "ELLER"}
_DAYS = {"today": 0, "i-dag": 0, "idag": 0, "yesterday": 1, "i-går": 1, "igår": 1}

_PART = re.compile(r'(?P<no>-)?(?:(?P<operator>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)(?P<end>"|$)|(?P<word>[^\s"]+)|(?P<nothing>(?=\s|$)))')


_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
"""Phones and word processors write these where one typed plain ones."""


def understand(line: str) -> Query:
    """What the line asks for."""
    line = line.translate(_QUOTES)
    query = Query()
    terms = 0
    joins = False
    for part in _PART.finditer(line):
        if not part[0]:
            continue
        is_last = part.end() == len(line)
        name = (part["operator"] or "").lower()
        operator = _OPERATORS.get(name)
        phrase, word = part["phrase"], part["word"]
        if operator is None and part["operator"] and phrase is None:
            word = f"{part['operator']}:{word or ''}"  # “http://…” and the like are plain words
        value = phrase if phrase is not None else word or ""
        if operator is None and word in _OR and part["no"] is None:
            joins = bool(query.groups)
            continue
        if not value.strip():
            continue
        is_negated = part["no"] is not None
        if operator is not None and operator not in _FIELDS:
            _add_filter(query, operator, part["operator"], value.strip(), is_negated)
            continue
        if operator == "from" and value.lower() in ("me", "meg"):
            query.filters.append(Filter("author", "me", is_negated))
            continue
        terms += 1
        if terms > TERMS_MAX:
            query.notes.append(Note("too_many_words", "", "", f"Only the first {TERMS_MAX} words are looked for."))
            break
        term = Term(
            value,
            _FIELDS.get(operator or "", ""),
            is_phrase=phrase is not None,
            is_negated=is_negated,
            is_open=is_last and phrase is None and not is_negated,
        )
        if joins:
            query.groups[-1].append(term)
        else:
            query.groups.append([term])
        joins = False
    return query


def _add_filter(query: Query, operator: str, typed: str, value: str, is_negated: bool) -> None:
    known = {"is": _STATES, "has": _HAVING, "in": _PLACES}.get(operator)
    if known is None:
        query.filters.append(Filter(operator, value, is_negated))
    elif (meant := known.get(value.lower())) is not None:
        query.filters.append(Filter(operator, meant, is_negated))
    elif operator == "in":
        query.filters.append(Filter("inbox", value, is_negated))
    else:
        choice = ", ".join(sorted(set(known.values())))
        query.notes.append(Note("unknown_value", typed, value, f"“{typed}:{value}” is not known. Use one of: {choice}."))


def span_of(operator: str, value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None] | None:
    """(from, before) of a time filter: “after:2026-05” begins with May, “before:2026-05” ends before it. None: not a date."""
    days = _days_of(value.strip().lower(), now.astimezone(zone).date())
    if days is None:
        return None
    try:
        begins, ends = (datetime.combine(day, time(), zone) for day in days)
        begins.astimezone(ZoneInfo("UTC")), ends.astimezone(ZoneInfo("UTC"))
    except OverflowError:
        return None
    return {"before": (None, begins), "after": (begins, None), "on": (begins, ends)}[operator]


def _days_of(value: str, today: date) -> tuple[date, date] | None:
    """The first day that is meant, and the first after it."""
    try:
        if value in _DAYS:
            day = today - timedelta(days=_DAYS[value])
            return day, day + timedelta(days=1)
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, day + timedelta(days=1)
        if found := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", value):
            day = date(int(found[3]), int(found[2]), int(found[1]))
            return day, day + timedelta(days=1)
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})", value):
            day = date(int(found[1]), int(found[2]), 1)
            return day, (day + timedelta(days=31)).replace(day=1)
        if found := re.fullmatch(r"(\d{4})", value):
            return date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1)
    except (ValueError, OverflowError):
        pass
    return None

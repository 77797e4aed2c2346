"""The meeting that a mail is about: title, when, where and from whom, read from its calendar part (RFC 5545, RFC 5546).

Read, and never carried out: of a part a bounded number of characters and of its lines only the few that a person wants to see; a rule of repetition is
noticed and not expanded. Whatever cannot be read is left out. The file itself stays attached.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from innboks.channels.email.calendar_zones import Observance, Zones, offset_of
from innboks.channels.email.mail import Mail
from innboks.sdk.contract import Invitation

READ_MAX = 200_000
"""Bytes of a calendar part that are read; the event of an invitation stands at its beginning."""
LINES_MAX = 5_000
LINE_MAX = 8_000
TITLE_MAX = 300
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_FOLD = re.compile(rb"\r?\n[ \t]")
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?")
What = Literal["request", "cancel", "reply", "publish"]
Answer = Literal["", "accepted", "declined", "tentative"]
_METHODS: dict[str, What] = {
    "REQUEST": "request", "COUNTER": "request", "ADD": "request", "CANCEL": "cancel", "REPLY": "reply",
}  # fmt: skip
_ANSWERS: dict[str, Answer] = {
    "ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative",
}  # fmt: skip

Property = tuple[dict[str, str], str]
Event = dict[str, Property]


def invitation_of(mail: Mail) -> Invitation | None:
    """Of the first calendar part that tells of an event; None when there is none."""
    parts = (one for one in mail.attachments[:20] if one.type in _TYPES or one.name.lower().endswith(".ics"))
    return next((found for one in parts if (found := read_calendar(one.content)) is not None), None)


def as_text(found: Invitation) -> str:
    """For a mail that has no words of its own: what it is about, without a word of ours, in the place's own time."""
    return "\n".join(line for line in (found.title, found.written, found.place, found.organizer) if line)


def read_calendar(content: bytes) -> Invitation | None:
    """Total: None for what holds no event."""
    calendar, events, zones = _read(_lines(content))
    event = next((one for one in events if "RECURRENCE-ID" not in one), events[0] if events else None)
    if event is None:
        return None
    method = calendar.get("METHOD", ({}, ""))[1].strip().upper()
    what: What = _METHODS.get(method, "publish")
    if _word(event, "STATUS") == "CANCELLED" and what != "reply":
        what = "cancel"
    starts, ends, written = _when(event, zones)
    title = _text(event, "SUMMARY")
    if not (title or starts):
        return None
    answer: Answer = _ANSWERS.get(event.get("ATTENDEE", ({}, ""))[0].get("PARTSTAT", "").upper(), "") if what == "reply" else ""
    sequence = _word(event, "SEQUENCE")
    return Invitation(
        what=what,
        title=title,
        starts=starts,
        ends=ends,
        written=written,
        place=_text(event, "LOCATION"),
        organizer=_person(event.get("ORGANIZER")),
        is_update=what == "request" and sequence.isdigit() and sequence.strip("0") != "",
        is_repeated="RRULE" in event or "RDATE" in event,
        answer=answer,
    )


def _lines(content: bytes) -> Iterator[str]:
    raw = _FOLD.sub(b"", content[:READ_MAX])  # before it is decoded: a fold may lie within a letter (RFC 5545 §3.1)
    for line in raw.decode("utf-8-sig", "replace").splitlines()[:LINES_MAX]:
        yield line[:LINE_MAX]


def _read(lines: Iterator[str]) -> tuple[Event, list[Event], Zones]:
    """The calendar's own properties, those of its events, and its time zones; of each name the first. What lies inside an event (an alarm) is not looked
    at."""
    calendar: Event = {}
    events: list[Event] = []
    zones: Zones = {}
    path: list[str] = []
    seen: Event = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            path.append(value.strip().upper())
            if path == ["VCALENDAR", "VEVENT"]:
                events.append({})
            elif path[:2] == ["VCALENDAR", "VTIMEZONE"]:
                seen = {} if len(path) == 2 else {"TZID": seen.get("TZID", ({}, ""))}
        elif name == "END":
            if (
                path[1:2] == ["VTIMEZONE"]
                and len(path) == 3
                and (observance := Observance.read({key: one[1] for key, one in seen.items()}))
            ):
                zones.setdefault(_word(seen, "TZID"), []).append(observance)
            path = path[:-1]
        else:
            into = (
                calendar
                if path == ["VCALENDAR"]
                else events[-1]
                if path == ["VCALENDAR", "VEVENT"]
                else seen
                if len(path) in (2, 3)
                else None
            )
            if into is not None and path[:1] == ["VCALENDAR"] and (into is not seen or path[1] == "VTIMEZONE"):
                into.setdefault(name, ({key.upper(): text.strip('"') for key, text in _PARAMETER.findall(found[2])}, value))
    return calendar, events, zones


def _when(event: Event, zones: Zones) -> tuple[str, str, str]:
    """(start, end, both as its sender wrote them with the zone). ISO 8601: a day, a time in UTC, or one without a zone where the zone is not known."""
    start = _moment(event.get("DTSTART"))
    if start is None:
        return "", "", ""
    end = _moment(event.get("DTEND"))
    if end is None or type(end[0]) is not type(start[0]):
        length = _length(event, is_day=not isinstance(start[0], datetime))
        end = None if length is None else _later(start, length)
    if end is not None and not isinstance(end[0], datetime):
        last = _later(end, timedelta(days=-1))  # RFC 5545 §3.6.1: what is told is the day after it
        end = start if last is None else max(last, start)
    written = _shown(start[0])
    if end is not None and end[0] != start[0]:
        same_day = isinstance(end[0], datetime) and isinstance(start[0], datetime) and end[0].date() == start[0].date()
        written += f"–{end[0]:%H:%M}" if same_day else f" – {_shown(end[0])}"
    return _iso(*start, zones), "" if end is None else _iso(*end, zones), f"{written} {start[1]}".strip()


Moment = tuple[date, str]
"""A day, or a local time and the name of its zone ("" where there is none)."""


def _moment(given: Property | None) -> Moment | None:
    found = None if given is None else _TIME.fullmatch(given[1].strip())
    if given is None or found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day, ""
        return datetime(day.year, day.month, day.day, int(found[4]), int(found[5])), "UTC" if found[6] else given[0].get("TZID", "")[:100]
    except ValueError:
        return None


def _length(event: Event, *, is_day: bool) -> timedelta | None:
    found = _DURATION.fullmatch(_word(event, "DURATION"))
    if found is None:
        return timedelta(days=1) if is_day else None
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _later(start: Moment, length: timedelta) -> Moment | None:
    try:
        return start[0] + length, start[1]
    except OverflowError:
        return None


def _iso(at: date, zone: str, zones: Zones) -> str:
    if not isinstance(at, datetime):
        return at.isoformat()
    offset = offset_of(zone, at, zones)
    try:
        return at.isoformat() if offset is None else f"{(at - offset).isoformat()}Z"
    except OverflowError:
        return at.isoformat()


def _shown(at: date) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else at.isoformat()


def _word(event: Event, name: str) -> str:
    return event.get(name, ({}, ""))[1].strip().upper()


def _text(event: Event, name: str) -> str:
    """RFC 5545 §3.3.11, on one line."""
    raw = event.get(name, ({}, ""))[1][: 4 * TITLE_MAX]
    return " ".join(_ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], raw).split())[:TITLE_MAX]


def _person(given: Property | None) -> str:
    if given is None:
        return ""
    address = re.sub(r"(?i)^mailto:", "", given[1].strip())
    name = " ".join(given[0].get("CN", "").split())
    return (f"{name} <{address}>" if name and name != address and "@" in address else name or address)[:TITLE_MAX]

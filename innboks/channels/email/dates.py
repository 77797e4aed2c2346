"""The Date header as a moment in UTC: RFC 5322, its obsolete forms, and the other forms that programs write. Read `mime.py` for the caller."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_COMMENT = re.compile(r"\([^()]*+\)")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_ZONE_COLON = re.compile(r"([+-]\d{1,2}):(\d{2})\b")
_GLUED_ZONE = re.compile(r"(\d{2}:\d{2}:\d{2})([+-]\d{4})")
_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC|UT)\s*([+-])(\d{1,2}):?(\d{2})?\b", re.IGNORECASE)
_MERIDIEM = re.compile(r"\s*\b[AP]\.?M\b\.?", re.IGNORECASE)
_AFTERNOON = re.compile(r"\d\s*P\.?M\b", re.IGNORECASE)
_FRACTION = re.compile(r"(\d{2}:\d{2}:\d{2})[.,]\d+")


def parse_date(value: str) -> datetime | None:
    """The moment that a Date header means, aware and in UTC, or None. A date without a zone is taken as UTC."""
    value = _COMMENT.sub(" ", value[:200]).strip()
    if not value:
        return None
    if iso := _ISO.search(value):
        return _moment(*(int(part or 0) for part in iso.groups()[:6]), offset_s=_offset(iso[7] or "Z"))
    is_pm = bool(_AFTERNOON.search(value))
    value = _MERIDIEM.sub(" ", value) if is_pm or _MERIDIEM.search(value) else value
    value = _FRACTION.sub(r"\1", value)
    value = _GMT_OFFSET.sub(lambda m: f"{m[1]}{int(m[2]):02d}{m[3] or '00'}", value)
    value = _GLUED_ZONE.sub(r"\1 \2", _ZONE_COLON.sub(lambda m: f"{m[1]}{m[2]}" if len(m[1]) == 3 else m[0], value))
    for attempt in (value, value.replace("-", " ", 2), value.replace(".", ":")):
        try:
            parsed = parsedate_tz(attempt)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if parsed is None:
            continue
        year, month, day, hour, minute, second = parsed[:6]
        hour = hour + 12 if is_pm and hour < 12 else hour
        if (moment := _moment(year, month, day, hour, minute, second, offset_s=parsed[9] or 0)) is not None:
            return moment
    return None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, *, offset_s: int) -> datetime | None:
    second = min(second, 59)  # leap seconds
    if abs(offset_s) >= 86_400:
        offset_s = 0
    try:
        if hour == 24 and minute == 0:
            return datetime(year, month, day, 0, 0, second, tzinfo=timezone(timedelta(seconds=offset_s))).astimezone(UTC) + timedelta(
                days=1
            )
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(timedelta(seconds=offset_s))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> int:
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:4]) * 60)

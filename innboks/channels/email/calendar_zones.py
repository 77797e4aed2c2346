"""How far a local time of a calendar is from UTC: by the IANA name of its zone, or by the zone as the calendar itself describes it (RFC 5545 §3.6.5).

Programs name zones as they like ("W. Europe Standard Time"); what they describe with it is two changes a year, perhaps until a law changed them. Only that
form is computed, for the year in question; every other rule counts from its beginning on, and nothing is expanded.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from innboks.lib.zones import zone_names

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
_START = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\d\d")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?")
_BY_DAY = re.compile(r"(-?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Observance(msgspec.Struct, frozen=True):
    """From `start` on (local time) clocks are `offset` from UTC; with a rule, each year from the `nth` `weekday` (Monday 0) of `month` on, for the last
    time on `until`."""

    offset: timedelta
    start: datetime
    month: int = 0
    nth: int = 0
    weekday: int = 0
    until: date = date.max

    @classmethod
    def read(cls, given: dict[str, str]) -> "Observance | None":
        offset, start = _OFFSET.fullmatch(given.get("TZOFFSETTO", "").strip()), _START.fullmatch(given.get("DTSTART", "").strip())
        if offset is None or start is None:
            return None
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        try:
            at = datetime(*(int(one) for one in start.groups()))  # type: ignore[arg-type]
        except ValueError:
            return None
        rule = dict(part.partition("=")[::2] for part in given.get("RRULE", "").upper().strip().split(";")[:10])
        day, month = _BY_DAY.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", "")
        is_yearly = rule.get("FREQ") == "YEARLY" and day is not None and re.fullmatch(r"0?[1-9]|1[0-2]", month) is not None
        months = (int(month), int(day[1]), _DAYS.index(day[2])) if is_yearly and day else (0, 0, 0)
        return cls(length if offset[1] == "+" else -length, at, *months, until=_until(rule.get("UNTIL", "")))

    def last_begin(self, at: datetime) -> datetime | None:
        """When it began last, as seen from `at`."""
        if not self.month:
            return self.start if self.start <= at else None
        latest = min(at.year, self.until.year)
        begins = (self._in(year) for year in (latest, latest - 1) if year >= max(self.start.year, 1))
        return next((one for one in begins if one is not None and one <= at and one.date() <= self.until), None)

    def _in(self, year: int) -> datetime | None:
        first, days = monthrange(year, self.month)
        fitting = range(1 + (self.weekday - first) % 7, days + 1, 7)
        at = self.nth - 1 if self.nth > 0 else self.nth
        if not -len(fitting) <= at < len(fitting):
            return None
        return self.start.replace(year=year, month=self.month, day=fitting[at])


def _until(text: str) -> date:
    """Told in UTC, so that the local day may be the next one; `date.max` where nothing or nonsense is told."""
    found = _UNTIL.fullmatch(text)
    try:
        return date(*(int(one) for one in found.groups())) + timedelta(days=1) if found is not None else date.max
    except (ValueError, OverflowError):
        return date.max


Zones = dict[str, list[Observance]]
"""By the name of the zone in upper case."""


def offset_of(zone: str, at: datetime, zones: Zones) -> timedelta | None:
    """None: the zone is not known, or none was named."""
    name = _iana(zone)
    if name is not None:
        return at.replace(tzinfo=ZoneInfo(name)).utcoffset()
    begun = [(begin, one) for one in zones.get(zone.strip().upper(), []) if (begin := one.last_begin(at)) is not None]
    return max(begun, key=lambda one: one[0])[1].offset if begun else None


def _iana(zone: str) -> str | None:
    """Also behind a prefix of the program that wrote it (RFC 5545 §3.8.3.1)."""
    pieces = zone.strip().split("/")
    return next((one for one in (zone.strip(), "/".join(pieces[-2:]), "/".join(pieces[-3:])) if one in zone_names()), None)

"""Who is available when: a plan and a moment give a standing. No database, no clock of its own, so that it can also say what was and will be.

Boundaries are the moments at which hours, holidays and absences change what they say. What somebody sets by hand counts until the first of
them after that (R-593); so nothing has to be written at a boundary, and none is missed while the server is down. Read next: `availability.py`.
"""

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from innboks.core.routing.models import Hours, Plan, Standing, Status, Why

LOOK_AHEAD_DAYS = 70
"""A boundary further away than this, from now and from where an absence begins or ends, is not looked for."""


def standing(plan: Plan, now: datetime) -> Standing:
    status, why = status_at(plan, now)
    return Standing(status, why, next_boundary(plan, now))


def status_at(plan: Plan, now: datetime) -> tuple[Status, Why]:
    if plan.chosen is not None and plan.chosen_at is not None:
        ended = next_boundary(plan, plan.chosen_at)
        if ended is None or ended > now:
            return plan.chosen, "chosen"
    is_there, why = planned(plan, now)
    return "available" if is_there else "away", why


def planned(plan: Plan, at: datetime) -> tuple[bool, Why]:
    """What hours, holidays and absences say of a moment, whatever somebody chose."""
    if any(one.starts_at <= at < one.ends_at for one in plan.absences):
        return False, "absence"
    if plan.hours is None:
        return True, ""
    local = at.astimezone(zone(plan.time_zone))
    if plan.country is not None and is_holiday(plan.country, plan.region, local.date()):
        return False, "holiday"
    minute = local.hour * 60 + local.minute
    is_in = any(one.day == local.weekday() and minutes(one.from_) <= minute < minutes(one.to) for one in plan.hours)
    return is_in, "hours"


CONNECTED = timedelta(minutes=5)
"""Without a sign of life for so long, somebody is disconnected (R-596). An open app gives one every two minutes or so."""


def is_connected(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and now - seen_at < CONNECTED


def next_boundary(plan: Plan, after: datetime) -> datetime | None:
    """The first moment after `after` at which the plan says something else than just before it."""
    absences = sorted({at for one in plan.absences for at in (one.starts_at, one.ends_at) if at > after})
    for at in heapq.merge(absences, _edges(plan, [after, *absences])):
        if planned(plan, at)[0] != planned(plan, at - timedelta(microseconds=1))[0]:
            return at
    return None


def _edges(plan: Plan, starts: Sequence[datetime]) -> Iterator[datetime]:
    """Where the hours of each day may begin and end, in order, for a while after each of these moments. What lies between them is not gone through:
    an absence may be years away."""
    if not plan.hours:
        return
    place = zone(plan.time_zone)
    day, last = date.min, starts[0]
    for start in starts:
        first = start.astimezone(place).date() - timedelta(days=1)
        day = max(day, first)
        while day <= first + timedelta(days=LOOK_AHEAD_DAYS):
            for at in _moments(day, [clock for one in plan.hours if one.day == day.weekday() for clock in (one.from_, one.to)], place):
                if at > last:
                    yield at
                    last = at
            day += timedelta(days=1)


def _moments(day: date, clocks: list[str], place: ZoneInfo) -> list[datetime]:
    """These times of a day, in UTC and in order. On a day on which the clocks change, with that moment itself, for hours that begin or end in what is
    skipped; and what comes twice, twice."""
    begins, ends = moment(day, "00:00", place), moment(day, "24:00", place)
    if not clocks or ends - begins == timedelta(days=1):
        return sorted(moment(day, clock, place) for clock in clocks)
    found = {moment(day, clock, place, fold) for clock in clocks for fold in (0, 1)}
    return sorted(at for at in {*found, _clocks_change(begins, ends, place)} if begins <= at <= ends)


def _clocks_change(begins: datetime, ends: datetime, place: ZoneInfo) -> datetime:
    """When they do, to the second."""
    before = begins.astimezone(place).utcoffset()
    while ends - begins > timedelta(seconds=1):
        half = begins + (ends - begins) // timedelta(seconds=2) * timedelta(seconds=1)
        begins, ends = (half, ends) if half.astimezone(place).utcoffset() == before else (begins, half)
    return ends


def moment(day: date, clock: str, place: ZoneInfo, fold: Literal[0, 1] = 0) -> datetime:
    """A time of the day there, in UTC; of one that comes twice the first, or with `fold` the second."""
    whole = minutes(clock)
    local = datetime.combine(day + timedelta(days=whole // 1440), time(whole % 1440 // 60, whole % 60), place)
    return local.replace(fold=fold).astimezone(UTC)


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@lru_cache(maxsize=600)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def countries() -> dict[str, dict[str, str]]:
    """Countries whose public holidays are known (ISO 3166-1, two letters), with their regions: code (ISO 3166-2) → name."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: _named(code, regions) for code, regions in known.items() if len(code) == 2}


def _named(country: str, codes: Iterable[str]) -> dict[str, str]:
    """Each region by the first name that is known for it; a few have none but their code, which then is one."""
    names: dict[str, str] = {}
    for name, code in getattr(holidays, country).subdivisions_aliases.items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in codes}


def is_holiday(country: str, region: str | None, day: date) -> bool:
    return day in _holidays(country, region, day.year)


def next_holidays(country: str, region: str | None, after: date, count: int) -> list[tuple[date, str]]:
    """The public holidays from a day on, with their names in the language of the country."""
    known = {**_holidays(country, region, after.year), **_holidays(country, region, after.year + 1)}
    return sorted((day, name) for day, name in known.items() if day >= after)[:count]


@lru_cache(maxsize=1000)
def _holidays(country: str, region: str | None, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=region, years=year))


def overlap(hours: list[Hours]) -> tuple[Hours, Hours] | None:
    """Two stretches of one day that have a moment in common; or one that ends before it begins, twice."""
    for one in hours:
        if minutes(one.from_) >= minutes(one.to):
            return one, one
    ordered = sorted(hours, key=lambda one: (one.day, minutes(one.from_)))
    for before, after in itertools.pairwise(ordered):
        if before.day == after.day and minutes(after.from_) < minutes(before.to):
            return before, after
    return None

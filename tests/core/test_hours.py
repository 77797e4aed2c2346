"""Who is available when, by a plan alone: no database, any moment."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innboks.core.routing.hours import countries, next_boundary, next_holidays, overlap, planned, standing, status_at
from innboks.core.routing.models import Absence, Hours, Plan

OSLO = ZoneInfo("Europe/Oslo")
WEEK = [Hours(day, "09:00", "12:00") for day in range(5)] + [Hours(day, "13:00", "17:00") for day in range(5)]
PLAN = Plan(time_zone="Europe/Oslo", hours=WEEK, country="NO")


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "status", "why", "until"),
    [
        ("2026-11-23T08:59", "away", "hours", "2026-11-23T09:00"),
        ("2026-11-23T09:00", "available", "hours", "2026-11-23T12:00"),
        ("2026-11-23T12:00", "away", "hours", "2026-11-23T13:00"),
        ("2026-11-27T17:00", "away", "hours", "2026-11-30T09:00"),
        ("2026-12-25T10:00", "away", "holiday", "2026-12-28T09:00"),
        ("2026-05-17T10:00", "away", "holiday", "2026-05-18T09:00"),
    ],
)
def test_hours_of_the_week_and_public_holidays(at: str, status: str, why: str, until: str) -> None:
    now = standing(PLAN, oslo(at))
    assert (now.status, now.why, now.until) == (status, why, oslo(until))


def test_the_next_public_holidays_are_named_also_over_new_year() -> None:
    days = [day.isoformat() for day, _ in next_holidays("NO", None, oslo("2026-12-26T10:00").date(), 3)]
    assert days[:2] == ["2026-12-26", "2027-01-01"]
    assert days[2] > "2027-01-01"
    assert {len(code) for code in countries()} == {2}


def test_who_has_no_hours_is_always_there() -> None:
    always = Plan()
    assert standing(always, oslo("2026-12-25T03:00")) == standing(always, oslo("2026-11-23T10:00"))
    assert (standing(always, oslo("2026-12-25T03:00")).status, standing(always, oslo("2026-12-25T03:00")).until) == ("available", None)


def test_what_one_chooses_counts_until_the_next_boundary() -> None:
    """R-593: also against the schedule."""
    away = msgspec.structs.replace(PLAN, chosen="away", chosen_at=oslo("2026-11-23T09:30"))
    assert status_at(away, oslo("2026-11-23T11:59")) == ("away", "chosen")
    assert status_at(away, oslo("2026-11-23T12:30"))[1] == "hours"
    assert status_at(away, oslo("2026-11-23T13:00")) == ("available", "hours")
    late = msgspec.structs.replace(PLAN, chosen="available", chosen_at=oslo("2026-11-23T20:00"))
    assert status_at(late, oslo("2026-11-24T08:59")) == ("available", "chosen")
    assert status_at(late, oslo("2026-11-24T12:00")) == ("away", "hours")


def test_without_a_schedule_a_choice_stays() -> None:
    away = Plan(chosen="away", chosen_at=oslo("2020-01-01T00:00"))
    assert status_at(away, oslo("2026-11-23T10:00")) == ("away", "chosen")


def test_an_absence_begins_and_ends_by_itself() -> None:
    """R-592, and a choice from before it does not outlive it."""
    absence = Absence(oslo("2026-11-24T10:00"), oslo("2026-11-26T11:00"), "Course")
    plan = Plan(absences=[absence], chosen="available", chosen_at=oslo("2026-11-23T10:00"))
    assert status_at(plan, oslo("2026-11-24T09:59")) == ("available", "chosen")
    assert standing(plan, oslo("2026-11-24T10:00")) == standing(plan, oslo("2026-11-26T10:59"))
    assert standing(plan, oslo("2026-11-24T10:00")).until == absence.ends_at
    assert status_at(plan, oslo("2026-11-26T11:00")) == ("available", "")


def test_an_absence_longer_than_a_season_ends_with_the_next_hours() -> None:
    plan = msgspec.structs.replace(PLAN, absences=[Absence(oslo("2026-08-01T00:00"), oslo("2027-03-06T00:00"))])
    assert standing(plan, oslo("2026-11-24T10:00")).until == oslo("2027-03-08T09:00")


def test_the_clocks_go_forward_and_back() -> None:
    nights = Plan(time_zone="Europe/Oslo", hours=[Hours(6, "01:00", "04:00")])
    assert [planned(nights, datetime(2026, 3, 29, hour, 30, tzinfo=UTC))[0] for hour in range(4)] == [True, True, False, False]
    assert [planned(nights, datetime(2026, 10, 25, hour, 30, tzinfo=UTC))[0] for hour in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("day", "begins", "ends", "at", "until"),
    [
        ("2026-03-29", "01:00", "02:30", "00:30", "01:00"),  # 02:30 is skipped: they end when the clocks go from 2 to 3
        ("2026-03-29", "02:15", "03:30", "00:30", "01:00"),  # and begin then
        ("2026-10-25", "02:00", "02:30", "00:10", "00:30"),
        ("2026-10-25", "02:00", "02:30", "00:45", "01:00"),  # 2 o'clock comes a second time
        ("2026-10-25", "02:00", "02:30", "01:10", "01:30"),
    ],
)
def test_hours_that_begin_or_end_while_the_clocks_change(day: str, begins: str, ends: str, at: str, until: str) -> None:
    """What somebody sets by hand then does not hold for a week longer."""
    nights = Plan(time_zone="Europe/Oslo", hours=[Hours(6, begins, ends)])
    moment, boundary = (datetime.fromisoformat(f"{day}T{clock}+00:00") for clock in (at, until))
    assert next_boundary(nights, moment) == boundary
    assert planned(nights, boundary)[0] != planned(nights, moment)[0]


def test_what_overlaps_is_found() -> None:
    assert overlap(WEEK) is None
    assert overlap([Hours(1, "09:00", "12:00"), Hours(1, "11:59", "13:00")]) is not None
    assert overlap([Hours(1, "09:00", "09:00")]) is not None
    assert overlap([Hours(1, "09:00", "24:00"), Hours(2, "00:00", "09:00")]) is None


CLOCKS = st.integers(0, 24 * 4).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
STRETCHES = st.tuples(st.integers(0, 6), CLOCKS, CLOCKS).filter(lambda one: one[1] < one[2]).map(lambda one: Hours(*one))
CHANGES = st.sampled_from([datetime(2026, 3, 28, 22), datetime(2026, 10, 24, 22)])  # in Europe; the nights in which much happens at once
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)) | st.builds(
    lambda start, minutes: (start + timedelta(minutes=minutes)).replace(tzinfo=UTC), CHANGES, st.integers(0, 6 * 60)
)
ABSENCES = st.tuples(MOMENTS, st.integers(1, 60 * 24 * 20)).map(lambda one: Absence(one[0], one[0] + timedelta(minutes=one[1])))
PLANS = st.builds(
    Plan,
    time_zone=st.sampled_from(["UTC", "Europe/Oslo", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
    hours=st.none() | st.lists(STRETCHES, max_size=12),
    country=st.sampled_from([None, "NO", "US"]),
    absences=st.lists(ABSENCES, max_size=4),
    chosen=st.sampled_from([None, "available", "away"]),
    chosen_at=st.none() | MOMENTS,
)


@given(PLANS, MOMENTS, st.floats(0.001, 0.999))
def test_nothing_changes_before_the_next_boundary_and_something_at_it(plan: Plan, at: datetime, part: float) -> None:
    boundary = next_boundary(plan, at)
    end = boundary or at + timedelta(days=60)
    between = at + (end - at) * part
    assert planned(plan, between)[0] == planned(plan, at)[0]
    if boundary is not None:
        assert planned(plan, boundary)[0] != planned(plan, at)[0]


@given(PLANS, MOMENTS, st.sampled_from(["available", "away"]))
def test_a_choice_holds_now_and_never_longer_than_to_the_boundary(plan: Plan, at: datetime, wanted: str) -> None:
    chosen = msgspec.structs.replace(plan, chosen=wanted, chosen_at=at)
    assert status_at(chosen, at)[0] == wanted
    if (boundary := next_boundary(plan, at)) is not None:
        assert status_at(chosen, boundary)[0] == ("available" if planned(plan, boundary)[0] else "away")


def test_an_absence_years_away_is_found_without_going_through_the_years() -> None:
    """Somebody who is there around the clock has no boundary before it; going through every day of a thousand years took minutes."""
    always = [Hours(day, "00:00", "24:00") for day in range(7)]
    at = oslo("3026-01-01T00:00")
    plan = Plan(time_zone="Europe/Oslo", hours=always, absences=[Absence(at, at + timedelta(days=1))])
    began = time.monotonic()
    assert next_boundary(plan, oslo("2026-11-23T10:00")) == at
    assert next_boundary(plan, at) == at + timedelta(days=1)
    assert time.monotonic() - began < 2


def test_hours_go_on_after_an_absence_longer_than_is_looked_ahead() -> None:
    leave = Absence(oslo("2026-12-01T12:30"), oslo("2027-06-30T20:00"))
    plan = Plan(time_zone="Europe/Oslo", hours=WEEK, absences=[leave])
    assert next_boundary(plan, oslo("2026-12-02T12:00")) == oslo("2027-07-01T09:00")
    assert next_boundary(plan, oslo("2026-12-01T12:10")) == oslo("2027-07-01T09:00")

"""Clocks: the real one is aware and in UTC, the other one obeys."""

from datetime import UTC, timedelta

import pytest

from innboks.lib.clock import FakeClock, SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_the_other_clock_moves_when_told(clock: FakeClock) -> None:
    began, ticks = clock.now(), clock.monotonic()
    assert clock.now() == began
    clock.advance(90)
    clock.advance(step=timedelta(days=1))
    assert clock.now() - began == timedelta(days=1, seconds=90)
    assert clock.monotonic() - ticks == 86_490
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)

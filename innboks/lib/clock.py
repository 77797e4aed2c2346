"""Time as an argument.

Why it exists: nothing in the product reads the system's clock by itself, so that a test can move time instead of
sleeping through it. Read next: any function that takes a `clock`.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow; for measuring durations."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FakeClock:
    """A clock that stands still until told to move; for tests."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        self._start = start.astimezone(UTC)
        self._passed = timedelta()

    def now(self) -> datetime:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    def advance(self, seconds: float = 0, *, step: timedelta = timedelta()) -> None:
        """Move on by `seconds` plus `step`. Time never runs backwards."""
        if (move := timedelta(seconds=seconds) + step) < timedelta():
            raise ValueError("time never runs backwards")
        self._passed += move


def in_sentence(moment: datetime) -> str:
    """A moment within a sentence for people: whoever shows it puts it in the reader's zone and words (`web/src/ui/serverWords.ts`)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"

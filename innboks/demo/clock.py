"""The clock of the demo: it stands at the story's time, so that eight weeks pass in less than a minute."""

import time
from datetime import datetime


class StoryClock:
    """A `Clock` (lib/clock.py) that is told what time it is."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return time.monotonic()

    def move_to(self, at: datetime) -> None:
        """Never back."""
        self._at = max(self._at, at)

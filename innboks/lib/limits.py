"""How often something may happen: a bucket for each key that fills again. In the memory of one process, some 150 bytes a key, and bounded: when there are too many
keys the one longest unused is forgotten. It stops runaway programs and keeps one from taking everybody's share, not attackers with many machines.
"""

from collections import OrderedDict
from datetime import timedelta

from innboks.errors import TooMany

BURST_S = 10.0
"""A bucket holds as much as comes in this time, unless it is told otherwise."""
OFTEN = "These are too many requests in a short time. Wait a moment."


class Limits:
    """`per_s` a second for each key, and `burst` at once; 0 a second: no limit."""

    def __init__(self, per_s: float, burst: float | None = None, *, keys_max: int = 10_000, sentence: str = OFTEN) -> None:
        self._per_s, self._burst, self._keys_max, self._sentence = per_s, per_s * BURST_S if burst is None else burst, keys_max, sentence
        self._left: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, key: object, now: float) -> None:
        """`now` in seconds, monotonic. Raises `TooMany` when the bucket is empty."""
        if not self._per_s:
            return
        left, then = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._per_s)
        is_empty = left < 1
        self._left[key] = (left if is_empty else left - 1, now)
        if len(self._left) > self._keys_max:
            self._left.popitem(last=False)
        if is_empty:
            raise TooMany(self._sentence, after=timedelta(seconds=(1 - left) / self._per_s))

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._left)

"""From any process to the one that watches a mailbox: "there is something" (a provider's push), or "something is about to come" (a test that has left).

It is a hint: whoever misses it finds the mail at the next look. Read next: `watch.py`, `api/hooks.py`, `try_out.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from innboks.core.parts import Parts

Key = tuple[int, int]
SIGNAL = "news"
SOON_S = 2.0
"""Between two looks while something is expected: somebody sits in front of it."""
EXPECTED_S = 60.0
"""So long something is expected; a mail that takes longer is found at the usual pace."""


async def tell_watcher(parts: Parts, account_id: int, channel_account_id: int, *, is_expected: bool = False) -> None:
    """`is_expected`: it is not there yet, but will be soon, and no push need say so."""
    await parts.wake.signal(account_id, {"type": SIGNAL, "channel_account_id": str(channel_account_id), "is_expected": is_expected})


class News:
    """The hearing side of one process. Who watches may begin after something was told to be expected: it is remembered by channel account."""

    def __init__(self, soon_s: float = SOON_S, expected_s: float = EXPECTED_S) -> None:
        self._soon_s = soon_s
        self._expected_s = expected_s
        self._events: dict[Key, asyncio.Event] = {}
        self._expected_until: dict[Key, float] = {}

    def waiter(self, key: Key) -> Callable[[float], Awaitable[None]]:
        """`Context.news` of one channel account. What was told since the last wait ends the next one at once."""
        event = self._events[key] = asyncio.Event()

        async def wait(seconds: float) -> None:
            try:
                async with asyncio.timeout(min(seconds, self._soon_s) if self._is_expected(key) else seconds):
                    await event.wait()
            except TimeoutError:
                return
            event.clear()

        return wait

    def _is_expected(self, key: Key) -> bool:
        until = self._expected_until.get(key)
        if until is None or until > asyncio.get_running_loop().time():
            return until is not None
        del self._expected_until[key]
        return False

    async def hear(self, parts: Parts) -> None:
        """Runs until cancelled."""

        def on_signal(account_id: int, signal: dict[str, Any]) -> None:
            if signal.get("type") != SIGNAL:
                return
            key = (account_id, int(signal["channel_account_id"]))
            if signal.get("is_expected"):
                self._expected_until[key] = asyncio.get_running_loop().time() + self._expected_s
            if event := self._events.get(key):
                event.set()

        await parts.wake.listen(lambda _: None, on_signal, self._everybody)

    def _everybody(self) -> None:
        """Notes may have been missed while nobody listened."""
        for event in self._events.values():
            event.set()

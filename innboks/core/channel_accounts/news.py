"""A provider's push, from the process that was called to the one that watches: "there is something", and nothing else.

It is a hint: whoever misses it finds the mail at the next look. Read next: `watch.py`, `api/hooks.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from innboks.core.parts import Parts

Key = tuple[int, int]
SIGNAL = "news"


async def tell_watcher(parts: Parts, account_id: int, channel_account_id: int) -> None:
    await parts.wake.signal(account_id, {"type": SIGNAL, "channel_account_id": str(channel_account_id)})


class News:
    """The hearing side of one process."""

    def __init__(self) -> None:
        self._events: dict[Key, asyncio.Event] = {}

    def waiter(self, key: Key) -> Callable[[float], Awaitable[None]]:
        """`Context.news` of one channel account. What was told since the last wait ends the next one at once."""
        event = self._events[key] = asyncio.Event()

        async def wait(seconds: float) -> None:
            try:
                async with asyncio.timeout(seconds):
                    await event.wait()
            except TimeoutError:
                return
            event.clear()

        return wait

    async def hear(self, parts: Parts) -> None:
        """Runs until cancelled."""

        def on_signal(account_id: int, signal: dict[str, Any]) -> None:
            if signal.get("type") == SIGNAL and (event := self._events.get((account_id, int(signal["channel_account_id"])))):
                event.set()

        await parts.wake.listen(lambda _: None, on_signal, self._everybody)

    def _everybody(self) -> None:
        """Notes may have been missed while nobody listened."""
        for event in self._events.values():
            event.set()

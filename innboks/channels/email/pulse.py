"""How the watching of a mailbox goes on: what was said of it and kept of it, neither of them twice, and how long to wait after a failure.

Used by both ways of reading a mailbox, `mailbox.py` (IMAP) and `cloud_mailbox.py` (a provider's own API).
"""

import random
from collections.abc import Mapping
from typing import Any, Protocol

from innboks.errors import Retry
from innboks.sdk.contract import Context, Health


class Waits(Protocol):
    """The first pause after a failure and the longest, in seconds; and the same while the connection is broken, which only a person mends."""

    @property
    def retry_s(self) -> float: ...
    @property
    def retry_most_s(self) -> float: ...
    @property
    def broken_s(self) -> float: ...
    @property
    def broken_most_s(self) -> float: ...


class Pulse:
    """`failures` in a row; whoever succeeds sets it back to 0."""

    def __init__(self, ctx: Context, waits: Waits) -> None:
        self.failures = 0
        self._ctx = ctx
        self._waits = waits
        self._told: Health | None = None
        self._saved: Mapping[str, Any] = {}

    async def tell(self, health: Health) -> None:
        """People see it, when it is news."""
        if health != self._told and self._ctx.report_health is not None:
            await self._ctx.report_health(health)
            self._told = health

    async def save(self, state: Mapping[str, Any]) -> None:
        """Kept for the next process, when it is another one."""
        if state != self._saved and self._ctx.save_state is not None:
            await self._ctx.save_state(state)
            self._saved = state

    async def failed(self, sentence: str, *, is_broken: bool, action: str) -> None:
        """Counts it, and tells people when it is more than a short break."""
        self.failures += 1
        if is_broken:
            await self.tell(Health(state="broken", sentence=sentence, action=action))
        elif self.failures > 1:
            await self.tell(Health(state="unreachable", sentence=f"{sentence} New mail waits there; we keep trying.", action=action))

    def pause_s(self, error: Exception, *, is_broken: bool) -> float:
        """Until the next try: twice as long each time, or what the provider wished, within reason."""
        first, most = (self._waits.broken_s, self._waits.broken_most_s) if is_broken else (self._waits.retry_s, self._waits.retry_most_s)
        if isinstance(error, Retry) and error.after is not None:
            return min(max(error.after.total_seconds(), first), most)
        wait: float = min(most, first * 2 ** min(self.failures - 1, 20))
        return wait * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret

"""Waiting for the thing itself: it is asked for again and again, with pauses that are short beside what was waited, and given up with a sentence."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

from innboks.core.parts import Parts

SHORTEST_S, LONGEST_S = 0.01, 0.1


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20, what: str = "it") -> float:
    """Returns how long it took."""
    began = time.monotonic()
    while True:
        found = condition()
        if await found if inspect.isawaitable(found) else found:
            return time.monotonic() - began
        waited = time.monotonic() - began
        assert waited < seconds, f"{what} did not happen within {seconds:.0f} s"
        await asyncio.sleep(min(max(SHORTEST_S, waited / 20), LONGEST_S))


async def somebody_waits(parts: Parts, how_many: int = 1) -> None:
    """Until statements of so many other connections stand before a lock."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

    async def are_there() -> bool:
        async with parts.db.connection() as conn:
            return bool((await (await conn.execute(waiting)).fetchall())[0][0] >= how_many)

    await until(are_there, what="waiting for a lock")

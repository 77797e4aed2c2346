"""At rest: how soon a fresh installation is there, how soon it is there again, the memory of everything while nothing
happens, and how soon it ends when asked to."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.place import Installation, pss_kb
from tests.bench.wire import Stream

QUIET_S = 8


async def rest(folder: Path, say: Callable[[str], None]) -> list[Figure]:
    data = folder / "fresh"
    shutil.rmtree(data, ignore_errors=True)
    place = Installation(data)
    try:
        first = (await place.start()).started_in_s
        await place.settle_in()
        place.stop()
        second = (await place.start()).started_in_s
        say(f"first start {first:.1f} s, second {second:.1f} s")
        await asyncio.sleep(QUIET_S)
        sizes: dict[str, float] = {}
        for pid, role in place.processes().items():
            name = role if role in ("run", "web", "worker") else "database"
            sizes[name] = sizes.get(name, 0) + pss_kb(pid) / 1024
        async with Stream(place.host, place.port, place.token, "nothing"):
            began = time.monotonic()
            await asyncio.to_thread(place.stop)
            ended = time.monotonic() - began
    finally:
        place.stop()
    shutil.rmtree(data, ignore_errors=True)
    shares = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    return [
        Figure(row="rest", name="first start", value=first, unit="s"),
        Figure(row="rest", name="second start", value=second, unit="s", bar=5),
        Figure(row="rest", name="end by Ctrl-C with an open stream", value=ended, unit="s", bar=5),
        Figure(row="rest", name="memory of everything", value=sum(sizes.values()), unit="MB", bar=300, reference=shares),
    ]

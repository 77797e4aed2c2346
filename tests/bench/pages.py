"""Lists and threads: a page of each view, and a conversation of 200 messages, with 10 000 and with 1 000 000 conversations stored.

Asked over HTTP on one connection, one request after the other, so that a figure is the server's own time for one request.
"""

import random
import time
from collections.abc import Callable

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation
from tests.bench.wire import Http

LISTS = 60
THREADS = 150
LONG = 200
"""Conversations with 200 messages; stored.sql makes so many."""


async def pages(small: Installation, large: Installation, say: Callable[[str], None]) -> list[Figure]:
    before = await _measure(small, 10_000)
    say("10 000 conversations: " + ", ".join(f"{name} {1000 * ms:.1f}" for name, ms in before.items()) + " ms")
    after = await _measure(large, 1_000_000)
    say("1 000 000 conversations: " + ", ".join(f"{name} {1000 * ms:.1f}" for name, ms in after.items()) + " ms")
    figures = []
    for name, seconds in after.items():
        reference = f"{1000 * before[name]:.1f} ms at 10 k"
        figures.append(Figure(row="pages", name=f"{name}, 1 M stored, p95", value=1000 * seconds, unit="ms", bar=10, reference=reference))
    lists = [name for name in after if name.startswith("list")]
    worst = max(lists, key=lambda name: after[name] / before[name])
    ratio = after[worst] / before[worst]
    figures.append(Figure(row="pages", name="worst list, 1 M of 10 k", value=ratio, unit="times", bar=1.5, reference=worst))
    return figures


async def _measure(place: Installation, total: int) -> dict[str, float]:
    """What was asked → p95 in seconds."""
    found: dict[str, float] = {}
    async with place.client() as api:
        inboxes = (await api.json("GET", "/api/inboxes"))["items"]
        asked = {
            **{f"list {view}": f"view={view}" for view in ("open", "mine", "unassigned", "closed", "failed")},
            "list of an inbox": f"view=open&inbox_id={inboxes[0]['id']}",
            "list of a channel": f"view=open&channel_account_id={place.mail['id']}",
            "list of a contact": "view=closed&contact_id=1002",
        }
        for name, query in asked.items():
            found[name] = await _lists(api, query)
        found["counts of the views"] = await _repeat(api, ["/api/views"] * LISTS)
        chosen = random.Random(7)  # the same conversations in every run
        places = [1000 + chosen.randint(1, LONG) * (total // LONG) for _ in range(THREADS)]
        found["open a conversation of 200"] = await _threads(api, places)
    return found


async def _lists(api: Http, query: str) -> float:
    """The first page, and as deep as there are pages, turn by turn."""
    paths, cursor = [], ""
    for _ in range(LISTS // 3):
        paths += [f"/api/conversations?{query}"] * 2 + [f"/api/conversations?{query}{cursor}"]
        page = await api.json("GET", paths[-1])
        cursor = f"&cursor={page['next']}" if page["next"] else ""
    return await _repeat(api, paths)


async def _repeat(api: Http, paths: list[str]) -> float:
    for path in paths[:5]:
        await api.json("GET", path)
    times = []
    for path in paths:
        began = time.perf_counter()
        status, _ = await api.request("GET", path)
        times.append(time.perf_counter() - began)
        assert status == 200, path
    return percentile(times, 0.95)


async def _threads(api: Http, places: list[int]) -> float:
    """What the app asks when somebody opens a conversation: all its messages."""
    for one in places[:5]:
        assert len((await api.json("GET", f"/api/conversations/{one}/messages?limit=200"))["items"]) == LONG
    return await _repeat(api, [f"/api/conversations/{one}/messages?limit=200" for one in places])

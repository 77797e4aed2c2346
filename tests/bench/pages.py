"""Lists and threads: a page of each view, and a conversation of 200 messages, with 10 000 and with 1 000 000 conversations stored.

Asked over HTTP on one connection, one request after the other, so that a figure is the server's own time for one request.
"""

import random
import time
from collections.abc import Callable

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation
from tests.bench.wire import Http

MILLION = 1_000_000
TIMES = 150
WARM_UP = 10
LONG = 200
"""Conversations with 200 messages; stored.sql makes so many."""
FIRST = 50
"""What the app asks for when a conversation is opened: the newest; older ones as the reader scrolls (MESSAGE_PAGE in web/src/api/queries.ts)."""


async def pages(small: Installation, large: Installation, say: Callable[[str], None]) -> list[Figure]:
    """The two are asked in turn, so that what else the machine does slows both alike."""
    figures, ratios = [], {}
    async with small.client() as few, large.client() as many:
        asked_few, asked_many = await _questions(few, small, 10_000), await _questions(many, large, MILLION)
        for name, paths in asked_few.items():
            before, after = await _ask_in_turn(few, paths, many, asked_many[name])
            ratios[name] = after / before
            reference = f"{1000 * before:.1f} ms at 10 k"
            figures.append(Figure(row="pages", name=f"{name}, 1 M stored, p95", value=1000 * after, unit="ms", bar=10, reference=reference))
            say(f"{name}: {1000 * before:.1f} ms with 10 000 conversations, {1000 * after:.1f} ms with 1 000 000")
    lists = {name: ratio for name, ratio in ratios.items() if name.startswith("list")}
    worst = max(lists, key=lists.__getitem__)
    figures.append(Figure(row="pages", name="worst list, 1 M of 10 k", value=lists[worst], unit="times", bar=1.5, reference=worst))
    return figures


async def _questions(api: Http, place: Installation, total: int) -> dict[str, list[str]]:
    """What is asked → its paths."""
    inboxes = (await api.json("GET", "/api/inboxes"))["items"]
    views = ("open", "mine", "unassigned", "closed", "failed", "snoozed", "closing", "mentions", "drafts", "spam", "trash")
    asked = {
        **{f"list {view}, {sort}": f"view={view}&sort={sort}" for view in views for sort in ("due", "newest", "oldest")},
        **{f"list of an inbox, {sort}": f"view=open&sort={sort}&inbox_id={inboxes[0]['id']}" for sort in ("due", "newest")},
        **{f"list of a channel, {sort}": f"view=open&sort={sort}&channel_account_id={place.mail['id']}" for sort in ("due", "newest")},
        "list of a contact": "view=closed&contact_id=1002",
        "list filtered: urgent": "view=open&sort=due&priorities=urgent",
        "list filtered: somebody's closed": "view=all&status=closed&assignees=2,3&sort=newest",
        "list filtered: finds nothing": "view=all&sort=newest&priorities=low",
    }
    chosen = random.Random(7)  # the same conversations in every run
    threads = [1000 + chosen.randint(1, LONG) * (total // LONG) for _ in range(TIMES)]
    return {
        **{name: await _pages_of(api, query) for name, query in asked.items()},
        "counts of the views": ["/api/views"] * TIMES,
        f"open a conversation of {LONG}: its newest {FIRST}, as the app asks": [
            f"/api/conversations/{one}/messages?limit={FIRST}" for one in threads
        ],
        f"open a conversation of {LONG}: the conversation itself": [f"/api/conversations/{one}" for one in threads],
        f"all {LONG} messages of a conversation at once": [f"/api/conversations/{one}/messages?limit={LONG}" for one in threads],
    }


async def _pages_of(api: Http, query: str) -> list[str]:
    """The first page mostly, and page after page into the depth."""
    paths: list[str] = []
    cursor = ""
    while len(paths) < TIMES:
        paths += [f"/api/conversations?{query}"] * 2 + [f"/api/conversations?{query}{cursor}"]
        page = await api.json("GET", paths[-1])
        cursor = f"&cursor={page['next']}" if page["next"] else ""
    return paths


async def _ask_in_turn(few: Http, paths: list[str], many: Http, others: list[str]) -> tuple[float, float]:
    """The two p95, in seconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, both in enumerate(zip(paths, others, strict=True)):
        for api, path, taken in zip((few, many), both, times, strict=True):
            began = time.perf_counter()
            status, body = await api.request("GET", path)
            if number >= WARM_UP:
                taken.append(time.perf_counter() - began)
            assert status == 200, (path, body)
    return percentile(times[0], 0.95), percentile(times[1], 0.95)

"""Lists and threads: a page of each view, and a conversation of 200 messages, with 10 000 and with 1 000 000 conversations stored.

Asked over HTTP on one connection, one request after the other, so that a figure is the server's own time for one request.
"""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation
from tests.bench.wire import Http

MILLION = 1_000_000
TIMES = 300
WARM_UP = 10
LONG = 200
"""Conversations with 200 messages; stored.sql makes so many."""
FIRST = 50
"""What the app asks for when a conversation is opened: the newest; older ones as the reader scrolls (MESSAGE_PAGE in web/src/api/queries.ts)."""


async def pages(small: Installation, large: Installation, say: Callable[[str], None]) -> list[Figure]:
    """The two are asked in turn, so that what else the machine does slows both alike."""
    figures, ratios = [], {}
    async with small.client() as few, large.client() as many:
        asked = {**await _lists(few, small, many, large), **_others()}
        for name, both in asked.items():
            before, after = await _ask_in_turn(few, both.few, many, both.many)
            reference = f"{1000 * before:.1f} ms at 10 k"
            figures.append(Figure(row="pages", name=f"{name}, 1 M stored, p95", value=1000 * after, unit="ms", bar=10, reference=reference))
            say(f"{name}: {1000 * before:.1f} ms with 10 000 conversations, {1000 * after:.1f} ms with 1 000 000")
            if both.alike is not None:
                before, after = await _ask_in_turn(few, both.alike.few, many, both.alike.many)
                say(f"{name}, pages of the same length: {1000 * before:.1f} ms and {1000 * after:.1f} ms")
            ratios[name] = after / before
    lists = {name: ratio for name, ratio in ratios.items() if name.startswith("list")}
    worst = max(lists, key=lists.__getitem__)
    figures.append(Figure(row="pages", name="worst list, 1 M of 10 k", value=lists[worst], unit="times", bar=1.5, reference=worst))
    return figures


class Asked(NamedTuple):
    """The paths that the two are asked. `alike`: those for the ratio, where the small one's page is the shorter."""

    few: list[str]
    many: list[str]
    alike: "Asked | None" = None


async def _lists(few: Http, small: Installation, many: Http, large: Installation) -> dict[str, Asked]:
    asked = {}
    of_many = await _queries(many, large)
    for name, query in (await _queries(few, small)).items():
        (paths, rows), (others, more_rows) = await _pages_of(few, query), await _pages_of(many, of_many[name])
        alike = None
        if 0 < rows < more_rows:
            limit = f"&limit={rows}"
            alike = Asked((await _pages_of(few, query + limit))[0], (await _pages_of(many, of_many[name] + limit))[0])
        asked[name] = Asked(paths, others, alike)
    return asked


async def _queries(api: Http, place: Installation) -> dict[str, str]:
    """What is asked → its query."""
    inboxes = (await api.json("GET", "/api/inboxes"))["items"]
    views = ("open", "mine", "unassigned", "all", "closed", "failed", "snoozed", "closing", "mentions", "drafts", "sent", "spam", "trash")
    return {
        **{f"list {view}, {sort}": f"view={view}&sort={sort}" for view in views for sort in ("due", "newest", "oldest")},
        **{f"list of an inbox, {sort}": f"view=open&sort={sort}&inbox_id={inboxes[0]['id']}" for sort in ("due", "newest")},
        **{f"list of a channel, {sort}": f"view=open&sort={sort}&channel_account_id={place.mail['id']}" for sort in ("due", "newest")},
        "list of a contact": "view=closed&contact_id=1002",
        "list filtered: urgent": "view=open&sort=due&priorities=urgent",
        "list filtered: somebody's closed": "view=all&status=closed&assignees=2,3&sort=newest",
        "list filtered: four people's": "view=open&sort=due&assignees=2,3,4,5",
        "list filtered: finds nothing": "view=all&sort=newest&waiting_longer_than_s=300000000",
    }


async def _pages_of(api: Http, query: str) -> tuple[list[str], int]:
    """The first page mostly, and page after page into the depth; and how many rows a page has. A last page that is not full is left out: many lists of
    the small one soon end in one, and those of the large one never."""
    paths: list[str] = []
    first = f"/api/conversations?{query}"
    rows = len((await api.json("GET", first))["items"])
    cursor = ""
    while len(paths) < TIMES:
        page = await api.json("GET", first + cursor)
        if len(page["items"]) < rows:
            cursor = ""
            continue
        paths += [first, first, first + cursor]
        cursor = f"&cursor={page['next']}" if page["next"] else ""
    return paths, rows


def _others() -> dict[str, Asked]:
    def of_both(path: str) -> Asked:
        few, many = ([path.format(1000 + nth * (total // LONG)) for nth in chosen] for total in (10_000, MILLION))
        return Asked(few, many)

    picked = random.Random(7)  # the same conversations in every run
    chosen = [picked.randint(1, LONG) for _ in range(TIMES)]
    return {
        "counts of the views": of_both("/api/views"),
        f"open a conversation of {LONG}: its newest {FIRST}, as the app asks": of_both(f"/api/conversations/{{}}/messages?limit={FIRST}"),
        f"open a conversation of {LONG}: the conversation itself": of_both("/api/conversations/{}"),
        f"all {LONG} messages of a conversation at once": of_both(f"/api/conversations/{{}}/messages?limit={LONG}"),
    }


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

"""One person changes 500 conversations at once, of 1 000 000, and takes it back, while another one looks at lists: how long each waits, and what each
conversation costs."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation, each_ms
from tests.bench.wire import Http

MANY = 500
PAGE = 100
ROUNDS = 3
BAR_MS = 1000.0
LIST_BAR_MS = 50.0
"""A list is asked for on a machine that writes as fast as it can meanwhile."""
Change = dict[str, Any]


async def bulk(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    figures = []
    lists: list[float] = []
    async with place.client() as api, place.client() as other:
        ids, changes = await _open_ones(api), await _changes(api)
        looking = asyncio.create_task(_looks(other, lists))
        for what, change, back in changes:
            waits: list[float] = []
            used = place.cpu_s()
            for _ in range(ROUNDS):
                for one in (change, back):
                    began = time.perf_counter()
                    answer = await api.json("POST", "/api/conversations/bulk", {"ids": ids, "change": one})
                    waits.append(1000 * (time.perf_counter() - began))
                    assert answer["changed_count"] == MANY, answer
            spent = each_ms(used, place.cpu_s(), len(waits) * MANY)
            figures.append(
                Figure(row="bulk", name=f"{MANY} {what} at once, 1 M stored", value=max(waits), unit="ms", bar=BAR_MS, reference=spent)
            )
        looking.cancel()
    say(f"{len(lists)} lists were asked for meanwhile")
    return [*figures, Figure(row="bulk", name="a list meanwhile, p95", value=1000 * percentile(lists, 0.95), unit="ms", bar=LIST_BAR_MS)]


async def _changes(api: Http) -> list[tuple[str, Change, Change]]:
    """What is done, and what takes it back."""
    tags = (await api.json("GET", "/api/tags"))["items"] or [await api.json("POST", "/api/tags", {"name": "Bench", "color": "blue"})]
    return [
        ("closed", {"status": "closed"}, {"status": "open"}),
        ("snoozed", {"is_snoozed": True}, {"is_snoozed": False}),
        ("tagged", {"add_tag_ids": [tags[0]["id"]]}, {"remove_tag_ids": [tags[0]["id"]]}),
    ]


async def _open_ones(api: Http) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while len(ids) < MANY:
        page = await api.json("GET", f"/api/conversations?view=open&limit={PAGE}{cursor}")
        ids += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"
    return ids[:MANY]


async def _looks(api: Http, waits: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await api.json("GET", "/api/conversations?view=mine")
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)

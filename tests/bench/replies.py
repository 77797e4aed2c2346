"""Answers that agents write, accepted by the API; the worker sends them meanwhile, each exactly once."""

import asyncio
import time
from collections.abc import Callable

from tests.bench.figures import Figure
from tests.bench.place import Installation, Sink, each_ms
from tests.bench.wire import Http

CLIENTS = 8
REPLIES = 4000
CONVERSATIONS = 200
SENT_WITHIN_S = 90.0


async def replies(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    async with place.client("") as provider:
        for number in range(CONVERSATIONS):
            status, answer = await provider.request("POST", *place.hook(f"r{number}", f"asks{number}", "Is the blue one back?"))
            assert status == 200, answer
    async with place.client() as api:
        found: list[str] = []
        cursor = ""
        while len(found) < CONVERSATIONS:
            page = await api.json("GET", f"/api/conversations?channel_account_id={place.echo['id']}&limit=100{cursor}")
            found += [one["id"] for one in page["items"]]
            cursor = f"&cursor={page['next']}"
    todo = iter(range(REPLIES))
    accepted: list[str] = []

    async def write(api: Http) -> None:
        for number in todo:
            given = {"type": "reply", "text": f"Yes, it is: number {number}.", "client_id": f"bench-{number}"}
            message = await api.json("POST", f"/api/conversations/{found[number % CONVERSATIONS]}/messages", given)
            accepted.append(message["id"])
            if len(accepted) % 1000 == 0:
                say(f"{len(accepted)} of {REPLIES} accepted, {len(set(accepted) & Sink.seen.keys())} sent")

    clients = [place.client() for _ in range(CLIENTS)]
    for client in clients:
        await client.__aenter__()
    await clients[0].json("POST", f"/api/conversations/{found[0]}/messages", {"type": "comment", "text": "The tenth today."})
    for number in range(100):
        given = {"type": "reply", "text": "One moment, please.", "client_id": f"warm-{number}"}
        await clients[number % CLIENTS].json("POST", f"/api/conversations/{found[number]}/messages", given)
    await place.know_itself()
    began, used = time.monotonic(), place.cpu_s()
    await asyncio.gather(*(write(client) for client in clients))
    took = time.monotonic() - began
    for client in clients:
        await client.__aexit__()
    while (sent := len(set(accepted) & Sink.seen.keys())) < REPLIES and time.monotonic() < began + SENT_WITHIN_S:
        await asyncio.sleep(0.1)
    all_sent_s = time.monotonic() - began
    cost = each_ms(used, place.cpu_s(), REPLIES)
    doubled = sum(Sink.seen[one] - 1 for one in accepted if one in Sink.seen)
    return [
        Figure(
            row="replies",
            name="accepted by the API, 8 clients",
            value=REPLIES / took,
            unit="/s",
            bar=500,
            must_be="at least",
            reference="others: 28 to 109/s",
        ),
        Figure(row="replies", name="sent by the worker meanwhile and after", value=sent / all_sent_s, unit="/s", reference=cost),
        Figure(row="replies", name="not sent", value=REPLIES - sent, unit="replies", bar=0, reference=f"within {SENT_WITHIN_S:.0f} s"),
        Figure(row="replies", name="sent twice", value=doubled, unit="replies", bar=0),
    ]

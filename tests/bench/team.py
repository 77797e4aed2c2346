"""A team at work on 1 000 000 conversations: 50 people, each with the stream open, who look at lists, open conversations and answer, while
customers write. How long each waits, what the machine spends on it, and what it takes in memory.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack

import psycopg

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation, pss_kb
from tests.bench.wire import Http, Stream

PEOPLE = 50
SECONDS = 45.0
WARM_UP_S = 5.0
PAUSE_S = 2.0
"""Between two things that one person does, on average; slower people would only make the figures better."""
CUSTOMERS_PAUSE_S = 0.2
LISTS = ("view=mine", "view=unassigned", "view=open", "view=open&sort=newest", "view=mine&sort=newest", "view=closed&sort=newest")
COUNTS_EACH = 5
ANSWERS_EACH = 8
BARS_MS = {"list": 20.0, "open a conversation": 20.0, "counts of the views": 20.0, "write": 30.0}
"""Twice what one person alone may wait at a quiet machine: here the fifty meet each other."""
_PEOPLE = """
insert into app_user (account_id, email, name, role_id)
select 1, 'busy' || n || '@tindra.example', 'Busy ' || n, (select id from role where account_id = 1 and key = 'agent')
from generate_series(1, %(people)s) n on conflict do nothing
"""


class Team:
    """What the people asked for and how long each answer took, in seconds, by kind of question."""

    def __init__(self, place: Installation) -> None:
        self.place = place
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.is_measured = False
        self.until = 0.0

    async def works(self, number: int, api: Http) -> None:
        """One person: a list, a conversation of it, now and then the counts and an answer, until the time is over."""
        chance = random.Random(number)
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            page = await self._ask("list", api, "GET", f"/api/conversations?{chance.choice(LISTS)}")
            if turn % COUNTS_EACH == 0:
                await self._ask("counts of the views", api, "GET", "/api/views")
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE_S))
            if page["items"]:
                path = f"/api/conversations/{chance.choice(page['items'])['id']}"
                await self._ask("open a conversation", api, "GET", f"{path}/messages?limit=50")
                if turn % ANSWERS_EACH == 0:
                    given = {"type": "comment", "text": "Looked at it.", "client_id": f"team-{number}-{turn}-{time.time()}"}
                    await self._ask("write", api, "POST", f"{path}/messages", given)
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE_S))

    async def _ask(self, what: str, api: Http, method: str, path: str, given: dict[str, str] | None = None) -> dict:  # type: ignore[type-arg]
        began = time.perf_counter()
        answer = await api.json(method, path, given)
        if self.is_measured:
            self.waits[what].append(time.perf_counter() - began)
        return answer

    async def customers_write(self) -> dict[str, float]:
        """Mark of each message → when it was handed over."""
        sent, number = {}, 0
        run = time.time_ns()
        async with self.place.client("") as provider:
            while time.monotonic() < self.until:
                number += 1
                request = self.place.hook(f"team{run}-{number}", f"visitor{number % 40}", f"team-{number}- is anybody there?")
                if self.is_measured:
                    sent[f"team-{number}-"] = time.monotonic()
                status, answer = await provider.request("POST", *request)
                assert status == 200, answer
                await asyncio.sleep(CUSTOMERS_PAUSE_S)
        return sent


async def team(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    async with await psycopg.AsyncConnection.connect(place.dsn, autocommit=True) as conn:
        await conn.execute(_PEOPLE, {"people": PEOPLE})
    tokens = [await asyncio.to_thread(place.token_of, f"busy{number}@tindra.example") for number in range(1, PEOPLE + 1)]
    say(f"{PEOPLE} people have a token")
    at_work = Team(place)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(Stream(place.host, place.port, token, r"team-\d+-")) for token in tokens]
        clients = [await stack.enter_async_context(place.client(token)) for token in tokens]
        at_work.until = time.monotonic() + WARM_UP_S + SECONDS
        work = asyncio.gather(*(at_work.works(number, api) for number, api in enumerate(clients)))
        customers = asyncio.create_task(at_work.customers_write())
        await asyncio.sleep(WARM_UP_S)
        at_work.is_measured, used = True, place.cpu_s()
        await asyncio.sleep(SECONDS)
        spent = {role: 100 * (now - used[role]) / SECONDS for role, now in place.cpu_s().items()}
        await work
        sent = await customers
        for one in streams:
            await one.until(lambda one=one: sent.keys() <= one.seen.keys(), 10)  # type: ignore[misc]
        memory_mb = sum(pss_kb(pid) for pid in place.processes()) / 1024
    late = [1000 * (one.seen[mark] - at) for one in streams for mark, at in sent.items() if mark in one.seen]
    asked = sum(len(waits) for waits in at_work.waits.values())
    say(f"{asked} questions and {len(sent)} messages in {SECONDS:.0f} s")
    share = ", ".join(f"{role} {part:.0f}" for role, part in spent.items())
    return [
        *(
            Figure(row="team", name=f"{what}, 1 M stored, p95", value=1000 * percentile(waits, 0.95), unit="ms", bar=BARS_MS[what])
            for what, waits in sorted(at_work.waits.items())
        ),
        Figure(row="team", name="customer's message to all 50 streams, p95", value=percentile(late, 0.95), unit="ms", bar=60),
        Figure(row="team", name="not seen", value=len(sent) * PEOPLE - len(late), unit="messages", bar=0),
        Figure(
            row="team", name="processor, of one core", value=sum(spent.values()), unit="%", reference=f"{share}; {asked / SECONDS:.0f} /s"
        ),
        Figure(row="team", name="memory of everything", value=memory_mb, unit="MB", reference="with the database's own cache"),
    ]

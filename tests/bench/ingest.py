"""Webhooks: messages that come in through HTTP, and through the core alone, beside one bare PL/pgSQL function that does the same inserts.

The three take turns for a few rounds, because a busy machine slows them all alike; the medians are compared.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

from innboks.app import build_parts
from innboks.config import load_settings
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.lib.db import Database
from innboks.sdk.contract import Inbound
from tests.bench.figures import Figure
from tests.bench.place import Installation, each_ms
from tests.bench.wire import Http

CLIENTS = 8
ROUNDS = 3
MESSAGES = 1500
PEOPLE = 997
TEXT = "Hello there, is my order on its way? " * 5
Feed = Callable[[Iterator[int]], Awaitable[None]]


async def ingest(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    settings = load_settings(place.environment() | {"DATABASE_URL": place.dsn}, place.data)
    numbers = count(1)
    rates: dict[str, list[float]] = {"bare": [], "core": [], "http": []}
    cost: dict[str, str] = {}
    clients = [place.client("") for _ in range(CLIENTS)]
    for client in clients:
        await client.__aenter__()
    database = await Database.open(place.dsn, 1, CLIENTS)
    async with build_parts(settings, place.dsn, "web") as parts:
        async with database.connection() as conn:
            await conn.execute((Path(__file__).parent / "bare.sql").read_text())
        ways: dict[str, list[Feed]] = {
            "bare": [_bare(database, place) for _ in range(CLIENTS)],
            "core": [_core(parts, place) for _ in range(CLIENTS)],
            "http": [_http(client, place) for client in clients],
        }
        for feeds in ways.values():
            await _rate(feeds, numbers, 300)
        await place.know_itself()
        for turn in range(ROUNDS):
            for name, feeds in ways.items():
                used = place.cpu_s()
                rates[name].append(await _rate(feeds, numbers, MESSAGES))
                cost[name] = each_ms(used, place.cpu_s(), MESSAGES)
            say(f"round {turn + 1} of {ROUNDS}: " + ", ".join(f"{name} {rates[name][-1]:.0f}/s" for name in ways))
    await database.close()
    for client in clients:
        await client.__aexit__()
    middle = {name: statistics.median(some) for name, some in rates.items()}
    beside = f"bare function {middle['bare']:.0f}/s"
    return [
        Figure(row="ingest", name="webhook over HTTP, 8 clients", value=middle["http"], unit="/s", reference=cost["http"]),
        Figure(
            row="ingest",
            name="… of the bare function",
            value=100 * middle["http"] / middle["bare"],
            unit="%",
            bar=40,
            must_be="at least",
            reference=f"{beside}, {cost['bare']}",
        ),
        Figure(
            row="ingest", name="core alone, of the bare function", value=100 * middle["core"] / middle["bare"], unit="%", reference=beside
        ),
    ]


async def _rate(feeds: list[Feed], numbers: Iterator[int], messages: int) -> float:
    share = iter([next(numbers) for _ in range(messages)])
    began = time.perf_counter()
    await asyncio.gather(*(feed(share) for feed in feeds))
    return messages / (time.perf_counter() - began)


def _http(client: Http, place: Installation) -> Feed:
    async def feed(numbers: Iterator[int]) -> None:
        for number in numbers:
            path, body, headers = place.hook(number, f"person{number % PEOPLE}", TEXT)
            status, answer = await client.request("POST", path, body, headers)
            assert status == 200, answer

    return feed


def _core(parts: Parts, place: Installation) -> Feed:
    channel = int(place.echo["id"])

    async def feed(numbers: Iterator[int]) -> None:
        account = await parts.directory.account_of(parts, channel)
        assert account is not None
        for number in numbers:
            path, body, headers = place.hook(number, f"person{number % PEOPLE}", TEXT)
            await receive(parts, account, channel, Inbound(body=body, headers=headers, method="POST", path=path))

    return feed


def _bare(database: Database, place: Installation) -> Feed:
    channel, inbox = int(place.echo["id"]), int(place.echo["inbox_id"])

    async def feed(numbers: Iterator[int]) -> None:
        async with database.connection() as conn:
            for number in numbers:
                await conn.execute(
                    "select bare_ingest(%s, %s, %s, %s, %s, %s)", (1, channel, inbox, f"m{number}", f"person{number % PEOPLE}", TEXT)
                )

    return feed

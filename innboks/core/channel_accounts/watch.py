"""Runs what channels run by themselves: a watcher for each connected channel account that needs one (a mailbox), and the listeners of
the whole process (the SMTP receiver). Part of the worker, or a process of its own (`innboks mail`).

A mailbox is watched by one process only: a lock in the database says by whom, and passes to another when that one dies.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import psycopg
import structlog

from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.directory import Connected, operator_settings, with_delivery
from innboks.core.channel_accounts.health import mark_broken
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.news import News
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.errors import Broken, InnboksError, NotFound, TooMany
from innboks.lib.backplane import PAUSE_S
from innboks.lib.db import Connection, DatabaseUnavailable
from innboks.sdk.contract import Delivered, Inbound
from innboks.sdk.registry import offers

log = structlog.get_logger("watch")

LOOK_S = 3.0
"""How soon a new, changed or disconnected channel account is noticed."""
RESTART_S = 10.0
Key = tuple[int, int]
Running = dict[Key, tuple[tuple[bytes, object], asyncio.Task[None]]]


class RoadIn:
    """The `Receiver` that listeners get: finds the channel account of an address and puts payloads on the road in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.domain = parts.settings.mail_domain
        self.size_limit = parts.settings.mail_size

    async def resolve(self, address: str) -> Key | None:
        return await self._parts.directory.resolve(self._parts, address)

    async def deliver(self, account_id: int, channel_account_id: int, inbound: Inbound) -> Delivered:
        return await receive(self._parts, account_id, channel_account_id, inbound)


@asynccontextmanager
async def listeners(parts: Parts) -> AsyncIterator[None]:
    """Every channel's process-wide listener, open while the block runs."""
    async with AsyncExitStack() as stack:
        for channel in parts.registry:
            if offers(channel, "serve"):
                await stack.enter_async_context(_generator(channel.serve(RoadIn(parts), operator_settings(parts))))
        yield


@asynccontextmanager
async def _generator(listening: Any) -> AsyncIterator[None]:
    generator: AsyncIterator[None] = await listening if asyncio.iscoroutine(listening) else listening
    await anext(generator)
    try:
        yield
    finally:
        async for _ in generator:
            break


async def watch_all(parts: Parts) -> None:
    """Keeps one watcher running for each connected channel account whose channel watches. Runs until cancelled."""
    kinds = [channel.kind for channel in parts.registry if offers(channel, "watch")]
    running: Running = {}
    locks = _Locks(parts)
    news = News()
    hearing = asyncio.create_task(news.hear(parts)) if any(offers(channel, "push") for channel in parts.registry) else None
    try:
        while True:
            try:
                async with parts.db.connection() as conn:
                    wanted = {(row.account_id, row.id): row for row in await store.connected_of_kind(conn, kinds)}
            except Exception as error:
                log.warning("cannot see what to watch", error=type(error).__name__)
                await asyncio.sleep(PAUSE_S)
                continue
            await _adjust(parts, locks, news, running, wanted)
            await asyncio.sleep(LOOK_S)
    finally:
        if hearing is not None:
            hearing.cancel()
        for _, task in running.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in running.values()), return_exceptions=True)
        await locks.close()


async def _adjust(parts: Parts, locks: "_Locks", news: News, running: Running, wanted: Mapping[Key, ChannelAccount]) -> None:
    """Starts what is missing, ends what is gone, restarts what has another configuration or another wish for older messages."""
    for key, (facts, task) in list(running.items()):
        row = wanted.get(key)
        if row is None or _facts(row) != facts or task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del running[key]
    for key, row in wanted.items():
        if key not in running:
            running[key] = (_facts(row), asyncio.create_task(_watch(parts, locks, news, key)))


def _facts(row: ChannelAccount) -> tuple[bytes, object]:
    return row.config_sealed, row.settings.get("backfill_since")


async def _watch(parts: Parts, locks: "_Locks", news: News, key: Key) -> None:
    """One channel account, again and again, while this process holds its lock."""
    while True:
        try:
            async with locks.alone(key) as is_alone:
                if is_alone:
                    await _watch_once(parts, news, key)
        except (psycopg.OperationalError, DatabaseUnavailable):
            pass  # the database is away: the lock is gone with the connection
        except NotFound:
            return  # gone meanwhile
        except Exception as error:  # as when its secrets cannot be opened: whoever runs this has to know
            log.warning("cannot watch", channel_account=key[1], error=type(error).__name__)
        await asyncio.sleep(RESTART_S)


async def _watch_once(parts: Parts, news: News, key: Key) -> None:
    parts.directory.forget(*key)
    connected: Connected = await parts.directory.find(parts, *key)

    async def deliver(inbound: Inbound) -> Delivered:
        while True:
            try:
                return await receive(parts, *key, inbound)
            except TooMany as error:  # we fetch, so we wait ourselves
                await asyncio.sleep(error.after.total_seconds())
            except psycopg.OperationalError as error:  # the channel must not take it for a fault of the payload
                raise DatabaseUnavailable("The database is away.") from error

    try:
        await connected.channel.watch(with_delivery(connected, deliver, news.waiter(key)))
    except Broken as error:
        await mark_broken(parts, *key, error.sentence)
    except InnboksError as error:
        log.warning("watching stopped", channel_account=key[1], code=error.code)
    except psycopg.OperationalError:
        raise
    except Exception:
        log.exception("watching stopped unexpectedly", channel_account=key[1])


class _Locks:
    """The locks of this process, all on one connection: they are free again when the process dies."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._conn: Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def alone(self, key: Key) -> AsyncIterator[bool]:
        """True while no other process watches this channel account."""
        name = f"watch:{key[0]}:{key[1]}"
        is_ours = await self._ask(store.take_lock, name)
        try:
            yield is_ours
        finally:
            if is_ours:
                with suppress(psycopg.OperationalError, DatabaseUnavailable):
                    await self._ask(store.release_lock, name)

    async def _ask(self, question: Callable[[Connection, str], Awaitable[bool]], name: str) -> bool:
        async with self._one_at_a_time:
            if self._conn is None or self._conn.closed:
                self._conn = await self._parts.db.dedicated()
            try:
                return await question(self._conn, name)
            except psycopg.OperationalError:
                await self.close()
                raise

    async def close(self) -> None:
        if self._conn is not None:
            await self._conn.close()

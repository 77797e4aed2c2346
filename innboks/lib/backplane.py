"""Short notes between the processes of one installation: "account 7 has news", "Ada is typing".

A note is a hint, never the data: whoever misses one finds the news by asking the database a second later. So no carrier is waited for longer than
ANSWER_S, and one that says nothing is left and connected to anew. PostgreSQL carries them by default. They are sent after the commit and by
themselves, never inside the transaction, because a NOTIFY in a transaction makes all commits of the server wait for each other (see docs/decisions).
With BACKPLANE_URL they go over Redis or NATS instead.
Read next: `core/events/wake.py`, the only user.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

import psycopg
import structlog

from innboks.lib.db import with_keepalives

if TYPE_CHECKING:
    from nats.aio.client import Client

log = structlog.get_logger("backplane")

Hear = Callable[[str], None]
PAUSE_S = 1.0
CONNECT_S = 5.0
ANSWER_S = 2.0
"""A server that takes a connection, or what we say over it, and answers nothing for so long has hung. Who says something waits no longer."""
SILENCE_S = 10.0
"""After so long without a word a listener asks whether the server is still there, and after as long again connects anew."""


class Backplane(Protocol):
    """Carries short text notes (at most 7 000 bytes) from each process to all, itself included."""

    async def publish(self, note: str) -> None:
        """Sends, or drops the note when the carrier is away: notes are hints."""
        ...

    async def listen(self, hear: Hear, on_connected: Callable[[], None]) -> None:
        """Calls `hear` for each note until cancelled; connects again by itself, and says so each time by `on_connected`."""
        ...

    async def close(self) -> None: ...


class PostgresBackplane:
    """LISTEN and NOTIFY on the product's own database, over connections of its own."""

    def __init__(self, dsn: str, channel: str = "innboks") -> None:
        self._dsn = with_keepalives(dsn)
        self._channel = channel
        self._conn: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def publish(self, note: str) -> None:
        async with self._one_at_a_time:
            try:
                if self._conn is None or self._conn.closed:
                    self._conn = await self._connect()
                    await self._conn.execute("set synchronous_commit = off")
                await self._conn.execute("select pg_notify(%s, %s)", (self._channel, note))
            except psycopg.OperationalError as error:
                log.warning("note dropped", reason=type(error).__name__)
                await self._drop()

    async def listen(self, hear: Hear, on_connected: Callable[[], None]) -> None:
        while True:
            with suppress(psycopg.OperationalError):
                async with await self._connect() as conn:
                    await conn.execute(f'listen "{self._channel}"')
                    on_connected()
                    async for notification in conn.notifies():
                        hear(notification.payload)
            await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        await self._drop()

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, application_name="innboks-notes")

    async def _drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(psycopg.Error):
                await conn.close()


class _Patience:
    """Bounds what it costs to say something over a server that may have hung: ANSWER_S, and nothing for those who come while PAUSE_S after that last."""

    def __init__(self) -> None:
        self._again_at = 0.0

    @property
    def is_out(self) -> bool:
        return time.monotonic() < self._again_at

    @asynccontextmanager
    async def saying(self, *errors: type[Exception]) -> AsyncIterator[None]:
        dropped: tuple[type[Exception], ...] = (*errors, OSError)  # which TimeoutError is
        try:
            async with asyncio.timeout(ANSWER_S):
                yield
        except dropped as error:
            self._again_at = time.monotonic() + PAUSE_S
            log.warning("note dropped", reason=type(error).__name__)


class RedisBackplane:
    """Publish and subscribe on a Redis server (BACKPLANE_URL=redis://… or rediss://…)."""

    def __init__(self, url: str, channel: str) -> None:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        self._redis = Redis.from_url(url, socket_connect_timeout=CONNECT_S, socket_timeout=ANSWER_S, retry=Retry(NoBackoff(), 1))
        self._channel = channel
        self._patience = _Patience()

    async def publish(self, note: str) -> None:
        from redis.exceptions import RedisError

        if self._patience.is_out:
            return
        async with self._patience.saying(RedisError):
            await self._redis.publish(self._channel, note)

    async def listen(self, hear: Hear, on_connected: Callable[[], None]) -> None:
        from redis.exceptions import RedisError

        while True:
            with suppress(RedisError, OSError):
                await self._listen(hear, on_connected)
            await asyncio.sleep(PAUSE_S)

    async def _listen(self, hear: Hear, on_connected: Callable[[], None]) -> None:
        """Until the server is gone, or has said nothing for twice SILENCE_S, not even that it is there: the client's own checks of that come only between
        two notes."""
        async with self._redis.pubsub() as subscription:
            async with asyncio.timeout(CONNECT_S):
                await subscription.subscribe(self._channel)
            is_asked = False
            while True:
                message = await subscription.get_message(timeout=SILENCE_S)
                if message is None:
                    if is_asked:
                        raise TimeoutError
                    await subscription.ping()
                is_asked = message is None
                if message is not None and message["type"] == "subscribe":
                    on_connected()
                elif message is not None and message["type"] == "message":
                    hear(message["data"].decode())

    async def close(self) -> None:
        await self._redis.aclose()


class NatsBackplane:
    """Publish and subscribe on a NATS server (BACKPLANE_URL=nats://… or tls://…). The client connects again by itself."""

    def __init__(self, url: str, subject: str) -> None:
        self._url = url
        self._subject = subject
        self._client: Client | None = None
        self._one_at_a_time = asyncio.Lock()
        self._patience = _Patience()

    async def publish(self, note: str) -> None:
        import nats.errors

        if self._patience.is_out:
            return
        async with self._patience.saying(nats.errors.Error):
            client = await self._connected()
            await client.publish(self._subject, note.encode())

    async def listen(self, hear: Hear, on_connected: Callable[[], None]) -> None:
        import nats.errors

        while True:
            with suppress(nats.errors.Error, OSError, TimeoutError):
                client = await self._connected()
                subscription = await client.subscribe(self._subject)
                await client.flush()
                on_connected()
                async for message in subscription.messages:
                    hear(message.data.decode())
            await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _connected(self) -> "Client":
        from nats.aio.client import Client

        async with self._one_at_a_time:
            if self._client is None or self._client.is_closed:
                client = Client()
                try:
                    async with asyncio.timeout(CONNECT_S):
                        await client.connect(
                            self._url, max_reconnect_attempts=-1, name="innboks", error_cb=_note_trouble, ping_interval=int(SILENCE_S)
                        )
                except BaseException:
                    await client.close()  # or what it had opened would stay open
                    raise
                self._client = client
            return self._client


async def _note_trouble(error: Exception) -> None:
    log.debug("the carrier of notes is away", reason=type(error).__name__)


def open_backplane(url: str | None, dsn: str, installation: str) -> Backplane:
    """The carrier that BACKPLANE_URL names (checked by `config.py`); without one, the database itself. `installation`: what its processes call
    themselves, so that several installations can share a server and hear nothing of each other."""
    if url is None:
        return PostgresBackplane(dsn)
    name = f"innboks.{installation}"
    return RedisBackplane(url, name) if url.startswith(("redis:", "rediss:")) else NatsBackplane(url, name)

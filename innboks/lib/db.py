"""The way to PostgreSQL: a pool of connections, transactions, and rows as structs.

Why it exists: stores write SQL by hand and get plain psycopg connections; this file adds only what every store needs.
A transaction is one BEGIN and one COMMIT on a connection in autocommit mode. Sending BEGIN together with the first
statement (pipeline mode) was measured over a Unix socket and costs more processor time than it saves, so BEGIN goes
alone, and doubles as the test that a pooled connection still lives: a database restart is never seen by somebody who
has not yet done anything. The pool is our own because after an outage it must connect again at once: psycopg_pool's
pauses double from one second, so that people would wait long after the database is back. Read next: `migrate.py`,
then any `store.py`.
"""

import asyncio
import functools
import inspect
import random
import re
import select
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import GenericAlias, UnionType
from typing import Any, Literal, LiteralString, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_dumps

from innboks.errors import InnboksError

Connection = AsyncConnection[TupleRow]
Cursor = AsyncCursor[TupleRow]
Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
T = TypeVar("T")
P = ParamSpec("P")

PREPARE_AFTER = 2
"""A statement is prepared on the server when a connection runs it for the third time. The large ones of the two roads say `prepare=True`: planning
them takes as long as running them ten times, so they are planned once for each connection, and not three times."""
PREPARED_MAX = 300
WAIT_S = 10.0
"""How long somebody waits for a free connection, or for a database that is restarting."""
IDLE_S = 60.0
"""Connections above the minimum are closed when unused for so long: each costs the server several megabytes."""
TRIES = 5

set_json_dumps(msgspec.json.encode)


class _JsonLoader(Loader):
    """psycopg's own goes through two more Python calls for each value, a fifth of what reading a long conversation costs."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self.load = msgspec.json.decode  # type: ignore[assignment,method-assign]

    def load(self, data: Buffer) -> Any: ...


for _kind in ("json", "jsonb"):
    psycopg.adapters.register_loader(_kind, _JsonLoader)


class DatabaseUnavailable(InnboksError):
    """No connection could be had within WAIT_S: the database is down, unreachable, or all connections are in use."""

    code = "database_unavailable"


class Database:
    """A pool of connections to one PostgreSQL database. Made by `open`, ended by `close`. Belongs to one event loop."""

    def __init__(self, dsn: str, min_size: int, max_size: int, at_connect: LiteralString = "") -> None:
        self.dsn = with_keepalives(dsn)
        self._at_connect = at_connect
        self._min_size = min_size
        self._max_size = max_size
        self._slots = asyncio.Semaphore(max_size)
        self._idle: deque[tuple[Connection, float]] = deque()  # the right end was used last
        self._is_closed = False
        self._reaper: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, dsn: str, min_size: int = 1, max_size: int = 10, *, at_connect: LiteralString = "") -> "Database":
        """Connect `min_size` times. Raises DatabaseUnavailable when that does not succeed within WAIT_S. `at_connect`: SQL that each connection
        begins with."""
        database = cls(dsn, min_size, max_size, at_connect)
        for _ in range(min_size):
            database._idle.append((await database.dedicated(), time.monotonic()))
        database._reaper = asyncio.create_task(database._reap())
        return database

    async def close(self) -> None:
        """Wait for borrowed connections to come back (5 s at most), then close all."""
        self._is_closed = True
        if self._reaper is not None:
            self._reaper.cancel()
        try:
            async with asyncio.timeout(5):
                for _ in range(self._max_size):
                    await self._slots.acquire()
        except TimeoutError:
            pass  # whoever still holds one closes it when giving it back
        while self._idle:
            await self._idle.pop()[0].close()

    @asynccontextmanager
    async def transaction(self, isolation: Isolation = "READ COMMITTED") -> AsyncIterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Do not open another one inside; use `conn.transaction()` there for a savepoint. Raises DatabaseUnavailable
        before the block begins; psycopg.OperationalError inside it when the database goes away meanwhile. When COMMIT
        itself fails so, nobody knows whether it happened: only an idempotent block may be run again (`retrying`).
        """
        async with self._borrowed(_BEGIN[isolation]) as conn:
            yield conn
            cursor = await conn.execute(_COMMIT)
            if cursor.statusmessage == "ROLLBACK":  # the block swallowed a statement's error: the server saved nothing
                raise errors.InFailedSqlTransaction("a statement of this transaction failed, so nothing was saved")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit mode: each statement is its own transaction. For single reads (a third cheaper)."""
        async with self._borrowed(None) as conn:
            yield conn

    async def dedicated(self) -> Connection:
        """A new connection in autocommit mode outside the pool, for LISTEN. The caller closes it."""
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                conn = await AsyncConnection.connect(
                    self.dsn, autocommit=True, prepare_threshold=PREPARE_AFTER, application_name="innboks", connect_timeout=int(WAIT_S)
                )
            except psycopg.OperationalError as error:
                if _REFUSED.search(str(error)) or time.monotonic() > deadline:
                    raise DatabaseUnavailable(f"the database does not answer: {error}") from error
                await asyncio.sleep(random.uniform(0.05, 0.25))  # noqa: S311 - jitter, not a secret
            else:
                conn.prepared_max = PREPARED_MAX
                await conn.execute(_AT_CONNECT)
                if self._at_connect:
                    await conn.execute(self._at_connect)
                return conn

    @asynccontextmanager
    async def _borrowed(self, begin: bytes | None) -> AsyncIterator[Connection]:
        conn = await self._take(begin)
        try:
            yield conn
        except BaseException:
            await _roll_back(conn)
            raise
        finally:
            await self._give_back(conn)

    async def _take(self, begin: bytes | None) -> Connection:
        """A connection that answers now, with `begin` already executed on it."""
        if self._slots.locked():
            try:
                async with asyncio.timeout(WAIT_S):
                    await self._slots.acquire()
            except TimeoutError as error:
                raise DatabaseUnavailable(f"all {self._max_size} database connections stayed in use for {WAIT_S:.0f} s") from error
        else:
            await self._slots.acquire()  # at once: there is no need to watch the time
        conn: Connection | None = None
        try:
            deadline = time.monotonic() + WAIT_S
            while True:
                conn = self._idle.pop()[0] if self._idle else await self.dedicated()
                try:
                    if begin is not None:
                        await conn.execute(begin)
                        return conn
                    if not hung_up(conn):
                        return conn
                except psycopg.OperationalError as error:
                    if time.monotonic() > deadline:
                        raise DatabaseUnavailable("the database closes every connection") from error
                await conn.close()
        except BaseException:
            if conn is not None:
                await conn.close()
            self._slots.release()
            raise

    async def _give_back(self, conn: Connection) -> None:
        if self._is_closed or conn.closed or conn.info.transaction_status != TransactionStatus.IDLE:
            await conn.close()
        else:
            self._idle.append((conn, time.monotonic()))
        self._slots.release()

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(IDLE_S / 2)
            while len(self._idle) > self._min_size and self._idle[0][1] < time.monotonic() - IDLE_S:
                await self._idle.popleft()[0].close()


_AT_CONNECT = b"""set plan_cache_mode = force_generic_plan;
    set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3; set tcp_user_timeout = 60000"""
"""A prepared statement is planned once, not at each run: planning the hot statements costs more than running them (twice the rate of
messages taken in, measured). So a limit that the planner must know stands in the statement's text. And the server, too, notices within a minute
that our machine is gone without a word, and gives what it had locked to others."""
_BEGIN: dict[Isolation, bytes] = {
    "READ COMMITTED": b"BEGIN",
    "REPEATABLE READ": b"BEGIN ISOLATION LEVEL REPEATABLE READ",
    "SERIALIZABLE": b"BEGIN ISOLATION LEVEL SERIALIZABLE",
}
_REFUSED = re.compile(r"FATAL: .*(does not exist|authentication failed|no pg_hba.conf entry)")  # libpq tells no SQLSTATE here
_COMMIT = b"COMMIT"
_ROLLBACK = b"ROLLBACK"
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


_KEEPALIVES: dict[str, str | int] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "connect_timeout": int(WAIT_S),
}


def with_keepalives(dsn: str) -> str:
    """The address, with what lets a connection notice within a minute that the machine at its other end is gone without a word, as at a failover: by
    itself the system gives up after a quarter of an hour, or two hours where nothing is said. What the operator set in DATABASE_URL stays."""
    given = conninfo_to_dict(dsn)
    return make_conninfo(dsn, **{name: value for name, value in _KEEPALIVES.items() if name not in given})


async def _roll_back(conn: Connection) -> None:
    """Leave the transaction. A connection on which that fails is closed, and so never used again."""
    try:
        if conn.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            await conn.execute(_ROLLBACK)
    except psycopg.OperationalError:
        await conn.close()
    except BaseException:
        await conn.close()
        raise


def hung_up(conn: Connection) -> bool:
    """Has the server closed this idle connection? Looks only at the socket, no round trip."""
    if conn.closed:
        return True
    poll = select.poll()
    poll.register(conn.fileno(), _HUNG_UP)
    return bool(poll.poll(0))


# --- rows as structs -------------------------------------------------------------------------------------------------

_PLAIN = {"str", "int", "float", "bool", "bytes", "datetime", "date", "time", "timedelta", "UUID", "Decimal", "Any", "NoneType", "object"}
_PLAIN_SHAPES = (list, dict, Union, UnionType, Sequence, Mapping)


async def fetch_one(cursor: Cursor, into: type[T]) -> T | None:
    """The next row as a struct, columns matched to fields by name, or None. TypeError when a column has no field."""
    row = await cursor.fetchone()
    return None if row is None else _builder(into, _columns(cursor))([row])[0]


async def fetch_all(cursor: Cursor, into: type[T]) -> list[T]:
    """All remaining rows as structs, columns matched to fields by name."""
    rows = await cursor.fetchall()
    return _builder(into, _columns(cursor))(rows) if rows else []


async def fetch_with(cursor: Cursor, into: type[T], beside: int) -> list[tuple[T, Sequence[Any]]]:
    """All remaining rows, each as a struct of its first columns, and with its last `beside` columns as they are."""
    rows = await cursor.fetchall()
    if not rows:
        return []
    built = _builder(into, _columns(cursor)[:-beside])([row[:-beside] for row in rows])
    return [(one, row[-beside:]) for one, row in zip(built, rows, strict=True)]


def _columns(cursor: Cursor) -> tuple[str, ...]:
    """Straight from the driver's result: its description makes an object of each column, which costs more than the row."""
    result = cursor.pgresult
    return () if result is None else tuple((result.fname(at) or b"").decode() for at in range(result.nfields))


Builder = Callable[[Sequence[Sequence[Any]]], list[Any]]
_BUILDERS: dict[tuple[object, tuple[str, ...]], Builder] = {}  # as many as there are queries in the program


def _builder(into: type[T], columns: tuple[str, ...]) -> Callable[[Sequence[Sequence[Any]]], list[T]]:
    build = _BUILDERS.get((into, columns))
    if build is None:
        build = _BUILDERS[into, columns] = _new_builder(into, columns)
    return build


def _new_builder(into: type[T], columns: tuple[str, ...]) -> Callable[[Sequence[Sequence[Any]]], list[T]]:
    """Rows → structs. PostgreSQL's types are trusted for plain fields; enums and structs inside JSON are converted, a column of all rows at once:
    value by value it takes longer than all the rest."""
    hints = get_type_hints(into)
    if unknown := [name for name in columns if name not in hints]:
        raise TypeError(f"{getattr(into, '__name__', into)} has no field for column {', '.join(unknown)}")
    convert = [(at, GenericAlias(list, (hints[name],))) for at, name in enumerate(columns) if not _is_plain(hints[name])]
    config = getattr(into, "__struct_config__", None)
    fields: tuple[str, ...] = getattr(into, "__struct_fields__", ())
    by_position = config is not None and fields[: len(columns)] == columns and not _keyword_only(into)

    def build(rows: Sequence[Sequence[Any]]) -> list[T]:
        if convert:
            changed = [list(row) for row in rows]
            for at, kind in convert:
                for row, value in zip(changed, msgspec.convert([row[at] for row in rows], kind, strict=False), strict=True):
                    row[at] = value
            rows = changed
        if by_position:
            return [into(*row) for row in rows]
        return [into(**dict(zip(columns, row, strict=True))) for row in rows]

    return build


def _keyword_only(into: Any) -> bool:
    return any(p.kind is inspect.Parameter.KEYWORD_ONLY for p in inspect.signature(into).parameters.values())


def _is_plain(kind: Any) -> bool:
    if (origin := get_origin(kind)) is None:
        return getattr(kind, "__name__", str(kind)) in _PLAIN or kind in (dict, list)
    if origin is Literal:
        return True
    return origin in _PLAIN_SHAPES and all(_is_plain(part) for part in get_args(kind))


# --- trying again ----------------------------------------------------------------------------------------------------


def _is_passing(error: psycopg.Error) -> bool:
    """Would the same work probably succeed a moment later? By SQLSTATE (PostgreSQL manual, appendix A)."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)  # the connection broke
    return error.sqlstate[:2] in ("08", "40") or error.sqlstate in ("55P03", "57P01", "57P02", "57P03", "57P05", "53300")


def retrying(block: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run an idempotent async function again after a deadlock, a serialization failure or a lost connection.

    TRIES attempts, with a growing pause (about 0.05, 0.1, 0.2, 0.4 s, each ± half). The function must open its own
    transaction and be harmless when it has in fact already happened.
    """

    @functools.wraps(block)
    async def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(TRIES - 1):
            try:
                return await block(*args, **kwargs)
            except (psycopg.Error, DatabaseUnavailable) as error:
                if isinstance(error, psycopg.Error) and not _is_passing(error):
                    raise
                await asyncio.sleep(0.05 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
        return await block(*args, **kwargs)

    return again

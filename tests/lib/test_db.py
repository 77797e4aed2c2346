"""The database layer: transactions, rows as structs, cancelled and broken connections."""

import asyncio
import os
import signal
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import msgspec
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from innboks.lib import db as db_module
from innboks.lib import embedded_postgres
from innboks.lib.db import Database, DatabaseUnavailable, fetch_all, fetch_one, retrying
from tests.waiting import until


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct):
    word: str


class Row(msgspec.Struct, frozen=True):
    id: int
    name: str
    colour: Colour = Colour.BLUE
    inner: Inner | None = None
    tags: frozenset[str] = frozenset()
    mood: Literal["good", "bad"] = "good"
    extra: dict[str, Any] = {}


class Keyed(msgspec.Struct, kw_only=True):
    name: str
    id: int


@pytest.fixture
async def table(db: Database) -> Database:
    async with db.connection() as conn:
        await conn.execute("CREATE TABLE thing (id bigint PRIMARY KEY, name text NOT NULL)")
    return db


async def _names(db: Database) -> list[str]:
    async with db.connection() as conn:
        return [row[0] for row in await (await conn.execute("SELECT name FROM thing ORDER BY id")).fetchall()]


async def test_rows_become_structs_by_column_name(db: Database) -> None:
    async with db.connection() as conn:
        query = """SELECT 'x' AS name, 7 AS id, 'red' AS colour, '{"word": "hi"}'::jsonb AS inner, '{a,b}'::text[] AS tags, 'bad' AS mood"""
        expected = Row(7, "x", Colour.RED, Inner("hi"), frozenset("ab"), "bad")
        assert await fetch_one(await conn.execute(query), Row) == expected
        assert await fetch_all(await conn.execute(query), Row) == [expected]
        assert await fetch_one(await conn.execute("SELECT 1 AS id, 'y' AS name"), Row) == Row(1, "y")
        assert await fetch_one(await conn.execute("SELECT 1 AS id, 'y' AS name"), Keyed) == Keyed(id=1, name="y")
        assert await fetch_one(await conn.execute("SELECT 1 AS id, 'y' AS name WHERE false"), Row) is None
        assert await fetch_all(await conn.execute("SELECT 1 AS id, 'y' AS name WHERE false"), Row) == []
        with pytest.raises(TypeError, match="no field for column colour_id"):
            await fetch_one(await conn.execute("SELECT 1 AS id, 'y' AS name, 2 AS colour_id"), Row)


async def test_a_transaction_is_all_or_nothing(table: Database) -> None:
    async with table.transaction() as conn:
        await conn.execute("INSERT INTO thing VALUES (1, 'kept')")
    with pytest.raises(ZeroDivisionError):
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (2, 'gone')")
            raise ZeroDivisionError
    assert await _names(table) == ["kept"]


async def test_a_swallowed_failure_is_not_taken_for_a_commit(table: Database) -> None:
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1, 'x')")
            with suppress(psycopg.errors.UniqueViolation):
                await conn.execute("INSERT INTO thing VALUES (1, 'again')")
    assert await _names(table) == []


async def test_a_savepoint_survives_inside(table: Database) -> None:
    async with table.transaction() as conn:
        await conn.execute("INSERT INTO thing VALUES (1, 'x')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with conn.transaction():
                await conn.execute("INSERT INTO thing VALUES (1, 'again')")
        await conn.execute("INSERT INTO thing VALUES (2, 'y')")
    assert await _names(table) == ["x", "y"]


async def test_a_cancelled_block_leaves_nothing_and_a_sound_pool(table: Database) -> None:
    async def slow() -> None:
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1, 'x')")
            await conn.execute("SELECT pg_sleep(30)")

    async def is_under_way() -> bool:
        async with table.connection() as conn:
            cursor = await conn.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
            return await cursor.fetchone() is not None

    task = asyncio.create_task(slow())
    await until(is_under_way)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _names(table) == []
    async with table.connection() as conn:
        cursor = await conn.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'")
        assert await cursor.fetchone() == (1,)


async def _cut_all(db: Database) -> None:
    async with await psycopg.AsyncConnection.connect(db.dsn, autocommit=True) as conn:
        await conn.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_connections_cut_while_idle_are_never_seen(table: Database) -> None:
    async def touch(_: int) -> None:
        async with table.transaction() as conn:
            await conn.execute("SELECT pg_sleep(0.05)")

    await asyncio.gather(*map(touch, range(10)))
    await _cut_all(table)
    async with table.connection() as conn:
        await conn.execute("SELECT 1")
    await asyncio.gather(*map(touch, range(10)))
    await _cut_all(table)
    await asyncio.gather(*map(touch, range(20)))


async def test_a_connection_cut_in_use_is_told_once(table: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1, 'gone')")
            await _cut_all(table)
            await conn.execute("SELECT 1")
    assert await _names(table) == []


async def test_retrying_runs_an_idempotent_block_again(table: Database) -> None:
    calls = 0

    @retrying
    async def store(name: str) -> str:
        nonlocal calls
        calls += 1
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1, %s) ON CONFLICT DO NOTHING", (name,))
            if calls < 3:
                await _cut_all(table)
        return name

    assert await store("x") == "x"
    assert (calls, await _names(table)) == (3, ["x"])

    @retrying
    async def wrong() -> None:
        nonlocal calls
        calls += 1
        async with table.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1, 'x')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        await wrong()
    assert calls == 4


async def test_serialization_failures_are_tried_again(table: Database) -> None:
    async with table.connection() as conn:
        await conn.execute("INSERT INTO thing VALUES (1, '0')")

    @retrying
    async def add() -> None:
        async with table.transaction("REPEATABLE READ") as conn:
            row = await (await conn.execute("SELECT name FROM thing WHERE id = 1")).fetchone()
            assert row is not None
            await asyncio.sleep(0.01)
            await conn.execute("UPDATE thing SET name = %s WHERE id = 1", (str(int(row[0]) + 1),))

    await asyncio.gather(add(), add(), add())
    assert await _names(table) == ["3"]


async def test_too_many_wait_and_then_hear_why(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_module, "WAIT_S", 0.2)
    small = await Database.open(dsn, 0, 1)
    async with small.connection():
        with pytest.raises(DatabaseUnavailable, match="stayed in use"):
            async with small.transaction():
                pass
    async with small.transaction() as conn:
        await conn.execute("SELECT 1")
    await small.close()


async def test_a_database_that_is_not_there_is_said_plainly(dsn: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        await Database.open(dsn.replace("innboks_test_", "no_such_"), 1, 1)


async def test_idle_connections_above_the_minimum_are_closed(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_module, "IDLE_S", 0.1)
    db = await Database.open(dsn, 1, 5)

    async def touch(_: int) -> None:
        async with db.transaction() as conn:
            await conn.execute("SELECT pg_sleep(0.1)")

    async def connections() -> int:
        async with db.connection() as conn:
            row = await (await conn.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")).fetchone()
            return int(row[0]) if row else 0

    await asyncio.gather(*map(touch, range(5)))
    assert await connections() == 5

    async def is_one() -> bool:
        return await connections() == 1

    await until(is_one, 5)
    await db.close()


async def test_a_database_restarted_under_load_is_found_again_and_nothing_is_lost(tmp_path: Path) -> None:
    server = embedded_postgres.start(tmp_path)
    db = await Database.open(server.dsn, 1, 5)
    async with db.connection() as conn:
        await conn.execute("CREATE TABLE thing (id int PRIMARY KEY, name text NOT NULL)")
    told: list[int] = []

    @retrying
    async def store(number: int) -> None:
        async with db.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (%s, 'x') ON CONFLICT DO NOTHING", (number,))

    async def many(first: int) -> None:
        for number in range(first, first + 100):
            await store(number)
            told.append(number)
            await asyncio.sleep(0.01)

    load = asyncio.gather(*map(many, range(0, 1000, 100)))
    await until(lambda: len(told) > 50)
    server.stop()
    before = len(told)
    server = embedded_postgres.start(tmp_path)
    await until(lambda: len(told) > before + 50)
    assert len(told) < 1000, "it came too late to prove anything"
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server = embedded_postgres.start(tmp_path)
    await load
    assert sorted(told) == list(range(1000))
    assert len(await _names(db)) == 1000
    await db.close()
    server.stop()


async def test_both_ends_notice_within_a_minute_that_the_other_machine_is_gone(dsn: str) -> None:
    """As at a failover, or a power cut: nobody says goodbye, and locks are held until somebody looks. What the operator set stays."""
    database = await Database.open(make_conninfo(dsn, keepalives_count=2), min_size=0)
    async with database.connection() as conn:
        ours = conn.info.get_parameters()
        wanted = {"keepalives_idle": "30", "keepalives_count": "2", "tcp_user_timeout": "60000"}
        assert {name: ours.get(name) for name in wanted} == wanted
        # Over a socket in a folder, as here, the server shows nothing of them but that they were asked for.
        names = "select name from pg_settings where source = 'session' and name like 'tcp%' order by name"
        asked = [row[0] for row in await (await conn.execute(names)).fetchall()]
    assert asked == ["tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout"]
    await database.close()

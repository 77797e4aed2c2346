"""The watch over the pool (`tests/one_connection.py`) finds who takes a second connection while holding one, and nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType

import pytest

import innboks
from innboks.lib.db import Database
from tests.one_connection import watched

CODE = """
async def two(db):
    async with db.transaction():
        await one(db)

async def two_at_once(db):
    async with db.connection():
        await asyncio.gather(one(db), one(db))

async def one(db):
    async with db.connection() as conn:
        await conn.execute("select 1")

async def one_after_the_other(db):
    is_over = asyncio.Event()
    async with db.transaction():
        later = asyncio.create_task(after(db, is_over))
    is_over.set()
    await later
    await one(db)

async def after(db, is_over):
    await is_over.wait()
    await one(db)
"""


@pytest.fixture
def package() -> ModuleType:
    """Code that stands in the package, as far as Python knows."""
    module = ModuleType("innboks.core.example")
    module.__dict__["asyncio"] = asyncio
    exec(compile(CODE, innboks.__file__.replace("__init__", "core/example"), "exec"), module.__dict__)
    return module


@pytest.mark.parametrize(("name", "count"), [("two", 1), ("two_at_once", 2), ("one", 0)])
async def test_a_second_connection_is_found_with_both_places(db: Database, package: ModuleType, name: str, count: int) -> None:
    act: Callable[[Database], Awaitable[None]] = getattr(package, name)
    with watched() as found:
        await act(db)
    assert len(found) == count
    for one in found:
        assert f"({name}) holds one" in one
        assert "in one\n" in one


async def test_one_after_the_other_is_right_and_a_test_may_hold_one_itself(db: Database, package: ModuleType) -> None:
    with watched() as found:
        async with db.transaction():
            await package.one(db)
        await package.one_after_the_other(db)
    assert found == []

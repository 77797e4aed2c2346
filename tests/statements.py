"""How many statements something takes, whatever the machine is doing: what is asked for row by row shows here, and on no clock that others share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg


class Statements:
    """Those that this task ran since the block began, whatever goes on beside it."""

    count = 0


@contextmanager
def counted() -> Iterator[Statements]:
    found = Statements()
    plain = psycopg.AsyncConnection.execute
    task = asyncio.current_task()

    async def execute(self: Any, *args: Any, **kwargs: Any) -> Any:
        found.count += asyncio.current_task() is task
        return await plain(self, *args, **kwargs)

    psycopg.AsyncConnection.execute = execute  # type: ignore[method-assign]
    try:
        yield found
    finally:
        psycopg.AsyncConnection.execute = plain  # type: ignore[method-assign]

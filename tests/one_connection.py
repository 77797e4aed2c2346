"""Nobody takes a second connection to the database while holding one: thirty who do so at once wait for each other until none is left.

A watch over the pool in every test. Every connection of it goes through `Database._borrowed`, so there it is known which code of the package holds
one. Another taken by the same task, or by one that the holder began and that runs while it holds, is remembered with both places, and the test fails at
its end, also where the code swallowed something meanwhile. A test itself may hold a connection, to keep somebody waiting.
"""

import contextlib
import sys
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType

import innboks
from innboks.lib import db
from innboks.lib.db import Connection, Database

_PACKAGE = str(Path(innboks.__file__).parent)
_BETWEEN = (__file__, db.__file__, contextlib.__file__)


_PLAIN = Database._borrowed


class _Hold:
    """A connection that is held, or was: tasks that were begun meanwhile still know it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.is_over = False


_HELD: ContextVar[_Hold | None] = ContextVar("held", default=None)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Adds to the list (the innermost, where there are several) whoever takes a second connection: where they hold one, and the way to where they took the other."""
    found: list[str] = []

    @asynccontextmanager
    async def borrowed(self: Database, begin: bytes | None) -> AsyncIterator[Connection]:
        frame = _borrower()
        if frame is None:
            async with _PLAIN(self, begin) as conn:
                yield conn
            return
        outer = _HELD.get()
        if outer is not None and not outer.is_over:
            way = "".join(traceback.format_stack(frame, limit=12))
            found.append(f"A second connection was taken while {outer.where} holds one (hand `conn` down):\n{way}")
        hold = _Hold(f"{Path(frame.f_code.co_filename).relative_to(_PACKAGE)}:{frame.f_lineno} ({frame.f_code.co_name})")
        _HELD.set(hold)
        try:
            async with _PLAIN(self, begin) as conn:
                yield conn
        finally:
            hold.is_over = True
            _HELD.set(outer)

    before, Database._borrowed = Database._borrowed, borrowed  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Database._borrowed = before  # type: ignore[method-assign]


def _borrower() -> FrameType | None:
    """Whoever asked for the connection, when that is code of the package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename in _BETWEEN:
        frame = frame.f_back
    return frame if frame is not None and frame.f_code.co_filename.startswith(_PACKAGE) else None

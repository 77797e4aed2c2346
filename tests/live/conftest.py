"""Fault tests: the real processes, killed and starved while they work. What was acknowledged must be there, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench.place import Sink, open_sink
from tests.live.fleet import Fleet, fleet


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    """The echo provider's side, listening; its address. `Sink.seen` has what it was given."""
    Sink.seen.clear()
    server, address = await open_sink()
    yield address
    server.close()


@pytest.fixture
async def place(tmp_path: Path, provider: str) -> AsyncIterator[Fleet]:
    """A web and a worker process over a database of their own."""
    async with fleet(tmp_path, provider) as one:
        yield one

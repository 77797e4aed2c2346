"""What several tests of mail start. What talks SMTP is tested on both event loops: the product runs on uvloop, whose transports are classes of their own. So
is what waits for an IMAP server, on that one alone: the commands themselves run in threads, and the others watch mailboxes on the other loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
import uvloop

from innboks.config import Settings
from innboks.core.channel_accounts import watch
from tests.channels.email.cloud import Providers, running_providers
from tests.channels.email.dovecot import Dovecot, dovecot

Factories = Mapping[str, Callable[[], asyncio.AbstractEventLoop]]
ASYNCIO: Factories = {"asyncio": asyncio.new_event_loop}
UVLOOP: Factories = {"uvloop": uvloop.new_event_loop}
LOOPS = {"test_mailbox.py": UVLOOP, "test_outbox.py": {**ASYNCIO, **UVLOOP}, "test_receiver.py": {**ASYNCIO, **UVLOOP}}


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Factories:
    return LOOPS.get(item.path.name, ASYNCIO)


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
async def providers(plain_settings: Settings) -> AsyncIterator[Providers]:
    """What stands for Google and Microsoft."""
    async with running_providers(plain_settings) as running:
        yield running


@pytest.fixture
async def watching(team: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A worker's watchers, for the `team` of the file."""
    monkeypatch.setattr(watch, "LOOK_S", 0.05)  # what is connected is watched at once
    task = asyncio.create_task(watch.watch_all(team.parts))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

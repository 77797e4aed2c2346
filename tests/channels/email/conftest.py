"""What talks SMTP or IMAP is tested on both event loops: the product runs on uvloop, whose transports are classes of their own."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

TALKERS = ("test_mailbox.py", "test_outbox.py", "test_receiver.py")


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.path.name in TALKERS:
        return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}

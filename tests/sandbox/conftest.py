"""Innboks and the sandbox in this process, talking to each other over real sockets, with a database of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Endpoint, Settings
from innboks.core.access import Actor
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.watch import listeners
from innboks.core.parts import Parts
from innboks.sandbox.email import Desk, connection
from innboks.sandbox.serve import open_sandbox
from tests.ports import free_port

SUPPORT = "support@tindra.example"


@pytest.fixture
def near(settings: Settings) -> Settings:
    """Ports that are known beforehand: each side must find the other."""
    smtp, out = Endpoint("127.0.0.1", free_port()), Endpoint("127.0.0.1", free_port())
    return msgspec.structs.replace(settings, smtp=smtp, sandbox_smtp=out, sandbox_http=Endpoint("127.0.0.1", 0))


@pytest.fixture
async def parts(near: Settings, dsn: str) -> AsyncIterator[Parts]:
    """Innboks, its SMTP receiver open."""
    async with build_parts(near, dsn, "worker") as built, listeners(built):
        yield built


@pytest.fixture
async def ada(parts: Parts) -> Actor:
    return await create_first_account(parts, "Tindra", "Ada Example", "ada@tindra.example", "a long enough password")


@pytest.fixture
async def desk(near: Settings) -> Desk:
    return Desk(near, report_after_s=0.0)


@pytest.fixture
async def page(near: Settings, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """The sandbox, open; a browser on its page."""
    async with open_sandbox(near, [desk]) as url, httpx.AsyncClient(base_url=url, timeout=30) as browser:
        yield browser


@pytest.fixture
async def support(parts: Parts, ada: Actor, page: httpx.AsyncClient, near: Settings) -> ChannelAccount:
    """An address of the team that sends through the sandbox; connecting tries it, so the sandbox is open by now."""
    return await connect(parts, ada, "email", "Support", None, connection(SUPPORT, "Tindra", near.sandbox_smtp))


async def eventually(ask: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """What `ask` returns once it is something."""
    async with asyncio.timeout(seconds):
        while not (found := await ask()):
            await asyncio.sleep(0.02)
        return found

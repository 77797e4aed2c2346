"""`innboks sandbox`: every stand-in and the page in one small process, until Ctrl-C. Read next: `stand_in.py`, `page.py`."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import uvicorn

from innboks.config import Endpoint, Settings
from innboks.sandbox.page import Page
from innboks.sandbox.stand_in import StandIn, discover


def run(settings: Settings) -> int:
    """Returns the exit code: EX_CONFIG when a port cannot be had, because starting again would not help."""
    try:
        return asyncio.run(_until_told(settings))
    except OSError as error:
        print(
            f"innboks: the sandbox cannot listen on {settings.sandbox_http} and {settings.sandbox_smtp} ({error.strerror or error}). "
            "Stop what uses them, or set INNBOKS_SANDBOX_HTTP and INNBOKS_SANDBOX_SMTP to other addresses.",
            file=sys.stderr,
        )
        return os.EX_CONFIG


async def _until_told(settings: Settings) -> int:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    stand_ins = discover(settings)
    async with open_sandbox(settings, stand_ins) as url:
        lines = ["", "  The sandbox is open: a toy world around Innboks, on this machine only.", "", f"    Play the customer  {url}"]
        print("\n".join([*lines, *(f"    {one.where()}" for one in stand_ins), ""]), flush=True)
        await end.wait()
    return 0


@asynccontextmanager
async def open_sandbox(settings: Settings, stand_ins: Sequence[StandIn]) -> AsyncIterator[str]:
    """Everything open while the block runs; yields the page's address. Raises OSError when a port cannot be had."""
    endpoint = settings.sandbox_http
    async with AsyncExitStack() as stack:
        for one in stand_ins:
            await stack.enter_async_context(one.running())
        family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        listening = socket.create_server((endpoint.host, endpoint.port), family=family)
        page = Page(stand_ins)
        config = uvicorn.Config(
            page, log_config=None, log_level="warning", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        port = listening.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://{Endpoint(endpoint.host, port)}"
        finally:
            page.close()
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """uvicorn without signals: who opened the sandbox closes it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

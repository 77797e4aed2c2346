"""The long-running processes: what `innboks web`, `innboks worker` and `innboks mail` do from start to stop.

SIGTERM and Ctrl-C end a role in order, within the three seconds that `supervise.py` grants. Read next: `app.py`.
"""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
import uvloop

from innboks.app import build_parts, web_app
from innboks.config import Settings
from innboks.lib.log import get_logger
from innboks.lib.migrate import pending

STOP_S = 2
"""How long answers under way may take once the process is asked to end; live streams are cut."""
BACKLOG = 2048
log = get_logger(__name__)


def run(role: str, settings: Settings, dsn: str) -> int:
    """Until told to stop. Returns the exit code."""
    if missing := pending(dsn):
        log.error("database is not migrated: run “innboks migrate”", first=missing[0], count=len(missing))
        return 1
    match role:
        case "web":
            uvloop.run(_web(settings, dsn))
    return 0


async def _web(settings: Settings, dsn: str) -> None:
    async with build_parts(settings, dsn, "web") as parts:
        config = uvicorn.Config(
            web_app(parts),
            host=settings.http.host,
            port=settings.http.port,
            http="httptools",
            ws="none",
            lifespan="on",
            backlog=BACKLOG,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=True,  # from a proxy on this machine only; uvicorn ignores them from elsewhere
            timeout_keep_alive=75,  # longer than the usual 60 s of load balancers, so that they close first
            timeout_graceful_shutdown=STOP_S,
        )
        server = _Server(config)
        # What exists by now lives as long as the process: the garbage collector need not look at it again.
        gc.collect()
        gc.freeze()
        await server.serve()


class _Server(uvicorn.Server):
    """uvicorn, ending by our own hand: its way raises the signal again, which would cut off the database's closing."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        ends = (signal.SIGINT, signal.SIGTERM)
        for number in ends:
            loop.add_signal_handler(number, self._end)
        try:
            yield
        finally:
            for number in ends:
                loop.remove_signal_handler(number)

    def _end(self) -> None:
        self.should_exit = True

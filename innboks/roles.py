"""The long-running processes: what `innboks web`, `innboks worker` and `innboks mail` do from start to stop.

SIGTERM and Ctrl-C end a role in order, within the three seconds that `supervise.py` grants. Read next: `app.py`.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop

from innboks.app import build_parts, stop_streams, web_app
from innboks.config import Settings
from innboks.core.channel_accounts.changes import hear_changes
from innboks.core.channel_accounts.watch import listeners, watch_all
from innboks.core.notifications.deliver import notify_people
from innboks.core.parts import Parts
from innboks.core.radar.alarm import keep_watch
from innboks.core.search.index import keep_index
from innboks.lib.log import get_logger
from innboks.lib.memory import give_back_memory
from innboks.lib.migrate import pending

STOP_S = 2
"""How long answers under way may take once the process is asked to end."""
BACKLOG = 2048
NICE = 4
"""Where web and worker share a machine that has too much to do, people who wait for an answer on their screen come first."""
log = get_logger(__name__)


def run(role: str, settings: Settings, dsn: str) -> int:
    """Until told to stop. Returns the exit code."""
    if missing := pending(dsn):
        log.error("the database is not migrated: run “innboks migrate”", first=missing[0], missing=len(missing))
        return 1
    uvloop.run(_ROLES[role](settings, dsn))
    return 0


async def _web(settings: Settings, dsn: str) -> None:
    async with build_parts(settings, dsn, "web") as parts:
        app = web_app(parts)
        config = uvicorn.Config(
            app,
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
        _settle_memory()
        beside = [asyncio.create_task(one) for one in (keep_watch(parts, "web"), hear_changes(parts), give_back_memory())]
        try:
            await _Server(config, lambda: stop_streams(app)).serve()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _worker(settings: Settings, dsn: str) -> None:
    os.nice(NICE)
    async with build_parts(settings, dsn, "worker") as parts, listeners(parts):
        parts.jobs.attach_demo(_load_demo)
        await _until_told(parts, parts.jobs.run(), watch_all(parts), keep_index(parts), notify_people(parts), keep_watch(parts, "worker"))


async def _load_demo(parts: Parts, account_id: int) -> None:
    from innboks.demo.background import load_into  # it brings the sandbox along, which nobody needs who does not ask for it

    await load_into(parts, account_id)


async def _mail(settings: Settings, dsn: str) -> None:
    async with build_parts(settings, dsn, "worker") as parts, listeners(parts):
        await _until_told(parts)


_ROLES: dict[str, Callable[[Settings, str], Coroutine[Any, Any, None]]] = {"web": _web, "worker": _worker, "mail": _mail}


async def _until_told(parts: Parts, *work: Coroutine[Any, Any, None]) -> None:
    """Runs all of `work` until a signal asks this process to end. When a piece of it ends by itself, so does the process, to be started anew."""
    _settle_memory()
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    waiting = asyncio.create_task(end.wait())
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(one) for one in (hear_changes(parts), give_back_memory(), *work)]
    log.info("working", pid=os.getpid(), smtp=str(parts.settings.smtp))
    try:
        done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)
    for task in done - {waiting}:
        task.result()


def _settle_memory() -> None:
    """What exists by now lives as long as the process: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """uvicorn, ending by our own hand: its way raises the signal again, which would cut off the database's closing. Live streams are ended
    first, because they would last for ever."""

    def __init__(self, config: uvicorn.Config, at_end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(config)
        self._at_end = at_end
        self._ending: asyncio.Task[None] | None = None

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
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._at_end())
        self.should_exit = True

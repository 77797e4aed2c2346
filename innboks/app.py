"""Puts the parts together: the only file that knows all of them. Read next: `core/parts.py`, `api/routes.py`, `cli.py`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, LiteralString
from urllib.parse import urlsplit

from litestar import Litestar

from innboks.api.guard import Guard
from innboks.api.hooks import Hooks
from innboks.api.routes import give, litestar_app
from innboks.api.static import StaticFiles, dist_folder
from innboks.config import Settings
from innboks.core.accounts.actors import Actors
from innboks.core.channel_accounts.directory import Directory
from innboks.core.deliveries.together import Together
from innboks.core.events.wake import Wake
from innboks.core.jobs import Jobs
from innboks.core.parts import Parts
from innboks.core.views.store import note_windows
from innboks.lib.backplane import open_backplane
from innboks.lib.clock import Clock, SystemClock
from innboks.lib.crypto import Vault
from innboks.lib.db import Database
from innboks.lib.files import open_files
from innboks.lib.limits import Limits
from innboks.sdk.http import HttpClient
from innboks.sdk.parsing import Parsing
from innboks.sdk.registry import discover

Role = Literal["web", "worker", "tool"]
TRIALS_PER_S, TRIALS_AT_ONCE = 1 / 4, 30
"""Of one account: enough for somebody who looks for the right port, too little for looking which ports of others are open."""
_CONNECTIONS: dict[Role, tuple[int, int]] = {"web": (1, 12), "worker": (1, 10), "tool": (0, 4)}
"""Database connections at rest and at most, per process of a role."""


@asynccontextmanager
async def build_parts(
    settings: Settings, dsn: str, role: Role, *, clock: Clock | None = None, at_connect: LiteralString = ""
) -> AsyncIterator[Parts]:
    """The running parts of one process, closed when the block ends. `at_connect`: SQL that each connection begins with. Raises DatabaseUnavailable."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells of every job
    registry = discover(settings.channel_folders)
    smallest, largest = _CONNECTIONS[role]
    database = await Database.open(dsn, min_size=smallest, max_size=largest, at_connect=at_connect)
    vault = Vault(settings.secret)
    backplane = open_backplane(settings.backplane_url, dsn, vault.derive("notes between processes").hex()[:16])
    parsing = Parsing(registry, settings.channel_folders)
    time = clock or SystemClock()
    trusted = frozenset(urlsplit(url).netloc for url in settings.provider_urls.values())
    http = HttpClient(time, allow_private=settings.allow_private, trusted=trusted)
    jobs = Jobs(database)
    wake = Wake(backplane)
    try:
        parts = Parts(
            settings=settings,
            db=database,
            files=open_files(settings.files_url, settings.data),
            vault=vault,
            clock=time,
            http=http,
            registry=registry,
            parsing=parsing,
            directory=Directory(),
            wake=wake,
            jobs=jobs,
            together=Together(database),
            actors=Actors(),
            arrivals=Limits(
                settings.limit_account, sentence="More arrives for this account than is taken at once. Come again in a moment."
            ),
            trials=Limits(TRIALS_PER_S, TRIALS_AT_ONCE, sentence="The servers were tried very often just now. Wait a minute."),
        )
        jobs.attach(parts)
        if role != "tool":
            async with database.connection() as conn:
                await note_windows(conn, {channel.kind: channel.abilities.reply_window_s for channel in registry})
        yield parts
    finally:
        parsing.close()
        await http.close()
        await wake.close()
        await jobs.close()
        await database.close()


def web_app(parts: Parts, routes: Litestar | None = None) -> Guard:
    """The ASGI application of a web process. `routes`: those that were made before, and do not run."""
    if routes is None:
        routes = litestar_app(parts)
    else:
        give(routes, parts)
    return Guard(routes, Hooks(parts), StaticFiles(dist_folder()), parts.settings.url)


async def stop_streams(app: Guard) -> None:
    """Ends every live stream of this process: browsers come back to another one, or to this one after its restart."""
    await app.api.state["tail"].stop()

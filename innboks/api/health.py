"""For whoever operates the server: is it alive, is it ready, how does it do. Read next: `guard.py`, which counts."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address

import msgspec
import psycopg
from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from innboks import __version__
from innboks.api.call import IS_PUBLIC, Call, identify
from innboks.core.access import SUPER_ADMIN
from innboks.core.search.index import measure
from innboks.lib.db import DatabaseUnavailable
from innboks.lib.migrate import MigrationFailed, pending

_READY_WITHIN_S = 5.0


class Ready(msgspec.Struct):
    status: str
    version: str
    problems: list[str] = []


@get("/healthz", operation_id="healthz", tags=["server"], opt=IS_PUBLIC, summary="Is this process alive?", media_type="text/plain")
async def healthz() -> str:
    return "ok\n"


@get("/readyz", operation_id="readyz", tags=["server"], opt=IS_PUBLIC, summary="Can this process serve people?")
async def readyz(request: Call) -> Response[Ready]:
    problem = await _why_not_ready(request.parts.db.dsn)
    content = Ready("ready", __version__) if problem is None else Ready("not ready", __version__, [problem])
    return Response(content, status_code=200 if problem is None else 503)


async def _why_not_ready(dsn: str) -> str | None:
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            missing = await asyncio.to_thread(pending, dsn)
    except (psycopg.Error, TimeoutError):
        return "The database cannot be reached."
    except MigrationFailed as error:
        return str(error)
    return f"Migrations are missing: run “innboks migrate”. First: {missing[0]}." if missing else None


@get("/metrics", operation_id="metrics", tags=["server"], opt=IS_PUBLIC, summary="Figures for Prometheus")
async def metrics(request: Call) -> Response[bytes]:
    """From this machine itself, without a proxy between; everybody else needs an administrator's token."""
    if request.visit.is_forwarded or not _is_here(request.remote_address):
        (await identify(request)).require(SUPER_ADMIN)
    with suppress(DatabaseUnavailable, psycopg.Error):  # the other figures are told all the same
        await measure(request.parts)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_here(address: str) -> bool:
    try:
        return address == "" or ip_address(address).is_loopback
    except ValueError:
        return False


routes = [healthz, readyz, metrics]

"""`innboks doctor`: is this installation sound, and if not, what to do.

Why it exists: an operator who asks "why does it not work" gets sentences, not a log. Each check is a function that yields
findings; none of them changes anything except a tiny file that is removed again. Read next: `cli.py`.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg

from innboks.config import Endpoint, Settings
from innboks.core.radar import store as radar
from innboks.core.radar.look import troubles, worker_silent_since
from innboks.core.radar.models import ALARMS_AFTER, Trouble
from innboks.core.radar.words import what, what_to_do
from innboks.core.search.store_index import Lag, lag
from innboks.errors import InnboksError
from innboks.lib.crypto import Vault
from innboks.lib.files import free_bytes, open_files
from innboks.lib.lock import AlreadyRunning, data_lock, database
from innboks.lib.migrate import pending

DISK_LOW_BYTES = 1024**3
OLDEST_POSTGRES = 15
SEARCH_LATE_S = 300.0
UNTOLD = timedelta(minutes=10)
"""Longer than an interrupted telling takes to be taken up again."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what is so, and, when it is not well, what to do."""

    ok: bool
    sentence: str
    what_to_do: str = ""


def doctor(settings: Settings) -> list[Finding]:
    """Everything that can be told from this machine. Works while Innboks runs and while it does not."""
    is_running = _is_running(settings.data)
    checks: list[Callable[[], Iterator[Finding]]] = [
        lambda: _data_folder(settings),
        lambda: _files(settings),
        lambda: _listening(settings.http, "INNBOKS_HTTP", is_running=is_running),
        lambda: _listening(settings.smtp, "INNBOKS_SMTP", is_running=is_running),
        lambda: _mail_certificate(settings),
        lambda: _database(settings, is_running=is_running),
    ]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings.extend(check())
        except InnboksError as error:
            findings.append(Finding(False, error.sentence, "Put this right, then run 'innboks doctor' again."))
    return findings


def _is_running(data: Path) -> bool:
    try:
        with data_lock(data):
            return False
    except AlreadyRunning:
        return True


def _data_folder(settings: Settings) -> Iterator[Finding]:
    data = settings.data
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(
            False, f"This user may not write to the data folder {data}.", "Change its owner, or choose another with INNBOKS_DATA."
        )
        return
    free = free_bytes(data)
    if free < DISK_LOW_BYTES:
        yield Finding(False, f"Only {free // 1024**2} MB are free for the data folder {data}.", "Make room: without it, mail is refused.")
    else:
        yield Finding(True, f"The data folder {data} can be written to, and {free / 1024**3:.0f} GB are free.")
    secret = data / "secret"
    if secret.exists():
        if (mode := secret.stat().st_mode & 0o777) & 0o077:
            yield Finding(False, f"Others can read the secret {secret} (mode {mode:o}).", f"Run: chmod 600 {secret}")
        else:
            yield Finding(True, "The secret is readable by its owner only.")


def _files(settings: Settings) -> Iterator[Finding]:
    store = open_files(settings.files_url, settings.data)

    async def try_it() -> None:
        ref = await store.put(os.urandom(32))
        await store.get(ref.hash)
        await store.delete(ref.hash)

    asyncio.run(try_it())
    yield Finding(True, "Files can be stored and read" + (f" at {settings.files_url}." if settings.files_url else "."))


def _listening(endpoint: Endpoint, name: str, *, is_running: bool) -> Iterator[Finding]:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.settimeout(2)
        if is_running:
            host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(endpoint.host, endpoint.host)  # noqa: S104 - a comparison
            if endpoint.port and probe.connect_ex((host, endpoint.port)) != 0:
                yield Finding(False, f"Innboks runs, but nothing answers on {endpoint}.", "Look at its log; stop it and start it again.")
            else:
                yield Finding(True, f"Innboks runs, and answers on {endpoint}.")
            return
        try:
            probe.bind((endpoint.host, endpoint.port))
        except OSError as error:
            yield Finding(
                False, f"Nothing can listen on {endpoint} ({error.strerror}).", f"Stop what uses it, or set {name} to another address."
            )
        else:
            yield Finding(True, f"{endpoint} is free to listen on.")


def _mail_certificate(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_cert is None and settings.mail_domain != "localhost":
        yield Finding(
            False,
            "Incoming mail is not encrypted on its way.",
            "Set INNBOKS_SMTP_CERT and INNBOKS_SMTP_KEY to a certificate for your domain.",
        )


def _database(settings: Settings, *, is_running: bool) -> Iterator[Finding]:
    with database(settings) as dsn:
        try:
            with psycopg.connect(dsn, connect_timeout=5) as conn:
                version = conn.info.server_version // 10000
        except psycopg.OperationalError as error:
            yield Finding(False, f"The database does not answer: {str(error).strip()}", "Check DATABASE_URL, and that PostgreSQL runs.")
            return
        if version < OLDEST_POSTGRES:
            yield Finding(False, f"The database is PostgreSQL {version}.", f"Innboks needs PostgreSQL {OLDEST_POSTGRES} or later.")
        else:
            yield Finding(True, f"The database answers: PostgreSQL {version}.")
        if missing := pending(dsn):
            yield Finding(
                False, f"The database is {len(missing)} migrations behind this program.", "Run 'innboks migrate', or start 'innboks run'."
            )
        else:
            yield Finding(True, "The database's schema is that of this program.")
            yield _search_index(asyncio.run(_lag(dsn)))
            yield from _stuck(asyncio.run(_troubles(settings, dsn)), is_running=is_running)
            if is_running and asyncio.run(_is_untold(dsn)):
                yield Finding(
                    False,
                    "No mail server takes the alarms, so administrators are not told of what is stuck.",
                    "Set INNBOKS_SMTP_OUT to a mail server, or connect a second address.",
                )


async def _troubles(settings: Settings, dsn: str) -> list[Trouble]:
    """What the radar shows, of all accounts."""
    now = datetime.now(UTC)
    found: list[Trouble] = []
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        if (since := await worker_silent_since(conn, now)) is not None:
            found.append(Trouble(kind="worker", since=since))
        for account_id in await radar.accounts(conn):
            of_account = await troubles(conn, Vault(settings.secret), account_id, await radar.inboxes(conn, account_id), now)
            found += [one for one in of_account if one.kind != "worker"]
    return found


async def _is_untold(dsn: str) -> bool:
    """Has an alarm waited for long to be told?"""
    now = datetime.now(UTC)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        alarms = [one for id in await radar.accounts(conn) for one in (await radar.alarms(conn, id)).values()]
    after = [(one, ALARMS_AFTER.get(one.trouble.kind)) for one in alarms if one.told_at is None]
    return any(wait is not None and now - one.since > wait + UNTOLD for one, wait in after)


def _stuck(found: list[Trouble], *, is_running: bool) -> Iterator[Finding]:
    """A worker is missed only where one should be at work: on this machine nothing runs while Innboks is stopped."""
    shown = [one for one in found if is_running or one.kind != "worker"]
    for one in shown:
        yield Finding(False, what(one, "en"), what_to_do(one, "en"))
    if not shown:
        yield Finding(True, "Nothing is stuck: no answer, no message that came in, no connection.")


async def _lag(dsn: str) -> Lag:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        return await lag(conn)


def _search_index(behind: Lag) -> Finding:
    if behind.waiting_s > SEARCH_LATE_S:
        sentence = f"The search index has not taken in anything for {behind.waiting_s / 60:.0f} minutes, and {behind.events} changes wait."
        return Finding(False, sentence, "Look at the worker's log; it keeps the index. Start it when it does not run.")
    if behind.to_walk:
        return Finding(True, f"The search index is being filled: {behind.to_walk} older messages are still to come, the newest are in.")
    files = f" The text of {behind.files} files is still to be read." if behind.files else ""
    return Finding(True, f"The search index is up to date.{files}")

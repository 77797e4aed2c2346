"""Every web and worker process says that it lives, and one of them at a time looks for what admins have to be told: each trouble once when it has
lasted a while, in the app and by mail, and by mail once when it is over. The mail never goes over a connection that is in trouble itself. When the worker
is down, the web process tells of it.

Read next: `look.py`, which finds troubles; `core/own_mail.py`, which sends.
"""

import asyncio
import os
import socket
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from innboks.core import own_mail
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.events import store as events
from innboks.core.notifications import troubles as troubles_told
from innboks.core.parts import Parts
from innboks.core.radar import store, words
from innboks.core.radar.look import LATE, troubles, worker_silent_since
from innboks.core.radar.models import ALARMS_AFTER, Trouble
from innboks.core.radar.store import Admin, Alarm
from innboks.errors import InnboksError
from innboks.lib.db import Connection
from innboks.sdk.registry import offers

log = structlog.get_logger("radar")

BEAT_S = 15.0
LOOK_S = 60.0
TELLING = timedelta(minutes=5)
"""Whoever began to tell and has not said that it is done after this was interrupted."""
COUNT_S = 30.0
"""A provider that does not say in this time what it holds is asked again at the next look."""


async def keep_watch(parts: Parts, role: str) -> None:
    """Until cancelled: part of every web and worker process."""
    name = f"{role}:{socket.gethostname()}:{os.getpid()}"
    try:
        # Apart: a mail server that does not answer must not make this process look dead.
        async with asyncio.TaskGroup() as both:
            both.create_task(_say_that_it_lives(parts, name, role))
            both.create_task(_look_now_and_then(parts))
    finally:
        await _leave(parts, name, role)


async def _say_that_it_lives(parts: Parts, name: str, role: str) -> None:
    while True:
        try:
            async with parts.db.connection() as conn:
                await store.beat(conn, name, role, parts.clock.now())
        except Exception as error:  # the database is away: others say so
            log.warning("cannot keep watch", error=type(error).__name__)
        await asyncio.sleep(BEAT_S)


async def _look_now_and_then(parts: Parts) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await look_for_alarms(parts)
        except Exception as error:
            log.warning("cannot look for alarms", error=type(error).__name__)


async def _leave(parts: Parts, name: str, role: str) -> None:
    """A web process that ends is gone; of a worker the last word stays, so that its silence is noticed."""
    if role == "web":
        try:
            async with asyncio.timeout(1), parts.db.connection() as conn:
                await store.forget_beat(conn, name)
        except Exception as error:
            log.debug("could not say goodbye", error=type(error).__name__)


async def look_for_alarms(parts: Parts) -> None:
    """One look at every account in which anything may be wrong, and the mails that come of it. Several processes take turns; who comes second has
    nothing to do."""
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        is_worker_silent = await worker_silent_since(conn, now) is not None
        account_ids = await store.accounts(conn) if is_worker_silent else await store.accounts_in_question(conn, now - LATE)
    for account_id in account_ids:
        begun: list[Trouble] = []
        over: list[Alarm] = []
        async with parts.db.transaction() as conn:
            if not await store.take_turn(conn):
                return
            found = {one.key: one for one in await troubles(conn, parts.vault, account_id, await store.inboxes(conn, account_id), now)}
            known = await store.alarms(conn, account_id)
            for key, one in found.items():
                if key not in known or known[key].trouble != one:
                    await store.note(conn, account_id, one, now)
            over = [one for key, one in known.items() if key not in found]
            await store.forget(conn, account_id, [one.key for one in over])
            lasting = [(one, known.get(key)) for key, one in found.items() if _has_lasted(one, known.get(key), now)]
            begun = [one for one, before in lasting if _may_be_mailed(before, now)]
            await store.set_telling(conn, account_id, [one.key for one in begun], now + TELLING)
            shown = [one for one, before in lasting if before is None or before.shown_at is None]
            await _show(conn, account_id, shown, [one.trouble for one in over if one.shown_at is not None], now)
            is_changed = bool(over or shown or found.keys() - known.keys())
            if is_changed:
                await events.add(conn, account_id, "radar.changed")
        if is_changed:
            parts.wake.touch(account_id)
        await _tell(parts, account_id, begun, [one for one in over if one.told_at is not None], found)


def _has_lasted(one: Trouble, known: Alarm | None, now: datetime) -> bool:
    """Long enough for admins to be told."""
    after = ALARMS_AFTER.get(one.kind)
    return after is not None and now - (known.since if known is not None else now) >= after


def _may_be_mailed(known: Alarm | None, now: datetime) -> bool:
    """It was not, and nobody is at it."""
    return known is None or (known.told_at is None and (known.telling_until or now) <= now)


async def _show(conn: Connection, account_id: int, begun: Sequence[Trouble], over: Sequence[Trouble], now: datetime) -> None:
    """Among the notifications of the admins, with the look that found it."""
    if begun:
        await troubles_told.tell(conn, account_id, await store.admins(conn, account_id), begun, now)
        await store.set_shown(conn, account_id, [one.key for one in begun], now)
    if over:
        await troubles_told.end(conn, account_id, over, now)


async def _tell(parts: Parts, account_id: int, begun: list[Trouble], over: list[Alarm], found: Mapping[str, Trouble]) -> None:
    """To every admin who wants it, in their language. What could not be told to anybody is tried again at the next look; so it is some minutes later where this
    process ends before it is done."""
    if not begun and not over:
        return
    async with parts.db.connection() as conn:
        admins = [one for one in await store.admins(conn, account_id) if one.choices.trouble.mail]
    failing = {
        one.channel_account_id
        for one in found.values()
        if one.kind in ("broken", "expiring", "unreachable") and one.channel_account_id is not None
    }
    is_told = not admins  # nobody wants to be mailed
    for admin in admins:
        if begun:
            is_told = await _mail(parts, account_id, admin, words.begun(begun, admin.locale, parts.settings.url), failing) or is_told
        if over:
            ended = [one.trouble for one in over]
            await _mail(parts, account_id, admin, words.over(ended, admin.locale, parts.settings.url), failing)
    if begun:
        async with parts.db.transaction() as conn:
            await store.set_told(conn, account_id, [one.key for one in begun], parts.clock.now() if is_told else None)
    log.info("alarm", account=account_id, begun=[one.key for one in begun], over=[one.key for one in over], told=is_told)


async def _mail(parts: Parts, account_id: int, admin: Admin, mail: tuple[str, str], failing: Collection[int]) -> bool:
    """True when somebody took it."""
    subject, text = mail
    try:
        await own_mail.send(
            parts, account_id, name=admin.name, email=admin.email, subject=subject, text=text, without=failing, tries_all=True
        )
    except own_mail.NotTaken as error:
        log.warning("an alarm was not taken", error=type(error).__name__)
        return False
    return True


async def count_what_is_missing(parts: Parts) -> None:
    """Asks every mailbox what it holds (AHEAD 1), and notes what was never offered to us. Run every hour."""
    kinds = [channel.kind for channel in parts.registry if offers(channel, "ledger")]
    async with parts.db.connection() as conn:
        rows = await channel_accounts.connected_of_kind(conn, kinds)
    for row in rows:
        if not row.is_authorized:
            continue
        try:
            connected = await parts.directory.find(parts, row.account_id, row.id)
            async with asyncio.timeout(COUNT_S):
                held = await connected.channel.ledger(connected.context)
            async with parts.db.transaction() as conn:
                offered = await channel_accounts.count_offered(conn, row.account_id, row.id)
                on_server = held.get("on_server")
                gap = held.get("gap", None if on_server is None else max(0, on_server - offered))
                await store.save_gap(conn, row.account_id, row.id, gap, parts.clock.now())
        except (InnboksError, OSError, TimeoutError) as error:
            log.info("a mailbox could not be counted", channel_account=row.id, error=type(error).__name__)

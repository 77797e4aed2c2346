"""How notifications leave: pushes to a person's browsers at once, mails bundled a minute later. What could not be handed over is tried again.

Who has the app before their eyes, who has quiet hours and who is away is not pushed to; a mail waits for the end of the quiet hours, and where its reader
chose so, until they are back. What was read meanwhile does not leave. Read next: `push.py`, `words.py`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from innboks.core import own_mail
from innboks.core.notifications import push, store, store_follow, words
from innboks.core.notifications.follow import Follower, Looking
from innboks.core.notifications.models import Device, Due, Person
from innboks.core.parts import Parts
from innboks.core.routing import store as routing
from innboks.core.routing.hours import status_at
from innboks.core.routing.models import Plan
from innboks.errors import Retry, SendError, Uncertain

log = structlog.get_logger("notifications")

LOOK_S = 2.0
BATCH = 100
LEASE = timedelta(minutes=2)
TRIES_MAX = 6
AGAIN = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
QUIET_LOOK = timedelta(minutes=10)
KEEP = timedelta(days=90)
FORGET_EVERY_S = 3600.0


class Reached(NamedTuple):
    """Somebody whom notifications are to reach, and when they work."""

    person: Person
    plan: Plan

    def is_left_alone(self, way: store.Way, now: datetime, *, is_for_away: bool = False) -> bool:
        """By the clock, or because they are away. `is_for_away`: it is told them because of that (R-063)."""
        quiet = self.person.choices.quiet
        follows = quiet.while_away if way == "push" else quiet.mail_waits and not is_for_away
        return quiet.holds_at(now) or (follows and status_at(self.plan, now)[0] == "away")


async def notify_people(parts: Parts) -> None:
    """Follows the event log and delivers, until cancelled. Part of every worker."""
    follower = Follower(parts)
    await asyncio.gather(follower.run(), _deliver(parts, follower.looking))


async def _deliver(parts: Parts, looking: Looking) -> None:
    forget_at = 0.0
    while True:
        try:
            while await deliver_due(parts, looking):
                pass
            if parts.clock.monotonic() >= forget_at:
                forget_at = parts.clock.monotonic() + FORGET_EVERY_S
                async with parts.db.transaction() as conn:
                    await store.forget_old(conn, parts.clock.now() - KEEP)
        except Exception as error:  # the database is away: others say so
            log.warning("cannot deliver notifications", error=type(error).__name__)
        await asyncio.sleep(LOOK_S)


async def deliver_due(parts: Parts, looking: Looking) -> bool:
    """Whatever is due now. True when there may be more."""
    now = parts.clock.now()
    async with parts.db.transaction() as conn:
        pushes = await store.take_due(conn, "push", now, now + LEASE, BATCH)
        mails = await store.take_due(conn, "mail", now, now + LEASE, BATCH)
    by_account: defaultdict[int, tuple[list[Due], list[Due]]] = defaultdict(lambda: ([], []))
    for one in pushes:
        by_account[one.account_id][0].append(one)
    for one in mails:
        by_account[one.account_id][1].append(one)
    for account_id, (to_push, to_mail) in by_account.items():
        async with parts.db.connection() as conn:
            people = await store_follow.people(conn, account_id)
            plans = await routing.plans(conn, account_id, sorted({one.user_id for one in (*to_push, *to_mail)}))
            readable = await store.still_readable(conn, account_id, [one.id for one in (*to_push, *to_mail)])
        ways: tuple[tuple[store.Way, list[Due]], ...] = (("push", to_push), ("mail", to_mail))
        for way, dues in ways:
            if lost := [one for one in dues if one.id not in readable]:
                await _settle(parts, way, lost, None)
                dues[:] = [one for one in dues if one.id in readable]
        reached = {id: Reached(person, plans[id].plan) for id, person in people.items() if id in plans}
        await asyncio.gather(*(_push(parts, looking, reached.get(one.user_id), one) for one in to_push))
        by_user: defaultdict[int, list[Due]] = defaultdict(list)
        for one in to_mail:
            by_user[one.user_id].append(one)
        for user_id, dues in by_user.items():
            await _mail(parts, looking, reached.get(user_id), dues)
    return len(pushes) == BATCH or len(mails) == BATCH


# ── push ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _push(parts: Parts, looking: Looking, to: Reached | None, one: Due) -> None:
    if to is None or looking.is_looking(one.account_id, one.user_id) or to.is_left_alone("push", parts.clock.now()):
        await _settle(parts, "push", [one], None)
        return
    person = to.person
    async with parts.db.connection() as conn:
        devices = await store.devices(conn, one.account_id, one.user_id)
    payload = {
        "title": words.title(one, person.locale),
        "body": one.about,
        "url": words.path(one),
        "tag": f"{one.kind}:{one.bundle}",
        "id": str(one.id),
        "silent": not person.choices.of(one.kind).sound,
    }
    outcomes = await asyncio.gather(*(push_to(parts, device, payload, topic=f"n{one.kind[:4]}{one.bundle}"[:32]) for device in devices))
    is_again = devices and not any(outcome == "" for outcome in outcomes) and "again" in outcomes and one.tries < TRIES_MAX
    await _settle(parts, "push", [one], AGAIN[min(one.tries - 1, len(AGAIN) - 1)] if is_again else None)


async def push_to(parts: Parts, device: Device, payload: dict[str, object], *, topic: str) -> str:
    """To one browser. Returns "" when its push service took it, "again" for something passing, "gone", or "refused". Remembered with the device."""
    try:
        await push.send(parts, device, payload, topic=topic, is_urgent=True)
        outcome, trouble = "", ""
    except push.Gone:
        async with parts.db.transaction() as conn:
            await store.drop_device(conn, device.account_id, device.user_id, device.id)
        return "gone"
    except (Retry, Uncertain) as error:
        outcome, trouble = "again", error.code
    except SendError as error:
        outcome, trouble = "refused", error.code
    async with parts.db.transaction() as conn:
        reached_at = None if trouble else parts.clock.now()
        await store.note_device(conn, device.account_id, device.id, reached_at=reached_at, trouble=trouble)
    return outcome


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _mail(parts: Parts, looking: Looking, to: Reached | None, dues: Sequence[Due]) -> None:
    """One mail with all that is due for a person; what waits until they are back does not leave with what they get because they are away."""
    account_id, now = dues[0].account_id, parts.clock.now()
    if to is None or looking.is_looking(account_id, dues[0].user_id) or not await own_mail.can_send(parts, account_id):
        await _settle(parts, "mail", dues, None)
        return
    waiting = [one for one in dues if to.is_left_alone("mail", now, is_for_away=one.is_for_away)]
    if waiting:
        await _settle(parts, "mail", waiting, QUIET_LOOK)
    if dues := [one for one in dues if one not in waiting]:
        try:
            await _hand_over(parts, to.person, dues)
            await _settle(parts, "mail", dues, None)
        except own_mail.NotTaken as error:
            log.warning("a notification mail was not taken", error=type(error).__name__)
            tries = max(one.tries for one in dues)
            await _settle(parts, "mail", dues, AGAIN[min(tries - 1, len(AGAIN) - 1)] if tries < TRIES_MAX else None)


async def _hand_over(parts: Parts, person: Person, dues: Sequence[Due]) -> None:
    subject, text = words.mail(dues, person.locale, parts.settings.url)
    await own_mail.send(
        parts,
        dues[0].account_id,
        name=person.name,
        email=person.email,
        subject=subject,
        text=text,
        button=words.button(person.locale),
    )


async def _settle(parts: Parts, way: store.Way, dues: Sequence[Due], after: timedelta | None) -> None:
    async with parts.db.transaction() as conn:
        again_at = parts.clock.now() + after if after is not None else None
        await store.settle(conn, way, dues[0].account_id, [one.id for one in dues], again_at)

"""Demo data in an account of somebody's own, loaded by a worker because they asked for it in the app (`core/demo/demo.py`).

It plays a short story as `load.py` plays the long one, and differs where somebody real is beside it: nothing is given to them, nothing fails, nobody is told of it, its
people cannot sign in, and every row is marked by the database as it is made. A worker that begins takes away first what one that was killed has left.
Read next: `core/demo/take_away.py`.
"""

import random
import secrets
from datetime import UTC, datetime, timedelta

import structlog

from innboks.app import build_parts
from innboks.config import Endpoint
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.users import create_user
from innboks.core.demo import store as demos
from innboks.core.demo.models import Demo
from innboks.core.demo.take_away import take_away
from innboks.core.inboxes.inboxes import create_inbox
from innboks.core.parts import Parts
from innboks.demo import store
from innboks.demo.act import Stage
from innboks.demo.clock import StoryClock
from innboks.demo.load import SEED, UNREAD_FOR, connect_addresses, renewed
from innboks.demo.people import COMPANY, TEAM
from innboks.demo.stories import WEEKS, plan
from innboks.sandbox.email.mail_server import MailServer
from innboks.sandbox.email.mailbox import Mailbox

CONVERSATIONS = 40
log = structlog.get_logger("demo")


class _TakenOver(Exception):
    """Another worker loads it by now."""


async def load_into(parts: Parts, account_id: int, wanted: int = CONVERSATIONS) -> None:
    """Nothing where no loading was asked for. What goes wrong is written down, and what had been made is taken away."""
    async with parts.db.transaction() as conn:
        mine = await demos.take_turn(conn, account_id)
    if mine is None:
        return
    await take_away(parts, account_id)
    try:
        steps = await _play(parts, account_id, mine, wanted)
    except _TakenOver:
        return
    except Exception:
        log.exception("the demo could not be loaded", account=account_id)
        await take_away(parts, account_id)
        state, steps = "failed", 0
    else:
        state = "loaded"
    async with parts.db.transaction() as conn:
        await demos.set_loading(conn, account_id, mine.turn, state=state, done=steps, total=steps)
    parts.wake.touch(account_id)


async def _play(parts: Parts, account_id: int, mine: Demo, wanted: int) -> int:
    """Returns how many steps there were."""
    started = datetime.now(UTC)
    clock = StoryClock(started - timedelta(weeks=WEEKS, days=1))
    mailbox = Mailbox(kept=50)
    server = MailServer(mailbox, Endpoint("127.0.0.1", 0))
    marking = "set innboks.demo = 'on'"
    async with build_parts(parts.settings, parts.db.dsn, "tool", clock=clock, at_connect=marking) as own, server.running():
        admin = await actor_for(own, account_id, mine.begun_by)
        assert admin is not None
        team = await _team(own, admin)
        everybody = [admin.user_id, *(one.user_id for one in team)]
        first = await create_inbox(own, admin, f"{COMPANY} support", "everyone", everybody)
        second = await create_inbox(own, admin, f"{COMPANY} returns", "everyone", everybody)
        admin, team = await renewed(own, admin), [await renewed(own, one) for one in team]
        where = Endpoint("127.0.0.1", server.port)
        domain = _domain(account_id)
        channels = await connect_addresses(own, admin, first.id, second.id, where, domain=domain, company=f"{COMPANY} (demo)")
        stage = Stage(own, clock, channels, team, admin, mailbox, started, is_admin_given=False)
        steps = plan(random.Random(SEED), started, wanted, ())  # noqa: S311 - a story, not a secret
        for nth, step in enumerate(steps):
            await _note(parts, account_id, mine, nth, len(steps))
            await stage.play(step)
        clock.move_to(datetime.now(UTC))
        ids = [one.id for one in channels.values()]
        async with own.db.transaction() as conn:
            await demos.take_seats(conn, account_id)
            await store.date_the_rest(conn, account_id, ids)
            await store.mark_read(conn, account_id, ids, datetime.now(UTC) - UNREAD_FOR)
        own.wake.touch(account_id)
    return len(steps)


async def _team(parts: Parts, admin: Actor) -> list[Actor]:
    """Colleagues whom nobody can sign in as: their passwords are kept nowhere."""
    team = []
    for name in TEAM[1:]:
        email = f"{name.partition(' ')[0].lower()}@{_domain(admin.account_id)}"
        user = await create_user(parts, admin, name=name, email=email, password=secrets.token_urlsafe(32))
        actor = await actor_for(parts, admin.account_id, user.id)
        assert actor is not None
        team.append(actor)
    return team


def _domain(account_id: int) -> str:
    """Mail addresses of people are unique on a server: each account's demo has a domain of its own."""
    return f"demo-{account_id}.example"


async def _note(parts: Parts, account_id: int, mine: Demo, done: int, total: int) -> None:
    async with parts.db.transaction() as conn:
        if not await demos.set_loading(conn, account_id, mine.turn, done=done, total=total):
            raise _TakenOver

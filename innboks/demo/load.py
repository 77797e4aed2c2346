"""`innboks demo`: an account with people, addresses and eight weeks of conversations, over the roads that real ones take.

Customers' mails are real mails on the road in; answers are written and sent over the road out, to the sandbox's mail server in this process; a
clock that follows the story gives everything its time. Read next: `stories.py` (what happens), `act.py` (how each step is done).
"""

import random
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec

from innboks.app import build_parts
from innboks.config import Endpoint, Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for, first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.accounts.users import create_user
from innboks.core.channel_accounts.connect import change_channel_account, connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.demo import store as demos
from innboks.core.inboxes.inboxes import create_inbox, list_inboxes, set_members, update_inbox
from innboks.core.parts import Parts
from innboks.demo import store
from innboks.demo.act import Stage
from innboks.demo.clock import StoryClock
from innboks.demo.people import ADDRESSES, COMPANY, DOMAIN, TEAM
from innboks.demo.stories import WEEKS, plan
from innboks.errors import Conflict
from innboks.sandbox.email import KIND, connection
from innboks.sandbox.email.mail_server import MailServer
from innboks.sandbox.email.mailbox import Mailbox

CONVERSATIONS = 420
SEED = 20412
UNREAD_FOR = timedelta(hours=30)
SIGNATURE = f"<div>{{{{full_name}}}}<br>{COMPANY}, for days outside</div>"


class _Cast(msgspec.Struct, frozen=True):
    """Who plays. On an account of somebody's own, its administrator is given conversations but writes nothing."""

    admin: Actor
    team: list[Actor]
    is_fresh: bool


async def load(settings: Settings, dsn: str, password: str | None = None, wanted: int = CONVERSATIONS) -> str:
    """Returns what to tell the operator. Says so, and changes nothing, when the demo is there already."""
    started, real_start = time.monotonic(), datetime.now(UTC)
    clock = StoryClock(real_start - timedelta(weeks=WEEKS, days=1))
    chosen = password or secrets.token_urlsafe(12)
    if settings.database_url is None:  # ours: nothing of value is lost when it is not on disk yet
        dsn += ("&" if "?" in dsn else "?") + "options=-c%20synchronous_commit%3Doff"
    mailbox = Mailbox(kept=50)
    server = MailServer(mailbox, Endpoint("127.0.0.1", 0))
    async with build_parts(settings, dsn, "tool", clock=clock) as parts, server.running():
        admin = await first_admin(parts)
        if admin is not None and (said := await _said_already(parts, admin)) is not None:
            return said
        cast = await _cast(parts, admin, chosen)
        first, second = await _inboxes(parts, cast)
        admin = await renewed(parts, cast.admin)
        channels = await connect_addresses(parts, admin, first, second, Endpoint("127.0.0.1", server.port))
        async with parts.db.transaction() as conn:
            await store.begin(conn, cast.admin.account_id)
        actors = [await renewed(parts, one) for one in cast.team]
        team = actors if cast.is_fresh else actors[1:]
        stage = Stage(parts, clock, channels, team, actors[0], mailbox, real_start)
        steps = plan(random.Random(SEED), real_start, wanted)  # noqa: S311 - a story, not a secret
        for nth, step in enumerate(steps, 1):
            await stage.play(step)
            _progress(nth, len(steps))
        await stage.broken_mails()
        clock.move_to(datetime.now(UTC))
        await _point_at_sandbox(parts, actors[0], channels)
        ids = [one.id for one in channels.values()]
        async with parts.db.transaction() as conn:
            await store.date_the_rest(conn, cast.admin.account_id, ids)
            await store.mark_read(conn, cast.admin.account_id, ids, datetime.now(UTC) - UNREAD_FOR)
            await store.finish(conn, cast.admin.account_id)
            figures = await store.figures(conn, cast.admin.account_id, ids)
        parts.wake.touch(cast.admin.account_id)
    return _told(settings, cast, chosen, figures, time.monotonic() - started)


async def _said_already(parts: Parts, admin: Actor) -> str | None:
    async with parts.db.connection() as conn:
        state = await store.state(conn, admin.account_id)
        in_app = await demos.get(conn, admin.account_id)
    if in_app.state in ("loading", "loaded", "removing") and not in_app.is_of_operator:
        raise Conflict("Demo data was loaded in the app already. Remove it there first.")
    if state == "loaded":
        return f"The demo is here already: open {parts.settings.url}. Its password was printed when it was loaded."
    if state == "loading":
        raise Conflict(
            "The demo is being loaded, or was begun and not finished. To begin anew, choose another empty folder by INNBOKS_DATA."
        )
    return None


async def _cast(parts: Parts, admin: Actor | None, password: str) -> _Cast:
    is_fresh = admin is None
    if admin is None:
        admin = await create_first_account(parts, COMPANY, TEAM[0], _address(TEAM[0]), password)
    team = [admin]
    for name in TEAM[1:]:
        user = await create_user(parts, admin, name=name, email=_address(name), password=password)
        actor = await actor_for(parts, admin.account_id, user.id)
        assert actor is not None
        team.append(actor)
    return _Cast(admin, team, is_fresh)


def _address(name: str) -> str:
    return f"{name.partition(' ')[0].lower()}@{DOMAIN}"


async def _inboxes(parts: Parts, cast: _Cast) -> tuple[int, int]:
    """Two inboxes; everybody of the cast is a member."""
    members = [one.user_id for one in cast.team]
    admin = cast.admin
    if cast.is_fresh:
        first = (await list_inboxes(parts, admin))[0]
        await update_inbox(parts, admin, first.id, name="Support")
        await set_members(parts, admin, first.id, members)
    else:
        first = await create_inbox(parts, admin, f"{COMPANY} support", "everyone", members)
    second = await create_inbox(parts, admin, "Returns" if cast.is_fresh else f"{COMPANY} returns", "everyone", members)
    return first.id, second.id


async def connect_addresses(
    parts: Parts, admin: Actor, first: int, second: int, outgoing: Endpoint, *, domain: str = DOMAIN, company: str = COMPANY
) -> dict[str, ChannelAccount]:
    """Three addresses in two inboxes, by what stands before the @."""
    channels: dict[str, ChannelAccount] = {}
    for local, name in ADDRESSES.items():
        inbox_id = second if local == "returns" else first
        channels[local] = await connect(parts, admin, KIND, name, inbox_id, _config(local, domain, company, outgoing))
    return channels


def _config(local: str, domain: str, company: str, outgoing: Endpoint) -> dict[str, str]:
    """Each address sends under a name of its own (R-142)."""
    sender = company if local == "support" else f"{company} {ADDRESSES[local]}"
    return connection(f"{local}@{domain}", sender, outgoing, SIGNATURE) | {"trusted_authserv_ids": f"mx.{domain}"}


async def renewed(parts: Parts, actor: Actor) -> Actor:
    """With the rights that they have by now."""
    found = await actor_for(parts, actor.account_id, actor.user_id)
    assert found is not None
    return found


async def _point_at_sandbox(parts: Parts, admin: Actor, channels: dict[str, ChannelAccount]) -> None:
    """From now on, answers go to the sandbox. A changed connection is tried, so while no sandbox runs, its place is held for a moment."""
    outgoing = parts.settings.sandbox_smtp
    async with _listening(outgoing):
        for local, row in channels.items():
            await change_channel_account(parts, admin, row.id, config=_config(local, DOMAIN, COMPANY, outgoing))


@asynccontextmanager
async def _listening(endpoint: Endpoint) -> AsyncIterator[None]:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    with socket.socket(family) as probe:
        is_there = probe.connect_ex((endpoint.host, endpoint.port)) == 0
    if is_there:
        yield
        return
    async with MailServer(Mailbox(), endpoint).running():
        yield


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\rLoading the demo: {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done == of or done % 500 == 0:
        print(f"Loading the demo: {done} of {of}", file=sys.stderr, flush=True)


def _told(settings: Settings, cast: _Cast, password: str, figures: store.Figures, seconds: float) -> str:
    names = ", ".join(_address(name) for name in TEAM[1:])
    lines = [
        f"The demo is loaded: {figures.conversations} conversations, {figures.messages} messages, in {seconds:.0f} s.",
        "",
        f"  Open      {settings.url}",
        f"  Sign in   {cast.admin.email}" + ("" if cast.is_fresh else " (your own account and password)"),
        f"  Password  {password}" + ("" if cast.is_fresh else "  (of the demo's people)"),
        f"  Others    {names} (the same password)",
        f"  Customer  http://{settings.sandbox_http}, when the sandbox runs: “innboks run --with-sandbox”, or “innboks sandbox” beside it",
    ]
    return "\n".join(lines)

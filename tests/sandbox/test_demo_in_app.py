"""Demo data asked for in the app: a worker loads it, nothing of it reaches anybody, and one act removes exactly it."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.setup import create_account, first_steps
from innboks.core.accounts.sign_in import sign_in
from innboks.core.accounts.users import create_user, list_users
from innboks.core.channel_accounts.connect import change_channel_account, list_channel_accounts
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.preview import Sample, send_preview
from innboks.core.channel_accounts.try_out import start_test
from innboks.core.contacts.notes import add_note
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.read import get_message, list_conversations
from innboks.core.conversations.send import send
from innboks.core.conversations.start import start
from innboks.core.conversations.write import write
from innboks.core.demo import demo
from innboks.core.demo import store as demos
from innboks.core.demo.demo import UNDO
from innboks.core.demo.take_away import remove_when_due, take_away, take_some
from innboks.core.inboxes.inboxes import list_inboxes
from innboks.core.notifications import store_follow
from innboks.core.parts import Parts
from innboks.demo.background import load_into
from innboks.errors import Conflict, InnboksError
from tests.sandbox.conftest import eventually
from tests.waiting import somebody_waits

FEW = 14
TABLES = [
    "inbox", "inbox_member", "channel_account", "app_user", "contact", "contact_identity", "conversation", "message",
    "attachment", "delivery", "dispatch", "notification", "read_state", "search_message", "search_contact", "availability",
    "mention", "draft",
]  # fmt: skip


async def rows(parts: Parts) -> dict[str, int]:
    """How many there are of everything that a demo makes."""
    async with parts.db.connection() as conn:
        return {table: (await (await conn.execute(f"select count(*) from {table}")).fetchone())[0] for table in TABLES}  # type: ignore[index]


async def loaded(parts: Parts, ada: Actor, wanted: int = FEW) -> Actor:
    """Returns Ada, who is a member of the demo's inboxes by now."""
    assert (await demo.load(parts, ada)).state == "loading"
    await load_into(parts, ada.account_id, wanted)
    assert (await demo.demo_of(parts, ada)).state == "loaded"
    return await renewed(parts, ada)


async def renewed(parts: Parts, actor: Actor) -> Actor:
    from innboks.core.accounts.actors import actor_for

    found = await actor_for(parts, actor.account_id, actor.user_id)
    assert found is not None
    return found


async def removed(parts: Parts, ada: Actor) -> int:
    """Returns how much stayed."""
    assert (await demo.remove(parts, ada)).state == "removing"
    async with parts.db.transaction() as conn:
        await conn.execute("update demo set remove_at = remove_at - interval '1 minute'")
    assert await remove_when_due(parts, ada.account_id) is None
    found = await demo.demo_of(parts, ada)
    assert found.state == "removed"
    return found.kept


async def everything(parts: Parts, actor: Actor) -> list[Conversation]:
    return [one for view in ("open", "closed") for one in (await list_conversations(parts, actor, view=view, limit=100)).items]


async def demo_address(parts: Parts, ada: Actor) -> ChannelAccount:
    return next(one for one in await list_channel_accounts(parts, ada) if one.is_demo and one.address.startswith("support@"))


async def open_one(parts: Parts, ada: Actor) -> Conversation:
    return (await list_conversations(parts, ada, view="open", limit=100)).items[0]


async def test_what_was_loaded_goes_without_a_trace(parts: Parts, ada: Actor) -> None:
    before = await rows(parts)
    ada = await loaded(parts, ada)
    assert len(await everything(parts, ada)) == FEW
    channels = await list_channel_accounts(parts, ada)
    assert {one.address for one in channels} == {f"{local}@demo-{ada.account_id}.example" for local in ("support", "returns", "butikk")}
    assert all(one.is_demo for one in channels)
    assert [one.name for one in await list_users(parts, ada) if not one.can_receive] == [
        "Erik Lund",
        "Jonas Berg",
        "Nora Bakke",
        "Solveig Moen",
    ]
    assert await removed(parts, ada) == 0
    assert await rows(parts) == before
    assert await everything(parts, ada) == []
    with pytest.raises(Conflict, match="no demo data"):
        await demo.remove(parts, ada)
    ada = await loaded(parts, ada, 3)
    assert len(await everything(parts, ada)) == 3


async def test_it_is_loaded_once_and_by_who_may_do_everything(parts: Parts, ada: Actor) -> None:
    bo = await create_user(parts, ada, name="Bo Member", email="bo@my.example", password="a long enough password")
    bo_actor = await renewed(parts, Actor(**{**_fields(ada), "user_id": bo.id}))
    for act in (demo.load, demo.remove, demo.keep):
        with pytest.raises(InnboksError, match="super admin"):
            await act(parts, bo_actor)
    await demo.load(parts, ada)
    with pytest.raises(Conflict, match="already"):
        await demo.load(parts, ada)
    with pytest.raises(Conflict, match="still being loaded"):
        await demo.remove(parts, ada)
    await load_into(parts, ada.account_id, 2)
    await load_into(parts, ada.account_id, 2)  # a second job finds nothing to do
    assert len(await everything(parts, await renewed(parts, ada))) == 2
    with pytest.raises(Conflict, match="already"):
        await demo.load(parts, ada)


def _fields(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in actor.__struct_fields__}


async def test_each_account_has_its_own(parts: Parts, ada: Actor) -> None:
    eve = await create_account(parts, "Elsewhere", "Eve Other", "eve@elsewhere.example", "a long enough password")
    ada, eve = await loaded(parts, ada, 3), await loaded(parts, eve, 2)
    assert await removed(parts, ada) == 0
    assert (len(await everything(parts, ada)), len(await everything(parts, eve))) == (0, 2)


async def test_its_removal_can_be_taken_back_for_a_moment(parts: Parts, ada: Actor) -> None:
    ada = await loaded(parts, ada, 3)
    with pytest.raises(Conflict, match="too late"):
        await demo.keep(parts, ada)
    asked = await demo.remove(parts, ada)
    assert asked.remove_at is not None
    assert (await demo.remove(parts, ada)).remove_at == asked.remove_at, "asked for twice, it is one removal"
    assert await remove_when_due(parts, ada.account_id) == asked.remove_at, "the job comes again"
    assert (await demo.keep(parts, ada)).state == "loaded"
    assert await remove_when_due(parts, ada.account_id) is None
    assert len(await everything(parts, ada)) == 3
    assert await removed(parts, ada) == 0


async def test_it_is_kept_or_removed_whoever_comes_first(parts: Parts, ada: Actor) -> None:
    """Whoever was told that it stays has it; and once its removal has begun, nobody is told so."""
    ada = await loaded(parts, ada, 3)
    await demo.remove(parts, ada)
    async with parts.db.transaction() as conn:
        await conn.execute("update demo set remove_at = remove_at - interval '1 minute'")
    async with parts.db.transaction() as conn:
        await demos.get(conn, ada.account_id, lock=True)
        await demos.keep(conn, ada.account_id)
        beginning = asyncio.create_task(remove_when_due(parts, ada.account_id))
        await somebody_waits(parts)
    assert await beginning is None
    assert ((await demo.demo_of(parts, ada)).state, len(await everything(parts, ada))) == ("loaded", 3)
    asked = await demo.remove(parts, ada)
    async with parts.db.transaction() as conn:
        await demos.begin_taking_away(conn, ada.account_id)  # by a worker whose clock is ahead of ours
    assert asked.remove_at is not None
    with pytest.raises(Conflict, match="too late"):
        await demo.keep(parts, ada)
    async with parts.db.connection() as conn:
        assert await demos.stranded(conn, asked.remove_at - UNDO) == [ada.account_id], "another worker goes on when this one is killed"
    assert await remove_when_due(parts, ada.account_id) is None
    assert ((await demo.demo_of(parts, ada)).state, await everything(parts, ada)) == ("removed", [])


async def test_nothing_leaves_for_anybody(parts: Parts, ada: Actor) -> None:
    ada = await loaded(parts, ada)
    found = await open_one(parts, ada)
    answer, _ = await write(parts, ada, found.id, NewMessage(type="reply", text="Hello.", hold_s=0))
    await send(parts, ada.account_id, answer.id, "test")
    assert (await get_message(parts, ada, answer.id)).state == "sent"
    row = await demo_address(parts, ada)
    wanted = NewMessage(type="reply", to=["somebody@real-company.com"], subject="Hello", text="Hello.", hold_s=0)
    _, begun, _ = await start(parts, ada, row.id, wanted)
    await send(parts, ada.account_id, begun.id, "test")
    told = await get_message(parts, ada, begun.id)
    assert (told.state, told.reason) == (
        "failed",
        "This address belongs to the demo data: nothing leaves from it. Send it from an address of your own.",
    )
    outgoing = {"smtp_host": "127.0.0.1", "smtp_port": "25"}
    for act in (
        change_channel_account(parts, ada, row.id, config=outgoing),
        send_preview(parts, ada, row.id, Sample(subject="Hello", text="Hello.")),
        start_test(parts, ada, row.id),
    ):
        with pytest.raises(Conflict, match="demo data"):
            await act
    async with parts.db.connection() as conn:
        people = await store_follow.people(conn, ada.account_id)
        mails = await (await conn.execute("select count(*) from notification")).fetchone()
    assert set(people) == {ada.user_id}, "invented people get no notices"
    assert mails == (0,)


async def test_its_people_can_not_sign_in_and_are_given_nothing(parts: Parts, ada: Actor) -> None:
    ada = await loaded(parts, ada, 3)
    for password in ("", "demo", "a long enough password"):
        with pytest.raises(InnboksError):
            await sign_in(parts, f"jonas@demo-{ada.account_id}.example", password, remote_address="127.0.0.1", user_agent="Test")
    assert ada.user_id not in {one.assignee_id for one in await everything(parts, ada)}


async def test_what_hangs_on_something_real_stays(parts: Parts, ada: Actor, support: ChannelAccount) -> None:
    """A contact with a note, and who was given a conversation of the account's own; the rest goes."""
    ada = await loaded(parts, ada)
    noted, invented = await open_one(parts, ada), next(one for one in await list_users(parts, ada) if one.name == "Jonas Berg")
    assert noted.contact_id is not None
    await add_note(parts, ada, noted.contact_id, "Call her on Monday.")
    real = NewMessage(type="reply", to=["maja@customers.example"], subject="Real", text="Hello.", hold_s=0)
    begun, _, _ = await start(parts, ada, support.id, real)
    await change(parts, ada, begun.id, Change(assignee_id=invented.id))
    assert await removed(parts, ada) == 2
    (left,) = await everything(parts, ada)
    assert (left.id, left.assignee_id) == (begun.id, invented.id)
    (jonas,) = [one for one in await list_users(parts, ada) if one.id == invented.id]
    assert jonas.status == "deactivated"
    assert [one.address for one in await list_channel_accounts(parts, ada)] == [support.address]
    assert len(await list_inboxes(parts, ada)) == 1
    async with parts.db.connection() as conn:
        kept = await (await conn.execute("select count(*) from contact where id = %s", (noted.contact_id,))).fetchone()
    assert kept == (1,)


async def test_the_first_steps_are_about_what_is_real(parts: Parts, ada: Actor) -> None:
    ada = await loaded(parts, ada, 2)
    assert await first_steps(parts, ada) == type(await first_steps(parts, ada))(False, False, False)
    await create_user(parts, ada, name="Bo Member", email="bo@my.example", password="a long enough password")
    found = await first_steps(parts, ada)
    assert (found.has_channel, found.has_team, found.has_hours) == (False, True, False)


async def test_what_goes_wrong_is_said_and_leaves_nothing(parts: Parts, ada: Actor) -> None:
    """Somebody has the mail address of one of the invented people."""
    before = await rows(parts)
    await create_user(parts, ada, name="Squatter", email=f"nora@demo-{ada.account_id}.example", password="a long enough password")
    await demo.load(parts, ada)
    await load_into(parts, ada.account_id, 3)
    assert (await demo.demo_of(parts, ada)).state == "failed"
    with pytest.raises(Conflict, match="no demo data"):
        await demo.remove(parts, ada)
    assert await rows(parts) == before | {"app_user": before["app_user"] + 1}


async def test_a_killed_worker_leaves_nothing_twice(settings: Settings, parts: Parts, ada: Actor, tmp_path: Path) -> None:
    """Killed in the middle of loading, and of removing; another one goes on."""
    before = await rows(parts)
    await demo.load(parts, ada)

    async def is_under_way() -> bool:
        found = await demo.demo_of(parts, ada)
        return found.done > 20

    async with _worker(settings, tmp_path):
        await eventually(is_under_way, 60)
    assert (await demo.demo_of(parts, ada)).state == "loading"
    async with parts.db.transaction() as conn:
        mine = await demos.take_turn(conn, ada.account_id)
    assert mine is not None
    assert mine.turn == 2
    await load_into(parts, ada.account_id, FEW)
    ada = await renewed(parts, ada)
    assert len(await everything(parts, ada)) == FEW
    await demo.remove(parts, ada)
    assert await take_some(parts, ada.account_id)  # what was committed when a worker was killed; another one begins from the top
    assert 0 < len(await everything(parts, ada)) < FEW
    assert await take_away(parts, ada.account_id) == 0
    assert await rows(parts) == before


class _worker:  # noqa: N801
    """`innboks worker` in a process of its own, killed at the end."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        env = {"INNBOKS_DATA": str(settings.data), "DATABASE_URL": settings.database_url or "", "INNBOKS_SECRET": settings.secret}
        self._env = os.environ | env | {"INNBOKS_SMTP": "127.0.0.1:0", "INNBOKS_URL": settings.url, "INNBOKS_MAIL_CHECKS": "off"}
        self._folder = folder

    async def __aenter__(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "innboks", "worker", cwd=self._folder, env=self._env, stderr=asyncio.subprocess.DEVNULL
        )

    async def __aexit__(self, *_: object) -> None:
        self._child.send_signal(signal.SIGKILL)
        await self._child.wait()

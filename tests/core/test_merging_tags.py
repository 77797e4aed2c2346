"""Two tags of very many conversations become one in steps, so that whoever changes one of these conversations waits for none of it (R-640)."""

import asyncio
from typing import LiteralString

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation
from innboks.core.parts import Parts
from innboks.core.tags import store, tags
from tests.core.conftest import say
from tests.core.test_rows_read import MANY

HAVING: LiteralString = "insert into conversation_tag (account_id, conversation_id, tag_id) select account_id, id, %s from conversation"
HAVE: LiteralString = "select count(*) from conversation_tag where tag_id = %s"


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "STEP", 40)


@pytest.fixture
async def ids(parts: Parts, actor: Actor, echo: ChannelAccount) -> list[int]:
    """Three tags; 301 conversations have the first."""
    await say(parts, echo, "Hello")
    made = [(await tags.create_tag(parts, actor, name, "blue")).id for name in ("One", "Two", "Three")]
    async with parts.db.connection() as conn:
        await conn.execute(MANY)
        await conn.execute(HAVING, (made[0],))
    return made


async def having(parts: Parts, tag_id: int) -> int:
    async with parts.db.connection() as conn:
        ((count,),) = await (await conn.execute(HAVE, (tag_id,))).fetchall()
    return int(count)


async def jobs(parts: Parts) -> int:
    async with parts.db.connection() as conn:
        ((count,),) = await (await conn.execute("select count(*) from procrastinate_jobs where task_name = 'merge_tag'")).fetchall()
    return int(count)


async def test_the_newest_have_it_at_once_and_the_others_by_a_job(parts: Parts, actor: Actor, ids: list[int]) -> None:
    await tags.merge_tag(parts, actor, ids[0], ids[1])
    assert (await having(parts, ids[1]), await jobs(parts)) == (40, 1)
    await tags.go_on_merging(parts, actor.account_id, ids[0])
    await tags.go_on_merging(parts, actor.account_id, ids[0])  # as after a crash
    assert await having(parts, ids[1]) == 301
    await tags.restore_tag(parts, actor, ids[0])
    assert [await having(parts, one) for one in ids] == [301, 0, 0]


async def test_a_few_need_no_job(parts: Parts, actor: Actor, ids: list[int]) -> None:
    await tags.merge_tag(parts, actor, ids[1], ids[2])
    assert await jobs(parts) == 0


async def test_who_merges_on_or_restores_meanwhile_has_what_they_would_have_had(parts: Parts, actor: Actor, ids: list[int]) -> None:
    await tags.merge_tag(parts, actor, ids[0], ids[1])
    await tags.merge_tag(parts, actor, ids[1], ids[2])
    await tags.go_on_merging(parts, actor.account_id, ids[0])
    assert [await having(parts, one) for one in ids] == [301, 301, 301]
    await tags.restore_tag(parts, actor, ids[1])
    assert await having(parts, ids[2]) == 0
    await tags.restore_tag(parts, actor, ids[0])
    await tags.go_on_merging(parts, actor.account_id, ids[0])
    assert [await having(parts, one) for one in ids] == [301, 0, 0]


async def test_restored_while_it_goes_on_it_stops(parts: Parts, actor: Actor, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    await tags.merge_tag(parts, actor, ids[0], ids[1])
    await asyncio.gather(tags.go_on_merging(parts, actor.account_id, ids[0]), tags.restore_tag(parts, actor, ids[0]))
    assert [await having(parts, one) for one in ids] == [301, 0, 0]


async def test_a_conversation_that_somebody_holds_can_be_tagged_in_the_middle_of_a_step(parts: Parts, actor: Actor, ids: list[int]) -> None:
    """Else the two would wait for each other: they hold the conversation, the merge the tag."""
    async with parts.db.transaction() as conn:
        await store.hold_way(conn, actor.account_id, ids[1])
        ((one,),) = await (await conn.execute("select max(id) from conversation")).fetchall()
        async with asyncio.timeout(10):
            after: Conversation = await change(parts, actor, one, Change(add_tag_ids=[ids[1]]))
        assert ids[1] in after.tag_ids

"""The view "Sent": what somebody has answered, by their newest answer there, page by page, whatever colleagues, customers and the clock do."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.write import write
from innboks.core.held.take_back import take_back
from innboks.core.parts import Parts
from innboks.core.views import store_sent
from innboks.core.views.models import Filters
from innboks.errors import Invalid
from innboks.lib.clock import FakeClock
from tests.core.conftest import say
from tests.core.test_views import fill, walk_all


async def sent(parts: Parts, actor: Actor, **how: Any) -> list[int]:
    return [one.id for one in (await list_conversations(parts, actor, view="sent", **how)).items]


async def test_an_answer_brings_it_there_and_the_newest_answer_to_the_top(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock
) -> None:
    ids = [await _said(parts, actor, echo, n) for n in range(3)]
    assert await sent(parts, actor) == []
    await write(parts, actor, ids[0], NewMessage(type="comment", text="Who knows?"))
    assert await sent(parts, actor) == []
    for id in (ids[0], ids[2], ids[0]):
        await write(parts, actor, id, NewMessage(type="reply", text="It is."))
    await say(parts, echo, "Thank you", sender="p2", id="again")  # what the customer says moves nothing
    assert await sent(parts, actor) == [ids[0], ids[2]]
    assert await sent(parts, actor, sort="due") == [ids[0], ids[2]]
    assert await sent(parts, actor, sort="oldest") == [ids[2], ids[0]]
    await change(parts, actor, ids[0], Change(status="closed"))
    assert await sent(parts, actor) == [ids[0], ids[2]]
    await change(parts, actor, ids[0], Change(is_trashed=True))
    assert await sent(parts, actor) == [ids[2]]


async def test_what_is_taken_back_or_waits_for_its_time_was_not_sent(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock
) -> None:
    ids = [await _said(parts, actor, echo, n) for n in range(2)]
    await write(parts, actor, ids[0], NewMessage(type="reply", text="It is."))
    held, _ = await write(parts, actor, ids[1], NewMessage(type="reply", text="It is not.", hold_s=30))
    assert await sent(parts, actor) == [ids[1], ids[0]]
    await take_back(parts, actor, held.id)
    assert await sent(parts, actor) == [ids[0]]
    await write(parts, actor, ids[0], NewMessage(type="reply", text="Still?", send_at=clock.now() + timedelta(hours=1)))
    await write(parts, actor, ids[1], NewMessage(type="reply", text="Later.", send_at=clock.now() + timedelta(hours=1)))
    assert await sent(parts, actor) == [ids[0]] == await sent(parts, actor, sort="oldest")


@pytest.mark.parametrize("seed", range(3))
async def test_any_walk_shows_each_conversation_exactly_once_by_its_newest_answer(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sent, "ANSWERS_MAX", 17)  # so that pages stop early
    await fill(parts, actor, echo, clock.now(), 80, seed)
    again = await actor_for(parts, actor.account_id, actor.user_id)
    assert again is not None
    actor = again  # who reads the new inboxes too
    everything = await walk_all(parts, actor, 100, view="all", filters=Filters(status="any", hide_spam=False, hide_trash=False))
    chosen = random.Random(seed)
    newest: dict[int, int] = {}
    async with parts.db.transaction() as conn:
        for _ in range(400):
            one, is_mine = chosen.choice(everything[::2]), chosen.random() < 0.7
            kind = chosen.choice(["reply", "reply", "reply", "comment", "system"])
            cursor = await conn.execute(
                """insert into message (account_id, conversation_id, channel_account_id, type, direction, author_id)
                   values (%s, %s, %s, %s, 'out', %s) returning id""",
                (actor.account_id, one.id, echo.id, kind, actor.user_id if is_mine else None),
            )
            row = await cursor.fetchone()
            assert row is not None
            if is_mine and kind == "reply":
                newest[one.id] = row[0]
    living = {one.id: one for one in await walk_all(parts, actor, 100, view="all")}
    cases: dict[str, tuple[Filters, Callable[[Conversation], bool]]] = {
        "none": (Filters(), lambda one: True),
        "open": (Filters(status="open"), lambda one: one.status == "open" and not one.is_snoozed),
        "urgent": (Filters(priorities=["urgent"]), lambda one: one.priority == "urgent"),
        "nobody's": (Filters(assignees=["nobody"]), lambda one: one.assignee_id is None),
        "an inbox": (Filters(inbox_ids=[echo.inbox_id]), lambda one: one.inbox_id == echo.inbox_id),
        "the channel": (Filters(channel_account_ids=[echo.id]), lambda one: True),
        "another channel": (Filters(channel_account_ids=[echo.id + 1]), lambda one: False),
        "lately": (Filters(active_within_s=7200), lambda one: one.last_message_at >= clock.now() - timedelta(hours=2)),
    }
    for name, (filters, fits) in cases.items():
        for sort in ("newest", "oldest"):
            expected = sorted((id for id in newest if id in living and fits(living[id])), key=newest.__getitem__, reverse=sort == "newest")
            for limit in (1, 7, 50):
                found = await walk_all(parts, actor, limit, view="sent", sort=sort, filters=filters)
                assert [one.id for one in found] == expected, (name, sort, limit)


async def test_a_page_of_it_goes_on_by_its_own_order_only(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    for n in range(3):
        await write(parts, actor, await _said(parts, actor, echo, n), NewMessage(type="reply", text="It is."))
    page = await list_conversations(parts, actor, view="sent", limit=2)
    assert (len(page.items), page.is_partial) == (2, False)
    assert len((await list_conversations(parts, actor, view="sent", limit=2, cursor=page.next)).items) == 1
    others: list[dict[str, Any]] = [{"view": "all"}, {"view": "sent", "sort": "oldest"}]
    for how in others:
        with pytest.raises(Invalid):
            await list_conversations(parts, actor, cursor=page.next, **how)


async def _said(parts: Parts, actor: Actor, echo: ChannelAccount, n: int) -> int:
    await say(parts, echo, "Is the tent back?", sender=f"p{n}", id=f"m{n}")
    return max(one.id for one in (await list_conversations(parts, actor)).items)

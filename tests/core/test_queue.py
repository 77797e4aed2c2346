"""The queue on the road out: what is taken, in which order, by whom, and what a batch writes down."""

import asyncio
from datetime import timedelta

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import get_conversation, get_message, list_conversations
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.dispatches import store_queue
from innboks.core.dispatches.store_queue import Left
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.core.conftest import say


@pytest.fixture
async def row(parts: Parts, actor: Actor) -> ChannelAccount:
    return await connect(parts, actor, "echo", "Echo", None, {"room": "sales", "url": "http://127.0.0.1:9", "api_token": "t"})


async def conversation_of(parts: Parts, actor: Actor, row: ChannelAccount, sender: str) -> int:
    await say(parts, row, "hello", sender=sender, id=f"of-{sender}")
    found = (await list_conversations(parts, actor)).items
    return next(one.id for one in found if one.party_address == sender)


async def reply(parts: Parts, actor: Actor, conversation_id: int, text: str, hold_s: int = 0) -> Message:
    message, _ = await write(parts, actor, conversation_id, NewMessage(type="reply", text=text, hold_s=hold_s))
    return message


async def take(parts: Parts, worker: str = "1", limit: int = 20) -> list[int]:
    async with parts.db.connection() as conn:
        return [one.message_id for one in await store_queue.take(conn, worker, parts.clock.now(), limit)]


async def test_one_of_each_conversation_at_a_time_the_longest_due_first(
    parts: Parts, actor: Actor, row: ChannelAccount, clock: FakeClock
) -> None:
    first, second = [await conversation_of(parts, actor, row, name) for name in ("leo", "mia")]
    written = []
    for text, where in (("a", first), ("b", first), ("c", second), ("d", first)):
        written.append((await reply(parts, actor, where, text)).id)
        clock.advance(1)
    assert await take(parts, limit=1) == [written[0]]
    assert await take(parts) == [written[2]], "those behind the first wait for it"
    assert await take(parts) == []
    async with parts.db.connection() as conn:
        left = [Left(actor.account_id, where, id, [f"x-{id}"], clock.now()) for where, id in ((first, written[0]), (second, written[2]))]
        await store_queue.settle_sent(conn, left)
    assert await take(parts) == [written[1]]
    async with parts.db.connection() as conn:
        await dispatches.settle(
            conn, actor.account_id, written[1], state="queued", reason="Later", next_try_at=clock.now() + timedelta(minutes=1)
        )
    assert await take(parts) == [], "what waits for its next try holds up those behind it"
    clock.advance(60)
    assert await take(parts) == [written[1]]
    async with parts.db.connection() as conn:
        await dispatches.settle(conn, actor.account_id, written[1], state="failed", reason="No")
    assert await take(parts) == [written[3]], "what failed holds up nobody"


async def test_what_can_be_taken_back_waits_and_what_leaves_later_holds_up_nobody(
    parts: Parts, actor: Actor, row: ChannelAccount, clock: FakeClock
) -> None:
    leo = await conversation_of(parts, actor, row, "leo")
    at = clock.now() + timedelta(days=1)
    await write(parts, actor, leo, NewMessage(type="reply", text="tomorrow", send_at=at))
    held = await reply(parts, actor, leo, "held", hold_s=8)
    behind = await reply(parts, actor, leo, "behind")
    assert await take(parts) == []
    clock.advance(8)
    assert await take(parts) == [held.id]
    async with parts.db.connection() as conn:
        await store_queue.settle_sent(conn, [Left(actor.account_id, leo, held.id, [], clock.now())])
    assert await take(parts) == [behind.id]
    clock.advance(step=timedelta(days=2))
    assert await take(parts) == [], "what was to leave at a time is released by hand of the clock, with a new id"


async def test_workers_that_take_at_once_never_take_the_same_nor_two_of_one_conversation(
    parts: Parts, actor: Actor, row: ChannelAccount
) -> None:
    where = {name: await conversation_of(parts, actor, row, name) for name in ("a", "b", "c", "d", "e", "f")}
    lanes = {(await reply(parts, actor, id, f"{name}{nth}")).id: name for nth in range(10) for name, id in where.items()}
    taken: list[int] = []
    for _ in range(10):
        batches = await asyncio.gather(*(take(parts, str(worker), limit=5) for worker in range(4)))
        found = [id for batch in batches for id in batch]
        # One may have stood still while another one looked past its rows: they are there at the next look.
        found += await take(parts)
        assert sorted(lanes[id] for id in found) == sorted(where), "each conversation once"
        async with parts.db.connection() as conn:
            await store_queue.settle_sent(conn, [Left(actor.account_id, where[lanes[id]], id, [], parts.clock.now()) for id in found])
        taken += found
    assert sorted(taken) == sorted(lanes)
    assert [id for id in taken if lanes[id] == "c"] == sorted(id for id in lanes if lanes[id] == "c"), "in order"


async def test_a_batch_is_written_down_each_as_it_ended(parts: Parts, actor: Actor, row: ChannelAccount) -> None:
    places = [await conversation_of(parts, actor, row, name) for name in ("a", "b", "c")]
    sent, bounced, read = [await reply(parts, actor, where, "Hi") for where in places]
    now = parts.clock.now()
    assert len(await take(parts)) == 3
    async with parts.db.connection() as conn:
        # What a bounce and a receipt said before the provider had answered us.
        await dispatches.settle_recipients(conn, actor.account_id, bounced.id, state="failed", reason="No such room")
        await dispatches.settle(conn, actor.account_id, read.id, state="read")
        left = [
            Left(actor.account_id, where, one.id, [f"x-{one.id}", "also", f"x-{one.id}"], now)
            for where, one in zip(places, (sent, bounced, read), strict=True)
        ]
        await store_queue.settle_sent(conn, left)
    found = [await get_message(parts, actor, one.id) for one in (sent, bounced, read)]
    assert [one.state for one in found] == ["sent", "failed", "read"]
    assert [one.external_id for one in found] == [f"x-{one.id}" for one in (sent, bounced, read)]
    assert [one.sent_at for one in found] == [now] * 3
    assert [(await get_conversation(parts, actor, where)).failed_count for where in places] == [0, 1, 0]
    async with parts.db.connection() as conn:
        for one in (sent, read):
            by_name = await dispatches.find_sent(conn, actor.account_id, [f"x-{one.id}"])
            assert by_name is not None
            assert by_name.message_id == one.id


async def test_what_a_dead_worker_was_sending_is_taken_over_once(parts: Parts, actor: Actor, row: ChannelAccount) -> None:
    places = [await conversation_of(parts, actor, row, name) for name in ("a", "b", "c")]
    written = [(await reply(parts, actor, where, "Hi")).id for where in places]
    async with parts.db.connection() as conn:
        workers = []
        for age in ("0 seconds", "0 seconds", "1 minute"):
            cursor = await conn.execute(
                "insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval) returning id::text", (age,)
            )
            workers += [one[0] for one in await cursor.fetchall()]
    alive, other, dead = workers
    for worker in (alive, dead, "0"):  # the last one is not even known any more
        assert len(await take(parts, worker, limit=1)) == 1

    async def take_over(worker: str) -> list[tuple[int, int]]:
        async with parts.db.connection() as conn:
            return await store_queue.take_over(conn, worker, 20, 20)

    first, second = await asyncio.gather(take_over(alive), take_over(other))
    assert sorted(first + second) == [(actor.account_id, id) for id in written[1:]]
    assert await take_over(alive) == await take_over(other) == []
    async with parts.db.connection() as conn:
        mine = await store_queue.held_by(conn, alive)
    assert set(mine) == {(actor.account_id, written[0]), *first}

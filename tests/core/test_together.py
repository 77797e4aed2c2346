"""What arrives at the same moment goes in one transaction, and whatever is wrong with one of it is wrong with that one only."""

import asyncio

from innboks.core.access import Actor
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts.store import hold_addresses
from innboks.core.conversations.read import list_conversations
from innboks.core.deliveries.together import AT_ONCE, MANY
from innboks.core.parts import Parts
from innboks.core.tickets.defaults import Wish, set_defaults
from innboks.sdk.contract import Delivered
from tests.core.conftest import say
from tests.waiting import somebody_waits

SENDERS = [f"person{n}" for n in range(20)]


async def test_many_at_once_share_transactions_and_one_comes_alone(parts: Parts, echo: ChannelAccount) -> None:
    await say(parts, echo, "alone", id="m0")
    told = await asyncio.gather(*(say(parts, echo, f"from {one}", id=f"m-{one}", sender=one) for one in SENDERS))
    assert {one.fate for one in told} == {"handled"}
    assert len({one.delivery_id for one in told}) == len({one.message_ids[0] for one in told}) == len(SENDERS)
    async with parts.db.connection() as conn:
        rows = await (await conn.execute("select xmin::text, count(*) from message group by 1 order by 2")).fetchall()
    assert rows[0][1] == 1
    assert sum(row[1] for row in rows) == 1 + len(SENDERS)
    assert len(rows) <= 1 + AT_ONCE + (len(SENDERS) + MANY - 1) // MANY


async def test_the_same_bytes_twice_in_a_group_are_one_message(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    told = await asyncio.gather(*(say(parts, echo, "hello") for _ in range(10)))
    assert sorted(one.fate for one in told) == ["duplicate"] * 9 + ["handled"]
    assert len({one.delivery_id for one in told}) == 1
    (conversation,) = (await list_conversations(parts, actor)).items
    assert conversation.message_count == 1


async def test_one_that_the_database_refuses_is_kept_alone_and_the_others_arrive(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """A constraint stands for whatever may be wrong with one message and is not seen before the database looks at it."""
    async with parts.db.connection() as conn:
        await conn.execute("alter table message add constraint no_melons check (text not like '%melon%')")
    told = await asyncio.gather(
        *(say(parts, echo, "a melon" if one == "person7" else "a plum", id=f"m-{one}", sender=one) for one in SENDERS)
    )
    fates = dict(zip(SENDERS, (one.fate for one in told), strict=True))
    assert fates.pop("person7") == "quarantined"
    assert set(fates.values()) == {"handled"}
    async with parts.db.connection() as conn:
        kept = await (await conn.execute("select id, fate from delivery where fate <> 'handled'")).fetchall()
    assert kept == [(told[7].delivery_id, "kept")]
    assert sorted(one.party_address for one in (await list_conversations(parts, actor)).items) == sorted(fates)


async def test_who_has_to_wait_for_a_lock_keeps_nobody_waiting(parts: Parts, echo: ChannelAccount) -> None:
    async with parts.db.transaction() as conn:
        await hold_addresses(conn, echo.account_id, ["leo"])
        waiting = [asyncio.ensure_future(say(parts, echo, f"number {n}", id=f"m{n}")) for n in range(4)]
        others = await asyncio.gather(*(say(parts, echo, "hello", id=f"m-{one}", sender=one) for one in SENDERS))
        assert {one.fate for one in others} == {"handled"}
        await somebody_waits(parts, len(waiting))
        assert not any(one.done() for one in waiting)
    assert {one.fate for one in await asyncio.gather(*waiting)} == {"handled"}


async def test_who_hangs_up_while_a_group_is_under_way_takes_nothing_from_the_others(parts: Parts, echo: ChannelAccount) -> None:
    asked = {one: asyncio.ensure_future(say(parts, echo, "hello", id=f"m-{one}", sender=one)) for one in SENDERS}
    asked["person3"].cancel()
    told = await asyncio.gather(*asked.values(), return_exceptions=True)
    assert [one.fate for one in told if isinstance(one, Delivered)] == ["handled"] * (len(SENDERS) - 1)


async def test_what_begins_a_conversation_in_a_group_gets_its_ticket(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await set_defaults(parts, actor, echo.id, Wish(is_on=True))
    parts.directory.forget_all()
    await asyncio.gather(*(say(parts, echo, f"number {n}", id=f"m-{one}{n}", sender=one) for one in SENDERS for n in range(2)))
    async with parts.db.connection() as conn:
        made = await (await conn.execute("select count(*), count(distinct source_conversation_id) from ticket")).fetchone()
    assert made == (len(SENDERS), len(SENDERS))

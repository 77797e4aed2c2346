"""What waits in quarantine: known again by sender and subject, set aside by a person and put back, also when its channel was disconnected."""

import asyncio

import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect, disconnect
from innboks.core.channel_accounts.ledger import ledger
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.receive import receive
from innboks.core.deliveries.glimpse import glimpses
from innboks.core.deliveries.models import Delivery, Fate
from innboks.core.deliveries.replay import list_deliveries, raw_of, readable_delivery, replay, retry_delivery, set_aside
from innboks.core.parts import Parts
from innboks.core.radar.look import radar
from innboks.errors import Conflict, Forbidden, NotFound
from innboks.sdk.contract import Inbound
from tests.core.conftest import say, signed
from tests.waiting import somebody_waits

TORN = b"{not json"


@pytest.fixture
async def torn(parts: Parts, actor: Actor, echo: ChannelAccount) -> Delivery:
    """Something that nobody can read, in quarantine."""
    await receive(parts, echo.account_id, echo.id, signed(TORN))
    (found,) = await waiting(parts, actor)
    return found


async def waiting(parts: Parts, actor: Actor, fate: Fate | None = None) -> list[Delivery]:
    return (await list_deliveries(parts, actor, fate, None, 50)).items


async def stuck(parts: Parts, actor: Actor) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in await radar(parts, actor)]


async def events_of(parts: Parts, delivery_id: int) -> list[tuple[str, int]]:
    """(fate, who), in order."""
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            "select data ->> 'fate', (data ->> 'by_user_id')::bigint from event where type = 'delivery.changed' "
            "and (data ->> 'delivery_id')::bigint = %s order by id",
            (delivery_id,),
        )
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def test_set_aside_it_needs_nobody_and_put_back_it_waits_again(
    parts: Parts, actor: Actor, echo: ChannelAccount, torn: Delivery
) -> None:
    assert await stuck(parts, actor) == [("quarantined", "Echo")]
    for _ in range(2):  # twice is once
        aside = await set_aside(parts, actor, torn.id, is_set_aside=True)
        assert (aside.fate, aside.reason, aside.code) == ("set_aside", torn.reason, torn.code)
    assert (await waiting(parts, actor), await stuck(parts, actor)) == ([], [])
    assert [one.id for one in await waiting(parts, actor, "set_aside")] == [torn.id]
    assert (await raw_of(parts, actor, torn.id))[2] == TORN
    books = await ledger(parts, actor, echo.id)
    assert (books.stored, books.quarantined, books.gap) == (0, 1, None), "it is still in the books"
    with pytest.raises(Conflict, match="Put it back"):
        await replay(parts, actor, torn.id)

    for _ in range(2):
        assert (await set_aside(parts, actor, torn.id, is_set_aside=False)).fate == "quarantined"
    assert await stuck(parts, actor) == [("quarantined", "Echo")]
    assert await events_of(parts, torn.id) == [("set_aside", actor.user_id), ("quarantined", actor.user_id)]


async def test_the_same_bytes_again_stay_set_aside(parts: Parts, actor: Actor, echo: ChannelAccount, torn: Delivery) -> None:
    await set_aside(parts, actor, torn.id, is_set_aside=True)
    await receive(parts, echo.account_id, echo.id, signed(TORN))
    after = await readable_delivery(parts, actor, torn.id)
    assert (after.fate, after.seen_count) == ("set_aside", 2)


async def test_where_it_lies_now_is_told_by_who_brings_it_again(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """A mail that waits, fetched from the folder that somebody moved it to. What is sent again to us lies nowhere else: there the first word counts."""

    async def brought(source: str | None, folder: str) -> dict[str, str]:
        told = signed(TORN)
        await receive(
            parts, echo.account_id, echo.id, msgspec.structs.replace(told, external_id=source, headers={**told.headers, "folder": folder})
        )
        (one,) = await waiting(parts, actor, fate)
        return {name: text for name, text in one.envelope["headers"].items() if name == "folder"}

    fate: Fate = "quarantined"
    assert await brought("INBOX/1/5", "INBOX") == {"folder": "INBOX"}
    assert await brought("Projects/1/1", "Projects") == {"folder": "Projects"}
    assert await brought(None, "sent again") == {"folder": "Projects"}
    (found,) = await waiting(parts, actor)
    await set_aside(parts, actor, found.id, is_set_aside=True)
    fate = "set_aside"
    assert await brought("Projects/2/1", "Projects, with other numbers") == {"folder": "Projects, with other numbers"}


async def test_a_try_that_was_under_way_does_not_bring_it_back(parts: Parts, actor: Actor, torn: Delivery) -> None:
    async with parts.db.transaction() as conn:
        await conn.execute("update delivery set fate = 'kept' where id = %s", (torn.id,))
    async with parts.db.transaction() as conn:  # the try waits for the row; meanwhile it is set aside
        await conn.execute("select 1 from delivery where id = %s for update", (torn.id,))
        trying = asyncio.create_task(retry_delivery(parts, torn.account_id, torn.id))
        await somebody_waits(parts)
        await conn.execute("update delivery set fate = 'set_aside' where id = %s", (torn.id,))
    await trying
    assert (await readable_delivery(parts, actor, torn.id)).fate == "set_aside"


async def test_of_a_channel_that_was_disconnected(parts: Parts, actor: Actor, echo: ChannelAccount, torn: Delivery) -> None:
    await disconnect(parts, actor, echo.id)
    (shown,) = await waiting(parts, actor)
    assert (shown.channel_name, await stuck(parts, actor)) == ("Echo", [("quarantined", "Echo")])
    await set_aside(parts, actor, torn.id, is_set_aside=True)
    assert await stuck(parts, actor) == []


async def test_only_what_waits_and_only_who_may_act(parts: Parts, actor: Actor, echo: ChannelAccount, torn: Delivery) -> None:
    handled = (await say(parts, echo, "Hello")).delivery_id
    assert handled is not None
    with pytest.raises(Conflict):
        await set_aside(parts, actor, handled, is_set_aside=True)
    reader = msgspec.structs.replace(actor, writable=frozenset())
    with pytest.raises(Forbidden):
        await set_aside(parts, reader, torn.id, is_set_aside=True)
    stranger = msgspec.structs.replace(actor, readable=frozenset(), writable=frozenset())
    with pytest.raises(NotFound):
        await set_aside(parts, stranger, torn.id, is_set_aside=True)
    assert [one.id for one in await waiting(parts, actor)] == [torn.id]


async def test_a_mail_is_known_by_its_sender_and_subject(parts: Parts, actor: Actor, torn: Delivery) -> None:
    row = await connect(parts, actor, "email", "Team", None, {"method": "forwarding", "address": "team@tindra.example"})
    large = b"To: team@tindra.example\r\nSubject: =?utf-8?q?Bl=C3=A5b=C3=A6r?=\r\n\r\n" + b"x" * 200_000
    bare = b"\x00\xff\r\n\r\nnothing of it is a mail"
    for body in (large, bare):
        await receive(parts, row.account_id, row.id, Inbound(body=body))
    found = await waiting(parts, actor)
    told = {one.id: (glimpse.sender, glimpse.subject) for one, glimpse in zip(found, await glimpses(parts, found), strict=True)}
    assert sorted(told.values()) == [("", ""), ("", ""), ("", "Blåbær")]
    assert told[torn.id] == ("", ""), "a channel that can tell nothing"


async def test_it_is_saved_whole_under_a_name_that_says_what_it_is(parts: Parts, actor: Actor, torn: Delivery) -> None:
    row = await connect(parts, actor, "email", "Team", None, {"method": "forwarding", "address": "team@tindra.example"})
    large = b"To: team@tindra.example\r\nSubject: Long\r\n\r\n" + b"x" * 300_000
    await receive(parts, row.account_id, row.id, Inbound(body=large))
    (mail,) = [one for one in await waiting(parts, actor) if one.id != torn.id]
    assert await raw_of(parts, actor, mail.id) == (f"delivery-{mail.id}.eml", "message/rfc822", large)
    stranger = msgspec.structs.replace(actor, readable=frozenset(), writable=frozenset())
    with pytest.raises(NotFound):
        await raw_of(parts, stranger, mail.id)
    async with parts.db.transaction() as conn:  # its file was taken from the disk
        await conn.execute("update delivery set body_file = %s where id = %s", ("f" * 64, mail.id))
    with pytest.raises(NotFound, match="backup"):
        await raw_of(parts, actor, mail.id)

"""The books of a connection that has no server to fetch from."""

from datetime import date

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.ledger import ledger, request_backfill
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.parts import Parts
from innboks.errors import Invalid
from tests.core.conftest import say, signed


async def test_what_came_is_counted_by_its_fate(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    from innboks.core.conversations.receive import receive

    await say(parts, echo, "one", id="m1")
    await say(parts, echo, "one, again with the same id", id="m1")
    await receive(parts, echo.account_id, echo.id, signed(b"{not json"))
    await receive(parts, echo.account_id, echo.id, signed({"type": "ping"}))
    books = await ledger(parts, actor, echo.id)
    assert (books.stored, books.duplicates, books.quarantined, books.ignored, books.gap) == (1, 1, 1, 1, None)


async def test_nothing_is_fetched_where_everything_is_brought(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    forwarding = await connect(parts, actor, "email", "Team", None, {"method": "forwarding", "address": "team@tindra.example"})
    for row in (echo, forwarding):
        with pytest.raises(Invalid) as refused:
            await request_backfill(parts, actor, row.id, date(2026, 1, 1))
        assert refused.value.code == "no_backfill"

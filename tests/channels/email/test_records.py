"""SPF, DKIM and DMARC looked for every hour, kept with the connection, and told when what was in place is gone: with a real DNS server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Endpoint, Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import change_channel_account, connect, get_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.records import look_at_records
from innboks.core.channel_accounts.try_out import check_records
from innboks.core.parts import Parts
from innboks.core.radar import store
from innboks.core.radar.alarm import look_for_alarms
from innboks.core.radar.look import radar
from innboks.lib.clock import FakeClock
from tests.channels.email.dns_server import DnsServer, dns_server
from tests.channels.email.scripted_smtp import scripted
from tests.waiting import somebody_waits, until

DMARC = ("_dmarc.team.example", "TXT")
IN_PLACE = ["v=DMARC1; p=none"]


class Mailbox:
    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount, dns: DnsServer, clock: FakeClock) -> None:
        self.parts, self.actor, self.row, self.dns, self.clock = parts, actor, row, dns, clock

    async def states(self) -> dict[str, str]:
        row = await get_channel_account(self.parts, self.actor, self.row.id)
        return {one.name: one.state for one in row.published}

    async def in_question(self) -> list[int]:
        async with self.parts.db.connection() as conn:
            return await store.accounts_in_question(conn, self.clock.now())

    async def an_hour_later(self) -> None:
        self.clock.advance(step=timedelta(minutes=61))
        await look_at_records(self.parts)


@pytest.fixture
async def mailbox(settings: Settings, dsn: str, clock: FakeClock) -> AsyncIterator[Mailbox]:
    async with scripted() as smtp, dns_server({DMARC: IN_PLACE}) as dns:
        host, port = dns.address.split(":")
        wide = msgspec.structs.replace(settings, dns=Endpoint(host, int(port)))
        async with build_parts(wide, dsn, "worker", clock=clock) as parts:
            await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
            actor = await first_admin(parts)
            assert actor is not None
            config = {"address": "team@team.example", "company_name": "Team", "smtp_host": "127.0.0.1", "smtp_port": smtp.port}
            row = await connect(parts, actor, "email", "Team", None, config)
            yield Mailbox(parts, actor, row, dns, clock)


async def test_every_connection_is_looked_at_once_an_hour(mailbox: Mailbox) -> None:
    assert await mailbox.states() == {}
    await look_at_records(mailbox.parts)
    found = await mailbox.states()
    assert (found["SPF"], found["DMARC"]) == ("missing", "ok")
    asked = len(mailbox.dns.asked)
    await look_at_records(mailbox.parts)
    assert len(mailbox.dns.asked) == asked, "not again within the hour"
    del mailbox.dns.records[DMARC]
    await mailbox.an_hour_later()
    assert (await mailbox.states())["DMARC"] == "missing"
    await change_channel_account(mailbox.parts, mailbox.actor, mailbox.row.id, is_active=False)
    asked = len(mailbox.dns.asked)
    await mailbox.an_hour_later()
    assert len(mailbox.dns.asked) == asked, "what is paused needs nothing"
    await change_channel_account(mailbox.parts, mailbox.actor, mailbox.row.id, is_active=True)
    async with mailbox.parts.db.transaction() as conn:
        await conn.execute("update channel_account set is_demo = true")
    asked = len(mailbox.dns.asked)
    await mailbox.an_hour_later()
    assert len(mailbox.dns.asked) == asked, "nobody can have the domain of demo data"


async def test_what_was_in_place_and_is_gone_is_told_and_what_never_was_is_not(mailbox: Mailbox) -> None:
    await look_at_records(mailbox.parts)
    assert await radar(mailbox.parts, mailbox.actor) == [], "SPF never was there"
    assert await mailbox.in_question() == [], "nor does it take a closer look to know that"
    del mailbox.dns.records[DMARC]
    await mailbox.an_hour_later()
    assert await mailbox.in_question() == [mailbox.actor.account_id]
    (trouble,) = await radar(mailbox.parts, mailbox.actor)
    assert (trouble.kind, trouble.channel_account_id, trouble.since) == ("records", mailbox.row.id, mailbox.clock.now())
    assert "DMARC" in trouble.detail
    await look_for_alarms(mailbox.parts)
    async with mailbox.parts.db.connection() as conn:
        cursor = await conn.execute("select key from alarm")
        assert await cursor.fetchall() == [(f"records:{mailbox.row.id}",)], "administrators are told of it when it lasts"
    mailbox.dns.records[DMARC] = IN_PLACE
    await mailbox.an_hour_later()
    assert await radar(mailbox.parts, mailbox.actor) == []


async def test_where_the_dns_does_not_answer_what_was_known_still_holds(mailbox: Mailbox) -> None:
    await look_at_records(mailbox.parts)
    before = await mailbox.states()
    mailbox.dns.is_away = True
    await mailbox.an_hour_later()
    assert await mailbox.states() == before
    assert await radar(mailbox.parts, mailbox.actor) == []


async def test_what_somebody_looks_up_by_hand_is_kept_too(mailbox: Mailbox) -> None:
    found = await check_records(mailbox.parts, mailbox.actor, mailbox.row.id)
    assert await mailbox.states() == {one.name: one.state for one in found}


async def test_what_another_address_has_published_is_not_that_of_the_new_one(mailbox: Mailbox) -> None:
    await look_at_records(mailbox.parts)
    assert (await mailbox.states())["DMARC"] == "ok"
    await change_channel_account(mailbox.parts, mailbox.actor, mailbox.row.id, config={"company_name": "Team Two"})
    assert (await mailbox.states())["DMARC"] == "ok", "it is the same address"
    await change_channel_account(mailbox.parts, mailbox.actor, mailbox.row.id, config={"address": "team@other.example"})
    assert await mailbox.states() == {}
    await look_at_records(mailbox.parts)
    assert (await mailbox.states())["DMARC"] == "missing", "it does not wait for the hour to be over"
    assert await radar(mailbox.parts, mailbox.actor) == [], "it never was there"


async def test_what_is_changed_while_it_is_looked_at_is_looked_at_again(mailbox: Mailbox) -> None:
    async with mailbox.parts.db.transaction() as conn:
        await conn.execute("select 1 from channel_account where id = %s for update", (mailbox.row.id,))
        looking = asyncio.create_task(look_at_records(mailbox.parts))
        await somebody_waits(mailbox.parts)
        await conn.execute(
            "update channel_account set address = 'team@other.example', config_sealed = config_sealed || '0' where id = %s",
            (mailbox.row.id,),
        )
    await looking
    row = await get_channel_account(mailbox.parts, mailbox.actor, mailbox.row.id)
    assert (row.records, row.records_at) == (None, None)


async def test_one_that_takes_long_keeps_no_other_waiting(mailbox: Mailbox) -> None:
    config = {"method": "forwarding", "address": "second@team.example", "company_name": "Second"}
    second = await connect(mailbox.parts, mailbox.actor, "email", "Second", None, config)

    async def is_looked_at() -> bool:
        return (await get_channel_account(mailbox.parts, mailbox.actor, second.id)).records is not None

    async with mailbox.parts.db.transaction() as conn:
        await conn.execute("select 1 from channel_account where id = %s for update", (mailbox.row.id,))
        looking = asyncio.create_task(look_at_records(mailbox.parts))
        await until(is_looked_at, what="looking at the other one")
    await looking
    assert (await mailbox.states())["DMARC"] == "ok"

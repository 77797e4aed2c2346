"""Whose is an address that mail comes to, and what is known of a connection in each process."""

import asyncio

import pytest

from innboks.app import build_parts
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_by_email
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts import directory
from innboks.core.channel_accounts.changes import hear_changes
from innboks.core.channel_accounts.connect import change_channel_account, connect, disconnect
from innboks.core.channel_accounts.fallback import fallback_of
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.inboxes.inboxes import create_inbox, update_inbox
from innboks.core.parts import Parts
from innboks.core.tickets.defaults import Wish, set_defaults
from tests.waiting import until


async def team(parts: Parts, actor: Actor, address: str) -> ChannelAccount:
    return await connect(parts, actor, "email", "Team", None, {"method": "forwarding", "address": address})


async def test_hosted_and_own_addresses_in_any_case(parts: Parts, actor: Actor) -> None:
    row = await team(parts, actor, "Team@Tindra.example")
    assert row.hosted_address
    local, _, domain = row.hosted_address.partition("@")
    for address in (row.hosted_address, f"{local.upper()}+token@{domain.upper()}", "TEAM@tindra.example", "team+sale@tindra.example"):
        assert await parts.directory.resolve(parts, address) == (row.account_id, row.id), address
    for address in ("nobody@tindra.example", "team@elsewhere.example", "", "team", "@tindra.example"):
        assert await parts.directory.resolve(parts, address) is None, address
    await disconnect(parts, actor, row.id)
    assert await parts.directory.resolve(parts, "team@tindra.example") is None


async def test_an_own_address_that_two_accounts_claim_is_nobodys(parts: Parts, actor: Actor) -> None:
    first = await team(parts, actor, "team@tindra.example")
    await create_account(parts, "Other", "Bo Example", "bo@other.example", "a long enough password")
    other = await actor_by_email(parts, "bo@other.example")
    assert other is not None
    second = await team(parts, other, "team@tindra.example")
    assert await parts.directory.resolve(parts, "team@tindra.example") is None
    for row in (first, second):
        assert await parts.directory.resolve(parts, row.hosted_address or "") == (row.account_id, row.id)
    await change_channel_account(parts, actor, first.id, is_active=False)
    assert await parts.directory.resolve(parts, "team@tindra.example") == (second.account_id, second.id), "the other has paused it"


async def test_a_change_is_known_at_once_to_the_other_processes(
    parts: Parts, actor: Actor, settings: Settings, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would find it out by themselves after KEEP_S, which is an hour here."""
    row = await team(parts, actor, "team@tindra.example")
    inbox = await create_inbox(parts, actor, "Sales")
    given_out = (await fallback_of(parts, actor, inbox.id)).hosted_address or ""
    async with build_parts(settings, dsn, "worker") as other:
        connected = asyncio.Event()
        listening = asyncio.create_task(other.wake.listen(lambda _: None, lambda *_: None, connected.set))
        await asyncio.wait_for(connected.wait(), 20)
        hearing = asyncio.create_task(hear_changes(other))
        try:
            monkeypatch.setattr(directory, "KEEP_S", 3600.0)

            async def name_there() -> str:
                return str((await other.directory.find(other, row.account_id, row.id)).context.config.company_name)

            async def is_renamed() -> bool:
                return await name_there() == "Tindra"

            assert await name_there() == ""
            await change_channel_account(parts, actor, row.id, config={"company_name": "Tindra"})
            await until(is_renamed)

            async def makes_tickets() -> bool:
                return (await other.directory.find(other, row.account_id, row.id)).row.is_ticketing

            assert not await makes_tickets()
            await set_defaults(parts, actor, row.id, Wish(is_on=True))
            await until(makes_tickets)

            async def nobody_has(address: str) -> bool:
                return await other.directory.resolve(other, address) is None

            assert not await nobody_has("team@tindra.example")
            await disconnect(parts, actor, row.id)
            await until(lambda: nobody_has("team@tindra.example"))
            assert not await nobody_has(given_out)
            await update_inbox(parts, actor, inbox.id, is_archived=True)
            await until(lambda: nobody_has(given_out))
        finally:
            for task in (hearing, listening):
                task.cancel()
            await asyncio.gather(hearing, listening, return_exceptions=True)

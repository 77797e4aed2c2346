"""Whose is an address that mail comes to?"""

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_by_email
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts.connect import change_channel_account, connect, disconnect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.parts import Parts


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

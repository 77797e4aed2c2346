"""A mailbox at a big provider through the whole product: connected, watched, on the road in, in the ledger, answered; and when leave is withdrawn."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from typing import Any

import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts import grants
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.connect import change_channel_account, connect, disconnect, get_channel_account
from innboks.core.channel_accounts.ledger import ledger
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.news import tell_watcher
from innboks.core.channel_accounts.preview import from_addresses
from innboks.core.channel_accounts.rhythm import figures_of
from innboks.core.channel_accounts.try_out import list_tests, send_test, start_test
from innboks.core.channel_accounts.watch import watch_all
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import get_message, list_conversations, list_messages
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.deliveries.glimpse import glimpses
from innboks.core.deliveries.replay import list_deliveries, replay
from innboks.core.parts import Parts
from innboks.core.radar.alarm import look_for_alarms
from innboks.errors import Conflict, Invalid
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Grant
from innboks.sdk.oauth import Authorised, Provider
from tests.channels.email.cloud import CLIENTS, TEAM, Providers, mail
from tests.channels.email.scripted_smtp import ScriptedServer, scripted
from tests.channels.email.test_cloud_mailbox import METHODS
from tests.waiting import until


class Team:
    """An account with one mailbox at a provider."""

    def __init__(self, parts: Parts, actor: Actor, providers: Providers, method: str) -> None:
        self.parts, self.actor, self.method = parts, actor, method
        self.provider = providers.desk.providers["google" if method == "gmail" else "microsoft"]
        self.box = self.provider.box(TEAM)

    async def connects(self, **config: Any) -> ChannelAccount:
        given = {"method": self.method, "address": TEAM, "refresh_token": self.provider.oauth.issue(TEAM)}
        return await connect(self.parts, self.actor, "email", "Team", None, {**given, **config})

    def looks(self) -> int:
        """How often it was asked what is new."""
        return sum("history" in one.path or "delta" in one.path for one in self.provider.requests)

    async def subjects(self) -> list[str]:
        page = await list_conversations(self.parts, self.actor)
        return sorted(str(one.subject) for one in page.items)

    async def health(self, id: int) -> str:
        return str((await get_channel_account(self.parts, self.actor, id)).health["state"])

    async def answer(self, text: str = "On its way.") -> int:
        (conversation,) = (await list_conversations(self.parts, self.actor)).items
        message, _ = await write(self.parts, self.actor, conversation.id, NewMessage(type="reply", text=text))
        return message.id

    async def state(self, message_id: int) -> str:
        return str((await get_message(self.parts, self.actor, message_id)).state)


@pytest.fixture
def wide(settings: Settings, providers: Providers) -> Settings:
    return msgspec.structs.replace(settings, provider_urls=providers.urls, provider_clients=CLIENTS)


@pytest.fixture(params=METHODS)
async def team(wide: Settings, dsn: str, providers: Providers, request: pytest.FixtureRequest) -> AsyncIterator[Team]:
    async with build_parts(wide, dsn, "worker") as parts:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        yield Team(parts, actor, providers, request.param)


async def test_from_the_mailbox_to_the_list_and_the_answer_to_sent(team: Team, watching: None) -> None:
    row = await team.connects()
    await team.box.put(mail("Where is it", Message_ID="<first@customer.example>"))

    async def is_there() -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)  # as a push of the provider does
        return await team.subjects() == ["Where is it"]

    await until(is_there)
    id = await team.answer()
    await send(team.parts, row.account_id, id, worker="test")
    assert await team.state(id) == "sent"
    (copy,) = [one for one in team.box.mails.values() if one.folder == "sent"]
    assert b"On its way." in copy.raw
    await team.box.put(mail("Re: Where is it", Message_ID="<phone@tindra.example>", In_Reply_To="<first@customer.example>"), "sent")
    await team.box.put(mail("Re: Where is it", Message_ID="<second@customer.example>", In_Reply_To=f"<{copy.message_id}>"))
    (conversation,) = (await list_conversations(team.parts, team.actor)).items

    async def directions() -> list[str]:
        """Of the mails; what the thread says of assignments is no mail."""
        thread = (await list_messages(team.parts, team.actor, conversation.id)).items
        return sorted(one.direction for one in thread if one.direction != "none")

    async def is_in_the_thread() -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)
        return await directions() == ["in", "in", "out", "out"]

    await until(is_in_the_thread)
    told = await ledger(team.parts, team.actor, row.id)
    assert (told.on_server, told.stored, told.quarantined, told.gap) == (3, 3, 0, 0)


async def test_a_test_is_looked_for_every_few_seconds_until_it_is_back(team: Team, watching: None) -> None:
    """Somebody sits in front of it (R-144). The test is asked for in one process and comes back in another."""
    row = await team.connects()
    await until(lambda: team.looks() > 0)
    test = await start_test(team.parts, team.actor, row.id)
    async with build_parts(team.parts.settings, team.parts.db.dsn, "worker") as sender:
        await send_test(sender, row.account_id, test.id)
    begun = team.looks()
    await until(lambda: team.looks() >= begun + 3, seconds=14, what="looking often")

    async def is_back() -> bool:
        return (await list_tests(team.parts, team.actor, row.id))[0].returned_at is not None

    await until(is_back)


async def test_what_comes_to_a_paused_mailbox_stays_there_and_is_fetched_once_when_it_goes_on(team: Team, watching: None) -> None:
    """R-043. Another mailbox tells that what watches them has looked since."""
    row = await team.connects()
    grant = team.provider.oauth.issue("sales@tindra.example")
    config = {"method": team.method, "address": "sales@tindra.example", "refresh_token": grant}
    other = await connect(team.parts, team.actor, "email", "Sales", None, config)
    await change_channel_account(team.parts, team.actor, row.id, is_active=False)

    async def come(*subjects: str) -> bool:
        for one in (row, other):
            await tell_watcher(team.parts, one.account_id, one.id)
        return await team.subjects() == sorted(subjects)

    await team.box.put(mail("While paused", Message_ID="<paused@customer.example>"))
    sales = team.provider.box("sales@tindra.example")
    await sales.put(mail("Meanwhile", Message_ID="<first@customer.example>"))
    await until(lambda: come("Meanwhile"))
    await sales.put(mail("And again", Message_ID="<second@customer.example>"))
    await until(lambda: come("Meanwhile", "And again"))
    await change_channel_account(team.parts, team.actor, row.id, is_active=True)
    await until(lambda: come("Meanwhile", "And again", "While paused"))
    told = await ledger(team.parts, team.actor, row.id)
    assert (told.on_server, told.stored, told.gap) == (1, 1, 0)


@pytest.mark.parametrize("method", METHODS)
async def test_of_a_mail_over_the_limit_the_header_waits_in_quarantine_until_the_limit_is_raised(
    wide: Settings, dsn: str, providers: Providers, method: str
) -> None:
    async with build_parts(msgspec.structs.replace(wide, mail_size=2**20), dsn, "worker") as parts:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        team = Team(parts, actor, providers, method)
        watching = asyncio.create_task(watch_all(parts))
        row = await team.connects()
        await team.box.put(mail("Film", 1_500_000))
        await team.box.put(mail("Small"))

        async def are_there() -> bool:
            await tell_watcher(parts, row.account_id, row.id)
            return len((await list_deliveries(parts, actor, "quarantined", None, 10)).items) == 1 and await team.subjects() == ["Small"]

        await until(are_there)
        (film,) = (await list_deliveries(parts, actor, "quarantined", None, 10)).items
        (seen,) = await glimpses(parts, [film])
        assert (seen.subject, seen.sender, film.code, film.size < 1000) == ("Film", "Leo <leo@customer.example>", "too_large", True)
        assert film.reason.startswith("This mail is 2 MB, over the limit of 1 MB. Open it in the mailbox")
        told = await ledger(parts, actor, row.id)
        assert (told.on_server, told.stored, told.quarantined, told.gap) == (2, 1, 1, 0)
        again = await replay(parts, actor, film.id)
        assert (again.id, again.fate, again.code) == (film.id, "quarantined", "too_large")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    async with build_parts(wide, dsn, "worker") as parts:
        team.parts = parts
        assert (await replay(parts, actor, film.id)).fate == "handled"
        assert await team.subjects() == ["Film", "Small"]
        told = await ledger(parts, actor, row.id)
        assert (told.on_server, told.stored, told.quarantined, told.gap) == (2, 2, 0, 0)


async def test_answers_come_from_an_alias_that_the_provider_offers_and_from_no_other(team: Team, watching: None) -> None:
    """R-141. What is not confirmed at Google is not offered; Microsoft writes the mailbox's own address."""
    alias, row = "team-team@tindra.example", await team.connects()
    for wrong in ("team-new@tindra.example", "chief@bank.example", "nobody"):
        with pytest.raises(Invalid) as refused:
            await change_channel_account(team.parts, team.actor, row.id, config={"from_address": wrong})
        assert refused.value.field == "from_address"
    if team.method != "gmail":
        assert await from_addresses(team.parts, team.actor, row.id) == [TEAM]
        return
    assert await from_addresses(team.parts, team.actor, row.id) == [TEAM, alias]
    await change_channel_account(team.parts, team.actor, row.id, config={"from_address": alias})
    await team.provider.box(TEAM).put(mail("Where is it", Message_ID="<first@customer.example>", Cc=f"{alias}, friend@customer.example"))

    async def is_there() -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)
        return await team.subjects() == ["Where is it"]

    await until(is_there)
    await send(team.parts, row.account_id, await team.answer(), worker="test")
    (copy,) = [one for one in team.box.mails.values() if one.folder == "sent"]
    head = copy.raw.partition(b"\r\n\r\n")[0].decode()
    assert f"<{alias}>" in next(line for line in head.splitlines() if line.startswith("From:"))
    assert "friend@customer.example" in head
    assert head.count(alias) == 1, "it is not written to itself"


async def test_withdrawn_leave_holds_replies_and_signing_in_again_sends_them(team: Team, watching: None) -> None:
    row = await team.connects()
    await team.box.put(mail("Hello"))

    async def is_there() -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)
        return await team.subjects() == ["Hello"]

    await until(is_there)
    id = await team.answer()
    team.provider.oauth.withdraw(TEAM)
    await send(team.parts, row.account_id, id, worker="test")
    now = await get_channel_account(team.parts, team.actor, row.id)
    assert (now.is_authorized, now.health["state"]) == (False, "broken")
    assert "Sign in again" in now.health["sentence"]
    assert await team.state(id) == "queued"
    await change_channel_account(team.parts, team.actor, row.id, config={}, grant=Grant(refresh_token=team.provider.oauth.issue(TEAM)))
    assert await team.health(row.id) == "connected"
    await send(team.parts, row.account_id, id, worker="test")
    assert await team.state(id) == "sent"
    assert len([one for one in team.box.mails.values() if one.folder == "sent"]) == 1


async def test_the_watcher_turns_red_by_itself_and_people_are_told_once(team: Team, watching: None) -> None:
    row = await team.connects()

    async def is_(state: str) -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)
        return await team.health(row.id) == state

    async def is_read() -> bool:
        if not await is_("connected") or await team.subjects() != ["Hello"]:
            return False
        now = await get_channel_account(team.parts, team.actor, row.id)
        return str(now.health["sentence"]).startswith("Connected to ")

    await team.box.put(mail("Hello"))
    await until(is_read)  # the watcher has looked, and says in its own words how the connection is
    before = await _changes(team.parts, row)
    team.provider.oauth.withdraw(TEAM)
    await until(lambda: is_("broken"))
    for _ in range(5):
        await tell_watcher(team.parts, row.account_id, row.id)
    assert await _changes(team.parts, row) == before + 1


@pytest.fixture(params=METHODS)
async def alarmed(
    wide: Settings, dsn: str, providers: Providers, request: pytest.FixtureRequest, clock: FakeClock
) -> AsyncIterator[tuple[Team, ScriptedServer]]:
    """A mailbox at a provider, and another address whose server takes what admins are told."""
    async with build_parts(wide, dsn, "worker", clock=clock) as parts, scripted() as server:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        other = {"address": "sales@tindra.example", "company_name": "Sales", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        await connect(parts, actor, "email", "Sales", None, {**other, "smtp_tls": "none"})
        yield Team(parts, actor, providers, request.param), server


async def test_a_revoked_token_from_the_red_card_to_the_replies_that_leave(alarmed: tuple[Team, ScriptedServer], clock: FakeClock) -> None:
    """The whole of it: red within a minute without anybody asking, replies held, admins told once by another connection, signed in to again, sent."""
    team, server = alarmed
    row = await team.connects()
    await team.box.put(mail("Hello"))
    watching = asyncio.create_task(watch_all(team.parts))

    async def is_there() -> bool:
        await tell_watcher(team.parts, row.account_id, row.id)
        return await team.subjects() == ["Hello"]

    async def is_red() -> bool:
        return await team.health(row.id) == "broken"

    try:
        await until(is_there)
        team.provider.oauth.withdraw(TEAM)
        await until(is_red, seconds=60)
        now = await get_channel_account(team.parts, team.actor, row.id)
        assert (now.is_authorized, "Sign in again" in now.health["sentence"]) == (False, True)

        first, second = await team.answer("One"), await team.answer("Two")
        for id in (first, second):
            await send(team.parts, row.account_id, id, worker="test")
        assert [await team.state(first), await team.state(second)] == ["queued", "queued"]
        assert (await figures_of(team.parts, row.account_id, [row.id]))[row.id].kept_count == 2
        for _ in range(4):
            await look_for_alarms(team.parts)
            clock.advance(61)
        (told,) = server.mails
        alarm = message_from_bytes(told, policy=policy.default)
        assert alarm["To"] == "Ada Example <ada@team.example>"
        assert "Sign in again" in alarm.get_content()

        grant = Grant(refresh_token=team.provider.oauth.issue(TEAM))
        await change_channel_account(team.parts, team.actor, row.id, config={}, grant=grant)
        assert await team.health(row.id) == "connected"
        for id in (first, second):
            await send(team.parts, row.account_id, id, worker="test")
        assert [await team.state(first), await team.state(second)] == ["sent", "sent"]
        sent = [one.raw for one in team.box.mails.values() if one.folder == "sent"]
        assert [sum(text in raw for raw in sent) for text in (b"One", b"Two")] == [1, 1], "each of them once"
        assert (await figures_of(team.parts, row.account_id, [row.id]))[row.id].kept_count == 0
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _changes(parts: Parts, row: ChannelAccount) -> int:
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            "select count(*) from event where account_id = %s and type = 'channel_account.changed'", (row.account_id,)
        )
        found = await cursor.fetchone()
    assert found
    return int(found[0])


async def test_two_workers_renew_once_and_lose_no_rotated_token(team: Team, wide: Settings, dsn: str) -> None:
    """The provider replaces the refresh token at each renewal: whoever used the old one again would end the connection."""
    team.provider.oauth.replaces_refresh_tokens = True
    row = await team.connects()
    async with build_parts(wide, dsn, "worker") as other:
        contexts = [(await parts.directory.find(parts, row.account_id, row.id)).context for parts in (team.parts, other)] * 4
        team.provider.oauth.expire()
        before = team.provider.oauth.renewals
        facts = CLIENTS["google" if team.method == "gmail" else "microsoft"]
        place = Provider(name="P", consent_url="", token_url=_token_url(contexts[0]), client_id=facts.id, client_secret=facts.secret)
        callers = [Authorised(ctx, place) for ctx in contexts]
        await asyncio.gather(*(one._renew() for one in callers))
        assert team.provider.oauth.renewals == before + 1
        assert len({one.grant.access_token for one in callers}) == 1
        team.provider.oauth.expire()
        await asyncio.gather(*(one._renew() for one in callers))
        assert team.provider.oauth.renewals == before + 2
    async with team.parts.db.connection() as conn:
        stored = await channel_accounts.get(conn, row.account_id, row.id)
    assert stored is not None
    assert grants.open_grant(team.parts, stored) == callers[0].grant


def _token_url(ctx: Any) -> str:
    from innboks.channels.email.signing_in import provider_of

    return provider_of(ctx).token_url


async def test_a_grant_is_encrypted_at_rest_and_gone_after_disconnecting(team: Team) -> None:
    row = await team.connects()
    async with team.parts.db.connection() as conn:
        stored = await channel_accounts.get(conn, row.account_id, row.id)
    assert stored is not None
    grant = grants.open_grant(team.parts, stored)
    assert grant is not None
    assert grant.refresh_token.encode() not in bytes(stored.grant_sealed or b"") + bytes(stored.config_sealed)
    await disconnect(team.parts, team.actor, row.id)
    async with team.parts.db.connection() as conn:
        stored = await channel_accounts.get(conn, row.account_id, row.id)
    assert stored is not None
    assert stored.grant_sealed is None


async def test_an_address_is_connected_once_whatever_the_method(team: Team) -> None:
    await team.connects()
    with pytest.raises(Conflict):
        await connect(team.parts, team.actor, "email", "Again", None, {"method": "forwarding", "address": TEAM.title()})
    with pytest.raises(Conflict):
        await team.connects()
    other = await connect(team.parts, team.actor, "email", "Other", None, {"method": "forwarding", "address": "other@tindra.example"})
    with pytest.raises(Conflict):
        await change_channel_account(team.parts, team.actor, other.id, config={"address": TEAM})


async def test_the_form_says_how_to_sign_in(team: Team) -> None:
    with pytest.raises(Invalid) as refused:
        await team.connects(refresh_token="")
    assert refused.value.code == "sign_in"
    with pytest.raises(Invalid) as refused:
        await team.connects(refresh_token="made up")
    assert refused.value.field == "method"

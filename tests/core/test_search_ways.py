"""The ways of a search that keep it fast among millions: what is asked of the index, what of the lists, and that each finds the same."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.inboxes.inboxes import create_inbox
from innboks.core.parts import Parts
from innboks.core.search import find as find_module
from innboks.core.search import store, store_candidates, walk
from innboks.core.search.find import find
from innboks.core.search.index import index_all
from innboks.core.search.query import understand
from innboks.core.search.resolve import resolve
from innboks.core.search.words import mean
from innboks.lib.clock import FakeClock
from tests.core.conftest import say
from tests.core.test_search import names


async def test_what_is_asked_of_conversations_alone_comes_from_the_lists(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*arguments: Any) -> Any:
        raise store.OutOfTime

    for nth in range(5):
        clock.advance(step=timedelta(hours=7))
        await say(parts, echo, f"The tent is number {nth}", sender=f"person{nth}", id=str(nth))
    await index_all(parts, actor.account_id)
    everybody = [f"Person{nth}" for nth in reversed(range(5))]
    monkeypatch.setattr(store, "hits", slow)  # the words' index
    monkeypatch.setattr(walk, "RARE", -1)
    monkeypatch.setattr(walk, "TOGETHER", 2)
    for line in ("is:open", "is:unassigned", "-is:closed", "tent is:open"):
        assert await names(parts, actor, line) == everybody, line
    monkeypatch.setattr(walk, "NEAR", 0)  # nothing was found on the short ways, and the conversations are few
    monkeypatch.setattr(walk, "SHORT", 0)
    assert await names(parts, actor, "tent is:open") == everybody
    real, asked = store_candidates.newest, 0

    async def at_first(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await real(*arguments) if asked < 3 else await slow()

    monkeypatch.setattr(store_candidates, "newest", at_first)
    found = await find(parts, actor, "is:open")
    assert (found.is_partial, [one.conversation.contact_name for one in found.conversations]) == (True, everybody[:3])
    monkeypatch.setattr(store_candidates, "newest", real)
    rest = await find(parts, actor, "is:open", cursor=found.next)
    assert [one.conversation.contact_name for one in rest.conversations] == everybody[3:]


async def test_a_limit_of_time_holds_for_its_block_only(parts: Parts) -> None:
    async with store.searching(parts.db) as conn:
        for pause_s in (0, 1):
            try:
                async with store.within(conn, 0.2):
                    await conn.execute("select pg_sleep(%s)", (pause_s,))
            except store.OutOfTime:
                assert pause_s == 1
            row = await (await conn.execute("show statement_timeout")).fetchone()
            assert row == ("0",)


async def test_each_word_is_a_condition_of_its_own(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """The rarest first, and the words of a phrase before the phrase: so the index leaps, and few entries are read to see where words stand."""
    for nth in range(3):
        await say(parts, echo, "The tent" + " is broken" * (nth < 2) + " again" * (nth < 1), id=str(nth))
    await index_all(parts, actor.account_id)
    query = understand('tent -zipper "broken again" ORD-17 ')
    async with store.searching(parts.db) as conn:
        wanted = await mean(conn, actor.account_id, query.groups)
        assert wanted.keys == [
            *("'ord'", "'17'", "(('ord'<->'17'))"),
            *("'again'", "'broken'", "(('broken'<->'again'))"),
            "(('tent'))",
            "(!('zipper'))",
        ]
        assert wanted.entries == 0  # nobody wrote “ord”
        lone = await resolve(parts, actor, conn, query, ZoneInfo("UTC"))
    assert (lone.account_mark, lone.inbox_mark) == (None, None)  # they would hold for every entry
    await create_account(parts, "Elsewhere", "Eve Other", "eve@elsewhere.example", "a long enough password")
    await create_inbox(parts, actor, "Board", "members", [])
    async with store.searching(parts.db) as conn:
        beside = await resolve(parts, actor, conn, query, ZoneInfo("UTC"))
    assert (beside.account_mark, beside.inbox_mark) == (f"'~a{actor.account_id}'", f"'~i{echo.inbox_id}'")


async def test_contacts_with_a_common_name_are_looked_for_among_the_newest(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_module, "RARE", -1)
    monkeypatch.setattr(store, "CONTACTS_WALKED_MAX", 3)
    for nth, sender in enumerate(("kari", "leo", "kari example", "ola", "kari other")):
        await say(parts, echo, "Hello", sender=sender, id=str(nth))
    await index_all(parts, actor.account_id)
    first = await find(parts, actor, "kari", kind="contacts", limit=1)
    rest = await find(parts, actor, "kari", kind="contacts", limit=5, cursor=first.next)
    assert [one.name for one in [*first.contacts, *rest.contacts]] == ["Kari Other", "Kari Example", "Kari"]


async def test_common_words_are_walked_by_time(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "RARE", -1)  # everything counts as common
    for nth in range(12):
        clock.advance(step=timedelta(days=nth * nth * 3))
        await say(parts, echo, f"The tent is number {nth}", sender=f"person{nth}", id=str(nth))
    await index_all(parts, actor.account_id)
    everybody = [f"Person{nth}" for nth in reversed(range(12))]
    assert await names(parts, actor, "tent ", limit=50) == everybody
    assert await names(parts, actor, "tent is:open", limit=50) == everybody
    first = await find(parts, actor, "tent ", limit=5)
    second = await find(parts, actor, "tent ", limit=50, cursor=first.next)
    assert [one.conversation.contact_name for one in [*first.conversations, *second.conversations]] == everybody
    middle = (clock.now() - timedelta(days=3 * 121 + 1)).date()
    newer = await names(parts, actor, f"tent after:{middle}", limit=50)
    assert newer + await names(parts, actor, f"tent before:{middle}", limit=50) == everybody


async def test_when_time_runs_out_it_is_said_and_the_next_page_goes_on(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(parts, echo, "The tent is here")
    await index_all(parts, actor.account_id)
    real = store.hits

    async def slow(*arguments: Any) -> Any:
        raise store.OutOfTime

    monkeypatch.setattr(store, "hits", slow)
    found = await find(parts, actor, "tent ")
    assert found.is_partial
    assert found.searched_back_to is not None
    assert found.next is not None
    monkeypatch.setattr(store, "hits", real)
    assert len((await find(parts, actor, "tent ", cursor=found.next)).conversations) == 1

"""The ways of a search that keep it fast among millions: what is asked of the index, what of the lists, and that each finds the same."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from innboks.core.access import Actor
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations import change
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.write import write
from innboks.core.files.attach import upload
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
    monkeypatch.setattr(walk, "MANY", -1)
    assert await names(parts, actor, "tent is:open") == everybody
    real, asked = store_candidates.newest, 0

    async def at_first(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await real(*arguments) if asked < 2 else await slow()

    monkeypatch.setattr(store_candidates, "newest", at_first)
    found = await find(parts, actor, "is:open")
    assert (found.is_partial, [one.conversation.contact_name for one in found.conversations]) == (True, everybody[:1])
    monkeypatch.setattr(store_candidates, "newest", real)
    rest = await find(parts, actor, "is:open", cursor=found.next)
    assert [one.conversation.contact_name for one in rest.conversations] == everybody[1:]


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
    """The rarest first, and the pairs of a phrase before the phrase: so the index leaps, and few entries are read to see where words stand."""
    for nth in range(3):
        await say(parts, echo, "The tent" + " is broken" * (nth < 2) + " again" * (nth < 1), id=str(nth))
    await index_all(parts, actor.account_id)
    query = understand('tent -zipper "broken again" ORD-17 ')
    async with store.searching(parts.db) as conn:
        wanted = await mean(conn, actor.account_id, query.groups)
        assert [key.run or key.text for key in wanted.keys] == [
            *(("ord", "17"), "(('ord'<->'17'))"),
            *(("broken", "again"), "(('broken'<->'again'))"),
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


async def test_where_a_word_must_stand_is_known_to_the_index(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """A word that stands in every entry, and never in the subject, is told apart without reading one of them."""
    await say(parts, echo, "The tent is broken", sender="kari")
    await index_all(parts, actor.account_id)
    query = understand('subject:tent from:"kari x" to:ola subject:a1b OR tent -from:leo ')
    async with store.searching(parts.db) as conn:
        wanted = await mean(conn, actor.account_id, query.groups)
        keys = [(" ".join(key.run) or key.text, key.weight) for key in wanted.keys]
        assert sorted(keys) == [
            ("(!('leo'))", "B"),
            ("(('a1b':A)|('tent'))", ""),  # either place will do: then the entry is read
            ("(('kari'<->'x'))", "B"),
            ("(('ola'))", "C"),
            ("(('tent'))", "A"),
            ("kari x", ""),
        ]
        for column in ("tokens", *(f"ts_filter(tokens, '{{{one}}}')" for one in "abc")):
            plan = await (await conn.execute(f"explain select 1 from search_message where {column} @@ '''tent'''")).fetchall()
            assert any("search_message_tokens" in row[0] for row in plan), column


async def test_which_words_follow_each_other_is_known_to_the_index(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """Entries that have all words of a phrase and not the phrase are told apart without reading one of them."""
    for nth in range(30):
        await say(parts, echo, "The tent is broken. Broken is the zipper, too", id=f"apart{nth}")
    await say(parts, echo, "It is the Te\u0301nt: BROKEN again, and again", sender="kari", id="beside")
    await index_all(parts, actor.account_id)
    for line, expected in {
        '"tent broken"': ["Kari"],
        '"the tent broken again" ': ["Kari"],
        '"again and again"': ["Kari"],
        '"broken tent"': [],
        '"tent broken zipper"': [],
        '"tent broken" -"again and"': [],
        "broken-again-and-aga": ["Kari"],  # the last word may still be typed on
    }.items():
        assert await names(parts, actor, line) == expected, line
    query = understand('"tent broken"')
    async with store.searching(parts.db) as conn:
        keys = (await mean(conn, actor.account_id, query.groups)).keys
        assert [key.run for key in keys] == [("tent", "broken"), ()]
        plan = "\n".join(
            row[0]
            for row in await (
                await conn.execute(
                    """explain (analyze, costs off, timing off) select 1 from search_message h
                       where search_pairs(h.tokens) @> search_run(%s) and h.tokens @@ %s::tsquery""",
                    (list(keys[0].run), keys[1].text),
                )
            ).fetchall()
        )
    assert "search_message_tokens" in plan, plan
    assert len(re.findall(r"\(actual rows=1(?:\.00)? ", plan)) == 2, plan  # the index names the one entry, and no other is read


async def test_what_contradicts_itself_is_not_looked_for(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth, text in enumerate(("The tent is broken", "Two tents", "Broken poles")):
        await say(parts, echo, text, sender=f"person{nth}", id=str(nth))
    await index_all(parts, actor.account_id)
    for line, expected in (
        ("tent -broken ", ["Person1"]),
        ("tent -subject:tent ", ["Person1", "Person0"]),  # no subject has it
        ('tent -"two tents" ', ["Person0"]),
        ("tent OR poles -tent ", ["Person2"]),
        ("from:person2 -person2 ", []),
    ):
        assert await names(parts, actor, line) == expected, line

    async def slow(*arguments: Any) -> Any:
        raise store.OutOfTime

    monkeypatch.setattr(store, "hits", slow)
    monkeypatch.setattr(store_candidates, "newest", slow)
    for line in ("tent -tent ", "tents is:open -tent ", '"two tents" -tents', "tent OR tents -tent ", "has:attachment -has:attachment"):
        found = await find(parts, actor, line)
        assert (found.conversations, found.is_partial) == ([], False), line


async def test_conversations_with_a_file_stand_in_an_index_of_their_own(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is open and has a file may be nothing at all, where thousands are open and thousands have one."""
    for nth in range(3):
        await say(parts, echo, f"The tent is number {nth}", sender=f"person{nth}", id=str(nth))
    rows = {one.contact_name: one.id for one in (await list_conversations(parts, actor)).items}
    for name in ("Person0", "Person1"):
        file = await upload(parts, actor, "invoice.txt", "text/plain", b"one tent")
        await write(parts, actor, rows[name], NewMessage(type="comment", text="See there", attachments=[file.id]))
    await change.change(parts, actor, rows["Person1"], change.Change(status="closed"))
    await index_all(parts, actor.account_id)

    async def slow(*arguments: Any) -> Any:
        raise store.OutOfTime

    monkeypatch.setattr(store, "hits", slow)  # the words' index
    monkeypatch.setattr(walk, "RARE", -1)
    real, looked_at = store_candidates.newest, 0

    async def counted(*arguments: Any) -> Any:
        nonlocal looked_at
        found = await real(*arguments)
        looked_at += len(found)
        return found

    monkeypatch.setattr(store_candidates, "newest", counted)
    for line, expected in (
        ("is:open has:attachment", ["Person0"]),
        ("is:closed has:attachment", ["Person1"]),
        ("see is:open has:attachment", ["Person0"]),
        ("assignee:nobody has:attachment is:open", ["Person0"]),
        ("assignee:me has:attachment is:open", []),
        ("is:trash has:attachment", []),
    ):
        looked_at = 0
        found = await find(parts, actor, line)
        assert ([one.conversation.contact_name for one in found.conversations], found.is_partial) == (expected, False), line
        assert looked_at <= 1, line
    # A file that moves along with its message is found where it is now, and there only.
    files = (await find(parts, actor, "is:open has:attachment")).conversations
    moved, _ = await change.move_message(parts, actor, files[0].messages[0].id, None)
    await index_all(parts, actor.account_id)
    assert [one.conversation.id for one in (await find(parts, actor, "is:open has:attachment")).conversations] == [moved.id]


async def test_a_rare_word_is_asked_for_within_the_inboxes_one_may_read(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no entry of another inbox is read for it."""
    await say(parts, echo, "The tent is here")
    await index_all(parts, actor.account_id)
    await create_inbox(parts, actor, "Board", "members", [])
    real, asked = store.hits, []

    async def noted(*arguments: Any) -> Any:
        asked.append([key.text for key in arguments[1]])
        return await real(*arguments)

    monkeypatch.setattr(store, "hits", noted)
    assert await names(parts, actor, "tent ") == ["Leo"]
    assert asked == [["(('tent'))", f"'~i{echo.inbox_id}'"]]

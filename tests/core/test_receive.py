"""The road in: what comes is on disk, once, in the right conversation, or in quarantine with a reason."""

import asyncio
import random
from datetime import timedelta

import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import change_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.deliveries.replay import list_deliveries, raw_of, replay
from innboks.core.parts import Parts
from innboks.errors import BadSignature, Forbidden
from tests.core.conftest import say, signed


async def test_a_message_makes_contact_and_conversation(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    delivered = await say(parts, echo, "Hello\nis the tent back?")
    assert delivered.fate == "handled"
    (conversation,) = (await list_conversations(parts, actor)).items
    assert (conversation.preview, conversation.contact_name, conversation.is_unread) == ("Hello is the tent back?", "Leo", True)
    (message,) = (await list_messages(parts, actor, conversation.id)).items
    assert (message.text, message.direction, message.why) == ("Hello\nis the tent back?", "in", {"how": "new"})


async def test_the_same_person_stays_in_one_conversation(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "one", id="m1")
    await say(parts, echo, "two", id="m2")
    await say(parts, echo, "from somebody else", id="m3", sender="mia")
    conversations = (await list_conversations(parts, actor)).items
    assert sorted((c.contact_name, c.message_count) for c in conversations) == [("Leo", 2), ("Mia", 1)]


async def test_at_once_from_one_new_person_makes_one_conversation(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    fates = await asyncio.gather(*(say(parts, echo, f"number {n}", id=f"m{n}") for n in range(12)))
    assert {one.fate for one in fates} == {"handled"}
    (conversation,) = (await list_conversations(parts, actor)).items
    assert conversation.message_count == 12


async def test_delivered_twice_is_kept_once(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    first = await say(parts, echo, "hello")
    again = await say(parts, echo, "hello")
    assert (again.fate, again.delivery_id) == ("duplicate", first.delivery_id)
    same_id_other_bytes = await say(parts, echo, "hello ")
    assert same_id_other_bytes.fate == "duplicate"
    (conversation,) = (await list_conversations(parts, actor)).items
    assert conversation.message_count == 1


async def test_a_wrong_signature_is_refused_and_not_kept(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    with pytest.raises(BadSignature):
        await receive(parts, echo.account_id, echo.id, signed({"type": "ping"}, secret="wrong"))
    assert (await list_deliveries(parts, actor, None, None, 10)).items == []


async def test_what_is_not_understood_waits_in_quarantine(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    delivered = await receive(parts, echo.account_id, echo.id, signed(b"{not json"))
    assert delivered.fate == "quarantined"
    (kept,) = (await list_deliveries(parts, actor, None, None, 10)).items
    assert (kept.fate, kept.code, kept.reason) == ("quarantined", "unrecognised", "This is not a payload of Echo.")
    assert (await raw_of(parts, actor, kept.id))[2] == b"{not json"
    again = await replay(parts, actor, kept.id)
    assert (again.fate, again.attempts) == ("quarantined", 2)


async def test_a_pause_refuses_at_the_edge(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await change_channel_account(parts, actor, echo.id, is_active=False)
    with pytest.raises(Forbidden):
        await say(parts, echo, "anybody there?")
    await change_channel_account(parts, actor, echo.id, is_active=True)
    assert (await say(parts, echo, "anybody there?")).fate == "handled"


async def test_edits_and_reactions_stay_beside_the_message(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "first version")
    for payload in (
        {"type": "edit", "message": "m1", "text": "second version"},
        {"type": "reaction", "message": "m1", "sender": "leo", "emoji": "🙌"},
    ):
        assert (await receive(parts, echo.account_id, echo.id, signed(payload))).fate == "handled"
    (conversation,) = (await list_conversations(parts, actor)).items
    (message,) = (await list_messages(parts, actor, conversation.id)).items
    assert message.text == "first version"
    assert [one["text"] for one in message.edits] == ["second version"]
    assert [one["emoji"] for one in message.reactions] == ["🙌"]


async def test_characters_that_no_database_holds_do_not_stop_a_message(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    assert (await say(parts, echo, "a\x00b", sender="le\x00o")).fate == "handled"
    (conversation,) = (await list_conversations(parts, actor)).items
    assert conversation.preview == "ab"


async def test_ids_of_any_length_and_alphabet_are_held_by_the_index(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    rng = random.Random(7)
    long = "".join(chr(0x20000 + rng.randrange(40_000)) for _ in range(900))
    assert (await say(parts, echo, "one", id=long)).fate == "handled"
    assert (await say(parts, echo, "one again", id=long)).fate == "duplicate"
    assert (await say(parts, echo, "another", id=long + "x", sender=long)).fate == "handled"


async def test_nobody_is_no_contact(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    assert (await say(parts, echo, "from nowhere", sender="")).fate == "handled"
    (conversation,) = (await list_conversations(parts, actor)).items
    assert (conversation.contact_id, conversation.contact_name, conversation.message_count) == (None, "", 1)


async def test_odd_words_of_the_transport_do_not_stop_a_payload(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    inbound = signed({"type": "message", "id": "m1", "sender": "leo", "name": "Leo", "text": "hello"})
    odd = msgspec.structs.replace(
        inbound,
        headers={**inbound.headers, "x-odd": "a\x00b\udcff" * 3000},
        path="\x00",
        query={"\x00": "\ud800"},
        external_id="x\x00" * 2000,
    )
    assert (await receive(parts, echo.account_id, echo.id, odd)).fate == "handled"


async def test_what_came_before_the_connection_changes_nothing_of_today(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """A mailbox that is filled in from its past: what it begins is closed, what is open waits on, what is in the trash stays there."""

    async def past(text: str, id: str, sender: str, days: int) -> None:
        inbound = signed({"type": "message", "id": id, "sender": sender, "name": sender.title(), "text": text})
        at = parts.clock.now() - timedelta(days=days)
        headers = {**inbound.headers, "received-at": at.isoformat(), "is-past": "yes"}
        assert (await receive(parts, echo.account_id, echo.id, msgspec.structs.replace(inbound, headers=headers))).fate == "handled"

    await past("from last year", "p1", "mia", 300)
    await past("and a month later", "p2", "mia", 270)
    assert not (await list_conversations(parts, actor)).items
    (closed,) = (await list_conversations(parts, actor, view="closed")).items
    assert (closed.message_count, closed.waiting_since, closed.due_at, closed.assignee_id) == (2, None, None, None)
    assert closed.preview == "and a month later"
    assert {one.type for one in (await list_messages(parts, actor, closed.id)).items} == {"message"}

    await say(parts, echo, "today", id="t1")
    await past("long ago", "p3", "leo", 30)
    (open_one,) = (await list_conversations(parts, actor)).items
    assert (open_one.preview, open_one.message_count, open_one.waiting_since) == ("today", 2, parts.clock.now())

    await say(parts, echo, "today as well", id="t2", sender="mia")
    assert {one.contact_name for one in (await list_conversations(parts, actor)).items} == {"Leo", "Mia"}
    await change(parts, actor, closed.id, Change(is_trashed=True))
    await past("from before", "p4", "mia", 400)
    (gone,) = (await list_conversations(parts, actor, view="trash")).items
    assert (gone.message_count >= 4, gone.preview) == (True, "today as well")

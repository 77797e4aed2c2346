"""What an inbox wants done where headers and people's intention differ (AHEAD 8, "What breaks the others" 4): an answer with another subject, several
people who answer one mail of ours, machines that never name an earlier mail. Mails through the real parser, and every row in a real database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, Message, NewMessage
from innboks.core.conversations.read import get_message, list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.conversations.write import write
from innboks.core.inboxes.inboxes import update_inbox
from innboks.core.parts import Parts
from innboks.core.rearrangements.merge import merge
from innboks.core.rearrangements.split import split
from innboks.core.rearrangements.suggest import dismiss_suggestion
from innboks.core.rearrangements.undo import undo
from innboks.errors import Conflict, Invalid
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Inbound

TEAM = "team@tindra.example"
LEO = "Leo Customer <leo@y.example>"


class Desk:
    """An account with one address. Mails get ids in order: m1@y.example and so on."""

    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount) -> None:
        self.parts, self.actor, self.row, self.count = parts, actor, row, 0

    async def gets(
        self,
        subject: str,
        sender: str = LEO,
        *,
        answers: str = "",
        references: str = "",
        to: str = TEAM,
        cc: str = "",
        head: str = "",
        **headers: str,
    ) -> Message:
        """A mail comes. `answers`: the Message-ID in its In-Reply-To."""
        self.count += 1
        lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <m{self.count}@y.example>", head]
        lines += [
            f"Cc: {cc}" if cc else "",
            f"In-Reply-To: <{answers}>" if answers else "",
            f"References: {references}" if references else "",
        ]
        raw = "\n".join(line for line in lines if line) + f"\n\nWords number {self.count}.\n"
        delivered = await receive(
            self.parts,
            self.row.account_id,
            self.row.id,
            Inbound(body=raw.encode(), headers={"mail-from": "x@y.example", "rcpt-to": self.row.hosted_address or "", **headers}),
        )
        assert delivered.fate == "handled"
        return await get_message(self.parts, self.actor, delivered.message_ids[0])

    async def writes(self, conversation_id: int, **words: Any) -> Message:
        message, _ = await write(self.parts, self.actor, conversation_id, NewMessage(type="reply", text="Our answer.", **words))
        return message

    async def wants(self, **policies: Any) -> None:
        await update_inbox(self.parts, self.actor, self.row.inbox_id, **policies)

    async def all(self, view: str = "open") -> list[Conversation]:
        return sorted((await list_conversations(self.parts, self.actor, view=view)).items, key=lambda one: one.id)

    async def one(self, id: int) -> Conversation:
        (found,) = [one for one in await self.all() if one.id == id]
        return found

    async def lines(self, conversation_id: int) -> list[dict[str, Any]]:
        found = (await list_messages(self.parts, self.actor, conversation_id)).items
        return [one.data for one in found if one.type == "system" and one.data["event"] == "began_apart"]


@pytest.fixture
async def desk(parts: Parts, actor: Actor) -> Desk:
    config = {"method": "forwarding", "address": TEAM}
    return Desk(parts, actor, await connect(parts, actor, "email", "Team", None, config))


# ── another subject ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_outlook_answers_with_a_new_subject_and_a_split_is_suggested(desk: Desk) -> None:
    first = await desk.gets("Where is my order?")
    answer = await desk.writes(first.conversation_id)
    same = await desk.gets("SV: Where is my order?", answers=str(answer.external_id))
    other = await desk.gets("And now the invoice", answers=str(answer.external_id))
    assert {one.conversation_id for one in (first, same, other)} == {first.conversation_id}
    assert "split" not in same.why
    assert (other.why["split"], other.why["subject_was"]) == ("suggested", "Where is my order?")
    # What goes on with the other subject is no news.
    assert "split" not in (await desk.gets("RE: And now the invoice", answers=f"m{desk.count}@y.example")).why


async def test_the_suggestion_is_followed_undone_and_dismissed_for_everybody(desk: Desk) -> None:
    first = await desk.gets("Where is my order?")
    other = await desk.gets("And now the invoice", answers="m1@y.example")
    made, id = await split(desk.parts, desk.actor, first.conversation_id, [other.id])
    assert made.subject == "And now the invoice"
    with pytest.raises(Conflict) as nothing:
        await dismiss_suggestion(desk.parts, desk.actor, other.id, is_dismissed=True)
    assert nothing.value.code == "nothing_suggested"
    await undo(desk.parts, desk.actor, id)
    assert (await get_message(desk.parts, desk.actor, other.id)).why["split"] == "suggested"
    for is_dismissed, word in ((True, "dismissed"), (True, "dismissed"), (False, "suggested")):
        await dismiss_suggestion(desk.parts, desk.actor, other.id, is_dismissed=is_dismissed)
        assert (await get_message(desk.parts, desk.actor, other.id)).why["split"] == word
    with pytest.raises(Conflict):
        await dismiss_suggestion(desk.parts, desk.actor, first.id, is_dismissed=True)


async def test_it_stays_without_a_word_where_the_inbox_wants_that(desk: Desk) -> None:
    await desk.wants(changed_subject="stay")
    first = await desk.gets("Where is my order?")
    other = await desk.gets("And now the invoice", answers="m1@y.example")
    assert (other.conversation_id, other.why["split"]) == (first.conversation_id, "stays")
    with pytest.raises(Conflict):
        await dismiss_suggestion(desk.parts, desk.actor, other.id, is_dismissed=False)


async def test_it_begins_a_conversation_of_its_own_that_both_tell_of(desk: Desk) -> None:
    await desk.wants(changed_subject="new")
    first = await desk.gets("Where is my order?")
    answer = await desk.writes(first.conversation_id)
    before = await desk.one(first.conversation_id)
    other = await desk.gets("And now the invoice", answers=str(answer.external_id))
    old, new = await desk.all()
    assert (new.id, new.subject, new.message_count, new.contact_id) == (other.conversation_id, "And now the invoice", 2, old.contact_id)
    assert other.why == {
        "how": "apart",
        "reason": "subject",
        "from": str(old.id),
        "subject_was": "Where is my order?",
        "message_id": str(answer.id),
        "label": "In-Reply-To",
        "value": answer.external_id,
    }
    for one in (old, new):
        (line,) = await desk.lines(one.id)
        assert (line["reason"], line["from"], line["to"]) == ("subject", str(old.id), str(new.id))
    # Nothing new happened in the first: it waits for the customer as before.
    assert (old.last_message_at, old.waiting_since, old.message_count) == (before.last_message_at, None, before.message_count + 1)
    assert new.waiting_since is not None
    # The customer writes twice before the first answer, and goes on after it.
    twice = await desk.gets("AW: And now the invoice", answers=str(answer.external_id))
    assert (twice.conversation_id, twice.why["how"]) == (new.id, "apart")
    again = await desk.writes(new.id)
    assert (await desk.gets("Re: And now the invoice", answers=str(again.external_id))).conversation_id == new.id
    assert (await desk.gets("Re: Where is my order?", answers=str(answer.external_id))).conversation_id == old.id
    # A third subject is a third conversation.
    assert (await desk.gets("Something else", answers=str(answer.external_id))).conversation_id not in (old.id, new.id)


async def test_what_was_merged_back_stays_together(desk: Desk) -> None:
    await desk.wants(changed_subject="new")
    first = await desk.gets("Where is my order?")
    other = await desk.gets("And now the invoice", answers="m1@y.example")
    await merge(desk.parts, desk.actor, first.conversation_id, [other.conversation_id])
    assert (await desk.gets("Re: And now the invoice", answers="m2@y.example")).conversation_id == first.conversation_id


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Order 7", "re[2]: order 7", "AW: WG: Order 7", "Antwort: Order 7", "SV: VS: Order  7", "Rif: R: Order 7", "RE : Order 7", "TR: Order 7",
        "Odp: Order 7", "Vá: Order 7", "YNT: Order 7", "Отв: Order 7", "НА: Order 7", "ΑΠ: Order 7", "回复：Order 7", "答复: Order 7", "转发: Order 7",
        "رد: Order 7", "השב: Order 7", "[EXTERN] Re: [shop-list] Order 7", "***SPAM*** Re: Order 7", "RE: (3) Order 7", "Doorst: Fwd: Order 7",
    ],
)  # fmt: skip
async def test_what_programs_put_before_a_subject_does_not_change_it(desk: Desk, subject: str) -> None:
    await desk.wants(changed_subject="new")
    first = await desk.gets("Order 7")
    if subject == "RE: (3) Order 7":  # a word of the subject itself, not of the program
        assert (await desk.gets(subject, answers="m1@y.example")).conversation_id != first.conversation_id
        return
    found = await desk.gets(subject, answers="m1@y.example")
    assert (found.conversation_id, found.why["how"], "split" in found.why) == (first.conversation_id, "own", False)


async def test_neither_machines_nor_colleagues_nor_the_past_change_a_subject(desk: Desk) -> None:
    await desk.wants(changed_subject="new")
    first = await desk.gets("Order 7")
    away = await desk.gets("I am away", answers="m1@y.example", head="Auto-Submitted: auto-replied")
    assert (away.conversation_id, "split" in away.why) == (first.conversation_id, False)
    ours = await desk.gets("Another word", sender=f"Team <{TEAM}>", to=LEO, answers="m1@y.example", **{"folder-role": "sent"})
    assert (ours.conversation_id, "split" in ours.why) == (first.conversation_id, False)
    await desk.wants(changed_subject="suggest")
    past = await desk.gets("An old word", answers="m1@y.example", **{"is-past": "yes"})
    assert (past.conversation_id, past.why["split"]) == (first.conversation_id, "stays")
    nothing = await desk.gets("", answers="m1@y.example")
    assert (nothing.conversation_id, "split" in nothing.why) == (first.conversation_id, False)


# ── several who answer one mail ─────────────────────────────────────────────────────────────────────────────────────────────


async def sent_to_many(desk: Desk, **words: Any) -> Message:
    """A mail of ours to three people who do not see each other."""
    begun = await desk.gets("Hello", sender="First <first@y.example>")
    hidden = ["ann@a.example", "bob@b.example", "cem@c.example"]
    return await desk.writes(begun.conversation_id, to=["first@y.example"], bcc=hidden, subject="Our news", **words)


async def answers_to(desk: Desk, news: Message, senders: Sequence[str], **more: Any) -> list[Message]:
    return [await desk.gets("Re: Our news", sender, answers=str(news.external_id), **more) for sender in senders]


async def test_three_people_who_answer_a_newsletter_get_a_conversation_each(desk: Desk) -> None:
    news = await sent_to_many(desk)
    found = await answers_to(desk, news, ["Ann <ann@a.example>", "Bob <bob@b.example>", "cem@c.example"])
    assert len({news.conversation_id, *(one.conversation_id for one in found)}) == 4
    assert [(one.why["how"], one.why["reason"], one.why["from"]) for one in found] == [("apart", "several", str(news.conversation_id))] * 3
    assert [one["reason"] for one in await desk.lines(news.conversation_id)] == ["several"] * 3
    by_id = {one.id: one for one in await desk.all()}
    assert by_id[found[0].conversation_id].contact_name == "Ann"
    assert by_id[found[0].conversation_id].party_address == "ann@a.example"
    # Each goes on in their own, also when they write twice before our answer; so does who is in To, in the first.
    (twice,) = await answers_to(desk, news, ["Ann <ann@a.example>"])
    assert twice.conversation_id == found[0].conversation_id
    (first,) = await answers_to(desk, news, ["First <first@y.example>"])
    assert first.conversation_id == news.conversation_id


async def test_they_stay_together_where_the_inbox_wants_that(desk: Desk) -> None:
    await desk.wants(several_answers="together")
    news = await sent_to_many(desk)
    found = await answers_to(desk, news, ["ann@a.example", "bob@b.example", "cem@c.example"])
    assert {one.conversation_id for one in found} == {news.conversation_id}


async def test_a_list_that_we_wrote_to_hides_its_people_the_first_may_be_an_alias(desk: Desk) -> None:
    """Of a mail to one address, the first who answers from another is taken for the same person; the next is somebody else."""
    begun = await desk.gets("Hello", sender="list@lists.example")
    news = await desk.writes(begun.conversation_id)
    found = await answers_to(desk, news, ["ann@a.example", "bob@b.example", "cem@c.example"])
    assert [one.conversation_id == news.conversation_id for one in found] == [True, False, False]


async def test_a_talk_among_several_stays_one(desk: Desk) -> None:
    begun = await desk.gets("Hello", cc="Mia <mia@y.example>")
    ours = await desk.writes(begun.conversation_id, to=["leo@y.example"], cc=["mia@y.example", "tim@y.example", "uma@y.example"])
    in_copy = await desk.gets("Re: Hello", "Mia <mia@y.example>", answers=str(ours.external_id))
    brought_in = await desk.gets("Re: Hello", "Kai <kai@z.example>", answers=str(ours.external_id), cc="leo@y.example")
    goes_on = await desk.gets("Re: Hello", "Kai <kai@z.example>", answers=str(ours.external_id))
    colleague = await desk.gets("Re: Hello", "Ada <ada@tindra.example>", answers=str(ours.external_id))
    away = await desk.gets("I am away", "uma.home@y.example", answers=str(ours.external_id), head="Auto-Submitted: auto-replied")
    to_the_customer = await desk.gets("Re: Hello", "Zoe <zoe@z.example>", answers="m1@y.example")
    for one in (in_copy, brought_in, goes_on, colleague, away, to_the_customer):
        assert one.conversation_id == begun.conversation_id, one.sender
    stranger = await desk.gets("Re: Hello", "Pim <pim@p.example>", answers=str(ours.external_id))
    assert stranger.conversation_id != begun.conversation_id


# ── machines that never name an earlier mail ────────────────────────────────────────────────────────────────────────────────

DISK = "Disk of web1 is full"
ROBOT = "Monitor <monitor@robots.example>"


async def test_by_default_a_subject_alone_joins_nothing(desk: Desk) -> None:
    found = [await desk.gets(DISK, ROBOT) for _ in range(3)]
    assert len({one.conversation_id for one in found}) == 3


async def test_a_robot_that_never_sets_references_goes_on_in_one(desk: Desk, clock: FakeClock) -> None:
    await desk.wants(same_subject_days=3)
    first = await desk.gets(DISK, ROBOT)
    clock.advance(step=timedelta(days=2))
    second = await desk.gets(DISK, ROBOT)
    clock.advance(step=timedelta(days=2))
    third = await desk.gets(DISK, ROBOT)
    assert {one.conversation_id for one in (second, third)} == {first.conversation_id}
    assert third.why == {"how": "same_subject", "days": 3, "label": "Subject", "value": DISK}
    # Another subject, another sender, what names another mail, what is closed, and what is too old begin anew.
    for one in (
        await desk.gets(DISK + " again", ROBOT),
        await desk.gets(DISK, "other@robots.example"),
        await desk.gets(DISK, ROBOT, answers="unknown@robots.example"),
    ):
        assert (one.conversation_id == first.conversation_id, one.why) == (False, {"how": "new"})
    newest = await desk.gets(DISK, ROBOT)
    clock.advance(step=timedelta(days=4))
    late = await desk.gets(DISK, ROBOT)
    assert late.conversation_id != newest.conversation_id
    await change(desk.parts, desk.actor, late.conversation_id, Change(status="closed"))
    assert (await desk.gets(DISK, ROBOT)).conversation_id != late.conversation_id
    await desk.wants(same_subject_days=None)
    assert (await desk.gets(DISK, ROBOT)).why == {"how": "new"}


async def test_days_are_between_one_and_a_year(desk: Desk) -> None:
    for wrong in (0, 366, -1):
        with pytest.raises(Invalid):
            await desk.wants(same_subject_days=wrong)

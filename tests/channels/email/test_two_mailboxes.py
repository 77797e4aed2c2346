"""One mail to several of our mailboxes: one conversation in each inbox it was written to, never two in one; and mail that names us only in its envelope.

The policy: an inbox shows a mail once, whichever of its connections brought it; teams of different inboxes each have it, and answer for themselves.
"""

import asyncio
import smtplib
from typing import Any

from innboks.core.accounts.actors import first_admin
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.models import Message
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.inboxes.inboxes import create_inbox
from tests.channels.email.test_both_roads import Team, team  # noqa: F401 - a fixture

BOTH = """From: Leo Customer <leo@customer.example>
To: Team <team@team.example>
Cc: Repairs <repairs@team.example>
Subject: Torn and late
Message-ID: <both@customer.example>

It is torn, and the new one is late.
"""
HIDDEN = """From: Leo Customer <leo@customer.example>
To: Mia <mia@partner.example>
Subject: For your eyes
Message-ID: <hidden@customer.example>

You are in blind copy.
"""


async def repairs(team: Team, inbox_id: int | None = None) -> ChannelAccount:  # noqa: F811
    """A second connected address, in an inbox of its own unless one is given."""
    if inbox_id is None:
        inbox_id = (await create_inbox(team.parts, team.actor, "Repairs")).id
        team.actor = await first_admin(team.parts) or team.actor  # who may read the new one
    config = {"address": "repairs@team.example", "company_name": "Repairs", "smtp_host": "127.0.0.1", "smtp_port": team.server.port}
    return await connect(team.parts, team.actor, "email", "Repairs", inbox_id, config)


async def arrives(team: Team, raw: str, *rows: ChannelAccount, at_once: bool = False) -> None:  # noqa: F811
    """At each hosted address: as one mail with several recipients, or as one copy for each, all of them at once."""
    addresses = [str(row.hosted_address) for row in rows]

    def talk(to: list[str]) -> None:
        with smtplib.SMTP("127.0.0.1", team.listener.port, timeout=20) as client:
            assert client.sendmail("leo@customer.example", to, raw.encode()) == {}

    envelopes = [[one] for one in addresses] if at_once else [addresses]
    await asyncio.gather(*(asyncio.to_thread(talk, to) for to in envelopes))


async def mails(team: Team, **where: Any) -> list[list[Message]]:  # noqa: F811
    """The mails of each conversation, the oldest conversation first."""
    found = (await list_conversations(team.parts, team.actor, view="all", **where)).items
    threads = [(await list_messages(team.parts, team.actor, one.id)).items for one in sorted(found, key=lambda one: one.id)]
    return [[one for one in thread if one.type != "system"] for thread in threads]


async def test_two_inboxes_each_get_it_once_and_answer_for_themselves(team: Team) -> None:  # noqa: F811
    other = await repairs(team)
    await arrives(team, BOTH, team.row, other)
    await arrives(team, BOTH, other, team.row)
    ((first,), (second,)) = await mails(team)
    assert {first.inbox_id, second.inbox_id} == {team.row.inbox_id, other.inbox_id}
    for one in (first, second):
        assert one.external_id == "both@customer.example"
        assert {(to.role, to.address) for to in one.recipients} == {("to", "team@team.example"), ("cc", "repairs@team.example")}
        assert one.contact_id == first.contact_id, "one person, whichever team reads it"

    sent = await team.answers(second.conversation_id, text="The new one left today.")
    assert sent.state == "sent"
    # The customer answers to all: each team has it in the conversation that it knows.
    answer = f"Subject: Re: Torn\nMessage-ID: <thanks@customer.example>\nIn-Reply-To: <{sent.external_id}>\nReferences: <both@customer.example>\n\nThanks.\n"
    await arrives(team, f"From: leo@customer.example\nTo: team@team.example, repairs@team.example\n{answer}", team.row, other)
    threads = await mails(team)
    assert sorted([one.text for one in thread] for thread in threads) == [
        ["It is torn, and the new one is late.", "Thanks."],
        ["It is torn, and the new one is late.", "The new one left today.", "Thanks."],
    ]


async def test_copies_at_once_to_two_addresses_of_one_inbox_are_one_message(team: Team) -> None:  # noqa: F811
    other = await repairs(team, team.row.inbox_id)
    await arrives(team, BOTH, team.row, other, at_once=True)
    await arrives(team, BOTH, other)
    assert [[one.text for one in thread] for thread in await mails(team)] == [["It is torn, and the new one is late."]]
    # Other words under the same Message-ID are another mail.
    await arrives(team, BOTH.replace("It is torn", "It is whole"), other)
    assert sum(len(thread) for thread in await mails(team)) == 2


async def test_a_blind_copy_arrives_by_its_envelope_alone(team: Team) -> None:  # noqa: F811
    other = await repairs(team)
    await arrives(team, HIDDEN, other)
    ((hidden,),) = await mails(team)
    assert (hidden.inbox_id, hidden.text) == (other.inbox_id, "You are in blind copy.")
    assert [one.address for one in hidden.recipients] == ["mia@partner.example"]
    assert "repairs@team.example" not in str(hidden.recipients)

    answer = await team.answers(hidden.conversation_id, text="Thank you.", to=["leo@customer.example"])
    assert (answer.state, [one.address for one in answer.recipients]) == ("sent", ["leo@customer.example"])

    await arrives(team, HIDDEN.replace("hidden@", "both-hidden@"), team.row, other)
    assert [len(thread) for thread in await mails(team, inbox_id=team.row.inbox_id)] == [1]

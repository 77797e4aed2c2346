"""The rows of the shared table that need the whole road in (`ON_THE_ROAD` in `innboks/sdk/testing.py`): what a provider delivers twice, out of order, signed
wrongly or in a way unheard of. Each channel that speaks HTTP comes in through its webhook, with its own fixtures, to a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.read import list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.deliveries.replay import list_deliveries, retry_delivery
from innboks.core.parts import Parts
from innboks.errors import BadSignature
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Delivered, Inbound
from innboks.sdk.testing import Subject, inbound_from
from tests.channels.test_every_channel import OTHERS, SUBJECTS

FOLDERS = Path(__file__).parent.parent / "channel_folders"
each = pytest.mark.parametrize("subject", [one for one in SUBJECTS if one.speaks_http], ids=lambda one: str(one.channel.kind))


def _begins(file: Path) -> bool:
    """Is it a message by itself?"""
    return any(one["type"] == "message" for one in json.loads(file.with_suffix(".json").read_text(encoding="utf-8")))


class Place:
    """An account with this channel connected."""

    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount, subject: Subject) -> None:
        self.parts, self.actor, self.row = parts, actor, row
        self.files = sorted(subject.fixtures.glob("in_*.http"), key=lambda file: (not _begins(file), file.name))

    def in_order(self) -> list[Inbound]:
        """The fixtures, messages before what tells of them."""
        return [inbound_from(file) for file in self.files]

    async def takes(self, inbound: Inbound) -> Delivered:
        return await receive(self.parts, self.row.account_id, self.row.id, inbound)

    async def seen(self) -> list[Any]:
        """What people see, without what differs from one time to the next."""
        seen = []
        for conversation in (await list_conversations(self.parts, self.actor, limit=100)).items:
            page = await list_messages(self.parts, self.actor, conversation.id, limit=100)
            seen += [(one.external_id, one.type, one.text, one.edits, one.reactions) for one in page.items]
        return sorted(((*head, [one["text"] for one in edits], len(reactions)) for *head, edits, reactions in seen), key=str)

    async def tries_again(self) -> None:
        """As the jobs do: what is kept is tried once more, whatever the time."""
        page = await list_deliveries(self.parts, self.actor, "kept", None, 100)
        for one in page.items:
            await retry_delivery(self.parts, one.account_id, one.id)


@pytest.fixture
async def parts(settings: Settings, dsn: str, clock: FakeClock) -> AsyncIterator[Parts]:
    async with build_parts(msgspec.structs.replace(settings, channel_folders=(FOLDERS, *OTHERS)), dsn, "worker", clock=clock) as built:
        yield built


async def place_of(parts: Parts, subject: Subject, name: str) -> Place:
    actor = await create_account(parts, name, "Ada Example", f"ada@{name}.example", "a long enough password")
    config = (subject.fixtures / "config.json").read_text(encoding="utf-8").replace("{provider}", "http://127.0.0.1:9")
    row = await connect(parts, actor, subject.channel.kind, name, None, json.loads(config))
    found = await actor_for(parts, actor.account_id, actor.user_id)
    assert found is not None
    return Place(parts, found, row, subject)


@each
async def test_what_is_delivered_twice_is_there_once(parts: Parts, subject: Subject) -> None:
    place = await place_of(parts, subject, "twice")
    for inbound in place.in_order():
        await place.takes(inbound)
    once = await place.seen()
    assert once, "none of the fixtures shows a message"
    for inbound in (*place.in_order(), *place.in_order()):
        again = await place.takes(inbound)
        assert (again.fate in ("duplicate", "ignored", "quarantined"), list(again.message_ids)) == (True, []), inbound.body[:80]
    assert await place.seen() == once


@each
async def test_what_comes_out_of_order_has_its_effect_in_the_end(parts: Parts, subject: Subject) -> None:
    right, wrong = await place_of(parts, subject, "right"), await place_of(parts, subject, "wrong")
    for inbound in right.in_order():
        await right.takes(inbound)
    for inbound in reversed(wrong.in_order()):
        await wrong.takes(inbound)
    await wrong.tries_again()
    assert await wrong.seen() == await right.seen()


@each
async def test_at_once_is_as_good_as_one_after_the_other(parts: Parts, subject: Subject) -> None:
    right, wrong = await place_of(parts, subject, "right"), await place_of(parts, subject, "wrong")
    for inbound in right.in_order():
        await right.takes(inbound)
    await asyncio.gather(*(wrong.takes(inbound) for inbound in wrong.in_order() * 3))
    await wrong.tries_again()
    assert await wrong.seen() == await right.seen()


@each
async def test_what_is_signed_wrongly_leaves_nothing(parts: Parts, subject: Subject) -> None:
    place = await place_of(parts, subject, "forged")
    for inbound in place.in_order():
        headers = {name: value[::-1] for name, value in inbound.headers.items()}
        with pytest.raises(BadSignature):
            await place.takes(msgspec.structs.replace(inbound, headers=headers, query={}, path=inbound.path[::-1]))
    assert await place.seen() == []
    assert (await list_deliveries(parts, place.actor, None, None, 100)).items == []


@each
async def test_a_kind_unheard_of_is_kept_for_a_person(parts: Parts, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the signature proves and the parser cannot read: the signature is let through here, because only the provider can make one."""
    place = await place_of(parts, subject, "news")
    monkeypatch.setattr(type(subject.channel), "verify", lambda *_: None)
    inbound = msgspec.structs.replace(place.in_order()[0], body=b'{"invented": {"since": true}}')
    assert (await place.takes(inbound)).fate in ("quarantined", "ignored")
    assert await place.seen() == []

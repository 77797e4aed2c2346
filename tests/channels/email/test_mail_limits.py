"""More mail than is taken: the sender hears 450 or 451, keeps it and comes again, so nothing is lost (RFC 5321 §4.2.1)."""

import asyncio
import smtplib
from collections.abc import AsyncIterator

import msgspec
import pytest

from innboks.app import build_parts
from innboks.channels.email.receiver import Listener, listen
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.directory import operator_settings
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.watch import RoadIn
from innboks.core.conversations.read import list_conversations
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock

BURST = 10
"""Ten seconds' worth of one a second."""


class Place:
    def __init__(self, parts: Parts, actor: Actor, row: ChannelAccount, listener: Listener) -> None:
        self.parts, self.actor, self.row, self.listener = parts, actor, row, listener

    async def send(self, subject: str, *, sender: str = "127.0.0.1") -> str:
        """What the server answered: "" when it took the mail."""

        def talk() -> str:
            raw = f"From: Leo <leo@customer.example>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@customer.example>\r\n\r\nHello\r\n"
            try:
                with smtplib.SMTP("127.0.0.1", self.listener.port, timeout=20, source_address=(sender, 0)) as client:
                    client.sendmail("leo@customer.example", [str(self.row.hosted_address)], raw.encode())
            except smtplib.SMTPResponseException as refused:
                said = refused.smtp_error
                return f"{refused.smtp_code} {said.decode() if isinstance(said, bytes) else said}"
            return ""

        return await asyncio.to_thread(talk)

    async def subjects(self) -> set[str]:
        return {one.subject for one in (await list_conversations(self.parts, self.actor)).items}


@pytest.fixture
async def place(settings: Settings, dsn: str, clock: FakeClock, request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    limits = {f"limit_{name}": 1 if name == request.param else 0 for name in ("address", "account")}
    chosen = msgspec.structs.replace(settings, **limits)
    async with build_parts(chosen, dsn, "worker", clock=clock) as parts:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        row = await connect(parts, actor, "email", "Team", None, {"address": "team@team.example"})
        listener = await listen(RoadIn(parts), {**operator_settings(parts), "smtp": "127.0.0.1:0"})
        listener.now = clock.monotonic
        yield Place(parts, actor, row, listener)
        await listener.close()


@pytest.mark.parametrize("place", ["account"], indirect=True)
async def test_more_than_an_account_may_take_in_comes_again_later(place: Place, clock: FakeClock) -> None:
    assert [await place.send(f"mail-{number}") for number in range(BURST)] == [""] * BURST
    assert (await place.send("late")).startswith("451 4.3.2")
    assert len(await place.subjects()) == BURST
    clock.advance(1)
    assert await place.send("late") == ""
    assert await place.subjects() == {"late", *(f"mail-{number}" for number in range(BURST))}


@pytest.mark.parametrize("place", ["address"], indirect=True)
async def test_one_address_that_sends_too_much_is_told_before_the_text_travels(place: Place, clock: FakeClock) -> None:
    assert [await place.send(f"mail-{number}") for number in range(BURST)] == [""] * BURST
    assert (await place.send("late")).startswith("450 4.7.1")
    assert await place.send("from elsewhere", sender="127.0.0.2") == ""
    clock.advance(1)
    assert await place.send("late") == ""
    assert await place.subjects() == {"late", "from elsewhere", *(f"mail-{number}" for number in range(BURST))}

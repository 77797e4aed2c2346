"""The core, running in this process against a real database, with the Echo channel from `tests/channel_folders`."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Delivered, Inbound
from tests.provider import Provider

FOLDERS = Path(__file__).parent.parent / "channel_folders"


@pytest.fixture
async def parts(settings: Settings, dsn: str, clock: FakeClock) -> AsyncIterator[Parts]:
    wide = msgspec.structs.replace(settings, channel_folders=(FOLDERS,))
    async with build_parts(wide, dsn, "worker", clock=clock) as built:
        yield built
        await _check_newest(built)


async def _check_newest(parts: Parts) -> None:
    """Whatever a test did: what lists show of the newest entry is what that message says (migration 0171)."""
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            """select c.id, c.last_type, l.type, c.last_author_id, l.author_id, c.is_last_forward, l.data ? 'forward_of', c.last_comment,
                   comment_start(l.type, l.text), c.heard, heard_by(r.recipients)
               from conversation c left join message l on l.account_id = c.account_id and l.id = c.last_message_id
               left join message r on r.account_id = c.account_id and r.id = c.last_received_id
               where (c.last_type, c.last_author_id, c.is_last_forward, c.last_comment, c.heard) is distinct from
                   (l.type, l.author_id, coalesce(l.data ? 'forward_of', false), coalesce(comment_start(l.type, l.text), ''), heard_by(r.recipients))"""
        )
        assert await cursor.fetchall() == []


@pytest.fixture
async def actor(parts: Parts) -> Actor:
    await create_first_account(parts, "Tindra", "Ada Example", "ada@tindra.example", "a long enough password")
    found = await first_admin(parts)
    assert found is not None
    return found


@pytest.fixture
async def echo(parts: Parts, actor: Actor) -> ChannelAccount:
    return await connect(parts, actor, "echo", "Echo", None, {"room": "lobby"})


@pytest.fixture
async def row(parts: Parts, actor: Actor, provider: Provider) -> ChannelAccount:
    """A channel whose answers go to `provider`."""
    return await connect(parts, actor, "echo", "Echo", None, {"room": "sales", "url": provider.url, "api_token": "t"})


@pytest.fixture
async def conversation(parts: Parts, actor: Actor, row: ChannelAccount) -> Conversation:
    await say(parts, row, "hello")
    (found,) = (await list_conversations(parts, actor)).items
    return found


def signed(payload: dict[str, Any] | bytes, secret: str = "echo-secret") -> Inbound:
    body = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return Inbound(body=body, headers={"x-echo-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()})


async def say(parts: Parts, row: ChannelAccount, text: str, *, sender: str = "leo", id: str = "m1") -> Delivered:
    return await receive(
        parts, row.account_id, row.id, signed({"type": "message", "id": id, "sender": sender, "name": sender.title(), "text": text})
    )

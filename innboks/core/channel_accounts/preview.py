"""A real reply, before it is real: what a customer would get from a chosen person with settings that are not saved yet (R-115). Nothing is stored.

The channel makes the message as it would for sending; `send_preview` lets it leave, to nobody but the person who asks.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import store as accounts
from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.connect import get_channel_account, merged_config, require_real
from innboks.core.channel_accounts.directory import Connected
from innboks.core.files.pictures import pictures_in, shown_here
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.html import sanitise
from innboks.lib.text import one_line, storable
from innboks.sdk.contract import Author, Outgoing, Party, Preview
from innboks.sdk.registry import offers


class Sample(msgspec.Struct, kw_only=True, frozen=True):
    """The reply that is shown. `config`: what differs from what is stored. `user_id` None: the person who asks."""

    subject: str
    text: str
    config: Mapping[str, Any] = {}
    user_id: int | None = None


async def preview(parts: Parts, actor: Actor, channel_account_id: int, sample: Sample) -> Preview:
    """Raises `NotFound`, `Invalid` with the field that is wrong."""
    connected, author = await _ready(parts, actor, channel_account_id, sample)
    shown = connected.channel.preview(connected.context, _outgoing(parts, sample, author, 0, Party(address="customer@example.com")))
    return msgspec.structs.replace(shown, html=shown_here(sanitise(shown.html)))


async def send_preview(parts: Parts, actor: Actor, channel_account_id: int, sample: Sample) -> str:
    """Returns the address it went to. Raises also what the channel raises when it cannot send."""
    connected, author = await _ready(parts, actor, channel_account_id, sample)
    require_real(connected.row)
    channel, nobody = connected.channel, Party(address="customer@example.com")
    sender = channel.preview(connected.context, _outgoing(parts, sample, author, 0, nobody)).sender_address
    if sender.lower() != connected.row.address.lower() and sender.lower() not in await _offered(connected):
        raise Invalid(f"This connection may not send from {sender}. Choose an address that is offered.", field="config.from_address")
    async with parts.db.connection() as conn:
        me = await accounts.get_user(conn, actor.account_id, actor.user_id)
        message_id = await store.next_message_id(conn)
    assert me is not None
    outgoing = _outgoing(parts, sample, author, message_id, Party(address=me.email, name=me.name))
    beside = await pictures_in(parts, actor.account_id, channel.signature(connected.context, author)[1])
    await channel.send(connected.context, msgspec.structs.replace(outgoing, files=beside))
    return me.email


async def from_addresses(parts: Parts, actor: Actor, channel_account_id: int) -> list[str]:
    """What a connection may send from, its own address first (R-141). Raises what the channel raises when the provider cannot be asked."""
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    connected = await parts.directory.find(parts, actor.account_id, row.id)
    return await _offered(connected)


async def _offered(connected: Connected) -> list[str]:
    """With its configuration, be that only tried."""
    if not offers(connected.channel, "from_addresses"):
        return [connected.row.address] if connected.row.address else []
    return list(await connected.channel.from_addresses(connected.context))


async def _ready(parts: Parts, actor: Actor, channel_account_id: int, sample: Sample) -> tuple[Connected, Author]:
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    if not offers(parts.registry.get(row.kind), "preview"):
        raise Invalid("This channel shows no preview.", code="no_preview")
    async with parts.db.connection() as conn:
        user = await accounts.get_user(conn, actor.account_id, sample.user_id or actor.user_id)
    if user is None:
        raise NotFound("There is no such person in your account.", code="unknown_user")
    stored = await parts.directory.find(parts, actor.account_id, row.id)
    tried = msgspec.structs.replace(stored.context, config=merged_config(parts, row, sample.config))
    connected = msgspec.structs.replace(stored, context=tried)
    return connected, Author(id=user.id, name=user.name, first_name=user.first_name, last_name=user.last_name)


def _outgoing(parts: Parts, sample: Sample, author: Author, message_id: int, to: Party) -> Outgoing:
    return Outgoing(
        message_id=message_id,
        conversation_id=0,
        author=author,
        recipients=[to],
        subject=one_line(sample.subject, 500),
        text=storable(sample.text, 10_000),
        created_at=parts.clock.now(),
    )

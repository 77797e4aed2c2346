"""Connecting a channel account, changing it, and disconnecting it (R-004, R-040 to R-046). The credentials are tried before anything is stored."""

from collections.abc import Mapping
from typing import Any

import msgspec
import psycopg

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.directory import Connected, open_up, seal_context
from innboks.core.channel_accounts.health import record_health
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.events import store as events
from innboks.core.inboxes import store as inboxes
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.text import storable
from innboks.sdk.contract import Channel, Health

NAME_MAX = 100
SECRET_WORDS = ("password", "secret", "token", "key")


async def connect(parts: Parts, actor: Actor, kind: str, name: str, inbox_id: int | None, config: Mapping[str, Any]) -> ChannelAccount:
    """Tries the configuration at the provider, then stores it. Without `inbox_id` the first inbox takes it.

    Raises `Forbidden`, `Invalid` with the field that is wrong, `Conflict` when this identity is connected already (R-045), or the channel's `SendError`."""
    actor.require(ACCOUNT_ACCESS)
    channel = parts.registry.get(kind)
    typed = read_config(channel, config)
    async with parts.db.transaction() as conn:
        target = inbox_id if inbox_id is not None else await inboxes.first_inbox(conn, actor.account_id)
        if target is None or target not in actor.readable:
            raise NotFound("There is no such inbox.", code="unknown_inbox")
        channel_account_id = await store.next_id(conn)
        addresses = await store.own_addresses(conn, actor.account_id)
    draft = _draft(parts, actor.account_id, channel_account_id, target, kind, name, typed, addresses)
    made = await channel.connect(draft.context)
    name = storable(name.strip() or made.name or made.address or channel.name, NAME_MAX)
    draft.row.identity, draft.row.address = made.identity, made.address
    ready = open_up(parts, draft.row, addresses)
    hosted = channel.hosted_address(ready.context)
    try:
        async with parts.db.transaction() as conn:
            if await store.is_connected(conn, actor.account_id, kind, made.identity):
                raise Conflict(
                    f"{made.address or made.identity} is connected already. Disconnect it first to connect it anew.",
                    code="already_connected",
                )
            await store.insert(
                conn,
                account_id=actor.account_id,
                id=channel_account_id,
                inbox_id=target,
                kind=kind,
                name=name,
                identity=made.identity,
                address=made.address,
                hosted_address=hosted.lower() if hosted else None,
                config_sealed=_seal(parts, actor.account_id, channel_account_id, made.config),
            )
            await events.add(
                conn, actor.account_id, "channel_account.changed", inbox_id=target, data={"channel_account_id": channel_account_id}
            )
    except psycopg.errors.UniqueViolation as error:
        raise Conflict(f"{made.address or made.identity} is connected already.", code="already_connected") from error
    await record_health(parts, actor.account_id, channel_account_id, Health(state="connected", sentence="Connected, nothing received yet."))
    return await get_channel_account(parts, actor, channel_account_id)


async def change_channel_account(
    parts: Parts,
    actor: Actor,
    channel_account_id: int,
    *,
    name: str | None = None,
    inbox_id: int | None = None,
    is_active: bool | None = None,
    settings: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
) -> ChannelAccount:
    """Changes what is given. A new configuration is tried first; secrets left empty stay as they are. Reconnecting sends what waited."""
    actor.require(ACCOUNT_ACCESS)
    before = await get_channel_account(parts, actor, channel_account_id)
    if before.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    values: dict[str, Any] = {}
    if name is not None:
        if not name.strip():
            raise Invalid("Give the channel a name.", code="empty_name", field="name")
        values["name"] = storable(name.strip(), NAME_MAX)
    if inbox_id is not None:
        if inbox_id not in actor.readable:
            raise NotFound("There is no such inbox.", code="unknown_inbox")
        values["inbox_id"] = inbox_id
    if is_active is not None:
        values["is_active"] = is_active
    if settings is not None:
        values["settings"] = dict(settings)
    if config is not None:
        values |= await _reconfigured(parts, before, config)
    if values:
        async with parts.db.transaction() as conn:
            await store.update(conn, actor.account_id, channel_account_id, values)
            await events.add(
                conn, actor.account_id, "channel_account.changed", inbox_id=before.inbox_id, data={"channel_account_id": channel_account_id}
            )
        parts.directory.forget(actor.account_id, channel_account_id)
        parts.wake.touch(actor.account_id)
    if is_active is False:
        await record_health(
            parts, actor.account_id, channel_account_id, Health(state="paused", sentence=f"Paused by {actor.name}.", action="Resume")
        )
    elif is_active or config is not None:
        await record_health(parts, actor.account_id, channel_account_id, Health(state="connected", sentence="Connected."))
    return await get_channel_account(parts, actor, channel_account_id)


async def _reconfigured(parts: Parts, before: ChannelAccount, config: Mapping[str, Any]) -> dict[str, Any]:
    channel = parts.registry.get(before.kind)
    known = open_config(parts, before)
    merged = known | {name: value for name, value in config.items() if not (is_secret(name) and value in ("", None))}
    typed = read_config(channel, merged)
    draft = _draft(parts, before.account_id, before.id, before.inbox_id, before.kind, before.name, typed, frozenset())
    made = await channel.connect(draft.context)
    draft.row.identity, draft.row.address = made.identity, made.address
    hosted = channel.hosted_address(open_up(parts, draft.row, frozenset()).context)
    return {
        "config_sealed": _seal(parts, before.account_id, before.id, made.config),
        "identity": made.identity,
        "address": made.address,
        "hosted_address": hosted.lower() if hosted else None,
    }


async def disconnect(parts: Parts, actor: Actor, channel_account_id: int) -> None:
    """Its conversations stay readable, answers over it are refused (R-046)."""
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        return
    connected = await parts.directory.find(parts, actor.account_id, channel_account_id)
    await connected.channel.disconnect(connected.context)
    async with parts.db.transaction() as conn:
        await store.archive(conn, actor.account_id, channel_account_id)
        await events.add(
            conn, actor.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": channel_account_id}
        )
    parts.directory.forget(actor.account_id, channel_account_id)
    parts.wake.touch(actor.account_id)


async def list_channel_accounts(parts: Parts, actor: Actor) -> list[ChannelAccount]:
    async with parts.db.connection() as conn:
        return await store.all_of(conn, actor.account_id, list(actor.readable))


async def get_channel_account(parts: Parts, actor: Actor, channel_account_id: int) -> ChannelAccount:
    async with parts.db.connection() as conn:
        row = await store.get(conn, actor.account_id, channel_account_id)
    if row is None or not actor.can_read(row.inbox_id):
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    return row


def read_config(channel: Channel, config: Mapping[str, Any]) -> msgspec.Struct:
    """The channel's `Config` from what somebody typed. Raises `Invalid` naming the field."""
    known = {field.name for field in msgspec.structs.fields(channel.Config)}
    for name in config:
        if name not in known:
            raise Invalid(
                f"“{name}” is not a setting of this channel. It has: {', '.join(sorted(known))}.",
                code="unknown_field",
                field=f"config.{name}",
            )
    try:
        return msgspec.convert(dict(config), channel.Config, strict=False)
    except msgspec.ValidationError as error:
        words, _, where = str(error).partition(" - at `$")
        field = "config" + where.rstrip("`")
        raise Invalid(f"{words}: {field.removeprefix('config.')}." if where else f"{words}.", code="invalid", field=field) from error


def open_config(parts: Parts, row: ChannelAccount) -> dict[str, Any]:
    """The stored configuration, secrets included. For our own use only."""
    return msgspec.json.decode(parts.vault.open(row.config_sealed, seal_context(row.account_id, row.id)), type=dict[str, Any])


def shown_config(parts: Parts, row: ChannelAccount) -> dict[str, Any]:
    """The configuration as people may see it: secrets are blank."""
    return {name: "" if is_secret(name) else value for name, value in open_config(parts, row).items()}


def is_secret(name: str) -> bool:
    return any(word in name for word in SECRET_WORDS)


def _seal(parts: Parts, account_id: int, channel_account_id: int, config: msgspec.Struct) -> bytes:
    return parts.vault.seal(msgspec.json.encode(config), seal_context(account_id, channel_account_id))


def _draft(
    parts: Parts, account_id: int, id: int, inbox_id: int, kind: str, name: str, config: msgspec.Struct, addresses: frozenset[str]
) -> Connected:
    """A channel account that is not stored yet, so that its channel can try it."""
    row = ChannelAccount(
        account_id=account_id,
        id=id,
        inbox_id=inbox_id,
        kind=kind,
        name=name,
        identity="",
        address="",
        hosted_address=None,
        config_sealed=_seal(parts, account_id, id, config),
        state={},
        settings={},
        is_active=True,
        is_authorized=True,
        health={},
        health_at=None,
        last_received_at=None,
        created_at=parts.clock.now(),
        archived_at=None,
    )
    return open_up(parts, row, addresses)

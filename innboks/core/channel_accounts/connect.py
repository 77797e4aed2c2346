"""Connecting a channel account, changing it, and disconnecting it (R-004, R-040 to R-046). The credentials are tried before anything is stored."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import psycopg

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts.features import require_channel
from innboks.core.accounts.rights import announce, note_change
from innboks.core.channel_accounts import store
from innboks.core.channel_accounts import store_drafts as drafts
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.directory import Connected, open_up
from innboks.core.channel_accounts.grants import open_grant, seal_context, seal_grant
from innboks.core.channel_accounts.health import mark_broken, record_health
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.retype import require_retyped
from innboks.core.events import store as events
from innboks.core.inboxes import store as inboxes
from innboks.core.inboxes.make import NewInbox, make, require_name
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound, SendError
from innboks.lib.db import Connection
from innboks.lib.html import sanitise
from innboks.lib.text import storable
from innboks.lib.wrong_values import invalid_of
from innboks.sdk.contract import Author, Channel, Grant, Health
from innboks.sdk.registry import offers

NAME_MAX = 100
BACKFILL = "backfill_since"
"""The setting that says from which day on older messages are fetched; see `ledger.py`."""
NOT_MADE_YET = 0
"""The id of an inbox while it is none."""
SECRET_WORDS = ("password", "secret", "token", "key")


async def connect(
    parts: Parts,
    actor: Actor,
    kind: str,
    name: str,
    inbox_id: int | None,
    config: Mapping[str, Any],
    *,
    grant: Grant | None = None,
    settings: Mapping[str, Any] | None = None,
    is_personal: bool = False,
    draft_id: int | None = None,
    setup_step: str | None = None,
    past_days: int = 0,
    new_inbox: NewInbox | None = None,
) -> ChannelAccount:
    """Tries the configuration at the provider, then stores it. Without `inbox_id` the first inbox takes it. `grant` is what a sign-in brought.
    `new_inbox`: it is made with it (R-021, R-022), and only when it is connected.
    `draft_id`: the set-up that was begun, which is over with this; `setup_step`: it is connected, and set up further from there on.
    `past_days`: what came in so many days before is fetched too, in the background, where the channel can (the ledger says how far it is).
    What was disconnected comes back as itself where it was: its conversations go on, and replies that still waited for it leave.
    A personal mailbox belongs to the actor alone (R-102), and goes into an inbox that is theirs alone.

    Raises `Forbidden`, `Invalid` with the field that is wrong, `Conflict` when this identity is connected already (R-045), or the channel's `SendError`."""
    actor.require(ACCOUNT_ACCESS)
    channel = parts.registry.get(kind)
    typed = read_config(channel, config)
    draft = await draft_of(parts, actor, kind, name, inbox_id, typed, grant, new_inbox=new_inbox)
    channel_account_id, target, addresses = draft.row.id, draft.row.inbox_id, draft.context.own_addresses
    made = await channel.connect(draft.context)
    name = storable(name.strip() or made.name or made.address or channel.name, NAME_MAX)
    owner_id = actor.user_id if is_personal else None
    former_id = None
    if new_inbox is None:
        async with parts.db.connection() as conn:
            former_id = await store.former(conn, actor.account_id, kind, made.identity, target, owner_id)
    channel_account_id = former_id or channel_account_id
    sealed = seal_config(parts, actor.account_id, channel_account_id, made.config)
    draft.row.id, draft.row.config_sealed = channel_account_id, sealed
    draft.row.identity, draft.row.address = made.identity, made.address
    ready = open_up(parts, draft.row, addresses)
    hosted = channel.hosted_address(ready.context)
    values: dict[str, Any] = {
        "name": name,
        "address": made.address,
        "hosted_address": hosted.lower() if hosted else None,
        "config_sealed": sealed,
        "grant_sealed": seal_grant(parts, actor.account_id, channel_account_id, made.grant) if made.grant else None,
        "setup_step": setup_step,
        "sender_name": made.sender_name if hosted else "",
        "from_address": made.from_address,
    }
    try:
        async with parts.db.transaction() as conn:
            if new_inbox is not None:
                target = await make(conn, actor, new_inbox)
                await note_change(conn, actor.account_id, rights=True)
            elif not await inboxes.is_open(
                conn, actor.account_id, target
            ):  # it may have been archived while the provider was tried
                raise _unknown_inbox()
            if is_personal:
                await _require_own_inbox(conn, actor, target)
            if (there := await store.connected_as(conn, actor.account_id, kind, made.identity)) is not None:
                raise _connected_already(made.address or made.identity, there, is_personal=is_personal)
            if former_id is not None:
                if not await store.bring_back(conn, actor.account_id, former_id, values):
                    raise _connected_already(made.address or made.identity, (owner_id, actor.name), is_personal=is_personal)
            else:
                await store.insert(
                    conn,
                    account_id=actor.account_id,
                    id=channel_account_id,
                    inbox_id=target,
                    kind=kind,
                    identity=made.identity,
                    reply_window_s=channel.abilities.reply_window_s,
                    settings=settings or {},
                    owner_id=owner_id,
                    category=channel.category,
                    **values,
                )
            if past_days > 0 and fetches_past(channel, typed):
                since = (parts.clock.now() - timedelta(days=past_days)).date().isoformat()
                await store.add_setting(conn, actor.account_id, channel_account_id, BACKFILL, since)
            if draft_id is not None:
                await drafts.drop(conn, actor.account_id, draft_id)
            await events.add(
                conn, actor.account_id, "channel_account.changed", inbox_id=target, data={"channel_account_id": channel_account_id}
            )
    except psycopg.errors.UniqueViolation as error:
        raise _taken(error, made.address or made.identity, made.sender_name) from error
    if new_inbox is not None:
        await _announce_inbox(parts, actor, target)
    await tell_changed(parts, actor.account_id, channel_account_id)
    await record_health(parts, actor.account_id, channel_account_id, Health(state="connected", sentence="Connected, nothing received yet."))
    return await get_channel_account(parts, actor, channel_account_id)


async def _announce_inbox(parts: Parts, actor: Actor, inbox_id: int) -> None:
    from innboks.core.channel_accounts.fallback import issue_fallback  # which is built on this file

    await announce(parts, actor.account_id)
    await issue_fallback(parts, actor, inbox_id)


def fetches_past(channel: Channel, config: msgspec.Struct) -> bool:
    """Can messages from before the connection be fetched with this configuration?"""
    return channel.past_when is not None and all(getattr(config, name) in values for name, values in channel.past_when.items())


def _connected_already(address: str, there: tuple[int | None, str], *, is_personal: bool) -> Conflict:
    """R-045, R-102, R-103: says as what it is connected, where that is not what was asked for."""
    owner_id, owner = there
    if owner_id is not None and not is_personal:
        sentence = f"{address} is connected as the personal mailbox of {owner}. Disconnect it there first to connect it as a team address."
        return Conflict(sentence, code="connected_as_personal", field="address")
    if owner_id is None and is_personal:
        sentence = f"{address} is connected as a team address. Disconnect it there first to connect it as a personal mailbox."
        return Conflict(sentence, code="connected_as_team", field="address")
    return Conflict(f"{address} is connected already. Disconnect it first to connect it anew.", code="already_connected", field="address")


def _taken(error: psycopg.errors.UniqueViolation, address: str, sender_name: str) -> Conflict:
    if error.diag.constraint_name == "channel_account_sender_name":
        sentence = f"Another address is sent from as “{sender_name}” already. Customers tell them apart by it: choose another name."
        return Conflict(sentence, code="sender_name_taken", field="sender_name")
    return Conflict(f"{address} is connected already.", code="already_connected", field="address")


def _disconnected() -> Conflict:
    return Conflict("This channel was disconnected. Connect it anew.", code="disconnected")


def _unknown_inbox() -> NotFound:
    return NotFound("There is no such inbox.", code="unknown_inbox")


async def _require_own_inbox(conn: Connection, actor: Actor, inbox_id: int) -> None:
    """Until the commit nobody opens it to others; afterwards `inboxes/personal.py` sees to it."""
    await inboxes.get(conn, actor.account_id, inbox_id, lock=True)
    inbox = await inboxes.get(conn, actor.account_id, inbox_id)  # now that it is held: somebody may have come in while that was waited for
    if inbox is None or inbox.access != "members" or inbox.member_ids != [actor.user_id] or inbox.team_ids:
        raise Invalid("A personal mailbox needs an inbox of which only you are a member. Make one, and choose it.", field="inbox_id")
    await inboxes.forget_teams(conn, actor.account_id, inbox_id)


async def draft_of(
    parts: Parts,
    actor: Actor,
    kind: str,
    name: str,
    inbox_id: int | None,
    config: msgspec.Struct,
    grant: Grant | None = None,
    *,
    new_inbox: NewInbox | None = None,
) -> Connected:
    """A channel account that is not stored yet, so that its channel can try it. Raises `NotFound` when there is no such inbox, `Invalid` when the one
    that is to be made has no name."""
    async with parts.db.transaction() as conn:
        await require_channel(conn, actor.account_id, parts.registry.get(kind))
        target = inbox_id if inbox_id is not None else await inboxes.first_inbox(conn, actor.account_id)
        if new_inbox is not None:
            require_name(new_inbox.name, field="new_inbox_name")
            target = NOT_MADE_YET
        elif target is None or not await inboxes.is_open(conn, actor.account_id, target):
            raise _unknown_inbox()
        channel_account_id = await store.next_id(conn)
        addresses = await store.own_addresses(conn, actor.account_id)
    return _draft(parts, actor.account_id, channel_account_id, target, kind, name, config, addresses, grant)


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
    grant: Grant | None = None,
    setup_step: str | msgspec.UnsetType | None = msgspec.UNSET,
) -> ChannelAccount:
    """Changes what is given. A new configuration or grant is tried first; secrets left empty stay as they are. Reconnecting sends what waited.
    What is resumed after its credentials were refused is tried before it counts as connected (R-044); when they still are, it goes on as broken.

    Raises `Conflict` when another channel account has the new configuration's identity (R-045)."""
    actor.require(ACCOUNT_ACCESS)
    before = await get_channel_account(parts, actor, channel_account_id)
    if before.archived_at is not None:
        raise _disconnected()
    if before.is_fallback:
        _require_fallback_stays(before, inbox_id, is_active)
    if config is not None:
        require_real(before)
    if is_active or config is not None:
        async with parts.db.connection() as conn:
            await require_channel(conn, actor.account_id, parts.registry.get(before.kind))
    values: dict[str, Any] = {}
    if name is not None:
        if not name.strip():
            raise Invalid("Give the channel a name.", code="empty_name", field="name")
        values["name"] = storable(name.strip(), NAME_MAX)
    if inbox_id is not None and inbox_id != before.inbox_id and before.owner_id is not None:
        raise Conflict(
            "A personal mailbox stays in its person's own inbox. To make it a team address, disconnect it and connect it anew.",
            code="personal",
        )
    if inbox_id is not None:
        values["inbox_id"] = inbox_id
    if is_active is not None:
        values["is_active"] = is_active
    if settings is not None:
        values["settings"] = dict(settings)
    if setup_step is not msgspec.UNSET:
        values["setup_step"] = setup_step
    refused: SendError | Invalid | None = None
    if config is not None:
        values |= await _reconfigured(parts, before, config, grant)
    elif is_active and not before.is_authorized:
        try:
            values |= await _reconfigured(parts, before, {}, None)
        except (SendError, Invalid) as error:
            refused = error
    if values:
        try:
            async with parts.db.transaction() as conn:
                if inbox_id is not None and not await inboxes.is_open(conn, actor.account_id, inbox_id):
                    raise _unknown_inbox()
                if not await store.is_connected(conn, actor.account_id, channel_account_id):
                    raise _disconnected()
                await store.update(conn, actor.account_id, channel_account_id, values)
                for reader in dict.fromkeys([before.inbox_id, inbox_id or before.inbox_id]):
                    data = {"channel_account_id": channel_account_id}
                    await events.add(conn, actor.account_id, "channel_account.changed", inbox_id=reader, data=data)
        except psycopg.errors.UniqueViolation as error:
            raise _taken(error, values.get("address") or values.get("identity", ""), values.get("sender_name", "")) from error
        await tell_changed(parts, actor.account_id, channel_account_id)
        parts.wake.touch(actor.account_id)
    if is_active is False:
        await record_health(
            parts, actor.account_id, channel_account_id, Health(state="paused", sentence=f"Paused by {actor.name}.", action="Resume")
        )
    elif refused is not None:
        await mark_broken(parts, actor.account_id, channel_account_id, refused.sentence)
    elif config is not None or (is_active and not (before.is_active and before.is_authorized)):
        await record_health(parts, actor.account_id, channel_account_id, Health(state="connected", sentence="Connected."))
    return await get_channel_account(parts, actor, channel_account_id)


def _require_fallback_stays(before: ChannelAccount, inbox_id: int | None, is_active: bool | None) -> None:
    """The address that we gave out for an inbox receives there as long as the inbox is (R-145)."""
    if (inbox_id is not None and inbox_id != before.inbox_id) or is_active is False:
        raise Conflict("The fallback address of an inbox belongs to it: it can be neither moved nor paused.", code="fallback")


def other_fallback() -> Conflict:
    """R-145: it is ours, so it stays what it is."""
    return Conflict("The fallback address and how it receives stay as they are. Connect another address beside it.", code="fallback")


def require_real(row: ChannelAccount) -> None:
    """Raises `Conflict` for an address of the demo: its customers are invented, and nothing may ever leave from it."""
    if row.is_demo:
        raise Conflict("This address belongs to the demo data: nothing leaves from it. Connect an address of your own.", code="demo")


def merged_config(parts: Parts, before: ChannelAccount, config: Mapping[str, Any]) -> msgspec.Struct:
    """What is stored with what was typed over it. Raises `Invalid` naming the field."""
    stored, channel = open_config(parts, before), parts.registry.get(before.kind)
    typed = {name: value for name, value in config.items() if not (is_secret(name) and value in ("", None))}
    merged = read_config(channel, stored | typed)
    require_retyped(channel, stored, typed)
    return merged


async def _reconfigured(parts: Parts, before: ChannelAccount, config: Mapping[str, Any], grant: Grant | None) -> dict[str, Any]:
    channel = parts.registry.get(before.kind)
    typed = merged_config(parts, before, config)
    kept = grant or open_grant(parts, before)
    draft = _draft(parts, before.account_id, before.id, before.inbox_id, before.kind, before.name, typed, frozenset(), kept)
    if before.is_fallback and channel.hosted_address(draft.context) is None:
        raise other_fallback()
    made = await channel.connect(draft.context)
    draft.row.identity, draft.row.address = made.identity, made.address
    hosted = channel.hosted_address(open_up(parts, draft.row, frozenset()).context)
    if before.is_fallback:
        if made.identity != before.identity:
            raise other_fallback()
        hosted = before.hosted_address
    is_elsewhere = before.records is not None and before.records["of"] != (made.from_address or made.address)
    return {
        **({"records": None, "records_at": None} if is_elsewhere else {}),  # they were those of the address that it sent from
        "config_sealed": seal_config(parts, before.account_id, before.id, made.config),
        "grant_sealed": seal_grant(parts, before.account_id, before.id, made.grant) if made.grant else before.grant_sealed,
        "identity": made.identity,
        "address": made.address,
        "hosted_address": hosted.lower() if hosted else None,
        "sender_name": made.sender_name if hosted else "",
        "from_address": made.from_address,
    }


async def disconnect(parts: Parts, actor: Actor, channel_account_id: int) -> None:
    """Its conversations stay readable, answers over it are refused (R-046)."""
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        return
    if row.is_fallback:
        raise Conflict("The fallback address of an inbox belongs to it, and cannot be disconnected.", code="fallback")
    connected = await parts.directory.find(parts, actor.account_id, channel_account_id)
    await connected.channel.disconnect(connected.context)
    async with parts.db.transaction() as conn:
        await store.archive(conn, actor.account_id, channel_account_id)
        await events.add(
            conn, actor.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": channel_account_id}
        )
    await tell_changed(parts, actor.account_id, channel_account_id)
    parts.wake.touch(actor.account_id)


async def list_channel_accounts(parts: Parts, actor: Actor) -> list[ChannelAccount]:
    """Of the inboxes this person may read; with "account access" all, because they are configured here."""
    async with parts.db.connection() as conn:
        wanted = set(actor.readable)
        if actor.may(ACCOUNT_ACCESS):
            wanted |= {inbox.id for inbox in await inboxes.all_of(conn, actor.account_id)}
        return await store.all_of(conn, actor.account_id, sorted(wanted))


async def get_channel_account(parts: Parts, actor: Actor, channel_account_id: int) -> ChannelAccount:
    async with parts.db.connection() as conn:
        row = await store.get(conn, actor.account_id, channel_account_id)
    if row is None or not (actor.can_read(row.inbox_id) or actor.may(ACCOUNT_ACCESS)):
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    return row


async def signature_of(parts: Parts, actor: Actor, channel_account_id: int) -> tuple[str, str]:
    """(text, html) of what is added below what this person writes here; the markup is an admin's, and made harmless."""
    row = await get_channel_account(parts, actor, channel_account_id)
    connected = await parts.directory.find(parts, actor.account_id, row.id)
    author = Author(id=actor.user_id, name=actor.name, first_name=actor.first_name, last_name=actor.last_name)
    text, html = connected.channel.signature(connected.context, author)
    return text, sanitise(html) if html else ""


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
        raise invalid_of(str(error), within="config") from error


def open_config(parts: Parts, row: ChannelAccount) -> dict[str, Any]:
    """The stored configuration, secrets included. For our own use only."""
    return msgspec.json.decode(parts.vault.open(row.config_sealed, seal_context(row.account_id, row.id)), type=dict[str, Any])


def shown_config(parts: Parts, row: ChannelAccount) -> dict[str, Any]:
    """The configuration as people may see it: secrets are blank."""
    return {name: "" if is_secret(name) else value for name, value in open_config(parts, row).items()}


def push_url(parts: Parts, row: ChannelAccount) -> str | None:
    """The address to which the provider shall push, where an admin enters it there."""
    channel = parts.registry.get(row.kind)
    return channel.push_url(open_up(parts, row, frozenset()).context) if offers(channel, "push_url") else None


def test_address(parts: Parts, row: ChannelAccount) -> str | None:
    """Where a test is sent that has to come back."""
    channel = parts.registry.get(row.kind)
    return channel.test_address(open_up(parts, row, frozenset()).context) if offers(channel, "test_address") else None


def is_secret(name: str) -> bool:
    return any(word in name for word in SECRET_WORDS)


def seal_config(parts: Parts, account_id: int, channel_account_id: int, config: msgspec.Struct) -> bytes:
    """As it is stored."""
    return parts.vault.seal(msgspec.json.encode(config), seal_context(account_id, channel_account_id))


def _draft(
    parts: Parts,
    account_id: int,
    id: int,
    inbox_id: int,
    kind: str,
    name: str,
    config: msgspec.Struct,
    addresses: frozenset[str],
    grant: Grant | None = None,
) -> Connected:
    """It has no row yet (or shall not change it), so nothing keeps a renewed grant but the channel's own answer."""
    row = ChannelAccount(
        account_id=account_id,
        id=id,
        inbox_id=inbox_id,
        kind=kind,
        name=name,
        identity="",
        address="",
        hosted_address=None,
        config_sealed=seal_config(parts, account_id, id, config),
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
    draft = open_up(parts, row, addresses)
    draft.context = msgspec.structs.replace(draft.context, grant=grant, renew_grant=None)
    return draft

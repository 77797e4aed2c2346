"""Who a payload is for, and what a channel gets to know: channel accounts with their decrypted configuration, kept for a moment in memory.

The road in asks once per payload, so an answer is kept for KEEP_S; a change is seen at once by the process that made it and by those that hear of it
(`changes.py`), by others within KEEP_S. Secrets stay in memory no longer than that. Read next: `connect.py`.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from innboks.core.channel_accounts import grants, store
from innboks.core.channel_accounts.grants import seal_context
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.errors import NotFound
from innboks.lib.db import Connection
from innboks.sdk.contract import AccountRef, Channel, Context, Deliver, Health
from innboks.sdk.parsing import Facts, key_of

if TYPE_CHECKING:
    from innboks.core.parts import Parts

KEEP_S = 3.0
KEEP_MAX = 10_000
Deliverer = Callable[["Connected", Any], Awaitable[Any]]


class Connected(msgspec.Struct, kw_only=True):
    """A channel account ready for use: the row, its channel, the plain facts for a parser, and the context for everything else."""

    row: ChannelAccount
    channel: Channel
    facts: Facts
    context: Context
    loaded: float = 0.0


class Directory:
    """Finds channel accounts by id or address."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], Connected] = OrderedDict()
        self._addresses: dict[str, tuple[float, tuple[int, int] | None]] = {}
        self._owners: dict[int, int] = {}
        self._forgotten = 0

    async def find(self, parts: "Parts", account_id: int, channel_account_id: int, conn: Connection | None = None) -> Connected:
        """Raises `NotFound` when there is no such channel account (also when it was disconnected: look at `row.archived_at`). Who holds a connection
        gives it: if each of many asked for a second one while all are held, they would wait for each other."""
        key = (account_id, channel_account_id)
        known = self._known.get(key)
        if known is not None and parts.clock.monotonic() - known.loaded < KEEP_S:
            return known
        forgotten = self._forgotten
        async with nullcontext(conn) if conn is not None else parts.db.connection() as reader:
            row = await store.get(reader, account_id, channel_account_id)
            addresses = await store.own_addresses(reader, account_id)
        if row is None:
            raise NotFound("There is no such channel account.", code="unknown_channel_account")
        found = open_up(parts, row, addresses)
        if forgotten != self._forgotten:  # something changed while it was read: it may be from before, so it is not kept
            return found
        self._known[key] = found
        if len(self._known) > KEEP_MAX:
            self._known.popitem(last=False)
        return found

    async def account_of(self, parts: "Parts", channel_account_id: int) -> int | None:
        """The account of a channel account that is known by its id alone (a webhook's address). It never changes, so it is kept."""
        known = self._owners.get(channel_account_id)
        if known is None:
            async with parts.db.connection() as conn:
                known = await store.account_of(conn, channel_account_id)
            if known is not None:
                self._owners[channel_account_id] = known
        return known

    async def resolve(self, parts: "Parts", address: str) -> tuple[int, int] | None:
        """The connected channel account with this hosted or own address (any case; a +suffix is left out)."""
        local, _, domain = address.lower().rpartition("@")
        plain = f"{local.split('+', 1)[0]}@{domain}"
        now = parts.clock.monotonic()
        kept = self._addresses.get(plain)
        if kept is not None and now - kept[0] < KEEP_S:
            return kept[1]
        forgotten = self._forgotten
        async with parts.db.connection() as conn:
            found = await store.find_by_address(conn, plain)
        if len(self._addresses) > KEEP_MAX:
            self._addresses.clear()
        if forgotten == self._forgotten:
            self._addresses[plain] = (now, found)
        return found

    def forget(self, account_id: int, channel_account_id: int) -> None:
        """In this process. Whoever changed something calls `tell_changed`, which reaches them all."""
        self._known.pop((account_id, channel_account_id), None)
        self.forget_addresses()

    def forget_addresses(self) -> None:
        """Which address is whose."""
        self._forgotten += 1
        self._addresses.clear()

    def forget_all(self) -> None:
        """What changed may have been missed."""
        self._known.clear()
        self.forget_addresses()


def open_up(parts: "Parts", row: ChannelAccount, own_addresses: frozenset[str]) -> Connected:
    """Decrypts and puts together what the channel may know."""
    channel = parts.registry.get(row.kind)
    config_json = parts.vault.open(row.config_sealed, seal_context(row.account_id, row.id))
    key = parts.vault.derive(f"channel-account:{row.account_id}:{row.id}")
    ref = AccountRef(
        account_id=row.account_id, id=row.id, name=row.name, identity=row.identity, address=row.address, connected_at=row.created_at
    )
    facts = Facts(
        kind=row.kind,
        config=config_json,
        ref=ref,
        key=key,
        public_url=parts.settings.url,
        domain=parts.settings.mail_domain,
        own_addresses=own_addresses,
    )
    return Connected(
        row=row,
        channel=channel,
        facts=facts,
        context=Context(
            ref=ref,
            config=msgspec.json.decode(config_json, type=channel.Config),
            http=parts.http,
            clock=parts.clock,
            log=structlog.get_logger("channel").bind(kind=row.kind, channel_account=row.id),
            public_url=parts.settings.url,
            domain=parts.settings.mail_domain,
            secret=key_of(key),
            settings={**operator_settings(parts), "backfill_since": row.settings.get("backfill_since")},
            own_addresses=own_addresses,
            state=row.state,
            save_state=_state_saver(parts, row),
            unseen=_asks_unseen(parts, row),
            report_health=_health_reporter(parts, row),
            grant=grants.open_grant(parts, row),
            renew_grant=grants.renewer(parts, row),
        ),
        loaded=parts.clock.monotonic(),
    )


def with_delivery(connected: Connected, deliver: Deliver, news: Callable[[float], Awaitable[None]]) -> Context:
    """The context of a watcher: it can also put payloads on the road in, and wait for the provider's pushes."""
    return msgspec.structs.replace(connected.context, deliver=deliver, news=news)


def operator_settings(parts: "Parts") -> Mapping[str, Any]:
    """Operator's settings that a channel may read."""
    settings = parts.settings
    return {
        "allow_private": settings.allow_private,
        "provider_urls": settings.provider_urls,
        "provider_clients": settings.provider_clients,
        "smtp": settings.smtp,
        "smtp_cert": settings.smtp_cert,
        "smtp_key": settings.smtp_key,
        "smtp_out": settings.smtp_out,
        "mail_checks": settings.mail_checks,
        "mail_size": settings.mail_size,
        "limit_address": settings.limit_address,
        "dns": str(settings.dns) if settings.dns else None,
    }


def _state_saver(parts: "Parts", row: ChannelAccount) -> Callable[[Mapping[str, Any]], Awaitable[None]]:
    async def save(state: Mapping[str, Any]) -> None:
        async with parts.db.transaction() as conn:
            await store.save_state(conn, row.account_id, row.id, state)

    return save


def _asks_unseen(parts: "Parts", row: ChannelAccount) -> Callable[[Sequence[str]], Awaitable[list[str]]]:
    async def unseen(sources: Sequence[str]) -> list[str]:
        async with parts.db.connection() as conn:
            return await store.unseen(conn, row.account_id, row.id, sources)

    return unseen


def _health_reporter(parts: "Parts", row: ChannelAccount) -> Callable[[Health], Awaitable[None]]:
    async def report(health: Health) -> None:
        from innboks.core.channel_accounts.health import record_health

        await record_health(parts, row.account_id, row.id, health)

    return report

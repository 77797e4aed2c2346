"""What people allowed us at providers (OAuth 2.0): kept encrypted, and renewed by one process at a time.

Some providers give a new refresh token with each renewal and forget the old one: two that renew at once would lose the connection. So
whoever renews holds a lock in the database, and whoever waited for it takes what the first one brought. Read next: `sdk/oauth.py`, which
asks; `sign_in.py`, which gets the first grant.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec

from innboks.core.channel_accounts import store
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.errors import Broken
from innboks.lib.crypto import CannotOpen, Vault
from innboks.sdk.contract import Grant

if TYPE_CHECKING:
    from innboks.core.parts import Parts

AT_ONCE = 2
"""Renewals under way in one process: each holds a database connection while the provider is asked."""
Refresh = Callable[[Grant], Awaitable[Grant]]

_slots: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()
_under_way: set[asyncio.Task[Grant]] = set()


def seal_context(account_id: int, channel_account_id: int) -> bytes:
    """Binds what is sealed to its row, so that it cannot be moved to another."""
    return f"channel_account:{account_id}:{channel_account_id}".encode()


def open_grant(parts: "Parts", row: ChannelAccount) -> Grant | None:
    """None when nobody signed in for it."""
    return None if row.grant_sealed is None else _open(parts, row.account_id, row.id, row.grant_sealed)


def ends_at(vault: Vault, row: ChannelAccount) -> datetime | None:
    """When the access that a sign-in brought ends, unless it is renewed; None when that is not known, or nobody signed in."""
    if row.grant_sealed is None:
        return None
    try:
        content = vault.open(row.grant_sealed, seal_context(row.account_id, row.id) + b":grant")
    except CannotOpen:
        return None  # another secret: whoever uses it says so
    return msgspec.json.decode(content, type=Grant).expires_at


def seal_grant(parts: "Parts", account_id: int, channel_account_id: int, grant: Grant) -> bytes:
    return parts.vault.seal(msgspec.json.encode(grant), seal_context(account_id, channel_account_id) + b":grant")


def renewer(parts: "Parts", row: ChannelAccount) -> Callable[[Grant, Refresh], Awaitable[Grant]]:
    """`Context.renew_grant` of a channel account. What the provider gave is stored even when whoever asked for it is cancelled meanwhile."""

    async def renew(stale: Grant, refresh: Refresh) -> Grant:
        task = asyncio.create_task(_renew(parts, row.account_id, row.id, stale, refresh))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)
        return await asyncio.shield(task)

    return renew


async def _renew(parts: "Parts", account_id: int, channel_account_id: int, stale: Grant, refresh: Refresh) -> Grant:
    slot = _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with slot, parts.db.transaction() as conn:
        sealed = await store.lock_grant(conn, account_id, channel_account_id)
        if sealed is None:
            raise Broken("Nobody is signed in for this connection any more. Sign in again.", code="not_signed_in")
        newest = _open(parts, account_id, channel_account_id, sealed)
        if newest != stale:
            return newest
        fresh = await refresh(newest)
        await store.save_grant(conn, account_id, channel_account_id, seal_grant(parts, account_id, channel_account_id, fresh))
    await tell_changed(parts, account_id, channel_account_id)
    return fresh


def _open(parts: "Parts", account_id: int, channel_account_id: int, sealed: bytes) -> Grant:
    content = parts.vault.open(sealed, seal_context(account_id, channel_account_id) + b":grant")
    return msgspec.json.decode(content, type=Grant)

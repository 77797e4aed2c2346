"""Features that an operator may take away from an account (R-001 to R-003, R-014). Everything is there until then.

What is off is refused here with a sentence, and not shown by the app; what was set up for it is kept. Read next: `flags.py`, which switches.
"""

from innboks.core.accounts import store
from innboks.core.accounts.models import Account
from innboks.errors import Forbidden
from innboks.lib.db import Connection
from innboks.sdk.contract import Channel
from innboks.sdk.registry import Registry

AUTOMATIC_ASSIGNMENT = "automatic_assignment"
AT_CAPACITY_CHAT = "at_capacity_chat"
"""What a chat says when everybody has their limit (R-213)."""
PRESENCE = "presence"
"""Seeing who else reads or writes in a conversation."""


def features(registry: Registry) -> list[str]:
    """All that can be switched off, by name: also each channel that a plan may leave out."""
    return [AUTOMATIC_ASSIGNMENT, AT_CAPACITY_CHAT, PRESENCE, *(_of_channel(channel) for channel in registry if channel.is_plan_bound)]


def has_channel(account: Account, channel: Channel) -> bool:
    return _of_channel(channel) not in account.switched_off


async def has_presence(conn: Connection, account_id: int) -> bool:
    return not await store.is_off(conn, account_id, PRESENCE)


async def require_assignment(conn: Connection, account_id: int) -> None:
    """Before a rule is switched on. Raises `Forbidden`."""
    if await store.is_off(conn, account_id, AUTOMATIC_ASSIGNMENT):
        sentence = "Automatic assignment is switched off for this account. Whoever runs this server can switch it on."
        raise Forbidden(sentence, code="feature_off")


async def require_channel(conn: Connection, account_id: int, channel: Channel) -> None:
    """Before it is connected, gone on with, or sent over. Raises `Forbidden`."""
    if channel.is_plan_bound and await store.is_off(conn, account_id, _of_channel(channel)):
        raise Forbidden(f"{channel.name} is switched off for this account. Whoever runs this server can switch it on.", code="feature_off")


def _of_channel(channel: Channel) -> str:
    return f"channel.{channel.kind}"

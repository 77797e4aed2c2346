"""The reply window: on some channels an answer may leave only for a time after the customer last wrote (`Abilities.reply_window_s`).

One place says when it closes, so that what the app shows (`contacts/reach.py`), what *write* refuses, and what *send* no longer tries are the same.
It belongs to the customer and the channel account, not to one conversation: whatever the customer writes there opens it anew in all of them.
"""

from datetime import UTC, datetime, timedelta

from innboks.core.dispatches import store
from innboks.errors import Forbidden
from innboks.lib.clock import in_sentence
from innboks.lib.db import Connection
from innboks.sdk.contract import Abilities

NEVER_OPEN = datetime(1, 1, 1, tzinfo=UTC)
"""When the window of a customer closed who never wrote on this channel account."""
CLOSED = "The channel's reply window closed before the time of this message."


async def closes_at(
    conn: Connection, account_id: int, conversation_id: int, channel_account_id: int, abilities: Abilities
) -> datetime | None:
    """When the channel account stops taking answers to the customer of this conversation: at that moment it is closed. None: it never does."""
    if not abilities.reply_window_s:
        return None
    heard_at = await store.heard_at(conn, account_id, conversation_id, channel_account_id)
    return NEVER_OPEN if heard_at is None else heard_at + timedelta(seconds=abilities.reply_window_s)


def require_open(closes_at: datetime | None, now: datetime) -> None:
    """Raises `Forbidden` when the channel takes no answer now."""
    if closes_at == NEVER_OPEN:
        raise Forbidden("On this channel the customer has to write first.", code="must_write_first")
    if closes_at is not None and closes_at <= now:
        raise Forbidden(
            f"This channel took answers until {in_sentence(closes_at)}. It takes them again when the customer writes.",
            code="window_closed",
        )

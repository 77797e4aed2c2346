"""A raw delivery: the bytes that reached us, and what became of them (AHEAD 2: nothing is ever dropped)."""

from datetime import datetime
from typing import Any, Literal

import msgspec

Fate = Literal["kept", "handled", "duplicate", "ignored", "quarantined", "set_aside"]


class Delivery(msgspec.Struct, kw_only=True):
    """`fate`: kept = on disk and being tried, handled = became messages, duplicate = was here already, ignored = understood and not for people,
    quarantined = needs a person (`reason` is the sentence, `code` the machine's word), set_aside = a person saw to it that it needs nobody.
    `seen_count`: how often the same bytes came. `kind`, `channel_name` and `inbox_id` are of its channel account, also when that was disconnected."""

    account_id: int
    id: int
    channel_account_id: int
    kind: str
    channel_name: str
    inbox_id: int
    fate: Fate
    code: str
    reason: str
    envelope: dict[str, Any]
    size: int
    attempts: int
    seen_count: int
    received_at: datetime
    settled_at: datetime | None

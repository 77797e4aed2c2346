"""A channel account: one connected mailbox, page, number or form. Read next: `directory.py`, then `connect.py`."""

from datetime import datetime
from typing import Any

import msgspec


class ChannelAccount(msgspec.Struct, kw_only=True):
    """One row of `channel_account`. `identity` is connected at most once per account (R-045); `config_sealed` is the channel's `Config` as
    encrypted JSON; `state` belongs to the channel; `health` is {"state", "sentence", "action"}."""

    account_id: int
    id: int
    inbox_id: int
    kind: str
    name: str
    identity: str
    address: str
    hosted_address: str | None
    config_sealed: bytes
    state: dict[str, Any]
    settings: dict[str, Any]
    is_active: bool
    is_authorized: bool
    health: dict[str, Any]
    health_at: datetime | None
    last_received_at: datetime | None
    created_at: datetime
    archived_at: datetime | None

    @property
    def can_send(self) -> bool:
        """R-042: either flag off, and nothing leaves."""
        return self.is_active and self.is_authorized and self.archived_at is None

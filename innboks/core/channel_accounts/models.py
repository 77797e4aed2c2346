"""A channel account: one connected mailbox, page, number or form. Read next: `directory.py`, then `connect.py`."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec


class Record(msgspec.Struct, frozen=True):
    """Something that has to be published elsewhere, as it was found last. `held`: it was in place once. `since`: so long it has been so."""

    name: str
    state: Literal["ok", "missing", "wrong", "unknown"]
    sentence: str
    since: datetime
    held: bool


class ChannelAccount(msgspec.Struct, kw_only=True):
    """One row of `channel_account`. `identity` is connected at most once per account (R-045); `config_sealed` is the channel's `Config` as
    encrypted JSON, `grant_sealed` what a sign-in at the provider brought; `owner_id` is whose personal mailbox it is (R-102); `state` belongs
    to the channel; `health` is {"state", "sentence", "action"}.
    `is_assigning`: its rule gives new conversations to people (`core/routing/`); `is_ticketing`: they become tickets (`core/tickets/`);
    `category` is that of the channel. `is_demo`: made by the demo; nothing leaves from it."""

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
    grant_sealed: bytes | None = None
    owner_id: int | None = None
    is_assigning: bool = False
    is_ticketing: bool = False
    category: str = "other"
    quiet: dict[str, Any] | None = None
    setup_step: str | None = None
    sender_name: str = ""
    confirmation: dict[str, Any] | None = None
    is_fallback: bool = False
    may_send: bool = True
    is_demo: bool = False
    records: dict[str, Any] | None = None
    records_at: datetime | None = None

    @property
    def published(self) -> list[Record]:
        """What it needs to have published elsewhere; empty where nothing, or nobody has looked yet."""
        return msgspec.convert((self.records or {}).get("found", []), list[Record])

    @property
    def unusual_silence(self) -> dict[str, Any] | None:
        """{"after", "usual_s"}, as long as nothing newer has come, and no test has shown that the connection works."""
        last, quiet = self.last_received_at, self.quiet
        if not quiet or last is None or "tested_at" in quiet:
            return None
        return quiet if quiet["after"] == last.astimezone(UTC).isoformat() else None

    @property
    def can_send(self) -> bool:
        """R-042: either flag off, and nothing leaves."""
        return self.is_active and self.is_authorized and self.may_send and self.archived_at is None

"""What is remembered about a mailbox that is read over a provider's own API: where we stood, what could not be fetched, how far the past is filled.

A mail is named by the provider's id, which lasts as long as the mail; what was delivered under it is remembered by the core (`Context.unseen`).
Read `cloud_mailbox.py` for the loop that uses it. The IMAP counterpart is `mail_book.py`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from innboks.channels.email.mail_book import FIRST_GAP_WAIT, LAST_GAP_WAIT, Gap, Progress


class CloudBook(msgspec.Struct):
    """`provider`: whose mailbox it was read from. `began`: when the connection was made; mail from before is ours only where a backfill asked
    for it, back to `filled`. `cursor` is the provider's own mark of how far its changes were read; empty: not yet, or it was lost. `looked_at`:
    when they were last read to their end. `push` is what the provider said about its notices."""

    provider: str
    began: datetime
    cursor: dict[str, Any] = {}
    looked_at: datetime | None = None
    gaps: dict[str, Gap] = {}
    backfill: Progress | None = None
    filled: date | None = None
    push: dict[str, Any] = {}

    @classmethod
    def read(cls, state: Mapping[str, Any], connected_at: datetime, provider: str) -> "CloudBook":
        """From what was saved; what was saved of another mailbox (the address was at another provider, or fetched by IMAP, before) is begun anew."""
        if state.get("provider") != provider:
            state = {}
        began = connected_at.astimezone(UTC).replace(microsecond=0).isoformat()
        return msgspec.convert({"provider": provider, "began": began, **state}, CloudBook)

    def written(self) -> dict[str, Any]:
        saved: dict[str, Any] = msgspec.to_builtins(self)
        return saved

    @property
    def ours_since(self) -> datetime:
        return self.began if self.filled is None else min(self.began, day_start(self.filled))

    def is_filled(self, wish: date) -> bool:
        return self.backfill is not None and self.backfill.state == "done" and self.backfill.since == wish

    def fail(self, id: str, reason: str, now: datetime) -> None:
        """It is tried again, ever more rarely; the mails behind it go on."""
        tries = self.gaps[id].tries + 1 if id in self.gaps else 1
        wait = min(FIRST_GAP_WAIT * 4 ** min(tries - 1, 10), LAST_GAP_WAIT)
        self.gaps[id] = Gap(reason=reason, tries=tries, next_at=now + wait)

    def is_held_back(self, id: str, now: datetime) -> bool:
        return id in self.gaps and self.gaps[id].next_at > now

    def due_gaps(self, now: datetime) -> list[str]:
        return [id for id, gap in self.gaps.items() if gap.next_at <= now]


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

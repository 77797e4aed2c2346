"""What is stuck somewhere, and needs somebody (AHEAD 4). Read next: `look.py`, which finds it; `alarm.py`, which tells admins."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from innboks.core.conversations.models import Conversation

Kind = Literal["worker", "broken", "expiring", "unsent", "uncertain", "failed", "quarantined", "gap", "records", "quiet", "unreachable"]
"""worker: nobody does the background work. broken: a connection does not work. expiring: a sign-in was not renewed in time. unsent: an answer should have
left. uncertain: one may have left or not. failed: one was not delivered. quarantined: something came in and could not be read. gap: a mailbox holds what
was never fetched. records: what a connection had published elsewhere (SPF, DKIM, DMARC) is there no more. quiet: a connection is silent longer than is
usual for it. unreachable: its provider has not answered for a while."""


class Trouble(msgspec.Struct, kw_only=True):
    """One thing that is not as it should be. `count` is of messages or conversations, by kind (0: it is not counted); `is_capped`: there are more.
    `since`: when it began, where that is known. `name`, `channel_account_id` and `inbox_id` are of the connection it is about; `conversation_id` is
    the oldest conversation that waits, `conversation_ids` are all of them, the oldest first, and
    `conversations` these, where a person asks. `detail` is the provider's or our own sentence about it."""

    kind: Kind
    count: int = 0
    is_capped: bool = False
    since: datetime | None = None
    channel_account_id: int | None = None
    inbox_id: int | None = None
    conversation_id: int | None = None
    conversation_ids: list[int] = []
    conversations: list[Conversation] = []
    name: str = ""
    detail: str = ""

    @property
    def key(self) -> str:
        """The same trouble has the same key for as long as it lasts."""
        return f"{self.kind}:{self.channel_account_id}" if self.channel_account_id is not None else self.kind


ALARMS_AFTER: dict[Kind, timedelta] = {
    "worker": timedelta(minutes=1),
    "broken": timedelta(minutes=1),
    "expiring": timedelta(minutes=10),
    "unsent": timedelta(minutes=10),
    "quarantined": timedelta(minutes=10),
    "gap": timedelta(hours=3),
    "records": timedelta(hours=2),
    "quiet": timedelta(minutes=10),
    "unreachable": timedelta(minutes=10),
}
"""Admins are told of what has lasted so long, by mail and in the app; of the other kinds the authors know already."""

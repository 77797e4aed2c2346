"""An inbox as the core hands it out. Read next: `inboxes.py`."""

from datetime import datetime
from typing import Literal

import msgspec


class Inbox(msgspec.Struct, frozen=True):
    """`access` "everyone": all people of the account are as good as members; "members": only `member_ids` act (R-022, R-023)."""

    id: int
    name: str
    type: Literal["INBOX", "HELP_DESK"]
    access: Literal["everyone", "members"]
    member_ids: list[int]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

"""An inbox as the core hands it out. Read next: `inboxes.py`."""

from datetime import datetime
from typing import Literal

import msgspec

Access = Literal["everyone", "members"]
"""Who acts in an inbox."""


class Inbox(msgspec.Struct, frozen=True):
    """`access` "everyone": all people of the account are as good as members; "members": only `member_ids` and the
    people of `team_ids` act (R-022, R-023). `reply_within_s`: the answer target; None: none."""

    id: int
    name: str
    type: Literal["INBOX", "HELP_DESK"]
    access: Access
    member_ids: list[int]
    team_ids: list[int]
    reply_within_s: int | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

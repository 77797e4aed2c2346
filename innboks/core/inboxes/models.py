"""An inbox as the core hands it out. Read next: `inboxes.py`."""

from datetime import datetime
from typing import Literal

import msgspec

Access = Literal["everyone", "members"]
"""Who acts in an inbox."""
ChangedSubject = Literal["suggest", "new", "stay"]
"""An answer with another subject stays and a split is suggested, begins a new conversation, or stays (AHEAD 8)."""
SeveralAnswers = Literal["apart", "together"]
"""Whether people who were not in To or Cc of a mail of ours, and answer it, get a conversation each."""


class Inbox(msgspec.Struct, frozen=True):
    """`access` "everyone": all people of the account are as good as members; "members": only `member_ids` and the
    people of `team_ids` act (R-022, R-023). `reply_within_s`: the answer target; None: none. `same_subject_days`: what names no other message joins
    the open conversation of the same sender and subject that had a message so many days ago at most; None: never. `is_assignee_only`: an assigned
    conversation is answered by its assignee only (AHEAD 9)."""

    id: int
    name: str
    type: Literal["INBOX", "HELP_DESK"]
    access: Access
    member_ids: list[int]
    team_ids: list[int]
    reply_within_s: int | None
    changed_subject: ChangedSubject
    several_answers: SeveralAnswers
    same_subject_days: int | None
    is_assignee_only: bool
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

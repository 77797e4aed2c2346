"""Views: the built-in ones, what narrows a list, and the views people save. Read next: `store.py` (how a list is walked), `saved.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from innboks.core.conversations.models import Priority

Sort = Literal["due", "newest", "oldest"]
Shelf = Literal["open", "closed", "snoozed", "spam", "filtered", "trash"]
Status = Literal["open", "closed", "snoozed", "any"]
OfTicket = Literal["with", "without"]
"""Whether a conversation belongs to a ticket."""


CLOSING_SOON = timedelta(hours=1)
"""What is due within this time, or late, is "closing soon"."""
LIST_MAX = 50
"""At most so many values in one filter."""
ICONS = (
    "star", "flag", "heart", "bell", "bookmark", "calendar", "truck", "package", "credit-card", "bug", "wrench", "crown",
    "globe", "phone", "users", "zap", "shield", "tag", "clock", "folder",
)  # fmt: skip
"""Names of Lucide icons that a saved view can have."""


class BuiltIn(msgspec.Struct, frozen=True, kw_only=True):
    """A view that everybody has. `source`: it shows what a table of the person's own names (mentions, drafts). `is_sent`: what the person has
    answered, by the newest answer."""

    shelves: tuple[Shelf, ...] = ("open",)
    is_mine: bool = False
    is_unassigned: bool = False
    is_closing: bool = False
    is_failed: bool = False
    is_sent: bool = False
    source: Literal["mention", "draft"] | None = None


BUILT_IN: Mapping[str, BuiltIn] = {
    "mine": BuiltIn(is_mine=True),
    "mentions": BuiltIn(source="mention", shelves=("open", "closed", "snoozed")),
    "drafts": BuiltIn(source="draft", shelves=("open", "closed", "snoozed")),
    "snoozed": BuiltIn(shelves=("snoozed",)),
    "sent": BuiltIn(is_sent=True, shelves=("open", "closed", "snoozed")),
    "unassigned": BuiltIn(is_unassigned=True),
    "closing": BuiltIn(is_closing=True),
    "open": BuiltIn(),
    "closed": BuiltIn(shelves=("closed",)),
    "failed": BuiltIn(is_failed=True, shelves=("open", "closed", "snoozed")),
    "spam": BuiltIn(shelves=("spam",)),
    "filtered": BuiltIn(shelves=("filtered",)),
    "trash": BuiltIn(shelves=("trash",)),
    "all": BuiltIn(shelves=("open", "closed", "snoozed")),
}
NOT_COUNTED = ("sent", "closed", "all")
"""Nobody asks how many these are, and they only grow."""


class Filters(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What narrows a list (R-622). `status` takes the place of the view's own. `assignees` are ids of people, also of deactivated ones, "me" and
    "nobody". `since` and `until` are about the last message, as is `active_within_s`, which moves along with the time. `waiting_longer_than_s`:
    for so long the customer has waited. `hide_spam`: also what was filtered."""

    status: Status | None = None
    inbox_ids: Sequence[int] = ()
    channel_account_ids: Sequence[int] = ()
    contact_id: int | None = None
    assignees: Sequence[str] = ()
    tag_ids: Sequence[int] = ()
    priorities: Sequence[Priority] = ()
    ticket: OfTicket | None = None
    since: datetime | None = None
    until: datetime | None = None
    active_within_s: int | None = None
    waiting_longer_than_s: int | None = None
    hide_spam: bool = True
    hide_trash: bool = True


class Key(msgspec.Struct, frozen=True):
    """Where a page ended: what it is sorted by, the last row's place in that, and its id. By "sent" the place is the id of the answer."""

    by: Literal["due", "time", "sent"]
    value: int | datetime
    id: int


class Walk(msgspec.Struct, kw_only=True):
    """One list, resolved for one person: which shelves of which inboxes, in what order, and what rows have to fit."""

    account_id: int
    user_id: int
    inbox_ids: Sequence[int]
    now: datetime
    sort: Sort
    shelves: tuple[Shelf, ...]
    assignee_ids: Sequence[int] = ()
    """0: nobody. Empty: no matter who."""
    is_closing: bool = False
    is_failed: bool = False
    is_sent: bool = False
    source: Literal["mention", "draft"] | None = None
    filters: Filters

    @property
    def by(self) -> Literal["due", "time", "sent"]:
        """Deadlines are only where something can be due; everywhere else "due first" is newest first."""
        if self.is_sent:
            return "sent"
        is_due = self.sort == "due" and set(self.shelves) <= {"open", "snoozed"} and not self.is_failed and self.filters.contact_id is None
        return "due" if is_due else "time"


class Counted(msgspec.Struct):
    """`count` stops at the cap. `is_capped`: there are more, or nobody looked further."""

    count: int
    is_capped: bool


class SavedView(msgspec.Struct):
    """A view somebody made. Shared ones are seen by everybody of the account."""

    id: int
    user_id: int
    is_shared: bool
    name: str
    icon: str
    filters: dict[str, Any]
    sort: Sort
    position: int
    created_at: datetime
    updated_at: datetime

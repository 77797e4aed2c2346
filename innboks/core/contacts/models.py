"""A contact: a person outside, known by one or more addresses (R-700 to R-706)."""

from datetime import datetime
from typing import Any, Literal

import msgspec

ReachReason = Literal[
    "",
    "blocked",
    "disconnected",
    "switched_off",
    "no_address",
    "must_write_first",
    "window_closed",
    "paused",
    "broken",
    "receives_only",
    "not_a_member",
]
PropertyType = Literal["text", "long_text", "number", "date", "boolean", "choice", "choices", "link", "phone", "email"]
Sort = Literal["name", "newest", "changed"]
ChangeKind = Literal[
    "created",
    "renamed",
    "owner",
    "properties",
    "blocked",
    "unblocked",
    "identity_added",
    "identity_dropped",
    "merged",
    "merge_undone",
    "imported",
    "import_undone",
]


class Identity(msgspec.Struct):
    """One address. `type` is email, phone or opaque."""

    type: str
    value: str


class Contact(msgspec.Struct, kw_only=True):
    id: int
    name: str
    owner_id: int | None
    properties: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    blocked_at: datetime | None
    is_shared: bool
    merged_into_id: int | None
    identities: list[Identity]


class ListedContact(msgspec.Struct, kw_only=True):
    """A row of the list. What it says of conversations is of those that the reader may see: `last_message_at` and the kind of channel of the newest,
    and how many are open (it stops at OPEN_CAP). `can_act`: the reader may change it, too (R-023)."""

    id: int
    name: str
    owner_id: int | None
    properties: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    is_blocked: bool
    identities: list[Identity]
    last_message_at: datetime | None
    last_kind: str | None
    open_count: int
    can_act: bool


class Property(msgspec.Struct, kw_only=True):
    """Something an account wants to know of its contacts. `key` names it in a contact's properties and never changes; `options` are the values of
    a choice."""

    id: int
    key: str
    label: str
    type: PropertyType
    options: list[str]
    created_at: datetime
    deleted_at: datetime | None


class Change(msgspec.Struct, kw_only=True):
    """Something that was done to a contact; `data` holds what, by kind. `user_id` None: nobody did, it followed from something else."""

    id: int
    kind: ChangeKind
    data: dict[str, Any]
    user_id: int | None
    at: datetime


class Merge(msgspec.Struct, kw_only=True):
    """What went from one contact to another. `changes`: field of the target → [before, after]. `kept_ticket_ids`: those of
    `ticket_ids` that the target had as well."""

    id: int
    source_id: int
    target_id: int
    conversation_ids: list[int]
    message_ids: list[int]
    note_ids: list[int]
    ticket_ids: list[int]
    kept_ticket_ids: list[int]
    identities: list[list[Any]]
    changes: dict[str, Any]
    created_at: datetime
    undone_at: datetime | None


class Note(msgspec.Struct, kw_only=True):
    """What somebody of the team wrote down about a contact."""

    id: int
    contact_id: int
    author_id: int
    text: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


class Reach(msgspec.Struct, kw_only=True):
    """Whether a contact can be written to over one channel account. `reason` says why not ("" = it is open); `until`: when an open window
    closes, or a closed one closed; `sentence` is what the connection says of itself when it is paused or broken. A channel account that was
    disconnected is told of where the contact has a conversation on it."""

    channel_account_id: int
    kind: str
    name: str
    addresses: list[str]
    conversation_id: int | None
    is_open: bool
    reason: ReachReason
    until: datetime | None
    sentence: str


class Suggested(msgspec.Struct):
    """Somebody a message could go to."""

    contact_id: int
    name: str
    address: str

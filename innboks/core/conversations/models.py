"""Conversations and messages as the core hands them out. Read next: `receive.py` (the road in), `send.py` (the road out)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from innboks.core.filters.models import Reason

SNOOZE_MAX = timedelta(days=3660)
"""The longest; and nothing later than can be read again is kept (the year 9999, in UTC)."""

DispatchState = Literal["queued", "sending", "sent", "delivered", "read", "failed", "uncertain"]
Priority = Literal["low", "normal", "high", "urgent"]
HeldFor = Literal["undo", "schedule", "newer", "connection", "blocked"]
"""Why a queued message does not leave: it can still be taken back; its time has not come; its time came but the customer wrote first; the
channel is broken or paused."""


class Conversation(msgspec.Struct):
    """One conversation with what a list shows. `last_received_id` is the newest message from outside: unread means that a user's read state
    is older than it. `waiting_since`: since when the customer waits for an answer, None when the last word is ours. `due_at`: by when we must
    have answered, because of the inbox's target ("reply") or the channel's closing window ("window"); `due_from`: when that clock began.
    `failed_count`: answers that failed and are not dealt with, or are uncertain; `uncertain_count`: only these.
    `spam`: it is kept out of the inbox, `spam_reason` says why.
    `snoozed_until` None while `is_snoozed`: until the customer answers. `merged_into_id`: this is only what is left of a merged conversation.
    `last_type`, `last_author_id`, `is_last_forward` and `last_comment` (its beginning) are those of the newest entry that somebody wrote;
    `others_count`: how many more people than the customer the newest message from outside went to (R-620).
    `is_unread` and `read_message_id` (read up to here, 0 = never) are the asking user's."""

    account_id: int
    id: int
    inbox_id: int
    channel_account_id: int
    kind: str
    contact_id: int | None
    contact_name: str
    party_address: str
    status: Literal["open", "closed"]
    assignee_id: int | None
    subject: str
    preview: str
    message_count: int
    last_message_id: int
    last_received_id: int
    last_message_at: datetime
    last_direction: Literal["in", "out"]
    waiting_since: datetime | None
    due_at: datetime | None
    due_kind: Literal["reply", "window"] | None
    due_from: datetime | None
    failed_count: int
    uncertain_count: int
    spam: bool
    spam_reason: Reason | None
    priority: Priority
    is_snoozed: bool
    snoozed_until: datetime | None
    trashed_at: datetime | None
    merged_into_id: int | None
    closed_at: datetime | None
    created_at: datetime
    tag_ids: list[int]
    last_type: Literal["message", "reply", "comment"] | None = None
    last_author_id: int | None = None
    is_last_forward: bool = False
    last_comment: str = ""
    others_count: int = 0
    is_unread: bool = False
    read_message_id: int = 0


class Recipient(msgspec.Struct, kw_only=True):
    """One addressee, with what is known of the delivery to them."""

    address: str
    name: str = ""
    role: str = "to"
    state: str | None = None
    reason: str = ""


class Attachment(msgspec.Struct, kw_only=True):
    """A file of a message. `hash` is the SHA-256 of its bytes in the file store; `type` was checked by content."""

    id: int
    message_id: int | None
    hash: str
    name: str
    type: str
    size: int
    is_inline: bool
    content_id: str | None


class DealtWith(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a failed answer needs nobody any more. person: `by` said so; answered: the later answer `message_id` got through to the same people;
    elsewhere: the same words got through another way, as `message_id`."""

    how: Literal["person", "answered", "elsewhere"]
    at: datetime
    by: str | None = None
    message_id: str | None = None


class Message(msgspec.Struct):
    """One entry of a conversation. `state`, `reason` and `code` are those of its dispatch (None for what is not sent).
    `html` is what was written here, sanitised ("" for what came from outside: that is shown in a frame); `data` is the system event;
    `why` says why it is in this conversation; `origin` what is known of its authenticity. `dealt_with`: of one that failed and needs nobody any more."""

    account_id: int
    id: int
    conversation_id: int
    channel_account_id: int
    inbox_id: int
    type: Literal["message", "reply", "comment", "system"]
    direction: Literal["in", "out", "none"]
    author_id: int | None
    contact_id: int | None
    sender: dict[str, Any]
    recipients: list[Recipient]
    reply_to: list[dict[str, Any]]
    subject: str
    text: str
    has_html: bool
    html: str
    quoted: str
    signature: str
    data: dict[str, Any]
    why: dict[str, Any]
    origin: dict[str, Any]
    is_automatic: bool
    has_attachments: bool
    external_id: str | None
    client_id: str | None
    delivery_id: int | None
    sent_at: datetime | None
    created_at: datetime
    state: DispatchState | None
    reason: str
    code: str
    next_try_at: datetime | None
    held_for: HeldFor | None
    held_until: datetime | None
    dealt_with: DealtWith | None = None
    attachments: list[Attachment] = []
    edits: list[dict[str, Any]] = []
    reactions: list[dict[str, Any]] = []


class Then(msgspec.Struct, kw_only=True):
    """What happens to the conversation in the same moment: closed, or snoozed until a time (None: until the customer answers)."""

    close: bool = False
    snooze_until: datetime | msgspec.UnsetType | None = msgspec.UNSET


class NewMessage(msgspec.Struct, kw_only=True):
    """What somebody writes. `attachments` are ids of uploads; recipients are addresses or "Name <address>". `client_id` makes a repeated post
    harmless; `expect_last_message_id` asks for a warning when the conversation has moved on (R-642).

    `hold_s`: so long it can be taken back (R-643); None: as long as the account says. `send_at`: it leaves then, unless the customer writes
    before (`send_even_if_answered`: then too). `remind_at`: its author gets the conversation back then, unless the customer has answered.
    `channel_account_id`: over which connection it goes, when not that of the conversation. `forward_of`: a message to pass on to others.
    `resend_of`: an answer that did not arrive, to go again over that connection with its words and files (`resend.py`
    fills it in, and `instead_of` with it: when this gets through, that one is dealt with).
    `quoted` is what an answer repeats below its text, `mentions` are the people a comment names."""

    type: Literal["reply", "comment"]
    text: str = ""
    html: str = ""
    subject: str = ""
    quoted: str = ""
    mentions: Sequence[int] = ()
    attachments: Sequence[int] = ()
    to: Sequence[str] | None = None
    cc: Sequence[str] | None = None
    bcc: Sequence[str] | None = None
    client_id: str | None = None
    expect_last_message_id: int | None = None
    hold_s: int | None = 0
    send_at: datetime | None = None
    send_even_if_answered: bool = False
    then: Then | None = None
    remind_at: datetime | None = None
    channel_account_id: int | None = None
    forward_of: int | None = None
    resend_of: int | None = None
    instead_of: int | None = None


class Page(msgspec.Struct):
    """A list's page; `next` is the cursor of the following one, None at the end."""

    items: list[Any]
    next: str | None


class ListPage(Page):
    """`is_partial`: not every row fitted the filters, and the page stopped looking before it was full; `next` goes on from there."""

    is_partial: bool = False

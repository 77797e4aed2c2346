"""Conversations and messages as the core hands them out. Read next: `receive.py` (the road in), `send.py` (the road out)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

DispatchState = Literal["queued", "sending", "sent", "delivered", "read", "failed", "uncertain"]


class Conversation(msgspec.Struct, kw_only=True):
    """One conversation with what a list shows. `last_received_id` is the newest message from outside: unread means that a user's read state
    is older than it. `waiting_since`: since when the customer waits for an answer, None when the last word is ours.
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
    failed_count: int
    spam: bool
    closed_at: datetime | None
    created_at: datetime
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


class Message(msgspec.Struct):
    """One entry of a conversation. `state`, `reason` and `code` are those of its dispatch (None for what is not sent).
    `html` is sanitised; `data` is the system event; `why` says why it is in this conversation; `origin` what is known of its authenticity."""

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
    attachments: list[Attachment] = []
    edits: list[dict[str, Any]] = []
    reactions: list[dict[str, Any]] = []


class NewMessage(msgspec.Struct, kw_only=True):
    """What somebody writes. `attachments` are ids of uploads; recipients are addresses or "Name <address>". `client_id` makes a repeated post
    harmless; `expect_last_message_id` asks for a warning when the conversation has moved on (R-642)."""

    type: Literal["reply", "comment"]
    text: str = ""
    html: str = ""
    subject: str = ""
    attachments: Sequence[int] = ()
    to: Sequence[str] | None = None
    cc: Sequence[str] | None = None
    bcc: Sequence[str] | None = None
    client_id: str | None = None
    expect_last_message_id: int | None = None


class Page(msgspec.Struct):
    """A list's page; `next` is the cursor of the following one, None at the end."""

    items: list[Any]
    next: str | None

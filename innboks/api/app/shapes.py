"""Conversations and messages as JSON, the same in answers and in the live stream: ids become texts, nothing else changes.

Read next: `conversations.py`, `messages.py`.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from innboks.api.call import text_id
from innboks.core.conversations.models import Attachment, Conversation, DealtWith, DispatchState, HeldFor, Message, Priority
from innboks.core.filters.models import Reason


class PersonOut(msgspec.Struct):
    """`id` is null for an outside person who is no contact (a machine)."""

    id: str | None
    name: str
    address: str


class LastEntryOut(msgspec.Struct):
    """The newest thing that somebody wrote. `text`: the beginning of a comment; of others the conversation's preview tells."""

    type: Literal["message", "reply", "comment"]
    author_id: str | None
    is_forward: bool
    text: str


class ConversationOut(msgspec.Struct):
    """`waiting_since`: since when the customer waits for an answer; null when the last word is ours. `due_at`: by when we must have
    answered, because of the inbox's answer target ("reply") or the channel's closing reply window ("window"); `due_from`: when that clock began.
    `failed_count`: answers that need somebody, as they failed or may have; `uncertain_count`: those of them of which nobody knows whether they left.
    `snoozed_until` null while `is_snoozed`: until the customer answers. `merged_into_id`: this one was merged; the other one has its messages.
    `others_count`: how many people beside the contact and us the newest message from outside went to. `is_spam`: it is kept out of the inbox, because
    a person said so (“manual”), its contact is “blocked”, by the deny list (“denied”), by a filter rule, or by the brake (“flood”): `spam_reason`."""

    id: str
    inbox_id: str
    channel_account_id: str
    kind: str
    contact: PersonOut | None
    status: Literal["open", "closed"]
    assignee_id: str | None
    subject: str
    preview: str
    message_count: int
    last_message_id: str
    last_message_at: datetime
    last_direction: Literal["in", "out"]
    last_entry: LastEntryOut | None
    others_count: int
    waiting_since: datetime | None
    due_at: datetime | None
    due_kind: Literal["reply", "window"] | None
    due_from: datetime | None
    failed_count: int
    uncertain_count: int
    is_spam: bool
    spam_reason: Reason | None
    is_trashed: bool
    priority: Priority
    is_snoozed: bool
    snoozed_until: datetime | None
    tag_ids: list[str]
    merged_into_id: str | None
    created_at: datetime
    closed_at: datetime | None


class ListedConversation(ConversationOut):
    """As the person who asks sees it."""

    is_unread: bool
    read_message_id: str


class RecipientOut(msgspec.Struct):
    """`state` and `reason` say what is known of the delivery to this one address."""

    name: str
    address: str
    role: str
    state: str | None
    reason: str


class AttachmentOut(msgspec.Struct):
    id: str
    name: str
    type: str
    size: int
    is_inline: bool
    content_id: str | None
    url: str


class MessageOut(msgspec.Struct):
    """One entry of a conversation. `text` is the new part only; `has_html` says that the frame shows more (`/api/messages/{id}/frame`).
    `html` is what was written here, in the few tags of the composer; "" for what came from outside.
    `why` says why it is in this conversation, `origin` what is known of its authenticity, `data` what a system entry tells.
    `has_source`: its raw original is kept (`/api/messages/{id}/source`). A queued one may wait: `held_for` says for what (undo: it can be taken
    back until `held_until`; schedule: it leaves then; newer: its time came but the customer wrote first; connection: the channel is broken;
    blocked: the contact was blocked meanwhile). `dealt_with`: it failed, and needs nobody any more."""

    id: str
    conversation_id: str
    channel_account_id: str
    type: Literal["message", "reply", "comment", "system"]
    direction: Literal["in", "out", "none"]
    state: DispatchState | None
    reason: str
    code: str
    text: str
    has_html: bool
    html: str
    quoted: str
    signature: str
    subject: str
    sender: dict[str, Any]
    author_id: str | None
    contact_id: str | None
    recipients: list[RecipientOut]
    reply_to: list[dict[str, Any]]
    attachments: list[AttachmentOut]
    external_id: str | None
    client_id: str | None
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    held_for: HeldFor | None
    held_until: datetime | None
    why: dict[str, Any]
    origin: dict[str, Any]
    is_automatic: bool
    data: dict[str, Any]
    reactions: list[dict[str, Any]]
    edits: list[dict[str, Any]]
    has_source: bool
    dealt_with: DealtWith | None


def conversation_out(one: Conversation) -> ConversationOut:
    """The part that is the same for everybody."""
    return ConversationOut(*_shared(one))


def listed_conversation(one: Conversation) -> ListedConversation:
    """With what only the asking person sees."""
    values: tuple[Any, ...] = (*_shared(one), one.is_unread, str(one.read_message_id))
    return ListedConversation(*values)


def _shared(one: Conversation) -> tuple[Any, ...]:
    """In the order of `ConversationOut`: by name, a page of a list would take three times as long to build."""
    contact = last_entry = None
    if one.contact_id is not None or one.party_address:
        contact = PersonOut(text_id(one.contact_id), one.contact_name, one.party_address)
    if one.last_type:
        last_entry = LastEntryOut(one.last_type, text_id(one.last_author_id), one.is_last_forward, one.last_comment)
    return (
        str(one.id),
        str(one.inbox_id),
        str(one.channel_account_id),
        one.kind,
        contact,
        one.status,
        text_id(one.assignee_id),
        one.subject,
        one.preview,
        one.message_count,
        str(one.last_message_id),
        one.last_message_at,
        one.last_direction,
        last_entry,
        one.others_count,
        one.waiting_since,
        one.due_at,
        one.due_kind,
        one.due_from,
        one.failed_count,
        one.uncertain_count,
        one.spam,
        one.spam_reason,
        one.trashed_at is not None,
        one.priority,
        one.is_snoozed,
        one.snoozed_until,
        [str(tag) for tag in one.tag_ids],
        text_id(one.merged_into_id),
        one.created_at,
        one.closed_at,
    )


def attachment_out(one: Attachment) -> AttachmentOut:
    return AttachmentOut(str(one.id), one.name, one.type, one.size, one.is_inline, one.content_id, f"/api/attachments/{one.id}/content")


def message_out(one: Message) -> MessageOut:
    """In the order of `MessageOut`: by name, a long conversation would take twice as long to build."""
    return MessageOut(
        str(one.id),
        str(one.conversation_id),
        str(one.channel_account_id),
        one.type,
        one.direction,
        one.state,
        one.reason,
        one.code,
        one.text,
        one.has_html,
        one.html,
        one.quoted,
        one.signature,
        one.subject,
        one.sender,
        text_id(one.author_id),
        text_id(one.contact_id),
        [RecipientOut(person.name, person.address, person.role, person.state, person.reason or "") for person in one.recipients],
        one.reply_to,
        [attachment_out(attachment) for attachment in one.attachments],
        one.external_id,
        one.client_id,
        one.created_at,
        one.sent_at,
        one.next_try_at,
        one.held_for,
        one.held_until,
        one.why,
        one.origin,
        one.is_automatic,
        one.data,
        one.reactions,
        one.edits,
        one.delivery_id is not None,
        one.dealt_with,
    )

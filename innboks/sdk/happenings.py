"""What a channel's `parse` returns: who, what, and what happened. A part of `contract.py`, which hands all of it on: import it from there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec


class Strict(msgspec.Struct, kw_only=True, frozen=True):
    """Immutable, keyword only: what passes between the core and a channel is never changed on the way."""


# ── who and what ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Party(Strict, frozen=True):
    """Somebody on a channel. `address` is the delivery identifier in the channel's normal form (mail address in lower case, E.164, opaque id);
    `role` is to, cc or bcc for a recipient, from for a sender."""

    address: str
    name: str = ""
    role: Literal["from", "to", "cc", "bcc"] = "to"


class Media(Strict, frozen=True):
    """A file that came with a message, with all its bytes."""

    name: str
    type: str
    content: bytes
    is_inline: bool = False
    content_id: str | None = None


class ThreadKey(Strict, frozen=True):
    """One reason for a message to belong to a conversation. Keys are tried in order, the first that is known wins, and the winner is kept
    with the message as its "why is this here" (AHEAD 8).

    `how` = "message": `value` is the external id of a message we sent or received on any channel account of this account.
    `how` = "conversation": `value` is a conversation id that the channel has proved (a signed reply token).
    `how` = "party": the open conversation with this sender on this channel account (chat, SMS and the like); `value` is the address.
    `how` = "external": `value` is the provider's own thread id.
    `label` is what people read: "In-Reply-To", "reply address"."""

    how: Literal["message", "conversation", "party", "external"]
    value: str
    label: str = ""


# ── happenings: what `parse` returns ─────────────────────────────────────────────────────────────────────────────────────────


Sign = Literal["automated", "marketing", "unsubscribe", "role_based"]
"""What filters go by (R-802): a machine wrote it by itself; it advertises to many; one can unsubscribe from it; its sender is a role, not a person."""


class Invitation(Strict, frozen=True):
    """A meeting that a message is about, as its sender says (RFC 5545, RFC 5546); "" where it is not said. `starts` and `ends` (the last day of whole days)
    are ISO 8601: a day, a time in UTC with Z, or a local time whose zone is not known; `written` is both in the sender's own zone, for people.

    `what`: asked to come, called off, somebody's `answer`, or just told. `is_repeated`: there are more of it than this one.
    `is_alone`: the message has no other words."""

    what: Literal["request", "cancel", "reply", "publish"]
    title: str = ""
    starts: str = ""
    ends: str = ""
    written: str = ""
    place: str = ""
    organizer: str = ""
    is_update: bool = False
    is_repeated: bool = False
    is_alone: bool = False
    answer: Literal["", "accepted", "declined", "tentative"] = ""


class MessageReceived(Strict, frozen=True, tag="message"):
    """A message came in (or, with `direction` "out", was sent outside the product and is recorded).

    `external_id` is the provider's id; `dedupe_key` decides what "the same message" is (default: the external id; a channel whose ids can
    be reused adds a content hash). `text` is the new part, `quoted` and `signature` what was cut from it, `html` the whole foreign
    HTML as it came: `parsing.py` makes it harmless. `references` are other ids by which later messages may refer to this one.
    `is_automatic`: written by a machine; `may_answer_automatically` False: no automatic answer may go back (R-127).
    `origin` is a short JSON object about trust, e.g. {"word": "verified", "spf": "pass"}. `notes` are sentences about what was odd.
    `signs` may keep it out of the inbox: the core decides, by the account's switches; the first that counts is the reason people are told."""

    external_id: str | None
    sender: Party
    recipients: Sequence[Party] = ()
    reply_to: Sequence[Party] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    quoted: str = ""
    signature: str = ""
    media: Sequence[Media] = ()
    sent_at: datetime | None = None
    thread: Sequence[ThreadKey] = ()
    references: Sequence[str] = ()
    dedupe_key: str | None = None
    direction: Literal["in", "out"] = "in"
    is_automatic: bool = False
    may_answer_automatically: bool = True
    forwarded_by: Party | None = None
    origin: Mapping[str, Any] = {}
    notes: Sequence[str] = ()
    signs: Sequence[Sign] = ()
    invitation: Invitation | None = None


class SentTrace(Strict, frozen=True):
    """What a report shows of the message that it is about, for providers that replace our ids on the way. `is_ours` (it left from this channel
    account) and `conversation_id` are what the channel has proved. `written_at`: the Date that it bears. `is_shown`: the report shows something of
    the message, so that a message of ours would be recognised by it."""

    conversation_id: int | None = None
    is_ours: bool = False
    is_shown: bool = False
    written_at: datetime | None = None


class ReceiptReceived(Strict, frozen=True, tag="receipt"):
    """Something became known about a message we sent: found by `external_ids` (any of them). `address` limits it to one recipient;
    None means all. `reason` is a sentence for people, `code` the provider's. When no message of ours has these ids, `trace` and
    `address` may still tell which one it is, if only one fits; otherwise `otherwise`, the report itself, is recorded as an ordinary message."""

    external_ids: Sequence[str]
    state: Literal["sent", "delivered", "read", "failed", "delayed"]
    address: str | None = None
    reason: str = ""
    code: str = ""
    at: datetime | None = None
    is_permanent: bool = True
    trace: SentTrace | None = None
    otherwise: "MessageReceived | None" = None


class MessageEdited(Strict, frozen=True, tag="edited"):
    """The sender changed (or, with `is_deleted`, took back) a message. The first version stays readable."""

    external_id: str
    text: str = ""
    html: str = ""
    is_deleted: bool = False
    at: datetime | None = None


class ReactionReceived(Strict, frozen=True, tag="reaction"):
    """`emoji` "" takes the reaction back."""

    external_id: str
    sender: Party
    emoji: str
    at: datetime | None = None


class Ignored(Strict, frozen=True, tag="ignored"):
    """Understood and deliberately not shown: kept as a delivery with this reason (a verification ping, our own echo, a loop)."""

    reason: str
    code: str = "ignored"


class TestReturned(Strict, frozen=True, tag="test"):
    """Our own test has come back (`probe.py`); it is nothing for people. `arrived_at`: the address or folder; `note`: what was seen on the way."""

    test_id: int
    arrived_at: str = ""
    note: str = ""


class ConfirmationReceived(Strict, frozen=True, tag="confirmation"):
    """The provider wants what was set up there confirmed (R-144): administrators are shown the code and the link."""

    sender: str
    code: str = ""
    link: str = ""


Happening = MessageReceived | ReceiptReceived | MessageEdited | ReactionReceived | Ignored | TestReturned | ConfirmationReceived

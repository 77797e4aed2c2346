"""What a channel is. Everything a channel may know of us, and everything we may know of a channel, stands in this file.

A channel is a folder in `innboks/channels/` whose `__init__.py` says `channels = (MyChannel(),)`. The road in
(`core/conversations/receive.py`) turns bytes into happenings by calling `verify` and `parse`; the road out
(`core/conversations/send.py`) hands over an `Outgoing` and gets a `Sent` or one of the errors of `errors.py`. The core asks
for `abilities`, never for a kind's name. Read next: `registry.py` (how folders are found), `http.py` (the client a
channel must use), `testing.py` (the checks that every channel passes).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from innboks.lib.clock import Clock
    from innboks.sdk.http import HttpClient


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
    """A file that came with a message. Either `content` is here, or `url`/`external_id` says where the channel's `fetch` finds it."""

    name: str
    type: str
    content: bytes | None = None
    url: str | None = None
    external_id: str | None = None
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


class MessageReceived(Strict, frozen=True, tag="message"):
    """A message came in (or, with `direction` "out", was sent outside the product and is recorded).

    `external_id` is the provider's id; `dedupe_key` decides what "the same message" is (default: the external id; a channel whose ids can
    be reused adds a content hash). `text` is the new part, `quoted` and `signature` what was cut from it, `html` the whole foreign
    HTML as it came: the core sanitises it. `references` are other ids by which later messages may refer to this one.
    `is_automatic`: written by a machine; `may_answer_automatically` False: no automatic answer may go back (R-127).
    `origin` is a short JSON object about trust, e.g. {"word": "verified", "spf": "pass"}. `notes` are sentences about what was odd.
    `is_person_known` False keeps the sender from becoming a contact (for machines)."""

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


class ReceiptReceived(Strict, frozen=True, tag="receipt"):
    """Something became known about a message we sent: found by `external_ids` (any of them). `address` limits it to one recipient;
    None means all. `reason` is a sentence for people, `code` the provider's. `report` is the message that told us (a bounce mail),
    kept in the conversation as a system entry. `otherwise` is recorded as an ordinary message when no message of ours has these ids."""

    external_ids: Sequence[str]
    state: Literal["sent", "delivered", "read", "failed", "delayed"]
    address: str | None = None
    reason: str = ""
    code: str = ""
    at: datetime | None = None
    is_permanent: bool = True
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


Happening = MessageReceived | ReceiptReceived | MessageEdited | ReactionReceived | Ignored


# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Inbound(Strict, frozen=True):
    """Raw bytes as they reached us. For webhooks with the request's method, path below `/hooks/{kind}/{id}`, query and headers (names in
    lower case); for mail and the like, `headers` carries what the transport knows (envelope sender, client address, folder and uid).
    `external_id` is the transport's own id for this delivery, where it has one."""

    body: bytes
    headers: Mapping[str, str] = {}
    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = {}
    external_id: str | None = None


class Answer(Strict, frozen=True):
    """An HTTP answer that a channel gives by itself (handshakes, call scripts)."""

    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = {}


# ── the way out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class OutgoingFile(Strict, frozen=True):
    """`content` is called only when the bytes are needed."""

    name: str
    type: str
    size: int
    content: Callable[[], Awaitable[bytes]]
    is_inline: bool = False
    content_id: str | None = None


class Author(Strict, frozen=True):
    """The person who answers; what from-name and signature tokens are filled from (R-111, R-114)."""

    id: int
    name: str
    first_name: str = ""
    last_name: str = ""


class Outgoing(Strict, frozen=True):
    """A message to send. `message_id` is ours and stable over retries: a channel derives its idempotency key or Message-ID from it.
    `in_reply_to` and `references` are external ids, newest last. `only` limits sending to these addresses (a retry of the failed ones);
    empty means all `recipients`. `quoted` is the message answered, for channels that quote. `attempt` starts at 1."""

    message_id: int
    conversation_id: int
    author: Author
    recipients: Sequence[Party]
    text: str
    created_at: datetime
    html: str = ""
    subject: str = ""
    files: Sequence[OutgoingFile] = ()
    external_id: str | None = None
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    only: Sequence[str] = ()
    external_thread_id: str | None = None
    attempt: int = 1


class RecipientResult(Strict, frozen=True):
    """What happened for one address. `state` "failed" carries a readable `reason`; "retry" asks for another try for this one only."""

    address: str
    state: Literal["sent", "failed", "retry"]
    reason: str = ""
    code: str = ""


class Sent(Strict, frozen=True):
    """The provider took it. `external_ids` are every id under which receipts and answers may refer to it, the main one first.
    `results` only where the provider answers per recipient."""

    external_ids: Sequence[str] = ()
    results: Sequence[RecipientResult] = ()


# ── what a channel can do, and what it needs ─────────────────────────────────────────────────────────────────────────────────


class Abilities(Strict, frozen=True):
    """Facts that the composer and the road out obey. Sizes in bytes, 0 = no limit of its own.

    `can_look_up_sent`: `find_sent` can tell whether a message left (so a crash between claim and settle resolves itself; otherwise it
    becomes *uncertain* and a person decides). `is_recorded_sent`: the recipient reads our own stream; recorded is sent, no job.
    `text_format`: the richest text that may be sent. `recipient_roles`: to, cc, bcc where people may be added."""

    text_format: Literal["plain", "markdown", "html"] = "plain"
    text_limit: int = 0
    has_subject: bool = False
    recipient_roles: Sequence[str] = ()
    media_types: Sequence[str] = ()
    media_size: int = 0
    media_count: int = 0
    media_total_size: int = 0
    has_inline_images: bool = False
    may_start: bool = False
    reply_window_s: int = 0
    has_receipts: bool = False
    has_read_receipts: bool = False
    has_typing: bool = False
    can_look_up_sent: bool = False
    is_recorded_sent: bool = False
    is_slow_to_parse: bool = False
    identity: Literal["email", "phone", "opaque"] = "opaque"


class Health(Strict, frozen=True):
    """How a connection is. `sentence` says it in words, `action` what an admin should do ("" = nothing)."""

    state: Literal["connected", "quiet", "unfinished", "broken", "paused"]
    sentence: str = ""
    action: str = ""


class Connected(Strict, frozen=True):
    """What `connect` found out. `identity` is the one thing that may be connected once per account (R-045): an address, a page id, a number;
    `config` is what to store (it may differ from what was typed); `address` is what people see."""

    identity: str
    config: msgspec.Struct
    address: str = ""
    name: str = ""


class AccountRef(Strict, frozen=True):
    """A channel account as its channel may see it. `hosted_address` is unique on this server and issued by us when `connect` asked for it.
    `connected_at`: what came to the provider before that is not ours unless somebody asks for it."""

    account_id: int
    id: int
    name: str
    identity: str
    address: str
    connected_at: datetime | None = None


class Context(Strict, frozen=True):
    """Everything a channel gets; it reaches into nothing else. `config` is the decrypted configuration (the channel's `Config`).

    `unseen(ids)` says which of these transport ids (`Inbound.external_id`) were never delivered, so that gaps fill themselves.
    `secret(purpose)` is a key derived for this channel account only, stable over restarts. `state` is a small JSON object that the channel
    keeps between calls (a folder's UIDVALIDITY …), written back with `save_state`. `own_addresses` are the identities of every channel
    account of this tenant, so that a channel can recognise its own mail."""

    ref: AccountRef
    config: Any
    http: "HttpClient"
    clock: "Clock"
    log: Any
    public_url: str
    domain: str
    secret: Callable[[str], bytes]
    settings: Mapping[str, Any] = {}
    own_addresses: frozenset[str] = frozenset()
    state: Mapping[str, Any] = {}
    save_state: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None
    deliver: "Deliver | None" = None
    unseen: "Callable[[Sequence[str]], Awaitable[list[str]]] | None" = None
    report_health: Callable[[Health], Awaitable[None]] | None = None


class Delivered(Strict, frozen=True):
    """What the road in did with one delivery. `fate` is handled, duplicate, ignored or quarantined; it is on disk in every case."""

    delivery_id: int
    fate: Literal["handled", "duplicate", "ignored", "quarantined"]
    message_ids: Sequence[int] = ()


Deliver = Callable[[Inbound], Awaitable[Delivered]]
"""Puts a payload on the road in for the channel account of the context. When it returns, the payload is on disk."""


class Receiver(Protocol):
    """What a `serve` listener gets from us: it finds channel accounts by address and puts payloads on the road in."""

    domain: str
    size_limit: int

    async def resolve(self, address: str) -> tuple[int, int] | None:
        """(account id, channel account id) of the connected channel account with this hosted or own address; None when there is none."""
        ...

    async def deliver(self, account_id: int, channel_account_id: int, inbound: Inbound) -> Delivered: ...


class Channel:
    """The class a channel writes. Facts are class attributes. `verify`, `parse` and `send` are what every channel has; the rest is
    overridden only where the channel needs it (`offers(channel, "watch")` in `registry.py` asks whether it is)."""

    kind: ClassVar[str]
    name: ClassVar[str]
    category: ClassVar[Literal["email", "chat", "messaging", "form", "call", "other"]] = "messaging"
    Config: ClassVar[type[msgspec.Struct]]
    abilities: ClassVar[Abilities] = Abilities()
    has_hook: ClassVar[bool] = True
    """Do payloads come by HTTP, to `/hooks/{kind}/{id}`? Where only `watch` or `serve` deliver, nobody else may tell what a transport tells."""
    silence_limit: ClassVar[timedelta] = timedelta(days=3650)
    """How long nothing may come before a connection is called quiet."""

    async def connect(self, ctx: Context) -> Connected:
        """Tries the credentials in `ctx.config` and says what they connect to. Raises `Refused` or `SendError` with a sentence."""
        raise NotImplementedError

    async def disconnect(self, ctx: Context) -> None:
        """Undoes at the provider what `connect` did. Must not fail when it is gone already."""

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        """Raises `BadSignature` unless the raw bytes are proved to come from the provider."""
        raise NotImplementedError

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        """Pure: bytes → happenings. Raises `Unrecognised` for what it cannot read. No I/O. With `abilities.is_slow_to_parse` it is called in
        another process as `parse_raw`; see there."""
        raise NotImplementedError

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        """Sends, or raises `Retry`, `Rejected`, `Blocked` or `Broken`."""
        raise NotImplementedError

    # ── only where needed ────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, ctx: Context, inbound: Inbound) -> Answer | None:
        """A direct answer to a webhook request (a handshake). None: take the road in and say 200."""
        return None

    async def fetch(self, ctx: Context, media: Media) -> Media:
        """Fetches the bytes of a media item that came as a reference."""
        raise NotImplementedError

    async def watch(self, ctx: Context) -> None:
        """Runs as long as the channel account is connected: asks a server for news and calls `ctx.deliver`. Cancelled at disconnect."""
        raise NotImplementedError

    async def serve(self, receiver: Receiver, settings: Mapping[str, Any]) -> AsyncIterator[None]:
        """A process-wide listener (an SMTP receiver): an async generator that opens, yields once ready, and closes when it is resumed."""
        raise NotImplementedError
        yield

    async def health(self, ctx: Context) -> Health:
        """Asks the provider whether the connection still works."""
        raise NotImplementedError

    async def find_sent(self, ctx: Context, outgoing: Outgoing) -> Sent | None:
        """After a crash: did this message leave? `Sent` when it did, None when it surely did not; raises `Retry` when it cannot be told now.
        Called only with `abilities.can_look_up_sent`."""
        raise NotImplementedError

    async def ledger(self, ctx: Context) -> Mapping[str, Any]:
        """What the provider holds, for the reconciliation page (AHEAD 1): {"on_server": n, "gap": n, "folders": {...}}; the core adds what is stored."""
        raise NotImplementedError

    def describe(self, raw: bytes) -> Mapping[str, Any]:
        """What the parser makes of a raw payload, for `innboks parse KIND`; JSON values only."""
        raise NotImplementedError

    def message_id_for(self, ctx: Context, message_id: int) -> str | None:
        """The external id a message of ours will have, where the channel decides it before sending (a Message-ID). None: the provider does."""
        return None

    def hosted_address(self, ctx: Context) -> str | None:
        """The address at our own receiver under which this channel account takes deliveries, where it has one."""
        return None

"""What a channel is. Everything a channel may know of us, and everything we may know of a channel, stands in this file.

A channel is a folder in `innboks/channels/` whose `__init__.py` says `channels = (MyChannel(),)`. The road in
(`core/conversations/receive.py`) turns bytes into happenings by calling `verify` and `parse`; the road out
(`core/conversations/send.py`) hands over an `Outgoing` and gets a `Sent` or one of the errors of `errors.py`. The core asks
for `abilities`, never for a kind's name. Read next: `registry.py` (how folders are found), `http.py` (the client a
channel must use), `testing.py` (the checks that every channel passes). What `parse` returns stands in
`happenings.py`, and is handed on here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import msgspec

from innboks.sdk.happenings import ConfirmationReceived as ConfirmationReceived
from innboks.sdk.happenings import Happening as Happening
from innboks.sdk.happenings import Ignored as Ignored
from innboks.sdk.happenings import Invitation as Invitation
from innboks.sdk.happenings import Media as Media
from innboks.sdk.happenings import MessageEdited as MessageEdited
from innboks.sdk.happenings import MessageReceived as MessageReceived
from innboks.sdk.happenings import Party as Party
from innboks.sdk.happenings import ReactionReceived as ReactionReceived
from innboks.sdk.happenings import ReceiptReceived as ReceiptReceived
from innboks.sdk.happenings import SentTrace as SentTrace
from innboks.sdk.happenings import Sign as Sign
from innboks.sdk.happenings import Strict as Strict
from innboks.sdk.happenings import TestReturned as TestReturned
from innboks.sdk.happenings import ThreadKey as ThreadKey

if TYPE_CHECKING:
    from innboks.lib.clock import Clock
    from innboks.sdk.http import HttpClient

# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Inbound(Strict, frozen=True):
    """Raw bytes as they reached us. For webhooks with the request's method, path below `/hooks/{kind}/{id}`, query and headers (names in
    lower case); for mail and the like, `headers` carries what the transport knows (envelope sender, client address, folder and uid). The core
    reads `received-at`, when it arrived there (ISO 8601), and `is-past`, "yes" for what had arrived before the connection was made: that has been dealt
    with elsewhere, so it opens no conversation and nobody is told of it. `external_id` is the transport's own id for this delivery, where it has one."""

    body: bytes
    headers: Mapping[str, str] = {}
    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = {}
    external_id: str | None = None


class Answer(Strict, frozen=True):
    """An HTTP answer that a channel gives by itself (handshakes, call scripts). `is_news` matters for `Channel.push` only."""

    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = {}
    is_news: bool = True


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
    empty means all `recipients`. `quoted` is the message answered ("who wrote:" and lines that begin with ">"), for channels that quote. `attempt` starts at 1."""

    message_id: int
    conversation_id: int
    author: Author
    recipients: Sequence[Party]
    text: str
    created_at: datetime
    html: str = ""
    quoted: str = ""
    subject: str = ""
    files: Sequence[OutgoingFile] = ()
    external_id: str | None = None
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    only: Sequence[str] = ()
    external_thread_id: str | None = None
    attempt: int = 1


class NoticePicture(Strict, frozen=True):
    content_id: str
    type: str
    content: bytes


class Notice(Strict, frozen=True):
    """A few lines to one of our own people: an invitation, what they are to be told (R-670). It belongs to no conversation.
    `html` says the same in the account's brand, "" where there is none; `picture` stands in it."""

    to: Party
    subject: str
    text: str
    html: str = ""
    picture: "NoticePicture | None" = None


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


class Glimpse(Strict, frozen=True):
    """Whom a payload says it is from, and what it is about; "" where it does not say. Nothing of it is proved."""

    sender: str = ""
    subject: str = ""


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
    """How a connection is. `sentence` says it in words, `action` what an admin should do ("" = nothing). "unreachable": the provider does not answer,
    and it is tried again by itself; "broken": an admin has to mend it."""

    state: Literal["connected", "quiet", "unreachable", "unfinished", "broken", "paused"]
    sentence: str = ""
    action: str = ""


class Check(Strict, frozen=True):
    """Something outside that has to be there: a DNS record, a switch at the provider. Where it is not, `record_*` is the line to publish, as far as it
    is known here."""

    name: str
    state: Literal["ok", "missing", "wrong", "unknown"]
    sentence: str
    record_type: str = ""
    record_name: str = ""
    record_value: str = ""


class Finding(Check, frozen=True):
    """What a trial found, as a line of its own. "{when}" in the sentence is said in the reader's way from `at`."""

    at: datetime | None = None


class Grant(Strict, frozen=True):
    """What a person allowed us at a provider (OAuth 2.0, RFC 6749 §5.1): kept encrypted beside the configuration, never shown. `expires_at` is
    when the access token ends; None: not known, so it is used until it is refused."""

    refresh_token: str
    access_token: str = ""
    expires_at: datetime | None = None


class SignIn(Strict, frozen=True):
    """One way to connect by signing in at the provider. `when` says for which values of the form it is (as `x-show-if` does); `terms` is what
    the person accepts first (R-108), "" when there is nothing to accept. `problem` says in words why it cannot be used yet, e.g. that the
    operator has not registered this server at the provider."""

    provider: str
    label: str
    when: Mapping[str, Sequence[str]] = {}
    terms: str = ""
    problem: str = ""


class Consent(Strict, frozen=True):
    """What the provider's page is asked with (RFC 6749 §4.1.1, RFC 7636): the page sends the browser back to `redirect_uri` with `state`."""

    redirect_uri: str
    state: str
    verifier: str


class Connected(Strict, frozen=True):
    """What `connect` found out. `identity` is the one thing that may be connected once per account (R-045): an address, a page id, a number;
    `config` is what to store (it may differ from what was typed); `address` is what people see. `grant` None: the one there is stays.
    `sender_name`: what customers read as the sender, where it is set here; addresses that we host have each its own (R-142). `from_address`: what
    it sends from, where that is another than its own."""

    identity: str
    config: msgspec.Struct
    address: str = ""
    name: str = ""
    grant: Grant | None = None
    sender_name: str = ""
    from_address: str = ""


class Preview(Strict, frozen=True):
    """A message as its recipient would see it."""

    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""


class Suggestion(Strict, frozen=True):
    """Values for fields of the form that were found elsewhere, such as the servers that belong to an address. `sentence`: where, and how sure that is."""

    values: Mapping[str, Any]
    sentence: str


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
    account of this tenant, so that a channel can recognise its own mail.

    `grant` is what a sign-in brought; `renew_grant(stale, refresh)` replaces it: one at a time over all processes, and whoever comes second
    gets what the first one brought (use `oauth.py`). `news(seconds)` waits until a push of the provider says that there is something
    (`Channel.push`), or the time is over; less long while a test is on its way back."""

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
    grant: Grant | None = None
    renew_grant: Callable[[Grant, Callable[[Grant], Awaitable[Grant]]], Awaitable[Grant]] | None = None
    news: Callable[[float], Awaitable[None]] | None = None


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
    raw_type: ClassVar[str] = "application/octet-stream"
    """What a raw payload is as a file. "message/rfc822" lets people see its header lines and save it as .eml."""
    has_hook: ClassVar[bool] = True
    """Do payloads come by HTTP, to `/hooks/{kind}/{id}`? Where only `watch` or `serve` deliver, nobody else may tell what a transport tells."""
    is_plan_bound: ClassVar[bool] = False
    """May an operator leave it out for an account (R-003)? The basic channels never are."""
    past_when: ClassVar[Mapping[str, Sequence[str]] | None] = None
    """For which values of the form (as `x-show-if`) messages from before the connection can be fetched, so that it can be asked for at once. None: never."""
    can_be_personal: ClassVar[bool] = False
    """May what it connects belong to one person alone (R-102)? Then the set-up asks whose it is."""
    trials: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {}
    """What `try_out` can try of what is typed, by name, and for which values of the form (as `x-show-if`)."""
    tagline: ClassVar[str] = ""
    """A few words for the catalogue: what one needs, or which ways there are."""

    async def connect(self, ctx: Context) -> Connected:
        """Tries the credentials in `ctx.config` and says what they connect to. Raises `Refused` or `SendError` with a sentence."""
        raise NotImplementedError

    def sign_ins(self, settings: Mapping[str, Any]) -> Sequence[SignIn]:
        """The providers at which one can sign in to connect this channel; `settings` are the operator's (`Context.settings`)."""
        return ()

    def consent_url(self, ctx: Context, consent: Consent) -> str:
        """The provider's page on which a person allows us in, for the configuration in `ctx`. Raises `Invalid` with what is missing."""
        raise NotImplementedError

    async def take_grant(self, ctx: Context, consent: Consent, code: str) -> Grant:
        """Trades the code that came back for a grant (RFC 6749 §4.1.3). Raises `SendError` with a sentence."""
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

    def push(self, ctx: Context, inbound: Inbound) -> Answer:
        """A provider's call that only says that there is news, for a channel that watches: nothing of it is kept, but the watcher looks at
        once, unless the answer is a mere handshake (`is_news` False). Raises `BadSignature` unless it is proved to come from the provider."""
        raise NotImplementedError

    def push_url(self, ctx: Context) -> str | None:
        """The address to which the provider shall push, where an admin has to enter it there by hand."""
        return None

    def notifier(self, ctx: Context) -> "Callable[[Notice], Awaitable[None]] | None":
        """How this connection writes to one of our own people, where the installation has no mail server of its own; None: not at all. What is
        returned sends one notice, or raises `SendError`."""
        return None

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
        """After a crash: did this message leave? `Sent` when it did, None when it surely did not; raises `Uncertain` when that cannot be told. `Retry`
        means that the next attempt sends: only for a channel whose `send` itself looks first, from the second attempt on.
        Called only with `abilities.can_look_up_sent`."""
        raise NotImplementedError

    async def ledger(self, ctx: Context) -> Mapping[str, Any]:
        """What the provider holds, for the reconciliation page (AHEAD 1): {"on_server": n, "gap": n, "folders": {...}}; the core adds what is stored."""
        raise NotImplementedError

    async def whole(self, ctx: Context, inbound: Inbound) -> Inbound:
        """A payload that is tried again, fetched whole where only its beginning was kept because it was too large; else the very one that was given.
        Raises `Unrecognised` with a sentence when it is still too large, or is not to be had."""
        return inbound

    def glimpse(self, inbound: Inbound) -> Glimpse:
        """What can be told at a glance of a payload that could not be handled, for a list of such. `body` is only its beginning, and may be anything.
        Called in a thread; what it raises is taken for an empty answer."""
        return Glimpse()

    def describe(self, raw: bytes) -> Mapping[str, Any]:
        """What the parser makes of a raw payload, for `innboks parse KIND`; JSON values only."""
        raise NotImplementedError

    def signature(self, ctx: Context, author: Author) -> tuple[str, str]:
        """(text, html) of what the channel adds below what this person writes, so that the composer can show it. ("", ""): nothing."""
        return "", ""

    def preview(self, ctx: Context, outgoing: Outgoing) -> Preview:
        """What `send` would make of this message, without sending it (R-115)."""
        raise NotImplementedError

    async def from_addresses(self, ctx: Context) -> Sequence[str]:
        """The addresses it may send from, its own first (R-141). `connect` refuses a configuration that names another. Raises `SendError`."""
        raise NotImplementedError

    async def suggest(self, ctx: Context) -> Sequence[Suggestion]:
        """What else of the form follows from what is typed so far, the surest first; the form asks where one of its fields has `x-suggests`. Nothing of
        `ctx.config` has been checked. It may ask others, but must neither reach into a private network nor take longer than some seconds, nor raise
        when nobody answers."""
        raise NotImplementedError

    async def try_out(self, ctx: Context, what: str) -> Sequence[Finding]:
        """Tries one of `trials` before anything is connected, in a few seconds: nothing of `ctx.config` has been checked, nothing is kept or sent. The
        answer says what was found, line by line. Raises `Invalid` or `SendError` with what to do; may call nobody whom `connect` would not call."""
        raise NotImplementedError

    def fallback_config(self, address: str) -> msgspec.Struct:
        """The configuration of an address that we give out by ourselves and that needs nothing from anybody (R-145). `address` is the hosted one, ""
        while it is not known."""
        raise NotImplementedError

    def test_address(self, ctx: Context) -> str | None:
        """Where a test is sent that has to come back by the road in, as `TestReturned`: the connection's own address. None: there is no such way."""
        return None

    async def checks(self, ctx: Context) -> Sequence[Check]:
        """What has to be published elsewhere, and whether it is. Must not raise when nobody answers."""
        raise NotImplementedError

    def message_id_for(self, ctx: Context, message_id: int) -> str | None:
        """The external id a message of ours will have, where the channel decides it before sending (a Message-ID). None: the provider does."""
        return None

    def hosted_address(self, ctx: Context) -> str | None:
        """The address at our own receiver under which this channel account takes deliveries, where it has one."""
        return None

"""A Gmail mailbox over the Gmail API (v1): what came, the mail as it is, and sending so that it appears in Sent.

Reads: history from our mark on (a mark lives about a week; then 404), lists by query, single mails as `raw`. Writes: nothing but `send`, and `watch`
for pushes. Whether something left is looked up in the list of sent mails, not in Gmail's search, whose index comes later. Every answer that is no
success becomes an error by its `reason`: Gmail says 403 both for "too fast" and for "not allowed". Read `cloud_mailbox.py` for the loop.
https://developers.google.com/workspace/gmail/api/reference/rest
"""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import structlog

from innboks.channels.email import own
from innboks.channels.email.cloud_mailbox import Fetched, Found, Lost
from innboks.channels.email.compose import Composed, compose
from innboks.channels.email.settings import Config
from innboks.channels.email.signing_in import GOOGLE, base_of, provider_of
from innboks.channels.email.threading import normal_id
from innboks.errors import BadSignature, Broken, Rejected, Retry, SendError, Uncertain
from innboks.sdk.contract import Context, Grant, Inbound, Outgoing, OutgoingFile, Sent
from innboks.sdk.http import ANSWER_MAX, Response
from innboks.sdk.oauth import Authorised

log = structlog.get_logger("mailbox")
PAGE = 500
RAW_MAX = 100 * 2**20
"""Bytes of an answer with a whole mail in it: base64 in JSON."""
IN_JSON_MAX = 1_000_000
"""A larger mail goes over the upload address, which takes 35 MB."""
LOOKED_THROUGH = 200
"""Newest sent mails that are looked through for one that may have left."""
LOOK_AGAIN = timedelta(seconds=20)
RENEW_WATCH = timedelta(days=1)
RETRY_WATCH = timedelta(hours=1)
PUSH_PATH = "google"

_NEVER = frozenset({"SPAM", "TRASH", "DRAFT", "CHAT"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "backendError"})
_ANSWERS = frozenset({400, 403, 404})


class _Message(msgspec.Struct, rename="camel"):
    id: str
    thread_id: str = ""
    label_ids: list[str] = []
    internal_date: str = "0"
    raw: str = ""
    payload: "_Payload | None" = None


class _Header(msgspec.Struct):
    name: str
    value: str = ""


class _Payload(msgspec.Struct):
    headers: list[_Header] = []


class _List(msgspec.Struct, rename="camel"):
    messages: list[_Message] = []
    next_page_token: str = ""


class _Change(msgspec.Struct):
    message: _Message


class _Record(msgspec.Struct, rename="camel"):
    messages_added: list[_Change] = []
    labels_added: list[_Change] = []


class _History(msgspec.Struct, rename="camel"):
    history_id: str
    history: list[_Record] = []
    next_page_token: str = ""


class _Profile(msgspec.Struct, rename="camel"):
    email_address: str
    history_id: str


class _SendAs(msgspec.Struct, rename="camel"):
    send_as_email: str = ""
    is_primary: bool = False
    verification_status: str = ""


class _SendAsList(msgspec.Struct, rename="camel"):
    send_as: list[_SendAs] = []


class _Watch(msgspec.Struct):
    expiration: str = "0"


class _Reason(msgspec.Struct):
    reason: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    errors: list[_Reason] = []


class _Problem(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


class _Gone(Exception):
    """404."""


class Gmail:
    """One mailbox; a `Source` (`cloud_mailbox.py`)."""

    name = "Google"

    def __init__(self, ctx: Context, grant: Grant | None = None) -> None:
        self._ctx = ctx
        self.calls = Authorised(ctx, provider_of(ctx), grant)
        self._root = base_of(ctx, GOOGLE, "https://gmail.googleapis.com")

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def addresses(self) -> list[str]:
        return [(await self._profile()).email_address]

    async def sends_from(self) -> list[str]:
        """The mailbox's own address and its aliases, without those that Google has not seen confirmed."""
        listed: _SendAsList = (await self._get("settings/sendAs")).into(_SendAsList)
        return [one.send_as_email for one in listed.send_as if one.is_primary or one.verification_status == "accepted"]

    async def begin(self, since: datetime) -> dict[str, Any]:
        return {"history_id": (await self._profile()).history_id}

    async def changes(self, cursor: Mapping[str, Any]) -> tuple[list[Found], dict[str, Any]]:
        """Added mails, and mails that were put into the inbox (rescued from spam, above all)."""
        asked = [("startHistoryId", str(cursor.get("history_id", ""))), ("maxResults", str(PAGE))]
        asked += [("historyTypes", "messageAdded"), ("historyTypes", "labelAdded")]
        found: dict[str, Found] = {}
        page = ""
        while True:
            try:
                answer = await self._get("history", [*asked, *([("pageToken", page)] if page else [])])
            except _Gone as error:
                raise Lost from error
            history: _History = answer.into(_History)
            for record in history.history:
                changed = [*record.messages_added, *(one for one in record.labels_added if "INBOX" in one.message.label_ids)]
                for one in changed:
                    if not _NEVER & set(one.message.label_ids):
                        found.setdefault(self._id(one.message.id), self._found(one.message))
            page = history.next_page_token
            if not page:
                return list(found.values()), {"history_id": history.history_id}

    async def received_since(self, at: datetime) -> list[Found]:
        return [Found(id=self._id(id)) for id in await self._list(f"after:{int(at.timestamp()) - 1} -in:sent -in:drafts -in:chats")]

    async def sent_since(self, at: datetime) -> list[Found]:
        listed = await self._list(f"after:{int(at.timestamp()) - 1} in:sent -in:drafts -in:chats")
        return [Found(id=self._id(id), is_sent=True) for id in listed]

    async def fetch(self, found: Found) -> Fetched | None:
        if found.is_sent and not await self.is_from_elsewhere(found):
            return None
        try:
            answer = await self._get(f"messages/{_bare(found.id)}", [("format", "raw")], answer_max=RAW_MAX)
        except _Gone:
            return None
        message: _Message = answer.into(_Message)
        labels = set(message.label_ids)
        if _NEVER & labels:
            return None
        is_sent = _is_sent(labels)
        if is_sent and not found.is_sent and not await self.is_from_elsewhere(found):
            return None
        try:
            raw = base64.urlsafe_b64decode(message.raw + "=" * (-len(message.raw) % 4))
            at = datetime.fromtimestamp(int(message.internal_date) / 1000, UTC)
        except (binascii.Error, ValueError, OverflowError, OSError) as error:
            raise Rejected("Gmail gave this mail out in a way that cannot be read.", code="unreadable") from error
        return Fetched(raw=raw, at=at, folder=_folder(labels), is_sent=is_sent)

    async def is_from_elsewhere(self, found: Found) -> bool:
        try:
            message_id = await self._message_id(_bare(found.id))
        except _Gone:
            return False
        return own.own_message(self._ctx, message_id) is None

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, outgoing: Outgoing, contents: Sequence[tuple[OutgoingFile, bytes]]) -> Sent:
        """When the answer is lost, the sent mails are looked through; not found there, it is `Retry`, and the next attempt looks once more before
        it sends. A mail that is sent again to some of its recipients cannot be told from its first time: then it stays `Uncertain`."""
        mail = await asyncio.to_thread(compose, self._ctx, outgoing, contents, with_bcc=True)
        sent = Sent(external_ids=[mail.message_id])
        if outgoing.attempt > 1 and not outgoing.only and await self.is_in_sent(mail.message_id):
            return sent
        thread = await self._thread_of(outgoing.in_reply_to)
        try:
            try:
                await self._hand_over(mail, {"threadId": thread} if thread else {})
            except _Gone:
                await self._hand_over(mail, {})  # the thread was thrown away meanwhile
        except _Gone as error:
            raise Broken("This Google account has no mailbox any more.", code="no_mailbox") from error
        except Uncertain:
            if outgoing.only:
                raise
            return await self.look_up(mail.message_id)
        return sent

    async def look_up(self, message_id: str) -> Sent:
        if await self.is_in_sent(message_id):
            return Sent(external_ids=[message_id])
        raise Retry("Google did not say whether the mail left, and it is not among the sent ones yet.", after=LOOK_AGAIN, code="looking")

    async def is_in_sent(self, message_id: str) -> bool:
        """Did a mail with this Message-ID leave? The list by label is kept up at once, the search is not."""
        page, looked = "", 0
        while looked < LOOKED_THROUGH:
            asked = [("labelIds", "SENT"), ("maxResults", "50"), ("includeSpamTrash", "true"), *([("pageToken", page)] if page else [])]
            listed: _List = (await self._get("messages", asked)).into(_List)
            for one in listed.messages:
                try:
                    if await self._message_id(one.id) == message_id:
                        return True
                except _Gone:
                    continue
            looked, page = looked + len(listed.messages), listed.next_page_token
            if not page:
                return False
            if await self._is_older(listed.messages[-1].id, self._ctx.clock.now() - timedelta(days=2)):
                return False
        return bool(await self._list(f"rfc822msgid:{message_id} in:sent"))

    async def _hand_over(self, mail: Composed, metadata: Mapping[str, str]) -> None:
        if len(mail.raw) <= IN_JSON_MAX:
            encoded = base64.urlsafe_b64encode(mail.raw).decode("ascii")
            answer = await self._call("POST", "messages/send", json={"raw": encoded, **metadata})
        else:
            mark = f"=_{hmac.digest(b'part', mail.message_id.encode(), 'sha256').hex()[:40]}"
            body = b"".join(
                [
                    f"--{mark}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n".encode(),
                    msgspec.json.encode(dict(metadata)),
                    f"\r\n--{mark}\r\ncontent-type: message/rfc822\r\n\r\n".encode(),
                    mail.raw,
                    f"\r\n--{mark}--\r\n".encode(),
                ]
            )
            answer = await self._call(
                "POST",
                "messages/send",
                [("uploadType", "multipart")],
                body=body,
                headers={"content-type": f'multipart/related; boundary="{mark}"'},
                prefix="/upload",
            )
        try:
            answer.into(_Message)
        except Retry as error:  # a proxy's page in place of Gmail's answer
            raise Uncertain("Google answered in a way that is not understood.", code="unexpected_answer") from error

    async def _thread_of(self, in_reply_to: str | None) -> str:
        """Gmail's own thread of the mail that is answered, so that both stand together there. Not found, it goes without."""
        if not in_reply_to:
            return ""
        try:
            asked = [("q", f"rfc822msgid:{in_reply_to}"), ("maxResults", "1")]
            listed: _List = (await self._get("messages", asked)).into(_List)
        except (_Gone, Rejected):
            return ""
        return listed.messages[0].thread_id if listed.messages else ""

    # ── pushes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def keep_push(self, push: Mapping[str, Any]) -> dict[str, Any]:
        """`users.watch` ends after a week and has to be renewed; once a day, as Google advises."""
        config: Config = self._ctx.config
        now = self._ctx.clock.now()
        if not config.push_topic:
            return {}
        if push.get("topic") == config.push_topic and now < datetime.fromisoformat(push["renew_at"]):
            return dict(push)
        asked = {"topicName": config.push_topic, "labelIds": ["SPAM", "TRASH", "DRAFT"], "labelFilterBehavior": "exclude"}
        try:
            answer: _Watch = (await self._call("POST", "watch", json=asked, is_idempotent=True)).into(_Watch)
        except (_Gone, SendError) as error:
            if getattr(error, "code", "") == "revoked":
                raise  # nothing else of it works either: that is to be said, and once
            log.warning("no pushes", channel_account=self._ctx.ref.id, code=getattr(error, "code", "gone"))
            return {"topic": config.push_topic, "renew_at": (now + RETRY_WATCH).isoformat(), "problem": getattr(error, "sentence", "")}
        return {"topic": config.push_topic, "renew_at": (now + RENEW_WATCH).isoformat(), "until": answer.expiration}

    async def leave(self) -> None:
        """Ends pushes and gives the grant back. Never fails."""
        config: Config = self._ctx.config
        try:
            if config.push_topic:
                await self._call("POST", "stop", is_idempotent=True)
            body = urlencode({"token": self.calls.grant.refresh_token}).encode("ascii")
            headers = {"content-type": "application/x-www-form-urlencoded"}
            url = base_of(self._ctx, GOOGLE, "https://oauth2.googleapis.com") + "/revoke"
            await self._ctx.http.send("POST", url, body=body, headers=headers, is_idempotent=True)
        except (_Gone, SendError) as error:
            log.info("not signed out", channel_account=self._ctx.ref.id, code=getattr(error, "code", "gone"))

    # ── how it is asked ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _profile(self) -> _Profile:
        found: _Profile = (await self._get("profile")).into(_Profile)
        return found

    async def _list(self, query: str) -> list[str]:
        """Ids, oldest first: Gmail lists the newest first."""
        ids: list[str] = []
        page = ""
        while True:
            asked = [("q", query), ("maxResults", str(PAGE)), *([("pageToken", page)] if page else [])]
            listed: _List = (await self._get("messages", asked)).into(_List)
            ids += [one.id for one in listed.messages]
            page = listed.next_page_token
            if not page:
                return ids[::-1]

    async def _message_id(self, id: str) -> str:
        answer = await self._get(f"messages/{id}", [("format", "metadata"), ("metadataHeaders", "Message-ID")])
        message: _Message = answer.into(_Message)
        headers = message.payload.headers if message.payload is not None else []
        return normal_id(next((one.value for one in headers if one.name.lower() == "message-id"), ""))

    async def _is_older(self, id: str, than: datetime) -> bool:
        try:
            message: _Message = (await self._get(f"messages/{id}", [("format", "minimal")])).into(_Message)
        except _Gone:
            return False
        return message.internal_date.isascii() and message.internal_date.isdigit() and int(message.internal_date) < than.timestamp() * 1000

    async def _get(self, path: str, query: Sequence[tuple[str, str]] = (), *, answer_max: int = ANSWER_MAX) -> Response:
        return await self._call("GET", path, query, answer_max=answer_max)

    async def _call(self, method: str, path: str, query: Sequence[tuple[str, str]] = (), *, prefix: str = "", **how: Any) -> Response:
        url = f"{self._root}{prefix}/gmail/v1/users/me/{path}" + (f"?{urlencode(query)}" if query else "")
        response = await self.calls.send(method, url, allow=_ANSWERS, **how)
        if response.status in _ANSWERS:
            raise _error(response)
        return response

    def _found(self, message: _Message) -> Found:
        return Found(id=self._id(message.id), is_sent=_is_sent(set(message.label_ids)))

    @staticmethod
    def _id(id: str) -> str:
        return f"gmail/{id}"


def check_push(ctx: Context, inbound: Inbound) -> None:
    """A push of Pub/Sub to the address of `push_url`. Raises `BadSignature` for everything else."""
    if not hmac.compare_digest(inbound.query.get("token", "").encode(), push_token(ctx).encode()):
        raise BadSignature("This is not the address that was given to Google. Copy it anew from the connection's settings.")


def push_token(ctx: Context) -> str:
    return hmac.digest(ctx.secret("push"), b"google", "sha256").hex()[:40]


def _bare(id: str) -> str:
    return quote(id.removeprefix("gmail/"), safe="")


def _is_sent(labels: set[str]) -> bool:
    """A mail that the team wrote to itself is in both."""
    return "SENT" in labels and "INBOX" not in labels


def _folder(labels: set[str]) -> str:
    return next((name for name in ("SENT", "INBOX") if name in labels), "ARCHIVE")


def _error(response: Response) -> Exception:
    """By Gmail's reason (https://developers.google.com/workspace/gmail/api/guides/handle-errors)."""
    if response.status == 404:
        return _Gone()
    try:
        problem = msgspec.json.decode(response.body, type=_Problem).error
    except (msgspec.DecodeError, msgspec.ValidationError):
        problem = _Error()
    reason = problem.errors[0].reason if problem.errors else ""
    after = response.headers.get("retry-after", "")
    if reason in _TOO_FAST:
        wish = timedelta(seconds=int(after)) if after.isdecimal() and len(after) < 6 else timedelta(seconds=30)
        return Retry("Gmail wants us to go slower.", code=reason, after=wish)
    if response.status == 403:
        sentence = {
            "insufficientPermissions": "Not everything was allowed at the sign-in. Sign in again, and leave every box ticked.",
            "accessNotConfigured": "The Gmail API is switched off in the operator's Google project. Switch it on there.",
            "domainPolicy": "Your organisation does not let apps into Gmail. Its Google administrator has to allow this server.",
        }.get(reason, "Gmail does not allow this. Sign in again.")
        return Broken(sentence, code=reason or "forbidden")
    if reason == "failedPrecondition":
        return Broken("This Google account has no Gmail. Sign in with the account that has the mailbox.", code=reason)
    return Rejected(f"Gmail refused this. {problem.message[:300]}".strip(), code=reason or f"http_{response.status}")

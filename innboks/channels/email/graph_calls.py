"""The calls of Microsoft Graph that a mailbox needs, their shapes, and what their errors mean. Read `graph.py`, which knows when to make them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from innboks.channels.email.cloud_mailbox import Lost
from innboks.channels.email.signing_in import MICROSOFT, base_of, provider_of
from innboks.errors import Broken, Rejected, Retry, Uncertain
from innboks.sdk.contract import Context, Grant, OutgoingFile
from innboks.sdk.http import ANSWER_MAX, Response
from innboks.sdk.oauth import Authorised

USUAL = "https://graph.microsoft.com"
IMMUTABLE = 'IdType="ImmutableId"'
FOLDER_DEPTH = 20
_ANSWERS = frozenset({400, 403, 404, 409, 410, 413})


class Sendable(msgspec.Struct, rename="camel"):
    """A message, as far as we ask for it. `removed` in a delta: it left the folder."""

    id: str
    received_date_time: str = ""
    sent_date_time: str = ""
    is_draft: bool = False
    parent_folder_id: str = ""
    internet_message_id: str = ""
    removed: Any = msgspec.field(name="@removed", default=None)

    @property
    def at(self) -> datetime:
        for text in (self.received_date_time, self.sent_date_time):
            try:
                return datetime.fromisoformat(text).astimezone(UTC)
            except ValueError:
                continue
        return datetime.max.replace(tzinfo=UTC)


class Page(msgspec.Struct):
    value: list[Sendable] = []
    next_link: str = msgspec.field(name="@odata.nextLink", default="")
    delta_link: str = msgspec.field(name="@odata.deltaLink", default="")


class MailFolder(msgspec.Struct, rename="camel"):
    id: str
    display_name: str = ""
    child_folder_count: int = 0


class _Folders(msgspec.Struct):
    value: list[MailFolder] = []
    next_link: str = msgspec.field(name="@odata.nextLink", default="")


class _Person(msgspec.Struct, rename="camel"):
    mail: str | None = None
    user_principal_name: str | None = None


class _Made(msgspec.Struct):
    id: str


class _Upload(msgspec.Struct, rename="camel"):
    upload_url: str


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Problem(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


class Gone(Exception):
    """404, or what comes to the same."""


class GraphCalls:
    """`root` is where the API is; `is_stand_in`: the operator put another server there."""

    def __init__(self, ctx: Context, grant: Grant | None = None) -> None:
        self._ctx = ctx
        self.calls = Authorised(ctx, provider_of(ctx), grant)
        base = base_of(ctx, MICROSOFT, USUAL)
        self.root = f"{base}/v1.0"
        self.is_stand_in = base != USUAL

    async def addresses(self) -> list[str]:
        person: _Person = (await self._call("GET", "/me?$select=mail,userPrincipalName")).into(_Person)
        return [one for one in (person.mail, person.user_principal_name) if one]

    async def folder_id(self, well_known: str) -> str:
        """ "" when the mailbox has none of that name."""
        try:
            return str((await self._call("GET", f"/me/mailFolders/{well_known}?$select=id")).into(_Made).id)
        except Gone:
            return ""

    async def folders(self, skip: Iterable[str]) -> list[MailFolder]:
        """All, with those inside others; not the ones in `skip`, nor what is inside these."""
        skipped = set(skip)
        found: list[MailFolder] = []
        waiting = [("/me/mailFolders", 0)]
        while waiting:
            path, depth = waiting.pop(0)
            link = f"{self.root}{path}?{urlencode({'$select': 'id,displayName,childFolderCount', '$top': '100'})}"
            while link:
                page: _Folders = (await self._ask("GET", link)).into(_Folders)
                for one in page.value:
                    if one.id not in skipped:
                        found.append(one)
                        if one.child_folder_count and depth < FOLDER_DEPTH:
                            waiting.append((f"/me/mailFolders/{quote(one.id, safe='')}/childFolders", depth + 1))
                link = page.next_link
        return found

    async def page(self, link: str, *, is_delta: bool = False) -> Page:
        """Raises `Lost` for a forgotten mark, `Gone` for a folder that is not there."""
        headers = {"prefer": f"{IMMUTABLE}, odata.maxpagesize=200" if is_delta else IMMUTABLE}
        found: Page = (await self._ask("GET", link, headers=headers)).into(Page)
        return found

    async def get_one(self, id: str, facts: str) -> Sendable:
        answer = await self._call("GET", f"/me/messages/{quote(id, safe='')}?{urlencode({'$select': facts})}")
        found: Sendable = answer.into(Sendable)
        return found

    async def raw(self, id: str, most: int) -> bytes:
        return (await self._call("GET", f"/me/messages/{quote(id, safe='')}/$value", answer_max=most)).body

    async def by_message_id(self, message_id: str) -> Sendable | None:
        """The draft or the sent mail with this Message-ID; of several the sent one."""
        asked = {
            "$filter": f"internetMessageId eq '<{message_id.replace(chr(39), chr(39) * 2)}>'",
            "$select": "id,isDraft,internetMessageId,parentFolderId",
        }
        page: Page = (await self._call("GET", f"/me/messages?{urlencode(asked)}")).into(Page)
        return min(page.value, key=lambda one: one.is_draft, default=None)

    async def create_draft(self, mime_in_base64: bytes) -> Sendable:
        answer = await self._call("POST", "/me/messages", body=mime_in_base64, headers={"content-type": "text/plain"})
        found: Sendable = answer.into(Sendable)
        return found

    async def send_draft(self, id: str) -> None:
        """Raises `Gone` when it is no draft (any more)."""
        answer = await self._call("POST", f"/me/messages/{quote(id, safe='')}/send", body=b"", headers={"content-length": "0"})
        if answer.status != 202:
            raise Uncertain("Microsoft answered in a way that is not understood.", code="unexpected_answer")

    async def delete(self, id: str) -> None:
        try:
            await self._call("DELETE", f"/me/messages/{quote(id, safe='')}", is_idempotent=True)
        except Gone:
            return

    async def attach(self, id: str, file: OutgoingFile, content: bytes, piece: int) -> None:
        """In pieces, over an address that bears its own leave and must not get our token."""
        item: dict[str, Any] = {"attachmentType": "file", "name": file.name, "size": len(content), "contentType": file.type}
        if file.is_inline and file.content_id:
            item |= {"isInline": True, "contentId": file.content_id.strip("<>")}
        path = f"/me/messages/{quote(id, safe='')}/attachments/createUploadSession"
        session: _Upload = (await self._call("POST", path, json={"AttachmentItem": item}, is_idempotent=True)).into(_Upload)
        for start in range(0, len(content), piece):
            part = content[start : start + piece]
            headers = {
                "content-type": "application/octet-stream",
                "content-range": f"bytes {start}-{start + len(part) - 1}/{len(content)}",
            }
            await self._ctx.http.send("PUT", session.upload_url, body=part, headers=headers, is_idempotent=True)

    async def subscribe(self, url: str, until: str, secret: str) -> str:
        asked = {
            "changeType": "created",
            "notificationUrl": url,
            "resource": "/me/messages",
            "expirationDateTime": until,
            "clientState": secret,
        }
        return str((await self._call("POST", "/subscriptions", json=asked, is_idempotent=True)).into(_Made).id)

    async def renew_subscription(self, id: str, until: str) -> None:
        await self._call("PATCH", f"/subscriptions/{quote(id, safe='')}", json={"expirationDateTime": until}, is_idempotent=True)

    async def unsubscribe(self, id: str) -> None:
        await self._call("DELETE", f"/subscriptions/{quote(id, safe='')}", is_idempotent=True)

    async def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **how: Any) -> Response:
        return await self._ask(method, f"{self.root}{path}", headers={"prefer": IMMUTABLE, **(headers or {})}, **how)

    async def _ask(self, method: str, url: str, *, answer_max: int = ANSWER_MAX, **how: Any) -> Response:
        """Links come out of answers: our token goes to no other server."""
        if not url.startswith(f"{self.root}/"):
            raise Retry("Microsoft answered in a way that is not understood.", code="unexpected_answer")
        response = await self.calls.send(method, url, allow=_ANSWERS, answer_max=answer_max, **how)
        if response.status in _ANSWERS:
            raise _error(response)
        return response


def _error(response: Response) -> Exception:
    """By Graph's code (https://learn.microsoft.com/graph/errors)."""
    try:
        problem = msgspec.json.decode(response.body, type=_Problem).error
    except (msgspec.DecodeError, msgspec.ValidationError):
        problem = _Error()
    code = problem.code
    if response.status == 410 or re.fullmatch(r"(?i)syncState(NotFound|Invalid)|resyncRequired", code):
        return Lost()
    if response.status == 404 and code in ("MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ErrorNonExistentMailbox"):
        return Broken("This Microsoft account has no mailbox at Microsoft 365. Connect it by forwarding or IMAP.", code=code)
    if response.status == 404 or code in ("ErrorItemNotFound", "ErrorMessageAlreadySent", "ErrorInvalidOperationOnNonDraft"):
        return Gone()
    if response.status == 409 or code in ("ErrorServerBusy", "ErrorMailboxStoreUnavailable", "ErrorTimeoutExpired"):
        return Retry("Microsoft has a passing problem.", code=code or "conflict", after=timedelta(seconds=10))
    if response.status == 413 or code == "ErrorMessageSizeExceeded":
        return Rejected("The message is too large for this mailbox. Send smaller files, or a link.", code="too_large")
    if response.status == 403 and code in (
        "ErrorSendAsDenied",
        "ErrorMessageSubmissionBlocked",
        "ErrorQuotaExceeded",
        "ErrorExceededMessageLimit",
    ):
        return Broken(f"Microsoft does not let this mailbox send now. {problem.message[:200]}".strip(), code=code)
    if response.status == 403:
        return Broken(
            "Microsoft does not allow this. Sign in again, or ask your Microsoft 365 administrator to allow this server.",
            code=code or "forbidden",
        )
    return Rejected(f"Microsoft refused this. {problem.message[:300]}".strip(), code=code or f"http_{response.status}")

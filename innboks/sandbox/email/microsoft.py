"""Microsoft, as far as a team's mailbox needs it: the sign-in (/TENANT/oauth2/v2.0/…) and Microsoft Graph (/v1.0/me/…, /v1.0/subscriptions).

Paths, shapes and errors are those of the published descriptions; the tests hold both sides to them. Ids are immutable; a draft keeps its id when it
is sent. Refresh tokens are replaced at each renewal. Read next: `provider.py`, `team_boxes.py`.
"""

import email
import email.policy
import re
import secrets
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from innboks.sandbox.email.google import without_bcc
from innboks.sandbox.email.microsoft_mail import message_of, written_mail
from innboks.sandbox.email.provider import Provider, Spread, Trouble, json
from innboks.sandbox.email.team_boxes import BoxMail, TeamBox
from innboks.sandbox.stand_in import Answer, Request

_WELL_KNOWN = {
    "inbox": ("inbox", "Inbox"),
    "sentitems": ("sent", "Sent Items"),
    "drafts": ("drafts", "Drafts"),
    "junkemail": ("junk", "Junk Email"),
    "deleteditems": ("trash", "Deleted Items"),
    "archive": ("archive", "Archive"),
}
_NAMES = dict(_WELL_KNOWN.values())
_EPOCH = datetime.fromtimestamp(0, UTC)
CALL_MAX = 4 * 2**20
"""Bytes of one call; Graph takes no more."""
LIFE_MAX = timedelta(minutes=10_080)


class Subscription(msgspec.Struct, rename="camel"):
    id: str
    address: str
    notification_url: str
    client_state: str
    expires: str


class Microsoft(Provider):
    """`government`: domains of the clouds for authorities."""

    key = "microsoft"

    def __init__(self, spread: Spread) -> None:
        super().__init__("Microsoft", spread, replaces_refresh_tokens=True)
        self.subscriptions: dict[str, Subscription] = {}
        self.government: set[str] = set()
        self._uploads: dict[str, tuple[BoxMail, dict[str, Any], bytearray]] = {}

    async def serve(self, request: Request) -> Answer:
        parts = [unquote(one) for one in request.path.split("/")]
        match request.method, parts:
            case "GET", [_, "oauth2", "v2.0", "authorize"]:
                return self.oauth.page(request, f"{request.base}/{self.key}/consent", list(self.boxes))
            case "GET", ["consent"]:
                owner, answer = self.oauth.decide(request)
                if owner:
                    self.box(owner)
                return answer
            case "POST", [_, "oauth2", "v2.0", "token"]:
                return self.oauth.token(request)
            case "GET", [domain, "v2.0", ".well-known", "openid-configuration"]:
                scope = {"tenant_region_sub_scope": "DODCON"} if domain in self.government else {}
                return json({"issuer": f"{request.base}/{self.key}/{domain}/v2.0", "tenant_region_scope": "EU", **scope})
            case "PUT", ["upload", id]:
                return await self._upload(request, id)
        if parts[0] != "v1.0":
            return _error(404, "ResourceNotFound", "Not found.")
        address = self.oauth.address_of(request.headers)
        if address is None:
            return _error(
                401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", {"www-authenticate": "Bearer"}
            )
        if len(request.body) > CALL_MAX:
            return _error(413, "RequestEntityTooLarge", "The request entity is too large.")
        box = self.box(address)
        match parts[1:]:
            case ["me", *rest]:
                return await self._me(request, box, rest)
            case ["users", user, *rest] if user.lower() == address:
                return await self._me(request, box, rest)
            case ["subscriptions", *rest]:
                return await self._subscriptions(request, box, rest)
        return _error(404, "ResourceNotFound", "Not found.")

    async def _me(self, request: Request, box: TeamBox, path: list[str]) -> Answer:
        match request.method, path:
            case "GET", []:
                return json({"id": box.address, "mail": box.address, "userPrincipalName": box.address, "displayName": box.address})
            case "GET", ["mailFolders"]:
                shown = [_folder(box, one) for one in box.folders if "/" not in one]
                return _paged(request, shown, 10)
            case "GET", ["mailFolders", id]:
                name = _folder_name(box, id)
                return json(_folder(box, name)) if name else _error(404, "ErrorItemNotFound", "The specified object was not found.")
            case "GET", ["mailFolders", id, "childFolders"]:
                return _paged(request, [_folder(box, one) for one in box.folders if one.startswith(f"{_folder_name(box, id)}/")], 10)
            case "GET", ["mailFolders", id, "messages"]:
                name = _folder_name(box, id)
                return self._list(request, [one for one in box.mails.values() if one.folder == name]) if name else _not_there()
            case "GET", ["mailFolders", id, "messages", "delta" | "delta()"]:
                name = _folder_name(box, id)
                return self._delta(request, box, name, id) if name else _not_there()
            case "GET", ["messages"]:
                return self._list(request, list(box.mails.values()))
            case "POST", ["messages"]:
                return await self._create(request, box)
            case "POST", ["sendMail"]:
                written = written_mail(request, box.address, "Message")
                if not written.raw:
                    return _error(400, written.code, written.problem)
                await self._send(box, await box.put(written.raw, "drafts"))
                return Answer(status=202)
            case _, ["messages", id, *rest]:
                mail = box.mails.get(id)
                return await self._one(request, box, mail, rest) if mail is not None else _not_there()
        return _error(404, "ResourceNotFound", "Not found.")

    async def _one(self, request: Request, box: TeamBox, mail: BoxMail, path: list[str]) -> Answer:
        match request.method, path:
            case "GET", []:
                return json(_chosen(request, message_of(mail)))
            case "GET", ["$value"]:
                return Answer(mail.raw, "text/plain")
            case "DELETE", []:
                await box.delete(mail.id)
                return Answer(status=204)
            case "POST", ["send"]:
                if mail.folder != "drafts":
                    return _error(400, "ErrorInvalidOperation", "Cannot send a message that is not a draft.")
                if not _recipients(mail.raw):
                    return _error(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
                await self._send(box, mail)
                return Answer(status=202)
            case "POST", ["attachments", "createUploadSession"]:
                id = secrets.token_urlsafe(16)
                self._uploads[id] = (mail, msgspec.json.decode(request.body)["AttachmentItem"], bytearray())
                until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
                return json(
                    {"uploadUrl": f"{request.base}/{self.key}/upload/{id}", "expirationDateTime": until, "nextExpectedRanges": ["0-"]}, 201
                )
        return _error(404, "ResourceNotFound", "Not found.")

    async def _create(self, request: Request, box: TeamBox) -> Answer:
        written = written_mail(request, box.address)
        if not written.raw:
            return _error(400, written.code, written.problem)
        return json(message_of(await box.put(written.raw, "drafts")), 201)

    async def _send(self, box: TeamBox, mail: BoxMail) -> None:
        """The draft becomes the sent mail, under the same id."""
        recipients = _recipients(mail.raw)
        await box.move(mail.id, "sent")
        self.spread(box.address, without_bcc(mail.raw), recipients)

    async def _upload(self, request: Request, id: str) -> Answer:
        if id not in self._uploads:
            return _not_there()
        if "authorization" in request.headers:
            return _error(401, "InvalidAudience", "An upload address takes no token.")
        mail, item, content = self._uploads[id]
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", request.headers.get("content-range", ""))
        if not found or int(found[1]) != len(content) or int(found[2]) - int(found[1]) + 1 != len(request.body):
            return _error(416, "InvalidRange", "The range is not the one that was expected.")
        content += request.body
        if len(content) < int(found[3]):
            return json({"nextExpectedRanges": [f"{len(content)}-"]})
        del self._uploads[id]
        mail.raw = _with_file(mail.raw, item, bytes(content))
        return Answer(status=201, headers={"location": f"{request.base}/{self.key}/v1.0/me/messages/{mail.id}/attachments/1"})

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _list(self, request: Request, mails: list[BoxMail]) -> Answer:
        shown = []
        for mail in sorted(
            mails, key=lambda one: (one.at, one.nth), reverse="desc" in request.query.get("$orderby", "receivedDateTime desc")
        ):
            holds = _holds(mail, request.query.get("$filter", ""))
            if holds is None:
                return _error(400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
            if holds:
                shown.append(_chosen(request, message_of(mail)))
        return _paged(request, shown, 10)

    def _delta(self, request: Request, box: TeamBox, name: str, id: str) -> Answer:
        """The first round lists the folder; the link at its end tells later what came into it, changed, or left it."""
        if "immutableid" not in request.headers.get("prefer", "").lower():
            return _error(400, "ErrorInvalidIdMalformed", "The sandbox gives out immutable ids only. Ask for them.")
        token = request.query.get("$deltatoken", "")
        kept = {one: request.query[one] for one in ("$select", "$filter", "$orderby") if one in request.query}
        if token and (not token.isdecimal() or int(token) < box.log_starts_at):
            return _error(410, "SyncStateNotFound", "The sync state generation is not found.")
        shown: dict[str, dict[str, Any]] = {}
        if kept.get("$orderby", "receivedDateTime desc") != "receivedDateTime desc":
            return _error(400, "ErrorInvalidUrlQuery", "Change tracking orders by receivedDateTime desc only.")
        if token:
            changed = sorted(box.since(int(token)), key=lambda one: (box.mails[one.id].at if one.id in box.mails else _EPOCH, one.nth))
            for change in reversed(changed):
                mail = box.mails.get(change.id)
                if mail is not None and mail.folder == name and _holds(mail, kept.get("$filter", "")):
                    shown[mail.id] = _chosen(request, message_of(mail))
                elif name in (change.folder, change.came_from):
                    shown[change.id] = {"id": change.id, "@removed": {"reason": "deleted"}}
        else:
            here = [mail for mail in box.newest_first() if mail.folder == name and _holds(mail, kept.get("$filter", ""))]
            shown = {mail.id: _chosen(request, message_of(mail)) for mail in here}
        wish = re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("prefer", ""))
        size, skip = int(wish[1]) if wish else 10, int(request.query.get("$skiptoken", "0") or 0)
        items = list(shown.values())
        link = f"{request.base}/{self.key}/v1.0/me/mailFolders/{quote(id, safe='')}/messages/delta"
        query = "&".join(f"{quote(one)}={quote(value)}" for one, value in kept.items())
        answer: dict[str, Any] = {"@odata.context": f"{link}#messages", "value": items[skip : skip + size]}
        if skip + size < len(items):
            since = f"&$deltatoken={token}" if token else ""
            answer["@odata.nextLink"] = f"{link}?{query}{since}&$skiptoken={skip + size}"
        else:
            answer["@odata.deltaLink"] = f"{link}?{query}&$deltatoken={box.nth}"
        return json(answer)

    # ── pushes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _subscriptions(self, request: Request, box: TeamBox, path: list[str]) -> Answer:
        known = self.subscriptions.get(path[0]) if path else None
        match request.method, path:
            case "POST", []:
                asked = msgspec.json.decode(request.body, type=dict[str, Any])
                missing = {"changeType", "notificationUrl", "resource", "expirationDateTime"} - set(asked)
                if missing or datetime.fromisoformat(asked["expirationDateTime"]) > datetime.now(UTC) + LIFE_MAX:
                    return _error(400, "ValidationError", f"Subscription validation failed: {missing or 'expirationDateTime'}.")
                url, token = str(asked["notificationUrl"]), f"Validation: Testing {secrets.token_urlsafe(8)}+&="
                try:
                    status, kind, said = await self.post(url, {}, {"validationToken": token})
                except Exception as error:
                    return _error(400, "ValidationError", f"Subscription validation request failed: {type(error).__name__}.")
                if status != 200 or said != token or not kind.startswith("text/plain"):
                    return _error(
                        400, "ValidationError", "Subscription validation request failed. Must respond with 200 OK to this request."
                    )
                made = Subscription(
                    secrets.token_urlsafe(12), box.address, url, str(asked.get("clientState", "")), str(asked["expirationDateTime"])
                )
                self.subscriptions[made.id] = made
                return json({"id": made.id, **asked}, 201)
            case "PATCH", [_] if known is not None:
                known.expires = str(msgspec.json.decode(request.body)["expirationDateTime"])
                return json({"id": known.id, "expirationDateTime": known.expires})
            case "DELETE", [id] if known is not None:
                del self.subscriptions[id]
                return Answer(status=204)
        return _error(404, "ResourceNotFound", "The object was not found.")

    async def on_change(self, box: TeamBox) -> None:
        for one in self.subscriptions.values():
            if one.address == box.address:
                notice = {
                    "subscriptionId": one.id,
                    "clientState": one.client_state,
                    "changeType": "created",
                    "resource": f"Users/{box.address}/Messages/x",
                    "subscriptionExpirationDateTime": one.expires,
                    "tenantId": "sandbox",
                    "resourceData": {"@odata.type": "#Microsoft.Graph.Message", "id": "x"},
                }
                self.later(self._push(one.notification_url, {"value": [notice]}))

    async def _push(self, url: str, content: Any) -> None:
        await self.post(url, content)

    def point_pushes(self, topic: str, url: str) -> None:
        """Nothing to do: each subscription names its address."""

    def too_fast(self, times: int) -> Trouble:
        body = {"error": {"code": "ApplicationThrottled", "message": "Application is over its MailboxConcurrency limit."}}
        return Trouble(call="v1.0", status=429, body=body, headers={"retry-after": "1"}, times=times)


def _folder(box: TeamBox, name: str) -> dict[str, Any]:
    inside = [one for one in box.folders if one.startswith(f"{name}/")]
    return {
        "id": f"folder={name}==",  # needs escaping in a path, as Graph's ids do
        "displayName": _NAMES.get(name, name.rpartition("/")[2]),
        "childFolderCount": len(inside),
        "totalItemCount": sum(one.folder == name for one in box.mails.values()),
        "isHidden": False,
    }


def _folder_name(box: TeamBox, id: str) -> str:
    name = _WELL_KNOWN[id.lower()][0] if id.lower() in _WELL_KNOWN else id.removeprefix("folder=").removesuffix("==")
    return name if name in box.folders else ""


def _chosen(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    wanted = {one.strip() for one in request.query.get("$select", "").split(",") if one.strip()} | {"id"}
    return shown if len(wanted) == 1 else {name: value for name, value in shown.items() if name in wanted}


def _holds(mail: BoxMail, condition: str) -> bool | None:
    """None: not understood."""
    if not condition:
        return True
    if found := re.fullmatch(r"receivedDateTime (ge|gt) (\S+)", condition):
        return mail.at.replace(microsecond=0) >= datetime.fromisoformat(found[2])
    if found := re.fullmatch(r"internetMessageId eq '(.*)'", condition):
        return f"<{mail.message_id}>" == found[1].replace("''", "'")
    return None


def _paged(request: Request, shown: list[dict[str, Any]], usual: int) -> Answer:
    size, skip = min(int(request.query.get("$top", usual)), 1000), int(request.query.get("$skip", "0") or 0)
    answer: dict[str, Any] = {"value": shown[skip : skip + size]}
    if skip + size < len(shown):
        kept = "&".join(f"{quote(name)}={quote(value)}" for name, value in request.query.items() if name != "$skip")
        answer["@odata.nextLink"] = f"{request.base}/microsoft/{request.path}?{kept}&$skip={skip + size}"
    return json(answer)


def _recipients(raw: bytes) -> list[str]:
    headers = email.message_from_bytes(raw[:262_144], policy=email.policy.compat32)
    people = getaddresses([str(value) for name in ("to", "cc", "bcc") for value in headers.get_all(name, [])])
    return list(dict.fromkeys(address for _, address in people if "@" in address))


def _with_file(raw: bytes, item: dict[str, Any], content: bytes) -> bytes:
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    main, _, sub = str(item.get("contentType", "application/octet-stream")).partition("/")
    message.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=str(item["name"]))
    return message.as_bytes()


def _not_there() -> Answer:
    return _error(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    """As Graph writes it."""
    return json({"error": {"code": code, "message": message, "innererror": {"request-id": secrets.token_hex(8)}}}, status, headers)

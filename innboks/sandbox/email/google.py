"""Google, as far as a team's mailbox needs it: the sign-in (/o/oauth2/v2/auth, /token, /revoke) and the Gmail API (/gmail/v1/users/me/…).

Paths, shapes and errors are those of the published description (gmail.v1.json); the tests hold both sides to it, and let Google's own Python
library read what is served here. Read next: `provider.py`, `team_boxes.py`.
"""

import base64
import email
import email.policy
import re
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any
from urllib.parse import unquote

import msgspec

from innboks.sandbox.email.provider import ALIAS, Provider, Spread, Trouble, json
from innboks.sandbox.email.team_boxes import BoxMail, TeamBox
from innboks.sandbox.stand_in import Answer, Request

_LABELS = {"inbox": "INBOX", "sent": "SENT", "drafts": "DRAFT", "junk": "SPAM", "trash": "TRASH"}
_WATCH_MS = 7 * 86_400_000


class Google(Provider):
    """`push_urls`: where Pub/Sub pushes what Gmail publishes to a topic."""

    key = "google"

    def __init__(self, spread: Spread) -> None:
        super().__init__("Google", spread)
        self.push_urls: dict[str, str] = {}
        self.watches: dict[str, str] = {}

    async def serve(self, request: Request) -> Answer:
        match request.method, request.path:
            case "GET", "o/oauth2/v2/auth":
                return self.oauth.page(request, f"{request.base}/{self.key}/consent", list(self.boxes))
            case "GET", "consent":
                owner, answer = self.oauth.decide(request)
                if owner:
                    self.box(owner)
                return answer
            case "POST", "token":
                return self.oauth.token(request)
            case "POST", "revoke":
                return self.oauth.revoke(request)
        upload, _, path = request.path.rpartition("gmail/v1/users/")
        if upload not in ("", "upload/"):
            return _error(404, "notFound", "Not found.")
        address = self.oauth.address_of(request.headers)
        if address is None:
            return _error(401, "authError", "Request had invalid authentication credentials.", {"www-authenticate": "Bearer"})
        user, _, rest = path.partition("/")
        if unquote(user) not in ("me", address):
            return _error(403, "forbidden", "Delegation denied.")
        return await self._mailbox(request, self.box(address), rest.split("/"), is_upload=bool(upload))

    async def _mailbox(self, request: Request, box: TeamBox, path: list[str], *, is_upload: bool) -> Answer:
        match request.method, path:
            case "GET", ["profile"]:
                threads = len({mail.thread for mail in box.mails.values()})
                return json(
                    {
                        "emailAddress": box.address,
                        "messagesTotal": len(box.mails),
                        "threadsTotal": threads,
                        "historyId": str(box.nth),
                    }
                )
            case "GET", ["settings", "sendAs"]:
                return json({"sendAs": _send_as(box.address)})
            case "GET", ["labels"]:
                names = ["INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD"]
                return json({"labels": [{"id": one, "name": one, "type": "system"} for one in names]})
            case "GET", ["messages"]:
                return self._list(request, box)
            case "GET", ["messages", id]:
                mail = box.mails.get(unquote(id))
                return _error(404, "notFound", "Requested entity was not found.") if mail is None else _message(mail, request)
            case "POST", ["messages", "send"]:
                return await self._send(request, box, is_upload=is_upload)
            case "GET", ["history"]:
                return self._history(request, box)
            case "POST", ["watch"]:
                topic = str(msgspec.json.decode(request.body).get("topicName", ""))
                if not topic.startswith("projects/"):
                    return _error(400, "invalidArgument", "Invalid topicName does not match projects/*/topics/*")
                self.watches[box.address] = topic
                return json({"historyId": str(box.nth), "expiration": str(int(datetime.now(UTC).timestamp() * 1000) + _WATCH_MS)})
            case "POST", ["stop"]:
                self.watches.pop(box.address, None)
                return Answer(status=204)
        return _error(404, "notFound", "Not found.")

    def _list(self, request: Request, box: TeamBox) -> Answer:
        query, labels = request.query.get("q", ""), [value for name, value in request.pairs if name == "labelIds"]
        with_all = request.query.get("includeSpamTrash") == "true" or any(one in ("SPAM", "TRASH") for one in labels)
        found = [
            mail
            for mail in box.newest_first()
            if _matches(mail, query) and set(labels) <= set(_labels(mail)) and (with_all or mail.folder not in ("junk", "trash"))
        ]
        start, size = int(request.query.get("pageToken", "0") or 0), min(int(request.query.get("maxResults", "100")), 500)
        answer: dict[str, Any] = {"resultSizeEstimate": len(found)}
        if found:
            answer["messages"] = [{"id": mail.id, "threadId": mail.thread} for mail in found[start : start + size]]
        if start + size < len(found):
            answer["nextPageToken"] = str(start + size)
        return json(answer)

    def _history(self, request: Request, box: TeamBox) -> Answer:
        mark = request.query.get("startHistoryId", "")
        if not mark.isdecimal() or int(mark) < box.log_starts_at:
            return _error(404, "notFound", "Requested entity was not found.")
        wanted = {value for name, value in request.pairs if name == "historyTypes"}
        records = []
        for one in box.since(int(mark)):
            mail = box.mails.get(one.id)
            shown = {"id": one.id, "threadId": mail.thread if mail else one.id, "labelIds": _labels(mail) if mail else []}
            record: dict[str, Any] = {"id": str(one.nth), "messages": [{"id": one.id, "threadId": shown["threadId"]}]}
            if one.what == "added" and "messageAdded" in wanted | ({"messageAdded"} if not wanted else set()):
                records.append(record | {"messagesAdded": [{"message": shown}]})
            elif one.what == "moved" and "labelAdded" in wanted and one.folder in _LABELS:
                records.append(record | {"labelsAdded": [{"message": shown, "labelIds": [_LABELS[one.folder]]}]})
        start, size = int(request.query.get("pageToken", "0") or 0), min(int(request.query.get("maxResults", "100")), 500)
        answer: dict[str, Any] = {"historyId": str(box.nth)}
        if records:
            answer["history"] = records[start : start + size]
        if start + size < len(records):
            answer["nextPageToken"] = str(start + size)
        return json(answer)

    async def _send(self, request: Request, box: TeamBox, *, is_upload: bool) -> Answer:
        metadata, raw = _uploaded(request) if is_upload else _in_json(request.body)
        headers = email.message_from_bytes(raw, policy=email.policy.compat32)
        people = getaddresses([str(value) for name in ("to", "cc", "bcc") for value in headers.get_all(name, [])])
        recipients = list(dict.fromkeys(address for _, address in people if "@" in address))
        if not recipients:
            return _error(400, "invalidArgument", "Recipient address required")
        thread = str(metadata.get("threadId", ""))
        if thread and not any(mail.thread == thread for mail in box.mails.values()):
            return _error(404, "notFound", "Requested entity was not found.")
        mail = await box.put(raw, "sent", thread=thread)
        self.spread(box.address, without_bcc(raw), recipients)
        return json({"id": mail.id, "threadId": mail.thread, "labelIds": ["SENT"]})

    def too_fast(self, times: int) -> Trouble:
        problem = {"message": "User Rate Limit Exceeded", "domain": "usageLimits", "reason": "userRateLimitExceeded"}
        body = {"error": {"code": 403, "message": problem["message"], "errors": [problem]}}
        return Trouble(call="gmail/v1", status=403, body=body, times=times)

    def point_pushes(self, topic: str, url: str) -> None:
        self.push_urls[topic] = url

    async def on_change(self, box: TeamBox) -> None:
        url = self.push_urls.get(self.watches.get(box.address, ""))
        if url:
            data = base64.b64encode(msgspec.json.encode({"emailAddress": box.address, "historyId": box.nth})).decode()
            message = {"data": data, "messageId": str(box.nth), "publishTime": datetime.now(UTC).isoformat()}
            self.later(self._push(url, {"message": message, "subscription": "projects/sandbox/subscriptions/innboks"}))

    async def _push(self, url: str, content: Any) -> None:
        await self.post(url, content)


def without_bcc(raw: bytes) -> bytes:
    """What recipients get: nobody sees the hidden ones."""
    head, mark, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    head = re.sub(rb"(?im)^bcc:[^\n]*(\n[ \t][^\n]*)*\n?", b"", head).rstrip(b"\n")
    return (head + mark + body).replace(b"\n", b"\r\n")


def _send_as(address: str) -> list[dict[str, Any]]:
    """The mailbox's own address, an alias, and one that nobody has confirmed yet."""
    local, _, domain = address.partition("@")
    return [
        {"sendAsEmail": address, "displayName": "", "isPrimary": True, "isDefault": True},
        {"sendAsEmail": f"{local}{ALIAS}@{domain}", "displayName": "", "treatAsAlias": True, "verificationStatus": "accepted"},
        {"sendAsEmail": f"{local}-new@{domain}", "displayName": "", "treatAsAlias": True, "verificationStatus": "pending"},
    ]


def _labels(mail: BoxMail) -> list[str]:
    found = [_LABELS[mail.folder]] if mail.folder in _LABELS else []
    return found if mail.is_read or mail.folder in ("sent", "drafts") else [*found, "UNREAD"]


def _matches(mail: BoxMail, query: str) -> bool:
    """The few words of Gmail's search that Innboks uses."""
    for word in query.split():
        is_not, name, value = word.startswith("-"), word.lstrip("-").partition(":")[0], word.partition(":")[2]
        match name:
            case "after":
                holds = mail.at.timestamp() >= int(value)
            case "in":
                holds = mail.folder == {"sent": "sent", "drafts": "drafts", "chats": "chats", "inbox": "inbox"}.get(value, value)
            case "rfc822msgid":
                holds = mail.message_id == value
            case _:
                holds = word.encode() in mail.raw
        if holds == is_not:
            return False
    return True


def _message(mail: BoxMail, request: Request) -> Answer:
    shown: dict[str, Any] = {
        "id": mail.id,
        "threadId": mail.thread,
        "labelIds": _labels(mail),
        "historyId": str(mail.nth),
        "internalDate": str(int(mail.at.timestamp() * 1000)),
        "sizeEstimate": len(mail.raw),
        "snippet": "",
    }
    match request.query.get("format", "full"):
        case "raw":
            shown["raw"] = base64.urlsafe_b64encode(mail.raw).decode("ascii")
        case "minimal":
            pass
        case "metadata" | "full":
            wanted = {value.lower() for name, value in request.pairs if name == "metadataHeaders"}
            headers = email.message_from_bytes(mail.raw, policy=email.policy.compat32).items()
            kept = [{"name": name, "value": str(value)} for name, value in headers if not wanted or name.lower() in wanted]
            shown["payload"] = {"mimeType": "text/plain", "headers": kept}
        case _:
            return _error(400, "invalidArgument", "Invalid value for format")
    return json(shown)


def _in_json(body: bytes) -> tuple[dict[str, Any], bytes]:
    given = msgspec.json.decode(body, type=dict[str, Any])
    raw = str(given.get("raw", ""))
    return given, base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))


def _uploaded(request: Request) -> tuple[dict[str, Any], bytes]:
    """multipart/related: metadata, then the mail; with uploadType=media the body is the mail."""
    kind = request.headers.get("content-type", "")
    if request.query.get("uploadType") == "media":
        return {}, request.body
    found = re.search(r'boundary="?([^";]+)"?', kind)
    mark = re.escape((found[1] if found else "").encode())
    _, first, second, *_ = re.split(rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?(?:\r?\n|\Z)", request.body)
    metadata, raw = (re.split(rb"\r?\n\r?\n", one, maxsplit=1)[1] for one in (first, second))
    return msgspec.json.decode(metadata or b"{}", type=dict[str, Any]), raw


def _error(status: int, reason: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    """As Google writes it."""
    return json(
        {"error": {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}},
        status,
        headers,
    )

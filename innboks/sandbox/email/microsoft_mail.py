"""A mail in both forms that Microsoft Graph has for it: MIME, and the JSON of its `message` resource, as programs write and read it.

Read next: `microsoft.py`. https://learn.microsoft.com/graph/api/resources/message
"""

import base64
import binascii
import email
import email.policy
from collections.abc import Iterable
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses, make_msgid
from typing import Any

import msgspec

from innboks.sandbox.email.team_boxes import BoxMail
from innboks.sandbox.stand_in import Request

READ_MAX = 1_000_000
"""Bytes of a mail that are looked at for its JSON form."""


class _Address(msgspec.Struct):
    address: str = ""
    name: str | None = None


class _Recipient(msgspec.Struct, rename="camel"):
    email_address: _Address


class _Body(msgspec.Struct, rename="camel"):
    content: str = ""
    content_type: str = "text"


class _Message(msgspec.Struct, rename="camel"):
    subject: str = ""
    body: _Body = msgspec.field(default_factory=_Body)
    to_recipients: list[_Recipient] = []
    cc_recipients: list[_Recipient] = []
    bcc_recipients: list[_Recipient] = []


class Written(msgspec.Struct, frozen=True):
    """`raw`: the mail as MIME; empty when it was refused, for the reason given."""

    raw: bytes = b""
    code: str = ""
    problem: str = ""


def written_mail(request: Request, sender: str, inside: str = "") -> Written:
    """What a program hands over: MIME in base64 as text/plain, or JSON, where `inside` names the field that holds the message."""
    if request.headers.get("content-type", "").startswith("text/plain"):
        try:
            return Written(base64.b64decode(request.body, validate=True))
        except binascii.Error:
            return Written(code="ErrorMimeContentInvalidBase64String", problem="Invalid base64 string for MIME content.")
    try:
        given = msgspec.json.decode(request.body)
        if inside:  # names of parameters are written in either case
            given = next(value for name, value in given.items() if name.lower() == inside.lower())
        return Written(_as_mime(msgspec.convert(given, _Message), sender))
    except (msgspec.DecodeError, msgspec.ValidationError, AttributeError, StopIteration, ValueError) as error:
        return Written(code="RequestBodyRead", problem=f"The message cannot be read: {error}")


def _as_mime(message: _Message, sender: str) -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["Subject"] = sender, message.subject
    for field, people in (("To", message.to_recipients), ("Cc", message.cc_recipients), ("Bcc", message.bcc_recipients)):
        if people:
            mail[field] = [Address(one.email_address.name or "", addr_spec=one.email_address.address) for one in people]
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail.set_content(message.body.content, subtype="html" if message.body.content_type.lower() == "html" else "plain")
    return mail.as_bytes()


def message_of(mail: BoxMail) -> dict[str, Any]:
    """The `message` resource of a mail."""
    parsed = email.message_from_bytes(mail.raw[:READ_MAX], policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    at = mail.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    senders = _people(parsed.get_all("from", []))
    return {
        "id": mail.id,
        "receivedDateTime": at,
        "sentDateTime": at,
        "createdDateTime": at,
        "subject": str(parsed.get("subject", "")),
        "internetMessageId": f"<{mail.message_id}>" if mail.message_id else f"<{mail.id}@sandbox.example>",
        "conversationId": mail.thread,
        "parentFolderId": f"folder={mail.folder}==",
        "isDraft": mail.folder == "drafts",
        "isRead": mail.is_read,
        "from": senders[0] if senders else None,
        "toRecipients": _people(parsed.get_all("to", [])),
        "ccRecipients": _people(parsed.get_all("cc", [])),
        "hasAttachments": any(True for _ in parsed.iter_attachments()),
        "body": _body(parsed),
    }


def _people(fields: Iterable[object]) -> list[dict[str, dict[str, str]]]:
    found = getaddresses([str(one) for one in fields])
    return [{"emailAddress": {"name": name or address, "address": address}} for name, address in found if address]


def _body(parsed: EmailMessage) -> dict[str, str]:
    part = parsed.get_body(("html", "plain"))
    if part is None:
        return {"contentType": "text", "content": ""}
    content = bytes(part.get_payload(decode=True) or b"").decode(part.get_content_charset() or "utf-8", "replace")
    return {"contentType": "html" if part.get_content_subtype() == "html" else "text", "content": content}

"""What a mail server writes back about a mail that it could not deliver after all (RFC 3464), and a holidaymaker's automatic reply."""

import email
import email.policy
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from innboks.sandbox.email.letters import Answered, Letter, write_letter

HOST = "mx.sandbox.example"
_ID = re.compile(r"<([^<>\s]+)>")


def failure_report(raw: bytes, *, sender: str, recipient: str, status: str, diagnostic: str, at: datetime) -> bytes:
    """The report to `sender` that `raw` did not reach `recipient`: words for people, fields for programs, the header of what came back."""
    boundary = make_msgid(domain=HOST).strip("<>").replace("@", ".")
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace").replace("\n", "\r\n")
    lines = [
        f"Date: {format_datetime(at)}",
        f"From: Mail Delivery System <MAILER-DAEMON@{HOST}>",
        f"To: <{sender}>",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: {make_msgid(domain=HOST)}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"This is the mail system at host {HOST}.",
        "",
        "Your message could not be delivered to one or more recipients. It is attached below.",
        "",
        f"<{recipient}>: {diagnostic}",
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {HOST}",
        f"Arrival-Date: {format_datetime(at)}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {diagnostic}",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers; charset=utf-8",
        "",
        head,
        "",
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode()


def away_reply(raw: bytes, *, person: str, name: str, at: datetime) -> tuple[str, bytes]:
    """(address, mail): the automatic reply of somebody who is on holiday."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    sender = str(message.get("from", ""))
    address = next(iter(re.findall(r"[^\s<>]+@[^\s<>]+", sender)), "")
    letter = Letter(
        name=name,
        address=person,
        to=address,
        subject=str(message.get("subject", "")),
        text="Thank you for your mail. I am on holiday and back on Monday. Your mail is not forwarded.",
        at=at,
        client="auto_reply",
        answered=Answered(
            message_id=next(iter(_ID.findall(str(message.get("message-id", "")))), ""),
            references=_ID.findall(str(message.get("references", ""))),
            name=sender,
            address=address,
            to=person,
            at=at,
            subject=str(message.get("subject", "")),
            text="",
        ),
    )
    return address, write_letter(letter)

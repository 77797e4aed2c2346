"""The JSON line that `innboks parse email` prints for a mail (DESIGN.md §3), and `python -m innboks.channels.email.mail_json FILE…`."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from innboks.channels.email.mail import Address, Mail
from innboks.channels.email.read import read_mail


def mail_as_json(mail: Mail) -> dict[str, Any]:
    """The mail as plain values, without the attachments' content."""
    return {
        "subject": mail.subject,
        "from": _people(mail.sender),
        "to": _people(mail.to),
        "cc": _people(mail.cc),
        "bcc": _people(mail.bcc),
        "reply_to": _people(mail.reply_to),
        "date": mail.date.isoformat().replace("+00:00", "Z") if mail.date else None,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "body_text": mail.body_text,
        "body_html": mail.body_html,
        "text": mail.text,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "attachments": [
            {"name": one.name, "type": one.type, "size": one.size, "inline": one.inline, "content_id": one.content_id}
            for one in mail.attachments
        ],
        "auto_reply": mail.auto_reply,
        "no_auto_answer": mail.no_auto_answer,
        "bounce": {
            "recipients": [
                {"address": one.address, "status": one.status, "hard": one.hard, "diagnostic": one.diagnostic}
                for one in mail.bounce.recipients
            ]
        }
        if mail.bounce
        else None,
        "forwarded_from": {"name": mail.forwarded_from.name, "address": mail.forwarded_from.address} if mail.forwarded_from else None,
    }


def file_as_json(path: Path) -> dict[str, Any]:
    """The line for one file; a file that cannot be read gives the reason instead."""
    try:
        return {"file": str(path), **mail_as_json(read_mail(path.read_bytes()))}
    except Exception as error:  # a tool for debugging goes on with the next file, whatever happened
        return {"file": str(path), "error": f"{type(error).__name__}: {error}"}


def main(paths: list[str]) -> int:
    """Prints a line per file; returns the exit code (1 = a file failed)."""
    encode = msgspec.json.Encoder().encode
    failed = 0
    for path in paths:
        line = file_as_json(Path(path))
        failed |= "error" in line
        sys.stdout.buffer.write(encode(line) + b"\n")
    return int(failed)


def _people(addresses: list[Address]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in addresses]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The one shape that a raw mail becomes. Everything else in this folder fills it or reads it.

Read `mime.py` next (bytes → Mail), then `reply.py` (the new text), `bounce.py`, `auto.py`, `forwarded.py`, `authentication.py`.
"""

from datetime import datetime

import msgspec


class Address(msgspec.Struct, frozen=True):
    """One mailbox: decoded display name ("" when there is none) and address (RFC 5322 §3.4), as written, local part untouched."""

    name: str
    address: str


class MailAttachment(msgspec.Struct):
    """A part that is not the body. `size` is bytes after transfer decoding; `inline` says that the HTML body shows it by `content_id`
    (without angle brackets)."""

    name: str
    type: str
    content: bytes
    inline: bool = False
    content_id: str | None = None

    @property
    def size(self) -> int:
        return len(self.content)


class BounceRecipient(msgspec.Struct, frozen=True):
    """One address a bounce speaks of. `status` is an RFC 3463 code or ""; `hard` says that trying again is pointless;
    `diagnostic` is the remote server's sentence, made readable; `is_delayed`: the server still tries for this one."""

    address: str
    status: str
    hard: bool
    diagnostic: str
    is_delayed: bool = False


class Bounce(msgspec.Struct, frozen=True):
    """A report that a mail did not arrive (RFC 3464 or any of the free-form kinds). `message_ids` are the ids (no brackets) of the
    mail that came back, as far as the report shows them; `returned` are the header fields of that mail, names in lower case.
    `delayed` reports (the server still tries) have `final` False."""

    recipients: list[BounceRecipient]
    message_ids: list[str] = []
    returned: dict[str, str] = {}
    final: bool = True


class Arrival(msgspec.Struct, frozen=True):
    """The good news of a report (RFC 3464 §2.3.3): addresses for which the mail was `delivered`, and those for which it was only passed on
    (`relayed`, to a server that sends no reports, or `expanded`, to the members of a list). The rest as in `Bounce`."""

    delivered: list[str] = []
    relayed: list[str] = []
    message_ids: list[str] = []
    returned: dict[str, str] = {}


class Mail(msgspec.Struct, kw_only=True):
    """A parsed mail. Ids are without angle brackets. `body_text` and `body_html` are the whole decoded bodies; `text` is the new part only,
    `quoted` and `signature` what was cut from it. `problems` are sentences about what was odd; a Mail always exists, however broken the bytes."""

    subject: str = ""
    sender: list[Address] = []  # the From header
    to: list[Address] = []
    cc: list[Address] = []
    bcc: list[Address] = []
    reply_to: list[Address] = []
    date: datetime | None = None  # aware, UTC
    message_id: str | None = None
    in_reply_to: list[str] = []
    references: list[str] = []  # oldest first
    return_path: str | None = None  # "" = null return path (<>), None = no such header
    headers: list[tuple[str, str]] = []  # all top-level headers, decoded, in order, names as written
    body_text: str = ""
    body_html: str = ""
    text: str = ""
    quoted: str = ""
    signature: str = ""
    attachments: list[MailAttachment] = []
    auto_reply: bool = False
    no_auto_answer: bool = False
    bounce: Bounce | None = None
    arrival: Arrival | None = None  # a report may bring both
    forwarded_from: Address | None = None
    problems: list[str] = []

    def header(self, name: str) -> str | None:
        """The first header of that name (any case), decoded, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

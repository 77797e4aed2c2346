"""Every customer's mailbox, in memory: what they sent and what they got, put into threads as a mail program does it, by ids (RFC 5322 §3.6.4).

The newest KEPT mails stay. `wait` lets the page follow live. Read next: `desk.py`, which shows it.
"""

import asyncio
import email
import email.policy
import itertools
import re
from collections import OrderedDict
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

import msgspec

KEPT = 1000
_ID = re.compile(r"<([^<>\s]+)>")


class File(msgspec.Struct, frozen=True):
    name: str
    type: str
    content: bytes


class KeptMail(msgspec.Struct, kw_only=True):
    """One mail in one customer's mailbox. `is_own`: the customer wrote it. `at` is when we saw it, `date` what the mail says."""

    id: int
    person: str
    is_own: bool
    at: datetime
    date: datetime
    thread: int
    message_id: str
    references: list[str]
    subject: str
    from_name: str
    from_address: str
    reply_to: str
    to: list[str]
    text: str
    html: str
    files: list[File]
    raw: bytes
    client: str = ""


class Mailbox:
    """`version` grows with every change."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._mails: OrderedDict[int, KeptMail] = OrderedDict()
        self._ids = itertools.count(1)
        self._news = asyncio.Condition()
        self.version = 0
        self.names: dict[str, str] = {}
        """People by address, lower case, with the name they go by."""
        self.chosen: dict[str, str] = {}
        """Behaviour by address, where one was chosen on the page."""

    async def keep(self, raw: bytes, person: str, *, is_own: bool, client: str = "") -> KeptMail:
        """Puts a mail into this person's mailbox. What cannot be read is kept too, with its source."""
        person = person.lower()
        mail = _read(raw, next(self._ids), person, is_own=is_own, client=client)
        mail.thread = self._thread_of(mail)
        self._mails[mail.id] = mail
        while len(self._mails) > self._kept:
            self._mails.popitem(last=False)
        name = mail.from_name if is_own else self._addressed_name(raw, person)
        if name or person not in self.names:
            self.names[person] = name or person.partition("@")[0]
        await self.changed()
        return mail

    def _thread_of(self, mail: KeptMail) -> int:
        named = set(mail.references)
        for known in reversed(self._mails.values()):
            if known.person == mail.person and (known.message_id in named or (mail.message_id and mail.message_id in known.references)):
                return known.thread
        return mail.id

    @staticmethod
    def _addressed_name(raw: bytes, person: str) -> str:
        headers = email.message_from_bytes(raw[:65536], policy=email.policy.default)
        try:
            people = getaddresses([str(value) for name in ("to", "cc") for value in headers.get_all(name, [])])
        except (ValueError, IndexError, AttributeError):
            return ""
        return next((name for name, address in people if address.lower() == person), "")

    def get(self, id: int) -> KeptMail | None:
        return self._mails.get(id)

    def of(self, person: str) -> list[KeptMail]:
        """A person's mails, oldest first."""
        return [mail for mail in self._mails.values() if mail.person == person.lower()]

    def people(self) -> list[str]:
        """Addresses, the one with the newest mail first; people without any mail come first of all, because they were just added."""
        newest = {mail.person: mail.id for mail in self._mails.values()}
        return sorted(self.names, key=lambda person: -newest.get(person, 2**60))

    async def changed(self) -> None:
        async with self._news:
            self.version += 1
            self._news.notify_all()

    async def wait(self, seen: int, timeout_s: float) -> int:
        """The version, as soon as it is another than `seen`, or after the time-out."""
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: self.version != seen)
        except TimeoutError:
            pass
        return self.version


def _read(raw: bytes, id: int, person: str, *, is_own: bool, client: str) -> KeptMail:
    now = datetime.now(UTC)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    senders = getaddresses([_header(message, "from")]) or [("", "")]
    answer_to = getaddresses([_header(message, "reply-to")])
    ids = [*_ID.findall(_header(message, "references")), *_ID.findall(_header(message, "in-reply-to"))]
    return KeptMail(
        id=id,
        person=person,
        is_own=is_own,
        at=now,
        date=_date(message) or now,
        thread=0,
        message_id=next(iter(_ID.findall(_header(message, "message-id"))), ""),
        references=list(dict.fromkeys(ids)),
        subject=_header(message, "subject"),
        from_name=senders[0][0],
        from_address=senders[0][1],
        reply_to=answer_to[0][1] if answer_to else "",
        to=[address for _, address in getaddresses([_header(message, "to"), _header(message, "cc")]) if address],
        text=_body(message, "plain"),
        html=_body(message, "html"),
        files=_files(message),
        raw=raw,
        client=client,
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # the library stumbles over some broken headers
        return ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        date = parsedate_to_datetime(_header(message, "date"))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError, AttributeError):
        return ""


def _files(message: EmailMessage) -> list[File]:
    found: list[File] = []
    for part in message.walk():
        if part.is_multipart() or not (part.get_filename() or part.get_content_disposition() == "attachment"):
            continue
        content = part.get_payload(decode=True)
        found.append(File(part.get_filename() or "file", part.get_content_type(), content if isinstance(content, bytes) else b""))
    return found

"""What the page's script may ask: who the customers are, their threads, and sending a mail as one of them, by real SMTP, to Innboks.

    GET  people · POST people      GET threads?person=ADDRESS      POST mails      GET mails/ID/source|html|files/N      GET events
    GET  boxes · POST boxes        POST boxes/trouble              (the team's own mailboxes at the big providers: `box_page.py`)

Read next: `mailbox.py` (what is kept), `letters.py` (how a mail is written), `static/desk.js` (the page).
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosmtplib
import msgspec
import psycopg

from innboks.config import Endpoint, Settings
from innboks.errors import Invalid, NotFound, Refused
from innboks.lib import embedded_postgres
from innboks.sandbox.email.behaviour import BEHAVIOURS, behaviour_of
from innboks.sandbox.email.box_page import answer_boxes
from innboks.sandbox.email.google import Google
from innboks.sandbox.email.letters import CLIENTS, Answered, Attached, Client, Language, Letter, write_letter
from innboks.sandbox.email.mail_server import MailServer
from innboks.sandbox.email.mailbox import KeptMail, Mailbox
from innboks.sandbox.email.microsoft import Microsoft
from innboks.sandbox.email.provider import Provider
from innboks.sandbox.email.reports import HOST
from innboks.sandbox.email.store import Address, connected_addresses
from innboks.sandbox.stand_in import Answer, Request

KIND = Path(__file__).parent.name  # a kind is the same word everywhere, so that a stand-in is found by its folder (DESIGN §4)
PING_S = 15.0
SEND_TIMEOUT_S = 30.0
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,253}")


class TypedFile(msgspec.Struct):
    """A file from the page; `content` in base64."""

    name: str
    type: str
    content: str


class TypedMail(msgspec.Struct):
    """What somebody typed on the page. `answers` is the id of the mail that is answered."""

    person: str
    to: str
    text: str
    subject: str = ""
    client: Client = "gmail"
    language: Language = "en"
    files: list[TypedFile] = []
    answers: int | None = None


class TypedPerson(msgspec.Struct):
    """A customer. `behaviour` "" leaves it to the address."""

    address: str
    name: str = ""
    behaviour: str | None = None


class Desk:
    """The stand-in itself; see `stand_in.py`."""

    kind = KIND
    title = "Email"
    folder = Path(__file__).parent

    def __init__(self, settings: Settings, report_after_s: float | None = None) -> None:
        self._settings = settings
        self.mailbox = Mailbox()
        endpoint = settings.sandbox_smtp
        after = {} if report_after_s is None else {"report_after_s": report_after_s}
        self.server = MailServer(self.mailbox, endpoint, self.post, reaches_team=self._reaches_team, **after)
        self.google = Google(self._spread)
        self.microsoft = Microsoft(self._spread)
        self.providers: dict[str, Provider] = {one.key: one for one in (self.google, self.microsoft)}
        self.provider_paths: Sequence[str] = tuple(self.providers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.server.running():
            try:
                yield
            finally:
                for provider in self.providers.values():
                    await provider.close()

    async def call(self, request: Request) -> Answer:
        return await self.providers[request.path.partition("/")[0]].call(request)

    def where(self) -> str:
        return f"Mail server  {Endpoint(self._settings.sandbox_smtp.host, self.server.port)}  (smtp_host, smtp_port; smtp_tls=none)"

    async def answer(self, request: Request) -> Answer:
        match request.method, request.path.split("/"):
            case "GET", ["people"]:
                return _json(await self._people())
            case "POST", ["people"]:
                return _json(await self._add_person(_typed(request, TypedPerson)), 201)
            case "GET", ["threads"]:
                return _json(self._threads(request.query.get("person", "")))
            case "POST", ["mails"]:
                return _json(await self._write(_typed(request, TypedMail)), 201)
            case "GET", ["mails", id, "source"]:
                return Answer(self._mail(id).raw, "text/plain; charset=utf-8")
            case "GET", ["mails", id, "html"]:
                return _frame(self._mail(id).html)
            case "GET", ["mails", id, "files", nth]:
                return _file(self._mail(id), nth)
            case _, ["boxes", *rest]:
                return await answer_boxes(self.providers, request, rest)
            case "GET", ["events"]:
                return Answer(type="text/event-stream", stream=self._events())
        raise NotFound("There is no such thing in the sandbox.")

    # ── asked by the page ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _people(self) -> dict[str, Any]:
        box = self.mailbox
        return {
            "people": [
                {
                    "address": address,
                    "name": box.names[address],
                    "behaviour": behaviour_of(address, box.chosen.get(address)).name,
                }
                for address in box.people()
            ],
            "addresses": [{"address": one.address, "name": one.name} for one in await asyncio.to_thread(self._connected)]
            + [{"address": address, "name": one.name} for one in self.providers.values() for address in one.boxes],
            "behaviours": [{"name": one.name, "label": one.label} for one in BEHAVIOURS],
            "clients": [{"name": name, "label": label} for name, label in CLIENTS.items()],
            "innboks": {"url": self._settings.url, "smtp": str(self._settings.smtp)},
            "own_smtp": {"host": self._settings.sandbox_smtp.host, "port": self.server.port},
        }

    def _connected(self) -> list[Address]:
        """Empty while the database cannot be asked: then people type the address."""
        dsn = self._settings.database_url or embedded_postgres.running_dsn(self._settings.data)
        try:
            return connected_addresses(dsn, self.kind) if dsn else []
        except psycopg.Error:
            return []

    async def _add_person(self, typed: TypedPerson) -> dict[str, Any]:
        address = _address(typed.address, "address").lower()
        if typed.behaviour is not None and typed.behaviour not in {one.name for one in BEHAVIOURS}:
            raise Invalid("A mailbox cannot behave like that.", field="behaviour")
        if typed.name.strip() or address not in self.mailbox.names:
            self.mailbox.names[address] = " ".join(typed.name.split()) or address.partition("@")[0]
        if typed.behaviour is not None:
            self.mailbox.chosen[address] = typed.behaviour
        await self.mailbox.changed()
        return {"address": address, "name": self.mailbox.names[address]}

    def _threads(self, person: str) -> dict[str, Any]:
        threads: dict[int, list[KeptMail]] = {}
        for mail in self.mailbox.of(person):
            threads.setdefault(mail.thread, []).append(mail)
        newest_first = sorted(threads.values(), key=lambda mails: -mails[-1].id)
        return {
            "threads": [
                {"id": mails[0].thread, "subject": mails[0].subject, "mails": [_shown(one) for one in mails]} for mails in newest_first
            ]
        }

    async def _write(self, typed: TypedMail) -> dict[str, Any]:
        person, to = _address(typed.person, "person").lower(), _address(typed.to, "to")
        if not typed.text.strip() and not typed.files:
            raise Invalid("Write something, or add a file.", field="text")
        answered = self._mail(str(typed.answers)) if typed.answers is not None else None
        letter = Letter(
            name=self.mailbox.names.get(person, ""),
            address=person,
            to=to,
            subject=typed.subject,
            text=typed.text,
            at=datetime.now().astimezone(),
            client=typed.client,
            language=typed.language,
            files=[_attached(one) for one in typed.files],
            answered=_answered(answered) if answered is not None else None,
        )
        try:
            raw = write_letter(letter)
        except ValueError as error:
            raise Invalid("A line of the head holds something that no mail can carry, such as a line break. Take it out.") from error
        await self.post(person, to, raw)
        mail = await self.mailbox.keep(raw, person, is_own=True, client=typed.client)
        return {"id": mail.id, "thread": mail.thread}

    async def post(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hands a mail to Innboks, as the team's own mail provider does: it forwards what comes for a connected address to the hosted one.
        Raises `Refused` with what Innboks said. A mailbox at a big provider gets it there."""
        for provider in self.providers.values():
            if (address := provider.reached_by(recipient)) is not None:
                await provider.box(address).put(raw)
                return
        known = {one.address.lower(): one.hosted for one in await asyncio.to_thread(self._connected)}
        smtp = self._settings.smtp
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(smtp.host, smtp.host)  # noqa: S104 - a comparison
        try:
            async with aiosmtplib.SMTP(
                hostname=host, port=smtp.port, start_tls=False, local_hostname=HOST, timeout=SEND_TIMEOUT_S
            ) as server:
                await server.sendmail(sender, [known.get(recipient.lower(), recipient)], raw)
        except aiosmtplib.SMTPRecipientsRefused as error:
            said = error.recipients[0]
            if said.code == 550:
                raise Refused(
                    f"{recipient} is not connected in Innboks by forwarding. Connect it first. (Innboks said: {said.code} {said.message})",
                    code="unknown_recipient",
                    field="to",
                ) from error
            raise Refused(f"Innboks refused the mail: {said.code} {said.message}", code="refused") from error
        except aiosmtplib.SMTPResponseException as error:
            raise Refused(f"Innboks refused the mail: {error.code} {error.message}", code="refused") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Refused(f"Nobody takes mail at {smtp}. Is Innboks running?", code="not_running") from error

    async def _reaches_team(self, address: str) -> bool:
        if any(provider.reached_by(address) for provider in self.providers.values()):
            return True
        connected = await asyncio.to_thread(self._connected)
        return any(address.lower() in (one.address.lower(), one.hosted.lower()) for one in connected)

    async def _spread(self, sender: str, raw: bytes, recipients: list[str]) -> None:
        """What a mailbox at a big provider sent: to each other's mailbox, to what the team forwards, or into the customers'."""
        for address in recipients:
            await self.server.take(sender, address, raw)

    def _mail(self, id: str) -> KeptMail:
        mail = self.mailbox.get(int(id)) if id.isascii() and id.isdecimal() and len(id) < 12 else None
        if mail is None:
            raise NotFound("This mail is not here any more.")
        return mail

    async def _events(self) -> AsyncIterator[bytes]:
        """The version after each change; the page then asks again."""
        seen = self.mailbox.version
        yield b"retry: 1000\n\n"
        while True:
            version = await self.mailbox.wait(seen, PING_S)
            yield b"data: %d\n\n" % version if version != seen else b": ping\n\n"
            seen = version


def _shown(mail: KeptMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "is_own": mail.is_own,
        "date": mail.date.isoformat(),
        "subject": mail.subject,
        "from": {"name": mail.from_name, "address": mail.from_address},
        "answer_to": mail.to[0] if mail.is_own and mail.to else mail.reply_to or mail.from_address,
        "to": mail.to,
        "text": mail.text[:100_000],
        "has_html": bool(mail.html),
        "files": [{"name": one.name, "type": one.type, "size": len(one.content)} for one in mail.files],
        "client": CLIENTS.get(mail.client, "") if mail.is_own else "",  # type: ignore[call-overload]
        "message_id": mail.message_id,
        "references": len(mail.references),
    }


def _answered(mail: KeptMail) -> Answered:
    return Answered(
        message_id=mail.message_id,
        references=[one for one in mail.references if one != mail.message_id],
        name=mail.from_name or mail.from_address,
        address=mail.from_address,
        to=", ".join(mail.to),
        at=mail.date.astimezone(),
        subject=mail.subject,
        text=mail.text,
    )


def _attached(file: TypedFile) -> Attached:
    try:
        content = base64.b64decode(file.content, validate=True)
    except binascii.Error as error:
        raise Invalid("A file did not arrive whole. Add it again.", field="files") from error
    kind = file.type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.type) and not file.type.startswith(("message/", "multipart/")) else ""
    return Attached(" ".join(file.name.split())[:200] or "file", kind or "application/octet-stream", content)


def _address(typed: str, field: str) -> str:
    address = typed.strip()
    if not _ADDRESS.fullmatch(address):
        raise Invalid(f"“{address[:80]}” is not an email address. Write one like maja@example.com.", field=field)
    return address


def _typed(request: Request, shape: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.json.decode(request.body, type=shape)
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}.") from error
    except msgspec.DecodeError as error:
        raise Invalid("This is not JSON.") from error


def _json(value: object, status: int = 200) -> Answer:
    return Answer(msgspec.json.encode(value), status=status)


def _frame(markup: str) -> Answer:
    """Foreign HTML: no script, no form, nothing loaded from anywhere."""
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return Answer(markup.encode(), "text/html; charset=utf-8", headers={"content-security-policy": policy})


def _file(mail: KeptMail, nth: str) -> Answer:
    if not nth.isdecimal() or int(nth) >= len(mail.files):
        raise NotFound("This file is not here any more.")
    file = mail.files[int(nth)]
    name = quote(file.name, safe="")
    return Answer(file.content, "application/octet-stream", headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"})

"""How each step of the demo's story is done, with the same functions that the server uses. Read next: `stories.py`, `load.py`."""

import dataclasses
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from innboks.core.access import Actor
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.receive import receive
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.files.attach import upload
from innboks.core.jobs import Jobs
from innboks.core.parts import Parts
from innboks.core.tickets.change import TicketChange, change_ticket
from innboks.core.tickets.defaults import list_pipelines
from innboks.core.tickets.make import create_ticket
from innboks.core.tickets.models import Ticket
from innboks.demo import papers, store
from innboks.demo.clock import StoryClock
from innboks.demo.people import COMPANY
from innboks.demo.stories import TICKETS_OF, ZONE, Step, Story
from innboks.sandbox.email.letters import Answered, Attached, Client, Letter, write_letter
from innboks.sandbox.email.mailbox import Mailbox
from innboks.sandbox.email.reports import failure_report
from innboks.sdk.contract import Inbound

PHOTOS = 6
OWN_ADMIN_EVERY = 4
WAITING, CLOSED = "waiting_on_contact", "closed"


class _NoSending(Jobs):
    """The story sends its answers itself, at their time; a worker that runs beside it must not."""

    writes_sending = False


class _Told(msgspec.Struct):
    """What has become of a story so far."""

    conversation_id: int
    answered: Answered | None = None
    references: list[str] = []
    message: Message | None = None
    ticket: Ticket | None = None


class Stage:
    """`admin` is a member of `team` on a fresh account; else some conversations are given to them, so that their list is not empty."""

    def __init__(
        self,
        parts: Parts,
        clock: StoryClock,
        channels: Mapping[str, ChannelAccount],
        team: Sequence[Actor],
        admin: Actor,
        mailbox: Mailbox,
        started: datetime,
        *,
        is_admin_given: bool = True,
    ) -> None:
        self._parts = dataclasses.replace(parts, jobs=_NoSending(parts.db))
        self._real_parts = parts
        self._clock = clock
        self._channels = channels
        self._team = team
        self._admin = admin
        self._mailbox = mailbox
        self._started = started
        self._is_admin_given = is_admin_given
        self._told: dict[int, _Told] = {}
        self._chance = random.Random(1)  # noqa: S311 - a story, not a secret
        self._photos = [papers.photo(self._chance) for _ in range(PHOTOS)]
        self._mails = 0
        self._assigned = 0

    async def play(self, step: Step) -> None:
        self._clock.move_to(step.at)
        if step.what in ("mail", "automatic"):
            await self._mail(step)
            return
        told = self._told.get(id(step.story))
        if told is None:
            return
        who = self._team[step.who % len(self._team)]
        match step.what:
            case "reply":
                await self._reply(step, told, who)
            case "comment":
                await write(self._parts, who, told.conversation_id, NewMessage(type="comment", text=step.text))
            case "assign":
                self._assigned += 1
                to = self._admin if self._is_admin_given and self._assigned % OWN_ADMIN_EVERY == 0 else who
                await self._change(told, step, who, Change(assignee_id=to.user_id))
                if step.story.topic.address == TICKETS_OF and told.ticket is None:
                    await self._make_ticket(step, told, who)
            case "close":
                await self._move_ticket(step, told, who, CLOSED)
                await self._change(told, step, who, Change(status="closed"))
            case "spam":
                await self._change(told, step, who, Change(is_spam=True))
            case "report":
                await self._report(step, told)

    # ── the customer ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _mail(self, step: Step) -> None:
        story, told = step.story, self._told.get(id(step.story))
        client: Client = "auto_reply" if step.what == "automatic" else story.customer.client
        self._mails += 1
        letter = Letter(
            name=story.customer.name,
            address=story.customer.address,
            to=self._address(story),
            subject=story.subject,
            text=step.text,
            at=step.at,
            client=client,
            language=story.topic.language,
            files=self._papers(step),
            answered=told.answered if told else None,
            message_id=f"{self._mails}.{self._chance.randrange(2**40):x}@{story.customer.address.rpartition('@')[2]}",
        )
        row = self._channels[story.topic.address]
        raw = _judged(story, row.address) + write_letter(letter)
        delivered = await receive(self._real_parts, row.account_id, row.id, _inbound(raw, story.customer.address, row.address))
        if told is None and delivered.message_ids:
            async with self._parts.db.connection() as conn:
                self._told[id(story)] = _Told(await store.conversation_of(conn, row.account_id, delivered.message_ids[0]))
        if told := self._told.get(id(story)):
            told.references = [*told.references, letter.message_id]

    def _papers(self, step: Step) -> list[Attached]:
        if step.paper == "photo":
            return [
                Attached(
                    self._chance.choice(("IMG_2041.png", "seam-door.png", "photo.png", "zip.png")),
                    "image/png",
                    self._chance.choice(self._photos),
                )
            ]
        if step.paper == "receipt":
            return [Attached("receipt.pdf", "application/pdf", self._document("Receipt", step.story))]
        return []

    def _document(self, title: str, story: Story) -> bytes:
        lines = [
            f"{COMPANY}, for days outside",
            "",
            story.subject,
            f"For {story.customer.name}",
            f"{self._clock.now():%d.%m.%Y}",
            "",
            "Thank you!",
        ]
        return papers.document(title, lines)

    async def _report(self, step: Step, told: _Told) -> None:
        """The far mail server took the answer and sends it back after all."""
        assert told.message is not None
        row, recipient = self._channels[step.story.topic.address], step.story.customer.address
        head = f"From: <{row.address}>\r\nTo: <{recipient}>\r\nSubject: {told.message.subject}\r\nMessage-ID: <{told.message.external_id}>\r\n\r\n"
        diagnostic = "550 5.1.1 The email account that you tried to reach does not exist"
        raw = failure_report(head.encode(), sender=row.address, recipient=recipient, status="5.1.1", diagnostic=diagnostic, at=step.at)
        await receive(self._real_parts, row.account_id, row.id, _inbound(raw, "", row.address))
        await self._date_lines(told, step.at)

    async def broken_mails(self) -> None:
        """Two that nobody can read: they wait in quarantine."""
        row = next(iter(self._channels.values()))
        for raw in (
            b"X-Nothing: no sender, no text\r\n\r\n",
            b"Subject: =?utf-8?B?4pyT?=\r\nDate: yesterday\r\n\r\nNobody signed this.\r\n",
        ):
            await receive(self._real_parts, row.account_id, row.id, _inbound(raw, "", row.address))

    # ── the team ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _reply(self, step: Step, told: _Told, who: Actor) -> None:
        parts, customer = self._parts, step.story.customer
        if step.story.trouble and step.story.trouble != "report":
            self._mailbox.chosen[customer.address.lower()] = step.story.trouble
        attachments = []
        if step.paper:
            title = "Return label" if step.story.topic.address == "returns" else "Invoice"
            content = self._document(title, step.story)
            attachments = [(await upload(parts, who, f"{title.lower().replace(' ', '-')}.pdf", "application/pdf", content)).id]
        message, _ = await write(
            parts, who, told.conversation_id, NewMessage(type="reply", text=step.text, attachments=attachments, hold_s=0)
        )
        self._clock.move_to(step.at + timedelta(seconds=2))
        await send(parts, message.account_id, message.id, "demo", plays_demo=True)
        self._mailbox.chosen.pop(customer.address.lower(), None)
        told.message = message
        told.answered = Answered(
            message_id=message.external_id or "",
            references=told.references,
            name=f"{who.name} at {COMPANY}",
            address=self._address(step.story),
            to=customer.address,
            at=step.at.astimezone(ZONE),
            subject=message.subject,
            text=f"{step.text}\n\n-- \n{who.name}\n{COMPANY}, for days outside",
        )
        told.references = [*told.references, message.external_id or ""]
        await self._move_ticket(step, told, who, WAITING)

    async def _make_ticket(self, step: Step, told: _Told, who: Actor) -> None:
        """Of what comes back, which is followed until it is settled."""
        given = {"category": "product_issue", "priority": self._chance.choice((None, "low", "medium", "high"))}
        told.ticket, _ = await create_ticket(self._parts, who, told.conversation_id, given)
        await self._date_lines(told, step.at)

    async def _move_ticket(self, step: Step, told: _Told, who: Actor, stage: str) -> None:
        if told.ticket is None:
            return
        pipeline = next(one for one in await list_pipelines(self._parts, who) if one.id == told.ticket.pipeline_id)
        to = next(one for one in pipeline.stages if one.key == stage)
        await change_ticket(self._parts, who, told.ticket.id, TicketChange(stage_id=to.id))
        await self._date_lines(told, step.at)

    async def _change(self, told: _Told, step: Step, who: Actor, wanted: Change) -> None:
        await change(self._parts, who, told.conversation_id, wanted)
        await self._date_lines(told, step.at)

    async def _date_lines(self, told: _Told, at: datetime) -> None:
        async with self._parts.db.transaction() as conn:
            await store.date_system_entries(conn, self._admin.account_id, told.conversation_id, self._started, at)

    def _address(self, story: Story) -> str:
        return self._channels[story.topic.address].address


def _inbound(raw: bytes, sender: str, recipient: str) -> Inbound:
    return Inbound(
        body=raw, headers={"mail-from": sender, "rcpt-to": recipient, "client-address": "192.0.2.25", "client-name": "mx.example"}
    )


def _judged(story: Story, to: str) -> bytes:
    """What the team's own mail server found about the sender (RFC 8601); most are genuine."""
    domain = story.customer.address.rpartition("@")[2]
    result = "fail" if domain == "bestdeals.example" else "pass"
    return (
        f"Authentication-Results: mx.{to.rpartition('@')[2]}; spf={result} smtp.mailfrom={domain};\r\n"
        f" dkim={result} header.d={domain}; dmarc={result} header.from={domain}\r\n"
    ).encode()

"""The mail server of all customers: it takes every mail that Innboks sends, puts it into the customers' mailboxes, and misbehaves where it is asked to.

Loopback only. `behaviour.py` says who misbehaves how; what comes back later (a failure report, an automatic reply) leaves by `post`. What is for the
team itself is none of a customer's: its provider, played by `desk.py`, carries it on to Innboks.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from innboks.config import Endpoint
from innboks.errors import Refused
from innboks.sandbox.email.behaviour import Behaviour, behaviour_of
from innboks.sandbox.email.mailbox import Mailbox
from innboks.sandbox.email.reports import HOST, away_reply, failure_report

log = structlog.get_logger("sandbox")
SIZE_LIMIT = 50 * 2**20
REPORT_AFTER_S = 1.0

Post = Callable[[str, str, bytes], Awaitable[None]]
"""Sends a mail by real SMTP: (envelope sender, recipient, mail)."""
Reaches = Callable[[str], Awaitable[bool]]
"""Is this an address of the team? Its mail is posted."""


class MailServer:
    """`port` is the one in use, also where the system chose it. Without `post`, nothing comes back."""

    def __init__(
        self,
        mailbox: Mailbox,
        endpoint: Endpoint,
        post: Post | None = None,
        report_after_s: float = REPORT_AFTER_S,
        *,
        reaches_team: Reaches | None = None,
    ) -> None:
        assert post is not None or reaches_team is None
        self._mailbox = mailbox
        self._endpoint = endpoint
        self._post = post
        self._reaches_team = reaches_team
        self._report_after_s = report_after_s
        self._tried: set[str] = set()
        self._coming_back: set[asyncio.Task[None]] = set()
        self.port = endpoint.port

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises OSError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, self._endpoint.host, self._endpoint.port)
        self.port = int(server.sockets[0].getsockname()[1])
        try:
            yield
        finally:
            server.close()
            for task in self._coming_back:
                task.cancel()
            await asyncio.gather(*self._coming_back, return_exceptions=True)

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname=HOST, ident="Innboks sandbox", data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True)

    def _behaviour(self, address: str) -> Behaviour:
        return behaviour_of(address, self._mailbox.chosen.get(address.lower()))

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self._behaviour(address)
        if behaviour.after_s:
            await asyncio.sleep(behaviour.after_s)
        if behaviour.refusal and behaviour.stage == "recipient" and not (behaviour.only_first and address in self._tried):
            self._tried.add(address)
            return behaviour.refusal.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content
        assert isinstance(raw, bytes)
        behaviours = {address: self._behaviour(address) for address in envelope.rcpt_tos}
        for behaviour in behaviours.values():
            if behaviour.refusal and behaviour.stage == "text":
                return behaviour.refusal
        for address, behaviour in behaviours.items():
            if self._reaches_team is not None and await self._reaches_team(address):
                self._later(self._carry_on(str(envelope.mail_from or ""), address, raw))
                continue
            if not behaviour.report_status:
                await self._mailbox.keep(raw, address, is_own=False)
            if self._post is not None and (behaviour.report_status or behaviour.is_away):
                self._later(self._come_back(behaviour, raw, str(envelope.mail_from or ""), address))
        if any(behaviour.hangs_up for behaviour in behaviours.values()):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 2.0.0 OK, delivered"

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._coming_back.add(task)
        task.add_done_callback(self._coming_back.discard)

    async def _carry_on(self, sender: str, address: str, raw: bytes) -> None:
        assert self._post is not None
        try:
            await self._post(sender, address, raw)
        except Refused as error:
            log.warning("a mail for the team was not taken", code=error.code)

    async def take(self, sender: str, person: str, raw: bytes) -> None:
        """A mail that a big provider took and now delivers: what this customer's mailbox refuses comes back as a report."""
        if self._reaches_team is not None and await self._reaches_team(person):
            await self._carry_on(sender, person, raw)
            return
        behaviour = self._behaviour(person)
        if behaviour.refusal and not behaviour.only_first and not behaviour.report_status:
            text = behaviour.refusal.format(address=person)
            behaviour = msgspec.structs.replace(behaviour, report_status=text.split(" ")[1], report_text=text)
        if not behaviour.report_status:
            await self._mailbox.keep(raw, person, is_own=False)
        if self._post is not None and (behaviour.report_status or behaviour.is_away):
            await self._come_back(behaviour, raw, sender, person)

    async def _come_back(self, behaviour: Behaviour, raw: bytes, sender: str, person: str) -> None:
        assert self._post is not None
        await asyncio.sleep(self._report_after_s)
        now = datetime.now(UTC)
        if behaviour.report_status:
            status, text = behaviour.report_status, behaviour.report_text
            report = failure_report(raw, sender=sender, recipient=person, status=status, diagnostic=text, at=now)
            await self._post("", sender, report)
        else:
            name = self._mailbox.names.get(person.lower(), person.partition("@")[0])
            address, reply = away_reply(raw, person=person, name=name, at=now)
            await self._post(person, address or sender, reply)
            await self._mailbox.keep(reply, person, is_own=True, client="auto_reply")

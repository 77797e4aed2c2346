"""Team email as a channel: the contract's calls, each handed to the file that does it.

In: `receiver.py` (forwarding), `mailbox.py` (IMAP) or `cloud_mailbox.py` (Gmail, Microsoft 365) bring bytes, `parse` reads them with `read.py` and
says what happened (`happenings.py`). Out: `compose.py` makes the mail, `outbox.py` or `cloud.py` hands it over. Read `settings.py` for what an
admin can set.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from innboks.channels.email import cloud, cloud_mailbox, gmail, graph, mailbox, own, server_search
from innboks.channels.email import receiver as smtp_receiver
from innboks.channels.email.compose import compose
from innboks.channels.email.compose import signature as signature_of
from innboks.channels.email.connecting import TRIALS, try_one, try_servers
from innboks.channels.email.dns_records import check_records
from innboks.channels.email.glimpse import glimpse_of
from innboks.channels.email.happenings import happenings_of
from innboks.channels.email.mail_json import mail_as_json
from innboks.channels.email.notice import compose_notice
from innboks.channels.email.outbox import hand_over
from innboks.channels.email.read import read_mail
from innboks.channels.email.settings import SIGNED_IN, Config, checked, normal_address, outgoing_server, wire_address
from innboks.channels.email.signing_in import sign_ins
from innboks.channels.email.too_large import fetch_whole
from innboks.errors import Broken, Invalid, NotFound, Rejected, Retry, SendError, Uncertain
from innboks.sdk.contract import (
    Abilities,
    Answer,
    Author,
    Channel,
    Check,
    Connected,
    Consent,
    Context,
    Finding,
    Glimpse,
    Grant,
    Happening,
    Health,
    Inbound,
    Notice,
    Outgoing,
    Preview,
    Receiver,
    Sent,
    SignIn,
    Suggestion,
)

MEGABYTE = 1_000_000


class Email(Channel):
    """One address of the team."""

    kind = "email"
    name = "Email"
    category = "email"
    tagline = "Gmail, Microsoft 365, IMAP or forwarding"
    Config = Config
    abilities = Abilities(
        text_format="html",
        has_subject=True,
        recipient_roles=("to", "cc", "bcc"),
        media_types=("*/*",),
        media_size=25 * MEGABYTE,
        media_total_size=25 * MEGABYTE,
        media_count=100,
        has_inline_images=True,
        may_start=True,
        has_receipts=True,
        can_look_up_sent=True,
        is_slow_to_parse=True,
        identity="email",
    )
    raw_type = "message/rfc822"
    has_hook = False
    can_be_personal = True
    trials = TRIALS
    past_when = {"method": ("imap", "gmail", "microsoft365")}  # what is forwarded is brought by others

    async def connect(self, ctx: Context) -> Connected:
        """Tries both servers with what was typed, or the grant. Raises `Invalid` with the field that is wrong, and what the server said about it."""
        config = checked(ctx.config)
        if config.method in SIGNED_IN:
            return await cloud.connect(ctx, config)
        await try_servers(config, ctx)
        if config.from_address:
            cloud.require_offered(config.from_address, _offered(msgspec.structs.replace(ctx, config=config)))
        return Connected(
            identity=config.address,
            config=config,
            address=config.address,
            name=config.company_name,
            sender_name=config.company_name,
            from_address=config.from_address,
        )

    def sign_ins(self, settings: Mapping[str, Any]) -> Sequence[SignIn]:
        return sign_ins(settings)

    def consent_url(self, ctx: Context, consent: Consent) -> str:
        return cloud.consent_url(msgspec.structs.replace(ctx, config=checked(ctx.config)), consent)

    async def take_grant(self, ctx: Context, consent: Consent, code: str) -> Grant:
        return await cloud.take_grant(ctx, consent, code)

    async def disconnect(self, ctx: Context) -> None:
        """No mail server knows of us; a provider at which somebody signed in gets its grant back."""
        config: Config = ctx.config
        if config.method in SIGNED_IN and ctx.grant is not None:
            with contextlib.suppress(SendError):
                await cloud.mailbox_of(ctx).leave()

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        """SMTP proves nothing about a sender; what a mail says of itself is judged in `authentication.py` and shown."""

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        return happenings_of(ctx, inbound)

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        """Raises `Uncertain` when the server took everything and then said nothing."""
        config: Config = ctx.config
        server = outgoing_server(config, ctx.settings)
        if server is None and config.method not in SIGNED_IN:
            raise Broken(
                "There is no server to send mail through. Enter an SMTP server in this connection's settings, or set INNBOKS_SMTP_OUT.",
                code="no_smtp",
            )
        wanted = {address.lower() for address in outgoing.only}
        addresses = [party.address for party in outgoing.recipients if not wanted or party.address.lower() in wanted]
        recipients = list(dict.fromkeys(addresses))
        if not recipients:
            raise Rejected("The message has no recipient. Add one and send it again.", code="no_recipient")
        _require_writable(party.address for party in outgoing.recipients)
        contents = [(file, await file.content()) for file in outgoing.files]
        if server is None:
            return await cloud.send(ctx, outgoing, contents)
        mail = await asyncio.to_thread(compose, ctx, outgoing, contents)
        sent = await hand_over(server, ctx.domain, config.sends_from, recipients, mail)
        if config.method == "imap" and config.save_sent and any(one.state == "sent" for one in sent.results):
            await mailbox.save_sent(ctx, mail.raw, mail.message_id)
        return sent

    def notifier(self, ctx: Context) -> Callable[[Notice], Awaitable[None]] | None:
        """Only through a mail server: a mailbox in which somebody signed in keeps a copy of all it sends, and it would be full of notices."""
        server = outgoing_server(ctx.config, ctx.settings)
        if server is None:
            return None

        async def notify(notice: Notice) -> None:
            await hand_over(server, ctx.domain, ctx.config.address, [notice.to.address], compose_notice(ctx, notice))

        return notify

    def signature(self, ctx: Context, author: Author) -> tuple[str, str]:
        return signature_of(ctx.config, author)

    def preview(self, ctx: Context, outgoing: Outgoing) -> Preview:
        """The very mail that would leave, read back. Raises `Invalid` with the field that is wrong."""
        ctx = msgspec.structs.replace(ctx, config=checked(ctx.config))
        mail = read_mail(compose(ctx, outgoing, []).raw)
        sender = mail.sender[0]
        return Preview(
            sender_name=sender.name,
            sender_address=sender.address,
            subject=mail.subject,
            text=mail.body_text,
            html=mail.body_html,
            reply_to=mail.reply_to[0].address if mail.reply_to else "",
        )

    async def from_addresses(self, ctx: Context) -> Sequence[str]:
        config: Config = ctx.config
        return await cloud.offered(ctx, cloud.mailbox_of(ctx)) if config.method in SIGNED_IN else _offered(ctx)

    async def suggest(self, ctx: Context) -> Sequence[Suggestion]:
        return await server_search.suggest(ctx)

    async def try_out(self, ctx: Context, what: str) -> Sequence[Finding]:
        return await try_one(ctx.config, ctx, what)

    def fallback_config(self, address: str) -> msgspec.Struct:
        return Config(method="forwarding", address=address)

    def test_address(self, ctx: Context) -> str | None:
        config: Config = ctx.config
        return config.address

    async def checks(self, ctx: Context) -> Sequence[Check]:
        return await check_records(ctx)

    def message_id_for(self, ctx: Context, message_id: int) -> str | None:
        return own.message_id_for(ctx, message_id)

    def hosted_address(self, ctx: Context) -> str | None:
        return own.hosted_address(ctx)

    async def find_sent(self, ctx: Context, outgoing: Outgoing) -> Sent | None:
        """A copy in the Sent folder proves that it left; its absence proves nothing, and for a retry to some of the recipients
        the copy may be of the first try. Raises `Uncertain` then."""
        config: Config = ctx.config
        if config.method in SIGNED_IN:
            return await cloud.find_sent(ctx, outgoing)
        message_id = own.message_id_for(ctx, outgoing.message_id)
        with contextlib.suppress(Retry, Broken):  # a mailbox that nobody can look into proves nothing either
            if config.method == "imap" and not outgoing.only and await mailbox.is_in_sent(ctx, message_id):
                return Sent(external_ids=[message_id])
        raise Uncertain("The mail may have left before the connection broke. Ask the recipient, or send it again.", code="not_known")

    async def watch(self, ctx: Context) -> None:
        config: Config = ctx.config
        if config.method == "imap":
            await mailbox.watch(ctx)
        elif config.method in SIGNED_IN:
            await cloud_mailbox.watch(ctx, cloud.mailbox_of(ctx))

    def push(self, ctx: Context, inbound: Inbound) -> Answer:
        config: Config = ctx.config
        if config.method == "gmail" and inbound.path == gmail.PUSH_PATH:
            gmail.check_push(ctx, inbound)
            return Answer()
        if config.method == "microsoft365" and inbound.path == graph.PUSH_PATH:
            return graph.take_push(ctx, inbound)
        raise NotFound("There is nothing at this address.")

    def push_url(self, ctx: Context) -> str | None:
        config: Config = ctx.config
        if config.method != "gmail" or not config.push_topic:
            return None
        return f"{ctx.public_url}/hooks/{self.kind}/{ctx.ref.id}/{gmail.PUSH_PATH}?token={gmail.push_token(ctx)}"

    async def serve(self, receiver: Receiver, settings: Mapping[str, Any]) -> AsyncIterator[None]:
        async with contextlib.aclosing(smtp_receiver.serve(receiver, settings)) as listening:
            async for _ in listening:
                yield

    async def health(self, ctx: Context) -> Health:
        """Tries the servers again, without sending anything."""
        config: Config = ctx.config
        try:
            if config.method in SIGNED_IN:
                await cloud.mailbox_of(ctx).addresses()
                return Health(state="connected")
            await try_servers(ctx.config, ctx)
        except (Invalid, Broken) as error:
            return Health(state="broken", sentence=error.sentence, action="Open the connection's settings and connect again.")
        return Health(state="connected")

    async def ledger(self, ctx: Context) -> Mapping[str, Any]:
        config: Config = ctx.config
        if config.method in SIGNED_IN:
            return await cloud_mailbox.ledger(ctx, cloud.mailbox_of(ctx))
        if config.method != "imap":
            return {"on_server": None, "folders": {}}
        return await mailbox.ledger(ctx)

    async def whole(self, ctx: Context, inbound: Inbound) -> Inbound:
        return await fetch_whole(ctx, inbound, functools.partial(cloud.fetch_raw, ctx))

    def glimpse(self, inbound: Inbound) -> Glimpse:
        return glimpse_of(inbound)

    def describe(self, raw: bytes) -> Mapping[str, Any]:
        return mail_as_json(read_mail(raw))


def _require_writable(addresses: Iterable[str]) -> None:
    """A customer's own mail may name what is no address, as its Reply-To or in copy: said before anything is composed, so it is sure that nothing left."""
    for address in addresses:
        try:
            wire_address(address)
        except (ValueError, Invalid) as error:
            raise Rejected(f"“{address[:80]}” is not a mail address. Write to another one.", code="invalid_address") from error


def _offered(ctx: Context) -> list[str]:
    """By forwarding also the address that we host, where our own server sends: another one would not let it through. Of a mailbox its own, the one that
    it is signed in with, and the alias that its server took when it was connected (`connecting.py`)."""
    config: Config = ctx.config
    if config.method == "imap":
        named = [normal_address(one) for one in (config.imap_user, config.smtp_user, config.from_address)]
        return list(dict.fromkeys([config.address, *(one for one in named if one)]))
    hosted = None if config.smtp_host else own.hosted_address(ctx)
    return list(dict.fromkeys([config.address, *([hosted.lower()] if hosted else [])]))

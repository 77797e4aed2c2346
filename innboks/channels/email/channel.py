"""Team email as a channel: the contract's calls, each handed to the file that does it.

In: `receiver.py` (forwarding) or `mailbox.py` (IMAP) bring bytes, `parse` reads them with `read.py` and says what happened (`happenings.py`).
Out: `compose.py` makes the mail, `outbox.py` hands it to the server. Read `settings.py` for what an admin can set.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from innboks.channels.email import mailbox, own
from innboks.channels.email import receiver as smtp_receiver
from innboks.channels.email.compose import compose
from innboks.channels.email.connecting import try_servers
from innboks.channels.email.happenings import happenings_of
from innboks.channels.email.mail_json import mail_as_json
from innboks.channels.email.outbox import hand_over
from innboks.channels.email.read import read_mail
from innboks.channels.email.settings import Config, checked, outgoing_server
from innboks.errors import Broken, Invalid, Rejected, Uncertain
from innboks.sdk.contract import Abilities, Channel, Connected, Context, Happening, Health, Inbound, Outgoing, Receiver, Sent

MEGABYTE = 1_000_000


class Email(Channel):
    """One address of the team."""

    kind = "email"
    name = "Email"
    category = "email"
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
    has_hook = False
    silence_limit = timedelta(days=3)

    async def connect(self, ctx: Context) -> Connected:
        """Tries both servers with what was typed. Raises `Invalid` with the field that is wrong, and what the server said about it."""
        config = checked(ctx.config)
        await try_servers(config, ctx)
        return Connected(identity=config.address, config=config, address=config.address, name=config.company_name)

    async def disconnect(self, ctx: Context) -> None:
        """Nothing to undo: no server knows of us."""

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        """SMTP proves nothing about a sender; what a mail says of itself is judged in `authentication.py` and shown."""

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        return happenings_of(ctx, inbound)

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        """Raises `Uncertain` when the server took everything and then said nothing."""
        config: Config = ctx.config
        server = outgoing_server(config, ctx.settings)
        if server is None:
            raise Broken(
                "There is no server to send mail through. Enter an SMTP server in this connection's settings, or set INNBOKS_SMTP_OUT.",
                code="no_smtp",
            )
        wanted = {address.lower() for address in outgoing.only}
        addresses = [party.address for party in outgoing.recipients if not wanted or party.address.lower() in wanted]
        recipients = list(dict.fromkeys(addresses))
        if not recipients:
            raise Rejected("The message has no recipient. Add one and send it again.", code="no_recipient")
        contents = [(file, await file.content()) for file in outgoing.files]
        mail = await asyncio.to_thread(compose, ctx, outgoing, contents)
        sent = await hand_over(server, ctx.domain, config.address, recipients, mail)
        if config.method == "imap" and config.save_sent and any(one.state == "sent" for one in sent.results):
            await mailbox.save_sent(ctx, mail.raw, mail.message_id)
        return sent

    def message_id_for(self, ctx: Context, message_id: int) -> str | None:
        return own.message_id_for(ctx, message_id)

    def hosted_address(self, ctx: Context) -> str | None:
        return own.hosted_address(ctx)

    async def find_sent(self, ctx: Context, outgoing: Outgoing) -> Sent | None:
        """A copy in the Sent folder proves that it left; its absence proves nothing, and for a retry to some of the recipients
        the copy may be of the first try. Raises `Uncertain` then."""
        config: Config = ctx.config
        message_id = own.message_id_for(ctx, outgoing.message_id)
        if config.method == "imap" and not outgoing.only and await mailbox.is_in_sent(ctx, message_id):
            return Sent(external_ids=[message_id])
        raise Uncertain("The mail may have left before the connection broke. Ask the recipient, or send it again.", code="not_known")

    async def watch(self, ctx: Context) -> None:
        config: Config = ctx.config
        if config.method == "imap":
            await mailbox.watch(ctx)

    async def serve(self, receiver: Receiver, settings: Mapping[str, Any]) -> AsyncIterator[None]:
        async with contextlib.aclosing(smtp_receiver.serve(receiver, settings)) as listening:
            async for _ in listening:
                yield

    async def health(self, ctx: Context) -> Health:
        """Tries the servers again, without sending anything."""
        try:
            await try_servers(ctx.config, ctx)
        except Invalid as error:
            return Health(state="broken", sentence=error.sentence, action="Open the connection's settings and connect again.")
        return Health(state="connected")

    async def ledger(self, ctx: Context) -> Mapping[str, Any]:
        config: Config = ctx.config
        if config.method != "imap":
            return {"on_server": None, "folders": {}}
        return await mailbox.ledger(ctx)

    def describe(self, raw: bytes) -> Mapping[str, Any]:
        return mail_as_json(read_mail(raw))

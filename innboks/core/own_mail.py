"""Mail of the installation itself, to its people: invitations and notifications. It goes through the server of INNBOKS_SMTP_OUT; where none is set,
through a connection of the account that can (`Channel.notifier`). What customers get goes another way (`core/conversations/send.py`). Read next:
`core/accounts/invitations.py`, `core/notifications/deliver.py`."""

import email.policy
from collections.abc import Awaitable, Callable, Collection
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import TYPE_CHECKING

import aiosmtplib
import idna

from innboks.config import MailRelay
from innboks.core.accounts.branded import LOGO_ID, Dressed, dressed
from innboks.core.channel_accounts import store
from innboks.errors import Rejected, SendError, Uncertain
from innboks.sdk.contract import Notice, NoticePicture, Party
from innboks.sdk.registry import offers

if TYPE_CHECKING:
    from innboks.core.parts import Parts

SMTP_S = 30.0
NotTaken = (aiosmtplib.SMTPException, OSError, SendError)
"""What `send` raises when the mail was not taken."""


async def can_send(parts: "Parts", account_id: int) -> bool:
    """Is there a server for it?"""
    return parts.settings.smtp_out is not None or bool(await _notifiers(parts, account_id))


async def send(
    parts: "Parts",
    account_id: int,
    *,
    name: str,
    email: str,
    subject: str,
    text: str,
    button: str = "",
    timeout_s: float = SMTP_S,
    without: Collection[int] = (),
    tries_all: bool = False,
) -> None:
    """One mail to one of our people. Raises one of `NotTaken`; ask `can_send` first. `without`: not through these channel accounts, of which it may
    tell that they do not work. `tries_all`: where the installation's own server does not take it, through a connection all the same. `button`: what
    leads into the app is called so, in the account's brand; "": plain text."""
    if await parts.directory.resolve(parts, email) is not None:
        # It would come back as a conversation, of which people are told, and so on without end.
        raise Rejected("This address is connected as a channel, so no notice can go there.", code="own_address")
    shown = await dressed(parts, account_id, text, button) if button else Dressed()
    picture = None if shown.logo is None else NoticePicture(content_id=LOGO_ID, type=shown.logo[0], content=shown.logo[1])
    notice = Notice(to=Party(address=email, name=name), subject=subject, text=text, html=shown.html, picture=picture)
    if parts.settings.smtp_out is not None:
        try:
            await _relay(parts, parts.settings.smtp_out, notice, timeout_s)
            return
        except (aiosmtplib.SMTPException, OSError):
            if not tries_all:
                raise
    trouble: SendError = Rejected("There is no server to send mail through.", code="no_smtp")
    for notify in await _notifiers(parts, account_id, without):
        try:
            await notify(notice)
            return
        except Uncertain:
            raise
        except SendError as error:
            trouble = error  # the next one may be well
    raise trouble


async def _notifiers(parts: "Parts", account_id: int, without: Collection[int] = ()) -> list[Callable[[Notice], Awaitable[None]]]:
    kinds = [channel.kind for channel in parts.registry if offers(channel, "notifier")]
    async with parts.db.connection() as conn:
        ids = await store.able_to_send(conn, account_id, kinds)
    connected = [await parts.directory.find(parts, account_id, id) for id in ids if id not in without]
    return [notify for one in connected if (notify := one.channel.notifier(one.context)) is not None]


async def _relay(parts: "Parts", relay: MailRelay, notice: Notice, timeout_s: float) -> None:
    try:
        message = _message(parts, notice)
    except ValueError as error:  # also what no header can hold: it must not stop the mails of others
        raise Rejected("No mail can be written to this address.", code="bad_address") from error
    await aiosmtplib.send(
        message,
        hostname=relay.host,
        port=relay.port,
        username=relay.user or None,
        password=relay.password or None,
        use_tls=relay.tls == "tls" or (relay.tls == "auto" and relay.port == 465),
        start_tls={"starttls": True, "none": False}.get(relay.tls),
        timeout=timeout_s,
    )


def _message(parts: "Parts", notice: Notice) -> EmailMessage:
    """A domain in letters of its own is written as mail servers know it (RFC 5891); a name before the @ only some servers take (RFC 6531)."""
    local, _, domain = notice.to.address.rpartition("@")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode("ascii")
    message = EmailMessage(policy=email.policy.SMTP if local.isascii() else email.policy.SMTPUTF8)
    message["From"] = formataddr(("Innboks", f"innboks@{parts.settings.mail_domain}"))
    message["To"] = Address(notice.to.name, local, domain)
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(parts.clock.now())
    message["Message-ID"] = make_msgid(domain=parts.settings.mail_domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answer comes back
    message.set_content(notice.text)
    if notice.html:
        message.add_alternative(notice.html, subtype="html")
    if notice.picture is not None:
        main, _, sub = notice.picture.type.partition("/")
        markup = message.get_body(("html",))
        assert isinstance(markup, EmailMessage)
        markup.add_related(notice.picture.content, main, sub, cid=f"<{notice.picture.content_id}>", disposition="inline")
    return message

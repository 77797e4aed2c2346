"""What a mail that came in means to the product: a message, news about one we sent, or our own coming back.

Pure, as the road in wants it (`Channel.parse`). The reading is done in `read.py`; here it becomes the contract's words: who wrote it, why it
belongs to a conversation (`threading.py`), whether it may be answered by a machine, how far its sender is to be trusted.
"""

import email.utils
from collections.abc import Sequence
from typing import Literal

import msgspec

from innboks.channels.email import own
from innboks.channels.email.authentication import (
    CHECKED,
    GOOGLE,
    MICROSOFT,
    Authentication,
    Provider,
    authentication_by_provider,
    authentication_of,
)
from innboks.channels.email.auto import no_auto_answer
from innboks.channels.email.confirmation import confirmation_of
from innboks.channels.email.invitation import as_text, invitation_of
from innboks.channels.email.mail import Address, Mail
from innboks.channels.email.read import read_mail
from innboks.channels.email.receipts import receipts_of, returned_keys
from innboks.channels.email.reply import split_html
from innboks.channels.email.settings import Config, normal_address
from innboks.channels.email.signs import signs_of
from innboks.channels.email.threading import content_hash, normal_id, read_token, thread_keys
from innboks.channels.email.too_large import require_whole
from innboks.errors import Unrecognised
from innboks.sdk.contract import (
    Context,
    Happening,
    Ignored,
    Inbound,
    Media,
    MessageReceived,
    Party,
    TestReturned,
    ThreadKey,
)
from innboks.sdk.probe import PURPOSE, read_mark

MAX_REFERENCES = 20
"""Ids it answers that are kept, so that what comes before it, or answers the same, finds it."""
_LABELS = {"in-reply-to": "In-Reply-To", "references": "References"}


def happenings_of(ctx: Context, inbound: Inbound) -> Sequence[Happening]:
    """Raises `Unrecognised` for bytes that name nobody as their sender, and for a mail of which only the header is here."""
    require_whole(inbound)
    mail = read_mail(inbound.body)
    if mail.return_path is None and "mail-from" in inbound.headers:
        mail.return_path = inbound.headers["mail-from"]
    returned = _returned_test(ctx, inbound, mail)
    if returned is not None:
        return [returned]
    echo = _echo(ctx, mail)
    if echo is not None:
        return [echo]
    message = _message(ctx, inbound, mail)
    receipts = receipts_of(ctx, mail, message)
    if receipts:
        return receipts
    confirmation = confirmation_of(ctx, mail)
    return [message] if confirmation is None else [confirmation, message]


def _returned_test(ctx: Context, inbound: Inbound, mail: Mail) -> TestReturned | None:
    """Our own test, back from outside; the copy in a Sent folder proves nothing."""
    test_id = read_mark(ctx.secret(PURPOSE), mail.subject)
    if test_id is None or _is_report(mail) or inbound.headers.get("folder-role") == "sent":
        return None
    found = _authentication(inbound, mail, ctx.config, _writer(ctx, mail, inbound))
    notes = [f"{name} {result}" for name, result in (("SPF", found.spf), ("DKIM", found.dkim), ("DMARC", found.dmarc)) if result != "none"]
    return TestReturned(
        test_id=test_id, arrived_at=inbound.headers.get("rcpt-to") or inbound.headers.get("folder", ""), note=", ".join(notes)
    )


def _echo(ctx: Context, mail: Mail) -> Ignored | None:
    """Our own mail come back to the address it left from: a Sent folder, a list we are on, or a loop (R-127)."""
    if own.own_message(ctx, normal_id(mail.message_id or "")) is not None:
        return Ignored("This is a message that was sent from here.", code="own_message")
    if mail.header(own.LOOP_HEADER) == own.loop_mark(ctx) and not _is_report(mail):
        return Ignored("This mail was sent from here and has come back in a circle.", code="loop")
    return None


def _message(ctx: Context, inbound: Inbound, mail: Mail) -> MessageReceived:
    config: Config = ctx.config
    writer = _writer(ctx, mail, inbound)
    sender, forwarded_by, reply_to = writer, None, [_party(one, "to") for one in mail.reply_to[:20] if one.address]
    text, quoted = mail.text, mail.quoted
    html = split_html(mail.body_html)[0] if quoted and text else mail.body_html  # the quotation folds away; the original keeps all
    original = _original_sender(ctx, mail, writer)
    if original is not None:
        sender, forwarded_by, reply_to = original, writer, []  # answers go to the original sender
        html, text, quoted = (
            mail.body_html,
            "\n\n".join(part for part in (text, quoted) if part),
            "",
        )  # what was passed on is what this mail is about
    if any(party.address == writer.address for party in reply_to) or sender.address != writer.address:
        reply_to = []
    recipients = [_party(one, "to") for one in mail.to] + [_party(one, "cc") for one in mail.cc]
    recipients = [_as_team(ctx, party) for party in recipients if party.address]
    invitation = invitation_of(mail)
    if invitation is not None and not (text.strip() or html.strip() or quoted.strip()):
        invitation = msgspec.structs.replace(invitation, is_alone=True)
        text = as_text(invitation)
    message_id = normal_id(mail.message_id or "")
    thread = _thread(ctx, inbound, mail)
    is_from_us = inbound.headers.get("folder-role") == "sent"
    is_automatic = mail.auto_reply or _is_report(mail)
    own_addresses = ctx.own_addresses | {config.address, config.sends_from}
    is_passed_on = is_from_us or forwarded_by is not None  # somebody of ours wants it here
    return MessageReceived(
        external_id=message_id or None,
        sender=sender,
        recipients=recipients,
        reply_to=reply_to,
        subject=_clean(mail.subject),
        text=_clean(text),
        html=_clean(html),
        quoted=_clean(quoted),
        signature=_clean(mail.signature),
        media=[
            Media(
                name=_clean(one.name),
                type=_clean(one.type),
                content=one.content,
                is_inline=one.inline,
                content_id=_clean(one.content_id or "") or None,
            )
            for one in mail.attachments
        ],
        sent_at=mail.date,
        thread=thread,
        references=[key.value for key in thread if key.how == "message"][:MAX_REFERENCES],
        dedupe_key=f"{message_id}|{content_hash(mail)}" if message_id else content_hash(mail),
        direction="out" if is_from_us else "in",
        is_automatic=is_automatic,
        may_answer_automatically=not (is_from_us or no_auto_answer(mail, own_addresses=own_addresses)),
        forwarded_by=forwarded_by,
        origin=msgspec.structs.asdict(_authentication(inbound, mail, config, sender)),
        invitation=invitation,
        notes=[_clean(problem) for problem in mail.problems],
        signs=()
        if is_passed_on
        else signs_of(mail, sender=sender, reply_to=reply_to, text=text, html=html, is_automatic=is_automatic, own_addresses=own_addresses),
    )


def _authentication(inbound: Inbound, mail: Mail, config: Config, sender: Party) -> Authentication:
    """What the admin's own servers found; where they say nothing, the provider of the mailbox; where that says nothing, what we found. All speak of the
    address in From: when people see somebody else as the sender, nothing about that person is proved."""
    found = authentication_of(mail, config.trusted_authserv_ids.split(","))
    provider = _provider(config)
    if found == Authentication() and provider is not None:
        found = authentication_by_provider(mail, provider)
    checked = inbound.headers.get(CHECKED)
    if found == Authentication() and checked is not None:
        found = msgspec.json.decode(checked, type=Authentication)
    if found.word == "verified" and sender.address not in [_party(one, "from").address for one in mail.sender]:
        return msgspec.structs.replace(found, word="unverified")
    return found


def _provider(config: Config) -> Provider | None:
    """Who keeps the mailbox from which the mail was fetched, where it is one that says what it found."""
    host = config.imap_host.lower() if config.method == "imap" else ""
    if config.method == "gmail" or host == "imap.gmail.com":
        return GOOGLE
    return MICROSOFT if config.method == "microsoft365" or host == "outlook.office365.com" else None


def _original_sender(ctx: Context, mail: Mail, writer: Party) -> Party | None:
    """Who wrote the mail that `writer` passed on (R-130, R-132); None for an ordinary mail, and when it was one of ours."""
    config: Config = ctx.config
    if not config.use_original_sender or mail.forwarded_from is None:
        return None
    original = _party(mail.forwarded_from, "from")
    is_somebody_else = original.address not in ctx.own_addresses | {writer.address, config.address}
    return original if is_somebody_else and normal_address(original.address) is not None else None


def _as_team(ctx: Context, party: Party) -> Party:
    """The hosted address, with or without a reply token, is only the way to us: people see the team's address."""
    config: Config = ctx.config
    local, _, domain = party.address.partition("@")
    if f"{local.partition('+')[0]}@{domain}" != own.hosted_address(ctx):
        return party
    return Party(address=config.address, name=party.name, role=party.role)


def _writer(ctx: Context, mail: Mail, inbound: Inbound) -> Party:
    """Who wrote the mail. Groups and lists write themselves into From and the person into another header (R-105)."""
    config: Config = ctx.config
    named = [one for one in (*mail.sender, *mail.reply_to) if normal_address(one.address) is not None]
    if not named:
        envelope = inbound.headers.get("mail-from", "")
        if normal_address(envelope) is None:
            raise Unrecognised("The mail does not say who sent it.", code="no_sender")
        return _party(Address(name="", address=envelope), "from")
    first = named[0]
    if first.address.lower() in ctx.own_addresses | {config.address}:
        name, address = email.utils.parseaddr(mail.header("X-Original-From") or mail.header("X-Original-Sender") or "")
        if normal_address(address) is not None:
            return _party(Address(name=name or first.name.rpartition(" via ")[0].strip("' "), address=address), "from")
        if " via " in first.name and mail.reply_to and mail.reply_to[0].address:
            return _party(Address(name=first.name.rpartition(" via ")[0].strip("' "), address=mail.reply_to[0].address), "from")
    return _party(first, "from")


def _thread(ctx: Context, inbound: Inbound, mail: Mail) -> list[ThreadKey]:
    """Headers before tokens (R-121): an answer to a forwarded mail carries the token of another conversation, its headers are right."""
    keys: list[ThreadKey] = []
    ids: set[str] = set()
    arrived_at = inbound.headers.get("rcpt-to", "")
    by_envelope = Mail(to=[Address(name="", address=arrived_at)]) if arrived_at else Mail()
    found = [*thread_keys(by_envelope, ctx.domain), *thread_keys(mail, ctx.domain)]
    for key in dict.fromkeys(found):
        kind, _, value = key.partition(":")
        if kind in _LABELS:
            if (external_id := own.first_id(value)) not in ids:
                keys.append(ThreadKey(how="message", value=external_id, label=_LABELS[kind]))
            ids.add(external_id)
        elif (conversation_id := read_token(ctx.secret("reply-token"), value)) is not None:
            keys.append(ThreadKey(how="conversation", value=str(conversation_id), label="reply address"))
    keys.sort(key=lambda key: key.how == "conversation")
    return [*returned_keys(ctx, mail), *keys]


def _is_report(mail: Mail) -> bool:
    """Does it tell of another mail, whether that arrived or not?"""
    return mail.bounce is not None or mail.arrival is not None


def _party(one: Address, role: Literal["from", "to", "cc"]) -> Party:
    address = normal_address(one.address) or _clean(one.address).strip().lower()
    return Party(address=address, name=_clean(one.name), role=role)


def _clean(text: str) -> str:
    """Without what a database refuses: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")

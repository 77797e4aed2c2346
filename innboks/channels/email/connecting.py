"""Trying what an admin typed for an address: both its servers when it is connected (`try_servers`), or before that each by itself and the domain of the
sender (`try_one`, picture 03a), with what was found there or what is wrong in words."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

import aiosmtplib
import msgspec

from innboks.channels.email import imap_session, mailbox, smtp_session
from innboks.channels.email.certificate import Certificate, certificate_of
from innboks.channels.email.dns_records import check_records
from innboks.channels.email.imap_session import tls_version
from innboks.channels.email.settings import (
    Config,
    Server,
    checked,
    domain_of,
    incoming_server,
    normal_address,
    outgoing_server,
    wire_address,
)
from innboks.channels.email.smtp_session import refusal
from innboks.errors import Broken, Invalid, Retry, SendError
from innboks.lib.clock import in_sentence
from innboks.sdk.contract import Context, Finding

LIMIT_S = 12.0
"""For trying one server while somebody waits for it."""
SOON = timedelta(days=14)
"""A certificate that ends within this time should have been renewed: most are, a month before."""
RECEIVING, SENDING, DOMAIN = "Receiving (IMAP)", "Sending (SMTP)", "The sender's domain"
TRIALS: Mapping[str, Mapping[str, Sequence[str]]] = {
    RECEIVING: {"method": ("imap",)},
    SENDING: {"method": ("imap", "forwarding")},
    DOMAIN: {},
}
NO_WAY_OUT = (
    "There is no server to send mail through: this one has none of its own (INNBOKS_SMTP_OUT). Enter an SMTP server under “More settings”."
)


_WORDS = {"ok": "is in place", "missing": "is missing", "wrong": "does not fit", "unknown": "is not known"}


class _Found(msgspec.Struct, frozen=True):
    """How a connection is encrypted ("" where it is not), and what the server showed for it."""

    encryption: str
    certificate: Certificate | None
    is_signed_in: bool = True


async def try_servers(config: Config, ctx: Context) -> None:
    """Signs in at both servers and asks whether they would take our mail, from the address that it leaves from, without sending any. Raises `Invalid`
    with the field to mend."""
    if config.method == "imap":
        try:
            await mailbox.try_mailbox(incoming_server(config))
        except SendError as error:
            raise _invalid(f"{RECEIVING}: ", error, "imap", config) from error
    server = outgoing_server(config, ctx.settings)
    if server is not None and (config.smtp_host or config.method == "imap"):
        try:
            await _try_outgoing(config, ctx, server)
        except SendError as error:
            raise _invalid(f"{SENDING}: ", error, "smtp", config) from error


async def try_one(typed: Config, ctx: Context, what: str) -> Sequence[Finding]:
    """One of `TRIALS` of what is typed, in `LIMIT_S` seconds and a few for saying goodbye. Raises `Invalid` with the field to mend."""
    if what == DOMAIN:
        return await _try_domain(typed, ctx)
    config = checked(typed)
    prefix = "imap" if what == RECEIVING else "smtp"
    server = incoming_server(config) if what == RECEIVING else outgoing_server(config, ctx.settings)
    if server is None:
        raise Invalid(NO_WAY_OUT, code="no_smtp", field="smtp_host")
    try:
        async with asyncio.timeout(LIMIT_S):
            return await (_receiving(ctx, server) if what == RECEIVING else _sending(config, ctx, server))
    except TimeoutError as error:
        silent = Retry(f"The mail server {server.host} (port {server.port}) did not answer in time. Check name and port.", code="timeout")
        raise _invalid("", silent, prefix, config) from error
    except SendError as error:
        shown = await _shown_by(server, ctx, prefix) if error.code == "certificate" else ""
        raise _invalid("", error, prefix, config, shown) from error


async def _receiving(ctx: Context, server: Server) -> Sequence[Finding]:
    found = await mailbox.try_mailbox(server, LIMIT_S)
    first = _connection("Signed in to IMAP", ctx, server, _Found(found.encryption, found.certificate))
    if found.newest_at is None:
        return first, Finding(name="Opened the INBOX", state="ok", sentence=f"Mails in the INBOX: {found.messages}.")
    sentence = f"Mails in the INBOX: {found.messages}, the newest {{when}}."
    return first, Finding(name="Opened the INBOX", state="ok", sentence=sentence, at=found.newest_at)


async def _sending(config: Config, ctx: Context, server: Server) -> Sequence[Finding]:
    found = await _try_outgoing(config, ctx, server)
    takes = Finding(name=f"It takes mail from {config.sends_from}", state="ok", sentence="It was asked; no mail was sent.")
    return _connection("Signed in to SMTP" if found.is_signed_in else "Reached the SMTP server", ctx, server, found), takes


def _connection(name: str, ctx: Context, server: Server, found: _Found) -> Finding:
    """How the connection is encrypted, and for how long it can be."""
    if not found.encryption:
        if server.is_near:
            return Finding(name=name, state="ok", sentence="Without encryption, on this machine.")
        return Finding(name=name, state="wrong", sentence="Without encryption: others on the way can read the mail and the password.")
    shown = found.certificate
    if not server.verify:
        return Finding(name=name, state="unknown", sentence=f"{found.encryption}. The certificate is not checked, as it is set here.")
    if shown is None:
        return Finding(name=name, state="ok", sentence=f"{found.encryption}.")
    issuer = shown.issuer or "an authority without a name"
    if shown.ends_at - ctx.clock.now() < SOON:
        sentence = f"{found.encryption}, certificate by {issuer}. It ends {{when}}: mail stops then, unless it is renewed."
        return Finding(name=name, state="wrong", sentence=sentence, at=shown.ends_at)
    sentence = f"{found.encryption}, certificate by {issuer}, valid until {{when}}."
    return Finding(name=name, state="ok", sentence=sentence, at=shown.ends_at)


async def _try_domain(typed: Config, ctx: Context) -> Sequence[Finding]:
    """SPF, DKIM and DMARC of the address that answers would leave from."""
    address, sender = normal_address(typed.address), normal_address(typed.from_address) if typed.from_address.strip() else ""
    if address is None:
        raise Invalid("Write the address first, for example support@example.com.", field="address")
    if sender is None:
        raise Invalid("The from address is not an email address. Choose one of those that are offered.", field="from_address")
    config = msgspec.structs.replace(typed, address=address, from_address=sender)
    checks = await check_records(msgspec.structs.replace(ctx, config=config))
    return [
        Finding(**{**msgspec.structs.asdict(one), "name": f"{one.name} {_WORDS[one.state]} for {domain_of(config.sends_from)}"})
        for one in checks
    ]


async def _shown_by(server: Server, ctx: Context, prefix: str) -> str:
    """What the certificate that was refused says, looked at over a connection on which nothing is told to the server. "": nothing to add."""
    stranger = msgspec.structs.replace(server, verify=False, ca="", user="", password="")
    shown: Certificate | None = None
    with contextlib.suppress(SendError, TimeoutError):
        async with asyncio.timeout(LIMIT_S / 2):
            if prefix == "imap":
                session = await imap_session.open_session(stranger, LIMIT_S / 2)
                shown = session.certificate
                session.close()
            else:
                client = await smtp_session.open_session(stranger, ctx.domain)
                shown = _found(client).certificate
                client.close()
    if shown is None:
        return ""
    names = ", ".join(shown.names) or "nobody"
    return f" It says: for {names}, by {shown.issuer or 'nobody'}, until {in_sentence(shown.ends_at)}."


async def _try_outgoing(config: Config, ctx: Context, server: Server) -> _Found:
    client = await smtp_session.open_session(server, ctx.domain)
    try:
        found = msgspec.structs.replace(_found(client), is_signed_in=smtp_session.wants_login(server, client))
        answer = await client.execute_command(b"MAIL", b"FROM:<" + wire_address(config.sends_from).encode() + b">")
        if answer.code >= 500:
            raise refusal("sender", answer, server.host)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=3)
        return found
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Broken(f"The mail server {server.host} broke off the connection.", code="connection") from error
    finally:
        client.close()


def _found(client: aiosmtplib.SMTP) -> _Found:
    connection = client.transport.get_extra_info("ssl_object") if client.transport is not None else None
    return _Found(tls_version(connection), certificate_of(connection))


def _invalid(start: str, error: SendError, prefix: str, config: Config, more: str = "") -> Invalid:
    """With what the server said, where it is about us; the field is the one to mend."""
    sender = "from_address" if prefix == "smtp" and config.from_address else "address"
    field = {"auth": f"{prefix}_password", "no_tls": f"{prefix}_tls", "tls": f"{prefix}_tls", "sender_refused": sender}
    said = f" The server said: {error.detail}" if error.detail and error.code in ("auth", "sender_refused", "server_refused") else ""
    return Invalid(f"{start}{error.sentence}{said}{more}", code=error.code, field=field.get(error.code, f"{prefix}_host"))

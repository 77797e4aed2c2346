"""Trying both servers of an address with what an admin typed, and saying in words which one failed and why: all of it when it is connected, or one server
at a time before (`try_one`)."""

import asyncio
import contextlib

import aiosmtplib

from innboks.channels.email import mailbox
from innboks.channels.email.imap_session import tls_version
from innboks.channels.email.settings import Config, Server, incoming_server, outgoing_server, wire_address
from innboks.channels.email.smtp_session import open_session, refusal
from innboks.errors import Broken, Invalid, Retry, SendError
from innboks.sdk.contract import Context

LIMIT_S = 12.0
"""For trying one server while somebody waits for it."""
RECEIVING, SENDING = "Receiving (IMAP)", "Sending (SMTP)"
TRIALS = {RECEIVING: {"method": ("imap",)}, SENDING: {"method": ("imap",)}}


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


async def try_one(config: Config, ctx: Context, what: str) -> str:
    """The same of one server, in `LIMIT_S` seconds and a few for saying goodbye: what was found there. Raises `Invalid` with the field to mend."""
    prefix = "imap" if what == RECEIVING else "smtp"
    server = incoming_server(config) if what == RECEIVING else outgoing_server(config, ctx.settings)
    assert server is not None  # a checked configuration of this method names both
    try:
        async with asyncio.timeout(LIMIT_S):
            if what == SENDING:
                return _signed_in(await _try_outgoing(config, ctx, server), f"It takes mail from {config.sends_from}; none was sent.")
            encryption, count = await mailbox.try_mailbox(server, LIMIT_S)
            return _signed_in(encryption, f"Mails in the INBOX: {count}.")
    except TimeoutError as error:
        silent = Retry(f"The mail server {server.host} (port {server.port}) did not answer in time. Check name and port.", code="timeout")
        raise _invalid("", silent, prefix, config) from error
    except SendError as error:
        raise _invalid("", error, prefix, config) from error


def _signed_in(encryption: str, more: str) -> str:
    return f"Signed in over {encryption}. {more}" if encryption else f"Signed in without encryption. {more}"


async def _try_outgoing(config: Config, ctx: Context, server: Server) -> str:
    """How it is encrypted, "" where it is not."""
    client = await open_session(server, ctx.domain)
    try:
        encryption = tls_version(client.transport.get_extra_info("ssl_object")) if client.transport is not None else ""
        answer = await client.execute_command(b"MAIL", b"FROM:<" + wire_address(config.sends_from).encode() + b">")
        if answer.code >= 500:
            raise refusal("sender", answer, server.host)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=3)
        return encryption
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Broken(f"The mail server {server.host} broke off the connection.", code="connection") from error
    finally:
        client.close()


def _invalid(start: str, error: SendError, prefix: str, config: Config) -> Invalid:
    """With what the server said, where it is about us; the field is the one to mend."""
    sender = "from_address" if prefix == "smtp" and config.from_address else "address"
    field = {"auth": f"{prefix}_password", "no_tls": f"{prefix}_tls", "tls": f"{prefix}_tls", "sender_refused": sender}
    said = f" The server said: {error.detail}" if error.detail and error.code in ("auth", "sender_refused", "server_refused") else ""
    return Invalid(f"{start}{error.sentence}{said}", code=error.code, field=field.get(error.code, f"{prefix}_host"))

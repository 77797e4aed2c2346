"""Trying both servers of an address with what an admin typed, and saying in words which one failed and why."""

import contextlib

import aiosmtplib

from innboks.channels.email import mailbox
from innboks.channels.email.settings import Config, incoming_server, outgoing_server, wire_address
from innboks.channels.email.smtp_session import open_session, refusal
from innboks.errors import Broken, Invalid, SendError
from innboks.sdk.contract import Context


async def try_servers(config: Config, ctx: Context) -> None:
    """Signs in at both servers and asks whether they would take our mail, from the address that it leaves from, without sending any. Raises `Invalid`
    with the field to mend."""
    if config.method == "imap":
        try:
            await mailbox.try_mailbox(incoming_server(config))
        except SendError as error:
            raise _invalid("Receiving (IMAP)", "imap", error) from error
    if outgoing_server(config, ctx.settings) is not None and (config.smtp_host or config.method == "imap"):
        try:
            await _try_outgoing(config, ctx)
        except SendError as error:
            raise _invalid("Sending (SMTP)", "smtp", error, sender="from_address" if config.from_address else "address") from error


async def _try_outgoing(config: Config, ctx: Context) -> None:
    server = outgoing_server(config, ctx.settings)
    assert server is not None
    client = await open_session(server, ctx.domain)
    try:
        answer = await client.execute_command(b"MAIL", b"FROM:<" + wire_address(config.sends_from).encode() + b">")
        if answer.code >= 500:
            raise refusal("sender", answer, server.host)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=3)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Broken(f"The mail server {server.host} broke off the connection.", code="connection") from error
    finally:
        client.close()


def _invalid(what: str, prefix: str, error: SendError, sender: str = "address") -> Invalid:
    """`sender`: the field with the address that mail is sent from."""
    field = {"auth": f"{prefix}_password", "no_tls": f"{prefix}_tls", "tls": f"{prefix}_tls", "sender_refused": sender}
    said = f" The server said: {error.detail}" if error.detail and error.code in ("auth", "sender_refused", "server_refused") else ""
    return Invalid(f"{what}: {error.sentence}{said}", code=error.code, field=field.get(error.code, f"{prefix}_host"))

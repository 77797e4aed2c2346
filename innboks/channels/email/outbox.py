"""Hands one composed mail to the server, and knows at every moment whether it can have left.

Until the final dot is written, any failure means that nothing left (`Retry`). From then until the answer the mail may have left:
`Uncertain`, never a second try by itself (DESIGN §6). Answers are kept per recipient, so one refused address does not stop the others.
Read `smtp_session.py` for the meaning of refusals and `compose.py` for the bytes.
"""

import asyncio
import contextlib
import re
from collections.abc import Sequence
from typing import Any, Literal, cast

import aiosmtplib
from aiosmtplib import SMTPResponse

from innboks.channels.email.compose import Composed
from innboks.channels.email.settings import Server, wire_address
from innboks.channels.email.smtp_session import COMMAND_TIMEOUT_S, open_session, refusal
from innboks.errors import Broken, Invalid, Rejected, Retry, SendError, Uncertain
from innboks.sdk.contract import RecipientResult, Sent

FINAL_TIMEOUT_S = 600.0  # RFC 5321 §4.5.3.2.6: ten minutes for the answer to the final dot
QUIT_TIMEOUT_S = 3.0
_BREAKS = re.compile(rb"\r\n|\r|\n")


async def hand_over(
    server: Server, own_name: str, sender: str, recipients: Sequence[str], mail: Composed, *, final_timeout_s: float | None = None
) -> Sent:
    """Sends `mail` in one envelope. With one recipient a refusal is raised; with several it stands in `results` and the others go.

    Raises `Retry`, `Rejected`, `Blocked`, `Broken` or `Uncertain`."""
    client = await open_session(server, own_name)
    try:
        accepted, refused = await _envelope(client, server, sender, recipients, mail)
        if accepted:
            await _content(client, server, mail.raw, final_timeout_s or FINAL_TIMEOUT_S)
        else:
            _raise_when_alike(list(refused.values()))
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=QUIT_TIMEOUT_S)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Retry(
            f"The connection to the mail server {server.host} broke off before the message was handed over.", code="connection"
        ) from error
    finally:
        client.close()
    results = [_result(address, refused.get(address)) for address in recipients]
    return Sent(external_ids=[mail.message_id], results=results)


async def _envelope(
    client: aiosmtplib.SMTP, server: Server, sender: str, recipients: Sequence[str], mail: Composed
) -> tuple[list[str], dict[str, SendError]]:
    """MAIL and RCPT: who was taken, and who was not and why."""
    limit = client.esmtp_extensions.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(mail.raw):
        megabytes = int(limit) / 1_000_000
        raise Rejected(
            f"The message is too large: the mail server takes {megabytes:.0f} MB. Send smaller files, or a link.", code="too_large"
        )
    has_utf8 = client.supports_extension("smtputf8")
    if mail.needs_utf8 and not has_utf8:
        raise Rejected("An address of this message has letters that the mail server cannot take. Ask for another address.", code="smtputf8")
    sender_wire = wire_address(sender)
    options = [b"SIZE=%d" % len(mail.raw)] if "size" in client.esmtp_extensions else []
    uses_utf8 = mail.needs_utf8 or (has_utf8 and not all(address.isascii() for address in recipients))
    options += [b"SMTPUTF8"] if uses_utf8 else []
    with_reports = client.supports_extension("dsn")
    if with_reports:
        options += [b"RET=HDRS", b"ENVID=" + _xtext(mail.message_id)[:100]]
    answer = await client.execute_command(b"MAIL", b"FROM:<" + sender_wire.encode() + b">", *options)
    if answer.code >= 300 or answer.code < 200:
        raise refusal("sender", answer, server.host)
    accepted: list[str] = []
    refused: dict[str, SendError] = {}
    for address in recipients:
        error = await _recipient(client, server, address, has_utf8=uses_utf8, with_reports=with_reports)
        if isinstance(error, Broken):
            raise error
        if error is None:
            accepted.append(address)
        else:
            refused[address] = error
    return accepted, refused


async def _recipient(client: aiosmtplib.SMTP, server: Server, address: str, *, has_utf8: bool, with_reports: bool) -> SendError | None:
    """None when the server takes the recipient, else why not."""
    try:
        wire = wire_address(address)
    except (ValueError, Invalid):
        return Rejected("This is not a mail address.", code="invalid_address")
    if not wire.isascii() and not has_utf8:
        return Rejected("The mail server cannot take the letters in this address.", code="smtputf8")
    options = []
    if with_reports:
        # Not SUCCESS: most servers of recipients would not answer it, those that do would send a mail for every answer of ours, and some people's
        # programs show such a wish as a request to confirm. A report of success that comes all the same is taken (`receipts.py`).
        options = [b"NOTIFY=FAILURE,DELAY"]
        if wire.isascii():
            options.append(b"ORCPT=rfc822;" + _xtext(wire))
    answer = await client.execute_command(b"RCPT", b"TO:<" + wire.encode() + b">", *options)
    if answer.code == 421:
        raise refusal("recipient", answer, server.host)
    return None if 200 <= answer.code < 300 else refusal("recipient", answer, server.host)


def _raise_when_alike(errors: Sequence[SendError]) -> None:
    """Nobody was taken: one error when there is one reason, so that the road out treats it as such."""
    if len(errors) == 1 or all(isinstance(error, Retry) for error in errors):
        raise errors[0]


def _result(address: str, error: SendError | None) -> RecipientResult:
    if error is None:
        return RecipientResult(address=address, state="sent")
    state: Literal["failed", "retry"] = "retry" if isinstance(error, Retry) else "failed"
    return RecipientResult(address=address, state=state, reason=error.sentence, code=error.code)


async def _content(client: aiosmtplib.SMTP, server: Server, raw: bytes, final_timeout_s: float) -> None:
    """DATA, the text, the dot. Everything before the dot may be tried again; after it nobody knows until the answer is there."""
    start = await client.execute_command(b"DATA")
    if start.code != 354:
        raise refusal("content", start, server.host)
    protocol, transport = (
        client.protocol,
        cast("asyncio.WriteTransport | None", client.transport),
    )  # uvloop's own class is no subclass of it
    if protocol is None or transport is None:
        raise aiosmtplib.SMTPServerDisconnected("connection lost")
    answer = asyncio.ensure_future(protocol.read_response(timeout=None))
    try:
        await _write_text(protocol, transport, raw, answer)
        if answer.done():  # before the dot: whatever it says, nothing was taken
            early = answer.result()
            raise refusal("content", early if early.code >= 400 else SMTPResponse(451, early.message), server.host)
        try:
            protocol.write(b".\r\n")
            async with asyncio.timeout(final_timeout_s):
                end = await asyncio.shield(answer)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Uncertain(
                f"The mail server {server.host} took the whole message but did not say whether it will deliver it.",
                code="no_answer",
                detail=type(error).__name__,
            ) from error
        if not 200 <= end.code < 300:
            raise refusal("content", end, server.host)
    finally:
        answer.cancel()
        with contextlib.suppress(asyncio.CancelledError, aiosmtplib.SMTPException, OSError):
            await answer


async def _write_text(
    protocol: aiosmtplib.protocol.SMTPProtocol, transport: asyncio.WriteTransport, raw: bytes, answer: asyncio.Future[SMTPResponse]
) -> None:
    """Writes the text until the kernel has all of it. Ends early when the server answers before it has seen everything."""
    transport.set_write_buffer_limits(0)
    text = _BREAKS.sub(b"\r\n", raw)
    text = re.sub(rb"(?m)^\.", b"..", text)
    protocol.write(text if text.endswith(b"\r\n") else text + b"\r\n")
    flushed = asyncio.ensure_future(protocol._drain_helper())  # what a StreamWriter's drain() calls; that one would close the transport
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_S + len(text) / 10_000):
            await asyncio.wait(set[asyncio.Future[Any]]((flushed, answer)), return_when=asyncio.FIRST_COMPLETED)
        if flushed.done():
            flushed.result()
    finally:
        flushed.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await flushed


def _xtext(text: str) -> bytes:
    """RFC 3461 §4: printable, with + and = written as their numbers."""
    return b"".join(b"%c" % byte if 33 <= byte <= 126 and byte not in b"+=" else b"+%02X" % byte for byte in text.encode())

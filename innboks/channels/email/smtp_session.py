"""A session with the server that takes our mail: opened, encrypted, signed in, and every refusal turned into the class that says what next.

Which class an answer means depends on when it came (RFC 5321 §4.2, RFC 3463): a 5xx to AUTH is for an admin, to RCPT for one person, to the
text for this message. `outbox.py` uses it to send, `channel.py` to try the settings at connect.
"""

import asyncio
import re
import socket
import ssl
from datetime import timedelta

import aiosmtplib
from aiosmtplib import SMTPResponse

from innboks.channels.email.certificate import refused
from innboks.channels.email.reach import refuse_unreachable
from innboks.channels.email.settings import Server
from innboks.errors import Blocked, Broken, Rejected, Retry, SendError

CONNECT_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 300.0  # RFC 5321 §4.5.3.2: five minutes for MAIL, RCPT and the start of DATA
GREYLIST_WAIT = timedelta(minutes=6)  # most servers that greylist want five (RFC 6647 §2.1)

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_MAIL_ADDRESS = re.compile(r"[^\s<>@]+@(?=[\w-]+\.)")
_UNKNOWN_PERSON = re.compile(
    r"user unknown|unknown (?:user|recipient|address|mailbox)|no such (?:user|recipient|mailbox|address)|does ?n[o']t exist|"
    r"(?:mailbox|recipient|address|account)\b[^.]{0,40}(?:unavailable|not found|unknown|invalid|disabled|inactive)|recipient (?:address )?rejected|"
    r"invalid (?:recipient|mailbox|address)|not a valid mailbox",
    re.IGNORECASE,
)
_FULL = re.compile(r"(?:mailbox|quota|inbox)[^.]{0,30}(?:full|exceeded)|over ?quota|exceeds? quota|insufficient storage", re.IGNORECASE)
_TOO_LARGE = re.compile(
    r"too (?:large|big)|size (?:limit|exceeds)|exceeds? (?:the )?(?:fixed )?(?:maximum )?(?:message )?size|message length", re.IGNORECASE
)
_SPAM = re.compile(r"spam|junk|content rejected|virus|malware|phish", re.IGNORECASE)
_LISTED = re.compile(r"blacklist|blocklist|black ?listed|\brbl\b|dnsbl|reputation|spamhaus|poor reputation", re.IGNORECASE)


async def open_session(server: Server, own_name: str) -> aiosmtplib.SMTP:
    """Connects, encrypts and signs in. Raises `Retry` for what may pass by itself, `Broken` for what an admin must mend."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls == "tls",
        start_tls=False,
        tls_context=server.tls_context(),
        timeout=CONNECT_TIMEOUT_S,
        local_hostname=own_name,
    )
    try:
        found = await asyncio.get_running_loop().getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        refuse_unreachable(server.host, [str(one[4][0]) for one in found])
        await client.connect()
        peer = client.transport.get_extra_info("peername") if client.transport is not None else None
        refuse_unreachable(server.host, [str(peer[0])] if peer else [])  # a name may have changed its mind since
        await _greet(client)
        if await _encrypt(client, server):
            await _greet(client)
        if wants_login(server, client):
            await client.login(server.user, server.password)
    except SendError:
        client.close()
        raise
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise _trouble(server, error) from error
    except BaseException:
        client.close()
        raise
    client.timeout = COMMAND_TIMEOUT_S
    return client


def wants_login(server: Server, client: aiosmtplib.SMTP) -> bool:
    """Is there something to sign in with, and a reason to? A relay of one's own network often offers no sign-in, so the mailbox's password has no use there."""
    return bool(server.user) and (not server.is_login_borrowed or client.supports_extension("auth"))


async def _greet(client: aiosmtplib.SMTP) -> None:
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code < 500:
            raise
        await client.helo()


async def _encrypt(client: aiosmtplib.SMTP, server: Server) -> bool:
    """True when the connection became encrypted here."""
    offered = client.supports_extension("starttls")
    if server.tls == "starttls" or (server.tls == "offered" and offered):
        if not offered:
            raise Broken(
                f"The mail server {server.host} offers no encryption on port {server.port}. Choose TLS and port 465, or ask your provider.",
                code="no_tls",
            )
        await client.starttls()
        return True
    if server.tls == "offered" and server.password and not server.is_near:
        raise Broken(
            f"The mail server {server.host} offers no encryption, so the password was not sent. Use port 465, or set encryption to “none”.",
            code="no_tls",
        )
    return False


def _trouble(server: Server, error: Exception) -> SendError:
    """A failure before any mail was handed over, in words that name the server and what to do."""
    place = f"{server.host} (port {server.port})"
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return Retry(f"The mail server “{server.host}” was not found. Check its name.", code="dns", detail=str(cause))
        if isinstance(cause, ssl.SSLCertVerificationError):
            return refused(place, cause)
        if isinstance(cause, ssl.SSLError):
            return Broken(
                f"No encrypted connection to the mail server {place}: it may not speak TLS on this port. Check port and encryption.",
                code="tls",
                detail=str(cause),
            )
        if isinstance(cause, ConnectionRefusedError):
            return Retry(f"The mail server {place} refused the connection. Check name and port.", code="refused")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        if 400 <= error.code < 500:
            return Retry(
                f"The mail server {place} cannot check the password at the moment.",
                code="auth_later",
                detail=said(error.code, error.message),
            )
        return Broken(
            f"The mail server {place} refused the user name or password. Enter them again; many providers want an app password.",
            code="auth",
            detail=said(error.code, error.message),
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return refusal("greeting", SMTPResponse(error.code, error.message), server.host)
    if isinstance(error, TimeoutError):
        return Retry(f"The mail server {place} did not answer in time.", code="timeout")
    if isinstance(error, aiosmtplib.SMTPException) and "AUTH" in str(error).upper():
        return Broken(
            f"The mail server {place} lets nobody sign in on this port. Use port 587 or 465, or leave user and password empty.", code="auth"
        )
    return Retry(f"The connection to the mail server {place} broke off.", code="connection", detail=type(error).__name__)


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 8:
        chain += [*current.exceptions] if isinstance(current, BaseExceptionGroup) else [current]
        current = current.__cause__ or current.__context__
    return chain


def refusal(stage: str, answer: SMTPResponse, host: str) -> SendError:
    """What a 4xx or 5xx means. `stage` is greeting, sender, recipient or content."""
    text = said(answer.code, answer.message)
    status = status_of(answer.message)
    if 400 <= answer.code < 500 or answer.code == -1:
        greylisted = re.search(r"gr[ae]y ?-?list", answer.message, re.IGNORECASE) is not None
        return Retry(
            f"The mail server {host} asked us to come back later.", after=GREYLIST_WAIT if greylisted else None, code="later", detail=text
        )
    if answer.code in (530, 534, 535, 538):
        return Broken(
            f"The mail server {host} wants a valid user name and password. Enter them in the connection's settings.",
            code="auth",
            detail=text,
        )
    if stage == "recipient":
        return _recipient_refusal(answer, status, text)
    if answer.code == 552 or status in ("5.3.4", "5.2.3") or _TOO_LARGE.search(answer.message):
        return Rejected(
            "The message is too large for the mail server. Send smaller files, or a link to them.", code="too_large", detail=text
        )
    if stage == "content":
        if _SPAM.search(answer.message):
            return Rejected("The mail server took the message for spam and refused it.", code="spam", detail=text)
        return Rejected("The mail server refused the message.", code="refused_content", detail=text)
    if stage == "sender":
        return Broken(
            f"The mail server {host} does not let us send from this address. Check its settings.", code="sender_refused", detail=text
        )
    return Broken(f"The mail server {host} does not take mail from us.", code="server_refused", detail=text)


def _recipient_refusal(answer: SMTPResponse, status: str, text: str) -> SendError:
    if _LISTED.search(answer.message):
        return Rejected("The receiving server refuses mail from our mail server because of its reputation.", code="reputation", detail=text)
    if status in ("5.2.2",) or answer.code == 552 or _FULL.search(answer.message):
        return Rejected("The mailbox is full.", code="mailbox_full", detail=text)
    if status in ("5.1.2", "5.4.4", "5.1.10", "5.4.1"):
        return Blocked("The domain of this address takes no mail. Check the address.", code="unknown_domain", detail=text)
    if status in ("5.1.0", "5.1.1", "5.1.3", "5.1.6", "5.2.1") or _UNKNOWN_PERSON.search(answer.message):
        return Blocked("There is no mailbox with this address. Check the address.", code="unknown_address", detail=text)
    if status.startswith("5.7.") or "relay" in answer.message.lower():
        return Rejected("The mail server does not let us send to this address.", code="not_allowed", detail=text)
    return Blocked("The receiving server refused this address.", code="refused_address", detail=text)


def status_of(message: str) -> str:
    """The enhanced status code at the start of an answer (RFC 3463), "" when there is none."""
    found = _STATUS.match(message.strip())
    return found[1] if found else ""


def said(code: int, message: str) -> str:
    """What the server said, on one line, without the local part of addresses, to be kept and shown."""
    line = " ".join(part.strip() for part in message.splitlines())
    return _MAIL_ADDRESS.sub("…@", f"{code} {line}".encode("ascii", "replace").decode("ascii"))[:300]

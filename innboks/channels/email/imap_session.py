"""A session with an IMAP server: opened, encrypted, signed in; every command in a thread, every failure in the words of `errors.py`.

It only ever reads: folders are opened with EXAMINE and mails with BODY.PEEK, so nothing is marked as read and nothing deleted; `append` (a copy into
Sent) is the one exception. `Retry` and `Broken` mean that the session is over; `NotDone` means that the server refused one command and the session
goes on. IMAPClient speaks the protocol (RFC 3501); waiting for news (IDLE, RFC 2177) is done here without holding a thread.
"""

import asyncio
import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import imapclient  # type: ignore[import-untyped]
import msgspec
from imapclient.exceptions import LoginError, ProtocolError  # type: ignore[import-untyped]

from innboks.channels.email.certificate import Certificate, certificate_of, refused
from innboks.channels.email.reach import refuse_unreachable
from innboks.channels.email.settings import Server
from innboks.errors import Broken, Retry, SendError

CONNECT_TIMEOUT_S = 20.0
READ_TIMEOUT_S = 90.0
"""How long the server may be silent in the middle of an answer."""
OPENING_TIMEOUT_S = 180.0
ANSWER_TIMEOUT_S = 600.0
"""How long a whole answer may take, beside the time for its bytes at SLOWEST: one that trickles would hold its place for ever."""
SLOWEST = 50_000
"""Bytes a second."""
ANSWER_MAX = 64_000_000
"""Bytes of an answer, when no more were announced: a server that never stops, or says a false size, must not fill the memory."""

# A search in a mailbox with a million mails is one line; the library's limit is meant against servers that never end a line.
imaplib._MAXLINE = max(imaplib._MAXLINE, 32_000_000)  # type: ignore[attr-defined]

_LATER = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]|temporar|try again|too many|rate limit", re.IGNORECASE)  # RFC 5530
_MAIL_ADDRESS = re.compile(r"[^\s<>@\"]+@(?=[\w-]+\.)")

Result = TypeVar("Result")


class NotDone(Exception):
    """The server said NO to one command, or answered it with something unreadable. `sentence` is what it said, cleaned."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class FolderInfo(msgspec.Struct, frozen=True):
    """`uidnext` 0: the server did not say."""

    uidvalidity: int
    uidnext: int
    messages: int = 0


class Listed(msgspec.Struct, frozen=True):
    """A folder as LIST shows it; `flags` in lower case without the backslash."""

    name: str
    flags: frozenset[str]
    separator: str


class MailFacts(msgspec.Struct, frozen=True):
    """What is known of a mail before its bytes are fetched: when the server got it, and how large it is."""

    uid: int
    at: datetime
    size: int


class Session:
    """Use `open_session`. One command at a time; `close` may be called at any moment and ends a command that waits."""

    def __init__(self, client: Any, server: Server) -> None:
        self._client = client
        self._server = server
        self._room = _Room(client._imap)
        self.folder: str | None = None

    @property
    def encryption(self) -> str:
        """ "TLS 1.3" and the like; "": none."""
        return tls_version(self._client.socket())

    @property
    def certificate(self) -> Certificate | None:
        """What the server showed; None: no encryption."""
        return certificate_of(self._client.socket())

    @property
    def can_idle(self) -> bool:
        return bool(self._client.has_capability("IDLE"))

    async def list_folders(self) -> list[Listed]:
        """Every folder of this mailbox's owner; those that others share are left out (RFC 2342)."""

        def ask(client: Any) -> list[Listed]:
            foreign: list[str] = []
            if client.has_capability("NAMESPACE"):
                spaces = client.namespace()
                foreign = [prefix for space in (spaces.other, spaces.shared) for prefix, _ in space or () if prefix]
            found = []
            for flags, separator, name in client.list_folders("", "*"):
                words = frozenset(flag.decode("ascii", "replace").lstrip("\\").lower() for flag in flags)
                if not any(name.startswith(prefix) for prefix in foreign):
                    found.append(Listed(name=name, flags=words, separator=(separator or b"").decode("ascii", "replace")))
            return found

        return await self._run(ask)

    async def status(self, folder: str) -> FolderInfo:
        """How a folder stands without opening it."""

        def ask(client: Any) -> FolderInfo:
            told = client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
            return FolderInfo(int(told.get(b"UIDVALIDITY", 0)), int(told.get(b"UIDNEXT", 0)), int(told.get(b"MESSAGES", 0)))

        return await self._run(ask)

    async def examine(self, folder: str) -> FolderInfo:
        """Opens a folder for reading only."""

        def ask(client: Any) -> FolderInfo:
            told = client.select_folder(folder, readonly=True)
            return FolderInfo(int(told.get(b"UIDVALIDITY", 0)), int(told.get(b"UIDNEXT", 0)), int(told.get(b"EXISTS", 0)))

        self.folder = None
        info = await self._run(ask)
        self.folder = folder
        return info

    async def uids(self, first: int = 1, last: int | None = None, since: date | None = None) -> list[int]:
        """UIDs in the open folder, ascending, of mails that the server got on `since` (its own calendar) or later."""

        def ask(client: Any) -> list[int]:
            criteria: list[Any] = ["UID", f"{first}:{last or '*'}"]
            if since is not None:
                criteria += ["SINCE", since]
            found = client.search(criteria)
            return sorted(uid for uid in found if uid >= first and (last is None or uid <= last))  # "n:*" always names the last one

        return await self._run(ask)

    async def newest_at(self) -> datetime | None:
        """When the server got the last mail of the open folder; None where there is none."""

        last = await self._run(lambda client: list(client.search(["UID", "*"])))
        return max((one.at for one in await self.facts(last)), default=None)

    async def facts(self, uids: Sequence[int]) -> list[MailFacts]:
        """When they came and how large they are; those that are gone are missing."""

        def ask(client: Any) -> list[MailFacts]:
            told = client.fetch(list(uids), ["INTERNALDATE", "RFC822.SIZE"])
            return [_facts(uid, told[uid]) for uid in uids if uid in told]

        return await self._run(ask)

    async def bodies(self, uids: Sequence[int], size: int = 0) -> dict[int, bytes]:
        """The mails as they came; those that are gone are missing. `size`: how large they are together, by what the server said."""

        def ask(client: Any) -> dict[int, bytes]:
            told = client.fetch(list(uids), ["BODY.PEEK[]"])
            return {uid: told[uid][b"BODY[]"] for uid in uids if isinstance(told.get(uid, {}).get(b"BODY[]"), bytes)}

        return await self._run(ask, size=size)

    async def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The header lines of mails whose bodies are not wanted."""

        def ask(client: Any) -> dict[int, bytes]:
            told = client.fetch(list(uids), ["BODY.PEEK[HEADER]"])
            return {uid: told[uid][b"BODY[HEADER]"] for uid in uids if isinstance(told.get(uid, {}).get(b"BODY[HEADER]"), bytes)}

        return await self._run(ask)

    async def message_ids(self, uids: Sequence[int]) -> dict[int, str]:
        """The Message-ID of each mail, as it stands there; "" where there is none."""

        def ask(client: Any) -> dict[int, str]:
            part = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
            told = client.fetch(list(uids), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
            return {uid: (told[uid].get(part) or b"").partition(b":")[2].decode("latin-1").strip() for uid in uids if uid in told}

        return await self._run(ask)

    async def find(self, message_id: str) -> list[int]:
        """UIDs of the mails in the open folder with this Message-ID."""
        return await self._run(lambda client: list(client.search(["HEADER", "Message-ID", message_id])))

    async def append(self, folder: str, raw: bytes) -> None:
        """Puts a mail into a folder, as read."""
        await self._run(lambda client: client.append(folder, raw, (r"\Seen",)))

    async def create(self, folder: str) -> None:
        await self._run(lambda client: client.create_folder(folder))

    async def idle(self, timeout_s: float) -> None:
        """Waits until the server has news of the open folder, at most `timeout_s` seconds. RFC 2177: no longer than 29 minutes."""
        tag, has_news = await self._run(_start_idle)
        if not has_news:
            await self._readable(timeout_s)
        await self._run(lambda client: _end_idle(client, tag))

    async def _readable(self, timeout_s: float) -> None:
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        descriptor = self._client.socket().fileno()
        loop.add_reader(descriptor, news.set)
        try:
            await asyncio.wait_for(news.wait(), timeout_s)
        except TimeoutError:
            pass
        finally:
            loop.remove_reader(descriptor)

    def close(self) -> None:
        """At once, without a word to the server; a thread that waits for an answer is freed."""
        with contextlib.suppress(OSError):
            self._client._imap.sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._client._imap.sock.close()

    async def log_out(self) -> None:
        """Politely, at most a few seconds."""
        try:
            async with asyncio.timeout(3):
                await in_thread(self._client.logout)
        except Exception:
            self.close()

    async def _run(self, command: Callable[[Any], Result], *, size: int = 0) -> Result:
        self._room.left = max(ANSWER_MAX, 2 * size)  # sizes that servers tell are not always right
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S + size / SLOWEST):
                return await in_thread(command, self._client)
        except asyncio.CancelledError:
            self.close()
            raise
        except (imaplib.IMAP4.abort, OSError) as error:
            self.close()
            raise trouble(self._server, error) from error
        except imaplib.IMAP4.error as error:
            raise NotDone(said(error)) from error
        except (ProtocolError, ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError) as error:
            raise NotDone("The mail server's answer could not be read.") from error  # the answer as a whole was read: the session goes on


class _Room:
    """How many bytes the server may still send. Stands between the library and the connection."""

    def __init__(self, imap: Any) -> None:
        self.left = ANSWER_MAX
        self._read, self._readline = imap.read, imap.readline
        imap.read, imap.readline = self.read, self.readline

    def read(self, size: int) -> bytes:
        self._take(size)  # before the bytes come: the library makes room for all of them at once
        return bytes(self._read(size))

    def readline(self) -> bytes:
        line = bytes(self._readline())
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise imaplib.IMAP4.abort("the answer is too large")


async def open_session(server: Server, limit_s: float = OPENING_TIMEOUT_S) -> Session:
    """Connects, encrypts, signs in (where there is a user), within `limit_s` seconds; the server may be silent no longer afterwards, either.

    Raises `Retry` for what may pass by itself, `Broken` for what an admin must mend (with `code` as for SMTP)."""
    opening = asyncio.ensure_future(in_thread(_open, server, limit_s))
    try:
        async with asyncio.timeout(limit_s):
            client = await asyncio.shield(opening)
    except (asyncio.CancelledError, TimeoutError) as error:
        opening.add_done_callback(_close_late)
        if isinstance(error, TimeoutError):
            raise trouble(server, error) from error
        raise
    except SendError:
        raise
    except Exception as error:
        raise trouble(server, error) from error
    return Session(client, server)


def _close_late(opened: "asyncio.Future[Any]") -> None:
    if not opened.cancelled() and opened.exception() is None:
        Session(opened.result(), Server(host="", port=0, tls="none")).close()


def _open(server: Server, limit_s: float) -> Any:
    context = server.tls_context()
    refuse_unreachable(server.host, [str(one[4][0]) for one in socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)])
    client = imapclient.IMAPClient(
        server.host,
        server.port,
        ssl=server.tls == "tls",
        ssl_context=context if server.tls == "tls" else None,
        timeout=imapclient.SocketTimeout(min(CONNECT_TIMEOUT_S, limit_s), min(READ_TIMEOUT_S, limit_s)),
    )
    try:
        client._imap.debug = 0  # the library would write every line into a log, mail included
        client.normalise_times = False
        refuse_unreachable(server.host, [str(client.socket().getpeername()[0])])  # a name may have changed its mind since
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        _encrypt(client, server, context)
        if server.user:
            _sign_in(client, server)
    except BaseException:
        with contextlib.suppress(OSError):  # a failed handshake closed it already; its reason is what counts
            client.shutdown()
        raise
    return client


def _encrypt(client: Any, server: Server, context: ssl.SSLContext) -> None:
    if server.tls == "tls" or server.tls == "none":
        return
    if client.has_capability("STARTTLS"):
        client.starttls(context)
        return
    if server.tls == "starttls":
        raise Broken(
            f"The mail server {server.host} offers no encryption on port {server.port}. Choose TLS and port 993, or ask your provider.",
            code="no_tls",
        )
    if server.password and not server.is_near:
        raise Broken(
            f"The mail server {server.host} offers no encryption, so the password was not sent. Use port 993, or set encryption to “none”.",
            code="no_tls",
        )


def _sign_in(client: Any, server: Server) -> None:
    """By SASL PLAIN where the server knows it, because LOGIN carries ASCII only (RFC 4616)."""
    is_plain = client.has_capability("AUTH=PLAIN")
    if not is_plain and client.has_capability("LOGINDISABLED"):
        raise Broken(f"The mail server {server.host} lets nobody sign in on this port without encryption. Use port 993.", code="no_tls")
    try:
        if is_plain:
            client.plain_login(server.user, server.password)
        else:
            client.login(server.user, server.password)
    except imaplib.IMAP4.abort:
        raise
    except (LoginError, UnicodeEncodeError) as error:
        text = said(error)
        if _LATER.search(text):
            raise Retry(
                f"The mail server {server.host} cannot check the password at the moment.", code="auth_later", detail=text
            ) from error
        raise Broken(
            f"The mail server {server.host} (port {server.port}) refused the user name or password. "
            "Enter them again; many providers want an app password.",
            code="auth",
            detail=text,
        ) from error


def trouble(server: Server, error: BaseException) -> SendError:
    """A failed connection, in words that name the server and what to do."""
    place = f"{server.host} (port {server.port})"
    if isinstance(error, SendError):
        return error
    if isinstance(error, socket.gaierror):
        return Retry(f"The mail server “{server.host}” was not found. Check its name.", code="dns", detail=str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return refused(place, error)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Broken(
            f"No encrypted connection to the mail server {place}: it may not speak TLS on this port. Check port and encryption.",
            code="tls",
            detail=str(error),
        )
    if isinstance(error, ConnectionRefusedError):
        return Retry(f"The mail server {place} refused the connection. Check name and port.", code="refused")
    if isinstance(error, TimeoutError):
        return Retry(f"The mail server {place} did not answer in time.", code="timeout")
    return Retry(f"The connection to the mail server {place} broke off.", code="connection", detail=said(error))


def said(error: BaseException) -> str:
    """What the server said, on one line, without the local part of addresses, to be kept and shown."""
    line = " ".join(str(error).split()).replace("b'", "", 1)
    line = re.sub(r"^(?:[\w: =>]{1,40} (?:failed|error)[.:]? ?)+", "", line).strip("'\" ")
    return _MAIL_ADDRESS.sub("…@", line)[:300]


def tls_version(connection: Any) -> str:
    """Of an encrypted connection "TLS 1.3" and the like; of another ""."""
    return str(connection.version() or "").replace("v", " ") if hasattr(connection, "version") else ""


def _facts(uid: int, told: Any) -> MailFacts:
    at = told.get(b"INTERNALDATE")
    if not isinstance(at, datetime):
        at = datetime.now(UTC)
    return MailFacts(uid=uid, at=at if at.tzinfo else at.replace(tzinfo=UTC), size=int(told.get(b"RFC822.SIZE") or 0))


def _start_idle(client: Any) -> tuple[Any, bool]:
    """(tag, whether there is news already). News may come in one packet with the server's consent: then it lies in the buffer, and the
    socket will not become readable."""
    imap = client._imap
    tag = imap._command("IDLE")
    has_news = False
    while imap._get_response() is not None:
        has_news = True
        if imap.tagged_commands[tag]:
            kind, data = imap.tagged_commands.pop(tag)
            raise imaplib.IMAP4.error(f"IDLE failed: {kind} {data}")
    sock = client.socket()
    sock.setblocking(False)
    try:
        has_news = has_news or bool(imap.file.peek(1))
    except (ssl.SSLWantReadError, BlockingIOError):
        pass
    finally:
        sock.settimeout(READ_TIMEOUT_S)
    return tag, has_news


def _end_idle(client: Any, tag: Any) -> None:
    imap = client._imap
    imap.send(b"DONE\r\n")
    while not imap.tagged_commands[tag]:
        imap._get_response()
    imap.tagged_commands.pop(tag)


async def in_thread(function: Callable[..., Result], *args: Any) -> Result:
    """Like `asyncio.to_thread`, but in a thread of its own that does not keep the process alive: a server that hangs holds up nobody else."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result, problem = None, None
        try:
            result = function(*args)
        except BaseException as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="imap", daemon=True).start()
    return await done

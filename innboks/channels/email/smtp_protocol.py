"""The wire of the SMTP receiver: `aiosmtpd`, with the parts replaced that cost mails or time.

The library refuses lines over 1 000 bytes (real mail has them), reads the text line by line (3 ms for 100 KB) and addresses by the grammar of message
headers, and its STARTTLS needs asyncio's own loop. Here the text is read in blocks, lines may be as long as they like, and TLS starts on any loop. Who
may send what is decided in `receiver.py`.
"""

import asyncio
import collections
import re
import ssl
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

from aiosmtpd.smtp import SMTP, syntax

if TYPE_CHECKING:
    from innboks.channels.email.receiver import Listener

BLOCK = 128 * 1024
COMMAND_LIMIT = 2048
IDLE_TIMEOUT_S = 300.0  # RFC 5321 §4.5.3.2.7
SLOWEST = 2_000
"""Bytes a second below which a client that sends a text is cut off, after IDLE_TIMEOUT_S of grace."""
_END = b"\r\n.\r\n"
_PLAIN_PATH = re.compile(
    r"[ \t]*<([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>[ \t]*(.*)",
    re.DOTALL,
)
"""A path as nearly all are: a dot-atom at a domain (RFC 5321 §4.1.2)."""


class SmtpProtocol(SMTP):
    """One connection."""

    line_length_limit = BLOCK  # the stream's buffer, not a line's length: see smtp_DATA

    def __init__(
        self, conversation: Any, *, size_limit: int, hostname: str, tls_context: ssl.SSLContext | None, listener: "Listener"
    ) -> None:
        super().__init__(
            conversation,
            data_size_limit=size_limit,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP",
            tls_context=tls_context,
            timeout=IDLE_TIMEOUT_S,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        # The library keeps one dictionary for all connections and adds to it at every EHLO.
        self.command_size_limits = collections.defaultdict(lambda: COMMAND_LIMIT)
        self.command_size_limit = COMMAND_LIMIT
        self._listener = listener
        self._client = ""
        self._is_secured = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self._listener.admit(self, self._client):
            cast("asyncio.Transport", transport).write(b"421 4.7.0 Too many connections, try again later\r\n")
            self._handle_client = self._turned_away  # type: ignore[method-assign]
            super().connection_made(transport)
            transport.close()
            return
        super().connection_made(transport)

    async def _turned_away(self) -> None:
        return

    def connection_lost(self, error: Exception | None) -> None:
        self._listener.leave(self, self._client)
        super().connection_lost(error)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The address of MAIL or RCPT, and what stands behind it. The library makes a class and a tree of objects for each; where an address has
        quotes, comments or a route, it is asked."""
        plain = _PLAIN_PATH.fullmatch(arg)
        return (plain[1], plain[2]) if plain is not None else super()._getaddr(arg)

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.close()

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802 - the name is the library's
        if arg:
            await self.push("501 5.5.4 Syntax: STARTTLS")
            return
        if self.tls_context is None or self._is_secured:
            await self.push("503 5.5.1 No")
            return
        await self.push("220 2.0.0 Ready to start TLS")
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # what came before encryption was not said by our client (RFC 3207 §4.2)
        try:
            transport = await self.loop.start_tls(self.transport, self, self.tls_context, server_side=True)  # type: ignore[arg-type]
        except (OSError, ssl.SSLError, TimeoutError):
            self.drop()
            return
        assert transport is not None
        self.transport = transport
        self._reader._transport = transport  # type: ignore[attr-defined]
        self._writer._transport = transport  # type: ignore[attr-defined]
        self._over_ssl = True
        self._is_secured = True
        self._tls_protocol = transport  # type: ignore[assignment]  # only asked whether it is there
        self._set_rset_state()  # type: ignore[no-untyped-call]
        peer = self.session.peer if self.session else None
        self.session = self._create_session()
        self.session.peer = peer
        self.session.ssl = transport.get_extra_info("ssl_object")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        blocks: list[bytes] = []
        refusal = ""
        size = counted = 0
        deadline = self.loop.time() + IDLE_TIMEOUT_S
        try:
            async for block in self._text():
                size += len(block)
                self._reset_timeout(min(IDLE_TIMEOUT_S, max(1.0, deadline + size / SLOWEST - self.loop.time())))
                if not refusal and self.data_size_limit and size > self.data_size_limit + len(_END):
                    refusal = "552 5.3.4 The mail is too large"
                elif not refusal and size - counted > BLOCK:
                    if self._listener.has_room(size - counted):
                        self._listener.bytes_under_way += size - counted
                        counted = size
                    else:
                        refusal = "452 4.3.1 Too much mail at the moment, try again later"
                if refusal:
                    blocks.clear()
                else:
                    blocks.append(block)
            if not refusal:
                self._reset_timeout(2 * IDLE_TIMEOUT_S)  # storing has its own limit
                self.envelope.content = self.envelope.original_content = _unstuffed(b"".join(blocks))
                blocks.clear()
                refusal = await self._call_handler_hook("DATA")
        finally:
            self._listener.bytes_under_way -= counted
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        self._reset_timeout()
        await self.push(refusal)

    async def _text(self) -> AsyncIterator[bytes]:
        """The text in blocks, up to the dot that ends it. Only CR LF dot CR LF ends it: anything laxer lets one mail smuggle in another.
        A CR LF is put before it, so that a dot on the very first line is found as well."""
        reader = self._reader
        reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]
        while True:
            try:
                yield (await reader.readuntil(_END))[: 2 - len(_END)]
            except asyncio.LimitOverrunError as error:
                yield await reader.readexactly(error.consumed)  # never splits the end: `consumed` stops before what could be its start
            else:
                return


def _unstuffed(text: bytes) -> bytes:
    """Without the CR LF put before it, and without the dot that senders put before a line's own (RFC 5321 §4.5.2)."""
    return text.replace(b"\r\n.", b"\r\n")[2:]

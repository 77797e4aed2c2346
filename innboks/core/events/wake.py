"""Tells every process of the installation that an account has new events, and carries what has no row: typing and presence.

`touch` is called after a commit. The first touch leaves at once; those that come within PAUSE_S after a note go together in the next one,
so a thousand commits a second cost fifty notes, and as few looks into the log by those who listen. All who listen in one process do so over one
connection, because each would cost the database's server a process that every note wakes. Read next: `tail.py`, which listens.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import structlog

from innboks.lib.backplane import Backplane

log = structlog.get_logger("wake")

NOTE_ACCOUNTS = 500
PAUSE_S = 0.02
"""Between two notes of one process. Nobody sees it on a screen, and under load notes would cost more than the messages they tell of."""


class Note(msgspec.Struct):
    """What travels: accounts with news, or one signal for one account."""

    accounts: list[int] = []
    signal: dict[str, Any] | None = None


class _Hearer(NamedTuple):
    on_news: Callable[[int], None]
    on_signal: Callable[[int, dict[str, Any]], None]
    on_connected: Callable[[], None]


class Wake:
    """The notes of one process, out and in."""

    def __init__(self, backplane: Backplane) -> None:
        self._backplane = backplane
        self._touched: set[int] = set()
        self._sender: asyncio.Task[None] | None = None
        self._may_send_at = 0.0
        self._hearers: list[_Hearer] = []
        self._ear: asyncio.Task[None] | None = None

    def touch(self, account_id: int) -> None:
        """Account `account_id` has new events. Returns at once."""
        self._touched.add(account_id)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())

    async def signal(self, account_id: int, signal: dict[str, Any]) -> None:
        """Something that is true only now, for everybody looking at this account; never stored."""
        await self._backplane.publish(msgspec.json.encode(Note([account_id], signal)).decode())

    async def listen(
        self, on_news: Callable[[int], None], on_signal: Callable[[int, dict[str, Any]], None], on_connected: Callable[[], None]
    ) -> None:
        """Runs until cancelled. `on_connected`: until now notes may have been missed."""
        hearer = _Hearer(on_news, on_signal, on_connected)
        self._hearers.append(hearer)
        try:
            if self._ear is None or self._ear.done():
                self._ear = asyncio.create_task(self._backplane.listen(self._hear, self._on_connected))
            else:
                on_connected()
            await asyncio.shield(self._ear)
        finally:
            self._hearers.remove(hearer)
            if not self._hearers:
                await self._stop_listening()

    async def close(self) -> None:
        if self._sender is not None:
            await asyncio.gather(self._sender, return_exceptions=True)
        await self._stop_listening()
        await self._backplane.close()

    def _hear(self, text: str) -> None:
        """What cannot be read makes nobody deaf to what comes after it, and what one of those who listen stumbles over is heard by the others."""
        try:
            note = msgspec.json.decode(text, type=Note)
        except msgspec.MsgspecError as error:
            log.warning("a note was not understood", error=type(error).__name__)
            return
        for hearer in tuple(self._hearers):
            try:
                for account_id in note.accounts:
                    if note.signal is None:
                        hearer.on_news(account_id)
                    else:
                        hearer.on_signal(account_id, note.signal)
            except Exception as error:
                log.warning("a note was not understood", error=type(error).__name__)

    def _on_connected(self) -> None:
        for hearer in tuple(self._hearers):
            hearer.on_connected()

    async def _stop_listening(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)

    async def _send(self) -> None:
        while self._touched:
            if (pause := self._may_send_at - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            accounts = [self._touched.pop() for _ in range(min(len(self._touched), NOTE_ACCOUNTS))]
            await self._backplane.publish(msgspec.json.encode(Note(accounts)).decode())
            self._may_send_at = time.monotonic() + PAUSE_S

"""Tells every process of the installation that an account has new events, and carries what has no row: typing and presence.

`touch` is called after a commit. Touches that come while a note is on its way are put together, so a thousand commits a second cost
a handful of notes. Read next: `tail.py`, which listens.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from innboks.lib.backplane import Backplane

NOTE_ACCOUNTS = 500


class Note(msgspec.Struct):
    """What travels: accounts with news, or one signal for one account."""

    accounts: list[int] = []
    signal: dict[str, Any] | None = None


class Wake:
    """The sending side of one process."""

    def __init__(self, backplane: Backplane) -> None:
        self._backplane = backplane
        self._touched: set[int] = set()
        self._sender: asyncio.Task[None] | None = None

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
        """Runs until cancelled."""

        def hear(text: str) -> None:
            note = msgspec.json.decode(text, type=Note)
            for account_id in note.accounts:
                if note.signal is None:
                    on_news(account_id)
                else:
                    on_signal(account_id, note.signal)

        await self._backplane.listen(hear, on_connected)

    async def close(self) -> None:
        if self._sender is not None:
            await asyncio.gather(self._sender, return_exceptions=True)
        await self._backplane.close()

    async def _send(self) -> None:
        while self._touched:
            accounts = [self._touched.pop() for _ in range(min(len(self._touched), NOTE_ACCOUNTS))]
            await self._backplane.publish(msgspec.json.encode(Note(accounts)).decode())

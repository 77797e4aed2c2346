"""The team's own mailboxes at a big provider, in memory: mails in folders, and a log of what changed, from which each provider tells in its own way.

Read next: `google.py` and `microsoft.py`, which serve them; `oauth_server.py`, which lets programs in.
"""

import email
import email.policy
import itertools
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec

FOLDERS = ("inbox", "sent", "drafts", "junk", "trash", "archive")
Change = Literal["added", "moved", "deleted"]


class BoxMail(msgspec.Struct, kw_only=True):
    """One mail. `nth` is the number of its newest change. `files`: what was added to a draft besides its text."""

    id: str
    raw: bytes
    at: datetime
    folder: str
    thread: str
    message_id: str
    is_read: bool = False
    nth: int = 0
    files: list[bytes] = []


class Logged(msgspec.Struct, frozen=True):
    nth: int
    what: Change
    id: str
    folder: str
    came_from: str = ""


class TeamBox:
    """One mailbox. `log` is what changed, oldest first; what was before `log_starts_at` is forgotten, as providers do after a week."""

    def __init__(self, address: str, on_change: "Callable[[TeamBox], Awaitable[None]] | None" = None) -> None:
        self.address = address.lower()
        self.mails: dict[str, BoxMail] = {}
        self.log: list[Logged] = []
        self.log_starts_at = 0
        self.folders: list[str] = list(FOLDERS)
        self._numbers = itertools.count(1000)
        self._nth = next(self._numbers)
        self._on_change = on_change

    @property
    def nth(self) -> int:
        return self._nth

    async def put(self, raw: bytes, folder: str = "inbox", at: datetime | None = None, *, thread: str = "") -> BoxMail:
        """A mail arrives, or is written, in this folder."""
        id = secrets.token_hex(8)
        if folder not in self.folders:
            self.folders.append(folder)
        headers = email.message_from_bytes(raw[:65536], policy=email.policy.compat32)
        named = f"{headers.get('references', '')} {headers.get('in-reply-to', '')}"
        known = [one for one in self.mails.values() if one.message_id and f"<{one.message_id}>" in named]
        mail = BoxMail(
            id=id,
            raw=raw,
            at=at or datetime.now(UTC),
            folder=folder,
            thread=thread or (known[-1].thread if known else id),
            message_id=str(headers.get("message-id", "")).strip().strip("<>"),
        )
        self.mails[id] = mail
        await self._changed("added", mail)
        return mail

    async def move(self, id: str, folder: str) -> None:
        mail = self.mails[id]
        if folder not in self.folders:
            self.folders.append(folder)
        before, mail.folder = mail.folder, folder
        await self._changed("moved", mail, before)

    async def delete(self, id: str) -> None:
        await self._changed("deleted", self.mails.pop(id))

    async def touch(self, mail: BoxMail) -> None:
        """It has other content than before."""
        await self._changed("moved", mail, mail.folder)

    def newest_first(self) -> list[BoxMail]:
        return sorted(self.mails.values(), key=lambda mail: (mail.at, mail.nth), reverse=True)

    def since(self, nth: int) -> list[Logged]:
        return [one for one in self.log if one.nth > nth]

    def forget_log(self) -> None:
        """Every mark that was given out so far is worthless from now on."""
        self.log.clear()
        self._nth = next(self._numbers)
        self.log_starts_at = self._nth

    async def _changed(self, what: Change, mail: BoxMail, before: str = "") -> None:
        self._nth = mail.nth = next(self._numbers)
        self.log.append(Logged(mail.nth, what, mail.id, mail.folder, before))
        if self._on_change is not None:
            await self._on_change(self)

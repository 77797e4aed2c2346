"""Filling the past: everything since a day that somebody chose, in the background, between looks for new mail.

The wish stands in the settings (a new one starts the watcher anew); the progress is saved with the rest of the book. After a crash the folders
are compared again with what was delivered, so nothing is fetched twice. Read `mailbox.py` for the loop that calls `step`.
"""

from datetime import date

from innboks.channels.email.fetching import Fetcher, Item
from innboks.channels.email.folders import Watched
from innboks.channels.email.imap_session import NotDone, Session
from innboks.channels.email.mail_book import Book, Progress, unseen_of
from innboks.sdk.contract import Context

STEP = 100
"""Mails between two looks for new mail."""


class Backfill:
    """On one connection: what is still to be fetched, folder by folder, oldest first."""

    def __init__(self, ctx: Context, book: Book, fetcher: Fetcher, wish: date | None) -> None:
        self._ctx = ctx
        self._book = book
        self._fetcher = fetcher
        self._wish = wish
        self._left: list[tuple[Watched, list[int]]] | None = None

    async def step(self, session: Session, folders: list[Watched]) -> bool:
        """One portion. False: nothing is to be done."""
        if self._wish is None or self._book.is_filled(self._wish):
            return False
        if self._left is None:
            self._left = await self._plan(session, folders, self._wish)
        progress = self._book.backfill
        assert progress is not None
        while self._left and not self._left[0][1]:
            self._left.pop(0)
        if not self._left:
            progress.state = "done"
            self._book.filled = self._book.covered_since(self._wish)
            return False
        folder, uids = self._left[0]
        portion = uids[:STEP]
        await self._fetch(session, folder, portion)
        self._left[0] = (folder, uids[STEP:])
        progress.done += len(portion)
        return True

    async def _plan(self, session: Session, folders: list[Watched], since: date) -> list[tuple[Watched, list[int]]]:
        """What is missing; what is there already counts as done."""
        left = []
        total = missing = 0
        for folder in folders:
            try:
                self._book.place(folder.name, await session.examine(folder.name))
                uids = await session.uids(since=since)
            except NotDone:
                continue
            wanted = await unseen_of(self._ctx.unseen, self._book, folder.name, uids)
            total += len(uids)
            missing += len(wanted)
            left.append((folder, wanted))
        self._book.backfill = Progress(since=since, done=total - missing, total=total)
        return left

    async def _fetch(self, session: Session, folder: Watched, uids: list[int]) -> None:
        """What cannot be fetched becomes a gap: it is known, and tried again by itself."""
        name, now = folder.name, self._ctx.clock.now()
        due = [uid for uid in uids if not self._book.is_held_back(self._book.id_of(name, uid), now)]
        try:
            if session.folder != name:
                self._book.place(name, await session.examine(name))
        except NotDone:
            return
        missing = await unseen_of(self._ctx.unseen, self._book, name, due)
        facts = await self._fetcher.facts_of(session, folder, missing)
        items = [Item(id=self._book.id_of(name, one.uid), folder=name, facts=one, is_sent=folder.is_sent) for one in facts]
        await self._fetcher.deliver(session, sorted(items, key=lambda item: (item.facts.at, item.facts.uid)))

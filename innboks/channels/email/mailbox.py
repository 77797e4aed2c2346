"""Mail fetched from a mailbox by IMAP: every mail once, oldest first, also after days without a connection, never marking one as read.

`watch` is the loop: connect, reconcile all folders with what was delivered (`mail_book.py` says what is ours, `fetching.py` brings it), wait for
news in the INBOX (IDLE) and look at the other folders in between. `backfill.py` and the Sent folder (`sent_copies.py`) use the same
session. Read `imap_session.py` for the protocol.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog

from innboks.channels.email.backfill import Backfill
from innboks.channels.email.certificate import Certificate
from innboks.channels.email.fetching import FACTS_AT_ONCE, Changed, Fetcher, Item
from innboks.channels.email.folders import Watched, watched_folders
from innboks.channels.email.imap_session import OPENING_TIMEOUT_S, FolderInfo, NotDone, Session, open_session
from innboks.channels.email.mail_book import Book, backfill_wish, candidates, unseen_of
from innboks.channels.email.pulse import Pulse
from innboks.channels.email.sent_copies import from_elsewhere, is_in_sent, save_sent
from innboks.channels.email.settings import Config, Server, incoming_server
from innboks.errors import Broken, Retry, SendError
from innboks.sdk.contract import Context, Health

__all__ = ["Pace", "is_in_sent", "ledger", "save_sent", "try_mailbox", "watch"]

log = structlog.get_logger("mailbox")
GAPS_SHOWN = 50


class Pace(msgspec.Struct, frozen=True):
    """How often what is done, in seconds. `look_s`: the folders in which we do not wait; it also renews IDLE, which
    must be done within 29 minutes (RFC 2177). `poll_s`: the same for servers without IDLE. `full_s`: everything is compared anew."""

    look_s: float = 20
    poll_s: float = 15
    full_s: float = 3600
    full_after_break_s: float = 60
    retry_s: float = 1
    retry_most_s: float = 120
    broken_s: float = 60
    broken_most_s: float = 1800


async def watch(ctx: Context, pace: Pace | None = None) -> None:
    """Runs until cancelled. Wrong credentials make the connection broken and are tried again ever more rarely; the network may come and go."""
    await _Watcher(ctx, pace or Pace()).run()


class Opened(msgspec.Struct, frozen=True):
    """A mailbox as it was found: how the connection is encrypted ("" where it is not) and by which certificate, mails in the INBOX, when the last came."""

    encryption: str
    certificate: Certificate | None
    messages: int
    newest_at: datetime | None


async def try_mailbox(server: Server, limit_s: float = OPENING_TIMEOUT_S) -> Opened:
    """Signs in and opens the INBOX. Raises `Broken` or `Retry` with what to do."""
    session = await open_session(server, limit_s)
    try:
        messages = (await session.examine("INBOX")).messages
        newest_at: datetime | None = None
        with contextlib.suppress(NotDone):  # it is opened, and that is what counts
            newest_at = await session.newest_at() if messages else None
        return Opened(session.encryption, session.certificate, messages, newest_at)
    except NotDone as error:
        raise Broken(f"The mail server {server.host} does not open the INBOX.", code="no_inbox", detail=error.sentence) from error
    finally:
        await session.log_out()


async def ledger(ctx: Context) -> Mapping[str, Any]:
    """What the server holds of ours, and what of it we have not got. Raises `Retry` or `Broken` when the server cannot be asked."""
    book = _read_book(ctx)
    config: Config = ctx.config
    session = await open_session(incoming_server(config))
    rows: dict[str, dict[str, Any]] = {}
    try:
        folders, _ = watched_folders(await session.list_folders(), config.imap_folders)
        for folder in folders:
            try:
                rows[folder.name] = await _ledger_row(ctx, book, session, folder)
            except NotDone:
                continue  # gone since it was listed
    except NotDone as error:
        raise Retry("The mail server did not list the folders.", code="no_list", detail=error.sentence) from error
    finally:
        await session.log_out()
    return {
        "on_server": sum(row["on_server"] for row in rows.values()),
        "gap": sum(row["unseen"] for row in rows.values()),
        "folders": rows,
        "backfill": msgspec.to_builtins(book.backfill),
    }


async def _ledger_row(ctx: Context, book: Book, session: Session, folder: Watched) -> dict[str, Any]:
    """One folder: how many mails of ours it holds, how many of them were never delivered, and why."""
    info = await session.examine(folder.name)
    book.place(folder.name, info)
    found = await candidates(session, book, folder, above=0, covered=book.covered_since(backfill_wish(ctx.settings)))
    missing = await unseen_of(ctx.unseen, book, folder.name, found.all)
    stuck = set(book.gap_uids(folder.name))
    unsure = [uid for uid in missing if uid in found.by_date and uid not in stuck]
    if folder.is_sent:  # what was looked at there and not taken is a copy of what left through us
        done = book.places[folder.name].done
        fresh = set(await from_elsewhere(ctx, session, [uid for uid in missing if uid > done]))
        copies = set(missing) - fresh - stuck
        missing, unsure = [uid for uid in missing if uid not in copies], [uid for uid in unsure if uid not in copies]
        found.sure -= copies
        found.by_date -= copies
    foreign: set[int] = set(unsure)
    for first in range(0, len(unsure), FACTS_AT_ONCE):
        foreign -= {facts.uid for facts in await session.facts(unsure[first : first + FACTS_AT_ONCE]) if book.is_ours(folder, facts)}
    gaps = [(uid, book.gaps[book.id_of(folder.name, uid)]) for uid in missing if uid in stuck]
    return {
        "uidvalidity": info.uidvalidity,
        "on_server": len(found.sure | found.by_date) - len(foreign),
        "unseen": len(missing) - len(foreign),
        "gaps": [
            {"uid": uid, "reason": gap.reason, "tries": gap.tries, "next_at": gap.next_at.isoformat()} for uid, gap in gaps[:GAPS_SHOWN]
        ],
    }


def _read_book(ctx: Context) -> Book:
    return Book.read(ctx.state, ctx.ref.connected_at or ctx.clock.now())


class _Watcher:
    """One mailbox being watched: what is kept over its connections."""

    def __init__(self, ctx: Context, pace: Pace) -> None:
        self._ctx = ctx
        self._pace = pace
        self._config: Config = ctx.config
        self._server = incoming_server(ctx.config)
        self._book = _read_book(ctx)
        self._fetcher = Fetcher(ctx, self._book)
        self._pulse = Pulse(ctx, pace)
        self._full_at: float | None = None
        self._can_idle = True
        self._folders: list[Watched] = []

    async def run(self) -> None:
        await self._pulse.save(self._book.written())  # where the connection began
        while True:
            try:
                session = await open_session(self._server)
                try:
                    await self._stay(session)
                finally:
                    session.close()
            except (SendError, NotDone) as error:
                await self._pulse.save(self._book.written())
                await asyncio.sleep(await self._after(error))

    async def _after(self, error: SendError | NotDone) -> float:
        """How long to wait before the next connection."""
        if self._fetcher.has_learnt:
            self._pulse.failures, self._fetcher.has_learnt = 0, False
        is_broken = isinstance(error, Broken)
        sentence = error.sentence
        action = "Check the server's name." if isinstance(error, Retry) and error.code == "dns" else ""
        if isinstance(error, Broken):
            action = "Enter user name and password again." if error.code == "auth" else "Open the connection's settings and connect again."
            sentence += f" The server said: {error.detail}" if error.detail else ""
        await self._pulse.failed(sentence, is_broken=is_broken, action=action)
        code = getattr(error, "code", "refused")
        log.info("mailbox not reached", channel_account=self._ctx.ref.id, code=code, failures=self._pulse.failures)
        return self._pulse.pause_s(error, is_broken=is_broken)

    async def _stay(self, session: Session) -> None:
        """Everything on one connection."""
        loop = asyncio.get_running_loop()
        self._can_idle = session.can_idle
        backfill = Backfill(self._ctx, self._book, self._fetcher, backfill_wish(self._ctx.settings))
        is_first = True
        while True:
            age = None if self._full_at is None else loop.time() - self._full_at
            is_full = age is None or age > (self._pace.full_after_break_s if is_first else self._pace.full_s)
            self._folders, missing = watched_folders(await session.list_folders(), self._config.imap_folders)
            if not self._folders:
                raise Broken("None of the chosen folders is on the mail server. Choose others in the settings.", code="no_folder")
            try:
                await self._reconcile(session, is_full=is_full)
                if is_full:
                    self._full_at = loop.time()
                is_first = False
                await self._well(missing)
                is_filling = await backfill.step(session, self._folders)
            except Changed:
                await self._pulse.save(self._book.written())
                await asyncio.sleep(self._pace.retry_s)
                continue
            await self._pulse.save(self._book.written())
            if not is_filling:
                await self._rest(session)

    async def _reconcile(self, session: Session, *, is_full: bool) -> None:
        """Compares every folder with what was delivered, and fetches what is missing, oldest first over all folders."""
        items: list[Item] = []
        settled: dict[str, int] = {}
        for folder in self._folders:
            try:
                info = await (session.examine(folder.name) if folder is self._folders[0] else session.status(folder.name))
                known = self._book.places.get(folder.name)
                place = self._book.place(folder.name, info)
                if is_full or known is not place or self._has_news(folder.name, info):
                    if session.folder != folder.name:
                        info = await session.examine(folder.name)
                        place = self._book.place(folder.name, info)
                    uids, found = await self._missing_in(session, folder, above=0 if is_full and not folder.is_sent else place.done)
                    items += found
                    settled[folder.name] = max([info.uidnext - 1, place.done, *uids])
            except NotDone as error:  # deleted or closed to us since it was listed
                log.info("a folder could not be read", channel_account=self._ctx.ref.id, said=error.sentence)
        await self._pulse.save(self._book.written())  # before the first mail: where the connection began must outlive a crash
        items.sort(key=lambda item: (item.facts.at, item.folder, item.facts.uid))
        await self._fetcher.deliver(session, items)
        for name, uid in settled.items():
            self._book.places[name].done = uid

    def _has_news(self, name: str, info: FolderInfo) -> bool:
        now = self._ctx.clock.now()
        is_due = any(not self._book.is_held_back(self._book.id_of(name, uid), now) for uid in self._book.gap_uids(name))
        return is_due or not info.uidnext or info.uidnext - 1 > self._book.places[name].done

    async def _missing_in(self, session: Session, folder: Watched, *, above: int) -> tuple[list[int], list[Item]]:
        """(what was looked at, what must be fetched) of the open folder."""
        book, name, now = self._book, folder.name, self._ctx.clock.now()
        found = await candidates(session, book, folder, above=above, covered=book.filled)
        stuck = set(book.gap_uids(name))
        if above == 0:
            for uid in stuck - found.sure - found.by_date:
                del book.gaps[book.id_of(name, uid)]  # the mail was deleted
        missing = set(await unseen_of(self._ctx.unseen, book, name, found.all)) | {
            uid for uid in stuck if book.id_of(name, uid) in book.gaps
        }
        wanted = sorted(uid for uid in missing if not book.is_held_back(book.id_of(name, uid), now))
        facts = await self._fetcher.facts_of(session, folder, wanted)
        ours = [one for one in facts if one.uid in found.sure or one.uid in stuck or book.is_ours(folder, one)]
        for uid in stuck & set(wanted) - {one.uid for one in facts}:
            gap = book.gaps.get(book.id_of(name, uid))
            if gap is not None and gap.next_at <= now:
                del book.gaps[book.id_of(name, uid)]  # gone, not failed again
        return found.all, [Item(id=book.id_of(name, one.uid), folder=name, facts=one, is_sent=folder.is_sent) for one in ours]

    async def _rest(self, session: Session) -> None:
        """Waits for news in the first folder, and for the time to look at the others."""
        name = self._folders[0].name
        info = await session.examine(name)
        place = self._book.places[name]
        if info.uidvalidity != place.uidvalidity or info.uidnext - 1 > place.done:
            return  # came while we were busy: the server will not mention it again
        if self._can_idle:
            try:
                await session.idle(self._pace.look_s)
                return
            except NotDone:
                self._can_idle = False
        await asyncio.sleep(self._pace.poll_s)

    async def _well(self, missing: list[str]) -> None:
        self._pulse.failures = 0
        sentence = f"Connected to {self._server.host}; {len(self._folders)} folder{'s' if len(self._folders) != 1 else ''} watched."
        action = ""
        if missing:
            sentence += f" Not there: {', '.join(missing)}."
            action = "Correct the names of the folders in the settings."
        await self._pulse.tell(Health(state="connected", sentence=sentence, action=action))

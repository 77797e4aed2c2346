"""Fetching mails and putting them on the road in: oldest first, in small portions, a bad one never in the way of the others.

A mail that the server cannot give may answer with NO, with garbage, or by breaking off the connection: then the portion it was in is asked for
again in ever smaller ones until it stands alone and is put aside as a gap (`mail_book.py`), to be tried again later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

import msgspec
import structlog

from innboks.channels.email.folders import Watched
from innboks.channels.email.imap_session import MailFacts, NotDone, Session
from innboks.channels.email.mail_book import SLACK, Book
from innboks.channels.email.sender_checks import check_fetched
from innboks.channels.email.sent_copies import from_elsewhere
from innboks.channels.email.too_large import UIDVALIDITY, head_of, told_of
from innboks.errors import InnboksError, Retry, TooLarge
from innboks.sdk.contract import Context, Inbound

log = structlog.get_logger("mailbox")

FACTS_AT_ONCE = 500
MAILS_AT_ONCE = 50
BYTES_AT_ONCE = 1_000_000
"""Larger mails are fetched one at a time, and in the whole process only LARGE_AT_ONCE of them: memory stays bounded."""
LARGE_AT_ONCE = 3
FAILURES_IN_A_ROW = 3
"""So many mails that cannot be stored, one after the other, mean that the fault is ours: stop and come back."""

_large: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()
Found = TypeVar("Found")


class Item(msgspec.Struct, frozen=True):
    """A mail to fetch. `id` is its name at the core. `is_sent`: the team wrote it."""

    id: str
    folder: str
    facts: MailFacts
    is_sent: bool = False


class Changed(Exception):
    """The folder was given other UIDs or is gone: what was planned is void."""


class Fetcher:
    """Lives as long as the watcher, so that what broke one connection is handled with care on the next."""

    def __init__(self, ctx: Context, book: Book) -> None:
        self._ctx = ctx
        self._book = book
        self._portion: dict[tuple[str, str], int] = {}
        self._heads: set[str] = set()
        self.delivered = 0
        self.has_learnt = False

    async def facts_of(self, session: Session, folder: Watched, uids: Sequence[int]) -> list[MailFacts]:
        """Of mails in the open folder; those that are gone or cannot be read are missing, the latter put down as gaps."""

        async def ask(portion: Sequence[int]) -> list[MailFacts]:
            return await session.facts(portion)

        return [one for part in await self._carefully("facts", folder.name, uids, FACTS_AT_ONCE, ask) for one in part]

    async def deliver(self, session: Session, items: Sequence[Item]) -> None:
        """Fetches and delivers in the given order. Raises `Retry` when the connection broke, `Changed` when a folder is not what it was."""
        failures = 0
        for portion in _portions(items):
            if len(portion) == 1 and portion[0].facts.size > BYTES_AT_ONCE:
                async with _large_slot():
                    bodies = await self._fetch(session, portion)
                    failures = await self._hand_over(portion, bodies, failures)
            else:
                bodies = await self._fetch(session, portion)
                failures = await self._hand_over(portion, bodies, failures)

    async def _hand_over(self, portion: Sequence[Item], bodies: dict[str, bytes], failures: int) -> int:
        checked = await asyncio.gather(*(self._check(item, bodies.get(item.id)) for item in portion))
        for item, known in zip(portion, checked, strict=True):
            body = bodies.pop(item.id, None)
            if body is None:
                continue
            try:
                await self._deliver_one(item, body, known)
                failures = 0
            except InnboksError:
                raise  # switched off, or the database is away: this is not about the mail
            except Exception as error:
                failures += 1
                log.warning("a mail could not be stored", channel_account=self._ctx.ref.id, error=type(error).__name__)
                if failures >= FAILURES_IN_A_ROW:
                    raise
                self._book.fail(item.id, f"It could not be stored ({type(error).__name__}).", self._ctx.clock.now())
        return failures

    def _is_past(self, item: Item) -> bool:
        return item.facts.at < self._book.began - SLACK

    async def _check(self, item: Item, body: bytes | None) -> Mapping[str, str]:
        """Of a portion all at once. What is past has been dealt with, and there may be very much of it."""
        return {} if body is None or item.is_sent or item.id in self._heads or self._is_past(item) else await check_fetched(self._ctx, body)

    async def _deliver_one(self, item: Item, body: bytes, known: Mapping[str, str]) -> None:
        """Of what is too large only the header, so that it stands in quarantine with its reason instead of being a number without a name."""
        assert self._ctx.deliver is not None
        headers = {**known, **self._headers(item)}
        try:
            if item.id in self._heads:
                headers |= self._told_of(item, item.facts.size)
            await self._ctx.deliver(Inbound(body=body, external_id=item.id, headers=headers))
        except TooLarge:
            told = headers | self._told_of(item, len(body))
            await self._ctx.deliver(Inbound(body=self._head_of(body), external_id=item.id, headers=told))
        self.delivered += 1
        self._book.gaps.pop(item.id, None)
        self._heads.discard(item.id)
        for what in ("body", "head"):
            self._portion.pop((what, item.id), None)

    @property
    def _most(self) -> int:
        """Bytes of a mail that are taken in; 0: nobody says."""
        return int(self._ctx.settings.get("mail_size") or 0)

    def _told_of(self, item: Item, size: int) -> dict[str, str]:
        return told_of(size, self._most, {UIDVALIDITY: str(self._book.places[item.folder].uidvalidity)})

    def _head_of(self, raw: bytes) -> bytes:
        return head_of(raw, self._most) if self._most else head_of(raw)

    def _headers(self, item: Item) -> dict[str, str]:
        headers = {"received-at": item.facts.at.isoformat(), "folder": item.folder, "uid": str(item.facts.uid)}
        if item.is_sent:
            headers["folder-role"] = "sent"
        if self._is_past(item):
            headers["is-past"] = "yes"
        return headers

    async def _fetch(self, session: Session, portion: Sequence[Item]) -> dict[str, bytes]:
        """By id. Missing: gone meanwhile, or put down as a gap."""
        bodies: dict[str, bytes] = {}
        size = sum(item.facts.size for item in portion)
        for name in dict.fromkeys(item.folder for item in portion):
            await self._open(session, name)

            async def whole(uids: Sequence[int]) -> dict[int, bytes]:
                return await _all_of(session, uids, await session.bodies(uids, size))

            async def heads(uids: Sequence[int]) -> dict[int, bytes]:
                return await _all_of(session, uids, await session.heads(uids))

            here = [item for item in portion if item.folder == name]
            uids = [item.facts.uid for item in here]
            if any(item.is_sent for item in here):
                uids = await from_elsewhere(self._ctx, session, uids)
            large = {item.facts.uid for item in here if self._is_too_large(item)}
            for part in await self._carefully("head", name, [uid for uid in uids if uid in large], MAILS_AT_ONCE, heads):
                cut = {self._book.id_of(name, uid): self._head_of(head) for uid, head in part.items()}
                bodies |= cut
                self._heads |= cut.keys()
            for part in await self._carefully("body", name, [uid for uid in uids if uid not in large], MAILS_AT_ONCE, whole):
                bodies |= {self._book.id_of(name, uid): body for uid, body in part.items()}
        return bodies

    def _is_too_large(self, item: Item) -> bool:
        """More than is taken in, and not worth fetching only to be refused. Sizes that servers tell are not always right, so what is little above the
        limit is fetched."""
        return 0 < 2 * self._most < item.facts.size

    async def _open(self, session: Session, name: str) -> None:
        if session.folder != name:
            try:
                info = await session.examine(name)
            except NotDone as error:
                raise Changed from error
            if info.uidvalidity != self._book.places[name].uidvalidity:
                raise Changed

    async def _carefully(
        self, what: str, name: str, uids: Sequence[int], most: int, ask: Callable[[Sequence[int]], Awaitable[Found]]
    ) -> list[Found]:
        """Asks in portions; one that fails is asked for again in smaller ones, here or, when the connection broke, on the next one."""
        found: list[Found] = []
        waiting = list(uids)
        while waiting:
            portion = self._next_portion(what, name, waiting, most)
            try:
                found.append(await ask(portion))
            except NotDone as error:
                if len(portion) > 1:
                    self._shrink(what, name, portion)
                    continue
                self._give_up(name, portion[0], error.sentence)
            except Retry as error:
                if len(portion) > 1 or self._portion.get((what, self._book.id_of(name, portion[0]))) != 1:
                    self._shrink(what, name, portion)
                else:  # alone for the second time: it is this mail, not the network
                    self._give_up(name, portion[0], f"The mail server breaks off when this mail is asked for. {error.detail}".strip())
                raise
            else:
                if what == "facts":
                    for uid in portion:
                        self._portion.pop((what, self._book.id_of(name, uid)), None)
            del waiting[: len(portion)]
        return found

    def _next_portion(self, what: str, name: str, uids: Sequence[int], most: int) -> list[int]:
        portion: list[int] = []
        for uid in uids[:most]:
            most = min(most, self._portion.get((what, self._book.id_of(name, uid)), most))
            if len(portion) >= most:
                break
            portion.append(uid)
        return portion

    def _shrink(self, what: str, name: str, portion: Sequence[int]) -> None:
        self.has_learnt = True
        for uid in portion:
            self._portion[what, self._book.id_of(name, uid)] = max(1, len(portion) // 4)

    def _give_up(self, name: str, uid: int, reason: str) -> None:
        self.has_learnt = True
        self._book.fail(self._book.id_of(name, uid), reason, self._ctx.clock.now())


async def _all_of(session: Session, uids: Sequence[int], found: dict[int, bytes]) -> dict[int, bytes]:
    """What was given of these, when those that are missing are gone. Raises `NotDone` when the server lists one and did not send it."""
    for uid in uids:
        if uid not in found and await session.uids(uid, uid):
            alone = len(uids) == 1
            raise NotDone("The mail server lists this mail but does not send it." if alone else "The mail server did not send every mail.")
    return found


def _portions(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Neighbours together, up to a number and a size; the order stays."""
    portion: list[Item] = []
    size = 0
    for item in items:
        if portion and (len(portion) >= MAILS_AT_ONCE or size + item.facts.size > BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(item)
        size += item.facts.size
    if portion:
        yield portion


def _large_slot() -> asyncio.Semaphore:
    return _large.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(LARGE_AT_ONCE))

"""What is remembered about a mailbox between two looks: where each folder stood, which mails could not be fetched, how far the past is filled.

The rule of what belongs to us stands here once, for the watcher (`mailbox.py`) and the ledger (`ledger.py`) alike. A mail is named by folder,
UIDVALIDITY and UID (RFC 3501 §2.3.1.1); what was delivered under such a name is remembered by the core (`Context.unseen`), not here.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec

from innboks.channels.email.folders import Watched
from innboks.channels.email.imap_session import FolderInfo, MailFacts, Session

SLACK = timedelta(minutes=10)
"""How far a mail server's clock may be behind before mail that it files into folders right after connecting is taken for older mail."""
UID_MAX = 2**32 - 1
FIRST_GAP_WAIT = timedelta(minutes=1)
LAST_GAP_WAIT = timedelta(hours=6)


class Place(msgspec.Struct):
    """One folder. Mails from `start` on came while we watched; older ones are judged by their date. Everything up to `done` is settled."""

    uidvalidity: int
    start: int
    done: int = 0


class Gap(msgspec.Struct):
    """A mail that could not be fetched or stored: why, how often it was tried, when it is tried next."""

    reason: str
    tries: int
    next_at: datetime


class Progress(msgspec.Struct):
    """How far the filling of the past is, back to the day `since`."""

    since: date
    state: Literal["running", "done"] = "running"
    done: int = 0
    total: int = 0


class Book(msgspec.Struct):
    """`began`: when the connection was made; mail that came before is not ours unless a backfill asks for it. `filled`: the
    first day of the past that is all here; a folder whose UIDs are new must be offered again from there."""

    began: datetime
    places: dict[str, Place] = {}
    gaps: dict[str, Gap] = {}
    backfill: Progress | None = None
    filled: date | None = None

    @classmethod
    def read(cls, state: Mapping[str, Any], connected_at: datetime) -> "Book":
        """From what was saved. INTERNALDATE has no fractions of a second, so the beginning has none either."""
        fresh = {"began": connected_at.astimezone(UTC).replace(microsecond=0).isoformat()}
        return msgspec.convert({**fresh, **state}, Book)

    def written(self) -> dict[str, Any]:
        """What is saved."""
        saved: dict[str, Any] = msgspec.to_builtins(self)
        return saved

    def place(self, name: str, info: FolderInfo) -> Place:
        """The folder as it stands. Seen for the first time, or with another UIDVALIDITY: all of it is judged by date, and offered again;
        the core knows equal bytes, so nothing is doubled."""
        known = self.places.get(name)
        if known is None or known.uidvalidity != info.uidvalidity:
            known = Place(uidvalidity=info.uidvalidity, start=info.uidnext or UID_MAX)
            self.places[name] = known
        return known

    def id_of(self, name: str, uid: int) -> str:
        return f"{name}/{self.places[name].uidvalidity}/{uid}"

    def covered_since(self, wish: date | None) -> date | None:
        """The first day of the past that is ours or shall be."""
        return min((day for day in (wish, self.filled) if day is not None), default=None)

    def is_filled(self, wish: date) -> bool:
        """True when everything since the day that somebody wished for was fetched."""
        return self.backfill is not None and self.backfill.state == "done" and self.backfill.since == wish

    def fail(self, id: str, reason: str, now: datetime) -> None:
        """It is tried again, ever more rarely; the mails behind it go on."""
        tries = self.gaps[id].tries + 1 if id in self.gaps else 1
        wait = min(FIRST_GAP_WAIT * 4 ** min(tries - 1, 10), LAST_GAP_WAIT)
        self.gaps[id] = Gap(reason=reason, tries=tries, next_at=now + wait)

    def is_held_back(self, id: str, now: datetime) -> bool:
        return id in self.gaps and self.gaps[id].next_at > now

    def gap_uids(self, name: str) -> list[int]:
        """UIDs of a folder's gaps under its present UIDVALIDITY; those under an older one are forgotten, their mails are offered anew."""
        prefix = f"{name}/{self.places[name].uidvalidity}/"
        uids = [int(id.removeprefix(prefix)) for id in self.gaps if id.startswith(prefix) and id.removeprefix(prefix).isdigit()]
        for id in [id for id in self.gaps if id.rsplit("/", 2)[0] == name and not id.startswith(prefix)]:
            del self.gaps[id]
        return uids

    def is_ours(self, folder: Watched, facts: MailFacts) -> bool:
        """For mails that `candidates` was not sure of. In a folder nobody chose, what lies there may be older mail that a person tidied up."""
        start = self.places[folder.name].start
        return facts.at >= (self.began - SLACK if facts.uid >= start else self.began)


class Candidates(msgspec.Struct):
    """UIDs of an open folder: `sure` are ours, `by_date` only when their date says so."""

    sure: set[int]
    by_date: set[int]

    @property
    def all(self) -> list[int]:
        return sorted(self.sure | self.by_date)


async def candidates(session: Session, book: Book, folder: Watched, *, above: int, covered: date | None) -> Candidates:
    """What may be ours in the folder that is open, with a UID above `above`. `covered`: everything since that day is ours as well."""
    start = book.places[folder.name].start
    sure: set[int] = set()
    by_date: set[int] = set()
    day_before = book.began.date() - timedelta(days=1)  # SINCE counts in the server's time zone
    came_since = await session.uids(max(start, above + 1), since=None if folder.is_chosen else day_before)
    (sure if folder.is_chosen else by_date).update(came_since)
    if above < start - 1:
        by_date.update(await session.uids(above + 1, start - 1, since=day_before))
    if covered is not None:
        sure.update(await session.uids(above + 1, since=covered))
    return Candidates(sure=sure, by_date=by_date - sure)


async def unseen_of(unseen: Any, book: Book, name: str, uids: Sequence[int]) -> list[int]:
    """Those that were never delivered, asked in portions."""
    missing: list[int] = []
    for first in range(0, len(uids), 2000):
        by_id = {book.id_of(name, uid): uid for uid in uids[first : first + 2000]}
        missing += [by_id[id] for id in await unseen(list(by_id))]
    return missing


def backfill_wish(settings: Mapping[str, Any]) -> date | None:
    """The day from which somebody wants the older mail, too."""
    wish = settings.get("backfill_since")
    return date.fromisoformat(wish) if wish else None

"""How notifications come about: the worker reads the event log behind everybody else's back, so that no road in or out is slowed by them.

Each account has its place in the log (`event_follower`), moved on in the transaction that writes the rows: nothing is told twice, and after a crash
nothing is left out. Nobody is told of their own doing (R-671). Read next: `deliver.py`, which pushes and mails.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from innboks.core.channel_accounts import store_rhythm as rhythm
from innboks.core.events import store as events
from innboks.core.events.store import Row
from innboks.core.notifications import store as kept
from innboks.core.notifications import store_follow as store
from innboks.core.notifications.models import Kind, Person
from innboks.core.notifications.store_follow import New, Told
from innboks.core.parts import Parts
from innboks.lib.db import Connection

log = structlog.get_logger("notifications")

BATCH = 500
PAUSE_S = 0.3
"""Events that come together are looked at together."""
LOOK_S = 20.0
"""How long a lost note can go unnoticed."""
BUNDLE_S = 60
"""A mail waits so long for what else happens in the thread (R-671)."""
LOOKED_S = 90.0
"""Who was seen at the app within this time needs neither push nor mail."""


class Looking:
    """Who has the app before their eyes, as their browsers say (`Signal` "looking" and presence)."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.clock
        self._seen: dict[tuple[int, int], float] = {}

    def hear(self, account_id: int, signal: Mapping[str, Any]) -> None:
        if signal.get("type") in ("looking", "presence") and signal.get("state") != "away":
            self._seen[account_id, int(signal["user_id"])] = self._clock.monotonic()

    def is_looking(self, account_id: int, user_id: int) -> bool:
        return self._clock.monotonic() - self._seen.get((account_id, user_id), -1e9) < LOOKED_S


class Follower:
    """Turns events into notifications, in one worker process; several share the work by account."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.looking = Looking(parts)
        self._due: set[int] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        listening = asyncio.create_task(self._parts.wake.listen(self._on_news, self.looking.hear, lambda: None))
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:  # the database is away: others say so
                    log.warning("cannot follow the events", error=type(error).__name__)
                try:
                    await asyncio.wait_for(self._news.wait(), LOOK_S)
                    await asyncio.sleep(PAUSE_S)
                except TimeoutError:
                    await self._look_everywhere()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    def _on_news(self, account_id: int) -> None:
        self._due.add(account_id)
        self._news.set()

    async def _look_everywhere(self) -> None:
        try:
            async with self._parts.db.connection() as conn:
                self._due.update(await store.behind(conn))
        except Exception as error:
            log.warning("cannot look for events", error=type(error).__name__)

    async def _round(self) -> None:
        self._news.clear()
        due, self._due = self._due, set()
        for account_id in due:
            if await self.follow(account_id):
                self._on_news(account_id)

    async def follow(self, account_id: int) -> bool:
        """One batch. True when there is more to look at."""
        now = self._parts.clock.now()
        async with self._parts.db.connection() as conn:  # outside the transaction, whose own number would hide the newest
            place = await store.peek(conn, account_id)
            read = await events.after(conn, account_id, *place, BATCH)
        if not read.rows:
            return read.more_to_come
        async with self._parts.db.transaction() as conn:
            if await store.take_place(conn, account_id) != place:
                return True
            if added := [row.data["message_id"] for row in read.rows if row.type == "message.added"]:
                await rhythm.count(conn, account_id, added, now)
            seen = await _seen(conn, account_id, read.rows, now)
            news = await _news_of(conn, account_id, read.rows, now, self.looking)
            await store.add(conn, account_id, news)
            for user_id in {one.user_id for one in news} | seen:
                told = [{"kind": one.kind, "conversation_id": str(one.conversation_id)} for one in news if one.user_id == user_id]
                await events.add(conn, account_id, "notification.changed", user_id=user_id, data={"news": told[-10:]})
            await store.move_on(conn, account_id, read.rows[-1].tx, read.rows[-1].id)
        if news or seen:
            self._parts.wake.touch(account_id)
        return read.more_to_come


async def _news_of(conn: Connection, account_id: int, rows: list[Row], now: datetime, looking: Looking) -> list[New]:
    added = {row.data["message_id"] for row in rows if row.type == "message.added"}
    changed = {row.data["message_id"] for row in rows if row.type == "message.changed"}
    reminders = [(row.user_id, row.conversation_id) for row in rows if row.type == "reminder"]
    if not added and not changed and not reminders:
        return []
    told = await store.messages(conn, account_id, added | changed)
    people = await store.people(conn, account_id)
    book = _Book(people, now, lambda user_id: looking.is_looking(account_id, user_id), _read_to(rows))
    mentions = await store.mentions(conn, account_id, [id for id in added if id in told and told[id].type == "comment"])
    begun = {row.data["message_id"] for row in rows if row.type == "message.added" and row.data.get("is_new_conversation")}
    for id in sorted(added & told.keys()):
        _of_message(book, told[id], mentions.get(id, []), is_first=id in begun)
    failed = [one for id in sorted(changed) if (one := told.get(id)) is not None and one.author_id and _needs_its_writer(one)]
    known = await store.already_failed(conn, account_id, [one.id for one in failed])
    for one in failed:
        if one.id not in known and one.author_id is not None:
            book.note(one.author_id, "failed", one.conversation_id, one.inbox_id, one.id, one.contact_name, one.subject or one.text)
    if reminders:
        places = await store.places(conn, account_id, {id for _, id in reminders if id is not None})
        for user_id, conversation_id in reminders:
            place = places.get(conversation_id or 0)
            if place is not None and user_id is not None:
                book.note(user_id, "reminder", place.id, place.inbox_id, None, place.contact_name, place.subject)
    return book.news()


def _needs_its_writer(one: Told) -> bool:
    """It did not leave, and does not without a decision."""
    return one.state in ("failed", "uncertain") or one.held_for in ("newer", "blocked")


def _read_to(rows: list[Row]) -> dict[tuple[int, int], int]:
    """How far each person has read each conversation, as these events tell: where this lags behind, news has been read before it is told."""
    read: dict[tuple[int, int], int] = {}
    for row in rows:
        if row.type == "read.changed" and row.user_id is not None and row.conversation_id is not None:
            key = (row.user_id, row.conversation_id)
            read[key] = max(read.get(key, 0), int(row.data.get("message_id", 0)))
    return read


async def _seen(conn: Connection, account_id: int, rows: list[Row], now: datetime) -> set[int]:
    """Whoever read a conversation need not be told of it any more. Returns whose lists changed."""
    changed: set[int] = set()
    for (user_id, conversation_id), read_to in _read_to(rows).items():
        if await kept.read_with_conversation(conn, account_id, user_id, conversation_id, read_to, now):
            changed.add(user_id)
    return changed


OLD = timedelta(days=2)
"""What came over an outage as long as this stands in the lists but is no news to anybody."""


def _of_message(book: "_Book", one: Told, mentioned: list[int], *, is_first: bool) -> None:
    if one.is_hidden or one.data.get("is_past") or book.now - one.created_at > OLD:
        return
    where = (one.conversation_id, one.inbox_id, one.id)
    if one.type == "system":
        to = one.data.get("to") if one.data.get("event") == "assigned" else None
        if isinstance(to, str) and to.isdecimal() and int(to) != one.author_id:
            book.note(int(to), "assigned", *where, one.author_name or one.contact_name, one.subject)
        owner = one.data.get("user_id") if one.data.get("event") == "owner_away" else None
        if isinstance(owner, str) and owner.isdecimal():
            book.mail(int(owner), *where, one.contact_name, one.last_received)
        if one.data.get("event") == "unmarked_spam" and one.data.get("was") not in (None, "manual", "blocked") and one.assignee_id is None:
            for person in book.everybody():  # it comes to the inbox only now
                if person.id != one.author_id:
                    book.note(person.id, "unassigned", *where, one.contact_name, one.subject, bundle=0)
    elif one.direction == "in":
        if one.assignee_id is not None and not is_first:  # given in the same moment: the line in the thread tells of it
            book.note(one.assignee_id, "message", *where, one.contact_name, one.text or one.subject)
        elif one.assignee_id is None and is_first:
            for person in book.everybody():
                book.note(person.id, "unassigned", *where, one.contact_name, one.subject or one.text, bundle=0)
    elif one.type == "comment":
        for user_id in mentioned:
            if user_id != one.author_id:
                book.note(user_id, "mention", *where, one.author_name, one.text)
        if one.assignee_id not in (None, one.author_id, *mentioned):
            book.note(one.assignee_id or 0, "message", *where, one.author_name, one.text)


class _Book:
    """Collects what is to be told, one entry per person, kind and bundle."""

    def __init__(self, people: Mapping[int, Person], now: datetime, is_looking: Any, read_to: Mapping[tuple[int, int], int]) -> None:
        self._people = people
        self.now = now
        self._is_looking = is_looking
        self._read_to = read_to
        self._news: dict[tuple[int, str, int], New] = {}

    def everybody(self) -> list[Person]:
        return list(self._people.values())

    def note(
        self,
        user_id: int,
        kind: Kind,
        conversation_id: int,
        inbox_id: int,
        message_id: int | None,
        who: str,
        about: str,
        bundle: int | None = None,
    ) -> None:
        person = self._people.get(user_id)
        if person is None or inbox_id not in person.inbox_ids:
            return
        # That a message of one's own did not go is told even so: one had read it when it had not failed yet.
        if message_id is not None and kind != "failed" and message_id <= self._read_to.get((user_id, conversation_id), 0):
            return
        ways = person.choices.of(kind)
        if not (ways.app or ways.push or ways.mail):
            return
        is_looking = self._is_looking(user_id)
        key = (user_id, kind, conversation_id if bundle is None else bundle)
        before = self._news.get(key)
        self._news[key] = New(
            user_id=user_id,
            kind=kind,
            conversation_id=conversation_id,
            message_id=message_id,
            bundle=key[2],
            count=1 if before is None else before.count + 1,
            who=who[:200],
            about=" ".join(about.split())[:200],
            is_shown=ways.app,
            at=self.now,
            push_due_at=self.now if ways.push and not is_looking else None,
            mail_due_at=self.now + timedelta(seconds=BUNDLE_S) if ways.mail and not is_looking else None,
        )

    def mail(self, user_id: int, conversation_id: int, inbox_id: int, message_id: int, who: str, about: str) -> None:
        """The owner of a contact gets what the contact wrote while they are away, whatever else they chose, and at once (R-063)."""
        person = self._people.get(user_id)
        if person is None or inbox_id not in person.inbox_ids:
            return
        key = (user_id, "message", conversation_id)
        self._news[key] = New(
            user_id=user_id,
            kind="message",
            conversation_id=conversation_id,
            message_id=message_id,
            bundle=conversation_id,
            count=1,
            who=who[:200],
            about=" ".join(about.split())[:2000],
            is_shown=person.choices.of("message").app,
            at=self.now,
            push_due_at=None,
            mail_due_at=self.now,
            is_for_away=True,
        )

    def news(self) -> list[New]:
        return list(self._news.values())

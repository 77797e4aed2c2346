"""What people may read: every function takes the actor and hands out nothing of an inbox they cannot see (DESIGN §4, "permission has one door")."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store
from innboks.core.conversations.models import Conversation, ListPage, Message
from innboks.core.mentions import store as mentions
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.views import store as views
from innboks.core.views import store_sent as sent
from innboks.core.views.models import BUILT_IN, NOT_COUNTED, Counted, Filters, Key, Shelf, Sort, Walk
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import storable

PAGE_MAX = 100
MESSAGES_MAX = 200


async def list_conversations(
    parts: Parts,
    actor: Actor,
    *,
    view: str = "open",
    inbox_id: int | None = None,
    channel_account_id: int | None = None,
    contact_id: int | None = None,
    sort: Sort = "newest",
    filters: Filters | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> ListPage:
    """One page of a view. An inbox that the actor cannot read gives an empty page, like one that does not exist."""
    narrowed = msgspec.structs.replace(filters or Filters())
    if inbox_id is not None:
        narrowed.inbox_ids = [one for one in narrowed.inbox_ids or [inbox_id] if one == inbox_id] or [0]
    if channel_account_id is not None:
        narrowed.channel_account_ids = [
            one for one in narrowed.channel_account_ids or [channel_account_id] if one == channel_account_id
        ] or [0]
    narrowed.contact_id = contact_id or narrowed.contact_id
    walk = resolve(parts, actor, view, narrowed, sort)
    after = _read_cursor(cursor, walk) if cursor else None
    limit = max(1, min(limit, PAGE_MAX))
    async with parts.db.connection() as conn:
        if walk.filters.contact_id is not None:
            walk.filters.contact_id = await contacts.current_id(conn, actor.account_id, walk.filters.contact_id)
        found = await (sent.page if walk.is_sent else views.page)(conn, walk, after, limit)
    return ListPage(found.items, _write_cursor(found.next, walk) if found.next else None, found.is_partial)


def resolve(parts: Parts, actor: Actor, view: str, filters: Filters, sort: Sort = "newest") -> Walk:
    """What a view and its filters mean for this person. Raises `Invalid` for a view that does not exist."""
    built_in = BUILT_IN.get(view)
    if built_in is None:
        raise Invalid(f"There is no view “{view}”. Use one of: {', '.join(BUILT_IN)}.", code="unknown_view", field="view")
    shelves: tuple[Shelf, ...] = built_in.shelves
    if filters.status is not None:
        shelves = BUILT_IN["all"].shelves if filters.status == "any" else (filters.status,)
    if not filters.hide_spam:
        shelves = (*shelves, "spam", "filtered")
    if not filters.hide_trash:
        shelves = (*shelves, "trash")
    assignees = {"me": actor.user_id, "nobody": 0}
    assignee_ids = [assignees[one] if one in assignees else int(one) for one in filters.assignees]
    if built_in.is_mine or built_in.is_unassigned:
        own = actor.user_id if built_in.is_mine else 0
        assignee_ids = [own] if not assignee_ids or own in assignee_ids else [-1]
    if filters.active_within_s is not None:
        earliest = parts.clock.now() - timedelta(seconds=filters.active_within_s)
        filters = msgspec.structs.replace(filters, since=max(earliest, filters.since or earliest))
    inboxes = sorted(one for one in actor.readable if not filters.inbox_ids or one in filters.inbox_ids)
    return Walk(
        account_id=actor.account_id,
        user_id=actor.user_id,
        inbox_ids=inboxes,
        now=parts.clock.now(),
        sort=sort,
        shelves=tuple(dict.fromkeys(shelves)),
        assignee_ids=assignee_ids,
        is_closing=built_in.is_closing,
        is_failed=built_in.is_failed,
        is_sent=built_in.is_sent,
        source=built_in.source,
        filters=filters,
    )


async def count_views(parts: Parts, actor: Actor, channel_account_ids: Sequence[int] = ()) -> dict[str, Counted]:
    """How many conversations there are in each view, by the view's id: "mine", "channel:3", "inbox:1", "saved:2". Of mentions, those not seen yet."""
    walks = {view: resolve(parts, actor, view, Filters(), "due") for view in BUILT_IN if view not in NOT_COUNTED and view != "mentions"}
    for channel in channel_account_ids:
        walks[f"channel:{channel}"] = resolve(parts, actor, "open", Filters(channel_account_ids=[channel]), "due")
    for inbox in sorted(actor.readable):
        walks[f"inbox:{inbox}"] = resolve(parts, actor, "open", Filters(inbox_ids=[inbox]), "due")
    async with parts.db.connection() as conn:
        for saved in await views.saved_of(conn, actor.account_id, actor.user_id):
            walks[f"saved:{saved.id}"] = resolve(parts, actor, "all", msgspec.convert(saved.filters, Filters), saved.sort)
        counted = await views.count(conn, list(walks.values()))
        unseen = await mentions.count_unseen(conn, actor.account_id, actor.user_id, list(actor.readable), views.COUNT_CAP)
    return {
        **dict(zip(walks, counted, strict=True)),
        "mentions": Counted(min(unseen, views.COUNT_CAP - 1), unseen >= views.COUNT_CAP),
    }


MENTIONS_MAX = 1_000


async def unseen_mentions(parts: Parts, actor: Actor) -> list[int]:
    """The conversations in which somebody named this person with @ and they have not looked yet, the newest first, MENTIONS_MAX at most."""
    async with parts.db.connection() as conn:
        return await mentions.unseen(conn, actor.account_id, actor.user_id, list(actor.readable), MENTIONS_MAX)


async def get_conversation(parts: Parts, actor: Actor, conversation_id: int) -> Conversation:
    async with parts.db.connection() as conn:
        return await readable_conversation(conn, actor, conversation_id)


async def readable_conversation(conn: Connection, actor: Actor, conversation_id: int, *, lock: bool = False) -> Conversation:
    """Raises `NotFound` for what is not there or not for this person. With `lock`, the row is held until the commit.

    What was merged is found where it went: so work with the `id` of what this returns."""
    found = await _found(conn, actor, conversation_id, lock)
    while found is not None and found.merged_into_id is not None:
        found = await _found(conn, actor, found.merged_into_id, lock)
    return readable(actor, found)


def readable(actor: Actor, found: Conversation | None) -> Conversation:
    """Raises `NotFound` for what is not there or not for this person."""
    if found is None or not actor.can_read(found.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    return found


async def _found(conn: Connection, actor: Actor, conversation_id: int, lock: bool) -> Conversation | None:
    if lock:
        return await store.lock(conn, actor.account_id, conversation_id, actor.user_id)
    return await store.get(conn, actor.account_id, conversation_id, actor.user_id)


async def _readable_id(conn: Connection, actor: Actor, conversation_id: int) -> int:
    """`readable_conversation` for those who need no more of it than where its messages are."""
    found = await store.whereabouts(conn, actor.account_id, conversation_id)
    while found is not None and found[1] is not None:
        conversation_id = found[1]
        found = await store.whereabouts(conn, actor.account_id, conversation_id)
    if found is None or not actor.can_read(found[0]):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    return conversation_id


class MessagePage(msgspec.Struct):
    """Messages, oldest first. `next` is the cursor (`before`) of the older ones, `previous` the one (`after`) of the newer; None: there are none."""

    items: list[Message]
    next: str | None
    previous: str | None = None


async def list_messages(
    parts: Parts,
    actor: Actor,
    conversation_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> MessagePage:
    """The newest messages; or those older than `before`, newer than `after`, or on both sides of `around` (which has to be in this conversation)."""
    if sum(one is not None for one in (before, after, around)) > 1:
        raise Invalid("Give one of “before”, “after” and “around”.", code="too_many_places", field="around")
    limit = max(1, min(limit, MESSAGES_MAX))
    async with parts.db.connection() as conn:
        if after is None and around is None:
            found = await messages.page(conn, actor.account_id, conversation_id, before, limit + 1)
            if not found or not actor.can_read(found[0].inbox_id):
                conversation_id = await _readable_id(conn, actor, conversation_id)
                found = await messages.page(conn, actor.account_id, conversation_id, before, limit + 1)
            more = len(found) > limit
            found = found[-limit:]
            return MessagePage(found, str(found[0].id) if more else None, str(found[-1].id) if before is not None and found else None)
        conversation_id = await _readable_id(conn, actor, conversation_id)
        if after is not None:
            found = await messages.page_after(conn, actor.account_id, conversation_id, after, limit + 1)
            newer, found = found[limit:], found[:limit]
            return MessagePage(found, str(found[0].id) if found else None, str(found[-1].id) if newer else None)
        assert around is not None
        place = await messages.place_of(conn, actor.account_id, around)
        if place is None or place.conversation_id != conversation_id:
            raise NotFound("There is no such message in this conversation.", code="unknown_message")
        half = limit // 2
        newer = await messages.page_after(conn, actor.account_id, conversation_id, around, half + 1)
        older = await messages.page(conn, actor.account_id, conversation_id, around + 1, limit - half + 1)
        has_older, has_newer = len(older) > limit - half, len(newer) > half
        found = older[-(limit - half) :] + newer[:half]
        return MessagePage(found, str(found[0].id) if has_older else None, str(found[-1].id) if has_newer else None)


FIND_MAX = 1_000


async def find_messages(parts: Parts, actor: Actor, conversation_id: int, words: str) -> tuple[list[int], bool]:
    """(ids of the messages of this conversation that hold the words, newest first; whether there are more than FIND_MAX)."""
    words = storable(words, 200).strip()
    async with parts.db.connection() as conn:
        conversation_id = await _readable_id(conn, actor, conversation_id)
        found = await messages.find(conn, actor.account_id, conversation_id, words, FIND_MAX + 1) if words else []
    return found[:FIND_MAX], len(found) > FIND_MAX


async def get_message(parts: Parts, actor: Actor, message_id: int) -> Message:
    async with parts.db.connection() as conn:
        return await readable_message(conn, actor, message_id)


async def readable_message(conn: Connection, actor: Actor, message_id: int) -> Message:
    found = await messages.get(conn, actor.account_id, message_id)
    if found is None and (now_id := await messages.now_known_as(conn, actor.account_id, message_id)) is not None:
        found = await messages.get(conn, actor.account_id, now_id)
    if found is None or not actor.can_read(found.inbox_id):
        raise NotFound("There is no such message.", code="unknown_message")
    return found


async def html_of(parts: Parts, actor: Actor, message_id: int) -> str:
    """The sanitised HTML, for the sandboxed frame."""
    async with parts.db.connection() as conn:
        await readable_message(conn, actor, message_id)
        return await messages.html_of(conn, actor.account_id, message_id) or ""


async def mark_read(parts: Parts, actor: Actor, conversation_id: int, message_id: int) -> None:
    async with parts.db.transaction() as conn:
        conversation = await readable_conversation(conn, actor, conversation_id)
        await store.save_read(conn, actor.account_id, actor.user_id, conversation.id, max(0, message_id))
        await mentions.mark_seen(conn, actor.account_id, actor.user_id, conversation.id, max(0, message_id))
    parts.wake.touch(actor.account_id)


class Draft(msgspec.Struct):
    """What a user has begun to write; `content` is the composer's own."""

    mode: str
    content: dict[str, Any]
    updated_at: datetime


DRAFT_MAX = 2_000_000


async def get_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str) -> Draft | None:
    async with parts.db.connection() as conn:
        conversation = await readable_conversation(conn, actor, conversation_id)
        found = await store.get_draft(conn, actor.account_id, actor.user_id, conversation.id, mode)
    return Draft(mode, *found) if found else None


async def draft_of(parts: Parts, account_id: int, user_id: int, conversation_id: int, mode: str) -> Draft | None:
    """Anybody's draft: for those who have made sure that it may be shown (`core/events/presence.py`)."""
    async with parts.db.connection() as conn:
        found = await store.get_draft(conn, account_id, user_id, conversation_id, mode)
    return Draft(mode, *found) if found else None


async def save_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str, content: Mapping[str, Any]) -> Draft:
    if len(msgspec.json.encode(content)) > DRAFT_MAX:
        raise Invalid("This draft is too long to be kept.", code="too_long")
    async with parts.db.transaction() as conn:
        conversation = await readable_conversation(conn, actor, conversation_id)
        at = await store.save_draft(conn, actor.account_id, actor.user_id, conversation.id, mode, content)
    parts.wake.touch(actor.account_id)
    return Draft(mode, dict(content), at)


async def drop_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str) -> None:
    async with parts.db.transaction() as conn:
        conversation = await readable_conversation(conn, actor, conversation_id)
        await store.drop_draft(conn, actor.account_id, actor.user_id, conversation.id, mode)
    parts.wake.touch(actor.account_id)


def _write_cursor(key: Key, walk: Walk) -> str:
    value = key.value.isoformat() if isinstance(key.value, datetime) else str(key.value)
    return base64.urlsafe_b64encode(f"{_way(walk)}|{value}|{key.id}".encode()).decode().rstrip("=")


def _way(walk: Walk) -> str:
    """The order a cursor belongs to: one of another order would lead anywhere."""
    if walk.by == "due":
        return "due"
    direction = "oldest" if walk.sort == "oldest" else "newest"
    return f"sent-{direction}" if walk.by == "sent" else direction


def _read_cursor(cursor: str, walk: Walk) -> Key:
    try:
        way, value, id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        key = Key(walk.by, int(value) if walk.by != "time" else datetime.fromisoformat(value), int(id))
        is_possible = key.value.tzinfo is not None if isinstance(key.value, datetime) else abs(key.value) < 2**63
        if way != _way(walk) or not is_possible or not 0 <= key.id < 2**63:
            raise ValueError(cursor)
    except (ValueError, UnicodeDecodeError, binascii.Error, OverflowError) as error:
        raise Invalid(
            "This cursor does not belong to this list. Start the list from the beginning.", code="bad_cursor", field="cursor"
        ) from error
    return key

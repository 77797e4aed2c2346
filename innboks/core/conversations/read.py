"""What people may read: every function takes the actor and hands out nothing of an inbox they cannot see (DESIGN §4, "permission has one door")."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store
from innboks.core.conversations.models import Conversation, Message, Page
from innboks.core.deliveries import store as deliveries
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection

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
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """One page of a view, newest first. An inbox that the actor cannot read gives an empty page, like one that does not exist."""
    if view not in store.VIEWS:
        raise Invalid(f"There is no view “{view}”. Use one of: {', '.join(store.VIEWS)}.", code="unknown_view", field="view")
    inboxes = [one for one in actor.readable if inbox_id is None or one == inbox_id]
    limit = max(1, min(limit, PAGE_MAX))
    async with parts.db.connection() as conn:
        found = await store.page(
            conn,
            account_id=actor.account_id,
            user_id=actor.user_id,
            inbox_ids=inboxes,
            view=view,
            channel_account_id=channel_account_id,
            contact_id=contact_id,
            before=_read_cursor(cursor) if cursor else None,
            limit=limit + 1,
        )
    more = len(found) > limit
    found = found[:limit]
    return Page(found, _write_cursor(found[-1].last_message_at, found[-1].id) if more else None)


async def count_views(parts: Parts, actor: Actor, channel_account_ids: list[int]) -> tuple[dict[str, int], dict[int, int]]:
    """(per view, per channel account); each at most `store.COUNT_CAP`."""
    async with parts.db.connection() as conn:
        views = await store.counts(conn, actor.account_id, actor.user_id, list(actor.readable))
        channels = await store.counts_by_channel(conn, actor.account_id, channel_account_ids) if channel_account_ids else {}
    return views, channels


async def get_conversation(parts: Parts, actor: Actor, conversation_id: int) -> Conversation:
    async with parts.db.connection() as conn:
        return await readable_conversation(conn, actor, conversation_id)


async def readable_conversation(conn: Connection, actor: Actor, conversation_id: int, *, lock: bool = False) -> Conversation:
    """Raises `NotFound` for what is not there or not for this person. With `lock`, the row is held until the commit."""
    if lock:
        found = await store.lock(conn, actor.account_id, conversation_id)
    else:
        found = await store.get(conn, actor.account_id, conversation_id, actor.user_id)
    if found is None or not actor.can_read(found.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    return found


async def list_messages(parts: Parts, actor: Actor, conversation_id: int, *, before: int | None = None, limit: int = 50) -> Page:
    """The newest messages (older than `before`), oldest first; `next` is the cursor for the page of older ones."""
    limit = max(1, min(limit, MESSAGES_MAX))
    async with parts.db.connection() as conn:
        await readable_conversation(conn, actor, conversation_id)
        found = await messages.page(conn, actor.account_id, conversation_id, before, limit + 1)
    more = len(found) > limit
    found = found[-limit:]
    return Page(found, str(found[0].id) if more else None)


async def get_message(parts: Parts, actor: Actor, message_id: int) -> Message:
    async with parts.db.connection() as conn:
        return await readable_message(conn, actor, message_id)


async def readable_message(conn: Connection, actor: Actor, message_id: int) -> Message:
    found = await messages.get(conn, actor.account_id, message_id)
    if found is None or not actor.can_read(found.inbox_id):
        raise NotFound("There is no such message.", code="unknown_message")
    return found


async def source_of(parts: Parts, actor: Actor, message_id: int) -> bytes:
    """The raw original of a received message, byte for byte."""
    async with parts.db.connection() as conn:
        message = await readable_message(conn, actor, message_id)
        body = await deliveries.body_of(conn, actor.account_id, message.delivery_id) if message.delivery_id is not None else None
    if body is None:
        raise NotFound("This message was written here; there is no raw original.", code="no_source")
    in_row, file_hash = body
    return in_row if in_row is not None else await parts.files.get(file_hash or "")


async def html_of(parts: Parts, actor: Actor, message_id: int) -> str:
    """The sanitised HTML, for the sandboxed frame."""
    async with parts.db.connection() as conn:
        await readable_message(conn, actor, message_id)
        return await messages.html_of(conn, actor.account_id, message_id) or ""


async def mark_read(parts: Parts, actor: Actor, conversation_id: int, message_id: int) -> None:
    async with parts.db.transaction() as conn:
        await readable_conversation(conn, actor, conversation_id)
        await store.save_read(conn, actor.account_id, actor.user_id, conversation_id, max(0, message_id))
    parts.wake.touch(actor.account_id)


class Draft(msgspec.Struct):
    """What a user has begun to write; `content` is the composer's own."""

    mode: str
    content: dict[str, Any]
    updated_at: datetime


DRAFT_MAX = 2_000_000


async def get_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str) -> Draft | None:
    async with parts.db.connection() as conn:
        await readable_conversation(conn, actor, conversation_id)
        found = await store.get_draft(conn, actor.account_id, actor.user_id, conversation_id, mode)
    return Draft(mode, *found) if found else None


async def save_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str, content: Mapping[str, Any]) -> Draft:
    if len(msgspec.json.encode(content)) > DRAFT_MAX:
        raise Invalid("This draft is too long to be kept.", code="too_long")
    async with parts.db.transaction() as conn:
        await readable_conversation(conn, actor, conversation_id)
        at = await store.save_draft(conn, actor.account_id, actor.user_id, conversation_id, mode, content)
    parts.wake.touch(actor.account_id)
    return Draft(mode, dict(content), at)


async def drop_draft(parts: Parts, actor: Actor, conversation_id: int, mode: str) -> None:
    async with parts.db.transaction() as conn:
        await readable_conversation(conn, actor, conversation_id)
        await store.drop_draft(conn, actor.account_id, actor.user_id, conversation_id, mode)
    parts.wake.touch(actor.account_id)


def _write_cursor(at: datetime, id: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        when, number = datetime.fromisoformat(at), int(id)
        if when.tzinfo is None or not 0 <= number < 2**63:
            raise ValueError(cursor)
    except (ValueError, UnicodeDecodeError, binascii.Error, OverflowError) as error:
        raise Invalid("This cursor is not one of ours. Start the list from the beginning.", code="bad_cursor", field="cursor") from error
    return when, number

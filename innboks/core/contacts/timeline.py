"""A contact's timeline: conversations over all channels (by their last message), notes, and what was changed about them, newest first, page by page.

One sees the conversations of inboxes that one reads; notes and changes belong to the contact. Read next: `store_timeline.py`.
"""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store_timeline as store
from innboks.core.contacts.contacts import readable_contact
from innboks.core.contacts.models import Change, Note
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.cursors import read_cursor, write_cursor
from innboks.core.parts import Parts
from innboks.errors import Invalid

PAGE_MAX = 100
_KINDS = ("conversation", "note", "change")
"""Of the same moment, the first of these comes last."""
_END = datetime.max.replace(tzinfo=UTC)
_ID_MAX = 2**63 - 1


class Entry(msgspec.Struct, kw_only=True):
    """One thing that happened; of the three, the one that `kind` names is set."""

    kind: Literal["conversation", "note", "change"]
    at: datetime
    id: int
    conversation: Conversation | None = None
    note: Note | None = None
    change: Change | None = None


class Timeline(msgspec.Struct):
    items: list[Entry]
    next: str | None


async def timeline_of(parts: Parts, actor: Actor, contact_id: int, *, cursor: str | None, limit: int) -> Timeline:
    limit = max(1, min(limit, PAGE_MAX))
    kind, at, id = _read(cursor) if cursor else ("", _END, _ID_MAX)
    account_id = actor.account_id
    async with parts.db.connection() as conn:
        contact = (await readable_contact(conn, actor, contact_id)).id
        before = {one: _before(one, kind, at, id) for one in _KINDS}
        places = await store.conversations(conn, account_id, contact, list(actor.readable), before["conversation"], limit + 1)
        notes = await store.notes(conn, account_id, contact, before["note"], limit + 1)
        changes = await store.changes(conn, account_id, contact, before["change"], limit + 1)
        entries = [
            *(Entry(kind="conversation", at=at, id=id) for at, id in places),
            *(Entry(kind="note", at=one.created_at, id=one.id, note=one) for one in notes),
            *(Entry(kind="change", at=one.at, id=one.id, change=one) for one in changes),
        ]
        entries.sort(key=lambda one: (one.at, _KINDS.index(one.kind), one.id), reverse=True)
        page = entries[:limit]
        shown = [one.id for one in page if one.kind == "conversation"]
        rows = {one.id: one for one in await conversations.of_ids(conn, account_id, shown, actor.user_id)} if shown else {}
    for one in page:
        if one.kind == "conversation":
            one.conversation = rows.get(one.id)
    return Timeline(
        [one for one in page if one.kind != "conversation" or one.conversation is not None],
        f"{page[-1].kind}.{write_cursor(page[-1].at, page[-1].id)}" if len(entries) > limit else None,
    )


def _before(kind: str, after_kind: str, at: datetime, id: int) -> store.Place:
    """Where this kind goes on when the page ended with an entry of that kind: what is of the same moment and sorts later is still to come."""
    if not after_kind or kind == after_kind:
        return at, id
    return (at, _ID_MAX) if _KINDS.index(kind) < _KINDS.index(after_kind) else (at, 0)


def _read(cursor: str) -> tuple[str, datetime, int]:
    kind, _, rest = cursor.partition(".")
    if kind not in _KINDS:
        raise Invalid("This cursor is not one of ours. Start the list from the beginning.", code="bad_cursor", field="cursor")
    return kind, *read_cursor(rest)

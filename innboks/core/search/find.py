"""The way of a search: understand the line → names become ids → words become what stands in the index → walk → show.

Only what the actor may read is found: `Place.inboxes` comes from `resolve`, and the conversation's own row decides (DESIGN §4, "permission has one
door"). When nothing is found and a word is one that nobody wrote, words like it are searched for, and the answer says so; which words these are
is said only as far as they stand in what was found, because a word alone can tell of an inbox that one may not read.
Read next: `query.py`, `resolve.py`, `words.py`, `walk.py`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.cursors import read_cursor, write_cursor
from innboks.core.parts import Parts
from innboks.core.search import store
from innboks.core.search.models import Correction, Found, FoundContact, FoundConversation, FoundMessage, Piece, Query
from innboks.core.search.query import understand
from innboks.core.search.resolve import Scope, resolve
from innboks.core.search.snippets import Marker
from innboks.core.search.store import Hit, OutOfTime
from innboks.core.search.walk import RARE, Walked, text_of, walk
from innboks.core.search.words import Wanted, likely, mean
from innboks.lib.db import Connection
from innboks.lib.text import storable

Kind = Literal["all", "conversations", "contacts"]
LINE_MAX = 500
PAGE_MAX = 50
CONTACTS_BESIDE = 5
"""Contacts that are shown with the first page of conversations."""
MESSAGES_EACH = 3
CONTACTS_S = 0.3
UTC_ZONE = ZoneInfo("UTC")


async def find(
    parts: Parts, actor: Actor, line: str, *, kind: Kind = "all", cursor: str | None = None, limit: int = 20, zone: ZoneInfo = UTC_ZONE
) -> Found:
    """One page of what this person may find, newest first."""
    line = storable(line, LINE_MAX)
    limit = max(1, min(limit, PAGE_MAX))
    key = read_cursor(cursor) if cursor else None
    query = understand(line)
    found = Found(
        conversations=[], contacts=[], next=None, corrections=[], notes=list(query.notes), is_partial=False, searched_back_to=None
    )
    if query.is_empty or not actor.readable:
        return found
    async with store.searching(parts.db) as conn:
        wanted = await mean(conn, actor.account_id, query.groups)
        scope = await resolve(parts, actor, conn, query, zone)
        found.notes = scope.notes
        if wanted.is_contradiction or not (wanted.groups or query.filters):
            return found
        await _fill(conn, actor, query, found, wanted, scope, kind, key, limit)
        if not found.conversations and not found.contacts and not found.is_partial and key is None and wanted.unknown:
            await _correct(conn, actor, query, found, wanted, scope, kind, limit)
    return found


async def _fill(
    conn: Connection,
    actor: Actor,
    query: Query,
    found: Found,
    wanted: Wanted,
    scope: Scope,
    kind: Kind,
    key: tuple[datetime, int] | None,
    limit: int,
) -> Walked | None:
    marker = Marker(wanted.runs)
    if kind == "contacts" or (kind == "all" and key is None and not query.filters):
        most = limit if kind == "contacts" else CONTACTS_BESIDE
        await _add_contacts(conn, actor, found, wanted, marker, key[1] if key else None, most, is_alone=kind == "contacts")
    if kind == "contacts" or scope.is_nothing:
        return None
    if key is not None:
        scope.place = msgspec.structs.replace(scope.place, key=key)
    walked = await walk(conn, wanted, scope, limit)
    text = text_of(wanted, scope)
    found.conversations = await _shown(conn, actor, text, walked.hits, marker)
    if walked.back_to is not None:
        found.is_partial, found.searched_back_to = True, walked.back_to
        found.next = write_cursor(walked.back_to, 0)
    elif walked.has_more:
        found.next = write_cursor(walked.hits[-1].at, walked.hits[-1].message_id)
    return walked


async def _correct(
    conn: Connection, actor: Actor, query: Query, found: Found, wanted: Wanted, scope: Scope, kind: Kind, limit: int
) -> None:
    """Searches once more, with words like those that nobody wrote."""
    instead = {word: words for word in wanted.unknown if (words := await likely(conn, actor.account_id, word))}
    if len(instead) < len(wanted.unknown):
        return  # one word stays unknown, so nothing would be found
    again = await mean(conn, actor.account_id, query.groups, instead)
    await _fill(conn, actor, query, found, again, scope, kind, None, limit)
    if not found.conversations and not found.contacts:
        return
    seen = Marker([((one.word,), False) for words in instead.values() for one in words])
    texts = [piece.text for pieces in _all_pieces(found) for piece in pieces if piece.is_match]
    shown = {text.casefold() for text in texts if seen.has(text)}
    found.corrections = [Correction(word, [one.word for one in words if _stands_in(one.word, shown)]) for word, words in instead.items()]


def _stands_in(word: str, texts: set[str]) -> bool:
    marker = Marker([((word,), False)])
    return any(marker.has(text) for text in texts)


def _all_pieces(found: Found) -> list[Sequence[Piece]]:
    every: list[Sequence[Piece]] = [one.title for one in found.contacts]
    for one in found.conversations:
        every += [one.subject, one.contact, *(message.snippet for message in one.messages)]
    return every


async def _shown(conn: Connection, actor: Actor, text: str, hits: Sequence[Hit], marker: Marker) -> list[FoundConversation]:
    if not hits:
        return []
    ids = [hit.conversation_id for hit in hits]
    rows = {row.id: row for row in await conversations.of_ids(conn, actor.account_id, ids, actor.user_id) if actor.can_read(row.inbox_id)}
    messages = await store.best_messages(conn, text, actor.account_id, hits, MESSAGES_EACH)
    with_files = [one.id for one in messages if one.has_attachments]
    files: dict[int, list[store.FileText]] = {}
    for file in await store.file_texts(conn, actor.account_id, with_files) if with_files else []:
        files.setdefault(file.message_id, []).append(file)
    by_conversation: dict[int, list[FoundMessage]] = {}
    for one in messages:
        by_conversation.setdefault(one.conversation_id, []).append(_message(one, files.get(one.id, []), marker))
    return [
        FoundConversation(
            conversation=row,
            matched_at=hit.at,
            subject=marker.whole(row.subject),
            contact=marker.whole(row.contact_name or row.party_address),
            messages=_worth_showing(by_conversation.get(row.id, [])),
        )
        for hit in hits
        if (row := rows.get(hit.conversation_id)) is not None
    ]


def _worth_showing(messages: list[FoundMessage]) -> list[FoundMessage]:
    """Those in whose text the words stand; when they stand beside it alone (subject, names), the first one."""
    marked = [one for one in messages if one.file is not None or any(piece.is_match for piece in one.snippet)]
    return marked or messages[:1]


def _message(one: store.Shown, files: Sequence[store.FileText], marker: Marker) -> FoundMessage:
    snippet, name = marker.snippet(one.text), None
    if not any(piece.is_match for piece in snippet):
        for file in files:
            if marker.has(file.name) or marker.has(file.text):
                name = file.name
                snippet = marker.snippet(file.text) if marker.has(file.text) else snippet
                break
    return FoundMessage(
        id=one.id,
        type=one.type,
        direction=one.direction,
        author_id=one.author_id,
        sender_name=str(one.sender.get("name") or one.sender.get("address") or ""),
        created_at=one.created_at,
        snippet=snippet,
        file=name,
    )


async def _add_contacts(
    conn: Connection, actor: Actor, found: Found, wanted: Wanted, marker: Marker, before: int | None, limit: int, *, is_alone: bool
) -> None:
    if not any(not one.is_negated for group in wanted.groups for one in group):
        return
    keys = [*wanted.texts, f"'~a{actor.account_id}'"]
    try:
        async with store.within(conn, CONTACTS_S):
            rows = await store.contacts(
                conn, keys, actor.account_id, list(actor.readable), before, limit + 1, is_common=wanted.entries > RARE
            )
    except OutOfTime:
        return
    if is_alone and len(rows) > limit:
        found.next = write_cursor(datetime(2000, 1, 1, tzinfo=UTC), rows[limit - 1].id)
    for row in rows[:limit]:
        title = row.name or next((one.value for one in row.identities), "")
        found.contacts.append(FoundContact(id=row.id, name=row.name, identities=row.identities, title=marker.whole(title)))

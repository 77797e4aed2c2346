"""What the team notes about a contact. A deleted note is kept and can be taken back; only its author changes its words."""

from innboks.core.access import SUPER_ADMIN, Actor
from innboks.core.contacts import store
from innboks.core.contacts.contacts import held_contact, readable_contact, writable_contact
from innboks.core.contacts.models import Note
from innboks.core.conversations.models import Page
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import storable

NOTE_CHARS = 10_000


async def list_notes(parts: Parts, actor: Actor, contact_id: int, *, before: int | None, limit: int) -> Page:
    """Newest first; `next` is the `before` of the older ones."""
    limit = max(1, min(limit, 100))
    async with parts.db.connection() as conn:
        contact = await readable_contact(conn, actor, contact_id)
        found = await store.notes(conn, actor.account_id, contact.id, before, limit + 1)
    more = len(found) > limit
    return Page(found[:limit], str(found[limit - 1].id) if more else None)


async def add_note(parts: Parts, actor: Actor, contact_id: int, text: str) -> Note:
    text = _words(text)
    async with parts.db.transaction() as conn:
        contact = await held_contact(conn, actor, contact_id)
        note = await store.add_note(conn, actor.account_id, contact.id, actor.user_id, text)
        await _tell(conn, note, actor)
    parts.wake.touch(actor.account_id)
    return note


async def change_note(parts: Parts, actor: Actor, note_id: int, *, text: str | None = None, is_deleted: bool | None = None) -> Note:
    """Other words, deleted, or back again. Raises `Forbidden` for somebody else's note; an administrator may delete it."""
    words = _words(text) if text is not None else None
    async with parts.db.transaction() as conn:
        note = await store.get_note(conn, actor.account_id, note_id)
        if note is None:
            raise NotFound("There is no such note.", code="unknown_note")
        try:
            await writable_contact(conn, actor, note.contact_id)
        except NotFound as error:
            raise NotFound("There is no such note.", code="unknown_note") from error
        if note.author_id != actor.user_id and (words is not None or not actor.may(SUPER_ADMIN)):
            raise Forbidden("Only who wrote a note can change it.", code="not_yours")
        note = await store.change_note(
            conn,
            actor.account_id,
            note_id,
            text=note.text if words is None else words,
            is_deleted=note.deleted_at is not None if is_deleted is None else is_deleted,
        )
        await _tell(conn, note, actor)
    parts.wake.touch(actor.account_id)
    return note


async def _tell(conn: Connection, note: Note, actor: Actor) -> None:
    await events.add(conn, actor.account_id, "contact.changed", data={"contact_id": note.contact_id})


def _words(text: str) -> str:
    text = storable(text, NOTE_CHARS + 1).strip()
    if not text:
        raise Invalid("A note needs some words.", code="empty_text", field="text")
    if len(text) > NOTE_CHARS:
        raise Invalid(f"A note has at most {NOTE_CHARS} characters.", code="too_long", field="text")
    return text

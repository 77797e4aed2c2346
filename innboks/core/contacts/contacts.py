"""Contacts as people see and change them: only those who wrote to an inbox that the actor can read."""

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store
from innboks.core.contacts.models import Contact
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.parts import Parts
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import storable


class ContactPage(msgspec.Struct):
    """A contact with the newest of their conversations."""

    contact: Contact
    conversations: list[Conversation]


async def get_contact(parts: Parts, actor: Actor, contact_id: int) -> ContactPage:
    async with parts.db.connection() as conn:
        contact = await _readable(conn, actor, contact_id)
        latest: list[Conversation] = []
        for view in ("open", "closed"):
            latest += await conversations.page(
                conn,
                account_id=actor.account_id,
                user_id=actor.user_id,
                inbox_ids=list(actor.readable),
                view=view,
                channel_account_id=None,
                contact_id=contact_id,
                before=None,
                limit=10,
            )
    latest.sort(key=lambda one: (one.last_message_at, one.id), reverse=True)
    return ContactPage(contact, latest[:10])


async def rename_contact(parts: Parts, actor: Actor, contact_id: int, name: str) -> Contact:
    name = storable(name, 200).strip()
    if not name:
        raise Invalid("A contact needs a name.", code="empty_name", field="name")
    async with parts.db.transaction() as conn:
        await _readable(conn, actor, contact_id)
        await store.update(conn, actor.account_id, contact_id, {"name": name})
        return await _readable(conn, actor, contact_id)


async def _readable(conn: Connection, actor: Actor, contact_id: int) -> Contact:
    found = await store.get(conn, actor.account_id, contact_id)
    if found is None or not await store.is_seen_in(conn, actor.account_id, contact_id, list(actor.readable)):
        raise NotFound("There is no such contact.", code="unknown_contact")
    return found

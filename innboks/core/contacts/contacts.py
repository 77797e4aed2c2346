"""Contacts as people see and change them: those who wrote to an inbox that the actor can read, changed only by its members; and those that were made
by hand or imported, which are everybody's.

What is left of a merged contact leads to the one that it was merged into, wherever its id is used. Every change tells all browsers of the account
which contact changed, never what: who may see it asks again. Read next: `listing.py`, `notes.py`, `reach.py`, `link.py`, `merge.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.accounts import store as accounts
from innboks.core.contacts import store, store_merge
from innboks.core.contacts.models import ChangeKind, Contact, Suggested
from innboks.core.contacts.properties import checked_values
from innboks.core.contacts.store_merge import MergedContact
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import list_conversations
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.addresses import typed_party
from innboks.lib.db import Connection, retrying
from innboks.lib.text import one_line, storable

LATEST = 30
COUNT_CAP = 100
IDENTITIES_MAX = 30
NAME_CHARS = 200
MERGED_MAX = 250
"""So many may be merged into one (R-705)."""
TOLD_MAX = 50
"""Conversations whose rows are told when their contact gets another name; older rows show it when they are read again."""


class ContactPage(msgspec.Struct):
    """A contact with the newest of their conversations, open ones first. `count` stops at COUNT_CAP. `can_act`: the person who asks may change it."""

    contact: Contact
    conversations: list[Conversation]
    count: int
    merges: list[MergedContact]
    can_act: bool


class ContactChange(msgspec.Struct, kw_only=True):
    """Only what is given changes; `owner_id` None: nobody. Of `properties` only those that are named; None takes a value away."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    owner_id: int | msgspec.UnsetType | None = msgspec.UNSET
    is_blocked: bool | msgspec.UnsetType = msgspec.UNSET
    properties: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET


class NewContact(msgspec.Struct, kw_only=True):
    """A contact made by hand; at least one of name, email and phone."""

    name: str = ""
    email: str = ""
    phone: str = ""
    owner_id: int | None = None
    properties: Mapping[str, Any] = {}


async def get_contact(parts: Parts, actor: Actor, contact_id: int) -> ContactPage:
    async with parts.db.connection() as conn:
        contact = await readable_contact(conn, actor, contact_id)
        count = await store.count_conversations(conn, actor.account_id, contact.id, list(actor.readable), COUNT_CAP)
        merges = await store_merge.standing(conn, actor.account_id, contact.id)
        can_act = await _can_act(conn, actor, contact)
    latest: list[Conversation] = []
    for view in ("open", "snoozed", "closed"):
        found = await list_conversations(parts, actor, view=view, contact_id=contact.id, limit=LATEST)
        latest += found.items[: LATEST - len(latest)]
    return ContactPage(contact, latest, count, merges, can_act)


async def create_contact(parts: Parts, actor: Actor, new: NewContact) -> int:
    """Returns its id. An address that somebody else has is refused: then that contact is to be changed instead."""
    name = one_line(new.name, NAME_CHARS).strip()
    typed = [("email", typed_party(new.email, "email", "email")[0])] if new.email.strip() else []
    typed += [("phone", typed_party(new.phone, "phone", "phone")[0])] if new.phone.strip() else []
    if not name and not typed:
        raise Invalid("Give a name, an email address or a phone number.", code="empty_contact", field="name")
    async with parts.db.transaction() as conn:
        await store.hold_addresses(conn, actor.account_id, [value for _, value in typed])
        values: dict[str, Any] = {}
        if new.owner_id is not None:
            values["owner_id"] = await _owner(conn, actor, new.owner_id)
        given = await checked_values(conn, actor.account_id, new.properties)
        values["properties"] = {key: value for key, value in given.items() if value is not None}
        contact_id = await store.create(conn, actor.account_id, name, is_shared=True)
        for type, value in typed:
            if await store.owner_of_identity(conn, actor.account_id, type=type, scope_id=0, value=value) is not None:
                raise Conflict("This address belongs to a contact already.", code="identity_taken", field=type)
            await store.give_identity(conn, actor.account_id, contact_id, type=type, scope_id=0, value=value)
        await store.update(conn, actor.account_id, contact_id, values)
        await store.note_change(conn, actor.account_id, contact_id, "created", actor.user_id)
        await tell(conn, actor, contact_id, {})
    parts.wake.touch(actor.account_id)
    return contact_id


async def change_contact(parts: Parts, actor: Actor, contact_id: int, wanted: ContactChange) -> None:
    await _change(parts, actor, contact_id, wanted)
    parts.wake.touch(actor.account_id)


@retrying
async def _change(parts: Parts, actor: Actor, contact_id: int, wanted: ContactChange) -> None:
    async with parts.db.transaction() as conn:
        await apply_change(conn, actor, contact_id, wanted, parts.clock.now())


async def apply_change(conn: Connection, actor: Actor, contact_id: int, wanted: ContactChange, now: datetime) -> None:
    """One contact in the caller's transaction. Everything that can be refused is refused before anything is written; what is so already is not
    written again."""
    name = contact_name(wanted.name) if wanted.name is not msgspec.UNSET else msgspec.UNSET
    before = await held_contact(conn, actor, contact_id)
    values: dict[str, Any] = {}
    lines: list[tuple[ChangeKind, dict[str, Any]]] = []
    if name is not msgspec.UNSET and name != before.name:
        values["name"] = name
        lines.append(("renamed", {"from": before.name, "to": name}))
    if wanted.owner_id is not msgspec.UNSET and wanted.owner_id != before.owner_id:
        values["owner_id"] = None if wanted.owner_id is None else await _owner(conn, actor, wanted.owner_id)
        lines.append(("owner", {"from": _text_id(before.owner_id), "to": _text_id(wanted.owner_id)}))
    if wanted.properties is not msgspec.UNSET:
        given = await checked_values(conn, actor.account_id, wanted.properties)
        changed = {key: [before.properties.get(key), value] for key, value in given.items() if before.properties.get(key) != value}
        if changed:
            values["properties"] = with_values(before.properties, given)
            lines.append(("properties", {"properties": changed}))
    if wanted.is_blocked is not msgspec.UNSET and wanted.is_blocked != (before.blocked_at is not None):
        values |= {"blocked_at": now if wanted.is_blocked else None, "blocked_by": actor.user_id if wanted.is_blocked else None}
        lines.append(("blocked" if wanted.is_blocked else "unblocked", {}))
    if values:
        await store.update(conn, actor.account_id, before.id, values)
        for kind, data in lines:
            await store.note_change(conn, actor.account_id, before.id, kind, actor.user_id, data)
        if before.blocked_at is not None and wanted.is_blocked is False:
            # What they write from now on would go on in the spam that the block made.
            released = await store.release_spam(conn, actor.account_id, before.id, before.blocked_at, TOLD_MAX)
            await conversations.announce(conn, actor.account_id, *released)
        await tell(conn, actor, before.id, values)


def with_values(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with these values in place of those of the same keys; None takes one away."""
    return {key: value for key, value in {**before, **given}.items() if value is not None}


async def _owner(conn: Connection, actor: Actor, owner_id: int) -> int:
    if await accounts.get_user(conn, actor.account_id, owner_id) is None:
        raise Invalid("There is no such person in your account.", code="unknown_user", field="owner_id")
    return owner_id


async def add_identity(parts: Parts, actor: Actor, contact_id: int, type: str, value: str) -> None:
    """An address that people know of a contact. One that is somebody else's is refused: then the conversation is to be linked instead."""
    if type not in ("email", "phone"):
        raise Invalid("Add a mail address or a phone number.", code="invalid", field="type")
    address, _ = typed_party(value, "email" if type == "email" else "phone", "value")
    async with parts.db.transaction() as conn:
        owner = await store.owner_of_identity(conn, actor.account_id, type=type, scope_id=0, value=address)
        contact = await held_contact(conn, actor, contact_id)
        if len(contact.identities) >= IDENTITIES_MAX:
            raise Invalid(f"A contact has at most {IDENTITIES_MAX} addresses.", code="too_many", field="value")
        if owner not in (None, contact.id):
            raise Conflict("This address belongs to another contact.", code="identity_taken", field="value")
        await store.give_identity(conn, actor.account_id, contact.id, type=type, scope_id=0, value=address)
        if owner is None:
            line = {"type": type, "value": address}
            await store.note_change(conn, actor.account_id, contact.id, "identity_added", actor.user_id, line)
        await tell(conn, actor, contact.id, {})
    parts.wake.touch(actor.account_id)


async def drop_identity(parts: Parts, actor: Actor, contact_id: int, type: str, value: str) -> None:
    """The contact keeps its conversations; what comes from this address next makes a new contact."""
    type, value = storable(type, 20), storable(value, 500)
    async with parts.db.transaction() as conn:
        contact = await held_contact(conn, actor, contact_id)
        if not await store.drop_identity(conn, actor.account_id, contact.id, type=type, value=value):
            raise NotFound("The contact has no such address.", code="unknown_identity")
        line = {"type": type, "value": value}
        await store.note_change(conn, actor.account_id, contact.id, "identity_dropped", actor.user_id, line)
        await tell(conn, actor, contact.id, {})
    parts.wake.touch(actor.account_id)


def contact_name(name: str) -> str:
    name = one_line(name, NAME_CHARS).strip()
    if not name:
        raise Invalid("A contact needs a name.", code="empty_name", field="name")
    return name


SUGGESTIONS_MAX = 8


async def suggest(parts: Parts, actor: Actor, start: str, type: str) -> list[Suggested]:
    """Who could be meant by these first letters: people with a conversation in an inbox that the actor can read."""
    start = storable(start, 200).strip().lower()
    if not start or type not in ("email", "phone"):
        return []
    async with parts.db.connection() as conn:
        return await store.suggest(conn, actor.account_id, type=type, start=start, inbox_ids=list(actor.readable), limit=SUGGESTIONS_MAX)


async def tell(conn: Connection, actor: Actor, contact_id: int, changed: Mapping[str, Any]) -> None:
    """Tells that this contact changed; with another name, also the rows that show it."""
    await events.add(conn, actor.account_id, "contact.changed", data={"contact_id": contact_id})
    if "name" in changed:
        latest = await store.latest_conversations(conn, actor.account_id, contact_id, TOLD_MAX)
        await conversations.announce(conn, actor.account_id, *latest)


async def readable_contact(conn: Connection, actor: Actor, contact_id: int) -> Contact:
    """The contact, or the one that it was merged into. Raises `NotFound` for who is not there, or has written to no inbox of this person's."""
    found = await store.get(conn, actor.account_id, contact_id)
    for _ in range(MERGED_MAX + 1):
        if found is None or found.merged_into_id is None:
            break
        found = await store.get(conn, actor.account_id, found.merged_into_id)
    if found is None or not (found.is_shared or await store.is_seen_in(conn, actor.account_id, found.id, list(actor.readable))):
        raise NotFound("There is no such contact.", code="unknown_contact")
    return found


async def _can_act(conn: Connection, actor: Actor, found: Contact) -> bool:
    return found.is_shared or await store.is_seen_in(conn, actor.account_id, found.id, list(actor.writable))


async def writable_contact(conn: Connection, actor: Actor, contact_id: int) -> Contact:
    """The same, and raises `Forbidden` when they may only look (R-023)."""
    found = await readable_contact(conn, actor, contact_id)
    if not await _can_act(conn, actor, found):
        raise Forbidden(
            "You can see this contact but are not a member of an inbox they wrote to. Ask to be added to change it.", code="not_a_member"
        )
    return found


async def held_contact(conn: Connection, actor: Actor, contact_id: int) -> Contact:
    """The same, held until the commit: what is added to it is not added to one that somebody merges in that moment."""
    await store.lock(conn, actor.account_id, [contact_id])
    found = await writable_contact(conn, actor, contact_id)
    if found.id != contact_id:
        await store.lock(conn, actor.account_id, [found.id])
        found = await writable_contact(conn, actor, found.id)
    return found


def _text_id(value: int | None) -> str | None:
    return None if value is None else str(value)

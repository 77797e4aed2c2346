"""Who may be the same person: contacts with the same name, with the same name before the @ at another domain, or whose address stands in a property of
this one. Only suggested, never merged by themselves (R-344). Read next: `merge.py`."""

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store_list, store_merge, store_properties
from innboks.core.contacts.contacts import readable_contact
from innboks.core.contacts.models import ListedContact
from innboks.core.parts import Parts

SUGGESTED_MAX = 5
LOCAL_PART_MIN = 5
"""Shorter names before the @, and those that many have, say nothing about who somebody is."""
COMMON = frozenset(
    {
        "admin",
        "billing",
        "booking",
        "contact",
        "faktura",
        "firmapost",
        "hello",
        "invoice",
        "kontakt",
        "kundeservice",
        "no-reply",
        "noreply",
        "office",
        "order",
        "orders",
        "postmaster",
        "reception",
        "sales",
        "service",
        "support",
    }
)


class Duplicate(msgspec.Struct):
    """`why`: address, name or mailbox."""

    contact: ListedContact
    why: str


async def duplicates_of(parts: Parts, actor: Actor, contact_id: int) -> list[Duplicate]:
    """The likeliest first."""
    inboxes = sorted(actor.readable)
    async with parts.db.connection() as conn:
        contact = await readable_contact(conn, actor, contact_id)
        own = [one.value.rpartition("@")[0] for one in contact.identities if one.type == "email"]
        types = {one.key: one.type for one in await store_properties.all_of(conn, actor.account_id)}
        values = [str(value) for key, value in contact.properties.items() if types.get(key) in ("email", "phone")]
        found = await store_merge.alike(
            conn,
            actor.account_id,
            contact.id,
            inboxes,
            [one for one in own if len(one) >= LOCAL_PART_MIN and one not in COMMON],
            values,
            SUGGESTED_MAX,
        )
        rows = {
            one.id: one for one in await store_list.rows(conn, actor.account_id, inboxes, sorted(actor.writable), [id for id, _ in found])
        }
    return [Duplicate(rows[id], why) for id, why in found if id in rows]

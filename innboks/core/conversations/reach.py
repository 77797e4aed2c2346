"""An answer that goes over another connection than the conversation's: the same customer, reached elsewhere.

The other channel account must be one the writer may write on, must be able to begin or go on with this person, and we must know the
person's address there. Read next: `write.py`, which goes on with what is found here as if the conversation were there.
"""

import msgspec

from innboks.core.access import Actor
from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations.models import NewMessage
from innboks.core.dispatches import store
from innboks.core.dispatches.store import ReplyGround
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.db import Connection


async def reach(conn: Connection, actor: Actor, ground: ReplyGround, connected: Connected, new: NewMessage) -> ReplyGround:
    """The ground as it is on the other channel account. Raises `NotFound`, `Forbidden` or `Invalid`."""
    row, abilities = connected.row, connected.channel.abilities
    if row.inbox_id != ground.inbox_id:
        if not actor.can_read(row.inbox_id):
            raise NotFound("There is no such channel account.", code="unknown_channel_account")
        actor.require_write(row.inbox_id)
    if abilities.is_recorded_sent:
        raise Forbidden("Only a conversation that began on this channel can be answered there.", code="cannot_reach")
    there = msgspec.structs.replace(
        ground,
        channel_account_id=row.id,
        kind=row.kind,
        can_send=row.can_send,
        is_archived=row.archived_at is not None,
    )
    if row.kind == ground.kind and abilities.identity != "opaque":
        return there  # the same addresses mean the same people: who is in copy stays so
    scope_id = row.id if abilities.identity == "opaque" else 0
    address = (
        await store.address_there(conn, actor.account_id, ground.contact_id, abilities.identity, scope_id) if ground.contact_id else None
    )
    if address is None and not new.to:
        raise Invalid(
            f"We know no address of this customer for {connected.channel.name}. Add one to the contact, or answer where they wrote.",
            code="cannot_reach",
            field="channel_account_id",
        )
    return msgspec.structs.replace(there, party_address=address or "", reply_to=None, sender=None, recipients=None)

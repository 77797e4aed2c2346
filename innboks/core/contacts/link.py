"""Whom a conversation is with: a visitor whom nobody knows becomes a contact, a new one or one that is known (R-651).

The address goes along, so what comes from it next belongs to the same contact; so do the other conversations that were had from it. Linking
back to the contact of before undoes all of it.
"""

from collections.abc import Sequence

from innboks.core.access import Actor
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.contacts import store
from innboks.core.contacts.contacts import contact_name, readable_contact, tell
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import readable_conversation
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.rearrangements.store import announce_moved
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.addresses import typed_party
from innboks.lib.db import Connection


async def link_contact(parts: Parts, actor: Actor, conversation_id: int, contact_id: int | None) -> Conversation:
    """None: to nobody (to undo)."""
    async with parts.db.transaction() as conn:
        conversation = await _held(conn, actor, conversation_id, contact_id)
        if contact_id is not None and contact_id != conversation.contact_id:
            try:
                contact_id = (await readable_contact(conn, actor, contact_id)).id
            except NotFound as error:
                # One that lost its only conversation is seen nowhere any more: it may be taken back all the same, when it exists.
                if await store.get(conn, actor.account_id, contact_id) is None or await store.latest_conversations(
                    conn, actor.account_id, contact_id, 1
                ):
                    raise Invalid("There is no such contact.", code="unknown_contact", field="contact_id") from error
        return await _link(parts, conn, actor, conversation, contact_id)


async def create_and_link(parts: Parts, actor: Actor, conversation_id: int, name: str, email: str, phone: str) -> Conversation:
    """A new contact for this conversation, with the addresses that are given beside the one it was written from."""
    name = contact_name(name)
    typed = [("email", typed_party(email, "email", "email")[0])] if email.strip() else []
    typed += [("phone", typed_party(phone, "phone", "phone")[0])] if phone.strip() else []
    async with parts.db.transaction() as conn:
        conversation = await _held(conn, actor, conversation_id, None, [value for _, value in typed])
        contact_id = await store.create(conn, actor.account_id, name)
        for type, value in typed:
            owner = await store.owner_of_identity(conn, actor.account_id, type=type, scope_id=0, value=value)
            if owner is not None and not (owner == conversation.contact_id and value == conversation.party_address):
                raise Conflict("This address belongs to another contact. Link that one instead.", code="identity_taken", field=type)
            await store.give_identity(conn, actor.account_id, contact_id, type=type, scope_id=0, value=value)
        return await _link(parts, conn, actor, conversation, contact_id)


async def _held(
    conn: Connection, actor: Actor, conversation_id: int, contact_id: int | None, addresses: Sequence[str] = ()
) -> Conversation:
    """The conversation, with all that linking it will change, in the order in which everybody takes these: addresses, contacts, conversations."""
    seen = await readable_conversation(conn, actor, conversation_id)
    await store.hold_addresses(conn, actor.account_id, [seen.party_address, *addresses])
    if contact_id is not None:
        contact_id = await store.current_id(conn, actor.account_id, contact_id)
    await store.lock(conn, actor.account_id, [one for one in (seen.contact_id, contact_id) if one is not None])
    await conversations.lock_rows(conn, actor.account_id, [seen.id], kin_of=[seen.id])
    conversation = await readable_conversation(conn, actor, conversation_id, lock=True)
    actor.require_write(conversation.inbox_id)
    return conversation


async def _link(parts: Parts, conn: Connection, actor: Actor, conversation: Conversation, contact_id: int | None) -> Conversation:
    account_id, before = actor.account_id, conversation.contact_id
    if contact_id != before:
        await _move_address(parts, conn, actor, conversation, contact_id)
        moved = await store.move_conversations(
            conn,
            account_id,
            conversation_id=conversation.id,
            channel_account_id=conversation.channel_account_id,
            party=conversation.party_address,
            before=before,
            after=contact_id,
        )
        linked = await store.get(conn, account_id, contact_id) if contact_id is not None else None
        line = {"event": "contact_linked", "from": _id(before), "to": _id(contact_id), "name": linked.name if linked else ""}
        await messages.add_system(conn, account_id, conversation.id, line, author_id=actor.user_id)
        await conversations.announce(conn, account_id, *moved[:200])
        await announce_moved(conn, account_id, moved[:200])  # their messages name another contact now
        for one_contact in (before, contact_id):
            if one_contact is not None:
                await tell(conn, actor, one_contact, {})
    after = await conversations.get(conn, account_id, conversation.id, actor.user_id)
    assert after is not None
    parts.wake.touch(account_id)
    return after


async def _move_address(parts: Parts, conn: Connection, actor: Actor, conversation: Conversation, contact_id: int | None) -> None:
    """The address that the conversation is had with follows it. One that a third contact has stays theirs."""
    party = conversation.party_address
    account = await channel_accounts.get(conn, actor.account_id, conversation.channel_account_id)
    abilities = next((channel.abilities for channel in parts.registry if account is not None and channel.kind == account.kind), None)
    if not party or abilities is None:
        return
    scope = conversation.channel_account_id if abilities.identity == "opaque" else 0
    owner = await store.owner_of_identity(conn, actor.account_id, type=abilities.identity, scope_id=scope, value=party)
    if owner not in (None, conversation.contact_id):
        return
    if contact_id is not None:
        await store.give_identity(conn, actor.account_id, contact_id, type=abilities.identity, scope_id=scope, value=party)
    elif owner is not None:
        await store.drop_identity(conn, actor.account_id, owner, type=abilities.identity, value=party)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)

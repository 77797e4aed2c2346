"""How a contact can be reached: each connected channel account, open or closed, and why (UI.md, "Reach on").

The server decides, from what the channel says it can do (`abilities`), the contact's addresses, the reply window and how the connection is;
the app only shows it. The road out refuses by the same facts.
"""

from datetime import datetime

from innboks.core.access import Actor
from innboks.core.accounts.features import has_channel
from innboks.core.accounts.store import get_account
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts import store
from innboks.core.contacts.contacts import readable_contact
from innboks.core.contacts.models import Reach
from innboks.core.conversations.window import NEVER_OPEN, closes_at
from innboks.core.parts import Parts
from innboks.sdk.contract import Abilities


async def reach_of(parts: Parts, actor: Actor, contact_id: int) -> list[Reach]:
    """Open ones first, then those that are closed for this person; each by name."""
    async with parts.db.connection() as conn:
        contact = await readable_contact(conn, actor, contact_id)
        contact_id = contact.id
        identities = await store.scoped_identities(conn, actor.account_id, contact_id)
        conversations = await store.newest_conversations(conn, actor.account_id, contact_id, list(actor.readable))
        accounts = await channel_accounts.all_of(conn, actor.account_id, list(actor.readable), also=list(conversations))
        own = await get_account(conn, actor.account_id)
        assert own is not None
        known = {channel.kind: channel for channel in parts.registry}
        found = []
        for account in accounts:
            channel = known.get(account.kind)
            if channel is None:
                continue
            abilities, conversation_id, until = channel.abilities, conversations.get(account.id), None
            if conversation_id is not None:
                until = await closes_at(conn, actor.account_id, conversation_id, account.id, abilities)
            one = _reach(actor, account, abilities, identities, conversation_id, until, parts.clock.now())
            if not has_channel(own, channel):
                one.is_open, one.reason = False, "switched_off"
            found.append(one)
    if contact.blocked_at is not None:
        for one in found:
            one.is_open, one.reason = False, "blocked"
    return sorted(found, key=lambda one: (not one.is_open, one.conversation_id is None, one.name.lower(), one.channel_account_id))


def _reach(
    actor: Actor,
    account: ChannelAccount,
    abilities: Abilities,
    identities: list[tuple[str, int, str]],
    conversation_id: int | None,
    until: datetime | None,
    now: datetime,
) -> Reach:
    scope = account.id if abilities.identity == "opaque" else 0
    result = Reach(
        channel_account_id=account.id,
        kind=account.kind,
        name=account.name,
        addresses=[value for type, scope_id, value in identities if type == abilities.identity and scope_id == scope],
        conversation_id=conversation_id,
        is_open=False,
        reason="",
        until=None if until == NEVER_OPEN else until,
        sentence="",
    )
    if account.archived_at is not None:
        result.reason = "disconnected"
    elif not result.addresses:
        result.reason = "no_address"
    elif until == NEVER_OPEN or (conversation_id is None and not abilities.may_start):
        result.reason = "must_write_first"
    elif until is not None and until <= now:
        result.reason = "window_closed"
    elif not account.is_active:
        result.reason = "paused"
    elif not account.is_authorized:
        result.reason = "broken"
    elif not account.may_send:
        result.reason = "receives_only"
    elif account.inbox_id not in actor.writable:
        result.reason = "not_a_member"
    if result.reason in ("paused", "broken"):
        result.sentence = str(account.health.get("sentence", ""))
    result.is_open = result.reason == ""
    return result

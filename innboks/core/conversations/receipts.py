"""What becomes known later: delivered, read, bounced; edited, reacted. All by the road in (`receive.py`)."""

from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations import store as conversations
from innboks.core.deliveries import store as deliveries
from innboks.core.dispatches import store
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import Unrecognised
from innboks.lib.db import Connection
from innboks.lib.text import storable
from innboks.sdk.contract import MessageEdited, ReactionReceived, ReceiptReceived

TEXT_MAX = 100_000
_RANK = {"queued": 0, "sending": 1, "uncertain": 2, "sent": 3, "delivered": 4, "read": 5}


async def record_receipt(parts: Parts, conn: Connection, connected: Connected, receipt: ReceiptReceived, delivery_id: int) -> bool:
    """Writes what a receipt says onto the message of ours that it speaks of; False when there is no such message.

    A failure reopens the conversation and leaves a line in it (AHEAD 4): nobody else will tell the customer's team."""
    account_id = connected.row.account_id
    found = await store.find_sent(conn, account_id, receipt.external_ids)
    if found is None:
        return False
    await deliveries.tells_of(conn, account_id, delivery_id, found.message_id)
    addresses = None
    if receipt.address is not None:
        addresses = [one for one in found.addresses if one.lower() == receipt.address.lower()]
        if not addresses and len(found.addresses) == 1:
            addresses = found.addresses  # the mailbox behind an alias answered: there is nobody else it could be
    reason = storable(receipt.reason, 500)
    if addresses is None or addresses:
        await store.settle_recipients(
            conn, account_id, found.message_id, state=receipt.state, addresses=addresses, reason=reason, code=receipt.code
        )
    recipients = await store.recipient_states(conn, account_id, found.message_id)
    if found.state in ("queued", "sending") and "queued" in recipients:
        await _changed(conn, account_id, found.message_id)  # it is still to leave for others: it stays in the queue for them
    else:
        state = _overall(found.state, receipt.state, recipients)
        told = reason if receipt.state in ("failed", "delayed") else ""
        await store.settle(conn, account_id, found.message_id, state=state, reason=told, code=receipt.code)
    if receipt.state in ("failed", "delayed"):
        data = {
            "event": f"message_{receipt.state}",
            "message_id": str(found.message_id),
            "address": receipt.address or "",
            "reason": reason,
        }
        await messages.add_system(conn, account_id, found.conversation_id, data, delivery_id=delivery_id)
    if receipt.state == "failed":
        await conversations.update(conn, account_id, found.conversation_id, {"status": "open", "closed_at": None})
    return True


def _overall(before: str, told: str, recipients: list[str]) -> str:
    """The state of the message as a whole: failed only when it failed for everybody; never back from what was already known."""
    if recipients and all(one == "failed" for one in recipients):
        return "failed"
    if told in ("failed", "delayed"):
        return "sent" if before in ("queued", "sending", "uncertain", "failed") else before
    if before == "failed":
        return told
    return told if _RANK.get(told, 0) > _RANK.get(before, 0) else before


async def record_edit(conn: Connection, connected: Connected, edit: MessageEdited, delivery_id: int) -> str:
    row = connected.row
    message_id = await messages.by_external_id(conn, row.account_id, row.id, edit.external_id)
    if message_id is None:
        raise Unrecognised("A change of a message that is not here.", code="unknown_message")
    await messages.insert_edit(conn, row.account_id, message_id, storable(edit.text, TEXT_MAX), "", edit.is_deleted)
    await deliveries.tells_of(conn, row.account_id, delivery_id, message_id)
    await _changed(conn, row.account_id, message_id)
    return "handled"


async def record_reaction(conn: Connection, connected: Connected, reaction: ReactionReceived, delivery_id: int) -> str:
    row = connected.row
    message_id = await messages.by_external_id(conn, row.account_id, row.id, reaction.external_id)
    if message_id is None:
        raise Unrecognised("A reaction to a message that is not here.", code="unknown_message")
    await messages.set_reaction(conn, row.account_id, message_id, storable(reaction.sender.address, 500), storable(reaction.emoji, 64))
    await deliveries.tells_of(conn, row.account_id, delivery_id, message_id)
    await _changed(conn, row.account_id, message_id)
    return "handled"


async def _changed(conn: Connection, account_id: int, message_id: int) -> None:
    placed = await messages.place_of(conn, account_id, message_id)
    assert placed is not None
    await messages.announce_changed(conn, account_id, placed, message_id)

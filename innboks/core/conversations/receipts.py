"""What becomes known later: delivered, read, bounced; edited, reacted. All by the road in (`receive.py`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations import store as conversations
from innboks.core.deliveries import store as deliveries
from innboks.core.dispatches import store, store_dealt
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import TooEarly
from innboks.lib.db import Connection
from innboks.lib.text import storable
from innboks.sdk.contract import MessageEdited, ReactionReceived, ReceiptReceived

TEXT_MAX = 100_000
REPORTS_WITHIN = timedelta(days=5)
"""After its mail left, a report can be about it without naming it: so long do mail servers try (RFC 5321 §4.5.4.1)."""
ON_THE_WAY = timedelta(minutes=1)
"""Between the moment at which we say that a mail left and the Date that a provider writes into it instead of ours."""
_RANK = {"queued": 0, "sending": 1, "uncertain": 2, "sent": 3, "delivered": 4, "read": 5}


Told = Literal["marked", "unsure", "unknown"]
"""What became of a receipt: a message of ours was marked; it may be about one of several, so that none was; there is none that it can be about."""


async def record_receipt(
    parts: Parts, conn: Connection, connected: Connected, receipt: ReceiptReceived, delivery_id: int, at: datetime
) -> Told:
    """Writes what a receipt that came in `at` says onto the message of ours that it speaks of.

    A failure reopens the conversation and leaves a line in it (AHEAD 4): nobody else will tell the customer's team."""
    account_id = connected.row.account_id
    found = await store.find_sent(conn, account_id, receipt.external_ids)
    if found is None:
        fitting = await _fitting(conn, connected, receipt, at)
        if len(fitting) != 1:
            return "unsure" if fitting else "unknown"
        found = await store.get_sent(conn, account_id, fitting[0])
        if found is None:
            return "unknown"
    await deliveries.tells_of(conn, account_id, delivery_id, found.message_id)
    addresses = None
    if receipt.address is not None:
        addresses = [one for one in found.addresses if one.lower() == receipt.address.lower()]
        if not addresses and len(found.addresses) == 1:
            addresses = found.addresses  # the mailbox behind an alias answered: there is nobody else it could be
    reason = storable(receipt.reason, 500)
    if addresses is None or addresses:
        changed = await store.settle_recipients(
            conn, account_id, found.message_id, state=receipt.state, addresses=addresses, reason=reason, code=receipt.code
        )
        if receipt.state == "delayed" and not changed:
            return "marked"  # it came late: how it ended is known
    recipients = await store.recipient_states(conn, account_id, found.message_id)
    if found.state in ("queued", "sending") and "queued" in recipients:
        await _changed(conn, account_id, found.message_id)  # it is still to leave for others: it stays in the queue for them
    else:
        state = _overall(found.state, receipt.state, recipients)
        if found.state in ("failed", "uncertain") and state in ("sent", "delivered", "read"):
            await store_dealt.got_through(conn, account_id, [found.message_id])
        is_trouble = receipt.state in ("failed", "delayed")
        if is_trouble or state != found.state:
            told = reason if is_trouble else ""
            await store.settle(conn, account_id, found.message_id, state=state, reason=told, code=receipt.code)
        else:  # good news of one recipient takes nothing back of what is known of another
            await _changed(conn, account_id, found.message_id)
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
    return "marked"


async def _fitting(conn: Connection, connected: Connected, receipt: ReceiptReceived, at: datetime) -> Sequence[int]:
    """Which messages a receipt can be about that names none by an id of ours, by whom and when it went to. Anybody can send such a report, and people
    write from the same address in other programs: so what the report shows of the message must be ours."""
    trace = receipt.trace
    if trace is None or receipt.address is None:
        return []
    is_proved = trace.is_ours or trace.conversation_id is not None
    if trace.is_shown and trace.written_at is None and not is_proved:
        return []
    sent = await store.sent_to(
        conn,
        connected.row.account_id,
        connected.row.id,
        receipt.address,
        since=at - REPORTS_WITHIN,
        until=at + ON_THE_WAY,
        conversation_id=trace.conversation_id,
    )
    if trace.written_at is None:
        return [one.message_id for one in sent]
    # Mail programs write the Date to the second, and ours is when the message was written; a provider may write when it sent it.
    exact = [one.message_id for one in sent if one.created_at.replace(microsecond=0) == trace.written_at]
    return exact or [one.message_id for one in sent if one.sent_at is not None and abs(one.sent_at - trace.written_at) <= ON_THE_WAY]


def _overall(before: str, told: str, recipients: list[str]) -> str:
    """The state of the message as a whole: failed only when it failed for everybody; never back from what was already known."""
    if recipients and all(one == "failed" for one in recipients):
        return "failed"
    if told == "delivered" and any(one not in ("delivered", "read") for one in recipients):
        told = "sent"  # it arrived for one of several
    if told in ("failed", "delayed"):
        return "sent" if before in ("queued", "sending", "uncertain", "failed") else before
    if before == "failed":
        return told
    return told if _RANK.get(told, 0) > _RANK.get(before, 0) else before


async def record_edit(conn: Connection, connected: Connected, edit: MessageEdited, delivery_id: int) -> str:
    row = connected.row
    message_id = await messages.by_external_id(conn, row.account_id, row.id, edit.external_id)
    if message_id is None:
        raise TooEarly("A change of a message that is not here.", code="unknown_message")
    await messages.insert_edit(conn, row.account_id, message_id, storable(edit.text, TEXT_MAX), "", edit.is_deleted)
    await deliveries.tells_of(conn, row.account_id, delivery_id, message_id)
    await _changed(conn, row.account_id, message_id)
    return "handled"


async def record_reaction(conn: Connection, connected: Connected, reaction: ReactionReceived, delivery_id: int) -> str:
    row = connected.row
    message_id = await messages.by_external_id(conn, row.account_id, row.id, reaction.external_id)
    if message_id is None:
        raise TooEarly("A reaction to a message that is not here.", code="unknown_message")
    await messages.set_reaction(conn, row.account_id, message_id, storable(reaction.sender.address, 500), storable(reaction.emoji, 64))
    await deliveries.tells_of(conn, row.account_id, delivery_id, message_id)
    await _changed(conn, row.account_id, message_id)
    return "handled"


async def _changed(conn: Connection, account_id: int, message_id: int) -> None:
    placed = await messages.place_of(conn, account_id, message_id)
    assert placed is not None
    await messages.announce_changed(conn, account_id, placed, message_id)

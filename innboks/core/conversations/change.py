"""Close, reopen, assign, move: what people do to a conversation. Each change leaves a line in it that says who did it (R-560, R-630)."""

from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import readable_conversation, readable_message
from innboks.core.dispatches import store as dispatches
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection


class Change(msgspec.Struct, kw_only=True):
    """Only what is given changes; `assignee_id` None means nobody."""

    status: str | msgspec.UnsetType = msgspec.UNSET
    assignee_id: int | msgspec.UnsetType | None = msgspec.UNSET
    inbox_id: int | msgspec.UnsetType = msgspec.UNSET
    is_spam: bool | msgspec.UnsetType = msgspec.UNSET


async def change(parts: Parts, actor: Actor, conversation_id: int, wanted: Change) -> Conversation:
    """Applies the change and returns the conversation as it is now. What is so already is not written again."""
    async with parts.db.transaction() as conn:
        before = await readable_conversation(conn, actor, conversation_id, lock=True)
        actor.require_write(before.inbox_id)
        values: dict[str, Any] = {}
        lines: list[dict[str, Any]] = []
        if wanted.status is not msgspec.UNSET and wanted.status != before.status:
            if wanted.status not in ("open", "closed"):
                raise Invalid("A conversation is “open” or “closed”.", code="invalid", field="status")
            values |= {"status": wanted.status, "closed_at": parts.clock.now() if wanted.status == "closed" else None}
            lines.append({"event": "status_changed", "from": before.status, "to": wanted.status})
        if wanted.inbox_id is not msgspec.UNSET and wanted.inbox_id != before.inbox_id:
            if not actor.can_read(wanted.inbox_id):
                raise Invalid("There is no such inbox.", code="unknown_inbox", field="inbox_id")
            actor.require_write(wanted.inbox_id)
            values["inbox_id"] = wanted.inbox_id
            lines.append({"event": "inbox_changed", "from": str(before.inbox_id), "to": str(wanted.inbox_id)})
        if wanted.assignee_id is not msgspec.UNSET and wanted.assignee_id != before.assignee_id:
            inbox_id = values.get("inbox_id", before.inbox_id)
            if wanted.assignee_id is not None and not await store.user_may_read(conn, actor.account_id, wanted.assignee_id, inbox_id):
                raise Invalid(
                    "This person is not a member of the inbox, so they cannot get its conversations.",
                    code="not_a_member",
                    field="assignee_id",
                )
            values["assignee_id"] = wanted.assignee_id
            lines.append({"event": "assigned", "from": _id(before.assignee_id), "to": _id(wanted.assignee_id), "reason": "manual"})
        if wanted.is_spam is not msgspec.UNSET and wanted.is_spam != before.spam:
            values["spam"] = wanted.is_spam
            lines.append({"event": "marked_spam" if wanted.is_spam else "unmarked_spam"})
        if values:
            await store.update(conn, actor.account_id, conversation_id, values)
        for line in lines:
            await messages.add_system(conn, actor.account_id, conversation_id, line, author_id=actor.user_id)
        after = await store.get(conn, actor.account_id, conversation_id, actor.user_id)
        assert after is not None
    if values:
        parts.wake.touch(actor.account_id)
    return after


async def move_message(parts: Parts, actor: Actor, message_id: int, to_conversation_id: int | None) -> tuple[Conversation, int]:
    """Moves a message to another conversation, or to a new one (None). Answers to it will follow it. Returns (conversation, message id)."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        if message.type == "system":
            raise Invalid("Only what somebody wrote can be moved.", code="not_movable")
        source = await readable_conversation(conn, actor, message.conversation_id, lock=True)
        actor.require_write(source.inbox_id)
        target_id = await _target(conn, actor, source, message.subject, message.contact_id, to_conversation_id)
        if target_id == source.id:
            raise Conflict("The message is in that conversation already.", code="same_conversation")
        why = {"how": "moved", "by": str(actor.user_id), "from": str(source.id), "before": message.why}
        await messages.move(conn, actor.account_id, message_id, target_id, why)
        line = {"event": "message_moved", "message_id": str(message_id), "from": str(source.id), "to": str(target_id)}
        for conversation_id in (source.id, target_id):
            await messages.add_system(conn, actor.account_id, conversation_id, line, author_id=actor.user_id)
            await store.recount(conn, actor.account_id, conversation_id)
        await messages.announce_changed(
            conn, actor.account_id, messages.Placed(target_id, source.inbox_id, message.type, message.direction), message_id
        )
        after = await store.get(conn, actor.account_id, target_id, actor.user_id)
        assert after is not None
    parts.wake.touch(actor.account_id)
    return after, message_id


async def _target(conn: Connection, actor: Actor, source: Conversation, subject: str, contact_id: int | None, wanted_id: int | None) -> int:
    if wanted_id is not None:
        target = await readable_conversation(conn, actor, wanted_id, lock=True)
        actor.require_write(target.inbox_id)
        return target.id
    return await store.create(
        conn,
        account_id=actor.account_id,
        inbox_id=source.inbox_id,
        channel_account_id=source.channel_account_id,
        contact_id=contact_id or source.contact_id,
        subject=subject or source.subject,
        party_address=source.party_address,
        assignee_id=source.assignee_id,
    )


async def retry_message(parts: Parts, actor: Actor, message_id: int, *, even_if_uncertain: bool = False) -> None:
    """Sends a failed message again, to those who did not get it. One that is uncertain may have arrived: then the person must say so."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        actor.require_write(message.inbox_id)
        state = await dispatches.lock(conn, actor.account_id, message_id)
        if state == "uncertain" and not even_if_uncertain:
            raise Conflict("This may have arrived. Check first; then send it again, or mark it as sent.", code="uncertain")
        if state not in ("failed", "uncertain") and not (state == "sent" and any(one.state == "failed" for one in message.recipients)):
            raise Conflict("Only a message that failed can be sent again.", code="not_failed")
        await dispatches.start_again(conn, actor.account_id, message_id)
        await parts.jobs.send_message(conn, actor.account_id, message.conversation_id, message_id)
    parts.wake.touch(actor.account_id)
    parts.jobs.announce()


async def settle_uncertain(parts: Parts, actor: Actor, message_id: int) -> None:
    """A person has checked: this message did leave."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        actor.require_write(message.inbox_id)
        if await dispatches.lock(conn, actor.account_id, message_id) != "uncertain":
            raise Conflict("Only an uncertain message can be marked as sent.", code="not_uncertain")
        await dispatches.settle_recipients(conn, actor.account_id, message_id, state="sent")
        await dispatches.settle(conn, actor.account_id, message_id, state="sent", sent_at=parts.clock.now())
    parts.wake.touch(actor.account_id)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)

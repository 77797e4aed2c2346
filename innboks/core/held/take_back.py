"""An answer that has not left is taken back: it is as if it had never been written, and its words return to whoever took it back (R-643).

The claim of a worker and this lock the same row: either the message leaves, or it is gone; never both. Read next: `store.py`, for what
is restored; `release.py`, for the other way a wait can end.
"""

from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.answerer import check_answer
from innboks.core.conversations.forward import own_words
from innboks.core.conversations.models import Attachment, Conversation, Message
from innboks.core.conversations.read import readable_message
from innboks.core.files import store as files_store
from innboks.core.held import store
from innboks.core.held.store import Held, Standing
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.tickets.together import follow_conversations
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection
from innboks.lib.text import preview


class TakenBack(msgspec.Struct):
    """What was in it, to be written on: its files are uploads again, and of a forward the original is not among the words. `conversation` as it is
    now; None where it began with this and held nothing else: then it is gone too. `is_sent_even_if_answered`: as was chosen for one that was to
    leave later."""

    message: Message
    html: str
    conversation: Conversation | None
    is_sent_even_if_answered: bool


async def take_back(parts: Parts, actor: Actor, message_id: int) -> TakenBack:
    """Raises `NotFound`, `Forbidden`, or `Conflict` ("too_late") when it has left or may have."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        await check_answer(conn, actor, message)
        html = await messages.html_of(conn, actor.account_id, message.id) or ""
        if "forward_of" in message.data:
            html = own_words(html)
        held = await store.lock(conn, actor.account_id, message.id)
        if message.direction != "out" or message.state is None:
            raise Invalid("Only an answer that has not left can be taken back.", code="not_outgoing")
        if held is None or held.state != "queued" or not held.is_untouched:
            raise Conflict("This has left already, so it cannot be taken back.", code="too_late")
        message.attachments = await files_store.become_uploads(conn, actor.account_id, message.id, actor.user_id)
        await _remove(conn, actor, held, parts.clock.now())
        conversation = None
        if await store.is_bare(conn, actor.account_id, held.conversation_id):
            await conversations.delete(conn, actor.account_id, [held.conversation_id])
        else:
            conversation = await conversations.get(conn, actor.account_id, held.conversation_id, actor.user_id)
            if conversation is not None and "forward_of" not in message.data:
                content = draft_of(message, html, conversation)
                await store.keep_draft(conn, actor.account_id, actor.user_id, held.conversation_id, "reply", content)
    parts.wake.touch(actor.account_id)
    parts.jobs.announce_sending()  # what stood behind it may go now
    return TakenBack(message, html, conversation, held.is_sent_even_if_answered)


async def _remove(conn: Connection, actor: Actor, held: Held, now: datetime) -> None:
    gone = [held.message_id]
    then = held.effects.get("then")
    if then is not None:
        before, after = (msgspec.convert(then[name], Standing) for name in ("before", "after"))
        if await store.put_back(conn, actor.account_id, held.conversation_id, before, after):
            gone += then["line_ids"]
            if before.status != after.status:
                await follow_conversations(conn, actor, [held.conversation_id], is_closed=before.status == "closed", now=now)
    took = held.effects.get("took")
    gives_up = took is not None and await store.gives_up(conn, actor.account_id, held, took)
    if gives_up and isinstance(took, int) and took is not True:  # the line that said so; before there were lines, it was only noted
        gone.append(took)
    await store.remove(conn, actor.account_id, held.inbox_id, held.conversation_id, gone)
    last = await store.newest(conn, actor.account_id, held.conversation_id)
    await store.restore(
        conn,
        actor.account_id,
        held.conversation_id,
        removed=len(gone),
        is_answer=held.held_for not in ("schedule", "newer") and "forward_of" not in held.data,
        gives_up=gives_up,
        last=last,
        preview=(preview(last.text) or preview(last.subject)) if last else "",
    )
    await conversations.announce(conn, actor.account_id, held.conversation_id)


def draft_of(message: Message, html: str, conversation: Conversation) -> dict[str, Any]:
    """As a composer keeps it, with all that was chosen for it. Its writer had read the conversation up to itself (R-642)."""
    people = {role: [one.address for one in message.recipients if one.role == role] for role in ("to", "cc", "bcc")}
    return {
        "text": message.text,
        "html": html,
        "subject": message.subject,
        "attachments": [_file(one) for one in message.attachments],
        "channel_account_id": str(message.channel_account_id) if message.channel_account_id != conversation.channel_account_id else None,
        "has_no_quote": message.subject != "" and message.quoted == "",
        "began_after": str(message.id),
        **people,
    }


def _file(one: Attachment) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "type": one.type,
        "size": one.size,
        "is_inline": one.is_inline,
        "content_id": one.content_id,
        "url": f"/api/attachments/{one.id}/content",
    }

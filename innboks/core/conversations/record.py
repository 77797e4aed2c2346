"""What somebody wrote becomes a row: the message, its dispatch and its files, all in the caller's transaction. The dispatch is in the workers' queue with that.

Here it is decided when a message leaves: at once, after a moment in which it can be taken back, at a time, or when the channel works
again. Read next: `send.py` takes it from here; `core/held/` takes it back.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import msgspec
import nh3
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.accounts.store import UNDO_SEND_S
from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations.addressees import People
from innboks.core.conversations.forward import Forwarded
from innboks.core.conversations.models import HeldFor, Message, NewMessage, Recipient
from innboks.core.dispatches import store
from innboks.core.dispatches.store import ReplyGround
from innboks.core.files import store as files_store
from innboks.core.messages.store import is_formatted
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection
from innboks.lib.html import sanitise
from innboks.lib.html_bounds import bounded
from innboks.lib.text import one_line, preview, storable
from innboks.sdk.contract import Abilities

TEXT_MAX = 1_000_000
_LONG = 50_000  # characters of HTML that are gone through beside the other work


class Hold(msgspec.Struct, frozen=True):
    """Why and until when a message waits; neither: it goes now."""

    reason: HeldFor | None = None
    until: datetime | None = None


NOT_HELD = Hold()


class Merged(Conflict):
    """Since it was read, the conversation was merged into another one, deleted for good, or given to somebody who alone may answer it."""


def hold_of(new: NewMessage, ground: ReplyGround, abilities: Abilities, now: datetime) -> Hold:
    """When it leaves. Where the recipient reads our own stream there is nothing to take back: it is there as soon as it is written."""
    if new.type != "reply":
        return NOT_HELD
    if new.send_at is not None:
        return Hold("schedule", new.send_at)
    if abilities.is_recorded_sent:
        return NOT_HELD
    if not ground.can_send:
        return Hold("connection")
    wished = ground.undo_send_s if new.hold_s is None else new.hold_s
    seconds = UNDO_SEND_S if wished is None else wished
    return Hold("undo", now + timedelta(seconds=seconds)) if seconds > 0 else NOT_HELD


async def record_written(
    parts: Parts,
    conn: Connection,
    actor: Actor,
    connected: Connected,
    new: NewMessage,
    *,
    conversation_id: int,
    ground: ReplyGround,
    recipients: People,
    forwarded: Forwarded | None = None,
) -> tuple[Hold, Message | None]:
    """One statement for the message and all that changes with it, and the uploads. Returns whether and until when it waits, and the
    message as readers find it (None when it has files: those are in the database only).

    Raises `Merged` when the conversation is not there any more; nothing was written then."""
    is_reply = new.type == "reply"
    abilities = connected.channel.abilities
    message_id = ground.new_message_id
    now = parts.clock.now()
    hold = hold_of(new, ground, abilities, now)
    is_later = hold.reason == "schedule"
    is_answer = is_reply and forwarded is None and not is_later
    text, html = await asyncio.to_thread(_words, new) if len(new.html) > _LONG else _words(new)
    is_sent_at_once = is_reply and abilities.is_recorded_sent and not is_later
    # One that leaves later gets its id, and with it the name under which answers refer to it, when it leaves.
    external_id = connected.channel.message_id_for(connected.context, message_id) if is_reply and not is_later else None
    sender = {"name": actor.name, "address": connected.row.address if is_reply else ""}
    data = {"forward_of": str(forwarded.message_id)} if forwarded else {}
    if new.instead_of is not None:
        data["instead_of"] = str(new.instead_of)
    values: dict[str, Any] = {
        "account": actor.account_id,
        "message": message_id,
        "conversation": conversation_id,
        "channel": connected.row.id,
        "inbox": ground.inbox_id,
        "type": new.type,
        "mode": "forward" if forwarded else new.type,
        "is_reply": is_reply,
        "is_answer": is_answer,
        "by_assignee": is_reply and ground.is_assignee_only,
        "is_here": True,
        "direction": "out" if is_reply else "none",
        "author": actor.user_id,
        "sender": Jsonb(sender),
        "recipients": Jsonb(recipients),
        "addresses": [one["address"] for one in recipients],
        "roles": [one["role"] for one in recipients],
        "subject": _subject(new, ground, forwarded, abilities) if is_reply else one_line(new.subject, 998),
        "text": text,
        "html": forwarded.html_after(html, text) if forwarded and abilities.text_format == "html" else html,
        "quoted": forwarded.text if forwarded else storable(new.quoted, TEXT_MAX) if is_reply else "",
        "data": Jsonb(data),
        "preview": preview(text),
        "has_attachments": bool(new.attachments) or bool(forwarded and forwarded.has_attachments),
        "external": external_id,
        "client": new.client_id,
        "was": None,
        "state": "sent" if is_sent_at_once else "queued",
        "held_for": hold.reason,
        "held_until": hold.until,
        "even_if_answered": new.send_even_if_answered,
        "sent_at": now if is_sent_at_once else None,
        "at": now,
        "goes": parts.jobs.writes_sending,
    }
    if not await store.record(conn, values):
        raise Merged("This conversation was merged into another one at this moment. Send it again there.", code="merged")
    if forwarded and forwarded.has_attachments:
        await files_store.copy_to(conn, actor.account_id, forwarded.message_id, message_id)
    if new.attachments:
        await _attach(conn, actor, message_id, new.attachments, abilities if is_reply else None)
    return hold, None if values["has_attachments"] else _as_read(values, sender, recipients, data)


def _as_read(values: Mapping[str, Any], sender: dict[str, Any], recipients: People, data: dict[str, Any]) -> Message:
    """What `messages.store.get` would give after the commit, without asking the database again: that costs a quarter of the whole write."""
    is_reply = values["is_reply"]
    return Message(
        account_id=values["account"],
        id=values["message"],
        conversation_id=values["conversation"],
        channel_account_id=values["channel"],
        inbox_id=values["inbox"],
        type=values["type"],
        direction=values["direction"],
        author_id=values["author"],
        contact_id=None,
        sender=sender,
        recipients=[Recipient(**one, state="queued") for one in recipients],
        reply_to=[],
        subject=values["subject"],
        text=values["text"],
        has_html=is_formatted(values["html"]),
        html=values["html"],
        quoted=values["quoted"],
        signature="",
        data=data,
        why={},
        origin={},
        is_automatic=False,
        has_attachments=False,
        external_id=values["external"],
        client_id=values["client"],
        delivery_id=None,
        sent_at=values["sent_at"],
        created_at=values["at"],
        state=values["state"] if is_reply else None,
        reason="",
        code="",
        next_try_at=None,
        held_for=values["held_for"] if is_reply else None,
        held_until=values["held_until"] if is_reply else None,
    )


def _subject(new: NewMessage, ground: ReplyGround, forwarded: Forwarded | None, abilities: Abilities) -> str:
    if new.subject or not abilities.has_subject:
        return one_line(new.subject, 998)
    return one_line(forwarded.subject if forwarded else reply_subject(ground.subject), 998)


def reply_subject(subject: str) -> str:
    """RFC 5322 §3.6.5: one "Re: ", however long the exchange."""
    return subject if re.match(r"\s*(re|sv|vs|aw|antw|ref|rv)\s*(\[\d+\])?:", subject, re.IGNORECASE) else f"Re: {subject}".strip()


def _words(new: NewMessage) -> tuple[str, str]:
    """The text and the harmless HTML."""
    return storable(new.text, TEXT_MAX) or plain_of(new.html), storable(sanitise(new.html), 2 * TEXT_MAX) if new.html else ""


async def require_same(message: Message, new: NewMessage, to: Sequence[str] = ()) -> None:
    """What is posted again under a `client_id` is what stands there: else a script that numbers its messages anew would be told "stored" of words that nobody
    gets. What fills in words by itself (a forward, a second way) is not compared. Raises `Conflict`."""
    if new.forward_of is not None or new.resend_of is not None:
        return
    text, _ = await asyncio.to_thread(_words, new) if len(new.html) > _LONG else _words(new)
    known = {one.address for one in message.recipients}
    if (message.type, message.text) != (new.type, text) or not known.issuperset(to):
        raise client_id_used()


def client_id_used() -> Conflict:
    words = "This client_id was used before, for another message. Give each message one of its own."
    return Conflict(words, code="client_id_used", field="client_id")


def plain_of(html: str) -> str:
    """The words of HTML that a person wrote here, for channels and clients that show plain text."""
    broken = re.sub(r"(?i)<(br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", "\n", html)
    return re.sub(r"\n{3,}", "\n\n", unescape(nh3.clean(bounded(broken, frozenset()), tags=set()))).strip()


async def _attach(conn: Connection, actor: Actor, message_id: int, attachment_ids: Sequence[int], abilities: Abilities | None) -> None:
    claimed = await files_store.claim_uploads(conn, actor.account_id, actor.user_id, attachment_ids, message_id)
    if len(claimed) != len(set(attachment_ids)):
        raise Invalid(
            "One of these files is not there any more, or was sent already. Add it again.", code="unknown_attachment", field="attachments"
        )
    if abilities is None:
        return
    if abilities.media_count and len(claimed) > abilities.media_count:
        raise Invalid(
            f"This channel takes at most {abilities.media_count} files at once.", code="too_many_attachments", field="attachments"
        )
    total = sum(one.size for one in claimed)
    too_big = any(abilities.media_size and one.size > abilities.media_size for one in claimed)
    if too_big or (abilities.media_total_size and total > abilities.media_total_size):
        most = (abilities.media_size if too_big else abilities.media_total_size) // 2**20
        raise Invalid(f"This channel takes files of at most {most} MB.", code="file_too_large", field="attachments")
    for one in claimed:
        if not any(_matches(one.type, allowed) for allowed in abilities.media_types):
            raise Invalid(f"This channel does not take “{one.name}” ({one.type}).", code="wrong_file_type", field="attachments")


def _matches(type: str, allowed: str) -> bool:
    return allowed in ("*/*", type) or (allowed.endswith("/*") and type.startswith(allowed[:-1]))

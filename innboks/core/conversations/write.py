"""The first half of the road out: what somebody writes is checked, recorded as *queued*, and seen by everybody at once.

    write (permission, reply window, abilities: refused early, with the reason) → record (message, event, job; one commit)

Read next: `send.py`, where the job takes it from here.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import nh3
import psycopg
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.dispatches import store
from innboks.core.dispatches.store import ReplyGround
from innboks.core.files import store as files_store
from innboks.core.messages import store as messages_store
from innboks.core.parts import Parts
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.addresses import typed_party
from innboks.lib.db import Connection
from innboks.lib.html import sanitise
from innboks.lib.text import one_line, preview, storable
from innboks.sdk.contract import Abilities

TEXT_MAX = 1_000_000
ATTACHMENTS_MAX = 50
RECIPIENTS_MAX = 100
CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}\Z")

People = list[dict[str, str]]


async def write(parts: Parts, actor: Actor, conversation_id: int, new: NewMessage) -> tuple[Message, bool]:
    """Records an answer or a comment. Returns (message, True), or (the stored one, False) when this `client_id` was posted before.

    Raises `NotFound`, `Forbidden`, `Invalid`, or `Conflict` with code "newer_message" when the conversation moved on (R-642)."""
    check_shape(new)
    try:
        async with parts.db.transaction() as conn:
            message_id, is_new = await _write(parts, conn, actor, conversation_id, new)
    except psycopg.errors.UniqueViolation:  # the same post twice at the same moment: the other one won
        async with parts.db.connection() as conn:
            found = await store.find_client_id(conn, actor.account_id, actor.user_id, new.client_id or "")
        if found is None:
            raise
        message_id, is_new = found, False
    if is_new:
        parts.wake.touch(actor.account_id)
        parts.jobs.announce()
    async with parts.db.connection() as conn:
        message = await (messages_store.get_fresh if is_new else messages_store.get)(conn, actor.account_id, message_id)
    if message is None or not actor.can_read(message.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    return message, is_new


async def _write(parts: Parts, conn: Connection, actor: Actor, conversation_id: int, new: NewMessage) -> tuple[int, bool]:
    ground = await store.ground(conn, actor.account_id, conversation_id, actor.user_id, new.client_id)
    if ground is None or not actor.can_read(ground.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    if ground.known_message_id is not None:
        return ground.known_message_id, False
    actor.require_write(ground.inbox_id)
    if new.expect_last_message_id is not None and ground.last_message_id > new.expect_last_message_id:
        raise Conflict("Something newer came into this conversation. Read it, then send again.", code="newer_message")
    connected = await parts.directory.find(parts, actor.account_id, ground.channel_account_id)
    recipients: People = []
    if new.type == "reply":
        check_way(parts, ground, connected.channel.abilities)
        check_abilities(new, connected.channel.abilities)
        recipients = addressees(new, ground, connected)
    await record_written(parts, conn, actor, connected, new, conversation_id=conversation_id, ground=ground, recipients=recipients)
    return ground.new_message_id, True


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
) -> None:
    """One statement for the message and all that changes with it, the uploads, and the job: all in the caller's transaction."""
    is_reply = new.type == "reply"
    abilities = connected.channel.abilities
    message_id = ground.new_message_id
    now = parts.clock.now()
    text = storable(new.text, TEXT_MAX) or plain_of(new.html)
    is_sent_at_once = is_reply and abilities.is_recorded_sent
    held_for = None if ground.can_send or not is_reply else "connection"
    external_id = connected.channel.message_id_for(connected.context, message_id) if is_reply else None
    await store.record(
        conn,
        {
            "account": actor.account_id,
            "message": message_id,
            "conversation": conversation_id,
            "channel": ground.channel_account_id,
            "inbox": ground.inbox_id,
            "type": new.type,
            "mode": new.type,
            "is_reply": is_reply,
            "direction": "out" if is_reply else "none",
            "author": actor.user_id,
            "sender": Jsonb({"name": actor.name, "address": connected.row.address if is_reply else ""}),
            "recipients": Jsonb(recipients),
            "addresses": [one["address"] for one in recipients],
            "roles": [one["role"] for one in recipients],
            "subject": one_line(new.subject or (reply_subject(ground.subject) if abilities.has_subject and is_reply else ""), 998),
            "text": text,
            "html": storable(sanitise(new.html), 2 * TEXT_MAX) if new.html else "",
            "preview": preview(text),
            "has_attachments": bool(new.attachments),
            "external": external_id,
            "client": new.client_id,
            "state": "sent" if is_sent_at_once else "queued",
            "held_for": held_for,
            "sent_at": now if is_sent_at_once else None,
            "at": now,
            "event": Jsonb({"message_id": message_id}),
        },
    )
    if new.attachments:
        await _attach(conn, actor, message_id, new.attachments, abilities if is_reply else None)
    if is_reply and not is_sent_at_once and held_for is None:
        await parts.jobs.send_message(conn, actor.account_id, conversation_id, message_id)


def check_shape(new: NewMessage) -> None:
    """What is wrong whatever the channel. Raises `Invalid`."""
    if not new.text.strip() and not new.html.strip() and not new.attachments:
        raise Invalid("Write something, or add a file.", code="empty_message", field="text")
    if len(new.text) > TEXT_MAX or len(new.html) > 2 * TEXT_MAX:
        raise Invalid("This text is longer than a million characters. Send it as a file.", code="too_long", field="text")
    if len(new.attachments) > ATTACHMENTS_MAX:
        raise Invalid(f"At most {ATTACHMENTS_MAX} files go with one message.", code="too_many_attachments", field="attachments")
    if new.client_id is not None and not CLIENT_ID.match(new.client_id):
        raise Invalid("client_id is 1 to 100 printable ASCII characters without spaces.", code="invalid", field="client_id")


def check_way(parts: Parts, ground: ReplyGround, abilities: Abilities) -> None:
    """Is there a way to the customer at all? A broken or paused connection is no obstacle: the answer is kept and goes out later."""
    if ground.is_archived:
        raise Forbidden(
            "This channel was disconnected, so nothing can be sent here. Start a new conversation on another one.", code="disconnected"
        )
    window = abilities.reply_window_s
    if window and (ground.received_at is None or parts.clock.now() - ground.received_at > timedelta(seconds=window)):
        hours = window // 3600
        raise Forbidden(
            f"This channel takes answers for {hours} hours after the customer's last message, and they are over.", code="window_closed"
        )


def check_abilities(new: NewMessage, abilities: Abilities) -> None:
    if abilities.text_limit and len(new.text) > abilities.text_limit:
        raise Invalid(f"This channel takes at most {abilities.text_limit} characters.", code="too_long", field="text")
    if new.html and abilities.text_format != "html" and not new.text.strip():
        raise Invalid("This channel takes plain text only: fill in “text”.", code="no_html", field="html")
    if new.attachments and not abilities.media_types:
        raise Invalid("This channel takes no files.", code="no_files", field="attachments")
    for role, given in (("to", new.to), ("cc", new.cc), ("bcc", new.bcc)):
        if given and role not in abilities.recipient_roles:
            raise Invalid("This channel has one recipient; others cannot be added.", code="no_recipients", field=role)


def addressees(new: NewMessage, ground: ReplyGround, connected: Connected) -> People:
    """Whom the answer goes to. What is not given follows the newest message from outside: its Reply-To or sender, and everybody who was in copy
    (R-126), but none of our own addresses."""
    abilities, own = connected.channel.abilities, connected.context.own_addresses
    people: People = []
    if new.to is not None:
        people += typed(new.to, "to", abilities)
    else:
        answered = ground.reply_to or ([ground.sender] if ground.sender else [])
        people += [_person(one, "to") for one in answered if one.get("address") and one["address"].lower() not in own]
        if not people and ground.party_address:
            people.append({"address": ground.party_address, "name": "", "role": "to"})
    if new.cc is not None:
        people += typed(new.cc, "cc", abilities)
    elif "cc" in abilities.recipient_roles and new.to is None:
        people += [
            _person(one, "cc") for one in ground.recipients or [] if one.get("role") in ("to", "cc") and one["address"].lower() not in own
        ]
    if new.bcc is not None:
        people += typed(new.bcc, "bcc", abilities)
    unique: dict[str, dict[str, str]] = {}
    for one in people:
        unique.setdefault(one["address"].lower(), one)
    if not unique:
        raise Invalid("There is nobody to send this to: write an address.", code="no_recipient", field="to")
    if len(unique) > RECIPIENTS_MAX:
        raise Invalid(
            f"At most {RECIPIENTS_MAX} people can get one message. This one would go to {len(unique)}.",
            code="too_many_recipients",
            field="to",
        )
    return list(unique.values())


def typed(given: Sequence[str], role: str, abilities: Abilities) -> People:
    """Recipients that a person typed, checked."""
    if len(given) > RECIPIENTS_MAX:
        raise Invalid(f"At most {RECIPIENTS_MAX} people can get one message.", code="too_many_recipients", field=role)
    parties = [typed_party(one, abilities.identity, role) for one in given]
    return [{"address": address, "name": one_line(name, 200), "role": role} for address, name in parties]


def _person(party: dict[str, str], role: str) -> dict[str, str]:
    return {"address": party["address"], "name": party.get("name", ""), "role": role}


def reply_subject(subject: str) -> str:
    """RFC 5322 §3.6.5: one "Re: ", however long the exchange."""
    return subject if re.match(r"\s*(re|sv|vs|aw|antw|ref|rv)\s*(\[\d+\])?:", subject, re.IGNORECASE) else f"Re: {subject}".strip()


def plain_of(html: str) -> str:
    """The words of HTML that a person wrote here, for channels and clients that show plain text."""
    broken = re.sub(r"(?i)<(br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", "\n", html)
    return re.sub(r"\n{3,}", "\n\n", unescape(nh3.clean(broken, tags=set()))).strip()


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

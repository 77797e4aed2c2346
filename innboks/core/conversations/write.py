"""The first half of the road out: what somebody writes is checked, recorded as *queued*, and seen by everybody at once.

    write (permission, reply window, abilities: refused early, with the reason) → record (message, dispatch, event; one commit)

What is special has a file of its own: over another channel account (`reach.py`), to others (`forward.py`), what failed once more another way
(`resend.py`), what happens to the conversation with it (`then.py`), how long a channel takes answers (`window.py`). Read next: `record.py`, where it
is written down.
"""

import re
from datetime import datetime, timedelta

import psycopg

from innboks.core.access import Actor
from innboks.core.accounts.features import require_channel
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.health import release_if_back
from innboks.core.conversations import store as conversations
from innboks.core.conversations import window
from innboks.core.conversations.addressees import People, addressees
from innboks.core.conversations.answerer import check_assignee
from innboks.core.conversations.forward import to_forward
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.reach import reach
from innboks.core.conversations.record import TEXT_MAX, Hold, Merged, client_id_used, record_written, require_same
from innboks.core.conversations.resend import as_written
from innboks.core.conversations.then import do_then
from innboks.core.dispatches import store
from innboks.core.dispatches.store import ReplyGround
from innboks.core.mentions import store as mentions
from innboks.core.messages import store as messages_store
from innboks.core.parts import Parts
from innboks.core.rearrangements import store as rearrangements
from innboks.core.reminders.remind import set_reminder
from innboks.errors import Forbidden, Invalid, NewerMessage, NotFound
from innboks.lib.clock import in_sentence
from innboks.lib.db import Connection
from innboks.sdk.contract import Abilities

ATTACHMENTS_MAX = 100
LATER_MAX = timedelta(days=366)
NAMED_MAX = 3
CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}\Z")


async def write(parts: Parts, actor: Actor, conversation_id: int, new: NewMessage) -> tuple[Message, bool]:
    """Records an answer or a comment. Returns (message, True), or (the stored one, False) when this `client_id` was posted before.

    Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict` when only a colleague may answer here or the `client_id` is another message's, or `NewerMessage`
    when the conversation moved on (R-642)."""
    check_shape(new)
    check_times(new, parts.clock.now())
    try:
        # A plain message is one statement, which is a transaction by itself.
        async with parts.db.connection() if _is_plain(new) else parts.db.transaction() as conn:
            message_id, hold, message = await _write(parts, conn, actor, conversation_id, new)
    except psycopg.errors.UniqueViolation:  # the same post twice at the same moment: the other one won
        async with parts.db.transaction() as conn:
            message_id, hold, message = await _write(parts, conn, actor, conversation_id, new)
    is_new = hold is not None
    if hold is not None:
        parts.wake.touch(actor.account_id)
        if hold.until is None:
            parts.jobs.announce_sending()
        elif hold.reason == "undo":
            parts.jobs.announce_sending(hold.until)
    if message is None:
        async with parts.db.connection() as conn:
            message = await (messages_store.get_fresh if is_new else messages_store.get)(conn, actor.account_id, message_id)
    if message is None or not actor.can_read(message.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    if not is_new:
        await require_same(message, new)
    if hold is not None and hold.reason == "connection":
        await release_if_back(parts, actor.account_id, message.channel_account_id)
    return message, is_new


async def _write(
    parts: Parts, conn: Connection, actor: Actor, conversation_id: int, new: NewMessage
) -> tuple[int, Hold | None, Message | None]:
    """Its id, whether it waits (None: it was there already), and the message itself where that is known without asking again."""
    if new.resend_of is not None:
        await store.lock(conn, actor.account_id, new.resend_of)  # before the conversation, as everybody does
    ground = await store.ground(
        conn, actor.account_id, conversation_id, actor.user_id, new.client_id, is_alone=new.expect_last_message_id is not None
    )
    if ground is None or not actor.can_read(ground.inbox_id):
        raise NotFound("There is no such conversation.", code="unknown_conversation")
    if ground.merged_into_id is not None:  # what was on its way while somebody merged it goes where the messages are
        return await _write(parts, conn, actor, ground.merged_into_id, new)
    if ground.known_message_id is not None:
        if not await rearrangements.was_written_in(conn, actor.account_id, ground.known_message_id, conversation_id):
            raise client_id_used()
        return ground.known_message_id, None, None
    actor.require_write(ground.inbox_id)
    if new.type == "reply":
        check_assignee(actor, ground.assignee_id, is_assignee_only=ground.is_assignee_only)
    if new.expect_last_message_id is not None and ground.last_message_id > new.expect_last_message_id:
        await _check_newer(conn, actor, conversation_id, new.expect_last_message_id)
    forwarded = None
    recipients: People = []
    way = new.channel_account_id or ground.channel_account_id
    if ground.is_archived and new.type == "reply" and new.channel_account_id is None:  # what was connected is gone
        way = await channel_accounts.sending_fallback(conn, actor.account_id, ground.inbox_id, ground.kind) or way
    connected = await parts.directory.find(parts, actor.account_id, way, conn)
    if connected.row.id != ground.channel_account_id:
        ground = await reach(conn, actor, ground, connected, new)
    if new.type == "reply":
        if ground.is_blocked and new.forward_of is None:
            raise blocked()
        await require_channel(conn, actor.account_id, connected.channel)
        if new.resend_of is not None:
            new = await as_written(parts, conn, actor, conversation_id, new, connected)
        abilities = connected.channel.abilities
        closes_at = await window.closes_at(conn, actor.account_id, conversation_id, connected.row.id, abilities)
        check_way(ground, new, closes_at, parts.clock.now())
        if new.forward_of is not None:
            forwarded = await to_forward(conn, actor, conversation_id, new, abilities)
        check_abilities(new, abilities)
        recipients = addressees(new, ground, connected)
    named = await _named(conn, actor, ground.inbox_id, new)
    try:
        hold, message = await record_written(
            parts, conn, actor, connected, new, conversation_id=conversation_id, ground=ground, recipients=recipients, forwarded=forwarded
        )
    except Merged:  # since the ground was read: nothing is written yet, and the ground says now where the messages went
        return await _write(parts, conn, actor, conversation_id, new)
    if named:
        await mentions.add(conn, actor.account_id, conversation_id, ground.new_message_id, named)
    if new.remind_at is not None:
        await set_reminder(conn, actor, conversation_id, new.remind_at, after_message_id=ground.new_message_id, with_message=True)
    if new.then is not None:
        await do_then(parts, conn, actor, conversation_id, ground.new_message_id, new.then)
    return ground.new_message_id, hold, message


def _is_plain(new: NewMessage) -> bool:
    """Nothing is written beside the message, and nothing that was read before needs to be held until then."""
    is_beside = new.attachments or new.mentions or new.remind_at or new.then or new.forward_of or new.resend_of or new.channel_account_id
    return not is_beside and new.expect_last_message_id is None


async def _named(conn: Connection, actor: Actor, inbox_id: int, new: NewMessage) -> list[int]:
    """The people a comment names, but for its author; each must be able to read it (R-632)."""
    if new.mentions and new.type != "comment":
        raise Invalid("Only a comment can name colleagues: an answer goes to the customer.", code="no_mentions", field="mentions")
    named = sorted(set(new.mentions) - {actor.user_id})
    shut_out = await conversations.shut_out(conn, actor.account_id, inbox_id, named) if named else []
    if not all(shut_out):
        raise Invalid("Somebody named here is not in your account.", code="unknown_user", field="mentions")
    if shut_out:
        who = ", ".join(shut_out[:NAMED_MAX])
        raise Invalid(
            f"Cannot read this inbox, so would not see the comment: {who}. Take the name out, or have somebody who sets up inboxes let them in.",
            code="not_a_member",
            field="mentions",
        )
    return named


async def _check_newer(conn: Connection, actor: Actor, conversation_id: int, known: int) -> None:
    """What the writer added themselves is no news to them. Raises `NewerMessage` (R-642)."""
    newer = await store.newer(conn, actor.account_id, conversation_id, known, actor.user_id)
    if newer:
        raise NewerMessage("Something newer came into this conversation. Read it, then send again.", newer)


def blocked() -> Forbidden:
    return Forbidden("This contact is blocked. Unblock them to write to them.", code="contact_blocked")


def check_shape(new: NewMessage) -> None:
    """What is wrong whatever the channel. Raises `Invalid`."""
    is_given = new.text.strip() or new.html.strip() or new.attachments
    if not is_given and new.forward_of is None and new.resend_of is None:
        raise Invalid("Write something, or add a file.", code="empty_message", field="text")
    if max(len(new.text), len(new.quoted)) > TEXT_MAX or len(new.html) > 2 * TEXT_MAX:
        raise Invalid("This text is longer than a million characters. Send it as a file.", code="too_long", field="text")
    if len(new.attachments) > ATTACHMENTS_MAX:
        raise Invalid(f"At most {ATTACHMENTS_MAX} files go with one message.", code="too_many_attachments", field="attachments")
    if new.client_id is not None and not CLIENT_ID.match(new.client_id):
        raise Invalid("client_id is 1 to 100 printable ASCII characters without spaces.", code="invalid", field="client_id")


def check_times(new: NewMessage, now: datetime) -> None:
    """Times that somebody chose for it. Raises `Invalid`."""
    if new.type == "comment" and (new.send_at or new.forward_of or new.resend_of or new.channel_account_id):
        raise Invalid(
            "A comment stays here and is there at once: it cannot be sent later, forwarded or sent elsewhere.", code="only_replies"
        )
    for field, at in (("send_at", new.send_at), ("remind_at", new.remind_at)):
        if at is not None and not now < at <= now + LATER_MAX:
            raise Invalid("Choose a time to come, within a year.", code="not_in_future", field=field)
    if new.send_at and new.remind_at and new.remind_at <= new.send_at:
        raise Invalid("The reminder would come before the message leaves. Choose a later time.", code="not_in_future", field="remind_at")


def check_way(ground: ReplyGround, new: NewMessage, closes_at: datetime | None, now: datetime) -> None:
    """Is there a way to the customer at all? A broken or paused connection is no obstacle: the answer is kept and goes out later. `closes_at`: when
    the reply window closes, None where there is none (`window.py`)."""
    if ground.is_archived:
        raise Forbidden(
            "This channel was disconnected, so nothing can be sent here. Start a new conversation on another one.", code="disconnected"
        )
    window.require_open(closes_at, now)
    # Sent in spite of an answer, it may find the window open again: the customer's next message opens it.
    if closes_at and new.send_at and new.send_at >= closes_at and not new.send_even_if_answered:
        raise Forbidden(
            f"This channel takes answers until {in_sentence(closes_at)} only. Choose a time before that.",
            code="window_closes_before",
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

"""The road in: what somebody outside sent becomes a message that the team sees. Read from top to bottom (DESIGN §6).

    accept → verify → parse → one transaction: keep, match, record, announce → commit → only then "received"

When anything after *verify* fails, a second transaction keeps the raw payload with the reason and a retry job, and we still say "received":
what reached us is never lost, and one bad payload never stops what stands behind it. After the last retry it is quarantined, visible and
replayable. Fetched mail, receipts, edits and reactions take the same road. Read next: `core/deliveries/store.py` for the SQL,
`core/deliveries/replay.py` for the second tries.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog

from innboks.core.channel_accounts.directory import Connected
from innboks.core.channel_accounts.try_out import came_back, keep_confirmation
from innboks.core.conversations.receipts import record_edit, record_reaction, record_receipt
from innboks.core.deliveries import store
from innboks.core.files import attach
from innboks.core.files.attach import Stored
from innboks.core.parts import Parts
from innboks.core.routing.assign import route
from innboks.core.tickets.store import make_ticket
from innboks.errors import BadSignature, Forbidden, ReceiveError, TooEarly, TooLarge, Unrecognised
from innboks.lib.db import Connection, DatabaseUnavailable
from innboks.lib.text import one_line, preview, storable
from innboks.sdk.contract import (
    ConfirmationReceived,
    Delivered,
    Happening,
    Ignored,
    Inbound,
    MessageEdited,
    MessageReceived,
    Party,
    ReactionReceived,
    ReceiptReceived,
    TestReturned,
)

log = structlog.get_logger("receive")

BODY_IN_ROW = 64 * 1024
"""Raw payloads above this go to the file store (DESIGN §5)."""
TRIES = 4
FIRST_RETRY = timedelta(seconds=20)
PAST = timedelta(days=7)
"""What is older when it comes, as after a long outage, is not given to anybody by a rule."""
TEXT_MAX = 1_000_000
"""More of a text than this is cut for showing; the original stays whole in the delivery."""

RECIPIENTS_KEPT = 1_000
"""With one message; how many more there are is noted, and the original names them all."""


async def receive(parts: Parts, account_id: int, channel_account_id: int, inbound: Inbound) -> Delivered:
    """Takes a payload in. When this returns it is on disk, whatever became of it.

    Raises `NotFound`/`Forbidden` (no such channel account, or it is switched off: R-043), `BadSignature`, `TooLarge`, `TooMany`; and
    `DatabaseUnavailable` or an operational error when nothing could be kept: then the sender must try again."""
    connected = await accept(parts, account_id, channel_account_id, inbound)
    connected.channel.verify(connected.context, inbound)
    return await take_in(parts, connected, inbound)


async def accept(parts: Parts, account_id: int, channel_account_id: int, inbound: Inbound) -> Connected:
    """Finds the channel account and refuses what may not enter at all, or not now: whoever brings it comes again."""
    connected = await parts.directory.find(parts, account_id, channel_account_id)
    row = connected.row
    if not row.is_active or row.archived_at is not None:
        log.info("refused: switched off", channel_account=row.id)
        raise Forbidden("This channel is switched off. Switch it on in the inbox settings to receive here.", code="channel_off")
    if len(inbound.body) > parts.settings.mail_size:
        raise TooLarge(f"This is larger than {parts.settings.mail_size // 2**20} MB, the most that is taken.", code="too_large")
    parts.arrivals.take(account_id, parts.clock.monotonic())
    return connected


async def take_in(parts: Parts, connected: Connected, inbound: Inbound, delivery_id: int | None = None) -> Delivered:
    """The road after *verify*. With `delivery_id`, the payload is on disk already and is tried again."""
    try:
        happenings = await parts.parsing.parse(connected.facts, connected.context, inbound)
        stored = await attach.store_media(parts, happenings)
        body_file = await _body_file(parts, inbound)
        return await _record_all(parts, connected, inbound, happenings, stored, body_file, delivery_id)
    except BadSignature:
        raise
    except (psycopg.OperationalError, DatabaseUnavailable):
        raise  # nothing can be kept now: the sender keeps it, and comes again
    except Exception as error:
        if delivery_id is not None:
            raise  # already on disk; `replay.py` decides
        return await _keep_for_later(parts, connected, inbound, error)


async def _record_all(
    parts: Parts,
    connected: Connected,
    inbound: Inbound,
    happenings: Sequence[Happening],
    stored: dict[int, Stored],
    body_file: str | None,
    delivery_id: int | None,
) -> Delivered:
    """The one transaction, run again when two payloads collided on the same new row, and when the conversation was deleted for good in that moment."""
    only = happenings[0] if len(happenings) == 1 and delivery_id is None else None
    for attempt in range(1, TRIES + 1):
        try:
            if isinstance(only, MessageReceived) and not only.media and not connected.row.is_assigning:
                delivered = await _take_in_message(parts, connected, inbound, only, body_file)
            else:
                async with parts.db.transaction() as conn:
                    delivered = await _in_transaction(parts, conn, connected, inbound, happenings, stored, body_file, delivery_id)
            parts.wake.touch(connected.row.account_id)
            return delivered
        except (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation, psycopg.errors.DeadlockDetected):
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


async def _take_in_message(
    parts: Parts, connected: Connected, inbound: Inbound, message: MessageReceived, body_file: str | None
) -> Delivered:
    """The usual payload is one message without files: the same as below in one statement, which is a transaction by itself, and that of others which
    arrive at this moment."""
    now = parts.clock.now()
    taking = store.Taking(_raw(connected, inbound, now, body_file), _received(connected, message, inbound, now), connected.row.is_ticketing)
    taken = await parts.together.take_in(taking)
    if taken is None:
        async with parts.db.connection() as conn:
            taken = await store.take_in_message(conn, taking)
    return Delivered(delivery_id=taken.delivery_id, fate=taken.fate, message_ids=[] if taken.message_id is None else [taken.message_id])  # type: ignore[arg-type]


async def _in_transaction(
    parts: Parts,
    conn: Connection,
    connected: Connected,
    inbound: Inbound,
    happenings: Sequence[Happening],
    stored: dict[int, Stored],
    body_file: str | None,
    delivery_id: int | None,
) -> Delivered:
    row = connected.row
    now = parts.clock.now()
    if delivery_id is None:
        kept = await store.keep(conn, _raw(connected, inbound, now, body_file))
        if not kept.is_new and kept.fate in ("handled", "duplicate", "ignored"):
            return Delivered(delivery_id=kept.id, fate="duplicate")
        is_first, delivery_id = kept.is_new, kept.id
    else:
        is_first = False
        if await store.lock(conn, row.account_id, delivery_id) not in ("kept", "quarantined"):
            return Delivered(delivery_id=delivery_id, fate="duplicate")

    outcomes = [await _record(parts, conn, connected, happening, inbound, stored, delivery_id, now) for happening in happenings]
    fate, code, reason = _sum_up(outcomes, happenings)
    if not is_first or fate != "handled":
        await store.settle(conn, row.account_id, delivery_id, fate=fate, code=code, reason=reason)
    return Delivered(delivery_id=delivery_id, fate=fate, message_ids=[one for one in outcomes if isinstance(one, int)])  # type: ignore[arg-type]


Outcome = int | str
"""The id of the message that was recorded, or the fate "handled", "duplicate", "ignored"."""


async def _record(
    parts: Parts,
    conn: Connection,
    connected: Connected,
    happening: Happening,
    inbound: Inbound,
    stored: dict[int, Stored],
    delivery_id: int,
    now: datetime,
) -> Outcome:
    match happening:
        case MessageReceived():
            return await record_message(conn, connected, happening, inbound, stored, delivery_id, now)
        case ReceiptReceived():
            told = await record_receipt(parts, conn, connected, happening, delivery_id, _arrived_at(inbound, now))
            if told == "marked":
                return "handled"
            report = happening.otherwise
            if report is not None:
                if told == "unsure" and happening.state == "failed":  # something of ours did not arrive: no filter may hide that
                    report = msgspec.structs.replace(report, signs=())
                return await record_message(conn, connected, report, inbound, stored, delivery_id, now)
            raise TooEarly("A receipt for a message that is not ours.", code="unknown_receipt")
        case MessageEdited():
            return await record_edit(conn, connected, happening, delivery_id)
        case ReactionReceived():
            return await record_reaction(conn, connected, happening, delivery_id)
        case TestReturned():
            await came_back(conn, connected.row, happening, delivery_id, parts)
            return "handled"
        case ConfirmationReceived():
            await keep_confirmation(conn, connected.row, happening, parts)
            return "handled"
        case Ignored():
            return "ignored"


async def record_message(
    conn: Connection,
    connected: Connected,
    message: MessageReceived,
    inbound: Inbound,
    stored: dict[int, Stored],
    delivery_id: int,
    now: datetime,
) -> Outcome:
    """Match, then record with everything that changes; the rule says who gets it, and its ticket is made. Contacts are made here when nobody has this address (R-120,
    R-700), unless a list or a filter keeps the message out of the inbox (R-804)."""
    received = _received(connected, message, inbound, now)
    message_id = await store.record(conn, received, delivery_id)
    if message_id is None:
        return "duplicate"
    if message.media:
        await attach.record(conn, connected.row.account_id, message_id, message.media, stored)
    if connected.row.is_assigning and not received.is_past and now - received.at < PAST:
        await route(conn, connected.row.account_id, message_id, now)
    if connected.row.is_ticketing:  # whoever has it now has the ticket
        await make_ticket(conn, connected.row.account_id, message_id, received.at)
    return message_id


def _received(connected: Connected, message: MessageReceived, inbound: Inbound, now: datetime) -> store.Received:
    """What there is to record, in a form that the database holds."""
    row = connected.row
    is_past = inbound.headers.get("is-past") == "yes"
    identity_type = connected.channel.abilities.identity
    keys = [
        key for key in message.thread if key.how != "conversation" or (key.value.isascii() and key.value.isdigit() and len(key.value) < 19)
    ]
    external_id = external(message.external_id) if message.external_id else None
    text = storable(message.text, TEXT_MAX)
    return store.Received(
        account=row.account_id,
        channel=row.id,
        inbox=row.inbox_id,
        direction=message.direction,
        at=_arrived_at(inbound, now),
        identity_type=identity_type,
        scope=row.id if identity_type == "opaque" else 0,
        address=_normal_address(message, identity_type),
        contact_name=one_line(message.sender.name, 200),
        key_hows=[key.how for key in keys],
        key_values=[external(key.value) for key in keys],
        key_labels=[key.label or key.how for key in keys],
        external_thread=next((external(key.value) for key in keys if key.how == "external"), None),
        external=external_id,
        dedupe=external(message.dedupe_key) if message.dedupe_key else external_id,
        mentions=[one for one in map(external, message.references[:100]) if one != external_id],
        conversation_subject=one_line(message.subject, 500),
        subject=one_line(message.subject, 2_000),
        preview=preview(text) or preview(message.subject),
        text=text,
        html=storable(message.html, 2 * TEXT_MAX),  # `sdk/parsing.py` has made it harmless
        quoted=storable(message.quoted, TEXT_MAX),
        signature=storable(message.signature, TEXT_MAX),
        sender=_party(message.sender),
        recipients=[_party(one) for one in message.recipients[:RECIPIENTS_KEPT]],
        reply_to=[_party(one) for one in message.reply_to],
        origin=dict(message.origin),
        data=_odd(message) | ({"is_past": True} if is_past else {}),
        is_automatic=message.is_automatic,
        may_answer=message.may_answer_automatically,
        has_attachments=bool(message.media),
        sent_at=message.sent_at,
        signs=list(message.signs),
        is_past=is_past,
    )


def _raw(
    connected: Connected, inbound: Inbound, now: datetime, body_file: str | None, fate: str = "handled", code: str = "", reason: str = ""
) -> store.Raw:
    return store.Raw(
        account=connected.row.account_id,
        channel=connected.row.id,
        hash=hashlib.sha256(inbound.body).digest(),
        body=inbound.body if body_file is None else None,
        body_file=body_file,
        size=len(inbound.body),
        envelope={
            "headers": _told(inbound.headers),
            "method": inbound.method,
            "path": storable(inbound.path, TOLD_MAX),
            "query": _told(inbound.query),
        },
        at=now,
        source=external(inbound.external_id) if inbound.external_id else None,
        fate=fate,
        code=code,
        reason=reason,
    )


TOLD_MAX = 4_000


def _told(values: Mapping[str, str]) -> dict[str, str]:
    """What a transport told about a payload. Senders write some of it, so it is made storable before anything depends on it."""
    return {storable(name, 200): storable(value, TOLD_MAX) for name, value in values.items()}


async def _keep_for_later(parts: Parts, connected: Connected, inbound: Inbound, error: Exception) -> Delivered:
    """The second transaction: the payload, why it could not be handled, and a job that tries again. What is genuine but not understood
    waits for a person at once: trying again would not help. What is fetched under another name than before was moved: it is told where it lies now."""
    code, reason = what_failed(error)
    fate = "quarantined" if isinstance(error, Unrecognised) else "kept"
    log.warning("kept for later", channel_account=connected.row.id, fate=fate, code=code, error=type(error).__name__)
    body_file = await _body_file(parts, inbound)
    raw = _raw(connected, inbound, parts.clock.now(), body_file, fate, code, reason)
    async with parts.db.transaction() as conn:
        kept = await store.keep(conn, raw)
        if not kept.is_new and raw.source is not None:
            await store.tell_anew(conn, raw.account, kept.id, raw.envelope)
        if kept.is_new and fate == "kept":
            await parts.jobs.retry_delivery(conn, connected.row.account_id, kept.id, after=FIRST_RETRY)
    return Delivered(delivery_id=kept.id, fate="quarantined")


def what_failed(error: Exception) -> tuple[str, str]:
    """(code, sentence) of a failure, without any content of the payload."""
    if isinstance(error, ReceiveError):
        return error.code, error.sentence
    if isinstance(error, TimeoutError):
        return "parse_timeout", "Reading this took too long."
    return "not_handled", f"Something in this could not be handled ({type(error).__name__})."


async def _body_file(parts: Parts, inbound: Inbound) -> str | None:
    if len(inbound.body) <= BODY_IN_ROW:
        return None
    return (await parts.files.put(inbound.body)).hash


def _sum_up(outcomes: Sequence[Outcome], happenings: Sequence[Happening]) -> tuple[str, str, str]:
    """(fate, code, reason) of the whole payload. A payload with several happenings is handled when any of them was."""
    if not outcomes:
        return "ignored", "empty", "Nothing in this was for people."
    if any(isinstance(one, int) or one == "handled" for one in outcomes):
        return "handled", "", ""
    if "duplicate" in outcomes:
        return "duplicate", "duplicate", "The same message was here already."
    first = happenings[0]
    return ("ignored", first.code, first.reason) if isinstance(first, Ignored) else ("ignored", "ignored", "")


def _normal_address(message: MessageReceived, identity_type: str) -> str:
    """Whom the message belongs to: the sender, or the addressee of one that we sent outside the product."""
    party = message.sender if message.direction == "in" else next(iter(message.recipients), message.sender)
    address = storable(party.address, 500).strip()
    return address.lower() if identity_type == "email" else address


def _arrived_at(inbound: Inbound, now: datetime) -> datetime:
    """When it arrived: a mailbox that is read late, or filled from its past, knows better than our clock."""
    given = inbound.headers.get("received-at")
    if not given:
        return now
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return now
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), now)


INVITATION_MAX = 500
EXTERNAL_MAX = 800


def external(value: str) -> str:
    """A provider's id in a form that an index holds, which counts bytes: the end of an overlong one is replaced by its hash."""
    raw = value.encode("utf-8", "replace")
    if len(raw) > EXTERNAL_MAX:
        value = raw[: EXTERNAL_MAX - 64].decode("utf-8", "ignore") + hashlib.sha256(raw).hexdigest()
    return storable(value, EXTERNAL_MAX)


def _party(party: Party) -> dict[str, str]:
    return {"address": storable(party.address, 500), "name": one_line(party.name, 200), "role": party.role}


def _odd(message: MessageReceived) -> dict[str, Any]:
    odd: dict[str, Any] = {}
    if message.notes:
        odd["notes"] = [storable(note, 300) for note in message.notes[:20]]
    if len(message.recipients) > RECIPIENTS_KEPT:
        odd["recipients_left_out"] = len(message.recipients) - RECIPIENTS_KEPT
    if message.invitation is not None:
        told = msgspec.to_builtins(message.invitation)
        odd["invitation"] = {name: storable(value, INVITATION_MAX) if isinstance(value, str) else value for name, value in told.items()}
    if message.forwarded_by is not None:
        odd["forwarded_by"] = _party(message.forwarded_by)
    return msgspec.to_builtins(odd)  # type: ignore[no-any-return]

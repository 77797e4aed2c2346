"""The second half of the road out: a queued message leaves exactly once, or shows a reason and a retry button (DESIGN §6).

    claim (*sending*) → send, outside any transaction → settle (*sent*, or what the error's class says) → confirm comes later, by the road in

A message that is found *sending* lost its worker between claim and settle: the channel looks it up where it can; where that is
impossible it becomes *uncertain*, and a person decides. Of a conversation one at a time is under way, so its messages leave in
order; while one waits for its next try, or can still be taken back (`core/held/`), those behind it wait too.
`core/dispatches/work.py` takes many at once and calls `carry` for each. Read next: `errors.py`, whose classes decide here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from innboks.core.channel_accounts.directory import Connected
from innboks.core.channel_accounts.health import mark_broken, release_if_back
from innboks.core.conversations.models import Attachment
from innboks.core.conversations.window import CLOSED, closes_at
from innboks.core.dispatches import store, store_dealt, store_queue
from innboks.core.dispatches.store_queue import Claimed, Left
from innboks.core.files import store as files_store
from innboks.core.files.pictures import pictures_in
from innboks.core.parts import Parts
from innboks.errors import Blocked, Broken, Rejected, Retry, SendError, Uncertain
from innboks.lib.db import retrying
from innboks.sdk.contract import Author, Outgoing, OutgoingFile, Party, Sent

log = structlog.get_logger("send")

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (0.25, 1, 2, 5, 10, 20, 40, 60))
"""Pauses between tries; the last one repeats. Greylisting servers want a try after 5 to 15 minutes."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Total time of automatic tries; then a person gets a Retry button."""
LOOK_AGAIN = timedelta(seconds=0.5)
BLOCKED = "The contact was blocked before this left."
LOST_WORKER = "The connection to the server broke while this was being sent. It may have arrived: check before you send it again."


async def send(parts: Parts, account_id: int, message_id: int, worker: str, *, plays_demo: bool = False) -> datetime | None:
    """Tries once to send a message. Returns when to try again, or None when it is settled (also when there was nothing to do). `plays_demo`: it is the
    demo itself that sends, to a mail server of its own."""
    async with parts.db.connection() as conn:
        claimed = await store_queue.take_one(conn, account_id, message_id, worker, parts.clock.now())
        if claimed is None:
            # Taken back, or sent already; or our clock is behind the one that called us.
            ends_at = await store_queue.undo_ends_at(conn, account_id, message_id)
            return None if ends_at is None else max(ends_at, parts.clock.now() + LOOK_AGAIN)
    done = await carry(parts, claimed, plays_demo=plays_demo)
    if isinstance(done, Left):
        await settle_sent(parts, [done])
        return None
    return done


async def carry(parts: Parts, claimed: Claimed, *, plays_demo: bool = False) -> Left | datetime | None:
    """Brings a claimed message to its provider. Returns what is still to be settled (`settle_sent`) where it simply left; where it did not, that is
    settled, and the time of the next try is returned, or None."""
    account_id, message_id = claimed.account_id, claimed.message_id
    if claimed.is_blocked and claimed.was == "queued":
        await _settle(parts, account_id, message_id, state="queued", reason=BLOCKED, code="held", held_for="blocked")
        return None
    files: list[Attachment] = []
    if claimed.has_attachments:
        async with parts.db.connection() as conn:
            files = await files_store.of_messages(conn, account_id, [message_id])
    connected = await parts.directory.find(parts, account_id, claimed.channel_account_id)
    outgoing = _outgoing(parts, message_id, claimed, files)
    if claimed.was == "queued" and await _is_too_late(parts, connected, claimed):
        await _fail(parts, claimed, CLOSED, "window_closed")
        return None
    if not connected.row.can_send:
        await _hold(parts, connected, message_id, "The connection needs an administrator.")
        return None
    if connected.row.is_demo and not plays_demo:
        return await _keep_inside(parts, claimed)
    _, signature = connected.channel.signature(connected.context, outgoing.author)
    if beside := await pictures_in(parts, account_id, signature):
        outgoing = msgspec.structs.replace(outgoing, files=[*outgoing.files, *beside])
    try:
        sent = await _find_or_send(connected, outgoing, was_sending=claimed.was == "sending")
    except SendError as error:
        return await _settle_error(parts, connected, claimed, error)
    except Exception as error:
        log.exception("a channel failed unexpectedly", kind=connected.row.kind, message=message_id)
        reason = f"Sending stopped in a way that is not understood ({type(error).__name__}). It may have arrived."
        await _settle(parts, account_id, message_id, state="uncertain", reason=reason, code="unexpected")
        return None
    if any(one.state != "sent" for one in sent.results) or len(outgoing.only) > 0:
        return await _settle_each(parts, connected, claimed, outgoing, sent)
    return Left(account_id, claimed.conversation_id, message_id, list(sent.external_ids), parts.clock.now())


async def _is_too_late(parts: Parts, connected: Connected, claimed: Claimed) -> bool:
    """Did the channel's reply window close while this waited: for the connection, its next try, or somebody to press Retry? What begins a
    conversation answers nothing, so no window is asked about it."""
    abilities = connected.channel.abilities
    if not abilities.reply_window_s or all(direction != "in" for _, direction in claimed.thread):
        return False
    async with parts.db.connection() as conn:
        until = await closes_at(conn, claimed.account_id, claimed.conversation_id, claimed.channel_account_id, abilities)
    return until is not None and until <= parts.clock.now()


@retrying
async def settle_sent(parts: Parts, left: Sequence[Left]) -> None:
    """The providers took these, each for everybody it was for."""
    async with parts.db.connection() as conn:
        for account_id, message_id in await store_queue.settle_sent(conn, left):
            await store_dealt.got_through(conn, account_id, [message_id])
    for account_id in {one.account_id for one in left}:
        parts.wake.touch(account_id)


async def _find_or_send(connected: Connected, outgoing: Outgoing, *, was_sending: bool) -> Sent:
    channel, context = connected.channel, connected.context
    if was_sending:
        if not channel.abilities.can_look_up_sent:
            raise Uncertain(LOST_WORKER, code="lost_worker")
        found = await channel.find_sent(context, outgoing)
        if found is not None:
            return found
    return await channel.send(context, outgoing)


async def _settle_each(parts: Parts, connected: Connected, claimed: Claimed, outgoing: Outgoing, sent: Sent) -> datetime | None:
    """The provider took it for those of `results` that say so; or it was a new try for some."""
    account_id, message_id = connected.row.account_id, outgoing.message_id
    failed = [one for one in sent.results if one.state == "failed"]
    again = [one for one in sent.results if one.state == "retry"]
    named = {one.address.lower() for one in (*failed, *again)}
    tried = outgoing.only or [one.address for one in outgoing.recipients]
    arrived = [address for address in tried if address.lower() not in named]

    next_try = _next_try(parts, claimed, None) if again else None
    if again and next_try is None:
        failed, again = [*failed, *again], []
    state = "queued" if again else "failed" if failed and not arrived else "sent"
    reason = failed[0].reason if failed else again[0].reason if again else ""

    @retrying
    async def write_down() -> None:
        async with parts.db.transaction() as conn:
            await store.lock(conn, account_id, message_id)
            if sent.external_ids:
                await store.add_references(conn, account_id, message_id, sent.external_ids)
            if arrived:
                await store.settle_recipients(conn, account_id, message_id, state="sent", addresses=arrived)
            for one in failed:
                await store.settle_recipients(
                    conn, account_id, message_id, state="failed", addresses=[one.address], reason=one.reason, code=one.code
                )
            everybody = await store.recipient_states(conn, account_id, message_id)
            final = "failed" if state == "sent" and everybody and all(one == "failed" for one in everybody) else state
            if arrived and final == "sent":
                await store_dealt.got_through(conn, account_id, [message_id])
            await store.settle(
                conn,
                account_id,
                message_id,
                state=final,
                reason=reason,
                code=failed[0].code if failed else "",
                next_try_at=next_try,
                sent_at=parts.clock.now() if arrived else None,
            )

    await write_down()
    parts.wake.touch(account_id)
    return next_try


async def _settle_error(parts: Parts, connected: Connected, claimed: Claimed, error: SendError) -> datetime | None:
    """An error's class says what happens next."""
    account_id, message_id = claimed.account_id, claimed.message_id
    log.info("not sent", message=message_id, error=type(error).__name__, code=error.code, attempt=claimed.attempts + 1)
    match error:
        case Retry():
            next_try = _next_try(parts, claimed, error.after)
            if next_try is None:
                await _fail(parts, claimed, error.sentence, error.code)
            else:
                await _settle(parts, account_id, message_id, state="queued", reason=error.sentence, code=error.code, next_try_at=next_try)
            return next_try
        case Broken():
            await mark_broken(parts, account_id, connected.row.id, error.sentence)
            await _hold(parts, connected, message_id, error.sentence)
            return None
        case Uncertain():
            await _settle(parts, account_id, message_id, state="uncertain", reason=error.sentence, code=error.code)
            return None
        case Rejected() | Blocked() | _:
            await _fail(parts, claimed, error.sentence, error.code)
            return None


async def _keep_inside(parts: Parts, claimed: Claimed) -> Left | None:
    """From an address of the demo nothing leaves. Invented customers (their addresses end in .example, which nobody can have: RFC 2606) have it by that; an
    address that could be somebody's is refused, so that nobody thinks it was reached."""
    if all(one["address"].lower().endswith(".example") for one in claimed.recipients):
        return Left(claimed.account_id, claimed.conversation_id, claimed.message_id, [], parts.clock.now())
    reason = "This address belongs to the demo data: nothing leaves from it. Send it from an address of your own."
    await _fail(parts, claimed, reason, "demo")
    return None


def _next_try(parts: Parts, claimed: Claimed, wish: timedelta | None) -> datetime | None:
    """None when the total time is used up. The provider's own wish counts, within reason."""
    pause = BACK_OFF[min(claimed.attempts, len(BACK_OFF) - 1)]
    if wish is not None:
        pause = min(max(wish, timedelta(seconds=1)), timedelta(hours=6))
    at = parts.clock.now() + pause
    return at if at - claimed.queued_at <= GIVE_UP_AFTER else None


async def _hold(parts: Parts, connected: Connected, message_id: int, reason: str) -> None:
    """Kept until the connection works again, and `release_held` sends it on its way."""
    account_id = connected.row.account_id
    await _settle(parts, account_id, message_id, state="queued", reason=reason, code="held", held_for="connection")
    await release_if_back(parts, account_id, connected.row.id)


@retrying
async def _settle(
    parts: Parts,
    account_id: int,
    message_id: int,
    *,
    state: str,
    reason: str,
    code: str,
    next_try_at: datetime | None = None,
    held_for: str | None = None,
) -> None:
    async with parts.db.transaction() as conn:
        await store.settle(conn, account_id, message_id, state=state, reason=reason, code=code, next_try_at=next_try_at, held_for=held_for)
    parts.wake.touch(account_id)


@retrying
async def _fail(parts: Parts, claimed: Claimed, reason: str, code: str) -> None:
    """It will not leave for those for whom it still had to. Who got it at an earlier try has it: for them nothing failed, and Retry is not for them."""
    account_id, message_id = claimed.account_id, claimed.message_id
    async with parts.db.transaction() as conn:
        await store.lock(conn, account_id, message_id)
        await store.settle_recipients(
            conn, account_id, message_id, state="failed", addresses=claimed.open_addresses, reason=reason, code=code
        )
        everybody = await store.recipient_states(conn, account_id, message_id)
        state = "failed" if all(one == "failed" for one in everybody) else "sent"
        if state == "sent":
            await store_dealt.got_through(conn, account_id, [message_id])
        await store.settle(conn, account_id, message_id, state=state, reason=reason, code=code)
    parts.wake.touch(account_id)


def _outgoing(parts: Parts, message_id: int, claimed: Claimed, files: Sequence[Attachment]) -> Outgoing:
    def file_of(one: Attachment) -> OutgoingFile:
        async def content() -> bytes:
            return await parts.files.get(one.hash)

        return OutgoingFile(
            name=one.name, type=one.type, size=one.size, content=content, is_inline=one.is_inline, content_id=one.content_id
        )

    thread = claimed.thread
    received = [external_id for external_id, direction in thread if direction == "in"]
    open_addresses = {address.lower() for address in claimed.open_addresses}
    recipients = [Party(address=one["address"], name=one.get("name", ""), role=one.get("role", "to")) for one in claimed.recipients]
    return Outgoing(
        message_id=message_id,
        conversation_id=claimed.conversation_id,
        author=Author(id=claimed.author_id, name=claimed.author_name, first_name=claimed.first_name, last_name=claimed.last_name),
        recipients=recipients,
        text=claimed.text,
        html=claimed.html,
        quoted=claimed.quoted,
        subject=claimed.subject,
        files=[file_of(one) for one in files],
        external_id=claimed.external_id,
        in_reply_to=received[-1] if received else (thread[-1][0] if thread else None),
        references=[external_id for external_id, _ in thread],
        only=[one.address for one in recipients if one.address.lower() in open_addresses] if len(open_addresses) < len(recipients) else [],
        external_thread_id=claimed.external_thread_id,
        created_at=claimed.created_at,
        attempt=claimed.attempts + 1,
    )

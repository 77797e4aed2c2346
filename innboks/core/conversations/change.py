"""Close, reopen, assign, move, snooze, tag, rank, spam and trash: what people do to a conversation, one or many. Each change leaves a line in it that
says who did it and why (R-560, R-630). Two people at once: each field is the last writer's, and tags are added and taken one by one.

Read next: `bulk.py` (many at once), `wake.py` (what a snooze ends by), `core/rearrangements/` (merge and split).
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple, get_args

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store
from innboks.core.conversations.answerer import check_answer
from innboks.core.conversations.models import SNOOZE_MAX, Conversation, Priority
from innboks.core.conversations.read import readable, readable_conversation, readable_message
from innboks.core.conversations.window import NEVER_OPEN, closes_at, require_open
from innboks.core.conversations.write import blocked
from innboks.core.dispatches import store as dispatches
from innboks.core.dispatches import store_dealt
from innboks.core.filters.models import Reason
from innboks.core.filters.release import hold, release
from innboks.core.inboxes import store as inboxes
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.tags import store as tags
from innboks.core.tickets import store_tickets as tickets
from innboks.core.tickets.together import follow_conversations
from innboks.errors import Conflict, Invalid, Refused
from innboks.lib.db import Connection, retrying

PRIORITIES: tuple[str, ...] = get_args(Priority)
TAGS_MAX = 50
"""That one conversation may have."""
UNSET = msgspec.UNSET
Lines = list[dict[str, Any]]
About = TypeVarTuple("About")
Answer = TypeVar("Answer")


class Change(msgspec.Struct, kw_only=True):
    """Only what is given changes. `assignee_id` None means nobody, `snoozed_until` None until the customer answers. `tag_ids` is the whole set;
    adding and removing leave alone what a colleague does at the same time. `is_unread` is the actor's own mark. `spam_reason`, beside `is_spam`: goes back
    to where it was taken out of, by this reason; it is deleted no later for that."""

    status: str | msgspec.UnsetType = UNSET
    assignee_id: int | msgspec.UnsetType | None = UNSET
    inbox_id: int | msgspec.UnsetType = UNSET
    is_spam: bool | msgspec.UnsetType = UNSET
    spam_reason: Reason | msgspec.UnsetType = UNSET
    is_trashed: bool | msgspec.UnsetType = UNSET
    priority: str | msgspec.UnsetType = UNSET
    is_snoozed: bool | msgspec.UnsetType = UNSET
    snoozed_until: datetime | msgspec.UnsetType | None = UNSET
    tag_ids: Sequence[int] | msgspec.UnsetType = UNSET
    add_tag_ids: Sequence[int] | msgspec.UnsetType = UNSET
    remove_tag_ids: Sequence[int] | msgspec.UnsetType = UNSET
    is_unread: bool | msgspec.UnsetType = UNSET


async def change(parts: Parts, actor: Actor, conversation_id: int, wanted: Change, *, reason: str | None = None) -> Conversation:
    """Applies the change and returns the conversation as it is now. What is so already is not written again. `reason`: why it gets another
    assignee, when that is not plain from who asks."""
    check(wanted, parts.clock.now())
    after = await _change(parts, actor, conversation_id, wanted, reason)
    parts.wake.touch(actor.account_id)
    return after


@retrying
async def _change(parts: Parts, actor: Actor, conversation_id: int, wanted: Change, reason: str | None) -> Conversation:
    async with parts.db.transaction() as conn:
        if wanted.is_spam is False:
            await hold(conn, actor.account_id, [conversation_id])
        return await apply(parts, conn, actor, conversation_id, wanted, parts.clock.now(), reason)


def check(wanted: Change, now: datetime) -> None:
    """What is wrong whichever conversation it is for. Raises `Invalid`."""
    if wanted.status is not UNSET and wanted.status not in ("open", "closed"):
        raise Invalid("A conversation is “open” or “closed”.", code="invalid", field="status")
    if wanted.priority is not UNSET and wanted.priority not in PRIORITIES:
        raise Invalid(f"A priority is one of: {', '.join(PRIORITIES)}.", code="invalid", field="priority")
    if wanted.spam_reason is not UNSET and wanted.is_spam is not True:
        raise Invalid("Only what goes to spam has a reason for it.", code="invalid", field="spam_reason")
    if wanted.is_snoozed is True and wanted.status == "closed":
        raise Invalid("What is snoozed stays open. Close it, or snooze it.", code="invalid", field="is_snoozed")
    until = wanted.snoozed_until
    if isinstance(until, datetime):
        if wanted.is_snoozed is False:
            raise Invalid("A conversation that is not snoozed has no time to come back.", code="invalid", field="snoozed_until")
        if until.tzinfo is None or not timedelta() < until - now <= SNOOZE_MAX:
            raise Invalid("Choose a time to come, within ten years, with its time zone.", code="not_in_future", field="snoozed_until")


async def apply(
    parts: Parts, conn: Connection, actor: Actor, conversation_id: int, wanted: Change, now: datetime, reason: str | None = None
) -> Conversation:
    """One conversation in the caller's transaction, which has called `hold` for what comes out of spam."""
    before = await readable_conversation(conn, actor, conversation_id, lock=True)
    decision = await _decide(Asked(conn, actor.account_id), actor, before, wanted, now, reason)
    (after,) = await _write(parts, conn, actor, [decision], now)
    return after


async def apply_all(
    parts: Parts, conn: Connection, actor: Actor, wanted: Sequence[tuple[int, Change]], now: datetime
) -> list[Conversation | Refused]:
    """As `apply`, of different conversations, with as many statements as for a few; each that cannot be changed has its reason instead. The caller has
    called `hold` for all of them."""
    found = {one.id: one for one in await store.of_ids(conn, actor.account_id, [id for id, _ in wanted], actor.user_id)}
    asked = Asked(conn, actor.account_id)
    decisions: dict[int, Decision] = {}
    outcomes: dict[int, Conversation | Refused] = {}
    elsewhere = [one.id for one in found.values() if one.merged_into_id is not None]
    for id, change in wanted:
        try:
            if id not in elsewhere:
                decisions[id] = await _decide(asked, actor, readable(actor, found.get(id)), change, now)
        except Refused as refused:
            outcomes[id] = refused
    outcomes |= zip(decisions, await _write(parts, conn, actor, list(decisions.values()), now), strict=True)
    for id, change in wanted:
        try:
            if id in elsewhere:  # changed where it went, which may be among the others
                outcomes[id] = await apply(parts, conn, actor, id, change, now)
        except Refused as refused:
            outcomes[id] = refused
    return [outcomes[id] for id, _ in wanted]


class Decision(msgspec.Struct):
    """What is to become of a conversation: columns, lines in it, tags put on and taken off."""

    before: Conversation
    wanted: Change
    values: dict[str, Any]
    lines: Lines
    added: list[int]
    removed: list[int]


class Asked:
    """What a change depends on beside its conversation: asked for once, however many conversations it is for."""

    def __init__(self, conn: Connection, account_id: int) -> None:
        self.conn = conn
        self._account_id = account_id
        self._answers: dict[tuple[Any, ...], Any] = {}

    async def once(self, ask: Callable[[Connection, int, *About], Awaitable[Answer]], *about: *About) -> Answer:
        if (ask, *about) not in self._answers:
            self._answers[ask, *about] = await ask(self.conn, self._account_id, *about)
        answer: Answer = self._answers[ask, *about]
        return answer


async def _decide(asked: Asked, actor: Actor, before: Conversation, wanted: Change, now: datetime, reason: str | None = None) -> Decision:
    """Whatever can be refused is refused here, before anything is written."""
    values: dict[str, Any] = {}
    lines: Lines = []
    if any(value is not UNSET for name, value in msgspec.structs.asdict(wanted).items() if name != "is_unread"):
        actor.require_write(before.inbox_id)
    await _move_and_assign(asked, actor, before, wanted, values, lines, reason)
    _state(before, wanted, values, lines, now)
    await _spam(asked.conn, before, wanted, values, lines, now)
    added, removed = await _tags(asked, before, wanted, lines)
    return Decision(before, wanted, values, lines, added, removed)


async def _write(parts: Parts, conn: Connection, actor: Actor, decisions: Sequence[Decision], now: datetime) -> list[Conversation]:
    """Of conversations whose rows are held, each as it is afterwards."""
    account_id = actor.account_id
    if added := [(one.before.id, tag) for one in decisions for tag in one.added]:
        await tags.put_on(conn, account_id, added)
    if removed := [(one.before.id, tag) for one in decisions for tag in one.removed]:
        await tags.take_off(conn, account_id, removed)
    if changes := {one.before.id: one.values for one in decisions if one.values or one.added or one.removed}:
        await store.update_all(conn, account_id, changes)
    if moves := [(one.before.id, one.before.inbox_id, one.values["inbox_id"]) for one in decisions if "inbox_id" in one.values]:
        await tickets.follow_inbox(conn, account_id, moves)
    if lines := [(one.before.id, line) for one in decisions for line in one.lines]:
        await messages.add_lines(conn, account_id, lines, author_id=actor.user_id)
    for status in ("closed", "open"):
        if ids := [one.before.id for one in decisions if one.values.get("status") == status]:
            await follow_conversations(conn, actor, ids, is_closed=status == "closed", now=now)
    for one in decisions:
        if one.before.spam and one.values.get("spam") is False:
            await release(parts, conn, one.before, now)
    if read_to := {one.before.id: _read_to(one.before, one.wanted) for one in decisions if one.wanted.is_unread is not UNSET}:
        await store.save_reads(conn, account_id, actor.user_id, read_to)
    ids = [one.before.id for one in decisions]
    after = {one.id: one for one in await store.of_ids(conn, account_id, ids, actor.user_id)} if ids else {}
    return [after[id] for id in ids]


def _read_to(before: Conversation, wanted: Change) -> int:
    return max(0, before.last_received_id - 1 if wanted.is_unread else before.last_message_id)


async def _move_and_assign(
    asked: Asked, actor: Actor, before: Conversation, wanted: Change, values: dict[str, Any], lines: Lines, reason: str | None
) -> None:
    inbox_id = before.inbox_id
    if wanted.inbox_id is not UNSET and wanted.inbox_id != before.inbox_id:
        inbox_id = wanted.inbox_id
        if not actor.can_read(inbox_id):
            raise Invalid("There is no such inbox.", code="unknown_inbox", field="inbox_id")
        actor.require_write(inbox_id)
        if not await asked.once(inboxes.is_open, inbox_id):
            raise Invalid("This inbox is archived. Choose another one.", code="archived_inbox", field="inbox_id")
        values["inbox_id"] = inbox_id
        lines.append({"event": "inbox_changed", "from": str(before.inbox_id), "to": str(inbox_id)})
    if wanted.assignee_id is not UNSET and wanted.assignee_id != before.assignee_id:
        if wanted.assignee_id is not None:
            await _require_may_get(asked, actor, wanted.assignee_id, inbox_id)
        values["assignee_id"] = wanted.assignee_id
        lines.append(
            {
                "event": "assigned",
                "from": _id(before.assignee_id),
                "to": _id(wanted.assignee_id),
                "reason": reason or _reason(actor, before, wanted.assignee_id),
            }
        )
        return
    keeps = before.assignee_id is None or inbox_id == before.inbox_id
    if not keeps and not (await asked.once(store.inbox_rights, before.assignee_id or 0, inbox_id))[1]:
        values["assignee_id"] = None
        lines.append({"event": "assigned", "from": _id(before.assignee_id), "to": None, "reason": "not_a_member"})


async def _require_may_get(asked: Asked, actor: Actor, user_id: int, inbox_id: int) -> None:
    """Members get its conversations; where it is for teams, their main members (R-024). Every member may take one themselves (R-012)."""
    _, may_act, may_get = await asked.once(store.inbox_rights, user_id, inbox_id)
    if not may_get and not (may_act and user_id == actor.user_id):
        sentence = "This person is not a member of the inbox, so they cannot get its conversations."
        if may_act:
            sentence = "This inbox is for teams of which this person is only an extra member. They can take its conversations themselves."
        raise Invalid(sentence, code="extra_member" if may_act else "not_a_member", field="assignee_id")


def _reason(actor: Actor, before: Conversation, to: int | None) -> str:
    """Why it changed hands (R-560): by a program, by taking it from a colleague, or as somebody chose. Answers have theirs in `record.py`."""
    if actor.is_program:
        return "api"
    return "take_over" if to == actor.user_id and before.assignee_id is not None else "manual"


def _state(before: Conversation, wanted: Change, values: dict[str, Any], lines: Lines, now: datetime) -> None:
    """Status, snooze, priority and trash. What is snoozed is open; closing ends a snooze."""
    status = before.status if wanted.status is UNSET else wanted.status
    until = before.snoozed_until if wanted.snoozed_until is UNSET else wanted.snoozed_until
    if wanted.is_snoozed is not UNSET:
        is_snoozed = wanted.is_snoozed
        until = None if wanted.snoozed_until is UNSET else until
    else:
        is_snoozed = before.is_snoozed or isinstance(wanted.snoozed_until, datetime)
        is_snoozed = is_snoozed and (wanted.status is UNSET or wanted.status == "open")
    if is_snoozed and wanted.status is UNSET:
        status = "open"
    if not is_snoozed:
        until = None
    if status != before.status:
        values |= {"status": status, "closed_at": now if status == "closed" else None}
        lines.append({"event": "status_changed", "from": before.status, "to": status})
    if (is_snoozed, until) != (before.is_snoozed, before.snoozed_until):
        values |= {"is_snoozed": is_snoozed, "snoozed_until": until}
        if is_snoozed:
            lines.append({"event": "snoozed", "until": until.isoformat() if until else None})
        elif status == before.status:
            lines.append({"event": "woken", "reason": "manual"})
    if wanted.priority is not UNSET and wanted.priority != before.priority:
        values["priority"] = wanted.priority
        lines.append({"event": "priority_changed", "from": before.priority, "to": wanted.priority, "reason": "manual"})
    if wanted.is_trashed is not UNSET and wanted.is_trashed != (before.trashed_at is not None):
        values["trashed_at"] = now if wanted.is_trashed else None
        lines.append({"event": "trashed"} if wanted.is_trashed else {"event": "restored", "reason": "manual"})


async def _spam(conn: Connection, before: Conversation, wanted: Change, values: dict[str, Any], lines: Lines, now: datetime) -> None:
    if wanted.is_spam is UNSET or wanted.is_spam == before.spam:
        return
    if not wanted.is_spam:
        values |= {"spam": False, "spam_reason": None, "spam_at": None}
        lines.append({"event": "unmarked_spam", "was": before.spam_reason})
        return
    reason: Reason = "manual" if wanted.spam_reason is UNSET else wanted.spam_reason
    since = now
    line: dict[str, Any] = {"event": "marked_spam"}
    if reason != "manual":
        since = await messages.kept_apart_since(conn, before.account_id, before.id, reason) or now
        line |= {"reason": reason, "since": since.isoformat()}
    values |= {"spam": True, "spam_reason": reason, "spam_at": since}
    lines.append(line)


async def _tags(asked: Asked, before: Conversation, wanted: Change, lines: Lines) -> tuple[list[int], list[int]]:
    """(to be added, to be removed)."""
    had = set(before.tag_ids)
    has = had if wanted.tag_ids is UNSET else set(wanted.tag_ids)
    has = has | set(() if wanted.add_tag_ids is UNSET else wanted.add_tag_ids)
    has = has - set(() if wanted.remove_tag_ids is UNSET else wanted.remove_tag_ids)
    added, removed = sorted(has - had), sorted(had - has)
    if not added and not removed:
        return [], []
    names = await asked.once(tags.named, (*added, *removed))
    if any(one not in names for one in added):
        raise Invalid("One of these tags is not there any more.", code="unknown_tag", field="tag_ids")
    if len(has) > TAGS_MAX:
        raise Invalid(f"A conversation has at most {TAGS_MAX} tags.", code="too_many_tags", field="tag_ids")
    line: dict[str, Any] = {"event": "tags_changed"}
    for word, ids in (("added", added), ("removed", removed)):
        line[word] = [{"id": str(one), "name": names[one]} for one in ids if one in names]
    lines.append(line)
    return added, removed


async def move_message(parts: Parts, actor: Actor, message_id: int, to_conversation_id: int | None) -> tuple[Conversation, int]:
    """Moves a message to another conversation, or to a new one (None). Answers to it will follow it. Returns (conversation, message id)."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        if message.type == "system":
            raise Invalid("Only what somebody wrote can be moved.", code="not_movable")
        if to_conversation_id is None:
            seen = await readable_conversation(conn, actor, message.conversation_id)
            await contacts.lock(conn, actor.account_id, [one for one in (message.contact_id, seen.contact_id) if one is not None])
        # Both in one order, so that two who move crosswise wait for each other instead of standing in each other's way; read again under the locks,
        # because a merge may have taken it elsewhere meanwhile.
        for conversation_id in sorted({message.conversation_id, to_conversation_id or message.conversation_id}):
            await store.lock(conn, actor.account_id, conversation_id)
        message = await readable_message(conn, actor, message_id)
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
    """Sends a failed message again, to those who did not get it. One that is uncertain may have arrived: then the person must say so. What is on
    its way another way (`resend.py`) is waited for; where that got through, it needs nobody until a person says that it does."""
    async with parts.db.transaction() as conn:
        state = await dispatches.lock(conn, actor.account_id, message_id)  # before it is read: it may be settled meanwhile
        message = await readable_message(conn, actor, message_id)
        await check_answer(conn, actor, message)
        if state == "uncertain" and not even_if_uncertain:
            raise Conflict("This may have arrived. Check first; then send it again, or mark it as sent.", code="uncertain")
        if state not in ("failed", "uncertain") and not (state == "sent" and any(one.state == "failed" for one in message.recipients)):
            raise Conflict("Only a message that failed can be sent again.", code="not_failed")
        if "forward_of" not in message.data and await dispatches.is_blocked(conn, actor.account_id, message.conversation_id):
            raise blocked()
        elsewhere = await store_dealt.other_way(conn, actor.account_id, message_id)
        if elsewhere in ("queued", "sending", "uncertain"):
            raise Conflict("This is on its way to them another way. Wait for what becomes of that.", code="sent_elsewhere")
        if elsewhere is not None and message.dealt_with is not None:
            raise Conflict("Somebody has sent this another way already.", code="sent_elsewhere")
        connected = await parts.directory.find(parts, actor.account_id, message.channel_account_id, conn)
        until = await closes_at(conn, actor.account_id, message.conversation_id, message.channel_account_id, connected.channel.abilities)
        if until != NEVER_OPEN:  # what begins a conversation answers nothing
            require_open(until, parts.clock.now())
        await dispatches.start_again(conn, actor.account_id, message_id)
    parts.wake.touch(actor.account_id)
    parts.jobs.announce_sending()


async def settle_uncertain(parts: Parts, actor: Actor, message_id: int) -> None:
    """A person has checked: this message did leave."""
    async with parts.db.transaction() as conn:
        message = await readable_message(conn, actor, message_id)
        await check_answer(conn, actor, message)
        if await dispatches.lock(conn, actor.account_id, message_id) != "uncertain":
            raise Conflict("Only an uncertain message can be marked as sent.", code="not_uncertain")
        await dispatches.settle_recipients(conn, actor.account_id, message_id, state="sent")
        await store_dealt.got_through(conn, actor.account_id, [message_id])
        await dispatches.settle(conn, actor.account_id, message_id, state="sent", sent_at=parts.clock.now())
    parts.wake.touch(actor.account_id)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)

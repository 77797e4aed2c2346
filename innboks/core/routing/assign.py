"""The step of the road in that gives a conversation to somebody, in the transaction that records its message (DESIGN §6: *record … route*).

Once for each new conversation, and again when one comes back whose person is gone, or away where availability counts; what was given by hand to
somebody who is still here stays with them (R-559). Every choice leaves a line in the thread that explains it (R-560). One account's choices follow
each other (`store.lock`), so that nobody gets more than their limit (R-561). Read next: `choose.py`.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from innboks.core.accounts import seats
from innboks.core.conversations import store as conversations
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.core.routing import store, store_tickets
from innboks.core.routing.choose import Pick, choose
from innboks.core.routing.hours import is_connected, status_at
from innboks.core.routing.models import Answered, Candidate, Category, Choice, Rule, Skill
from innboks.core.routing.needs import needed, short_of
from innboks.core.routing.store import Arrival, Held, Unassigned
from innboks.lib.db import Connection

LIVE = "chat"
"""The category of channels whose visitors wait before the screen."""
AT_ONCE = 200
"""Unassigned conversations that are looked up together."""


async def route(conn: Connection, account_id: int, message_id: int, now: datetime, pick: Pick = random.choice) -> None:
    """After a message of a channel account whose rule is on was recorded. Does nothing where nobody is to be chosen."""
    arrived = await store.arrival(conn, account_id, message_id)
    if arrived is None or arrived.is_hidden:
        return
    came_back = (
        arrived.line_before is not None and arrived.line_before.get("reason") == "message" and arrived.line_before.get("to") == "open"
    )
    if not arrived.is_new and not came_back:
        return
    if arrived.assignee_id is not None:
        rule = obeyed(await store.rule_of(conn, account_id, arrived.channel_account_id), arrived.category)
        if not rule.is_on or await _stays(conn, account_id, arrived, rule, now):
            return
    if arrived.assignee_id is None and not arrived.is_new and arrived.assigned_by == "manual":
        return  # somebody took it from everybody by hand
    await _give(conn, account_id, arrived, now, pick)


async def route_released(conn: Connection, account_id: int, message_id: int, now: datetime) -> None:
    """After a conversation that was kept out of the inbox came there: its rule chooses as for a new one. `message_id`: its newest from outside."""
    arrived = await store.arrival(conn, account_id, message_id)
    if arrived is None or arrived.is_hidden or arrived.assignee_id is not None:
        return
    rule = await store.rule_of(conn, account_id, arrived.channel_account_id)
    if rule.is_on:  # asked before the turn is taken: most have none
        await _give(conn, account_id, arrived, now, random.choice)


async def _stays(conn: Connection, account_id: int, arrived: Arrival, rule: Rule, now: datetime) -> bool:
    """Does it stay with whom it was given to before it was closed?"""
    person = arrived.assignee_id
    assert person is not None
    flaws = await seats.flaws_of_users(conn, account_id, arrived.inbox_id, [person])
    if flaws.get(person) in ("unknown", "deactivated", "not_a_member"):
        return False
    if arrived.assigned_by != "rule" or not rule.only_available:
        return True
    held = await store.plans(conn, account_id, [person])
    return is_there(held[person], arrived.category, now)


async def _give(conn: Connection, account_id: int, arrived: Arrival, now: datetime, pick: Pick, *, is_first: bool = True) -> bool:
    """Chooses and writes it down; that nobody could be chosen, only the first time. True when somebody has it now."""
    await store.lock(conn, account_id)
    rule = obeyed(await store.rule_of(conn, account_id, arrived.channel_account_id), arrived.category)  # as it is now that it is our turn
    if not rule.is_on:
        return False
    answered: Answered | None = None
    skills: Sequence[Skill] = ()
    choice = await _owner(conn, account_id, arrived, rule, now, is_first) if rule.asks_owner else None
    if choice is None or (choice.user_id is None and rule.targets):
        if rule.returning_days is not None and arrived.contact_id is not None:
            answered = await store.last_answer(conn, account_id, arrived.contact_id, now - timedelta(days=rule.returning_days))
        if rule.skills != "off":
            skills = (await needed(conn, account_id, [arrived.conversation_id])).get(arrived.conversation_id, ())
        choice = choose(rule, await candidates_of(conn, account_id, arrived, rule, now, skills), pick, answered)
    if choice.user_id is not None:
        turn = (choice.round, now) if choice.is_turn else None
        if choice.user_id != arrived.assignee_id:
            await store.give(conn, account_id, arrived.channel_account_id, choice.user_id, arrived.conversation_id, turn)
        elif turn is not None:
            await store.take_turn(conn, account_id, arrived.channel_account_id, choice.user_id, *turn)
    elif arrived.assignee_id is not None and is_first:
        await conversations.update(conn, account_id, arrived.conversation_id, {"assignee_id": None})
    if choice.user_id is not None or is_first:
        await _write_down(conn, account_id, arrived, choice, answered, skills)
    return choice.user_id is not None


async def _write_down(
    conn: Connection, account_id: int, arrived: Arrival, choice: Choice, answered: Answered | None, skills: Sequence[Skill]
) -> None:
    if choice.user_id == arrived.assignee_id and choice.user_id is not None:
        return
    line: dict[str, Any] = {
        "event": "assigned" if choice.user_id is not None or arrived.assignee_id is not None else "not_assigned",
        "from": None if arrived.assignee_id is None else str(arrived.assignee_id),
        "to": None if choice.user_id is None else str(choice.user_id),
        "reason": "rule",
        "how": choice.how,
        "rule": arrived.rule_name,
        "among": choice.among,
        "open_count": choice.open_count,
    }
    if choice.how == "same_person" and answered is not None:
        line["answered_at"] = answered.at.isoformat()
    if skills:
        line |= {"skills": [{"name": one.name, "language": one.language} for one in skills], "fit": choice.fit}
    await messages.add_system(conn, account_id, arrived.conversation_id, line)


async def _owner(conn: Connection, account_id: int, arrived: Arrival, rule: Rule, now: datetime, is_first: bool) -> Choice:
    """The contact's owner, when a rule may choose them (R-062, R-066), or why not. One who is away is told by mail, and gets it only where availability
    does not count (R-063; SPEC 25.2)."""
    owner_id = arrived.owner_id
    if owner_id is None:
        return Choice(user_id=None, how="no_owner", round=rule.round)
    if owner_id not in await seats.routable(conn, account_id, arrived.inbox_id, [owner_id], []):
        return Choice(user_id=None, how="no_members", round=rule.round)
    held = (await store.plans(conn, account_id, [owner_id]))[owner_id]
    is_available = is_there(held, arrived.category, now)
    if not is_available and is_first:
        line = {"event": "owner_away", "user_id": str(owner_id)}
        await messages.add_system(conn, account_id, arrived.conversation_id, line)
    (candidate,) = await _candidates(conn, account_id, arrived, [owner_id], now)
    if rule.only_available and not is_available:
        return Choice(user_id=None, how="nobody_available", round=rule.round)
    if candidate.is_full:
        return Choice(user_id=None, how="all_full", round=rule.round)
    return Choice(user_id=owner_id, how="owner", among=1, open_count=candidate.open_count, round=rule.round)


class Way(Protocol):
    """Over which channel account something comes, and into which inbox."""

    inbox_id: int
    channel_account_id: int
    category: str


async def candidates_of(
    conn: Connection, account_id: int, way: Way, rule: Rule, now: datetime, skills: Sequence[Skill] = ()
) -> list[Candidate]:
    """Whom a rule may choose now, with all that the choice depends on. `skills`: those that are needed."""
    places = await places_of(conn, account_id, rule)
    named = [one.id for one in rule.targets if one.type == "user"], [one.id for one in rule.targets if one.type == "team"]
    user_ids = [one for one in await seats.routable(conn, account_id, way.inbox_id, *named) if one in places]
    found = await _candidates(conn, account_id, way, user_ids, now, places)
    short = short_of(skills, user_ids)
    return [msgspec.structs.replace(one, short_of=short[one.user_id]) for one in found] if skills else found


async def _candidates(
    conn: Connection, account_id: int, way: Way, user_ids: Sequence[int], now: datetime, places: Mapping[int, int] | None = None
) -> list[Candidate]:
    found = await store.standings(conn, account_id, way.channel_account_id, user_ids)
    category = category_of(way.category)
    limited = [one for one in user_ids if found[one].held.limits.of(category) is not None]
    of_kind = await store.open_counts(conn, account_id, limited, category) if limited else {}
    sated = await _who_has_all_tickets(conn, account_id, way, {id: one.held for id, one in found.items()}, now)
    return [
        Candidate(
            user_id=one,
            place=places[one] if places is not None else 0,
            is_available=is_there(found[one].held, way.category, now),
            open_count=found[one].open_count,
            conversations_max=found[one].held.conversations_max,
            kind_count=of_kind.get(one, 0),
            kind_max=found[one].held.limits.of(category),
            has_all_tickets=one in sated,
            round=found[one].round,
            at=found[one].at,
        )
        for one in user_ids
    ]


async def _who_has_all_tickets(conn: Connection, account_id: int, way: Way, held: Mapping[int, Held], now: datetime) -> set[int]:
    """Who owns as many tickets as they may, where what comes is a ticket of whoever gets it (R-603, R-604). Nothing is asked where nobody has a limit."""
    category = category_of(way.category)
    of_all = {id: one.tickets_max for id, one in held.items() if one.tickets_max is not None}
    of_kind = {id: limit for id, one in held.items() if (limit := one.ticket_limits.of(category)) is not None}
    if not (of_all or of_kind) or not await store_tickets.gives_tickets(conn, account_id, way.channel_account_id):
        return set()
    counts = await store_tickets.ticket_counts(conn, account_id, list(of_all), now)
    kinds = await store_tickets.ticket_counts(conn, account_id, list(of_kind), now, category)
    full = {id for id, limit in of_all.items() if counts.get(id, 0) >= limit}
    return full | {id for id, limit in of_kind.items() if kinds.get(id, 0) >= limit}


def category_of(channel_category: str) -> Category:
    """For which limit conversations of a channel count (R-604)."""
    if channel_category == "call":
        return "calling"
    return "messaging" if channel_category in ("chat", "messaging") else "other"


def obeyed(rule: Rule, channel_category: str) -> Rule:
    """A rule as it holds for a kind of channel: live chat always asks for availability (SPEC 25.9)."""
    return msgspec.structs.replace(rule, only_available=True) if channel_category == LIVE else rule


def is_there(held: Held, channel_category: str, now: datetime) -> bool:
    """Available, and for live chat connected as well (R-596)."""
    return status_at(held.plan, now)[0] == "available" and (channel_category != LIVE or is_connected(held.seen_at, now))


async def places_of(conn: Connection, account_id: int, rule: Rule) -> dict[int, int]:
    """Person → the place of the first target that names them, themselves or as a main member of a team."""
    members = await store.members_of(conn, account_id, [one.id for one in rule.targets if one.type == "team"])
    places: dict[int, int] = {}
    for place, target in enumerate(rule.targets):
        named: Iterable[int] = [target.id] if target.type == "user" else members.get(target.id, [])
        for user_id in named:
            places.setdefault(user_id, place)
    return places


async def route_waiting(parts: Parts, account_id: int) -> int:
    """Gives out what waits for nobody in particular, the oldest first, if the account wants that (R-562): when somebody becomes available, and once a
    minute, for whoever has room again. Returns how many found somebody. Where nobody was found for one, the others like it are not tried: so what waits
    for people who are away costs little, and holds up nothing that waits for others."""
    given, after = 0, 0
    in_vain: set[tuple[int, int | None, tuple[int, ...]]] = set()
    while True:
        async with parts.db.connection() as conn:
            if not await store.assigns_when_available(conn, account_id):
                return 0
            waiting = await store.unassigned(conn, account_id, after, AT_ONCE)
            needs = await needed(conn, account_id, [one.conversation_id for one in waiting])
        for one in waiting:
            after = one.conversation_id
            like = (one.channel_account_id, one.owner_id, tuple(skill.id for skill in needs.get(one.conversation_id, ())))
            if like in in_vain:
                continue
            if await _give_waiting(parts, account_id, one):
                given += 1
            else:
                in_vain.add(like)
        if len(waiting) < AT_ONCE:
            break
    if given:
        parts.wake.touch(account_id)
    return given


async def _give_waiting(parts: Parts, account_id: int, one: Unassigned) -> bool:
    """True also when somebody else was quicker."""
    async with parts.db.transaction() as conn:
        if not await conversations.lock_unassigned(conn, account_id, one.conversation_id):
            return True
        arrived = await store.arrival(conn, account_id, one.message_id)
        rule = await store.rule_of(conn, account_id, one.channel_account_id)
        if arrived is None or not rule.is_on:
            return False
        return await _give(conn, account_id, arrived, parts.clock.now(), random.choice, is_first=False)

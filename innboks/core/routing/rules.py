"""The rule of a channel account: read, changed, and tried on the past before it is saved (R-060 to R-066, R-553 to R-557; AHEAD 26).

Read next: `assign.py`, which obeys it.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import seats
from innboks.core.accounts.features import require_assignment
from innboks.core.accounts.seats import Flaw
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.changes import tell_changed
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.core.routing import store
from innboks.core.routing.assign import LIVE, candidates_of, category_of, obeyed, places_of
from innboks.core.routing.choose import choose, in_order
from innboks.core.routing.hours import planned, standing
from innboks.core.routing.models import Answered, Candidate, Category, Choice, Considered, KindLoad, Next, Rule, Skill, Target
from innboks.core.routing.needs import needed, needed_over, short_of
from innboks.core.routing.store import Held, Past
from innboks.errors import Invalid, NotFound
from innboks.lib.db import Connection

TARGETS_MAX = 200
SIMULATED = 100


class Named(msgspec.Struct, frozen=True):
    """A target with what is wrong with it, None: nothing (R-013)."""

    target: Target
    flaw: Flaw | Literal["deleted"] | None


class Played(msgspec.Struct, frozen=True):
    """What a rule would have done with one conversation of the past."""

    conversation: Past
    choice: Choice
    skills: Sequence[Skill] = ()
    """What it needs, where the rule asks for that."""


async def rule_of(parts: Parts, actor: Actor, channel_account_id: int) -> tuple[Rule, list[Named]]:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        row = await _row(conn, actor, channel_account_id)
        rule = _begun(row, await store.rule_of(conn, row.account_id, row.id))
        return rule, await _named(conn, row, rule)


async def rules_of_all(parts: Parts, actor: Actor) -> list[tuple[ChannelAccount, Rule, list[Named]]]:
    """Of every channel account that is connected and nobody's own, by name."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        rows = [one for one in await channel_accounts.every_one(conn, actor.account_id) if one.archived_at is None and one.owner_id is None]
        rows.sort(key=lambda one: (one.name.casefold(), one.id))
        known = await store.rules_of(conn, actor.account_id, [one.id for one in rows])
        rules = [(one, _begun(one, known.get(one.id, Rule()))) for one in rows]
        named = await _named_all(conn, actor.account_id, rules)
        return [(row, rule, each) for (row, rule), each in zip(rules, named, strict=True)]


async def is_live(parts: Parts, actor: Actor, channel_account_id: int) -> bool:
    """Do visitors wait before the screen there? Then availability always counts, whatever its rule says (SPEC 25.9)."""
    async with parts.db.connection() as conn:
        return (await _row(conn, actor, channel_account_id)).category == LIVE


async def set_rule(parts: Parts, actor: Actor, channel_account_id: int, rule: Rule) -> tuple[Rule, list[Named]]:
    """Who is in it already may stay, whatever became of them; who is new must be somebody that a rule can choose (R-011, scenario 5). Raises
    `Invalid`, `NotFound`, `Forbidden` where the operator switched rules off."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        row = await _row(conn, actor, channel_account_id)
        if rule.is_on:
            await require_assignment(conn, actor.account_id)
        before = await store.rule_of(conn, actor.account_id, channel_account_id)
        await _check(conn, row, rule, before)
        await store.mark_assigning(conn, actor.account_id, channel_account_id, rule.is_on)
        await store.lock(conn, actor.account_id)
        await store.save_rule(conn, actor.account_id, channel_account_id, rule)
        await events.add(
            conn,
            actor.account_id,
            "channel_account.changed",
            inbox_id=row.inbox_id,
            data={"channel_account_id": channel_account_id},
        )
        after = await store.rule_of(conn, actor.account_id, channel_account_id)
        named = await _named(conn, row, after)
    await tell_changed(parts, actor.account_id, channel_account_id)
    parts.wake.touch(actor.account_id)
    return after, named


async def simulate(parts: Parts, actor: Actor, channel_account_id: int, rule: Rule) -> list[Played]:
    """Who would have got the last conversations of this channel account. Nothing is changed. Hours, holidays and absences count as they were; what
    somebody set by hand is not known of the past. Skills count as they are now. Everybody begins with nothing open."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        row = await _row(conn, actor, channel_account_id)
        await _check(conn, row, rule, await store.rule_of(conn, actor.account_id, channel_account_id))
        rule = obeyed(rule, row.category)
        past = await store.last_arrivals(conn, actor.account_id, channel_account_id, SIMULATED)
        places = await places_of(conn, actor.account_id, rule)
        owners = {one.owner_id for one in past if one.owner_id is not None} if rule.asks_owner else set()
        named = [*places, *owners]
        may = set(await seats.routable(conn, actor.account_id, row.inbox_id, named, []))
        held = await store.plans(conn, actor.account_id, named)
        skills = await needed(conn, actor.account_id, [one.id for one in past]) if rule.skills != "off" else {}
    category = category_of(row.category)
    return play(rule, past, {one: place for one, place in places.items() if one in may}, owners & may, held, category, skills)


class _Here(msgspec.Struct):
    """Where a rule would give something out."""

    inbox_id: int
    channel_account_id: int
    category: str


async def next_one(parts: Parts, actor: Actor, channel_account_id: int, rule: Rule) -> Next:
    """Who would get what comes in now, and why not the others. Nothing is changed. Raises `Invalid`, `NotFound`."""
    actor.require(ACCOUNT_ACCESS)
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        row = await _row(conn, actor, channel_account_id)
        saved = await store.rule_of(conn, actor.account_id, channel_account_id)
        await _check(conn, row, rule, saved)
        rule = msgspec.structs.replace(obeyed(rule, row.category), round=saved.round)
        skills = await needed_over(conn, actor.account_id, row.id) if rule.skills != "off" else []
        candidates = await candidates_of(conn, actor.account_id, _Here(row.inbox_id, row.id, row.category), rule, now, skills)
        places = await places_of(conn, actor.account_id, rule)
        flaws = await seats.flaws_of_users(conn, actor.account_id, row.inbox_id, list(places))
        held = await store.plans(conn, actor.account_id, list(places))
        counts = await store.open_counts(conn, actor.account_id, list(places))
    choice = choose(rule, candidates, lambda drawn: drawn[0])
    full = {one.user_id for one in candidates if one.is_full}
    kind = category_of(row.category)
    kinds = {one.user_id: [KindLoad(kind, one.kind_count, one.kind_max)] for one in candidates if one.kind_max is not None}
    fits = {one.user_id: one.fit for one in candidates}
    queue = {one.user_id: nth for nth, one in enumerate(in_order(rule, candidates))}

    def considered(user_id: int) -> Considered:
        target = rule.targets[places[user_id]]
        return Considered(
            user_id=user_id,
            team_id=target.id if target.type == "team" else None,
            standing=standing(held[user_id].plan, now),
            open_count=counts.get(user_id, 0),
            conversations_max=held[user_id].conversations_max,
            kinds=kinds.get(user_id, []),
            flaw=flaws.get(user_id),
            is_full=user_id in full,
            is_able=user_id in queue,
            fit=fits.get(user_id, "main"),
        )

    people = [considered(one) for one in places if one in held]
    people.sort(key=lambda one: (queue.get(one.user_id, len(queue)), one.flaw is not None, one.standing.status == "away", one.user_id))
    is_draw = choice.how == "random" and choice.among > 1
    return Next(user_id=None if is_draw else choice.user_id, how=choice.how, among=choice.among, people=people, skills=skills)


def play(
    rule: Rule,
    past: Sequence[Past],
    places: dict[int, int],
    owners: set[int],
    held: dict[int, Held],
    category: Category,
    needs: Mapping[int, Sequence[Skill]],
) -> list[Played]:
    """The past once more. A conversation counts as open from when it came until it was closed; all of them are of one kind."""
    given: list[tuple[int, Past]] = []
    turns: dict[int, tuple[int, datetime]] = {}
    played: list[Played] = []
    dice = random.Random(len(past))  # noqa: S311 - the same past and rule give the same answer

    def open_of(user_id: int, at: datetime) -> int:
        return sum(1 for who, one in given if who == user_id and (one.closed_at is None or one.closed_at > at))

    def limit_of(user_id: int) -> int | None:
        both = (held[user_id].conversations_max, held[user_id].limits.of(category))
        return min((one for one in both if one is not None), default=None)

    def is_there(user_id: int, at: datetime) -> bool:
        return planned(held[user_id].plan, at)[0]

    def of_owner(owner: int | None, at: datetime) -> Choice:
        """As `_owner` of `assign.py`."""
        if owner is None:
            return Choice(user_id=None, how="no_owner", round=rule.round)
        if owner not in owners:
            return Choice(user_id=None, how="no_members", round=rule.round)
        if rule.only_available and not is_there(owner, at):
            return Choice(user_id=None, how="nobody_available", round=rule.round)
        limit, count = limit_of(owner), open_of(owner, at)
        if limit is not None and count >= limit:
            return Choice(user_id=None, how="all_full", round=rule.round)
        return Choice(user_id=owner, how="owner", among=1, open_count=count, round=rule.round)

    for one in past:
        choice: Choice | None = None
        skills: Sequence[Skill] = ()
        if rule.asks_owner:
            choice = of_owner(one.owner_id, one.created_at)
        if choice is None or (choice.user_id is None and rule.targets):
            skills = needs.get(one.id, ())
            short = short_of(skills, list(places))
            candidates = [
                Candidate(
                    user_id=user_id,
                    place=place,
                    is_available=is_there(user_id, one.created_at),
                    open_count=open_of(user_id, one.created_at),
                    conversations_max=limit_of(user_id),
                    round=turns.get(user_id, (0, None))[0],
                    at=turns[user_id][1] if user_id in turns else None,
                    short_of=short[user_id],
                )
                for user_id, place in sorted(places.items())
            ]
            choice = choose(rule, candidates, dice.choice, _answered(rule, one))
            rule = msgspec.structs.replace(rule, round=choice.round)
        if choice.user_id is not None:
            given.append((choice.user_id, one))
            if choice.is_turn:
                turns[choice.user_id] = (choice.round, one.created_at)
        played.append(Played(one, choice, skills))
    return played


def _answered(rule: Rule, one: Past) -> Answered | None:
    """Who really answered its contact before, whoever a rule would have given that to; None where it was too long ago for this rule."""
    if rule.returning_days is None or one.answered_by is None or one.answered_at is None:
        return None
    return Answered(one.answered_by, one.answered_at) if one.answered_at >= one.created_at - timedelta(days=rule.returning_days) else None


def _begun(row: ChannelAccount, rule: Rule) -> Rule:
    """Its rule, or that with which it begins."""
    return Rule(distribution="first_available") if rule == Rule() and row.category == LIVE else rule


async def _row(conn: Connection, actor: Actor, channel_account_id: int) -> ChannelAccount:
    row = await channel_accounts.get(conn, actor.account_id, channel_account_id)
    if row is None or row.archived_at is not None:
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    return row


async def _check(conn: Connection, row: ChannelAccount, rule: Rule, before: Rule) -> None:
    if len(rule.targets) > TARGETS_MAX:
        raise Invalid(f"A rule names at most {TARGETS_MAX} people and teams.", code="too_many", field="targets")
    if len({(one.type, one.id) for one in rule.targets}) < len(rule.targets):
        raise Invalid("Somebody is named twice in this rule. Once is enough.", code="twice", field="targets")
    if rule.is_on and not rule.targets and not rule.asks_owner:
        raise Invalid("Name at least one person or team, or let it ask for the contact's owner.", code="no_targets", field="targets")
    known = {(one.type, one.id) for one in before.targets}
    new = [one for one in rule.targets if (one.type, one.id) not in known]
    users = [one.id for one in new if one.type == "user"]
    await seats.require_routable(conn, row.account_id, row.inbox_id, users, [one.id for one in new if one.type == "team"])


async def _named(conn: Connection, row: ChannelAccount, rule: Rule) -> list[Named]:
    (named,) = await _named_all(conn, row.account_id, [(row, rule)])
    return named


async def _named_all(conn: Connection, account_id: int, rules: Sequence[tuple[ChannelAccount, Rule]]) -> list[list[Named]]:
    """Of each rule, whom it names. Each inbox is asked for once, and the teams."""
    users: dict[int, set[int]] = {}
    for row, rule in rules:
        users.setdefault(row.inbox_id, set()).update(one.id for one in rule.targets if one.type == "user")
    flaws = {inbox_id: await seats.flaws_of_users(conn, account_id, inbox_id, list(ids)) for inbox_id, ids in users.items() if ids}
    missing = await seats.missing_teams(conn, account_id, [one.id for _, rule in rules for one in rule.targets if one.type == "team"])

    def flaw(inbox_id: int, one: Target) -> Flaw | Literal["deleted"] | None:
        if one.type == "user":
            return flaws[inbox_id].get(one.id)
        return "deleted" if one.id in missing else None

    return [[Named(one, flaw(row.inbox_id, one)) for one in rule.targets] for row, rule in rules]

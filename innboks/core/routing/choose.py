"""Whom a rule chooses among those it may choose. No database: `assign.py` brings the candidates, the simulator makes them up."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from innboks.core.routing.models import Answered, Candidate, Choice, Fit, Rule

Pick = Callable[[Sequence[Candidate]], Candidate]
_NEVER = datetime.min.replace(tzinfo=UTC)


def choose(rule: Rule, candidates: Sequence[Candidate], pick: Pick = random.choice, answered: Answered | None = None) -> Choice:
    """Where the rule asks for skills, among those who have what is needed, and of a language among those who have it as a main one, as long as one of
    them can take it (R-558); where nobody can, the rule says whether anybody else may. Then as `_choose`."""
    if rule.skills == "off":
        return _choose(rule, candidates, pick, answered)
    narrowed = _fitting(rule, candidates)
    if narrowed:
        return msgspec.structs.replace(_choose(rule, narrowed, pick, answered), fit=narrowed[0].fit)
    skilled = [one for one in candidates if one.short_of is not None]
    if rule.skills == "prefer":
        fit: Fit = "main" if len(skilled) == len(candidates) else "lacking"
        return msgspec.structs.replace(_choose(rule, candidates, pick, answered), fit=fit)
    if candidates and not skilled:
        return Choice(user_id=None, how="nobody_skilled", round=rule.round)
    return _choose(rule, skilled, pick, answered)


def _fitting(rule: Rule, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Who could get it now and fits what is needed best; nobody where nobody has it all."""
    able = [one for one in candidates if one.short_of is not None and _is_able(rule, one)]
    best = min((one.short_of for one in able if one.short_of is not None), default=0)
    return [one for one in able if one.short_of == best]


def _choose(rule: Rule, candidates: Sequence[Candidate], pick: Pick, answered: Answered | None) -> Choice:
    """Nobody at the limit (R-601), nobody away where availability counts (R-064). Among the others whoever `answered` the contact, None where the
    rule keeps no customer with the same person or it was too long ago; else as the rule distributes (R-553 to R-556)."""
    if not candidates:
        return Choice(user_id=None, how="no_members", round=rule.round)
    there = [one for one in candidates if _is_there(rule, one)]
    if not there:
        return Choice(user_id=None, how="nobody_available", round=rule.round)
    free = [one for one in there if not one.is_full]
    if not free:
        return Choice(user_id=None, how="all_full", round=rule.round)
    same = None if answered is None else next((one for one in free if one.user_id == answered.user_id), None)
    if same is not None:
        return Choice(user_id=same.user_id, how="same_person", among=len(free), open_count=same.open_count, round=rule.round)
    chosen = pick(free) if rule.distribution == "random" else min(free, key=lambda one: _rank(rule, one))
    turn = rule.round
    if rule.distribution == "round_robin" and chosen.round >= turn:
        turn += 1  # everybody has had one
    return Choice(user_id=chosen.user_id, how=rule.distribution, among=len(free), open_count=chosen.open_count, round=turn)


def in_order(rule: Rule, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Who could get one now: whom the rule chooses first, then whom it would choose if that one were not there, and so on. Of a draw, all in it."""
    able = [one for one in candidates if _is_able(rule, one) and (rule.skills != "require" or one.short_of is not None)]
    return sorted(able, key=lambda one: (_distance(rule, one), *_rank(rule, one)))


def _distance(rule: Rule, one: Candidate) -> float:
    """From what is needed: the nearest come first, and who lacks some of it last."""
    if rule.skills == "off":
        return 0
    return math.inf if one.short_of is None else one.short_of


def _is_able(rule: Rule, one: Candidate) -> bool:
    return _is_there(rule, one) and not one.is_full


def _is_there(rule: Rule, one: Candidate) -> bool:
    return one.is_available or not (rule.only_available or rule.distribution == "first_available")


def _rank(rule: Rule, one: Candidate) -> tuple[Any, ...]:
    """The smallest is chosen. Among equals, whose last one from this rule is the longest ago."""
    since = one.at or _NEVER
    match rule.distribution:
        case "load_balanced":
            return one.open_count, since, one.place, one.user_id
        case "first_available":
            return one.place, one.open_count, since, one.user_id
        case "round_robin":
            return one.round >= rule.round, since, one.place, one.user_id
        case "random":
            return one.place, one.user_id

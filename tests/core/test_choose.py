"""Whom a rule chooses: properties that hold for any people, limits and order."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from innboks.core.routing.choose import choose, in_order
from innboks.core.routing.models import Answered, Candidate, Choice, Rule, Skilled

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DISTRIBUTIONS = st.sampled_from(["random", "round_robin", "load_balanced", "first_available"])
CANDIDATE = st.builds(
    Candidate,
    user_id=st.integers(1, 50),
    place=st.integers(0, 5),
    is_available=st.booleans(),
    open_count=st.integers(0, 6),
    conversations_max=st.none() | st.integers(0, 6),
    kind_count=st.integers(0, 6),
    kind_max=st.none() | st.integers(0, 6),
    round=st.integers(0, 3),
    at=st.none() | st.integers(0, 1000).map(lambda minute: NOW - timedelta(minutes=minute)),
    short_of=st.none() | st.integers(0, 2),
)
CANDIDATES = st.lists(CANDIDATE, max_size=12, unique_by=lambda one: one.user_id)
SKILLED = st.sampled_from(["prefer", "require"])
RULES = st.builds(Rule, is_on=st.just(True), only_available=st.booleans(), distribution=DISTRIBUTIONS, round=st.integers(1, 3))


@given(RULES, CANDIDATES)
def test_nobody_away_and_nobody_at_the_limit(rule: Rule, candidates: list[Candidate]) -> None:
    choice = choose(rule, candidates)
    asks = rule.only_available or rule.distribution == "first_available"
    may = {one.user_id for one in candidates if (one.is_available or not asks) and not one.is_full}
    assert choice.user_id in may if may else choice.user_id is None
    assert choice.among == len(may)
    if not may:
        there = [one for one in candidates if one.is_available or not asks]
        assert choice.how == ("no_members" if not candidates else "nobody_available" if not there else "all_full")


@given(RULES, CANDIDATES, st.integers(1, 50))
def test_who_answered_last_gets_it_where_they_can_and_the_rule_goes_on_where_not(
    rule: Rule, candidates: list[Candidate], answered: int
) -> None:
    """Never against a limit or an absence, never somebody whom the rule does not name, and nobody's turn is used up."""
    choice = choose(rule, candidates, first_drawn, Answered(answered, NOW))
    if answered in {one.user_id for one in in_order(rule, candidates)}:
        assert (choice.user_id, choice.how, choice.round, choice.is_turn) == (answered, "same_person", rule.round, False)
    else:
        assert choice == choose(rule, candidates, first_drawn)
        assert choice.is_turn == (choice.user_id is not None)


def hand_out(rule: Rule, people: list[Candidate], arrivals: int) -> tuple[list[Choice], list[Candidate]]:
    """That many conversations, one after the other; nobody closes any."""
    choices = []
    for nth in range(arrivals):
        choice = choose(rule, people)
        choices.append(choice)
        rule = msgspec.structs.replace(rule, round=choice.round)
        people = [
            msgspec.structs.replace(
                one, open_count=one.open_count + 1, kind_count=one.kind_count + 1, round=choice.round, at=NOW + timedelta(seconds=nth)
            )
            if one.user_id == choice.user_id
            else one
            for one in people
        ]
    return choices, people


@given(RULES, CANDIDATES, st.integers(0, 60))
def test_limits_hold_however_many_come(rule: Rule, people: list[Candidate], arrivals: int) -> None:
    before = {one.user_id: one for one in people}
    choices, after = hand_out(rule, people, arrivals)
    for one in after:
        if one.conversations_max is not None:
            assert one.open_count <= max(one.conversations_max, before[one.user_id].open_count)
        if one.kind_max is not None:
            assert one.kind_count <= max(one.kind_max, before[one.user_id].kind_count)
    assert sum(one.open_count for one in after) - sum(one.open_count for one in people) == sum(
        1 for one in choices if one.user_id is not None
    )


@given(st.integers(1, 9), st.integers(0, 100))
def test_round_robin_is_fair_within_one(people: int, arrivals: int) -> None:
    candidates = [Candidate(user_id=nth, place=nth, is_available=True, open_count=0) for nth in range(people)]
    choices, _ = hand_out(Rule(is_on=True, distribution="round_robin"), candidates, arrivals)
    given_to = Counter(one.user_id for one in choices)
    assert max(given_to.values(), default=0) - min((given_to[one.user_id] for one in candidates), default=0) <= 1


@given(st.integers(1, 9), st.lists(st.integers(0, 5), min_size=9, max_size=9), st.integers(0, 100))
def test_load_balancing_evens_out_what_is_open(people: int, loads: list[int], arrivals: int) -> None:
    candidates = [Candidate(user_id=nth, place=0, is_available=True, open_count=loads[nth]) for nth in range(people)]
    _, after = hand_out(Rule(is_on=True, distribution="load_balanced"), candidates, arrivals)
    counts = [one.open_count for one in after]
    grew = [one.open_count for one in after if one.open_count > loads[one.user_id]]
    assert not grew or max(grew) - min(counts) <= 1


def test_who_becomes_available_joins_the_round_that_runs() -> None:
    """R-556: without resetting it."""
    rule = Rule(is_on=True, distribution="round_robin", round=4)
    had = Candidate(user_id=1, place=0, is_available=True, open_count=1, round=4, at=NOW)
    fresh = Candidate(user_id=2, place=1, is_available=True, open_count=0, round=2, at=NOW)
    assert choose(rule, [had, fresh]).user_id == 2
    assert choose(rule, [had, msgspec.structs.replace(fresh, round=4, at=NOW + timedelta(seconds=1))]) == Choice(
        user_id=1, how="round_robin", among=2, open_count=1, round=5
    )


def test_the_first_of_the_list_who_is_there_gets_it() -> None:
    rule = Rule(is_on=True, distribution="first_available", only_available=False)
    away = Candidate(user_id=1, place=0, is_available=False, open_count=0)
    busy, idle = (Candidate(user_id=nth, place=1, is_available=True, open_count=nth % 3) for nth in (2, 3))
    later = Candidate(user_id=4, place=2, is_available=True, open_count=0)
    assert choose(rule, [away, busy, idle, later]).user_id == 3


@given(st.integers(2, 6))
def test_by_chance_everybody_gets_some(people: int) -> None:
    candidates = [Candidate(user_id=nth, place=nth, is_available=True, open_count=0) for nth in range(people)]
    assert {choose(Rule(is_on=True), candidates).user_id for _ in range(400)} == set(range(people))


def first_drawn(drawn: Sequence[Candidate]) -> Candidate:
    return min(drawn, key=lambda one: (one.place, one.user_id))


@given(RULES, CANDIDATES)
def test_the_order_is_that_in_which_the_rule_would_choose(rule: Rule, candidates: list[Candidate]) -> None:
    """What is shown before a rule is saved is what it does: without the first, the second gets it, and so on to the last who can."""
    for one in in_order(rule, candidates):
        assert choose(rule, candidates, first_drawn).user_id == one.user_id
        candidates = [other for other in candidates if other is not one]
    assert choose(rule, candidates).user_id is None


ASKING = st.builds(
    Rule, is_on=st.just(True), only_available=st.booleans(), distribution=DISTRIBUTIONS, round=st.integers(1, 3), skills=SKILLED
)


@given(ASKING, CANDIDATES)
def test_whoever_has_what_is_needed_comes_first_and_a_main_language_before_a_further_one(rule: Rule, candidates: list[Candidate]) -> None:
    """R-558: never somebody who fits less than another who can take it; and never anybody else than without skills could."""
    choice = choose(rule, candidates)
    able = in_order(msgspec.structs.replace(rule, skills="off"), candidates)
    fitting = [one.short_of for one in able if one.short_of is not None]
    if fitting:
        best = [one for one in able if one.short_of == min(fitting)]
        assert choice.user_id in {one.user_id for one in best}
        assert (choice.among, choice.fit) == (len(best), best[0].fit)
    elif rule.skills == "prefer":
        assert choice.user_id in {one.user_id for one in able} if able else choice.user_id is None
        assert choice.fit == "lacking" or choice.user_id is None
    else:
        assert choice.user_id is None
        nobody_has_it = candidates and all(one.short_of is None for one in candidates)
        assert (choice.how == "nobody_skilled") == bool(nobody_has_it)


@given(ASKING, CANDIDATES)
def test_with_skills_too_the_order_is_that_in_which_the_rule_would_choose(rule: Rule, candidates: list[Candidate]) -> None:
    for one in in_order(rule, candidates):
        assert choose(rule, candidates, first_drawn).user_id == one.user_id
        candidates = [other for other in candidates if other is not one]
    assert choose(rule, candidates).user_id is None


@given(SKILLED, st.integers(1, 4), st.integers(0, 4), st.lists(st.booleans(), max_size=80))
def test_among_those_who_can_it_is_shared_out_as_fairly_as_among_all(skills: Skilled, able: int, others: int, arrivals: list[bool]) -> None:
    """Whatever comes in between that needs nothing: of people who can the same, nobody is two ahead, by turns as by what is open."""
    for distribution in ("round_robin", "load_balanced"):
        rule = Rule(is_on=True, distribution=distribution, skills=skills)
        people = {nth: Candidate(user_id=nth, place=nth, is_available=True, open_count=0) for nth in range(able + others)}
        for at, needs in enumerate(arrivals):
            short = {nth: (0 if nth < able else None) if needs else 0 for nth in people}
            choice = choose(rule, [msgspec.structs.replace(one, short_of=short[nth]) for nth, one in people.items()])
            assert choice.user_id is not None
            assert not needs or choice.user_id < able
            rule = msgspec.structs.replace(rule, round=choice.round)
            got = people[choice.user_id]
            people[got.user_id] = msgspec.structs.replace(
                got, open_count=got.open_count + 1, round=choice.round, at=NOW + timedelta(seconds=at)
            )
        counts = [people[nth].open_count for nth in range(able)]
        assert max(counts) - min(counts) <= 1


@given(st.integers(2, 5))
def test_by_chance_everybody_who_can_gets_some_and_nobody_else(able: int) -> None:
    people = [
        Candidate(user_id=nth, place=0, is_available=True, open_count=0, short_of=0 if nth < able else None) for nth in range(able + 2)
    ]
    rule = Rule(is_on=True, skills="prefer")
    assert {choose(rule, people).user_id for _ in range(400)} == set(range(able))

"""Buckets that fill again, one for each key, and no more keys than are allowed."""

from datetime import timedelta

import pytest

from innboks.errors import TooMany
from innboks.lib.limits import Limits


def test_a_bucket_is_emptied_fills_again_and_says_when() -> None:
    limits = Limits(2.0, 3)
    for _ in range(3):
        limits.take("a", 100.0)
    with pytest.raises(TooMany) as refused:
        limits.take("a", 100.0)
    assert refused.value.after == timedelta(seconds=0.5)
    limits.take("a", 100.5)
    with pytest.raises(TooMany):
        limits.take("a", 100.5)
    for _ in range(3):  # never more than it holds, however long nobody came
        limits.take("a", 10_000.0)
    with pytest.raises(TooMany):
        limits.take("a", 10_000.0)


def test_who_is_refused_waits_no_longer_for_having_asked() -> None:
    limits = Limits(1.0, 1)
    limits.take("a", 0.0)
    for tenth in range(1, 10):
        with pytest.raises(TooMany):
            limits.take("a", tenth / 10)
    limits.take("a", 1.01)


def test_each_key_has_its_own_and_ten_seconds_worth_at_once() -> None:
    limits = Limits(5)
    for key in ("a", "b"):
        for _ in range(50):
            limits.take(key, 0.0)
        with pytest.raises(TooMany):
            limits.take(key, 0.0)


def test_keys_are_bounded_and_the_one_longest_unused_goes() -> None:
    limits = Limits(1.0, 2, keys_max=100)
    limits.take("busy", 0.0)
    for number in range(10_000):
        limits.take(number, 0.0)
        if number == 50:
            limits.take("busy", 0.0)
        if number > 50 and number % 60 == 0:  # still remembered as empty, because it keeps asking
            with pytest.raises(TooMany):
                limits.take("busy", 0.0)
    assert len(limits) == 100


def test_zero_is_no_limit_and_remembers_nobody() -> None:
    limits = Limits(0)
    for number in range(1000):
        limits.take(number % 2, 0.0)
    assert len(limits) == 0

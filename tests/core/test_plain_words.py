"""The plain words of what somebody wrote as HTML."""

import time

import pytest

from innboks.core.conversations.record import plain_of


def test_lines_and_words_of_a_page() -> None:
    assert plain_of("<p>Hello<br>there &amp; <b>you</b></p><ul><li>a</li><li>b</li></ul>") == "Hello\nthere & you\na\nb"


@pytest.mark.parametrize("endless", ["<div>" * 60_000 + "core", "core" + "&" * 900_000, "core" + "<" * 900_000])
def test_without_end_it_takes_little_time(endless: str) -> None:
    started = time.process_time()
    assert "core" in plain_of(endless)
    assert time.process_time() - started < 5

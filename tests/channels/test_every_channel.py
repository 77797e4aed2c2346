"""Every channel passes the same checks (`innboks/sdk/testing.py`): those that come along, the one that lives in the tests, and those in the
folders of INNBOKS_CHANNELS. A channel that speaks HTTP has `fixtures/config.json` and the rest beside it, and passes all of them. Another one
still has to say what it is, and has tests of its own in `tests/channels/<kind>/`.
"""

import os
from pathlib import Path

import pytest

from innboks.sdk.registry import discover
from innboks.sdk.testing import CHECKS, Subject

TESTS = Path(__file__).parent
OTHERS = [Path(folder) for folder in os.environ.get("INNBOKS_CHANNELS", "").split(os.pathsep) if folder]
REGISTRY = discover([TESTS.parent / "channel_folders", *OTHERS])
SUBJECTS = [Subject(channel, REGISTRY.folder(channel.kind)) for channel in REGISTRY]
CASES = [(subject, name) for subject in SUBJECTS for name in CHECKS if name == "facts" or subject.speaks_http]


@pytest.mark.parametrize(("subject", "check"), CASES, ids=lambda value: value if isinstance(value, str) else value.channel.kind)
async def test_a_channel_is_right(subject: Subject, check: str) -> None:
    sentences = await CHECKS[check](subject)
    assert not sentences, "\n".join(sentences)


def test_a_channel_that_does_not_speak_http_has_tests_of_its_own() -> None:
    others = [subject.channel.kind for subject in SUBJECTS if not subject.speaks_http]
    assert [kind for kind in others if not list((TESTS / kind).glob("test_*.py"))] == []

"""HTML that somebody typed is gone through beside the event loop, on which everybody else's requests wait."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import nh3

from innboks.core.access import Actor
from innboks.core.parts import Parts
from innboks.core.snippets.bring_in import bring_in
from innboks.core.snippets.snippets import Wanted, change_snippet, create_snippet

LONG = "<p>Send it <b>back</b>.</p>" * 2_500


@contextmanager
def cleaned_here() -> Iterator[list[str]]:
    """What is cleaned in this thread, which is the event loop's."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and called is nh3.clean:
            seen.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


async def test_snippets_are_made_harmless_beside_the_loop(parts: Parts, actor: Actor) -> None:
    with cleaned_here() as seen:
        made = await create_snippet(parts, actor, Wanted(shortcut="back", html=LONG, text="Send it back."))
        await change_snippet(parts, actor, made.id, Wanted(html=LONG + "<p>Today.</p>", text="Send it back today."))
        (row,) = await bring_in(parts, actor, [Wanted(shortcut="more", html=LONG, text="More.")], replaces=False)
    assert (row.result, seen) == ("added", [])

"""SIGKILL while an answer waits to leave: taken back or sent, never both, never neither."""

import asyncio

from innboks.core.jobs import STALLED_AFTER_S
from tests.bench.place import Installation, Sink
from tests.live.fleet import Fleet, ask
from tests.live.senders import ANSWER_S, BROKEN
from tests.live.test_steps import a_conversation, both, strike
from tests.waiting import until

TAKE_BACK_STEPS = ("delete from message", "message_count = message_count -", "COMMIT")


async def test_web_dies_at_each_step_of_taking_an_answer_back(place: Fleet) -> None:
    """Asked again, it is gone or says that it has gone; either way it never leaves, and the figures are right."""
    conversation = await a_conversation(place, "takes")
    taken = []
    for step, side in both(TAKE_BACK_STEPS):
        held = await write_held(place, conversation, f"never {step} {side}", 30)
        await strike(place, "web", step, side, take_back(place, held))
        taken.append(held)
    last = await write_held(place, conversation, "this one leaves", 1)
    await until(lambda: Sink.seen.get(last) == 1, 30, "sending the one that was not taken back")
    assert not set(taken) & Sink.seen.keys()
    rows = ask(place.dsn, "select count(*)::int from message where type = 'reply'")
    assert rows == [(1,)]
    counts = f"select message_count, (select count(*)::int from message where conversation_id = {conversation}) from conversation where id = {conversation}"
    assert ask(place.dsn, counts) == [(3, 3)], "what the customer wrote, the one that left, and the line that it assigned the conversation"
    await until(lambda: not ask(place.dsn, "select 1 from dispatch where state in ('queued', 'sending')"), 20, "settling all of them")


async def test_a_held_answer_survives_both_and_leaves_once(place: Fleet) -> None:
    """Killed while answers wait, web and worker lose none and double none."""
    held: list[str] = []
    for number in range(3):
        conversation = await a_conversation(place, f"waits{number}")
        held += [await write_held(place, conversation, f"held {number} {nth}", 4) for nth in range(3)]
    await place.launch("worker", "web")  # kills those that run
    assert ask(place.dsn, "select count(*)::int from dispatch where held_for = 'undo' and state = 'queued'")[0][0], "they still wait"
    await until(lambda: set(held) <= Sink.seen.keys(), STALLED_AFTER_S + 30, "sending all of them")
    assert [Sink.seen[one] for one in held] == [1] * len(held)
    order = [one for one in Sink.seen if one in held]
    for first in range(0, len(held), 3):
        mine = held[first : first + 3]
        assert [one for one in order if one in mine] == mine, "an answer was overtaken"


async def write_held(place: Installation, conversation: str, text: str, hold_s: int) -> str:
    async with place.client() as api:
        given = {"type": "reply", "text": text, "hold_s": hold_s, "client_id": text.replace(" ", "-")}
        message = await api.json("POST", f"/api/conversations/{conversation}/messages", given)
    return str(message["id"])


async def take_back(place: Installation, message_id: str) -> None:
    """As a browser does it: asks again until it hears an answer."""
    while True:
        try:
            async with asyncio.timeout(ANSWER_S), place.client() as api:
                status, answer = await api.request("DELETE", f"/api/messages/{message_id}")
        except BROKEN:
            await asyncio.sleep(0.1)
            continue
        if status in (200, 404):
            return
        assert status >= 500, f"{status} {answer!r}"
        await asyncio.sleep(0.1)

"""`innboks run` under load while its processes, one after the other and at moments nobody chose, are killed: web, worker, database."""

import asyncio
import os
import random
import signal
from pathlib import Path

from tests.bench.place import Installation, Sink
from tests.live.fleet import ask
from tests.live.senders import Hooks, doubled, send_mail, write_reply
from tests.live.test_steps import a_conversation, mail_with_file
from tests.waiting import until

KILLS = ("web", "worker", "database", "web")
UNDER_LOAD_S = (0.5, 1.5)
BACK_S = 30.0


async def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path, provider: str) -> None:
    place = Installation(tmp_path / "data")
    try:
        await place.start()
        await place.settle_in(provider)
        await _under_load(place)
    finally:
        place.stop()


async def _under_load(place: Installation) -> None:
    hooks = Hooks(place, "load")
    mails: list[str] = []
    replies: list[str] = []
    conversations = [await a_conversation(place, f"asks{number}") for number in range(8)]

    async def mail_on() -> None:
        while not hooks.is_over:
            mark = f"mail-{len(mails)}"
            mails.append(mark)
            await send_mail(place, mark, mail_with_file(mark, 20_000 if len(mails) % 2 else 200))

    async def reply_on(nth: int) -> None:
        while not hooks.is_over:
            number = len(replies)
            replies.append("")
            replies[number] = await write_reply(None, place, conversations[(nth + number) % 8], f"client-{number}", f"answer {number}")
            await asyncio.sleep(0.05)

    load = [asyncio.create_task(one) for one in (hooks.run(3, 0.01), mail_on(), reply_on(0), reply_on(1))]
    chosen = random.Random()
    for victim in KILLS:
        await asyncio.sleep(chosen.uniform(*UNDER_LOAD_S))
        pid = _database_of(place) if victim == "database" else place.pid_of(victim)
        os.kill(pid, signal.SIGKILL)
        before = len(hooks.acknowledged), len(mails), len(replies)
        await until(
            lambda before=before: len(hooks.acknowledged) > before[0] + 5 and len(mails) > before[1] + 1 and len(replies) > before[2] + 2,  # type: ignore[misc]
            BACK_S,
            f"working again after {victim} was killed",
        )
    hooks.is_over = True
    await asyncio.gather(*load)

    came_in = [
        str(row[0]) for row in ask(place.dsn, "select external_id from message where direction = 'in' and external_id like 'mload-%'")
    ]
    assert sorted(came_in) == sorted(hooks.acknowledged), f"doubled: {doubled(came_in)}"
    subjects = [str(row[0]) for row in ask(place.dsn, "select subject from message where direction = 'in' and subject like 'mail-%'")]
    assert sorted(subjects) == sorted(mails), f"doubled: {doubled(subjects)}"
    written = [str(row[0]) for row in ask(place.dsn, "select id from message where type = 'reply' order by id")]
    assert sorted(written, key=int) == sorted(replies, key=int)
    open_states = "select count(*) from dispatch where state not in ('sent', 'uncertain')"
    await until(lambda: ask(place.dsn, open_states) == [(0,)], 60, "settling every answer")
    for message, state in ask(place.dsn, "select message_id, state from dispatch"):
        times = Sink.seen.get(str(message), 0)
        assert times <= 1, f"answer {message} was sent {times} times"
        assert times == 1 or state == "uncertain", f"answer {message} is called {state} and never left"
    assert ask(place.dsn, "select distinct fate from delivery where fate <> 'handled'") == []


def _database_of(place: Installation) -> int:
    return next(pid for pid, name in place.processes().items() if name.startswith("postgres"))

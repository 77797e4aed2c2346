"""SIGKILL at each step of both roads: before the database sees the statement, and after it answered but before our process knows."""

import asyncio
import base64
import os
from collections.abc import Coroutine
from typing import Any

from innboks.core.jobs import STALLED_AFTER_S
from tests.bench.place import Installation, Sink
from tests.live.fleet import Fleet, ask
from tests.live.proxy import When
from tests.live.senders import Hooks, send_mail, write_reply
from tests.waiting import until

STRIKE_S = 20.0
WEBHOOK_STEPS = ("take_in_message",)
MAIL_STEPS = ("keep_delivery", "record_received", "insert into attachment", "COMMIT")
WRITE_STEPS = ("nextval('message_id_seq') as new_message_id", "insert into dispatch")
SEND_STEPS = ("set state = 'sending'", "set state = e.becomes")
SIDES: tuple[When, When] = ("before", "after")


def both(steps: tuple[str, ...]) -> list[tuple[str, When]]:
    return [(step, side) for step in steps for side in SIDES]


async def strike(place: Fleet, role: str, step: str, side: When, work: Coroutine[Any, Any, Any]) -> None:
    """Kills the role at that step of `work`, starts it again, and sees `work` through."""
    proxy = place.proxies[role]
    proxy.strike_at(step, side, lambda: place.kill(role))
    running = asyncio.create_task(work)
    try:
        async with asyncio.timeout(STRIKE_S):
            await proxy.struck.wait()
    except TimeoutError as error:
        raise AssertionError(f"“{step}” was never run") from error
    await place.launch(role)
    await running


async def test_web_dies_at_each_step_of_taking_in_a_webhook(place: Fleet) -> None:
    hooks = Hooks(place, "step")
    for step, side in both(WEBHOOK_STEPS) * 2:  # on a fresh process and on one that has prepared its statements
        for number in range(4):
            await hooks.send(f"warm-{len(hooks.acknowledged)}-{number}")
        await strike(place, "web", step, side, hooks.send(f"{step}-{side}-{len(hooks.acknowledged)}"))
    stored = [str(row[0]) for row in ask(place.dsn, "select external_id from message where direction = 'in'")]
    assert sorted(stored) == sorted(hooks.acknowledged)
    assert {row[0] for row in ask(place.dsn, "select distinct fate from delivery")} == {"handled"}


async def test_worker_dies_at_each_step_of_taking_in_a_mail(place: Fleet) -> None:
    sent = []
    for number, (step, side) in enumerate(both(MAIL_STEPS)):
        mark = f"mail-{number}"
        await strike(place, "worker", step, side, send_mail(place, mark, mail_with_file(mark)))
        sent.append(mark)
    stored = [str(row[0]) for row in ask(place.dsn, "select subject from message where direction = 'in'")]
    assert sorted(stored) == sorted(sent)
    files = ask(place.dsn, "select count(*) from attachment a join message m on m.account_id = a.account_id and m.id = a.message_id")
    assert files == [(len(sent),)]


async def test_web_dies_at_each_step_of_writing_an_answer(place: Fleet) -> None:
    conversation = await a_conversation(place, "writes")
    written = []
    for number, (step, side) in enumerate(both(WRITE_STEPS) * 2):
        client_id = f"client-{number}"
        await strike(place, "web", step, side, write_reply(None, place, conversation, client_id, f"answer {number}"))
        written.append(client_id)
    stored = [str(row[0]) for row in ask(place.dsn, "select client_id from message where type = 'reply' order by id")]
    assert stored == written
    await until(lambda: len(Sink.seen) == len(written), 30, "sending all of them")
    assert set(Sink.seen.values()) == {1}


async def test_worker_dies_at_each_step_of_sending(place: Fleet) -> None:
    """What may have left is uncertain and says so; everything else goes out once others have taken it over."""
    replies: dict[str, tuple[str, When]] = {}
    for number, (step, side) in enumerate(both(SEND_STEPS) * 2):
        conversation = await a_conversation(place, f"step{number}")
        ids: list[str] = []

        async def write(conversation: str = conversation, number: int = number, ids: list[str] = ids) -> None:
            ids.append(await write_reply(None, place, conversation, f"client-{number}", f"answer {number}"))

        await strike(place, "worker", step, side, write())
        replies[ids[0]] = (step, side)

    def states() -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in ask(place.dsn, "select message_id, state from dispatch")}

    settled = {"sent", "uncertain"}
    await until(lambda: len(states()) == len(replies) and set(states().values()) <= settled, STALLED_AFTER_S + 20, "settling all of them")
    for message, state in states().items():
        times = Sink.seen.get(message, 0)
        assert times <= 1, f"sent {times} times after a kill {replies[message]}"
        if state == "sent":
            assert times == 1, f"called sent, but never left, after a kill {replies[message]}"
    # Not yet claimed when the worker died: it may be uncertain only where a worker that took it over was killed in its turn (a slow machine).
    claims = {str(row[0]): int(str(row[1])) for row in ask(place.dsn, "select message_id, attempts from dispatch")}
    unclaimed = next(message for message, step in replies.items() if step == ("set state = 'sending'", "before"))
    assert states()[unclaimed] == "sent" or claims[unclaimed] > 1
    reasons = ask(place.dsn, "select reason from dispatch where state = 'uncertain'")
    assert all("check before you send it again" in str(row[0]) for row in reasons)
    failed = ask(place.dsn, "select sum(failed_count)::int from conversation")
    assert failed == [(len(reasons),)], "each uncertain one is counted, so that people find it"


async def a_conversation(place: Installation, sender: str) -> str:
    async with place.client("") as http:
        status, answer = await http.request("POST", *place.hook(f"of-{sender}", sender, "Is anybody there?"))
        assert status == 200, answer
    (row,) = ask(place.dsn, f"select id from conversation where party_address = '{sender}'")
    return str(row[0])


def mail_with_file(mark: str, size: int = 100 * 1024) -> bytes:
    file = base64.encodebytes(os.urandom(size)).decode().replace("\n", "\r\n")
    return (
        f"From: Leo <leo@example.org>\r\nTo: support@tindra.example\r\nSubject: {mark}\r\nMessage-ID: <{mark}@example.org>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b0"\r\n\r\n--b0\r\nContent-Type: text/plain\r\n\r\nHello there.\r\n'
        '--b0\r\nContent-Type: application/pdf; name="order.pdf"\r\nContent-Disposition: attachment; filename="order.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--b0--"
    ).encode()

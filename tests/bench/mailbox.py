"""A mail that arrives in a mailbox at somebody else's server (Dovecot, watched by IMAP) until it is on an agent's screen."""

import asyncio
import time
from collections.abc import Callable

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation
from tests.bench.wire import Stream
from tests.channels.email.dovecot import USER, Dovecot, dovecot
from tests.channels.email.scripted_smtp import letting_in

MAILS = 40
PAUSE_S = 0.4
WATCHED_WITHIN_S = 60.0
MAIL = "From: Asker <asker{n}@example.net>\r\nTo: {to}\r\nSubject: Question {n}\r\nMessage-ID: <{mark}@example.net>\r\n\r\n{mark} is it on its way?\r\n"


async def mailbox(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    async with (
        letting_in() as outgoing,
        place.client() as api,
        Stream(place.host, place.port, place.token, r"imap-\d+-") as stream,
    ):
        with dovecot() as server:
            given = {"kind": "email", "name": "Bench mailbox", "config": server.config(outgoing.port)}
            account = await api.json("POST", "/api/channel-accounts", given)
            try:
                return await _figures(server, stream, say)
            finally:
                await api.json("PATCH", f"/api/channel-accounts/{account['id']}", {"is_active": False})


async def _figures(server: Dovecot, stream: Stream, say: Callable[[str], None]) -> list[Figure]:
    _put(server, 0)
    assert await stream.until(lambda: "imap-0-" in stream.seen, WATCHED_WITHIN_S), "the mailbox is watched"
    arrived: dict[str, float] = {}
    for number in range(1, MAILS + 1):
        arrived[f"imap-{number}-"] = time.monotonic()
        _put(server, number)
        await asyncio.sleep(PAUSE_S)
    await stream.until(lambda: all(mark in stream.seen for mark in arrived), WATCHED_WITHIN_S)
    times = [1000 * (stream.seen[mark] - at) for mark, at in arrived.items() if mark in stream.seen]
    say(f"{len(times)} mails, median {percentile(times, 0.5):.0f} ms")
    return [
        Figure(
            row="mailbox",
            name="mail in a watched mailbox to agent's stream, p95",
            value=percentile(times, 0.95),
            unit="ms",
            bar=1_500,
            reference="Dovecot itself tells of a new mail within half a second",
        ),
        Figure(row="mailbox", name="not seen", value=MAILS - len(times), unit="mails", bar=0),
    ]


def _put(server: Dovecot, number: int) -> None:
    server.put(MAIL.format(n=number, to=USER, mark=f"imap-{number}-").encode())

"""Mail: from the sender's first command over SMTP to the frame on an agent's event stream; every mail counted, none lost, none twice."""

import asyncio
import base64
import os
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from tests.bench.figures import Figure, percentile
from tests.bench.place import MAILBOX, Installation, each_ms
from tests.bench.wire import Smtp, Stream

CONNECTIONS = 10
MAILS = 2500
ATTACHMENT = 100 * 1024
PARAGRAPH = "I ordered two tents last week and only one of them arrived, could you have a look where the other one is?\r\n"


async def mail(place: Installation, say: Callable[[str], None], title: str = "mail") -> list[Figure]:
    mails = [_mail(f"{title}-{number}", number) for number in range(MAILS)]
    hosted = place.mail["hosted_address"] or MAILBOX
    accepted: dict[str, float] = {}
    todo = iter(enumerate(mails))

    async def send() -> None:
        async with Smtp(place.host, place.smtp_port) as smtp:
            for number, raw in todo:
                await smtp.send(f"customer{number}@example.org", hosted, raw)
                accepted[f"{title}-{number}-"] = time.monotonic()
                if len(accepted) % 500 == 0:
                    say(f"{len(accepted)} of {MAILS} accepted, {len(stream.seen)} visible")

    async with Stream(place.host, place.port, place.token, rf"{title}-\d+-") as stream:
        async with Smtp(place.host, place.smtp_port) as smtp:  # the parser's process starts with the first mails
            for number in range(20):
                await smtp.send("first@example.org", hosted, _mail(f"first-{number}", number))
        began, used = time.monotonic(), place.cpu_s()
        await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
        sent_s = time.monotonic() - began
        await stream.until(lambda: len(stream.seen) >= len(accepted), 30)
    times = [max(0.0, stream.seen[mark] - at) for mark, at in accepted.items() if mark in stream.seen]
    all_visible_s = max([*stream.seen.values(), began + 1e-3]) - began
    async with await psycopg.AsyncConnection.connect(place.dsn) as conn:
        cursor = await conn.execute("select subject from message where subject like %s", (f"{title}-%",))
        stored = Counter(row[0].split("-", 2)[1] for row in await cursor.fetchall())
    lost = sum(1 for number in range(MAILS) if not stored[str(number)])
    doubled = sum(more - 1 for more in stored.values()) + len(stream.repeated)
    reference = "others: 2 to 25/s"
    return [
        Figure(
            row=title,
            name="SMTP to visible, 1 in 10 with 100 KB",
            value=MAILS / all_visible_s,
            unit="/s",
            bar=200,
            must_be="at least",
            reference=reference,
        ),
        Figure(row=title, name="accepted", value=MAILS / sent_s, unit="/s", reference=each_ms(used, place.cpu_s(), MAILS)),
        Figure(row=title, name="accepted to visible, p95", value=1000 * percentile(times, 0.95), unit="ms", bar=1000),
        Figure(row=title, name="lost", value=lost, unit="mails", bar=0),
        Figure(row=title, name="doubled", value=doubled, unit="mails", bar=0),
    ]


def _mail(mark: str, number: int) -> bytes:
    head = (
        f"From: Customer {number} <customer{number % 700}@example.org>\r\nTo: {MAILBOX}\r\nSubject: {mark}- where is my order?\r\n"
        f"Message-ID: <{mark}-{os.urandom(6).hex()}@example.org>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    )
    text = f"Hello,\r\n\r\n{PARAGRAPH * 6}\r\nKind regards\r\nCustomer {number}\r\n"
    if number % 10:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    file = base64.encodebytes(os.urandom(ATTACHMENT)).decode().replace("\n", "\r\n")
    return (
        f'{head}Content-Type: multipart/mixed; boundary="b0"\r\n\r\n--b0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b0\r\n'
        f'Content-Type: application/pdf; name="order.pdf"\r\nContent-Disposition: attachment; filename="order.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--b0--"
    ).encode()

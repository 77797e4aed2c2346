"""SIGKILL to the worker in the middle of mail, while other work goes on: it fetches a mailbox at a real IMAP server, and it is being handed mails whose final dot
has not come. Nothing may be lost and nothing doubled, there or in what goes on beside it."""

import asyncio

from tests.channels.email.dovecot import USER, Dovecot, dovecot
from tests.channels.email.scripted_smtp import letting_in
from tests.live.fleet import Fleet, ask
from tests.live.senders import Hooks, doubled, send_mail
from tests.live.test_steps import mail_with_file
from tests.waiting import until

MAILS = 90
KILLS_AFTER = (5, 30, 60)
"""How many of the mailbox's mails are stored when the worker is killed."""
HANDED_OVER = 6
FETCHED_WITHIN_S = 90.0


async def test_killed_while_it_fetches_a_mailbox(place: Fleet) -> None:
    hooks = Hooks(place, "beside")
    try:
        async with letting_in() as outgoing:
            with dovecot() as server:
                account = await watch(place, server, outgoing.port)
                server.put(mail("mail-0"))
                await until(lambda: fetched(place, account) == ["mail-0"], FETCHED_WITHIN_S, "watching the mailbox")
                load = asyncio.create_task(hooks.run(clients=2, pause_s=0.02))
                for number in range(1, MAILS):
                    server.put(mail(f"mail-{number}", has_file=number % 5 == 0))
                for count in KILLS_AFTER:
                    await until(lambda count=count: len(fetched(place, account)) >= count, FETCHED_WITHIN_S, f"fetching {count}")  # type: ignore[misc]
                    place.kill("worker")
                    await place.launch("worker")
                await until(lambda: len(set(fetched(place, account))) == MAILS, FETCHED_WITHIN_S, "fetching all of them")
                hooks.is_over = True
                await load
    finally:
        hooks.is_over = True
    assert len(fetched(place, account)) == MAILS, doubled(fetched(place, account))
    files = ask(place.dsn, "select count(*) from attachment a join message m on m.account_id = a.account_id and m.id = a.message_id")
    assert files == [(len(range(5, MAILS, 5)),)]
    assert_beside(place, hooks)
    assert ask(place.dsn, "select count(*) from delivery where fate in ('kept', 'quarantined')") == [(0,)]


async def test_killed_before_the_dot_of_mails_that_are_handed_over(place: Fleet) -> None:
    """A sender that got no 250 has to send again. What reached us of the first try, all of it but the dot, must not count beside the second."""
    hooks = Hooks(place, "beside")
    load = asyncio.create_task(hooks.run(clients=2, pause_s=0.02))
    marks = [f"dot-{turn}-{number}" for turn in range(3) for number in range(HANDED_OVER)]
    try:
        for turn in range(3):
            mails = {mark: mail_with_file(mark) for mark in marks if mark.startswith(f"dot-{turn}-")}
            half = [await all_but_the_dot(place, mail) for mail in mails.values()]
            whole = asyncio.create_task(send_mail(place, f"whole-{turn}", mail_with_file(f"whole-{turn}")))  # one that may be at any step
            place.kill("worker")
            await place.launch("worker")
            for writer in half:
                writer.close()
            await asyncio.gather(whole, *(send_mail(place, mark, mail) for mark, mail in mails.items()))
    finally:
        hooks.is_over = True
        await load
    stored = [
        str(row[0])
        for row in ask(place.dsn, f"select subject from message where direction = 'in' and channel_account_id = {place.mail['id']}")
    ]
    assert sorted(stored) == sorted([*marks, *(f"whole-{turn}" for turn in range(3))]), doubled(stored)
    assert_beside(place, hooks)


def assert_beside(place: Fleet, hooks: Hooks) -> None:
    """What came by webhook meanwhile is there, each once."""
    stored = [
        str(row[0])
        for row in ask(place.dsn, f"select external_id from message where direction = 'in' and channel_account_id = {place.echo['id']}")
    ]
    assert len(hooks.acknowledged) > 20, "hardly anything went on beside it"
    assert sorted(stored) == sorted(hooks.acknowledged), doubled(stored)


async def watch(place: Fleet, server: Dovecot, smtp_port: int) -> str:
    """Connects the mailbox; its channel account's id."""
    async with place.client() as api:
        given = {"kind": "email", "name": "Watched", "config": server.config(smtp_port)}
        made = await api.json("POST", "/api/channel-accounts", given)
    return str(made["id"])


def fetched(place: Fleet, account: str) -> list[str]:
    rows = ask(place.dsn, f"select subject from message where direction = 'in' and channel_account_id = {account}")
    return [str(row[0]) for row in rows]


def mail(mark: str, *, has_file: bool = False) -> bytes:
    if has_file:
        return mail_with_file(mark).replace(b"support@tindra.example", USER.encode())
    return f"From: {mark}@example.org\r\nTo: {USER}\r\nSubject: {mark}\r\nMessage-ID: <{mark}@example.org>\r\n\r\nHello from {mark}.\r\n".encode()


async def all_but_the_dot(place: Fleet, mail: bytes) -> asyncio.StreamWriter:
    """Hands over a whole mail and keeps the dot back. Returns once the server has said that it takes the text, and the text is on its way."""
    reader, writer = await asyncio.open_connection(place.host, place.smtp_port)
    for line in ("", "EHLO sender.example.org", "MAIL FROM:<leo@example.org>", f"RCPT TO:<{place.mail['hosted_address']}>", "DATA"):
        if line:
            writer.write(f"{line}\r\n".encode())
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        assert answer[:1] in (b"2", b"3"), (line, answer)
    writer.write(mail + b"\r\n")
    await writer.drain()
    return writer

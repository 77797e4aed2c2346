"""IMAP servers that trickle, that never stop, and that say false sizes: bounded in time and memory, and the next mail is not held up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from innboks.channels.email import imap_session, smtp_session
from innboks.channels.email.channel import Email
from innboks.channels.email.fetching import Fetcher, Item
from innboks.channels.email.imap_session import FolderInfo, MailFacts, open_session
from innboks.channels.email.mail_book import Book
from innboks.channels.email.settings import Config, Server
from innboks.errors import Broken, Retry, Unrecognised
from tests.channels.email.context import World

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def lying(answer: Answer, greeting: bytes = b"* OK hello\r\n") -> AsyncIterator[Server]:
    """A server that lets everybody in and answers the rest as the test says: `answer` gets the tag and the writer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(greeting)
            while not greeting.endswith(b"\n"):  # it never comes to its end, and is never silent
                await drip(writer, b"l")
            while line := await reader.readline():
                tag, _, command = line.decode().partition(" ")
                if command.upper().startswith(("CAPABILITY", "LOGIN")):
                    writer.write(f"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n".encode())
                elif command.upper().startswith("EXAMINE"):
                    writer.write(f"* 9 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 10] x\r\n{tag} OK [READ-ONLY] done\r\n".encode())
                else:
                    await answer(tag, writer)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Server(host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls="none", user="ada", password="p")
    finally:
        server.close()


async def drip(writer: asyncio.StreamWriter, drop: bytes) -> None:
    writer.write(drop)
    await writer.drain()
    await asyncio.sleep(0.02)


async def trickle(tag: str, writer: asyncio.StreamWriter) -> None:
    while True:
        await drip(writer, b"* 1 EXISTS\r\n")


async def flood(tag: str, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"* 1 EXISTS\r\n" * 1000)
        await writer.drain()


async def huge(tag: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* 1 FETCH (UID 1 BODY[] {9000000000000}\r\nx")


@pytest.mark.parametrize("answer", [trickle, flood, huge])
async def test_an_answer_that_never_ends_ends_the_session(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "ANSWER_TIMEOUT_S", 0.3)
    if answer is flood:
        monkeypatch.setattr(imap_session, "ANSWER_TIMEOUT_S", 60)
        monkeypatch.setattr(imap_session, "ANSWER_MAX", 1_000_000)
    async with lying(answer) as server, asyncio.timeout(30):
        session = await open_session(server)
        await session.examine("INBOX")
        with pytest.raises(Retry) as caught:
            await session.bodies([1])
        assert caught.value.code == ("timeout" if answer is trickle else "connection")


async def test_a_greeting_that_never_comes_to_its_end() -> None:
    async with lying(trickle, greeting=b"* OK hel") as server, asyncio.timeout(10):
        with pytest.raises(Retry) as caught:
            await open_session(server, 0.2)
        assert caught.value.code == "timeout"


async def fetched(answer: Answer, sizes: Sequence[int], most: int) -> tuple[World, Book]:
    """What comes of mails 1, 2, … that are said to be so large, where `most` bytes of a mail are taken."""
    world = World(Config(address="team@team.example", method="imap"), settings={"mail_size": most})
    async with lying(answer) as server, asyncio.timeout(30):
        session = await open_session(server)
        book = Book.read({}, world.clock.now())
        book.place("INBOX", FolderInfo(uidvalidity=1, uidnext=10))
        items = [
            Item(id=book.id_of("INBOX", uid), folder="INBOX", facts=MailFacts(uid=uid, at=world.clock.now(), size=size))
            for uid, size in enumerate(sizes, 1)
        ]
        await Fetcher(world.context(), book).deliver(session, items)
        session.close()
    return world, book


def answers(*said: bytes) -> Answer:
    """One after the other."""
    left = list(said)

    async def one(tag: str, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) + f"{tag} OK done\r\n".encode())

    return one


def given(uid: int, part: str, content: bytes) -> bytes:
    return b"* %d FETCH (UID %d BODY[%b] {%d}\r\n%b)\r\n" % (uid, uid, part.encode(), len(content), content)


async def test_of_what_is_far_too_large_only_the_header_is_fetched() -> None:
    head = b"From: leo@customer.example\r\nSubject: Film\r\n\r\n"
    world, book = await fetched(answers(given(1, "HEADER", head), given(2, "", b"hi")), (3 * 2**30, 2), 50 * 2**20)
    large, small = world.delivered
    assert small.body == b"hi"
    assert (large.external_id, large.body) == ("INBOX/1/1", head)
    assert book.gaps == {}, "nothing of it is fetched twice, and it is no gap"
    with pytest.raises(Unrecognised) as told:
        Email().parse(world.context(), large)
    assert told.value.code == "too_large"
    assert told.value.sentence.startswith("This mail is 3072 MB, over the limit of 50 MB.")


async def test_a_header_that_is_too_large_itself_is_cut() -> None:
    """Else it could not be kept, and nothing behind it would come in."""
    head = b"From: leo@customer.example\r\nSubject: Film\r\n" + b"X: y\r\n" * 1000 + b"\r\n"
    world, _ = await fetched(answers(given(1, "HEADER", head), given(2, "", b"hi")), (2**20, 2), 4096)
    large, small = world.delivered
    assert small.body == b"hi"
    assert 4000 < len(large.body) <= 4096
    assert large.body.startswith(head[:4000])


async def test_a_header_that_is_listed_and_not_sent_is_a_gap() -> None:
    world, book = await fetched(answers(b"", b"* SEARCH 1\r\n", given(2, "", b"hi")), (2**30, 2), 2**20)
    assert [one.body for one in world.delivered] == [b"hi"]
    assert {id: gap.reason for id, gap in book.gaps.items()} == {"INBOX/1/1": "The mail server lists this mail but does not send it."}


@pytest.mark.parametrize("host", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "224.0.0.1"])
async def test_what_only_this_machine_s_link_knows_is_never_called(host: str) -> None:
    for opening in (
        open_session(Server(host=host, port=1, tls="none", user="ada", password="p")),
        smtp_session.open_session(Server(host=host, port=1, tls="none"), "inbox.example"),
    ):
        with pytest.raises(Broken) as caught:
            await opening
        assert caught.value.code == "private_address"

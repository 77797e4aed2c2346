"""A real SMTP server that answers by a table, to see what the channel makes of each answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

HANG = "hang"
CLOSE = "close"


class ScriptedServer:
    """Speaks SMTP by a table: command → answer, `HANG` (never answers) or `CLOSE` (hangs up). Keeps what it was told."""

    def __init__(self, answers: dict[str, str], extensions: tuple[str, ...] = ("8BITMIME",)) -> None:
        self.answers = answers
        self.extensions = extensions
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.port = 0

    def answer_to(self, line: str) -> str:
        for start, answer in self.answers.items():
            if line.upper().startswith(start.upper()):
                return answer
        verb = line.split(" ")[0].upper()
        if verb == "EHLO":
            return "\r\n".join(["250-scripted.example", *(f"250-{e}" for e in self.extensions), "250 HELP"])
        return {"DATA": "354 go on", "QUIT": "221 bye", "DOT": "250 2.0.0 taken", "GREETING": "220 scripted.example"}.get(verb, "250 OK")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not await self.say(writer, "GREETING"):
                return
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                self.commands.append(line)
                answer = self.answer_to(line)
                if not await self.say(writer, line):
                    return
                if line == "DATA" and answer.startswith("354"):
                    if "DURING" in self.answers:
                        await reader.read(100)
                        writer.write(self.answers["DURING"].encode() + b"\r\n")
                        await writer.drain()
                        return
                    self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    if not await self.say(writer, "DOT"):
                        return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def say(self, writer: asyncio.StreamWriter, line: str) -> bool:
        answer = self.answer_to(line)
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == CLOSE:
            return False
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        return True


def letting_in() -> AbstractAsyncContextManager[ScriptedServer]:
    """One that takes everybody's password, and every mail."""
    return scripted({"AUTH": "235 welcome"}, extensions=("8BITMIME", "AUTH PLAIN"))


@asynccontextmanager
async def scripted(
    answers: dict[str, str] | None = None, encrypted: ssl.SSLContext | None = None, **options: tuple[str, ...]
) -> AsyncIterator[ScriptedServer]:
    script = ScriptedServer(answers or {}, **options)
    talks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.get_running_loop().create_task(script.talk(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=10_000_000, ssl=encrypted)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

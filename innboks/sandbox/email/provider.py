"""What both big providers have in common here: mailboxes, the sign-in, pushes to Innboks, and troubles that are asked for.

A trouble is for the next calls that fit it: another answer, or none although everything was done. Read next: `google.py`, `microsoft.py`.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import structlog

from innboks.sandbox.email.oauth_server import OAuthServer
from innboks.sandbox.email.team_boxes import TeamBox
from innboks.sandbox.stand_in import Answer, Request

log = structlog.get_logger("sandbox")
PUSH_TIMEOUT_S = 10.0
KEPT = 200

Spread = Callable[[str, bytes, list[str]], Awaitable[None]]
"""Carries a mail that was sent (from, mail, recipients) to those recipients."""


class Trouble(msgspec.Struct, kw_only=True):
    """`call` is a pattern of “METHOD path”. `loses_answer`: the call is done, and the connection breaks before its answer."""

    call: str
    status: int = 500
    body: Any = None
    headers: dict[str, str] = {}
    times: int = 1
    loses_answer: bool = False


ALIAS = "-team"


class Provider(ABC):
    """One provider; a subclass has its paths."""

    key = ""
    """First part of its paths."""

    def __init__(self, name: str, spread: Spread, *, replaces_refresh_tokens: bool = False) -> None:
        self.name = name
        self.oauth = OAuthServer(name, replaces_refresh_tokens=replaces_refresh_tokens)
        self.boxes: dict[str, TeamBox] = {}
        self.troubles: list[Trouble] = []
        self.requests: deque[Request] = deque(maxlen=KEPT)
        """What was called, newest last; the path without our own part."""
        self._spread = spread
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def reached_by(self, address: str) -> str | None:
        """The address of the mailbox that a mail to this one arrives in, None when there is none here. Each has “name-team@…” as its alias."""
        local, _, domain = address.lower().partition("@")
        wanted = (f"{local}@{domain}", f"{local.removesuffix(ALIAS)}@{domain}")
        return next((one for one in wanted if one in self.boxes), None)

    def box(self, address: str) -> TeamBox:
        """The mailbox of an address; the first who asks makes it."""
        return self.boxes.setdefault(address.lower(), TeamBox(address, self.on_change))

    async def call(self, request: Request) -> Answer:
        path = request.path.partition("/")[2]
        request = msgspec.structs.replace(request, path=path)
        self.requests.append(request)
        trouble = self._trouble(f"{request.method} {path}")
        if trouble is not None and not trouble.loses_answer:
            body = (
                b""
                if trouble.body is None
                else trouble.body.encode()
                if isinstance(trouble.body, str)
                else msgspec.json.encode(trouble.body)
            )
            kind = "text/html" if isinstance(trouble.body, str) else "application/json"
            return Answer(body, kind, trouble.status, dict(trouble.headers))
        answer = await self.serve(request)
        return Answer(b"{", is_cut_off=True) if trouble is not None else answer

    @abstractmethod
    async def serve(self, request: Request) -> Answer:
        """What the provider answers when nothing is in its way."""

    @abstractmethod
    async def on_change(self, box: TeamBox) -> None:
        """A mailbox is not as it was: whoever asked for pushes is told."""

    @abstractmethod
    def too_fast(self, times: int) -> Trouble:
        """The answer to somebody who calls too often."""

    @abstractmethod
    def point_pushes(self, topic: str, url: str) -> None:
        """Sends the pushes of a topic to an address, where the provider must be told so by hand."""

    def _trouble(self, call: str) -> Trouble | None:
        for one in self.troubles:
            if one.times > 0 and re.search(one.call, call):
                one.times -= 1
                return one
        return None

    def spread(self, sender: str, raw: bytes, recipients: list[str]) -> None:
        """A mail that was sent goes its way; whoever sent it does not wait for that."""
        self.later(self._spread(sender, raw, recipients))

    def later(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            try:
                await work
            except Exception as error:
                log.warning("not done", error=type(error).__name__)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, url: str, content: Any, query: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Calls Innboks, as a provider calls a webhook. Returns (status, content type, text)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PUSH_TIMEOUT_S), trust_env=False)
        headers = {"content-type": "application/json"}
        async with self._session.post(
            url, data=msgspec.json.encode(content), headers=headers, params=query, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers.get("content-type", ""), await answer.text()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(msgspec.json.encode(content), status=status, headers=headers or {})

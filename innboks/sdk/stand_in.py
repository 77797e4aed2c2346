"""A provider's stand-in for checks: a small HTTP server on this machine that expects given requests in their order and answers as told.

Why it exists: a channel is checked at the wire, with the real client, so that nothing between the two is assumed. Read next: `testing.py`.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What the provider answers. `is_cut_off`: it promises more than it sends. `after_s`: it takes its time."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    is_cut_off: bool = False
    after_s: float = 0

    @classmethod
    def from_fixture(cls, given: Mapping[str, Any]) -> "Answer":
        """From {"status"?, "json"?, "body"?, "headers"?}."""
        body = msgspec.json.encode(given["json"]) if "json" in given else str(given.get("body", "")).encode()
        return cls(int(given.get("status", 200)), body, dict(given.get("headers", {})))

    def written(self) -> bytes:
        length = len(self.body) + (100 if self.is_cut_off else 0)
        headers = {"content-type": "application/json", **self.headers, "content-length": str(length), "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Answer\r\n{head}\r\n".encode() + self.body


Exchange = list[tuple[dict[str, Any], Answer]]
"""The requests that are expected, in their order, each with its answer."""


class StandIn:
    """`async with StandIn(exchange) as provider`: listens at `provider.url`; `complaints` says what was asked otherwise than expected."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.asked = 0
        self.complaints: list[str] = []
        self.url = ""

    async def __aenter__(self) -> "StandIn":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.split("\r\n")
            method, path, _ = line.split(" ", 2)
            headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in lines if one)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            answer = self._answer(method, path, headers, body)
            await asyncio.sleep(answer.after_s)
            writer.write(answer.written())
            await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        nth, self.asked = self.asked, self.asked + 1
        if nth >= len(self._exchange):
            self.complaints.append(f"request {nth + 1}, {method} {path}, is not in the exchange.")
            return Answer(500)
        wanted, answer = self._exchange[nth]
        self.complaints += [f"request {nth + 1}: {sentence}" for sentence in _deviations(wanted, method, path, headers, body)]
        return answer


def _deviations(wanted: Mapping[str, Any], method: str, path: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    said = []
    if method != wanted.get("method", "POST"):
        said.append(f"the method should be {wanted.get('method', 'POST')}, but is {method}.")
    if path != wanted.get("path"):
        said.append(f"the path should be {wanted.get('path')}, but is {path}.")
    for name, value in wanted.get("headers", {}).items():
        if headers.get(name.lower()) != value:
            said.append(f"the header {name} should be {value!r}, but is {headers.get(name.lower())!r}.")
    if "json" in wanted:
        try:
            got = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return [*said, f"the body should be JSON, but is {body[:60]!r}."]
        if got != wanted["json"]:
            said.append(f"the body should be {wanted['json']!r}, but is {got!r}.")
    elif "body" in wanted and body.decode("utf-8", "replace") != wanted["body"]:
        said.append(f"the body should be {wanted['body']!r}, but is {body[:200]!r}.")
    return said

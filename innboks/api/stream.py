"""The live stream: server-sent events that a browser or script follows, and resumes where it broke off.

`core/events/tail.py` reads the log once per account and process; here its rows become JSON, once, however many people look. A message
that was added or changed is followed by its conversation as it is now, so that lists need no second question. Who may see a
frame is decided by its inbox. Rights are looked at again each RECHECK_S, so that a revoked session does not listen for ever.

Where something between browser and server blocks the stream or holds it back, a browser asks `/api/events/poll` again and again: the same events in
the same form, in an answer that ends.
"""

import asyncio
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from litestar.types import ASGIApp

from innboks.api.app.shapes import conversation_out, message_out
from innboks.api.asgi import Receive, Scope, Send
from innboks.api.call import Call, Input, QueryCursor
from innboks.core.access import Actor
from innboks.core.accounts.actors import authenticate
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation, Message
from innboks.core.events.store import Row
from innboks.core.events.tail import Frame, Subscriber, Tail
from innboks.core.messages import store as messages
from innboks.core.parts import Parts

PING_S = 15.0
"""A comment this often keeps proxies from closing a quiet connection, and tells a browser that we live."""
RECHECK_S = 60.0
POLL_WAIT_MAX_S = 55
"""Proxies give up on an answer after a minute."""
_PING = b": ping\n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
]
_OF_MESSAGES = ("message.added", "message.changed")


@get("/events", operation_id="follow_events", tags=["events"], summary="What happens, as server-sent events")
async def follow(request: Call, after: QueryCursor = None) -> ASGIApp:
    actor, visit = request.actor, request.visit
    start = request.headers.get("last-event-id") or after
    tail: Tail = request.app.state["tail"]
    return _Stream(request.parts, tail, actor, start, cookie=visit.cookie, bearer=visit.bearer)  # type: ignore[return-value]


@get(
    "/events/poll",
    operation_id="poll_events",
    tags=["events"],
    summary="What has happened after a cursor; waits for it a while",
    media_type="text/event-stream",
)
async def poll(
    request: Call,
    after: QueryCursor = None,
    wait: Annotated[
        int, QueryParameter(ge=0, le=POLL_WAIT_MAX_S, description="Seconds. With 0 the answer comes at once, and greets.")
    ] = 25,
) -> Response[bytes]:
    """The answer ends with a “cursor” event, whose id is where to go on."""
    actor = request.actor
    tail: Tail = request.app.state["tail"]
    start = request.headers.get("last-event-id") or after
    subscriber = Subscriber(actor.account_id, actor.user_id, actor.readable)
    is_known = await tail.subscribe(subscriber, start)
    try:
        if wait and start is not None and is_known and not subscriber.frames:
            with suppress(TimeoutError):
                await asyncio.wait_for(subscriber.wake.wait(), wait)
        frames, cursor = subscriber.frames, tail.cursor_of(actor.account_id)
    finally:
        tail.unsubscribe(subscriber)
    if not is_known or subscriber.is_gone:
        frames = [written("reset", {"cursor": cursor}, None)]
    if not wait:
        frames = [written("hello", {"cursor": cursor, "server_time": request.parts.clock.now()}, None), *frames]
    frames = [*frames, written("cursor", {"cursor": cursor}, cursor)]
    return Response(b"".join(frames), media_type="text/event-stream; charset=utf-8", headers={"cache-control": "no-store"})


class Echo(Input):
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@post(
    "/events/echo",
    operation_id="echo_event",
    tags=["events"],
    summary="Tell me something by the stream, to see that it comes",
    status_code=204,
)
async def echo(request: Call, data: JSONBody[Echo]) -> None:
    signal = {"type": "echo", "to_user_id": str(request.actor.user_id), "token": data.token}
    await request.parts.wake.signal(request.actor.account_id, signal)


class _Stream:
    """One open stream, as an ASGI application. There are thousands, so it is kept small."""

    __slots__ = ("_bearer", "_cookie", "_parts", "_start", "_subscriber", "_tail")

    def __init__(self, parts: Parts, tail: Tail, actor: Actor, start: str | None, *, cookie: str | None, bearer: str | None) -> None:
        self._parts = parts
        self._tail = tail
        self._start = start
        self._cookie, self._bearer = cookie, bearer
        self._subscriber = Subscriber(actor.account_id, actor.user_id, actor.readable)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        subscriber = self._subscriber
        is_known = await self._tail.subscribe(subscriber, self._start)
        cursor = self._tail.cursor_of(subscriber.account_id)
        leaving = asyncio.create_task(self._wait_for_end(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": self._hello(cursor, is_known), "more_body": True})
            await self._follow(send)
        finally:
            leaving.cancel()
            self._tail.unsubscribe(subscriber)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _hello(self, cursor: str, is_known: bool) -> bytes:
        hello = msgspec.json.encode({"cursor": cursor, "server_time": self._parts.clock.now()})
        # A resumed reader keeps its own place until the events after it have come.
        place = f"id: {cursor}\n".encode() if self._start is None else b""
        reset = b"" if is_known else b'event: reset\ndata: {"cursor":' + msgspec.json.encode(cursor) + b"}\n\n"
        return place + b"event: hello\ndata: " + hello + b"\n\n" + reset

    async def _follow(self, send: Send) -> None:
        """Writes frames as they come. One timer a stream sets the pace of pings: a time-out around each wait would cost more than the event."""
        subscriber, loop = self._subscriber, asyncio.get_running_loop()
        due = recheck_at = 0.0
        timer: asyncio.TimerHandle | None = None
        try:
            while not subscriber.is_gone:
                now = loop.time()
                if now >= due:
                    if due and not subscriber.frames:
                        await send({"type": "http.response.body", "body": _PING, "more_body": True})
                    if due and now >= recheck_at and not await self._is_still_allowed():
                        return
                    recheck_at = recheck_at if recheck_at > now else now + RECHECK_S
                    due = now + PING_S
                    timer = loop.call_at(due + 0.01, subscriber.wake.set)
                if subscriber.frames:
                    frames, subscriber.frames = subscriber.frames, []
                    await send({"type": "http.response.body", "body": b"".join(frames), "more_body": True})
                if not subscriber.frames:
                    await subscriber.wake.wait()
                subscriber.wake.clear()
        finally:
            if timer is not None:
                timer.cancel()

    async def _is_still_allowed(self) -> bool:
        actor = await authenticate(self._parts, cookie=self._cookie, bearer=self._bearer)
        if actor is not None:
            self._subscriber.readable = actor.readable
        return actor is not None

    async def _wait_for_end(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._subscriber.is_gone = True
        self._subscriber.wake.set()


# ── rows of the log as frames ────────────────────────────────────────────────────────────────────────────────────────────


async def frames_of(parts: Parts, account_id: int, epoch: str, rows: list[Row]) -> list[Frame]:
    """The frames for these rows. Messages and conversations are read as they are now; what is gone by now gives no frame."""
    message_ids = {row.data["message_id"] for row in rows if row.type in _OF_MESSAGES}
    conversation_ids = {row.conversation_id for row in rows if row.conversation_id and row.type in (*_OF_MESSAGES, "conversation.changed")}
    async with parts.db.connection() as conn:
        found = await messages.of_ids(conn, account_id, list(message_ids)) if message_ids else []
        places = await conversations.of_ids(conn, account_id, list(conversation_ids)) if conversation_ids else []
    by_id = {message.id: message for message in found}
    by_place = {place.id: place for place in places}
    # What only one person may see (read marks, drafts) and what is for those who lost it carries no conversation.
    last = {
        row.conversation_id: at
        for at, row in enumerate(rows)
        if row.conversation_id in by_place and row.user_id is None and row.type != "conversation.gone"
    }
    frames: list[Frame] = []
    for at, row in enumerate(rows):
        cursor = f"{epoch}.{row.tx}.{row.id}"
        place = by_place.get(row.conversation_id or 0)
        is_last = place is not None and last.get(place.id) == at  # a conversation is told once for all these rows
        frames += _frames(row, cursor, by_id, place if is_last else None)
    return frames


def _frames(row: Row, cursor: str, by_id: dict[int, Message], place: Conversation | None) -> list[Frame]:
    """One or two frames; only the last carries the id, so that a reader who breaks off between them gets both again."""
    told: list[tuple[str, Any, int | None]] = []
    also = row.data.get("of_inbox_id")
    if row.type == "conversation.gone":
        gone = written(row.type, {"conversation_id": str(row.conversation_id)}, cursor)
        return [Frame(gone, row.inbox_id, None, unless_inbox_id=row.data["to_inbox_id"])]
    if row.type in _OF_MESSAGES:
        message = by_id.get(row.data["message_id"])
        if message is not None:
            told.append((row.type, {"message": message_out(message)}, message.inbox_id))
    elif row.type != "conversation.changed":
        data = {
            name: str(value) if name.endswith("_id") and isinstance(value, int) else value
            for name, value in row.data.items()
            if name != "of_inbox_id"
        }
        if row.conversation_id is not None:
            data["conversation_id"] = str(row.conversation_id)
        told.append((row.type, data, row.inbox_id))
    if place is not None:
        told.append(("conversation.changed", {"conversation": conversation_out(place)}, place.inbox_id))
    last = len(told) - 1
    return [
        Frame(written(kind, data, cursor if number == last else None), inbox_id, row.user_id, also_inbox_id=also)
        for number, (kind, data, inbox_id) in enumerate(told)
    ]


def written(kind: str, data: JSONBody[Any], cursor: str | None) -> bytes:
    """A server-sent event (WHATWG HTML, 9.2)."""
    place = f"id: {cursor}\n" if cursor is not None else ""
    return f"{place}event: {kind}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


routes = [follow, poll, echo]

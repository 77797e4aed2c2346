"""Provider webhooks: `/hooks/{kind}/{channel_account}/…`. The bytes go on the road in as they came; the channel proves and reads them.

A provider is answered 200 only when what it sent is on disk. When nothing can be kept just now it gets a 503, and sends again. This
stands beside the framework, straight on the server's protocol: nothing of a webhook needs routing or decoding, and on the busiest road of
all the framework would cost a third of the time. Who sends more than is taken (one address, or all for one account) gets a 429 that says when to
come again. Read next: `core/conversations/receive.py`.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from litestar.exceptions import MethodNotAllowedException

from innboks.api.asgi import Receive, Scope, Send
from innboks.api.guard import HOOKS
from innboks.api.problems import send_error
from innboks.core.channel_accounts.news import tell_watcher
from innboks.core.conversations.receive import accept, take_in
from innboks.core.parts import Parts
from innboks.errors import BadSignature, Forbidden, Invalid, NotFound, TooLarge
from innboks.lib.limits import Limits
from innboks.sdk.contract import Answer, Inbound
from innboks.sdk.registry import offers

ROUTE = "/hooks/{kind}/{channel_account_id}"
BODY_SIZE = 2 * 1024 * 1024
"""Bytes of a webhook. Media come as references."""
_METHODS = frozenset({"GET", "POST", "PUT"})
_RECEIVED = Answer()


class Hooks:
    """The ASGI application of everything below `/hooks/`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._addresses = Limits(parts.settings.limit_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_template"] = ROUTE
        try:
            answer = await self._take(scope, receive)
        except Exception as error:
            await send_error(error, ROUTE, send)
            return
        headers = [(b"content-type", answer.type.encode("latin-1")), (b"content-length", str(len(answer.body)).encode())]
        headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def _take(self, scope: Scope, receive: Receive) -> Answer:
        parts = self._parts
        client = scope.get("client")
        self._addresses.take(client[0] if client else "", parts.clock.monotonic())
        kind, channel_account_id, path = _place(scope["path"])
        account_id = await parts.directory.account_of(parts, channel_account_id)
        if account_id is None:
            raise NotFound("There is no such channel account.", code="unknown_channel_account")
        if scope["method"] not in _METHODS:
            raise MethodNotAllowedException(headers={"Allow": ", ".join(sorted(_METHODS))})
        inbound = Inbound(
            body=await _body(scope["headers"], receive),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            method=scope["method"],
            path=path,
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)) if scope["query_string"] else {},
        )
        connected = await accept(parts, account_id, channel_account_id, inbound)
        channel = connected.channel
        if connected.row.kind != kind or not (channel.has_hook or offers(channel, "push")):
            raise NotFound("There is no such channel account.", code="unknown_channel_account")
        try:
            if not channel.has_hook:  # it brings nothing, it only says that there is something
                told = channel.push(connected.context, inbound)
                if told.is_news:
                    await tell_watcher(parts, account_id, channel_account_id)
                return told
            channel.verify(connected.context, inbound)
            answer = channel.answer(connected.context, inbound)
            if answer is None:
                await take_in(parts, connected, inbound)
        except BadSignature as error:
            raise Forbidden(error.sentence, code=error.code) from error
        return answer or _RECEIVED


def _place(path: str) -> tuple[str, int, str]:
    """(kind, channel account, what stands behind). What cannot be an address of ours is `NotFound`."""
    kind, _, rest = path.removeprefix(HOOKS).partition("/")
    number, _, behind = rest.partition("/")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    return kind, int(number), behind


async def _body(headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it is known, and `Invalid` when the connection ended before it was complete."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value) > BODY_SIZE:
            raise TooLarge(f"A webhook has at most {BODY_SIZE // 2**20} MB.", code="too_large")
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("The connection ended before the request was complete.", code="disconnected")
        if piece := message.get("body"):
            pieces.append(piece)
            size += len(piece)
            if size > BODY_SIZE:
                raise TooLarge(f"A webhook has at most {BODY_SIZE // 2**20} MB.", code="too_large")
        if not message.get("more_body"):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)

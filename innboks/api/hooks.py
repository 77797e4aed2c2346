"""Provider webhooks: `/hooks/{kind}/{channel_account}/…`. The bytes go on the road in as they came; the channel proves and reads them.

A provider is answered 200 only when what it sent is on disk. When nothing can be kept just now it gets a 503, and sends again.
Read next: `core/conversations/receive.py`.
"""

from typing import Any

from litestar import Response, route
from litestar.enums import HttpMethod

from innboks.api.call import IS_PUBLIC, Call, PathId, PathText
from innboks.core.conversations.receive import accept, take_in
from innboks.errors import BadSignature, Forbidden, NotFound
from innboks.sdk.contract import Inbound


@route(
    ["/hooks/{kind:str}/{channel_account_id:str}", "/hooks/{kind:str}/{channel_account_id:str}/{path:path}"],
    http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT],
    include_in_schema=False,
    status_code=200,
    opt=IS_PUBLIC,
)
async def receive_hook(request: Call, kind: PathText, channel_account_id: PathId) -> Response[Any]:
    parts = request.parts
    account_id = await parts.directory.account_of(parts, channel_account_id)
    if account_id is None:
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    inbound = Inbound(
        body=await request.body(),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.scope["headers"]},
        method=request.method,
        path=request.scope["path"].split("/", 4)[4] if request.scope["path"].count("/") > 3 else "",
        query={name: str(value) for name, value in request.query_params.items()},
    )
    connected = await accept(parts, account_id, channel_account_id, inbound)
    if connected.row.kind != kind or not connected.channel.has_hook:
        raise NotFound("There is no such channel account.", code="unknown_channel_account")
    try:
        connected.channel.verify(connected.context, inbound)
        answer = connected.channel.answer(connected.context, inbound)
        if answer is None:
            await take_in(parts, connected, inbound)
    except BadSignature as error:
        raise Forbidden(error.sentence, code=error.code) from error
    if answer is not None:
        return Response(answer.body, status_code=answer.status, media_type=answer.type, headers=dict(answer.headers))
    return Response(b"", status_code=200, media_type="text/plain")


routes = [receive_hook]

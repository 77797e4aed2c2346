"""What is stuck and needs somebody: one list for the badge that everybody sees, of what concerns the person who asks."""

from datetime import datetime

import msgspec
from litestar import get

from innboks.api.call import Call, Items, text_id
from innboks.core.radar.look import radar
from innboks.core.radar.models import Kind, Trouble


class StuckOut(msgspec.Struct):
    """A conversation in which something waits: whom it is with ("" = not known), and its subject or how it begins."""

    id: str
    name: str
    subject: str


class TroubleOut(msgspec.Struct):
    """worker: nobody does the background work. broken: a connection does not work, `count` replies wait for it. expiring: a sign-in was not renewed in
    time. unsent: answers that should have left. uncertain: answers that may have left. failed: conversations with an answer that was not delivered.
    quarantined: messages that came and could not be read. gap: messages in a mailbox that were never fetched. records: what was
    published in the DNS for it is gone. quiet: silent longer than usual.
    unreachable: its provider has not answered for minutes; it is tried again by itself.
    `conversation_id`: the oldest that is concerned; `conversations`: all of them, the oldest first, where answers are stuck (at most 100);
    `detail`: a sentence about it, where there is one."""

    kind: Kind
    count: int
    is_capped: bool
    since: datetime | None
    channel_account_id: str | None
    inbox_id: str | None
    conversation_id: str | None
    conversations: list[StuckOut]
    name: str
    detail: str


def _shown(one: Trouble) -> TroubleOut:
    return TroubleOut(
        kind=one.kind,
        count=one.count,
        is_capped=one.is_capped,
        since=one.since,
        channel_account_id=text_id(one.channel_account_id),
        inbox_id=text_id(one.inbox_id),
        conversation_id=text_id(one.conversation_id),
        conversations=[
            StuckOut(str(row.id), row.contact_name or row.party_address, row.subject or row.preview) for row in one.conversations
        ],
        name=one.name,
        detail=one.detail,
    )


@get("/radar", operation_id="get_radar", tags=["radar"], summary="What is stuck and needs somebody, the worst first")
async def get_radar(request: Call) -> Items[TroubleOut]:
    return Items([_shown(one) for one in await radar(request.parts, request.actor)])


routes = [get_radar]

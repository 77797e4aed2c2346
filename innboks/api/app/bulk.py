"""The same change on many conversations, or each its own (which is how all of it is undone)."""

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.params import JSONBody

from innboks.api.app.conversations import ConversationChange
from innboks.api.app.shapes import ListedConversation, listed_conversation
from innboks.api.call import Call, Id, Input, number
from innboks.core.conversations.bulk import AT_ONCE_MAX, Outcome, change_many
from innboks.errors import Invalid


class OneChange(Input):
    id: Id
    change: ConversationChange


class BulkChange(Input):
    """Either `ids` and one `change` for all of them, or `changes`, each with its own. At most 500 at once."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=AT_ONCE_MAX)] | None = None
    change: ConversationChange | None = None
    changes: Annotated[list[OneChange], msgspec.Meta(max_length=AT_ONCE_MAX)] | None = None


class BulkResult(msgspec.Struct):
    """`conversation` as it is now; or, when this one could not be changed, `code` and a sentence that says why."""

    id: str
    conversation: ListedConversation | None
    code: str
    detail: str


class BulkResults(msgspec.Struct):
    results: list[BulkResult]
    changed_count: int


@post(
    "/conversations/bulk",
    operation_id="change_conversations",
    tags=["conversations"],
    summary="Change up to 500 at once, with a result for each",
    status_code=200,
)
async def change_conversations(request: Call, data: JSONBody[BulkChange]) -> BulkResults:
    outcomes = await change_many(request.parts, request.actor, each_of(data))
    return BulkResults([_out(one) for one in outcomes], sum(one.conversation is not None for one in outcomes))


def each_of(data: Any) -> list[tuple[int, Any]]:
    """(id, change) of each, from `ids` and one `change` for all of them, or from `changes`; for contacts just so."""
    if data.changes is not None and data.ids is None and data.change is None:
        return [(number(one.id), one.change.wanted()) for one in data.changes]
    if data.ids is not None and data.change is not None and data.changes is None:
        change = data.change.wanted()
        return [(number(one), change) for one in data.ids]
    raise Invalid("Give “ids” and “change”, or “changes” alone.", code="invalid", field="ids")


def _out(outcome: Outcome) -> BulkResult:
    refused = outcome.refused
    return BulkResult(
        id=str(outcome.id),
        conversation=None if outcome.conversation is None else listed_conversation(outcome.conversation),
        code=refused.code if refused else "",
        detail=refused.sentence if refused else "",
    )


routes = [change_conversations]

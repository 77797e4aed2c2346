"""Inboxes and their members."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, patch, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, number
from innboks.core.inboxes import inboxes
from innboks.core.inboxes.models import Inbox

Access = Literal["everyone", "members"]
Members = Annotated[list[Id], msgspec.Meta(max_length=inboxes.MEMBERS_MAX)]


class InboxOut(msgspec.Struct):
    id: str
    name: str
    type: Literal["INBOX", "HELP_DESK"]
    access: Access
    member_ids: list[str]
    created_at: datetime
    archived_at: datetime | None


class NewInbox(Input):
    name: Name
    access: Access = "everyone"
    member_ids: Members | None = None


class InboxChange(Input):
    name: Name | None = None
    access: Access | None = None
    is_archived: bool | None = None


class NewMembers(Input):
    member_ids: Members


def shown(inbox: Inbox) -> InboxOut:
    return InboxOut(
        id=str(inbox.id),
        name=inbox.name,
        type=inbox.type,
        access=inbox.access,
        member_ids=[str(user_id) for user_id in inbox.member_ids],
        created_at=inbox.created_at,
        archived_at=inbox.archived_at,
    )


@get("/inboxes", operation_id="list_inboxes", tags=["inboxes"], summary="The inboxes I may read")
async def list_inboxes(request: Call) -> Items[InboxOut]:
    return Items([shown(inbox) for inbox in await inboxes.list_inboxes(request.parts, request.actor)])


@post("/inboxes", operation_id="create_inbox", tags=["inboxes"], summary="Make an inbox")
async def create_inbox(request: Call, data: JSONBody[NewInbox]) -> InboxOut:
    members = None if data.member_ids is None else [number(user_id) for user_id in data.member_ids]
    return shown(await inboxes.create_inbox(request.parts, request.actor, data.name, data.access, members))


@patch("/inboxes/{inbox_id:str}", operation_id="update_inbox", tags=["inboxes"], summary="Rename, open, restrict or archive an inbox")
async def update_inbox(request: Call, inbox_id: PathId, data: JSONBody[InboxChange]) -> InboxOut:
    actor = request.actor
    return shown(
        await inboxes.update_inbox(request.parts, actor, inbox_id, name=data.name, access=data.access, is_archived=data.is_archived)
    )


@put("/inboxes/{inbox_id:str}/members", operation_id="set_inbox_members", tags=["inboxes"], summary="Replace the members of an inbox")
async def set_members(request: Call, inbox_id: PathId, data: JSONBody[NewMembers]) -> InboxOut:
    actor = request.actor
    return shown(await inboxes.set_members(request.parts, actor, inbox_id, [number(user_id) for user_id in data.member_ids]))


routes = [list_inboxes, create_inbox, update_inbox, set_members]

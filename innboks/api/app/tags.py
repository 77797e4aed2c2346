"""Tags: the words a team hangs on conversations. Which conversation has which is changed with the conversation (`conversations.py`)."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.call import Call, Id, Input, Items, Name, PathId, number
from innboks.core.tags import tags
from innboks.core.tags.models import Color, Tag


class TagOut(msgspec.Struct):
    """`count` is of the conversations that have it, at most 1000; null where it was not asked for."""

    id: str
    name: str
    color: Color
    count: int | None


class NewTag(Input):
    name: Name
    color: Color = "gray"


class TagChange(Input):
    """Only what is given changes."""

    name: Name | None = None
    color: Color | None = None


class TagMerge(Input):
    into_id: Id


@get("/tags", operation_id="list_tags", tags=["tags"], summary="Every tag, by name")
async def list_tags(request: Call, counts: Annotated[bool, QueryParameter()] = False) -> Items[TagOut]:
    return Items([_out(one) for one in await tags.list_tags(request.parts, request.actor, is_counted=counts)])


@post("/tags", operation_id="create_tag", tags=["tags"], summary="Make a tag")
async def create_tag(request: Call, data: JSONBody[NewTag]) -> TagOut:
    return _out(await tags.create_tag(request.parts, request.actor, data.name, data.color))


@patch("/tags/{tag_id:str}", operation_id="change_tag", tags=["tags"], summary="Rename it, or give it another colour")
async def change_tag(request: Call, tag_id: PathId, data: JSONBody[TagChange]) -> TagOut:
    return _out(await tags.change_tag(request.parts, request.actor, tag_id, name=data.name, color=data.color))


@delete("/tags/{tag_id:str}", operation_id="delete_tag", tags=["tags"], summary="Delete it; it can be restored")
async def delete_tag(request: Call, tag_id: PathId) -> None:
    await tags.delete_tag(request.parts, request.actor, tag_id)


@post(
    "/tags/{tag_id:str}/merge",
    operation_id="merge_tag",
    tags=["tags"],
    summary="What has it gets another one instead; restoring undoes it",
    status_code=200,
)
async def merge_tag(request: Call, tag_id: PathId, data: JSONBody[TagMerge]) -> TagOut:
    return _out(await tags.merge_tag(request.parts, request.actor, tag_id, number(data.into_id)))


@post(
    "/tags/{tag_id:str}/restore",
    operation_id="restore_tag",
    tags=["tags"],
    summary="Bring back one that was deleted or merged",
    status_code=200,
)
async def restore_tag(request: Call, tag_id: PathId) -> TagOut:
    return _out(await tags.restore_tag(request.parts, request.actor, tag_id))


def _out(tag: Tag) -> TagOut:
    return TagOut(str(tag.id), tag.name, tag.color, tag.count)


routes = [list_tags, create_tag, change_tag, delete_tag, merge_tag, restore_tag]

"""The file library: files that are kept for re-use, one's own and everybody's (R-631)."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.files import send_file
from innboks.api.app.shapes import AttachmentOut, attachment_out
from innboks.api.call import Call, Id, Input, Items, Name, PathId, number
from innboks.core.library import library
from innboks.core.library.models import LibraryFile


class LibraryFileOut(msgspec.Struct):
    """`url`: the file itself, shown in the browser where that does no harm."""

    id: str
    name: str
    type: str
    size: int
    is_shared: bool
    created_at: datetime
    url: str


class KeptFile(Input):
    """`attachment_id`: a file that one has uploaded (`POST /api/attachments`), or can read in a message. Without `name` it keeps its own."""

    attachment_id: Id
    name: Name = ""
    is_shared: bool = False


class LibraryFileChange(Input):
    """Only what is given changes."""

    name: Name | None = None
    is_shared: bool | None = None


def shown(one: LibraryFile) -> LibraryFileOut:
    url = f"/api/library-files/{one.id}/content"
    return LibraryFileOut(str(one.id), one.name, one.type, one.size, one.owner_id is None, one.created_at, url)


@get("/library-files", operation_id="list_library_files", tags=["library"], summary="Files kept for re-use: mine and everybody's, by name")
async def list_library_files(request: Call) -> Items[LibraryFileOut]:
    return Items([shown(one) for one in await library.list_files(request.parts, request.actor)])


@post(
    "/library-files", operation_id="keep_library_file", tags=["library"], summary="Keep an uploaded file, or one of a message, for re-use"
)
async def keep_library_file(request: Call, data: JSONBody[KeptFile]) -> LibraryFileOut:
    attachment_id = number(data.attachment_id)
    return shown(await library.keep_file(request.parts, request.actor, attachment_id, name=data.name, is_shared=data.is_shared))


@patch("/library-files/{library_file_id:str}", operation_id="change_library_file", tags=["library"], summary="Rename a file, or share it")
async def change_library_file(request: Call, library_file_id: PathId, data: JSONBody[LibraryFileChange]) -> LibraryFileOut:
    return shown(await library.change_file(request.parts, request.actor, library_file_id, name=data.name, is_shared=data.is_shared))


@delete("/library-files/{library_file_id:str}", operation_id="delete_library_file", tags=["library"], summary="Take a file out")
async def delete_library_file(request: Call, library_file_id: PathId) -> None:
    await library.delete_file(request.parts, request.actor, library_file_id)


@post(
    "/library-files/{library_file_id:str}/restore",
    operation_id="restore_library_file",
    tags=["library"],
    summary="Put a file back that was taken out within the last week",
    status_code=200,
)
async def restore_library_file(request: Call, library_file_id: PathId) -> LibraryFileOut:
    return shown(await library.restore_file(request.parts, request.actor, library_file_id))


@get("/library-files/{library_file_id:str}/content", operation_id="get_library_file", tags=["library"], summary="The file itself")
async def get_library_file(request: Call, library_file_id: PathId) -> Any:
    file = await library.readable(request.parts, request.actor, library_file_id)
    return await send_file(request.parts, file, request.headers.get("range"), cache="private, max-age=3600")


@post(
    "/library-files/{library_file_id:str}/attachments",
    operation_id="attach_library_file",
    tags=["library"],
    summary="Make an upload of mine with the bytes of this file, to go along with what I write; ?inline=true: a picture of the text",
)
async def attach_library_file(request: Call, library_file_id: PathId, inline: Annotated[bool, QueryParameter()] = False) -> AttachmentOut:
    return attachment_out(await library.attach_file(request.parts, request.actor, library_file_id, is_inline=inline))


routes = [
    list_library_files,
    keep_library_file,
    change_library_file,
    delete_library_file,
    restore_library_file,
    get_library_file,
    attach_library_file,
]

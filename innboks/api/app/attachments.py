"""Files: adding one to what is being written, and fetching one that came or went with a message."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Stream

from innboks.api.app.files import download, send_file
from innboks.api.app.shapes import AttachmentOut, attachment_out
from innboks.api.call import Call, PathId, QueryText
from innboks.core.conversations import read
from innboks.core.files import attach
from innboks.core.files.zip import zip_of
from innboks.errors import Invalid, NotFound

_AROUND_BYTES = 1024 * 1024
"""What a multipart body has around the file."""


@post(
    "/attachments",
    operation_id="upload_attachment",
    tags=["attachments"],
    summary="Upload a file: multipart with a part “file”, or the bytes themselves with ?name=; ?inline=true: a picture of the text",
    request_max_body_size=attach.UPLOAD_MAX + _AROUND_BYTES,
)
async def upload_attachment(request: Call, name: QueryText = "", inline: Annotated[bool, QueryParameter()] = False) -> AttachmentOut:
    kind, _ = request.content_type
    if kind == "multipart/form-data":
        file: Any = (await request.form()).get("file")
        if file is None or isinstance(file, str):
            raise Invalid("The form has no file. Send it as the part “file”.", code="no_file", field="file")
        name, kind, content = file.filename or name, file.content_type, await file.read()
    else:
        content = await request.body()
    if "\x00" in name:
        raise Invalid("A file's name must not contain a NUL character.", code="nul_character", field="name")
    declared = kind or "application/octet-stream"
    return attachment_out(await attach.upload(request.parts, request.actor, name, declared, content, is_inline=inline))


@get("/attachments/{attachment_id:str}/content", operation_id="get_attachment", tags=["attachments"], summary="The file itself")
async def get_content(request: Call, attachment_id: PathId) -> Any:
    file = await attach.readable(request.parts, request.actor, attachment_id)
    return await send_file(request.parts, file, request.headers.get("range"), cache="private, max-age=3600")


@get(
    "/messages/{message_id:str}/attachments.zip",
    operation_id="get_message_files",
    tags=["attachments"],
    summary="All files of a message as one zip",
)
async def get_zip(request: Call, message_id: PathId) -> Stream:
    message = await read.get_message(request.parts, request.actor, message_id)
    files = message.attachments
    if not files:
        raise NotFound("This message has no files.", code="no_files")
    headers = download(f"message-{message_id}.zip", "application/zip") | {"Cache-Control": "private, no-store"}
    return Stream(zip_of(request.parts, files, message.created_at), media_type="application/zip", headers=headers)


routes = [upload_attachment, get_content, get_zip]

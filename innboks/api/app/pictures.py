"""Pictures in signatures. Read next: `core/files/pictures.py`."""

from typing import Any

from litestar import Response, get, post

from innboks.api.app.shapes import AttachmentOut
from innboks.api.call import Call, PathText, QueryText
from innboks.core.files import pictures
from innboks.core.files.pictures import PICTURE_MAX, Picture

_AROUND_BYTES = 16 * 1024
"""What a multipart body has around the picture."""
_SAFE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=86400, immutable",
}


def _shown(one: Picture) -> AttachmentOut:
    return AttachmentOut(one.hash, one.name, one.type, len(one.content), True, one.content_id, f"/api/pictures/{one.hash}")


@post(
    "/pictures",
    operation_id="add_picture",
    tags=["channels"],
    summary="A picture for a signature: multipart with a part “file”, or the bytes themselves with ?name=",
    request_max_body_size=PICTURE_MAX + _AROUND_BYTES,
)
async def add_picture(request: Call, name: QueryText = "") -> AttachmentOut:
    if request.content_type[0] == "multipart/form-data":
        file: Any = (await request.form()).get("file")
        is_file = file is not None and not isinstance(file, str)
        name, content = (file.filename or name, await file.read()) if is_file else (name, b"")
    else:
        content = await request.body()
    return _shown(await pictures.add_picture(request.parts, request.actor, name, content))


@get("/pictures/{picture:str}", operation_id="get_picture", tags=["channels"], summary="The picture itself")
async def get_picture(request: Call, picture: PathText) -> Response[bytes]:
    found = await pictures.picture_of(request.parts, request.actor, picture)
    return Response(found.content, media_type=found.type, headers=_SAFE)


routes = [add_picture, get_picture]

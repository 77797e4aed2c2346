"""The account's brand. Read next: `core/accounts/brand.py`."""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Name
from innboks.core.accounts import brand
from innboks.core.accounts.brand import LOGO_MAX, Brand

_AROUND_BYTES = 16 * 1024
"""What a multipart body has around the picture."""
_SAFE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=3600",
}


class BrandOut(msgspec.Struct):
    """`name` "": the account's own. Colours as #rrggbb, "" where none is chosen. `logo_url` null: there is no logo."""

    name: str
    colour: str
    background: str
    logo_url: str | None


class BrandChange(Input):
    """Only what is given changes; "" takes it away."""

    name: Name | None = None
    colour: Name | None = None
    background: Name | None = None


def _shown(found: Brand) -> BrandOut:
    url = None if found.logo is None else f"/api/brand/logo?v={found.logo[:16]}"
    return BrandOut(name=found.name, colour=found.colour, background=found.background, logo_url=url)


@get("/brand", operation_id="get_brand", tags=["account"], summary="Name, logo and colours that mails, chat and forms begin with")
async def get_brand(request: Call) -> BrandOut:
    return _shown(await brand.brand_of(request.parts, request.actor))


@patch("/brand", operation_id="change_brand", tags=["account"], summary="Change the brand's name and colours")
async def change_brand(request: Call, data: JSONBody[BrandChange]) -> BrandOut:
    return _shown(await brand.change_brand(request.parts, request.actor, name=data.name, colour=data.colour, background=data.background))


@get("/brand/logo", operation_id="get_logo", tags=["account"], summary="The logo itself")
async def get_logo(request: Call) -> Response[bytes]:
    logo = await brand.logo_of(request.parts, request.actor)
    return Response(logo.content, media_type=logo.type, headers=_SAFE)


@post(
    "/brand/logo",
    operation_id="set_logo",
    tags=["account"],
    summary="Put a logo: multipart with a part “file”, or the bytes themselves",
    request_max_body_size=LOGO_MAX + _AROUND_BYTES,
    status_code=200,
)
async def set_logo(request: Call) -> BrandOut:
    if request.content_type[0] == "multipart/form-data":
        file: Any = (await request.form()).get("file")
        content = b"" if file is None or isinstance(file, str) else await file.read()
    else:
        content = await request.body()
    return _shown(await brand.set_logo(request.parts, request.actor, content))


@delete("/brand/logo", operation_id="remove_logo", tags=["account"], summary="Take the logo away")
async def remove_logo(request: Call) -> Response[None]:
    await brand.remove_logo(request.parts, request.actor)
    return Response(None, status_code=204)


routes = [get_brand, change_brand, get_logo, set_logo, remove_logo]

"""Foreign HTML, shown where it can do no harm: in a sandboxed frame, from an address that no cookie of ours reaches.

The address carries a signed, short-lived leave: which person may see which message, and whether pictures from elsewhere load.
The session cookie is sent to /api only, so nothing in a frame ever acts for anybody; the policy allows no scripts, no forms, and by
default no requests to elsewhere (which would tell the sender that the mail was opened). Read next: `lib/html.py`, which cleaned the HTML.
"""

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Response, get

from innboks.api.app.files import IMAGES, send_file
from innboks.api.call import IS_PUBLIC, Call, PathId, PathText
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.conversations import read
from innboks.core.parts import Parts
from innboks.errors import NotFound

LIFE = timedelta(minutes=10)
_FIELDS = struct.Struct(">QQQI?")
_SEAL_BYTES = 16
_REMOTE = re.compile(r"<img\b[^>]*?\ssrc\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
_CID = re.compile(r"(<img\b[^>]*?\ssrc\s*=\s*)(\"|')cid:([^\"']{1,500})\2((?:\"[^\"]*\"|[^>\"])*>)", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=\s*\"([^\"]+)\"", re.IGNORECASE)
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">
<base target="_blank"><style>
body {{ margin: 0; padding: 1px; color: #1a1a1a; overflow-wrap: anywhere;
  font: 14px/1.57 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }}
img {{ max-width: 100%; height: auto; }} table {{ max-width: 100%; }} pre {{ white-space: pre-wrap; }}
.missing {{ display: inline-block; padding: 2px 8px; border: 1px dashed #8a8a8a; border-radius: 4px; }}
/* Outlook's style sheet says so, and does not come along. */
.MsoNormal {{ margin: 0; }}
#mail > :first-child, #mail > :first-child > :first-child {{ margin-top: 0; }}
#mail > :last-child, #mail > :last-child > :last-child {{ margin-bottom: 0; }}
blockquote {{ margin: 0 0 0 8px; padding-left: 12px; border-left: 2px solid #ccc; }}
::highlight(found) {{ background-color: #fdf0d3; color: #80520a; text-decoration: underline 2px; }}
[data-theme=dark] {{ color-scheme: dark; }}
[data-theme=dark]:not([data-coloured]) body {{ color: #e7ecea; }}
[data-theme=dark]:not([data-coloured]) a {{ color: #54bbc8; }}
[data-theme=dark]:not([data-coloured]) blockquote {{ border-color: #343d3f; }}
[data-theme=dark]:not([data-coloured]) ::highlight(found) {{ background-color: #36290f; color: #edb750; }}
[data-theme=dark][data-coloured] #mail {{ color-scheme: light; background: #fff; filter: invert(.92) hue-rotate(180deg); }}
[data-theme=dark][data-coloured] #mail img {{ filter: invert(1) hue-rotate(180deg); }}
</style></head><body><div id="mail" dir="auto">{html}</div></body></html>
"""
"""The app marks the page as dark, and as coloured when the mail brings colours of its own: then they are turned over, pictures excepted, so that
light letters stand on dark; a mail without colours takes the app's."""


class Leave(msgspec.Struct, frozen=True):
    """What a frame's address permits."""

    account_id: int
    user_id: int
    message_id: int
    expires_at: int
    has_images: bool


def frame_address(parts: Parts, actor: Actor, message_id: int, images: bool) -> str:
    """The path of a frame that shows this message to this person. Whether they may see it is for the caller to know."""
    expires_at = int((parts.clock.now() + LIFE).timestamp())
    payload = _FIELDS.pack(actor.account_id, actor.user_id, message_id, expires_at, images)
    return f"/frame/{urlsafe_b64encode(payload + _seal(parts, payload)).decode().rstrip('=')}"


def has_remote_images(html: str) -> bool:
    """Are there pictures that load from elsewhere?"""
    return _REMOTE.search(html) is not None


@get("/frame/{token:str}", operation_id="show_frame", tags=["messages"], summary="A message's HTML, for a sandboxed frame", opt=IS_PUBLIC)
async def show_frame(request: Call, token: PathText) -> Response[bytes]:
    leave, actor = await _admitted(request, token)
    parts = request.parts
    html = await read.html_of(parts, actor, leave.message_id)
    message = await read.get_message(parts, actor, leave.message_id)
    inline = {(one.content_id or "").strip("<>").lower(): one.id for one in message.attachments if one.content_id and one.type in IMAGES}

    def own_image(found: re.Match[str]) -> str:
        attachment_id = inline.get(unquote(unescape(found.group(3))).strip("<>").lower())
        return missing(found) if attachment_id is None else f'{found.group(1)}"/frame/{token}/{attachment_id}"{found.group(4)}'

    def missing(found: re.Match[str]) -> str:
        """A picture that the mail names and does not bring: what it was meant to show, or its name, in its place."""
        alt = _ALT.search(found.group(0))
        name = unescape(alt[1]) if alt else unquote(unescape(found.group(3))).strip("<>").partition("@")[0]
        return f'<span class="missing">{escape(name)}</span>'

    body = _PAGE.format(html=_CID.sub(own_image, html)).encode()
    return Response(body, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _policy(leave), **_PRIVATE})


@get(
    "/frame/{token:str}/{attachment_id:str}",
    operation_id="show_frame_file",
    tags=["messages"],
    summary="An inline image of a frame",
    opt=IS_PUBLIC,
)
async def show_frame_file(request: Call, token: PathText, attachment_id: PathId) -> Any:
    leave, actor = await _admitted(request, token)
    message = await read.get_message(request.parts, actor, leave.message_id)
    for attachment in message.attachments:
        if attachment.id == attachment_id and attachment.type in IMAGES:
            return await send_file(request.parts, attachment, None, cache="private, max-age=600")
    raise NotFound("There is no such image in this message.")


_PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}


def _policy(leave: Leave) -> str:
    images = "'self' data: https:" if leave.has_images else "'self' data:"
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {images}; font-src 'self'; form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )


async def _admitted(request: Call, token: str) -> tuple[Leave, Actor]:
    """The leave, and the person it was given to, if they still may come in. Raises `NotFound`."""
    parts = request.parts
    leave = _read(parts, token)
    actor = await actor_for(parts, leave.account_id, leave.user_id) if leave is not None else None
    if leave is None or actor is None:
        raise NotFound("This view of the message has expired. Open the message again.", code="frame_expired")
    return leave, actor


def _read(parts: Parts, token: str) -> Leave | None:
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    payload, seal = raw[: _FIELDS.size], raw[_FIELDS.size :]
    if len(payload) != _FIELDS.size or not hmac.compare_digest(seal, _seal(parts, payload)):
        return None
    leave = Leave(*_FIELDS.unpack(payload))
    return leave if leave.expires_at > parts.clock.now().timestamp() else None


def _seal(parts: Parts, payload: bytes) -> bytes:
    return hmac.digest(parts.vault.derive("message frames"), payload, "sha256")[:_SEAL_BYTES]


routes = [show_frame, show_frame_file]

"""What a file is, judged by its first bytes rather than by what the sender says (DESIGN §6, "types checked by content").

Only plain images, audio, video and PDF are ever shown in the browser; everything else is a download of a fixed type.
"""

import re

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (0, b"BM", "image/bmp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf"}) | {
    kind for _, _, kind in _SIGNATURES if kind.startswith(("audio/", "video/"))
}
"""Types that may be answered `inline`."""
_PLAIN_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}\Z")


def file_type(content: bytes, declared: str, name: str) -> str:
    """The content's own type where it is known by its first bytes; else the declared one, unless that claims to be something we would show."""
    head = content[:64]
    for at, mark, kind in _SIGNATURES:
        if head[at : at + len(mark)] == mark:
            return kind
    declared = declared.split(";")[0].strip().lower()
    if not _PLAIN_TYPE.match(declared) or declared in SHOWN or declared.startswith("multipart/"):
        return "application/octet-stream"
    return declared

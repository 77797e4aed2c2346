"""All files of a message as one zip, made while it is sent: nothing is put together in memory or on disk, and nothing is compressed again.

Names inside are plain file names, each once, so that unpacking writes only where one unpacks. Read next: `api/app/attachments.py`.
"""

import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from innboks.core.conversations.models import Attachment
from innboks.core.parts import Parts
from innboks.lib.files import FileMissing

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
NAME_CHARS = 150


class _Outbox:
    """What the zip writer has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None: ...

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


async def zip_of(parts: Parts, files: Sequence[Attachment], at: datetime) -> AsyncIterator[bytes]:
    """The zip, piece by piece. A file whose bytes are missing is left out and named in a note beside the others."""
    outbox = _Outbox()
    missing: list[str] = []
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for file, name in zip(files, _names(files), strict=True):
            stream = parts.files.stream(file.hash)
            try:
                piece = await anext(stream, b"")
            except FileMissing:
                missing.append(name)
                continue
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.file_size = file.size
            with archive.open(entry, "w") as inside:
                while piece:
                    inside.write(piece)
                    yield outbox.take()
                    piece = await anext(stream, b"")
        if missing:
            archive.writestr("missing-files.txt", "These files are missing on the server:\n" + "\n".join(missing) + "\n")
    yield outbox.take()


def _names(files: Sequence[Attachment]) -> list[str]:
    """A name for each that is safe to unpack and that no other has, also where case does not count."""
    names: list[str] = []
    taken: set[str] = set()
    for file in files:
        stem, dot, ending = (_FORBIDDEN.sub("_", file.name).strip(" .") or "file").rpartition(".")
        stem, ending = (stem, f".{ending[:20]}") if dot and stem else (f"{stem}{dot}{ending}", "")
        stem = stem[:NAME_CHARS]
        name, nth = stem + ending, 1
        while name.lower() in taken:
            nth += 1
            name = f"{stem} ({nth}){ending}"
        taken.add(name.lower())
        names.append(name)
    return names

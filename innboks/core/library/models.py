"""A file that is kept to go along with answers again and again, of one person or for everybody (R-631)."""

from datetime import datetime

import msgspec


class LibraryFile(msgspec.Struct, kw_only=True):
    """`owner_id` None: everybody's. `hash` and `type` as in `Attachment`."""

    id: int
    owner_id: int | None
    hash: str
    name: str
    type: str
    size: int
    created_at: datetime

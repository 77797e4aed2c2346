"""A snippet: a short text with a shortcut and tokens, of one person or for everybody (R-660). With a subject it is a template: a whole email (R-661)."""

from datetime import datetime

import msgspec


class Snippet(msgspec.Struct, kw_only=True):
    """`owner_id` None: everybody's."""

    id: int
    owner_id: int | None
    name: str
    shortcut: str
    subject: str
    html: str
    text: str
    created_at: datetime
    updated_at: datetime

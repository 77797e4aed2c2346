"""A contact: a person outside, known by one or more addresses (R-700 to R-706)."""

from datetime import datetime
from typing import Any

import msgspec


class Identity(msgspec.Struct):
    """One address. `type` is email, phone or opaque."""

    type: str
    value: str


class Contact(msgspec.Struct, kw_only=True):
    id: int
    name: str
    owner_id: int | None
    properties: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    identities: list[Identity]

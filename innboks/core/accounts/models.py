"""What is known about accounts and people, as rows of the database.

The edge turns ids into strings; here they are numbers. Read next: `store.py`.
"""

from datetime import datetime
from typing import Any

import msgspec


class Account(msgspec.Struct, frozen=True):
    id: int
    name: str


class User(msgspec.Struct, frozen=True):
    """A person who signs in. `can_receive` is the seat of R-011: whether automatic assignment may choose this person."""

    id: int
    name: str
    first_name: str
    last_name: str
    email: str
    permissions: list[str]
    locale: str
    can_receive: bool
    preferences: dict[str, Any]
    deactivated_at: datetime | None
    created_at: datetime


class Credentials(msgspec.Struct, frozen=True):
    """What a sign-in is checked against."""

    account_id: int
    user_id: int
    password_hash: str | None
    is_active: bool


class Session(msgspec.Struct, frozen=True):
    """One signed-in browser. `is_current` is true for the one that asks."""

    id: int
    created_at: datetime
    seen_at: datetime
    user_agent: str
    remote_address: str
    is_current: bool


class ApiToken(msgspec.Struct, frozen=True):
    id: int
    name: str
    created_at: datetime
    seen_at: datetime | None

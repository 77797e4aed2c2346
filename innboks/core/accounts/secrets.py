"""Opaque secrets that stand for a person: session cookies, API tokens and the links of invitations.

All name their account in front, so that the row is found by its primary key, and only the SHA-256 of the whole is stored:
with 256 random bits there is nothing to guess, so a slow hash would add nothing. Read next: `actors.py`.
"""

import secrets
from hashlib import sha256

import msgspec

MAX_CHARS = 128
_TOKEN_PREFIX = "inb_"  # noqa: S105 - says what it is, so that scanners of leaked secrets can find it


class Secret(msgspec.Struct, frozen=True):
    account_id: int
    hash: bytes


def new_session_secret(account_id: int) -> str:
    return f"{account_id}.{secrets.token_urlsafe(32)}"


def new_api_token(account_id: int) -> str:
    return f"{_TOKEN_PREFIX}{account_id}_{secrets.token_urlsafe(32)}"


def read_session_secret(text: str) -> Secret | None:
    """The parts of a cookie's value; None when it cannot be one of ours."""
    account, dot, rest = text.partition(".")
    return _secret(account, text) if dot and rest else None


def new_invitation_secret(account_id: int) -> str:
    return new_session_secret(account_id)


def read_invitation_secret(text: str) -> Secret | None:
    """The parts of what stands behind the # of an invitation's link; None when it cannot be one of ours."""
    return read_session_secret(text)


def read_api_token(text: str) -> Secret | None:
    """The parts of a bearer token; None when it cannot be one of ours."""
    if not text.startswith(_TOKEN_PREFIX):
        return None
    account, line, rest = text.removeprefix(_TOKEN_PREFIX).partition("_")
    return _secret(account, text) if line and rest else None


def _secret(account: str, whole: str) -> Secret | None:
    if len(whole) > MAX_CHARS or not whole.isascii() or not account.isdecimal() or not 0 < int(account) < 2**63:
        return None
    return Secret(int(account), sha256(whole.encode()).digest())

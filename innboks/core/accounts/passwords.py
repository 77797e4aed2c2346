"""Passwords: which ones are good enough, and how they are kept (argon2id, RFC 9106).

Hashing takes tens of milliseconds and tens of megabytes on purpose, so it runs in two threads of its own: sign-ins queue
there, and never hold up anything else. Read next: `sign_in.py`.
"""

import asyncio
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from innboks.errors import Invalid

MIN_CHARS = 12
MAX_CHARS = 1024
_MEMORY_KIB, _PASSES = 46 * 1024, 1  # OWASP Password Storage Cheat Sheet, first choice for argon2id

_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")


_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p=1${_b64(b'nobody has this.')}${_b64(bytes(32))}"
"""Verified against when there is no such user, so that the answer takes as long as for a wrong password."""


def require_good(password: str) -> None:
    """Raises `Invalid` with a sentence. Only length counts (NIST SP 800-63B, 3.1.1.2): rules about signs make passwords worse."""
    if len(password) < MIN_CHARS:
        raise Invalid(
            f"The password is too short. Use at least {MIN_CHARS} characters; a few words are fine.",
            code="password_too_short",
            field="password",
        )
    if len(password) > MAX_CHARS:
        raise Invalid(f"The password is too long. Use at most {MAX_CHARS} characters.", code="password_too_long", field="password")
    if len(set(password)) < 4:
        raise Invalid("The password repeats a few characters. Use a few different words.", code="password_too_simple", field="password")


async def hashed(password: str) -> str:
    """The text to store for a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Is this the password? Takes the same time when there is nothing to compare with."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, password, stored or _NOBODY) and stored is not None


def is_outdated(stored: str) -> bool:
    """Was this hashed with weaker parameters than today's?"""
    return _hasher.check_needs_rehash(stored)


def _verify(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

"""Signing in and out, and the list of one's own sessions.

An attempt is charged before the password is looked at and given back when it was right, so that a thousand guesses at once
cost as much as a thousand in a row. Waiting grows and is capped: nobody can lock somebody else out for good. Unknown
addresses take as long as wrong passwords. Read next: `passwords.py`, `actors.py`.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from innboks.core.access import Actor
from innboks.core.accounts import passwords, store
from innboks.core.accounts.actors import SESSION_LIFE
from innboks.core.accounts.models import Session
from innboks.core.accounts.secrets import new_session_secret, read_session_secret
from innboks.errors import NotFound, TooMany, Unauthenticated

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

FREE_PER_EMAIL = 8
FREE_PER_ADDRESS = 40
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)
USER_AGENT_CHARS = 300


async def sign_in(parts: "Parts", email: str, password: str, *, remote_address: str, user_agent: str, replaces: str | None = None) -> str:
    """The value of a fresh session cookie. `replaces` is the cookie the browser had: that session ends.

    Raises `Unauthenticated` for a wrong password or unknown address, `TooMany` after too many attempts."""
    email_key, address_key = _key("email", email.strip().lower()), _key("address", _network(remote_address))
    now = parts.clock.now()
    async with parts.db.transaction() as conn:
        await _charge(conn, address_key, now, FREE_PER_ADDRESS)
        await _charge(conn, email_key, now, FREE_PER_EMAIL)
        found = await store.credentials(conn, email.strip())
    is_right = await passwords.matches(password[: passwords.MAX_CHARS + 1], found.password_hash if found else None)
    if found is None or not is_right or not found.is_active:
        raise Unauthenticated("The mail address or the password is wrong.", code="wrong_credentials")
    new_hash = await passwords.hashed(password) if found.password_hash and passwords.is_outdated(found.password_hash) else None
    async with parts.db.transaction() as conn:
        await store.clear_attempts(conn, email_key)
        await store.refund_attempt(conn, address_key, now)
        await store.forget_attempts(conn, now - FORGET_AFTER)
        await store.delete_expired_sessions(conn, found.account_id, found.user_id, now)
        if new_hash is not None:
            await store.update_user(conn, found.account_id, found.user_id, {"password_hash": new_hash})
        token = await _start(parts, conn, found.account_id, found.user_id, remote_address, user_agent)
        await _end(conn, replaces)
    if (old := read_session_secret(replaces) if replaces else None) is not None:
        parts.actors.forget(old.account_id)
    return token


async def start_session(parts: "Parts", account_id: int, user_id: int, *, remote_address: str, user_agent: str) -> str:
    """A session for somebody who has just proved who they are in another way (the first setup)."""
    async with parts.db.transaction() as conn:
        return await _start(parts, conn, account_id, user_id, remote_address, user_agent)


async def sign_out(parts: "Parts", cookie: str) -> None:
    """Signs this browser out. Harmless when it is not signed in."""
    async with parts.db.transaction() as conn:
        await _end(conn, cookie)
    if (secret := read_session_secret(cookie)) is not None:
        parts.actors.forget(secret.account_id)


async def list_sessions(parts: "Parts", actor: Actor, current: str | None) -> list[Session]:
    """The actor's own sessions, the last used first."""
    secret = read_session_secret(current) if current else None
    async with parts.db.connection() as conn:
        return await store.sessions(conn, actor.account_id, actor.user_id, secret.hash if secret else b"", parts.clock.now())


async def revoke_session(parts: "Parts", actor: Actor, session_id: int) -> None:
    """Ends one of the actor's own sessions. Raises `NotFound`."""
    async with parts.db.connection() as conn:
        was_there = await store.delete_session(conn, actor.account_id, actor.user_id, session_id)
    parts.actors.forget(actor.account_id)
    if not was_there:
        raise NotFound("There is no such session; it may have ended already.")


async def _start(parts: "Parts", conn: "Connection", account_id: int, user_id: int, remote_address: str, user_agent: str) -> str:
    token = new_session_secret(account_id)
    secret = read_session_secret(token)
    assert secret
    now = parts.clock.now()
    await store.insert_session(
        conn,
        secret,
        user_id,
        now=now,
        expires_at=now + SESSION_LIFE,
        user_agent=user_agent.replace("\x00", "")[:USER_AGENT_CHARS],
        remote_address=remote_address,
    )
    return token


async def _end(conn: "Connection", cookie: str | None) -> None:
    if cookie and (secret := read_session_secret(cookie)) is not None:
        await store.delete_session_by_secret(conn, secret)


async def _charge(conn: "Connection", key: bytes, now: datetime, free: int) -> None:
    """Raises `TooMany` while blocked: then nothing is charged, so that whoever waits gets in."""
    until = await store.charge_attempt(conn, key, now, free=free, longest=LONGEST_WAIT, forget=FORGET_AFTER)
    if until is not None:
        raise TooMany("There were too many attempts to sign in. Wait a little and try again.", after=until - now, code="too_many_attempts")


def _key(what: str, value: str) -> bytes:
    return sha256(f"{what}:{value}".encode()).digest()


def _network(remote_address: str) -> str:
    """One household or machine: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        address = ip_address(remote_address)
    except ValueError:
        return remote_address
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((int(address), 64), strict=False))
    return str(address)

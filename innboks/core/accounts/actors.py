"""Who is asking: from a session cookie or a bearer token to an `Actor`, on every request, so in one query and mostly in none.

An answer is kept in memory for KEEP_S. What changes a person's rights in this process clears it at once (`Actors.forget`);
another process notices within KEEP_S. Read next: `core/access.py`, `sign_in.py`.
"""

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from innboks.core.access import Actor
from innboks.core.accounts import store
from innboks.core.accounts.secrets import Secret, read_api_token, read_session_secret

if TYPE_CHECKING:
    from innboks.core.parts import Parts

KEEP_S = 2.0
KEEP_MAX = 10_000
SESSION_LIFE = timedelta(days=30)
"""A session ends when it was not used for so long."""
TOUCH_EVERY = timedelta(minutes=2)


class Actors:
    """People who asked in the last moments, by the hash of what they showed."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    def get(self, key: bytes, now: float) -> Actor | None:
        kept = self._known.get(key)
        return kept[1] if kept is not None and now - kept[0] < KEEP_S else None

    def keep(self, key: bytes, actor: Actor, now: float) -> None:
        self._known[key] = (now, actor)
        self._known.move_to_end(key)
        if len(self._known) > KEEP_MAX:
            self._known.popitem(last=False)

    def forget(self, account_id: int) -> None:
        """Something changed about people, memberships or sessions of this account."""
        for key in [key for key, (_, actor) in self._known.items() if actor.account_id == account_id]:
            del self._known[key]


async def authenticate(parts: "Parts", *, cookie: str | None = None, bearer: str | None = None) -> Actor | None:
    """The person behind a session cookie's value or a bearer token; None when it is unknown, expired or revoked. A bearer token wins."""
    secret = read_api_token(bearer) if bearer is not None else read_session_secret(cookie) if cookie is not None else None
    if secret is None:
        return None
    monotonic = parts.clock.monotonic()
    actor = parts.actors.get(secret.hash, monotonic)
    if actor is None:
        actor = await (_by_token(parts, secret) if bearer is not None else _by_session(parts, secret))
        if actor is not None:
            parts.actors.keep(secret.hash, actor, monotonic)
    return actor


async def actor_for(parts: "Parts", account_id: int, user_id: int) -> Actor | None:
    """For our own tools (command line, demo), which act for a person without a session."""
    async with parts.db.connection() as conn:
        return await store.actor_of_user(conn, account_id, user_id)


async def actor_by_email(parts: "Parts", email: str) -> Actor | None:
    """As `actor_for`, by mail address."""
    async with parts.db.connection() as conn:
        found = await store.user_by_email(conn, email.strip())
        return await store.actor_of_user(conn, *found) if found else None


async def first_admin(parts: "Parts") -> Actor | None:
    """As `actor_for`: the first administrator of the first account. None when there is no account yet."""
    async with parts.db.connection() as conn:
        found = await store.first_admin(conn)
        return await store.actor_of_user(conn, *found) if found else None


async def _by_session(parts: "Parts", secret: Secret) -> Actor | None:
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        found = await store.actor_by_session(conn, secret, now)
        if found is None:
            return None
        actor, seen_at = found
        if now - seen_at > TOUCH_EVERY:
            await store.touch_session(conn, secret, now, now + SESSION_LIFE)
    return actor


async def _by_token(parts: "Parts", secret: Secret) -> Actor | None:
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        found = await store.actor_by_token(conn, secret)
        if found is None:
            return None
        actor, seen_at = found
        if seen_at is None or now - seen_at > TOUCH_EVERY:
            await store.touch_token(conn, secret, now)
    return actor

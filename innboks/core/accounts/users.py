"""The people of an account: the list everybody may see, what people change about themselves, and what an administrator changes.

The last active administrator can neither be deactivated nor lose the right: somebody must be able to let people in.
Read next: `sign_in.py`.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from innboks.core.access import ALL_PERMISSIONS, SUPER_ADMIN, Actor
from innboks.core.accounts import passwords, store
from innboks.core.accounts.models import Account, User
from innboks.core.accounts.secrets import read_session_secret
from innboks.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from innboks.core.parts import Parts

NAME_CHARS = 200
EMAIL_CHARS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
PREFERENCES_BYTES = 16_384
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\\x00-\x1f]{1,64}@[^@\s<>\"(),:;\[\]\\\x00-\x1f]+")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class UserChange(msgspec.Struct, kw_only=True, frozen=True):
    """What to change; None leaves as it is."""

    name: str | None = None
    locale: str | None = None
    preferences: dict[str, Any] | None = None
    permissions: list[str] | None = None
    can_receive: bool | None = None
    is_active: bool | None = None


def person(name: str) -> dict[str, str]:
    """A name with its parts, which the tokens of signatures need (R-114): all but the last word is the first name."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give a name of 1 to {NAME_CHARS} characters.", field="name")
    first, _, last = name.rpartition(" ")
    return {"name": name, "first_name": first or last, "last_name": last if first else ""}


def require_email(email: str) -> str:
    """The mail address, trimmed. Raises `Invalid` when it cannot be one."""
    email = email.strip()
    if len(email) > EMAIL_CHARS or not _EMAIL.fullmatch(email):
        raise Invalid("This is not a mail address. Write it like name@example.com.", code="not_an_email", field="email")
    return email


async def account_of(parts: "Parts", actor: Actor) -> Account:
    """The actor's account."""
    async with parts.db.connection() as conn:
        account = await store.get_account(conn, actor.account_id)
    assert account, "an actor without an account"
    return account


async def list_users(parts: "Parts", actor: Actor) -> list[User]:
    """Everybody of the account, also those who were deactivated: old messages name them."""
    async with parts.db.connection() as conn:
        return await store.users(conn, actor.account_id)


async def get_user(parts: "Parts", actor: Actor, user_id: int) -> User:
    async with parts.db.connection() as conn:
        user = await store.get_user(conn, actor.account_id, user_id)
    if user is None:
        raise NotFound("There is no such person in your account.")
    return user


async def create_user(parts: "Parts", actor: Actor, *, name: str, email: str, password: str, permissions: list[str]) -> User:
    """Adds a colleague. Needs the right over people and permissions (R-009)."""
    actor.require(SUPER_ADMIN)
    who, email = person(name), require_email(email)
    _require_known(permissions)
    passwords.require_good(password)
    password_hash = await passwords.hashed(password)
    async with parts.db.transaction() as conn:
        user_id = await store.insert_user(conn, actor.account_id, **who, email=email, password_hash=password_hash, permissions=permissions)
        if user_id is None:
            raise Conflict("Somebody has this mail address already. Use another one.", code="email_taken", field="email")
        user = await store.get_user(conn, actor.account_id, user_id)
    assert user
    return user


async def update_user(parts: "Parts", actor: Actor, user_id: int, change: UserChange) -> User:
    """Changes a person: oneself (name, locale, preferences), or with the right over people anybody and everything."""
    is_own = user_id == actor.user_id and change.permissions is None and change.can_receive is None and change.is_active is None
    values = _values(change, parts.clock.now())
    async with parts.db.transaction() as conn:
        user = await store.get_user(conn, actor.account_id, user_id)
        if user is None:
            raise NotFound("There is no such person in your account.")
        if not is_own:
            actor.require(SUPER_ADMIN)
        loses_admin = SUPER_ADMIN in user.permissions and (
            change.is_active is False or (change.permissions is not None and SUPER_ADMIN not in change.permissions)
        )
        if loses_admin and not await store.has_other_admin(conn, actor.account_id, user_id):
            raise Conflict("This is the last administrator. Make somebody else an administrator first.", code="last_admin")
        if values:
            await store.update_user(conn, actor.account_id, user_id, values)
        if change.is_active is False:
            await store.delete_other_sessions(conn, actor.account_id, user_id, b"")
        user = await store.get_user(conn, actor.account_id, user_id)
    parts.actors.forget(actor.account_id)
    assert user
    return user


async def change_password(parts: "Parts", actor: Actor, *, current: str, new: str, cookie: str | None) -> None:
    """Changes the actor's own password and ends all other sessions. Raises `Invalid` when the current one is wrong."""
    passwords.require_good(new)
    async with parts.db.connection() as conn:
        found = await store.credentials(conn, actor.email)
    if found is None or not await passwords.matches(current, found.password_hash):
        raise Invalid("The current password is wrong.", code="wrong_password", field="current_password")
    password_hash = await passwords.hashed(new)
    secret = read_session_secret(cookie) if cookie else None
    async with parts.db.transaction() as conn:
        await store.update_user(conn, actor.account_id, actor.user_id, {"password_hash": password_hash})
        await store.delete_other_sessions(conn, actor.account_id, actor.user_id, secret.hash if secret else b"")
    parts.actors.forget(actor.account_id)


def _values(change: UserChange, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if change.name is not None:
        values |= person(change.name)
    if change.locale is not None:
        if len(change.locale) > 35 or not _LOCALE.fullmatch(change.locale):
            raise Invalid("This is not a language. Write it like en or pt-BR.", field="locale")
        values["locale"] = change.locale
    if change.preferences is not None:
        if len(msgspec.json.encode(change.preferences)) > PREFERENCES_BYTES:
            raise Invalid("These preferences are too large; 16 KB is the most.", field="preferences")
        values["preferences"] = change.preferences
    if change.permissions is not None:
        _require_known(change.permissions)
        values["permissions"] = sorted(set(change.permissions))
    if change.can_receive is not None:
        values["can_receive"] = change.can_receive
    if change.is_active is not None:
        values["deactivated_at"] = None if change.is_active else now
    return values


def _require_known(permissions: list[str]) -> None:
    unknown = sorted(set(permissions) - set(ALL_PERMISSIONS))
    if unknown:
        raise Invalid(f"There is no such permission. Permissions are: {', '.join(ALL_PERMISSIONS)}.", field="permissions")

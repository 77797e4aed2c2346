"""The people of an account: the list everybody may see, what people change about themselves, and what an administrator changes.

The last active super admin can neither be deactivated nor lose the role: somebody must be able to let people in.
Read next: `invitations.py`, `roles.py`, `teams.py`.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, SUPER_ADMIN, USER_MANAGEMENT, Actor
from innboks.core.accounts import passwords, store, store_people, store_roles
from innboks.core.accounts.models import Account, Person, User
from innboks.core.accounts.rights import announce, note_change
from innboks.core.accounts.roles import require_may_give
from innboks.core.accounts.secrets import read_session_secret
from innboks.core.accounts.teams import set_teams_of
from innboks.core.cursors import read_name_cursor, write_name_cursor
from innboks.core.routing import store as routing
from innboks.core.routing.hours import status_at
from innboks.core.tickets import store as tickets
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.text import a_name, storable

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

UNDO_SEND_MAX_S = 30
NAME_CHARS = 200
EMAIL_CHARS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
PREFERENCES_BYTES = 16_384
HERE = timedelta(minutes=10)
"""Whose session was seen so lately is here. Sessions are marked as seen every few minutes."""
_UNSEEN = "\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_SIGNS = rf"[^@\s<>\"(),:;\[\]\\{_UNSEEN}"
_EMAIL = re.compile(rf"{_SIGNS}]{{1,64}}@{_SIGNS}.]+(\.{_SIGNS}.]+)*")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class UserChange(msgspec.Struct, kw_only=True, frozen=True):
    """What to change; None leaves as it is. Teams are given together: `main_team_id` UNSET leaves both as they are."""

    name: str | None = None
    locale: str | None = None
    preferences: dict[str, Any] | None = None
    role_id: int | None = None
    can_receive: bool | None = None
    is_active: bool | None = None
    main_team_id: int | msgspec.UnsetType | None = msgspec.UNSET
    extra_team_ids: Sequence[int] = ()

    def is_about_oneself(self) -> bool:
        """Only what everybody may change about themselves?"""
        return self.role_id is None and self.can_receive is None and self.is_active is None and self.main_team_id is msgspec.UNSET


def person(name: str) -> dict[str, str]:
    """A name with its parts, which the tokens of signatures need (R-114): all but the last word is the first name."""
    name = a_name(name, NAME_CHARS + 1)
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give a name of 1 to {NAME_CHARS} characters.", field="name")
    first, _, last = name.rpartition(" ")
    return {"name": name, "first_name": first or last, "last_name": last if first else ""}


def account_named(name: str, *, field: str = "name") -> str:
    """The name of an account, as it is kept. Raises `Invalid`."""
    name = a_name(name, NAME_CHARS + 1)
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the account a name of 1 to {NAME_CHARS} characters.", field=field)
    return name


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


async def change_account(
    parts: "Parts",
    actor: Actor,
    *,
    name: str | None = None,
    undo_send_s: int | None = None,
    assigns_when_available: bool | None = None,
    tickets_per_contact_max: int | None = None,
    tickets_uncounted_stage_ids: Sequence[int] | None = None,
    tickets_uncounted_after_days: int | None = None,
    closing_closes_tickets: bool | None = None,
) -> Account:
    """What holds for everybody of the account. None leaves as it is."""
    actor.require(ACCOUNT_ACCESS)
    if undo_send_s is not None and not 0 <= undo_send_s <= UNDO_SEND_MAX_S:
        raise Invalid(f"An answer can be taken back for 0 to {UNDO_SEND_MAX_S} seconds.", field="undo_send_s")
    settings = {
        "undo_send_s": undo_send_s,
        "assign_when_available": assigns_when_available,
        "tickets_per_contact_max": tickets_per_contact_max,
        "tickets_uncounted_stage_ids": None if tickets_uncounted_stage_ids is None else [str(one) for one in tickets_uncounted_stage_ids],
        "tickets_uncounted_after_days": tickets_uncounted_after_days,
        "closing_closes_tickets": closing_closes_tickets,
    }
    named = None if name is None else account_named(name)
    async with parts.db.transaction() as conn:
        given = {name: value for name, value in settings.items() if value is not None}
        known = {stage.id for one in await tickets.pipelines(conn, actor.account_id) for stage in one.stages} if given else set()
        if not known.issuperset(tickets_uncounted_stage_ids or ()):
            raise Invalid("There is no such stage in your account.", code="unknown_stage", field="tickets_uncounted_stage_ids")
        await store.change_account(conn, actor.account_id, named, given)
    parts.wake.touch(actor.account_id)
    return await account_of(parts, actor)


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


async def list_people(
    parts: "Parts",
    actor: Actor,
    *,
    words: str = "",
    status: str | None = None,
    inbox_id: int | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[list[Person], str | None]:
    """The table of people (R-026), by name, and the cursor of the following page."""
    actor.require(USER_MANAGEMENT)
    after, now = read_name_cursor(cursor) if cursor else None, parts.clock.now()
    async with parts.db.connection() as conn:
        user_ids: list[int] | None = None
        if status in ("available", "away"):  # which follows from plans and the time
            plans = await routing.plans_of_all(conn, actor.account_id)
            user_ids = [one.user_id for one in plans.values() if status_at(one.plan, now)[0] == status]
        found = await store_people.people(
            conn,
            actor.account_id,
            words=storable(words.strip(), NAME_CHARS),
            status=status if user_ids is None else None,
            user_ids=user_ids,
            inbox_id=inbox_id,
            after=after,
            here_since=now - HERE,
            limit=limit + 1,
        )
    last = found[limit - 1].user if len(found) > limit else None
    return found[:limit], write_name_cursor(last.name, last.id) if last else None


async def get_person(parts: "Parts", actor: Actor, user_id: int) -> Person:
    """One line of the table."""
    async with parts.db.connection() as conn:
        found = await store_people.person(conn, actor.account_id, user_id, parts.clock.now() - HERE)
    if found is None:
        raise NotFound("There is no such person in your account.", code="unknown_user")
    actor.require(USER_MANAGEMENT)
    return found


async def create_user(parts: "Parts", actor: Actor, *, name: str, email: str, password: str, role_id: int | None = None) -> User:
    """Adds a colleague with a password, who can come in at once; as an agent when no role is given. For people, `invitations.py` is the way."""
    actor.require(USER_MANAGEMENT)
    who, email = person(name), require_email(email)
    passwords.require_good(password)
    password_hash = await passwords.hashed(password)
    async with parts.db.transaction() as conn:
        role = await require_may_give(conn, actor, await role_or_agent(conn, actor.account_id, role_id))
        user_id = await store.insert_user(
            conn, actor.account_id, **who, email=email, password_hash=password_hash, role_id=role.id, joined_at=parts.clock.now()
        )
        if user_id is None:
            raise email_taken()
        await note_change(conn, actor.account_id, rights=False)
        user = await store.get_user(conn, actor.account_id, user_id)
    parts.wake.touch(actor.account_id)
    assert user
    return user


async def role_or_agent(conn: "Connection", account_id: int, role_id: int | None) -> int:
    return (await store_roles.of_key(conn, account_id, "agent")).id if role_id is None else role_id


async def update_user(parts: "Parts", actor: Actor, user_id: int, change: UserChange) -> User:
    """Changes a person: oneself (name, locale, preferences), or with the right over people everything of those who may not do more than
    oneself. Deactivating ends their sessions, tokens and devices at once and keeps all they did."""
    values = _values(change, parts.clock.now())
    is_plain = change.is_about_oneself()
    async with parts.db.transaction() as conn:
        may_lose_admin = change.is_active is False or change.role_id is not None
        # Before the person's own row: of two super admins who change each other, each holds what the other waits for otherwise.
        is_other_admin = not may_lose_admin or await store.has_other_admin(conn, actor.account_id, user_id)
        user = await store.get_user(conn, actor.account_id, user_id, lock=True)
        if user is None:
            raise NotFound("There is no such person in your account.", code="unknown_user")
        if user_id != actor.user_id or not is_plain:
            require_over(actor, user)
        if change.role_id is not None and change.role_id != user.role_id:
            await require_may_give(conn, actor, change.role_id)
        if SUPER_ADMIN in user.permissions and user.status == "active":
            loses_admin = change.is_active is False or change.role_id not in (None, user.role_id)
            if loses_admin and not is_other_admin:
                raise Conflict("This is the last super admin. Make somebody else a super admin first.", code="last_admin")
        if values:
            await store.update_user(conn, actor.account_id, user_id, values)
        if change.main_team_id is not msgspec.UNSET:
            await set_teams_of(conn, actor, user_id, change.main_team_id, change.extra_team_ids)
        if change.is_active is False:
            await store.end_all_access(conn, actor.account_id, user_id)
        if not is_plain or change.name is not None:
            await note_change(conn, actor.account_id, rights=not is_plain)
        user = await store.get_user(conn, actor.account_id, user_id)
    if is_plain:
        parts.actors.forget(actor.account_id)
        parts.wake.touch(actor.account_id)
    else:
        await announce(parts, actor.account_id)
    assert user
    return user


def require_over(actor: Actor, user: User) -> None:
    """May the actor change this person? Nobody changes those who may do more than they."""
    actor.require(USER_MANAGEMENT)
    if not actor.may_give(frozenset(user.permissions)):
        raise Forbidden("This person may do more than you. A super admin can change them.", code="more_than_own")


def email_taken() -> Conflict:
    return Conflict("Somebody has this mail address already. Use another one.", code="email_taken", field="email")


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
    if change.role_id is not None:
        values["role_id"] = change.role_id
    if change.can_receive is not None:
        values["can_receive"] = change.can_receive
    if change.is_active is not None:
        values["deactivated_at"] = None if change.is_active else now
    return values

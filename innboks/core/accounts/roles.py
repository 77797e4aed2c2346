"""Roles: sets of permissions under a name. Three are there from the start and stay as they are; an account adds its own.

Only a super admin makes and changes roles: whoever may hand out permissions may do everything anyway. Handing out a role is another matter
(`require_may_give`): who manages people gives what they have themselves, and no more. Read next: `users.py`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from innboks.core.access import (
    ACCOUNT_ACCESS,
    ALL_PERMISSIONS,
    AVAILABILITY_MANAGEMENT,
    CHATFLOWS,
    READ_ALL_INBOXES,
    SUPER_ADMIN,
    USER_MANAGEMENT,
    Actor,
)
from innboks.core.accounts import store_roles as store
from innboks.core.accounts.models import Role
from innboks.core.accounts.rights import announce, note_change
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.text import a_name

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

NAME_CHARS = 60
ROLES_MAX = 100
BUILT_IN: dict[str, tuple[str, tuple[str, ...]]] = {
    "super_admin": ("Super admin", (SUPER_ADMIN,)),
    "admin": ("Admin", (ACCOUNT_ACCESS, AVAILABILITY_MANAGEMENT, CHATFLOWS, READ_ALL_INBOXES, USER_MANAGEMENT)),
    "agent": ("Agent", ()),
}
"""By key: (name, permissions). The app shows them in the reader's language."""
OWN_PERMISSIONS = tuple(sorted(set(ALL_PERMISSIONS) - {SUPER_ADMIN}))
"""What a role of an account's own may hold."""


async def add_built_in(conn: "Connection", account_id: int) -> dict[str, int]:
    """The three roles of a new account, by key."""
    made: dict[str, int] = {}
    for key, (name, permissions) in BUILT_IN.items():
        role_id = await store.insert(conn, account_id, name, permissions, key)
        assert role_id is not None
        made[key] = role_id
    return made


async def list_roles(parts: "Parts", actor: Actor) -> list[Role]:
    async with parts.db.connection() as conn:
        return await store.all_of(conn, actor.account_id)


async def create_role(parts: "Parts", actor: Actor, name: str, permissions: Sequence[str]) -> Role:
    actor.require(SUPER_ADMIN)
    name, permissions = _name(name), _permissions(permissions)
    async with parts.db.transaction() as conn:
        if await store.count(conn, actor.account_id) >= ROLES_MAX:
            raise Conflict(f"An account has at most {ROLES_MAX} roles. Delete one that nobody has.", code="too_many_roles")
        role_id = await store.insert(conn, actor.account_id, name, permissions)
        if role_id is None:
            raise _taken(name)
        await note_change(conn, actor.account_id, rights=False)
        role = await store.get(conn, actor.account_id, role_id)
    parts.wake.touch(actor.account_id)
    assert role
    return role


async def change_role(parts: "Parts", actor: Actor, role_id: int, *, name: str | None, permissions: Sequence[str] | None) -> Role:
    """Holds for everybody who has the role, from now on."""
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = _name(name)
    if permissions is not None:
        values["permissions"] = _permissions(permissions)
    async with parts.db.transaction() as conn:
        role = await _own_role(conn, actor, role_id)
        if values:
            try:
                await store.update(conn, actor.account_id, role_id, values)
            except psycopg.errors.UniqueViolation as error:
                raise _taken(values["name"]) from error
            await note_change(conn, actor.account_id, rights="permissions" in values)
            changed = await store.get(conn, actor.account_id, role_id)
            assert changed
            role = changed
    await announce(parts, actor.account_id)
    return role


async def delete_role(parts: "Parts", actor: Actor, role_id: int) -> None:
    """Refused while somebody has it, also somebody deactivated: they would come back with nothing said about what they may do."""
    async with parts.db.transaction() as conn:
        role = await _own_role(conn, actor, role_id)
        if role.user_count:
            raise Conflict("Somebody has this role. Give them another one first.", code="role_in_use")
        await store.delete(conn, actor.account_id, role_id)
        await note_change(conn, actor.account_id, rights=False)
    parts.wake.touch(actor.account_id)


async def require_may_give(conn: "Connection", actor: Actor, role_id: int) -> Role:
    """The role, for handing it out. Held until the commit: it cannot be deleted meanwhile. Raises `Invalid` when there is none, `Forbidden`
    when it can do what the actor cannot."""
    role = await store.get(conn, actor.account_id, role_id, lock=True)
    if role is None:
        raise Invalid("There is no such role in your account.", code="unknown_role", field="role_id")
    if not actor.may_give(frozenset(role.permissions)):
        raise Forbidden("This role may do more than you. A super admin can give it.", code="more_than_own")
    return role


async def _own_role(conn: "Connection", actor: Actor, role_id: int) -> Role:
    """For changing it."""
    role = await store.get(conn, actor.account_id, role_id, lock=True)
    if role is None:
        raise NotFound("There is no such role in your account.", code="unknown_role")
    actor.require(SUPER_ADMIN)
    if role.key is not None:
        raise Conflict("This role is the same in every account. Make one of your own.", code="built_in_role")
    return role


def _name(name: str) -> str:
    name = a_name(name, NAME_CHARS + 1)
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the role a name of 1 to {NAME_CHARS} characters.", field="name")
    return name


def _permissions(permissions: Sequence[str]) -> list[str]:
    if set(permissions) - set(OWN_PERMISSIONS):
        raise Invalid(f"A role's permissions are among: {', '.join(OWN_PERMISSIONS)}.", code="unknown_permission", field="permissions")
    return sorted(set(permissions))


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a role “{name}” already.", code="name_taken", field="name")

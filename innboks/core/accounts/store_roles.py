"""SQL about roles. Every function takes a connection inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from innboks.core.accounts.models import Role
from innboks.lib.db import Connection, fetch_all, fetch_one

_ROLE = """select r.id, r.key, r.name, r.permissions,
    (select count(*) from app_user u where u.account_id = r.account_id and u.role_id = r.id)::integer as user_count
    from role r where r.account_id = %s"""


async def insert(conn: Connection, account_id: int, name: str, permissions: Sequence[str], key: str | None = None) -> int | None:
    """The new role's id; None when there is one of this name."""
    cursor = await conn.execute(
        """insert into role (account_id, key, name, permissions) values (%s, %s, %s, %s)
           on conflict (account_id, (lower(name))) do nothing returning id""",
        (account_id, key, name, list(permissions)),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def all_of(conn: Connection, account_id: int) -> list[Role]:
    """Those that every account has come first, the mightiest on top."""
    order = " order by array_position('{super_admin,admin,agent}', r.key), lower(r.name), r.id"
    return await fetch_all(await conn.execute(_ROLE + order, (account_id,)), Role)


async def get(conn: Connection, account_id: int, role_id: int, *, lock: bool = False) -> Role | None:
    query = _ROLE + " and r.id = %s" + (" for update of r" if lock else "")
    return await fetch_one(await conn.execute(query, (account_id, role_id)), Role)


async def of_key(conn: Connection, account_id: int, key: str) -> Role:
    role = await fetch_one(await conn.execute(_ROLE + " and r.key = %s", (account_id, key)), Role)
    assert role, f"an account without the role {key}"
    return role


async def count(conn: Connection, account_id: int) -> int:
    row = await (await conn.execute("select count(*) from role where account_id = %s", (account_id,))).fetchone()
    return int(row[0]) if row else 0


async def update(conn: Connection, account_id: int, role_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request. Raises `UniqueViolation` for a name that is taken."""
    assert values
    assert set(values) <= {"name", "permissions"}
    names = ", ".join(f"{name} = %s" for name in values)
    await conn.execute(f"update role set {names} where account_id = %s and id = %s", (*values.values(), account_id, role_id))


async def delete(conn: Connection, account_id: int, role_id: int) -> None:
    """Raises `ForeignKeyViolation` when somebody has it."""
    await conn.execute("delete from role where account_id = %s and id = %s", (account_id, role_id))

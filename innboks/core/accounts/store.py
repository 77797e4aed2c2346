"""SQL about accounts, users, sessions and tokens. Every function takes a connection inside the caller's transaction."""

from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from innboks.core.access import SUPER_ADMIN, Actor
from innboks.core.accounts.models import Account, ApiToken, Credentials, Session, User
from innboks.core.accounts.secrets import Secret
from innboks.lib.db import Connection, fetch_all, fetch_one

_USER = "id, name, first_name, last_name, email, permissions, locale, can_receive, preferences, deactivated_at, created_at"
_SETUP_LOCK = 0x73657475  # "setu"


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def lock_setup(conn: Connection) -> None:
    """Only one first account is made at a time."""
    await conn.execute("select pg_advisory_xact_lock(%s)", (_SETUP_LOCK,))


async def has_account(conn: Connection) -> bool:
    cursor = await conn.execute("select exists (select 1 from account)")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def insert_account(conn: Connection, name: str) -> int:
    cursor = await conn.execute("insert into account (name) values (%s) returning id", (name,))
    return await _id(cursor)


async def get_account(conn: Connection, account_id: int) -> Account | None:
    return await fetch_one(await conn.execute("select id, name from account where id = %s", (account_id,)), Account)


# ── users ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def insert_user(
    conn: Connection, account_id: int, *, name: str, first_name: str, last_name: str, email: str, password_hash: str, permissions: list[str]
) -> int | None:
    """The new user's id; None when somebody has this mail address already."""
    cursor = await conn.execute(
        """insert into app_user (account_id, name, first_name, last_name, email, password_hash, permissions)
           values (%s, %s, %s, %s, %s, %s, %s) on conflict ((lower(email))) do nothing returning id""",
        (account_id, name, first_name, last_name, email, password_hash, permissions),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def users(conn: Connection, account_id: int) -> list[User]:
    cursor = await conn.execute(f"select {_USER} from app_user where account_id = %s order by lower(name), id", (account_id,))
    return await fetch_all(cursor, User)


async def get_user(conn: Connection, account_id: int, user_id: int) -> User | None:
    return await fetch_one(
        await conn.execute(f"select {_USER} from app_user where account_id = %s and id = %s", (account_id, user_id)), User
    )


async def update_user(conn: Connection, account_id: int, user_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    allowed = {"name", "first_name", "last_name", "locale", "preferences", "permissions", "can_receive", "deactivated_at", "password_hash"}
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(f"update app_user set {names} where account_id = %s and id = %s", (*shown, account_id, user_id))


async def has_other_admin(conn: Connection, account_id: int, user_id: int) -> bool:
    """Locks the admins' rows, so that two people cannot take the last right from each other at the same time."""
    cursor = await conn.execute(
        "select id from app_user where account_id = %s and %s = any(permissions) and deactivated_at is null order by id for update",
        (account_id, SUPER_ADMIN),
    )
    return any(row[0] != user_id for row in await cursor.fetchall())


async def credentials(conn: Connection, email: str) -> Credentials | None:
    cursor = await conn.execute(
        "select account_id, id as user_id, password_hash, deactivated_at is null as is_active from app_user where lower(email) = lower(%s)",
        (email,),
    )
    return await fetch_one(cursor, Credentials)


async def user_by_email(conn: Connection, email: str) -> tuple[int, int] | None:
    """(account id, user id) of the active user with this mail address."""
    cursor = await conn.execute("select account_id, id from app_user where lower(email) = lower(%s) and deactivated_at is null", (email,))
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def first_admin(conn: Connection) -> tuple[int, int] | None:
    cursor = await conn.execute(
        """select account_id, id from app_user where %s = any(permissions) and deactivated_at is null
           order by account_id, id limit 1""",
        (SUPER_ADMIN,),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


# ── who is asking: on every request ──────────────────────────────────────────────────────────────────────────────────────

_WHO = """
select u.account_id, u.id, u.name, u.first_name, u.last_name, u.email, u.locale, u.permissions, may.readable, may.writable, found.seen_at
from {table} found
join app_user u on u.account_id = found.account_id and u.id = found.user_id and u.deactivated_at is null
cross join lateral (
    select array_agg(i.id) filter (where i.access = 'everyone' or m.user_id is not null or '{admin}' = any(u.permissions)) as readable,
           array_agg(i.id) filter (where i.access = 'everyone' or m.user_id is not null) as writable
    from inbox i left join inbox_member m on m.account_id = i.account_id and m.inbox_id = i.id and m.user_id = u.id
    where i.account_id = u.account_id
) may
where found.account_id = %s and found.token_hash = %s"""
_BY_SESSION = _WHO.format(table="session", admin=SUPER_ADMIN) + " and found.expires_at > %s"
_BY_TOKEN = _WHO.format(table="api_token", admin=SUPER_ADMIN)


async def actor_by_session(conn: Connection, secret: Secret, now: datetime) -> tuple[Actor, datetime] | None:
    """The person and when the session was last seen."""
    cursor = await conn.execute(_BY_SESSION, (secret.account_id, secret.hash, now))
    row = await cursor.fetchone()
    return (_actor(row), row[10]) if row else None


async def actor_by_token(conn: Connection, secret: Secret) -> tuple[Actor, datetime | None] | None:
    """The person and when the token was last used."""
    cursor = await conn.execute(_BY_TOKEN, (secret.account_id, secret.hash))
    row = await cursor.fetchone()
    return (_actor(row), row[10]) if row else None


async def actor_of_user(conn: Connection, account_id: int, user_id: int) -> Actor | None:
    """For our own tools, which act for a person without a session."""
    query = _WHO.format(
        table="(select account_id, id as user_id, null::timestamptz as seen_at, id as token_hash from app_user)", admin=SUPER_ADMIN
    )
    row = await (await conn.execute(query, (account_id, user_id))).fetchone()
    return _actor(row) if row else None


def _actor(row: tuple[Any, ...]) -> Actor:
    return Actor(
        account_id=row[0],
        user_id=row[1],
        name=row[2],
        first_name=row[3],
        last_name=row[4],
        email=row[5],
        locale=row[6],
        permissions=frozenset(row[7]),
        readable=frozenset(row[8] or ()),
        writable=frozenset(row[9] or ()),
    )


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def insert_session(
    conn: Connection, secret: Secret, user_id: int, *, now: datetime, expires_at: datetime, user_agent: str, remote_address: str
) -> None:
    await conn.execute(
        """insert into session (account_id, token_hash, user_id, created_at, seen_at, expires_at, user_agent, remote_address)
           values (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (secret.account_id, secret.hash, user_id, now, now, expires_at, user_agent, remote_address),
    )


async def touch_session(conn: Connection, secret: Secret, now: datetime, expires_at: datetime) -> None:
    await conn.execute(
        "update session set seen_at = %s, expires_at = %s where account_id = %s and token_hash = %s",
        (now, expires_at, secret.account_id, secret.hash),
    )


async def sessions(conn: Connection, account_id: int, user_id: int, current: bytes, now: datetime) -> list[Session]:
    cursor = await conn.execute(
        """select id, created_at, seen_at, user_agent, remote_address, token_hash = %s as is_current
           from session where account_id = %s and user_id = %s and expires_at > %s order by seen_at desc, id desc""",
        (current, account_id, user_id, now),
    )
    return await fetch_all(cursor, Session)


async def delete_session(conn: Connection, account_id: int, user_id: int, session_id: int) -> bool:
    cursor = await conn.execute("delete from session where account_id = %s and user_id = %s and id = %s", (account_id, user_id, session_id))
    return cursor.rowcount > 0


async def delete_session_by_secret(conn: Connection, secret: Secret) -> None:
    await conn.execute("delete from session where account_id = %s and token_hash = %s", (secret.account_id, secret.hash))


async def delete_other_sessions(conn: Connection, account_id: int, user_id: int, keep: bytes) -> None:
    await conn.execute("delete from session where account_id = %s and user_id = %s and token_hash <> %s", (account_id, user_id, keep))


async def delete_expired_sessions(conn: Connection, account_id: int, user_id: int, now: datetime) -> None:
    await conn.execute("delete from session where account_id = %s and user_id = %s and expires_at <= %s", (account_id, user_id, now))


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def insert_token(conn: Connection, secret: Secret, user_id: int, name: str, now: datetime) -> int:
    cursor = await conn.execute(
        "insert into api_token (account_id, token_hash, user_id, name, created_at) values (%s, %s, %s, %s, %s) returning id",
        (secret.account_id, secret.hash, user_id, name, now),
    )
    return await _id(cursor)


async def tokens(conn: Connection, account_id: int, user_id: int) -> list[ApiToken]:
    cursor = await conn.execute(
        "select id, name, created_at, seen_at from api_token where account_id = %s and user_id = %s order by id", (account_id, user_id)
    )
    return await fetch_all(cursor, ApiToken)


async def touch_token(conn: Connection, secret: Secret, now: datetime) -> None:
    await conn.execute("update api_token set seen_at = %s where account_id = %s and token_hash = %s", (now, secret.account_id, secret.hash))


async def delete_token(conn: Connection, account_id: int, user_id: int, token_id: int) -> bool:
    cursor = await conn.execute("delete from api_token where account_id = %s and user_id = %s and id = %s", (account_id, user_id, token_id))
    return cursor.rowcount > 0


# ── failed sign-ins ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def charge_attempt(
    conn: Connection, key: bytes, now: datetime, *, free: int, longest: timedelta, forget: timedelta
) -> datetime | None:
    """Counts one more attempt; or, while blocked, counts nothing and says until when. The first `free` are free, then each blocks twice
    as long as the one before, up to `longest`. One statement, so that many at once are counted one by one."""
    cursor = await conn.execute(
        """insert into sign_in_attempt as old (key, failures, blocked_until, at) values (%(key)s, 1, %(now)s, %(now)s)
           on conflict (key) do update set
               failures = case when old.at < %(now)s - %(forget)s then 1 else least(old.failures + 1, 1000) end,
               blocked_until = %(now)s + case when old.at < %(now)s - %(forget)s or old.failures < %(free)s then interval '0'
                                              else least(%(longest)s, interval '1 s' * 2 ^ least(old.failures - %(free)s, 30)) end,
               at = %(now)s
           where old.blocked_until <= %(now)s returning 1""",
        {"key": key, "now": now, "free": free, "longest": longest, "forget": forget},
    )
    if await cursor.fetchone():
        return None
    cursor = await conn.execute("select blocked_until from sign_in_attempt where key = %s", (key,))
    row = await cursor.fetchone()
    return row[0] if row else now


async def refund_attempt(conn: Connection, key: bytes, now: datetime) -> None:
    """Takes back the one attempt that was charged at `now`: it was a right one. Others stay counted."""
    await conn.execute(
        """update sign_in_attempt set failures = greatest(0, failures - 1), blocked_until = case when at = %s then at else blocked_until end
           where key = %s""",
        (now, key),
    )


async def clear_attempts(conn: Connection, key: bytes) -> None:
    await conn.execute("delete from sign_in_attempt where key = %s", (key,))


async def forget_attempts(conn: Connection, before: datetime) -> None:
    await conn.execute("delete from sign_in_attempt where at < %s", (before,))


async def _id(cursor: Any) -> int:
    row = await cursor.fetchone()
    assert row
    return int(row[0])

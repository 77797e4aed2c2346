"""SQL about accounts, users, sessions and tokens. Every function takes a connection inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.accounts.models import Account, ApiToken, Credentials, FirstSteps, Session, User
from innboks.core.accounts.secrets import Secret
from innboks.lib.db import Connection, fetch_all, fetch_one

_USER = """select u.id, u.name, u.first_name, u.last_name, u.email, u.role_id, r.permissions, u.locale, u.can_receive, u.preferences, u.joined_at,
    u.deactivated_at, u.created_at from app_user u join role r on r.account_id = u.account_id and r.id = u.role_id where u.account_id = %s"""
UNDO_SEND_S = 8
"""Seconds in which an answer can be taken back, when the account says nothing else."""
TICKETS_PER_CONTACT = 10_000
_ACCOUNT = """select id, name, coalesce((settings ->> 'undo_send_s')::integer, %(undo)s) as undo_send_s,
        coalesce((settings ->> 'assign_when_available')::boolean, false) as assigns_when_available,
        has_inbox_ticketing(flags, created_at) as inbox_ticketing,
        coalesce((settings ->> 'tickets_per_contact_max')::integer, %(tickets)s) as tickets_per_contact_max,
        coalesce(settings -> 'tickets_uncounted_stage_ids', '[]') as tickets_uncounted_stage_ids,
        coalesce((settings ->> 'tickets_uncounted_after_days')::integer, 0) as tickets_uncounted_after_days,
        coalesce((settings ->> 'closing_closes_tickets')::boolean, false) as closing_closes_tickets,
        array(select key from jsonb_each_text(flags) where value = 'off' and key <> 'inbox_ticketing' order by key) as switched_off
    from account"""
_ACCOUNT_VALUES = {"undo": UNDO_SEND_S, "tickets": TICKETS_PER_CONTACT}
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
    cursor = await conn.execute(f"{_ACCOUNT} where id = %(id)s", {**_ACCOUNT_VALUES, "id": account_id})
    return await fetch_one(cursor, Account)


async def all_accounts(conn: Connection) -> list[Account]:
    """For the operator alone."""
    return await fetch_all(await conn.execute(f"{_ACCOUNT} order by id", _ACCOUNT_VALUES), Account)


async def set_flag(conn: Connection, account_id: int, name: str, value: str) -> None:
    await conn.execute(
        """with changed as (update account set flags = flags || jsonb_build_object(%(name)s::text, %(value)s::text) where id = %(account)s)
           insert into event (account_id, type) values (%(account)s, 'account.changed')""",
        {"account": account_id, "name": name, "value": value},
    )


async def is_off(conn: Connection, account_id: int, feature: str) -> bool:
    """Did the operator switch this feature off (R-002)?"""
    cursor = await conn.execute("select flags ->> %s = 'off' from account where id = %s", (feature, account_id))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def change_account(conn: Connection, account_id: int, name: str | None, settings: Mapping[str, Any]) -> None:
    """`name` None: as it was; of the settings, only those that are given change."""
    await conn.execute(
        """with changed as (
               update account set name = coalesce(%(name)s::text, name), settings = settings || %(settings)s where id = %(account)s)
           insert into event (account_id, type) values (%(account)s, 'account.changed')""",
        {"account": account_id, "name": name, "settings": Jsonb(dict(settings))},
    )


async def first_steps(conn: Connection, account_id: int) -> FirstSteps:
    cursor = await conn.execute(
        """select
               exists (select 1 from channel_account c where c.account_id = %(account)s and c.archived_at is null and c.is_active and c.is_authorized
                       and c.setup_step is null and not c.is_fallback and not c.is_demo) as has_channel,
               (select count(*) from (select 1 from app_user u where u.account_id = %(account)s and u.deactivated_at is null and not u.is_demo
                                      limit 2) two) = 2 as has_team,
               exists (select 1 from availability a join app_user u on u.account_id = a.account_id and u.id = a.user_id
                       where a.account_id = %(account)s and a.hours is not null and u.deactivated_at is null and not u.is_demo) as has_hours""",
        {"account": account_id},
    )
    found = await fetch_one(cursor, FirstSteps)
    assert found is not None
    return found


# ── users ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def insert_user(
    conn: Connection,
    account_id: int,
    *,
    name: str,
    first_name: str,
    last_name: str,
    email: str,
    password_hash: str | None,
    role_id: int,
    joined_at: datetime | None,
) -> int | None:
    """The new user's id; None when somebody has this mail address already."""
    cursor = await conn.execute(
        """insert into app_user (account_id, name, first_name, last_name, email, password_hash, role_id, joined_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict ((lower(email))) do nothing returning id""",
        (account_id, name, first_name, last_name, email, password_hash, role_id, joined_at),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def users(conn: Connection, account_id: int) -> list[User]:
    return await fetch_all(await conn.execute(_USER + " order by lower(u.name), u.id", (account_id,)), User)


async def get_user(conn: Connection, account_id: int, user_id: int, *, lock: bool = False) -> User | None:
    query = _USER + " and u.id = %s" + (" for no key update of u" if lock else "")
    return await fetch_one(await conn.execute(query, (account_id, user_id)), User)


async def user_of_email(conn: Connection, account_id: int, email: str) -> User | None:
    return await fetch_one(await conn.execute(_USER + " and lower(u.email) = lower(%s)", (account_id, email)), User)


async def update_user(conn: Connection, account_id: int, user_id: int, values: dict[str, Any]) -> None:
    """Sets the given columns. Names come from our own code, never from a request."""
    allowed = {
        "name",
        "first_name",
        "last_name",
        "locale",
        "preferences",
        "role_id",
        "can_receive",
        "joined_at",
        "deactivated_at",
        "password_hash",
    }
    assert set(values) <= allowed, f"not to be set: {set(values) - allowed}"
    names = ", ".join(f"{name} = %s" for name in values)
    shown = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await conn.execute(f"update app_user set {names} where account_id = %s and id = %s", (*shown, account_id, user_id))


async def has_other_admin(conn: Connection, account_id: int, user_id: int) -> bool:
    """Locks the admins' rows, so that two people cannot take the last right from each other at the same time."""
    cursor = await conn.execute(
        """select u.id from app_user u join role r on r.account_id = u.account_id and r.id = u.role_id and r.key = 'super_admin'
           where u.account_id = %s and u.deactivated_at is null and u.joined_at is not null order by u.id for no key update of u""",
        (account_id,),
    )
    return any(row[0] != user_id for row in await cursor.fetchall())


async def credentials(conn: Connection, email: str) -> Credentials | None:
    cursor = await conn.execute(
        """select account_id, id as user_id, password_hash, deactivated_at is null and joined_at is not null as is_active
           from app_user where lower(email) = lower(%s)""",
        (email,),
    )
    return await fetch_one(cursor, Credentials)


async def user_by_email(conn: Connection, email: str) -> tuple[int, int] | None:
    """(account id, user id) of the active user with this mail address."""
    cursor = await conn.execute(
        "select account_id, id from app_user where lower(email) = lower(%s) and deactivated_at is null and joined_at is not null", (email,)
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def first_admin(conn: Connection) -> tuple[int, int] | None:
    cursor = await conn.execute(
        """select u.account_id, u.id from app_user u join role r on r.account_id = u.account_id and r.id = u.role_id and r.key = 'super_admin'
           where u.deactivated_at is null and u.joined_at is not null order by u.account_id, u.id limit 1"""
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


# ── who is asking: on every request ──────────────────────────────────────────────────────────────────────────────────────

_WHO = """
select u.account_id, u.id, u.name, u.first_name, u.last_name, u.email, u.locale, r.permissions, may.readable, may.writable, found.seen_at
from {table} found
join app_user u on u.account_id = found.account_id and u.id = found.user_id and u.deactivated_at is null and u.joined_at is not null
join role r on r.account_id = u.account_id and r.id = u.role_id
cross join lateral (
    select array_agg(a.inbox_id) filter (where a.may_read) as readable, array_agg(a.inbox_id) filter (where a.may_act) as writable
    from inbox_access a where a.account_id = u.account_id and a.user_id = u.id
) may
where found.account_id = %s and found.token_hash = %s"""
_BY_SESSION = _WHO.format(table="session") + " and found.expires_at > %s"
_BY_TOKEN = _WHO.format(table="api_token")
_BY_USER = _WHO.format(table="(select account_id, id as user_id, null::timestamptz as seen_at, id as token_hash from app_user)")


async def actor_by_session(conn: Connection, secret: Secret, now: datetime) -> tuple[Actor, datetime] | None:
    """The person and when the session was last seen."""
    cursor = await conn.execute(_BY_SESSION, (secret.account_id, secret.hash, now))
    row = await cursor.fetchone()
    return (_actor(row), row[10]) if row else None


async def actor_by_token(conn: Connection, secret: Secret) -> tuple[Actor, datetime | None] | None:
    """The person and when the token was last used."""
    cursor = await conn.execute(_BY_TOKEN, (secret.account_id, secret.hash))
    row = await cursor.fetchone()
    return (msgspec.structs.replace(_actor(row), is_program=True), row[10]) if row else None


async def actor_of_user(conn: Connection, account_id: int, user_id: int) -> Actor | None:
    """For our own tools, which act for a person without a session."""
    row = await (await conn.execute(_BY_USER, (account_id, user_id))).fetchone()
    return _actor(row) if row else None


async def rights_of(conn: Connection, account_id: int, user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """By person: the inboxes they may read. Who may not come in is left out."""
    cursor = await conn.execute(
        """select u.id, array(select a.inbox_id from inbox_access a where a.account_id = u.account_id and a.user_id = u.id and a.may_read)
           from app_user u where u.account_id = %s and u.id = any(%s) and u.deactivated_at is null and u.joined_at is not null""",
        (account_id, list(user_ids)),
    )
    return {row[0]: frozenset(row[1]) for row in await cursor.fetchall()}


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


async def end_all_access(conn: Connection, account_id: int, user_id: int) -> None:
    """Sessions, tokens and devices of somebody who was deactivated: nothing of theirs works on, also not when they come back."""
    for table in ("session", "api_token", "push_device"):
        await conn.execute(f"delete from {table} where account_id = %s and user_id = %s", (account_id, user_id))


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

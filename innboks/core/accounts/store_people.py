"""SQL about the table of people, and about invitations. Every function takes a connection inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from innboks.core.accounts.models import Invitation, Opened, Person, Reach, User
from innboks.core.accounts.secrets import Secret
from innboks.lib.db import Connection, fetch_one

_PERSON = """
select u.id, u.name, u.first_name, u.last_name, u.email, u.role_id, r.permissions, u.locale, u.can_receive, u.preferences, u.joined_at, u.deactivated_at,
    u.created_at,
    (select t.team_id from team_member t join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
     where t.account_id = u.account_id and t.user_id = u.id and t.is_main) as main_team_id,
    array(select t.team_id from team_member t join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
          where t.account_id = u.account_id and t.user_id = u.id and not t.is_main order by t.team_id) as extra_team_ids,
    (select jsonb_agg(jsonb_build_object('inbox_id', a.inbox_id, 'may_read', a.may_read, 'may_act', a.may_act, 'is_named', a.is_named) order by a.inbox_id)
     from inbox_reach a where a.account_id = u.account_id and a.user_id = u.id and (a.may_read or a.is_named)) as reach,
    (select to_jsonb(v) - 'account_id' - 'token_hash' from invitation v where v.account_id = u.account_id and v.user_id = u.id) as invitation,
    (select max(s.seen_at) from session s where s.account_id = u.account_id and s.user_id = u.id) as seen_at
from app_user u join role r on r.account_id = u.account_id and r.id = u.role_id
where u.account_id = %(account)s"""
_STATUS = {
    "active": "u.deactivated_at is null and u.joined_at is not null",
    "invited": "u.deactivated_at is null and u.joined_at is null",
    "deactivated": "u.deactivated_at is not null",
    "here": """u.deactivated_at is null and exists (
        select 1 from session s where s.account_id = u.account_id and s.user_id = u.id and s.seen_at > %(here)s)""",
    "not_here": """u.deactivated_at is null and u.joined_at is not null and not exists (
        select 1 from session s where s.account_id = u.account_id and s.user_id = u.id and s.seen_at > %(here)s)""",
}


async def people(
    conn: Connection,
    account_id: int,
    *,
    words: str,
    status: str | None,
    user_ids: Sequence[int] | None,
    inbox_id: int | None,
    after: tuple[str, int] | None,
    here_since: datetime,
    limit: int,
) -> list[Person]:
    """By name. `user_ids`: of these alone; `inbox_id`: who acts in it; `words`: part of the name or the mail address."""
    query, values = _PERSON, {"account": account_id, "here": here_since}
    if words:
        query += " and (strpos(lower(u.name), lower(%(words)s::text)) > 0 or strpos(lower(u.email), lower(%(words)s::text)) > 0)"
    if status is not None:
        query += f" and {_STATUS[status]}"
    if user_ids is not None:
        query += " and u.id = any(%(users)s)"
    if inbox_id is not None:
        query += """ and exists (select 1 from inbox_reach a where a.account_id = u.account_id and a.user_id = u.id
            and a.inbox_id = %(inbox)s and a.may_act)"""
    if after is not None:
        query += " and (lower(u.name), u.id) > (lower(%(after_name)s::text), %(after_id)s)"
    more: dict[str, Any] = {
        "words": words,
        "users": user_ids and list(user_ids),
        "inbox": inbox_id,
        "after_name": after and after[0],
        "after_id": after and after[1],
    }
    cursor = await conn.execute(f"{query} order by lower(u.name), u.id limit {limit:d}", {**values, **more})
    return [_person(row, here_since) for row in await cursor.fetchall()]


async def person(conn: Connection, account_id: int, user_id: int, here_since: datetime) -> Person | None:
    cursor = await conn.execute(_PERSON + " and u.id = %(user)s", {"account": account_id, "user": user_id})
    row = await cursor.fetchone()
    return _person(row, here_since) if row else None


def _person(row: tuple[Any, ...], here_since: datetime) -> Person:
    return Person(
        user=User(*row[:13]),
        main_team_id=row[13],
        extra_team_ids=row[14],
        reach=msgspec.convert(row[15] or [], list[Reach]),
        invitation=None if row[16] is None else msgspec.convert(row[16], Invitation),
        seen_at=row[17],
        is_here=row[17] is not None and row[17] > here_since,
    )


# ── invitations ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def invite(conn: Connection, secret: Secret, user_id: int, invited_by: int, now: datetime, expires_at: datetime) -> None:
    """Makes the person's invitation, or makes it anew: the link they had does not work any more."""
    await conn.execute(
        """insert into invitation (account_id, user_id, token_hash, invited_by, created_at, expires_at) values (%s, %s, %s, %s, %s, %s)
           on conflict (account_id, user_id) do update set token_hash = excluded.token_hash, invited_by = excluded.invited_by,
               created_at = excluded.created_at, expires_at = excluded.expires_at, mailed_at = null, trouble = ''""",
        (secret.account_id, user_id, secret.hash, invited_by, now, expires_at),
    )


async def note_mail(conn: Connection, secret: Secret, mailed_at: datetime | None, trouble: str) -> None:
    """What became of its mail. Nothing when there is a newer link by now."""
    await conn.execute(
        "update invitation set mailed_at = %s, trouble = %s where account_id = %s and token_hash = %s",
        (mailed_at, trouble, secret.account_id, secret.hash),
    )


async def opened(conn: Connection, secret: Secret, *, lock: bool = False) -> Opened | None:
    """What a link leads to, expired or not; None when it was used, revoked or made anew, or the person was deactivated."""
    cursor = await conn.execute(
        f"""select v.account_id, v.user_id, a.name as account_name, coalesce(b.name, '') as invited_by, u.email, u.name, u.locale, v.expires_at
            from invitation v join account a on a.id = v.account_id
            join app_user u on u.account_id = v.account_id and u.id = v.user_id and u.joined_at is null and u.deactivated_at is null
            left join app_user b on b.account_id = v.account_id and b.id = v.invited_by
            where v.account_id = %s and v.token_hash = %s {"for update of v" if lock else ""}""",
        (secret.account_id, secret.hash),
    )
    return await fetch_one(cursor, Opened)


async def close(conn: Connection, account_id: int, user_id: int) -> None:
    """The invitation was used or revoked."""
    await conn.execute("delete from invitation where account_id = %s and user_id = %s", (account_id, user_id))


async def remove_uninvited(conn: Connection, account_id: int, user_id: int) -> bool:
    """Deletes somebody who never came. False when something of the account names them: then they stay, for it to name."""
    try:
        async with conn.transaction():
            await conn.execute("delete from app_user where account_id = %s and id = %s and joined_at is null", (account_id, user_id))
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


async def add_to_inboxes(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int]) -> bool:
    """As a member by name. False when one of them is no inbox of this account. They are held until the commit, as by whoever changes their members or
    connects a personal mailbox to one (`inboxes/personal.py`)."""
    cursor = await conn.execute(
        """insert into inbox_member (account_id, inbox_id, user_id)
           select account_id, id, %s from inbox where account_id = %s and id = any(%s) order by id for no key update""",
        (user_id, account_id, list(inbox_ids)),
    )
    return cursor.rowcount == len(set(inbox_ids))

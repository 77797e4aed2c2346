"""SQL of the radar: what is stuck, who is at work, what admins were told. Each question walks a partial index of what is open, and stops at CAP."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.access import MENDERS
from innboks.core.notifications.models import Choices
from innboks.core.notifications.store import read_choices
from innboks.core.radar.models import Trouble
from innboks.lib.db import Connection, fetch_all

CAP = 100


class Counted(msgspec.Struct):
    """`count` stops at CAP. `since` and `conversation_id` are of the oldest, `reason` is one of its own. `conversation_ids`: all that are concerned, the
    oldest first, with one entry for each thing that waits; empty where nobody asks for them."""

    count: int
    since: datetime | None
    conversation_id: int | None = None
    reason: str = ""
    conversation_ids: list[int] = []


async def inboxes(conn: Connection, account_id: int) -> list[int]:
    cursor = await conn.execute("select id from inbox where account_id = %s order by id", (account_id,))
    return [row[0] for row in await cursor.fetchall()]


async def accounts(conn: Connection) -> list[int]:
    cursor = await conn.execute("select id from account order by id")
    return [row[0] for row in await cursor.fetchall()]


async def accounts_in_question(conn: Connection, late: datetime) -> list[int]:
    """Those in which something may be stuck, or was at the last look; the others need no closer look. Each question stops at its first row.
    `late`: what should have left before."""
    cursor = await conn.execute(
        """select a.id from account a where
               exists (select 1 from alarm r where r.account_id = a.id)
               or exists (select 1 from channel_account c where c.account_id = a.id and c.archived_at is null and c.is_active and (
                   not c.is_authorized or c.health ->> 'state' in ('broken', 'unreachable') or c.gap > 0 or c.quiet is not null or c.grant_sealed is not null
                   or c.records @? '$.found[*] ? (@.held == true && (@.state == "missing" || @.state == "wrong"))'))
               or exists (select 1 from dispatch d where d.account_id = a.id and d.state in ('queued', 'sending') and d.lane is not null
                   and (d.held_for is null or d.held_for = 'undo') and coalesce(d.held_until, d.created_at) < %s)
               or exists (select 1 from dispatch d where d.account_id = a.id and d.state = 'uncertain')
               or exists (select 1 from conversation c where c.account_id = a.id and c.failed_count > 0 and c.shelf in ('open', 'closed', 'snoozed'))
               or exists (select 1 from delivery d where d.account_id = a.id and d.fate in ('kept', 'quarantined'))
           order by a.id""",
        (late,),
    )
    return [row[0] for row in await cursor.fetchall()]


_OPEN = """select d.created_at, d.reason, m.conversation_id from dispatch d
    join message m on m.account_id = d.account_id and m.id = d.message_id
    join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
    where d.account_id = %(account)s and c.inbox_id = any(%(inboxes)s)"""
_SUM = """select count(*), min(created_at), (array_agg(conversation_id order by created_at))[1],
    coalesce((array_agg(reason order by created_at))[1], ''), coalesce(array_agg(conversation_id order by created_at), '{}')"""


async def unsent(conn: Connection, account_id: int, inbox_ids: Sequence[int], before: datetime) -> Counted:
    """Answers that a worker should have taken before this: they wait neither for their time nor for a connection."""
    cursor = await conn.execute(
        f"""{_SUM} from ({_OPEN} and d.state in ('queued', 'sending') and d.lane is not null and (d.held_for is null or d.held_for = 'undo')
                and coalesce(d.held_until, d.created_at) < %(before)s limit {CAP}) open""",
        {"account": account_id, "inboxes": list(inbox_ids), "before": before},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Counted(*row)


async def uncertain(conn: Connection, account_id: int, inbox_ids: Sequence[int]) -> Counted:
    cursor = await conn.execute(
        f"{_SUM} from ({_OPEN} and d.state = 'uncertain' limit {CAP}) open", {"account": account_id, "inboxes": list(inbox_ids)}
    )
    row = await cursor.fetchone()
    assert row is not None
    return Counted(*row)


async def failed(conn: Connection, account_id: int, inbox_ids: Sequence[int]) -> Counted:
    """Conversations in which an answer was not delivered. One that is uncertain counts as that."""
    cursor = await conn.execute(
        f"""select count(*), min(last_message_at), (array_agg(id order by last_message_at))[1] from (
                select c.id, c.last_message_at from unnest(%(inboxes)s::bigint[]) as i (id) cross join lateral (
                    select id, last_message_at from conversation c where c.account_id = %(account)s and c.inbox_id = i.id and c.failed_count > 0
                        and c.shelf in ('open', 'closed', 'snoozed')
                        and c.failed_count > (select count(*) from dispatch d join message m on m.account_id = d.account_id and m.id = d.message_id
                            where d.account_id = c.account_id and d.state = 'uncertain' and m.conversation_id = c.id)
                    order by last_message_at desc limit {CAP}) c limit {CAP}) open""",
        {"account": account_id, "inboxes": list(inbox_ids)},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Counted(*row)


class Place(msgspec.Struct):
    """A channel account that is connected, or was."""

    id: int
    name: str
    inbox_id: int


async def quarantined(conn: Connection, account_id: int, inbox_ids: Sequence[int], before: datetime) -> list[tuple[Place, Counted]]:
    """By channel account, also of those that were disconnected: however much waits at one, the others are told of. What is still tried again counts
    once it has been here for a while."""
    cursor = await conn.execute(
        f"""select a.id, a.name, a.inbox_id, n.count, n.since, null, n.reason from channel_account a cross join lateral (
                select count(*), min(received_at) as since, (array_agg(reason order by received_at desc))[1] as reason from (
                    select * from (
                        (select received_at, reason from delivery d where d.account_id = a.account_id and d.channel_account_id = a.id
                             and d.fate = 'quarantined' order by d.received_at desc limit {CAP})
                        union all
                        (select received_at, reason from delivery d where d.account_id = a.account_id and d.channel_account_id = a.id
                             and d.fate = 'kept' and d.received_at < %s limit {CAP})) either
                    order by received_at desc limit {CAP}) newest) n
            where a.account_id = %s and a.inbox_id = any(%s) and n.count > 0 order by a.id""",
        (before, account_id, list(inbox_ids)),
    )
    return [(Place(*row[:3]), Counted(*row[3:])) for row in await cursor.fetchall()]


class Gap(msgspec.Struct):
    """What a provider holds and we were never offered, at the last two looks."""

    channel_account_id: int
    gap: int
    since: datetime


async def gaps(conn: Connection, account_id: int, inbox_ids: Sequence[int], before: datetime) -> list[Gap]:
    """Those that have been there for a while: what is being fetched right now is no gap."""
    cursor = await conn.execute(
        """select id as channel_account_id, gap, gap_since as since from channel_account
           where account_id = %s and inbox_id = any(%s) and gap > 0 and gap_since < %s and archived_at is null and is_active""",
        (account_id, list(inbox_ids), before),
    )
    return await fetch_all(cursor, Gap)


async def save_gap(conn: Connection, account_id: int, channel_account_id: int, gap: int | None, now: datetime) -> None:
    await conn.execute(
        """update channel_account set gap = %(gap)s, gap_since = case when %(gap)s > 0 then coalesce(gap_since, %(now)s) end
           where account_id = %(account)s and id = %(id)s""",
        {"gap": gap, "now": now, "account": account_id, "id": channel_account_id},
    )


# ── who is at work ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def beat(conn: Connection, name: str, role: str, now: datetime) -> None:
    """This process lives. Forgets those that have not been heard of for a day."""
    await conn.execute(
        """insert into process_beat (name, role, started_at, at) values (%(name)s, %(role)s, %(now)s, %(now)s)
           on conflict (name) do update set at = excluded.at""",
        {"name": name, "role": role, "now": now},
    )
    await conn.execute("delete from process_beat where at < %s", (now - timedelta(days=1),))


async def forget_beat(conn: Connection, name: str) -> None:
    await conn.execute("delete from process_beat where name = %s", (name,))


async def last_beats(conn: Connection) -> dict[str, tuple[datetime, datetime]]:
    """By role: (when the youngest process began, when the newest word came)."""
    cursor = await conn.execute("select role, max(started_at), max(at) from process_beat group by role")
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


# ── what admins were told ────────────────────────────────────────────────────────────────────────────────────────────────


class Alarm(msgspec.Struct):
    """A trouble that lasts, as it was last seen, and whether admins know of it: by mail, and in the app."""

    key: str
    since: datetime
    told_at: datetime | None
    trouble: Trouble
    telling_until: datetime | None = None
    shown_at: datetime | None = None


async def take_turn(conn: Connection) -> bool:
    """Until the commit, no other process looks for alarms."""
    cursor = await conn.execute("select pg_try_advisory_xact_lock(hashtextextended('radar', 7))")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def alarms(conn: Connection, account_id: int) -> dict[str, Alarm]:
    cursor = await conn.execute(
        "select key, since, told_at, trouble, telling_until, shown_at from alarm where account_id = %s order by key", (account_id,)
    )
    return {row[0]: Alarm(row[0], row[1], row[2], msgspec.convert(row[3], Trouble), *row[4:]) for row in await cursor.fetchall()}


async def note(conn: Connection, account_id: int, trouble: Trouble, since: datetime) -> None:
    """It is there; the mail that says that it is over tells of it as it was last."""
    await conn.execute(
        """insert into alarm (account_id, key, since, trouble, channel_account_id) values (%s, %s, %s, %s, %s)
           on conflict (account_id, key) do update set trouble = excluded.trouble""",
        (account_id, trouble.key, since, Jsonb(msgspec.to_builtins(trouble)), trouble.channel_account_id),
    )


async def set_telling(conn: Connection, account_id: int, keys: Sequence[str], until: datetime) -> None:
    """Somebody is about to tell of these, and until then nobody else does."""
    await conn.execute("update alarm set telling_until = %s where account_id = %s and key = any(%s)", (until, account_id, list(keys)))


async def set_told(conn: Connection, account_id: int, keys: Sequence[str], at: datetime | None) -> None:
    """None: nobody took it."""
    await conn.execute(
        "update alarm set told_at = %s, telling_until = null where account_id = %s and key = any(%s)", (at, account_id, list(keys))
    )


async def set_shown(conn: Connection, account_id: int, keys: Sequence[str], at: datetime) -> None:
    """They stand among the notifications."""
    await conn.execute("update alarm set shown_at = %s where account_id = %s and key = any(%s)", (at, account_id, list(keys)))


async def forget(conn: Connection, account_id: int, keys: Sequence[str]) -> None:
    await conn.execute("delete from alarm where account_id = %s and key = any(%s)", (account_id, list(keys)))


class Admin(msgspec.Struct):
    id: int
    name: str
    email: str
    locale: str
    choices: Choices


async def admins(conn: Connection, account_id: int) -> list[Admin]:
    """Who can do something about a connection."""
    cursor = await conn.execute(
        """select u.id, u.name, u.email, u.locale, s.settings from app_user u join role r on r.account_id = u.account_id and r.id = u.role_id
           left join notification_setting s on s.account_id = u.account_id and s.user_id = u.id
           where u.account_id = %s and u.deactivated_at is null and u.joined_at is not null and r.permissions && %s::text[] order by u.id""",
        (account_id, list(MENDERS)),
    )
    return [Admin(row[0], row[1], row[2], row[3], read_choices(row[4])) for row in await cursor.fetchall()]

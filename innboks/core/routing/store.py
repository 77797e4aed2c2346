"""SQL about availability, rules and turns. Every function takes a connection inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.routing.models import Absence, Answered, Category, Hours, Limits, Plan, Rule
from innboks.lib.db import Connection, fetch_all, fetch_one, fetch_with

OPEN_MAX = 10_000
"""Nobody's open conversations are counted further."""


# ── availability ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Held(msgspec.Struct, kw_only=True):
    """One person's row. `seen_at`: when one of their browsers last had the app open."""

    account_id: int
    user_id: int
    plan: Plan
    conversations_max: int | None
    limits: Limits
    tickets_max: int | None
    ticket_limits: Limits
    told: str
    seen_at: datetime | None


_PLAN = """u.account_id, u.id, coalesce(a.time_zone, 'UTC'), a.hours, a.country, a.region, a.chosen, a.chosen_at, a.chosen_by, a.conversations_max,
    coalesce(a.told, 'available'),
    coalesce((select jsonb_agg(jsonb_build_array(b.starts_at, b.ends_at, b.note) order by b.starts_at) from absence b
              where b.account_id = u.account_id and b.user_id = u.id), '[]'),
    a.calling_max, a.messaging_max, a.other_max, a.tickets_max, a.tickets_calling_max, a.tickets_messaging_max, a.tickets_other_max,
    (select max(s.seen_at) from session s where s.account_id = u.account_id and s.user_id = u.id)"""
_PEOPLE = "from app_user u left join availability a on a.account_id = u.account_id and a.user_id = u.id"
_PLANS = f"select {_PLAN} {_PEOPLE}"


def _held(row: Sequence[Any]) -> Held:
    hours = None if row[3] is None else msgspec.convert(row[3], list[Hours])
    absences = [Absence(datetime.fromisoformat(starts), datetime.fromisoformat(ends), note) for starts, ends, note in row[11]]
    plan = Plan(
        time_zone=row[2], hours=hours, country=row[4], region=row[5], absences=absences, chosen=row[6], chosen_at=row[7], chosen_by=row[8]
    )
    limits = Limits(calling=row[12], messaging=row[13], other=row[14])
    return Held(
        account_id=row[0],
        user_id=row[1],
        plan=plan,
        conversations_max=row[9],
        limits=limits,
        tickets_max=row[15],
        ticket_limits=Limits(calling=row[16], messaging=row[17], other=row[18]),
        told=row[10],
        seen_at=row[19],
    )


async def plans(conn: Connection, account_id: int, user_ids: Sequence[int]) -> dict[int, Held]:
    cursor = await conn.execute(f"{_PLANS} where u.account_id = %s and u.id = any(%s)", (account_id, list(user_ids)))
    return {row[1]: _held(row) for row in await cursor.fetchall()}


async def plans_of_all(conn: Connection, account_id: int) -> dict[int, Held]:
    """Of everybody who is active."""
    cursor = await conn.execute(
        f"{_PLANS} where u.account_id = %s and u.deactivated_at is null and u.joined_at is not null order by u.id", (account_id,)
    )
    return {row[1]: _held(row) for row in await cursor.fetchall()}


async def plans_that_change(conn: Connection) -> list[Held]:
    """Of everybody, on every account, whose standing can change by itself."""
    cursor = await conn.execute(
        f"""{_PLANS} where u.deactivated_at is null and u.joined_at is not null
            and (a.hours is not null or a.told = 'away' or exists (
                select 1 from absence b where b.account_id = u.account_id and b.user_id = u.id))"""
    )
    return [_held(row) for row in await cursor.fetchall()]


async def save(conn: Connection, account_id: int, user_id: int, values: Mapping[str, Any]) -> None:
    """Sets the given columns of `availability`. Names come from our own code."""
    assert values
    assert set(values) <= {
        "time_zone", "hours", "country", "region", "chosen", "chosen_at", "chosen_by", "told",
        "conversations_max", "calling_max", "messaging_max", "other_max",
        "tickets_max", "tickets_calling_max", "tickets_messaging_max", "tickets_other_max",
    }  # fmt: skip
    given = {name: Jsonb(value) if name == "hours" and value is not None else value for name, value in values.items()}
    names = ", ".join(given)
    await conn.execute(
        f"""insert into availability (account_id, user_id, {names}) values (%s, %s, {", ".join(["%s"] * len(given))})
            on conflict (account_id, user_id) do update set {", ".join(f"{name} = excluded.{name}" for name in given)}""",
        (account_id, user_id, *given.values()),
    )


async def set_absences(conn: Connection, account_id: int, user_id: int, absences: Sequence[Absence]) -> None:
    await conn.execute("delete from absence where account_id = %s and user_id = %s", (account_id, user_id))
    for one in absences:
        await conn.execute(
            "insert into absence (account_id, user_id, starts_at, ends_at, note) values (%s, %s, %s, %s, %s)",
            (account_id, user_id, one.starts_at, one.ends_at, one.note),
        )


class Standing(msgspec.Struct):
    """Somebody whom a rule may choose. `open_count` as in `open_counts`; `round`, `at`: of the last conversation that the rule gave them."""

    held: Held
    open_count: int
    round: int
    at: datetime | None


async def standings(conn: Connection, account_id: int, channel_account_id: int, user_ids: Sequence[int]) -> dict[int, Standing]:
    """All that a choice depends on, in one question: it is asked for each conversation that arrives, while the others wait for their turn."""
    cursor = await conn.execute(
        f"""select {_PLAN}, coalesce(t.round, 0), t.at, (select count(*)::int from (
                select 1 from conversation c where c.account_id = u.account_id and c.assignee_id = u.id and c.shelf in ('open', 'snoozed')
                limit {OPEN_MAX}) open)
            {_PEOPLE}
            left join assignment_turn t on t.account_id = u.account_id and t.channel_account_id = %s and t.user_id = u.id
            where u.account_id = %s and u.id = any(%s)""",
        (channel_account_id, account_id, list(user_ids)),
    )
    return {row[1]: Standing(_held(row[:-3]), row[-1], row[-3], row[-2]) for row in await cursor.fetchall()}


OF_CATEGORY: dict[Category, str] = {
    "calling": "x.category = 'call'",
    "messaging": "x.category in ('chat', 'messaging')",
    "other": "x.category not in ('call', 'chat', 'messaging')",
}
"""The condition on a channel account `x`."""


async def open_counts(conn: Connection, account_id: int, user_ids: Sequence[int], category: Category | None = None) -> dict[int, int]:
    """How many open conversations each of these people has, snoozed ones too; of one kind alone where it is given. OPEN_MAX at most; who has none is left
    out."""
    of_kind = (
        ""
        if category is None
        else f"""and exists (select 1 from channel_account x where x.account_id = c.account_id and x.id = c.channel_account_id
                     and {OF_CATEGORY[category]})"""
    )
    cursor = await conn.execute(
        f"""select u.id, count(*)::int from unnest(%(users)s::bigint[]) as u (id)
            cross join lateral (
                select 1 from conversation c where c.account_id = %(account)s and c.assignee_id = u.id and c.shelf in ('open', 'snoozed') {of_kind}
                limit {OPEN_MAX}) held
            group by u.id""",
        {"account": account_id, "users": list(user_ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def rule_of(conn: Connection, account_id: int, channel_account_id: int) -> Rule:
    """The rule as it holds; one that is off when there is none, and none is on where the operator switched automatic assignment off."""
    return (await rules_of(conn, account_id, [channel_account_id])).get(channel_account_id, Rule())


async def rules_of(conn: Connection, account_id: int, channel_account_ids: Sequence[int]) -> dict[int, Rule]:
    """The same of several that have one, by channel account."""
    cursor = await conn.execute(
        """select r.is_on and coalesce(a.flags ->> 'automatic_assignment', 'on') <> 'off' as is_on,
               r.asks_owner, r.targets, r.returning_days, r.only_available, r.distribution, r.skills, r.round, r.channel_account_id
           from assignment_rule r join account a on a.id = r.account_id where r.account_id = %s and r.channel_account_id = any(%s)""",
        (account_id, list(channel_account_ids)),
    )
    return {row[0]: rule for rule, row in await fetch_with(cursor, Rule, beside=1)}


async def mark_assigning(conn: Connection, account_id: int, channel_account_id: int, is_on: bool) -> None:
    """For the road in, which asks for a rule only where one is on. To be called before `lock`: the road in holds this row when it comes to the rules."""
    await conn.execute(
        "update channel_account set is_assigning = %s where account_id = %s and id = %s", (is_on, account_id, channel_account_id)
    )


async def save_rule(conn: Connection, account_id: int, channel_account_id: int, rule: Rule) -> None:
    await conn.execute(
        """insert into assignment_rule (account_id, channel_account_id, is_on, asks_owner, targets, returning_days, only_available, distribution, skills)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           on conflict (account_id, channel_account_id) do update set is_on = excluded.is_on, asks_owner = excluded.asks_owner,
               targets = excluded.targets, returning_days = excluded.returning_days, only_available = excluded.only_available,
               distribution = excluded.distribution, skills = excluded.skills""",
        (
            account_id,
            channel_account_id,
            rule.is_on,
            rule.asks_owner,
            Jsonb(msgspec.to_builtins(rule.targets)),
            rule.returning_days,
            rule.only_available,
            rule.distribution,
            rule.skills,
        ),
    )


async def members_of(conn: Connection, account_id: int, team_ids: Sequence[int]) -> dict[int, list[int]]:
    """Team → its main members (R-554)."""
    if not team_ids:
        return {}
    cursor = await conn.execute(
        """select m.team_id, array_agg(m.user_id order by m.user_id) from team_member m
           join team t on t.account_id = m.account_id and t.id = m.team_id and t.deleted_at is null
           where m.account_id = %s and m.team_id = any(%s) and m.is_main group by m.team_id""",
        (account_id, list(team_ids)),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def take_turn(conn: Connection, account_id: int, channel_account_id: int, user_id: int, round: int, at: datetime) -> None:
    values = {"account": account_id, "channel": channel_account_id, "user": user_id, "round": round, "at": at}
    await conn.execute(f"{_TURNED} select 1", values)


async def give(
    conn: Connection, account_id: int, channel_account_id: int, user_id: int, conversation_id: int, turn: tuple[int, datetime] | None
) -> None:
    """The conversation is theirs, and everybody is told. `turn`: (round, time), where it is the rule's turn that they had."""
    round, at = turn or (None, None)
    values = {"account": account_id, "channel": channel_account_id, "user": user_id, "round": round, "at": at}
    await conn.execute(
        f"""{_TURNED if turn else "with"} {"," if turn else ""} given as (
                update conversation set assignee_id = %(user)s where account_id = %(account)s and id = %(conversation)s returning id, inbox_id)
            insert into event (account_id, type, inbox_id, conversation_id) select %(account)s, 'conversation.changed', inbox_id, id from given""",
        {**values, "conversation": conversation_id},
    )


_TURNED = """with turned as (
        update assignment_rule set round = %(round)s where account_id = %(account)s and channel_account_id = %(channel)s and round <> %(round)s),
    taken as (
        insert into assignment_turn (account_id, channel_account_id, user_id, round, at) values (%(account)s, %(channel)s, %(user)s, %(round)s, %(at)s)
        on conflict (account_id, channel_account_id, user_id) do update set round = excluded.round, at = excluded.at)"""


# ── the step of the road in ──────────────────────────────────────────────────────────────────────────────────────────────


_CONVERSATIONS, _MESSAGES = 50, 200
"""A last answer is looked for in so many newest conversations of a contact, and in each among so many newest messages: a machine that writes all day
is answered by nobody, and looking for it would hold up everybody else."""


def _answers(contact: str, until: str = "true") -> str:
    """The last answer to this contact in each of their newest conversations. A forward went to somebody else, and what goes out by itself is nobody's."""
    return f"""select found.author_id, found.created_at from (
            select o.account_id, o.id from conversation o where {contact} order by o.last_message_at desc, o.id desc limit {_CONVERSATIONS}) newest
        cross join lateral (
            select m.author_id, m.created_at from (
                select x.id, x.type, x.author_id, x.is_automatic, x.data, x.created_at from message x
                where x.account_id = newest.account_id and x.conversation_id = newest.id order by x.id desc limit {_MESSAGES}) m
            where m.type = 'reply' and m.author_id is not null and not m.is_automatic and not m.data ? 'forward_of' and {until}
            order by m.id desc limit 1) found"""


async def last_answer(conn: Connection, account_id: int, contact_id: int, since: datetime) -> Answered | None:
    """Who of us answered this contact last, on whatever channel, and not before `since`."""
    contact = "o.account_id = %(account)s and o.contact_id = %(contact)s and o.last_message_at >= %(since)s"
    cursor = await conn.execute(
        f"""select author_id as user_id, created_at as at from ({_answers(contact)}) answers
            where created_at >= %(since)s order by created_at desc limit 1""",
        {"account": account_id, "contact": contact_id, "since": since},
    )
    return await fetch_one(cursor, Answered)


class Arrival(msgspec.Struct, kw_only=True):
    """The conversation of a message that came in. `line_before`: the system line that stands right before it, if any. `assigned_by`: the reason of
    the last assignment, looked up only where it matters: when it is new or came back. A rule has the name of its channel
    account; `category` is that of its channel."""

    conversation_id: int
    inbox_id: int
    channel_account_id: int
    assignee_id: int | None
    contact_id: int | None
    owner_id: int | None
    is_new: bool
    is_hidden: bool
    rule_name: str
    category: str
    line_before: dict[str, Any] | None
    assigned_by: str | None


async def arrival(conn: Connection, account_id: int, message_id: int) -> Arrival | None:
    cursor = await conn.execute(
        """select c.id as conversation_id, c.inbox_id, c.channel_account_id, c.assignee_id, c.contact_id, p.owner_id, m.why ->> 'how' = 'new' as is_new,
                  c.shelf not in ('open', 'snoozed') as is_hidden, a.name as rule_name, a.category,
                  case when before.type = 'system' then before.data end as line_before,
                  case when m.why ->> 'how' = 'new' or before.data ->> 'reason' = 'message' then (
                      select x.data ->> 'reason' from message x where x.account_id = c.account_id and x.conversation_id = c.id and x.type = 'system'
                          and x.data ->> 'event' = 'assigned' order by x.id desc limit 1) end as assigned_by
           from message m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
           join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id
           left join contact p on p.account_id = c.account_id and p.id = c.contact_id
           left join lateral (select type, data from message b where b.account_id = m.account_id and b.conversation_id = m.conversation_id and b.id < m.id
               order by b.id desc limit 1) before on true
           where m.account_id = %s and m.id = %s and m.direction = 'in'""",
        (account_id, message_id),
    )
    return await fetch_one(cursor, Arrival)


async def lock(conn: Connection, account_id: int) -> None:
    """Until the commit, no other rule of this account chooses: so two conversations never take the same free place (R-561). Whoever takes away a
    reason to choose somebody (away, a lower limit, no seat, another rule) holds it too: once that is answered, nothing is given by what was before."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended('routing', %s))", (account_id,))


class Unassigned(msgspec.Struct):
    """An open conversation that a rule may give out. `message_id`: the newest from outside; `owner_id`: of its contact."""

    conversation_id: int
    channel_account_id: int
    message_id: int
    owner_id: int | None


async def unassigned(conn: Connection, account_id: int, after: int, limit: int) -> list[Unassigned]:
    """Those behind this id, oldest first; not what somebody took from everybody by hand."""
    cursor = await conn.execute(
        """select c.id as conversation_id, c.channel_account_id, c.last_received_id as message_id, p.owner_id from conversation c
           left join contact p on p.account_id = c.account_id and p.id = c.contact_id
           join channel_account a on a.account_id = c.account_id and a.id = c.channel_account_id and a.is_assigning and a.archived_at is null
           where c.account_id = %(account)s and c.id > %(after)s and coalesce(c.assignee_id, 0) = 0 and c.shelf = 'open' and c.last_received_id > 0
               and c.inbox_id = any(array(select id from inbox where account_id = %(account)s))
               and not exists (select 1 from message x where x.account_id = c.account_id and x.conversation_id = c.id and x.type = 'system'
                   and x.data ->> 'event' = 'assigned' and x.data ->> 'reason' = 'manual')
           order by c.id limit %(limit)s""",
        {"account": account_id, "after": after, "limit": limit},
    )
    return await fetch_all(cursor, Unassigned)


async def accounts_that_give_out(conn: Connection) -> list[int]:
    """R-562."""
    cursor = await conn.execute("select id from account where (settings ->> 'assign_when_available')::boolean order by id")
    return [row[0] for row in await cursor.fetchall()]


async def assigns_when_available(conn: Connection, account_id: int) -> bool:
    """R-562."""
    cursor = await conn.execute(
        "select coalesce((settings ->> 'assign_when_available')::boolean, false) from account where id = %s", (account_id,)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


# ── what the simulator plays again ───────────────────────────────────────────────────────────────────────────────────────


class Past(msgspec.Struct, kw_only=True):
    """A conversation that came in over a channel account. `answered_by`: who had answered its contact last when it came, and when."""

    id: int
    inbox_id: int
    subject: str
    contact_name: str
    owner_id: int | None
    created_at: datetime
    closed_at: datetime | None
    answered_by: int | None
    answered_at: datetime | None


async def last_arrivals(conn: Connection, account_id: int, channel_account_id: int, limit: int) -> list[Past]:
    """The newest ones that somebody outside began, the oldest of them first."""
    contact = "o.account_id = c.account_id and o.contact_id = c.contact_id and o.created_at < c.created_at"
    cursor = await conn.execute(
        f"""select c.id, c.inbox_id, c.subject, coalesce(nullif(p.name, ''), c.party_address) as contact_name, p.owner_id, c.created_at, c.closed_at,
                  answer.author_id as answered_by, answer.created_at as answered_at
           from conversation c left join contact p on p.account_id = c.account_id and p.id = c.contact_id
           left join lateral (
               select * from ({_answers(contact, "m.created_at < c.created_at")}) answers order by created_at desc limit 1) answer on true
           where c.account_id = %s and c.channel_account_id = %s and c.merged_into_id is null and not c.spam and exists (
               select 1 from message m where m.account_id = c.account_id and m.conversation_id = c.id and m.direction = 'in' and m.why ->> 'how' = 'new')
           order by c.id desc limit %s""",
        (account_id, channel_account_id, limit),
    )
    found = await fetch_all(cursor, Past)
    found.reverse()
    return found

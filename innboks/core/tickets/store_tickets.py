"""SQL about tickets and what they are linked to. Every function takes a connection inside the caller's transaction. A ticket's row is locked after the
conversations that it is about, and what a contact may still have is asked for last (`has_room`)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from innboks.core.tickets.models import Ticket
from innboks.lib.db import Connection, fetch_all, fetch_one

_TICKET = """t.account_id, t.id, t.inbox_id, t.name, t.pipeline_id, t.stage_id, t.owner_id, t.priority, t.category, t.channel_account_id, t.created_by,
    t.created_at, t.updated_at, t.closed_at,
    array(select x.conversation_id from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
          where x.account_id = t.account_id and x.ticket_id = t.id and c.inbox_id = any(%(readable)s) order by x.conversation_id) as conversation_ids,
    array(select x.contact_id from ticket_contact x join contact p on p.account_id = x.account_id and p.id = x.contact_id
          where x.account_id = t.account_id and x.ticket_id = t.id and (p.is_shared or exists (
              select 1 from conversation v where v.account_id = p.account_id and v.contact_id = p.id and v.inbox_id = any(%(readable)s)))
          order by x.contact_id) as contact_ids"""


async def get(conn: Connection, account_id: int, ticket_id: int, readable: Sequence[int], *, lock: bool = False) -> Ticket | None:
    """`lock`: its row is held until the commit."""
    cursor = await conn.execute(
        f"select {_TICKET} from ticket t where t.account_id = %(account)s and t.id = %(id)s {'for update of t' if lock else ''}",
        {"account": account_id, "id": ticket_id, "readable": list(readable)},
    )
    return await fetch_one(cursor, Ticket)


class Wanted(msgspec.Struct, kw_only=True):
    """What a list is to show; None: whatever. `owner_id` 0: nobody's. `words`: stand in the name."""

    owner_id: int | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    state: Literal["open", "closed"] | None = None
    contact_id: int | None = None
    conversation_id: int | None = None
    words: str = ""


LOOKED_AT = 3_000
"""Of the newest tickets, each is looked at for words; a common word fills a page by them. Older ones are found by an index."""


async def page(conn: Connection, account_id: int, readable: Sequence[int], wanted: Wanted, before: int | None, limit: int) -> list[Ticket]:
    """The newest first, those before an id. Few rows are read whichever may be read."""
    values = {
        "account": account_id,
        "readable": list(readable),
        "before": before,
        "owner": wanted.owner_id,
        "pipeline": wanted.pipeline_id,
        "stage": wanted.stage_id,
        "contact": wanted.contact_id,
        "conversation": wanted.conversation_id,
        "words": wanted.words,
        "pattern": "%" + re.sub(r"[%_\\]", r"\\\g<0>", wanted.words) + "%",
    }

    async def of(tickets: str) -> list[Ticket]:
        text = f"select {_TICKET} from {tickets} order by t.id desc limit {limit:d}"
        return await fetch_all(await conn.execute(text, values), Ticket)

    conditions = " and ".join(_conditions(wanted))
    if not (wanted.words and _HAS_LETTERS.search(wanted.words)):
        # Each inbox is walked by itself.
        return await of(f"""unnest(%(readable)s::bigint[]) as i (id) cross join lateral (
            select * from ticket x where x.account_id = %(account)s and x.inbox_id = i.id and {conditions} order by x.id desc limit {limit:d}) t""")
    found = await of(f"""(select * from ticket x where x.account_id = %(account)s and (%(before)s::bigint is null or x.id < %(before)s)
        order by x.id desc limit {LOOKED_AT:d}) x cross join lateral (select x.*) t where x.inbox_id = any(%(readable)s) and {conditions}""")
    if len(found) == limit:
        return found
    return await of(f"""(select * from ticket x where x.account_id = %(account)s and x.inbox_id = any(%(readable)s) and {conditions}
        and lower(x.name) like lower(%(pattern)s) offset 0) t""")


_HAS_LETTERS = re.compile(r"\w{3}")
"""Without three in a row the index knows nothing."""


def _conditions(wanted: Wanted) -> Iterator[str]:
    """What holds for a ticket `x`."""
    yield "(%(before)s::bigint is null or x.id < %(before)s)"
    if wanted.owner_id is not None:
        yield "coalesce(x.owner_id, 0) = %(owner)s"
    if wanted.pipeline_id is not None:
        yield "x.pipeline_id = %(pipeline)s"
    if wanted.stage_id is not None:
        yield "x.stage_id = %(stage)s"
    if wanted.state is not None:
        yield f"x.closed_at is {'null' if wanted.state == 'open' else 'not null'}"
    if wanted.contact_id is not None:
        yield "exists (select 1 from ticket_contact y where y.account_id = x.account_id and y.ticket_id = x.id and y.contact_id = %(contact)s)"
    if wanted.conversation_id is not None:
        yield """exists (select 1 from ticket_conversation y where y.account_id = x.account_id and y.ticket_id = x.id
            and y.conversation_id = %(conversation)s)"""
    if wanted.words:
        yield "strpos(lower(x.name), lower(%(words)s)) > 0"


async def insert(conn: Connection, account_id: int, values: Mapping[str, Any]) -> int:
    """Names come from our own code."""
    assert set(values) <= _COLUMNS
    cursor = await conn.execute(
        f"insert into ticket (account_id, {', '.join(values)}) values (%s{', %s' * len(values)}) returning id",
        (account_id, *values.values()),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


_COLUMNS = {
    "inbox_id", "name", "pipeline_id", "stage_id", "owner_id", "priority", "category", "channel_account_id", "created_by", "created_at", "updated_at",
    "closed_at", "client_id",
}  # fmt: skip


async def of_client_id(conn: Connection, account_id: int, user_id: int, client_id: str) -> int | None:
    """The ticket that this person already made under this client id."""
    cursor = await conn.execute(
        "select id from ticket where account_id = %s and created_by = %s and client_id = %s", (account_id, user_id, client_id)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def update(conn: Connection, account_id: int, ticket_id: int, values: Mapping[str, Any]) -> None:
    """Names come from our own code."""
    assert set(values) <= _COLUMNS
    names = ", ".join(f"{name} = %s" for name in values)
    await conn.execute(f"update ticket set {names} where account_id = %s and id = %s", (*values.values(), account_id, ticket_id))


async def tell(conn: Connection, account_id: int, *ticket_ids: int, kind: str = "ticket.changed") -> None:
    """Whoever shows one of them, or one of its conversations, reads it again."""
    if ticket_ids:
        await conn.execute(
            "select tell_ticket(%s, id, %s) from unnest(%s::bigint[]) with ordinality as told (id, nth) order by nth",
            (account_id, kind, list(ticket_ids)),
        )


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def has_room(conn: Connection, account_id: int, contact_id: int) -> bool:
    """May this contact get one more (R-073)? Until the commit, nobody else gives them one."""
    cursor = await conn.execute("select has_room_for_ticket(%s, %s)", (account_id, contact_id))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def has_contact(conn: Connection, account_id: int, ticket_id: int, contact_id: int) -> bool:
    cursor = await conn.execute(
        "select 1 from ticket_contact where account_id = %s and ticket_id = %s and contact_id = %s", (account_id, ticket_id, contact_id)
    )
    return await cursor.fetchone() is not None


async def link(conn: Connection, account_id: int, ticket_id: int, conversation_id: int, contact_id: int | None) -> None:
    """With the conversation's contact. Harmless to repeat."""
    await conn.execute(
        "insert into ticket_conversation (account_id, ticket_id, conversation_id) values (%s, %s, %s) on conflict do nothing",
        (account_id, ticket_id, conversation_id),
    )
    if contact_id is not None:
        await conn.execute(
            "insert into ticket_contact (account_id, ticket_id, contact_id) values (%s, %s, %s) on conflict do nothing",
            (account_id, ticket_id, contact_id),
        )


async def unlink(conn: Connection, account_id: int, ticket_id: int, conversation_id: int, contact_id: int | None) -> None:
    """The contact stays where another of its conversations is theirs, and where none is left: a ticket is always somebody's."""
    await conn.execute(
        "delete from ticket_conversation where account_id = %s and ticket_id = %s and conversation_id = %s",
        (account_id, ticket_id, conversation_id),
    )
    await conn.execute(
        """delete from ticket_contact t where t.account_id = %(account)s and t.ticket_id = %(ticket)s and t.contact_id = %(contact)s
           and exists (select 1 from ticket_conversation x where x.account_id = t.account_id and x.ticket_id = t.ticket_id)
           and not exists (select 1 from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
               where x.account_id = t.account_id and x.ticket_id = t.ticket_id and c.contact_id = t.contact_id)""",
        {"account": account_id, "ticket": ticket_id, "contact": contact_id},
    )


async def conversations_of(conn: Connection, account_id: int, ticket_id: int) -> list[int]:
    """All of them, whoever may see them."""
    cursor = await conn.execute(
        "select conversation_id from ticket_conversation where account_id = %s and ticket_id = %s order by conversation_id",
        (account_id, ticket_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def tickets_of(conn: Connection, account_id: int, conversation_id: int) -> list[int]:
    cursor = await conn.execute(
        "select ticket_id from ticket_conversation where account_id = %s and conversation_id = %s order by ticket_id",
        (account_id, conversation_id),
    )
    return [row[0] for row in await cursor.fetchall()]


# ── what happens to conversations and contacts ───────────────────────────────────────────────────────────────────────────


async def follow_inbox(conn: Connection, account_id: int, moves: Sequence[tuple[int, int, int]]) -> None:
    """Conversations go from one inbox to another, (conversation, from, to) each, and those of their tickets that stand there with them (R-637). One of a
    third inbox stays: whoever moves the conversation may not even see it."""
    cursor = await conn.execute(
        """select t.id, m.to_id from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as m (conversation_id, from_id, to_id)
           join ticket_conversation x on x.account_id = %s and x.conversation_id = m.conversation_id
           join ticket t on t.account_id = x.account_id and t.id = x.ticket_id and t.inbox_id = m.from_id order by t.id for update of t""",
        (*([move[at] for move in moves] for at in range(3)), account_id),
    )
    went: dict[int, int] = dict(await cursor.fetchall())
    if not went:
        return
    await tell(conn, account_id, *went)  # those who see only the inbox that it leaves
    await conn.execute(
        """update ticket t set inbox_id = m.to_id from unnest(%s::bigint[], %s::bigint[]) as m (ticket_id, to_id)
           where t.account_id = %s and t.id = m.ticket_id""",
        (list(went), list(went.values()), account_id),
    )
    await tell(conn, account_id, *went)


Moved = list[tuple[int, bool, int]]
"""(ticket, whether the other end did not have it before, its inbox before) of each."""


async def copy_links(conn: Connection, account_id: int, from_id: int, to_id: int) -> Moved:
    """The tickets of one conversation are those of the other as well."""
    cursor = await conn.execute(
        """with had as (
               select t.id, t.inbox_id from ticket_conversation x join ticket t on t.account_id = x.account_id and t.id = x.ticket_id
               where x.account_id = %(account)s and x.conversation_id = %(from)s
           ), put as (
               insert into ticket_conversation (account_id, ticket_id, conversation_id) select %(account)s, had.id, %(to)s from had
               on conflict do nothing returning ticket_id
           )
           select had.id, put.ticket_id is not null, had.inbox_id from had left join put on put.ticket_id = had.id order by had.id""",
        {"account": account_id, "from": from_id, "to": to_id},
    )
    moved = [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
    await tell(conn, account_id, *(ticket_id for ticket_id, _, _ in moved))
    return moved


async def move_links(conn: Connection, account_id: int, from_id: int, to_id: int, from_inbox_id: int, to_inbox_id: int) -> Moved:
    """The tickets of a conversation that is merged into another one are that one's, and those that stand in its inbox go to the other's."""
    moved = await copy_links(conn, account_id, from_id, to_id)
    await conn.execute("delete from ticket_conversation where account_id = %s and conversation_id = %s", (account_id, from_id))
    for ticket_id, _, was_in in moved:
        if was_in == from_inbox_id != to_inbox_id:
            await update(conn, account_id, ticket_id, {"inbox_id": to_inbox_id})
            await tell(conn, account_id, ticket_id)
    return moved


async def move_links_back(
    conn: Connection, account_id: int, carriers: Sequence[int], to_id: int, moved: Sequence[Sequence[Any]], *, is_merge: bool
) -> None:
    """What is still linked there: what somebody unlinked since stays so. After a split nothing goes back, for it is there already. A ticket that is where
    the other one is now goes back to its inbox, after a split only if nothing else of it is there."""
    for ticket_id, is_added, was_in in moved:
        cursor = await conn.execute(
            "select 1 from ticket_conversation where account_id = %s and ticket_id = %s and conversation_id = any(%s)",
            (account_id, ticket_id, list(carriers)),
        )
        if await cursor.fetchone() is None:
            continue
        if is_merge:
            await link(conn, account_id, ticket_id, to_id, None)
        await tell(conn, account_id, ticket_id)  # those who see only the inbox that it leaves
        if is_added:
            await conn.execute(
                "delete from ticket_conversation where account_id = %s and ticket_id = %s and conversation_id = any(%s)",
                (account_id, ticket_id, list(carriers)),
            )
        await conn.execute(
            """update ticket t set inbox_id = %(was_in)s where t.account_id = %(account)s and t.id = %(ticket)s
               and t.inbox_id in (select inbox_id from conversation where account_id = %(account)s and id = any(%(carriers)s))
               and (%(is_merge)s or not exists (
                   select 1 from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
                   where x.account_id = t.account_id and x.ticket_id = t.id and c.inbox_id = t.inbox_id))""",
            {"account": account_id, "ticket": ticket_id, "was_in": was_in, "carriers": list(carriers), "is_merge": is_merge},
        )
        await tell(conn, account_id, ticket_id)


async def follow_contact(conn: Connection, account_id: int, conversation_ids: Sequence[int], before: int | None, after: int | None) -> None:
    """These conversations are another contact's now, and so are their tickets, whatever the limit: nothing that is here is lost."""
    cursor = await conn.execute(
        "select distinct ticket_id from ticket_conversation where account_id = %s and conversation_id = any(%s) order by ticket_id",
        (account_id, list(conversation_ids)),
    )
    for (ticket_id,) in await cursor.fetchall():
        if after is not None:
            await conn.execute(
                "insert into ticket_contact (account_id, ticket_id, contact_id) values (%s, %s, %s) on conflict do nothing",
                (account_id, ticket_id, after),
            )
        if before is not None:
            await conn.execute(
                """delete from ticket_contact t where t.account_id = %(account)s and t.ticket_id = %(ticket)s and t.contact_id = %(contact)s
                   and not exists (select 1 from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
                       where x.account_id = t.account_id and x.ticket_id = t.ticket_id and c.contact_id = t.contact_id)""",
                {"account": account_id, "ticket": ticket_id, "contact": before},
            )
        await tell(conn, account_id, ticket_id)


async def move_contact(
    conn: Connection, account_id: int, from_ids: Sequence[int], to_id: int, ids: Sequence[int] | None = None, stay: Sequence[int] = ()
) -> tuple[list[int], list[int]]:
    """The tickets of these contacts (of them only `ids`) become the other's; those in `stay`, and those that one of their own conversations is about, are
    both's afterwards. Returns (what went, of that what the other had as well)."""
    these = "" if ids is None else "and ticket_id in (select unnest(%(ids)s::bigint[]))"
    cursor = await conn.execute(
        f"""with went as (
               select distinct ticket_id from ticket_contact where account_id = %(account)s and contact_id = any(%(from)s) {these}
           ), gone as (
               delete from ticket_contact t using went
               where t.account_id = %(account)s and t.ticket_id = went.ticket_id and t.contact_id = any(%(from)s) and t.ticket_id <> all(%(stay)s)
                   and not exists (select 1 from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
                       where x.account_id = t.account_id and x.ticket_id = t.ticket_id and c.contact_id = t.contact_id)
           ), put as (
               insert into ticket_contact (account_id, ticket_id, contact_id) select %(account)s, ticket_id, %(to)s from went
               on conflict do nothing returning ticket_id
           )
           select went.ticket_id, put.ticket_id is null from went left join put on put.ticket_id = went.ticket_id order by went.ticket_id""",
        {"account": account_id, "from": list(from_ids), "to": to_id, "ids": None if ids is None else list(ids), "stay": list(stay)},
    )
    found = await cursor.fetchall()
    await tell(conn, account_id, *(ticket_id for ticket_id, _ in found[-_TOLD_MAX:]))
    return [row[0] for row in found], [row[0] for row in found if row[1]]


_TOLD_MAX = 200
"""Tickets that are told one by one when a contact has many; the newest."""


async def delete_with(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> None:
    """Before these conversations are deleted for good: a ticket that is about nothing else goes too. Its row is held before that is looked at: whoever links
    another conversation in that moment comes first, or finds it gone."""
    values: dict[str, Any] = {"account": account_id, "ids": list(conversation_ids)}
    cursor = await conn.execute(
        """select t.id from ticket t where t.account_id = %(account)s
               and t.id in (select ticket_id from ticket_conversation where account_id = %(account)s and conversation_id = any(%(ids)s))
           order by t.id for update""",
        values,
    )
    held = [row[0] for row in await cursor.fetchall()]
    cursor = await conn.execute(
        """select held.id from unnest(%(held)s::bigint[]) as held (id)
           where not exists (select 1 from ticket_conversation x where x.account_id = %(account)s and x.ticket_id = held.id
               and x.conversation_id <> all(%(ids)s))
           order by held.id""",
        values | {"held": held},
    )
    gone = [row[0] for row in await cursor.fetchall()]
    await tell(conn, account_id, *gone, kind="ticket.gone")
    await conn.execute("delete from ticket where account_id = %s and id = any(%s)", (account_id, gone))

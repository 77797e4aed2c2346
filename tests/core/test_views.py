"""Lists: what is due first, pages that show everything once, filters, counts, and deadlines that stay true whatever is written."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation, NewMessage
from innboks.core.conversations.read import count_views, get_conversation, list_conversations, resolve
from innboks.core.conversations.store import recount
from innboks.core.conversations.write import write
from innboks.core.inboxes.inboxes import create_inbox, renew_due, update_inbox
from innboks.core.parts import Parts
from innboks.core.views import store
from innboks.core.views.models import BUILT_IN, Filters
from innboks.errors import Invalid
from innboks.lib.clock import FakeClock
from innboks.lib.db import Connection
from tests.core.conftest import say

HOUR = timedelta(hours=1)


async def rows(parts: Parts, actor: Actor, **how: Any) -> list[Conversation]:
    return list((await list_conversations(parts, actor, **how)).items)


async def set_window(parts: Parts, seconds: int) -> None:
    async with parts.db.connection() as conn:
        await store.note_windows(conn, {"echo": seconds})


async def test_who_waits_has_a_deadline_until_the_answer(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    await say(parts, echo, "Is the tent back?")
    (one,) = await rows(parts, actor)
    assert (one.due_at, one.due_kind, one.due_from) == (clock.now() + 4 * HOUR, "reply", clock.now())
    clock.advance(600)
    await say(parts, echo, "Hello?", id="m2")
    assert (await rows(parts, actor))[0].due_at == one.due_at  # the clock began with the first question
    await write(parts, actor, one.id, NewMessage(type="reply", text="It is."))
    (answered,) = await rows(parts, actor)
    assert (answered.due_at, answered.due_kind, answered.due_from) == (None, None, None)


async def test_the_window_counts_when_it_ends_first(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    await set_window(parts, 7200)
    await say(parts, echo, "Is the tent back?")
    (one,) = await rows(parts, actor)
    assert (one.due_at, one.due_kind) == (clock.now() + 2 * HOUR, "window")
    clock.advance(5400)
    await say(parts, echo, "Hello?", id="m2")  # opens the window anew; now the target ends first no more than the window
    (one,) = await rows(parts, actor)
    assert (one.due_at, one.due_kind) == (clock.now() + 2 * HOUR, "window")
    clock.advance(3600)
    await say(parts, echo, "Anybody?", id="m3")
    (one,) = await rows(parts, actor)
    assert (one.due_at, one.due_kind) == (clock.now() - timedelta(hours=2.5) + 4 * HOUR, "reply")


async def test_an_inbox_has_its_own_target_also_for_who_waits_already(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock
) -> None:
    for n in range(5):
        await say(parts, echo, "Is the tent back?", sender=f"p{n}", id=f"m{n}")
    await update_inbox(parts, actor, echo.inbox_id, reply_within_s=None)
    await renew_due(parts, actor.account_id, echo.inbox_id)
    assert {one.due_at for one in await rows(parts, actor)} == {None}
    await update_inbox(parts, actor, echo.inbox_id, reply_within_s=1800)
    await renew_due(parts, actor.account_id, echo.inbox_id)
    assert {one.due_at for one in await rows(parts, actor)} == {clock.now() + HOUR / 2}
    quick = await create_inbox(parts, actor, "Quick")
    actor = await _again(parts, actor)
    await update_inbox(parts, actor, quick.id, reply_within_s=60)
    moved = await change(parts, actor, (await rows(parts, actor))[0].id, Change(inbox_id=quick.id))
    assert moved.due_at == clock.now() + timedelta(seconds=60)
    with pytest.raises(Invalid):
        await update_inbox(parts, actor, quick.id, reply_within_s=5)


async def test_closing_stops_the_clock_and_reopening_starts_it_again(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Is the tent back?")
    (one,) = await rows(parts, actor)
    assert (await change(parts, actor, one.id, Change(status="closed"))).due_at is None
    assert (await change(parts, actor, one.id, Change(status="open"))).due_at == one.due_at


async def test_due_first_is_deadlines_then_waiting_then_answered_newest_first(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock
) -> None:
    calm = await create_inbox(parts, actor, "Calm")
    actor = await _again(parts, actor)
    await update_inbox(parts, actor, calm.id, reply_within_s=None)
    for name in ("late", "answered early", "waits long", "answered late", "soon", "waits short"):
        clock.advance(60)
        await say(parts, echo, name, sender=name, id=name)
        found = next(one for one in await rows(parts, actor, limit=100) if one.preview == name)
        if "answered" in name:
            await write(parts, actor, found.id, NewMessage(type="reply", text=name))
        if "waits" in name:
            await change(parts, actor, found.id, Change(inbox_id=calm.id))
    due = [one.contact_name.lower() for one in await rows(parts, actor, sort="due")]
    assert due == ["late", "soon", "waits long", "waits short", "answered late", "answered early"]
    newest = [one.contact_name.lower() for one in await rows(parts, actor, sort="newest")]
    assert [one.contact_name.lower() for one in await rows(parts, actor, sort="oldest")] == newest[::-1]
    assert newest[0] == "waits short"


async def _again(parts: Parts, actor: Actor) -> Actor:
    found = await actor_for(parts, actor.account_id, actor.user_id)
    assert found is not None
    return found


async def test_where_it_stands_stays_true_whatever_is_written(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    """As it would be worked out anew: a copy of the rules that PostgreSQL keeps as generated columns, beside what the trigger keeps."""
    chosen = random.Random(7)
    for n in range(4):
        await say(parts, echo, "Is the tent back?", sender=f"p{n}", id=f"m{n}")
    async with parts.db.transaction() as conn:
        await conn.execute(
            """create temporary table anew on commit drop as select id, merged_into_id, trashed_at, spam, spam_reason, status, is_snoozed, snoozed_until, due_at,
                   waiting_since, failed_count, last_message_at from conversation with no data;
               alter table anew add column shelf text generated always as (case
                   when merged_into_id is not null then 'merged' when trashed_at is not null then 'trash'
                   when spam and spam_reason in ('automated', 'marketing', 'unsubscribe', 'role_based', 'flood') then 'filtered' when spam then 'spam'
                   when status = 'closed' then 'closed' when is_snoozed then 'snoozed' else 'open' end) stored,
               add column due_rank bigint generated always as (case
                   when is_snoozed then coalesce(micros(snoozed_until), 400000000000000000)
                   when due_at is not null then micros(due_at)
                   when status = 'open' and (waiting_since is not null or failed_count > 0)
                       then 200000000000000000 + micros(coalesce(waiting_since, last_message_at))
                   else 900000000000000000 - micros(last_message_at) end) stored"""
        )
        cursor = await conn.execute("select array_agg(id order by id) from conversation")
        (ids,) = await cursor.fetchone() or ([],)
        changes: dict[str, list[Any]] = {
            "merged_into_id": [None, None, ids[0]],
            "trashed_at": [None, None, clock.now()],
            "spam": [False, False, True],
            "spam_reason": ["flood", "manual"],
            "status": ["open", "open", "closed"],
            "is_snoozed": [False, True],
            "snoozed_until": [None, clock.now() + HOUR],
            "due_at": [None],
            "waiting_since": [None, clock.now(), clock.now() - HOUR],
            "failed_count": [0, 2],
            "last_message_at": [clock.now() - HOUR, clock.now()],
            "shelf": ["open", "merged"],  # nobody can write anything else there
            "due_rank": [0],
        }
        shelves = set[str]()
        for n in range(300):
            role = "replica" if n % 2 else "origin"  # as rows are copied in with the other triggers off
            await conn.execute(f"set local session_replication_role = {role}")
            some = chosen.sample([name for name in changes if name != "spam_reason" or n % 2], chosen.randint(1, 3))
            given = {name: chosen.choice(changes[name]) for name in some} | {"id": chosen.choice(ids[1:])}
            await conn.execute(f"update conversation set {', '.join(f'{name} = %({name})s' for name in some)} where id = %(id)s", given)
            names = ", ".join(name for name in changes if name not in ("shelf", "due_rank"))
            await conn.execute(f"insert into anew (id, {names}) select id, {names} from conversation")
            cursor = await conn.execute(
                """with gone as (delete from anew)
                   select c.shelf, (c.shelf, c.due_rank) is distinct from (a.shelf, a.due_rank) from conversation c join anew a using (id)"""
            )
            for shelf, differs in await cursor.fetchall():
                shelves.add(shelf)
                assert not differs, given
        assert shelves == {"open", "closed", "snoozed", "spam", "filtered", "trash", "merged"}


@pytest.mark.parametrize(
    ("recipients", "others"),
    [
        ([("to", "Desk@tindra.example")], 0),
        ([("to", "mia@example.com")], 1),  # we got a blind copy
        ([("bcc", "mia@example.com")], 0),
        (
            [("to", "desk@tindra.example"), ("to", "LEO"), ("cc", "mia@example.com"), ("cc", "Mia@example.com"), ("to", "tom@example.com")],
            2,
        ),
        ([], 0),
    ],
)
async def test_people_beside_the_customer_are_counted(
    parts: Parts, actor: Actor, echo: ChannelAccount, recipients: list[tuple[str, str]], others: int
) -> None:
    await say(parts, echo, "Is the tent back?")
    given = [{"address": address, "name": "", "role": role} for role, address in recipients]
    async with parts.db.transaction() as conn:
        await conn.execute("update channel_account set address = 'desk@tindra.example' where id = %s", (echo.id,))
        await conn.execute("update message set recipients = %s", (Jsonb(given),))
        await recount(conn, actor.account_id, (await rows(parts, actor))[0].id)
    (one,) = await rows(parts, actor)
    assert one.others_count == others
    await write(parts, actor, one.id, NewMessage(type="comment", text="Who are they?"))
    (one,) = await rows(parts, actor)
    assert (one.last_type, one.others_count) == ("comment", others)
    assert (await get_conversation(parts, actor, one.id)).others_count == others


# ── every page walk shows everything once ────────────────────────────────────────────────────────────────────────────────


async def fill(parts: Parts, actor: Actor, echo: ChannelAccount, now: datetime, total: int, seed: int) -> None:
    """Conversations of every kind, many with the same times, in three inboxes."""
    chosen = random.Random(seed)
    inboxes = [echo.inbox_id, *[(await create_inbox(parts, actor, f"Inbox {n}")).id for n in range(2)]]
    async with parts.db.transaction() as conn:
        for n in range(total):
            waits = chosen.random() < 0.5
            at = now - timedelta(minutes=chosen.randrange(600))
            values = {
                "account": actor.account_id,
                "inbox": chosen.choice(inboxes),
                "channel": echo.id,
                "status": chosen.choice(["open", "open", "open", "closed"]),
                "assignee": chosen.choice([None, actor.user_id]),
                "subject": f"number {n}",
                "at": at,
                "waiting": at if waits else None,
                "failed": int(chosen.random() < 0.2),
                "spam": chosen.random() < 0.1,
                "trashed": at if chosen.random() < 0.1 else None,
                "snoozed": chosen.random() < 0.1,
                "until": now + timedelta(hours=chosen.randrange(9)) if chosen.random() < 0.5 else None,
                "priority": chosen.choice(["low", "normal", "high", "urgent"]),
            }
            await conn.execute(
                """insert into conversation (account_id, inbox_id, channel_account_id, status, assignee_id, subject, last_message_at, waiting_since,
                       failed_count, spam, trashed_at, is_snoozed, snoozed_until, priority)
                   values (%(account)s, %(inbox)s, %(channel)s, %(status)s, %(assignee)s, %(subject)s, %(at)s, %(waiting)s, %(failed)s, %(spam)s,
                       %(trashed)s, %(snoozed)s, case when %(snoozed)s then %(until)s::timestamptz end, %(priority)s)""",
                values,
            )


async def walk_all(parts: Parts, actor: Actor, limit: int, **how: Any) -> list[Conversation]:
    seen: list[Conversation] = []
    cursor = None
    for _ in range(1000):
        page = await list_conversations(parts, actor, cursor=cursor, limit=limit, **how)
        seen += page.items
        cursor = page.next
        if cursor is None:
            return seen
    raise AssertionError("the list has no end")


FILTERS = {
    "none": Filters(),
    "any status": Filters(status="any"),
    "everything": Filters(status="any", hide_spam=False, hide_trash=False),
    "high and urgent": Filters(priorities=["high", "urgent"]),
    "nobody's": Filters(assignees=["nobody"]),
    "mine or nobody's": Filters(assignees=["me", "nobody"]),
    "mine, said twice": Filters(assignees=["me", "me"]),
    "urgent, said twice": Filters(priorities=["urgent", "urgent"]),
    "low and normal": Filters(priorities=["low", "normal"]),
    "nobody's that are high": Filters(assignees=["nobody"], priorities=["high"]),
    "everything that is low": Filters(priorities=["low"], status="any", hide_spam=False, hide_trash=False),
    "waiting an hour": Filters(waiting_longer_than_s=3600),
    "active lately": Filters(active_within_s=7200),
}


def _fits(one: Conversation, filters: Filters, actor: Actor, now: datetime) -> bool:
    assignee = "nobody" if one.assignee_id is None else "me"
    return (
        (not filters.assignees or assignee in filters.assignees)
        and (filters.waiting_longer_than_s is None or (one.waiting_since is not None and one.waiting_since < now - HOUR))
        and (filters.active_within_s is None or one.last_message_at >= now - 2 * HOUR)
    )


@pytest.mark.parametrize("seed", range(3))
async def test_any_walk_shows_each_conversation_exactly_once_and_in_order(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SCAN_MAX", 13)  # so that filtered pages stop early
    await fill(parts, actor, echo, clock.now(), 160, seed)
    actor = await _again(parts, actor)
    async with parts.db.connection() as conn:
        cursor = await conn.execute(
            "select id, shelf, priority, due_at, failed_count from conversation where account_id = %s", (actor.account_id,)
        )
        facts = {row[0]: row for row in await cursor.fetchall()}
    everything = await walk_all(parts, actor, 100, view="all", filters=Filters(status="any", hide_spam=False, hide_trash=False))
    assert {one.id for one in everything} == set(facts)
    chosen = random.Random(seed)
    for view in BUILT_IN:
        for name, filters in {**FILTERS, "low on a channel": Filters(priorities=["low"], channel_account_ids=[echo.id])}.items():
            for sort in ("due", "newest", "oldest"):
                found = await walk_all(parts, actor, chosen.choice([1, 7, 50]), view=view, sort=sort, filters=filters)
                ids = [one.id for one in found]
                where = f"{view}, {name}, {sort}"
                assert len(ids) == len(set(ids)), where
                shelves = set(BUILT_IN[view].shelves)
                if filters.status is not None:
                    shelves = {"open", "closed", "snoozed"}
                shelves |= set() if filters.hide_spam else {"spam"}
                shelves |= set() if filters.hide_trash else {"trash"}
                expected = {
                    one.id
                    for one in everything
                    if facts[one.id][1] in shelves
                    and _fits(one, filters, actor, clock.now())
                    and (not filters.priorities or facts[one.id][2] in filters.priorities)
                    and (view != "mine" or one.assignee_id == actor.user_id)
                    and (view != "unassigned" or one.assignee_id is None)
                    and (view != "closing" or (one.due_at is not None and one.due_at < clock.now() + HOUR))
                    and (view != "failed" or (one.failed_count > 0 and facts[one.id][1] in ("open", "closed", "snoozed")))
                    and view not in ("mentions", "drafts", "sent")
                }
                assert set(ids) == expected, where
                if sort != "due":
                    times = [(one.last_message_at, one.id) for one in found]
                    assert times == sorted(times, reverse=sort == "newest"), where


async def test_rows_that_stay_are_seen_once_while_others_move(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    await fill(parts, actor, echo, clock.now(), 120, 7)
    actor = await _again(parts, actor)
    before = [one.id for one in await walk_all(parts, actor, 100, view="open", sort="due")]
    movers = set(before[::3])
    seen: list[int] = []
    cursor = None
    chosen = random.Random(7)
    while True:
        page = await list_conversations(parts, actor, view="open", sort="due", cursor=cursor, limit=5)
        seen += [one.id for one in page.items]
        async with parts.db.transaction() as conn:
            await conn.execute(
                "update conversation set waiting_since = %s, last_message_at = %s where id = any(%s)",
                (clock.now() if chosen.random() < 0.5 else None, clock.now(), chosen.sample(sorted(movers), 5)),
            )
        if (cursor := page.next) is None:
            break
    stayed = [id for id in before if id not in movers]
    assert [id for id in seen if id not in movers] == stayed


async def test_a_page_that_looked_far_enough_says_so(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        await say(parts, echo, "x", sender=f"p{n}", id=f"m{n}")
    monkeypatch.setattr(store, "SCAN_MAX", 10)
    page = await list_conversations(parts, actor, filters=Filters(waiting_longer_than_s=3600))
    assert (page.items, page.is_partial) == ([], True)
    assert page.next is not None
    counted = await count_views(parts, actor)
    assert (counted["open"].count, counted["open"].is_capped) == (30, False)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(priorities=["urgent"]),
        Filters(priorities=["low", "urgent"], status="any"),
        Filters(assignees=["me", "nobody"], status="any"),
    ],
)
async def test_what_is_urgent_and_whose_it_is_are_found_without_looking_at_the_others(
    parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, filters: Filters
) -> None:
    await fill(parts, actor, echo, clock.now(), 60, 3)
    actor = await _again(parts, actor)
    wanted = [one.id for one in await walk_all(parts, actor, 100, view="open", sort="due", filters=filters)]
    assert len(wanted) > 5
    monkeypatch.setattr(store, "SCAN_MAX", 1)
    page = await list_conversations(parts, actor, view="open", sort="due", filters=filters)
    assert ([one.id for one in page.items], page.next, page.is_partial) == (wanted, None, False)


async def test_a_filtered_page_stops_looking_once_it_is_full(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    await fill(parts, actor, echo, clock.now(), 160, 5)
    actor = await _again(parts, actor)
    everything = len(await walk_all(parts, actor, 100, view="open"))
    walk = resolve(parts, actor, "open", Filters(waiting_longer_than_s=60))
    async with parts.db.transaction() as conn:
        for way in ("seqscan", "bitmapscan", "sort"):  # as with many rows
            await conn.execute(f"set local enable_{way} = off")
        before = await _rows_read(conn)
        found = await store.page(conn, walk, None, 5)
        read = await _rows_read(conn) - before
    assert len(found.items) == 5
    assert read < everything / 2, f"{read} rows read of {everything}"


async def _rows_read(conn: Connection) -> int:
    """Of conversations, by this connection so far."""
    cursor = await conn.execute("select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'conversation'")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_cursor_of_another_order_is_refused(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    for n in range(3):
        await say(parts, echo, "x", sender=f"p{n}", id=f"m{n}")
    cursor = (await list_conversations(parts, actor, limit=1, sort="due")).next
    with pytest.raises(Invalid):
        await list_conversations(parts, actor, limit=1, sort="newest", cursor=cursor)

"""What a question reads does not grow with what is stored: the rows that it touched, as the database counted them, of tables that hold many more.

Sequential scans are switched off here, since a small table is read that way however good its indexes are. Read next: `tests/bench/`, where time counts.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest

from innboks.core.access import Actor
from innboks.core.accounts import store_people
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store as conversations
from innboks.core.deliveries import store as deliveries
from innboks.core.deliveries.models import Fate
from innboks.core.dispatches import store as dispatches
from innboks.core.dispatches import store_queue as queue
from innboks.core.notifications import store as notifications
from innboks.core.notifications import store_follow as follow
from innboks.core.parts import Parts
from innboks.core.radar import store as radar
from innboks.core.routing import store as routing
from innboks.core.views import store as views
from innboks.core.views import store_sent
from innboks.core.views.models import Filters, Walk
from innboks.lib.db import Connection
from tests.core.conftest import say


class Counting:
    """Rows of a table that the transaction reads, from the moment at which this is made."""

    def __init__(self, conn: Connection, before: dict[str, int]) -> None:
        self.conn, self._before = conn, before

    @classmethod
    async def begin(cls, conn: Connection) -> "Counting":
        return cls(conn, await cls._all(conn))

    async def read_of(self, table: str) -> int:
        return (await self._all(self.conn))[table] - self._before[table]

    @staticmethod
    async def _all(conn: Connection) -> dict[str, int]:
        cursor = await conn.execute("select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables")
        return dict(await cursor.fetchall())


@asynccontextmanager
async def filled(parts: Parts, *filling: LiteralString) -> AsyncIterator[Counting]:
    """A transaction over tables that were filled by these statements."""
    async with parts.db.connection() as conn:
        for one in filling:
            await conn.execute(one)
        await conn.execute("analyze")
    async with parts.db.transaction() as conn:
        await conn.execute("set local enable_seqscan = off")
        yield await Counting.begin(conn)


HANDLED: LiteralString = """insert into delivery (account_id, channel_account_id, payload_hash, fate, size, envelope, body)
    select account_id, id, decode(md5(n::text), 'hex'), 'handled', 1, '{}', 'x' from channel_account, generate_series(1, 1000) n where kind = 'echo'"""
IN_NEED: LiteralString = """update delivery set fate = case id % 3 when 0 then 'kept' when 1 then 'quarantined' else 'set_aside' end
    where id <= (select min(id) + 5 from delivery)"""


@pytest.mark.parametrize("fates", [["kept", "quarantined"], ["quarantined"], ["set_aside"]])
async def test_the_list_of_what_needs_a_person_reads_nothing_else(parts: Parts, echo: ChannelAccount, fates: list[Fate]) -> None:
    async with filled(parts, HANDLED, IN_NEED) as counting:
        found = await deliveries.in_need(counting.conn, echo.account_id, fates, [echo.inbox_id], None, 50)
        assert {one.fate for one in found} == set(fates)
        assert await counting.read_of("delivery") <= 6


CONNECTIONS: LiteralString = """insert into channel_account (account_id, inbox_id, kind, name, identity, config_sealed, category)
    select account_id, inbox_id, kind, 'Echo ' || n, 'room' || n, config_sealed, category from channel_account, generate_series(1, 20) n where kind = 'echo'"""
QUARANTINED: LiteralString = "update delivery set fate = 'quarantined' where id > (select max(id) - 300 from delivery)"


async def test_the_radar_does_not_look_through_all_of_the_quarantine_for_each_connection(parts: Parts, echo: ChannelAccount) -> None:
    async with filled(parts, HANDLED, QUARANTINED, CONNECTIONS) as counting:
        found = await radar.quarantined(counting.conn, echo.account_id, [echo.inbox_id], parts.clock.now())
        assert [(place.id, one.count) for place, one in found] == [(echo.id, radar.CAP)]
        assert await counting.read_of("delivery") <= radar.CAP


MANY: LiteralString = """with made as (
        insert into conversation (account_id, inbox_id, channel_account_id, contact_id, party_address, last_message_at, created_at)
        select c.account_id, c.inbox_id, c.channel_account_id, c.contact_id, c.party_address, now(), now() - interval '1 minute'
        from conversation c, generate_series(1, 300) n returning *)
    insert into message (account_id, conversation_id, channel_account_id, type, direction, contact_id, why)
    select account_id, id, channel_account_id, 'message', 'in', contact_id, '{"how": "new"}' from made"""
LONG: LiteralString = """insert into message (account_id, conversation_id, channel_account_id, type, direction, contact_id)
    select m.account_id, m.conversation_id, m.channel_account_id, m.type, m.direction, m.contact_id
    from (select * from message order by id desc limit 1) m, generate_series(1, 1000) n"""


async def test_who_answered_a_machine_is_soon_known_to_be_nobody(parts: Parts, echo: ChannelAccount) -> None:
    """It writes conversation after conversation, and a thousand times in one; the turn of the rules is held while this is asked."""
    await say(parts, echo, "Disk full", sender="robot")
    async with filled(parts, MANY, LONG) as counting:
        cursor = await counting.conn.execute("select contact_id from conversation limit 1")
        ((contact_id,),) = await cursor.fetchall()
        since = parts.clock.now() - timedelta(days=365)
        assert await routing.last_answer(counting.conn, echo.account_id, contact_id, since) is None
        assert (await counting.read_of("conversation"), await counting.read_of("message")) <= (51, 250)


SENT: LiteralString = """with made as (
        insert into message (account_id, conversation_id, channel_account_id, type, direction, sent_at)
        select account_id, id, channel_account_id, 'reply', 'out', now() - interval '1 year' from conversation, generate_series(1, 1000) n returning *),
    sent as (insert into dispatch (account_id, message_id, state) select account_id, id, 'sent' from made returning *)
    insert into dispatch_recipient (account_id, message_id, address, state) select account_id, message_id, 'leo', 'sent' from sent"""


async def test_a_report_about_an_address_has_no_years_of_mail_read(parts: Parts, echo: ChannelAccount) -> None:
    """Anybody can write such reports."""
    await say(parts, echo, "Is it there?")
    async with filled(parts, SENT) as counting:
        until = parts.clock.now()
        found = await dispatches.sent_to(counting.conn, echo.account_id, echo.id, "Leo", since=until - timedelta(days=5), until=until)
        assert found == []
        assert await counting.read_of("message") <= dispatches.SENT_TO_MAX


async def test_a_delivery_is_deleted_without_reading_messages(parts: Parts, echo: ChannelAccount) -> None:
    """As demo data is: the foreign key asks for each whether a message needs it."""
    for nth in range(20):
        await say(parts, echo, "Hello", id=f"m{nth}", sender=f"leo{nth}")
    async with filled(parts, HANDLED) as counting:
        await counting.conn.execute("delete from delivery d where not exists (select 1 from message m where m.delivery_id = d.id)")
        assert await counting.read_of("message") <= 20, "not those twenty for each of a thousand"


ANSWERED: LiteralString = """with talks as (
        insert into conversation (account_id, inbox_id, channel_account_id, party_address, last_message_at, created_at)
        select account_id, inbox_id, id, 'person' || n, now(), now() from channel_account, generate_series(1, 60) n where kind = 'echo' returning *)
    insert into message (account_id, conversation_id, channel_account_id, type, direction, author_id)
    select t.account_id, t.id, t.channel_account_id, 'reply', 'out', u.id from talks t join app_user u on u.account_id = t.account_id, generate_series(1, 20)"""


async def test_what_somebody_sent_is_found_without_reading_more_conversations_than_are_shown(
    parts: Parts, actor: Actor, echo: ChannelAccount
) -> None:
    walk = Walk(
        account_id=actor.account_id,
        user_id=actor.user_id,
        inbox_ids=[echo.inbox_id],
        now=datetime.now(UTC),
        sort="newest",
        shelves=("open", "closed", "snoozed"),
        is_sent=True,
        filters=Filters(),
    )
    async with filled(parts, ANSWERED) as counting:
        found = await store_sent.page(counting.conn, walk, None, 10)
        assert len(found.items) == 10
        assert await counting.read_of("conversation") <= 11


async def test_to_hold_some_conversations_reads_no_others(parts: Parts, echo: ChannelAccount) -> None:
    """As a change of many does, batch by batch."""
    await say(parts, echo, "Hello")
    async with filled(parts, MANY) as counting:
        cursor = await counting.conn.execute("select array_agg(id) from (select id from conversation order by id desc limit 3) few")
        ((ids,),) = await cursor.fetchall()
        before = await counting.read_of("conversation")
        await conversations.lock_rows(counting.conn, echo.account_id, ids)
        assert await counting.read_of("conversation") - before <= 2 * len(ids), "read, and held"


async def test_a_worker_that_asks_what_is_being_sent_reads_nothing_that_was_sent(parts: Parts, echo: ChannelAccount) -> None:
    """Each asks every few seconds."""
    await say(parts, echo, "Hello")
    async with filled(parts, SENT) as counting:
        assert await queue.take_over(counting.conn, "me", 60, 20) == []
        assert await queue.held_by(counting.conn, "me") == []
        assert await counting.read_of("dispatch") == 0


async def test_what_is_unread_is_counted_among_ones_own(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    async with filled(parts, MANY, ASSIGNED) as counting:
        assert await notifications.unread(counting.conn, actor.account_id, actor.user_id, [echo.inbox_id], can_mend=True) == (0, 5)
        assert await counting.read_of("conversation") <= 5


async def test_a_page_of_notifications_reads_no_conversation_that_is_not_on_it(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    async with filled(parts, MANY, TOLD_OF_ALL) as counting:
        found = await notifications.page(counting.conn, actor.account_id, actor.user_id, [echo.inbox_id], None, 30, can_mend=True)
        assert len(found) == 30
        assert await counting.read_of("notification") <= 31
        assert await counting.read_of("conversation") <= 31
        assert await notifications.unread(counting.conn, actor.account_id, actor.user_id, [echo.inbox_id], can_mend=True) == (100, 0)
        assert await counting.read_of("notification") <= 31 + 101


ASSIGNED: LiteralString = """update conversation set last_received_id = 1, assignee_id = (select min(id) from app_user)
    where id in (select id from conversation order by id limit 5)"""
TOLD_OF_ALL: LiteralString = """insert into notification (account_id, user_id, kind, conversation_id, bundle, at)
    select c.account_id, u.id, 'message', c.id, c.id, now() from conversation c join app_user u on u.account_id = c.account_id"""
TOLD: LiteralString = """insert into notification (account_id, user_id, kind, conversation_id, message_id, bundle, at, read_at)
    select c.account_id, u.id, case n % 300 when 0 then 'failed' else 'message' end, c.id, n, n, now(), now()
    from conversation c join app_user u on u.account_id = c.account_id, generate_series(1, 600) n"""


async def test_whether_a_failure_was_told_is_known_without_reading_what_else_was(parts: Parts, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    async with filled(parts, TOLD) as counting:
        assert await follow.already_failed(counting.conn, echo.account_id, [1, 2, 300]) == {300}
        assert await counting.read_of("notification") <= 3


REMINDED: LiteralString = """insert into reminder (account_id, user_id, conversation_id, at, after_message_id, ended_at, ended_by)
    select c.account_id, u.id, c.id, now(), 0, now(), 'due' from conversation c join app_user u on u.account_id = c.account_id"""
NOTED: LiteralString = """with others as (insert into contact (account_id, name) select account.id, 'Nora' from account, generate_series(1, 300) returning account_id, id)
    insert into contact_note (account_id, contact_id, author_id, text, deleted_at)
    select o.account_id, o.id, u.id, 'Hello', now() from others o join app_user u on u.account_id = o.account_id"""


async def test_a_conversation_or_a_contact_is_deleted_without_reading_what_belongs_to_others(parts: Parts, echo: ChannelAccount) -> None:
    """The foreign keys ask for what goes with it, one row after the other."""
    await say(parts, echo, "Hello")
    async with filled(parts, MANY, REMINDED, NOTED) as counting:
        await counting.conn.execute("insert into contact (account_id, name) select id, 'Mia' from account")
        await counting.conn.execute("delete from contact where name = 'Mia'")
        await counting.conn.execute("delete from message where conversation_id = (select max(id) from conversation)")
        await counting.conn.execute("delete from conversation where id = (select max(id) from conversation)")
        assert await counting.read_of("contact_note") == 0
        assert await counting.read_of("reminder") <= 2


MAILED: LiteralString = """with many as (insert into contact (account_id, name) select account.id, 'Leo' || n from account, generate_series(1, 500) n returning *)
    insert into contact_identity (account_id, type, value, contact_id) select account_id, 'email', '4711.' || id || '@example.net', id from many"""


async def test_phone_numbers_are_suggested_without_reading_mail_addresses_that_begin_so(parts: Parts, echo: ChannelAccount) -> None:
    async with filled(parts, MAILED) as counting:
        found = await contacts.suggest(counting.conn, echo.account_id, type="phone", start="47", inbox_ids=[echo.inbox_id], limit=8)
        assert found == []
        assert await counting.read_of("contact_identity") == 0


TAGGED: LiteralString = """with other as (insert into inbox (account_id, name) select id, 'Other' from account returning account_id, id),
    tagged as (insert into tag (account_id, name, color) select id, 'Billing', 'blue' from account returning account_id, id),
    made as (
        insert into conversation (account_id, inbox_id, channel_account_id, contact_id, party_address, last_message_at, created_at)
        select c.account_id, o.id, c.channel_account_id, c.contact_id, c.party_address, now(), now()
        from (select * from conversation order by id limit 1) c join other o on o.account_id = c.account_id, generate_series(1, 3000) n
        returning account_id, id)
    insert into conversation_tag (account_id, conversation_id, tag_id) select made.account_id, made.id, tagged.id from made, tagged"""


async def test_a_tag_that_thousands_have_is_asked_for_only_where_a_list_looks(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    async with filled(parts, MANY, TAGGED) as counting:
        await counting.conn.execute("set local plan_cache_mode = force_generic_plan")
        cursor = await counting.conn.execute("select id from tag where name = 'Billing'")
        ((tag_id,),) = await cursor.fetchall()
        walk = Walk(
            account_id=actor.account_id,
            user_id=actor.user_id,
            inbox_ids=[echo.inbox_id],
            now=datetime.now(UTC),
            sort="newest",
            shelves=("open",),
            filters=Filters(tag_ids=[tag_id]),
        )
        assert (await views.page(counting.conn, walk, None, 10)).items == []
        assert await counting.read_of("conversation_tag") == 0


MANY_AT_WORK: LiteralString = """with people as (
        insert into app_user (account_id, email, name, role_id)
        select u.account_id, 'person' || n || '@tindra.example', 'Person ' || n, u.role_id from (select * from app_user limit 1) u, generate_series(1, 40) n returning *),
    inboxes as (insert into inbox (account_id, name) select account.id, 'Inbox ' || n from account, generate_series(1, 60) n returning *)
    select count(*) from people, inboxes"""
HAVING_SOME: LiteralString = """insert into conversation (account_id, inbox_id, channel_account_id, party_address, last_message_at, created_at, assignee_id, status)
    select u.account_id, x.inbox_id, x.id, u.id || '-' || n, now(), now(), u.id, case when n = 1 then 'open' else 'closed' end
    from app_user u join channel_account x on x.account_id = u.account_id and x.kind = 'echo', generate_series(1, 12) n"""


async def test_how_everybody_stands_reads_what_is_open_and_asks_no_inbox_apart(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    async with filled(parts, MANY_AT_WORK, HAVING_SOME) as counting:
        people = list(await routing.plans_of_all(counting.conn, actor.account_id))
        assert len(people) > 40
        looks = await _looks(counting.conn)
        assert set((await routing.open_counts(counting.conn, actor.account_id, people)).values()) == {1}
        assert await counting.read_of("conversation") <= len(people), "not what they have closed"
        assert await _looks(counting.conn) - looks <= 2 * len(people), "one look for each person and shelf, however many inboxes there are"


async def _looks(conn: Connection) -> int:
    """How often an index of conversations was gone into, in this transaction."""
    cursor = await conn.execute("select idx_scan from pg_stat_xact_user_tables where relname = 'conversation'")
    ((looks,),) = await cursor.fetchall()
    return int(looks)


BUSY: LiteralString = """with changed as (insert into contact_change (account_id, contact_id, user_id, kind) select u.account_id, c.id, u.id, 'x'
        from app_user u join contact c on c.account_id = u.account_id, generate_series(1, 20)),
    noted as (insert into contact_note (account_id, contact_id, author_id, text) select u.account_id, c.id, u.id, 'Hello'
        from app_user u join contact c on c.account_id = u.account_id, generate_series(1, 20))
    insert into attachment (account_id, uploaded_by, hash, name, type, size)
    select account_id, id, '0a', 'a', 'text/plain', 1 from app_user, generate_series(1, 20)"""
KEPT: LiteralString = "insert into file (account_id, hash, size) select id, '0a', 1 from account"
INVITED: LiteralString = """insert into app_user (account_id, email, name, role_id, joined_at)
    select account_id, 'kim@tindra.example', 'Kim', role_id, null from app_user limit 1"""


async def test_who_never_came_is_taken_out_without_reading_what_others_did(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """The foreign keys ask each table whether anything names them."""
    await say(parts, echo, "Hello")
    async with filled(parts, MANY_AT_WORK, ANSWERED, HAVING_SOME, KEPT, BUSY, INVITED) as counting:
        ((kim,),) = await (await counting.conn.execute("select id from app_user where name = 'Kim'")).fetchall()
        assert await store_people.remove_uninvited(counting.conn, actor.account_id, kim)
        for table in ("message", "conversation", "contact_change", "contact_note", "attachment"):
            assert await counting.read_of(table) == 0, table

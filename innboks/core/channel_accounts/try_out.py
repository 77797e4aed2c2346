"""A test that goes both roads (R-144): a message to the connection's own address, sent by a worker as every answer is, which has to come back the way
that customers' messages come. Each step is written down when it happens, so that a test that stands still says where.

It becomes no conversation: the channel knows it by its mark (`sdk/probe.py`), and the road in tells this module. What else arrives for administrators
only, a provider's code that confirms a forwarding, is kept here too. Read next: `core/conversations/receive.py`.
"""

import structlog

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import store as accounts
from innboks.core.channel_accounts import records, store, store_rhythm, store_tests
from innboks.core.channel_accounts.connect import get_channel_account, require_real
from innboks.core.channel_accounts.health import mark_broken
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.news import tell_watcher
from innboks.core.channel_accounts.store_tests import Test
from innboks.core.channel_accounts.words import TEST_MAIL
from innboks.core.events import store as events
from innboks.core.notifications.words import language
from innboks.core.parts import Parts
from innboks.errors import Broken, Conflict, Invalid, SendError
from innboks.lib.db import Connection
from innboks.lib.text import one_line, storable
from innboks.sdk.contract import Author, Check, ConfirmationReceived, Outgoing, Party, TestReturned
from innboks.sdk.probe import PURPOSE, make_mark
from innboks.sdk.registry import offers

log = structlog.get_logger("try_out")

SHOWN = 5


async def start_test(parts: Parts, actor: Actor, channel_account_id: int) -> Test:
    """Written down, with the job that sends it. Raises `Conflict` when nothing may leave or come, `Invalid` where a channel has no way back."""
    row = await _row(parts, actor, channel_account_id)
    require_real(row)
    if not row.is_active:
        raise Conflict("This channel is paused: nothing leaves, and nothing comes in. Resume it first.", code="paused")
    connected = await parts.directory.find(parts, actor.account_id, row.id)
    address = connected.channel.test_address(connected.context)
    if address is None:
        raise Invalid("A test cannot come back on this channel. Write to it from outside.", code="no_test")
    async with parts.db.transaction() as conn:
        test = await store_tests.begin(conn, actor.account_id, row.id, actor.user_id, address, parts.clock.now())
        await parts.jobs.send_test(conn, actor.account_id, test.id)
    parts.jobs.announce()
    return test


async def list_tests(parts: Parts, actor: Actor, channel_account_id: int) -> list[Test]:
    """The newest first."""
    row = await _row(parts, actor, channel_account_id)
    async with parts.db.connection() as conn:
        return await store_tests.of_channel(conn, actor.account_id, row.id, SHOWN)


async def send_test(parts: Parts, account_id: int, test_id: int) -> None:
    """In a worker, once: whether or not it left, it is not sent again by itself."""
    async with parts.db.transaction() as conn:
        test = await store_tests.take(conn, account_id, test_id, parts.clock.now())
        if test is None:
            return
        user = await accounts.get_user(conn, account_id, test.started_by)
        message_id = await store.next_message_id(conn)
    assert user is not None
    connected = await parts.directory.find(parts, account_id, test.channel_account_id)
    outgoing = Outgoing(
        message_id=message_id,
        conversation_id=0,
        author=Author(id=user.id, name=user.name, first_name=user.first_name, last_name=user.last_name),
        recipients=[Party(address=test.address)],
        subject=f"{one_line(connected.row.name, 100)} {make_mark(connected.context.secret(PURPOSE), test_id)}",
        text=TEST_MAIL[language(user.locale)],
        created_at=parts.clock.now(),
    )
    problem = ""
    try:
        await connected.channel.send(connected.context, outgoing)
    except SendError as error:
        problem = error.sentence
        if isinstance(error, Broken):
            await mark_broken(parts, account_id, test.channel_account_id, error.sentence)
    except Exception as error:
        log.exception("a test failed unexpectedly", channel_account=test.channel_account_id)
        problem = f"Sending stopped in a way that is not understood ({type(error).__name__})."
    async with parts.db.transaction() as conn:
        if problem:
            await store_tests.failed(conn, account_id, test_id, problem)
        else:
            await store_tests.sent(conn, account_id, test_id, parts.clock.now())
    if not problem:
        await tell_watcher(parts, account_id, test.channel_account_id, is_expected=True)


async def came_back(conn: Connection, row: ChannelAccount, happening: TestReturned, delivery_id: int, parts: Parts) -> None:
    """On the road in, in its transaction."""
    where, note, now = storable(happening.arrived_at, 300), storable(happening.note, 300), parts.clock.now()
    is_first = await store_tests.returned(conn, row.account_id, row.id, happening.test_id, where, note, delivery_id, now)
    if is_first and await store_rhythm.explain_quiet(conn, row.account_id, row.id, now):
        await events.add(conn, row.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": row.id})


async def keep_confirmation(conn: Connection, row: ChannelAccount, happening: ConfirmationReceived, parts: Parts) -> None:
    """On the road in, in its transaction. The newest counts."""
    shown = {
        "sender": storable(happening.sender, 300),
        "code": storable(happening.code, 50),
        "link": storable(happening.link, 2000),
        "at": parts.clock.now().isoformat(),
    }
    await store_tests.save_confirmation(conn, row.account_id, row.id, shown)
    await events.add(conn, row.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": row.id})


async def drop_confirmation(parts: Parts, actor: Actor, channel_account_id: int) -> None:
    """It is done."""
    row = await _row(parts, actor, channel_account_id)
    async with parts.db.transaction() as conn:
        await store_tests.save_confirmation(conn, actor.account_id, row.id, None)
        await events.add(conn, row.account_id, "channel_account.changed", inbox_id=row.inbox_id, data={"channel_account_id": row.id})
    parts.wake.touch(actor.account_id)


async def check_records(parts: Parts, actor: Actor, channel_account_id: int) -> list[Check]:
    """What the channel finds out about what is published elsewhere (DNS). Empty for channels that need nothing there."""
    row = await _row(parts, actor, channel_account_id)
    connected = await parts.directory.find(parts, actor.account_id, row.id)
    if not offers(connected.channel, "checks"):
        return []
    checks = list(await connected.channel.checks(connected.context))
    await records.keep(parts, actor.account_id, row.id, checks, connected.row.config_sealed)
    return checks


async def _row(parts: Parts, actor: Actor, channel_account_id: int) -> ChannelAccount:
    actor.require(ACCOUNT_ACCESS)
    row = await get_channel_account(parts, actor, channel_account_id)
    if row.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    return row

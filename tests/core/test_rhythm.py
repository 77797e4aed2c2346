"""What counts as an unusual silence is learned from the connection itself (UI 4)."""

from datetime import UTC, datetime, timedelta

from innboks.core.access import Actor
from innboks.core.channel_accounts import store_rhythm
from innboks.core.channel_accounts.connect import get_channel_account
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.rhythm import LEARNED, figures_of, look_for_silence, unusual_silence
from innboks.core.notifications.follow import Follower
from innboks.core.parts import Parts
from tests.core.conftest import say

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def working_hours(weeks: int, each: int = 3) -> dict[datetime, int]:
    """Monday to Friday, from 8 to 16, so many an hour."""
    days = [MONDAY + timedelta(days=day) for day in range(7 * weeks) if day % 7 < 5]
    return {day + hour * HOUR: each for day in days for hour in range(8, 16)}


def silence(counts: dict[datetime, int], last: datetime, **later: int) -> int | None:
    found = unusual_silence(counts, last, last + timedelta(**later))
    return found.usual_s if found else None


def test_nights_and_weekends_are_no_silence() -> None:
    hours = working_hours(4)
    friday = MONDAY + timedelta(days=25, hours=15, minutes=50)
    assert silence(hours, friday, hours=60) is None
    assert silence(hours, friday, hours=65) is None  # Monday, a little after eight
    assert silence(hours, friday, hours=69) is not None  # noon: a dozen are missing


def test_how_often_one_usually_comes_is_told() -> None:
    thursday = MONDAY + timedelta(days=24, hours=9)
    assert silence(working_hours(4), thursday, hours=5) == 1200


def test_a_connection_that_has_such_silences_is_not_quiet() -> None:
    hours = working_hours(4)
    for hour in range(8, 14):  # one Tuesday, nothing came until two
        del hours[MONDAY + timedelta(days=15, hours=hour)]
    thursday = MONDAY + timedelta(days=24, hours=9)
    assert silence(hours, thursday, hours=6) is None
    assert silence(hours, thursday, hours=31) is not None


def test_nothing_is_said_with_little_to_learn_from() -> None:
    week = {hour: count for hour, count in working_hours(1).items() if hour < MONDAY + timedelta(days=4)}
    assert silence(week, max(week), days=3) is None
    assert silence({MONDAY: 3}, MONDAY, days=300) is None
    assert silence({}, MONDAY, days=300) is None
    assert silence(working_hours(4, each=1), MONDAY + timedelta(days=25, hours=8), minutes=29) is None


async def test_what_comes_is_counted_and_a_silence_told_until_something_comes(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    follower = Follower(parts)
    while await follower.follow(actor.account_id):
        pass
    await say(parts, echo, "One", id="m1")
    await say(parts, echo, "Two", id="m2")
    while await follower.follow(actor.account_id):
        pass
    figures = await figures_of(parts, actor.account_id, [echo.id])
    assert sum(figures[echo.id].traffic) == 2

    async with parts.db.transaction() as conn:
        now = parts.clock.now()
        last = now - 6 * HOUR
        await conn.execute("update channel_account set last_received_at = %s where id = %s", (last, echo.id))
        await conn.execute("delete from channel_traffic")
        await conn.execute(
            """insert into channel_traffic (account_id, channel_account_id, hour, received)
               select %s, %s, hour, 4 from generate_series(date_trunc('hour', %s::timestamptz - %s), %s, '1 hour') as hour""",
            (echo.account_id, echo.id, last, LEARNED - HOUR, last),
        )
    await look_for_silence(parts)
    row = await get_channel_account(parts, actor, echo.id)
    assert row.unusual_silence is not None
    assert 800 < row.unusual_silence["usual_s"] < 1000

    # A test came back: only what is missing from then on is told.
    async with parts.db.transaction() as conn:
        assert await store_rhythm.explain_quiet(conn, echo.account_id, echo.id, now - 90 * MINUTE)
    await look_for_silence(parts)
    assert (await get_channel_account(parts, actor, echo.id)).unusual_silence is None
    async with parts.db.transaction() as conn:
        assert await store_rhythm.explain_quiet(conn, echo.account_id, echo.id, now - 150 * MINUTE)
    await look_for_silence(parts)
    assert (await get_channel_account(parts, actor, echo.id)).unusual_silence is not None
    await say(parts, echo, "Three", id="m3")
    assert (await get_channel_account(parts, actor, echo.id)).unusual_silence is None

"""What is stuck: found, shown to those whom it concerns, told to admins by another connection, once, and once more when it is over (AHEAD 4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from email import message_from_bytes, policy

import msgspec
import pytest

from innboks.core.access import Actor
from innboks.core.accounts.setup import create_account
from innboks.core.channel_accounts import store_rhythm
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.grants import seal_grant
from innboks.core.channel_accounts.health import mark_broken, record_health
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.receive import receive
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.parts import Parts
from innboks.core.radar import alarm, store
from innboks.core.radar.alarm import count_what_is_missing, look_for_alarms
from innboks.core.radar.look import radar
from innboks.core.radar.models import Kind, Trouble
from innboks.core.radar.words import begun, over, what, what_to_do
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Grant, Health
from tests.channels.email.scripted_smtp import HANG, ScriptedServer, scripted
from tests.core.conftest import say, signed


async def only(parts: Parts, actor: Actor) -> Trouble:
    (one,) = await radar(parts, actor)
    return one


async def answer(parts: Parts, actor: Actor, echo: ChannelAccount) -> int:
    """An answer that nobody has taken yet."""
    await say(parts, echo, "Is it there?")
    conversation = (await list_conversations(parts, actor)).items[0]
    message, _ = await write(parts, actor, conversation.id, NewMessage(type="reply", text="Yes."))
    return message.id


async def end(parts: Parts, message_id: int, account_id: int, state: str) -> None:
    async with parts.db.transaction() as conn:
        await dispatches.settle(conn, account_id, message_id, state=state, reason="550 nobody here")


async def test_while_all_is_well_there_is_nothing(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    assert await radar(parts, actor) == []


async def test_an_answer_that_nobody_took(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    await answer(parts, actor, echo)
    clock.advance(step=timedelta(minutes=2))
    assert await radar(parts, actor) == []
    clock.advance(step=timedelta(minutes=2))
    one = await only(parts, actor)
    assert (one.kind, one.count, one.conversation_id) == ("unsent", 1, (await list_conversations(parts, actor)).items[0].id)


async def test_answers_that_nobody_took_are_told_one_by_one(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    """The oldest first, each conversation once, however many answers wait in it."""
    await answer(parts, actor, echo)
    clock.advance(step=timedelta(seconds=1))
    await say(parts, echo, "And mine?", sender="mia", id="m2")
    mine = (await list_conversations(parts, actor)).items[0].id
    for text in ("Yours too.", "In a while."):
        await write(parts, actor, mine, NewMessage(type="reply", text=text))
    clock.advance(step=timedelta(minutes=4))
    one = await only(parts, actor)
    assert one.count == 3
    assert [row.id for row in one.conversations] == [one.conversation_id, mine]
    nobody = msgspec.structs.replace(actor, readable=frozenset())
    assert await radar(parts, nobody) == []


@pytest.mark.parametrize("state", ["failed", "uncertain"])
async def test_an_answer_that_did_not_arrive_or_may_not_have(parts: Parts, actor: Actor, echo: ChannelAccount, state: str) -> None:
    await end(parts, await answer(parts, actor, echo), actor.account_id, state)
    one = await only(parts, actor)
    assert (one.kind, one.count) == (state, 1)


async def test_a_broken_connection_with_what_waits_for_it(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await mark_broken(parts, echo.account_id, echo.id, "The token was withdrawn.")
    await answer(parts, actor, echo)
    one = await only(parts, actor)
    assert (one.kind, one.count, one.name, one.detail, one.channel_account_id) == ("broken", 1, "Echo", "The token was withdrawn.", echo.id)
    await record_health(parts, echo.account_id, echo.id, Health(state="connected"))
    assert await radar(parts, actor) == []


async def test_what_could_not_be_read(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await receive(parts, echo.account_id, echo.id, signed({"type": "nobody knows this"}))
    one = await only(parts, actor)
    assert (one.kind, one.count, one.name) == ("quarantined", 1, "Echo")


async def test_much_that_could_not_be_read_hides_no_other_connection(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    other = await connect(parts, actor, "echo", "Other", None, {"room": "yard"})
    await receive(parts, other.account_id, other.id, signed({"type": "nobody knows this"}))
    async with parts.db.transaction() as conn:
        await conn.execute(
            """insert into delivery (account_id, channel_account_id, payload_hash, body, size, envelope, fate, reason, received_at)
               select account_id, channel_account_id, sha256(n::text::bytea), body, size, envelope, fate, 'Torn.', received_at + interval '1 second'
               from delivery, generate_series(1, 150) n where channel_account_id = %s""",
            (other.id,),
        )
        await conn.execute("update delivery set channel_account_id = %s where reason = 'Torn.'", (echo.id,))
    found = [(one.kind, one.name, one.count, one.is_capped) for one in await radar(parts, actor)]
    assert found == [("quarantined", "Echo", 99, True), ("quarantined", "Other", 1, False)]


async def test_a_sign_in_that_was_not_renewed(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    grant = Grant(refresh_token="r", access_token="a", expires_at=clock.now())
    async with parts.db.transaction() as conn:
        await conn.execute(
            "update channel_account set grant_sealed = %s where id = %s", (seal_grant(parts, echo.account_id, echo.id, grant), echo.id)
        )
    clock.advance(step=timedelta(minutes=29))
    assert await radar(parts, actor) == []
    clock.advance(step=timedelta(minutes=2))
    assert (await only(parts, actor)).kind == "expiring"


async def test_a_connection_that_is_quiet_by_its_own_rhythm(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "Hello")
    async with parts.db.transaction() as conn:
        row = await (await conn.execute("select last_received_at from channel_account where id = %s", (echo.id,))).fetchone()
        assert row is not None
        quiet = {"after": row[0].astimezone(UTC).isoformat(), "usual_s": 60}
        await store_rhythm.save_quiet(conn, echo.account_id, echo.id, quiet)
    assert (await only(parts, actor)).kind == "quiet"


async def test_a_mailbox_that_cannot_be_reached_is_told_after_a_moment(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    async def lasts(seconds: int) -> None:
        async with parts.db.transaction() as conn:
            began = parts.clock.now() - timedelta(seconds=seconds)
            await conn.execute("update channel_account set health_at = %s where id = %s", (began, echo.id))

    await record_health(parts, echo.account_id, echo.id, Health(state="unreachable", sentence="There is no server imap.tindra.test."))
    await lasts(60)
    assert await radar(parts, actor) == []
    await lasts(360)
    await record_health(parts, echo.account_id, echo.id, Health(state="unreachable", sentence="The server broke off."))
    one = await only(parts, actor)
    assert (one.kind, one.name, one.detail) == ("unreachable", "Echo", "The server broke off."), "another reason does not begin it anew"
    async with parts.db.connection() as conn:
        assert await store.accounts_in_question(conn, parts.clock.now()) == [actor.account_id]
    await record_health(parts, echo.account_id, echo.id, Health(state="connected"))
    assert await radar(parts, actor) == []


async def test_a_gap_counts_when_it_stays(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    async def counted(gap: int | None) -> None:
        async with parts.db.transaction() as conn:
            await store.save_gap(conn, echo.account_id, echo.id, gap, clock.now())

    await counted(4)
    clock.advance(step=timedelta(hours=1))
    await counted(3)
    assert await radar(parts, actor) == []
    clock.advance(step=timedelta(hours=2))
    one = await only(parts, actor)
    assert (one.kind, one.count) == ("gap", 3)
    await counted(0)
    assert await radar(parts, actor) == []
    await count_what_is_missing(parts)  # Echo keeps no books: nothing is asked, nothing breaks
    assert await radar(parts, actor) == []


async def test_a_worker_that_is_silent_is_missed_by_everybody(parts: Parts, actor: Actor, clock: FakeClock) -> None:
    stranger = msgspec.structs.replace(actor, readable=frozenset())
    async with parts.db.connection() as conn:
        await store.beat(conn, "web:a:1", "web", clock.now())
        assert await radar(parts, stranger) == [], "it has not had the time to come up yet"
        clock.advance(61)
        assert (await only(parts, stranger)).kind == "worker"
        await store.beat(conn, "worker:a:2", "worker", clock.now())
        assert await radar(parts, stranger) == []
        clock.advance(61)
        await store.beat(conn, "web:a:1", "web", clock.now())
        assert (await only(parts, stranger)).kind == "worker"
        await store.beat(conn, "worker:a:3", "worker", clock.now())
        assert await radar(parts, stranger) == [], "another one works"


async def test_nobody_sees_what_concerns_other_inboxes(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    message_id = await answer(parts, actor, echo)
    await receive(parts, echo.account_id, echo.id, signed({"type": "nobody knows this"}))
    await mark_broken(parts, echo.account_id, echo.id, "Withdrawn.")
    clock.advance(step=timedelta(minutes=5))
    assert {one.kind for one in await radar(parts, actor)} == {"broken", "unsent", "quarantined"}
    await end(parts, message_id, actor.account_id, "uncertain")
    assert "uncertain" in {one.kind for one in await radar(parts, actor)}
    assert await radar(parts, msgspec.structs.replace(actor, readable=frozenset())) == []


# ── alarms ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Office:
    """An account with two addresses, each with a mail server of its own."""

    def __init__(self, parts: Parts, actor: Actor, rows: list[ChannelAccount], servers: list[ScriptedServer]) -> None:
        self.parts, self.actor, self.rows, self.servers = parts, actor, rows, servers

    def mails(self, nth: int) -> list[str]:
        """Subject and text of what this server was given."""
        found = []
        for raw in self.servers[nth].mails:
            mail = message_from_bytes(raw, policy=policy.default)
            found.append(f"{mail['To']} | {mail['Subject']} | {mail.get_content()}")
        return found


@pytest.fixture
async def office(parts: Parts, actor: Actor) -> AsyncIterator[Office]:
    async with scripted() as first, scripted() as second:
        rows = []
        for name, server in (("sales", first), ("team", second)):
            config = {
                "address": f"{name}@tindra.test",
                "company_name": f"Tindra {name}",
                "smtp_host": "127.0.0.1",
                "smtp_port": server.port,
            }
            rows.append(await connect(parts, actor, "email", name.title(), None, config))
        yield Office(parts, actor, rows, [first, second])


async def test_a_broken_connection_is_told_by_another_one_once_and_once_when_it_is_over(office: Office, clock: FakeClock) -> None:
    broken = office.rows[0]
    await mark_broken(office.parts, broken.account_id, broken.id, "The password was changed.")
    await look_for_alarms(office.parts)
    assert [office.mails(0), office.mails(1)] == [[], []], "it may be over in a moment"
    for _ in range(3):
        clock.advance(61)
        await look_for_alarms(office.parts)
    (told,) = office.mails(1)
    assert "ada@tindra.example" in told
    assert "Sales" in told
    assert "The password was changed." in told
    assert "Reconnect it." in told
    await record_health(office.parts, broken.account_id, broken.id, Health(state="connected"))
    for _ in range(2):
        clock.advance(61)
        await look_for_alarms(office.parts)
    assert len(office.mails(1)) + len(office.mails(0)) == 2
    ended = (office.mails(0) + office.mails(1)[1:])[0]
    assert "Over: The connection “Sales” did not work |" in ended
    assert "does not work" not in ended, "what is over is not told as if it still were so"


async def test_what_nobody_took_is_told_when_somebody_does(office: Office, clock: FakeClock) -> None:
    for row in office.rows:
        await mark_broken(office.parts, row.account_id, row.id, "Refused.")
    await look_for_alarms(office.parts)
    clock.advance(61)
    await look_for_alarms(office.parts)
    assert [office.mails(0), office.mails(1)] == [[], []]
    await record_health(office.parts, office.rows[1].account_id, office.rows[1].id, Health(state="connected"))
    clock.advance(61)
    await look_for_alarms(office.parts)
    (told,) = office.mails(1)
    assert "Sales" in told
    assert "Team" not in told.split("|")[2], "of what was over before anybody was told, nobody is told"


async def test_a_telling_that_was_interrupted_is_made_up_for(office: Office, clock: FakeClock) -> None:
    """The process ends while the mail server has not answered yet."""
    first, second = office.servers
    for row in office.rows:
        await mark_broken(office.parts, row.account_id, row.id, "Refused.")
    await look_for_alarms(office.parts)
    await record_health(office.parts, office.rows[1].account_id, office.rows[1].id, Health(state="connected"))
    clock.advance(61)
    second.commands.clear()
    second.answers["EHLO"] = HANG
    telling = asyncio.create_task(look_for_alarms(office.parts))
    async with asyncio.timeout(10):
        while not second.commands:
            await asyncio.sleep(0.01)
        await look_for_alarms(office.parts)  # somebody else looks meanwhile
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    del second.answers["EHLO"]
    clock.advance(61)
    await look_for_alarms(office.parts)
    assert office.mails(1) == [], "whoever began may still be at it"
    clock.advance(step=timedelta(minutes=5))
    for _ in range(2):
        await look_for_alarms(office.parts)
    (told,) = office.mails(1)
    assert "Sales" in told
    assert first.mails == []


async def test_a_mail_server_that_does_not_answer_makes_no_process_look_dead(
    office: Office, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "BEAT_S", 0.01)
    monkeypatch.setattr(alarm, "LOOK_S", 0.01)
    monkeypatch.setattr(alarm, "BEATS_PER_LOOK", 1, raising=False)
    await mark_broken(office.parts, office.rows[0].account_id, office.rows[0].id, "Refused.")
    await look_for_alarms(office.parts)
    clock.advance(61)
    office.servers[1].commands.clear()
    office.servers[1].answers["EHLO"] = HANG
    watch = asyncio.create_task(alarm.keep_watch(office.parts, "worker"))
    async with asyncio.timeout(10):
        while not office.servers[1].commands:
            await asyncio.sleep(0.01)
        clock.advance(61)
        while True:
            async with office.parts.db.connection() as conn:
                beats = await store.last_beats(conn)
            if "worker" in beats and beats["worker"][1] == clock.now():
                break
            await asyncio.sleep(0.01)
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_a_worker_that_is_down_is_told_too(office: Office, clock: FakeClock) -> None:
    async with office.parts.db.connection() as conn:
        await store.beat(conn, "web:a:1", "web", clock.now())
        clock.advance(61)
        await store.beat(conn, "web:a:1", "web", clock.now())
    await look_for_alarms(office.parts)
    clock.advance(61)
    await look_for_alarms(office.parts)
    assert sum("background work stands still" in mail for mail in (*office.mails(0), *office.mails(1))) == 1


async def test_two_processes_take_turns(office: Office, clock: FakeClock) -> None:
    async with office.parts.db.transaction() as conn:
        assert await store.take_turn(conn)
        await mark_broken(office.parts, office.rows[0].account_id, office.rows[0].id, "Refused.")
        await look_for_alarms(office.parts)
        async with office.parts.db.connection() as other:
            assert await store.alarms(other, office.actor.account_id) == {}


async def test_only_accounts_in_which_something_may_be_wrong_are_looked_at(office: Office, clock: FakeClock) -> None:
    """The look of every minute costs one question for all that are well, however many there are."""
    parts, well = office.parts, await create_account(office.parts, "Well", "Eve Other", "eve@elsewhere.example", "a long enough password")

    async def asked() -> list[int]:
        async with parts.db.connection() as conn:
            return await store.accounts_in_question(conn, clock.now())

    assert await asked() == []
    await mark_broken(parts, office.rows[0].account_id, office.rows[0].id, "Refused.")
    assert await asked() == [office.actor.account_id]
    await look_for_alarms(parts)
    await record_health(parts, office.rows[0].account_id, office.rows[0].id, Health(state="connected"))
    assert await asked() == [office.actor.account_id], "that it is over has to be told"
    await look_for_alarms(parts)
    assert await asked() == []
    row = await connect(parts, well, "echo", "Echo", None, {"room": "lobby"})
    await receive(parts, row.account_id, row.id, signed(b"not what it should be"))
    assert await asked() == [well.account_id]


def test_the_subject_of_an_alarm_says_what_is_so_and_its_text_why() -> None:
    detail = "The mail server wants a valid user name and password. Enter them in the connection's settings."
    one = Trouble(kind="broken", count=2, name="Support mail", detail=detail)
    subject, text = begun([one], "en", "https://tindra.example")
    assert subject == "Innboks: The connection “Support mail” does not work"
    assert f"does not work. {detail} 2 answers wait for it.\nReconnect it." in text
    assert over([one], "nb", "")[0] == "Innboks: Over: Tilkoblingen «Support mail» virket ikke"
    other = Trouble(kind="quiet", name=" {name}\r\nBcc: everybody " * 20)
    assert begun([one, other], "nb", "")[0] == "Innboks: 2 ting trenger deg"
    assert over([one, other], "en", "")[0] == "Innboks: 2 things are over"
    subject, _ = begun([other], "en", "")
    assert subject.endswith("…” is unusually quiet")
    assert "\n" not in subject


@pytest.mark.parametrize("locale", ["en", "nb"])
def test_one_thing_is_told_as_one(locale: str) -> None:
    kinds: tuple[Kind, ...] = ("unsent", "uncertain", "failed", "quarantined", "gap")
    for kind in kinds:
        assert not any(sign in what(Trouble(kind=kind, count=1, name="Support"), locale) for sign in "1{}"), kind
        assert "2" in what(Trouble(kind=kind, count=2, name="Support"), locale), kind
        assert "1+" in what(Trouble(kind=kind, count=1, is_capped=True, name="Support"), locale), kind
    assert what_to_do(Trouble(kind="quarantined", count=1), locale) != what_to_do(Trouble(kind="quarantined", count=2), locale)
    assert what_to_do(Trouble(kind="quarantined", count=1, is_capped=True), locale) == what_to_do(
        Trouble(kind="quarantined", count=2), locale
    )

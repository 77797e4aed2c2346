"""A mailbox at a big provider: every mail once and in order, whatever happened to the connection, the mark of changes, the tokens, the mails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from innboks.channels.email import cloud, cloud_mailbox, own
from innboks.channels.email.cloud_mailbox import Pace
from innboks.errors import Broken, Invalid, Retry
from innboks.sandbox.email.provider import Trouble
from innboks.sdk.contract import Grant
from tests.channels.email.cloud import TEAM, CloudBox, Providers, mail
from tests.waiting import until

METHODS = ["gmail", "microsoft365"]


@pytest.fixture(params=METHODS)
async def box(providers: Providers, request: pytest.FixtureRequest) -> AsyncIterator[CloudBox]:
    made = CloudBox(providers, request.param)
    yield made
    await made.http.close()


def earlier(**how: float) -> datetime:
    return datetime.now(UTC) - timedelta(**how)


async def ledger(box: CloudBox) -> dict[str, object]:
    return dict(await cloud_mailbox.ledger(box.context(), cloud.mailbox_of(box.context())))


async def test_new_mail_arrives_and_what_was_there_before_does_not(box: CloudBox) -> None:
    await box.box.put(mail("before"), at=earlier(hours=1))
    await box.box.put(mail("just after connecting"))
    async with box.watched():
        await until(lambda: len(box.delivered) == 1)
        await box.box.put(mail("now"))
        await until(lambda: len(box.delivered) == 2)
    assert box.subjects() == ["just after connecting", "now"]
    assert box.health[-1].state == "connected"
    assert box.delivered[0].body == mail("just after connecting")
    arrived = datetime.fromisoformat(box.delivered[0].headers["received-at"])
    assert abs(arrived - datetime.now(UTC)) < timedelta(minutes=1)
    assert not any(one.is_read for one in box.box.mails.values())


async def test_days_without_a_connection(box: CloudBox) -> None:
    """Read meanwhile, filed by hand, rescued from junk: all arrive once, in the order in which they came."""
    box.connected_at = earlier(days=10)
    await box.box.put(mail("old"), at=earlier(days=20))
    async with box.watched():
        await box.box.put(mail("0"), at=earlier(days=4))
        await until(lambda: len(box.delivered) == 1)
        box.provider.troubles.append(Trouble(call=".", status=503, times=10**9))
        kept = [await box.box.put(mail(str(nth)), at=earlier(hours=80 - nth)) for nth in range(1, 13)]
        kept[2].is_read = True
        await box.box.move(kept[3].id, "archive")
        junk = await box.box.put(mail("13"), "junk", at=earlier(hours=60))
        await box.box.put(mail("spam"), "junk", at=earlier(hours=59))
        await box.box.put(mail("draft"), "drafts", at=earlier(hours=59))
        await box.box.move(junk.id, "inbox")
        await until(lambda: any(one.state == "unreachable" for one in box.health))
        box.provider.troubles.clear()
        await until(lambda: len(box.delivered) >= 14)
        await until(lambda: box.health[-1].state == "connected")
    assert sorted(box.subjects(), key=int) == [str(nth) for nth in range(14)]
    assert [one for one in box.subjects() if one not in ("4", "13")] == [str(nth) for nth in range(14) if nth not in (4, 13)]


async def test_a_mark_that_the_provider_forgot_doubles_nothing_and_loses_nothing(box: CloudBox) -> None:
    async with box.watched():
        for nth in range(3):
            await box.box.put(mail(str(nth)))
        await until(lambda: len(box.delivered) == 3)
    await box.box.put(mail("3"))
    box.box.forget_log()
    await box.box.put(mail("4"))
    async with box.watched():
        await until(lambda: len(box.delivered) == 5)
        await box.box.put(mail("5"))
        await until(lambda: len(box.delivered) == 6)
    assert box.subjects() == [str(nth) for nth in range(6)]
    told = await ledger(box)
    assert (told["on_server"], told["gap"]) == (6, 0)


async def test_an_address_that_moved_to_the_other_provider_is_read_there(providers: Providers, box: CloudBox) -> None:
    async with box.watched():
        await box.box.put(mail("before the move"))
        await until(lambda: len(box.delivered) == 1)
    moved = CloudBox(providers, next(one for one in METHODS if one != box.config.method))
    moved.state = dict(box.state) | {"gaps": {"gone/1": {"reason": "x", "tries": 1, "next_at": earlier(days=1).isoformat()}}}
    await moved.box.put(mail("after the move"))
    async with moved.watched():
        await until(lambda: moved.subjects() == ["after the move"])
        assert moved.health[-1].state == "connected"
    assert moved.state["gaps"] == {}
    await moved.http.close()


async def test_many_mails_with_a_broken_one(box: CloudBox) -> None:
    async with box.watched():
        pass
    kept = [await box.box.put(mail(str(nth))) for nth in range(200)]
    trouble = Trouble(call=f"{kept[100].id}", status=500, times=10**9)
    box.provider.troubles.append(trouble)
    async with box.watched():
        await until(lambda: len(box.delivered) == 199, 60)
        assert box.subjects() == [str(nth) for nth in range(200) if nth != 100]
        await until(lambda: bool(box.state.get("gaps")))
        told = await ledger(box)
        assert (told["on_server"], told["gap"]) == (200, 1)
        box.provider.troubles.clear()
        box.clock.advance(120)
        await until(lambda: len(box.delivered) == 200)
    assert box.subjects()[-1] == "100"
    assert (await ledger(box))["gap"] == 0


async def test_thirty_megabytes(box: CloudBox) -> None:
    async with box.watched():
        await box.box.put(mail("large", 30_000_000))
        await box.box.put(mail("small"))
        await until(lambda: len(box.delivered) == 2, 60)
    assert [len(one.body) for one in box.delivered] == [len(mail("large", 30_000_000)), len(mail("small"))]


async def test_one_that_cannot_be_stored_does_not_stop_the_others(box: CloudBox) -> None:
    async with box.watched():
        box.failing_deliveries = 1
        await box.box.put(mail("first"))
        await until(lambda: box.failing_deliveries == 0)
        await box.box.put(mail("second"))
        await until(lambda: len(box.delivered) == 1)
        box.clock.advance(120)
        await until(lambda: len(box.delivered) == 2)
    assert box.subjects() == ["second", "first"]


async def test_a_restart_in_the_middle_doubles_nothing(box: CloudBox) -> None:
    async with box.watched():
        pass
    for nth in range(60):
        await box.box.put(mail(str(nth)))
    async with box.watched():
        await until(lambda: len(box.delivered) > 10)
    async with box.watched():
        await until(lambda: len(box.delivered) == 60)
        await asyncio.sleep(0)
    assert box.subjects() == [str(nth) for nth in range(60)]


async def test_filling_the_past_from_a_day(box: CloudBox) -> None:
    for nth in range(30):
        await box.box.put(mail(str(nth)), at=earlier(days=60 - nth))
    await box.box.put(mail("sent then", Message_ID="<then@phone.example>"), "sent", at=earlier(days=35))
    async with box.watched():
        await box.box.put(mail("today"))
        await until(lambda: len(box.delivered) == 1)
    since = (datetime.now(UTC) - timedelta(days=40)).date()
    box.settings = {**box.settings, "backfill_since": since.isoformat()}
    before = await ledger(box)
    assert isinstance(before["gap"], int)
    assert before["gap"] > 5
    async with box.watched():
        await until(lambda: (box.state.get("backfill") or {}).get("state") == "done")
    wanted = [str(nth) for nth in range(30) if earlier(days=60 - nth).date() >= since]
    assert sorted(box.subjects()) == sorted([*wanted, "sent then", "today"])
    assert (await ledger(box))["gap"] == 0


async def test_answers_written_in_another_program_come_in_and_our_own_do_not(box: CloudBox) -> None:
    async with box.watched():
        own_id = own.message_id_for(box.context(), 4711)
        await box.box.put(mail("ours", Message_ID=f"<{own_id}>"), "sent")
        await box.box.put(mail("by phone", Message_ID="<phone@tindra.example>"), "sent")
        await until(lambda: bool(box.delivered))
        await box.box.put(mail("a customer"))
        await until(lambda: len(box.delivered) == 2)
    assert box.subjects() == ["by phone", "a customer"]
    assert box.delivered[0].headers["folder-role"] == "sent"
    assert "folder-role" not in box.delivered[1].headers
    told = await ledger(box)
    assert (told["on_server"], told["gap"]) == (2, 0)


async def test_too_fast_is_waited_for_without_alarm(box: CloudBox) -> None:
    async with box.watched():
        box.provider.troubles.append(box.provider.too_fast(1))
        await box.box.put(mail("later"))
        await until(lambda: len(box.delivered) == 1)
    assert {one.state for one in box.health} <= {"connected", "unreachable"}


async def test_an_access_token_that_ended_is_renewed_before_and_after(box: CloudBox) -> None:
    async with box.watched():
        assert box.provider.oauth.renewals == 1
        box.clock.advance(3600)  # its time is over by our clock
        await until(lambda: box.provider.oauth.renewals == 2)
        box.provider.oauth.expire()  # the provider ends it early
        await until(lambda: box.provider.oauth.renewals == 3)
        await box.box.put(mail("still here"))
        await until(lambda: len(box.delivered) == 1)
    assert [one.state for one in box.health] == ["connected"]


async def test_withdrawn_leave_turns_red_and_signing_in_again_mends_it(box: CloudBox) -> None:
    async with box.watched():
        box.provider.oauth.withdraw(TEAM)
        await until(lambda: box.health[-1].state == "broken")
        assert box.health[-1].sentence.endswith("Sign in again.")
        assert box.health[-1].action == "", "it is not said twice"
        await box.box.put(mail("meanwhile"))
        box.grant = Grant(refresh_token=box.provider.oauth.issue(TEAM))
        await until(lambda: box.health[-1].state == "connected")
        await until(lambda: len(box.delivered) == 1)
    assert [one.state for one in box.health] == ["connected", "broken", "connected"]  # each told once


async def test_red_comes_within_a_minute() -> None:
    assert max(Pace().look_s, Pace().pushed_s) <= 50


async def test_connecting_with_a_token_as_scripts_do(box: CloudBox) -> None:
    token = box.provider.oauth.issue(TEAM)
    box.grant = None
    with pytest.raises(Invalid) as refused:
        await box.channel.connect(box.context())
    assert (refused.value.code, refused.value.field) == ("sign_in", "method")
    from msgspec.structs import replace

    config = replace(box.config, refresh_token=token)
    made = await box.channel.connect(replace(box.context(), config=config, renew_grant=None))
    assert made.identity == TEAM
    assert made.grant is not None
    assert made.grant.access_token
    assert made.config.refresh_token == ""  # type: ignore[attr-defined]


async def test_the_page_allow_and_deny(box: CloudBox) -> None:
    consent, code = await box.consent()
    grant = await box.channel.take_grant(box.context(), consent, code)
    assert grant.refresh_token
    assert grant.access_token
    with pytest.raises(Broken):  # a code works once
        await box.channel.take_grant(box.context(), consent, code)
    consent, code = await box.consent()
    from msgspec.structs import replace

    with pytest.raises(Broken):  # and for the verifier of whoever asked
        await box.channel.take_grant(box.context(), replace(consent, verifier="w" * 64), code)
    assert (await box.consent("deny"))[1] == ""


async def test_another_persons_mailbox_is_refused_in_words(box: CloudBox) -> None:
    box.grant = Grant(refresh_token=box.provider.oauth.issue("ada@tindra.example"))
    with pytest.raises(Invalid) as refused:
        await box.channel.connect(box.context())
    assert refused.value.field == "address"
    assert "ada@tindra.example" in refused.value.sentence
    assert "forwarding" in refused.value.sentence


async def test_a_server_that_is_not_registered_says_so(box: CloudBox) -> None:
    box.settings = {**box.settings, "provider_clients": {}}
    assert all("CLIENT_ID" in one.problem for one in box.channel.sign_ins(box.settings))
    with pytest.raises(Invalid) as refused:
        await box.channel.connect(box.context())
    assert "CLIENT_ID" in refused.value.sentence


async def test_disconnecting_gives_the_grant_back_and_never_fails(box: CloudBox) -> None:
    await box.channel.disconnect(box.context())
    box.provider.troubles.append(Trouble(call=".", status=500, times=100))
    await box.channel.disconnect(box.context())


async def test_the_provider_is_away_at_the_ledger(box: CloudBox) -> None:
    box.provider.troubles.append(Trouble(call=".", status=503, times=100))
    with pytest.raises(Retry):
        await ledger(box)

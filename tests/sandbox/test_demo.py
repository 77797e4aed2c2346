"""The demo: a plan that is believable and the same each time, and an account that holds what it promises."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from innboks.app import build_parts
from innboks.config import Endpoint, Settings
from innboks.core.accounts.actors import actor_by_email, first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.accounts.sign_in import sign_in
from innboks.core.channel_accounts.connect import list_channel_accounts, shown_config
from innboks.core.conversations.read import count_views, list_conversations, list_messages
from innboks.core.tickets.read import list_tickets
from innboks.demo import papers, texts
from innboks.demo.load import CONVERSATIONS, load
from innboks.demo.people import TEAM
from innboks.demo.stories import CLOSES, OPENS, TICKETS_OF, ZONE, plan
from innboks.errors import Conflict
from innboks.lib.filetypes import file_type
from tests.ports import free_port

SUNDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
PASSWORD = "a demo password to type"


@pytest.mark.parametrize("now", [SUNDAY, WEDNESDAY])
def test_the_plan(now: datetime) -> None:
    steps = plan(random.Random(1), now, CONVERSATIONS)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert steps[-1].at <= now
    assert now - steps[0].at > timedelta(days=50)
    mails = [step for step in steps if step.what == "mail"]
    assert len(mails) > CONVERSATIONS * 1.2
    assert {step.story.customer.language for step in mails} == {"en", "no"}
    assert {step.story.customer.client for step in mails} == {"gmail", "outlook", "iphone", "plain"}
    assert all(step.story.customer.address.endswith(".example") for step in steps)
    assert not [step for step in steps if "{" in step.text + step.story.subject]


def test_the_team_works_in_office_hours() -> None:
    for step in plan(random.Random(1), SUNDAY, 100):
        if step.what in ("reply", "close"):
            at = step.at.astimezone(ZONE)
            assert at.weekday() < 5
            assert OPENS <= at.hour < CLOSES


@pytest.mark.parametrize("day", range(7))
def test_at_any_hour_everybody_has_open_work_with_a_ticket(day: int) -> None:
    for hour in range(24):
        steps = plan(random.Random(day), WEDNESDAY + timedelta(days=day, hours=hour), 70)
        closed = {id(step.story) for step in steps if step.what == "close"}
        assigned = [step for step in steps if step.what == "assign" and step.story.topic.address == TICKETS_OF]
        assert {step.who for step in assigned if id(step.story) not in closed} == set(range(len(TEAM)))
        assert [step for step in assigned if id(step.story) in closed], "and some that are settled"


def test_the_plan_is_the_same_each_time() -> None:
    def told() -> list[tuple[datetime, str, str]]:
        return [(step.at, step.what, step.text) for step in plan(random.Random(1), SUNDAY, 50)]

    assert told() == told()


def test_all_texts_can_be_filled() -> None:
    assert sum(len(topic.scripts) for topic in texts.TOPICS) >= 25


def test_the_papers_are_real_files() -> None:
    photo = papers.photo(random.Random(1))
    assert file_type(photo, "", "a.png") == "image/png"
    assert photo.endswith(b"IEND\xaeB`\x82")
    document = papers.document("Receipt", ["Ærlig (talt) \\ 12 €"])
    assert file_type(document, "", "a.pdf") == "application/pdf"
    start = int(document.rsplit(b"startxref\n", 1)[1].split()[0])
    assert document[start:].startswith(b"xref")


async def test_a_fresh_server_becomes_a_lively_account(settings: Settings, dsn: str) -> None:
    wide = msgspec.structs.replace(settings, sandbox_smtp=Endpoint("127.0.0.1", free_port()))
    told = await load(wide, dsn, PASSWORD, wanted=70)
    assert "amina@tindra.example" in told
    assert PASSWORD in told
    assert "The demo is here already" in await load(wide, dsn, wanted=70)
    async with build_parts(wide, dsn, "tool") as parts:
        assert await sign_in(parts, "amina@tindra.example", PASSWORD, remote_address="127.0.0.1", user_agent="Test")
        assert await actor_by_email(parts, "jonas@tindra.example")
        admin = await first_admin(parts)
        assert admin is not None
        channels = await list_channel_accounts(parts, admin)
        assert {one.address for one in channels} == {"support@tindra.example", "returns@tindra.example", "butikk@tindra.example"}
        assert {shown_config(parts, one)["smtp_port"] for one in channels} == {wide.sandbox_smtp.port}
        counted = await count_views(parts, admin, [one.id for one in channels])
        busy = ("open", "unassigned", "mine", "failed", "spam", *(f"channel:{one.id}" for one in channels))
        assert all(counted[view].count for view in busy), counted
        tickets = (await list_tickets(parts, admin, limit=100)).items
        states = {one.closed_at is None for one in tickets}
        assert (states, {one.channel_account_id for one in tickets}) == ({True, False}, {None}), "tickets that people made, open and closed"
        found = [one for view in ("open", "closed") for one in (await list_conversations(parts, admin, view=view, limit=100)).items]
        assert len(found) == 70  # the four that were marked as spam are in neither
        now = datetime.now(UTC)
        assert all(one.created_at <= one.last_message_at <= now for one in found)
        assert now - min(one.created_at for one in found) > timedelta(days=40)
        assert 0 < sum(one.is_unread for one in found) < 35
        messages = [one for few in found for one in (await list_messages(parts, admin, few.id, limit=200)).items]
        assert {one.type for one in messages} == {"message", "reply", "comment", "system"}
        assert {one.state for one in messages if one.type == "reply"} >= {"sent", "failed", "uncertain"}
        assert {file.type for one in messages for file in one.attachments} == {"image/png", "application/pdf"}
        assert [one for one in messages if one.quoted]
        assert [one for one in messages if one.has_html]
        assert {one.origin["word"] for one in messages if one.type == "message"} == {"verified"}
        for few in found:
            times = [one.created_at for one in messages if one.conversation_id == few.id]
            assert times == sorted(times), "a conversation reads in the order of time"
            assert max(times) <= now


async def test_an_account_of_ones_own_keeps_its_administrator(settings: Settings, dsn: str) -> None:
    near = msgspec.structs.replace(settings, sandbox_smtp=Endpoint("127.0.0.1", free_port()))
    async with build_parts(near, dsn, "tool") as parts:
        await create_first_account(parts, "My company", "Ada Example", "ada@my.example", "a long enough password")
    told = await load(near, dsn, PASSWORD, wanted=30)
    assert "ada@my.example (your own account and password)" in told
    async with build_parts(near, dsn, "tool") as parts:
        ada = await first_admin(parts)
        assert ada is not None
        assert ada.email == "ada@my.example"
        found = [one for view in ("open", "closed") for one in (await list_conversations(parts, ada, view=view, limit=100)).items]
        messages = [one for few in found for one in (await list_messages(parts, ada, few.id)).items]
        assert ada.user_id not in {one.author_id for one in messages}
        assert ada.user_id in {one.assignee_id for one in found}


async def test_a_demo_that_broke_off_is_not_begun_again(settings: Settings, dsn: str) -> None:
    from innboks.demo import store

    async with build_parts(settings, dsn, "tool") as parts:
        admin = await create_first_account(parts, "Tindra", "Ada Example", "ada@my.example", "a long enough password")
        async with parts.db.transaction() as conn:
            assert await store.begin(conn, admin.account_id)
            assert not await store.begin(conn, admin.account_id)
    with pytest.raises(Conflict, match="not finished"):
        await load(settings, dsn, PASSWORD, wanted=5)

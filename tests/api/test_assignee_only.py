"""Where an inbox wants it, an assigned conversation is answered by its assignee only (AHEAD 9): whoever asks, by whatever way an answer begins."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.write import write
from innboks.core.dispatches import store as dispatches
from innboks.core.held.release import release_due
from innboks.core.parts import Parts
from innboks.errors import Conflict
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem
from tests.api.test_people import People, people

__all__ = ["people"]


class Shop:
    """An inbox with this wish, a conversation of Bo's in it, and people of every kind beside Bo."""

    def __init__(self, people: People, conversation: dict[str, Any]) -> None:
        self.people, self.api = people, people.api
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.ids: dict[str, str] = {}
        self.inbox, self.conversation = conversation["inbox_id"], conversation["id"]

    async def set_up(self) -> None:
        changed = await self.api.patch(f"/api/inboxes/{self.inbox}", json={"is_assignee_only": True})
        assert changed.json()["is_assignee_only"] is True
        for name, role in (("Bo Agent", "agent"), ("Cy Admin", "admin"), ("Di Chief", "super_admin"), ("Ed Agent", "agent")):
            first = name.split()[0].lower()
            self.ids[first], self.clients[first] = await self.people.new(name, await self.people.role(role))
        await self.give("bo")

    async def give(self, to: str | None, by: httpx.AsyncClient | None = None) -> None:
        wanted = {"assignee_id": None if to is None else self.ids[to]}
        changed = await (by or self.api).patch(f"/api/conversations/{self.conversation}", json=wanted)
        assert changed.status_code == 200, changed.text

    async def post(self, who: str, type: str = "reply", **more: Any) -> httpx.Response:
        new = {"type": type, "text": f"Words of {who}", **more}
        return await self.clients[who].post(f"/api/conversations/{self.conversation}/messages", json=new)


@pytest.fixture
async def shop(people: People, conversation: dict[str, Any]) -> Shop:
    made = Shop(people, conversation)
    await made.set_up()
    return made


async def test_only_the_assignee_answers_whatever_ones_role(shop: Shop, clock: FakeClock) -> None:
    later = (clock.now() + timedelta(hours=1)).isoformat()
    for who in ("cy", "di", "ed"):
        for more in ({}, {"send_at": later}, {"expect_last_message_id": "1"}, {"then": {"close": True}}, {"hold_s": 30}):
            problem = assert_problem(await shop.post(who, **more), 409, code="assigned_to_other")
            assert "Take it over" in problem["detail"]
        assert (await shop.post(who, "comment")).status_code == 201
    assert (await shop.post("bo")).status_code == 201
    assert (await shop.post("bo", send_at=later)).status_code == 201


async def test_taking_over_comes_first_and_turns_it_round(shop: Shop) -> None:
    await shop.give("di", shop.clients["di"])
    assert (await shop.post("di", client_id="once")).status_code == 201
    assert_problem(await shop.post("bo"), 409, code="assigned_to_other")
    await shop.give("bo")
    # What had come through is given back when it is sent again, and not refused.
    assert (await shop.post("di", client_id="once")).status_code == 200


async def test_what_belongs_to_nobody_is_everybodys_and_other_inboxes_are_as_before(shop: Shop) -> None:
    await shop.give(None)
    assert (await shop.post("ed")).status_code == 201
    assert_problem(await shop.post("cy"), 409, code="assigned_to_other")
    await shop.api.patch(f"/api/inboxes/{shop.inbox}", json={"is_assignee_only": False})
    assert (await shop.post("cy")).status_code == 201


async def test_what_was_written_before_it_changed_hands_still_leaves(shop: Shop, parts: Parts, clock: FakeClock) -> None:
    at = clock.now() + timedelta(hours=1)
    held, later = await shop.post("bo", hold_s=30), await shop.post("bo", send_at=at.isoformat())
    await shop.give("ed")
    assert_problem(await shop.post("bo"), 409, code="assigned_to_other")
    clock.advance(step=timedelta(hours=2))
    assert await release_due(parts) == 1
    sent = (await shop.api.get(f"/api/conversations/{shop.conversation}/messages")).json()["items"]
    left = [one for one in sent if one["type"] == "reply"]
    assert {one["held_for"] for one in left} <= {None, "connection", "undo"}
    assert (len(left), {one["author_id"] for one in left}) == (2, {shop.ids["bo"]})
    assert held.json()["id"] in [one["id"] for one in left]
    assert later.json()["id"] not in [one["id"] for one in left], "it left, in its place in the conversation"


async def test_what_a_colleague_wrote_is_not_steered_by_others(shop: Shop, parts: Parts, ada: Actor, clock: FakeClock) -> None:
    later = {"send_at": (clock.now() + timedelta(hours=1)).isoformat()}
    failed, uncertain, waits = [(await shop.post("bo", **more)).json() for more in ({}, {}, later)]
    async with parts.db.transaction() as conn:
        for message, state in ((uncertain, "uncertain"), (failed, "failed")):
            await dispatches.settle(conn, ada.account_id, int(message["id"]), state=state)

    async def deeds(who: str) -> list[httpx.Response]:
        client = shop.clients[who]
        return [
            await client.post(f"/api/messages/{failed['id']}/deal", json={"is_dealt_with": True}),
            await client.post(f"/api/messages/{failed['id']}/retry", json={}),
            await client.post(f"/api/messages/{uncertain['id']}/settle", json={"state": "sent"}),
            await client.post(f"/api/messages/{waits['id']}/send"),
        ]

    for who in ("cy", "di", "ed"):
        for answer in [*await deeds(who), await shop.clients[who].delete(f"/api/messages/{waits['id']}")]:
            assert_problem(answer, 409, code="assigned_to_other")
    await shop.give("ed")
    # It changed hands, and what Bo wrote is still Bo's to take back, and Ed's to steer.
    assert (await shop.clients["bo"].delete(f"/api/messages/{(await shop.post('ed', **later)).json()['id']}")).status_code == 409
    assert [one.status_code for one in await deeds("ed")] == [200, 200, 200, 200]
    await shop.give("bo")
    mine = (await shop.post("bo", **later)).json()
    await shop.give("ed")
    assert (await shop.clients["bo"].delete(f"/api/messages/{mine['id']}")).status_code == 200


async def test_of_many_who_answer_what_belongs_to_nobody_one_gets_it(shop: Shop, parts: Parts, ada: Actor) -> None:
    """Decided where it is written, so also when all of them read at the same moment that it is nobody's."""
    await shop.give(None)
    actors = [await actor_for(parts, ada.account_id, int(id)) for id in shop.ids.values()]

    async def answer(actor: Actor) -> str:
        try:
            await write(parts, actor, int(shop.conversation), NewMessage(type="reply", text="Mine"))
        except Conflict as problem:
            return problem.code
        return "sent"

    results = await asyncio.gather(*(answer(one) for one in actors if one is not None))
    assert sorted(results) == ["assigned_to_other"] * 3 + ["sent"]
    one = (await shop.api.get(f"/api/conversations/{shop.conversation}")).json()
    assert one["assignee_id"] is not None


async def test_who_may_want_it(shop: Shop) -> None:
    for who, status in (("ed", 403), ("cy", 200), ("di", 200)):
        for change in ({"is_assignee_only": True}, {"changed_subject": "new"}, {"several_answers": "together"}, {"same_subject_days": 7}):
            assert (await shop.clients[who].patch(f"/api/inboxes/{shop.inbox}", json=change)).status_code == status
    inbox = next(one for one in (await shop.api.get("/api/inboxes")).json()["items"] if one["id"] == shop.inbox)
    assert (inbox["changed_subject"], inbox["several_answers"], inbox["same_subject_days"]) == ("new", "together", 7)
    for wrong in ({"changed_subject": "x"}, {"several_answers": None, "same_subject_days": 0}, {"same_subject_days": 400}):
        assert (await shop.api.patch(f"/api/inboxes/{shop.inbox}", json=wrong)).status_code == 400

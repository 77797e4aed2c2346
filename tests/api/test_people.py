"""Roles, teams and seats: what each is for, and that nobody gets more than somebody could give."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from innboks.core.accounts import seats
from innboks.core.accounts.actors import actor_for
from innboks.core.parts import Parts
from innboks.errors import Invalid
from tests.api.conftest import PASSWORD, assert_problem, bearer


class People:
    """Makes people of Ada's account, and clients that act for them."""

    def __init__(self, parts: Parts, api: httpx.AsyncClient, ada: Actor, address: str) -> None:
        self.parts, self.api, self.ada, self.address = parts, api, ada, address
        self.clients: list[httpx.AsyncClient] = []

    async def role(self, key_or_name: str, permissions: list[str] | None = None) -> str:
        """The id of a built-in role; with permissions, of a new one."""
        if permissions is not None:
            made = await self.api.post("/api/roles", json={"name": key_or_name, "permissions": permissions})
            assert made.status_code == 201, made.text
            return made.json()["id"]
        roles = (await self.api.get("/api/roles")).json()["items"]
        return next(one["id"] for one in roles if one["key"] == key_or_name)

    async def new(self, name: str, role_id: str | None = None, **more: Any) -> tuple[str, httpx.AsyncClient]:
        """(id, a client of theirs)."""
        person = {"name": name, "email": f"{name.split()[0].lower()}@tindra.example", "password": PASSWORD, "role_id": role_id}
        made = await self.api.post("/api/users", json=person)
        assert made.status_code == 201, made.text
        user_id = made.json()["id"]
        if more:
            changed = await self.api.patch(f"/api/users/{user_id}", json=more)
            assert changed.status_code == 200, changed.text
        actor = await actor_for(self.parts, self.ada.account_id, int(user_id))
        assert actor is not None
        client = httpx.AsyncClient(base_url=self.address, headers=await bearer(self.parts, actor))
        self.clients.append(client)
        return user_id, client


@pytest.fixture
async def people(parts: Parts, api: httpx.AsyncClient, ada: Actor, address: str) -> AsyncIterator[People]:
    made = People(parts, api, ada, address)
    yield made
    for client in made.clients:
        await client.aclose()


async def test_three_roles_are_there_and_stay(api: httpx.AsyncClient) -> None:
    roles = (await api.get("/api/roles")).json()["items"]
    assert [one["key"] for one in roles] == ["super_admin", "admin", "agent"]
    assert roles[0]["permissions"] == ["super_admin"]
    assert roles[0]["user_count"] == 1
    for role in roles:
        assert_problem(await api.patch(f"/api/roles/{role['id']}", json={"name": "Other"}), 409, code="built_in_role")
        assert_problem(await api.delete(f"/api/roles/{role['id']}"), 409, code="built_in_role")


async def test_a_role_of_ones_own_holds_for_those_who_have_it(people: People) -> None:
    role = await people.role("Editors", [])
    bo, client = await people.new("Bo Editor", role)
    assert_problem(await client.post("/api/inboxes", json={"name": "Sales"}), 403, code="missing_permission")
    changed = await people.api.patch(f"/api/roles/{role}", json={"permissions": ["account_access", "account_access"]})
    assert changed.json()["permissions"] == ["account_access"]
    assert (await client.post("/api/inboxes", json={"name": "Sales"})).status_code == 201
    assert (await client.get("/api/users/me")).json()["permissions"] == ["account_access"]
    assert_problem(await people.api.delete(f"/api/roles/{role}"), 409, code="role_in_use")
    await people.api.patch(f"/api/users/{bo}", json={"role_id": await people.role("agent")})
    assert (await people.api.delete(f"/api/roles/{role}")).status_code == 204
    assert_problem(await client.post("/api/inboxes", json={"name": "More"}), 403)


async def test_what_a_role_cannot_be(people: People) -> None:
    await people.role("Editors", [])
    for wrong in (
        {"name": ""},
        {"name": "\u200b"},
        {"name": "x" * 61},
        {"name": "A", "permissions": ["super_admin"]},
        {"name": "A", "permissions": ["all"]},
    ):
        assert_problem(await people.api.post("/api/roles", json=wrong), 400)
    assert_problem(await people.api.post("/api/roles", json={"name": "eDITORS"}), 409, code="name_taken")
    _, admin = await people.new("Cy Admin", await people.role("admin"))
    refused = assert_problem(await admin.post("/api/roles", json={"name": "Mine", "permissions": []}), 403)
    assert refused["detail"] == "Only a super admin may do this. Ask one of them."


async def test_nobody_gives_more_than_they_have(people: People) -> None:
    """Who manages people gives what they have themselves, and does not touch those who may do more."""
    clerk_role = await people.role("Clerks", ["user_management"])
    clerk_id, clerk = await people.new("Cleo Clerk", clerk_role)
    bo, _ = await people.new("Bo Agent")
    admin, super_admin = await people.role("admin"), await people.role("super_admin")
    for more in (admin, super_admin):
        assert_problem(await clerk.patch(f"/api/users/{bo}", json={"role_id": more}), 403, code="more_than_own")
        assert_problem(await clerk.patch(f"/api/users/{clerk_id}", json={"role_id": more}), 403, code="more_than_own")
        new = {"name": "X Y", "email": "x@tindra.example", "password": PASSWORD, "role_id": more}
        assert_problem(await clerk.post("/api/users", json=new), 403, code="more_than_own")
    changes: list[dict[str, Any]] = [{"is_active": False}, {"role_id": clerk_role}, {"can_receive": False}, {"name": "Gone"}, {"teams": {}}]
    for change in changes:
        assert_problem(await clerk.patch(f"/api/users/{people.ada.user_id}", json=change), 403, code="more_than_own")
    assert (await clerk.patch(f"/api/users/{bo}", json={"role_id": clerk_role, "can_receive": False})).status_code == 200


async def test_nobody_opens_an_inbox_by_a_team_who_may_not_act_in_it(people: People) -> None:
    """An inbox that is for a team is opened to whoever joins it: by who answers there, or sets inboxes up; people may be taken out by any who manages them."""
    clerk_id, clerk = await people.new("Cleo Clerk", await people.role("Clerks", ["user_management"]))
    bo, _ = await people.new("Bo Agent")
    team = (await people.api.post("/api/teams", json={"name": "Board"})).json()["id"]
    made = await people.api.post("/api/inboxes", json={"name": "Board", "access": "members", "team_ids": [team]})
    inbox, where = f"/api/inboxes/{made.json()['id']}", f"/api/teams/{team}"
    teams = {"main_team_id": None, "extra_team_ids": [team]}
    for refused in (
        await clerk.patch(where, json={"extra_member_ids": [clerk_id]}),
        await clerk.patch(where, json={"main_member_ids": [bo]}),
        await clerk.patch(f"/api/users/{clerk_id}", json={"teams": teams}),
        await clerk.post("/api/invitations", json={"email": "x@tindra.example", "main_team_id": team, "by_mail": False}),
    ):
        assert_problem(refused, 403, code="opens_inbox")
    assert (await people.api.patch(where, json={"main_member_ids": [bo]})).status_code == 200
    assert (await clerk.patch(where, json={"name": "The board", "main_member_ids": [], "extra_member_ids": [bo]})).status_code == 200
    assert (await clerk.patch(f"/api/users/{bo}", json={"teams": teams})).status_code == 200, "that is what it was"
    assert (await clerk.patch(where, json={"extra_member_ids": []})).status_code == 200
    await people.api.put(f"{inbox}/members/{clerk_id}")
    assert (await clerk.patch(where, json={"main_member_ids": [bo]})).status_code == 200, "who answers there may"
    await people.api.delete(f"{inbox}/members/{clerk_id}")
    await people.api.patch(inbox, json={"access": "everyone"})
    assert (await clerk.patch(where, json={"extra_member_ids": [clerk_id]})).status_code == 200, "it is open to everybody"


async def test_the_last_super_admin_stays(people: People) -> None:
    me = f"/api/users/{people.ada.user_id}"
    agent, highest = await people.role("agent"), await people.role("super_admin")
    assert_problem(await people.api.patch(me, json={"role_id": agent}), 409, code="last_admin")
    assert_problem(await people.api.patch(me, json={"is_active": False}), 409, code="last_admin")
    second, client = await people.new("Sid Second", highest)
    await people.api.patch(f"/api/users/{second}", json={"is_active": False})
    assert_problem(await people.api.patch(me, json={"role_id": agent}), 409, code="last_admin")  # the other one is not active
    await people.api.patch(f"/api/users/{second}", json={"is_active": True})
    assert (await people.api.patch(me, json={"role_id": agent})).json()["permissions"] == []
    assert (await client.get("/api/users")).status_code == 401  # what was theirs before they were deactivated does not come back


async def test_a_person_has_one_main_team_and_any_number_of_extra_ones(people: People) -> None:
    bo, _ = await people.new("Bo Agent")
    tents = (await people.api.post("/api/teams", json={"name": "Tents", "main_member_ids": [bo]})).json()
    ropes = (await people.api.post("/api/teams", json={"name": "Ropes", "main_member_ids": [bo]})).json()
    assert ropes["main_member_ids"] == [bo]
    teams = {one["name"]: one for one in (await people.api.get("/api/teams")).json()["items"]}
    assert (teams["Tents"]["main_member_ids"], teams["Tents"]["extra_member_ids"]) == ([], [bo])
    await people.api.patch(f"/api/users/{bo}", json={"teams": {"main_team_id": tents["id"], "extra_team_ids": [tents["id"], ropes["id"]]}})
    teams = {one["name"]: one for one in (await people.api.get("/api/teams")).json()["items"]}
    assert (teams["Tents"]["main_member_ids"], teams["Ropes"]["extra_member_ids"]) == ([bo], [bo])
    await people.api.patch(f"/api/users/{bo}", json={"teams": {}})
    assert all(not one["main_member_ids"] + one["extra_member_ids"] for one in (await people.api.get("/api/teams")).json()["items"])


async def test_a_deleted_team_comes_back_as_it_was(people: People) -> None:
    bo, client = await people.new("Bo Agent")
    team = (await people.api.post("/api/teams", json={"name": "Tents", "extra_member_ids": [bo]})).json()
    inbox = (await people.api.post("/api/inboxes", json={"name": "Repairs", "access": "members", "team_ids": [team["id"]]})).json()
    assert inbox["team_ids"] == [team["id"]]
    seen = {one["name"]: one["can_act"] for one in (await client.get("/api/inboxes")).json()["items"]}
    assert seen == {"Tindra": True, "Repairs": True}
    assert (await people.api.delete(f"/api/teams/{team['id']}")).status_code == 204
    assert [one["name"] for one in (await client.get("/api/inboxes")).json()["items"]] == ["Tindra"]
    assert_problem(await people.api.patch(f"/api/teams/{team['id']}", json={"name": "Other"}), 404)
    assert_problem(await people.api.put(f"/api/inboxes/{inbox['id']}/members", json={"member_ids": ["999"]}), 400, code="unknown_user")
    assert_problem(await people.api.patch(f"/api/inboxes/{inbox['id']}", json={"team_ids": [team["id"]]}), 400, code="unknown_team")
    assert (await people.api.post(f"/api/teams/{team['id']}/restore")).json()["extra_member_ids"] == [bo]
    assert "Repairs" in [one["name"] for one in (await client.get("/api/inboxes")).json()["items"]]
    await people.api.delete(f"/api/teams/{team['id']}")
    await people.api.post("/api/teams", json={"name": "tents"})
    assert_problem(await people.api.post(f"/api/teams/{team['id']}/restore"), 409, code="name_taken")


async def test_what_a_team_cannot_be(people: People, stranger: httpx.AsyncClient) -> None:
    other = (await stranger.get("/api/users/me")).json()["id"]
    for wrong in (
        {"name": " "},
        {"name": "x" * 61},
        {"name": "T", "main_member_ids": [other]},
        {"name": "T", "extra_member_ids": ["99999"]},
    ):
        assert_problem(await people.api.post("/api/teams", json=wrong), 400)
    assert (await people.api.get("/api/teams")).json()["items"] == []
    _, bo = await people.new("Bo Agent")
    assert_problem(await bo.post("/api/teams", json={"name": "Tents"}), 403, code="missing_permission")
    bo_id = (await bo.get("/api/users/me")).json()["id"]
    theirs = (await stranger.post("/api/teams", json={"name": "Theirs"})).json()["id"]
    assert_problem(await people.api.patch(f"/api/users/{bo_id}", json={"teams": {"main_team_id": theirs}}), 400, code="unknown_team")


async def test_rules_choose_only_those_with_a_seat(people: People) -> None:
    """R-011, R-013, R-554: what the rules of routing ask."""
    account = people.ada.account_id
    bo, _ = await people.new("Bo Seated")
    cy, _ = await people.new("Cy Unseated", can_receive=False)
    di, _ = await people.new("Di Gone", is_active=True)
    ed, _ = await people.new("Ed Extra")
    await people.api.patch(f"/api/users/{di}", json={"is_active": False})
    team = (await people.api.post("/api/teams", json={"name": "T", "main_member_ids": [bo, cy, di], "extra_member_ids": [ed]})).json()["id"]
    inbox = (await people.api.get("/api/inboxes")).json()["items"][0]["id"]
    closed = (await people.api.post("/api/inboxes", json={"name": "Closed", "access": "members", "member_ids": []})).json()["id"]
    numbers = [int(one) for one in (bo, cy, di, ed)]
    async with people.parts.db.transaction() as conn:
        assert await seats.routable(conn, account, int(inbox), [], [int(team)]) == [int(bo)]
        assert await seats.routable(conn, account, int(inbox), numbers, []) == [int(bo), int(ed)]
        assert await seats.routable(conn, account, int(closed), numbers, [int(team)]) == []
        flaws = await seats.flaws_of_users(conn, account, int(inbox), [*numbers, 99_999])
        assert flaws == {int(cy): "no_seat", int(di): "deactivated", 99_999: "unknown"}
        assert await seats.flaws_of_users(conn, account, int(closed), [int(bo)]) == {int(bo): "not_a_member"}
        assert await seats.missing_teams(conn, account, [int(team), 99_999]) == {99_999}
        with pytest.raises(Invalid) as refused:
            await seats.require_routable(conn, account, int(inbox), [int(cy)], [])
        assert refused.value.code == "no_seat"
        await seats.require_routable(conn, account, int(inbox), [int(bo)], [int(team)])


async def test_who_has_no_seat_still_works_by_hand(people: People, conversation: dict[str, Any]) -> None:
    """R-012."""
    cy, client = await people.new("Cy Unseated", can_receive=False)
    where = f"/api/conversations/{conversation['id']}"
    assert (await client.patch(where, json={"assignee_id": cy})).json()["assignee_id"] == cy
    answer = await client.post(f"{where}/messages", json={"type": "reply", "text": "Hello"})
    assert answer.status_code == 201, answer.text

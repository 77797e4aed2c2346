"""Every route, as every kind of person: what each may do stands in one table (`who_may.py`), and a route without a line in it fails.

The walk happens around a closed inbox, whose every word has a secret in it: whoever may not read it must be refused, and must not meet the
secret in any answer, whatever its status (AHEAD, test 10). Read next: `everything.py`, `innboks/core/access.py`.
"""

import asyncio
from typing import Any

import httpx
import pytest

from innboks.api.routes import PER_STRANGER_S
from innboks.core.access import Actor
from innboks.core.search.index import index_all
from innboks.lib.clock import FakeClock
from tests.api.conftest import PASSWORD, assert_problem, say
from tests.api.everything import PARAMETERS, SECRET, bodies, every_route, one_of_everything
from tests.api.test_people import People, people
from tests.api.test_stream import following
from tests.api.who_may import CONFIGURERS_SEE, KINDS, OK, PUBLIC, RULES, TABLE

__all__ = ["people"]


def test_every_route_has_a_line() -> None:
    """A new route says here who may use it, before anybody can."""
    operations = {route.operation for route in every_route()}
    assert operations - TABLE.keys() == set(), "say in TABLE who may do this"
    assert TABLE.keys() - operations == set(), "these routes are gone"


class Cast:
    """The kinds of people, and the closed inbox."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.ids: dict[str, str] = {"ada_id": str(people.ada.user_id)}
        self.inbox_id = ""

    async def assemble(self, stranger: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
        new, role = self.people.new, self.people.role
        self.clients = {"nobody": nobody, "stranger": stranger}
        roles = {
            "deactivated": None,
            "member": None,
            "outsider": None,
            "reader": await role("admin"),
            "configurer": await role("Configurers", ["account_access"]),
            "clerk": await role("Clerks", ["user_management"]),
            "chief": await role("super_admin"),
            "target": None,
        }
        for kind, role_id in roles.items():
            self.ids[f"{kind}_id"], self.clients[kind] = await new(f"{kind.title()} Person", role_id)
        await self.people.api.patch(f"/api/users/{self.ids['deactivated_id']}", json={"is_active": False})
        members = [self.ids["ada_id"], self.ids["member_id"]]
        made = await self.people.api.post("/api/inboxes", json={"name": f"Vault {SECRET}", "access": "members", "member_ids": members})
        self.inbox_id = made.json()["id"]


@pytest.fixture
async def cast(people: People, stranger: httpx.AsyncClient, address: str) -> Any:
    async with httpx.AsyncClient(base_url=address) as nobody:
        made = Cast(people)
        await made.assemble(stranger, nobody)
        yield made


async def asked(client: httpx.AsyncClient, route: Any, ids: dict[str, str], body: Any) -> tuple[int, str]:
    """(status, body)."""
    path = route.filled(ids)
    if route.operation == "follow_events":
        async with client.stream("GET", path) as answer:
            return answer.status_code, await anext(answer.aiter_lines())
    sent: dict[str, Any] = {"content": b"hello"} if route.operation.startswith("upload_") else {"json": body}
    answer = await client.request(route.method, path, params=PARAMETERS.get(route.operation), **sent)
    return answer.status_code, answer.text


@pytest.mark.parametrize("kind", KINDS)
async def test_every_route_as(kind: str, cast: Cast, clock: FakeClock) -> None:
    api, client = cast.people.api, cast.clients[kind]
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    await index_all(cast.people.parts, cast.people.ada.account_id)
    requests = bodies(ids, 1)
    wrong, leaks, is_blind = [], [], kind not in ("member", "reader", "chief")
    for route in every_route():
        rule = TABLE[route.operation]
        if rule == PUBLIC:
            expected = OK
        elif kind in ("nobody", "deactivated"):
            expected = 401
        else:
            expected = RULES[rule][KINDS.index(kind) - 2]
        if kind == "deactivated":
            clock.advance(1 / PER_STRANGER_S)  # there are more routes than a stranger may ask in one go
        status, text = await asked(client, route, ids, requests.get(route.operation))
        is_refused = status in (401, 403, 404) if rule != PUBLIC else False
        if status >= 500 or status == 405 or (status if is_refused else OK) != expected:
            told = f"{status} instead of {expected or 'any success'}. {text[:200]}"
            wrong.append(f"{route.method} {route.path} ({route.operation}, {rule}): {told}")
        if is_blind and SECRET in text and not (kind == "configurer" and route.operation in CONFIGURERS_SEE):
            leaks.append(f"{route.operation}: {text[max(0, text.index(SECRET) - 100) : text.index(SECRET) + 50]}")
    assert not wrong + leaks, "\n".join(wrong + leaks)
    if kind != "member":
        after = await api.get(f"/api/conversations/{ids['conversation_id']}")
        assert (after.json()["priority"], after.json()["message_count"]) == ("normal", 5), "somebody who may not act has acted"


async def test_what_many_changes_refuse_is_said_for_each(cast: Cast) -> None:
    ids = await one_of_everything(cast.people.api, cast.inbox_id, 1, cast.ids)
    for kind, code in {"outsider": "unknown_conversation", "reader": "not_a_member", "stranger": "unknown_conversation"}.items():
        answer = await cast.clients[kind].post("/api/conversations/bulk", json=bodies(ids, 1)["change_conversations"])
        (result,) = answer.json()["results"]
        assert (result["conversation"], result["code"]) == (None, code)


async def test_an_admin_who_is_not_a_member_reads_and_does_not_act(cast: Cast) -> None:
    """Scenario 44."""
    ids = await one_of_everything(cast.people.api, cast.inbox_id, 1, cast.ids)
    admin, where = cast.clients["reader"], f"/api/conversations/{ids['conversation_id']}"
    assert (await admin.get(where)).status_code == 200
    reply = await admin.post(f"{where}/messages", json={"type": "reply", "text": "Hello"})
    problem = assert_problem(reply, 403, code="not_a_member")
    assert "can read this inbox" in problem["detail"]
    for assignee in (ids["reader_id"], ids["member_id"], None):
        assert_problem(await admin.patch(where, json={"assignee_id": assignee}), 403, code="not_a_member")
    inbox = next(one for one in (await admin.get("/api/inboxes")).json()["items"] if one["id"] == cast.inbox_id)
    assert (inbox["can_read"], inbox["can_act"]) == (True, False)
    joined = await admin.put(f"/api/inboxes/{cast.inbox_id}/members/{ids['reader_id']}")
    assert joined.json()["can_act"] is True
    assert (await admin.post(f"{where}/messages", json={"type": "reply", "text": "Hello"})).status_code == 201


# ── what is told, not asked for ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_stream_tells_outsiders_nothing_of_a_closed_inbox(cast: Cast) -> None:
    begun = {
        kind: (await cast.clients[kind].get("/api/events/poll?wait=0")).text for kind in ("outsider", "clerk", "configurer", "stranger")
    }
    async with following(cast.clients["outsider"]) as outsiders, following(cast.clients["member"]) as members:
        await one_of_everything(cast.people.api, cast.inbox_id, 1, cast.ids)
        await members.until("message.added")
        await cast.people.api.post("/api/tags", json={"name": "the end"})
        seen: list[Any] = []
        while not seen or seen[-1][2].get("name") != "the end":
            seen.append(await outsiders.next())
        assert not [event for event in seen if SECRET in str(event) or event[0].startswith(("message.", "conversation.", "typing"))]
    for kind, start in begun.items():
        cursor = start.rsplit("id: ", 1)[1].split("\n")[0]
        told = await cast.clients[kind].get("/api/events/poll", params={"after": cursor, "wait": 0})
        assert SECRET not in told.text
        assert "message.added" not in told.text


async def test_who_loses_an_inbox_is_told_nothing_more_of_it(cast: Cast, conversation: dict[str, Any], echo: dict[str, Any]) -> None:
    """Nothing is told after the change, not even what comes in the same moment; and a frame's address that they had stops working."""
    api, member = cast.people.api, cast.clients["member"]
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    frame = (await member.get(f"/api/messages/{ids['message_id']}/frame")).json()["url"]
    assert (await member.get(frame)).status_code == 200
    async with following(member) as reader:
        await reader.until("hello")
        assert (await api.delete(f"/api/inboxes/{cast.inbox_id}/members/{ids['member_id']}")).status_code == 200
        await api.post(f"/api/conversations/{ids['conversation_id']}/messages", json={"type": "comment", "text": f"{SECRET} again"})
        await say(api, echo, "In the open inbox", id="m2")
        seen: list[Any] = []
        while not seen or "In the open inbox" not in str(seen[-1]):
            seen.append(await reader.next())
        assert "access.changed" in [event[0] for event in seen]
        assert f"{SECRET} again" not in str(seen)
    assert_problem(await member.get(f"/api/conversations/{ids['conversation_id']}"), 404)
    assert_problem(await member.get(f"/api/attachments/{ids['attachment_id']}/content"), 404)
    assert (await member.get(frame)).status_code == 404


async def test_a_team_that_loses_an_inbox_loses_it_at_once(cast: Cast) -> None:
    api, outsider = cast.people.api, cast.clients["outsider"]
    team = (await api.post("/api/teams", json={"name": "Tents", "extra_member_ids": [cast.ids["outsider_id"]]})).json()["id"]
    await api.patch(f"/api/inboxes/{cast.inbox_id}", json={"team_ids": [team]})
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    where = f"/api/conversations/{ids['conversation_id']}"
    assert (await outsider.post(f"{where}/messages", json={"type": "comment", "text": "x"})).status_code == 201
    await api.patch(f"/api/teams/{team}", json={"extra_member_ids": []})
    assert_problem(await outsider.get(where), 404)


async def test_who_is_deactivated_is_cut_off_in_the_middle(cast: Cast) -> None:
    """Session, token and stream, at once."""
    member = cast.clients["member"]
    assert (await member.post("/api/session", json={"email": "member@tindra.example", "password": PASSWORD})).status_code == 201
    async with following(member) as reader:
        await reader.until("hello")
        await cast.people.api.patch(f"/api/users/{cast.ids['member_id']}", json={"is_active": False})
        with pytest.raises((AssertionError, httpx.RemoteProtocolError)):
            async with asyncio.timeout(10):
                while True:
                    await reader.next()
    assert_problem(await member.get("/api/users/me"), 401)
    await cast.people.api.patch(f"/api/users/{cast.ids['member_id']}", json={"is_active": True})
    assert_problem(await member.get("/api/users/me"), 401)


async def test_deactivating_keeps_what_somebody_did(cast: Cast, conversation: dict[str, Any]) -> None:
    member, where = cast.clients["member"], f"/api/conversations/{conversation['id']}"
    await member.post(f"{where}/messages", json={"type": "comment", "text": "I looked into it."})
    await member.patch(where, json={"assignee_id": cast.ids["member_id"]})
    await cast.people.api.patch(f"/api/users/{cast.ids['member_id']}", json={"is_active": False})
    assert (await cast.people.api.get(where)).json()["assignee_id"] == cast.ids["member_id"]
    written = (await cast.people.api.get(f"{where}/messages")).json()["items"]
    assert cast.ids["member_id"] in [one["author_id"] for one in written if one["text"] == "I looked into it."]
    names = {one["id"]: one["status"] for one in (await cast.people.api.get("/api/users")).json()["items"]}
    assert names[cast.ids["member_id"]] == "deactivated"


async def test_only_main_members_are_offered_where_an_inbox_is_for_teams(cast: Cast, ada: Actor) -> None:
    """R-024; who is an extra member takes a conversation themselves."""
    api, extra = cast.people.api, cast.clients["outsider"]
    members = {"main_member_ids": [cast.ids["target_id"]], "extra_member_ids": [cast.ids["outsider_id"]]}
    team = (await api.post("/api/teams", json={"name": "Tents", **members})).json()["id"]
    await api.patch(f"/api/inboxes/{cast.inbox_id}", json={"team_ids": [team], "member_ids": [str(ada.user_id)]})
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    offered = (await api.get(f"/api/inboxes/{cast.inbox_id}/assignees")).json()["items"]
    assert {one["id"] for one in offered} == {str(ada.user_id), cast.ids["target_id"]}
    where = f"/api/conversations/{ids['conversation_id']}"
    assert_problem(await api.patch(where, json={"assignee_id": cast.ids["outsider_id"]}), 400, code="extra_member")
    assert_problem(await api.patch(where, json={"assignee_id": cast.ids["reader_id"]}), 400, code="not_a_member")
    assert (await api.patch(where, json={"assignee_id": cast.ids["target_id"]})).status_code == 200
    assert (await extra.patch(where, json={"assignee_id": cast.ids["outsider_id"]})).status_code == 200


async def test_an_archived_inbox_takes_nothing_and_channels_go_knowingly(cast: Cast, conversation: dict[str, Any]) -> None:
    """R-028, R-637."""
    api = cast.people.api
    ids = await one_of_everything(api, cast.inbox_id, 1, cast.ids)
    inbox = f"/api/inboxes/{cast.inbox_id}"
    assert_problem(await api.patch(inbox, json={"is_archived": True}), 409, code="inbox_in_use")
    assert (await api.get(f"/api/channel-accounts/{ids['channel_account_id']}")).json()["archived_at"] is None
    archived = (await api.patch(inbox, json={"is_archived": True, "disconnect_channels": True})).json()
    assert (archived["is_archived"], archived["archived_at"] is not None) == (True, True)
    where = f"/api/conversations/{conversation['id']}"
    assert_problem(await api.patch(where, json={"inbox_id": cast.inbox_id}), 400, code="archived_inbox")
    connect = {"kind": "echo", "name": "x", "inbox_id": cast.inbox_id, "config": {"room": "late"}}
    assert_problem(await api.post("/api/channel-accounts", json=connect), 404)
    assert (await api.get(f"/api/conversations/{ids['conversation_id']}")).status_code == 200
    assert (await api.patch(inbox, json={"is_archived": False})).json()["archived_at"] is None
    assert_problem(await cast.clients["outsider"].patch(where, json={"inbox_id": cast.inbox_id}), 400, code="unknown_inbox")
    assert_problem(await cast.clients["reader"].patch(where, json={"inbox_id": cast.inbox_id}), 403, code="not_a_member")
    moved = await cast.clients["member"].patch(where, json={"inbox_id": cast.inbox_id})
    assert moved.json()["inbox_id"] == cast.inbox_id

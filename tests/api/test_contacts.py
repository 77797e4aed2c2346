"""Contacts over the API: names, addresses, notes, how they are reached, and whom a conversation is with."""

from typing import Any

import httpx
import pytest

from innboks.core.accounts.flags import set_feature
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say


@pytest.fixture
def contact(conversation: dict[str, Any]) -> str:
    return f"/api/contacts/{conversation['contact']['id']}"


async def test_a_contact_is_renamed_and_owned(api: httpx.AsyncClient, ada: Any, conversation: dict[str, Any], contact: str) -> None:
    assert (await api.patch(contact, json={"name": " Leo\nLarsen "})).json()["name"] == "Leo Larsen"
    assert (await api.patch(contact, json={"owner_id": str(ada.user_id)})).json()["owner_id"] == str(ada.user_id)
    changed = (await api.patch(contact, json={"owner_id": None})).json()
    assert (changed["owner_id"], changed["name"]) == (None, "Leo Larsen")
    assert (await api.get(f"/api/conversations/{conversation['id']}")).json()["contact"]["name"] == "Leo Larsen"
    assert_problem(await api.patch(contact, json={"owner_id": "999"}), 400, code="unknown_user")
    assert_problem(await api.patch(contact, json={"name": "  "}), 400, code="empty_name")
    assert_problem(await api.patch(contact, json={"nickname": "x"}), 400)


async def test_addresses_are_added_and_taken_away(api: httpx.AsyncClient, echo: dict[str, Any], contact: str) -> None:
    added = await api.post(f"{contact}/identities", json={"type": "email", "value": "Leo <LEO@Larsen.example>"})
    assert added.json()["identities"][-1] == {"type": "email", "value": "leo@larsen.example"}
    phone = await api.post(f"{contact}/identities", json={"type": "phone", "value": "+47 22 22 22 22"})
    assert phone.json()["identities"][-1] == {"type": "phone", "value": "+4722222222"}
    assert (await api.post(f"{contact}/identities", json={"type": "phone", "value": "+4722222222"})).status_code == 200
    assert_problem(await api.post(f"{contact}/identities", json={"type": "email", "value": "nobody"}), 400, code="invalid_address")
    assert_problem(await api.post(f"{contact}/identities", json={"type": "opaque", "value": "x"}), 400)
    await say(api, echo, "me too", sender="mia", id="x1")
    mia = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["contact"]["name"] == "Mia")
    taken = await api.post(f"/api/contacts/{mia['contact']['id']}/identities", json={"type": "email", "value": "leo@larsen.example"})
    assert_problem(taken, 409, code="identity_taken")
    gone = await api.delete(f"{contact}/identities", params={"type": "email", "value": "leo@larsen.example"})
    assert [one["type"] for one in gone.json()["identities"]] == ["opaque", "phone"]
    assert_problem(await api.delete(f"{contact}/identities", params={"type": "email", "value": "leo@larsen.example"}), 404)


async def test_notes_are_written_changed_deleted_and_taken_back(api: httpx.AsyncClient, ada: Any, contact: str) -> None:
    first = (await api.post(f"{contact}/notes", json={"text": " Prefers mornings. "})).json()
    assert (first["text"], first["author_id"], first["edited_at"]) == ("Prefers mornings.", str(ada.user_id), None)
    second = (await api.post(f"{contact}/notes", json={"text": "Has two dogs."})).json()
    page = (await api.get(f"{contact}/notes", params={"limit": 1})).json()
    assert ([one["id"] for one in page["items"]], page["next"]) == ([second["id"]], second["id"])
    assert [one["id"] for one in (await api.get(f"{contact}/notes", params={"before": page["next"]})).json()["items"]] == [first["id"]]
    changed = (await api.patch(f"/api/contact-notes/{first['id']}", json={"text": "Prefers evenings."})).json()
    assert changed["edited_at"] is not None
    assert (await api.delete(f"/api/contact-notes/{first['id']}")).json()["is_deleted"] is True
    assert [one["id"] for one in (await api.get(f"{contact}/notes")).json()["items"]] == [second["id"]]
    back = (await api.patch(f"/api/contact-notes/{first['id']}", json={"is_deleted": False})).json()
    assert (back["is_deleted"], back["text"], back["edited_at"]) == (False, "Prefers evenings.", changed["edited_at"])
    assert_problem(await api.post(f"{contact}/notes", json={"text": " "}), 400, code="empty_text")
    assert_problem(await api.post(f"{contact}/notes", json={"text": "x" * 10_001}), 400, code="too_long")
    assert_problem(await api.patch("/api/contact-notes/999", json={"text": "x"}), 404, code="unknown_note")


async def test_a_note_belongs_to_who_wrote_it_and_is_seen_only_with_the_contact(
    api: httpx.AsyncClient, parts: Parts, address: str, ada: Any, conversation: dict[str, Any], contact: str
) -> None:
    note = (await api.post(f"{contact}/notes", json={"text": "Has two dogs."})).json()
    async with await colleague(parts, api, address, ada) as bo:
        assert [one["id"] for one in (await bo.get(f"{contact}/notes")).json()["items"]] == [note["id"]]
        assert_problem(await bo.patch(f"/api/contact-notes/{note['id']}", json={"text": "Has none."}), 403, code="not_yours")
        assert_problem(await bo.delete(f"/api/contact-notes/{note['id']}"), 403, code="not_yours")
        own = (await bo.post(f"{contact}/notes", json={"text": "Mine."})).json()
        assert (await bo.get(contact)).json()["can_act"] is True
        assert (await api.delete(f"/api/contact-notes/{own['id']}")).json()["is_deleted"] is True
        assert (await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})).status_code == 200
        assert (await api.put(f"/api/inboxes/{conversation['inbox_id']}/members", json={"member_ids": []})).status_code == 200
        for path in (contact, f"{contact}/notes", f"{contact}/reach"):
            assert_problem(await bo.get(path), 404)
        assert_problem(await bo.post(f"{contact}/notes", json={"text": "x"}), 404)
        assert_problem(await bo.patch(f"/api/contact-notes/{own['id']}", json={"text": "x"}), 404)
        assert (await bo.get("/api/contacts", params={"q": "leo"})).json()["items"] == []
        # Ada may read everything, but is not a member: she looks, and changes nothing.
        assert (await api.get(f"{contact}/notes")).status_code == 200
        assert (await api.get(contact)).json()["can_act"] is False
        by_hand = (await api.post("/api/contacts", json={"name": "Liv"})).json()
        listed = (await api.get("/api/contacts")).json()["items"]
        assert {one["name"]: one["can_act"] for one in listed} == {"Leo": False, "Liv": True}
        change = {"ids": [one["id"] for one in listed], "change": {"is_blocked": True}}
        done = (await api.post("/api/contacts/bulk", json=change)).json()
        assert {one["id"] for one in done["results"] if not one["code"]} == {by_hand["id"]}, "the list says what would be refused"
        assert_problem(await api.patch(contact, json={"name": "x"}), 403, code="not_a_member")
        assert_problem(await api.post(f"{contact}/notes", json={"text": "x"}), 403, code="not_a_member")


async def test_how_somebody_is_reached(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any], contact: str) -> None:
    (one,) = (await api.get(f"{contact}/reach")).json()["items"]
    assert one == {
        "channel_account_id": echo["id"],
        "kind": "echo",
        "name": "Echo",
        "addresses": ["leo"],
        "conversation_id": conversation["id"],
        "is_open": True,
        "reason": "",
        "until": None,
        "sentence": "",
    }
    await api.post("/api/channel-accounts", json={"kind": "echo", "name": "Another", "config": {"room": "attic", "api_token": "s3cret"}})
    assert (await api.patch(f"/api/channel-accounts/{echo['id']}", json={"is_active": False})).status_code == 200
    found = (await api.get(f"{contact}/reach")).json()["items"]
    assert [(each["name"], each["reason"]) for each in found] == [("Echo", "paused"), ("Another", "no_address")]


async def test_what_was_disconnected_or_switched_off_is_told_of_where_they_wrote(
    api: httpx.AsyncClient, parts: Parts, ada: Any, echo: dict[str, Any], contact: str
) -> None:
    attic = await api.post(
        "/api/channel-accounts", json={"kind": "echo", "name": "Attic", "config": {"room": "attic", "api_token": "s3cret"}}
    )

    async def reasons() -> list[tuple[str, bool, str]]:
        found = (await api.get(f"{contact}/reach")).json()["items"]
        return [(each["name"], each["is_open"], each["reason"]) for each in found]

    await set_feature(parts, ada.account_id, "channel.echo", is_on=False)
    assert await reasons() == [("Echo", False, "switched_off"), ("Attic", False, "switched_off")]
    await set_feature(parts, ada.account_id, "channel.echo", is_on=True)
    assert await reasons() == [("Echo", True, ""), ("Attic", False, "no_address")]
    for gone in (echo, attic.json()):
        assert (await api.delete(f"/api/channel-accounts/{gone['id']}")).is_success
    assert await reasons() == [("Echo", False, "disconnected")], "nothing says that they ever wrote to the attic"


async def test_contacts_are_found_by_how_they_begin(api: httpx.AsyncClient, stranger: httpx.AsyncClient, contact: str) -> None:
    await api.patch(contact, json={"name": "Leo 100% Larsen"})
    await api.post(f"{contact}/identities", json={"type": "email", "value": "post@larsen.example"})

    async def names(q: str, who: httpx.AsyncClient = api) -> list[str]:
        return [one["name"] for one in (await who.get("/api/contacts", params={"q": q})).json()["items"]]

    assert await names("LEO 100%") == await names("post@") == ["Leo 100% Larsen"]
    assert await names("%") == await names("arsen") == await names("leo", stranger) == []
    assert await names(" ") == ["Leo 100% Larsen"], "no words: all of them"


async def test_a_conversation_gets_another_contact_and_the_address_follows(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any], contact: str
) -> None:
    where = f"/api/conversations/{conversation['id']}/contact"
    await say(api, echo, "me too", sender="mia", id="x1")
    mia = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["contact"]["name"] == "Mia")["contact"]
    linked = (await api.put(where, json={"contact_id": mia["id"]})).json()
    assert linked["contact"]["id"] == mia["id"]
    seen = (await api.get(f"/api/contacts/{mia['id']}")).json()
    assert [one["value"] for one in seen["identities"]] == ["leo", "mia"]
    assert seen["conversation_count"] == 2
    assert_problem(await api.get(contact), 404)
    await say(api, echo, "and again", id="m9")
    assert (await api.get(f"/api/contacts/{mia['id']}")).json()["conversation_count"] == 2
    events = [
        one["data"]["event"] for one in (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"] if one["data"]
    ]
    assert events == ["contact_linked"]
    back = (await api.put(where, json={"contact_id": conversation["contact"]["id"]})).json()
    assert back["contact"]["name"] == "Leo"
    assert [one["value"] for one in (await api.get(contact)).json()["identities"]] == ["leo"]
    assert [one["value"] for one in (await api.get(f"/api/contacts/{mia['id']}")).json()["identities"]] == ["mia"]
    assert_problem(await api.put(where, json={"contact_id": "999"}), 400, code="unknown_contact")


async def test_a_conversation_gets_a_new_contact(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/contact"
    made = (await api.put(where, json={"name": "Leo Larsen", "email": "leo@larsen.example", "phone": ""})).json()
    assert made["contact"]["name"] == "Leo Larsen"
    contact = (await api.get(f"/api/contacts/{made['contact']['id']}")).json()
    assert sorted(one["value"] for one in contact["identities"]) == ["leo", "leo@larsen.example"]
    await say(api, echo, "me too", sender="mia", id="x1")
    mia = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["contact"]["name"] == "Mia")
    taken = await api.put(f"/api/conversations/{mia['id']}/contact", json={"name": "Mia", "email": "leo@larsen.example"})
    assert_problem(taken, 409, code="identity_taken")
    assert_problem(await api.put(where, json={"name": " "}), 400, code="empty_name")
    assert_problem(await api.put(where, json={"name": "x", "email": "nobody"}), 400, code="invalid_address")
    assert_problem(await api.put(where, json={"name": "x", "phone": "12"}), 400, code="invalid_address")
    nobody = (await api.put(where, json={"contact_id": None})).json()
    assert nobody["contact"] == {"id": None, "name": "", "address": "leo"}
    again = (await api.put(where, json={"contact_id": made["contact"]["id"]})).json()
    assert again["contact"]["id"] == made["contact"]["id"]

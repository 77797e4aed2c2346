"""The book of contacts over the API: the list, own properties, blocking, merging with undo, duplicates and the timeline (R-700 to R-706)."""

import asyncio
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from innboks.core.contacts import store as contact_store
from innboks.core.contacts import store_list
from innboks.core.contacts.merge import Choices, _move_all
from innboks.core.contacts.unmerge import undo_merge
from innboks.core.parts import Parts
from innboks.core.search.index import index_all
from tests.api.conftest import assert_problem, colleague, say
from tests.waiting import somebody_waits


async def made(api: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def names(api: httpx.AsyncClient, **asked: Any) -> list[str]:
    """All pages of the list."""
    found: list[str] = []
    cursor = None
    while True:
        page = (await api.get("/api/contacts", params={**asked, **({"cursor": cursor} if cursor else {})})).json()
        found += [one["name"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found


async def wrote(api: httpx.AsyncClient, echo: dict[str, Any], sender: str, id: str, text: str = "Hello") -> str:
    """The contact of somebody who writes for the first time."""
    assert (await say(api, echo, text, sender=sender, id=id)).status_code == 200
    listed = (await api.get("/api/conversations", params={"view": "all"})).json()["items"]
    return next(one["contact"]["id"] for one in listed if one["contact"]["address"] == sender)


async def test_names_stand_in_the_order_in_which_one_looks_for_them(api: httpx.AsyncClient) -> None:
    for name in ("Åse", "Zoe", "Østen", "Ärla", "eva", "Éva B", "Ægir", "Evald"):
        await made(api, "/api/contacts", {"name": name, "email": f"c{ord(name[0])}{len(name)}@fjell.example"})
    order = ["eva", "Éva B", "Evald", "Zoe", "Ægir", "Ärla", "Østen", "Åse"]
    assert await names(api, sort="name") == order
    page = (await api.get("/api/contacts", params={"sort": "name", "limit": 5})).json()
    rest = (await api.get("/api/contacts", params={"sort": "name", "limit": 5, "cursor": page["next"]})).json()
    assert [one["name"] for one in [*page["items"], *rest["items"]]] == order, "pages go on where they ended"


async def test_the_list_is_searched_narrowed_sorted_and_paged(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any]
) -> None:
    leo = await wrote(api, echo, "leo", "m1")
    company = await made(api, "/api/contact-properties", {"label": "Company", "type": "text"})
    assert company["key"] == "company"
    for name, firm in (("Åse Berg", "Fjellsport"), ("Bo Dahl", "Havutstyr"), ("Carl Berg", "Fjellsport")):
        await made(api, "/api/contacts", {"name": name, "email": f"{name[:2].lower()}@kunde.example", "properties": {"company": firm}})
    assert await names(api) == ["Bo Dahl", "Carl Berg", "Leo", "Åse Berg"]
    assert await names(api, sort="newest") == ["Carl Berg", "Bo Dahl", "Åse Berg", "Leo"]
    assert await names(api, limit=1) == await names(api)
    assert await names(api, limit=2, sort="changed") == await names(api, sort="changed")
    assert (await api.patch(f"/api/contacts/{leo}", json={"owner_id": str(ada.user_id)})).status_code == 200
    assert (await names(api, sort="changed"))[0] == "Leo"
    assert await names(api, owner="me") == await names(api, owner=str(ada.user_id)) == ["Leo"]
    assert await names(api, owner="nobody") == ["Bo Dahl", "Carl Berg", "Åse Berg"]
    assert await names(api, has_open="true") == await names(api, channel_account_id=echo["id"]) == ["Leo"]
    assert await names(api, property="company", value="Fjellsport") == ["Carl Berg", "Åse Berg"]
    await index_all(parts, ada.account_id)
    assert await names(api, q="berg") == ["Carl Berg", "Åse Berg"]
    assert await names(api, q="fjell") == await names(api, q="ase") + ["Carl Berg"] or await names(api, q="fjell") == [
        "Carl Berg",
        "Åse Berg",
    ]
    assert await names(api, q="bo@kunde") == ["Bo Dahl"]
    assert await names(api, q="bo@kunde", has_open="true") == []
    row = (await api.get("/api/contacts", params={"q": "leo"})).json()["items"][0]
    assert (row["open_count"], row["last_kind"], row["is_blocked"]) == (1, "echo", False)
    assert_problem(await api.get("/api/contacts", params={"property": "nothing"}), 400, code="unknown_property")
    assert_problem(await api.get("/api/contacts", params={"owner": "x"}), 400)
    assert_problem(await api.get("/api/contacts", params={"cursor": "x"}), 400, code="bad_cursor")


async def test_a_page_that_looked_far_says_where_to_go_on(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        await made(api, "/api/contacts", {"name": f"Person {number}"})
    monkeypatch.setattr(store_list, "SCAN_MAX", 3)
    page = (await api.get("/api/contacts", params={"has_open": "true"})).json()
    assert page["items"] == []
    assert page["next"] is not None
    assert await names(api, has_open="true") == []
    assert await names(api, has_open="false") == [f"Person {number}" for number in range(7)]
    monkeypatch.setattr(store_list, "FEW", 2)
    assert len(await names(api, q="person")) == 2, "a common word is answered from so many"


async def test_a_page_looks_at_each_contact_once(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    for number in range(30):
        await made(api, "/api/contacts", {"name": f"Person {number:02}"})
    wanted = store_list.Wanted(account_id=ada.account_id, inbox_ids=sorted(ada.readable), sort="name", has_open=True)
    async with parts.db.transaction() as conn:
        for way in ("seqscan", "bitmapscan", "sort"):  # as with many rows
            await conn.execute(f"set local enable_{way} = off")
        read = "select coalesce(sum(idx_tup_fetch), 0)::int from pg_stat_xact_user_tables where relname = 'contact'"
        (before,) = (await (await conn.execute(read)).fetchone()) or (0,)
        found = await store_list.page(conn, wanted, None, 10)
        (after,) = (await (await conn.execute(read)).fetchone()) or (0,)
    assert (found.ids, found.next) == ([], None)
    assert after - before == 30


async def test_who_is_seen_by_whom(api: httpx.AsyncClient, parts: Parts, address: str, ada: Actor, echo: dict[str, Any]) -> None:
    leo = await wrote(api, echo, "leo", "m1")
    imported = (await made(api, "/api/contacts", {"name": "Made By Hand"}))["id"]
    inbox = (await api.get("/api/conversations")).json()["items"][0]["inbox_id"]
    async with await colleague(parts, api, address, ada) as bo:
        assert await names(bo) == ["Leo", "Made By Hand"]
        await api.patch(f"/api/inboxes/{inbox}", json={"access": "members"})
        await api.put(f"/api/inboxes/{inbox}/members", json={"member_ids": [str(ada.user_id)]})
        assert await names(bo) == ["Made By Hand"]
        assert_problem(await bo.get(f"/api/contacts/{leo}/timeline"), 404)
        assert (await bo.patch(f"/api/contacts/{imported}", json={"name": "Made by hand"})).status_code == 200
        # What belongs to a closed inbox is not shown to everybody because it was merged into something that is.
        await made(api, f"/api/contacts/{imported}/merge", {"contact_id": leo})
        assert await names(bo) == []
        assert_problem(await bo.get(f"/api/contacts/{imported}"), 404)


@pytest.mark.parametrize(
    ("type", "good", "kept", "bad"),
    [
        ("text", " Two\nlines ", "Two lines", 5),
        ("long_text", "Two\nlines", "Two\nlines", "x" * 10_001),
        ("number", 12.5, 12.5, "twelve"),
        ("number", 1250.0, 1250, True),
        ("date", "2026-05-17", "2026-05-17", "2026-02-30"),
        ("boolean", False, False, "yes"),
        ("choice", "gold", "Gold", "Platinum"),
        ("choices", ["Gold", "silver", "Gold"], ["Gold", "Silver"], ["Bronze"]),
        ("link", "https://fjell.example/a", "https://fjell.example/a", "javascript:alert(1)"),
        ("phone", "+47 22 22 22 22", "+4722222222", "12"),
        ("email", "Kari@Fjell.example", "kari@fjell.example", "kari"),
    ],
)
async def test_a_value_is_checked_by_its_type(api: httpx.AsyncClient, type: str, good: Any, kept: Any, bad: Any) -> None:
    options = ["Gold", "Silver"] if type.startswith("choice") else []
    defined = await made(api, "/api/contact-properties", {"label": "Kundenivå, år", "type": type, "options": options})
    assert defined["key"] == "kundeniva_ar"
    contact = (await made(api, "/api/contacts", {"name": "Kari"}))["id"]
    changed = await api.patch(f"/api/contacts/{contact}", json={"properties": {"kundeniva_ar": good}})
    assert changed.json()["properties"] == {"kundeniva_ar": kept}
    problem = assert_problem(await api.patch(f"/api/contacts/{contact}", json={"properties": {"kundeniva_ar": bad}}), 400)
    assert problem["field"] == "properties.kundeniva_ar"
    assert problem["detail"].startswith("Kundenivå, år: ")
    assert (await api.get(f"/api/contacts/{contact}")).json()["properties"] == {"kundeniva_ar": kept}
    cleared = await api.patch(f"/api/contacts/{contact}", json={"properties": {"kundeniva_ar": None}})
    assert cleared.json()["properties"] == {}


async def test_properties_are_defined_renamed_deleted_and_brought_back(
    api: httpx.AsyncClient, parts: Parts, address: str, ada: Actor
) -> None:
    level = await made(api, "/api/contact-properties", {"label": "Level", "type": "choice", "options": ["Gold", " Silver "]})
    assert level["options"] == ["Gold", "Silver"]
    where = f"/api/contact-properties/{level['id']}"
    contact = (await made(api, "/api/contacts", {"name": "Kari", "properties": {"level": "Gold"}}))["id"]
    assert (await api.patch(where, json={"label": "Tier", "options": ["Bronze"]})).json()["key"] == "level"
    assert (await api.get(f"/api/contacts/{contact}")).json()["properties"] == {"level": "Gold"}, "what was chosen stays"
    assert_problem(await api.post("/api/contact-properties", json={"label": "tier", "type": "text"}), 409, code="name_taken")
    assert_problem(await api.post("/api/contact-properties", json={"label": " ", "type": "text"}), 400, code="empty_name")
    assert_problem(await api.post("/api/contact-properties", json={"label": "A", "type": "choice"}), 400, code="invalid_options")
    assert_problem(await api.post("/api/contact-properties", json={"label": "A", "type": "text", "options": ["x"]}), 400, code="no_options")
    assert_problem(await api.post("/api/contact-properties", json={"label": "A", "type": "money"}), 400)
    assert (await api.delete(where)).json()["is_deleted"] is True
    assert (await api.get("/api/contact-properties")).json()["items"] == []
    assert_problem(await api.patch(f"/api/contacts/{contact}", json={"properties": {"level": "Bronze"}}), 400, code="unknown_property")
    again = await made(api, "/api/contact-properties", {"label": "Level", "type": "text"})
    assert again["key"] == "level_2"
    assert (await api.patch(where, json={"is_deleted": False})).json()["label"] == "Tier"
    assert [one["label"] for one in (await api.get("/api/contact-properties")).json()["items"]] == ["Tier", "Level"]
    async with await colleague(parts, api, address, ada) as bo:
        assert_problem(await bo.post("/api/contact-properties", json={"label": "B", "type": "text"}), 403, code="missing_permission")
        assert len((await bo.get("/api/contact-properties")).json()["items"]) == 2


async def test_a_contact_is_made_by_hand(api: httpx.AsyncClient, ada: Actor) -> None:
    new = {"name": "Kari Nordmann", "email": "Kari@Fjell.example", "phone": "+47 22 22 22 22", "owner_id": str(ada.user_id)}
    contact = await made(api, "/api/contacts", new)
    assert [one["value"] for one in contact["identities"]] == ["+4722222222", "kari@fjell.example"]
    assert contact["owner_id"] == str(ada.user_id)
    assert_problem(await api.post("/api/contacts", json={"name": "Other", "email": "kari@fjell.example"}), 409, code="identity_taken")
    assert_problem(await api.post("/api/contacts", json={}), 400, code="empty_contact")
    assert_problem(await api.post("/api/contacts", json={"name": "x", "owner_id": "999"}), 400, code="unknown_user")
    assert_problem(await api.post("/api/contacts", json={"name": "x", "properties": {"nope": 1}}), 400, code="unknown_property")
    found = (await api.get("/api/search", params={"q": "kari", "type": "contacts"})).json()
    assert found["contacts"] == [], "the index follows a moment later"


async def test_what_a_blocked_contact_writes_is_spam_and_told_nobody(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    contact = f"/api/contacts/{conversation['contact']['id']}"
    blocked = (await api.patch(contact, json={"is_blocked": True})).json()
    assert blocked["is_blocked"] is True
    assert blocked["blocked_at"] is not None
    for number in (2, 3):
        assert (await say(api, echo, f"Buy now {number}", id=f"m{number}")).status_code == 200
    (spam,) = (await api.get("/api/conversations", params={"view": "spam"})).json()["items"]
    assert spam["message_count"] == 2
    assert spam["contact"]["id"] == conversation["contact"]["id"]
    (open_one,) = (await api.get("/api/conversations")).json()["items"]
    assert (open_one["id"], open_one["message_count"]) == (conversation["id"], 1), "what people work in is left alone"
    assert [one["reason"] for one in (await api.get(f"{contact}/reach")).json()["items"]] == ["blocked"]
    where = f"/api/conversations/{conversation['id']}/messages"
    assert_problem(await api.post(where, json={"type": "reply", "text": "No"}), 403, code="contact_blocked")
    assert (await api.post(where, json={"type": "comment", "text": "Blocked."})).status_code == 201
    assert (await names(api, is_blocked="true")) == ["Leo"]
    assert (await api.patch(contact, json={"is_blocked": False})).json()["blocked_at"] is None
    assert (await api.post(where, json={"type": "reply", "text": "Yes"})).status_code == 201
    assert (await api.get("/api/conversations", params={"view": "spam"})).json()["items"] == [], "what came meanwhile is brought back"
    await say(api, echo, "Thank you", id="m4")
    assert (await api.get("/api/conversations", params={"sort": "newest"})).json()["items"][0]["preview"] == "Thank you"
    kinds = [one["change"]["kind"] for one in (await api.get(f"{contact}/timeline")).json()["items"] if one["type"] == "change"]
    assert kinds == ["unblocked", "blocked"]


async def test_contacts_are_merged_and_the_merge_is_undone(
    api: httpx.AsyncClient, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    await made(api, "/api/contact-properties", {"label": "Company", "type": "text"})
    await made(api, "/api/contact-properties", {"label": "City of birth", "type": "text"})
    leo, mia = conversation["contact"]["id"], await wrote(api, echo, "mia", "x1")
    await api.patch(f"/api/contacts/{leo}", json={"properties": {"company": "Fjell"}})
    await api.patch(f"/api/contacts/{mia}", json={"properties": {"company": "Hav", "city_of_birth": "Bodø"}, "owner_id": str(ada.user_id)})
    note = await made(api, f"/api/contacts/{mia}/notes", {"text": "Two dogs."})
    done = await made(api, f"/api/contacts/{leo}/merge", {"contact_id": mia, "name": "source", "properties": {"company": "source"}})
    one = done["contact"]
    assert (one["id"], one["name"], one["owner_id"], one["conversation_count"]) == (leo, "Mia", str(ada.user_id), 2)
    assert one["properties"] == {"company": "Hav", "city_of_birth": "Bodø"}
    assert sorted(each["value"] for each in one["identities"]) == ["leo", "mia"]
    assert [each["contact_id"] for each in one["merged"]] == [mia]
    # The API finds the old id, everywhere.
    assert (await api.get(f"/api/contacts/{mia}")).json()["id"] == leo
    assert [each["id"] for each in (await api.get(f"/api/contacts/{mia}/notes")).json()["items"]] == [note["id"]]
    assert len((await api.get("/api/conversations", params={"contact_id": mia})).json()["items"]) == 2
    assert await names(api) == ["Mia"]
    again = await made(api, f"/api/contacts/{leo}/merge", {"contact_id": mia})
    assert again["merge_id"] == done["merge_id"]
    assert_problem(await api.post(f"/api/contacts/{leo}/merge", json={"contact_id": leo}), 400, code="same_contact")
    assert_problem(await api.post(f"/api/contacts/{leo}/merge", json={"contact_id": "999"}), 404)
    await say(api, echo, "Once more", sender="mia", id="x2")
    await api.patch(f"/api/contacts/{leo}", json={"properties": {"company": "Changed since"}})
    undone = (await api.post(f"/api/contact-merges/{done['merge_id']}/undo", json={})).json()
    assert undone == {"source_id": mia, "target_id": leo}
    assert (await api.post(f"/api/contact-merges/{done['merge_id']}/undo", json={})).json() == undone
    back, kept = (await api.get(f"/api/contacts/{mia}")).json(), (await api.get(f"/api/contacts/{leo}")).json()
    assert (back["name"], back["properties"]) == ("Mia", {"company": "Hav", "city_of_birth": "Bodø"})
    assert [each["value"] for each in back["identities"]] == ["mia"]
    assert (kept["name"], kept["properties"], kept["owner_id"]) == ("Leo", {"company": "Changed since"}, None)
    assert [each["value"] for each in kept["identities"]] == ["leo"]
    assert [each["id"] for each in (await api.get(f"/api/contacts/{mia}/notes")).json()["items"]] == [note["id"]]
    assert (await api.get("/api/conversations", params={"contact_id": mia})).json()["items"][0]["message_count"] == 2
    assert_problem(await api.post("/api/contact-merges/999/undo", json={}), 404, code="unknown_merge")


async def test_a_merge_is_undone_from_the_middle_of_a_chain(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    first, second, third = [await wrote(api, echo, name, f"{name}1") for name in ("ann", "bea", "cat")]
    inner = await made(api, f"/api/contacts/{second}/merge", {"contact_id": first})
    outer = await made(api, f"/api/contacts/{third}/merge", {"contact_id": second})
    assert (await api.get(f"/api/contacts/{first}")).json()["id"] == third
    await made(api, f"/api/contact-merges/{inner['merge_id']}/undo", {})
    assert [one["value"] for one in (await api.get(f"/api/contacts/{first}")).json()["identities"]] == ["ann"]
    assert sorted(one["value"] for one in (await api.get(f"/api/contacts/{third}")).json()["identities"]) == ["bea", "cat"]
    await made(api, f"/api/contact-merges/{outer['merge_id']}/undo", {})
    for contact, value in ((first, "ann"), (second, "bea"), (third, "cat")):
        assert [one["value"] for one in (await api.get(f"/api/contacts/{contact}")).json()["identities"]] == [value]
        assert len((await api.get("/api/conversations", params={"contact_id": contact})).json()["items"]) == 1


async def test_at_most_so_many_are_merged_into_one(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-705: 250; a smaller limit here."""
    ids = [(await made(api, "/api/contacts", {"name": f"Twin {number}"}))["id"] for number in range(4)]
    monkeypatch.setattr("innboks.core.contacts.merge.MERGED_MAX", 2)
    await made(api, f"/api/contacts/{ids[1]}/merge", {"contact_id": ids[2]})
    await made(api, f"/api/contacts/{ids[0]}/merge", {"contact_id": ids[1]})
    assert_problem(await api.post(f"/api/contacts/{ids[0]}/merge", json={"contact_id": ids[3]}), 409, code="too_many_merged")
    await api.patch(f"/api/contacts/{ids[3]}", json={"is_blocked": True})
    monkeypatch.undo()
    assert_problem(await api.post(f"/api/contacts/{ids[0]}/merge", json={"contact_id": ids[3]}), 409, code="one_blocked")


async def test_likely_duplicates_are_suggested(api: httpx.AsyncClient) -> None:
    await made(api, "/api/contact-properties", {"label": "Private email", "type": "email"})
    here = await made(
        api,
        "/api/contacts",
        {"name": "Kari Nordmann", "email": "kari.nordmann@work.example", "properties": {"private_email": "kn@home.example"}},
    )
    await made(api, "/api/contacts", {"name": "Somebody", "email": "kari.nordmann@other.example"})
    await made(api, "/api/contacts", {"name": "kari nordmann"})
    await made(api, "/api/contacts", {"name": "K", "email": "kn@home.example"})
    await made(api, "/api/contacts", {"name": "Kari Nordby", "email": "kari.nordby@work.example"})
    found = (await api.get(f"/api/contacts/{here['id']}/duplicates")).json()["items"]
    assert [(one["contact"]["name"], one["why"]) for one in found] == [
        ("K", "address"),
        ("kari nordmann", "name"),
        ("Somebody", "mailbox"),
    ]


async def test_the_timeline_goes_over_everything_page_by_page(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    leo = conversation["contact"]["id"]
    await made(api, f"/api/contacts/{leo}/notes", {"text": "First note"})
    await api.patch(f"/api/contacts/{leo}", json={"name": "Leo Larsen", "is_blocked": False})
    await made(api, f"/api/contacts/{leo}/identities", {"type": "phone", "value": "+47 22 22 22 22"})
    other = await made(api, "/api/channel-accounts", {"kind": "echo", "name": "Other", "config": {"room": "attic", "api_token": "s3cret"}})
    mia = await wrote(api, other, "mia", "x1", "From elsewhere")
    await made(api, f"/api/contacts/{leo}/merge", {"contact_id": mia})
    whole = (await api.get(f"/api/contacts/{leo}/timeline")).json()
    assert whole["next"] is None
    shown = sorted(one["change"]["kind"] if one["change"] else one["type"] for one in whole["items"])
    assert shown == ["conversation", "conversation", "identity_added", "merged", "note", "renamed"]
    assert {one["conversation"]["channel_account_id"] for one in whole["items"] if one["conversation"]} == {echo["id"], other["id"]}
    assert [one["at"] for one in whole["items"]] == sorted((one["at"] for one in whole["items"]), reverse=True)
    by_page: list[Any] = []
    cursor = None
    while True:
        page = (await api.get(f"/api/contacts/{leo}/timeline", params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
        by_page += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert by_page == whole["items"]
    assert_problem(await api.get(f"/api/contacts/{leo}/timeline", params={"cursor": "x"}), 400, code="bad_cursor")


async def test_many_are_changed_at_once_each_with_its_result(api: httpx.AsyncClient, ada: Actor) -> None:
    ids = [(await made(api, "/api/contacts", {"name": f"Person {number}"}))["id"] for number in range(30)]
    done = await made(api, "/api/contacts/bulk", {"ids": [*ids, "999"], "change": {"owner_id": str(ada.user_id)}})
    assert done["changed_count"] == 30
    assert done["results"][-1]["code"] == "unknown_contact"
    assert len(await names(api, owner="me")) == 30
    back = await made(api, "/api/contacts/bulk", {"changes": [{"id": one, "change": {"owner_id": None}} for one in ids]})
    assert back["changed_count"] == 30
    assert await names(api, owner="me") == []
    assert_problem(await api.post("/api/contacts/bulk", json={"ids": ids}), 400)
    assert_problem(await api.post("/api/contacts/bulk", json={"ids": [], "change": {}}), 400, code="too_many")
    assert_problem(await api.post("/api/contacts/bulk", json={"ids": [ids[0], ids[0]], "change": {}}), 400, code="named_twice")


async def test_both_spellings_of_a_domain_are_one_address(api: httpx.AsyncClient) -> None:
    """As what is received has it (RFC 5890)."""
    one = await made(api, "/api/contacts", {"name": "Bo", "email": "Bo@xn--blbr-roah.example"})
    assert one["identities"] == [{"type": "email", "value": "bo@blåbær.example"}]
    assert_problem(await api.post("/api/contacts", json={"name": "Bo again", "email": "bo@blåbær.example"}), 409, code="identity_taken")


async def test_what_comes_while_a_contact_is_merged_belongs_to_the_one_that_stays(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any]
) -> None:
    """A message, a note and an address, each in the very moment."""
    for nth in range(12):
        stays, goes = [await wrote(api, echo, f"{who}{nth}", f"{who}{nth}") for who in ("stays", "goes")]
        where = f"/api/contacts/{goes}"
        answers = await asyncio.gather(
            api.post(f"/api/contacts/{stays}/merge", json={"contact_id": goes}),
            say(api, echo, "Again", sender=f"goes{nth}", id=f"again{nth}", thread="new"),
            api.post(f"{where}/notes", json={"text": "Likes tents."}),
            api.post(f"{where}/identities", json={"type": "email", "value": f"goes{nth}@kunde.example"}),
        )
        assert {one.status_code for one in answers} <= {200, 201, 204}, [one.text for one in answers]
    async with parts.db.connection() as conn:
        for table in ("conversation", "message", "contact_note", "contact_identity"):
            cursor = await conn.execute(
                f"""select count(*) from {table} x join contact c on c.account_id = x.account_id and c.id = x.contact_id
                    where c.merged_into_id is not null"""
            )
            assert await cursor.fetchone() == (0,), table


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e16", "-9999999999999999999"])
async def test_a_number_beyond_all_numbers_is_refused(api: httpx.AsyncClient, number: str) -> None:
    await made(api, "/api/contact-properties", {"label": "Size", "type": "number"})
    body = f'{{"name": "Anna", "properties": {{"size": {number}}}}}'
    answer = await api.post("/api/contacts", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text


async def test_undoing_a_merge_waits_for_whoever_merges_on_at_that_moment(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any]
) -> None:
    """What went has gone on meanwhile, and is fetched from there."""
    first = await wrote(api, echo, "leo", "m1")
    second = int((await made(api, "/api/contacts", {"name": "Second", "email": "second@kunde.example"}))["id"])
    third = int((await made(api, "/api/contacts", {"name": "Third"}))["id"])
    inner = (await made(api, f"/api/contacts/{second}/merge", {"contact_id": first}))["merge_id"]
    async with parts.db.transaction() as conn:
        await contact_store.lock(conn, ada.account_id, [second, third])
        undoing = asyncio.create_task(undo_merge(parts, ada, int(inner)))
        await somebody_waits(parts)
        source = await contact_store.get(conn, ada.account_id, second)
        target = await contact_store.get(conn, ada.account_id, third)
        assert source is not None
        assert target is not None
        await _move_all(conn, ada, source, target, Choices())
    await undoing
    back = (await api.get(f"/api/contacts/{first}")).json()
    assert [one["value"] for one in back["identities"]] == ["leo"]
    assert back["conversation_count"] == 1


async def test_two_who_fill_in_one_contact_by_its_old_and_its_new_id_both_count(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    for label in ("Size", "Colour"):
        await made(api, "/api/contact-properties", {"label": label, "type": "text"})
    old = int((await made(api, "/api/contacts", {"name": "Old"}))["id"])
    new = int((await made(api, "/api/contacts", {"name": "New"}))["id"])
    await made(api, f"/api/contacts/{new}/merge", {"contact_id": str(old)})
    async with parts.db.transaction() as conn:
        await contact_store.lock(conn, ada.account_id, [new])
        other = asyncio.create_task(api.patch(f"/api/contacts/{old}", json={"properties": {"size": "L"}}))
        await somebody_waits(parts)
        await contact_store.update(conn, ada.account_id, new, {"properties": {"colour": "red"}})
    assert (await other).status_code == 200
    assert (await api.get(f"/api/contacts/{new}")).json()["properties"] == {"colour": "red", "size": "L"}

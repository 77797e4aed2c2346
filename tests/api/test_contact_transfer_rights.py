"""What happens between the click and the last row: who may not import or export any more gets nothing, and what people did with an imported contact since
is not undone with the import."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from innboks.core.contact_transfers import bring_in, exports, imports, store, take_back
from innboks.core.contacts.listing import list_contacts
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.sdk.contract import Inbound
from tests.api.conftest import assert_problem
from tests.api.mail_server import mail_server
from tests.api.test_contact_book import made, names
from tests.api.test_contact_transfers import imported, undone, uploaded
from tests.api.test_people import People
from tests.waiting import somebody_waits


class Bo:
    """A colleague who may import and export."""

    def __init__(self, people: People, id: str, client: httpx.AsyncClient) -> None:
        self.people, self.id, self.client = people, id, client

    async def loses(self, what: str) -> None:
        change = {"role_id": await self.people.role("agent")} if what == "right" else {"is_active": False}
        answer = await self.people.api.patch(f"/api/users/{self.id}", json=change)
        assert answer.status_code == 200, answer.text

    async def has_again(self, what: str, role_id: str) -> None:
        change = {"role_id": role_id} if what == "right" else {"is_active": True}
        assert (await self.people.api.patch(f"/api/users/{self.id}", json=change)).status_code == 200


@pytest.fixture
async def bo(parts: Parts, api: httpx.AsyncClient, ada: Actor, address: str) -> AsyncIterator[Bo]:
    people = People(parts, api, ada, address)
    id, client = await people.new("Bo Configurer", await people.role("Configurers", ["account_access"]))
    yield Bo(people, id, client)
    await client.aclose()


def after_the_first(step: Callable[..., Awaitable[Any]], then: Callable[[], Awaitable[None]]) -> Callable[..., Awaitable[Any]]:
    """The same step; once it was done for the first time, something else happens."""
    calls: list[int] = []

    async def stepped(*given: Any, **named: Any) -> Any:
        result = await step(*given, **named)
        calls.append(1)
        if len(calls) == 1:
            await then()
        return result

    return stepped


@pytest.mark.parametrize("what", ["right", "deactivated"])
@pytest.mark.parametrize("when", ["before", "between"])
async def test_who_may_not_export_any_more_gets_no_file(
    parts: Parts, ada: Actor, bo: Bo, monkeypatch: pytest.MonkeyPatch, what: str, when: str
) -> None:
    monkeypatch.setattr(exports, "PAGES_MAX", 1)
    monkeypatch.setattr(exports, "PAGE", 2)
    for number in range(5):
        await made(bo.client, "/api/contacts", {"name": f"Person {number}"})
    begun = int((await made(bo.client, "/api/contact-exports", {}))["id"])
    if when == "before":
        await bo.loses(what)
    else:
        monkeypatch.setattr(exports, "_piece", after_the_first(exports._piece, lambda: bo.loses(what)))
    await exports.write_out(parts, ada.account_id, begun)
    async with parts.db.connection() as conn:
        kept = await store.get_export(conn, ada.account_id, begun)
    assert kept is not None
    assert (kept.state, kept.files, kept.size) == ("failed", [], 0)
    assert kept.problem == "Whoever began this export has no access any more."


async def test_who_loses_the_right_while_the_last_piece_is_written_gets_no_file(
    parts: Parts, ada: Actor, bo: Bo, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(bo.client, "/api/contacts", {"name": "Person"})
    begun = (await made(bo.client, "/api/contact-exports", {}))["id"]
    monkeypatch.setattr(f"{exports.__name__}.list_contacts", after_the_first(list_contacts, lambda: bo.loses("right")))
    await exports.write_out(parts, ada.account_id, int(begun))
    after = (await bo.client.get(f"/api/contact-exports/{begun}")).json()
    assert (after["state"], after["size"]) == ("failed", 0)


async def test_a_finished_export_is_fetched_only_with_the_right(parts: Parts, ada: Actor, bo: Bo) -> None:
    await made(bo.client, "/api/contacts", {"name": "Person"})
    begun = (await made(bo.client, "/api/contact-exports", {}))["id"]
    await exports.write_out(parts, ada.account_id, int(begun))
    where = f"/api/contact-exports/{begun}/file"
    assert (await bo.client.get(where)).status_code == 200
    await bo.loses("right")
    assert_problem(await bo.client.get(where), 403, code="missing_permission")


@pytest.mark.parametrize("what", ["right", "deactivated"])
async def test_an_import_stops_where_the_right_is_lost(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, bo: Bo, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(bring_in, "BATCH", 2)
    one = await uploaded(bo.client, b"Name\n" + b"".join(b"Person %d\n" % number for number in range(6)))
    await bo.client.post(f"/api/contact-imports/{one['id']}/start", json={"mapping": ["name"], "match": "none"})
    monkeypatch.setattr(bring_in, "_batch", after_the_first(bring_in._batch, lambda: bo.loses(what)))
    await bring_in.bring_in(parts, ada.account_id, int(one["id"]))
    async with parts.db.connection() as conn:
        kept = await store.get_import(conn, ada.account_id, int(one["id"]))
    assert kept is not None
    assert (kept.state, kept.done_count) == ("failed", 2)
    assert kept.problem == "Whoever began this import has no access any more."
    assert await names(api) == ["Person 0", "Person 1"]


@pytest.mark.parametrize("what", ["right", "deactivated"])
async def test_undoing_an_import_stops_too_and_is_gone_on_with(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, bo: Bo, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(take_back, "BATCH", 2)
    role_id = (await bo.client.get("/api/session")).json()["user"]["role_id"]
    one = await uploaded(bo.client, b"Name\n" + b"".join(b"Person %d\n" % number for number in range(6)))
    where = f"/api/contact-imports/{one['id']}"
    await bo.client.post(f"{where}/start", json={"mapping": ["name"], "match": "none"})
    await bring_in.bring_in(parts, ada.account_id, int(one["id"]))
    await bo.client.post(f"{where}/undo", json={})
    with monkeypatch.context() as patched:
        patched.setattr(take_back, "_batch", after_the_first(take_back._batch, lambda: bo.loses(what)))
        await take_back.take_back(parts, ada.account_id, int(one["id"]))
    assert await names(api) == [f"Person {number}" for number in range(4)]
    if what == "right":
        assert_problem(await bo.client.post(f"{where}/undo", json={}), 403, code="missing_permission")
    await bo.has_again(what, role_id)
    if what == "right":
        assert (await bo.client.get(where)).json()["state"] == "failed"
        assert (await undone(bo.client, parts, ada, one["id"]))["state"] == "undone"
        assert await names(api) == []


# ── undone, but not what people did ──────────────────────────────────────────────────────────────────────────────────────────

Happening = Callable[[httpx.AsyncClient, str], Awaitable[Any]]


async def _merged(api: httpx.AsyncClient, contact: str) -> None:
    other = await made(api, "/api/contacts", {"name": "Same person"})
    await made(api, f"/api/contacts/{contact}/merge", {"contact_id": other["id"]})


async def _merged_and_parted(api: httpx.AsyncClient, contact: str) -> None:
    other = await made(api, "/api/contacts", {"name": "Same person"})
    merge = await made(api, f"/api/contacts/{contact}/merge", {"contact_id": other["id"]})
    assert (await api.post(f"/api/contact-merges/{merge['merge_id']}/undo", json={})).status_code == 200


async def _patched(api: httpx.AsyncClient, contact: str, change: dict[str, Any]) -> None:
    assert (await api.patch(f"/api/contacts/{contact}", json=change)).status_code == 200


async def _owned(api: httpx.AsyncClient, contact: str) -> None:
    await _patched(api, contact, {"owner_id": (await api.get("/api/session")).json()["user"]["id"]})


async def _changed_and_back(api: httpx.AsyncClient, contact: str) -> None:
    await _patched(api, contact, {"name": "Other"})
    await _patched(api, contact, {"name": "Touched"})


HAPPENINGS: dict[str, Happening] = {
    "a note": lambda api, contact: made(api, f"/api/contacts/{contact}/notes", {"text": "Called us."}),
    "another name": lambda api, contact: _patched(api, contact, {"name": "Touched since"}),
    "another name and back": _changed_and_back,
    "a property": lambda api, contact: _patched(api, contact, {"properties": {"company": "Fjell"}}),
    "an owner": _owned,
    "blocked": lambda api, contact: _patched(api, contact, {"is_blocked": True}),
    "an address": lambda api, contact: made(api, f"/api/contacts/{contact}/identities", {"type": "phone", "value": "+4722222222"}),
    "a merge": _merged,
    "a merge that was undone": _merged_and_parted,
}


@pytest.mark.parametrize("what", HAPPENINGS)
async def test_an_imported_contact_with_which_something_happened_stays(api: httpx.AsyncClient, parts: Parts, ada: Actor, what: str) -> None:
    await made(api, "/api/contact-properties", {"label": "Company", "type": "text"})
    one = await imported(api, parts, ada, b"Name,Email\nTouched,touched@fjell.example\nUntouched,un@fjell.example\n")
    touched = (await api.get("/api/contacts", params={"q": "touched@fjell"})).json()["items"][0]["id"]
    await HAPPENINGS[what](api, touched)
    after = await undone(api, parts, ada, one["id"])
    assert (after["state"], after["kept_count"]) == ("undone", 1)
    assert (await api.get(f"/api/contacts/{touched}")).status_code == 200
    assert "Untouched" not in await names(api)


async def test_a_contact_that_a_later_row_or_import_changed(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of the same import is undone with it, in whichever batch; another import is something that happened."""
    monkeypatch.setattr(bring_in, "BATCH", 1)
    monkeypatch.setattr(take_back, "BATCH", 1)
    twice = b"Name,Email\nFirst,a@fjell.example\nSecond,b@fjell.example\nFirst again,a@fjell.example\n"
    one = await imported(api, parts, ada, twice)
    assert (one["created_count"], one["updated_count"]) == (2, 1)
    after = await undone(api, parts, ada, one["id"])
    assert (after["kept_count"], await names(api)) == (0, [])
    one = await imported(api, parts, ada, twice)
    await imported(api, parts, ada, b"Name,Email\nThird,b@fjell.example\n")
    after = await undone(api, parts, ada, one["id"])
    assert (after["kept_count"], await names(api)) == (1, ["Third"])


async def test_who_wrote_stays_also_when_it_went_into_somebody_elses_conversation(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    async with mail_server() as box:
        config = {"method": "forwarding", "address": "support@x.example", "smtp_host": "127.0.0.1", "smtp_port": box.port}
        channel = await made(api, "/api/channel-accounts", {"kind": "email", "name": "Support", "config": config})
    rows = b"Name,Email\nOwn,own@fjell.example\nBeside,beside@fjell.example\nSilent,silent@fjell.example\n"
    one = await imported(api, parts, ada, rows)

    async def mail(sender: str, id: str, more: str = "") -> None:
        raw = f"From: {sender}\nTo: support@x.example\nSubject: The tent\nMessage-ID: <{id}@x.example>\n{more}\nIs it back?\n"
        await receive(parts, ada.account_id, int(channel["id"]), Inbound(body=raw.encode()))

    await mail("own@fjell.example", "1")
    await mail("leo@y.example", "2", "Cc: beside@fjell.example\n")
    await mail("beside@fjell.example", "3", "In-Reply-To: <2@x.example>\n")
    assert len((await api.get("/api/conversations")).json()["items"]) == 2
    after = await undone(api, parts, ada, one["id"])
    assert after["kept_count"] == 2
    assert "Silent" not in await names(api)
    assert {"Own", "Beside"} <= set(await names(api))


async def test_a_note_in_the_very_moment_of_the_undo_keeps_the_contact(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    one = await imported(api, parts, ada, b"Name,Email\nNoted,noted@fjell.example\n")
    contact = int((await api.get("/api/contacts")).json()["items"][0]["id"])
    assert (await api.post(f"/api/contact-imports/{one['id']}/undo", json={})).json()["state"] == "undoing"
    async with parts.db.transaction() as conn:
        await store.known(conn, ada.account_id, [contact], [])
        undoing = asyncio.create_task(take_back.take_back(parts, ada.account_id, int(one["id"])))
        await somebody_waits(parts)
        await conn.execute(
            "insert into contact_note (account_id, contact_id, author_id, text) values (%s, %s, %s, 'Called us.')",
            (ada.account_id, contact, ada.user_id),
        )
    await undoing
    notes = await api.get(f"/api/contacts/{contact}/notes")
    assert notes.status_code == 200, notes.text
    assert [note["text"] for note in notes.json()["items"]] == ["Called us."]


# ── refused before it is read ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("may", "status"), [(False, b" 403 "), (True, b" 413 ")])
async def test_a_table_is_refused_before_its_bytes_are_read(bo: Bo, address: str, may: bool, status: bytes) -> None:
    """The head alone is sent: an answer comes without one byte of the table."""
    if not may:
        await bo.loses("right")
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    size = imports.SIZE_MAX + 1 if may else 1000
    head = f"POST /api/contact-imports?name=a.csv HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/csv\r\nContent-Length: {size}\r\n"
    writer.write(f"{head}Authorization: {bo.client.headers['authorization']}\r\n\r\n".encode())
    async with asyncio.timeout(20):
        assert status in await reader.readline()
    writer.close()

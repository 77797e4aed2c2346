"""Contacts brought in from tables and written out as one: what is found in a file, what becomes of each row, the report, the undo, the export."""

import asyncio
import csv
import io
import time
from typing import Any

import httpx
import pytest

from innboks.core.access import Actor
from innboks.core.contact_transfers import bring_in, exports, tables, take_back
from innboks.core.parts import Parts
from innboks.errors import Invalid
from tests.api.conftest import assert_problem, say
from tests.api.test_contact_book import made, names


async def uploaded(api: httpx.AsyncClient, content: bytes, name: str = "kunder.csv") -> dict[str, Any]:
    answer = await api.post("/api/contact-imports", params={"name": name}, content=content, headers={"content-type": "text/csv"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def imported(api: httpx.AsyncClient, parts: Parts, ada: Actor, content: bytes, **options: Any) -> dict[str, Any]:
    one = await uploaded(api, content)
    started = await api.post(f"/api/contact-imports/{one['id']}/start", json={"mapping": one["mapping"], **options})
    assert started.status_code == 200, started.text
    await bring_in.bring_in(parts, ada.account_id, int(one["id"]))
    return (await api.get(f"/api/contact-imports/{one['id']}")).json()


async def undone(api: httpx.AsyncClient, parts: Parts, ada: Actor, id: str) -> dict[str, Any]:
    assert (await api.post(f"/api/contact-imports/{id}/undo", json={})).json()["state"] == "undoing"
    await take_back.take_back(parts, ada.account_id, int(id))
    return (await api.get(f"/api/contact-imports/{id}")).json()


TEXT = "Navn;E-post;Mobil\nKåre Ås;kare@fjell.example;+47 22 22 22 22\nÆrlig Øst;aerlig@fjell.example;\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
async def test_encoding_and_delimiter_are_found(api: httpx.AsyncClient, encoding: str) -> None:
    one = await uploaded(api, TEXT.encode(encoding))
    assert one["encoding"] == {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(encoding, encoding)
    assert (one["delimiter"], one["row_count"], one["state"]) == (";", 2, "ready")
    assert one["columns"] == ["Navn", "E-post", "Mobil"]
    assert one["sample"][0] == ["Kåre Ås", "kare@fjell.example", "+47 22 22 22 22"]
    assert one["mapping"] == ["name", "email", "phone"]


@pytest.mark.parametrize("delimiter", list(tables.DELIMITERS))
def test_each_delimiter_is_found_also_where_cells_hold_others(delimiter: str) -> None:
    other = ";" if delimiter == "," else ","
    content = f'Name{delimiter}Note\nAnna{delimiter}"one{other} two{other} three"\nBo{delimiter}"a{delimiter}b\nc"\n'
    table = tables.look_at(content.encode())
    assert (table.delimiter, table.columns, table.row_count) == (delimiter, ["Name", "Note"], 2)
    assert table.sample[1] == ["Bo", f"a{delimiter}b\nc"]


async def test_a_table_is_read_again_as_somebody_says(api: httpx.AsyncClient) -> None:
    one = await uploaded(api, b"Name,Note\nAnna,a;b\n")
    where = f"/api/contact-imports/{one['id']}"
    again = (await api.post(f"{where}/read", json={"encoding": "windows-1252", "delimiter": ";"})).json()
    assert (again["columns"], again["delimiter"]) == (["Name,Note"], ";")
    assert_problem(await api.post(f"{where}/read", json={"encoding": "rot13", "delimiter": ";"}), 400)
    assert_problem(await api.post(f"{where}/read", json={"encoding": "utf-8", "delimiter": "x"}), 400)


async def test_rows_come_in_and_bad_ones_are_reported(api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any]) -> None:
    await made(api, "/api/contact-properties", {"label": "Level", "type": "choice", "options": ["Gold", "Silver"]})
    await made(api, "/api/contact-properties", {"label": "Orders", "type": "number"})
    known = await made(
        api, "/api/contacts", {"name": "Old Name", "email": "known@fjell.example", "properties": {"level": "Silver", "orders": 3}}
    )
    await made(api, "/api/contacts", {"name": "Other", "phone": "+4799999999"})
    rows = [
        "First name,Last name,Email,Phone,Level,Orders,Owner,Shoe size",
        'Kari,Nordmann,KARI@fjell.example,+47 22 22 22 22,gold,"1 250,5",ada@tindra.example,38',
        "New,Name,known@fjell.example,,Gold,,,",
        "Bad,Mail,nobody,,,,,",
        "Bad,Level,level@fjell.example,,Platinum,,,",
        "Bad,Owner,owner@fjell.example,,,,stranger@elsewhere.example,",
        "Two,Contacts,known@fjell.example,+4799999999,,,,",
        ",,,,Gold,,,",
        "Kari,Again,kari@fjell.example,,Silver,,,",
        "=HYPERLINK(1),Formula,nobody2,,,,,",
    ]
    one = await imported(api, parts, ada, "\r\n".join(rows).encode())
    assert one["mapping"][:3] == ["first_name", "last_name", "email"]
    assert one["mapping"][-1] == "", "a column that says nothing to us is left out"
    counts = [one[f"{name}_count"] for name in ("done", "created", "updated", "skipped", "bad")]
    assert (one["state"], counts) == ("done", [9, 1, 2, 0, 6])
    kari = (await api.get("/api/contacts", params={"q": "kari@fjell"})).json()["items"][0]
    assert kari["name"] == "Kari Again", "a row finds what an earlier row has made"
    assert (kari["properties"], kari["owner_id"]) == ({"level": "Silver", "orders": 1250.5}, str(ada.user_id))
    changed = (await api.get(f"/api/contacts/{known['id']}")).json()
    assert (changed["name"], changed["properties"]) == ("New Name", {"level": "Gold", "orders": 3})
    report = await api.get(f"/api/contact-imports/{one['id']}/bad-rows.csv")
    assert report.headers["content-disposition"].startswith("attachment")
    table = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert table[0][-2:] == ["Row", "Problem"]
    assert [row[-2] for row in table[1:]] == ["4", "5", "6", "7", "8", "10"]
    assert "is not a mail address" in table[1][-1]
    assert "none of the choices" in table[2][-1]
    assert "different contacts" in table[4][-1]
    assert table[6][0] == "'=HYPERLINK(1)", "what a spreadsheet would run is text"
    shown = (await api.get(f"/api/contact-imports/{one['id']}/bad-rows")).json()["items"]
    assert [(row["row"], row["column"], row["value"]) for row in shown] == [
        (4, "Email", "nobody"),
        (5, "Level", "Platinum"),
        (6, "Owner", "stranger@elsewhere.example"),
        (7, "Phone", "+4799999999"),
        (8, "", "Gold"),
        (10, "Email", "nobody2"),
    ]
    assert [row["reason"] for row in shown] == [row[-1] for row in table[1:]]


async def test_rows_are_counted_as_a_spreadsheet_does(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    content = b"Name,Email\n\nKari,kari@fjell.example\n,,\n" + b"Bad,nobody\n" * 14
    one = await imported(api, parts, ada, content)
    assert (one["row_count"], one["bad_count"]) == (15, 14)
    shown = (await api.get(f"/api/contact-imports/{one['id']}/bad-rows")).json()["items"]
    assert [row["row"] for row in shown] == list(range(5, 15)), "the first ten"


async def test_known_contacts_are_skipped_or_all_are_new(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    await made(api, "/api/contacts", {"name": "Kari", "email": "kari@fjell.example", "phone": "+4722222222"})
    content = b"Name,Email,Phone\nOther name,kari@fjell.example,+4711111111\n"
    one = await imported(api, parts, ada, content, on_match="skip")
    assert (one["skipped_count"], await names(api)) == (1, ["Kari"])
    one = await imported(api, parts, ada, content, match="none")
    assert (one["bad_count"], await names(api)) == (1, ["Kari"])
    one = await imported(api, parts, ada, b"Name,Phone\nOther name,+47 22 22 22 22\n", match="phone")
    assert (one["updated_count"], await names(api)) == (1, ["Other name"])


async def test_an_import_is_undone(api: httpx.AsyncClient, parts: Parts, ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_in, "BATCH", 2)
    monkeypatch.setattr(take_back, "BATCH", 2)
    await made(api, "/api/contact-properties", {"label": "Company", "type": "text"})
    known = await made(api, "/api/contacts", {"name": "Kari", "email": "kari@fjell.example", "properties": {"company": "Fjell"}})
    rows = "Name,Email,Phone,Company\nKari N,kari@fjell.example,+4722222222,Hav\n" + "".join(
        f"New {number},new{number}@fjell.example,,Hav\n" for number in range(5)
    )
    one = await imported(api, parts, ada, rows.encode())
    assert (one["created_count"], one["updated_count"]) == (5, 1)
    noted = (await api.get("/api/contacts", params={"q": "new3"})).json()["items"][0]["id"]
    await made(api, f"/api/contacts/{noted}/notes", {"text": "Called us."})
    await api.patch(f"/api/contacts/{known['id']}", json={"name": "Changed since"})
    after = await undone(api, parts, ada, one["id"])
    assert (after["state"], after["kept_count"]) == ("undone", 1)
    assert await names(api) == ["Changed since", "New 3"]
    kari = (await api.get(f"/api/contacts/{known['id']}")).json()
    assert (kari["properties"], [each["value"] for each in kari["identities"]]) == ({"company": "Fjell"}, ["kari@fjell.example"])
    assert (await api.post(f"/api/contact-imports/{one['id']}/undo", json={})).json()["state"] == "undone"


async def test_a_killed_worker_goes_on_where_it_stopped(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bring_in, "BATCH", 2)
    one = await uploaded(api, b"Name\n" + b"".join(b"Person %d\n" % number for number in range(5)))
    await api.post(f"/api/contact-imports/{one['id']}/start", json={"mapping": ["name"], "match": "none"})
    write, calls = bring_in._write, []

    async def killed(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        await write(*given)

    monkeypatch.setattr(bring_in, "_write", killed)
    with pytest.raises(RuntimeError):
        await bring_in.bring_in(parts, ada.account_id, int(one["id"]))
    assert (await api.get(f"/api/contact-imports/{one['id']}")).json()["done_count"] == 2
    await bring_in.bring_in(parts, ada.account_id, int(one["id"]))
    assert await names(api) == [f"Person {number}" for number in range(5)]


async def test_what_cannot_be_imported_is_said(api: httpx.AsyncClient, parts: Parts, ada: Actor, stranger: httpx.AsyncClient) -> None:
    assert_problem(await api.post("/api/contact-imports", content=b""), 400, code="empty_table")
    assert_problem(await api.post("/api/contact-imports", content=b",".join([b"a"] * 300)), 400, code="too_many_columns")
    one = await uploaded(api, b"Name,Email\nAnna,anna@fjell.example\n")
    where = f"/api/contact-imports/{one['id']}"
    for mapping, match, code in (
        (["name"], "none", "invalid"),
        (["name", "name"], "none", "mapped_twice"),
        (["", "owner"], "none", "nothing_to_know"),
        (["name", "property:none"], "none", "unknown_target"),
        (["name", "email"], "phone", "no_match"),
    ):
        assert_problem(await api.post(f"{where}/start", json={"mapping": mapping, "match": match}), 400, code=code)
    assert_problem(await api.post(f"{where}/undo", json={}), 409, code="not_finished")
    assert_problem(await stranger.get(where), 404, code="unknown_import")
    assert (await api.post(f"{where}/start", json={"mapping": ["name", "email"]})).status_code == 200
    assert_problem(await api.post(f"{where}/start", json={"mapping": ["name", "email"]}), 409, code="already_started")
    assert (await api.get("/api/contact-imports")).json()["items"][0]["state"] == "running"
    assert (await stranger.get("/api/contact-imports")).json()["items"] == []


async def test_a_list_is_exported_piece_by_piece(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any], stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGES_MAX", 1)
    monkeypatch.setattr(exports, "PAGE", 2)
    await made(api, "/api/contact-properties", {"label": "Note", "type": "text"})
    for number in range(5):
        await made(api, "/api/contacts", {"name": f"Person {number}", "properties": {"note": "=1+1"}})
    await made(api, "/api/contacts", {"name": "Ønsket", "email": "o@fjell.example", "phone": "+4722222222", "owner_id": str(ada.user_id)})
    await say(api, echo, "Hello", sender="leo")
    begun = await made(api, "/api/contact-exports", {})
    where = f"/api/contact-exports/{begun['id']}"
    assert_problem(await api.get(f"{where}/file"), 409, code="not_finished")
    await exports.write_out(parts, ada.account_id, int(begun["id"]))
    done = (await api.get(where)).json()
    assert (done["state"], done["done_count"]) == ("done", 7)
    content = (await api.get(f"{where}/file")).content
    assert len(content) == done["size"]
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert table[0] == ["Name", "Email", "Phone", "Owner", "Blocked", "First seen", "Last conversation", "Note"]
    assert [row[0] for row in table[1:]] == ["Leo", *(f"Person {number}" for number in range(5)), "Ønsket"]
    assert table[2][-1] == "'=1+1"
    assert table[-1][1:4] == ["o@fjell.example", "+4722222222", "ada@tindra.example"]
    narrowed = await made(api, "/api/contact-exports", {"owner": "me"})
    await exports.write_out(parts, ada.account_id, int(narrowed["id"]))
    assert (await api.get(f"/api/contact-exports/{narrowed['id']}")).json()["done_count"] == 1
    chosen = (await api.get("/api/contacts")).json()["items"][0]["id"]
    few = await made(api, "/api/contact-exports", {"ids": [chosen]})
    await exports.write_out(parts, ada.account_id, int(few["id"]))
    assert (await api.get(f"/api/contact-exports/{few['id']}")).json()["done_count"] == 1
    listed = (await api.get("/api/contact-exports")).json()["items"]
    assert [one["id"] for one in listed] == [few["id"], narrowed["id"], begun["id"]], "the newest first"
    assert (await stranger.get("/api/contact-exports")).json()["items"] == []
    assert_problem(await stranger.get(where), 404, code="unknown_export")
    assert_problem(await stranger.get(f"{where}/file"), 404, code="unknown_export")


async def test_an_export_comes_in_again_as_it_was(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    await made(api, "/api/contact-properties", {"label": "Note", "type": "text"})
    made_before = await made(api, "/api/contacts", {"name": "@name", "email": "a@fjell.example", "properties": {"note": "=1+1"}})
    begun = await made(api, "/api/contact-exports", {})
    await exports.write_out(parts, ada.account_id, int(begun["id"]))
    content = (await api.get(f"/api/contact-exports/{begun['id']}/file")).content
    one = await imported(api, parts, ada, content)
    assert (one["bad_count"], one["skipped_count"]) == (0, 1), "nothing is different"
    assert (await api.get(f"/api/contacts/{made_before['id']}")).json()["name"] == "@name"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "\t'=1"),
        ("\r=1", "\r'=1"),
        # Where a comma is the decimal mark, a spreadsheet parts cells by semicolons, and does not know our quotation marks in the middle of a cell.
        ("Anna;=HYPERLINK(A1)", "Anna;'=HYPERLINK(A1)"),
        ("Anna; =1+1; -3;@x", "Anna; '=1+1; -3;'@x"),
        ("one\n=1+1", "one\n'=1+1"),
    ],
)
def test_a_formula_becomes_text_and_comes_back(cell: str, text: str) -> None:
    assert tables.harmless(cell) == text
    assert tables.as_meant(text) == cell


@pytest.mark.parametrize("cell", ["+4722222222", "-12.5", "Anna", "'quoted'", "", "a=b", "+4722222222; +4733333333", "a; b"])
def test_what_is_no_formula_is_left_alone(cell: str) -> None:
    assert tables.harmless(cell) == cell


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
async def test_a_table_is_read_again_in_an_encoding_that_it_has_not(api: httpx.AsyncClient, encoding: str) -> None:
    one = await uploaded(api, "Name\nÅse\n".encode())
    answer = await api.post(f"/api/contact-imports/{one['id']}/read", json={"encoding": encoding, "delimiter": ","})
    if encoding == "utf-16":  # no mark says in which order its bytes stand
        assert_problem(answer, 400, code="wrong_encoding", field="encoding")
    else:
        assert answer.status_code in (200, 400), answer.text
    again = await api.post(f"/api/contact-imports/{one['id']}/read", json={"encoding": "utf-8", "delimiter": ","})
    assert again.json()["sample"] == [["Åse"]]


async def test_two_workers_write_one_table_between_them(
    api: httpx.AsyncClient, parts: Parts, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that came too late with the first piece does not take the table for finished."""
    monkeypatch.setattr(exports, "PAGES_MAX", 1)
    monkeypatch.setattr(exports, "PAGE", 1)
    for number in range(6):
        await made(api, "/api/contacts", {"name": f"Contact {number}"})
    id = int((await made(api, "/api/contact-exports", {}))["id"])
    await asyncio.gather(*(exports.write_out(parts, ada.account_id, id) for _ in range(4)))
    text = (await api.get(f"/api/contact-exports/{id}/file")).content.decode("utf-8-sig")
    assert [row["Name"] for row in csv.DictReader(io.StringIO(text))] == [f"Contact {number}" for number in range(6)]


async def test_a_row_with_too_many_addresses_is_not_taken(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    many = ";".join(f"a{number}@fjell.example" for number in range(31))
    one = await imported(api, parts, ada, f"Name,Email\nAnna,{many}\nBo,bo@fjell.example\n".encode())
    assert (one["created_count"], one["bad_count"]) == (1, 1)


def test_a_line_of_millions_of_cells_is_refused_before_it_is_parted() -> None:
    for content in (b"Name,Email\n" + b"," * 5_000_000 + b"x\n", b"," * 5_000_000 + b"x\n"):
        began = time.monotonic()
        with pytest.raises(Invalid) as refused:
            tables.look_at(content)
        assert refused.value.code == "too_many_columns"
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "beginning", [b"PK\x03\x04\x14\x00\x06\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"]
)
async def test_a_workbook_is_no_table_of_strange_letters(api: httpx.AsyncClient, beginning: bytes) -> None:
    refused = await api.post("/api/contact-imports", content=beginning + b"\x00,Name\n\x01;" * 100)
    assert_problem(refused, 400, code="no_table")
    assert "Save it as CSV" in refused.json()["detail"]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_quotation_mark_that_is_missing_swallows_nobody(end: str) -> None:
    with pytest.raises(Invalid) as refused:
        tables.look_at(f'Name,Email\n\nBo,bo@fjell.example\n"Anna,anna@fjell.example\nCleo,cleo@fjell.example{end}'.encode())
    assert refused.value.code == "bad_table"
    assert refused.value.sentence.startswith("Row 4 ")
    whole = tables.look_at(f'Name,Email\n"Anna,\nof two lines","anna@fjell.example"{end}'.encode())
    assert whole.sample == [["Anna,\nof two lines", "anna@fjell.example"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_first_line_that_tells_programs_the_delimiter_is_no_row(encoding: str) -> None:
    table = tables.look_at("sep=;\r\nName;Note\r\nAnna;one, two\r\n".encode(encoding))
    assert (table.delimiter, table.columns, table.sample) == (";", ["Name", "Note"], [["Anna", "one, two"]])

"""The file library (R-631): files that are kept for re-use, one's own and everybody's, and go along with an answer without being sent up again."""

import hashlib
import os
from datetime import timedelta
from typing import Any

import httpx

from innboks.core.files.sweep import sweep_files
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague
from tests.api.test_files import PNG, upload

PRICES = b"%PDF-1.7 prices"


async def keep(api: httpx.AsyncClient, name: str = "prices.pdf", content: bytes = PRICES, **more: Any) -> dict[str, Any]:
    file = await upload(api, name, content, "application/pdf")
    made = await api.post("/api/library-files", json={"attachment_id": file["id"], "is_shared": True, **more})
    assert made.status_code == 201, made.text
    return made.json()


async def names(client: httpx.AsyncClient) -> list[str]:
    return [one["name"] for one in (await client.get("/api/library-files")).json()["items"]]


async def test_ones_own_are_ones_own_and_shared_ones_everybodys(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any) -> None:
    shared = await keep(api)
    own = await keep(api, "Notes.pdf", b"%PDF-1.7 notes", is_shared=False)
    assert (shared["name"], shared["type"], shared["size"], shared["is_shared"]) == ("prices.pdf", "application/pdf", len(PRICES), True)
    assert await names(api) == ["Notes.pdf", "prices.pdf"]
    async with await colleague(parts, api, address, ada) as bo:
        assert await names(bo) == ["prices.pdf"]
        assert (await bo.get(shared["url"])).content == PRICES
        path = f"/api/library-files/{own['id']}"
        for answer in (
            await bo.get(own["url"]),
            await bo.patch(path, json={"name": "Mine.pdf"}),
            await bo.delete(path),
            await bo.post(f"{path}/attachments"),
            await bo.post(f"{path}/restore"),
        ):
            assert_problem(answer, 404, code="unknown_library_file")
        # What somebody else has uploaded, and not sent, cannot be kept by guessing its number.
        theirs = await upload(api, "secret.pdf", b"%PDF-1.7 secret", "application/pdf")
        assert_problem(await bo.post("/api/library-files", json={"attachment_id": theirs["id"]}), 404, code="unknown_attachment")
        renamed = await bo.patch(f"/api/library-files/{shared['id']}", json={"name": "Prices 2026/27.pdf"})
        assert renamed.json()["name"] == "Prices 2026_27.pdf"
        taken = await bo.patch(f"/api/library-files/{shared['id']}", json={"is_shared": False})
        assert taken.json()["is_shared"] is False
    assert await names(api) == ["Notes.pdf"]
    assert_problem(await api.patch(f"/api/library-files/{own['id']}", json={"name": " \n"}), 400, field="name")


async def test_the_same_file_is_kept_once(api: httpx.AsyncClient) -> None:
    first = await keep(api)
    assert (await keep(api))["id"] == first["id"]
    assert (await keep(api, is_shared=False))["id"] != first["id"]
    assert (await keep(api, name="other.pdf"))["id"] != first["id"]


async def test_it_goes_along_with_an_answer_as_often_as_one_likes(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    kept = await keep(api)
    path = f"/api/library-files/{kept['id']}"
    for _ in range(2):
        file = (await api.post(f"{path}/attachments")).json()
        assert (file["name"], file["type"], file["size"], file["is_inline"]) == ("prices.pdf", "application/pdf", len(PRICES), False)
        written = await api.post(
            f"/api/conversations/{conversation['id']}/messages", json={"type": "comment", "text": "See", "attachments": [file["id"]]}
        )
        assert written.status_code == 201, written.text
        assert (await api.get(written.json()["attachments"][0]["url"])).content == PRICES
    # A file of a message is kept too, under another name.
    picture = await upload(api, "photo.png", PNG, "image/png")
    sent = await api.post(
        f"/api/conversations/{conversation['id']}/messages", json={"type": "comment", "text": "See", "attachments": [picture["id"]]}
    )
    again = await api.post("/api/library-files", json={"attachment_id": sent.json()["attachments"][0]["id"], "name": "map.png"})
    assert (again.json()["name"], again.json()["type"]) == ("map.png", "image/png")
    assert (await api.get(again.json()["url"])).content == PNG


async def test_a_picture_stands_in_the_text_and_nothing_else_does(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    picture = await upload(api, "map.png", PNG, "image/png")
    kept = (await api.post("/api/library-files", json={"attachment_id": picture["id"]})).json()
    inline = (await api.post(f"/api/library-files/{kept['id']}/attachments", params={"inline": True})).json()
    assert (inline["is_inline"], inline["name"], inline["type"]) == (True, "map.png", "image/png")
    assert inline["content_id"]
    html = f'<p>Here: <img src="cid:{inline["content_id"]}" alt="map.png"></p>'
    comment = {"type": "comment", "text": "Here:", "html": html, "attachments": [inline["id"]]}
    written = (await api.post(f"/api/conversations/{conversation['id']}/messages", json=comment)).json()
    assert (written["attachments"][0]["is_inline"], "<img" in written["html"]) == (True, True)
    prices = await keep(api)
    refused = await api.post(f"/api/library-files/{prices['id']}/attachments", params={"inline": True})
    assert_problem(refused, 400, code="not_a_picture")


async def test_what_is_taken_out_can_be_put_back_for_a_week_and_its_bytes_stay_until_then(
    parts: Parts, api: httpx.AsyncClient, clock: FakeClock
) -> None:
    kept = await keep(api)
    path = f"/api/library-files/{kept['id']}"
    async with parts.db.transaction() as conn:  # its upload was never sent
        await conn.execute("update attachment set created_at = now() - interval '30 days'")
    assert (await api.delete(path)).status_code == 204
    assert await names(api) == []
    assert_problem(await api.get(kept["url"]), 404)
    assert_problem(await api.post(f"{path}/attachments"), 404)
    stored = hashlib.sha256(PRICES).hexdigest()
    long_ago = (clock.now() - timedelta(days=30)).timestamp()
    os.utime(parts.settings.data / "files" / stored[:2] / stored, times=(long_ago, long_ago))
    assert await sweep_files(parts) == 0
    assert (await api.post(f"{path}/restore")).json()["name"] == "prices.pdf"
    assert (await api.get(kept["url"])).content == PRICES
    await api.delete(path)
    async with parts.db.transaction() as conn:
        await conn.execute("update library_file set deleted_at = now() - interval '8 days'")
    assert await sweep_files(parts) == 1
    assert_problem(await api.post(f"{path}/restore"), 404)


async def test_there_are_at_most_so_many(parts: Parts, api: httpx.AsyncClient, ada: Any) -> None:
    kept = await keep(api)
    async with parts.db.transaction() as conn:
        await conn.execute(
            """insert into library_file (account_id, hash, name, type, size)
               select account_id, hash, name || nth, type, size from library_file, generate_series(1, 999) nth where id = %s""",
            (int(kept["id"]),),
        )
    file = await upload(api, "one more.pdf", PRICES, "application/pdf")
    assert_problem(await api.post("/api/library-files", json={"attachment_id": file["id"], "is_shared": True}), 400, code="too_many")
    own = await api.post("/api/library-files", json={"attachment_id": file["id"]})
    assert own.status_code == 201
    assert_problem(await api.patch(f"/api/library-files/{own.json()['id']}", json={"is_shared": True}), 400, code="too_many")

"""The trash: emptied by the nightly sweep, or by hand, and then nothing is left (R-639)."""

import hashlib
import os
from datetime import timedelta
from typing import Any

import httpx

from innboks.core.conversations.purge import KEPT, empty_trash
from innboks.core.files.erase import FRESH, erase_files
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, say


async def rows(parts: Parts, table: str) -> int:
    async with parts.db.connection() as conn:
        found = await (await conn.execute(f"select count(*) from {table}")).fetchone()
    assert found is not None
    return int(found[0])


async def test_what_was_long_in_the_trash_is_deleted_with_all_that_hangs_on_it(
    parts: Parts, clock: FakeClock, api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    await say(api, echo, "Something else", sender="maja", id="maja1")
    other = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["id"] != conversation["id"])
    await say(api, echo, "And more", sender="ella", id="ella1")
    third = max((one["id"] for one in (await api.get("/api/conversations")).json()["items"]), key=int)
    where = f"/api/conversations/{conversation['id']}"
    tag = (await api.post("/api/tags", json={"name": "tent"})).json()["id"]
    await api.post(f"{where}/messages", json={"type": "reply", "text": "An answer"})
    await api.put(f"{where}/draft", json={"text": "more"})
    await api.post(f"{where}/merge", json={"conversation_ids": [other["id"]]})
    await api.patch(where, json={"is_trashed": True, "add_tag_ids": [tag]})
    clock.advance(step=KEPT - timedelta(seconds=1))
    assert await empty_trash(parts) == 0
    clock.advance(2)
    assert await empty_trash(parts) == 1
    assert await empty_trash(parts) == 0
    for gone in (conversation["id"], other["id"]):
        assert_problem(await api.get(f"/api/conversations/{gone}"), 404)
    assert (await api.get(f"/api/conversations/{third}")).status_code == 200
    assert (await rows(parts, "conversation"), await rows(parts, "message")) == (1, 1)
    for table in ("dispatch", "draft", "rearrangement", "conversation_tag"):
        assert await rows(parts, table) == 0, table
    # The same payload does not come again: its fingerprint is still known.
    await say(api, echo, "Is the tent back?")
    assert await rows(parts, "conversation") == 1


async def test_one_is_deleted_by_hand_only_from_the_trash(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    assert_problem(await api.delete(where), 409, code="not_in_trash")
    await api.patch(where, json={"is_trashed": True})
    assert_problem(await stranger.delete(where), 404)
    assert (await api.delete(where)).status_code == 204
    assert_problem(await api.get(where), 404)
    assert_problem(await api.delete(where), 404)


async def test_files_and_originals_of_what_is_deleted_go_at_once_and_those_of_others_stay(
    parts: Parts, clock: FakeClock, api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """R-806: by a job in the same transaction; not while somebody may just be storing the same bytes."""
    await say(api, echo, "x" * 70_000, id="long")
    await say(api, echo, "Another one", sender="maja", id="maja1")
    other = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["id"] != conversation["id"])
    for name, where in (("own.txt", conversation), ("both.txt", conversation), ("both.txt", other)):
        file = (await api.post("/api/attachments", files={"file": (name, name.encode(), "text/plain")})).json()["id"]
        made = await api.post(f"/api/conversations/{where['id']}/messages", json={"type": "comment", "text": "x", "attachments": [file]})
        assert made.status_code == 201, made.text
    stored = {one.hash async for one in parts.files.listing()}
    assert len(stored) == 3
    for one in stored:
        os.utime(parts.settings.data / "files" / one[:2] / one, times=(clock.now().timestamp(),) * 2)
    await api.patch(f"/api/conversations/{conversation['id']}", json={"is_trashed": True})
    assert (await api.delete(f"/api/conversations/{conversation['id']}")).status_code == 204
    async with parts.db.connection() as conn:
        cursor = await conn.execute("select args -> 'hashes' from procrastinate_jobs where task_name = 'erase_files'")
        ((hashes,),) = await cursor.fetchall()
    assert set(hashes) == stored
    shared = hashlib.sha256(b"both.txt").hexdigest()
    assert await erase_files(parts, hashes) == clock.now() + FRESH
    clock.advance(step=FRESH)
    assert await erase_files(parts, hashes) is None
    assert [one.hash async for one in parts.files.listing()] == [shared]
    assert await rows(parts, "delivery where envelope <> '{}'") == 1


async def test_copies_receipts_and_edits_of_what_is_deleted_go_too(
    parts: Parts, api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """R-806: the raw payloads that are about a message, though the message does not name them."""
    where = f"/api/conversations/{conversation['id']}"
    await say(api, echo, "x" * 70_000, id="long")
    await say(api, echo, "x" * 70_001, id="long")  # the same message with other bytes: a duplicate
    await say(api, echo, "Edited", type="edit", id="e1", message="long")
    await say(api, echo, "", type="reaction", id="r1", message="long", emoji="+")
    await say(api, echo, "Another one", sender="maja", id="maja1")
    copies = "delivery where envelope <> '{}' or size > 0"
    assert await rows(parts, copies) == 6
    await api.patch(where, json={"is_trashed": True})
    assert (await api.delete(where)).status_code == 204
    assert await rows(parts, copies) == 1
    async with parts.db.connection() as conn:
        ((hashes,),) = await (
            await conn.execute("select args -> 'hashes' from procrastinate_jobs where task_name = 'erase_files'")
        ).fetchall()
    assert len(hashes) == 2


async def test_what_is_written_to_a_merged_conversation_arrives_where_its_messages_are(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    await say(api, echo, "Something else", sender="maja", id="maja1")
    other = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["id"] != conversation["id"])
    await api.post(f"/api/conversations/{conversation['id']}/merge", json={"conversation_ids": [other["id"]]})
    written = await api.post(f"/api/conversations/{other['id']}/messages", json={"type": "comment", "text": "Late."})
    assert written.json()["conversation_id"] == conversation["id"]

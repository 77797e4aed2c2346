"""Conversations merged and split, and each of it undone, however late (AHEAD 7)."""

import asyncio
from typing import Any

import httpx
import pytest

from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say

Two = tuple[str, str]


@pytest.fixture
async def two(api: httpx.AsyncClient, echo: dict[str, Any]) -> Two:
    """Leo's conversation and Maja's, each with a message and an answer."""
    for sender in ("leo", "maja"):
        await say(api, echo, f"{sender} asks", sender=sender, id=f"{sender}1")
    ids = sorted((one["id"] for one in (await api.get("/api/conversations")).json()["items"]), key=int)
    for id in ids:
        await api.post(f"/api/conversations/{id}/messages", json={"type": "reply", "text": f"answer in {id}"})
    return ids[0], ids[1]


async def get(api: httpx.AsyncClient, id: str) -> dict[str, Any]:
    answer = await api.get(f"/api/conversations/{id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def entries(api: httpx.AsyncClient, id: str, *, system: bool = False) -> list[dict[str, Any]]:
    found = (await api.get(f"/api/conversations/{id}/messages?limit=200")).json()["items"]
    return [one for one in found if (one["type"] == "system") == system]


async def texts(api: httpx.AsyncClient, id: str) -> list[str]:
    return [one["text"] for one in await entries(api, id)]


async def everything(api: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """A conversation and what was written in it, without the lines that tell of changes."""
    conversation = await get(api, id)
    written = await entries(api, id)
    return {"conversation": {**conversation, "message_count": len(written)}, "messages": written}


async def merge(api: httpx.AsyncClient, target: str, *sources: str) -> httpx.Response:
    return await api.post(f"/api/conversations/{target}/merge", json={"conversation_ids": list(sources)})


async def undo(api: httpx.AsyncClient, id: str) -> httpx.Response:
    return await api.post(f"/api/rearrangements/{id}/undo")


async def test_merged_messages_stand_in_one_conversation(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    merged = await merge(api, leo, maja)
    assert merged.status_code == 200
    assert merged.json()["conversation"]["id"] == leo
    assert await texts(api, leo) == ["leo asks", "maja asks", f"answer in {leo}", f"answer in {maja}"]
    # The address of the merged one opens the other, and whatever is done to it happens there.
    assert (await get(api, maja))["id"] == leo
    assert await texts(api, maja) == await texts(api, leo)
    assert [one["id"] for one in (await api.get("/api/conversations")).json()["items"]] == [leo]
    (line,) = [one for one in await entries(api, leo, system=True) if one["data"]["event"] == "merged"]
    assert line["data"]["rearrangement_id"] == merged.json()["rearrangement_ids"][0]
    assert (line["data"]["from"], line["data"]["count"]) == (maja, 2)
    assert (await api.patch(f"/api/conversations/{maja}", json={"status": "closed"})).json()["id"] == leo
    whys = {one["text"]: one["why"].get("how") for one in await entries(api, leo)}
    assert (whys["leo asks"], whys["maja asks"]) == ("new", "merged")
    assert (await get(api, leo))["message_count"] == len(await texts(api, leo)) + len(await entries(api, leo, system=True))


async def test_undo_brings_back_exactly_what_was_there(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    tag = (await api.post("/api/tags", json={"name": "tent"})).json()["id"]
    await api.patch(f"/api/conversations/{maja}", json={"priority": "urgent", "add_tag_ids": [tag], "is_unread": True})
    await api.patch(f"/api/conversations/{leo}", json={"status": "closed", "assignee_id": None})
    before = await everything(api, leo), await everything(api, maja)
    id = (await merge(api, leo, maja)).json()["rearrangement_ids"][0]
    joined = await get(api, leo)
    assert (joined["status"], joined["priority"], joined["tag_ids"]) == ("open", "urgent", [tag])
    assert joined["assignee_id"] == before[1]["conversation"]["assignee_id"]
    assert joined["is_unread"] is True
    answer = await undo(api, id)
    assert answer.status_code == 200
    assert (answer.json()["source"]["id"], answer.json()["target"]["id"]) == (maja, leo)
    assert (await everything(api, leo), await everything(api, maja)) == before
    lines = await entries(api, leo, system=True)
    told = [(one["data"]["event"], one["data"].get("reason"), one["data"].get("is_undone")) for one in lines][-4:]
    assert told == [
        ("merged", None, True),
        ("assigned", "merge", True),
        ("assigned", "merge_undone", None),
        ("merge_undone", None, None),
    ]
    assert (await undo(api, id)).status_code == 200, "harmless to repeat"
    assert (await everything(api, leo), await everything(api, maja)) == before
    assert len(await entries(api, leo, system=True)) == len(lines)


async def test_what_came_after_a_merge_stays(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    id = (await merge(api, leo, maja)).json()["rearrangement_ids"][0]
    await say(api, echo, "maja once more", sender="maja", id="maja2")
    await api.patch(f"/api/conversations/{leo}", json={"priority": "low"})
    assert (await texts(api, leo))[-1] == "maja once more"
    await undo(api, id)
    assert await texts(api, leo) == ["leo asks", f"answer in {leo}", "maja once more"]
    assert await texts(api, maja) == ["maja asks", f"answer in {maja}"]
    assert (await get(api, leo))["priority"] == "low"
    # From now on what Maja writes is hers again.
    await say(api, echo, "maja at home", sender="maja", id="maja3")
    assert (await texts(api, maja))[-1] == "maja at home"


async def test_answers_find_what_was_merged_split_and_undone(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    id = (await merge(api, leo, maja)).json()["rearrangement_ids"][0]
    await say(api, echo, "to the merged", sender="maja", id="a1", in_reply_to="maja1")
    assert "to the merged" in await texts(api, leo)
    await undo(api, id)
    await say(api, echo, "to the first again", sender="maja", id="a2", in_reply_to="maja1")
    assert "to the first again" in await texts(api, maja)
    chosen = [one["id"] for one in await entries(api, maja) if one["text"] == "maja asks"]
    split = (await api.post(f"/api/conversations/{maja}/split", json={"message_ids": chosen})).json()
    new = split["conversation"]["id"]
    await say(api, echo, "to the part", sender="maja", id="a3", in_reply_to="maja1")
    assert await texts(api, new) == ["maja asks", "to the part"]
    await undo(api, split["rearrangement_id"])
    assert await texts(api, new) == ["to the part"], "what came after stays"
    await say(api, echo, "to the whole", sender="maja", id="a4", in_reply_to="maja1")
    assert (await texts(api, maja))[-1] == "to the whole"


async def test_a_chain_of_merges_is_undone_in_any_order(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    await say(api, echo, "ella asks", sender="ella", id="ella1")
    ella = max((one["id"] for one in (await api.get("/api/conversations")).json()["items"]), key=int)
    before = [await everything(api, one) for one in (leo, maja, ella)]
    first = (await merge(api, maja, leo)).json()["rearrangement_ids"][0]
    second = (await merge(api, ella, maja)).json()["rearrangement_ids"][0]
    assert (await get(api, leo))["id"] == ella
    assert len(await texts(api, ella)) == 5
    offered = [one["data"]["rearrangement_id"] for one in await entries(api, ella, system=True) if one["data"]["event"] == "merged"]
    assert offered == [first, second], "both can be undone from where the messages are"
    assert (await undo(api, first)).status_code == 200
    assert await everything(api, leo) == before[0]
    assert (await get(api, maja))["id"] == ella
    assert (await undo(api, second)).status_code == 200
    assert [await everything(api, one) for one in (leo, maja, ella)] == before


async def test_several_are_merged_at_once(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    await say(api, echo, "ella asks", sender="ella", id="ella1")
    ella = max((one["id"] for one in (await api.get("/api/conversations")).json()["items"]), key=int)
    merged = (await merge(api, leo, maja, ella, maja)).json()
    assert len(merged["rearrangement_ids"]) == 2
    assert len(await texts(api, leo)) == 5
    again = (await merge(api, leo, maja, ella)).json()
    assert again["rearrangement_ids"] == merged["rearrangement_ids"], "harmless to repeat"


async def test_what_cannot_be_merged_is_said(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    assert_problem(await merge(api, leo, leo), 400, code="same_conversation")
    assert_problem(await merge(api, leo), 400)
    assert_problem(await merge(api, leo, "999"), 404)
    assert_problem(await merge(api, leo, *map(str, range(1, 30))), 400)
    await api.patch(f"/api/conversations/{maja}", json={"is_trashed": True})
    assert_problem(await merge(api, leo, maja), 409, code="not_mergeable")
    assert_problem(await undo(api, "999"), 404)


async def test_two_merges_crosswise_end_with_one(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    answers = await asyncio.gather(merge(api, leo, maja), merge(api, maja, leo))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert len(await texts(api, leo)) == 4
    assert await texts(api, leo) == await texts(api, maja)


async def test_the_same_merge_twice_at_once_is_one(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    first, second = await asyncio.gather(merge(api, leo, maja), merge(api, leo, maja))
    assert first.json()["rearrangement_ids"] == second.json()["rearrangement_ids"]
    assert len([one for one in await entries(api, leo, system=True) if one["data"]["event"] == "merged"]) == 1


async def test_a_message_during_a_merge_is_not_lost(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    coming = [say(api, echo, f"more {n}", sender="maja", id=f"more{n}") for n in range(10)]
    answers = await asyncio.gather(*coming[:5], merge(api, leo, maja), *coming[5:])
    assert {one.status_code for one in answers} == {200}
    assert len([one for one in await texts(api, leo) if one.startswith("more")]) == 10


async def test_whoever_may_not_act_in_both_cannot_merge(parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, two: Two) -> None:
    leo, maja = two
    inbox = (await api.post("/api/inboxes", json={"name": "Returns", "access": "members", "member_ids": [str(ada.user_id)]})).json()
    await api.patch(f"/api/conversations/{maja}", json={"inbox_id": inbox["id"]})
    async with await colleague(parts, api, address, ada) as bo:
        assert_problem(await merge(bo, leo, maja), 404)
        id = (await merge(api, leo, maja)).json()["rearrangement_ids"][0]
        assert_problem(await undo(bo, id), 404)
        await undo(api, id)
        id = (await merge(api, maja, leo)).json()["rearrangement_ids"][0]
        assert_problem(await bo.get(f"/api/conversations/{leo}"), 404)
        assert_problem(await bo.get(f"/api/conversations/{leo}/messages"), 404)
    assert (await undo(api, id)).json()["source"]["id"] == leo


async def test_a_preview_changes_nothing(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    await api.patch(f"/api/conversations/{maja}", json={"priority": "high"})
    before = await everything(api, leo), await everything(api, maja)
    seen = (await api.post(f"/api/conversations/{leo}/merge-preview", json={"conversation_ids": [maja]})).json()
    assert (seen["id"], seen["priority"]) == (leo, "high")
    assert (await everything(api, leo), await everything(api, maja)) == before


async def test_other_conversations_of_the_sender_are_suggested(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    leo, maja = two
    chosen = [(await entries(api, maja))[0]["id"]]
    part = (await api.post(f"/api/conversations/{maja}/split", json={"message_ids": chosen})).json()["conversation"]["id"]
    where = f"/api/conversations/{maja}/merge-candidates"
    found = (await api.get(where)).json()
    assert [one["id"] for one in found["same_sender"]] == [part]
    assert [one["id"] for one in found["recent"]] == [leo]
    assert [one["id"] for one in (await api.get(where, params={"q": "leo"})).json()["recent"]] == [leo]
    for nobody in ("zzz", "%", "_eo", "\\"):
        assert (await api.get(where, params={"q": nobody})).json()["recent"] == []


async def test_a_part_becomes_its_own_conversation_and_comes_back(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    _, maja = two
    await say(api, echo, "and another thing", sender="maja", id="maja2")
    before = await everything(api, maja)
    chosen = [one["id"] for one in await entries(api, maja) if one["text"] == "and another thing"]
    made = await api.post(f"/api/conversations/{maja}/split", json={"message_ids": chosen, "subject": "Another\nthing"})
    assert made.status_code == 201
    new = made.json()["conversation"]
    assert (new["subject"], new["contact"]["name"], new["status"]) == ("Another thing", "Maja", "open")
    assert new["assignee_id"] == before["conversation"]["assignee_id"]
    assert await texts(api, new["id"]) == ["and another thing"]
    assert await texts(api, maja) == ["maja asks", f"answer in {maja}"]
    assert (await get(api, maja))["waiting_since"] is None
    assert new["waiting_since"] is not None
    await undo(api, made.json()["rearrangement_id"])
    assert await everything(api, maja) == before
    assert (await get(api, new["id"]))["id"] == maja, "nothing is left of it, so its address leads back"


async def test_a_part_of_a_part_comes_back_in_any_order(api: httpx.AsyncClient, echo: dict[str, Any], two: Two) -> None:
    _, maja = two
    for number in (2, 3, 4):
        await say(api, echo, f"maja asks {number}", sender="maja", id=f"maja{number}")
    before = await texts(api, maja)

    async def split_off(id: str, *wanted: str) -> tuple[str, str]:
        chosen = [one["id"] for one in await entries(api, id) if one["text"] in wanted]
        made = (await api.post(f"/api/conversations/{id}/split", json={"message_ids": chosen})).json()
        return made["conversation"]["id"], made["rearrangement_id"]

    part, first = await split_off(maja, "maja asks 2", "maja asks 3", "maja asks 4")
    inner, second = await split_off(part, "maja asks 3", "maja asks 4")
    _, third = await split_off(inner, "maja asks 4")
    for id in (first, second, third):
        undone = await undo(api, id)
        assert undone.status_code == 200, undone.text
        assert undone.json()["source"]["id"] == maja
    assert await texts(api, maja) == before
    assert (await get(api, inner))["id"] == maja


async def test_what_cannot_be_split_is_said(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    ids = [one["id"] for one in await entries(api, maja)]
    where = f"/api/conversations/{maja}/split"
    assert_problem(await api.post(where, json={"message_ids": []}), 400)
    assert_problem(await api.post(where, json={"message_ids": ids}), 400, code="nothing_stays")
    assert_problem(await api.post(where, json={"message_ids": [ids[0], "999"]}), 409, code="message_gone")
    assert_problem(await api.post(where, json={"message_ids": [(await entries(api, leo))[0]["id"]]}), 409, code="message_gone")
    await api.patch(f"/api/conversations/{maja}", json={"priority": "low"})
    line = (await entries(api, maja, system=True))[-1]["id"]
    assert_problem(await api.post(where, json={"message_ids": [line]}), 409, code="message_gone")


async def test_a_draft_goes_along_and_comes_back(api: httpx.AsyncClient, two: Two) -> None:
    leo, maja = two
    await api.put(f"/api/conversations/{maja}/draft", json={"text": "Dear Maja"})
    id = (await merge(api, leo, maja)).json()["rearrangement_ids"][0]
    assert (await api.get(f"/api/conversations/{leo}/draft")).json()["text"] == "Dear Maja"
    await undo(api, id)
    assert (await api.get(f"/api/conversations/{maja}/draft")).json()["text"] == "Dear Maja"
    assert (await api.get(f"/api/conversations/{leo}/draft")).status_code == 204

"""Who is where (R-634): told to those who may read the inbox, known to every web process, forgotten after 30 s of silence."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import uvicorn

from innboks.app import web_app
from innboks.core.access import Actor
from innboks.core.events.presence import EXPIRES_S
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, colleague
from tests.api.test_stream import following


async def present(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/presence")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def until_present(client: httpx.AsyncClient, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while len(found := await present(client)) != count:
            await asyncio.sleep(0.01)
    return found


async def test_a_colleague_sees_who_reads_and_who_writes(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, conversation: dict[str, Any], clock: FakeClock
) -> None:
    where = f"/api/conversations/{conversation['id']}/presence"
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos:
        await bos.next()
        assert (await api.post(where, json={"state": "reading"})).status_code == 204
        kind, place, told = await bos.next()
        assert (kind, place, told["user_id"], told["state"]) == ("presence", None, str(ada.user_id), "reading")
        began = clock.now()
        clock.advance(12)
        await api.post(where, json={"state": "writing", "since": (clock.now() - timedelta(seconds=7)).isoformat()})
        _, _, told = await bos.next()
        assert (told["state"], told["conversation_id"]) == ("writing", conversation["id"])
        (one,) = await until_present(bo, 1)
        assert one["since"].replace("Z", "+00:00") == (began + timedelta(seconds=5)).isoformat()
        clock.advance(12)
        await api.post(where, json={"state": "writing"})
        _, _, told = await bos.next()
        assert told["since"] == (began + timedelta(seconds=5)).isoformat(), "said again, it began when it began"
        await api.post(where, json={"state": "away"})
        assert (await bos.next())[2]["state"] == "away"
        assert await until_present(bo, 0) == []


async def test_silence_ends_it(api: httpx.AsyncClient, conversation: dict[str, Any], clock: FakeClock) -> None:
    await api.post(f"/api/conversations/{conversation['id']}/presence", json={"state": "reading"})
    await until_present(api, 1)
    clock.advance(EXPIRES_S - 1)
    assert len(await present(api)) == 1
    clock.advance(1)
    assert await present(api) == []


async def test_who_may_not_read_the_inbox_hears_nothing(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Actor, conversation: dict[str, Any]
) -> None:
    await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})
    where = f"/api/conversations/{conversation['id']}/presence"
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(stranger) as eves:
        for reader in (bos, eves):
            await reader.next()
        assert_problem(await bo.post(where, json={"state": "reading"}), 404)
        assert_problem(await stranger.post(where, json={"state": "writing"}), 404)
        await api.post(where, json={"state": "writing"})
        await until_present(api, 1)
        assert await present(bo) == await present(stranger) == []
        for reader in (bos, eves):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    while (event := await reader.next())[0] == "access.changed":
                        pass  # that the inbox is closed to them may reach them late
                    raise AssertionError(f"told to somebody who may not see it: {event}")


async def test_every_web_process_knows_it(parts: Parts, api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    config = uvicorn.Config(web_app(parts), host="127.0.0.1", port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=api.headers) as other:
        async with asyncio.timeout(10):
            while not await present(other):  # it may not listen yet: say it again, as browsers do
                await api.post(f"/api/conversations/{conversation['id']}/presence", json={"state": "writing"})
    server.should_exit = True
    await running


async def test_a_draft_is_shown_while_it_is_written_and_after_it_was_handed_over(
    parts: Parts,
    api: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    address: str,
    ada: Actor,
    conversation: dict[str, Any],
    clock: FakeClock,
) -> None:
    where = f"/api/conversations/{conversation['id']}"
    draft = f"{where}/writers/{ada.user_id}/draft"
    async with await colleague(parts, api, address, ada) as bo, following(api) as adas, following(bo) as bos:
        for reader in (adas, bos):
            await reader.next()
        bos_id = (await bo.get("/api/users/me")).json()["id"]
        await api.put(f"{where}/draft", json={"text": "Dear Leo"})
        assert_problem(await bo.get(draft), 404, code="not_writing")
        await api.post(f"{where}/presence", json={"state": "writing"})
        await until_present(bo, 1)
        assert (await bo.get(draft)).json()["text"] == "Dear Leo"
        assert_problem(await stranger.get(draft), 404)

        assert (await bo.post(f"{where}/takeover", json={"user_id": str(ada.user_id)})).status_code == 204
        told = (await adas.until("takeover"))[2]
        assert (told["user_id"], told["answer"], told["conversation_id"]) == (bos_id, "asked", conversation["id"])
        await bo.post(f"{where}/presence", json={"state": "reading"})
        await until_present(bo, 2)
        await api.patch(where, json={"assignee_id": str(ada.user_id)})
        await api.post(f"{where}/takeover", json={"user_id": bos_id, "answer": "accepted"})
        assert (await bos.until("takeover"))[2]["answer"] == "accepted"
        assert (await bo.get(where)).json()["assignee_id"] == bos_id, "who hands over what is theirs hands over the conversation"
        line = (await bo.get(f"{where}/messages")).json()["items"][-1]["data"]
        assert line == {"event": "assigned", "from": str(ada.user_id), "to": bos_id, "reason": "take_over"}
        await api.post(f"{where}/presence", json={"state": "away"})
        await until_present(bo, 1)
        assert (await bo.get(draft)).json()["text"] == "Dear Leo"
        clock.advance(3600)
        assert_problem(await bo.get(draft), 404, code="not_writing")


async def test_one_is_asked_only_where_one_is(api: httpx.AsyncClient, ada: Actor, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/takeover"
    assert_problem(await api.post(where, json={"user_id": str(ada.user_id)}), 404, code="not_here")

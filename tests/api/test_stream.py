"""The live stream: what happens is told at once, in order, to those who may see it, and a reader resumes where it broke off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from innboks.api import stream
from innboks.core.access import Actor
from innboks.core.events import store as events
from innboks.core.parts import Parts
from tests.api.conftest import PASSWORD, assert_problem, colleague, say

Event = tuple[str, str | None, Any]


class Reader:
    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> Event:
        """(type, id, data) of the next event."""
        kind, place, data = "message", None, ""
        async with asyncio.timeout(10):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "id":
                    place = value
                elif name == "data":
                    data = value
                elif line == "" and data:
                    return kind, place, msgspec.json.decode(data)
        raise AssertionError("the stream ended")

    async def until(self, kind: str) -> Event:
        while True:
            event = await self.next()
            if event[0] == kind:
                return event


@asynccontextmanager
async def following(client: httpx.AsyncClient, after: str | None = None) -> AsyncIterator[Reader]:
    headers = {"last-event-id": after} if after else {}
    async with client.stream("GET", "/api/events", headers=headers, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reader(answer.aiter_lines())


async def test_a_message_is_told_at_once_with_its_conversation(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    async with following(api) as reader:
        kind, place, hello = await reader.next()
        assert (kind, place) == ("hello", hello["cursor"])
        await say(api, echo, "Anybody there?")
        kind, place, told = await reader.until("message.added")
        assert (told["message"]["text"], place) == ("Anybody there?", None)
        kind, place, told = await reader.next()
        assert (kind, told["conversation"]["preview"]) == ("conversation.changed", "Anybody there?")
        assert place is not None
        assert "is_unread" not in told["conversation"]
        listed = (await api.get(f"/api/conversations/{told['conversation']['id']}")).json()
        assert told["conversation"] == {name: value for name, value in listed.items() if name not in ("is_unread", "read_message_id")}


async def test_a_reader_resumes_where_it_broke_off(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    async with following(api) as reader:
        await reader.next()
        await say(api, echo, "one", id="m1")
        _, place, _ = await reader.until("conversation.changed")
    await say(api, echo, "two", id="m2")
    await say(api, echo, "three", id="m3")
    async with following(api, after=place) as reader:
        kind, resumed, _ = await reader.next()
        assert (kind, resumed) == ("hello", None)
        assert [(await reader.until("message.added"))[2]["message"]["text"] for _ in range(2)] == ["two", "three"]


async def test_an_unknown_place_means_fetch_everything(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for unknown in ("x", "000000000000.1.1", "'; select 1", "9" * 300):
        async with following(api, after=unknown) as reader:
            assert (await reader.next())[0] == "hello"
            assert (await reader.next())[0] == "reset"


async def test_nobody_follows_without_a_session(browser: httpx.AsyncClient, ada: Actor) -> None:
    assert_problem(await browser.get("/api/events"), 401)


async def test_what_one_may_not_see_is_not_told(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any]
) -> None:
    await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"access": "members"})
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(stranger) as eves, following(api) as adas:
        for reader in (bos, eves, adas):
            assert (await reader.next())[0] == "hello"
        await say(api, echo, "for members only")
        assert (await adas.until("message.added"))[2]["message"]["text"] == "for members only"
        await bo.patch("/api/users/me", json={"name": "Bo Renamed"})
        assert (await bos.next())[0] == "people.changed"  # the rename, and nothing before it
        for reader in (bos, eves):
            try:
                event = await asyncio.wait_for(reader.next(), 0.5)
            except TimeoutError:
                continue
            raise AssertionError(f"told to somebody who may not see it: {event}")


async def test_my_own_marks_are_told_to_me_alone(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, conversation: dict[str, Any]
) -> None:
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(api) as adas:
        await bos.next()
        await adas.next()
        where = f"/api/conversations/{conversation['id']}"
        await api.put(f"{where}/read", json={"message_id": conversation["last_message_id"]})
        told = {"conversation_id": conversation["id"], "message_id": conversation["last_message_id"], "is_unread": False}
        assert (await adas.next())[2] == told
        await api.put(f"{where}/draft", json={"text": "Dear"})
        assert (await adas.until("draft.changed"))[2] == {"conversation_id": conversation["id"], "mode": "reply"}
        await api.post(f"{where}/typing", json={"is_typing": True})
        kind, place, told = await bos.next()
        assert (kind, place) == ("typing", None)
        assert told == {"conversation_id": conversation["id"], "user_id": str(ada.user_id), "is_typing": True}


async def test_everything_that_happens_brings_old_state_up_to_date(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """Apply the events to what was fetched before; the result is what is fetched afterwards."""
    where = f"/api/conversations/{conversation['id']}"
    async with following(api) as reader:
        await reader.next()
        messages = {one["id"]: one for one in (await api.get(f"{where}/messages")).json()["items"]}
        state = conversation
        await api.patch(where, json={"status": "closed"})
        await say(api, echo, "One more thing", id="m2")
        await api.post(f"{where}/messages", json={"type": "reply", "text": "Sure"})
        last = await api.post(f"{where}/messages", json={"type": "comment", "text": "He is nice"})
        while last.json()["id"] not in messages or state["last_message_id"] != last.json()["id"]:
            kind, _, told = await reader.next()
            if kind in ("message.added", "message.changed"):
                messages[told["message"]["id"]] = told["message"]
            elif kind == "conversation.changed":
                state = told["conversation"]
    fresh = (await api.get(f"{where}/messages")).json()["items"]
    assert [messages[key] for key in sorted(messages, key=int)] == fresh
    listed = (await api.get(where)).json()
    assert state == {name: value for name, value in listed.items() if name not in ("is_unread", "read_message_id")}


async def test_a_quiet_stream_pings_and_ends_with_the_session(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_S", 0.2)
    monkeypatch.setattr(stream, "RECHECK_S", 0.5)
    await browser.post("/api/session", json={"email": ada.email, "password": PASSWORD})
    async with browser.stream("GET", "/api/events", timeout=20) as answer:
        lines = answer.aiter_lines()
        pings = 0
        async with asyncio.timeout(10):
            async for line in lines:
                pings += line == ": ping"
                if pings == 2:
                    (current,) = (await api.get("/api/sessions")).json()["items"]
                    assert (await api.delete(f"/api/sessions/{current['id']}")).status_code == 204
                    break
            assert [line async for line in lines if line.startswith("event")] == []


async def test_a_conversation_that_moves_away_is_gone_for_those_who_see_only_the_old_inbox(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, conversation: dict[str, Any]
) -> None:
    closed = (await api.post("/api/inboxes", json={"name": "Board", "access": "members"})).json()
    await api.put(f"/api/inboxes/{closed['id']}/members", json={"member_ids": [str(ada.user_id)]})
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(api) as adas:
        for reader in (bos, adas):
            await reader.next()
        where = f"/api/conversations/{conversation['id']}"
        assert (await api.patch(where, json={"inbox_id": closed["id"]})).status_code == 200
        kind, place, told = await bos.next()
        assert (kind, told) == ("conversation.gone", {"conversation_id": conversation["id"]})
        assert place is not None
        await api.patch(where, json={"inbox_id": conversation["inbox_id"]})
        assert (await bos.until("conversation.changed"))[2]["conversation"]["inbox_id"] == conversation["inbox_id"]
        seen = [(await adas.next())[0] for _ in range(4)]
        assert "conversation.gone" not in seen


async def test_a_draft_saved_just_after_a_message_hides_no_news_from_others(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """Both rows may be read from the log at once."""
    where = f"/api/conversations/{conversation['id']}"
    async with await colleague(parts, api, address, ada) as bo:
        async with following(bo) as bos:
            hello = (await bos.next())[2]
        await say(api, echo, "News", id="m2")
        await api.put(f"{where}/draft", json={"text": "Dear"})
        async with following(bo, after=hello["cursor"]) as bos:
            await bos.until("message.added")
            assert (await bos.until("conversation.changed"))[2]["conversation"]["preview"] == "News"


def events_in(answer: httpx.Response) -> list[Event]:
    assert answer.status_code == 200, answer.text
    found: list[Event] = []
    for block in answer.text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines["event"], lines.get("id"), msgspec.json.decode(lines["data"])))
    return found


async def test_one_can_ask_for_news_instead_of_following(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    (hello, end) = events_in(await api.get("/api/events/poll", params={"wait": 0}))
    assert (hello[0], hello[1], end[0], end[1]) == ("hello", None, "cursor", hello[2]["cursor"])
    waiting = asyncio.create_task(api.get("/api/events/poll", params={"after": end[1], "wait": 20}))
    await say(api, echo, "one", id="m1")
    first = events_in(await waiting)
    assert [kind for kind, _, _ in first] == ["message.added", "conversation.changed", "cursor"]
    await say(api, echo, "two", id="m2")
    await say(api, echo, "three", id="m3")
    texts: list[str] = []
    place = first[-1][1] or ""
    while len(texts) < 2:
        told = events_in(await api.get("/api/events/poll", headers={"last-event-id": place}, params={"wait": 20}))
        texts += [data["message"]["text"] for kind, _, data in told if kind == "message.added"]
        place = told[-1][1] or ""
    assert texts == ["two", "three"]
    nothing = events_in(await api.get("/api/events/poll", params={"after": place, "wait": 1}))
    assert [kind for kind, _, _ in nothing] == ["cursor"]


async def test_what_commits_late_is_skipped_by_no_cursor(api: httpx.AsyncClient, parts: Parts, ada: Actor, echo: dict[str, Any]) -> None:
    """The first of two transactions commits last, while one reader follows and another one asks from cursor to cursor."""
    place = events_in(await api.get("/api/events/poll", params={"wait": 0}))[-1][1] or ""
    asked: list[str] = []

    async def ask() -> None:
        nonlocal place
        told = events_in(await api.get("/api/events/poll", params={"after": place, "wait": 1}))
        asked.extend(data["message"]["text"] if kind == "message.added" else kind for kind, _, data in told)
        place = told[-1][1] or ""

    async with following(api) as reader:
        await reader.next()
        async with parts.db.transaction() as first:
            await events.add(first, ada.account_id, "tag.changed")
            await say(api, echo, "the second, committed first", id="m2")
            await ask()  # a reader who took a cursor now, behind the second, would never be told the first
        while "conversation.changed" not in asked:
            await ask()
        seen = [await reader.next() for _ in range(3)]
    assert [kind for kind, _, _ in seen] == ["tag.changed", "message.added", "conversation.changed"]
    assert [one for one in asked if one != "cursor"] == ["tag.changed", "the second, committed first", "conversation.changed"]


async def test_who_asks_moves_on_past_what_one_may_not_see(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, echo: dict[str, Any]
) -> None:
    await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"access": "members"})
    async with await colleague(parts, api, address, ada) as bo:
        place = events_in(await bo.get("/api/events/poll", params={"wait": 0}))[-1][1]
        await say(api, echo, "for members only")
        async with following(api):  # keeps the log followed here
            told = events_in(await bo.get("/api/events/poll", params={"after": place, "wait": 1}))
        assert [kind for kind, _, _ in told] == ["cursor"]
        assert told[0][1] != place


async def test_who_asks_after_an_unknown_place_fetches_everything(api: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    told = events_in(await api.get("/api/events/poll", params={"after": "x", "wait": 20}))
    assert [kind for kind, _, _ in told] == ["reset", "cursor"]
    assert_problem(await browser.get("/api/events/poll"), 401)
    assert_problem(await api.get("/api/events/poll", params={"wait": 56}), 400)


async def test_an_echo_comes_back_to_me_alone(parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor) -> None:
    async with await colleague(parts, api, address, ada) as bo, following(bo) as bos, following(api) as adas:
        for reader in (bos, adas):
            await reader.next()
        assert (await api.post("/api/events/echo", json={"token": "abc"})).status_code == 204
        assert (await adas.next())[2]["token"] == "abc"
        try:
            raise AssertionError(f"told to somebody else: {await asyncio.wait_for(bos.next(), 0.3)}")
        except TimeoutError:
            pass

"""Reading and answering over the API, as the agent app and scripts do."""

import csv
from typing import Any

import httpx
import pytest

from innboks.core.deliveries.table import COLUMNS, PAGE
from innboks.core.parts import Parts
from tests.api.conftest import PASSWORD, assert_problem, colleague, say


async def test_what_a_customer_writes_is_listed_and_read(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    assert conversation["contact"]["name"] == "Leo"
    assert (conversation["status"], conversation["is_unread"], conversation["preview"]) == ("open", True, "Is the tent back?")
    page = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()
    (message,) = page["items"]
    assert page["next"] is None
    assert (message["type"], message["direction"], message["text"], message["state"]) == ("message", "in", "Is the tent back?", None)
    assert (await api.get(f"/api/messages/{message['id']}")).json() == message
    contact = (await api.get(f"/api/contacts/{conversation['contact']['id']}")).json()
    assert [one["id"] for one in contact["conversations"]] == [conversation["id"]]
    assert contact["identities"] == [{"type": "opaque", "value": "leo"}]


async def test_a_reply_is_queued_and_seen_at_once(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    sent = await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "reply", "text": "Yes, it is."})
    assert sent.status_code == 201
    message = sent.json()
    assert (message["type"], message["direction"], message["state"], message["text"]) == ("reply", "out", "queued", "Yes, it is.")
    assert message["recipients"][0]["address"] == "leo"
    after = (await api.get(f"/api/conversations/{conversation['id']}")).json()
    assert (after["last_direction"], after["waiting_since"], after["is_unread"]) == ("out", None, False)
    assert after["assignee_id"] == message["author_id"]


async def test_a_comment_stays_inside(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    written = await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "comment", "text": "He called, too."})
    assert (written.json()["direction"], written.json()["state"], written.json()["recipients"]) == ("none", None, [])


async def test_the_same_client_id_writes_once(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where, new = f"/api/conversations/{conversation['id']}/messages", {"type": "reply", "text": "Once.", "client_id": "c-1"}
    first, again = await api.post(where, json=new), await api.post(where, json=new)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert [one["type"] for one in (await api.get(where)).json()["items"]] == ["message", "reply", "system"]


async def test_a_client_id_of_another_message_is_refused(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """A script that numbers its messages anew in each conversation is not told "stored" of words that nobody gets."""
    await say(api, echo, "Hello", id="m9", sender="bob")
    where, new = f"/api/conversations/{conversation['id']}/messages", {"type": "reply", "text": "Once.", "client_id": "c-1"}
    other = next(one["id"] for one in (await api.get("/api/conversations")).json()["items"] if one["id"] != conversation["id"])
    await api.post(where, json=new)
    for place, changes in (
        (where, {"text": "Twice."}),
        (where, {"type": "comment"}),
        (f"/api/conversations/{other}/messages", {"text": "Hi"}),
        (f"/api/conversations/{other}/messages", {}),
    ):
        assert_problem(await api.post(place, json={**new, **changes}), 409, code="client_id_used")


async def test_what_was_posted_is_known_again_where_it_went_from(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    """A try again that comes after a colleague moved the first one to a conversation of its own."""
    where, new = f"/api/conversations/{conversation['id']}/messages", {"type": "reply", "text": "Once.", "client_id": "c-1"}
    first = (await api.post(where, json=new)).json()
    moved = await api.post(f"/api/conversations/{conversation['id']}/split", json={"message_ids": [first["id"]]})
    assert moved.status_code in (200, 201), moved.text
    again = await api.post(where, json=new)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    there = await api.post(f"/api/conversations/{moved.json()['conversation']['id']}/messages", json=new)
    assert (there.status_code, there.json()["id"]) == (200, first["id"])


async def test_a_newer_message_is_told_before_answering(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    seen = (await api.get(where)).json()["items"][-1]["id"]
    await say(api, echo, "Forget it, I found it.", id="m2")
    reply = {"type": "reply", "text": "It is in the cellar.", "expect_last_message_id": seen}
    assert_problem(await api.post(where, json=reply), 409, code="newer_message")
    del reply["expect_last_message_id"]
    assert (await api.post(where, json=reply)).status_code == 201


async def test_a_row_says_whose_the_last_words_are(
    parts: Parts, api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any], ada: Any
) -> None:
    where, me = f"/api/conversations/{conversation['id']}", str(ada.user_id)

    async def last() -> tuple[dict[str, Any], str]:
        (row,) = (await api.get("/api/conversations")).json()["items"]
        assert row == (await api.get(where)).json()
        return row["last_entry"], row["preview"]

    assert await last() == ({"type": "message", "author_id": None, "is_forward": False, "text": ""}, "Is the tent back?")
    await api.post(f"{where}/messages", json={"type": "comment", "text": "He called,\n\n too. " + "x" * 500})
    entry, preview = await last()
    assert (entry["type"], entry["author_id"], preview) == ("comment", me, "Is the tent back?")
    assert entry["text"].startswith("He called, too. x")
    assert len(entry["text"]) == 180
    await api.post(f"{where}/messages", json={"type": "reply", "text": "It is."})
    assert await last() == ({"type": "reply", "author_id": me, "is_forward": False, "text": ""}, "It is.")
    await say(api, echo, "Thanks", id="m2")
    assert (await last())[0]["type"] == "message"


async def test_each_change_of_hands_says_why(
    parts: Parts, api: httpx.AsyncClient, browser: httpx.AsyncClient, conversation: dict[str, Any], address: str, ada: Any
) -> None:
    where = f"/api/conversations/{conversation['id']}"

    async def last() -> tuple[Any, ...]:
        lines = [one for one in (await api.get(f"{where}/messages")).json()["items"] if one["type"] == "system"]
        return lines[-1]["data"]["from"], lines[-1]["data"]["to"], lines[-1]["data"]["reason"]

    me = str(ada.user_id)
    await api.post(f"{where}/messages", json={"type": "reply", "text": "Yes."})
    assert await last() == (None, me, "reply")
    await api.patch(where, json={"assignee_id": None})
    assert await last() == (me, None, "api")
    assert (await browser.post("/api/session", json={"email": ada.email, "password": PASSWORD})).status_code == 201
    await browser.patch(where, json={"assignee_id": me})
    assert await last() == (None, me, "manual")
    async with await colleague(parts, api, address, ada) as bo:
        bos_id = (await bo.get("/api/users/me")).json()["id"]
        await browser.patch(where, json={"assignee_id": bos_id})
        assert await last() == (me, bos_id, "manual")
        await browser.patch(where, json={"assignee_id": me})
        assert await last() == (bos_id, me, "take_over")


async def test_closing_assigning_and_nobody(api: httpx.AsyncClient, conversation: dict[str, Any], ada: Any) -> None:
    where = f"/api/conversations/{conversation['id']}"
    assert (await api.patch(where, json={"assignee_id": str(ada.user_id)})).json()["assignee_id"] == str(ada.user_id)
    assert [one["id"] for one in (await api.get("/api/conversations?view=mine")).json()["items"]] == [conversation["id"]]
    assert (await api.patch(where, json={"assignee_id": None})).json()["assignee_id"] is None
    assert (await api.patch(where, json={"status": "closed"})).json()["closed_at"] is not None
    assert (await api.get("/api/conversations")).json()["items"] == []
    assert len((await api.get("/api/conversations?view=closed")).json()["items"]) == 1
    assert (await api.patch(where, json={})).json()["status"] == "closed"
    assert (await api.patch(where, json={"status": "open", "is_spam": True})).json()["is_spam"] is True
    events = [one["data"]["event"] for one in (await api.get(f"{where}/messages")).json()["items"] if one["type"] == "system"]
    assert events == ["assigned", "assigned", "status_changed", "status_changed", "marked_spam"]


async def test_views_count(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    counts = {one["id"]: (one["count"], one["is_capped"]) for one in (await api.get("/api/views")).json()["items"]}
    assert counts == {
        **dict.fromkeys(("mine", "mentions", "drafts", "snoozed", "closing", "failed", "filtered", "spam", "trash"), (0, False)),
        "open": (1, False),
        "unassigned": (1, False),
        f"channel:{echo['id']}": (1, False),
        f"inbox:{echo['inbox_id']}": (1, False),
    }


async def test_pages_follow_each_other(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for n in range(7):
        await say(api, echo, f"number {n}", sender=f"person{n}", id=f"m{n}")
    seen, cursor = [], None
    while True:
        page = (await api.get("/api/conversations", params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        seen += [one["preview"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"number {n}" for n in reversed(range(7))]


async def test_older_messages_come_by_cursor(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for n in range(5):
        await say(api, echo, f"number {n}", id=f"m{n}")
    (conversation,) = (await api.get("/api/conversations")).json()["items"]
    where = f"/api/conversations/{conversation['id']}/messages"
    newest = (await api.get(where, params={"limit": 2})).json()
    assert [one["text"] for one in newest["items"]] == ["number 3", "number 4"]
    older = (await api.get(where, params={"limit": 2, "before": newest["next"]})).json()
    assert [one["text"] for one in older["items"]] == ["number 1", "number 2"]


async def test_reading_is_ones_own_mark(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}"
    assert (await api.put(f"{where}/read", json={"message_id": conversation["last_message_id"]})).status_code == 204
    assert (await api.get(where)).json()["is_unread"] is False
    assert (await api.put(f"{where}/typing", json={})).status_code == 405
    assert (await api.post(f"{where}/typing", json={"is_typing": True})).status_code == 204


async def test_drafts_are_kept_per_mode(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/draft"
    assert (await api.get(where)).status_code == 204
    saved = await api.put(where, json={"text": "Dear Leo", "to": ["leo"], "attachments": [{"id": "1", "name": "a.txt"}]})
    assert saved.json()["updated_at"]
    draft = (await api.get(f"{where}?mode=reply")).json()
    assert (draft["text"], draft["to"], draft["attachments"]) == ("Dear Leo", ["leo"], [{"id": "1", "name": "a.txt"}])
    assert (await api.get(f"{where}?mode=comment")).status_code == 204
    assert (await api.delete(where)).status_code == 204
    assert (await api.get(where)).status_code == 204
    assert_problem(await api.get(f"{where}?mode=shout"), 400, field="mode")


async def test_a_message_can_be_moved_and_says_why(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    (message,) = (await api.get(where)).json()["items"]
    moved = (await api.post(f"/api/messages/{message['id']}/move", json={"conversation_id": None})).json()
    assert moved["conversation"]["id"] != conversation["id"]
    assert moved["message"]["why"]["how"] == "moved"
    back = await api.post(f"/api/messages/{message['id']}/move", json={"conversation_id": conversation["id"]})
    assert back.json()["conversation"]["id"] == conversation["id"]


async def test_only_what_failed_is_sent_again(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    sent = await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "reply", "text": "Hello"})
    assert_problem(await api.post(f"/api/messages/{sent.json()['id']}/retry"), 409, code="not_failed")
    assert_problem(await api.post(f"/api/messages/{sent.json()['id']}/settle", json={"state": "sent"}), 409, code="not_uncertain")


async def test_the_raw_original_is_a_download(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    (message,) = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"]
    source = await api.get(f"/api/messages/{message['id']}/source")
    assert source.json()["text"] == "Is the tent back?"
    assert source.headers["content-disposition"].startswith("attachment")
    assert source.headers["content-type"] == "application/octet-stream"
    # Not by the number of the delivery: the message may be in an inbox by now that not everybody here may read.
    (delivery,) = (await api.get("/api/deliveries?fate=handled")).json()["items"]
    assert_problem(await api.get(f"/api/deliveries/{delivery['id']}/raw"), 404, code="became_message")


async def test_quarantine_is_shown_and_replayed(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    answer = await say(api, echo, "x", type="riddle")
    assert answer.status_code == 200, "what reached us is on disk, so the provider need not send again"
    (delivery,) = (await api.get("/api/deliveries?fate=quarantined")).json()["items"]
    assert delivery["reason"].endswith(".")
    raw = await api.get(f"/api/deliveries/{delivery['id']}/raw")
    assert raw.json()["type"] == "riddle"
    again = (await api.post(f"/api/deliveries/{delivery['id']}/replay")).json()
    assert (again["fate"], again["attempts"]) == ("quarantined", 2)


async def test_a_forged_webhook_is_refused(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    forged = await api.post(f"/hooks/echo/{echo['id']}", content=b"{}", headers={"x-echo-signature": "00"})
    assert_problem(forged, 403, code="bad_signature")
    assert_problem(await api.post("/hooks/echo/999", content=b"{}"), 404)
    assert_problem(await api.post(f"/hooks/telegraph/{echo['id']}", content=b"{}"), 404)
    assert (await api.get("/api/deliveries")).json()["items"] == []


async def test_channels_describe_themselves_and_hide_secrets(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    catalogue = {one["kind"]: one for one in (await api.get("/api/channels")).json()["items"]}
    assert "room" in str(catalogue["echo"]["config_schema"])
    assert catalogue["echo"]["abilities"]["has_receipts"] is True
    assert echo["config"] == {"room": "lobby", "url": "http://127.0.0.1:9", "api_token": "", "signing_secret": ""}
    assert "s3cret" not in (await api.get("/api/channel-accounts")).text
    assert_problem(await api.post("/api/channel-accounts", json={"kind": "telegraph", "config": {}}), 404, code="unknown_channel")
    for config, words, field in (
        ({}, "“room” is missing.", "room"),
        ({"room": 5}, "“room” must be a text.", "room"),
        ({"room": "lobby", "colour": "red"}, "“colour” is not a setting of this channel.", "colour"),
    ):
        wrong = assert_problem(
            await api.post("/api/channel-accounts", json={"kind": "echo", "config": config}), 400, field=f"config.{field}"
        )
        assert wrong["detail"].startswith(words)
    again = {"kind": "echo", "name": "Again", "config": {"room": "lobby"}}
    assert_problem(await api.post("/api/channel-accounts", json=again), 409, code="already_connected", field="address")


async def test_pausing_and_disconnecting(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/channel-accounts/{echo['id']}"
    paused = (await api.patch(where, json={"is_active": False})).json()
    assert (paused["is_active"], paused["health"]["state"]) == (False, "paused")
    assert_problem(await say(api, echo, "still there?", id="m2"), 403, code="channel_off")
    assert_problem(await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"is_archived": True}), 409, code="inbox_in_use")
    assert (await api.delete(where)).status_code == 204
    assert (await api.get(f"/api/conversations/{conversation['id']}")).status_code == 200
    reply = await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "reply", "text": "x"})
    assert_problem(reply, reply.status_code)
    assert 400 <= reply.status_code < 500
    assert (await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"is_archived": True})).json()["archived_at"] is not None


@pytest.mark.parametrize("new", [{"type": "reply"}, {"type": "reply", "text": "   "}, {"type": "comment", "text": ""}])
async def test_an_empty_message_is_refused(api: httpx.AsyncClient, conversation: dict[str, Any], new: dict[str, Any]) -> None:
    assert_problem(await api.post(f"/api/conversations/{conversation['id']}/messages", json=new), 400)


async def test_a_contact_can_be_renamed(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/contacts/{conversation['contact']['id']}"
    assert (await api.patch(where, json={"name": "Leo Sample"})).json()["name"] == "Leo Sample"
    assert_problem(await api.patch(where, json={"name": " "}), 400, field="name")


async def test_inboxes_are_made_and_named(api: httpx.AsyncClient) -> None:
    made = await api.post("/api/inboxes", json={"name": " Sales ", "access": "members"})
    assert (made.status_code, made.json()["name"], len(made.json()["member_ids"])) == (201, "Sales", 1)
    assert_problem(await api.post("/api/inboxes", json={"name": "x" * 201}), 400, field="name")


async def test_the_books_of_a_channel(api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]) -> None:
    where = f"/api/channel-accounts/{echo['id']}"
    await say(api, echo, "x", type="riddle", id="m2")
    books = (await api.get(f"{where}/ledger")).json()
    assert (books["stored"], books["quarantined"], books["on_server"], books["gap"]) == (1, 1, None, None)
    assert_problem(await api.post(f"{where}/backfill", json={"since": "2026-01-01"}), 400, code="no_backfill")
    assert_problem(await api.post(f"{where}/backfill", json={"since": "yesterday"}), 400, field="since")


async def test_the_books_of_a_channel_are_a_table_too(
    api: httpx.AsyncClient, parts: Parts, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    """The oldest first, page after page, with what became of each and why."""
    await say(api, echo, "x", type="riddle", id="m2")
    async with parts.db.transaction() as conn:
        await conn.execute(
            """insert into delivery (account_id, channel_account_id, payload_hash, fate, body, size)
               select account_id, id, decode(md5(n::text), 'hex'), 'handled', '', 0 from channel_account, generate_series(1, %s) n where id = %s""",
            (PAGE, int(echo["id"])),
        )
    answer = await api.get(f"/api/channel-accounts/{echo['id']}/ledger/file")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "ledger.csv" in answer.headers["content-disposition"]
    head, *rows = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    assert (head, len(rows)) == (COLUMNS, PAGE + 2)
    assert [row[2] for row in rows[:3]] == ["handled", "quarantined", "handled"]
    assert rows[1][3] == (await api.get("/api/deliveries")).json()["items"][0]["reason"]
    assert [int(row[0]) for row in rows] == sorted({int(row[0]) for row in rows})
    assert conversation["preview"] not in answer.text


async def test_a_long_conversation_is_read_around_any_message(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for n in range(9):
        await say(api, echo, f"number {n}", id=f"m{n}")
    (conversation,) = (await api.get("/api/conversations")).json()["items"]
    where = f"/api/conversations/{conversation['id']}/messages"
    ids = [one["id"] for one in (await api.get(where)).json()["items"]]

    def texts(page: dict[str, Any]) -> list[str]:
        return [one["text"].removeprefix("number ") for one in page["items"]]

    middle = (await api.get(where, params={"around": ids[4], "limit": 4})).json()
    assert texts(middle) == ["3", "4", "5", "6"]
    newer = (await api.get(where, params={"after": middle["previous"], "limit": 4})).json()
    assert (texts(newer), newer["previous"]) == (["7", "8"], None)
    older = (await api.get(where, params={"before": middle["next"], "limit": 4})).json()
    assert (texts(older), older["next"]) == (["0", "1", "2"], None)
    assert older["previous"] == ids[2]
    for edge, expected in ((0, ["0", "1", "2"]), (8, ["7", "8"])):
        assert texts((await api.get(where, params={"around": ids[edge], "limit": 4})).json()) == expected
    assert (await api.get(where, params={"after": ids[8]})).json() == {"items": [], "next": None, "previous": None}
    assert_problem(await api.get(where, params={"around": ids[4], "before": ids[4]}), 400, code="too_many_places")
    await say(api, echo, "somebody else", sender="mia", id="x1")
    other = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["id"] != conversation["id"])
    assert_problem(await api.get(where, params={"around": other["last_message_id"]}), 404, code="unknown_message")


async def test_words_are_found_in_one_conversation(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    for n, text in enumerate(["The tent leaks", "100% sure?", "a_b", "tents again", "back\\slash"]):
        await say(api, echo, text, id=f"m{n}")
    await say(api, echo, "tent of somebody else", sender="mia", id="x1")
    conversation = next(one for one in (await api.get("/api/conversations")).json()["items"] if one["contact"]["name"] == "Leo")
    where = f"/api/conversations/{conversation['id']}"
    by_text = {one["text"]: one["id"] for one in (await api.get(f"{where}/messages")).json()["items"]}

    async def find(words: str) -> Any:
        return (await api.get(f"{where}/find", params={"q": words})).json()

    assert await find("TENT") == {"ids": [by_text["tents again"], by_text["The tent leaks"]], "is_capped": False}
    assert (await find("0%"))["ids"] == [by_text["100% sure?"]]
    assert (await find("a_b"))["ids"] == [by_text["a_b"]]
    assert (await find("k\\s"))["ids"] == [by_text["back\\slash"]]
    assert (await find("  "))["ids"] == (await find("%%%"))["ids"] == []


async def test_our_own_words_are_framed_only_when_they_have_form(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    for html, has_form in (
        ("<p>Just words &lt;b&gt;.</p>", False),
        ("<p>A <strong>bold</strong> word.</p>", True),
        ("<ul><li>One</li></ul>", True),
    ):
        made = (await api.post(where, json={"type": "comment", "text": "Words.", "html": html})).json()
        assert made["has_html"] is has_form, html
        assert (await api.get(f"/api/messages/{made['id']}")).json()["has_html"] is has_form

"""What the composer asks for: people by their first letters, colleagues named in comments, pictures in the text, drafts with everything in them."""

from typing import Any

import httpx

from innboks.core.accounts.setup import create_account
from innboks.core.contacts import store as contacts
from innboks.core.conversations import store as conversations
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague, say
from tests.api.test_files import PNG


async def known(parts: Parts, ada: Any, echo: dict[str, Any], name: str, address: str, *, has_written: bool = True) -> None:
    async with parts.db.transaction() as conn:
        contact_id = await contacts.find_or_add(conn, ada.account_id, type="email", scope_id=0, value=address, name=name)
        if has_written:
            await conversations.create(
                conn,
                account_id=ada.account_id,
                inbox_id=int(echo["inbox_id"]),
                channel_account_id=int(echo["id"]),
                contact_id=contact_id,
                subject="",
                party_address=address,
                assignee_id=None,
            )


async def test_people_are_found_by_the_first_letters_of_address_and_names(
    parts: Parts, api: httpx.AsyncClient, stranger: httpx.AsyncClient, address: str, ada: Any, echo: dict[str, Any]
) -> None:
    await known(parts, ada, echo, "Maja Lindqvist", "m.lindqvist@one.example")
    await known(parts, ada, echo, "Lina Berg", "berg@two.example")
    await known(parts, ada, echo, "Nobody Here", "lin@unseen.example", has_written=False)
    await known(parts, ada, echo, "A_B", "a_b@three.example")

    async def found(start: str, client: httpx.AsyncClient = api) -> list[str]:
        answer = await client.get("/api/recipients", params={"q": start})
        assert answer.status_code == 200
        return [one["address"] for one in answer.json()["items"]]

    assert sorted(await found("lin")) == ["berg@two.example", "m.lindqvist@one.example"]
    assert await found("M.LIND") == ["m.lindqvist@one.example"]
    assert await found("maja li") == ["m.lindqvist@one.example"]
    assert await found("a_") == ["a_b@three.example"]
    assert await found("%") == await found("") == []
    assert await found("lin", stranger) == []
    await api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"access": "members"})
    async with await colleague(parts, api, address, ada) as bo:
        assert await found("lin", bo) == []


async def test_a_comment_names_only_who_can_read_it(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, conversation: dict[str, Any]
) -> None:
    posts = f"/api/conversations/{conversation['id']}/messages"
    async with await colleague(parts, api, address, ada) as bo:
        bo_id = (await bo.get("/api/users/me")).json()["id"]
        comment = {
            "type": "comment",
            "text": "@Bo look",
            "html": '<div><span class="mention">@Bo Member</span> look</div>',
            "mentions": [bo_id],
        }
        made = await api.post(posts, json=comment)
        assert made.status_code == 201, made.text
        assert made.json()["html"] == comment["html"]
        assert_problem(await api.post(posts, json={**comment, "type": "reply"}), 400, code="no_mentions", field="mentions")
        eve = await create_account(parts, "Other", "Eve Other", "eve2@elsewhere.example", "correct horse battery staple")
        nobody = await api.post(posts, json={**comment, "mentions": [bo_id, str(eve.user_id)]})
        assert_problem(nobody, 400, code="unknown_user", field="mentions")
        assert "Eve" not in nobody.text
        readers = f"/api/inboxes/{conversation['inbox_id']}/readers"
        assert {one["id"] for one in (await bo.get(readers)).json()["items"]} == {bo_id, str(ada.user_id)}
        async with parts.db.connection() as conn:
            rows = await (await conn.execute("select user_id, message_id from mention")).fetchall()
        assert rows == [(int(bo_id), int(made.json()["id"]))]
        await api.put(f"/api/inboxes/{conversation['inbox_id']}/members", json={"member_ids": [str(ada.user_id)]})
        await api.patch(f"/api/inboxes/{conversation['inbox_id']}", json={"access": "members"})
        refused = await api.post(posts, json=comment)
        assert_problem(refused, 400, code="not_a_member", field="mentions")
        assert "would not see the comment: Bo Member." in refused.json()["detail"]
        assert [one["id"] for one in (await api.get(readers)).json()["items"]] == [str(ada.user_id)]
        assert_problem(await bo.get(readers), 404, code="unknown_inbox")


async def test_a_picture_for_the_text_gets_a_content_id(api: httpx.AsyncClient) -> None:
    made = (await api.post("/api/attachments?inline=true", files={"file": ("seam.png", PNG, "image/png")})).json()
    assert made["is_inline"]
    assert "@" in made["content_id"]
    plain = (await api.post("/api/attachments", files={"file": ("seam.png", PNG, "image/png")})).json()
    assert (plain["is_inline"], plain["content_id"]) == (False, None)
    refused = await api.post("/api/attachments?inline=true", files={"file": ("x.png", b"<script>", "image/png")})
    assert_problem(refused, 400, code="not_a_picture")


async def test_a_draft_keeps_everything_and_there_is_one_for_each_mode(api: httpx.AsyncClient, conversation: dict[str, Any]) -> None:
    path = f"/api/conversations/{conversation['id']}/draft"
    content = {
        "text": "Hi",
        "html": "<p><strong>Hi</strong></p>",
        "subject": "Tent",
        "channel_account_id": conversation["channel_account_id"],
        "has_no_quote": True,
        "to": ["a@b.example"],
        "began_after": conversation["last_message_id"],
    }
    for mode in ("reply", "comment", "forward"):
        assert (await api.put(f"{path}?mode={mode}", json={**content, "text": mode})).status_code == 200
    for mode in ("reply", "comment", "forward"):
        kept = (await api.get(f"{path}?mode={mode}")).json()
        assert {name: kept[name] for name in content} == {**content, "text": mode}
    assert_problem(await api.put(path, json={**content, "began_after": "the first"}), 400, field="began_after")


async def test_whoever_goes_on_with_a_draft_elsewhere_is_warned_of_what_came_since(
    api: httpx.AsyncClient, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    path = f"/api/conversations/{conversation['id']}"
    await api.put(f"{path}/draft", json={"text": "It is in the cellar.", "began_after": conversation["last_message_id"]})
    await say(api, echo, "Forget it, I found it.", id="m2")
    draft = (await api.get(f"{path}/draft")).json()
    reply = {"type": "reply", "text": draft["text"], "expect_last_message_id": draft["began_after"]}
    assert_problem(await api.post(f"{path}/messages", json=reply), 409, code="newer_message")


async def test_a_signature_is_shown_to_who_may_write(api: httpx.AsyncClient, stranger: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    path = f"/api/channel-accounts/{echo['id']}/signature"
    assert (await api.get(path)).json() == {"text": "", "html": ""}
    assert_problem(await stranger.get(path), 404)

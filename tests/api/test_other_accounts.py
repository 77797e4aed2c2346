"""What belongs to another account does not exist: every route with an id, tried with another account's token (DESIGN §10)."""

from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from innboks.api.routes import litestar_app
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem, colleague
from tests.api.push_service import subscription

BODIES: dict[str, Any] = {
    "change_skill": {"people": []},
    "rename_skill_category": {"name": "x"},
    "set_assignment_rule": {"is_on": False},
    "set_ticket_defaults": {"is_on": False},
    "create_ticket": {"name": "Taken over"},
    "change_ticket": {"name": "Taken over"},
    "link_ticket": {},
    "simulate_assignment_rule": {"is_on": False},
    "update_availability": {"status": "away"},
    "update_user": {"name": "Taken Over"},
    "update_inbox": {"name": "Taken over"},
    "set_inbox_members": {"member_ids": []},
    "add_inbox_member": {},
    "change_role": {"name": "Taken over"},
    "change_team": {"name": "Taken over"},
    "restore_team": {},
    "renew_invitation": {},
    "change_channel_account": {"name": "Taken over"},
    "change_conversation": {"status": "closed"},
    "mark_read": {"message_id": "1"},
    "save_draft": {"text": "x"},
    "signal_typing": {"is_typing": True},
    "say_presence": {"state": "reading"},
    "test_push_device": {},
    "take_over": {"user_id": "1"},
    "write_message": {"type": "comment", "text": "x"},
    "retry_message": {},
    "settle_message": {"state": "sent"},
    "deal_with_message": {"is_dealt_with": True},
    "dismiss_split_suggestion": {"is_dismissed": True},
    "set_aside_delivery": {"is_set_aside": True},
    "send_message_now": {},
    "remind_me": {"at": "2026-01-06T12:00:00Z"},
    "move_message": {"conversation_id": None},
    "change_tag": {"name": "Taken over"},
    "merge_tag": {"into_id": "1"},
    "restore_tag": {},
    "merge_conversations": {"conversation_ids": ["1"]},
    "preview_merge": {"conversation_ids": ["1"]},
    "split_conversation": {"message_ids": ["1"]},
    "undo_rearrangement": {},
    "change_library_file": {"name": "Taken over"},
    "attach_library_file": {},
    "restore_library_file": {},
    "change_snippet": {"name": "Taken over"},
    "update_contact": {"name": "Taken over"},
    "merge_contacts": {"contact_id": "1"},
    "undo_contact_merge": {},
    "read_contact_import": {"encoding": "utf-8", "delimiter": ","},
    "start_contact_import": {"mapping": ["name"], "match": "none"},
    "undo_contact_import": {},
    "change_contact_property": {"label": "Taken over"},
    "add_identity": {"type": "email", "value": "eve@elsewhere.example"},
    "add_note": {"text": "x"},
    "change_note": {"text": "x"},
    "link_contact": {"contact_id": None},
    "change_saved_view": {"name": "Taken over"},
    "start_test": {},
    "change_fallback": {"may_send": True},
    "save_channel_draft": {"name": "Taken over"},
    "preview_reply": {"subject": "S", "text": "T"},
    "send_preview": {"subject": "S", "text": "T"},
    "backfill_channel_account": {"since": "2026-01-01"},
}
"""By operation: a body that would do for one's own."""
PUBLIC = {"show_frame", "show_frame_file"}


def routes_with_ids() -> list[tuple[str, str, str]]:
    """(method, path, operation) of each route with an id in its path."""
    found = []
    for route in litestar_app(None).routes:
        if isinstance(route, HTTPRoute) and "_id" in route.path:
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    operation = str(handler.operation_id)
                    if operation not in PUBLIC and not route.path.startswith("/hooks"):
                        found.append((str(method), route.path, operation))
    return sorted(found, key=lambda one: (one[1], one[0]))


@pytest.fixture
async def ids(api: httpx.AsyncClient, conversation: dict[str, Any], ada: Any) -> dict[str, str]:
    """One of everything in Ada's account, by the name of the path's parameter."""
    page = await api.get(f"/api/conversations/{conversation['id']}/messages")
    upload = await api.post("/api/attachments?name=a.txt", content=b"hello", headers={"content-type": "text/plain"})
    note = await api.post(f"/api/contacts/{conversation['contact']['id']}/notes", json={"text": "Prefers mornings."})
    await api.post(f"/hooks/echo/{conversation['channel_account_id']}", content=b"{}")
    device = await api.post("/api/push-devices", json=subscription("https://push.example/ada"))
    sessions = await api.post("/api/session", json={"email": ada.email, "password": "correct horse battery staple"})
    assert sessions.status_code == 201
    tag = await api.post("/api/tags", json={"name": "warranty"})
    assert tag.status_code == 201
    saved = await api.post("/api/saved-views", json={"name": "Mine alone", "filters": {"assignees": ["me"]}})
    reminder = await api.post(f"/api/conversations/{conversation['id']}/reminder", json={"at": "2026-01-06T12:00:00Z"})
    where = f"/api/conversations/{conversation['id']}"
    comment = await api.post(f"{where}/messages", json={"type": "comment", "text": "Look here."})
    split = await api.post(f"{where}/split", json={"message_ids": [comment.json()["id"]]})
    assert split.status_code == 201
    twin = (await api.post("/api/contacts", json={"name": "Twin"})).json()["id"]
    merged = await api.post(f"/api/contacts/{conversation['contact']['id']}/merge", json={"contact_id": twin})
    assert (await api.post("/api/listed-senders", json={"list": "deny", "text": "bad.example"})).status_code == 200
    listed = (await api.get("/api/listed-senders", params={"list": "deny"})).json()["items"]
    category = (await api.post("/api/skill-categories", json={"name": "Products"})).json()["id"]
    skill = (await api.post("/api/skills", json={"category_id": category, "name": "Tents"})).json()["id"]
    need = (await api.post("/api/skill-needs", json={"skill_id": skill, "source": "subject", "value": "tent"})).json()["id"]
    return {
        "user_id": str(ada.user_id),
        "skill_category_id": category,
        "skill_id": skill,
        "skill_need_id": need,
        "session_id": (await api.get("/api/sessions")).json()["items"][0]["id"],
        "token_id": (await api.get("/api/tokens")).json()["items"][0]["id"],
        "inbox_id": conversation["inbox_id"],
        "channel_account_id": conversation["channel_account_id"],
        "conversation_id": conversation["id"],
        "message_id": page.json()["items"][0]["id"],
        "contact_id": conversation["contact"]["id"],
        "attachment_id": upload.json()["id"],
        "delivery_id": "1",
        "listed_sender_id": listed[0]["id"],
        "device_id": device.json()["id"],
        "snippet_id": (await api.post("/api/snippets", json={"shortcut": "hi", "text": "Hi"})).json()["id"],
        "contact_merge_id": merged.json()["merge_id"],
        "contact_import_id": (await api.post("/api/contact-imports", content=b"Name\nAnna\n")).json()["id"],
        "contact_export_id": (await api.post("/api/contact-exports", json={})).json()["id"],
        "contact_property_id": (await api.post("/api/contact-properties", json={"label": "Size", "type": "text"})).json()["id"],
        "library_file_id": (await api.post("/api/library-files", json={"attachment_id": upload.json()["id"]})).json()["id"],
        "note_id": note.json()["id"],
        "sign_in_id": "1",
        "tag_id": tag.json()["id"],
        "saved_view_id": saved.json()["id"],
        "reminder_id": reminder.json()["id"],
        "role_id": (await api.post("/api/roles", json={"name": "Returns"})).json()["id"],
        "team_id": (await api.post("/api/teams", json={"name": "Tents"})).json()["id"],
        "draft_id": (await api.post("/api/channel-drafts", json={"kind": "echo"})).json()["id"],
        "ticket_id": (await api.post(f"{where}/tickets", json={})).json()["id"],
        "rearrangement_id": split.json()["rearrangement_id"],
    }


def filled(path: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace(f"{{{name}:str}}", value)
    assert "{" not in path, f"{path}: say in `ids` what this parameter is, so that other accounts are tried with it"
    return path


async def test_nothing_of_another_account_exists(api: httpx.AsyncClient, stranger: httpx.AsyncClient, ids: dict[str, str]) -> None:
    routes = routes_with_ids()
    assert len(routes) > 25
    for method, path, operation in routes:
        body = BODIES.get(operation)
        if method in ("POST", "PUT", "PATCH") and operation != "replay_delivery":
            assert body is not None, f"{operation}: say in BODIES what it takes"
        answer = await stranger.request(method, filled(path, ids), json=body)
        assert_problem(answer, 404)
    assert (await api.get(f"/api/conversations/{ids['conversation_id']}")).json()["status"] == "open"
    assert (await api.get("/api/session")).status_code == 200


async def test_ids_that_cannot_be_are_not_found(api: httpx.AsyncClient) -> None:
    for method, path, operation in routes_with_ids():
        for wrong in ("0", "-1", "9223372036854775807", "9223372036854775808", "9" * 200, "x", "1.0", "1_0", "%2e%2e", "١", "1%00"):
            names = {part.split(":")[0][1:] for part in path.split("/") if part.startswith("{")}
            answer = await api.request(method, filled(path, dict.fromkeys(names, wrong)), json=BODIES.get(operation))
            assert answer.status_code in ((400, 404) if "%" in wrong else (404,)), (
                f"{method} {path} {wrong}: {answer.status_code} {answer.text}"
            )


async def test_nobody_gets_anything(address: str, ids: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=address) as nobody:
        for method, path, _ in routes_with_ids():
            assert_problem(await nobody.request(method, filled(path, ids)), 401)


async def test_lists_show_only_ones_own(stranger: httpx.AsyncClient, ids: dict[str, str]) -> None:
    for path in ("conversations", "channel-accounts", "deliveries", "sessions"):
        assert (await stranger.get(f"/api/{path}")).json()["items"] == [], path
    assert [user["name"] for user in (await stranger.get("/api/users")).json()["items"]] == ["Eve Other"]
    assert [inbox["name"] for inbox in (await stranger.get("/api/inboxes")).json()["items"]] == ["Elsewhere"]


async def test_references_to_another_account_are_refused(api: httpx.AsyncClient, stranger: httpx.AsyncClient, ids: dict[str, str]) -> None:
    other_user = (await stranger.get("/api/users/me")).json()["id"]
    other_inbox = (await stranger.get("/api/inboxes")).json()["items"][0]["id"]
    conversation = f"/api/conversations/{ids['conversation_id']}"
    assert (await api.patch(conversation, json={"assignee_id": other_user})).status_code in (400, 404)
    assert (await api.patch(conversation, json={"inbox_id": other_inbox})).status_code in (400, 404)
    assert (await api.put(f"/api/inboxes/{ids['inbox_id']}/members", json={"member_ids": [other_user]})).status_code == 400
    connect = {"kind": "echo", "name": "x", "inbox_id": other_inbox, "config": {"room": "other"}}
    assert (await api.post("/api/channel-accounts", json=connect)).status_code == 404
    upload = (await stranger.post("/api/attachments?name=a.txt", content=b"theirs")).json()["id"]
    written = await api.post(f"{conversation}/messages", json={"type": "comment", "text": "x", "attachments": [upload]})
    assert written.status_code in (400, 404)


async def test_a_closed_inbox_does_not_exist_for_those_outside(
    parts: Parts, api: httpx.AsyncClient, address: str, ada: Any, ids: dict[str, str]
) -> None:
    await api.patch(f"/api/inboxes/{ids['inbox_id']}", json={"access": "members"})
    own = {
        "user_id",
        "session_id",
        "token_id",
        "device_id",
        "tag_id",
        "role_id",
        "team_id",
        "skill_category_id",
        "skill_id",
        "skill_need_id",
        "library_file_id",
    }  # what is a person's own, or the whole account's
    async with await colleague(parts, api, address, ada) as bo:
        for method, path, operation in routes_with_ids():
            if not any(f"{{{name}:" in path for name in own):
                answer = await bo.request(method, filled(path, ids), json=BODIES.get(operation))
                assert answer.status_code in (403, 404), f"{operation}: {answer.status_code} {answer.text}"
        assert (await bo.get(f"/api/conversations/{ids['conversation_id']}")).status_code == 404
        assert (await bo.get("/api/conversations")).json()["items"] == []
        await api.put(f"/api/inboxes/{ids['inbox_id']}/members", json={"member_ids": [str(ada.user_id), *[await _id_of(bo)]]})
        assert (await bo.get(f"/api/conversations/{ids['conversation_id']}")).status_code == 200


async def _id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/users/me")).json()["id"])


async def test_an_administrator_reads_but_does_not_act(parts: Parts, api: httpx.AsyncClient, ids: dict[str, str]) -> None:
    await api.patch(f"/api/inboxes/{ids['inbox_id']}", json={"access": "members"})
    await api.put(f"/api/inboxes/{ids['inbox_id']}/members", json={"member_ids": []})
    conversation = f"/api/conversations/{ids['conversation_id']}"
    assert (await api.get(conversation)).status_code == 200
    assert_problem(await api.patch(conversation, json={"status": "closed"}), 403, code="not_a_member")
    assert_problem(await api.post(f"{conversation}/messages", json={"type": "reply", "text": "x"}), 403, code="not_a_member")

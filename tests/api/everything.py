"""One of everything in an account, and for each operation a request that would do: what the tests that walk every route go by."""

from typing import Any

import httpx
from litestar.routes import HTTPRoute

from innboks.api.routes import litestar_app
from tests.api.conftest import PASSWORD, say
from tests.api.push_service import subscription
from tests.api.test_files import PNG

SECRET = "zebrawood"
"""Stands in everything that is written, said and called in the closed inbox: whoever may not read it must not meet it anywhere."""
PARAMETERS = {
    "find_messages": {"q": SECRET},
    "search": {"q": SECRET},
    "list_contacts": {"q": SECRET},
    "suggest_recipients": {"q": "ze"},
    "list_conversations": {"view": "all"},
    "poll_events": {"wait": "0"},
    "upload_attachment": {"name": "a.txt"},
    "list_people": {"q": "example"},
    "list_listed_senders": {"list": "deny"},
    "drop_identity": {"type": "email", "value": "leo1@example.com"},
}
OTHERS = {
    "get_draft_of_writer": {"user_id": "ada_id"},
    "get_message_files": {"message_id": "comment_id"},
    "renew_invitation": {"user_id": "invited_id"},
    "revoke_invitation": {"user_id": "invited_id"},
}
"""Operations whose path is filled with something else than the usual."""
RIGHTS_TO_SKILLS = {
    "list_skill_languages": "everybody",
    **dict.fromkeys(
        ("list_assignment_rules", "list_skills", "list_skill_categories", "list_skill_needs", "create_skill_category"), "configure"
    ),
    **dict.fromkeys(("create_skill", "create_skill_need", "change_skill", "rename_skill_category"), "configure ours"),
    **dict.fromkeys(("delete_skill", "delete_skill_category", "delete_skill_need"), "configure ours"),
}
"""Lines of the table in `test_roles_and_routes.py`."""


class Route:
    """One operation of the API."""

    def __init__(self, method: str, path: str, operation: str) -> None:
        self.method, self.path, self.operation = method, path, operation

    def filled(self, ids: dict[str, str]) -> str:
        path = self.path
        for name, value in (ids | {name: ids[other] for name, other in OTHERS.get(self.operation, {}).items()}).items():
            path = path.replace(f"{{{name}:str}}", value)
        assert "{" not in path, f"{self.operation}: say in `one_of_everything` what the parameters of {path} are"
        return path


def every_route() -> list[Route]:
    """What only looks comes first, what deletes last, and of that the whole after its parts. Pages of the API's description are left out."""
    found = [
        Route(str(method), route.path, str(handler.operation_id))
        for route in litestar_app(None).routes
        if isinstance(route, HTTPRoute) and not route.path.startswith("/api/-/schema")
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    ]
    return sorted(found, key=lambda one: (["GET", "PATCH", "PUT", "POST", "DELETE"].index(one.method), -one.path.count("/"), one.path))


async def one_of_everything(api: httpx.AsyncClient, inbox_id: str, nth: int, people: dict[str, str]) -> dict[str, str]:
    """By the name of the path's parameter; made by Ada in this inbox, and new each time, so that one walk can use it up. `people`: ids by name."""
    connect = {
        "kind": "echo",
        "name": f"Echo {SECRET} {nth}",
        "inbox_id": inbox_id,
        "config": {"room": f"room{nth}", "api_token": "s3cret"},
    }
    echo = await _made(api, "/api/channel-accounts", connect)
    name = f"{SECRET}{nth}"
    assert (await say(api, echo, f"Where is my {SECRET} chair?", sender=name, id=f"m{nth}")).status_code == 200
    assert (await say(api, echo, f"The second {SECRET}.", sender=name, id=f"n{nth}")).status_code == 200
    await say(api, echo, f"Odd {SECRET}", sender=name, id=f"o{nth}", type="nobody knows this")
    listed = (await api.get("/api/conversations", params={"inbox_id": inbox_id})).json()["items"]
    conversation = next(one for one in listed if one["channel_account_id"] == echo["id"])
    where = f"/api/conversations/{conversation['id']}"
    upload = await api.post(
        f"/api/attachments?name={SECRET}.txt", content=SECRET.encode() + str(nth).encode(), headers={"content-type": "text/plain"}
    )
    own = await api.post("/api/attachments?name=prices.txt", content=b"Prices", headers={"content-type": "text/plain"})
    comment = await _made(api, f"{where}/messages", {"type": "comment", "text": f"Dear {SECRET}", "attachments": [upload.json()["id"]]})
    reminder = await _made(api, f"{where}/reminder", {"at": "2026-01-06T12:00:00Z"})
    first = (await api.get(f"{where}/messages")).json()["items"][0]
    split_off = await _made(api, f"{where}/messages", {"type": "comment", "text": f"Off with the {SECRET}"})
    split = await _made(api, f"{where}/split", {"message_ids": [split_off["id"]]})
    note = await _made(api, f"/api/contacts/{conversation['contact']['id']}/notes", {"text": f"Likes {SECRET}."})
    contact_id = conversation["contact"]["id"]
    twin, other_twin = [(await _made(api, "/api/contacts", {"name": f"Twin {nth}"}))["id"] for _ in range(2)]
    merged = await _made(api, f"/api/contacts/{contact_id}/merge", {"contact_id": twin})
    table = await api.post("/api/contact-imports", content=f"Name\n{SECRET}\n".encode())
    export = await _made(api, "/api/contact-exports", {})
    deliveries = (await api.get("/api/deliveries")).json()["items"]
    assert (await api.post("/api/listed-senders", json={"list": "deny", "text": f"spam{nth}.example"})).status_code == 200
    listed = (await api.get("/api/listed-senders", params={"list": "deny", "q": f"spam{nth}.example"})).json()["items"]
    device = await api.post("/api/push-devices", json=subscription(f"https://push.example/ada{nth}"))
    assert (await api.post("/api/brand/logo", content=PNG)).status_code == 200
    picture = await api.post("/api/pictures", content=PNG)
    invited = await _made(api, "/api/invitations", {"email": f"new{nth}@tindra.example"})
    assert (await api.post(f"{where}/presence", json={"state": "writing"})).status_code == 204
    assert (await api.put(f"{where}/draft", json={"text": f"Your {SECRET} …"})).status_code == 200
    category = await _made(api, "/api/skill-categories", {"name": f"Products {nth}"})
    needed = await _made(api, "/api/skills", {"category_id": category["id"], "name": f"Tents {nth}"})
    assert (await api.post("/api/session", json={"email": "ada@tindra.example", "password": PASSWORD})).status_code == 201
    return {
        **people,
        "user_id": people["target_id"],
        "invited_id": invited["user_id"],
        "session_id": (await api.get("/api/sessions")).json()["items"][0]["id"],
        "token_id": (await _made(api, "/api/tokens", {"name": "Another"}))["id"],
        "inbox_id": inbox_id,
        "channel_account_id": echo["id"],
        "kind": "echo",
        "conversation_id": conversation["id"],
        "other_conversation_id": split["conversation"]["id"],
        "message_id": first["id"],
        "comment_id": comment["id"],
        "contact_id": contact_id,
        "other_contact_id": other_twin,
        "contact_merge_id": merged["merge_id"],
        "contact_import_id": table.json()["id"],
        "contact_export_id": export["id"],
        "contact_property_id": (await _made(api, "/api/contact-properties", {"label": f"Size {nth}", "type": "text"}))["id"],
        "attachment_id": upload.json()["id"],
        "delivery_id": deliveries[0]["id"],
        "picture": picture.json()["id"],
        "device_id": device.json()["id"],
        "listed_sender_id": listed[0]["id"],
        "snippet_id": (await _made(api, "/api/snippets", {"shortcut": f"hi{nth}", "text": "Hi", "is_shared": True}))["id"],
        "library_file_id": (
            await _made(api, "/api/library-files", {"attachment_id": own.json()["id"], "name": f"prices{nth}.txt", "is_shared": True})
        )["id"],
        "note_id": note["id"],
        "tag_id": (await _made(api, "/api/tags", {"name": f"warranty{nth}"}))["id"],
        "other_tag_id": (await _made(api, "/api/tags", {"name": f"guarantee{nth}"}))["id"],
        "saved_view_id": (await _made(api, "/api/saved-views", {"name": f"Mine {nth}", "filters": {"assignees": ["me"]}}))["id"],
        "reminder_id": reminder["id"],
        "role_id": (await _made(api, "/api/roles", {"name": f"Returns {nth}"}))["id"],
        "team_id": (await _made(api, "/api/teams", {"name": f"Tents {nth}"}))["id"],
        "skill_id": (await _made(api, "/api/skills", {"category_id": category["id"], "name": f"Zips {nth}"}))["id"],
        "skill_category_id": (await _made(api, "/api/skill-categories", {"name": f"Empty {nth}"}))["id"],
        "skill_need_id": (await _made(api, "/api/skill-needs", {"skill_id": needed["id"], "source": "subject", "value": f"pole {nth}"}))[
            "id"
        ],
        "needed_skill_id": needed["id"],
        "ticket_id": (await _made(api, f"{where}/tickets", {"name": f"Of {SECRET}"}))["id"],
        "rearrangement_id": split["rearrangement_id"],
        "draft_id": (await _made(api, "/api/channel-drafts", {"kind": "echo", "name": SECRET}))["id"],
        "sign_in_id": "1",
        "token": "nothing",
    }


def bodies(ids: dict[str, str], nth: int) -> dict[str, Any]:
    """By operation: what one would send."""
    mine = {"name": f"Name {nth}"}
    return {
        "set_assignment_rule": {"is_on": False},
        "set_ticket_defaults": {"is_on": False},
        "create_ticket": {"name": "Chair"},
        "change_ticket": {"priority": "high"},
        "simulate_assignment_rule": {"is_on": False},
        "update_availability": {"status": "available"},
        "accept_invitation": {"token": "1.x", "name": "N", "password": PASSWORD},
        "add_identity": {"type": "email", "value": f"leo{nth}@example.com"},
        "add_inbox_member": {},
        "add_listed_senders": {"list": "allow", "text": f"friend{nth}.example"},
        "add_note": {"text": "x"},
        "add_push_device": subscription(f"https://push.example/own{nth}"),
        "start_test": {},
        "change_brand": {"name": "Tindra"},
        "set_logo": {},
        "add_picture": {},
        "change_fallback": {"may_send": False},
        "begin_channel_draft": {"kind": "echo"},
        "suggest_config": {"config": {"room": "lobby"}},
        "try_config": {"what": "the room", "config": {"room": "lobby"}},
        "save_channel_draft": {"name": "x"},
        "preview_reply": {"subject": "S", "text": "T"},
        "send_preview": {"subject": "S", "text": "T"},
        "backfill_channel_account": {"since": "2026-01-01"},
        "begin_contact_export": {},
        "read_contact_import": {"encoding": "utf-8", "delimiter": ";"},
        "start_contact_import": {"mapping": ["name"], "match": "none"},
        "undo_contact_import": {},
        "change_account": {"undo_send_s": 8},
        "change_channel_account": mine,
        "change_contact_property": {"label": f"Width {nth}"},
        "change_contacts": {"ids": [ids["contact_id"]], "change": {"is_blocked": False}},
        "change_conversation": {"priority": "high"},
        "change_conversations": {"ids": [ids["conversation_id"]], "change": {"priority": "urgent"}},
        "change_my_password": {"current_password": "wrong", "password": PASSWORD + "2"},
        "change_filters": {"rules": ["automated"]},
        "change_note": {"text": "y"},
        "change_role": mine,
        "change_saved_view": mine,
        "change_snippet": mine,
        "change_tag": mine,
        "change_team": mine,
        "connect_channel": {"kind": "echo", "name": "x", "inbox_id": ids["inbox_id"], "config": {"room": f"own{nth}"}},
        "create_contact": {"name": f"Somebody {nth}"},
        "create_contact_property": {"label": f"Colour {nth}", "type": "choice", "options": ["red", "blue"]},
        "create_first_account": {"account_name": "A", "name": "N", "email": "n@example.com", "password": PASSWORD},
        "create_inbox": mine,
        "create_role": {"name": f"Role {nth}"},
        "create_saved_view": {"name": f"View {nth}", "filters": {"assignees": ["me"]}},
        "create_snippet": {"shortcut": f"s{nth}", "text": "Hello"},
        "import_snippets": {"snippets": [{"shortcut": f"i{nth}", "text": "Hello"}]},
        "change_skill": {"people": []},
        "create_skill": {"category_id": ids["skill_category_id"], "name": f"Skill {nth}"},
        "create_skill_category": {"name": f"Category {nth}"},
        "create_skill_need": {"skill_id": ids["needed_skill_id"], "source": "subject", "value": f"zip {nth}"},
        "rename_skill_category": {"name": f"Renamed {nth}"},
        "create_tag": {"name": f"tag{nth}"},
        "create_team": {"name": f"Team {nth}"},
        "create_token": mine,
        "deal_with_message": {"is_dealt_with": True},
        "dismiss_split_suggestion": {"is_dismissed": True},
        "create_user": {"name": "New One", "email": f"one{nth}@tindra.example", "password": PASSWORD},
        "echo_event": {"token": "x"},
        "invite_person": {"email": f"two{nth}@tindra.example"},
        "link_contact": {"contact_id": ids["contact_id"]},
        "mark_notifications_read": {},
        "mark_read": {"message_id": ids["message_id"]},
        "merge_contacts": {"contact_id": ids["other_contact_id"]},
        "merge_conversations": {"conversation_ids": [ids["other_conversation_id"]]},
        "merge_tag": {"into_id": ids["other_tag_id"]},
        "move_message": {"conversation_id": None},
        "open_invitation": {"token": "1.x"},
        "order_saved_views": {"ids": []},
        "preview_merge": {"conversation_ids": [ids["other_conversation_id"]]},
        "remind_me": {"at": "2026-01-06T13:00:00Z"},
        "renew_invitation": {},
        "change_library_file": {"name": f"Prices {nth}.txt"},
        "keep_library_file": {"attachment_id": ids["attachment_id"]},
        "restore_tag": {},
        "restore_team": {},
        "retry_message": {},
        "save_draft": {"text": "x"},
        "save_notification_settings": {},
        "say_looking": {"is_looking": True},
        "say_presence": {"state": "reading"},
        "send_message_now": {},
        "set_aside_delivery": {"is_set_aside": True},
        "set_inbox_members": {"member_ids": [ids["ada_id"], ids["member_id"]]},
        "settle_message": {"state": "sent"},
        "sign_in": {"email": "nobody@example.com", "password": PASSWORD},
        "signal_typing": {"is_typing": True},
        "split_conversation": {"message_ids": [ids["comment_id"]]},
        "start_sign_in": {"provider": "nobody knows it", "kind": "echo"},
        "start_conversation": {"channel_account_id": ids["channel_account_id"], "to": ["leo"], "text": "Hello"},
        "take_over": {"user_id": ids["ada_id"]},
        "test_push_device": {},
        "undo_contact_merge": {},
        "undo_rearrangement": {},
        "update_contact": mine,
        "update_inbox": {"reply_within_s": 3600},
        "update_me": {},
        "update_user": {"can_receive": True},
        "write_message": {"type": "comment", "text": "x"},
    }


async def _made(api: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post(path, json=body)
    assert answer.status_code in (200, 201), f"{path}: {answer.text}"
    made: dict[str, Any] = answer.json()
    return made

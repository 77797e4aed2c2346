"""Setting a connection up: drafts that are kept, steps, from names of one's own, and the preview of a real reply."""

from typing import Any

import httpx

from innboks.core.files.pictures import PICTURE_MAX
from tests.api.conftest import assert_problem
from tests.api.test_files import PNG


def forwarding(address: str, **config: Any) -> dict[str, Any]:
    return {"kind": "email", "name": "Mail", "config": {"method": "forwarding", "address": address, **config}}


async def test_a_set_up_is_kept_with_its_secrets_and_gone_when_it_is_connected(api: httpx.AsyncClient) -> None:
    begun = await api.post("/api/channel-drafts", json={"kind": "echo", "name": "Lobby", "config": {"api_token": "s3cret"}})
    assert begun.status_code == 201, begun.text
    draft = begun.json()
    assert (draft["config"], draft["kept_secrets"]) == ({"api_token": ""}, ["api_token"])
    where = f"/api/channel-drafts/{draft['id']}"
    saved = await api.put(where, json={"name": "Lobby", "new_inbox_name": "Front desk", "config": {"room": "lob", "api_token": ""}})
    assert saved.json()["kept_secrets"] == ["api_token"]
    assert saved.json()["new_inbox_name"] == "Front desk"
    assert [one["id"] for one in (await api.get("/api/channel-drafts")).json()["items"]] == [draft["id"]]
    assert "s3cret" not in (await api.get(where)).text
    # By its time one knows whether what is stored is what was sent.
    assert saved.json()["updated_at"] == (await api.get(where)).json()["updated_at"] > draft["updated_at"]

    made = await api.post(
        "/api/channel-accounts",
        json={"kind": "echo", "name": "Lobby", "config": {"room": "lobby"}, "draft_id": draft["id"], "setup_step": "details"},
    )
    assert made.status_code == 201, made.text
    assert (made.json()["health"]["state"], made.json()["setup_step"]) == ("unfinished", "details")
    assert (await api.get("/api/channel-drafts")).json()["items"] == []
    assert_problem(await api.get(where), 404)
    account = f"/api/channel-accounts/{made.json()['id']}"
    assert (await api.patch(account, json={"setup_step": "assignment"})).json()["setup_step"] == "assignment"
    assert (await api.patch(account, json={"name": "Hall"})).json()["setup_step"] == "assignment"
    for step in ("anything", "", "Details", 3):
        refused = assert_problem(await api.patch(account, json={"setup_step": step}), 400)
        assert refused["field"] == "setup_step"
    made_wrong = {"kind": "echo", "name": "Attic", "config": {"room": "attic"}, "setup_step": "anything"}
    assert assert_problem(await api.post("/api/channel-accounts", json=made_wrong), 400)["field"] == "setup_step"
    finished = (await api.patch(account, json={"setup_step": None})).json()
    assert (finished["setup_step"], finished["health"]["state"]) == (None, "connected")


async def test_a_kept_secret_goes_to_no_other_server_and_to_no_other_kind(api: httpx.AsyncClient) -> None:
    """Whoever else may connect does not see it, and cannot have it sent to a server of theirs: neither tried nor connected nor saved."""
    config = {"method": "imap", "address": "team@tindra.example", "imap_host": "imap.tindra.example", "smtp_host": "smtp.tindra.example"}
    begun = {"kind": "email", "config": {**config, "imap_password": "s3cret"}}
    draft = (await api.post("/api/channel-drafts", json=begun)).json()
    where = f"/api/channel-drafts/{draft['id']}"
    typed = {**config, "imap_host": "127.0.0.1", "imap_password": ""}
    trial = {"what": "Receiving (IMAP)", "config": typed, "draft_id": draft["id"]}
    wrong = {"field": "config.imap_password", "code": "secret_needed"}
    assert_problem(await api.post("/api/channels/email/trials", json=trial), 400, **wrong)
    account = {"kind": "email", "name": "Mail", "config": typed, "draft_id": draft["id"]}
    assert_problem(await api.post("/api/channel-accounts", json=account), 400, **wrong)
    assert_problem(await api.post("/api/channel-accounts", json={**account, "kind": "echo", "config": {"room": "lobby"}}), 404)
    assert (await api.put(where, json={"config": {**config, "imap_host": " IMAP.tindra.example."}})).json()["kept_secrets"] == [
        "imap_password"
    ]
    assert (await api.put(where, json={"config": typed})).json()["kept_secrets"] == [], "it is asked for again"


async def test_what_is_no_draft_is_refused(api: httpx.AsyncClient) -> None:
    assert_problem(await api.post("/api/channel-drafts", json={"kind": "nobody knows it"}), 404)
    assert_problem(await api.post("/api/channel-drafts", json={"kind": "echo", "config": {"colour": "red"}}), 400, field="config.colour")
    begun = (await api.post("/api/channel-drafts", json={"kind": "echo", "config": {"room": "x" * 300_000}})).status_code
    assert begun == 413
    draft = (await api.post("/api/channel-drafts", json={"kind": "echo"})).json()
    assert (await api.delete(f"/api/channel-drafts/{draft['id']}")).status_code == 204
    gone = {"kind": "echo", "name": "x", "config": {"room": "lobby"}, "draft_id": draft["id"]}
    assert_problem(await api.post("/api/channel-accounts", json=gone), 404)


async def test_older_messages_are_asked_for_only_where_they_can_be_fetched(api: httpx.AsyncClient) -> None:
    """The story of a mailbox at a provider (web/e2e/mailbox.spec.ts) has them fetched."""
    draft = (await api.post("/api/channel-drafts", json={"kind": "email", "past_days": 30})).json()
    assert (await api.get(f"/api/channel-drafts/{draft['id']}")).json()["past_days"] == 30
    assert_problem(await api.put(f"/api/channel-drafts/{draft['id']}", json={"past_days": -1}), 400)
    made = await api.post("/api/channel-accounts", json={**forwarding("past@tindra.example", company_name="Past"), "past_days": 30})
    assert made.status_code == 201, made.text
    assert made.json()["settings"] == {}
    described = {one["kind"]: one["past_when"] for one in (await api.get("/api/channels")).json()["items"]}
    assert "imap" in described["email"]["method"]
    assert described["echo"] is None


async def test_what_follows_from_an_address_is_told_to_who_may_connect(api: httpx.AsyncClient) -> None:
    found = await api.post("/api/channels/email/suggestions", json={"config": {"method": "imap", "address": "nobody"}})
    assert (found.status_code, found.json()["items"]) == (200, [])
    assert (await api.post("/api/channels/echo/suggestions", json={"config": {"room": "lobby"}})).json()["items"] == []
    assert_problem(await api.post("/api/channels/email/suggestions", json={"config": {"method": "carrier pigeon"}}), 400)
    assert_problem(await api.post("/api/channels/nothing/suggestions", json={"config": {}}), 404)


async def test_hosted_addresses_have_each_their_own_from_name(api: httpx.AsyncClient) -> None:
    """R-142."""
    first = await api.post("/api/channel-accounts", json=forwarding("support@tindra.example", company_name="Tindra Outdoor"))
    assert first.status_code == 201, first.text
    taken = forwarding("sales@tindra.example", company_name="tindra outdoor")
    refused = assert_problem(await api.post("/api/channel-accounts", json=taken), 409, code="sender_name_taken")
    assert "tindra outdoor" in refused["detail"]
    other = await api.post("/api/channel-accounts", json=forwarding("sales@tindra.example", company_name="Tindra Sales"))
    assert other.status_code == 201, other.text
    where = f"/api/channel-accounts/{other.json()['id']}"
    assert_problem(await api.patch(where, json={"config": {"company_name": "Tindra Outdoor"}}), 409, code="sender_name_taken")
    await api.delete(f"/api/channel-accounts/{first.json()['id']}")
    assert (await api.patch(where, json={"config": {"company_name": "Tindra Outdoor"}})).status_code == 200


async def test_both_spellings_of_a_domain_are_one_address(api: httpx.AsyncClient) -> None:
    """R-045: as people read it and as the domain name system has it (RFC 5890). What it is connected as is what mail from it is compared with."""
    made = await api.post("/api/channel-accounts", json=forwarding("büro@XN--bcher-KVA.example"))
    assert (made.status_code, made.json()["address"]) == (201, "büro@bücher.example")
    for again in ("büro@xn--bcher-kva.example", "BÜRO@Bücher.example", "\u202abüro@bücher.example\u202c\u200b"):
        assert_problem(await api.post("/api/channel-accounts", json=forwarding(again)), 409, code="already_connected")
    other = await api.post("/api/channel-accounts", json=forwarding("post@bücher.example", company_name="Post"))
    assert other.status_code == 201, other.text
    taken = {"config": {"address": "büro@xn--bcher-kva.example"}}
    assert_problem(await api.patch(f"/api/channel-accounts/{other.json()['id']}", json=taken), 409, code="already_connected")


async def test_answers_come_only_from_what_is_offered(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    """R-141: by forwarding the address itself or the one that we host."""
    made = (await api.post("/api/channel-accounts", json=forwarding("support@tindra.example", company_name="Tindra"))).json()
    where, hosted, words = f"/api/channel-accounts/{made['id']}", made["hosted_address"], {"subject": "Re: Zip", "text": "Hi Leo"}
    assert (await api.get(f"{where}/from-addresses")).json()["items"] == ["support@tindra.example", hosted]
    assert_problem(await stranger.get(f"{where}/from-addresses"), 404)
    for wrong in ("chief@bank.example", "in-x@localhost", "x", "a@b.example\r\nBcc: c@d.example"):
        assert_problem(await api.patch(where, json={"config": {"from_address": wrong}}), 400, field="from_address")
        assert (await api.post(f"{where}/preview/sending", json={**words, "config": {"from_address": wrong}})).status_code == 400
    assert_problem(await api.post("/api/channel-accounts", json=forwarding("b@tindra.example", from_address="c@tindra.example")), 400)
    changed = await api.patch(where, json={"config": {"from_address": hosted.upper()}})
    assert changed.json()["config"]["from_address"] == hosted, changed.text
    shown = (await api.post(f"{where}/preview", json=words)).json()
    assert (shown["sender_address"], shown["sender_name"]) == (hosted, "Ada Example at Tindra")
    own = await api.patch(where, json={"config": {"from_address": "support@tindra.example"}})
    assert own.json()["config"]["from_address"] == "", "its own needs no word"
    servers = {"smtp_host": "smtp.tindra.example", "from_address": hosted}
    assert_problem(await api.patch(where, json={"config": servers}), 400)


async def test_a_picture_of_a_signature_is_small_and_plain(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    for hostile in (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"", b"<html>", b"\x00" * 100, b"BM" + bytes(50)):
        lying = {"file": ("logo.png", hostile, "image/png")}
        assert_problem(await api.post("/api/pictures", files=lying), 400, code="not_a_picture")
    assert_problem(await api.post("/api/pictures", content=PNG + bytes(PICTURE_MAX)), 413)
    made = await api.post("/api/pictures", files={"file": ("a\r\nb.png", PNG, "image/svg+xml")})
    assert made.status_code == 201, made.text
    picture = made.json()
    assert (await api.post("/api/pictures?name=again", content=PNG)).json()["id"] == picture["id"]
    shown = await api.get(picture["url"])
    assert (shown.content, shown.headers["content-type"], shown.headers["x-content-type-options"]) == (PNG, "image/png", "nosniff")
    for wrong in ("x", "0" * 64):
        assert (await api.get(f"/api/pictures/{wrong}")).status_code == 404
    assert_problem(await stranger.get(picture["url"]), 404)

    account = (await api.post("/api/channel-accounts", json=forwarding("support@tindra.example", company_name="Tindra"))).json()
    where = f"/api/channel-accounts/{account['id']}"
    words = {
        "subject": "Re: Zip",
        "text": "Hi",
        "config": {"signature_html": f'<p><img src="cid:{picture["content_id"]}" alt="Tindra"></p>'},
    }
    assert f'src="{picture["url"]}"' in (await api.post(f"{where}/preview", json=words)).json()["html"]
    await api.patch(where, json={"config": words["config"]})
    assert f'src="{picture["url"]}"' in (await api.get(f"{where}/signature")).json()["html"]


async def test_a_reply_is_shown_as_a_customer_would_get_it(api: httpx.AsyncClient, ada: Any) -> None:
    """R-111, R-114, R-115; scenarios 8 and 9."""
    made = await api.post("/api/channel-accounts", json=forwarding("support@tindra.example", company_name="Tindra"))
    where = f"/api/channel-accounts/{made.json()['id']}/preview"
    words = {"subject": "Re: Zip", "text": "Hi Leo"}
    one = (await api.post(where, json=words)).json()
    assert (one["sender_name"], one["sender_address"], one["subject"]) == ("Ada Example at Tindra", "support@tindra.example", "Re: Zip")
    signature = "<p>{{full_name}} / {{first_name}} / {{last_name}}</p><script>alert(1)</script>"
    changed = {"company_name": "Tindra Outdoor", "from_name_mode": "company", "signature_html": signature}
    other = (await api.post(where, json={**words, "config": changed})).json()
    assert other["sender_name"] == "Tindra Outdoor"
    assert "Ada Example / Ada / Example" in other["html"]
    assert "script" not in other["html"]
    assert "Hi Leo" in other["text"]
    assert (await api.get(f"/api/channel-accounts/{made.json()['id']}")).json()["config"]["company_name"] == "Tindra"
    bo = await api.post("/api/users", json={"name": "Bo Member", "email": "bo@tindra.example", "password": "correct horse battery staple"})
    by_bo = (await api.post(where, json={**words, "user_id": bo.json()["id"]})).json()
    assert by_bo["sender_name"] == "Bo Member at Tindra"
    assert_problem(await api.post(where, json={**words, "user_id": "99999"}), 404)


async def test_a_channel_without_a_preview_says_so(api: httpx.AsyncClient, echo: dict[str, Any]) -> None:
    answer = await api.post(f"/api/channel-accounts/{echo['id']}/preview", json={"subject": "S", "text": "T"})
    assert_problem(answer, 400, code="no_preview")


async def test_an_inbox_is_made_with_its_first_channel_and_not_without_it(api: httpx.AsyncClient, ada: Any) -> None:
    """R-021, R-022."""

    async def names() -> list[str]:
        return sorted(one["name"] for one in (await api.get("/api/inboxes")).json()["items"])

    before = await names()
    team = (await api.post("/api/teams", json={"name": "Night"})).json()["id"]
    private = {"name": "Complaints", "access": "members", "member_ids": [str(ada.user_id)], "team_ids": [team]}
    nowhere = forwarding("a@tindra.example", smtp_host="127.0.0.1", smtp_port=9)
    for wrong, expected in (
        ({**nowhere, "new_inbox": private}, "smtp_host"),
        ({**forwarding("a@tindra.example"), "new_inbox": {**private, "member_ids": ["999999"]}}, "member_ids"),
        ({**forwarding("a@tindra.example"), "new_inbox": {**private, "team_ids": ["999999"]}}, "team_ids"),
        ({**forwarding("a@tindra.example"), "new_inbox": {**private, "name": " "}}, "new_inbox_name"),
    ):
        assert_problem(await api.post("/api/channel-accounts", json=wrong), 400, field=expected)
    assert await names() == before
    assert (await api.get("/api/channel-accounts")).json()["items"] == []

    made = await api.post("/api/channel-accounts", json={**forwarding("a@tindra.example"), "new_inbox": private})
    assert made.status_code == 201, made.text
    inbox = next(one for one in (await api.get("/api/inboxes")).json()["items"] if one["id"] == made.json()["inbox_id"])
    assert (inbox["name"], inbox["access"], inbox["member_ids"], inbox["team_ids"]) == (
        "Complaints",
        "members",
        [str(ada.user_id)],
        [team],
    )
    assert (await api.get(f"/api/inboxes/{inbox['id']}/fallback")).json()["is_fallback"] is True

    draft = {"kind": "echo", "name": "x", "new_inbox_name": "Front", "new_inbox_access": "members", "new_inbox_team_ids": [team]}
    begun = (await api.post("/api/channel-drafts", json=draft)).json()
    kept = (await api.get(f"/api/channel-drafts/{begun['id']}")).json()
    assert (kept["new_inbox_access"], kept["new_inbox_member_ids"], kept["new_inbox_team_ids"]) == ("members", [], [team])

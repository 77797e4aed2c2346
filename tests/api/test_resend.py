"""An answer that did not arrive goes again over another connection: with all that it had, to those who did not get it, and once however often it is asked for."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import httpx

from innboks.core.conversations.send import send
from tests.api.conftest import assert_problem, say
from tests.api.test_files import PNG
from tests.api.test_scenarios import Desk, desk  # noqa: F401 - a fixture


async def other_address(desk: Desk) -> dict[str, Any]:  # noqa: F811
    config = {"method": "forwarding", "address": "sales@x.example", "smtp_host": "127.0.0.1", "smtp_port": desk.server.port}
    made = await desk.api.post("/api/channel-accounts", json={"kind": "email", "name": "Sales", "config": config})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def refused(desk: Desk, conversation: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: F811
    """An answer that the customer's server has refused for good."""
    new = {"type": "reply", "text": "The offer.", "hold_s": 0, **more}
    made = await desk.api.post(f"/api/conversations/{conversation['id']}/messages", json=new)
    assert made.status_code == 201, made.text
    desk.server.answers["RCPT TO"] = "550 5.7.1 not from there"
    await send(desk.parts, desk.account_id, int(made.json()["id"]), "test")
    del desk.server.answers["RCPT TO"]
    failed = (await desk.api.get(f"/api/messages/{made.json()['id']}")).json()
    assert failed["state"] == "failed"
    return dict(failed)


async def test_it_goes_once_with_its_formatting_its_quotation_and_its_files(desk: Desk, api: httpx.AsyncClient) -> None:  # noqa: F811
    begun, sales = await desk.gets("Bob <bob@y.example>"), await other_address(desk)
    file = (await api.post("/api/attachments", files={"file": ("offer.png", PNG, "image/png")})).json()
    failed = await refused(
        desk,
        begun,
        html="<p>The <strong>offer</strong>.</p>",
        quoted="Bob wrote:\n> Is it back?",
        subject="Your tent",
        attachments=[file["id"]],
    )
    where = f"/api/conversations/{begun['id']}/messages"
    again = {
        "type": "reply",
        "text": failed["text"],
        "resend_of": failed["id"],
        "channel_account_id": sales["id"],
        "client_id": f"instead.{failed['id']}.{sales['id']}",
        "hold_s": 0,
    }
    made = await api.post(where, json=again)
    assert made.status_code == 201, made.text
    # The answer to it was lost, and somebody presses again.
    assert ((await api.post(where, json=again)).status_code, (await api.post(where, json=again)).json()["id"]) == (200, made.json()["id"])
    await send(desk.parts, desk.account_id, int(made.json()["id"]), "test")
    (raw,) = desk.server.mails
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert ([each.addr_spec for each in mail["From"].addresses], mail["Subject"]) == (["sales@x.example"], "Your tent")
    assert [each.addr_spec for each in mail["To"].addresses] == ["bob@y.example"]
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert "<strong>offer</strong>" in html.get_content()
    assert plain is not None
    assert "> Is it back?" in plain.get_content()
    assert [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()] == [("offer.png", PNG)]
    # The one that failed goes on telling so, with its file.
    kept = (await api.get(f"/api/messages/{failed['id']}")).json()
    assert (kept["state"], [one["name"] for one in kept["attachments"]]) == ("failed", ["offer.png"])


async def test_who_got_it_does_not_get_it_again_and_taken_back_its_file_is_an_upload(desk: Desk, api: httpx.AsyncClient) -> None:  # noqa: F811
    begun, sales = await desk.gets("Bob <bob@y.example>"), await other_address(desk)
    file = (await api.post("/api/attachments", files={"file": ("offer.png", PNG, "image/png")})).json()
    failed = await refused(desk, begun, to=["Bob <bob@y.example>"], cc=['"Ida, the boss" <ida@y.example>'], attachments=[file["id"]])
    async with desk.parts.db.transaction() as conn:
        await conn.execute("update dispatch_recipient set state = 'sent' where address = 'bob@y.example'")
    again = {"type": "reply", "text": "", "resend_of": failed["id"], "channel_account_id": sales["id"], "hold_s": 30}
    made = await api.post(f"/api/conversations/{begun['id']}/messages", json=again)
    assert made.status_code == 201, made.text
    assert [(one["name"], one["address"], one["role"]) for one in made.json()["recipients"]] == [("Ida, the boss", "ida@y.example", "cc")]
    taken = (await api.delete(f"/api/messages/{made.json()['id']}")).json()["message"]
    draft = (await api.get(f"/api/conversations/{begun['id']}/draft")).json()
    assert [one["name"] for one in taken["attachments"]] == [one["name"] for one in draft["attachments"]] == ["offer.png"]
    assert (draft["channel_account_id"], draft["began_after"], draft["has_no_quote"]) == (sales["id"], made.json()["id"], True)
    anew = {"type": "reply", "text": "With it", "attachments": [taken["attachments"][0]["id"]], "hold_s": 0}
    assert (await api.post(f"/api/conversations/{begun['id']}/messages", json=anew)).status_code == 201


async def test_only_what_failed_here_can_go_another_way(
    desk: Desk,  # noqa: F811
    api: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    echo: dict[str, Any],
) -> None:
    begun, sales, other = await desk.gets("Bob <bob@y.example>"), await other_address(desk), await desk.gets("Cy <cy@y.example>")
    failed = await refused(desk, begun)
    where = f"/api/conversations/{begun['id']}/messages"
    again = {"type": "reply", "text": "", "resend_of": failed["id"], "channel_account_id": sales["id"]}
    incoming = (await api.get(where)).json()["items"][0]["id"]
    fresh = (await api.post(where, json={"type": "reply", "text": "Fresh", "hold_s": 30})).json()["id"]
    for wrong in (incoming, fresh):
        assert_problem(await api.post(where, json={**again, "resend_of": wrong}), 400, code="not_failed", field="resend_of")
    assert_problem(await api.post(f"/api/conversations/{other['id']}/messages", json=again), 400, code="not_failed")
    assert_problem(await api.post(where, json={**again, "resend_of": "999999"}), 404)
    assert_problem(await api.post(where, json={**again, "type": "comment"}), 400, code="only_replies")
    assert_problem(await stranger.post(where, json=again), 404)
    assert (await say(api, echo, "On this channel too", sender="bob")).status_code == 200
    file = (await api.post("/api/attachments", files={"file": ("offer.png", PNG, "image/png")})).json()
    heavy = await refused(desk, begun, attachments=[file["id"]])
    no_files = {**again, "resend_of": heavy["id"], "channel_account_id": echo["id"], "to": ["bob"]}
    assert_problem(await api.post(where, json=no_files), 400, code="no_files")

"""What is Microsoft's own: its libraries as judge of the sign-in, subscriptions, clouds that are refused, and requests looked up in the published
descriptions where these lie beside the project."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msal
import msgspec
import pytest
from msal.oauth2cli.oauth2 import Client

from innboks.channels.email import cloud, cloud_mailbox, graph
from innboks.channels.email.signing_in import GRAPH_SCOPES
from innboks.errors import BadSignature, Invalid, Rejected, Retry, Uncertain
from innboks.sandbox.email.microsoft import Microsoft
from innboks.sandbox.email.provider import Trouble
from innboks.sandbox.email.provider import json as json_answer
from innboks.sandbox.stand_in import Answer, Request
from innboks.sdk.contract import Consent, Grant, Inbound, OutgoingFile
from tests.channels.email.cloud import CLIENTS, TEAM, CloudBox, Providers, mail
from tests.channels.email.context import outgoing
from tests.channels.email.published_graph import SPECS, described, misfits, published
from tests.waiting import until

REDIRECT = "http://127.0.0.1:8080/api/oauth/callback"


@pytest.fixture
async def box(providers: Providers) -> AsyncIterator[CloudBox]:
    made = CloudBox(providers, "microsoft365")
    yield made
    await made.http.close()


def microsoft(box: CloudBox) -> Microsoft:
    assert isinstance(box.provider, Microsoft)
    return box.provider


async def test_microsofts_library_signs_in_and_renews(providers: Providers, box: CloudBox) -> None:
    """MSAL's own OAuth client; MSAL itself speaks https only."""
    assert msal.__version__
    base, facts = providers.urls["microsoft"], CLIENTS["microsoft"]
    server = {"authorization_endpoint": f"{base}/common/oauth2/v2.0/authorize", "token_endpoint": f"{base}/common/oauth2/v2.0/token"}
    theirs = Client(server, facts.id, client_secret=facts.secret)
    flow = theirs.initiate_auth_code_flow(scope=list(GRAPH_SCOPES), redirect_uri=REDIRECT, login_hint=TEAM)
    async with httpx.AsyncClient() as browser:
        page = await browser.get(flow["auth_uri"])
        link = re.search(r'href="(http[^"]+address[^"]+)"', page.text)
        assert link
        back = (await browser.get(link[1].replace("&amp;", "&"))).headers["location"]
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    tokens = await asyncio.to_thread(theirs.obtain_token_by_auth_code_flow, flow, answer)
    assert tokens["refresh_token"]
    again = await asyncio.to_thread(theirs.obtain_token_by_refresh_token, tokens["refresh_token"], scope=list(GRAPH_SCOPES))
    assert again["refresh_token"] != tokens["refresh_token"]
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {again['access_token']}"}) as client:
        me = (await client.get(f"{base}/v1.0/me")).json()
    assert me["mail"] == TEAM
    consent = Consent(redirect_uri=REDIRECT, state="s", verifier="v" * 64)
    ours = parse_qs(urlsplit(box.channel.consent_url(box.context(), consent)).query)
    wanted = parse_qs(urlsplit(flow["auth_uri"]).query)
    assert set(wanted) - set(ours) <= {"nonce"}
    assert sorted(ours["scope"][0].split()) == sorted(wanted["scope"][0].split())


async def test_what_one_organisation_alone_may_use(box: CloudBox) -> None:
    from msgspec.structs import replace

    box.settings = {**box.settings, "provider_clients": {"microsoft": replace(CLIENTS["microsoft"], tenant="tindra.example")}}
    consent = Consent(redirect_uri=REDIRECT, state="s", verifier="v" * 64)
    assert "/tindra.example/oauth2/v2.0/authorize?" in box.channel.consent_url(box.context(), consent)


async def test_the_governments_clouds_are_refused_in_words(box: CloudBox) -> None:
    """R-107."""
    from msgspec.structs import replace

    for address in ("team@agency.onmicrosoft.us", "team@navy.mil"):
        with pytest.raises(Invalid) as refused:
            box.channel.consent_url(
                replace(box.context(), config=replace(box.config, address=address)), Consent(redirect_uri=REDIRECT, state="s", verifier="v")
            )
        assert "GCC High" in refused.value.sentence
    microsoft(box).government.add("tindra.example")
    with pytest.raises(Invalid) as refused:
        await box.channel.connect(box.context())
    assert (refused.value.field, refused.value.code) == ("address", "other_cloud")
    microsoft(box).government.clear()
    box.provider.troubles.append(Trouble(call="openid-configuration", status=500))
    assert (await box.channel.connect(box.context())).identity == TEAM


async def test_a_shared_mailbox_is_refused_at_microsoft_and_connected_by_forwarding(box: CloudBox) -> None:
    """R-105, R-106: who may open it signs in as themselves, and is told the way that works; the way does work for the same address."""
    ada = "ada@tindra.example"
    box.provider.box(ada)
    box.grant = Grant(refresh_token=box.provider.oauth.issue(ada))
    with pytest.raises(Invalid) as refused:
        await box.channel.connect(box.context())
    assert (refused.value.code, refused.value.field) == ("another_account", "address")
    assert f"as {ada}, not as {TEAM}" in refused.value.sentence
    assert f"If {TEAM} is a shared mailbox, a group or an alias" in refused.value.sentence
    assert "connect it by forwarding instead" in refused.value.sentence
    box.config = msgspec.structs.replace(box.config, method="forwarding")
    assert (await box.channel.connect(box.context())).identity == TEAM


def test_the_form_offers_no_from_name(box: CloudBox) -> None:
    """R-112."""
    from msgspec.json import schema

    fields = schema(type(box.config))["$defs"]["Config"]["properties"]
    for name in ("from_name_mode", "company_name", "smtp_host", "smtp_password", "tls_verify"):
        assert "microsoft365" not in fields[name]["x-show-if"]["method"]
    assert "x-show-if" not in fields["signature_html"]


async def test_a_subscription_is_made_renewed_and_made_anew_and_looking_goes_on_without(
    box: CloudBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph_box = graph.Graph(box.context())
    ms = microsoft(box)

    async def innboks(url: str, content: Any, query: dict[str, str] | None = None) -> tuple[int, str, str]:
        inbound = Inbound(body=json.dumps(content).encode(), query=query or {}, path="microsoft")
        answer = graph.take_push(box.context(), inbound)
        pushed.append(answer.is_news)
        return answer.status, answer.type, answer.body.decode()

    pushed: list[bool] = []
    monkeypatch.setattr(ms, "post", innboks)  # the network between both, which a test of hooks has for real
    push = await graph_box.keep_push({})
    assert pushed == [False]
    assert len(ms.subscriptions) == 1
    assert await graph_box.keep_push(push) == push
    await box.box.put(mail("pushed"))
    await until(lambda: pushed == [False, True])
    box.clock.advance(86400 * 1.6)
    renewed = await graph_box.keep_push(push)
    assert renewed["id"] == push["id"]
    assert renewed["renew_at"] > push["renew_at"]
    ms.subscriptions.clear()
    box.clock.advance(86400 * 1.6)
    anew = await graph_box.keep_push(renewed)
    assert list(ms.subscriptions) == [anew["id"]] != [push["id"]]
    box.clock.advance(86400 * 1.6)
    box.provider.troubles.append(Trouble(call="subscriptions", status=500, times=100))
    without = await graph_box.keep_push(anew)
    assert without["problem"]
    async with box.watched():
        await until(lambda: box.subjects() == ["pushed"])
    assert box.health[-1].state == "connected"


def test_pushes_without_the_secret_are_refused(box: CloudBox) -> None:
    secret = graph.push_secret(box.context())
    good = {"value": [{"clientState": secret, "subscriptionId": "1"}]}
    assert graph.take_push(box.context(), Inbound(body=json.dumps(good).encode())).status == 202
    for body in (b"", b"{}", b"[]", b'{"value": []}', b'{"value": [{"clientState": "x"}]}', b'{"value": [{"clientState": 7}]}', b"\xff"):
        with pytest.raises(BadSignature):
            graph.take_push(box.context(), Inbound(body=body))
    mixed = {"value": [{"clientState": secret}, {"clientState": "other"}]}
    with pytest.raises(BadSignature):
        graph.take_push(box.context(), Inbound(body=json.dumps(mixed).encode()))


async def test_a_mark_that_leads_elsewhere_is_not_followed(box: CloudBox) -> None:
    """Marks are addresses: one that does not belong to Graph must not get our token."""
    source = graph.Graph(box.context())
    await box.box.put(mail("one"))
    cursor = await source.begin(box.connected_at)
    for id in cursor["links"]:
        cursor["links"][id] = "http://127.0.0.1:9/elsewhere"
    found, _ = await source.changes(cursor)
    assert len(found) == 1


async def test_folders_within_folders_and_new_ones(box: CloudBox) -> None:
    async with box.watched():
        await box.box.put(mail("deep"), "Projects")
        await box.box.put(mail("deeper"), "Projects/2026")
        box.clock.advance(400)  # folders are looked for every five minutes
        await until(lambda: sorted(box.subjects()) == ["deep", "deeper"])
        await box.box.put(mail("thrown away"), "trash")
        await box.box.put(mail("kept"))
        await until(lambda: "kept" in box.subjects())
    assert sorted(box.subjects()) == ["deep", "deeper", "kept"]
    assert {one.headers["folder"] for one in box.delivered} == {"Projects", "2026", "Inbox"}


async def test_a_sent_mail_that_was_deleted_meanwhile_is_uncertain(box: CloudBox) -> None:
    ms = microsoft(box)

    async def gone(*_: Any) -> None:
        for id in list(box.box.mails):
            await box.box.delete(id)

    ms._send = gone  # type: ignore[method-assign,assignment]
    ms.troubles.append(Trouble(call="/send$", loses_answer=True))
    with pytest.raises(Uncertain):
        await box.channel.send(box.context(), outgoing())


async def test_graph_reads_and_takes_mail_as_json(providers: Providers, box: CloudBox) -> None:
    """As programs do that are built on Microsoft's own library: a message written as JSON, sent in one step or as a draft, and read field by field."""
    await cloud.mailbox_of(box.context()).addresses()
    assert box.grant is not None
    token = box.grant.access_token
    message = {
        "subject": "Zip",
        "body": {"contentType": "html", "content": "<b>Hello</b>"},
        "toRecipients": [{"emailAddress": {"address": "leo@customer.example", "name": "Leo"}}],
    }
    root = f"{providers.urls['microsoft']}/v1.0/me"
    prefer = 'IdType="ImmutableId"'
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}", "prefer": prefer}) as client:
        assert (await client.post(f"{root}/sendMail", json={"Message": message, "saveToSentItems": True})).status_code == 202
        draft = (await client.post(f"{root}/messages", json=message | {"subject": "Draft"})).json()
        assert draft["isDraft"]
        assert (await client.post(f"{root}/messages/{draft['id']}/send")).status_code == 202
        changed = (await client.get(f"{root}/mailFolders/sentitems/messages/delta()")).json()
        assert {one["subject"] for one in changed["value"]} == {"Zip", "Draft"}
        one = (await client.get(f"{root}/messages/{draft['id']}")).json()
        assert one["from"]["emailAddress"]["address"] == TEAM
        assert one["toRecipients"] == [{"emailAddress": {"address": "leo@customer.example", "name": "Leo"}}]
        assert (one["body"]["contentType"], one["body"]["content"].strip(), one["hasAttachments"]) == ("html", "<b>Hello</b>", False)
        unreadable: list[Any] = [{"subject": 1}, {"toRecipients": [{"emailAddress": {"address": "no address"}}]}, []]
        for wrong in unreadable:
            assert (await client.post(f"{root}/messages", json=wrong)).json()["error"]["code"] == "RequestBodyRead"
        assert (await client.post(f"{root}/sendMail", json=message)).status_code == 400


async def test_a_refused_mail_leaves_no_draft_behind(box: CloudBox) -> None:
    ms = microsoft(box)
    refusal = {"error": {"code": "ErrorInvalidRecipients", "message": "At least one recipient is not valid."}}
    for call in ("/send$", "createUploadSession$"):
        ms.troubles.append(Trouble(call=call, status=400, body=refusal))
        with pytest.raises(Rejected):
            await box.channel.send(box.context(), outgoing(files=[large_file()]))
        assert not box.box.mails, call


async def test_our_token_goes_to_no_other_server(providers: Providers, box: CloudBox) -> None:
    """A link to the next page that leads elsewhere is not followed."""
    elsewhere = providers.desk.providers["google"]
    page = {"value": [], "@odata.nextLink": f"{providers.urls['google']}/v1.0/me/mailFolders"}
    for call in ("GET v1.0/me/mailFolders$", "messages/delta$", "messages$"):
        microsoft(box).troubles.append(Trouble(call=call, status=200, body=page))
        with pytest.raises(Retry):
            source = graph.Graph(box.context())
            await source.begin(box.connected_at)
            await source.received_since(box.connected_at)
        assert not any(one.times for one in microsoft(box).troubles), call
    assert not elsewhere.requests


def large_file() -> OutgoingFile:
    content = b"x" * 3_000_000

    async def read() -> bytes:
        return content

    return OutgoingFile(name="large.bin", type="application/octet-stream", size=len(content), content=read)


@pytest.mark.skipif(not SPECS.is_dir(), reason="the published descriptions are not beside the project")
async def test_every_request_of_ours_is_in_the_descriptions(box: CloudBox) -> None:
    paths = published()
    async with box.watched():
        await box.box.put(mail("one", Message_ID="<one@customer.example>"))
        await box.box.put(mail("elsewhere", Message_ID="<phone@tindra.example>"), "sent")
        await until(lambda: len(box.delivered) == 2)
    await box.channel.send(box.context(), outgoing(files=[large_file()]))
    await box.channel.send(box.context(), outgoing(attempt=2))
    await graph.Graph(box.context()).keep_push({})
    await cloud_mailbox.ledger(box.context(), cloud.mailbox_of(box.context()))
    seen = set()
    for request in box.provider.requests:
        if request.path.startswith("v1.0/") and not request.path.endswith(("/delta", "/childFolders")) and request.path != "v1.0/me":
            path, problems = described(paths, request)
            assert not problems, f"{request.method} {request.path}: {problems}"
            seen.add(f"{request.method} {path}")
    assert {"POST /users/{user-id}/messages/{message-id}/send", "POST /users/{user-id}/messages", "POST /subscriptions"} <= seen
    assert "POST /users/{user-id}/messages/{message-id}/attachments/createUploadSession" in seen
    wrong = Request("POST", "v1.0/subscriptions", {}, b'{"callback": "x"}', {"content-type": "application/json"})
    assert described(paths, wrong)[1]
    assert described(paths, Request("GET", "v1.0/me/mails", {}, b""))[1]


@pytest.mark.skipif(not SPECS.is_dir(), reason="the published descriptions are not beside the project")
async def test_every_answer_of_the_sandbox_has_the_shape_of_the_descriptions(
    providers: Providers, box: CloudBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what we read in tests is what Graph writes: each field by its name, type and choices, errors too."""
    paths, ms = published(), microsoft(box)
    answered: list[tuple[Request, Answer]] = []
    serve = ms.serve

    async def noted(request: Request) -> Answer:
        answer = await serve(request)
        if request.path.startswith("v1.0/") and request.path != "v1.0/me":
            answered.append((request, answer))
        return answer

    async def innboks(url: str, content: Any, query: dict[str, str] | None = None) -> tuple[int, str, str]:
        return 200, "text/plain", (query or {}).get("validationToken", "")

    monkeypatch.setattr(ms, "serve", noted)
    monkeypatch.setattr(ms, "post", innboks)  # the network between both, which a test of hooks has for real
    async with box.watched():
        await box.box.put(mail("one", Message_ID="<one@customer.example>", Cc="Mia <mia@partner.example>"))
        await box.box.put(mail("deep"), "Projects/2026")
        await until(lambda: "one" in box.subjects())
    await box.channel.send(box.context(), outgoing(files=[large_file()]))
    push = graph.Graph(box.context())
    kept = await push.keep_push({})
    box.clock.advance(86400 * 1.6)
    await push.keep_push(kept)
    assert box.grant is not None
    root, token = f"{providers.urls['microsoft']}/v1.0/me", box.grant.access_token
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}", "prefer": 'IdType="ImmutableId"'}) as client:
        id = next(iter(box.box.mails))
        for path in (
            "mailFolders",
            "mailFolders/inbox",
            "mailFolders/inbox/messages?$top=1",
            "messages",
            f"messages/{id}",
            "messages/none",
        ):
            await client.get(f"{root}/{path}")
        await client.get(f"{root}/messages", params={"$filter": "nothing that is known"})
        await client.post(f"{root}/messages", json={"subject": "Draft"})
        await client.post(f"{root}/messages", json={"subject": 1})
        await client.delete(f"{root}/messages/{id}")
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{root}/messages")).status_code == 401
    seen = set()
    for request, answer in answered:
        path, problems = misfits(paths, request, answer)
        assert not problems, f"{request.method} {request.path} ({answer.status}): {problems}"
        seen.add(f"{request.method} {path} {answer.status}")
    assert {
        "GET /users/{user-id}/mailFolders 200",
        "GET /users/{user-id}/mailFolders/{mailFolder-id}/messages 200",
        "GET /users/{user-id}/messages/{message-id} 200",
        "GET /users/{user-id}/messages/{message-id} 404",
        "GET /users/{user-id}/messages 400",
        "GET /users/{user-id}/messages 401",
        "POST /users/{user-id}/messages 201",
        "POST /users/{user-id}/messages/{message-id}/attachments/createUploadSession 201",
        "POST /subscriptions 201",
        "PATCH /subscriptions/{subscription-id} 200",
    } <= seen, seen
    asked = Request("GET", "v1.0/me/messages/1", {}, b"")
    wrongs: list[dict[str, Any]] = [
        {"id": 1},
        {"isRead": "no"},
        {"importance": "urgent"},
        {"colour": "red"},
        {"from": [{}]},
        {"toRecipients": [{"address": "a@b.example"}]},
        {"receivedDateTime": "yesterday"},
    ]
    for wrong in wrongs:
        assert misfits(paths, asked, json_answer(wrong))[1], wrong
    for refusal in ({"error": "no"}, {"error": {"message": "no"}}, {"code": "no", "message": "no"}):
        assert misfits(paths, asked, json_answer(refusal, 404))[1], refusal

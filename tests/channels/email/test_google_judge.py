"""Google as judge: its own Python libraries sign in at our sandbox, read what it serves and what our adapter sent; and every request that the
adapter made is one of the published description (gmail.v1.json), with the parameters and the body that stand there."""

import asyncio
import base64
import email
import email.policy
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.http import MediaInMemoryUpload

from innboks.channels.email import cloud, cloud_mailbox
from innboks.channels.email.signing_in import GMAIL_SCOPES
from innboks.sandbox.stand_in import Request
from tests.channels.email.cloud import CLIENTS, TEAM, CloudBox, Providers, mail
from tests.channels.email.context import outgoing
from tests.waiting import until

DESCRIPTION: dict[str, Any] = json.loads(get_static_doc("gmail", "v1"))
PUBLISHED = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "gmail" / "gmail.v1.json"


@pytest.fixture
async def box(providers: Providers) -> AsyncIterator[CloudBox]:
    made = CloudBox(providers, "gmail", push_topic="projects/tindra/topics/innboks")
    yield made
    await made.http.close()


def client(providers: Providers, box: CloudBox) -> Any:
    """Google's own client, pointed at the sandbox."""
    base = providers.urls["google"]
    document = DESCRIPTION | {"rootUrl": f"{base}/", "baseUrl": f"{base}/"}
    client_facts = CLIENTS["google"]
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=box.provider.oauth.issue(TEAM),
        token_uri=f"{base}/token",
        client_id=client_facts.id,
        client_secret=client_facts.secret,
    )
    return build_from_document(document, credentials=credentials)


async def test_googles_library_reads_what_we_sent_and_what_came(providers: Providers, box: CloudBox) -> None:
    began = box.box.nth
    await box.box.put(mail("Where is it?", Message_ID="<asked@customer.example>"))
    await box.channel.send(box.context(), outgoing(in_reply_to="asked@customer.example"))

    def read() -> None:
        gmail = client(providers, box)
        users = gmail.users()
        assert users.getProfile(userId="me").execute()["emailAddress"] == TEAM
        history = users.history().list(userId="me", startHistoryId=str(began), historyTypes=["messageAdded"]).execute()
        assert len(history["history"]) == 2
        listed = users.messages().list(userId="me", labelIds=["SENT"]).execute()
        (one,) = listed["messages"]
        sent = users.messages().get(userId="me", id=one["id"], format="raw").execute()
        parsed = email.message_from_bytes(base64.urlsafe_b64decode(sent["raw"]), policy=email.policy.default)
        assert parsed["subject"] == "Re: Where is it?"
        assert users.threads is not None
        raw = base64.urlsafe_b64encode(mail("From Google's library")).decode()
        users.messages().send(userId="me", body={"raw": raw, "threadId": one["threadId"]}).execute()
        media = MediaInMemoryUpload(mail("Uploaded"), mimetype="message/rfc822")
        users.messages().send(userId="me", body={}, media_body=media).execute()

    await asyncio.to_thread(read)
    subjects = {email.message_from_bytes(one.raw)["subject"] for one in box.box.mails.values() if one.folder == "sent"}
    assert subjects == {"Re: Where is it?", "From Google's library", "Uploaded"}


async def test_googles_library_signs_in(providers: Providers, box: CloudBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the sandbox speaks http, on this machine only
    base, facts = providers.urls["google"], CLIENTS["google"]
    addresses = {"auth_uri": f"{base}/o/oauth2/v2/auth", "token_uri": f"{base}/token"}
    config = {"web": {"client_id": facts.id, "client_secret": facts.secret, **addresses}}
    flow = Flow.from_client_config(config, scopes=list(GMAIL_SCOPES), redirect_uri="http://127.0.0.1:8080/api/oauth/callback")
    url, state = flow.authorization_url(access_type="offline", prompt="consent", login_hint=TEAM)
    async with httpx.AsyncClient() as browser:
        page = await browser.get(url)
        link = re.search(r'href="(http[^"]+address[^"]+)"', page.text)
        assert link
        back = (await browser.get(link[1].replace("&amp;", "&"))).headers["location"]
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    await asyncio.to_thread(flow.fetch_token, authorization_response=back)
    assert flow.credentials.refresh_token
    assert flow.credentials.token
    ours = parse_qs(urlsplit(_consent_url(box)).query)
    theirs = parse_qs(urlsplit(url).query)
    assert set(theirs) - set(ours) <= {"include_granted_scopes"}  # we ask with everything with which Google's own library asks
    assert all(ours[name] == theirs[name] for name in ("response_type", "client_id", "redirect_uri", "scope", "access_type", "prompt"))


def _consent_url(box: CloudBox) -> str:
    from innboks.sdk.contract import Consent

    consent = Consent(redirect_uri="http://127.0.0.1:8080/api/oauth/callback", state="s", verifier="v" * 64)
    return box.channel.consent_url(box.context(), consent)


async def test_every_request_of_ours_is_in_the_description(box: CloudBox) -> None:
    """Everything that the adapter does, and then each request looked up."""
    async with box.watched():
        await box.box.put(mail("one", Message_ID="<one@customer.example>"))
        await box.box.put(mail("elsewhere", Message_ID="<phone@tindra.example>"), "sent")
        await until(lambda: len(box.delivered) == 2)
    await box.channel.send(box.context(), outgoing(in_reply_to="one@customer.example"))
    await box.channel.send(box.context(), outgoing(message_id=4712, text="x" * 2_000_000))
    await box.channel.send(box.context(), outgoing(attempt=2))
    await cloud_mailbox.ledger(box.context(), cloud.mailbox_of(box.context()))
    assert await box.channel.from_addresses(box.context()) == [TEAM, "team-team@tindra.example"]
    await box.channel.disconnect(box.context())
    seen: set[str] = set()
    for request in box.provider.requests:
        if request.path not in ("token", "revoke"):
            name, problems = described(request)
            assert not problems, f"{request.method} {request.path}: {problems}"
            seen.add(name)
    assert seen >= {
        "gmail.users.getProfile",
        "gmail.users.history.list",
        "gmail.users.messages.list",
        "gmail.users.messages.get",
        "gmail.users.messages.send",
        "gmail.users.watch",
        "gmail.users.stop",
        "gmail.users.settings.sendAs.list",
    }


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published descriptions are not beside the project")
def test_the_librarys_description_is_the_published_one() -> None:
    published = json.loads(PUBLISHED.read_text())
    assert {one["id"] for one in _methods(published)} <= {one["id"] for one in _methods(DESCRIPTION)}
    assert published["schemas"]["Message"] == DESCRIPTION["schemas"]["Message"]


def test_the_judge_sees_what_is_wrong() -> None:
    wrong = [
        Request("GET", "gmail/v1/users/me/mails", {}, b""),
        Request("GET", "gmail/v1/users/me/messages", {}, b"", pairs=[("query", "x")]),
        Request("GET", "gmail/v1/users/me/messages/1", {}, b"", pairs=[("format", "eml")]),
        Request("POST", "gmail/v1/users/me/messages/send", {}, b'{"mail": "x"}'),
        Request("GET", "gmail/v1/users/me/history", {}, b"", pairs=[("maxResults", "many")]),
    ]
    assert all(described(request)[1] for request in wrong)


def described(request: Request) -> tuple[str, list[str]]:
    """(the method's id, what in the request does not stand in its description)."""
    is_upload = request.path.startswith("upload/")
    for method in _methods(DESCRIPTION):
        path = method.get("flatPath", method["path"])
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        if method["httpMethod"] == request.method and re.fullmatch(pattern, request.path.removeprefix("upload/")):
            break
    else:
        return "", ["no such method"]
    parameters = DESCRIPTION["parameters"] | method.get("parameters", {})
    said = [f"no parameter {name}" for name, _ in request.pairs if name not in parameters and not (is_upload and name == "uploadType")]
    for name, value in request.pairs:
        schema = parameters.get(name, {})
        if "enum" in schema and value not in schema["enum"]:
            said.append(f"{name} is not {value}")
        if schema.get("type") == "integer" and not value.isdecimal():
            said.append(f"{name} is no number")
        if not schema.get("repeated") and [one for one, _ in request.pairs].count(name) > 1:
            said.append(f"{name} is there more than once")
    if is_upload and not method.get("supportsMediaUpload"):
        said.append("takes no upload")
    if request.body and not is_upload:
        fields = DESCRIPTION["schemas"][method["request"]["$ref"]]["properties"] if "request" in method else {}
        said += [f"no field {name}" for name in json.loads(request.body) if name not in fields]
    return method["id"], said


def _methods(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(resource.get("methods", {}).values())
    for inner in resource.get("resources", {}).values():
        found += _methods(inner)
    return found

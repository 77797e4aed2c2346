"""Acceptance scenarios of the specification (section 26) that end a whole story, over the API, with mail through our own receiver and a real mail server.

Where a scenario is played already: 1 `test_personal_mailboxes.py`; 6 `test_notifications.py`; 10 `test_tickets.py`; 11 and 12 `core/test_tickets.py`; 13 to 37
belong to other channels; 43 `core/test_filters.py` (here over mail); 44 `test_roles_and_routes.py`. Here: 2 to 5, 7, 8, 9 and 43, and whom a conversation is
with (R-701 to R-704). In the browser: `email-scenarios`, `routing`, `filters`, `tickets` and `people` (44) of `web/e2e/`.
"""

import asyncio
import email
import email.policy
import smtplib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from innboks.channels.email.receiver import listen
from innboks.core.access import Actor
from innboks.core.channel_accounts.watch import RoadIn
from innboks.core.conversations.purge import SPAM_KEPT, empty_spam
from innboks.core.conversations.send import send
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from tests.api.conftest import PASSWORD, assert_problem, colleague, say
from tests.channels.email.scripted_smtp import ScriptedServer, scripted

TEAM = "support@x.example"


class Desk:
    """A team address, connected over the API."""

    def __init__(
        self, parts: Parts, account_id: int, api: httpx.AsyncClient, row: dict[str, Any], port: int, server: ScriptedServer
    ) -> None:
        self.parts, self.api, self.row, self.port, self.server = parts, api, row, port, server
        self.account_id = account_id
        self.where = f"/api/channel-accounts/{row['id']}"

    async def gets(self, sender: str, text: str = "Is the tent back?", subject: str = "The tent") -> dict[str, Any]:
        """A mail that begins a conversation. Returns that."""
        before = {one["id"] for one in await self.all()}
        raw = f"From: {sender}\nTo: {TEAM}\nSubject: {subject}\n\n{text}\n".encode()

        def talk() -> None:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
                client.sendmail("bounces@y.example", [self.row["hosted_address"]], raw)

        await asyncio.to_thread(talk)
        (begun,) = [one for one in await self.all() if one["id"] not in before]
        return begun

    async def all(self) -> list[dict[str, Any]]:
        found = []
        for view in ("all", "spam", "filtered"):
            found += (await self.api.get("/api/conversations", params={"view": view, "limit": 100})).json()["items"]
        return found

    async def person(self, name: str) -> str:
        new = {"name": name, "email": f"{name.split()[0].lower()}@x.example", "password": PASSWORD}
        made = await self.api.post("/api/users", json=new)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def rule(self, *user_ids: str, **more: Any) -> httpx.Response:
        rule = {"is_on": True, "targets": [{"type": "user", "id": one} for one in user_ids], **more}
        return await self.api.put(f"{self.where}/assignment", json=rule)

    async def answers(self, conversation: dict[str, Any], text: str = "It is.") -> EmailMessage:
        """Returns the mail that the customer got."""
        made = await self.api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "reply", "text": text, "hold_s": 0})
        assert made.status_code == 201, made.text
        await send(self.parts, self.account_id, int(made.json()["id"]), "test")
        assert (await self.api.get(f"/api/messages/{made.json()['id']}")).json()["state"] == "sent"
        mail = email.message_from_bytes(self.server.mails[-1], policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        return mail


@pytest.fixture
async def desk(parts: Parts, ada: Actor, api: httpx.AsyncClient) -> AsyncIterator[Desk]:
    async with scripted() as server:
        config = {"method": "forwarding", "address": TEAM, "company_name": "X Ltd", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        made = await api.post("/api/channel-accounts", json={"kind": "email", "name": "Support", "config": config})
        assert made.status_code == 201, made.text
        listener = await listen(RoadIn(parts), {"smtp": "127.0.0.1:0"})
        yield Desk(parts, ada.account_id, api, made.json(), listener.port, server)
        await listener.close()


async def test_2_a_mail_of_somebody_unknown_makes_a_contact_and_every_member_sees_it(
    desk: Desk, parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor
) -> None:
    """R-101, R-120."""
    begun = await desk.gets("Bob <bob@y.example>")
    assert (begun["status"], begun["contact"]["name"], begun["contact"]["address"]) == ("open", "Bob", "bob@y.example")
    contact = (await api.get(f"/api/contacts/{begun['contact']['id']}")).json()
    assert "bob@y.example" in str(contact)
    async with await colleague(parts, api, address, ada) as bo:
        assert [one["id"] for one in (await bo.get("/api/conversations")).json()["items"]] == [begun["id"]]
        messages = (await bo.get(f"/api/conversations/{begun['id']}/messages")).json()["items"]
        assert [one["text"] for one in messages] == ["Is the tent back?"]


async def test_3_to_5_who_is_away_or_has_no_seat_gets_nothing_from_a_rule(desk: Desk) -> None:
    """R-064, R-011."""
    one, two, away = [await desk.person(name) for name in ("Cy Here", "Di Here", "Ed Away")]
    no_seat = await desk.person("Flo Seatless")
    assert (await desk.api.patch(f"/api/users/{no_seat}", json={"can_receive": False})).status_code == 200
    assert_problem(await desk.rule(one, no_seat), 400, code="no_seat")
    assert (await desk.api.patch(f"/api/users/{away}/availability", json={"status": "away"})).status_code == 200
    assert (await desk.rule(one, two, away)).status_code == 200
    got = Counter([(await desk.gets(f"c{nth}@y.example"))["assignee_id"] for nth in range(30)])
    assert set(got) == {one, two}
    assert (await desk.rule(away)).status_code == 200
    assert (await desk.gets("late@y.example"))["assignee_id"] is None
    assert (await desk.rule(away, only_available=False)).status_code == 200
    assert (await desk.gets("later@y.example"))["assignee_id"] == away


async def test_7_what_a_colleague_forwards_belongs_to_its_first_sender_unless_that_is_switched_off(desk: Desk) -> None:
    """R-130, R-131, R-133."""
    text = "\n".join(
        (
            "Can somebody answer?",
            "",
            "---------- Forwarded message ---------",
            "From: Carl Kunde <carl@y.example>",
            "Date: Mon, 5 Jan 2026 at 09:00",
            "Subject: Broken pole",
            "To: Ann Agent <ann@x.example>",
            "",
            "My pole is broken.",
        )
    )
    forwarded = await desk.gets("Ann Agent <ann@x.example>", text, "Fwd: Broken pole")
    assert forwarded["contact"]["address"] == "carl@y.example"
    assert (await desk.answers(forwarded))["To"].addresses[0].addr_spec == "carl@y.example"
    off = await desk.api.patch(desk.where, json={"config": {"use_original_sender": False}})
    assert off.status_code == 200, off.text
    by_ann = await desk.gets("Ann Agent <ann@x.example>", text, "Fwd: Broken pole again")
    assert by_ann["contact"]["address"] == "ann@x.example"


async def test_8_and_9_the_customer_sees_the_from_name_and_the_signature_of_who_answers(desk: Desk) -> None:
    """R-111, R-114; that Microsoft 365 has no from name, R-112, is in `channels/email/test_microsoft.py`."""
    begun = await desk.gets("bob@y.example")
    assert (await desk.answers(begun))["From"] == f"Ada Example at X Ltd <{TEAM}>"
    config = {"from_name_mode": "company", "signature_html": "<p>{{full_name}} | {{first_name}} | {{last_name}}</p>"}
    assert (await desk.api.patch(desk.where, json={"config": config})).status_code == 200
    mail = await desk.answers(begun, "And the pole, too.")
    assert mail["From"] == f"X Ltd <{TEAM}>"
    html = mail.get_body(("html",))
    assert html is not None
    assert "Ada Example | Ada | Example" in html.get_content()


async def test_43_who_is_on_the_deny_list_is_spam_and_nothing_else(desk: Desk, clock: FakeClock) -> None:
    """R-800, R-801, R-804."""
    cy = await desk.person("Cy Here")
    assert (await desk.rule(cy, only_available=False)).status_code == 200
    assert (await desk.api.post("/api/listed-senders", json={"list": "deny", "text": "y.example"})).status_code in (200, 201)
    begun = await desk.gets("Bob <bob@y.example>")
    assert (begun["is_spam"], begun["spam_reason"], begun["assignee_id"]) == (True, "denied", None)
    assert (await desk.api.get("/api/contacts")).json()["items"] == []
    assert (await desk.api.get("/api/conversations")).json()["items"] == []
    clock.advance(step=SPAM_KEPT + timedelta(seconds=1))
    assert await empty_spam(desk.parts) == 1
    assert await desk.all() == []


@pytest.mark.parametrize("listed", ["xn--strae-oqa.example", "straße.example", "Leo@XN--STRAE-OQA.example"])
async def test_43_a_denied_domain_is_denied_in_both_of_its_spellings(desk: Desk, listed: str) -> None:
    """R-800, with a letter that the older form of such names did not have (RFC 5891)."""
    assert (await desk.api.post("/api/listed-senders", json={"list": "deny", "text": listed})).json()["bad"] == []
    for sender in ("leo@xn--strae-oqa.example", "Leo <LEO@xn--strae-oqa.example>"):
        assert (await desk.gets(sender, text=sender))["spam_reason"] == "denied"
    assert (await desk.gets("leo@strasse.example"))["spam_reason"] is None, "another domain"


async def test_whoever_writes_is_a_contact_and_what_is_kept_out_has_a_visitor_only(desk: Desk, api: httpx.AsyncClient) -> None:
    """R-701, R-702: a conversation always says whom it is with. Whom nobody knows is an address that cannot be looked up among contacts, until a person or
    a release makes a contact of it."""
    known = await desk.gets("Bob <bob@y.example>", text="Mail 1")
    assert (await api.get(f"/api/contacts/{known['contact']['id']}")).status_code == 200
    assert (await api.post("/api/listed-senders", json={"list": "deny", "text": "spam.example"})).status_code in (200, 201)
    visitor = await desk.gets("Mallory <m@spam.example>", text="Mail 2")
    assert visitor["contact"] == {"id": None, "name": "", "address": "m@spam.example"}
    found = await api.get("/api/contacts", params={"q": "spam.example"})
    assert found.json()["items"] == []
    released = (await api.patch(f"/api/conversations/{visitor['id']}", json={"is_spam": False})).json()
    assert (released["contact"]["name"], released["contact"]["id"] is not None) == ("Mallory", True)
    assert (await api.get(f"/api/contacts/{released['contact']['id']}")).status_code == 200


async def test_a_contact_without_a_name_gets_the_one_they_sign_with_and_keeps_it(desk: Desk, api: httpx.AsyncClient) -> None:
    """R-703."""
    first = await desk.gets("bob@y.example", text="Mail 3")
    who = first["contact"]["id"]
    assert first["contact"]["name"] == ""
    second = await desk.gets("Bob Berg <bob@y.example>", text="Mail 4")
    assert (second["contact"]["id"], second["contact"]["name"]) == (who, "Bob Berg")
    assert (await api.get(f"/api/conversations/{first['id']}")).json()["contact"]["name"] == "Bob Berg"
    third = await desk.gets('"B. B., Sales" <bob@y.example>', text="Mail 5")
    assert third["contact"]["name"] == "Bob Berg", "what is there is not written over"
    line = (await api.get(f"/api/contacts/{who}/timeline")).json()["items"]
    assert [one["change"]["data"] for one in line if one.get("change")] == [{"from": "", "to": "Bob Berg"}], "and the timeline says so once"
    assert (await api.patch(f"/api/contacts/{who}", json={"name": "Robert"})).status_code == 200
    assert (await desk.gets("Bob Berg <bob@y.example>", text="Mail 6"))["contact"]["name"] == "Robert"


async def test_a_contact_is_known_by_each_of_their_addresses(desk: Desk, api: httpx.AsyncClient) -> None:
    """R-704: a mail address however it is written, and those that were added; what only one channel account knows is known on that one alone."""
    who = (await desk.gets("Bob <bob@y.example>", text="Mail 7"))["contact"]["id"]
    assert (await desk.gets("Bob <BOB@Y.Example>", text="Mail 8"))["contact"]["id"] == who
    added = await api.post(f"/api/contacts/{who}/identities", json={"type": "email", "value": "bob@home.example"})
    assert added.status_code == 200, added.text
    assert (await desk.gets("Bob at home <bob@home.example>", text="Mail 9"))["contact"]["id"] == who
    assert (await desk.gets("Bo <b0b@y.example>", text="Mail 10"))["contact"]["id"] != who
    seen = set()
    for room in ("lobby", "garden"):
        echo = {"kind": "echo", "name": room, "config": {"room": room}}
        row = (await api.post("/api/channel-accounts", json=echo)).json()
        for nth in (1, 2):
            assert (await say(api, row, "Hello", sender="bob@y.example", id=f"{room}{nth}")).status_code == 200
        seen |= {one["contact"]["id"] for one in await desk.all() if one["channel_account_id"] == row["id"]}
    assert len(seen) == 2
    assert who not in seen

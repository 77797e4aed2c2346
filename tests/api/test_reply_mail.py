"""What the mail of an answer says about where answers go: the address for replies of a connection, and whom an answer to all goes to."""

import asyncio
import smtplib
from typing import Any

import httpx
import pytest

from tests.api.conftest import assert_problem
from tests.api.test_scenarios import TEAM, Desk, desk  # noqa: F401 - a fixture


async def test_the_address_for_replies_stands_in_the_mail_until_it_is_cleared(desk: Desk, api: httpx.AsyncClient) -> None:  # noqa: F811
    one = await desk.gets("Bob <bob@y.example>")
    by_itself = (await desk.answers(one))["Reply-To"]
    assert by_itself is None or by_itself.addresses[0].addr_spec != "help@x.example"
    changed = await api.patch(desk.where, json={"config": {"reply_to": " Help@X.example "}})
    assert changed.status_code == 200, changed.text
    assert changed.json()["config"]["reply_to"].lower() == "help@x.example"
    mail = await desk.answers(one)
    assert [each.addr_spec.lower() for each in mail["Reply-To"].addresses] == ["help@x.example"]
    assert len(mail.get_all("Reply-To", [])) == 1
    assert mail["From"].addresses[0].addr_spec == TEAM
    assert (await api.patch(desk.where, json={"config": {"reply_to": ""}})).json()["config"]["reply_to"] == ""
    assert (await desk.answers(one))["Reply-To"] == by_itself


@pytest.mark.parametrize(
    "wrong",
    [
        "help@x.example\r\nBcc: everybody@x.example",
        "help@x.example\nX: y",
        "help@x.example\r",
        "help@x.example, second@x.example",
        "Help <help@x.example>",
        "help",
        "help@x.example>",
        "a" * 400 + "@x.example",
        "help@x.example\x00",
    ],
)
async def test_what_is_no_single_address_is_refused_and_changes_nothing(desk: Desk, api: httpx.AsyncClient, wrong: str) -> None:  # noqa: F811
    one = await desk.gets("Bob <bob@y.example>")
    assert (await api.patch(desk.where, json={"config": {"reply_to": "help@x.example"}})).status_code == 200
    answer = await api.patch(desk.where, json={"config": {"reply_to": wrong}})
    if answer.status_code == 200:  # spaces and line ends around an address are no part of it
        assert wrong.strip() == "help@x.example"
    else:
        assert_problem(answer, 400)
    mail = await desk.answers(one)
    assert [each.addr_spec for each in mail["Reply-To"].addresses] == ["help@x.example"]
    assert (mail["Bcc"], mail["X"]) == (None, None)


async def test_an_answer_keeps_everybody_who_was_in_copy(desk: Desk, api: httpx.AsyncClient) -> None:  # noqa: F811
    """R-126: To and Cc of the newest mail from outside, none of our own addresses, nobody twice; and whom somebody typed instead."""

    async def mail(sender: str, to: str, cc: str, more: str = "") -> None:
        raw = f"From: {sender}\nTo: {to}\nCc: {cc}\nSubject: The tent\n{more}\nIs it back?\n".encode()

        def talk() -> None:
            with smtplib.SMTP("127.0.0.1", desk.port, timeout=60) as client:
                client.sendmail("bounces@y.example", [desk.row["hosted_address"]], raw)

        await asyncio.to_thread(talk)

    everybody = "Mia <mia@y.example>, BOB@y.example, Support <SUPPORT@x.example>"
    await mail("Bob <bob@y.example>", f"{TEAM}, ida@y.example", everybody, "Message-ID: <one@y.example>\n")
    (one,) = await desk.all()
    first = await desk.answers(one)
    assert addresses(first, "To") == ["bob@y.example"]
    assert addresses(first, "Cc") == ["ida@y.example", "mia@y.example"]
    begun = max(nth for nth, line in enumerate(desk.server.commands) if line.startswith("MAIL FROM"))
    named = [line.partition("<")[2].partition(">")[0] for line in desk.server.commands[begun:] if line.startswith("RCPT TO")]
    assert sorted(named) == ["bob@y.example", "ida@y.example", "mia@y.example"]
    (stored,) = [each for each in (await api.get(f"/api/conversations/{one['id']}/messages")).json()["items"] if each["direction"] == "out"]
    assert {(each["address"], each["role"]) for each in stored["recipients"]} == {
        ("bob@y.example", "to"),
        ("ida@y.example", "cc"),
        ("mia@y.example", "cc"),
    }
    # Whoever was in copy answers, and somebody new is in copy: they are who takes part now.
    await mail("Mia <mia@y.example>", TEAM, "bob@y.example, kim@y.example", f"In-Reply-To: {first['Message-ID']}\n")
    assert [each["id"] for each in await desk.all()] == [one["id"]]
    second = await desk.answers(one)
    assert addresses(second, "To") == ["mia@y.example"]
    assert addresses(second, "Cc") == ["bob@y.example", "kim@y.example"]
    where = f"/api/conversations/{one['id']}/messages"
    typed = {"type": "reply", "text": "Only you", "hold_s": 0, "to": ["bob@y.example"], "cc": [], "bcc": ["boss@x.example"]}
    made: dict[str, Any] = (await api.post(where, json=typed)).json()
    assert {(each["address"], each["role"]) for each in made["recipients"]} == {("bob@y.example", "to"), ("boss@x.example", "bcc")}


def addresses(mail: Any, field: str) -> list[str]:
    return sorted(one.addr_spec for one in mail[field].addresses)

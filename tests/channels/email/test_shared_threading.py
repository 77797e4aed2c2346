"""Which conversation a mail joins: cases of our own, and those from other projects' tests where they lie beside the project, delivered by the road in to a real
database.

Other products may also look for a number in the subject, read the body, or refuse what comes after closing. Ours never does (R-121, R-123),
so cases that switch such a policy on, or depend on it, are left out by `_is_ours`; all others count.
"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from innboks.app import build_parts
from innboks.channels.email import own
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations import store as conversations
from innboks.core.conversations.receive import receive
from innboks.core.inboxes.inboxes import create_inbox
from innboks.core.messages import store as messages
from innboks.core.parts import Parts
from innboks.sdk.contract import Delivered, Inbound

OWN = Path(__file__).parent / "threading_cases"
SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "email"
HOME = "team@team.example"


def _is_ours(case: dict[str, Any], folder: Path) -> bool:
    config = case.get("config") or {}
    if "headers" not in config.get("match_in", ["headers"]) or config.get("follow_up_on_closed", "join") != "join":
        return False
    if any("subject_reference" in step or "plus_token" in step for step in case["expect"]["steps"]):
        return False
    has_token = any("{{TOKEN}}" in (folder / raw).read_text("latin-1") for raw in case["raw"])
    return not has_token and config.get("subject_token") != "on"


def _cases(folder: Path) -> list[dict[str, Any]]:
    """Those of a folder, with where they lie."""
    file = folder / "threading.json"
    found = json.loads(file.read_text())["cases"] if file.is_file() else []
    return [case | {"folder": folder} for case in found if _is_ours(case, folder)]


FOUND = [*_cases(OWN), *_cases(SHARED)]


class Place:
    """One account with an inbox for each address of the case, and what was there before."""

    def __init__(self, parts: Parts, actor: Actor, case: dict[str, Any]) -> None:
        self.parts, self.actor, self.case = parts, actor, case
        self.rows: dict[str, ChannelAccount] = {}
        self.conversations: dict[str, int] = {}
        self.count = 0

    async def channel(self, address: str) -> ChannelAccount:
        if address not in self.rows:
            inbox = await create_inbox(self.parts, self.actor, address)
            self.actor = await first_admin(self.parts) or self.actor  # who may read the new inbox now
            self.rows[address] = await connect(self.parts, self.actor, "email", address, inbox.id, {"address": address})
        return self.rows[address]

    async def deliver(self, address: str, raw: bytes, **headers: str) -> Delivered:
        row = await self.channel(address)
        return await receive(
            self.parts, row.account_id, row.id, Inbound(body=raw, headers={key.replace("_", "-"): value for key, value in headers.items()})
        )

    async def conversation_of(self, delivered: Delivered) -> int | None:
        if not delivered.message_ids:
            return None
        async with self.parts.db.connection() as conn:
            placed = await messages.place_of(conn, self.actor.account_id, delivered.message_ids[0])
        return placed.conversation_id if placed else None

    async def set_up(self, home: str) -> None:
        for one in self.case.get("existing", []):
            address = one.get("channel", home)
            customer = (one.get("participants") or ["customer@elsewhere.example"])[0]
            opening = f"begin-{one['id']}@elsewhere.example"
            first = await self.deliver(address, self._mail(customer, address, opening, subject=one.get("subject", "Beginning")))
            found = await self.conversation_of(first)
            assert found is not None
            self.conversations[one["id"]] = found
            for message in one["messages"]:
                sent = message.get("direction") == "out"
                people = (address, customer) if sent else (customer, address)
                id = message["message_id"].replace("{{OUTGOING_MESSAGE_ID}}", "an-answer@team.example")
                raw = self._mail(*people, id, answers=opening)
                delivered = await self.deliver(address, raw, **({"folder_role": "sent"} if sent else {}))
                assert await self.conversation_of(delivered) == found
            if str(one.get("state", "open")).startswith("closed"):
                async with self.parts.db.transaction() as conn:
                    await conversations.update(conn, self.actor.account_id, found, {"status": "closed"})

    def _mail(self, sender: str, to: str, id: str, *, answers: str = "", subject: str = "Before") -> bytes:
        self.count += 1
        answered = f"In-Reply-To: <{answers}>\r\n" if answers else ""
        return f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{answered}\r\nBefore {self.count}.\r\n".encode()

    async def filled_in(self, raw: bytes, home: str) -> bytes:
        row = await self.channel(home)
        connected = await self.parts.directory.find(self.parts, row.account_id, row.id)
        address = own.reply_address(connected.context, self.conversations.get("C1", 0)) or ""

        def reply_address(found: re.Match[str]) -> str:
            local, _, domain = address.partition("@")
            name, _, token = local.partition("+")
            return {
                "": address,
                "upper_domain": f"{local}@{domain.upper()}",
                "unknown_token": f"{name}+{token[::-1]}@{domain}",
                "malformed_token": f"{name}+x@{domain}",
                "other_localpart": f"somebody+{token}@elsewhere.example",
                "token_with_suffix_-extra": f"{local}-extra@{domain}",
            }[found[1] or ""]

        text = raw.decode("latin-1").replace("{{OUTGOING_MESSAGE_ID}}", "an-answer@team.example")
        return re.sub(r"\{\{REPLY_ADDRESS(?::([^}]+))?\}\}", reply_address, text).encode("latin-1")


@pytest.fixture
async def parts(settings: Settings, dsn: str) -> AsyncIterator[Parts]:
    async with build_parts(settings, dsn, "worker") as built:
        yield built


async def test_every_mail_joins_the_conversation_it_belongs_to(parts: Parts, case: dict[str, Any]) -> None:
    await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
    actor = await first_admin(parts)
    assert actor is not None
    config = case.get("config") or {}
    addresses = [one["channel"] for one in case.get("existing", []) if "channel" in one]
    home = config.get("delivered_to_channel") or next(iter(config.get("channels", addresses)), HOME)
    place = Place(parts, actor, case)
    await place.set_up(home)
    went: list[int | None] = []
    for file, step in zip(case["raw"], case["expect"]["steps"], strict=True):
        delivered = await place.deliver(home, await place.filled_in((case["folder"] / file).read_bytes(), home))
        went.append(await place.conversation_of(delivered))
        _check(step, delivered, went, place.conversations)
        if "state_after" in step:
            async with parts.db.connection() as conn:
                row = await conversations.get(conn, actor.account_id, place.conversations["C1"])
            assert row is not None
            assert row.status == step["state_after"]


def _check(step: dict[str, Any], delivered: Delivered, went: list[int | None], known: dict[str, int]) -> None:
    if "ignored" in step:
        assert delivered.fate in ("duplicate", "ignored")
        return
    assert went[-1] is not None, delivered
    wanted = step.get("conversation")
    if wanted == "new":
        assert went[-1] not in (*known.values(), *went[:-1])
    elif wanted is not None:
        assert went[-1] == (went[int(wanted[4:]) - 1] if wanted.startswith("step") else known[wanted])
    if "conversation_not" in step:
        assert went[-1] != known[step["conversation_not"]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("case", FOUND, ids=[case["id"] for case in FOUND])

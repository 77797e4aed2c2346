"""A real mailbox through the whole product: connected, watched, on the road in, in the ledger; and what a mailbox's odd days do to conversations."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from innboks.app import TRIALS_AT_ONCE, build_parts
from innboks.channels.email import connecting
from innboks.channels.email.connecting import RECEIVING, SENDING
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import first_admin
from innboks.core.accounts.setup import create_first_account
from innboks.core.channel_accounts.connect import change_channel_account, connect, get_channel_account, list_channel_accounts
from innboks.core.channel_accounts.ledger import Ledger, ledger, request_backfill
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.channel_accounts.preview import Sample, from_addresses, send_preview
from innboks.core.channel_accounts.trials import Tried, try_settings
from innboks.core.channel_accounts.watch import watch_all
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import get_message, list_conversations, list_messages
from innboks.core.conversations.receive import receive
from innboks.core.conversations.send import send
from innboks.core.conversations.write import write
from innboks.core.deliveries.glimpse import glimpses
from innboks.core.deliveries.replay import list_deliveries, readable_delivery, replay
from innboks.core.parts import Parts
from innboks.errors import Conflict, Forbidden, Invalid, TooMany
from innboks.sdk.contract import Inbound
from tests.channels.email.dovecot import USER, Dovecot
from tests.channels.email.scripted_smtp import HANG, ScriptedServer, letting_in
from tests.waiting import until

DAY = 86400


class Team:
    """An account with one mailbox."""

    def __init__(self, parts: Parts, actor: Actor, mailbox: Dovecot, smtp: ScriptedServer) -> None:
        self.parts, self.actor, self.mailbox, self.smtp = parts, actor, mailbox, smtp
        self.row: ChannelAccount | None = None

    async def connects(self, **config: Any) -> ChannelAccount:
        self.row = await connect(self.parts, self.actor, "email", "Team", None, {**self.mailbox.config(self.smtp.port), **config})
        return self.row

    async def books(self) -> Ledger:
        assert self.row is not None
        return await ledger(self.parts, self.actor, self.row.id)

    async def subjects(self) -> list[str]:
        page = await list_conversations(self.parts, self.actor)
        return sorted(str(one.subject) for one in page.items)


@pytest.fixture
async def team(settings: Settings, dsn: str, server: Dovecot) -> AsyncIterator[Team]:
    async with build_parts(settings, dsn, "worker") as parts, letting_in() as smtp:
        await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
        actor = await first_admin(parts)
        assert actor is not None
        yield Team(parts, actor, server, smtp)


def mail(subject: str, sender: str = "leo@customer.example", **headers: str) -> bytes:
    lines = [
        f"From: {sender}",
        "To: team@team.example",
        f"Subject: {subject}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", f"About {subject}.", ""]).encode()


async def test_from_the_mailbox_to_the_list_and_the_answer_to_the_sent_folder(team: Team, watching: None) -> None:
    team.mailbox.put(mail("long ago"), at=time.time() - 3 * DAY)
    await team.connects()
    team.mailbox.put(mail("Where is it", Message_ID="<first@customer.example>"))

    async def is_there() -> bool:
        return await team.subjects() == ["Where is it"]

    await until(is_there)
    (conversation,) = (await list_conversations(team.parts, team.actor)).items
    answer, _ = await write(team.parts, team.actor, conversation.id, NewMessage(type="reply", text="On its way."))
    await send(team.parts, answer.account_id, answer.id, worker="test")
    assert (await get_message(team.parts, team.actor, answer.id)).state == "sent"
    (copy,) = [path for part in ("new", "cur") for path in (team.mailbox.mail / ".Sent" / part).iterdir()]
    assert copy.read_bytes().replace(b"\r\n", b"\n") == team.smtp.mails[0].removesuffix(b".\r\n").replace(b"\r\n", b"\n")

    team.mailbox.put(
        mail("Re: Where is it", USER, In_Reply_To="<first@customer.example>").replace(b"To: team@team", b"To: leo@customer", 1), "Sent"
    )
    began = time.monotonic()
    team.mailbox.put(mail("Re: Where is it", In_Reply_To="<first@customer.example>", Message_ID="<second@customer.example>"))

    async def directions() -> list[str]:
        """Of the mails; what the thread says of assignments is no mail."""
        thread = (await list_messages(team.parts, team.actor, conversation.id)).items
        return sorted(one.direction for one in thread if one.direction != "none")

    async def is_in_the_thread() -> bool:
        return await directions() == ["in", "in", "out", "out"]

    await until(is_in_the_thread)
    assert time.monotonic() - began < 15  # the figure is about 1.5 s; a busy machine may take longer
    told = await team.books()
    assert (told.on_server, told.stored, told.quarantined, told.gap) == (3, 3, 0, 0)


async def test_new_uids_double_nothing_and_the_past_can_be_filled(team: Team, watching: None) -> None:
    # Whole days lie on both sides of the chosen day: it is a date, and tests run at any hour.
    for nth, days_ago in enumerate((32, 29, 28)):
        team.mailbox.put(mail(f"past {nth}", f"past{nth}@customer.example"), at=time.time() - days_ago * DAY)
    row = await team.connects()
    team.mailbox.put(mail("one", "one@customer.example"))
    team.mailbox.put(b"Subject: nobody wrote this\r\n\r\nHello\r\n")
    team.mailbox.put(mail("two", "two@customer.example"))

    async def is_complete() -> bool:
        told = await team.books()
        return (told.on_server, told.stored, told.quarantined, told.gap) == (3, 2, 1, 0)

    await until(is_complete)
    team.mailbox.stop()
    team.mailbox.renew_uids()
    team.mailbox.put(mail("three", "three@customer.example"))
    team.mailbox.start()

    async def is_complete_again() -> bool:
        told = await team.books()
        return (told.on_server, told.stored, told.quarantined, told.gap) == (4, 3, 1, 0)

    await until(is_complete_again)
    assert await team.subjects() == ["one", "three", "two"]

    since = (datetime.now(UTC) - timedelta(days=30)).date()
    assert (await request_backfill(team.parts, team.actor, row.id, since))["state"] == "waiting"

    async def is_filled() -> bool:
        told = await team.books()
        return told.backfill is not None and told.backfill["state"] == "done"

    await until(is_filled)
    # What was there before the connection has been dealt with: it comes in closed.
    assert await team.subjects() == ["one", "three", "two"]
    closed = (await list_conversations(team.parts, team.actor, view="closed")).items
    assert sorted(str(one.subject) for one in closed) == ["past 1", "past 2"]
    told = await team.books()
    assert (told.on_server, told.stored, told.quarantined, told.gap) == (6, 5, 1, 0)
    past = next(one for one in closed if one.subject == "past 1")
    assert past.last_message_at is not None
    assert abs(past.last_message_at.timestamp() - (time.time() - 29 * DAY)) < 600
    assert not [flags for flags in team.mailbox.flags().values() if "S" in flags]


async def test_a_blind_copy_in_the_mailbox_and_the_same_mail_by_forwarding_are_one(team: Team, watching: None) -> None:
    """The address of the mailbox stands in no header; and an address of the same inbox, in copy, is forwarded to us."""
    row = await team.connects()
    config = {"address": "repairs@team.example", "company_name": "Repairs", "smtp_host": "127.0.0.1", "smtp_port": team.smtp.port}
    forwarded = await connect(team.parts, team.actor, "email", "Repairs", row.inbox_id, config)
    raw = mail("For your eyes", Cc="repairs@team.example", Message_ID="<hidden@customer.example>").replace(b"team@team", b"mia@partner")
    assert USER.encode() not in raw
    team.mailbox.put(raw)

    async def is_there() -> bool:
        return (await team.books()).stored == 1

    await until(is_there)
    hosted = Inbound(body=raw, headers={"rcpt-to": str(forwarded.hosted_address)})
    assert (await receive(team.parts, row.account_id, forwarded.id, hosted)).fate == "duplicate"
    (conversation,) = (await list_conversations(team.parts, team.actor)).items
    (message,) = [one for one in (await list_messages(team.parts, team.actor, conversation.id)).items if one.type == "message"]
    assert [(one.role, one.address) for one in message.recipients] == [("to", "mia@partner.example"), ("cc", "repairs@team.example")]
    told = await team.books()
    assert (told.on_server, told.stored, told.quarantined, told.gap) == (1, 1, 0, 0)


async def test_why_a_mailbox_cannot_be_watched_stands_in_the_log(team: Team, log_lines: io.StringIO) -> None:
    row = await team.connects()
    async with team.parts.db.connection() as conn:  # as with another INNBOKS_SECRET
        await conn.execute("update channel_account set config_sealed = '\\x00' where id = %s", (row.id,))
    watching = asyncio.create_task(watch_all(team.parts))

    async def is_told() -> bool:
        return f'"channel_account": {row.id}' in next((one for one in log_lines.getvalue().splitlines() if "cannot watch" in one), "")

    await until(is_told)
    watching.cancel()
    await asyncio.wait([watching])


async def test_a_stored_password_goes_to_no_other_server(team: Team) -> None:
    """Nobody is shown it, so an admin cannot have it sent to a server of theirs; nor by a preview that is sent."""
    row = await team.connects()
    async with letting_in() as other:
        elsewhere = {"smtp_host": "localhost", "smtp_port": other.port}
        for config in ({"imap_host": "localhost"}, elsewhere, {**elsewhere, "imap_password": ""}):
            with pytest.raises(Invalid) as refused:
                await change_channel_account(team.parts, team.actor, row.id, config=config)
            assert (refused.value.field, refused.value.code) == ("config.imap_password", "secret_needed")
        with pytest.raises(Invalid):
            await send_preview(team.parts, team.actor, row.id, Sample(subject="x", text="x", config=elsewhere))
        assert other.commands == []
        await change_channel_account(team.parts, team.actor, row.id, config={"imap_host": "127.0.0.1 ", "company_name": "Tindra"})
        await change_channel_account(team.parts, team.actor, row.id, config={**elsewhere, "smtp_password": "typed"})
        assert other.commands != []
    with pytest.raises(Invalid) as refused:  # by now it has one of its own
        await change_channel_account(team.parts, team.actor, row.id, config={"smtp_host": "127.0.0.1"})
    assert refused.value.field == "config.smtp_password"


async def test_a_wrong_password_is_refused_with_its_field_and_a_changed_one_turns_red(team: Team, watching: None) -> None:
    with pytest.raises(Invalid) as refused:
        await team.connects(imap_password="wrong")
    assert refused.value.field == "imap_password"
    row = await team.connects()
    (team.mailbox.home / "users").write_text(f"{USER}:{{PLAIN}}changed\n")
    team.mailbox.stop()
    team.mailbox.start()

    async def is_red() -> bool:
        now = await get_channel_account(team.parts, team.actor, row.id)
        return not now.is_authorized and now.health.get("state") == "broken" and bool(now.health.get("action"))

    await until(is_red)


async def test_each_server_is_tried_before_connecting_and_nothing_is_kept(team: Team) -> None:
    async def tried(what: str, **config: Any) -> Tried:
        return await try_settings(team.parts, team.actor, "email", what, {**team.mailbox.config(team.smtp.port), **config})

    team.mailbox.put(mail("here already"))
    assert [(one.name, one.state) for one in (await tried(RECEIVING)).found] == [("Signed in to IMAP", "ok"), ("Opened the INBOX", "ok")]
    sending = await tried(SENDING)
    assert (sending.is_ok, [one.name for one in sending.found]) == (True, ["Signed in to SMTP", f"It takes mail from {USER}"])
    assert team.smtp.mails == []
    wrong = await tried(RECEIVING, imap_password="wrong")
    assert (wrong.is_ok, wrong.field) == (False, "imap_password")
    assert "refused the user name or password. Enter them again" in wrong.sentence
    team.smtp.answers["MAIL"] = "553 5.7.1 not yours"
    assert (await tried(SENDING)).field == "address"
    team.smtp.answers["EHLO"] = HANG
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "LIMIT_S", 0.2)
        silent = await tried(SENDING)
    assert (silent.is_ok, silent.field) == (False, "smtp_host")
    assert "did not answer in time" in silent.sentence
    for what in (RECEIVING, SENDING):  # as for connecting: the machine's own link is never called
        secret = await tried(what, imap_host="169.254.169.254", smtp_host="169.254.169.254")
        assert not secret.is_ok
        assert "at an address that is never called" in secret.sentence
    assert [one.kind for one in await list_channel_accounts(team.parts, team.actor) if not one.is_fallback] == []
    with pytest.raises(Forbidden):
        await try_settings(
            team.parts,
            msgspec.structs.replace(team.actor, permissions=frozenset()),
            "email",
            RECEIVING,
            team.mailbox.config(team.smtp.port),
        )
    with pytest.raises(TooMany):
        for _ in range(TRIALS_AT_ONCE):
            await tried(SENDING, smtp_host="169.254.169.254")


async def test_an_alias_of_a_mailbox_is_what_answers_come_from_when_its_server_takes_it(team: Team) -> None:
    """R-150: no server tells its aliases, so the one that is typed is asked about."""
    row = await team.connects(company_name="Tindra", imap_user=USER)
    alias = "help@tindra.example"
    assert await from_addresses(team.parts, team.actor, row.id) == [USER]
    team.smtp.answers[f"MAIL FROM:<{alias}"] = "553 5.7.1 not yours"
    with pytest.raises(Invalid) as refused:
        await change_channel_account(team.parts, team.actor, row.id, config={"from_address": alias})
    assert refused.value.field == "from_address"
    del team.smtp.answers[f"MAIL FROM:<{alias}"]
    await change_channel_account(team.parts, team.actor, row.id, config={"from_address": alias.upper()})
    assert await from_addresses(team.parts, team.actor, row.id) == [USER, alias]
    sample = Sample(subject="Hello", text="As a customer gets it.")
    await send_preview(team.parts, team.actor, row.id, sample)
    assert f"<{alias}>".encode() in team.smtp.mails[-1]
    assert any(line.upper().startswith(f"MAIL FROM:<{alias.upper()}>") for line in team.smtp.commands)


async def test_of_a_mail_over_the_limit_the_header_waits_in_quarantine_until_the_limit_is_raised(
    settings: Settings, dsn: str, server: Dovecot
) -> None:
    async with letting_in() as smtp:
        async with build_parts(msgspec.structs.replace(settings, mail_size=2**20), dsn, "worker") as parts:
            await create_first_account(parts, "Team", "Ada Example", "ada@team.example", "a long enough password")
            actor = await first_admin(parts)
            assert actor is not None
            team = Team(parts, actor, server, smtp)
            watching = asyncio.create_task(watch_all(parts))
            await team.connects()
            server.folder("Projects")
            # Far over the limit it is not fetched at all; a little over, only the size that the server tells could be wrong.
            paths = {
                subject: server.put(mail(subject) + b"x" * 76 * int(megabytes * 2**20 / 76))
                for subject, megabytes in (("Film", 2.9), ("Slides", 1.5))
            }
            server.put(mail("Small"))

            async def are_there() -> bool:
                return len((await list_deliveries(parts, actor, None, None, 10)).items) == 2 and await team.subjects() == ["Small"]

            await until(are_there)
            found = (await list_deliveries(parts, actor, "quarantined", None, 10)).items
            told = {one.subject: (one.sender, row) for one, row in zip(await glimpses(parts, found), found, strict=True)}
            assert {name: sender for name, (sender, _) in told.items()} == dict.fromkeys(("Film", "Slides"), "leo@customer.example")
            film = told["Film"][1]
            assert film.reason.startswith("This mail is 3 MB, over the limit of 1 MB. Open it in the mailbox")
            assert (film.code, film.size < 1000) == ("too_large", True)
            books = await team.books()
            assert (books.on_server, books.stored, books.quarantined, books.gap) == (3, 1, 2, 0)
            again = await replay(parts, actor, film.id)
            assert (again.id, again.fate, again.code) == (film.id, "quarantined", "too_large")
            server.move(paths["Film"].name, "Projects")  # a person tidies up, in another program

            async def is_seen_there() -> bool:
                return (await readable_delivery(parts, actor, film.id)).envelope["headers"]["folder"] == "Projects"

            await until(is_seen_there)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        async with build_parts(settings, dsn, "worker") as parts:
            team.parts = parts
            for _, one in told.values():
                assert (await replay(parts, actor, one.id)).fate == "handled"
                with pytest.raises(Conflict):
                    await replay(parts, actor, one.id)
            assert await team.subjects() == ["Film", "Slides", "Small"]
            books = await team.books()
            assert (books.on_server, books.stored, books.quarantined, books.gap) == (3, 3, 0, 0)

"""Mail from a real mailbox (Dovecot): every mail once and in order, whatever happened to connection, folders, UIDs and the mails themselves."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from innboks.channels.email import mailbox, own
from innboks.channels.email.imap_session import Session
from innboks.channels.email.mailbox import Pace
from innboks.channels.email.settings import Config, incoming_server
from innboks.errors import Broken, Retry
from innboks.sdk.contract import Context
from tests.channels.email.context import World
from tests.channels.email.dovecot import USER, Dovecot
from tests.channels.email.test_receiver import self_signed
from tests.waiting import until

QUICK = Pace(look_s=0.5, poll_s=0.3, retry_s=0.05, retry_most_s=0.3, broken_s=0.2, broken_most_s=0.5, full_after_break_s=0)
HOUR, DAY = 3600, 86400


class Mailbox(World):
    """The product's side: what was delivered, the state that outlives a restart, and a watcher to switch on and off."""

    def __init__(self, server: Dovecot, **config: Any) -> None:
        super().__init__(Config(**{**server.config(smtp_port=9), **config}))
        self.connected_at = datetime.now(UTC)

    def context(self) -> Context:
        plain = super().context()
        return msgspec.structs.replace(plain, ref=msgspec.structs.replace(plain.ref, connected_at=self.connected_at))

    @asynccontextmanager
    async def watched(self, pace: Pace = QUICK) -> AsyncIterator[None]:
        task = asyncio.create_task(mailbox.watch(self.context(), pace))
        try:
            await until(lambda: task.done() or bool(self.health))
            yield
            assert not task.done(), task.exception() if not task.cancelled() else "cancelled"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def subjects(self) -> list[str]:
        return [one.body.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for one in self.delivered]


def mail(subject: str, size: int = 200) -> bytes:
    filling = (b"x" * 76 + b"\r\n") * max(1, size // 78)
    return b"From: Leo <leo@customer.example>\r\nTo: team@team.example\r\nSubject: " + subject.encode() + b"\r\n\r\n" + filling


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders in which it has waited for news, the last of them where it waits now."""
    waits: list[str] = []
    ask = Session.idle

    async def noted(session: Session, timeout_s: float) -> None:
        waits.append(session.folder or "")
        await ask(session, timeout_s)

    monkeypatch.setattr(Session, "idle", noted)
    return waits


def earlier(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


async def test_new_mail_is_here_within_a_second_and_stays_unread(server: Dovecot, idle: list[str]) -> None:
    server.put(mail("before"), at=time.time() - HOUR)
    box = Mailbox(server)
    async with box.watched(Pace()):
        await until(lambda: bool(idle))
        server.put(mail("now"))
        took = await until(lambda: bool(box.delivered))
        assert box.subjects() == ["now"]
        assert took < 1
        server.put(mail("and again"))
        assert await until(lambda: len(box.delivered) == 2) < 1
    first = box.delivered[0]
    assert first.external_id is not None
    folder, uidvalidity, uid = first.external_id.split("/")
    assert (folder, uid, first.headers["uid"]) == ("INBOX", "2", "2")
    assert uidvalidity.isdigit()
    assert first.body == mail("now")
    assert abs(datetime.fromisoformat(first.headers["received-at"]).timestamp() - time.time()) < 10
    assert box.health[-1].state == "connected"
    assert not [flags for flags in server.flags().values() if "S" in flags or "T" in flags]


async def test_mail_between_connecting_and_the_first_look_is_not_missed(server: Dovecot) -> None:
    server.put(mail("long ago"), at=time.time() - HOUR)
    box = Mailbox(server)
    server.put(mail("just after"))
    async with box.watched():
        await until(lambda: bool(box.delivered))
    assert box.subjects() == ["just after"]


async def test_three_days_without_a_connection(server: Dovecot) -> None:
    """Read in another program, moved by hand to folders old and new, filed by a rule: all arrive once, in the order in which they came."""
    box = Mailbox(server)
    box.connected_at = earlier(10 * DAY)
    server.folder("Projects")
    server.put(mail("old"), at=time.time() - 20 * DAY)
    async with box.watched():
        server.put(mail("0"), at=time.time() - 4 * DAY)
        await until(lambda: len(box.delivered) == 1)
        server.stop()
        began = time.time() - 3 * DAY
        paths = [server.put(mail(str(nth)), at=began + nth * HOUR, is_read=nth % 3 == 0) for nth in range(1, 13)]
        server.move(paths[3].name, "Projects")
        server.move(paths[6].name, "Made later")
        server.put(mail("13"), "Projects", at=began + 13 * HOUR)
        old = server.put(mail("tidied up"), at=time.time() - 15 * DAY)
        server.move(old.name, "Projects")
        await until(lambda: any(one.state == "unreachable" for one in box.health))
        server.start()
        await until(lambda: len(box.delivered) >= 14)
        server.put(mail("14"), "Projects")  # the oldest comes first: what is older than this one and not here by then never comes
        await until(lambda: "14" in box.subjects())
    assert box.subjects() == [str(nth) for nth in range(15)]
    assert box.health[-1].state == "connected"
    assert {one.headers["folder"] for one in box.delivered} == {"INBOX", "Projects", "Made later"}


async def test_a_rule_of_the_server_files_mail_into_a_folder(server: Dovecot) -> None:
    server.folder("Orders")
    box = Mailbox(server)
    async with box.watched():
        server.put(mail("ordered"), "Orders")
        await until(lambda: len(box.delivered) == 1)
    assert box.delivered[0].headers["folder"] == "Orders"


async def test_another_uidvalidity_offers_everything_again_but_nothing_older(server: Dovecot) -> None:
    server.put(mail("long ago"), at=time.time() - DAY)
    box = Mailbox(server)
    async with box.watched():
        for nth in range(5):
            server.put(mail(str(nth)))
        await until(lambda: len(box.delivered) == 5)
        server.stop()
        server.renew_uids()
        server.put(mail("new"))
        server.start()
        await until(lambda: len(box.delivered) == 11)
        server.put(mail("last"))
        await until(lambda: len(box.delivered) == 12)
    assert sorted(set(box.subjects())) == ["0", "1", "2", "3", "4", "last", "new"]
    assert len({one.external_id for one in box.delivered}) == 12
    told = await mailbox.ledger(box.context())
    assert (told["on_server"], told["gap"]) == (7, 0)


async def test_six_hundred_mails_with_a_broken_one(server: Dovecot) -> None:
    """Dovecot breaks off the connection when it is asked for a mail that it cannot read, which is the worst that a server can do."""
    box = Mailbox(server)
    async with box.watched():
        pass
    names = [server.put(mail(str(nth))).name for nth in range(600)]
    with server.client() as client:
        client.select("INBOX", readonly=True)
    broken = next(server.mail.glob(f"*/{names[300]}*"))
    os.chmod(broken, 0)
    async with box.watched():
        await until(lambda: len(box.delivered) == 599, 60)
        assert box.subjects() == [str(nth) for nth in range(600) if nth != 300]
        told = await mailbox.ledger(box.context())
        assert (told["on_server"], told["gap"]) == (600, 1)
        (gap,) = told["folders"]["INBOX"]["gaps"]
        assert (gap["uid"], gap["tries"]) == (301, 1)
        assert "breaks off" in gap["reason"]
        os.chmod(broken, 0o644)
        box.clock.advance(120)
        await until(lambda: len(box.delivered) == 600)
    assert box.subjects()[-1] == "300"
    assert (await mailbox.ledger(box.context()))["gap"] == 0


async def test_thirty_megabytes(server: Dovecot) -> None:
    box = Mailbox(server)
    async with box.watched():
        server.put(mail("large", 30_000_000))
        server.put(mail("small"))
        await until(lambda: len(box.delivered) == 2, 60)
    assert [len(one.body) for one in box.delivered] == [len(mail("large", 30_000_000)), len(mail("small"))]


async def test_a_wrong_password_says_what_to_do_and_a_new_one_mends_it(server: Dovecot) -> None:
    box = Mailbox(server, imap_password="wrong")
    with pytest.raises(Broken) as refused:
        await mailbox.try_mailbox(incoming_server(box.config))
    assert refused.value.code == "auth"
    assert "wrong" not in refused.value.sentence + refused.value.detail
    async with box.watched():
        await until(lambda: box.health[-1].state == "broken")
        assert box.health[-1].action
        (server.home / "users").write_text(f"{USER}:{{PLAIN}}wrong\n")
        await until(lambda: box.health[-1].state == "connected")


async def test_a_server_that_is_not_there_comes_back(server: Dovecot) -> None:
    box = Mailbox(server)
    server.stop()
    with pytest.raises(Retry) as refused:
        await mailbox.try_mailbox(incoming_server(box.config))
    assert refused.value.code == "refused"
    async with box.watched():
        assert box.health[-1].state == "unreachable"
        server.start()
        await until(lambda: box.health[-1].state == "connected")
        server.put(mail("hello"))
        await until(lambda: bool(box.delivered))


async def test_a_folder_that_is_deleted_takes_nothing_else_with_it(server: Dovecot) -> None:
    server.folder("Doomed")
    box = Mailbox(server)
    async with box.watched():
        server.put(mail("one"), "Doomed")
        await until(lambda: len(box.delivered) == 1)
        with server.client() as client:
            assert client.delete("Doomed")[0] == "OK"
        server.put(mail("two"))
        await until(lambda: len(box.delivered) == 2)
    assert set((await mailbox.ledger(box.context()))["folders"]) == {"INBOX", "Sent"}


async def test_chosen_folders_only(server: Dovecot) -> None:
    server.folder("Support")
    server.folder("Private")
    box = Mailbox(server, imap_folders="Support, Missing")
    async with box.watched():
        server.put(mail("private"), "Private")
        server.put(mail("inbox"))
        server.put(mail("support"), "Support", at=time.time() - DAY)
        await until(lambda: bool(box.delivered))
        server.put(mail("more"), "Support")
        await until(lambda: "more" in box.subjects())
    assert box.subjects() == ["support", "more"]
    assert "Missing" in box.health[-1].sentence


async def test_filling_the_past_from_a_day_and_again_after_a_crash(server: Dovecot) -> None:
    now = time.time()
    for nth in range(150):
        server.put(mail(str(nth)), at=now - (200 - nth) * DAY)
    server.put(mail("archived"), "Archive", at=now - 60 * DAY)
    since = (datetime.now(UTC) - timedelta(days=100)).date()
    box = Mailbox(server)
    async with box.watched():
        server.put(mail("today"))
        await until(lambda: len(box.delivered) == 1)
    box.settings = {"backfill_since": since.isoformat()}
    before = await mailbox.ledger(box.context())
    assert before["gap"] == before["on_server"] - 1 > 50
    async with box.watched():
        await until(lambda: len(box.delivered) > 20)  # and it is cut off in the middle
    async with box.watched():
        await until(lambda: (box.state.get("backfill") or {}).get("state") == "done")
        server.put(mail("later"))
        await until(lambda: "later" in box.subjects())
    told = await mailbox.ledger(box.context())
    wanted = [str(nth) for nth in range(150) if date.fromtimestamp(now - (200 - nth) * DAY) >= since]
    assert sorted(box.subjects()) == sorted([*wanted, "archived", "today", "later"])
    assert told["gap"] == 0
    new = [one.body for one in box.delivered if one.headers.get("is-past") != "yes"]
    assert len(new) == 2
    assert all(b"today" in one or b"later" in one for one in new)
    assert told["backfill"] == {"since": since.isoformat(), "state": "done", "done": len(wanted) + 2, "total": len(wanted) + 2}


async def test_one_that_cannot_be_stored_does_not_stop_the_others(server: Dovecot) -> None:
    box = Mailbox(server)
    async with box.watched():
        box.failing_deliveries = 1
        server.put(mail("first"))
        await until(lambda: box.failing_deliveries == 0)
        server.put(mail("second"))
        await until(lambda: len(box.delivered) == 1)
        assert (await mailbox.ledger(box.context()))["gap"] == 1
        box.clock.advance(120)
        await until(lambda: len(box.delivered) == 2)
    assert box.subjects() == ["second", "first"]


async def test_answers_written_in_another_program_come_in_and_our_own_do_not(server: Dovecot) -> None:
    box = Mailbox(server)
    server.put(mail("sent long ago"), "Sent", at=time.time() - DAY)
    async with box.watched():
        own_id = own.message_id_for(box.context(), 4711)
        assert await mailbox.save_sent(box.context(), f"Message-ID: <{own_id}>\r\n".encode() + mail("ours"), own_id)
        server.put(b"Message-ID: <phone@team.example>\r\n" + mail("by phone"), "Sent", is_read=True)
        await until(lambda: bool(box.delivered))
        server.put(b"Message-ID: <again@team.example>\r\n" + mail("by phone again"), "Sent", is_read=True)
        await until(lambda: "by phone again" in box.subjects())
    assert box.subjects() == ["by phone", "by phone again"]
    assert box.delivered[0].headers["folder-role"] == "sent"
    told = await mailbox.ledger(box.context())
    assert (told["on_server"], told["gap"]) == (2, 0)


async def test_the_copy_in_the_sent_folder(server: Dovecot) -> None:
    box = Mailbox(server)
    raw = b"Message-ID: <1.abc@team.example>\r\n" + mail("answer")
    assert not await mailbox.is_in_sent(box.context(), "1.abc@team.example")
    assert await mailbox.save_sent(box.context(), raw, "1.abc@team.example")
    assert await mailbox.is_in_sent(box.context(), "1.abc@team.example")
    assert await mailbox.save_sent(box.context(), raw, "1.abc@team.example")
    copies = [path for part in ("new", "cur") for path in (server.mail / ".Sent" / part).iterdir()]
    assert len(copies) == 1
    assert copies[0].name.endswith("S")
    assert copies[0].read_bytes().replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")
    server.stop()
    assert not await mailbox.save_sent(box.context(), raw, "2.abc@team.example")
    with pytest.raises(Retry):
        await mailbox.is_in_sent(box.context(), "2.abc@team.example")


async def test_encryption_with_a_certificate_that_is_checked(server: Dovecot, tmp_path: Path, idle: list[str]) -> None:
    certificate, key = self_signed(tmp_path)
    both = server.home / "server.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    server.stop()
    server.configure(both)
    server.start()
    told = {"imap_host": "localhost", "imap_tls": "starttls"}
    for config in (told, {**told, "imap_tls": "auto"}):
        with pytest.raises(Broken) as refused:
            await mailbox.try_mailbox(incoming_server(Mailbox(server, **config).config))
        assert refused.value.code == "certificate"
    await mailbox.try_mailbox(incoming_server(Mailbox(server, **told, tls_verify=False).config))
    box = Mailbox(server, **told, tls_ca=certificate.read_text())
    async with box.watched(Pace()):
        await until(lambda: bool(idle))
        for nth in range(5):
            server.put(mail(str(nth), 300_000))
            assert await until(lambda nth=nth: len(box.delivered) == nth + 1) < 1  # type: ignore[misc]
    with pytest.raises(Broken):
        await mailbox.try_mailbox(incoming_server(Mailbox(server, imap_host="localhost", imap_tls="tls").config))


async def test_encryption_that_is_not_offered(server: Dovecot) -> None:
    with pytest.raises(Broken) as refused:
        await mailbox.try_mailbox(incoming_server(Mailbox(server, imap_tls="starttls").config))
    assert refused.value.code == "no_tls"


async def test_a_server_that_cannot_idle_is_polled(server: Dovecot) -> None:
    server.stop()
    server.configure(extra="imap_capability = IMAP4rev1 SASL-IR LITERAL+")
    server.start()
    box = Mailbox(server)
    async with box.watched():
        server.put(mail("polled"))
        assert await until(lambda: bool(box.delivered)) < 2


async def test_a_connection_that_the_server_cuts_is_made_again_without_alarm(server: Dovecot, idle: list[str]) -> None:
    box = Mailbox(server)
    async with box.watched(msgspec.structs.replace(QUICK, look_s=20, retry_s=1)):
        await until(lambda: bool(idle))
        server.stop()
        server.start()
        server.put(mail("meanwhile"))
        await until(lambda: bool(box.delivered))
    assert [one.state for one in box.health] == ["connected"]

"""The disk of the files folder is full: nothing is acknowledged that is not kept, what can be kept is, and afterwards all goes on.

A limit on the size of files, set on the running worker from outside, stands for the full disk; it works for root and everybody else, and
the database is spared. The kernel answers EFBIG where a full disk gives ENOSPC; the product treats both alike (`lib/files.py`).
"""

import resource

import pytest

from tests.bench.wire import Smtp
from tests.live.fleet import Fleet, ask
from tests.live.senders import send_mail
from tests.live.test_steps import mail_with_file
from tests.waiting import until

SMALL, LARGE = 30_000, 100_000
"""With a small file the raw mail still fits into its row; with a large one it does not."""


async def test_a_full_disk_refuses_what_it_cannot_keep_and_keeps_the_rest(place: Fleet) -> None:
    worker = place.running["worker"].pid
    _, hard = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    await send_mail(place, "before", mail_with_file("before", LARGE))

    resource.prlimit(worker, resource.RLIMIT_FSIZE, (16 * 1024, hard))
    async with Smtp(place.host, place.smtp_port) as smtp:
        with pytest.raises(AssertionError, match="451"):
            await smtp.send("leo@example.org", str(place.mail["hosted_address"]), mail_with_file("large", LARGE))
    assert await send_mail(place, "small", mail_with_file("small", SMALL)) == 1
    assert (
        await send_mail(place, "plain", b"From: leo@example.org\r\nSubject: plain\r\nMessage-ID: <plain@example.org>\r\n\r\nHello.\r\n")
        == 1
    )
    assert subjects(place) == ["before", "plain"]
    assert ask(place.dsn, "select fate, code from delivery where fate <> 'handled'") == [("kept", "not_handled")]

    resource.prlimit(worker, resource.RLIMIT_FSIZE, (hard, hard))
    assert await send_mail(place, "large", mail_with_file("large", LARGE)) == 1
    await until(lambda: subjects(place) == ["before", "large", "plain", "small"], 40, "the second try of what was kept")
    assert ask(place.dsn, "select distinct fate from delivery") == [("handled",)]


def subjects(place: Fleet) -> list[str]:
    return sorted(str(row[0]) for row in ask(place.dsn, "select subject from message where direction = 'in'"))

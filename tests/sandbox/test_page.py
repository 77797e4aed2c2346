"""The sandbox's web server: its files, its live stream, and that nobody from elsewhere can play with it."""

import asyncio

import httpx
import pytest

from innboks.config import InvalidSetting, load_settings
from innboks.sandbox.email import Desk


async def test_the_page_and_its_files(page: httpx.AsyncClient) -> None:
    first = await page.get("/", follow_redirects=True)
    assert first.url.path == "/email/"
    assert "<title>Innboks sandbox: email</title>" in first.text
    assert "script-src 'self'" in first.headers["content-security-policy"]
    for path, kind in (("/email/desk.js", "text/javascript"), ("/email/desk.css", "text/css"), ("/static/sandbox.css", "text/css")):
        assert (await page.get(path)).headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path", ["/email/../desk.py", "/email/..%2Fdesk.py", "/static/../page.py", "/nothing", "/email/api/nothing", "/email/static"]
)
async def test_there_is_nothing_else(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(path)).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8025", "10.0.0.1:8025", "127.0.0.1.evil.example"])
async def test_a_name_that_leads_here_from_elsewhere_is_refused(page: httpx.AsyncClient, host: str) -> None:
    assert (await page.get("/email/", headers={"host": host})).status_code == 403


async def test_another_page_cannot_write(page: httpx.AsyncClient) -> None:
    person = {"address": "maja@lindqvist.example"}
    assert (await page.post("/email/api/people", json=person, headers={"origin": "https://evil.example"})).status_code == 403
    own = str(page.base_url).rstrip("/")
    assert (await page.post("/email/api/people", json=person, headers={"origin": own})).status_code == 201


async def test_what_is_not_json_is_refused(page: httpx.AsyncClient) -> None:
    refused = await page.post("/email/api/people", content=b"{")
    assert (refused.status_code, refused.json()["detail"]) == (400, "This is not JSON.")


async def test_foreign_html_is_locked_in(page: httpx.AsyncClient, desk: Desk) -> None:
    raw = b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>Hello"
    kept = await desk.mailbox.keep(raw, "maja@lindqvist.example", is_own=False)
    frame = await page.get(f"/email/api/mails/{kept.id}/html")
    assert frame.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    source = await page.get(f"/email/api/mails/{kept.id}/source")
    assert source.content == raw
    assert source.headers["content-type"].startswith("text/plain")
    assert source.headers["x-content-type-options"] == "nosniff"


async def test_the_stream_tells_of_news(page: httpx.AsyncClient, desk: Desk) -> None:
    async with page.stream("GET", "/email/api/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await desk.mailbox.keep(b"From: a@example.com\r\n\r\nHello", "maja@lindqvist.example", is_own=False)
        async with asyncio.timeout(5):
            assert "data: 1" in [await anext(lines) for _ in range(2)]


async def test_broken_mails_do_no_harm(page: httpx.AsyncClient, desk: Desk) -> None:
    for raw in (
        b"",
        b"\x00\xff",
        b"Subject: =?x?Q?=FF?=\r\nFrom: <<>>\r\nDate: never\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    ):
        await desk.mailbox.keep(raw, "maja@lindqvist.example", is_own=False)
    found = (await page.get("/email/api/threads", params={"person": "maja@lindqvist.example"})).json()
    assert len(found["threads"]) == 3


async def test_only_the_newest_mails_are_kept(desk: Desk) -> None:
    from innboks.sandbox.email.mailbox import Mailbox

    small = Mailbox(kept=3)
    for nth in range(5):
        await small.keep(b"From: a@example.com\r\n\r\n%d" % nth, "maja@lindqvist.example", is_own=False)
    assert [mail.text for mail in small.of("maja@lindqvist.example")] == ["2", "3", "4"]


def test_it_cannot_be_opened_to_others(tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(InvalidSetting, match="toy for this machine"):
        load_settings({"INNBOKS_SANDBOX_HTTP": "0.0.0.0:8025", "INNBOKS_DATA": str(tmp_path)}, Path(str(tmp_path)))

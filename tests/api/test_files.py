"""Bytes of strangers: files as downloads, foreign HTML in a frame from which nothing gets out, and the app's own pages."""

import gzip
import hashlib
import hmac
import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from innboks.api.static import StaticFiles
from innboks.core.conversations.receive import receive
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import Channel, Happening, Inbound, Media, MessageReceived, Party, ThreadKey
from tests.api.conftest import assert_problem

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
HTML = """<html><head><title>x</title><script>alert(1)</script><style>@import url(http://evil.example/x.css)</style></head><body onload="x()">
<p>Hello <a href="javascript:alert(1)">click</a> <a href="https://shop.example/">shop</a></p><img src="cid:pic@1"><img src="https://track.example/p.gif">
<form action="https://evil.example"><input name="a"></form><iframe src="https://evil.example"></iframe><img src=x onerror=alert(1)></body></html>"""


async def upload(api: httpx.AsyncClient, name: str, content: bytes, kind: str) -> dict[str, Any]:
    made = await api.post("/api/attachments", files={"file": (name, content, kind)})
    assert made.status_code == 201, made.text
    return made.json()


async def test_an_image_is_shown_and_everything_else_is_saved(api: httpx.AsyncClient) -> None:
    image = await upload(api, "photo.png", PNG, "image/png")
    shown = await api.get(image["url"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["content-disposition"].startswith("inline")
    for name, content, kind in [
        ("page.html", b"<script>alert(1)</script>", "text/html"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        ("lies.png", b"<html><script>alert(1)</script>", "image/png"),
    ]:
        saved = await api.get((await upload(api, name, content, kind))["url"])
        assert saved.headers["content-type"] == "application/octet-stream", name
        assert saved.headers["content-disposition"].startswith("attachment"), name
        assert "sandbox" in saved.headers["content-security-policy"]
        assert saved.headers["x-content-type-options"] == "nosniff"


async def test_names_are_safe_in_headers(api: httpx.AsyncClient) -> None:
    made = await api.post(
        "/api/attachments?name=r%C3%A9sum%C3%A9%22%0d%0ax-evil:1.pdf", content=b"%PDF-1.7 x", headers={"content-type": "application/pdf"}
    )
    assert made.status_code == 201
    fetched = await api.get(made.json()["url"])
    assert "x-evil" not in fetched.headers
    assert "filename*=UTF-8''r%C3%A9sum%C3%A9" in fetched.headers["content-disposition"]


async def test_a_name_is_one_line_whatever_ends_one(api: httpx.AsyncClient) -> None:
    made = await api.post("/api/attachments", params={"name": "Offer\u2028for\u2029you\x85 \t2.pdf"}, content=b"%PDF-1.7 x")
    assert made.json()["name"] == "Offerforyou 2.pdf"


async def test_large_files_come_whole_and_in_pieces(api: httpx.AsyncClient) -> None:
    content = bytes(range(256)) * 4000
    file = await upload(api, "big.bin", content, "application/octet-stream")
    assert file["size"] == len(content)
    assert (await api.get(file["url"])).content == content
    for asked, expected in [("bytes=0-9", content[:10]), ("bytes=1023990-", content[1023990:]), ("bytes=-5", content[-5:])]:
        piece = await api.get(file["url"], headers={"range": asked})
        assert (piece.status_code, piece.content) == (206, expected), asked
        assert piece.headers["content-range"].endswith(f"/{len(content)}")
    for odd in ("bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=9999999999-"):
        assert (await api.get(file["url"], headers={"range": odd})).content == content, odd


async def test_uploads_have_limits(api: httpx.AsyncClient) -> None:
    assert_problem(await api.post("/api/attachments", content=b""), 400, code="empty_file")
    assert_problem(await api.post("/api/attachments", data={"other": "x"}, files={"more": ("a", b"x")}), 400, code="no_file")
    assert_problem(await api.post("/api/attachments", content=b"x" * (51 * 2**20 + 1)), 413)
    assert_problem(await api.post("/api/attachments", content=b"x", headers={"content-type": "multipart/form-data"}), 400)


async def html_message(parts: Parts, api: httpx.AsyncClient, echo: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A message with foreign HTML and an inline image, taken in by a channel that has both."""
    channel: Channel = parts.registry.get("echo")

    def parse(*_: object) -> list[Happening]:
        picture = Media(name="pic.png", type="image/png", content=PNG, is_inline=True, content_id="pic@1")
        return [
            MessageReceived(
                external_id="h1",
                sender=Party(address="leo"),
                text="Hello",
                html=HTML,
                media=[picture],
                thread=[ThreadKey(how="party", value="leo")],
            )
        ]

    monkeypatch.setattr(channel, "parse", parse, raising=False)
    monkeypatch.setattr(channel, "verify", lambda *_: None, raising=False)
    delivered = await receive(parts, 1, int(echo["id"]), Inbound(body=b"html"))
    return (await api.get(f"/api/messages/{delivered.message_ids[0]}")).json()


async def test_foreign_html_is_shown_where_nothing_gets_out(
    parts: Parts, api: httpx.AsyncClient, address: str, echo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    message = await html_message(parts, api, echo, monkeypatch)
    assert message["has_html"]
    frame = (await api.get(f"/api/messages/{message['id']}/frame")).json()
    assert frame["has_remote_images"] is True
    async with httpx.AsyncClient(base_url=address) as nobody:
        page = await nobody.get(frame["url"])
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "allow-scripts" not in policy
        assert "https:" not in policy
        for bad in ("<script", "onerror", "onload", "javascript:", "<form", "<iframe", "evil.example"):
            assert bad not in page.text, bad
        picture = page.text.split('<img src="/frame/')[1].split('"')[0]
        assert (await nobody.get(f"/frame/{picture}")).content == PNG
        with_images = (await api.get(f"/api/messages/{message['id']}/frame?images=true")).json()["url"]
        assert "https:" in (await nobody.get(with_images)).headers["content-security-policy"]
        assert_problem(await nobody.get(frame["url"] + "x"), 404)
        assert_problem(await nobody.get(frame["url"][:-3] + "AAA"), 404)
        assert_problem(await nobody.get(f"{frame['url']}/999"), 404)
        clock.advance(601)
        assert_problem(await nobody.get(frame["url"]), 404, code="frame_expired")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Innboks</title>")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "app-abc123.js").write_text("console.log('hello');\n" * 200)
    (folder / "assets" / "app-abc123.js.br").write_bytes(b"stands for brotli")
    (tmp_path / "secret").write_text("never")
    return folder


@pytest.fixture
def pages(dist: Path) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(StaticFiles(dist)), base_url="http://inbox.example.com")


async def test_the_apps_pages(pages: httpx.AsyncClient) -> None:
    for path in ("/", "/conversations/12", "/settings/channels"):
        page = await pages.get(path, headers={"accept": "text/html"})
        assert page.text.startswith("<!doctype html>")
        assert page.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
    script = await pages.get("/assets/app-abc123.js", headers={"accept-encoding": "gzip"})
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.text.startswith("console.log")
    icon = await pages.get("/icon.svg")
    assert icon.headers["cache-control"] == "no-cache"
    assert (await pages.get("/icon.svg", headers={"if-none-match": icon.headers["etag"]})).status_code == 304


async def test_what_is_beside_the_pages_stays_there(pages: httpx.AsyncClient) -> None:
    for path in ("/../secret", "/assets/../../secret", "/%2e%2e/secret", "/..%2fsecret", "//etc/passwd", "/assets/none.js", "/none.png"):
        answer = await pages.get(path)
        assert "never" not in answer.text
        assert "root:" not in answer.text
    assert_problem(await pages.get("/assets/none.js"), 404)
    assert_problem(await pages.post("/"), 405)


async def test_without_a_build_the_page_says_how(tmp_path: Path) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(StaticFiles(tmp_path / "none")), base_url="http://x") as client:
        assert "make run" in (await client.get("/")).text


async def test_a_build_done_beforehand_is_taken(pages: httpx.AsyncClient, dist: Path) -> None:
    (dist / "assets" / "app-abc123.js.gz").write_bytes(gzip.compress(b"packed beforehand"))
    assert (await pages.get("/assets/app-abc123.js", headers={"accept-encoding": "gzip"})).text == "packed beforehand"


async def test_the_original_is_looked_at_and_saved(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, conversation: dict[str, Any]
) -> None:
    (message,) = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"]
    assert message["has_source"] is True
    saved = await api.get(f"/api/messages/{message['id']}/source")
    shown = (await api.get(f"/api/messages/{message['id']}/original")).json()
    assert (shown["text"], shown["is_cut"], shown["size"]) == (saved.text, False, len(saved.content))
    assert (shown["headers"], shown["type"]) == ([], "application/octet-stream")
    assert "sandbox" in saved.headers["content-security-policy"]
    own = (await api.post(f"/api/conversations/{conversation['id']}/messages", json={"type": "comment", "text": "x"})).json()
    assert own["has_source"] is False
    for path in ("source", "original"):
        assert_problem(await stranger.get(f"/api/messages/{message['id']}/{path}"), 404)
        assert_problem(await api.get(f"/api/messages/{own['id']}/{path}"), 404, code="no_source")


async def test_a_large_original_comes_whole_and_is_shown_in_part(
    api: httpx.AsyncClient, parts: Parts, echo: dict[str, Any], conversation: dict[str, Any]
) -> None:
    text = "long " * 80_000
    body = msgspec.json.encode({"type": "message", "id": "big", "sender": "leo", "name": "Leo", "text": text})
    signature = hmac.new(b"echo-secret", body, hashlib.sha256).hexdigest()
    assert (await api.post(f"/hooks/echo/{echo['id']}", content=body, headers={"x-echo-signature": signature})).status_code == 200
    message = (await api.get(f"/api/conversations/{conversation['id']}/messages")).json()["items"][-1]
    saved = await api.get(f"/api/messages/{message['id']}/source")
    assert (saved.content, saved.headers["content-length"]) == (body, str(len(body)))
    shown = (await api.get(f"/api/messages/{message['id']}/original")).json()
    assert (shown["is_cut"], len(shown["text"])) == (True, 256 * 1024)
    await parts.files.delete(hashlib.sha256(body).hexdigest())
    for path in ("source", "original"):
        assert_problem(await api.get(f"/api/messages/{message['id']}/{path}"), 404)


async def test_all_files_of_a_message_come_as_one_zip(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, parts: Parts, conversation: dict[str, Any]
) -> None:
    where = f"/api/conversations/{conversation['id']}/messages"
    given = [("a.txt", b"one"), ("A.txt", b"two" * 200_000), ("..", b"three"), ("no/dots\\here", b"four"), ("lost.bin", b"five")]
    ids = [(await upload(api, name, content, "text/plain"))["id"] for name, content in given]
    message = (await api.post(where, json={"type": "comment", "text": "Files.", "attachments": ids})).json()
    await parts.files.delete(hashlib.sha256(b"five").hexdigest())
    answer = await api.get(f"/api/messages/{message['id']}/attachments.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found.pop("missing-files.txt").decode().endswith("lost.bin\n")
    assert sorted(found.values()) == sorted(content for _, content in given[:4])
    assert {"a.txt", "A (2).txt"} < set(found)
    assert not any("/" in name or "\\" in name or name.startswith(".") for name in found)
    plain = (await api.get(where)).json()["items"][0]
    assert_problem(await api.get(f"/api/messages/{plain['id']}/attachments.zip"), 404, code="no_files")
    assert_problem(await stranger.get(f"/api/messages/{message['id']}/attachments.zip"), 404)

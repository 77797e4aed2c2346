"""The account's brand: name, colours and logo that new channels begin with."""

import httpx

from innboks.core.access import Actor
from innboks.core.accounts.brand import LOGO_MAX
from innboks.core.accounts.branded import dressed
from innboks.core.parts import Parts
from tests.api.conftest import assert_problem
from tests.api.test_files import PNG


async def test_name_and_colours_are_kept_in_one_form(api: httpx.AsyncClient) -> None:
    nothing = {"name": "", "colour": "", "background": "", "logo_url": None}
    assert (await api.get("/api/brand")).json() == nothing
    changed = await api.patch("/api/brand", json={"name": "  Tindra   Outdoor ", "colour": "#0AF"})
    assert changed.json() == {**nothing, "name": "Tindra Outdoor", "colour": "#00aaff"}
    assert (await api.patch("/api/brand", json={"background": "#FFF8f0"})).json()["colour"] == "#00aaff"
    assert_problem(await api.patch("/api/brand", json={"colour": "#12zzzz"}), 400, field="colour")
    assert_problem(await api.patch("/api/brand", json={"background": "red"}), 400, field="background")
    assert_problem(await api.patch("/api/brand", json={"name": "x" * 101}), 400, field="name")
    assert (await api.patch("/api/brand", json={"colour": ""})).json()["colour"] == ""
    assert (await api.patch("/api/account", json={"undo_send_s": 5})).status_code == 200
    assert (await api.get("/api/brand")).json()["name"] == "Tindra Outdoor"


async def test_a_logo_is_a_picture_by_its_content(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    assert_problem(await api.get("/api/brand/logo"), 404)
    lying = {"file": ("logo.png", b"<svg onload=alert(1)>", "image/png")}
    assert_problem(await api.post("/api/brand/logo", files=lying), 400, code="not_a_picture")
    assert_problem(await api.post("/api/brand/logo", content=b""), 400, code="not_a_picture")
    assert_problem(await api.post("/api/brand/logo", content=PNG + bytes(LOGO_MAX)), 413)
    made = await api.post("/api/brand/logo", files={"file": ("logo.png", PNG, "image/png")})
    assert made.status_code == 200, made.text
    shown = await api.get(made.json()["logo_url"])
    assert (shown.content, shown.headers["content-type"], shown.headers["x-content-type-options"]) == (PNG, "image/png", "nosniff")
    assert_problem(await stranger.get("/api/brand/logo"), 404)
    assert (await api.delete("/api/brand/logo")).status_code == 204
    assert (await api.get("/api/brand")).json()["logo_url"] is None


async def test_only_what_leads_into_the_app_becomes_a_button(api: httpx.AsyncClient, parts: Parts, ada: Actor) -> None:
    """A mail of ours repeats what a customer wrote; an address of theirs must not wear the brand."""
    await api.patch("/api/brand", json={"colour": "#00aaff"})
    own = parts.settings.url
    text = f"New message from Leo\nhttps://evil.example/login\n{own}/inbox/mine/1\n\n{own}.evil.example/login"
    markup = (await dressed(parts, ada.account_id, text, "Open in Innboks")).html
    assert markup.count("Open in Innboks") == 1
    assert f'<a href="{own}/inbox/mine/1" style=' in markup
    assert '<a href="https://evil.example/login">https://evil.example/login</a>' in markup

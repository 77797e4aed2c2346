"""The API over real HTTP: the real application behind the real web server, with a database of its own and the Echo channel."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from litestar import Litestar

from innboks.api.routes import litestar_app
from innboks.app import build_parts, web_app
from innboks.config import Settings
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.setup import create_account, create_first_account
from innboks.core.accounts.tokens import create_token
from innboks.core.parts import Parts
from innboks.lib.clock import FakeClock

FOLDERS = Path(__file__).parent.parent / "channel_folders"
PASSWORD = "correct horse battery staple"
ORIGIN = "http://inbox.example.com"


@pytest.fixture
async def parts(settings: Settings, dsn: str, clock: FakeClock) -> AsyncIterator[Parts]:
    wide = msgspec.structs.replace(settings, channel_folders=(FOLDERS,))
    async with build_parts(wide, dsn, "web", clock=clock) as built:
        yield built


@pytest.fixture(scope="session")
def routes() -> Litestar:
    """Made once: it takes as long as many a test."""
    return litestar_app(None)


@pytest.fixture
async def address(parts: Parts, routes: Litestar) -> AsyncIterator[str]:
    """Where the server listens."""
    config = uvicorn.Config(
        web_app(parts, routes), host="127.0.0.1", port=0, log_config=None, http="httptools", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())  # without its signal handlers
    while not server.started:
        await asyncio.sleep(0.005)
        assert not running.done(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


@pytest.fixture
async def browser(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the app's own address, with cookies; nobody is signed in."""
    async with httpx.AsyncClient(base_url=address, headers={"origin": ORIGIN, "user-agent": "Test Browser"}, timeout=60) as client:
        yield client


@pytest.fixture
async def ada(parts: Parts) -> Actor:
    """The first account's administrator."""
    return await create_first_account(parts, "Tindra", "Ada Example", "ada@tindra.example", PASSWORD)


@pytest.fixture
async def api(parts: Parts, ada: Actor, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A script of Ada's."""
    async with httpx.AsyncClient(base_url=address, headers=await bearer(parts, ada)) as client:
        yield client


@pytest.fixture
async def stranger(parts: Parts, ada: Actor, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A script of the administrator of another account on the same server."""
    eve = await create_account(parts, "Elsewhere", "Eve Other", "eve@elsewhere.example", PASSWORD)
    async with httpx.AsyncClient(base_url=address, headers=await bearer(parts, eve)) as client:
        yield client


async def bearer(parts: Parts, actor: Actor) -> dict[str, str]:
    _, token = await create_token(parts, actor, "test")
    return {"authorization": f"Bearer {token}"}


async def colleague(parts: Parts, api: httpx.AsyncClient, address: str, ada: Actor, **more: Any) -> httpx.AsyncClient:
    """A client of a new person without any right, in Ada's account. The caller closes it."""
    made = await api.post("/api/users", json={"name": "Bo Member", "email": "bo@tindra.example", "password": PASSWORD, **more})
    assert made.status_code == 201, made.text
    bo = await actor_for(parts, ada.account_id, int(made.json()["id"]))
    assert bo is not None
    return httpx.AsyncClient(base_url=address, headers=await bearer(parts, bo))


@pytest.fixture
async def echo(api: httpx.AsyncClient) -> dict[str, Any]:
    """A connected Echo channel."""
    made = await api.post(
        "/api/channel-accounts", json={"kind": "echo", "name": "Echo", "config": {"room": "lobby", "api_token": "s3cret"}}
    )
    assert made.status_code == 201, made.text
    return made.json()


async def say(
    api: httpx.AsyncClient, echo: dict[str, Any], text: str, *, sender: str = "leo", id: str = "m1", **more: Any
) -> httpx.Response:
    """A customer writes: the provider calls our webhook."""
    body = msgspec.json.encode({"type": "message", "id": id, "sender": sender, "name": sender.title(), "text": text, **more})
    signature = hmac.new(b"echo-secret", body, hashlib.sha256).hexdigest()
    return await api.post(f"/hooks/echo/{echo['id']}", content=body, headers={"x-echo-signature": signature})


@pytest.fixture
async def conversation(api: httpx.AsyncClient, echo: dict[str, Any]) -> dict[str, Any]:
    """One conversation with one message in it."""
    assert (await say(api, echo, "Is the tent back?")).status_code == 200
    (found,) = (await api.get("/api/conversations")).json()["items"]
    return found


def assert_problem(answer: httpx.Response, status: int, **expected: str) -> dict[str, Any]:
    """A problem document with a sentence."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["detail"].strip().endswith((".", "…"))
    assert {name: problem.get(name) for name in expected} == expected
    return problem

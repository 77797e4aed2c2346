"""Both big providers as the sandbox plays them, and the product's side of one mailbox there: what was delivered, the state, the grant that is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from innboks.channels.email import cloud, cloud_mailbox
from innboks.channels.email.channel import Email
from innboks.channels.email.cloud_mailbox import Pace
from innboks.channels.email.settings import Config
from innboks.config import Endpoint, ProviderClient, Settings
from innboks.sandbox.email import Desk
from innboks.sandbox.email.provider import Provider
from innboks.sandbox.email.team_boxes import TeamBox
from innboks.sandbox.serve import open_sandbox
from innboks.sdk.contract import Consent, Context, Grant
from innboks.sdk.http import HttpClient
from tests.channels.email.context import World
from tests.waiting import until

TEAM = "team@tindra.example"
QUICK = Pace(look_s=0.1, pushed_s=0.1, retry_s=0.02, retry_most_s=0.1, broken_s=0.05, broken_most_s=0.2)
CLIENTS = {
    "google": ProviderClient(id="innboks.apps.googleusercontent.example", secret="google-secret"),
    "microsoft": ProviderClient(id="11111111-2222-3333-4444-555555555555", secret="microsoft-secret"),
}


class Providers(msgspec.Struct):
    """The sandbox, running at `url`."""

    desk: Desk
    url: str

    @property
    def urls(self) -> dict[str, str]:
        return {key: f"{self.url}/email/{key}" for key in self.desk.providers}


@asynccontextmanager
async def running_providers(settings: Settings) -> AsyncIterator[Providers]:
    near = msgspec.structs.replace(settings, sandbox_http=Endpoint("127.0.0.1", 0), sandbox_smtp=Endpoint("127.0.0.1", 0))
    desk = Desk(near, report_after_s=0.0)
    async with open_sandbox(near, [desk]) as url:
        yield Providers(desk, url)


class CloudBox(World):
    """`box` is the mailbox at the provider; the rest is the product's side."""

    def __init__(self, providers: Providers, method: str, **config: Any) -> None:
        given: dict[str, Any] = {"method": method, "address": TEAM, "company_name": "Tindra", **config}
        key = "google" if method == "gmail" else "microsoft"
        self.provider: Provider = providers.desk.providers[key]
        super().__init__(Config(**given), settings={"provider_urls": providers.urls, "provider_clients": CLIENTS})
        self.channel = Email()
        self.desk = providers.desk
        self.box: TeamBox = self.provider.box(TEAM)
        self.http = HttpClient(self.clock, allow_private=True, read_s=20)
        self.connected_at = datetime.now(UTC) - timedelta(seconds=5)
        self.grant: Grant | None = Grant(refresh_token=self.provider.oauth.issue(TEAM))
        self.news: Callable[[float], Awaitable[None]] | None = None
        self._renewing = asyncio.Lock()

    def context(self) -> Context:
        plain = super().context()
        return msgspec.structs.replace(
            plain,
            ref=msgspec.structs.replace(plain.ref, connected_at=self.connected_at),
            http=self.http,
            grant=self.grant,
            renew_grant=self._renew,
            news=self.news,
        )

    async def _renew(self, stale: Grant, refresh: Callable[[Grant], Awaitable[Grant]]) -> Grant:
        async with self._renewing:
            assert self.grant is not None
            if self.grant == stale:
                self.grant = await refresh(stale)
            return self.grant

    @asynccontextmanager
    async def watched(self, pace: Pace = QUICK) -> AsyncIterator[None]:
        ctx = self.context()
        task = asyncio.create_task(cloud_mailbox.watch(ctx, cloud.mailbox_of(ctx), pace))
        try:
            await until(lambda: task.done() or bool(self.health))
            yield
            assert not task.done(), task.exception() if not task.cancelled() else "cancelled"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def subjects(self) -> list[str]:
        return [one.body.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for one in self.delivered]

    async def consent(self, answer: str = "allow") -> tuple[Consent, str]:
        """Plays the person in front of the provider's page; returns the code that came back ("" when access was denied)."""
        consent = Consent(redirect_uri="http://127.0.0.1:8080/api/oauth/callback", state="the-state", verifier="v" * 64)
        import httpx

        async with httpx.AsyncClient() as browser:
            page = await browser.get(self.channel.consent_url(self.context(), consent))
            assert page.status_code == 200, page.text
            where = next(link for link in _links(page.text) if ("deny" in link) == (answer == "deny"))
            back = await browser.get(where)
        assert back.status_code == 302
        found = httpx.URL(back.headers["location"]).params
        assert found["state"] == "the-state"
        return consent, found.get("code", "")


def _links(page: str) -> list[str]:
    import html
    import re

    return [html.unescape(one) for one in re.findall(r'href="(http[^"]+)"', page)]


def mail(subject: str, size: int = 200, sender: str = "leo@customer.example", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    filling = (b"x" * 76 + b"\r\n") * max(1, size // 78)
    return f"{more}From: Leo <{sender}>\r\nTo: {TEAM}\r\nSubject: {subject}\r\n\r\n".encode() + filling

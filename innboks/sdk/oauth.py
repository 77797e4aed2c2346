"""Signing in at a provider (OAuth 2.0 with PKCE), the same for every channel: the page to send a person to, the code that comes back, and
requests under the grant that stay authorised.

An access token is refreshed before it ends, and once more when the provider refuses it early. Two processes never refresh at the same time
(`Context.renew_grant`), because some providers give a new refresh token each time and forget the old one. When the provider takes the grant
back, the error is `Broken`: the queue is held, and an admin signs in again. Read next: `http.py`; `core/channel_accounts/sign_in.py`.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from innboks.errors import Broken, Retry
from innboks.lib.clock import Clock
from innboks.sdk.contract import Consent, Context, Grant
from innboks.sdk.http import ANSWER_MAX, HttpClient, Response

EARLY = timedelta(minutes=5)
"""So long before its end an access token is refreshed: clocks differ, and a request takes its time."""
_ANSWERS = frozenset({400, 401, 403})


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's two addresses and our registration there. `name` is what people read. `more` are parameters of its page."""

    name: str
    consent_url: str
    token_url: str
    client_id: str
    client_secret: str = ""
    scopes: tuple[str, ...] = ()
    more: Mapping[str, str] = {}


class _Tokens(msgspec.Struct):
    """RFC 6749 §5.1."""

    access_token: str
    expires_in: int | None = None
    refresh_token: str = ""


class _Refusal(msgspec.Struct):
    """RFC 6749 §5.2."""

    error: str = ""
    error_description: str = ""


def consent_url(provider: Provider, consent: Consent, **more: str) -> str:
    """Where to send the person who shall allow us in. The challenge (RFC 7636 §4.2) makes a code useless for whoever only catches it."""
    digest = hashlib.sha256(consent.verifier.encode("ascii")).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": consent.redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": consent.state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
        **provider.more,
        **{name: value for name, value in more.items() if value},
    }
    return f"{provider.consent_url}?{urlencode(asked)}"


async def take_grant(http: HttpClient, clock: Clock, provider: Provider, consent: Consent, code: str) -> Grant:
    """The grant for a code. Raises `Broken` when the provider refuses it, or gives no refresh token: without one it would end within the hour."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": consent.redirect_uri, "code_verifier": consent.verifier}
    grant = await _ask(http, clock, provider, asked, "")
    if not grant.refresh_token:
        raise Broken(
            f"{provider.name} let us in for an hour only. Remove this server's access in your {provider.name} account, and connect again.",
            code="no_refresh_token",
        )
    return grant


async def refresh(http: HttpClient, clock: Clock, provider: Provider, grant: Grant) -> Grant:
    """A fresh access token; the refresh token is the new one where the provider gives one. Raises `Broken` when the grant was taken back."""
    asked = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    return await _ask(http, clock, provider, asked, grant.refresh_token)


async def _ask(http: HttpClient, clock: Clock, provider: Provider, asked: Mapping[str, str], kept: str) -> Grant:
    form = {**asked, "client_id": provider.client_id, **({"client_secret": provider.client_secret} if provider.client_secret else {})}
    response = await http.send(
        "POST",
        provider.token_url,
        body=urlencode(form).encode("ascii"),
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        is_idempotent=True,  # a second try is right: whoever lost the answer has nothing
        allow=_ANSWERS,
    )
    if response.status in _ANSWERS:
        raise _refusal(provider, response)
    tokens: _Tokens = response.into(_Tokens)
    expires_at = None if tokens.expires_in is None else clock.now() + timedelta(seconds=tokens.expires_in)
    return Grant(refresh_token=tokens.refresh_token or kept, access_token=tokens.access_token, expires_at=expires_at)


def _refusal(provider: Provider, response: Response) -> Broken | Retry:
    try:
        said = msgspec.json.decode(response.body, type=_Refusal)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Retry(f"{provider.name} answered in a way that is not understood.", code="unexpected_answer")
    match said.error:
        case "invalid_grant" | "interaction_required" | "consent_required" | "login_required":
            sentence = (
                f"{provider.name} does not let us in any more: access was withdrawn, the password was changed, or it was unused for long."
            )
            return Broken(f"{sentence} Sign in again.", code="revoked", detail=said.error)
        case "invalid_client" | "unauthorized_client":
            sentence = f"{provider.name} does not know this server any more. Its operator has to renew the client secret in the settings."
            return Broken(sentence, code="client", detail=said.error)
        case "temporarily_unavailable" | "server_error" | "slow_down":
            return Retry(f"{provider.name} has a passing problem.", code=said.error)
        case _:
            return Broken(f"{provider.name} refused the sign-in. Sign in again.", code="refused", detail=said.error[:100])


class Authorised:
    """Requests to a provider under one channel account's grant. `grant` is the newest that is known here."""

    def __init__(self, ctx: Context, provider: Provider, grant: Grant | None = None) -> None:
        self._ctx = ctx
        self._provider = provider
        self._given = grant or ctx.grant

    @property
    def grant(self) -> Grant:
        """Raises `Broken` when nobody has signed in yet."""
        if self._given is None:
            raise Broken(f"Nobody has signed in at {self._provider.name} for this connection yet. Sign in.", code="not_signed_in")
        return self._given

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        is_idempotent: bool = False,
        allow: frozenset[int] = frozenset(),
        answer_max: int = ANSWER_MAX,
    ) -> Response:
        """As `HttpClient.send`. A token that the provider refuses is renewed once; refused again, the connection is `Broken`."""
        for is_last in (False, True):
            token = await self._token()
            response = await self._ctx.http.send(
                method,
                url,
                headers={**(headers or {}), "authorization": f"Bearer {token}"},
                json=json,
                body=body,
                query=query,
                is_idempotent=is_idempotent,
                allow=allow | {401},
                answer_max=answer_max,
            )
            if response.status != 401:
                return response
            if is_last:
                break
            await self._renew()
        raise Broken(f"{self._provider.name} does not let us in any more. Sign in again.", code="revoked")

    async def _token(self) -> str:
        grant = self.grant
        if not grant.access_token or (grant.expires_at is not None and grant.expires_at - EARLY <= self._ctx.clock.now()):
            await self._renew()
        return self.grant.access_token

    async def _renew(self) -> None:
        async def work(grant: Grant) -> Grant:
            return await refresh(self._ctx.http, self._ctx.clock, self._provider, grant)

        if self._ctx.renew_grant is not None:
            self._given = await self._ctx.renew_grant(self.grant, work)
        else:
            self._given = await work(self.grant)

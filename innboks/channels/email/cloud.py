"""The two methods at which a person signs in, behind one face: connect, send, look up, take a push. Read `gmail.py`, `graph.py`."""

import re
from collections.abc import Sequence
from typing import Protocol

import msgspec

from innboks.channels.email import own
from innboks.channels.email.cloud_mailbox import Found, Source
from innboks.channels.email.gmail import Gmail
from innboks.channels.email.graph import Graph
from innboks.channels.email.settings import Config, domain_of, normal_address
from innboks.channels.email.signing_in import BY_METHOD, MICROSOFT, NAMES, base_of, provider_of
from innboks.errors import Broken, Invalid, Retry, SendError, Uncertain
from innboks.sdk import oauth
from innboks.sdk.contract import Connected, Consent, Context, Grant, Outgoing, OutgoingFile, Sent
from innboks.sdk.oauth import Authorised

OTHER_CLOUD = "This address is in Microsoft's government cloud (GCC High or DoD), which cannot be connected. Connect it by forwarding, if your rules allow that."
_GOVERNMENT = re.compile(r"(\.onmicrosoft\.us|[.@]mil|\.mil)$")


class _Tenant(msgspec.Struct):
    """Of OpenID Connect's discovery document, as Microsoft extends it."""

    tenant_region_sub_scope: str = ""
    cloud_instance_name: str = ""


class Mailbox(Source, Protocol):
    """A `Source` that also sends."""

    calls: Authorised

    async def addresses(self) -> list[str]:
        """Of the person who signed in, the main one first."""
        ...

    async def sends_from(self) -> list[str]:
        """Addresses that the provider lets this mailbox send from."""
        ...

    async def send(self, outgoing: Outgoing, contents: Sequence[tuple[OutgoingFile, bytes]]) -> Sent:
        """Sends to all recipients of `outgoing`. From the second attempt on it first looks whether the mail has left."""
        ...

    async def look_up(self, message_id: str) -> Sent | None:
        """Did a mail with this Message-ID leave? None: surely not. Raises `Retry` when that cannot be told yet."""
        ...

    async def leave(self) -> None:
        """Undoes at the provider what connecting did. Never fails."""
        ...


def mailbox_of(ctx: Context, grant: Grant | None = None) -> Mailbox:
    """The mailbox of a stored connection. Raises `Broken` when the operator has taken this server's registration back."""
    try:
        config: Config = ctx.config
        return Gmail(ctx, grant) if config.method == "gmail" else Graph(ctx, grant)
    except Invalid as error:
        raise Broken(error.sentence, code=error.code) from error


async def connect(ctx: Context, config: Config) -> Connected:
    """Asks the provider whose mailbox it is. Raises `Invalid` with what to do."""
    ctx = msgspec.structs.replace(ctx, config=config)
    name = NAMES[BY_METHOD[config.method]]
    grant = Grant(refresh_token=config.refresh_token) if config.refresh_token else ctx.grant
    provider_of(ctx)
    if grant is None:
        raise Invalid(f"Press “Connect with {name}” and sign in with this address.", code="sign_in", field="method")
    await _refuse_other_clouds(ctx, config)
    mailbox = mailbox_of(ctx, grant)
    try:
        addresses = [one for one in map(normal_address, await mailbox.addresses()) if one]
    except Retry as error:
        raise Invalid(f"{name} could not be asked: {error.sentence} Try again.", code=error.code, field="method") from error
    except SendError as error:
        raise Invalid(error.sentence, code=error.code, field="method") from error
    if config.address not in addresses:
        raise Invalid(_another(name, addresses[0] if addresses else "another account", config), code="another_account", field="address")
    if config.from_address:
        require_offered(config.from_address, await offered(ctx, mailbox))
    stored = msgspec.structs.replace(config, refresh_token="")
    return Connected(
        identity=config.address,
        config=stored,
        address=config.address,
        name=config.company_name,
        grant=mailbox.calls.grant,
        from_address=config.from_address,
    )


async def offered(ctx: Context, mailbox: Mailbox) -> list[str]:
    """The connection's own address, then what else the provider names."""
    config: Config = ctx.config
    named = [one for one in map(normal_address, await mailbox.sends_from()) if one]
    return list(dict.fromkeys([config.address, *named]))


def require_offered(address: str, addresses: Sequence[str]) -> None:
    """R-141."""
    if address not in addresses:
        raise Invalid(f"This connection may not send from {address}. Choose one of: {', '.join(addresses)}.", field="from_address")


async def _refuse_other_clouds(ctx: Context, config: Config) -> None:
    """R-107. Microsoft tells for every domain in which of its clouds it is; when it does not answer, signing in there would fail anyway."""
    if config.method != "microsoft365":
        return
    base = base_of(ctx, MICROSOFT, "https://login.microsoftonline.com")
    try:
        answer = await ctx.http.send("GET", f"{base}/{domain_of(config.address)}/v2.0/.well-known/openid-configuration")
        told: _Tenant = answer.into(_Tenant)
    except SendError:
        return
    if told.tenant_region_sub_scope.upper() in ("DOD", "DODCON") or told.cloud_instance_name == "microsoftonline.us":
        raise Invalid(OTHER_CLOUD, code="other_cloud", field="address")


def _another(name: str, signed_in: str, config: Config) -> str:
    """R-105, R-106: what is no mailbox of its own comes by forwarding."""
    kinds = "a group or an alias" if config.method == "gmail" else "a shared mailbox, a group or an alias"
    return (
        f"You signed in at {name} as {signed_in}, not as {config.address}. Start again and choose the right account. If {config.address} is {kinds}, "
        "nobody can sign in as it: connect it by forwarding instead."
    )


def consent_url(ctx: Context, consent: Consent) -> str:
    config: Config = ctx.config
    if config.method == "microsoft365" and _GOVERNMENT.search(config.address):
        raise Invalid(OTHER_CLOUD, code="other_cloud", field="address")
    return oauth.consent_url(provider_of(ctx), consent, login_hint=config.address)


async def take_grant(ctx: Context, consent: Consent, code: str) -> Grant:
    return await oauth.take_grant(ctx.http, ctx.clock, provider_of(ctx), consent, code)


async def send(ctx: Context, outgoing: Outgoing, contents: Sequence[tuple[OutgoingFile, bytes]]) -> Sent:
    """One answer for all recipients; who cannot be reached comes back later as a failure report."""
    if outgoing.only:
        wanted = {address.lower() for address in outgoing.only}
        again = [party for party in outgoing.recipients if party.address.lower() in wanted]
        outgoing = msgspec.structs.replace(outgoing, recipients=again)
    return await mailbox_of(ctx).send(outgoing, contents)


async def fetch_raw(ctx: Context, id: str) -> bytes | None:
    """One mail, by the provider's id as a `Found` has it; None when it is not in the mailbox any more."""
    fetched = await mailbox_of(ctx).fetch(Found(id=id))
    return None if fetched is None else fetched.raw


async def find_sent(ctx: Context, outgoing: Outgoing) -> Sent | None:
    """Not there means that the next try looks once more, a little later, and sends then: a request may still have been on its way."""
    if outgoing.only:
        raise Uncertain("The mail may have left before the connection broke. Ask the recipient, or send it again.", code="not_known")
    return await mailbox_of(ctx).look_up(own.message_id_for(ctx, outgoing.message_id))

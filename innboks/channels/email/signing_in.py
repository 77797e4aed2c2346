"""Google and Microsoft as providers to sign in at: their addresses, what we ask leave for, and the terms a person accepts first (R-108).

The operator registers this server there once (docs/guide/gmail-and-microsoft-365.md). Read `sdk/oauth.py` for the protocol, `gmail.py` and
`graph.py` for what is done with the grant.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from innboks.channels.email.settings import Config
from innboks.config import ProviderClient
from innboks.errors import Invalid
from innboks.sdk.contract import Context, SignIn
from innboks.sdk.oauth import Provider

GOOGLE, MICROSOFT = "google", "microsoft"
BY_METHOD = {"gmail": GOOGLE, "microsoft365": MICROSOFT}
NAMES = {GOOGLE: "Google", MICROSOFT: "Microsoft"}

GMAIL_SCOPES = ("https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.send")
"""To read and to send; nothing in the mailbox can be changed with it."""
GRAPH_SCOPES = ("offline_access", "User.Read", "Mail.ReadWrite", "Mail.Send")
"""Writing is for the draft from which a mail is sent, so that it is sent once."""

_TERMS = """By connecting this mailbox to Innboks you agree that

- Innboks reads the mail that arrives in it from now on, and what is sent from it, and keeps a copy on this server;
- every member of the inbox sees these mails and can answer them from this address (it is a team address, not a personal one);
- answers are sent through {name} and are kept in the mailbox's Sent folder;
- Innboks changes and deletes nothing of what is in the mailbox. Access can be withdrawn at any time: here by disconnecting, or in the {name} account.

You confirm that you may share this mailbox with the team."""


def sign_ins(settings: Mapping[str, Any]) -> Sequence[SignIn]:
    """Both, with what is missing where the operator has not registered this server."""
    return [
        SignIn(
            provider=provider,
            label=f"Connect with {NAMES[provider]}",
            when={"method": [method]},
            terms=_TERMS.format(name=NAMES[provider]),
            problem="" if client_of(settings, provider) is not None else _not_set_up(provider),
        )
        for method, provider in BY_METHOD.items()
    ]


def client_of(settings: Mapping[str, Any], provider: str) -> ProviderClient | None:
    found: ProviderClient | None = settings.get("provider_clients", {}).get(provider)
    return found


def base_of(ctx: Context, provider: str, usual: str) -> str:
    """The provider's address; the operator may put a stand-in at its place (INNBOKS_<PROVIDER>_URL), which then has every path of it."""
    found: str = ctx.settings.get("provider_urls", {}).get(provider, usual)
    return found


def provider_of(ctx: Context) -> Provider:
    """Where the configured method signs in. Raises `Invalid` when the operator has not registered this server there."""
    config: Config = ctx.config
    provider = BY_METHOD.get(config.method)
    if provider is None:
        raise Invalid("This way of connecting needs no sign-in. Choose Gmail or Microsoft 365 for that.", field="method")
    client = client_of(ctx.settings, provider)
    if client is None:
        raise Invalid(_not_set_up(provider), code="not_set_up", field="method")
    if provider == GOOGLE:
        return Provider(
            name=NAMES[provider],
            consent_url=base_of(ctx, GOOGLE, "https://accounts.google.com") + "/o/oauth2/v2/auth",
            token_url=base_of(ctx, GOOGLE, "https://oauth2.googleapis.com") + "/token",
            client_id=client.id,
            client_secret=client.secret,
            scopes=GMAIL_SCOPES,
            more={"access_type": "offline", "prompt": "consent"},  # else a second sign-in brings no refresh token
        )
    authority = f"{base_of(ctx, MICROSOFT, 'https://login.microsoftonline.com')}/{client.tenant or 'common'}/oauth2/v2.0"
    return Provider(
        name=NAMES[provider],
        consent_url=f"{authority}/authorize",
        token_url=f"{authority}/token",
        client_id=client.id,
        client_secret=client.secret,
        scopes=GRAPH_SCOPES,
        more={"response_mode": "query", "prompt": "select_account"},
    )


def _not_set_up(provider: str) -> str:
    return (
        f"This server is not registered at {NAMES[provider]} yet. Its operator sets INNBOKS_{provider.upper()}_CLIENT_ID and "
        f"INNBOKS_{provider.upper()}_CLIENT_SECRET; the guide says how. Until then, connect by forwarding or IMAP."
    )

"""Connecting by signing in at the provider (OAuth 2.0, R-108): start → the provider's page → the browser comes back → connected.

What was typed waits here, sealed, while the person is away; the `state` in the address finds it again, once, within the hour, and only for
the same person in the same account. So a link that somebody else prepared connects nothing (RFC 6749 §10.12). Signing in anew for a channel
account that is there renews its grant; what waited is sent then. Read next: `sdk/oauth.py`, `grants.py`, `connect.py`.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store_sign_ins as store
from innboks.core.channel_accounts.connect import (
    change_channel_account,
    connect,
    draft_of,
    get_channel_account,
    merged_config,
    other_fallback,
    read_config,
)
from innboks.core.channel_accounts.directory import Connected, operator_settings
from innboks.core.inboxes.make import NewInbox
from innboks.core.parts import Parts
from innboks.errors import Conflict, InnboksError, Invalid, NotFound, Refused
from innboks.sdk.contract import Channel, Consent, SignIn

CALLBACK = "/api/oauth/callback"
LIFE = timedelta(hours=1)
log = structlog.get_logger("sign_in")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants to connect. With `channel_account_id` an existing one is connected anew, and `kind`, `name` and `inbox_id` are its own.
    `return_to`: the app's path to go back to; "": the page only says that it is done, for a window that was opened for it."""

    provider: str
    kind: str = ""
    name: str = ""
    inbox_id: int | None = None
    config: Mapping[str, Any] = {}
    channel_account_id: int | None = None
    accepts_terms: bool = False
    is_personal: bool = False
    draft_id: int | None = None
    setup_step: str | None = None
    past_days: int = 0
    new_inbox: NewInbox | None = None
    return_to: str = ""


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the provider's page."""

    sign_in: store.Row
    url: str


class _Kept(msgspec.Struct, frozen=True):
    """What is sealed until the person comes back."""

    wish: Wish
    verifier: str


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """`problem` is None when it is connected."""

    sign_in_id: int | None
    return_to: str = ""
    problem: InnboksError | None = None


def redirect_uri(parts: Parts) -> str:
    """The address that has to be registered at the provider."""
    return f"{parts.settings.url}{CALLBACK}"


async def start(parts: Parts, actor: Actor, wish: Wish) -> Started:
    """Checks everything that can be checked before the person leaves. Raises `Forbidden`, `NotFound` and `Invalid` with the field."""
    actor.require(ACCOUNT_ACCESS)
    draft = await _draft(parts, actor, wish)
    offered = _offered(parts, draft.channel, wish.provider)
    if offered.problem:
        raise Invalid(offered.problem, code="not_set_up", field="provider")
    if offered.terms and not wish.accepts_terms:
        raise Invalid("Read the terms and accept them first.", code="terms", field="accepts_terms")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    url = draft.channel.consent_url(draft.context, Consent(redirect_uri=redirect_uri(parts), state=state, verifier=verifier))
    now = parts.clock.now()
    async with parts.db.transaction() as conn:
        sign_in_id = await store.next_id(conn)
        row = store.Row(
            account_id=actor.account_id,
            id=sign_in_id,
            user_id=actor.user_id,
            kind=draft.channel.kind,
            provider=wish.provider,
            channel_account_id=wish.channel_account_id,
            sealed=parts.vault.seal(msgspec.json.encode(_Kept(wish, verifier)), _seal_context(actor.account_id, sign_in_id)),
            status="waiting",
            problem={},
            expires_at=now + LIFE,
        )
        await store.insert(conn, row, _hash(state), now)
    return Started(sign_in=row, url=url)


async def finish(parts: Parts, actor: Actor, state: str, code: str, error: str) -> Finished:
    """The person is back. Whatever goes wrong now is kept with the sign-in, for the page that waits, and in the answer."""
    async with parts.db.transaction() as conn:
        row = await store.take(conn, actor.account_id, actor.user_id, _hash(state), parts.clock.now())
    if row is None:
        problem = Conflict("This sign-in is over, or another person began it. Start it again in the settings.", code="sign_in_over")
        return Finished(sign_in_id=None, problem=problem)
    kept = msgspec.json.decode(parts.vault.open(row.sealed, _seal_context(row.account_id, row.id)), type=_Kept)
    try:
        channel_account_id = await _take(parts, actor, kept, state, code, error)
    except InnboksError as refusal:
        log.info("sign-in failed", account=row.account_id, provider=row.provider, code=refusal.code)
        shown = {"sentence": refusal.sentence, "code": refusal.code, "field": refusal.field if isinstance(refusal, Refused) else None}
        await _settle(parts, row, "failed", None, shown)
        return Finished(sign_in_id=row.id, return_to=kept.wish.return_to, problem=refusal)
    except BaseException:
        await _settle(parts, row, "failed", None, {"sentence": "Something went wrong on our side. Try again.", "code": "internal"})
        raise
    await _settle(parts, row, "connected", channel_account_id, {})
    return Finished(sign_in_id=row.id, return_to=kept.wish.return_to)


async def get_sign_in(parts: Parts, actor: Actor, sign_in_id: int) -> store.Row:
    """One's own. *waiting* after its time is *failed*."""
    async with parts.db.connection() as conn:
        row = await store.get(conn, actor.account_id, actor.user_id, sign_in_id)
    if row is None:
        raise NotFound("There is no such sign-in.", code="unknown_sign_in")
    if row.status == "waiting" and row.expires_at <= parts.clock.now():
        row.status, row.problem = "failed", {"sentence": "This sign-in was not finished within an hour. Start it again.", "code": "expired"}
    return row


async def give_up(parts: Parts, actor: Actor, sign_in_id: int) -> None:
    """One's own. Whoever allows access afterwards, in a window that was left open, connects nothing."""
    row = await get_sign_in(parts, actor, sign_in_id)
    problem = {"sentence": "You cancelled this sign-in. Start it again.", "code": "cancelled"}
    async with parts.db.transaction() as conn:
        await store.give_up(conn, row.account_id, row.id, problem)


async def _take(parts: Parts, actor: Actor, kept: _Kept, state: str, code: str, error: str) -> int:
    wish = kept.wish
    if error or not code:
        raise Invalid(_declined(error), code=error[:50] or "no_code")
    draft = await _draft(parts, actor, wish)
    consent = Consent(redirect_uri=redirect_uri(parts), state=state, verifier=kept.verifier)
    grant = await draft.channel.take_grant(draft.context, consent, code)
    if wish.channel_account_id is not None:
        row = await change_channel_account(parts, actor, wish.channel_account_id, config=wish.config, grant=grant)
        return row.id
    accepted = {"terms_accepted_at": parts.clock.now().isoformat(), "terms_accepted_by": str(actor.user_id)} if wish.accepts_terms else {}
    made = await connect(
        parts,
        actor,
        wish.kind,
        wish.name,
        wish.inbox_id,
        wish.config,
        grant=grant,
        settings=accepted,
        is_personal=wish.is_personal,
        draft_id=wish.draft_id,
        setup_step=wish.setup_step,
        past_days=wish.past_days,
        new_inbox=wish.new_inbox,
    )
    return made.id


def _declined(error: str) -> str:
    if error == "access_denied":
        return "You did not allow access, so nothing was connected. Start again and press “Allow”."
    if error in ("admin_policy_enforced", "consent_required", "org_internal"):
        return "Your organisation does not let people connect this server. Ask its administrator to allow it, then start again."
    return "The provider did not let you in. Start again; if it stays so, look whether the operator's client id is still right."


async def _draft(parts: Parts, actor: Actor, wish: Wish) -> Connected:
    if wish.channel_account_id is None:
        typed = read_config(parts.registry.get(wish.kind), wish.config)
        return await draft_of(parts, actor, wish.kind, wish.name, wish.inbox_id, typed, new_inbox=wish.new_inbox)
    before = await get_channel_account(parts, actor, wish.channel_account_id)
    if before.archived_at is not None:
        raise Conflict("This channel was disconnected. Connect it anew.", code="disconnected")
    if before.is_fallback:
        raise other_fallback()
    return await draft_of(parts, actor, before.kind, before.name, before.inbox_id, merged_config(parts, before, wish.config))


def _offered(parts: Parts, channel: Channel, provider: str) -> SignIn:
    for one in channel.sign_ins(operator_settings(parts)):
        if one.provider == provider:
            return one
    raise Invalid(f"This channel has no sign-in at “{provider[:50]}”.", code="unknown_provider", field="provider")


async def _settle(parts: Parts, row: store.Row, status: str, channel_account_id: int | None, problem: Mapping[str, Any]) -> None:
    async with parts.db.transaction() as conn:
        await store.settle(conn, row.account_id, row.id, status, channel_account_id, problem)


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()


def _seal_context(account_id: int, sign_in_id: int) -> bytes:
    return f"sign_in:{account_id}:{sign_in_id}".encode()

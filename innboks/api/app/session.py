"""Signing in and out, who I am, and my other sessions. The cookie is opaque, HttpOnly and sent to /api only (DESIGN §6, Safety)."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from innboks.api.app.users import Myself, myself
from innboks.api.call import IS_PUBLIC, Call, Id, Input, Items, Name, PathId, numbers
from innboks.api.guard import COOKIE
from innboks.core.access import Actor
from innboks.core.accounts import sign_in, users
from innboks.core.accounts.actors import SESSION_LIFE, authenticate
from innboks.core.accounts.models import Account
from innboks.errors import Unauthenticated

HERE = "innboks_here"
"""Beside the session's cookie: says to the page that there is one (web/src/api/signedIn.ts). Nothing is opened by it."""


class AccountOut(msgspec.Struct):
    """`undo_send_s`: so long an answer written in the app can be taken back before it leaves. `assigns_when_available`: when somebody becomes
    available, rules give out what waits unassigned. `inbox_ticketing`: may conversations become tickets here? The operator decides.
    `tickets_per_contact_max`: with so many, a contact gets no more by itself. `tickets_uncounted_stage_ids`, `tickets_uncounted_after_days`:
    tickets in these stages, or older than this (0: however old), fill nobody's limit. `closing_closes_tickets`: closing the last open conversation of
    a ticket closes the ticket. `switched_off`: features that the operator took away."""

    id: str
    name: str
    undo_send_s: int
    assigns_when_available: bool
    inbox_ticketing: bool
    tickets_per_contact_max: int
    tickets_uncounted_stage_ids: list[str]
    tickets_uncounted_after_days: int
    closing_closes_tickets: bool
    switched_off: list[str]


class SessionOut(msgspec.Struct):
    user: Myself
    account: AccountOut


class OpenSession(msgspec.Struct):
    """One signed-in browser."""

    id: str
    created_at: datetime
    seen_at: datetime
    user_agent: str
    remote_address: str
    is_current: bool


class SignIn(Input):
    email: Name
    password: Annotated[str, msgspec.Meta(max_length=4096)]


class AccountChange(Input):
    """Only what is given changes. `name`: of the company, as customers see it."""

    name: Name | None = None
    undo_send_s: Annotated[int, msgspec.Meta(ge=0, le=30)] | None = None
    assigns_when_available: bool | None = None
    tickets_per_contact_max: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    tickets_uncounted_stage_ids: Annotated[list[Id], msgspec.Meta(max_length=200)] | None = None
    tickets_uncounted_after_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] | None = None
    closing_closes_tickets: bool | None = None


def account_out(account: Account) -> AccountOut:
    return AccountOut(
        str(account.id),
        account.name,
        account.undo_send_s,
        account.assigns_when_available,
        account.inbox_ticketing,
        account.tickets_per_contact_max,
        account.tickets_uncounted_stage_ids,
        account.tickets_uncounted_after_days,
        account.closing_closes_tickets,
        account.switched_off,
    )


async def signed_in(request: Call, actor: Actor, token: str | None, *, status: int = 200) -> Response[SessionOut]:
    """Who the person is, with the cookie that says so from now on."""
    parts = request.parts
    user = await users.get_user(parts, actor, actor.user_id)
    account = await users.account_of(parts, actor)
    content = SessionOut(myself(user), account_out(account))
    return Response(
        content, status_code=status, cookies=[] if token is None else _cookies(request, token, int(SESSION_LIFE.total_seconds()))
    )


@post("/session", operation_id="sign_in", tags=["session"], summary="Sign in", opt=IS_PUBLIC)
async def create_session(request: Call, data: JSONBody[SignIn]) -> Response[SessionOut]:
    parts, visit = request.parts, request.visit
    token = await sign_in.sign_in(
        parts, data.email, data.password, remote_address=request.remote_address, user_agent=visit.user_agent, replaces=visit.cookie
    )
    actor = await authenticate(parts, cookie=token)
    if actor is None:  # deactivated in this very moment
        raise Unauthenticated("You are not signed in any more. Sign in again.", code="session_ended")
    return await signed_in(request, actor, token, status=201)


@get("/session", operation_id="get_session", tags=["session"], summary="Who am I?")
async def get_session(request: Call) -> Response[SessionOut]:
    # The cookie is sent again, so that it lives as long as the session, which slides.
    actor = request.actor
    return await signed_in(request, actor, request.visit.cookie if request.visit.bearer is None else None)


@delete("/session", operation_id="sign_out", tags=["session"], summary="Sign out", opt=IS_PUBLIC)
async def delete_session(request: Call) -> Response[None]:
    if request.visit.cookie is not None:
        await sign_in.sign_out(request.parts, request.visit.cookie)
    return Response(None, status_code=204, cookies=_cookies(request, "", 0))


@get("/account", operation_id="get_account", tags=["session"], summary="What holds for everybody of the account")
async def get_account(request: Call) -> AccountOut:
    return account_out(await users.account_of(request.parts, request.actor))


@patch("/account", operation_id="change_account", tags=["session"], summary="Change what holds for everybody")
async def change_account(request: Call, data: JSONBody[AccountChange]) -> AccountOut:
    changed = await users.change_account(
        request.parts,
        request.actor,
        name=data.name,
        undo_send_s=data.undo_send_s,
        assigns_when_available=data.assigns_when_available,
        tickets_per_contact_max=data.tickets_per_contact_max,
        tickets_uncounted_stage_ids=None if data.tickets_uncounted_stage_ids is None else numbers(data.tickets_uncounted_stage_ids),
        tickets_uncounted_after_days=data.tickets_uncounted_after_days,
        closing_closes_tickets=data.closing_closes_tickets,
    )
    return account_out(changed)


@get("/sessions", operation_id="list_sessions", tags=["session"], summary="My signed-in browsers")
async def list_sessions(request: Call) -> Items[OpenSession]:
    actor = request.actor
    found = await sign_in.list_sessions(request.parts, actor, request.visit.cookie)
    return Items([OpenSession(str(s.id), s.created_at, s.seen_at, s.user_agent, s.remote_address, s.is_current) for s in found])


@delete("/sessions/{session_id:str}", operation_id="revoke_session", tags=["session"], summary="Sign out one of my browsers")
async def revoke_session(request: Call, session_id: PathId) -> None:
    await sign_in.revoke_session(request.parts, request.actor, session_id)


def _cookies(request: Call, token: str, max_age_s: int) -> list[Cookie]:
    """The session's, and one that tells the page's scripts that there is one, so that they ask for the first list at once. That one opens nothing."""
    is_secure = request.parts.settings.url.startswith("https://")
    session = Cookie(key=COOKIE, value=token, path="/api", httponly=True, samesite="lax", secure=is_secure, max_age=max_age_s)
    here = Cookie(key=HERE, value="1" if token else "", path="/", samesite="lax", secure=is_secure, max_age=max_age_s)
    return [session, here]


routes = [create_session, get_session, delete_session, list_sessions, revoke_session, get_account, change_account]

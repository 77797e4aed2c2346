"""The table of people, and invitations. What colleagues may know of each other is in `users.py`; this is for those who manage people."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.session import SessionOut, signed_in
from innboks.api.app.users import Password, TeamIds, UserOut, shared
from innboks.api.call import (
    IS_PUBLIC,
    Call,
    Id,
    Input,
    Items,
    Limit,
    Name,
    PathId,
    QueryCursor,
    QueryId,
    QueryText,
    number_or_none,
    numbers,
    text_id,
)
from innboks.core.accounts import invitations, sign_in, users
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.models import Person
from innboks.errors import Unauthenticated

PAGE_MAX = 100


class InboxReachOut(msgspec.Struct):
    """`is_named`: as a member by name; else by a team, or because the inbox is for everyone."""

    inbox_id: str
    may_read: bool
    may_act: bool
    is_named: bool


class InvitationOut(msgspec.Struct):
    """`mailed_at` null: no mail left; `trouble` then says why, when one was tried."""

    created_at: datetime
    expires_at: datetime
    is_expired: bool
    mailed_at: datetime | None
    trouble: str
    invited_by_id: str | None


class ColleagueOut(UserOut):
    """`reach`: what this person may do in which inbox, or will when they come. `is_here`: was signed in and at work in the last ten minutes."""

    main_team_id: str | None
    extra_team_ids: list[str]
    reach: list[InboxReachOut]
    invitation: InvitationOut | None
    seen_at: datetime | None
    is_here: bool
    created_at: datetime


class NewInvitation(Input):
    """`inbox_ids`: where they become a member by name, besides what their teams give them. `by_mail` false: only make the link."""

    email: Name
    name: Name = ""
    role_id: Id | None = None
    can_receive: bool = True
    main_team_id: Id | None = None
    extra_team_ids: TeamIds = []
    inbox_ids: TeamIds = []
    by_mail: bool = True


class Renewal(Input):
    by_mail: bool = True


class InvitedOut(msgspec.Struct):
    """`link` is set when no mail left: there is no server for it (none), it did not take it (failed), or it was not wanted. It is shown once."""

    user_id: str
    mail: Literal["sent", "failed", "none", "unwanted"]
    link: str | None


class InvitationToken(Input):
    token: Annotated[str, msgspec.Meta(max_length=200)]


class OpenedOut(msgspec.Struct):
    account_name: str
    invited_by: str
    email: str
    name: str
    expires_at: datetime


class Acceptance(Input):
    token: Annotated[str, msgspec.Meta(max_length=200)]
    name: Name
    password: Password
    locale: Name | None = None


def shown(person: Person, now: datetime) -> ColleagueOut:
    invitation = person.invitation
    return ColleagueOut(
        **shared(person.user),
        main_team_id=text_id(person.main_team_id),
        extra_team_ids=[str(one) for one in person.extra_team_ids],
        reach=[InboxReachOut(str(one.inbox_id), one.may_read, one.may_act, one.is_named) for one in person.reach],
        invitation=None
        if invitation is None
        else InvitationOut(
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            is_expired=invitation.expires_at <= now,
            mailed_at=invitation.mailed_at,
            trouble=invitation.trouble,
            invited_by_id=text_id(invitation.invited_by),
        ),
        seen_at=person.seen_at,
        is_here=person.is_here,
        created_at=person.user.created_at,
    )


def invited_out(invited: invitations.Invited) -> InvitedOut:
    return InvitedOut(str(invited.user_id), invited.mail, invited.link)


@get("/people", operation_id="list_people", tags=["users"], summary="The table of people, with what each may do where")
async def list_people(
    request: Call,
    q: QueryText = "",
    status: Annotated[Literal["active", "invited", "deactivated", "here", "not_here", "available", "away"] | None, QueryParameter()] = None,
    inbox_id: QueryId = None,
    cursor: QueryCursor = None,
    limit: Limit = PAGE_MAX,
) -> Items[ColleagueOut]:
    """`inbox_id`: who acts in it. `q`: part of a name or a mail address."""
    found, following = await users.list_people(
        request.parts, request.actor, words=q, status=status, inbox_id=inbox_id, cursor=cursor, limit=min(limit, PAGE_MAX)
    )
    now = request.parts.clock.now()
    return Items([shown(person, now) for person in found], following)


@get("/people/{user_id:str}", operation_id="get_person", tags=["users"], summary="One person, as in the table")
async def get_person(request: Call, user_id: PathId) -> ColleagueOut:
    return shown(await users.get_person(request.parts, request.actor, user_id), request.parts.clock.now())


@post("/invitations", operation_id="invite_person", tags=["users"], summary="Invite somebody by mail")
async def invite_person(request: Call, data: JSONBody[NewInvitation]) -> InvitedOut:
    new = invitations.New(
        email=data.email,
        name=data.name,
        role_id=number_or_none(data.role_id),
        can_receive=data.can_receive,
        main_team_id=number_or_none(data.main_team_id),
        extra_team_ids=numbers(data.extra_team_ids),
        inbox_ids=numbers(data.inbox_ids),
        by_mail=data.by_mail,
    )
    return invited_out(await invitations.invite(request.parts, request.actor, new))


@post(
    "/invitations/{user_id:str}/renew", operation_id="renew_invitation", tags=["users"], summary="Send an invitation again, with a new link"
)
async def renew_invitation(request: Call, user_id: PathId, data: JSONBody[Renewal]) -> InvitedOut:
    return invited_out(await invitations.renew(request.parts, request.actor, user_id, by_mail=data.by_mail))


@delete("/invitations/{user_id:str}", operation_id="revoke_invitation", tags=["users"], summary="Take an invitation back")
async def revoke_invitation(request: Call, user_id: PathId) -> None:
    await invitations.revoke(request.parts, request.actor, user_id)


@post(
    "/invitations/open",
    operation_id="open_invitation",
    tags=["session"],
    summary="What an invitation is for",
    opt=IS_PUBLIC,
    status_code=200,
)
async def open_invitation(request: Call, data: JSONBody[InvitationToken]) -> OpenedOut:
    request.app.state["strangers"].take(request.remote_address, request.parts.clock.monotonic())
    found = await invitations.open_invitation(request.parts, data.token)
    return OpenedOut(found.account_name, found.invited_by, found.email, found.name, found.expires_at)


@post("/invitations/accept", operation_id="accept_invitation", tags=["session"], summary="Accept an invitation and sign in", opt=IS_PUBLIC)
async def accept_invitation(request: Call, data: JSONBody[Acceptance]) -> Response[SessionOut]:
    request.app.state["strangers"].take(request.remote_address, request.parts.clock.monotonic())
    parts = request.parts
    account_id, user_id = await invitations.accept(parts, data.token, name=data.name, password=data.password, locale=data.locale)
    actor = await actor_for(parts, account_id, user_id)
    if actor is None:  # deactivated in this very moment
        raise Unauthenticated("You are not signed in any more. Sign in again.", code="session_ended")
    token = await sign_in.start_session(
        parts, account_id, user_id, remote_address=request.remote_address, user_agent=request.visit.user_agent
    )
    return await signed_in(request, actor, token, status=201)


routes = [list_people, get_person, invite_person, renew_invitation, revoke_invitation, open_invitation, accept_invitation]

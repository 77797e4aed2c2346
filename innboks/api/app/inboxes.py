"""Inboxes and their members."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, numbers
from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.conversations import assignees
from innboks.core.conversations.store import COUNT_CAP
from innboks.core.inboxes import inboxes
from innboks.core.inboxes.make import MEMBERS_MAX
from innboks.core.inboxes.models import Access, ChangedSubject, Inbox, SeveralAnswers

Members = Annotated[list[Id], msgspec.Meta(max_length=MEMBERS_MAX)]
Teams = Annotated[list[Id], msgspec.Meta(max_length=1000)]


class InboxOut(msgspec.Struct):
    """`access` "members": only `member_ids` and the people of `team_ids` act in it. `can_read` and `can_act`: what the asking person may; with
    "account access" one also lists what one only configures. `reply_within_s`: within so long a waiting customer is to have an answer; null: there is no target.

    `changed_subject`: an answer with another subject stays and a split is suggested, begins a new conversation, or stays. `several_answers` "apart": people who
    were not in To or Cc of a mail of ours, and answer it, get a conversation each. `same_subject_days`: what names no other message joins the open
    conversation of the same sender and subject that had a message so many days ago at most; null: never. `is_assignee_only`: an assigned conversation is
    answered by its assignee only."""

    id: str
    name: str
    type: Literal["INBOX", "HELP_DESK"]
    access: Access
    member_ids: list[str]
    team_ids: list[str]
    can_read: bool
    can_act: bool
    reply_within_s: int | None
    changed_subject: ChangedSubject
    several_answers: SeveralAnswers
    same_subject_days: int | None
    is_assignee_only: bool
    created_at: datetime
    updated_at: datetime
    is_archived: bool
    archived_at: datetime | None


class AssigneeOut(msgspec.Struct):
    """`open_count` stops at 99: then `is_capped` is true, and there are more. `is_here`: was signed in and at work in the last ten minutes."""

    id: str
    name: str
    open_count: int
    is_capped: bool
    is_here: bool


class ReaderOut(msgspec.Struct):
    id: str


class NewInbox(Input):
    name: Name
    access: Access = "everyone"
    member_ids: Members | None = None
    team_ids: Teams = []


class InboxChange(Input):
    """`disconnect_channels`, with `is_archived`: disconnect what is connected to it; without, archiving is refused while something is."""

    name: Name | None = None
    access: Access | None = None
    member_ids: Members | None = None
    team_ids: Teams | None = None
    disconnect_channels: bool = False
    is_archived: bool | None = None
    reply_within_s: int | msgspec.UnsetType | None = msgspec.UNSET
    changed_subject: ChangedSubject | None = None
    several_answers: SeveralAnswers | None = None
    same_subject_days: int | msgspec.UnsetType | None = msgspec.UNSET
    is_assignee_only: bool | None = None


class NewMembers(Input):
    member_ids: Members


def shown(inbox: Inbox, actor: Actor) -> InboxOut:
    return InboxOut(
        id=str(inbox.id),
        name=inbox.name,
        type=inbox.type,
        access=inbox.access,
        member_ids=[str(user_id) for user_id in inbox.member_ids],
        team_ids=[str(team_id) for team_id in inbox.team_ids],
        can_read=actor.can_read(inbox.id),
        can_act=inbox.id in actor.writable,
        reply_within_s=inbox.reply_within_s,
        changed_subject=inbox.changed_subject,
        several_answers=inbox.several_answers,
        same_subject_days=inbox.same_subject_days,
        is_assignee_only=inbox.is_assignee_only,
        created_at=inbox.created_at,
        updated_at=inbox.updated_at,
        is_archived=inbox.archived_at is not None,
        archived_at=inbox.archived_at,
    )


async def renewed(request: Call, inbox: Inbox) -> InboxOut:
    """As it is for the asking person after a change that may have been about their own rights."""
    actor = await actor_for(request.parts, request.actor.account_id, request.actor.user_id)
    return shown(inbox, actor or request.actor)


@get("/inboxes", operation_id="list_inboxes", tags=["inboxes"], summary="The inboxes I may read or configure")
async def list_inboxes(request: Call) -> Items[InboxOut]:
    return Items([shown(inbox, request.actor) for inbox in await inboxes.list_inboxes(request.parts, request.actor)])


@post("/inboxes", operation_id="create_inbox", tags=["inboxes"], summary="Make an inbox")
async def create_inbox(request: Call, data: JSONBody[NewInbox]) -> InboxOut:
    members = None if data.member_ids is None else numbers(data.member_ids)
    inbox = await inboxes.create_inbox(request.parts, request.actor, data.name, data.access, members, numbers(data.team_ids))
    return await renewed(request, inbox)


@patch("/inboxes/{inbox_id:str}", operation_id="update_inbox", tags=["inboxes"], summary="Rename, open, restrict or archive an inbox")
async def update_inbox(request: Call, inbox_id: PathId, data: JSONBody[InboxChange]) -> InboxOut:
    changed = await inboxes.update_inbox(
        request.parts,
        request.actor,
        inbox_id,
        name=data.name,
        access=data.access,
        member_ids=None if data.member_ids is None else numbers(data.member_ids),
        team_ids=None if data.team_ids is None else numbers(data.team_ids),
        is_archived=data.is_archived,
        disconnect_channels=data.disconnect_channels,
        reply_within_s=data.reply_within_s,
        changed_subject=data.changed_subject,
        several_answers=data.several_answers,
        same_subject_days=data.same_subject_days,
        is_assignee_only=data.is_assignee_only,
    )
    return await renewed(request, changed)


@put("/inboxes/{inbox_id:str}/members", operation_id="set_inbox_members", tags=["inboxes"], summary="Replace the named members of an inbox")
async def set_members(request: Call, inbox_id: PathId, data: JSONBody[NewMembers]) -> InboxOut:
    return await renewed(request, await inboxes.set_members(request.parts, request.actor, inbox_id, numbers(data.member_ids)))


@put(
    "/inboxes/{inbox_id:str}/members/{user_id:str}",
    operation_id="add_inbox_member",
    tags=["inboxes"],
    summary="Make one person a member of an inbox, maybe myself",
)
async def add_member(request: Call, inbox_id: PathId, user_id: PathId) -> InboxOut:
    return await renewed(request, await inboxes.set_member(request.parts, request.actor, inbox_id, user_id, is_member=True))


@delete(
    "/inboxes/{inbox_id:str}/members/{user_id:str}",
    operation_id="remove_inbox_member",
    tags=["inboxes"],
    summary="Take one person out of the members of an inbox",
    status_code=200,
)
async def remove_member(request: Call, inbox_id: PathId, user_id: PathId) -> InboxOut:
    return await renewed(request, await inboxes.set_member(request.parts, request.actor, inbox_id, user_id, is_member=False))


@get(
    "/inboxes/{inbox_id:str}/assignees",
    operation_id="list_assignees",
    tags=["inboxes"],
    summary="Who may get its conversations, and how many each has",
)
async def list_assignees(request: Call, inbox_id: PathId) -> Items[AssigneeOut]:
    found = await assignees.list_assignees(request.parts, request.actor, inbox_id)
    return Items(
        [AssigneeOut(str(one.id), one.name, min(one.open_count, COUNT_CAP - 1), one.open_count >= COUNT_CAP, one.is_here) for one in found]
    )


@get(
    "/inboxes/{inbox_id:str}/readers",
    operation_id="list_readers",
    tags=["inboxes"],
    summary="Who may read it, and so be named in a comment",
)
async def list_readers(request: Call, inbox_id: PathId) -> Items[ReaderOut]:
    return Items([ReaderOut(str(user_id)) for user_id in await assignees.list_readers(request.parts, request.actor, inbox_id)])


routes = [list_inboxes, create_inbox, update_inbox, set_members, add_member, remove_member, list_assignees, list_readers]

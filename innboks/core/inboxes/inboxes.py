"""Making and changing inboxes, and who is a member. Needs "account access" (R-005); everybody lists those they may read.

Read next: `core/channel_accounts/` for what is connected to an inbox.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts.rights import announce, note_change
from innboks.core.channel_accounts.changes import tell_addresses_changed
from innboks.core.channel_accounts.connect import disconnect
from innboks.core.channel_accounts.fallback import issue_fallback
from innboks.core.events import store as events
from innboks.core.inboxes import make as making
from innboks.core.inboxes import store
from innboks.core.inboxes.make import NewInbox
from innboks.core.inboxes.models import Access, ChangedSubject, Inbox, SeveralAnswers
from innboks.core.inboxes.personal import require_personal
from innboks.core.views import store as views
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection, retrying

if TYPE_CHECKING:
    from innboks.core.parts import Parts

RENEW_AT_ONCE = 500
REPLY_WITHIN_MIN_S = 60
REPLY_WITHIN_MAX_S = 365 * 86_400
SAME_SUBJECT_DAYS_MAX = 365


async def list_inboxes(parts: "Parts", actor: Actor) -> list[Inbox]:
    """The inboxes this person may read; with "account access" all, because they are configured there."""
    async with parts.db.connection() as conn:
        inboxes = await store.all_of(conn, actor.account_id)
    return [inbox for inbox in inboxes if actor.can_read(inbox.id) or actor.may(ACCOUNT_ACCESS)]


async def create_inbox(
    parts: "Parts",
    actor: Actor,
    name: str,
    access: Access = "everyone",
    member_ids: Sequence[int] | None = None,
    team_ids: Sequence[int] = (),
) -> Inbox:
    """A new inbox, with an address that we give out. Without `member_ids` its maker is the only named member."""
    actor.require(ACCOUNT_ACCESS)
    new = NewInbox(name=name, access=access, member_ids=member_ids, team_ids=team_ids)
    async with parts.db.transaction() as conn:
        inbox_id = await making.make(conn, actor, new)
        inbox = await _changed(conn, actor, inbox_id)
    await announce(parts, actor.account_id)
    await issue_fallback(parts, actor, inbox_id)
    return inbox


async def update_inbox(
    parts: "Parts",
    actor: Actor,
    inbox_id: int,
    *,
    name: str | None = None,
    access: Access | None = None,
    member_ids: Sequence[int] | None = None,
    team_ids: Sequence[int] | None = None,
    is_archived: bool | None = None,
    disconnect_channels: bool = False,
    reply_within_s: int | msgspec.UnsetType | None = msgspec.UNSET,
    changed_subject: ChangedSubject | None = None,
    several_answers: SeveralAnswers | None = None,
    same_subject_days: int | msgspec.UnsetType | None = msgspec.UNSET,
    is_assignee_only: bool | None = None,
) -> Inbox:
    """Changes an inbox. Archiving is refused while channels are connected to it, unless the person says that they are to be disconnected with
    it (R-028); the address that we gave out takes nothing until the inbox is brought back. A new answer target holds for who waits already;
    what is said about conversations (`models.py`) holds for what comes and is written from now on.

    Raises `Conflict` when somebody's personal mailbox would be opened to others (R-102)."""
    if is_archived and disconnect_channels:
        await _disconnect_all(parts, actor, inbox_id)
    async with parts.db.transaction() as conn:
        inbox = await _find(conn, actor, inbox_id, lock=True)
        actor.require(ACCOUNT_ACCESS)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = making.require_name(name)
        if access is not None:
            values["access"] = access
        if is_archived and inbox.archived_at is None:
            if await store.connected(conn, actor.account_id, inbox_id):
                raise Conflict(
                    "Channels are still connected to this inbox. Disconnect them or move them to another inbox first.", code="inbox_in_use"
                )
            values["archived_at"] = parts.clock.now()
        elif is_archived is False:
            values["archived_at"] = None
        if reply_within_s is not msgspec.UNSET and reply_within_s != inbox.reply_within_s:
            if reply_within_s is not None and not REPLY_WITHIN_MIN_S <= reply_within_s <= REPLY_WITHIN_MAX_S:
                raise Invalid("An answer target is a minute at least and a year at most.", field="reply_within_s")
            values["reply_within_s"] = reply_within_s
            await parts.jobs.renew_due(conn, actor.account_id, inbox_id)
        if same_subject_days is not msgspec.UNSET:
            if same_subject_days is not None and not 1 <= same_subject_days <= SAME_SUBJECT_DAYS_MAX:
                raise Invalid(f"Choose 1 to {SAME_SUBJECT_DAYS_MAX} days.", field="same_subject_days")
            values["same_subject_days"] = same_subject_days
        policies = {"changed_subject": changed_subject, "several_answers": several_answers, "is_assignee_only": is_assignee_only}
        values |= {name: value for name, value in policies.items() if value is not None}
        await store.update(conn, actor.account_id, inbox_id, values)
        if member_ids is not None:
            await making.set_members(conn, actor, inbox_id, member_ids)
        if team_ids is not None:
            await making.set_teams(conn, actor, inbox_id, team_ids)
        is_about_rights = access is not None or member_ids is not None or team_ids is not None
        if is_about_rights:
            await require_personal(conn, actor.account_id, [inbox_id])
        changed = await _changed(conn, actor, inbox_id, rights=is_about_rights)
    if "reply_within_s" in values:
        parts.jobs.announce()
    if "archived_at" in values:
        await tell_addresses_changed(parts, actor.account_id)
    if is_about_rights:
        await announce(parts, actor.account_id)
    else:
        parts.wake.touch(actor.account_id)
    return changed


async def _disconnect_all(parts: "Parts", actor: Actor, inbox_id: int) -> None:
    """Outside the transaction: providers are told, which may take a while or fail; then nothing is archived."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        await _find(conn, actor, inbox_id)
        connected = await store.connected(conn, actor.account_id, inbox_id)
    for channel_account_id in connected:
        await disconnect(parts, actor, channel_account_id)


async def renew_due(parts: "Parts", account_id: int, inbox_id: int) -> None:
    """A job: gives those who wait already the deadline of the inbox's new answer target, some at a time, and has lists read anew."""

    @retrying  # many rows are locked here, while people change some of them in another order
    async def renew(after: int) -> int | None:
        async with parts.db.transaction() as conn:
            last = await views.renew_due(conn, account_id, inbox_id, after, RENEW_AT_ONCE)
            if last is None:
                await events.add(conn, account_id, "inbox.changed", inbox_id=inbox_id, data={"inbox_id": inbox_id})
        return last

    after: int | None = 0
    while after is not None:
        after = await renew(after)
    parts.wake.touch(account_id)


async def set_members(parts: "Parts", actor: Actor, inbox_id: int, member_ids: Sequence[int]) -> Inbox:
    """Replaces the named members of an inbox."""
    return await update_inbox(parts, actor, inbox_id, member_ids=member_ids)


async def set_member(parts: "Parts", actor: Actor, inbox_id: int, user_id: int, *, is_member: bool) -> Inbox:
    """Adds one person to the named members, or takes one out; others who do the same at the same time are not undone."""
    async with parts.db.transaction() as conn:
        await _find(conn, actor, inbox_id, lock=True)
        actor.require(ACCOUNT_ACCESS)
        if not is_member:
            await store.remove_member(conn, actor.account_id, inbox_id, user_id)
        elif not await store.add_member(conn, actor.account_id, inbox_id, user_id):
            raise NotFound("There is no such person in your account.", code="unknown_user")
        await require_personal(conn, actor.account_id, [inbox_id])
        changed = await _changed(conn, actor, inbox_id)
    await announce(parts, actor.account_id)
    return changed


async def _find(conn: Connection, actor: Actor, inbox_id: int, *, lock: bool = False) -> Inbox:
    """Raises `NotFound` for what is not there or may not be seen."""
    inbox = await store.get(conn, actor.account_id, inbox_id, lock=lock)
    if inbox is None or not (actor.can_read(inbox_id) or actor.may(ACCOUNT_ACCESS)):
        raise NotFound("There is no such inbox.", code="unknown_inbox")
    return inbox


async def _changed(conn: Connection, actor: Actor, inbox_id: int, *, rights: bool = True) -> Inbox:
    await note_change(conn, actor.account_id, rights=rights)
    inbox = await store.get(conn, actor.account_id, inbox_id)
    assert inbox
    return inbox

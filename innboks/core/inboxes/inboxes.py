"""Making and changing inboxes, and who is a member. Needs "account access" (R-005); everybody lists those they may read.

Read next: `core/channel_accounts/` for what is connected to an inbox.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.inboxes import store
from innboks.core.inboxes.models import Inbox
from innboks.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from innboks.core.parts import Parts

NAME_CHARS = 200
MEMBERS_MAX = 10_000
Access = Literal["everyone", "members"]


async def list_inboxes(parts: "Parts", actor: Actor) -> list[Inbox]:
    """The inboxes this person may read; with "account access" all, because they are configured there."""
    async with parts.db.connection() as conn:
        inboxes = await store.all_of(conn, actor.account_id)
    return [inbox for inbox in inboxes if actor.can_read(inbox.id) or actor.may(ACCOUNT_ACCESS)]


async def create_inbox(
    parts: "Parts", actor: Actor, name: str, access: Access = "everyone", member_ids: Sequence[int] | None = None
) -> Inbox:
    """A new inbox. Without `member_ids` its maker is the only member."""
    actor.require(ACCOUNT_ACCESS)
    members = [actor.user_id] if member_ids is None else list(member_ids)
    async with parts.db.transaction() as conn:
        inbox_id = await store.insert(conn, actor.account_id, _name(name), access=access)
        await _set_members(conn, actor, inbox_id, members)
        inbox = await store.get(conn, actor.account_id, inbox_id)
    parts.actors.forget(actor.account_id)
    assert inbox
    return inbox


async def update_inbox(
    parts: "Parts", actor: Actor, inbox_id: int, *, name: str | None = None, access: Access | None = None, is_archived: bool | None = None
) -> Inbox:
    """Changes an inbox. Archiving is refused while channels are connected to it (R-028)."""
    async with parts.db.transaction() as conn:
        inbox = await _find(conn, actor, inbox_id)
        actor.require(ACCOUNT_ACCESS)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = _name(name)
        if access is not None:
            values["access"] = access
        if is_archived and inbox.archived_at is None:
            if await store.has_channel_accounts(conn, actor.account_id, inbox_id):
                raise Conflict(
                    "Channels are still connected to this inbox. Disconnect them or move them to another inbox first.", code="inbox_in_use"
                )
            values["archived_at"] = parts.clock.now()
        elif is_archived is False:
            values["archived_at"] = None
        await store.update(conn, actor.account_id, inbox_id, values)
        changed = await store.get(conn, actor.account_id, inbox_id)
    parts.actors.forget(actor.account_id)
    assert changed
    return changed


async def set_members(parts: "Parts", actor: Actor, inbox_id: int, member_ids: Sequence[int]) -> Inbox:
    """Replaces the members of an inbox."""
    async with parts.db.transaction() as conn:
        await _find(conn, actor, inbox_id)
        actor.require(ACCOUNT_ACCESS)
        await _set_members(conn, actor, inbox_id, list(member_ids))
        changed = await store.get(conn, actor.account_id, inbox_id)
    parts.actors.forget(actor.account_id)
    assert changed
    return changed


async def _find(conn: Any, actor: Actor, inbox_id: int) -> Inbox:
    """Raises `NotFound` for what is not there or may not be seen."""
    inbox = await store.get(conn, actor.account_id, inbox_id)
    if inbox is None or not (actor.can_read(inbox_id) or actor.may(ACCOUNT_ACCESS)):
        raise NotFound("There is no such inbox.", code="unknown_inbox")
    return inbox


async def _set_members(conn: Any, actor: Actor, inbox_id: int, member_ids: list[int]) -> None:
    if len(member_ids) > MEMBERS_MAX:
        raise Invalid(f"An inbox has at most {MEMBERS_MAX} members.", field="member_ids")
    if not await store.set_members(conn, actor.account_id, inbox_id, member_ids):
        raise Invalid("One of these people is not in your account.", code="unknown_user", field="member_ids")


def _name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the inbox a name of 1 to {NAME_CHARS} characters.", field="name")
    return name

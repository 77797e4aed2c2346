"""Making an inbox inside somebody's transaction: by itself (`inboxes.py`), or with the first channel that is connected to it (`channel_accounts/connect.py`),
so that none is left behind when that fails."""

from collections.abc import Sequence

import msgspec

from innboks.core.access import Actor
from innboks.core.inboxes import store
from innboks.core.inboxes.models import Access
from innboks.errors import Invalid
from innboks.lib.db import Connection
from innboks.lib.text import is_seen

NAME_CHARS = 200
MEMBERS_MAX = 10_000


class NewInbox(msgspec.Struct, frozen=True, kw_only=True):
    """What it is called and who acts in it (R-022). `member_ids` None: its maker."""

    name: str
    access: Access = "everyone"
    member_ids: Sequence[int] | None = None
    team_ids: Sequence[int] = ()


async def make(conn: Connection, actor: Actor, new: NewInbox) -> int:
    """Returns its id. Whoever calls has asked for the permission, notes the change of rights, and announces it after the commit."""
    inbox_id = await store.insert(conn, actor.account_id, require_name(new.name), access=new.access)
    await set_members(conn, actor, inbox_id, [actor.user_id] if new.member_ids is None else new.member_ids)
    await set_teams(conn, actor, inbox_id, new.team_ids)
    return inbox_id


async def set_members(conn: Connection, actor: Actor, inbox_id: int, member_ids: Sequence[int]) -> None:
    """Replaces them. Raises `Invalid` when somebody is nobody of the account."""
    if len(member_ids) > MEMBERS_MAX:
        raise Invalid(f"An inbox has at most {MEMBERS_MAX} members.", field="member_ids")
    if not await store.set_members(conn, actor.account_id, inbox_id, member_ids):
        raise Invalid("One of these people is not in your account.", code="unknown_user", field="member_ids")


async def set_teams(conn: Connection, actor: Actor, inbox_id: int, team_ids: Sequence[int]) -> None:
    """Replaces them. Raises `Invalid` when one is no team of the account."""
    if not await store.set_teams(conn, actor.account_id, inbox_id, team_ids):
        raise Invalid("One of these teams is not in your account.", code="unknown_team", field="team_ids")


def require_name(name: str, *, field: str = "name") -> str:
    """Without spaces around it."""
    name = name.strip()
    if len(name) > NAME_CHARS or not is_seen(name):
        raise Invalid(f"Give the inbox a name of 1 to {NAME_CHARS} characters.", field=field)
    return name

"""Who may get a conversation, with how much each has already (R-551, R-552), and who may read one and so be named in a comment (R-632)."""

from innboks.core.access import Actor
from innboks.core.accounts.users import HERE
from innboks.core.conversations import store
from innboks.core.conversations.store import Assignee
from innboks.core.parts import Parts
from innboks.errors import NotFound


async def list_assignees(parts: Parts, actor: Actor, inbox_id: int) -> list[Assignee]:
    _require_readable(actor, inbox_id)
    async with parts.db.connection() as conn:
        return await store.assignees(conn, actor.account_id, inbox_id, sorted(actor.readable), parts.clock.now() - HERE)


async def list_readers(parts: Parts, actor: Actor, inbox_id: int) -> list[int]:
    _require_readable(actor, inbox_id)
    async with parts.db.connection() as conn:
        return await store.readers(conn, actor.account_id, inbox_id)


def _require_readable(actor: Actor, inbox_id: int) -> None:
    if not actor.can_read(inbox_id):
        raise NotFound("There is no such inbox.", code="unknown_inbox")

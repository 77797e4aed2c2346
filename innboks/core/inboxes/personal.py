"""A personal mailbox is one person's, and so is the inbox that it is in (R-102). Asked in every transaction that changes who is in an inbox."""

from collections.abc import Sequence

from innboks.core.inboxes import store
from innboks.errors import Conflict
from innboks.lib.db import Connection


async def require_personal(conn: Connection, account_id: int, inbox_ids: Sequence[int]) -> None:
    """Raises `Conflict` when, after this change, one of these inboxes holds somebody's personal mailbox and is not theirs alone."""
    owner = await store.shared_owner(conn, account_id, inbox_ids)
    if owner is not None:
        raise Conflict(
            f"This inbox holds the personal mailbox of {owner}, so only {owner} is in it. Disconnect the mailbox first to share the inbox.",
            code="personal",
        )

"""Whoever began an import or an export, as they are at this moment: the worker asks anew before each thing it does for them, because hours may lie between
the click and the last row."""

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts import store as accounts
from innboks.lib.db import Connection


async def who_began(conn: Connection, account_id: int, user_id: int) -> Actor | None:
    """None: they were deactivated, or may not do this any more."""
    actor = await accounts.actor_of_user(conn, account_id, user_id)
    return actor if actor is not None and actor.may(ACCOUNT_ACCESS) else None

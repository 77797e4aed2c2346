"""API tokens: for scripts, shown once, acting as the person who made them. Read next: `secrets.py`."""

from typing import TYPE_CHECKING

from innboks.core.access import Actor
from innboks.core.accounts import store
from innboks.core.accounts.models import ApiToken
from innboks.core.accounts.secrets import new_api_token, read_api_token
from innboks.errors import Invalid, NotFound

if TYPE_CHECKING:
    from innboks.core.parts import Parts

NAME_CHARS = 100


async def create_token(parts: "Parts", actor: Actor, name: str) -> tuple[int, str]:
    """(id, the token itself: the only time that it can be seen)."""
    name = name.strip()
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the token a name of 1 to {NAME_CHARS} characters, so that you know later what it is for.", field="name")
    token = new_api_token(actor.account_id)
    secret = read_api_token(token)
    assert secret
    async with parts.db.connection() as conn:
        return await store.insert_token(conn, secret, actor.user_id, name, parts.clock.now()), token


async def list_tokens(parts: "Parts", actor: Actor) -> list[ApiToken]:
    """The actor's own tokens, without their secrets."""
    async with parts.db.connection() as conn:
        return await store.tokens(conn, actor.account_id, actor.user_id)


async def revoke_token(parts: "Parts", actor: Actor, token_id: int) -> None:
    """Ends one of the actor's own tokens. Raises `NotFound`."""
    async with parts.db.connection() as conn:
        was_there = await store.delete_token(conn, actor.account_id, actor.user_id, token_id)
    parts.actors.forget(actor.account_id)
    if not was_there:
        raise NotFound("There is no such token; it may have been revoked already.")

"""A new account: its first administrator and its default inbox with an address that mail can be sent to at once (R-025). Read next: `sign_in.py`."""

from typing import TYPE_CHECKING

from innboks.core.access import Actor
from innboks.core.accounts import passwords, store
from innboks.core.accounts.models import FirstSteps
from innboks.core.accounts.roles import add_built_in
from innboks.core.accounts.users import account_named, person, require_email
from innboks.core.channel_accounts.fallback import issue_fallback
from innboks.core.inboxes import store as inboxes
from innboks.core.tickets import store as tickets
from innboks.errors import Conflict

if TYPE_CHECKING:
    from innboks.core.parts import Parts


async def is_setup_needed(parts: "Parts") -> bool:
    """Is there no account at all yet?"""
    async with parts.db.connection() as conn:
        return not await store.has_account(conn)


async def first_steps(parts: "Parts", actor: Actor) -> FirstSteps:
    """How far an account is on the way to its first customer."""
    async with parts.db.connection() as conn:
        return await store.first_steps(conn, actor.account_id)


async def create_first_account(parts: "Parts", account_name: str, name: str, email: str, password: str) -> Actor:
    """Makes the first account of this server, with its administrator. Raises `Conflict` when there is one: signing in is the way then."""
    return await _create(parts, account_name, name, email, password, only_first=True)


async def create_account(parts: "Parts", account_name: str, name: str, email: str, password: str) -> Actor:
    """Makes one more account on this server: the operator's doing, never reachable over HTTP."""
    return await _create(parts, account_name, name, email, password, only_first=False)


async def _create(parts: "Parts", account_name: str, name: str, email: str, password: str, *, only_first: bool) -> Actor:
    account_name = account_named(account_name, field="account_name")
    who, email = person(name), require_email(email)
    passwords.require_good(password)
    if only_first and not await is_setup_needed(parts):
        raise _already()
    password_hash = await passwords.hashed(password)
    async with parts.db.transaction() as conn:
        await store.lock_setup(conn)
        if only_first and await store.has_account(conn):
            raise _already()
        account_id = await store.insert_account(conn, account_name)
        roles = await add_built_in(conn, account_id)
        await tickets.add_support_pipeline(conn, account_id)
        now = parts.clock.now()
        user_id = await store.insert_user(
            conn, account_id, **who, email=email, password_hash=password_hash, role_id=roles["super_admin"], joined_at=now
        )
        if user_id is None:
            raise Conflict("Somebody has this mail address already. Use another one.", code="email_taken", field="email")
        inbox_id = await inboxes.insert(conn, account_id, account_name, access="everyone")
        await inboxes.set_members(conn, account_id, inbox_id, [user_id])
        actor = await store.actor_of_user(conn, account_id, user_id)
    assert actor
    await issue_fallback(parts, actor, inbox_id)
    return actor


def _already() -> Conflict:
    return Conflict("This server is set up already. Sign in instead.", code="already_set_up")

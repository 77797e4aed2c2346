"""Inviting people by mail: a link that works once and expires; whoever has it chooses a name and a password, and is in.

An invited person is a row like any other, without a password and not yet joined, so that role, teams, seat and inboxes can be given before they
come; nobody can assign to them or name them until then. The secret stands behind the # of the link: browsers do not send that part to any server.
Where the installation has no mail server, or it does not take the mail, the one who invites gets the link to pass on. Read next: `users.py`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
import structlog

from innboks.core import own_mail
from innboks.core.access import ACCOUNT_ACCESS, USER_MANAGEMENT, Actor
from innboks.core.accounts import passwords, store, store_people, store_teams, words
from innboks.core.accounts.models import Opened, User
from innboks.core.accounts.rights import announce, note_change
from innboks.core.accounts.roles import require_may_give
from innboks.core.accounts.secrets import Secret, new_invitation_secret, read_invitation_secret
from innboks.core.accounts.teams import set_teams_of
from innboks.core.accounts.users import email_taken, person, require_email, require_over, role_or_agent
from innboks.core.inboxes.personal import require_personal
from innboks.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

log = structlog.get_logger("invitations")

LIFE = timedelta(days=7)
MAIL_S = 10.0
"""The one who invites waits for it."""


class New(msgspec.Struct, kw_only=True, frozen=True):
    """Whom to invite, and what they get. Named inboxes need "account access" of the one who invites."""

    email: str
    name: str = ""
    role_id: int | None = None
    can_receive: bool = True
    main_team_id: int | None = None
    extra_team_ids: Sequence[int] = ()
    inbox_ids: Sequence[int] = ()
    by_mail: bool = True


class Invited(msgspec.Struct, frozen=True):
    """`link` is for passing on: set when no mail left, because there is no server for it (`none`), it did not take it (`failed`), or only the link
    was wanted (`unwanted`). It is never shown again."""

    user_id: int
    mail: Literal["sent", "failed", "none", "unwanted"]
    link: str | None


async def invite(parts: "Parts", actor: Actor, new: New) -> Invited:
    """Makes the person and sends them the link."""
    actor.require(USER_MANAGEMENT)
    email = require_email(new.email)
    who = person(new.name or email.partition("@")[0].replace(".", " ").strip() or email)
    if new.inbox_ids:
        actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        role = await require_may_give(conn, actor, await role_or_agent(conn, actor.account_id, new.role_id))
        user_id = await store.insert_user(conn, actor.account_id, **who, email=email, password_hash=None, role_id=role.id, joined_at=None)
        if user_id is None:
            raise await _why_not(conn, actor, email)
        if not new.can_receive:
            await store.update_user(conn, actor.account_id, user_id, {"can_receive": False})
        await store.update_user(conn, actor.account_id, user_id, {"locale": actor.locale})
        await set_teams_of(conn, actor, user_id, new.main_team_id, new.extra_team_ids)
        if not await store_people.add_to_inboxes(conn, actor.account_id, user_id, new.inbox_ids):
            raise Invalid("One of these inboxes is not in your account.", code="unknown_inbox", field="inbox_ids")
        await require_personal(conn, actor.account_id, new.inbox_ids)
        token = await _new_link(parts, conn, actor, user_id)
        await note_change(conn, actor.account_id, rights=False)
        account = await store.get_account(conn, actor.account_id)
    parts.wake.touch(actor.account_id)
    assert account
    return await _deliver(parts, actor, user_id, who["name"], email, account.name, token, by_mail=new.by_mail)


async def renew(parts: "Parts", actor: Actor, user_id: int, *, by_mail: bool = True) -> Invited:
    """A fresh link for somebody who has not come; the old one does not work any more."""
    async with parts.db.transaction() as conn:
        user = await _invited(conn, actor, user_id)
        token = await _new_link(parts, conn, actor, user_id)
        await note_change(conn, actor.account_id, rights=False)
        account = await store.get_account(conn, actor.account_id)
    parts.wake.touch(actor.account_id)
    assert account
    return await _deliver(parts, actor, user_id, user.name, user.email, account.name, token, by_mail=by_mail)


async def revoke(parts: "Parts", actor: Actor, user_id: int) -> None:
    """The link stops working, and the person is gone from the account: they were never here."""
    async with parts.db.transaction() as conn:
        await _invited(conn, actor, user_id)
        await store_teams.hold(conn, actor.account_id)
        await store_people.close(conn, actor.account_id, user_id)
        if not await store_people.remove_uninvited(conn, actor.account_id, user_id):
            await store.update_user(conn, actor.account_id, user_id, {"deactivated_at": parts.clock.now()})
        await note_change(conn, actor.account_id, rights=True)
    await announce(parts, actor.account_id)


async def open_invitation(parts: "Parts", token: str) -> Opened:
    """What the page behind the link shows. Raises `NotFound` or, when it is too late, `Conflict`."""
    secret = _secret(token)
    async with parts.db.connection() as conn:
        return _still_good(parts, await store_people.opened(conn, secret))


async def accept(parts: "Parts", token: str, *, name: str, password: str, locale: str | None = None) -> tuple[int, int]:
    """The person has come. Returns (account, user), who is signed in next. A link works once, also for two who open it at the same time."""
    secret, who = _secret(token), person(name)
    passwords.require_good(password)
    await open_invitation(parts, token)  # before the work of hashing is done for nothing
    password_hash = await passwords.hashed(password)
    now = parts.clock.now()
    async with parts.db.transaction() as conn:
        found = _still_good(parts, await store_people.opened(conn, secret, lock=True))
        values = {**who, "password_hash": password_hash, "joined_at": now}
        if locale is not None:
            values["locale"] = words.language(locale)
        await store.update_user(conn, found.account_id, found.user_id, values)
        await store_people.close(conn, found.account_id, found.user_id)
        await note_change(conn, found.account_id, rights=True)
    await announce(parts, found.account_id)
    return found.account_id, found.user_id


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _new_link(parts: "Parts", conn: "Connection", actor: Actor, user_id: int) -> str:
    token = new_invitation_secret(actor.account_id)
    now = parts.clock.now()
    await store_people.invite(conn, _secret(token), user_id, actor.user_id, now, now + LIFE)
    return token


async def _deliver(
    parts: "Parts", actor: Actor, user_id: int, name: str, email: str, account: str, token: str, *, by_mail: bool
) -> Invited:
    """Outside the transaction. When the process ends before the mail is gone, the table says that none left."""
    link = f"{parts.settings.url}/invitation#{token}"
    if not by_mail:
        return Invited(user_id, "unwanted", link)
    if not await own_mail.can_send(parts, actor.account_id):
        return Invited(user_id, "none", link)
    subject, text = words.invitation(actor.locale, who=actor.name, name=name, account=account, link=link, days=LIFE.days)
    trouble = ""
    try:
        button = words.button(actor.locale)
        await own_mail.send(parts, actor.account_id, name=name, email=email, subject=subject, text=text, button=button, timeout_s=MAIL_S)
    except own_mail.NotTaken as error:
        log.warning("an invitation was not taken", error=type(error).__name__)
        trouble = type(error).__name__
    async with parts.db.transaction() as conn:
        await store_people.note_mail(conn, _secret(token), None if trouble else parts.clock.now(), trouble)
        await note_change(conn, actor.account_id, rights=False)
    parts.wake.touch(actor.account_id)
    return Invited(user_id, "failed", link) if trouble else Invited(user_id, "sent", None)


async def _invited(conn: "Connection", actor: Actor, user_id: int) -> User:
    """For changing their invitation."""
    user = await store.get_user(conn, actor.account_id, user_id, lock=True)
    if user is None:
        raise NotFound("There is no such person in your account.", code="unknown_user")
    require_over(actor, user)
    if user.status != "invited":
        raise Conflict("This person is not waiting for an invitation any more.", code="not_invited")
    return user


async def _why_not(conn: "Connection", actor: Actor, email: str) -> Conflict:
    """Somebody has this address: who, as far as the actor may know."""
    other = await store.user_of_email(conn, actor.account_id, email)
    if other is None:
        return email_taken()
    sentence = {
        "invited": "This person is invited already. Send the invitation again from the list.",
        "active": "This person is in your account already.",
        "deactivated": "This person was in your account before. Activate them again instead.",
    }[other.status]
    return Conflict(sentence, code=f"is_{other.status}", field="email")


def _secret(token: str) -> Secret:
    secret = read_invitation_secret(token)
    if secret is None:
        raise _unknown()
    return secret


def _still_good(parts: "Parts", found: Opened | None) -> Opened:
    if found is None:
        raise _unknown()
    if found.expires_at <= parts.clock.now():
        raise Conflict("This invitation has expired. Ask for a new one.", code="invitation_expired")
    return found


def _unknown() -> NotFound:
    return NotFound(
        "This invitation does not work. It may have been used, taken back, or replaced by a newer one.", code="unknown_invitation"
    )

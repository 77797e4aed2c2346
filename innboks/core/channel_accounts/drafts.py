"""A set-up that somebody began and has not finished: kept with every pause, found again on another computer, and listed as such (UI 6, "Wizards").

It belongs to the account: whoever may connect channels may go on with it. Passwords in it are sealed and never shown again. Once it is connected the
draft is gone, and `channel_account.setup_step` says where its set-up goes on. Read next: `connect.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.accounts.features import require_channel
from innboks.core.channel_accounts import store_drafts as store
from innboks.core.channel_accounts.connect import is_secret
from innboks.core.channel_accounts.retype import require_retyped, to_retype
from innboks.core.events import store as events
from innboks.core.inboxes.models import Access
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound, TooLarge
from innboks.lib.db import Connection
from innboks.lib.text import storable

DRAFTS_MAX = 100
SIZE_MAX = 256 * 1024
NAME_MAX = 100


class Content(msgspec.Struct, kw_only=True, frozen=True):
    """What was typed so far. `new_inbox_name`: an inbox that is made when it is connected (R-021), for whom the three after it say; then `inbox_id` does
    not matter. `is_personal`: it is to be of whoever connects it alone (R-102)."""

    name: str = ""
    inbox_id: int | None = None
    new_inbox_name: str = ""
    new_inbox_access: Access = "everyone"
    new_inbox_member_ids: list[int] = []
    new_inbox_team_ids: list[int] = []
    config: Mapping[str, Any] = {}
    past_days: int = 0
    is_personal: bool = False


class Draft(msgspec.Struct, kw_only=True, frozen=True):
    id: int
    kind: str
    content: Content
    updated_at: datetime

    @property
    def kept_secrets(self) -> list[str]:
        """Names of what is kept but not shown."""
        return [name for name, value in self.content.config.items() if is_secret(name) and value]

    @property
    def shown_config(self) -> dict[str, Any]:
        return {name: "" if is_secret(name) else value for name, value in self.content.config.items()}


async def list_drafts(parts: Parts, actor: Actor) -> list[Draft]:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        return [_opened(parts, row) for row in await store.all_of(conn, actor.account_id)]


async def get_draft(parts: Parts, actor: Actor, draft_id: int) -> Draft:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        return _opened(parts, await _row(conn, actor, draft_id))


async def begin_draft(parts: Parts, actor: Actor, kind: str, content: Content) -> Draft:
    """Raises `Conflict` where there are too many: they are listed, so somebody sees them."""
    actor.require(ACCOUNT_ACCESS)
    channel = parts.registry.get(kind)
    async with parts.db.transaction() as conn:
        await require_channel(conn, actor.account_id, channel)
        if await store.count(conn, actor.account_id) >= DRAFTS_MAX:
            raise Conflict(f"There are {DRAFTS_MAX} unfinished set-ups. Finish or delete some of them first.", code="too_many_drafts")
        draft_id = await store.next_id(conn)
        draft = await _save(parts, conn, actor, draft_id, kind, content)
    parts.wake.touch(actor.account_id)
    return draft


async def save_draft(parts: Parts, actor: Actor, draft_id: int, content: Content) -> Draft:
    """Secrets left empty stay as they are; one whose server is another one now is forgotten, and asked for again (`retype.py`)."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        before = _opened(parts, await _row(conn, actor, draft_id, lock=True))
        stored, typed = _secrets_and_typed(before, content.config)
        gone = to_retype(parts.registry.get(before.kind), stored, typed)
        secrets = {name: value for name, value in stored.items() if is_secret(name) and name not in gone}
        kept = msgspec.structs.replace(content, config=secrets | typed)
        return await _save(parts, conn, actor, draft_id, before.kind, kept)


async def drop_draft(parts: Parts, actor: Actor, draft_id: int) -> None:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await _row(conn, actor, draft_id)
        await forget(conn, actor, draft_id)
    parts.wake.touch(actor.account_id)


async def forget(conn: Connection, actor: Actor, draft_id: int) -> None:
    """In the transaction that makes it a channel account. Harmless when it is gone already."""
    if await store.drop(conn, actor.account_id, draft_id):
        await events.add(conn, actor.account_id, "channel_account.changed", data={"channel_account_id": None})


async def with_secrets(parts: Parts, actor: Actor, kind: str, draft_id: int, config: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the secrets that are kept where it has none. Raises `NotFound` when there is no such set-up of this kind, `Invalid` where a
    secret would go to another server than the one that it was typed for."""
    draft = await get_draft(parts, actor, draft_id)
    if draft.kind != kind:
        raise _no_draft()
    stored, typed = _secrets_and_typed(draft, config)
    require_retyped(parts.registry.get(kind), stored, typed)
    return {name: value for name, value in stored.items() if is_secret(name)} | typed


def _secrets_and_typed(draft: Draft, config: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """All that is stored, and what is typed over it, without secrets that were left empty where one is kept."""
    stored = draft.content.config
    return stored, {name: value for name, value in config.items() if not (is_secret(name) and stored.get(name) and value in ("", None))}


async def _save(parts: Parts, conn: Connection, actor: Actor, draft_id: int, kind: str, content: Content) -> Draft:
    known = {field.name for field in msgspec.structs.fields(parts.registry.get(kind).Config)}
    for name in content.config:
        if name not in known:
            raise Invalid("One of these is not a setting of this channel.", code="unknown_field", field=f"config.{storable(name, 50)}")
    clean = msgspec.structs.replace(
        content,
        name=storable(content.name, NAME_MAX),
        new_inbox_name=storable(content.new_inbox_name, NAME_MAX),
        config=dict(content.config),
    )
    raw = msgspec.json.encode(clean)
    if len(raw) > SIZE_MAX:
        raise TooLarge("This is more than a set-up can hold. Shorten the longest field.")
    sealed = parts.vault.seal(raw, _seal_context(actor.account_id, draft_id))
    at = await store.save(conn, actor.account_id, draft_id, kind, sealed, actor.user_id)
    await events.add(conn, actor.account_id, "channel_account.changed", data={"channel_account_id": None})
    return Draft(id=draft_id, kind=kind, content=clean, updated_at=at)


async def _row(conn: Connection, actor: Actor, draft_id: int, *, lock: bool = False) -> store.Row:
    row = await store.get(conn, actor.account_id, draft_id, lock=lock)
    if row is None:
        raise _no_draft()
    return row


def _no_draft() -> NotFound:
    return NotFound("There is no such set-up. It may be finished, or somebody deleted it.", code="unknown_draft")


def _opened(parts: Parts, row: store.Row) -> Draft:
    raw = parts.vault.open(row.sealed, _seal_context(row.account_id, row.id))
    return Draft(id=row.id, kind=row.kind, content=msgspec.json.decode(raw, type=Content), updated_at=row.updated_at)


def _seal_context(account_id: int, draft_id: int) -> bytes:
    return f"channel_draft:{account_id}:{draft_id}".encode()

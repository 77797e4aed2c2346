"""Views that people make for themselves or for everybody of the account (R-621, R-622). Their owner changes them, of shared ones also an administrator.

A shared view shows everybody what they may see anyway: filters narrow, they never open anything. Read next: `store.py`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.core.views import store
from innboks.core.views.models import ICONS, LIST_MAX, Filters, SavedView, Sort
from innboks.errors import Conflict, Forbidden, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line

NAME_CHARS = 60
PER_PERSON = 100


class Wanted(msgspec.Struct, kw_only=True):
    """Only what is given changes."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    icon: str | msgspec.UnsetType = msgspec.UNSET
    is_shared: bool | msgspec.UnsetType = msgspec.UNSET
    filters: Filters | msgspec.UnsetType = msgspec.UNSET
    sort: Sort | msgspec.UnsetType = msgspec.UNSET
    position: int | msgspec.UnsetType = msgspec.UNSET


async def list_saved(parts: Parts, actor: Actor) -> list[SavedView]:
    async with parts.db.connection() as conn:
        return await store.saved_of(conn, actor.account_id, actor.user_id)


async def create_saved(parts: Parts, actor: Actor, wanted: Wanted) -> SavedView:
    values: dict[str, Any] = {"icon": "star", "is_shared": False, "filters": {}, "sort": "due", **_values(wanted)}
    position = values.pop("position", None)
    if not values.get("name"):
        raise Invalid("Give the view a name.", code="empty_name", field="name")
    async with parts.db.transaction() as conn:
        if await store.count_saved(conn, actor.account_id, actor.user_id) >= PER_PERSON:
            raise Conflict(f"You have {PER_PERSON} saved views. Delete some first.", code="too_many_views")
        id = await store.insert_saved(conn, actor.account_id, actor.user_id, values)
        if position is not None:
            await store.update_saved(conn, actor.account_id, id, {"position": position})
        made = await store.get_saved(conn, actor.account_id, id)
        assert made is not None
        await _tell(conn, actor, made, values["is_shared"])
    parts.wake.touch(actor.account_id)
    return made


async def change_saved(parts: Parts, actor: Actor, saved_view_id: int, wanted: Wanted) -> SavedView:
    async with parts.db.transaction() as conn:
        before = await _changeable(conn, actor, saved_view_id)
        values = _values(wanted)
        if values:
            await store.update_saved(conn, actor.account_id, saved_view_id, values)
        after = await store.get_saved(conn, actor.account_id, saved_view_id)
        assert after is not None
        await _tell(conn, actor, after, before.is_shared or after.is_shared)
    parts.wake.touch(actor.account_id)
    return after


async def delete_saved(parts: Parts, actor: Actor, saved_view_id: int) -> None:
    async with parts.db.transaction() as conn:
        gone = await _changeable(conn, actor, saved_view_id)
        await store.delete_saved(conn, actor.account_id, saved_view_id)
        await _tell(conn, actor, gone, gone.is_shared)
    parts.wake.touch(actor.account_id)


async def order_saved(parts: Parts, actor: Actor, ids: Sequence[int]) -> list[SavedView]:
    """Puts those of the given views that this person may change in this order."""
    async with parts.db.transaction() as conn:
        known = {one.id: one for one in await store.saved_of(conn, actor.account_id, actor.user_id)}
        if unknown := [id for id in ids if id not in known]:
            raise NotFound(f"There is no saved view {unknown[0]}.", code="unknown_saved_view")
        for position, id in enumerate(ids):
            if _may_change(actor, known[id]) and known[id].position != position:
                await store.update_saved(conn, actor.account_id, id, {"position": position})
                await _tell(conn, actor, known[id], known[id].is_shared)
        after = await store.saved_of(conn, actor.account_id, actor.user_id)
    parts.wake.touch(actor.account_id)
    return after


def _may_change(actor: Actor, view: SavedView) -> bool:
    return view.user_id == actor.user_id or (view.is_shared and actor.may(ACCOUNT_ACCESS))


async def _changeable(conn: Connection, actor: Actor, saved_view_id: int) -> SavedView:
    """Raises `NotFound` for another's private view, `Forbidden` for a shared one that is not theirs to change."""
    found = await store.get_saved(conn, actor.account_id, saved_view_id)
    if found is None or not (found.is_shared or found.user_id == actor.user_id):
        raise NotFound("There is no such saved view.", code="unknown_saved_view")
    if not _may_change(actor, found):
        raise Forbidden("This view belongs to a colleague. Save a copy of it to change it.", code="not_your_view")
    return found


def _values(wanted: Wanted) -> dict[str, Any]:
    """What is to be written, checked."""
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    if "name" in values:
        values["name"] = one_line(values["name"], NAME_CHARS + 1)
        if not 0 < len(values["name"]) <= NAME_CHARS:
            raise Invalid(f"Give the view a name of 1 to {NAME_CHARS} characters.", code="empty_name", field="name")
    if "icon" in values and values["icon"] not in ICONS:
        raise Invalid(f"There is no icon “{values['icon']}”. Use one of: {', '.join(ICONS)}.", field="icon")
    if "filters" in values:
        values["filters"] = msgspec.to_builtins(check(values["filters"]))
    if not 0 <= values.get("position", 0) < 2**31:
        raise Invalid("A position is 0 or more.", field="position")
    return values


def check(filters: Filters) -> Filters:
    """Raises `Invalid` for filters that cannot be meant."""
    for name in ("inbox_ids", "channel_account_ids", "assignees", "tag_ids", "priorities"):
        if len(getattr(filters, name)) > LIST_MAX:
            raise Invalid(f"A filter takes at most {LIST_MAX} values.", code="too_many_values", field=name)
    for one in filters.assignees:
        if one not in ("me", "nobody") and not (one.isascii() and one.isdigit() and 0 < int(one) < 2**63):
            raise Invalid("An assignee is “me”, “nobody” or the id of a person.", field="assignees")
    for name in ("waiting_longer_than_s", "active_within_s"):
        seconds = getattr(filters, name)
        if seconds is not None and not 0 <= seconds <= 10 * 365 * 86_400:
            raise Invalid("A time span is between 0 and ten years, in seconds.", field=name)
    return filters


async def _tell(conn: Connection, actor: Actor, view: SavedView, everybody: bool) -> None:
    await events.add(
        conn, actor.account_id, "saved_view.changed", user_id=None if everybody else view.user_id, data={"saved_view_id": view.id}
    )

"""The tags of an account: everybody may make, rename and colour them; deleting and merging keep what they need to be undone."""

from datetime import datetime
from typing import Any

from innboks.core.access import Actor
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.core.tags import store
from innboks.core.tags.models import COLORS, Tag
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection, retrying
from innboks.lib.text import one_line

NAME_CHARS = 60
TAGS_MAX = 1000
STEP = 1000
"""So many conversations get the tag of a merge in one transaction: a change of one of them waits for milliseconds."""


async def list_tags(parts: Parts, actor: Actor, *, is_counted: bool = False) -> list[Tag]:
    async with parts.db.connection() as conn:
        return await store.all_of(conn, actor.account_id, is_counted=is_counted)


async def create_tag(parts: Parts, actor: Actor, name: str, color: str) -> Tag:
    name = _name(name)
    _require_color(color)
    async with parts.db.transaction() as conn:
        if await store.count(conn, actor.account_id) >= TAGS_MAX:
            raise Conflict(f"An account has at most {TAGS_MAX} tags. Merge or delete some first.", code="too_many_tags")
        tag_id = await store.insert(conn, actor.account_id, name, color)
        if tag_id is None:
            raise _taken(name)
        tag = await _changed(conn, actor, tag_id)
    parts.wake.touch(actor.account_id)
    return tag


async def change_tag(parts: Parts, actor: Actor, tag_id: int, *, name: str | None, color: str | None) -> Tag:
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = _name(name)
    if color is not None:
        _require_color(color)
        values["color"] = color
    async with parts.db.transaction() as conn:
        await _tag(conn, actor, tag_id)
        if values and not await store.update(conn, actor.account_id, tag_id, values):
            raise _taken(values["name"])
        tag = await _changed(conn, actor, tag_id)
    parts.wake.touch(actor.account_id)
    return tag


async def delete_tag(parts: Parts, actor: Actor, tag_id: int) -> None:
    """Takes the tag away; `restore_tag` brings it back with everything that had it."""
    async with parts.db.transaction() as conn:
        await _tag(conn, actor, tag_id)
        await _remove(conn, actor, tag_id, parts.clock.now(), None)
    parts.wake.touch(actor.account_id)


async def merge_tag(parts: Parts, actor: Actor, tag_id: int, into_id: int) -> Tag:
    """What had the one has the other from now on, the newest conversations at once and a great many others a little later (`go_on_merging`). `restore_tag`
    undoes it. Returns the one that stays."""
    async with parts.db.transaction() as conn:
        for one in sorted((tag_id, into_id)):  # always in this order, so that two people cannot wait for each other
            await _tag(conn, actor, one)
        if tag_id == into_id:
            raise Invalid("A tag cannot be merged into itself.", code="same_tag", field="into_id")
        is_more = await store.copy_some(conn, actor.account_id, [tag_id, into_id], None, STEP) is not None
        await _remove(conn, actor, tag_id, parts.clock.now(), into_id)
        if is_more:
            await parts.jobs.merge_tag(conn, actor.account_id, tag_id)
        into = await _tag(conn, actor, into_id)
    parts.jobs.announce()
    parts.wake.touch(actor.account_id)
    return into


async def go_on_merging(parts: Parts, account_id: int, tag_id: int) -> None:
    """The worker's part of a merge, step by step, until all have it or somebody restored the tag. What the tag was merged into may have been merged on
    meanwhile: then what comes behind gets that one, too. Harmless to repeat."""
    before: int | None = None
    while (before := await _merge_some(parts, account_id, tag_id, before)) is not None:
        pass
    parts.wake.touch(account_id)


@retrying
async def _merge_some(parts: Parts, account_id: int, tag_id: int, before: int | None) -> int | None:
    async with parts.db.transaction() as conn:
        way = await store.hold_way(conn, account_id, tag_id)
        if len(way) < 2:
            return None
        last = await store.copy_some(conn, account_id, way, before, STEP)
        if last is None:
            await events.add(conn, account_id, "tag.deleted", data={"id": str(tag_id), "merged_into_id": str(way[1])})
        return last


async def restore_tag(parts: Parts, actor: Actor, tag_id: int) -> Tag:
    """Brings back a tag that was deleted or merged. Harmless when it is there."""
    async with parts.db.transaction() as conn:
        tag = await store.get(conn, actor.account_id, tag_id, is_deleted=True)
        if tag is None:
            return await _tag(conn, actor, tag_id)
        if not await store.update(conn, actor.account_id, tag_id, {"deleted_at": None, "merged_into_id": None}):
            raise Conflict(f"There is another tag “{tag.name}” by now. Rename that one first.", code="name_taken", field="name")
        await store.copy_back(conn, actor.account_id, tag_id)
        restored = await _changed(conn, actor, tag_id)
    parts.wake.touch(actor.account_id)
    return restored


async def _tag(conn: Connection, actor: Actor, tag_id: int) -> Tag:
    tag = await store.get(conn, actor.account_id, tag_id)
    if tag is None:
        raise NotFound("There is no such tag.", code="unknown_tag")
    return tag


async def _changed(conn: Connection, actor: Actor, tag_id: int) -> Tag:
    tag = await _tag(conn, actor, tag_id)
    await events.add(conn, actor.account_id, "tag.changed", data={"id": str(tag.id), "name": tag.name, "color": tag.color})
    return tag


async def _remove(conn: Connection, actor: Actor, tag_id: int, at: datetime, into_id: int | None) -> None:
    await store.update(conn, actor.account_id, tag_id, {"deleted_at": at, "merged_into_id": into_id})
    await events.add(
        conn, actor.account_id, "tag.deleted", data={"id": str(tag_id), "merged_into_id": None if into_id is None else str(into_id)}
    )


def _name(name: str) -> str:
    name = one_line(name, NAME_CHARS + 1)
    if not 0 < len(name) <= NAME_CHARS:
        raise Invalid(f"Give the tag a name of 1 to {NAME_CHARS} characters.", field="name")
    return name


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a tag “{name}” already.", code="name_taken", field="name")


def _require_color(color: str) -> None:
    if color not in COLORS:
        raise Invalid(f"There is no such colour. Use one of: {', '.join(COLORS)}.", code="unknown_color", field="color")

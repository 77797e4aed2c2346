"""The own properties of an account's contacts: defined by whoever sets up the account, filled in by everybody. Values are checked in `values.py`.

A deleted property keeps its key and its values, so that bringing it back brings all of it back.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.contacts import store_properties as store
from innboks.core.contacts.models import Property
from innboks.core.contacts.values import checked
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line

PROPERTIES_MAX = 100
LABEL_CHARS = 60
OPTIONS_MAX = 100
OPTION_CHARS = 100
UNSET = msgspec.UNSET


async def list_properties(parts: Parts, actor: Actor) -> list[Property]:
    async with parts.db.connection() as conn:
        return await store.all_of(conn, actor.account_id)


async def create_property(parts: Parts, actor: Actor, label: str, type: str, options: Sequence[str]) -> Property:
    actor.require(ACCOUNT_ACCESS)
    label, options = _label(label), _options(type, options)
    async with parts.db.transaction() as conn:
        await store.lock(conn, actor.account_id)
        known = await store.all_of(conn, actor.account_id, with_deleted=True)
        if len(known) >= PROPERTIES_MAX:
            raise Conflict(f"An account has at most {PROPERTIES_MAX} properties, deleted ones included.", code="too_many_properties")
        id = await store.insert(conn, actor.account_id, _key(label, {one.key for one in known}), label, type, list(options))
        if id is None:
            raise _taken(label)
        made = await _changed(conn, actor, id)
    parts.wake.touch(actor.account_id)
    return made


async def change_property(
    parts: Parts,
    actor: Actor,
    property_id: int,
    *,
    label: str | msgspec.UnsetType = UNSET,
    options: Sequence[str] | msgspec.UnsetType = UNSET,
    is_deleted: bool | msgspec.UnsetType = UNSET,
) -> Property:
    """Another name, other choices, deleted or back. What contacts have chosen already stays when the choice goes."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        before = await store.get(conn, actor.account_id, property_id)
        if before is None:
            raise NotFound("There is no such property.", code="unknown_property")
        values: dict[str, Any] = {}
        if label is not UNSET:
            values["label"] = _label(label)
        if options is not UNSET:
            values["options"] = list(_options(before.type, options))
        if is_deleted is not UNSET:
            values["deleted_at"] = (before.deleted_at or parts.clock.now()) if is_deleted else None
        if values and not await store.update(conn, actor.account_id, property_id, values):
            raise _taken(values.get("label", before.label))
        after = await _changed(conn, actor, property_id)
    parts.wake.touch(actor.account_id)
    return after


async def checked_values(conn: Connection, account_id: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """These values as they are stored (None: none). Raises `Invalid` for a key that nobody defined, and for a value that does not fit."""
    known = {one.key: one for one in await store.all_of(conn, account_id)}
    for key in wanted:
        if key not in known:
            raise Invalid(f"There is no property “{one_line(key, 80)}”. Define it first.", code="unknown_property", field="properties")
    return {key: checked(known[key], value) for key, value in wanted.items()}


async def _changed(conn: Connection, actor: Actor, property_id: int) -> Property:
    await events.add(conn, actor.account_id, "contact_properties.changed")
    found = await store.get(conn, actor.account_id, property_id)
    assert found is not None
    return found


def _label(label: str) -> str:
    label = one_line(label, LABEL_CHARS + 1).strip()
    if not label:
        raise Invalid("A property needs a name.", code="empty_name", field="label")
    if len(label) > LABEL_CHARS:
        raise Invalid(f"The name of a property has at most {LABEL_CHARS} characters.", code="too_long", field="label")
    return label


def _options(type: str, options: Sequence[str]) -> list[str]:
    if type not in ("choice", "choices"):
        if options:
            raise Invalid("Only a choice has choices.", code="no_options", field="options")
        return []
    shown = list(dict.fromkeys(one for one in (one_line(option, OPTION_CHARS).strip() for option in options) if one))
    if not 1 <= len(shown) <= OPTIONS_MAX:
        raise Invalid(f"Give 1 to {OPTIONS_MAX} choices, each once.", code="invalid_options", field="options")
    if len({one.lower() for one in shown}) != len(shown):
        raise Invalid("Two choices differ in capitals only. Leave one out.", code="invalid_options", field="options")
    if any(mark in one for one in shown for mark in ";,"):
        raise Invalid("A choice holds no comma and no semicolon: they part choices in tables.", code="invalid_options", field="options")
    return shown


def _key(label: str, taken: set[str]) -> str:
    """Of plain letters, so that scripts and tables can name it."""
    folded = label.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    first = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "property"
    key, number = first, 2
    while key in taken:
        key, number = f"{first}_{number}", number + 1
    return key


def _taken(label: str) -> Conflict:
    return Conflict(f"There is a property “{label}” already.", code="name_taken", field="label")

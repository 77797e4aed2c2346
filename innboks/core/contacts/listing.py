"""The list of contacts: found by words, narrowed, sorted, page by page. One sees those who wrote to an inbox that one reads, and those that were made
by hand or imported. Read next: `store_list.py`, which keeps a page cheap."""

import re
from datetime import datetime
from typing import Any

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts import store_list as store
from innboks.core.contacts import store_properties
from innboks.core.contacts.models import ListedContact, Sort
from innboks.core.contacts.values import from_text
from innboks.core.cursors import read_cursor, read_name_cursor, write_cursor, write_name_cursor
from innboks.core.parts import Parts
from innboks.errors import Invalid
from innboks.lib.db import Connection
from innboks.lib.text import storable

PAGE_MAX = 100
WORD_MIN = 3
"""Shorter words are looked for as beginnings of names and addresses only: as beginnings of any word they would match too much."""
WORDS_MAX = 10


class ContactFilter(msgspec.Struct, kw_only=True):
    """What narrows the list; None: nothing. `owner_id` 0 is nobody. `property` is a key, and `value` the text of its value. `ids`: these alone."""

    words: str = ""
    owner_id: int | None = None
    channel_account_id: int | None = None
    is_blocked: bool | None = None
    has_open: bool | None = None
    property: str | None = None
    value: str | None = None
    ids: list[int] | None = None


class ContactList(msgspec.Struct):
    """`next` leads on, also after a page that is not full: then only so many rows were looked at."""

    items: list[ListedContact]
    next: str | None


async def list_contacts(
    parts: Parts, actor: Actor, wanted: ContactFilter, *, sort: Sort = "name", cursor: str | None = None, limit: int = 50
) -> ContactList:
    limit = max(1, min(limit, PAGE_MAX))
    after = _read(sort, cursor) if cursor else None
    async with parts.db.connection() as conn:
        asked = await asked_for(conn, actor, wanted, sort)
        found = await store.page(conn, asked, after, limit)
        items = await store.rows(conn, actor.account_id, asked.inbox_ids, sorted(actor.writable), found.ids) if found.ids else []
    return ContactList(items, _write(sort, found.next) if found.next else None)


async def asked_for(conn: Connection, actor: Actor, wanted: ContactFilter, sort: Sort) -> store.Wanted:
    """The filter in the store's terms. Raises `Invalid` for a property that does not exist, or a value that it cannot have."""
    words = " ".join(storable(wanted.words, 200).split())
    parts = re.findall(r"[^\W_]+", words)[:WORDS_MAX]
    value: dict[str, Any] | None = None
    if wanted.property is not None:
        known = await store_properties.all_of(conn, actor.account_id)
        definition = next((one for one in known if one.key == wanted.property), None)
        if definition is None:
            raise Invalid("There is no such property.", code="unknown_property", field="property")
        meant = from_text(definition, wanted.value or "")
        if meant is None:
            raise Invalid("Say which value the property is to have.", code="no_value", field="value")
        value = {definition.key: meant}
    return store.Wanted(
        account_id=actor.account_id,
        inbox_ids=sorted(actor.readable),
        sort=sort,
        words=words,
        tsquery=" & ".join(f"{one}:*" for one in parts) if parts and all(len(one) >= WORD_MIN for one in parts) else "",
        owner_id=wanted.owner_id,
        channel_account_id=wanted.channel_account_id,
        is_blocked=wanted.is_blocked,
        has_open=wanted.has_open,
        value=value,
        ids=wanted.ids,
    )


def _read(sort: Sort, cursor: str) -> store.Key:
    return read_name_cursor(cursor) if sort == "name" else read_cursor(cursor)


def _write(sort: Sort, key: store.Key) -> str:
    at = key[0]
    return write_cursor(at, key[1]) if isinstance(at, datetime) else write_name_cursor(at, key[1])

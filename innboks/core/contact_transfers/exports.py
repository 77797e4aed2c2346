"""A list of contacts as a table, written by the worker piece by piece: as many as there are, in the memory of one piece.

What is exported is what its maker may see, asked for anew at each piece; an export is theirs alone, and only as long as they may export.
"""

import codecs
from collections.abc import AsyncIterator

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.contact_transfers import store
from innboks.core.contact_transfers.beginner import who_began
from innboks.core.contact_transfers.models import Export
from innboks.core.contact_transfers.tables import written
from innboks.core.contacts import store_properties
from innboks.core.contacts.listing import ContactFilter, asked_for, list_contacts
from innboks.core.contacts.models import ListedContact, Property
from innboks.core.contacts.values import to_text
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound

PIECE_BYTES = 4 * 1024 * 1024
PAGE = 100
LISTED_MAX = 20
PAGES_MAX = 200
"""A piece ends after so many pages also where little was found, so that the progress is seen."""
_GONE = "Whoever began this export has no access any more."


async def begin_export(parts: Parts, actor: Actor, wanted: ContactFilter) -> Export:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await asked_for(conn, actor, wanted, "name")
        id = await store.add_export(conn, actor.account_id, actor.user_id, msgspec.structs.asdict(wanted))
        await parts.jobs.transfer_contacts(conn, actor.account_id, "export", id)
        made = await store.get_export(conn, actor.account_id, id)
    assert made is not None
    parts.jobs.announce()
    return made


async def list_exports(parts: Parts, actor: Actor) -> list[Export]:
    """Their own of the last week, the newest first."""
    async with parts.db.connection() as conn:
        return await store.exports_of(conn, actor.account_id, actor.user_id, LISTED_MAX)


async def get_export(parts: Parts, actor: Actor, id: int) -> Export:
    async with parts.db.connection() as conn:
        found = await store.get_export(conn, actor.account_id, id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("There is no such export.", code="unknown_export")
    return found


async def stream_export(parts: Parts, actor: Actor, id: int) -> AsyncIterator[bytes]:
    """The table, when it is written."""
    found = await get_export(parts, actor, id)
    actor.require(ACCOUNT_ACCESS)
    if found.state != "done":
        raise Conflict("This export is not finished yet. Wait until it is.", code="not_finished")
    return _joined(parts, found.files)


async def _joined(parts: Parts, files: list[str]) -> AsyncIterator[bytes]:
    for one in files:
        async for piece in parts.files.stream(one):
            yield piece


async def write_out(parts: Parts, account_id: int, id: int) -> None:
    """The worker's part."""
    while True:
        async with parts.db.connection() as conn:
            found = await store.get_export(conn, account_id, id)
            properties = await store_properties.all_of(conn, account_id)
            people = {user_id: email for email, user_id in (await store.people_by_mail(conn, account_id)).items()}
            actor = None if found is None else await who_began(conn, account_id, found.user_id)
        if found is None or found.state != "running":
            return
        try:
            if actor is None:
                raise Invalid(_GONE)
            is_over = await _piece(parts, actor, found, properties, people)
        except Invalid as error:
            async with parts.db.transaction() as conn:
                await store.fail_export(conn, account_id, id, error.sentence, parts.clock.now())
            return
        if is_over:
            async with parts.db.transaction() as conn:
                await store.end_export(conn, account_id, id, parts.clock.now())
            return


async def _piece(parts: Parts, actor: Actor, found: Export, properties: list[Property], people: dict[int, str]) -> bool:
    """Writes the next piece. True when it was the last."""
    wanted = msgspec.convert(found.filter, ContactFilter)
    text = b"" if found.files else codecs.BOM_UTF8 + written([_heads(properties)]).encode()
    cursor, count = found.next, 0
    for _ in range(PAGES_MAX):
        page = await list_contacts(parts, actor, wanted, sort="name", cursor=cursor, limit=PAGE)
        text += written([_row(one, properties, people) for one in page.items]).encode()
        count, cursor = count + len(page.items), page.next
        if cursor is None or len(text) > PIECE_BYTES:
            break
    stored = await parts.files.put(text)
    async with parts.db.transaction() as conn:
        if await who_began(conn, actor.account_id, actor.user_id) is None:
            raise Invalid(_GONE)
        is_ours = await store.add_piece(
            conn, actor.account_id, found.id, after=found.next, hash=stored.hash, size=stored.size, count=count, next=cursor
        )
    return is_ours and cursor is None  # what another worker wrote meanwhile is gone on from


def _heads(properties: list[Property]) -> list[str]:
    return ["Name", "Email", "Phone", "Owner", "Blocked", "First seen", "Last conversation", *(one.label for one in properties)]


def _row(one: ListedContact, properties: list[Property], people: dict[int, str]) -> list[str]:
    addresses = {type: "; ".join(each.value for each in one.identities if each.type == type) for type in ("email", "phone")}
    return [
        one.name,
        addresses["email"],
        addresses["phone"],
        people.get(one.owner_id or 0, ""),
        "yes" if one.is_blocked else "no",
        one.created_at.date().isoformat(),
        one.last_message_at.date().isoformat() if one.last_message_at else "",
        *(to_text(one.properties.get(each.key)) for each in properties),
    ]

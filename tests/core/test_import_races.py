"""A table of contacts that comes in while people work on the same contacts: nothing is lost, nothing doubled, nobody waits in a circle, and what was not taken
is in the report. Nothing is tried again here, so a circle is an error. Read beside `test_lock_order.py`."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from innboks.core.accounts.users import UserChange, create_user, update_user
from innboks.core.contact_transfers import bring_in, imports
from innboks.core.contact_transfers.models import Import, Options
from innboks.core.contacts import merge as merging
from innboks.core.contacts import store as contacts
from innboks.core.contacts.contacts import (
    IDENTITIES_MAX,
    ContactChange,
    NewContact,
    add_identity,
    change_contact,
    create_contact,
    get_contact,
)
from innboks.core.contacts.merge import Choices, merge
from innboks.core.contacts.properties import change_property, create_property
from innboks.core.contacts.unmerge import undo_merge
from innboks.core.conversations import receive as road
from innboks.core.conversations.bulk import change_many
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.purge import delete_for_good
from tests.core.test_lock_order import Desk, desk, once
from tests.waiting import somebody_waits

__all__ = ["desk", "once"]


class Table:
    """A table that is brought in."""

    def __init__(self, desk: Desk, id: int) -> None:
        self.desk, self.id = desk, id

    @classmethod
    async def of(cls, desk: Desk, text: str, *mapping: str, **options: Any) -> "Table":
        one = await imports.upload(desk.parts, desk.actor, "kunder.csv", text.encode())
        await imports.start(desk.parts, desk.actor, one.id, Options(mapping=list(mapping), **options))
        return cls(desk, one.id)

    async def comes_in(self) -> Import:
        await bring_in.bring_in(self.desk.parts, self.desk.account_id, self.id)
        found, _ = await imports.get_import(self.desk.parts, self.desk.actor, self.id)
        return found

    async def problems(self) -> list[tuple[int, str]]:
        _, rows = await imports.first_bad_rows(self.desk.parts, self.desk.actor, self.id)
        return [(one.row, one.reason) for one in rows]


async def made(desk: Desk, name: str, email: str = "") -> int:
    return await create_contact(desk.parts, desk.actor, NewContact(name=name, email=email))


async def numbers(desk: Desk, question: str) -> list[tuple[Any, ...]]:
    async with desk.parts.db.connection() as conn:
        return await (await conn.execute(question)).fetchall()


async def test_a_row_goes_to_whom_its_contact_was_merged_into_in_that_moment(desk: Desk) -> None:
    """The address was new to that contact, so the merge did not hold it."""
    stays, goes = await made(desk, "Stays"), await made(desk, "Goes", "leo@kunde.example")
    table = await Table.of(desk, "Email,Phone,Name\nleo@kunde.example,+47 22 22 22 22,Leo\n", "email", "phone", "name")
    async with desk.parts.db.transaction() as conn:
        await contacts.lock(conn, desk.account_id, [stays, goes])
        coming = asyncio.create_task(table.comes_in())
        await somebody_waits(desk.parts)
        pair = [await contacts.get(conn, desk.account_id, one) for one in (goes, stays)]
        assert pair[0] is not None
        assert pair[1] is not None
        await merging._move_all(conn, desk.actor, pair[0], pair[1], Choices())
    assert (await coming).updated_count == 1
    after = (await get_contact(desk.parts, desk.actor, stays)).contact
    assert (after.name, {one.value for one in after.identities}) == ("Leo", {"leo@kunde.example", "+4722222222"})


async def test_who_leaves_while_a_table_comes_in_gets_no_more_contacts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kim = await create_user(desk.parts, desk.actor, name="Kim", email="kim@tindra.example", password="a long enough password")
    table = await Table.of(desk, "Name,Owner\nFirst,kim@tindra.example\nSecond,kim@tindra.example\n", "name", "owner", match="none")
    after_first(monkeypatch, lambda: update_user(desk.parts, desk.actor, kim.id, UserChange(is_active=False)))
    after = await table.comes_in()
    assert (after.created_count, after.bad_count) == (1, 1)
    assert await table.problems() == [(3, "“kim@tindra.example” is not the email address of a colleague.")]


async def test_a_property_deleted_while_a_table_comes_in_is_in_the_report(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    size = await create_property(desk.parts, desk.actor, "Size", "text", [])
    table = await Table.of(desk, "Name,Size\nFirst,M\nSecond,L\nThird,\n", "name", f"property:{size.key}", match="none")
    after_first(monkeypatch, lambda: change_property(desk.parts, desk.actor, size.id, is_deleted=True))
    after = await table.comes_in()
    assert (after.created_count, after.bad_count) == (2, 1)
    assert await table.problems() == [(3, "The property of this column was deleted meanwhile.")]


async def test_no_contact_gets_more_addresses_than_one_can_have(desk: Desk) -> None:
    leo = await made(desk, "Leo", "leo@kunde.example")
    for nth in range(IDENTITIES_MAX - 2):
        await add_identity(desk.parts, desk.actor, leo, "email", f"leo{nth}@kunde.example")
    text = "Email,Phone\n" + "".join(f"leo@kunde.example,+472222222{nth}\n" for nth in range(3))
    table = await Table.of(desk, text, "email", "phone")
    after = await table.comes_in()
    assert (after.updated_count, after.bad_count) == (1, 2)
    assert await table.problems() == [(row, f"A contact has at most {IDENTITIES_MAX} addresses.") for row in (3, 4)]
    assert len((await get_contact(desk.parts, desk.actor, leo)).contact.identities) == IDENTITIES_MAX


async def test_tables_merges_blocks_deletions_and_messages_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_in, "BATCH", 7)
    monkeypatch.setattr(road, "TRIES", 2)  # whose conversation is deleted in that moment begins another one
    for turn in range(6):
        people = [f"{name}{turn}@kunde.example" for name in ("leo", "maja", "ida", "kim", "eva", "ole")]
        talks = [await desk.begins(one) for one in people]
        ids = [await made(desk, one.partition("@")[0], one) for one in people]
        old = await merge(desk.parts, desk.actor, ids[4], ids[5])
        trashed = await change(desk.parts, desk.actor, talks[0].id, Change(is_trashed=True))
        rows = [f"{one},+47222{turn}{nth:04},Row {turn}.{nth}" for nth in range(10) for one in people]
        fresh = [f"new{turn}.{nth}@kunde.example,,New {turn}.{nth}" for nth in range(10)]
        tables = [await Table.of(desk, "\n".join(["Email,Phone,Name", *rows, *fresh]), "email", "phone", "name") for _ in range(2)]
        done = await asyncio.gather(
            *(table.comes_in() for table in tables),
            merge(desk.parts, desk.actor, ids[0], ids[1]),
            undo_merge(desk.parts, desk.actor, old),
            change_contact(desk.parts, desk.actor, ids[2], ContactChange(is_blocked=True)),
            delete_for_good(desk.parts, desk.actor, trashed.id),
            change_many(desk.parts, desk.actor, [(one.id, Change(status="closed")) for one in talks[1:]]),
            create_contact(desk.parts, desk.actor, NewContact(name="By hand", phone=f"+47333{turn}0000")),
            *(desk.gets(one) for one in people),
            return_exceptions=True,
        )
        assert [one for one in done if isinstance(one, BaseException)] == []
        for one in done[:2]:
            assert isinstance(one, Import)
            counts = (one.created_count, one.updated_count, one.skipped_count, one.bad_count)
            assert (one.state, one.done_count, sum(counts)) == ("done", 70, 70)
        assert sum(one.created_count for one in done[:2] if isinstance(one, Import)) == 10, "each new person once"
        where = f"name like 'New {turn}.%'"
        assert await numbers(desk, f"select count(*), count(distinct name) from contact where {where}") == [(10, 10)]
    assert await numbers(
        desk,
        "select count(*) from contact_identity i join contact c using (account_id) where c.id = i.contact_id and c.merged_into_id is not null",
    ) == [(0,)]
    assert await numbers(desk, "select count(*) from contact c where name like 'Row %' and merged_into_id is not null") == [(0,)]


def after_first(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Rows come in one by one, and something happens behind the first."""
    monkeypatch.setattr(bring_in, "BATCH", 1)
    plain, happened = bring_in._batch, False

    async def stepped(*given: Any) -> bool:
        nonlocal happened
        goes_on = await plain(*given)
        if not happened:
            happened = True
            await then()
        return goes_on

    monkeypatch.setattr(bring_in, "_batch", stepped)

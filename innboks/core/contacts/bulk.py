"""The same change on up to 500 contacts, or each its own (which is how it is undone): in batches, with a result for each, so that one that cannot be
changed stops no other."""

from collections.abc import Sequence

import msgspec

from innboks.core.access import Actor
from innboks.core.contacts.contacts import ContactChange, apply_change
from innboks.core.parts import Parts
from innboks.errors import Invalid, Refused
from innboks.lib.db import retrying

AT_ONCE_MAX = 500
BATCH = 25
"""So many share a transaction: rows are held for milliseconds."""


class Outcome(msgspec.Struct):
    """What became of one; `refused` says why it was left as it was."""

    id: int
    refused: Refused | None


async def change_many(parts: Parts, actor: Actor, wanted: Sequence[tuple[int, ContactChange]]) -> list[Outcome]:
    """In the order given."""
    if not 0 < len(wanted) <= AT_ONCE_MAX:
        raise Invalid(f"Change 1 to {AT_ONCE_MAX} contacts at once.", code="too_many", field="ids")
    if len({id for id, _ in wanted}) != len(wanted):
        raise Invalid("A contact is named twice.", code="named_twice", field="ids")
    outcomes: dict[int, Outcome] = {}
    in_order = sorted(wanted, key=lambda pair: pair[0])
    for start in range(0, len(in_order), BATCH):
        for outcome in await _change_batch(parts, actor, in_order[start : start + BATCH]):
            outcomes[outcome.id] = outcome
        parts.wake.touch(actor.account_id)
    return [outcomes[id] for id, _ in wanted]


@retrying
async def _change_batch(parts: Parts, actor: Actor, batch: Sequence[tuple[int, ContactChange]]) -> list[Outcome]:
    outcomes = []
    async with parts.db.transaction() as conn:
        for id, change in batch:
            try:
                await apply_change(conn, actor, id, change, parts.clock.now())
                outcomes.append(Outcome(id, None))
            except Refused as refused:
                outcomes.append(Outcome(id, refused))
    return outcomes

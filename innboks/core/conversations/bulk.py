"""The same change, or each its own, on up to 500 conversations: in bounded batches, with a result for each, so that one that cannot be changed
stops no other (R-640). Read next: `change.py`."""

from collections.abc import Sequence

import msgspec
import psycopg

from innboks.core.access import Actor
from innboks.core.conversations import change as one
from innboks.core.conversations.change import Change
from innboks.core.conversations.models import Conversation
from innboks.core.filters.release import hold
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, Refused
from innboks.lib.db import retrying

AT_ONCE_MAX = 500
BATCH = 25
"""So many share a transaction: rows are held for milliseconds, not for as long as all of it takes."""


class Outcome(msgspec.Struct):
    """What became of one: the conversation as it is now, or why it was left as it was."""

    id: int
    conversation: Conversation | None = None
    refused: Refused | None = None


async def change_many(parts: Parts, actor: Actor, wanted: Sequence[tuple[int, Change]]) -> list[Outcome]:
    """In the order given. Raises `Invalid` for what is wrong whichever conversation it is for."""
    if not 0 < len(wanted) <= AT_ONCE_MAX:
        raise Invalid(f"Change 1 to {AT_ONCE_MAX} conversations at once.", code="too_many", field="ids")
    if len({id for id, _ in wanted}) != len(wanted):
        raise Invalid("A conversation is named twice.", code="named_twice", field="ids")
    now = parts.clock.now()
    for change in {id(change): change for _, change in wanted}.values():
        one.check(change, now)
    outcomes: dict[int, Outcome] = {}
    in_order = sorted(wanted, key=lambda pair: pair[0])  # everybody locks in this order, so nobody waits for each other in a circle
    for start in range(0, len(in_order), BATCH):
        for outcome in await _change_batch(parts, actor, in_order[start : start + BATCH]):
            outcomes[outcome.id] = outcome
        parts.wake.touch(actor.account_id)
    return [outcomes[id] for id, _ in wanted]


async def _change_batch(parts: Parts, actor: Actor, batch: Sequence[tuple[int, Change]]) -> list[Outcome]:
    try:
        return await _change_together(parts, actor, batch)
    except psycopg.errors.OperationalError as error:
        busy = Conflict("The database was busy, so this one was left as it was. Try it again.", code="busy")
        if not isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.LockNotAvailable):
            raise
        return [Outcome(id, refused=busy) for id, _ in batch]


@retrying
async def _change_together(parts: Parts, actor: Actor, batch: Sequence[tuple[int, Change]]) -> list[Outcome]:
    """One transaction. What is refused is refused before anything is written of it, so the others are not touched by it."""
    async with parts.db.transaction() as conn:
        # All rows first: a release lets a rule choose, and rules choose one after the other, so nothing may be waited for after that.
        await hold(conn, actor.account_id, [id for id, change in batch if change.is_spam is False], [id for id, _ in batch])
        outcomes = await one.apply_all(parts, conn, actor, batch, parts.clock.now())
    return [
        Outcome(id, refused=outcome) if isinstance(outcome, Refused) else Outcome(id, conversation=outcome)
        for (id, _), outcome in zip(batch, outcomes, strict=True)
    ]

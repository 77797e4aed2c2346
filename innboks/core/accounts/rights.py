"""Telling everybody that somebody's rights changed: browsers by the event log, other processes at once by a signal.

Rights are remembered for a moment with each person (`actors.py`), and a live stream knows which inboxes its reader may see. Whoever changes
people, roles, teams or the access of an inbox writes `note_change` into the transaction and calls `announce` after its commit; then nobody acts
on what they had before. Read next: `core/events/tail.py`, which hears it.
"""

from typing import TYPE_CHECKING

from innboks.core.events import store as events
from innboks.core.routing import store as routing

if TYPE_CHECKING:
    from innboks.core.parts import Parts
    from innboks.lib.db import Connection

CHANGED = "access.changed"
"""Somebody may see or do something else than before. Browsers fetch anew what they show; streams find out what their readers may see."""
PEOPLE_CHANGED = "people.changed"
"""Names, seats, teams or roles, as lists show them; nobody's rights."""


async def note_change(conn: "Connection", account_id: int, *, rights: bool) -> None:
    """In the transaction that changes people, roles, teams or the access of inboxes. `rights`: may it change what somebody may see or do? Then the choice
    that a rule is making is waited for: once it is answered, nothing is given to who lost a seat or a membership by it."""
    if rights:
        await routing.lock(conn, account_id)
    await events.add(conn, account_id, CHANGED if rights else PEOPLE_CHANGED)


async def announce(parts: "Parts", account_id: int) -> None:
    """After the commit of a change to somebody's rights."""
    parts.actors.forget(account_id)
    parts.wake.touch(account_id)
    await parts.wake.signal(account_id, {"type": CHANGED})

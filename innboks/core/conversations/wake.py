"""How a snooze ends by its time: each minute whatever is due comes back as open, with a line in it (R-638). That a customer's message ends one is
part of the road in (migration 0010)."""

from innboks.core.conversations import store
from innboks.core.parts import Parts

BATCH = 500


async def wake_due(parts: Parts) -> int:
    """Returns how many came back."""
    woken = 0
    while True:
        async with parts.db.transaction() as conn:
            accounts = await store.wake_due(conn, parts.clock.now(), BATCH)
        for account_id in set(accounts):
            parts.wake.touch(account_id)
        woken += len(accounts)
        if len(accounts) < BATCH:
            return woken

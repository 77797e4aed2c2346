"""Takes in together what arrives at the same moment: payloads that are one message each go in one transaction, with one flush to the disk.

A lone payload goes at once. While AT_ONCE groups are under way, what arrives gathers, and goes as one group when one of them is done: nobody waits for
company, only for what a busy database would have let them wait for anyway. A group is all or nothing: when anything is wrong with one of it, or
it would have to wait for somebody else's lock, nothing of it is kept, and each payload goes by itself. So a bad payload fails alone. Measured in
docs/decisions/0005-road-in-in-the-database.md. Read next: `store.py`, and migration 0166.
"""

import asyncio
import logging
from collections import deque

from innboks.core.deliveries import store
from innboks.core.deliveries.store import Taken, Taking
from innboks.lib.db import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Groups under way: one is put together, one worked on and one written to the disk."""
MANY = 32
"""Payloads of a group at most."""


class Together:
    """What gathers in one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[tuple[Taking, asyncio.Future[Taken | None]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def take_in(self, taking: Taking) -> Taken | None:
        """None: it could not go with others, nothing is kept of it, and it is to go by itself. Raises DatabaseUnavailable."""
        told: asyncio.Future[Taken | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((taking, told))
        if len(self._under_way) < AT_ONCE:
            task = asyncio.create_task(self._go_on())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await told

    async def _go_on(self) -> None:
        while self._waiting:
            await self._take([self._waiting.popleft() for _ in range(min(len(self._waiting), MANY))])

    async def _take(self, group: list[tuple[Taking, asyncio.Future[Taken | None]]]) -> None:
        taken: list[Taken | None] = [None] * len(group)
        refusal: DatabaseUnavailable | None = None
        try:
            async with self._database.connection() as conn:
                taken[:] = await store.take_in_together(conn, [taking for taking, _ in group])
        except DatabaseUnavailable as error:
            refusal = error
        except Exception as error:  # by themselves they meet it again, if it was not a matter of being together
            log.debug("a group of %d is taken apart: %s", len(group), error)
        finally:
            for (_, told), one in zip(group, taken, strict=True):
                if told.done():
                    continue  # whoever asked is gone
                if refusal is not None:
                    told.set_exception(refusal)
                else:
                    told.set_result(one)

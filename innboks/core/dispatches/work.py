"""The loop of a worker on the road out: takes what is due in batches, carries each to its provider, and settles in one statement what left meanwhile.

Why batches: a round trip to the database and its commit cost more than the rows they are for, and where much is to be sent they are what limits a
small machine. Where little is, a batch is one message and nothing waits for a second one.
Read next: `core/conversations/send.py` (what happens to each), `store_queue.py` (the queue).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog

from innboks.core.conversations.send import carry, send, settle_sent
from innboks.core.dispatches import store_queue
from innboks.core.dispatches.store_queue import Claimed, Left
from innboks.core.parts import Parts
from innboks.lib.db import DatabaseUnavailable

log = structlog.get_logger("send")

AT_ONCE = 20
"""Messages of one worker under way."""
BATCHES = (20, 5, 1)
"""How many are asked for in one statement."""
LOOK_S = 2.0
"""Without a note, the queue is looked at so often."""
GATHER_S = 0.005
"""While others are under way, so long is waited for more to take or to settle."""
LOOK_FOR_LOST_S = 5.0
FINISH_S = 3.0
"""What is under way when the worker has to end may take so long."""
PAUSE_S = 1.0


class Work:
    """One worker's part of the road out. `worker` is its number in the job engine's list (`core/jobs.py`), as a text; one that has not been heard of
    for `silent_s` seconds is dead, and others take over what it was sending."""

    def __init__(self, parts: Parts, worker: str, silent_s: float) -> None:
        self._parts = parts
        self._worker = worker
        self._silent_s = silent_s
        self._under_way: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._left: list[tuple[Left, asyncio.Future[None]]] = []
        self._has_left = asyncio.Event()
        self._look = asyncio.Event()
        self._suspects: set[tuple[int, int]] = set()
        self._is_ending = False

    def wake(self) -> None:
        """There may be something to take."""
        self._look.set()

    async def run(self) -> None:
        """Until cancelled; then what is under way is finished, for a few seconds."""
        taking, *beside = (asyncio.create_task(self._again_and_again(step)) for step in (self._take, self._settle, self._find_lost))
        try:
            await asyncio.shield(taking)
        finally:
            # Not cut off in the middle: what it has taken would stand as being sent by a dead worker.
            self._is_ending = True
            self._look.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(FINISH_S):
                    await asyncio.wait([taking])
                    if self._under_way:
                        await asyncio.wait(list(self._under_way.values()))
            rest = [taking, *beside, *self._under_way.values()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

    async def _again_and_again(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._is_ending or step != self._take:
            try:
                await step()
            except (psycopg.Error, DatabaseUnavailable) as error:
                log.warning("the database is away", error=type(error).__name__)
                await asyncio.sleep(PAUSE_S)
            except Exception:
                log.exception("sending stumbled")
                await asyncio.sleep(PAUSE_S)

    # ── take ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take(self) -> None:
        self._look.clear()
        free = AT_ONCE - len(self._under_way)
        limit = next((size for size in BATCHES if size <= free), 0)
        taken: list[Claimed] = []
        if limit:
            async with self._parts.db.connection() as conn:
                taken = await store_queue.take(conn, self._worker, self._parts.clock.now(), limit)
        for one in taken:
            self._begin(one.account_id, one.message_id, self._bring(one))
        if not limit or len(taken) < limit:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._look.wait()
            except TimeoutError:
                return
        if self._under_way:
            await asyncio.sleep(GATHER_S)

    async def _bring(self, claimed: Claimed) -> None:
        done = await carry(self._parts, claimed)
        if isinstance(done, Left):
            is_settled = asyncio.get_running_loop().create_future()
            self._left.append((done, is_settled))
            self._has_left.set()
            await is_settled

    def _begin(self, account_id: int, message_id: int, work: Awaitable[object]) -> None:
        async def finish() -> None:
            try:
                await work
            except Exception as error:  # it stands there as being sent by this worker: `_find_lost` takes it up
                log.warning("a message is not settled yet", message=message_id, error=type(error).__name__)
            finally:
                del self._under_way[account_id, message_id]
                self._look.set()  # there is room for another one, and its lane is free

        self._under_way[account_id, message_id] = asyncio.create_task(finish())

    # ── settle ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _settle(self) -> None:
        await self._has_left.wait()
        self._has_left.clear()
        batch, self._left = self._left, []
        try:
            await settle_sent(self._parts, [left for left, _ in batch])
        except Exception:  # one of them must not hold up the others
            for left, is_settled in batch:
                await self._settle_alone(left, is_settled)
        else:
            for _, is_settled in batch:
                if not is_settled.done():
                    is_settled.set_result(None)
        if self._under_way:
            await asyncio.sleep(GATHER_S)

    async def _settle_alone(self, left: Left, is_settled: asyncio.Future[None]) -> None:
        error: Exception | None = None
        try:
            await settle_sent(self._parts, [left])
        except Exception as failed:
            error = failed
        if not is_settled.done():
            is_settled.set_exception(error) if error else is_settled.set_result(None)

    # ── what nobody has in hand ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _find_lost(self) -> None:
        """What a dead worker was sending; and what this one could not settle because the database was away, when it is seen so twice. `send` finds
        out what has become of it."""
        async with self._parts.db.connection() as conn:
            lost = set(await store_queue.take_over(conn, self._worker, self._silent_s, AT_ONCE))
            mine = set(await store_queue.held_by(conn, self._worker)) - lost - self._under_way.keys()
        if lost:
            log.info("took over what a dead worker was sending", messages=len(lost))
        for account_id, message_id in lost | (mine & self._suspects):
            self._begin(account_id, message_id, send(self._parts, account_id, message_id, self._worker))
        self._suspects = mine
        await asyncio.sleep(LOOK_FOR_LOST_S)

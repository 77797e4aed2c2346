"""Background work, written into the caller's transaction: the job exists exactly when the data does.

`procrastinate` keeps the jobs as rows. A lock per conversation keeps its messages in order. Jobs are small pointers (ids), never
data. What a job does stands in the file that it calls. Read next: `conversations/send.py`, `deliveries/replay.py`.
"""

import asyncio
import os
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import procrastinate
import structlog
from procrastinate import JobContext, RetryDecision
from procrastinate.jobs import Job

from innboks.lib.backplane import PostgresBackplane
from innboks.lib.db import Connection, Database

if TYPE_CHECKING:
    from innboks.core.parts import Parts

log = structlog.get_logger("jobs")

HEARTBEAT_S = 5.0
STALLED_AFTER_S = 20.0
"""A worker that has not been heard of for so long is dead, and its jobs go to another."""
CONCURRENCY = 20
SETTLED_AFTER_S = 0.03
"""By then the engine has written down that a job is done."""
KEEP_EVENTS = timedelta(days=14)
_NOTES = "procrastinate_any_queue_v1"
"""What the job engine's workers listen to. Its own note, sent inside the transaction, is switched off (migration 0005)."""
_NOTE = '{"type": "job_inserted", "job_id": 0}'


class Again(Exception):
    """Raised by a job that is to be run again at `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class _WhenItSays(procrastinate.BaseRetryStrategy):
    """Runs a job again when it asked for it, and a few times when something unforeseen (a database restart) broke it."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, Again):
            return RetryDecision(retry_at=exception.at)
        return RetryDecision(retry_in={"seconds": min(300, 2 ** (job.attempts + 1))}) if job.attempts < 20 else None


class Jobs:
    """Writes jobs, and runs them where `run` is called."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = PostgresBackplane(database.dsn, _NOTES)
        self._announcing: asyncio.Task[None] | None = None
        self._worker_id: int | None = None
        self._under_way: set[int | None] = set()
        self._suspects: set[int | None] = set()
        self._is_announced = True
        self._parts: Parts | None = None
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.dsn, min_size=1, max_size=4))
        task = self._app.task
        retry = _WhenItSays()
        self._send = task(name="send_message", retry=retry, queue="send", pass_context=True)(self._run_send)
        self._retry_delivery = task(name="retry_delivery", retry=retry, queue="receive")(self._run_retry_delivery)
        self._app.periodic(cron="* * * * *")(task(name="mend", queue="care", queueing_lock="mend")(self._run_mend))
        self._app.periodic(cron="17 3 * * *")(task(name="sweep", queue="care", queueing_lock="sweep")(self._run_sweep))

    def attach(self, parts: "Parts") -> None:
        """Call once the parts are together. Writing jobs needs no more: it uses the caller's connection."""
        self._parts = parts

    def announce(self) -> None:
        """Call after the commit of a transaction that wrote a job: workers then take it at once, and not when they look by themselves.
        Returns at once; what is announced while a note is on its way shares the next one."""
        self._is_announced = False
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce())

    async def _announce(self) -> None:
        while not self._is_announced:
            self._is_announced = True
            await self._notes.publish(_NOTE)

    async def close(self) -> None:
        if self._announcing is not None:
            await asyncio.gather(self._announcing, return_exceptions=True)
        await self._notes.close()

    async def send_message(self, conn: Connection, account_id: int, conversation_id: int, message_id: int) -> None:
        await self._send.configure(connection=conn, lock=f"conversation:{account_id}:{conversation_id}").defer_async(
            account_id=account_id, message_id=message_id
        )

    async def retry_delivery(self, conn: Connection, account_id: int, delivery_id: int, after: timedelta) -> None:
        await self._retry_delivery.configure(connection=conn, schedule_in={"seconds": int(after.total_seconds())}).defer_async(
            account_id=account_id, delivery_id=delivery_id
        )

    async def run(self, concurrency: int = CONCURRENCY) -> None:
        """Works until cancelled; then finishes what is under way, for a few seconds."""
        async with self._app.open_async():
            watch = asyncio.create_task(self._watch_the_dead())
            try:
                await self._work(concurrency)
            finally:
                watch.cancel()

    async def _work(self, concurrency: int) -> None:
        await self._app.run_worker_async(
            name=f"{socket.gethostname()}:{os.getpid()}",
            concurrency=concurrency,
            install_signal_handlers=False,
            listen_notify=True,
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=3.0,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
        )

    # ── what the jobs do ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _ready(self) -> "Parts":
        assert self._parts is not None, "Jobs.open was not called"
        return self._parts

    async def _run_send(self, context: JobContext, account_id: int, message_id: int) -> None:
        from innboks.core.conversations.send import send

        self._worker_id = context.job.worker_id
        self._under_way.add(context.job.id)
        try:
            again = await send(self._ready, account_id, message_id, worker=f"{socket.gethostname()}:{os.getpid()}")
        finally:
            self._under_way.discard(context.job.id)
            # The next one of this conversation may go now; the engine would not look for it before its next round.
            asyncio.get_running_loop().call_later(SETTLED_AFTER_S, self.announce)
        if again is not None:
            raise Again(again)

    async def _run_retry_delivery(self, account_id: int, delivery_id: int) -> None:
        from innboks.core.deliveries.replay import retry_delivery

        again = await retry_delivery(self._ready, account_id, delivery_id)
        if again is not None:
            raise Again(again)

    async def _run_mend(self, timestamp: int) -> None:
        """The net: rows that should have a job but have none."""
        from innboks.core.deliveries import store as deliveries
        from innboks.core.dispatches import store as dispatches

        async with self._database.transaction() as conn:
            for account_id, message_id, conversation_id in await dispatches.stranded(conn, 120, 500):
                await self.send_message(conn, account_id, conversation_id, message_id)
            for account_id, delivery_id in await deliveries.stranded(conn, 1800, 500):
                await self.retry_delivery(conn, account_id, delivery_id, timedelta())
        self.announce()

    async def _run_sweep(self, timestamp: int) -> None:
        from innboks.core.events import store as events
        from innboks.core.files.sweep import sweep_files

        await sweep_files(self._ready)
        async with self._database.transaction() as conn:
            await events.sweep(conn, KEEP_EVENTS.total_seconds())

    async def _watch_the_dead(self) -> None:
        while True:
            try:
                await self._free_the_dead()
                await self._free_the_lost()
            except Exception as error:  # the database is away: the worker itself says so
                log.warning("cannot look for dead workers", error=type(error).__name__)
            await asyncio.sleep(HEARTBEAT_S)

    async def _free_the_dead(self) -> None:
        """Gives the jobs of workers that died to those that live."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
        for job in stalled:
            await manager.retry_job(job)
        if stalled:
            log.info("took over jobs of a dead worker", jobs=len(stalled))

    async def _free_the_lost(self) -> None:
        """A job that ended here while the database was away still stands there as running, and would hold its conversation for ever. One that
        is seen so twice runs again; `send` knows what has happened already."""
        if self._worker_id is None:
            return
        running = await self._app.job_manager.list_jobs_async(status="doing", task=self._send.name, worker_id=self._worker_id)
        lost = [job for job in running if job.id not in self._under_way]
        for job in lost:
            if job.id in self._suspects:
                await self._app.job_manager.retry_job(job)
                log.info("took up a job that was lost", job=job.id)
        self._suspects = {job.id for job in lost}

"""Background work, written into the caller's transaction: the job exists exactly when the data does.

`procrastinate` keeps the jobs as rows: small pointers (ids), never data. What a job does stands in the file that it calls. Messages that leave are no
jobs: their rows are a queue of their own (`dispatches/work.py`), which is run from here, under the number that the engine gives this worker.
Read next: `deliveries/replay.py`.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import procrastinate
import psycopg
import structlog
from procrastinate import RetryDecision
from procrastinate.jobs import Job
from psycopg_pool import AsyncConnectionPool

from innboks.lib.backplane import PostgresBackplane
from innboks.lib.db import Connection, Database, hung_up

if TYPE_CHECKING:
    from innboks.core.parts import Parts

log = structlog.get_logger("jobs")

HEARTBEAT_S = 5.0
STALLED_AFTER_S = 20.0
"""A worker that has not been heard of for so long is dead, and its jobs go to another."""
CONCURRENCY = 5
ANNOUNCE_PAUSE_S = 0.03
"""Between two notes of one process to the workers, who have enough to do as long as there are so many."""
KEEP_EVENTS = timedelta(days=14)
_NOTES = "procrastinate_any_queue_v1"
"""What the job engine's workers listen to. Its own note, sent inside the transaction, is switched off (migration 0005)."""
_NOTE = '{"type": "job_inserted", "job_id": 0}'
_NOTES_OF_SENDING = "innboks_sending"


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


def _connector(dsn: str) -> procrastinate.PsycopgConnector:
    """How the engine takes and finishes jobs: not waiting for the disk. What a crash of the database's machine forgets of that is a job that runs
    once more, and each finds out what is done already; jobs themselves are written with the data, on the caller's connection."""

    async def set_up(conn: psycopg.AsyncConnection[Any]) -> None:
        await conn.set_autocommit(True)
        await conn.execute("set synchronous_commit = off")

    async def check(conn: psycopg.AsyncConnection[Any]) -> None:
        if hung_up(conn):
            raise psycopg.OperationalError("the server closed this connection")

    def pool(**given: Any) -> AsyncConnectionPool:
        return AsyncConnectionPool(**{**given, "check": check})

    return procrastinate.PsycopgConnector(pool_factory=pool, conninfo=dsn, min_size=1, max_size=4, configure=set_up)


class Announced:
    """A note to the workers, sent at once; what is announced within ANNOUNCE_PAUSE_S after a note shares the next one."""

    def __init__(self, notes: PostgresBackplane, note: str) -> None:
        self._notes = notes
        self._note = note
        self._is_sent = True
        self._sending: asyncio.Task[None] | None = None

    def announce(self) -> None:
        """Returns at once."""
        self._is_sent = False
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while not self._is_sent:
            self._is_sent = True
            await self._notes.publish(self._note)
            await asyncio.sleep(ANNOUNCE_PAUSE_S)

    async def close(self) -> None:
        if self._sending is not None:
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._notes.close()


class Jobs:
    """Writes jobs, and runs them where `run` is called. `writes_sending`: workers take what is written with this, and send it."""

    writes_sending = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = Announced(PostgresBackplane(database.dsn, _NOTES), _NOTE)
        self._sending = Announced(PostgresBackplane(database.dsn, _NOTES_OF_SENDING), "")
        self._parts: Parts | None = None
        self._load_demo: Callable[[Parts, int], Awaitable[None]] | None = None
        self._app = procrastinate.App(connector=_connector(database.dsn))
        task = self._app.task
        retry = _WhenItSays()
        self._retry_delivery = task(name="retry_delivery", retry=retry, queue="receive")(self._run_retry_delivery)
        self._renew_due = task(name="renew_due", retry=retry, queue="care")(self._run_renew_due)
        self._send_test = task(name="send_test", retry=retry, queue="care")(self._run_send_test)
        self._transfer_contacts = task(name="transfer_contacts", retry=retry, queue="care")(self._run_transfer_contacts)
        self._merge_tag = task(name="merge_tag", retry=retry, queue="care")(self._run_merge_tag)
        self._carry_demo = task(name="carry_demo", retry=retry, queue="care")(self._run_carry_demo)
        self._erase_files = task(name="erase_files", retry=retry, queue="care")(self._run_erase_files)
        self._app.periodic(cron="* * * * *")(task(name="mend", queue="care", queueing_lock="mend")(self._run_mend))
        self._app.periodic(cron="* * * * *")(task(name="wake_snoozed", queue="care", queueing_lock="wake_snoozed")(self._run_wake_snoozed))
        self._app.periodic(cron="* * * * *")(task(name="release", queue="care", queueing_lock="release")(self._run_release))
        self._app.periodic(cron="* * * * *")(
            task(name="tell_availability", queue="care", queueing_lock="tell_availability")(self._run_availability)
        )
        self._app.periodic(cron="*/5 * * * *")(task(name="rhythm", queue="care", queueing_lock="rhythm")(self._run_rhythm))
        self._app.periodic(cron="*/5 * * * *")(task(name="records", queue="care", queueing_lock="records")(self._run_records))
        self._app.periodic(cron="41 * * * *")(task(name="books", queue="care", queueing_lock="books")(self._run_books))
        self._app.periodic(cron="17 3 * * *")(task(name="sweep", queue="care", queueing_lock="sweep")(self._run_sweep))

    def attach(self, parts: "Parts") -> None:
        """Call once the parts are together. Writing jobs needs no more: it uses the caller's connection."""
        self._parts = parts

    def attach_demo(self, load: Callable[["Parts", int], Awaitable[None]]) -> None:
        """How demo data is loaded: it stands above the core, so whoever starts a worker brings it."""
        self._load_demo = load

    def announce(self) -> None:
        """Call after the commit of a transaction that wrote a job: workers then take it at once, and not when they look by themselves."""
        self._jobs.announce()

    def announce_sending(self, at: datetime | None = None) -> None:
        """Call after the commit of a transaction after which something may leave, now or `at` that time: workers that look by themselves would be up
        to two seconds late."""
        if at is None:
            self._sending.announce()
        else:
            asyncio.get_running_loop().call_later((at - self._ready.clock.now()).total_seconds(), self._sending.announce)

    async def close(self) -> None:
        await self._jobs.close()
        await self._sending.close()

    async def retry_delivery(self, conn: Connection, account_id: int, delivery_id: int, after: timedelta) -> None:
        await self._retry_delivery.configure(connection=conn, schedule_in={"seconds": int(after.total_seconds())}).defer_async(
            account_id=account_id, delivery_id=delivery_id
        )

    async def renew_due(self, conn: Connection, account_id: int, inbox_id: int) -> None:
        await self._renew_due.configure(connection=conn, lock=f"inbox:{account_id}:{inbox_id}").defer_async(
            account_id=account_id, inbox_id=inbox_id
        )

    async def send_test(self, conn: Connection, account_id: int, test_id: int) -> None:
        await self._send_test.configure(connection=conn).defer_async(account_id=account_id, test_id=test_id)

    async def transfer_contacts(self, conn: Connection, account_id: int, kind: str, id: int) -> None:
        """`kind`: import, undo (of an import) or export; one after the other for each."""
        await self._transfer_contacts.configure(connection=conn, lock=f"contacts:{account_id}:{kind == 'export'}:{id}").defer_async(
            account_id=account_id, kind=kind, id=id
        )

    async def merge_tag(self, conn: Connection, account_id: int, tag_id: int) -> None:
        """The conversations of a tag that was merged, beyond the first."""
        await self._merge_tag.configure(connection=conn, lock=f"tag:{account_id}:{tag_id}").defer_async(
            account_id=account_id, tag_id=tag_id
        )

    async def carry_demo(self, conn: Connection, account_id: int, after: timedelta = timedelta()) -> None:
        """Demo data is to be loaded or removed, whichever was asked for last; one after the other for each account."""
        await self._carry_demo.configure(
            connection=conn, lock=f"demo:{account_id}", schedule_in={"seconds": int(after.total_seconds())}
        ).defer_async(account_id=account_id)

    async def erase_files(self, conn: Connection, hashes: Sequence[str]) -> None:
        """What nothing refers to any more; the sweep would take days."""
        if hashes:
            await self._erase_files.configure(connection=conn).defer_async(hashes=list(hashes))

    async def run(self) -> None:
        """Works until cancelled; then finishes what is under way, for a few seconds."""
        from innboks.core.dispatches.work import Work

        async with self._app.open_async():
            number = await self._app.job_manager.register_worker()
            work = Work(self._ready, str(number), STALLED_AFTER_S)
            notes = PostgresBackplane(self._database.dsn, _NOTES_OF_SENDING)
            async with asyncio.TaskGroup() as group:
                group.create_task(notes.listen(lambda _: work.wake(), work.wake))
                group.create_task(self._watch_the_dead(number))
                group.create_task(work.run())
                group.create_task(self._run_engine())

    async def _run_engine(self) -> None:
        await self._app.run_worker_async(
            name=f"{socket.gethostname()}:{os.getpid()}",
            concurrency=CONCURRENCY,
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

    async def _run_retry_delivery(self, account_id: int, delivery_id: int) -> None:
        from innboks.core.deliveries.replay import retry_delivery

        again = await retry_delivery(self._ready, account_id, delivery_id)
        if again is not None:
            raise Again(again)

    async def _run_erase_files(self, hashes: list[str]) -> None:
        from innboks.core.files.erase import erase_files

        again = await erase_files(self._ready, hashes)
        if again is not None:
            raise Again(again)

    async def _run_carry_demo(self, account_id: int) -> None:
        from innboks.core.demo.take_away import remove_when_due

        if self._load_demo is not None:
            await self._load_demo(self._ready, account_id)
        again = await remove_when_due(self._ready, account_id)
        if again is not None:
            raise Again(again)

    async def _run_renew_due(self, account_id: int, inbox_id: int) -> None:
        from innboks.core.inboxes.inboxes import renew_due

        await renew_due(self._ready, account_id, inbox_id)

    async def _run_transfer_contacts(self, account_id: int, kind: str, id: int) -> None:
        from innboks.core.contact_transfers.bring_in import bring_in
        from innboks.core.contact_transfers.exports import write_out
        from innboks.core.contact_transfers.take_back import take_back

        await {"import": bring_in, "undo": take_back, "export": write_out}[kind](self._ready, account_id, id)

    async def _run_merge_tag(self, account_id: int, tag_id: int) -> None:
        from innboks.core.tags.tags import go_on_merging

        await go_on_merging(self._ready, account_id, tag_id)

    async def _run_mend(self, timestamp: int) -> None:
        """The net: rows that should have a job but have none."""
        from innboks.core.deliveries import store as deliveries
        from innboks.core.demo import store as demo

        async with self._database.transaction() as conn:
            for account_id, delivery_id in await deliveries.stranded(conn, 1800, 500):
                await self.retry_delivery(conn, account_id, delivery_id, timedelta())
            for account_id in await demo.stranded(conn, self._ready.clock.now() - timedelta(minutes=1)):
                await self.carry_demo(conn, account_id)
        self.announce()

    async def _run_wake_snoozed(self, timestamp: int) -> None:
        from innboks.core.conversations.wake import wake_due

        await wake_due(self._ready)

    async def _run_release(self, timestamp: int) -> None:
        """What was to wait until now: scheduled messages, reminders."""
        from innboks.core.held.release import release_due
        from innboks.core.reminders.remind import remind_due

        await release_due(self._ready)
        await remind_due(self._ready)

    async def _run_availability(self, timestamp: int) -> None:
        from innboks.core.routing.availability import tell

        await tell(self._ready)

    async def _run_send_test(self, account_id: int, test_id: int) -> None:
        from innboks.core.channel_accounts.try_out import send_test

        await send_test(self._ready, account_id, test_id)

    async def _run_rhythm(self, timestamp: int) -> None:
        from innboks.core.channel_accounts.rhythm import look_for_silence

        await look_for_silence(self._ready)

    async def _run_records(self, timestamp: int) -> None:
        from innboks.core.channel_accounts.records import look_at_records

        await look_at_records(self._ready)

    async def _run_books(self, timestamp: int) -> None:
        from innboks.core.radar.alarm import count_what_is_missing

        await count_what_is_missing(self._ready)

    async def _run_sweep(self, timestamp: int) -> None:
        from innboks.core.channel_accounts import store_rhythm
        from innboks.core.conversations.purge import empty_spam, empty_trash
        from innboks.core.events import store as events
        from innboks.core.files.sweep import sweep_files

        async def sweep_rows(parts: "Parts") -> None:
            async with parts.db.transaction() as conn:
                await events.sweep(conn, KEEP_EVENTS.total_seconds())
                await store_rhythm.sweep(conn)

        failed: Exception | None = None
        for sweep in (empty_trash, empty_spam, sweep_files, sweep_rows):  # each alone: one that fails keeps no other from its work
            try:
                await sweep(self._ready)
            except Exception as error:
                log.exception("a part of the nightly sweep failed", part=sweep.__name__)
                failed = error
        if failed is not None:
            raise failed

    async def _watch_the_dead(self, number: int) -> None:
        """Lets others know that this worker lives, and gives the jobs of those that died to those that live."""
        manager = self._app.job_manager
        while True:
            try:
                await manager.update_heartbeat(number)
                stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
                for job in stalled:
                    await manager.retry_job(job)
                if stalled:
                    log.info("took over jobs of a dead worker", jobs=len(stalled))
            except Exception as error:  # the database is away: the worker itself says so
                log.warning("cannot look for dead workers", error=type(error).__name__)
            await asyncio.sleep(HEARTBEAT_S)

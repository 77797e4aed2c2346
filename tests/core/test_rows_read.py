"""What a question reads does not grow with what is stored: the rows that it touched, as the database counted them, of tables that hold many more.

Sequential scans are switched off here, since a small table is read that way however good its indexes are. Read next: `tests/bench/`, where time counts.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import LiteralString

import pytest

from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.deliveries import store as deliveries
from innboks.core.deliveries.models import Fate
from innboks.core.parts import Parts
from innboks.lib.db import Connection


class Counting:
    """Rows of a table that the transaction reads, from the moment at which this is made."""

    def __init__(self, conn: Connection, before: dict[str, int]) -> None:
        self.conn, self._before = conn, before

    @classmethod
    async def begin(cls, conn: Connection) -> "Counting":
        return cls(conn, await cls._all(conn))

    async def read_of(self, table: str) -> int:
        return (await self._all(self.conn))[table] - self._before[table]

    @staticmethod
    async def _all(conn: Connection) -> dict[str, int]:
        cursor = await conn.execute("select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables")
        return dict(await cursor.fetchall())


@asynccontextmanager
async def filled(parts: Parts, *filling: LiteralString) -> AsyncIterator[Counting]:
    """A transaction over tables that were filled by these statements."""
    async with parts.db.connection() as conn:
        for one in filling:
            await conn.execute(one)
        await conn.execute("analyze")
    async with parts.db.transaction() as conn:
        await conn.execute("set local enable_seqscan = off")
        yield await Counting.begin(conn)


HANDLED: LiteralString = """insert into delivery (account_id, channel_account_id, payload_hash, fate, size, envelope, body)
    select account_id, id, decode(md5(n::text), 'hex'), 'handled', 1, '{}', 'x' from channel_account, generate_series(1, 1000) n where kind = 'echo'"""
IN_NEED: LiteralString = """update delivery set fate = case id % 3 when 0 then 'kept' when 1 then 'quarantined' else 'set_aside' end
    where id <= (select min(id) + 5 from delivery)"""


@pytest.mark.parametrize("fates", [["kept", "quarantined"], ["quarantined"], ["set_aside"]])
async def test_the_list_of_what_needs_a_person_reads_nothing_else(parts: Parts, echo: ChannelAccount, fates: list[Fate]) -> None:
    async with filled(parts, HANDLED, IN_NEED) as counting:
        found = await deliveries.in_need(counting.conn, echo.account_id, fates, [echo.inbox_id], None, 50)
        assert {one.fate for one in found} == set(fates)
        assert await counting.read_of("delivery") <= 6

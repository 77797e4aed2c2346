"""SQL about pipelines and ticket defaults, and the step of the road in. What people do with tickets is in `store_tickets.py`.

Every function takes a connection inside the caller's transaction."""

from datetime import datetime

import msgspec

from innboks.core.tickets.models import Defaults, Pipeline
from innboks.lib.db import Connection, fetch_one


async def add_support_pipeline(conn: Connection, account_id: int) -> None:
    """For a new account (migration 0100)."""
    await conn.execute("select add_support_pipeline(%s)", (account_id,))


async def pipelines(conn: Connection, account_id: int) -> list[Pipeline]:
    """In their order; the first is the default."""
    cursor = await conn.execute(
        """select jsonb_build_object('id', p.id, 'key', p.key, 'name', p.name, 'stages', (
               select jsonb_agg(jsonb_build_object('id', s.id, 'key', s.key, 'name', s.name, 'state', s.state) order by s.place, s.id)
               from ticket_stage s where s.account_id = p.account_id and s.pipeline_id = p.id))
           from ticket_pipeline p where p.account_id = %s order by p.place, p.id""",
        (account_id,),
    )
    return [msgspec.convert(row[0], Pipeline) for row in await cursor.fetchall()]


async def defaults_of(conn: Connection, account_id: int, channel_account_id: int) -> Defaults | None:
    cursor = await conn.execute(
        """select is_on, pipeline_id, stage_id, owner_id, priority, category, name_template as name from ticket_defaults
           where account_id = %s and channel_account_id = %s""",
        (account_id, channel_account_id),
    )
    return await fetch_one(cursor, Defaults)


async def save_defaults(conn: Connection, account_id: int, channel_account_id: int, wanted: Defaults) -> None:
    await conn.execute(
        """insert into ticket_defaults (account_id, channel_account_id, is_on, pipeline_id, stage_id, owner_id, priority, category, name_template)
           values (%(account)s, %(channel)s, %(is_on)s, %(pipeline_id)s, %(stage_id)s, %(owner_id)s, %(priority)s, %(category)s, %(name)s)
           on conflict (account_id, channel_account_id) do update set is_on = excluded.is_on, pipeline_id = excluded.pipeline_id,
               stage_id = excluded.stage_id, owner_id = excluded.owner_id, priority = excluded.priority, category = excluded.category,
               name_template = excluded.name_template""",
        {"account": account_id, "channel": channel_account_id, **msgspec.structs.asdict(wanted)},
    )
    await conn.execute(
        "update channel_account set is_ticketing = %s where account_id = %s and id = %s", (wanted.is_on, account_id, channel_account_id)
    )


async def make_ticket(conn: Connection, account_id: int, message_id: int, at: datetime, *, is_released: bool = False) -> int | None:
    """The ticket of the conversation that this message began, if its channel account makes one; harmless to repeat (migration 0162). `is_released`: it was
    kept out of the inbox until now. None: none was made."""
    cursor = await conn.execute("select make_ticket(%s, %s, %s, %s)", (account_id, message_id, is_released, at))
    row = await cursor.fetchone()
    return row[0] if row else None

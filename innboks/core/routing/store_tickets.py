"""SQL about how many tickets people have, for the rules (R-603, R-604). Read it beside `assign.py`."""

from collections.abc import Sequence
from datetime import datetime

from innboks.core.routing.models import Category
from innboks.core.routing.store import OF_CATEGORY
from innboks.lib.db import Connection


async def gives_tickets(conn: Connection, account_id: int, channel_account_id: int) -> bool:
    """Does who gets a new conversation of this channel account get a ticket with it? Not where its tickets are somebody else's."""
    cursor = await conn.execute(
        """select 1 from ticket_defaults d join account k on k.id = d.account_id
           where d.account_id = %s and d.channel_account_id = %s and d.is_on and d.owner_id is null and has_inbox_ticketing(k.flags, k.created_at)""",
        (account_id, channel_account_id),
    )
    return await cursor.fetchone() is not None


async def ticket_counts(
    conn: Connection, account_id: int, user_ids: Sequence[int], now: datetime, category: Category | None = None
) -> dict[int, int]:
    """How many tickets in open stages each of these people owns, made by channels (of one kind where it is given), without what the account leaves out."""
    of_kind = "" if category is None else f"and {OF_CATEGORY[category]}"
    cursor = await conn.execute(
        f"""select t.owner_id, count(*)::int from ticket t
            join account k on k.id = t.account_id
            join channel_account x on x.account_id = t.account_id and x.id = t.channel_account_id {of_kind}
            where t.account_id = %(account)s and t.owner_id = any(%(users)s) and t.closed_at is null
                and not coalesce(k.settings -> 'tickets_uncounted_stage_ids', '[]') ? t.stage_id::text
                and (coalesce((k.settings ->> 'tickets_uncounted_after_days')::integer, 0) = 0
                    or t.created_at > %(now)s - make_interval(days => (k.settings ->> 'tickets_uncounted_after_days')::integer))
            group by t.owner_id""",
        {"account": account_id, "users": list(user_ids), "now": now},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}

"""SQL of notifications that are about something stuck."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from innboks.core.notifications.store_follow import New
from innboks.core.radar.models import Trouble
from innboks.lib.db import Connection


async def add(conn: Connection, account_id: int, news: Sequence[New], troubles: Sequence[Trouble]) -> None:
    """A row for each; one of before that was never read tells of it as it is now."""
    for one, trouble in zip(news, troubles, strict=True):
        await conn.execute(
            """insert into notification as n (account_id, user_id, kind, channel_account_id, trouble, bundle, count, who, about, is_shown, at, push_due_at)
               values (%(account)s, %(user_id)s, %(kind)s, %(channel)s, %(trouble)s, %(bundle)s, %(count)s, %(who)s, %(about)s, %(is_shown)s, %(at)s, %(push_due_at)s)
               on conflict (account_id, user_id, kind, bundle) where read_at is null do update set count = excluded.count, who = excluded.who,
                   about = excluded.about, at = excluded.at, is_shown = excluded.is_shown, push_due_at = excluded.push_due_at, push_tries = 0""",
            {"account": account_id, "channel": trouble.channel_account_id, "trouble": trouble.kind, **msgspec.structs.asdict(one)},
        )


async def end(conn: Connection, account_id: int, bundles: Sequence[int], now: datetime) -> list[int]:
    """Returns whose lists changed."""
    cursor = await conn.execute(
        """update notification set over_at = %(now)s, read_at = coalesce(read_at, %(now)s), push_due_at = null
           where account_id = %(account)s and kind = 'trouble' and over_at is null and bundle = any(%(bundles)s) returning user_id""",
        {"account": account_id, "bundles": list(bundles), "now": now},
    )
    return sorted({row[0] for row in await cursor.fetchall()})
